//! The thin line over the viewer's picture: zoom, marks, previous and next, what lies under it, information, close.

use super::super::marks::{NARROW, picture_marks_ui};
use super::super::pane::{backdrop_button, size_of, zoom_controls};
use super::super::widgets::{IconButton, icon_button};
use super::super::{Cx, icons, theme};
use crate::library::Picture;
use crate::studio::view::{Pane, View};
use crate::studio::{Action, Command, keys_of};
use egui::{Align, Layout, Ui, vec2};

/// Width of the buttons at the right.
const BUTTONS: f32 = 6.0 * (theme::FIELD + 2.0) + theme::TILE_GAP;

pub(super) fn bar_ui(ui: &mut Ui, cx: &mut Cx<'_>, picture: &Picture, view: &mut View, pane: Pane) {
    let rect = ui.max_rect().shrink2(vec2(theme::TILE_GAP, 0.0));
    ui.scope_builder(egui::UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center)), |ui| {
        if picture.size.is_some() {
            zoom_controls(ui, view, size_of(picture), pane, true);
            ui.add_space(theme::TILE_GAP);
        }
        let room = ui.available_width() - BUTTONS;
        if room >= NARROW {
            picture_marks_ui(ui, cx.commands, picture, "", room);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            action(ui, cx, icons::X, "Close", Action::Back);
            let info = cx.studio.layout.info_open;
            let keys = keys_of(Action::ToggleInfo);
            let switch = IconButton::new(icons::INFO, "Information").keys(keys.as_deref()).selected(info);
            if switch.show(ui).clicked() {
                cx.push(Command::Do(Action::ToggleInfo));
            }
            backdrop_button(ui, &mut cx.studio.viewer.backdrop);
            ui.add_space(theme::TILE_GAP);
            action(ui, cx, icons::CARET_RIGHT, "Next picture", Action::Next);
            action(ui, cx, icons::CARET_LEFT, "Previous picture", Action::Previous);
        });
    });
}

fn action(ui: &mut Ui, cx: &mut Cx<'_>, icon: char, name: &str, action: Action) {
    if icon_button(ui, icon, name, keys_of(action).as_deref()).clicked() {
        cx.push(Command::Do(action));
    }
}
