//! Champion and challenger, and the survey: how they are laid out, and their buttons.

use super::super::theme::{self, Type, tokens};
use super::super::widgets::{self, IconButton, icon_button};
use super::super::{Cx, icons, pane};
use super::{Cell, Shown, lines};
use crate::picture::Size;
use crate::studio::{Action, Command, Compare, CompareMode, keys_of};
use egui::{Align2, Rect, Ui, Vec2, vec2};

/// Fades what is left of a survey in where it now lies.
#[derive(Default)]
pub(super) struct Flow {
    /// How many there were, and when that changed (seconds).
    count: usize,
    changed: f64,
}

impl Flow {
    /// Sets the opacity of what is painted next.
    pub(super) fn begin(&mut self, ui: &mut Ui, mode: CompareMode, count: usize) {
        let now = ui.input(|i| i.time);
        let fade = f64::from(ui.style().animation_time);
        let before = std::mem::replace(&mut self.count, count);
        if before != count {
            self.changed = if before == 0 { now - fade } else { now };
        }
        let part = (now - self.changed) / fade.max(f64::EPSILON);
        if mode == CompareMode::Survey && part < 1.0 {
            ui.set_opacity(part.clamp(0.0, 1.0) as f32);
            ui.request_repaint();
        }
    }
}

/// Columns and rows in which the pictures are largest together.
pub(super) fn grid(room: Vec2, shown: &[Shown]) -> (usize, usize) {
    let shapes: Vec<f32> = shown.iter().map(|shown| shown.picture.size.map_or(1.0, Size::aspect)).collect();
    Compare::survey_grid(&shapes, room - Vec2::splat(2.0 * theme::PANE_GAP), lines::HEIGHT, theme::PANE_GAP)
}

/// Moves a last row that is not full to the middle.
pub(super) fn centre_last_row(cells: &mut [Cell], columns: usize, area: Rect) {
    let full = cells.len() - cells.len() % columns.max(1);
    let Some(last) = cells.get_mut(full..).filter(|last| !last.is_empty()) else { return };
    let row = last.iter().fold(Rect::NOTHING, |row, cell| row.union(cell.outer));
    let by = vec2((area.center().x - row.center().x).floor(), 0.0);
    for cell in last {
        *cell = Cell::new(cell.outer.translate(by));
    }
}

/// How many pictures there are, and what has become of the others.
pub(super) fn count_text(compare: &Compare) -> String {
    let mut text = crate::studio::pictures_text(compare.ids().len());
    let (sent, waiting) = compare.sent_back();
    let out = compare.left_out();
    let more = [(sent, "sent back"), (out, "out"), (waiting, "waiting")];
    // What waits only ever comes to meet a champion.
    let tells = |what: &str| what != "waiting" || compare.mode() == CompareMode::Champion;
    for (count, what) in more.into_iter().filter(|(count, what)| *count > 0 && tells(what)) {
        text = format!("{text} · {count} {what}");
    }
    text
}

/// The switches of both ways to choose; of champion and challenger also what can be decided. From the right.
pub(super) fn modes_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let mode = cx.studio.compare.mode();
    let mut asked = None;
    for (icon, name, of, action) in [
        (icons::SQUARES_FOUR, "Survey", CompareMode::Survey, Action::ShowSurvey),
        (icons::CARDS, "Champion and challenger", CompareMode::Champion, Action::ShowChampion),
    ] {
        let button = IconButton::new(icon, name).selected(mode == of);
        if button.keys(keys_of(action).as_deref()).show(ui).clicked() {
            // The same again: back to the panes.
            asked = Some(if mode == of { Action::ShowCompare } else { action });
        }
    }
    if mode == CompareMode::Champion {
        fetch_next(ui, cx);
        let can_send = cx.studio.compare.challenger().is_some();
        for (icon, name, action, can) in [
            (icons::ARROW_U_UP_LEFT, "Bring back the last one", Action::BringBack, cx.studio.compare.sent_back().0 > 0),
            (icons::ARROW_DOWN, "Send the challenger back", Action::Below, can_send),
            (icons::ARROW_UP, "Make the challenger the champion", Action::Above, can_send),
            (icons::CARET_RIGHT, "Next challenger", Action::Next, can_send),
            (icons::CARET_LEFT, "Challenger before", Action::Previous, can_send),
        ] {
            let button = ui.add_enabled_ui(can, |ui| icon_button(ui, icon, name, keys_of(action).as_deref()));
            if button.inner.clicked() {
                asked = Some(action);
            }
        }
    }
    cx.commands.extend(asked.map(Command::Do));
}

/// Wishes for the challengers before and after, so that the arrows never wait.
fn fetch_next(ui: &Ui, cx: &mut Cx<'_>) {
    let compare = &cx.studio.compare;
    let Some(now) = compare.challenger() else { return };
    let side = ui.ctx().content_rect().width() / 2.0 * ui.ctx().pixels_per_point();
    let next = [now + 1, now - 1].into_iter().filter(|number| *number > 0);
    for id in next.filter_map(|number| compare.ids().get(number)) {
        if let Some(picture) = cx.studio.collection.picture(id) {
            cx.textures.picture(picture, side.min(pane::size_of(picture).max_elem()));
        }
    }
}

/// What each pane is called, over its picture.
pub(super) fn titles_ui(ui: &Ui, shown: &[Shown], cells: &[Cell]) {
    let t = tokens(ui);
    for (shown_here, cell) in shown.iter().zip(cells) {
        let alone = shown.len() == 1;
        let text = if alone { "Champion of all: nobody is left to challenge it" } else { shown_here.title.as_str() };
        let room = cell.picture.width() - 2.0 * (theme::PADDING + theme::TILE_GAP);
        let words = widgets::line_of(ui, text, Type::Strong.font(), t.on_picture, room);
        let size = words.size() + vec2(2.0 * theme::TILE_GAP, theme::TILE_GAP);
        let chip = Rect::from_min_size(cell.picture.left_top() + Vec2::splat(theme::TILE_GAP), size);
        pane::shade(ui.painter(), chip, t);
        widgets::place(ui, words, chip.left_center() + vec2(theme::TILE_GAP, 0.0), Align2::LEFT_CENTER);
    }
}

/// Says that all have left, and how they come back.
pub(super) fn nothing_left_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let sentence = "No picture is left here; undo brings the last one back";
    if widgets::empty_state(ui, icons::COLUMNS, sentence, Some("Undo")) {
        cx.push(Command::Do(Action::Undo));
    }
}
