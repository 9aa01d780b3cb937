//! The buttons of zooming, for the bars of the viewer and of compare.

use super::super::theme::{self, Type, tokens};
use super::super::{icons, widgets};
use crate::studio::view::{Pane, View, Zoom};
use crate::studio::{Action, Backdrop, keys_of};
use egui::{Button, Ui, Vec2};

/// Smaller, larger, the whole picture, 100 %; changes `view`. Between the first two stands the scale, if `has_percent`.
pub(in crate::ui) fn zoom_controls(ui: &mut Ui, view: &mut View, picture: Vec2, pane: Pane, has_percent: bool) {
    ui.spacing_mut().item_spacing.x = 2.0;
    let key = |action| keys_of(action);
    let [smaller, larger, toggle] = [Action::ZoomOut, Action::ZoomIn, Action::ToggleZoom].map(key);
    if widgets::icon_button(ui, icons::MAGNIFYING_GLASS_MINUS, "Zoom out", smaller.as_deref()).clicked() {
        *view = view.step_out(picture, pane);
    }
    if has_percent {
        percent(ui, &view.percent_text(picture, pane));
    }
    if widgets::icon_button(ui, icons::MAGNIFYING_GLASS_PLUS, "Zoom in", larger.as_deref()).clicked() {
        *view = view.step_in(picture, pane);
    }
    ui.add_space(theme::GAP);
    let fitted = view.zoom == Zoom::Fit;
    let fit = widgets::IconButton::new(icons::FRAME_CORNERS, "Fit").keys(toggle.as_deref()).selected(fitted);
    if fit.show(ui).clicked() {
        *view = View::default();
    }
    let full = !fitted && (view.scale(picture, pane) - 1.0).abs() < 1e-3;
    let text = Type::Note.text("100\u{a0}%").color(if full { tokens(ui).text } else { tokens(ui).soft });
    let button = Button::new(text).frame_when_inactive(full).selected(false).min_size(Vec2::splat(theme::FIELD));
    let response = ui.add(button);
    if response.on_hover_text("One pixel of the picture on one pixel of the screen").clicked() {
        *view = view.zoom_to(pane.rect.center(), 1.0, picture, pane);
    }
}

/// As wide for any scale, so that the buttons stay under the pointer.
fn percent(ui: &mut Ui, text: &str) {
    let label = egui::Label::new(Type::Body.text(text).color(tokens(ui).text));
    let size = Vec2::new(52.0, theme::FIELD);
    ui.allocate_ui_with_layout(size, egui::Layout::centered_and_justified(egui::Direction::LeftToRight), |ui| {
        ui.add(label);
    });
}

/// The switch of what lies under transparent parts.
pub(in crate::ui) fn backdrop_button(ui: &mut Ui, backdrop: &mut Backdrop) {
    let on = *backdrop == Backdrop::Checkerboard;
    let button = widgets::IconButton::new(icons::CHECKERBOARD, "Squares under transparent parts").selected(on);
    if button.show(ui).clicked() {
        *backdrop = backdrop.toggled();
    }
}
