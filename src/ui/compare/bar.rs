//! The bar of compare: how many and how large, how they are shown, what is linked.

use super::super::pane::{look_button, seen_size, zoom_controls};
use super::super::theme::{self, Type, tokens};
use super::super::widgets::{self, icon_button, toggle_button};
use super::super::{Cx, icons};
use super::{Cell, Shown, cull, setting};
use crate::studio::view::Pane;
use crate::studio::{Action, Command, CompareMode, keys_of};
use egui::{Align, Layout, Stroke, Ui, UiBuilder, vec2};

/// Below these widths words are left out, then the buttons of zooming, which have keys.
const WORDS: f32 = 1060.0;
const ZOOM: f32 = 620.0;
/// Width of the switch with all ways to compare, and of the list that stands there otherwise.
const MODES: f32 = 430.0;
const LIST: f32 = 116.0;

pub(super) fn bar_ui(ui: &mut Ui, cx: &mut Cx<'_>, shown: &[Shown], cells: &[Cell]) {
    controls_line(ui, |ui, width| {
        zoom_ui(ui, cx, shown, cells, width >= ZOOM);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = theme::GAP;
            switches_ui(ui, cx, width >= WORDS);
        });
    });
}

/// A line of controls from edge to edge: its ground, and what stands in it from the left; told how wide it is.
pub(super) fn controls_line(ui: &mut Ui, add: impl FnOnce(&mut Ui, f32)) {
    let t = tokens(ui);
    let rect = ui.max_rect();
    ui.painter().rect_filled(rect, 0, t.panel);
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, Stroke::new(1.0, t.line));
    let inside = rect.shrink2(vec2(theme::PADDING, 0.0));
    let row = UiBuilder::new().max_rect(inside).layout(Layout::left_to_right(Align::Center));
    ui.scope_builder(row, |ui| add(ui, rect.width()));
}

/// A list of names, no wider than this; returns the one that was chosen now.
pub(super) fn list_ui(ui: &mut Ui, width: f32, salt: &str, label: &str, now: &str, names: &[&str]) -> Option<String> {
    let size = vec2(width.min(ui.available_width()), theme::FIELD);
    let layout = Layout::left_to_right(Align::Center);
    let chosen =
        ui.allocate_ui_with_layout(size, layout, |ui| widgets::select(ui, salt, label, Some(now), names, None));
    match chosen.inner {
        Some(widgets::Change::To(name)) => Some(name),
        _ => None,
    }
}

fn zoom_ui(ui: &mut Ui, cx: &mut Cx<'_>, shown: &[Shown], cells: &[Cell], has_buttons: bool) {
    let active = cx.studio.compare.active_pane();
    let place = shown.iter().position(|shown| shown.number == active).unwrap_or(0);
    let cell = cells.get(place).or(cells.first());
    let (Some(shown_here), Some(cell)) = (shown.get(place), cell) else { return };
    let pane = Pane { rect: cell.picture, pixels_per_point: ui.ctx().pixels_per_point() };
    let size = seen_size(cx.studio, &shown_here.picture);
    let percent = cx.studio.compare.view(active, size, pane).percent_text(size, pane);
    let text = format!("{} · {percent}", cull::count_text(&cx.studio.compare));
    ui.label(Type::Body.text(text).color(tokens(ui).soft));
    if has_buttons {
        let (subject, before) = (cx.studio.compare.subject(size), cx.studio.compare.subject_view(active, size, pane));
        let mut view = before;
        zoom_controls(ui, &mut view, subject, pane, false);
        if view != before {
            cx.studio.compare.set_view(active, view, subject);
        }
    }
}

/// From the right.
fn switches_ui(ui: &mut Ui, cx: &mut Cx<'_>, has_words: bool) {
    let key = |action| keys_of(action).unwrap_or_default();
    let word = |text: &'static str| if has_words { text } else { "" };
    if icon_button(ui, icons::X, "Close", Some(&key(Action::Back))).clicked() {
        cx.push(Command::Do(Action::Back));
    }
    look_button(ui, &mut cx.studio.layout.look);
    let all = cx.studio.compare.how.all_rows;
    let name = "All rows of the table";
    if toggle_button(ui, icons::ROWS, word("All rows"), name, all, None).clicked() {
        cx.studio.compare.how.all_rows = !all;
    }
    let is_stacked = cx.studio.compare.mode().is_stacked();
    let linked = cx.studio.compare.linked();
    let icon = if linked { icons::LINK } else { icons::LINK_BREAK };
    let name = "Linked: zoom and pan of one pane move all";
    let keys = key(Action::ToggleLink);
    // What shares one place has one view.
    let link = ui.add_enabled_ui(!is_stacked, |ui| toggle_button(ui, icon, word("Linked"), name, linked, Some(&keys)));
    if link.inner.clicked() {
        cx.push(Command::Do(Action::ToggleLink));
    }
    let name = if is_stacked { "Swap lower and upper picture" } else { "Swap the first two pictures" };
    let swap = icon_button(ui, icons::SHUFFLE, name, Some(&key(Action::Swap)));
    if swap.clicked() {
        cx.push(Command::Do(Action::Swap));
    }
    cull::modes_ui(ui, cx);
    setting::reset_ui(ui, cx);
    ui.add_space(theme::GAP);
    modes_ui(ui, cx);
}

/// All ways to compare beside each other, or in a list where there is no room.
fn modes_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let mut mode = cx.studio.compare.mode();
    if ui.available_width() >= MODES {
        let choices = CompareMode::ALL.map(|mode| (mode, mode.name(), ""));
        widgets::segmented(ui, &mut mode, &choices);
    } else {
        let names = CompareMode::ALL.map(CompareMode::name);
        if let Some(name) = list_ui(ui, LIST, "mode", "Way to compare", mode.name(), &names) {
            mode = CompareMode::ALL.into_iter().find(|mode| mode.name() == name).unwrap_or(mode);
        }
    }
    if mode != cx.studio.compare.mode() {
        cx.studio.compare.set_mode(mode);
    }
}
