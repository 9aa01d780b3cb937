//! The thin line over a picture: zoom, turns, marks, previous and next, what lies under it, windows, close.

use super::super::marks::{NARROW, picture_marks_ui};
use super::super::pane::{look_button, seen_size, turn_button, zoom_controls};
use super::super::theme::{self, Type, tokens};
use super::super::widgets::{self, IconButton, icon_button};
use super::super::{Cx, icons, pane};
use super::Seen;
use crate::library::Picture;
use crate::picture::Format;
use crate::studio::view::Zoom;
use crate::studio::{Action, keys_of};
use egui::{Align, Align2, Layout, Popup, Rect, Role, Sense, Ui, UiBuilder, Vec2, WidgetInfo, vec2};

/// Width of the buttons at the right.
const BUTTONS: f32 = 7.0 * (theme::FIELD + 2.0) + theme::TILE_GAP;

/// Draws it and returns what was asked for; of the second window some of it.
pub(in crate::ui) fn bar_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    picture: &Picture,
    seen: &mut Seen,
    is_second: bool,
    full: bool,
) -> Vec<Action> {
    let mut asked = Vec::new();
    let rect = ui.max_rect().shrink2(vec2(theme::TILE_GAP, 0.0));
    ui.scope_builder(UiBuilder::new().max_rect(rect).layout(Layout::left_to_right(Align::Center)), |ui| {
        if picture.size.is_some() {
            zoom_controls(ui, &mut seen.view, seen_size(cx.studio, picture), seen.space, true);
            let locked = cx.studio.layout.look.locked;
            let icon = if locked { icons::LOCK } else { icons::LOCK_OPEN };
            let lock = "Keep zoom and place when the picture changes";
            switch(ui, &mut asked, icon, lock, locked, Action::ToggleLock);
            asked.extend(turn_button(ui, cx.studio.viewer.turn(&picture.id)));
            ui.add_space(theme::TILE_GAP);
        }
        let source = if picture.format == Format::Svg { theme::FIELD + 2.0 } else { 0.0 };
        let room = ui.available_width() - BUTTONS - source;
        if room >= NARROW {
            picture_marks_ui(ui, cx.commands, picture, "", room);
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = 2.0;
            let close = if is_second { "Close the second window" } else { "Close" };
            // In the second window the first Escape gives the screen back.
            let closing = if is_second { Action::SecondWindow } else { Action::Back };
            button(ui, &mut asked, icons::X, close, closing);
            let (icon, name) =
                if full { (icons::CORNERS_IN, "Leave the full screen") } else { (icons::CORNERS_OUT, "Full screen") };
            button(ui, &mut asked, icon, name, Action::FullScreen);
            if !is_second {
                let open = cx.studio.layout.second.open;
                switch(ui, &mut asked, icons::PICTURE_IN_PICTURE, "Second window", open, Action::SecondWindow);
            }
            if !is_second && !full && picture.format == Format::Svg {
                let open = cx.studio.layout.source_open;
                switch(ui, &mut asked, icons::CODE, "Source of the drawing", open, Action::ToggleSource);
            }
            if !is_second && !full {
                let info = cx.studio.layout.info_open;
                switch(ui, &mut asked, icons::INFO, "Information", info, Action::ToggleInfo);
            }
            look_button(ui, &mut cx.studio.layout.look);
            ui.add_space(theme::TILE_GAP);
            button(ui, &mut asked, icons::CARET_RIGHT, "Next picture", Action::Next);
            button(ui, &mut asked, icons::CARET_LEFT, "Previous picture", Action::Previous);
        });
    });
    asked
}

fn button(ui: &mut Ui, asked: &mut Vec<Action>, icon: char, name: &str, action: Action) {
    if icon_button(ui, icon, name, keys_of(action).as_deref()).clicked() {
        asked.push(action);
    }
}

fn switch(ui: &mut Ui, asked: &mut Vec<Action>, icon: char, name: &str, on: bool, action: Action) {
    if IconButton::new(icon, name).keys(keys_of(action).as_deref()).selected(on).show(ui).clicked() {
        asked.push(action);
    }
}

/// Whether the line is there: always, but on a full screen only while the pointer is near or one of its menus is open.
pub(in crate::ui) fn bar_is_shown(ui: &Ui, bar: Rect, full: bool) -> bool {
    !full || ui.rect_contains_pointer(bar) || Popup::is_any_open(ui.ctx())
}

/// The ground of the line where the picture passes under it.
pub(in crate::ui) fn under_bar(ui: &Ui, bar: Rect, seen: &Seen, size: Option<Vec2>, full: bool) {
    let passes = size.is_some_and(|size| seen.view.picture_rect(size, seen.space).top() < bar.bottom());
    if passes || full {
        ui.painter().rect_filled(bar, 0, tokens(ui).background.gamma_multiply(0.92));
    }
    if full {
        // A click beside the buttons is none on the picture.
        ui.interact(bar, ui.scope_id().with("under bar"), Sense::click_and_drag());
    }
}

/// The scale of a zoomed picture at the lower right, where there is no line to tell it.
pub(in crate::ui) fn percent_badge(ui: &mut Ui, whole: Rect, seen: &Seen, size: Option<Vec2>) {
    let Some(size) = size.filter(|_| seen.view.zoom != Zoom::Fit) else { return };
    let t = tokens(ui);
    let text = seen.view.percent_text(size, seen.space);
    let line = widgets::line_of(ui, &text, Type::Note.font(), t.on_picture, f32::INFINITY);
    let room = line.size() + vec2(2.0 * theme::TILE_GAP, 0.0);
    let corner = whole.right_bottom() - Vec2::splat(theme::PADDING) - vec2(room.x, theme::FIELD);
    let rect = Rect::from_min_size(corner, vec2(room.x, theme::FIELD));
    pane::shade(ui.painter(), rect, t);
    widgets::place(ui, line, rect.center(), Align2::CENTER_CENTER);
    let response = ui.interact(rect, ui.scope_id().with("percent"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &text));
}
