//! The buttons of zooming, turning and looking, for the bars of the viewer and of compare.

use super::super::theme::{self, Type, tokens};
use super::super::widgets::{IconButton, checkbox, icon_button, key_hint, radio, tooltip};
use super::super::{icons, widgets};
use crate::studio::view::{Pane, View, Zoom};
use crate::studio::{Action, Backdrop, Look, Turn, TurnBy, keys_of};
use egui::{Align, Button, Layout, Popup, PopupCloseBehavior, Ui, Vec2};

/// Percentages that can be chosen from the list.
const PERCENT: [f32; 11] = [25.0, 100.0 / 3.0, 50.0, 200.0 / 3.0, 100.0, 200.0, 400.0, 800.0, 1600.0, 3200.0, 6400.0];

/// Smaller, larger, the whole picture, 100 %; changes `view`. Between the first two stands the scale, if `has_percent`.
pub(in crate::ui) fn zoom_controls(ui: &mut Ui, view: &mut View, picture: Vec2, pane: Pane, has_percent: bool) {
    ui.spacing_mut().item_spacing.x = 2.0;
    let key = |action| keys_of(action);
    let [smaller, larger, fit] = [Action::ZoomOut, Action::ZoomIn, Action::Fit].map(key);
    if icon_button(ui, icons::MAGNIFYING_GLASS_MINUS, "Zoom out", smaller.as_deref()).clicked() {
        *view = view.step_out(picture, pane);
    }
    if has_percent {
        percent(ui, view, picture, pane);
    }
    if icon_button(ui, icons::MAGNIFYING_GLASS_PLUS, "Zoom in", larger.as_deref()).clicked() {
        *view = view.step_in(picture, pane);
    }
    ui.add_space(theme::GAP);
    let fitted = view.zoom == Zoom::Fit;
    if IconButton::new(icons::FRAME_CORNERS, "Fit").keys(fit.as_deref()).selected(fitted).show(ui).clicked() {
        *view = View::default();
    }
    let full = !fitted && (view.scale(picture, pane) - 1.0).abs() < 1e-3;
    let text = Type::Note.text("100\u{a0}%").color(if full { tokens(ui).text } else { tokens(ui).soft });
    let button = Button::new(text).frame_when_inactive(full).selected(false).min_size(Vec2::splat(theme::FIELD));
    let response = ui.add(button);
    let name = "One pixel of the picture on one pixel of the screen";
    if tooltip(response, name, keys_of(Action::FullSize).as_deref()).clicked() {
        *view = view.zoom_to(pane.rect.center(), 1.0, picture, pane);
    }
}

/// The scale, as wide for any so that the buttons stay under the pointer; a click opens the list of scales.
fn percent(ui: &mut Ui, view: &mut View, picture: Vec2, pane: Pane) {
    let shown = view.percent_text(picture, pane);
    let text = Type::Body.text(&shown).color(tokens(ui).text);
    let button = Button::new(text).frame_when_inactive(false).min_size(Vec2::new(60.0, theme::FIELD));
    let response = ui.add(button).accessible_name(format!("Zoom {shown}"));
    Popup::menu(&response).show(|ui| {
        theme::menu_entries(ui);
        ui.set_width(132.0);
        let now = *view;
        let mut line = |ui: &mut Ui, text: String, action: Option<Action>, to: View| {
            let keys = action.and_then(keys_of).unwrap_or_default();
            let button = Button::new(&text).shortcut_text(keys).min_size(Vec2::new(ui.available_width(), 0.0));
            if ui.add(button).accessible_name(&text).clicked() {
                *view = to;
                ui.close();
            }
        };
        line(ui, "Fit".to_owned(), Some(Action::Fit), View::default());
        for percent in PERCENT {
            let action = (percent == 100.0).then_some(Action::FullSize);
            let to = now.zoom_to(pane.rect.center(), percent / 100.0, picture, pane);
            line(ui, format!("{percent:.0}\u{a0}%"), action, to);
        }
    });
    response.on_hover_text(Type::Note.text("Scales"));
}

/// The button that turns and mirrors the view, with its menu; returns what was asked for.
pub(in crate::ui) fn turn_button(ui: &mut Ui, turn: Turn) -> Option<Action> {
    let button = IconButton::new(icons::ARROW_CLOCKWISE, "Turn and mirror the view").selected(!turn.is_none());
    let response = button.show(ui);
    let mut asked = None;
    Popup::menu(&response).show(|ui| {
        theme::menu_entries(ui);
        ui.set_width(248.0);
        for (icon, text, by) in [
            (icons::ARROW_COUNTER_CLOCKWISE, "Turn left", TurnBy::Left),
            (icons::ARROW_CLOCKWISE, "Turn right", TurnBy::Right),
            (icons::FLIP_HORIZONTAL, "Mirror", TurnBy::Horizontally),
            (icons::FLIP_VERTICAL, "Mirror upside down", TurnBy::Vertically),
        ] {
            let action = Action::Turn(by);
            let icon = icons::icon(icon).color(tokens(ui).soft);
            let keys = keys_of(action).unwrap_or_default();
            let button = Button::new((icon, text)).shortcut_text(keys).min_size(Vec2::new(ui.available_width(), 0.0));
            if ui.add(button).accessible_name(text).clicked() {
                asked = Some(action);
            }
        }
        ui.add_space(theme::GAP);
        ui.label(Type::Note.text("The file stays as it is").color(tokens(ui).soft));
    });
    asked
}

/// What lies around and under pictures, and how large pixels look.
pub(in crate::ui) fn look_button(ui: &mut Ui, look: &mut Look) {
    let button = IconButton::new(icons::CHECKERBOARD, "Background and pixels");
    let response = button.selected(look.backdrop != Backdrop::default()).show(ui);
    Popup::menu(&response).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| {
        ui.set_width(216.0);
        ui.spacing_mut().item_spacing.y = 0.0;
        widgets::section_header_with(ui, "Background", "", |ui| {
            if let Some(keys) = keys_of(Action::NextBackdrop) {
                ui.with_layout(Layout::right_to_left(Align::Center), |ui| key_hint(ui, &keys));
            }
        });
        for backdrop in Backdrop::ALL {
            let name = backdrop.name();
            if radio(ui, look.backdrop == backdrop, name, name).clicked() {
                look.backdrop = backdrop;
            }
        }
        ui.add_space(theme::TILE_GAP);
        widgets::section_header(ui, "Enlarged pixels");
        for (smooth, name) in [(false, "Sharp from 200\u{a0}% on"), (true, "Smooth")] {
            if radio(ui, look.smooth == smooth, name, name).clicked() {
                look.smooth = smooth;
            }
        }
        ui.add_space(theme::GAP);
        let name = "Lines between them from 800\u{a0}% on";
        checkbox(ui, &mut look.grid, name, name);
    });
}
