//! The text of a drawing in the place of its picture: line numbers, quiet colours, search, and all of it to copy.
//!
//! Read and searched off this thread; only the rows that are seen are laid out. Invariant: whatever the text says, it
//! is shown as characters; those that would steer the display are shown as dots.

use super::super::theme::{self, Type, tokens};
use super::super::widgets::{self, icon_button, toggle_button};
use super::super::{Cx, icons};
use crate::engine::{Engine, Interrupted};
use crate::library::{Picture, PictureId};
use crate::picture::source::{Part, Source, shown};
use crate::studio::{Action, Tone, bytes_text, keys_of};
use egui::text::{LayoutJob, TextFormat};
use egui::text_selection::LabelSelectionState;
use egui::{Align, Color32, Key, Label, Layout, Rect, Response, ScrollArea, Ui, UiBuilder, vec2};
use poll_promise::Promise;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::Arc;

/// Height of the line of controls, and of a row of text.
const BAR: f32 = theme::TOP_BAR;
const ROW: f32 = 18.0;
/// Places that a search finds at the most.
const MOST: usize = 10_000;
/// Narrower than this, words are left out.
const WORDS: f32 = 620.0;

type Reading = Promise<Result<Result<Arc<Source>, String>, Interrupted>>;
type Finding = Promise<Result<Vec<usize>, Interrupted>>;

/// What is known of the text that is shown.
#[derive(Default)]
pub(super) struct State {
    of: Option<(PictureId, bool)>,
    pretty: bool,
    reading: Option<Reading>,
    /// The error is a sentence.
    source: Option<Result<Arc<Source>, String>>,
    wanted: String,
    searched: String,
    finding: Option<Finding>,
    /// Places in the text, bytes.
    found: Vec<usize>,
    /// Which of them was gone to.
    at: usize,
    /// The row to bring into view.
    go_to: Option<usize>,
    top: f32,
    pub(super) focus_search: bool,
}

impl State {
    /// Reads what is shown now, when that is not known; takes what has been read and found.
    fn poll(&mut self, engine: &Engine, picture: &Picture, file: PathBuf) {
        let wanted = (picture.id.clone(), self.pretty);
        if self.of.as_ref() != Some(&wanted) {
            self.reading = Some(engine.read_source(file, self.pretty));
            (self.source, self.found, self.searched) = (None, Vec::new(), String::new());
            (self.of, self.go_to, self.at) = (Some(wanted), Some(0), 0);
        }
        if let Some(reading) = self.reading.take() {
            match reading.try_take() {
                Ok(read) => self.source = Some(read.unwrap_or_else(|interrupted| Err(interrupted.to_string()))),
                Err(pending) => self.reading = Some(pending),
            }
        }
        if let Some(Ok(source)) = &self.source
            && self.searched != self.wanted
        {
            self.searched.clone_from(&self.wanted);
            let (source, wanted) = (source.clone(), self.wanted.clone());
            self.finding = Some(engine.work(move || source.find(&wanted, MOST)));
        }
        if let Some(finding) = self.finding.take() {
            match finding.try_take() {
                Ok(Ok(found)) => {
                    (self.found, self.at) = (found, 0);
                    self.show_found();
                }
                Ok(Err(interrupted)) => log::warn!("the source was not searched: {interrupted}"),
                Err(pending) => self.finding = Some(pending),
            }
        }
    }

    fn show_found(&mut self) {
        if let (Some(Ok(source)), Some(place)) = (&self.source, self.found.get(self.at)) {
            self.go_to = Some(source.row_of(*place));
        }
    }

    fn step(&mut self, step: isize) {
        if !self.found.is_empty() {
            self.at = (self.at.cast_signed() + step).rem_euclid(self.found.len().cast_signed()).cast_unsigned();
            self.show_found();
        }
    }

    /// Where in a row of the text something was found, bytes from its beginning, and whether it is the one gone to.
    fn marks(&self, row: &Range<usize>) -> Vec<(Range<usize>, bool)> {
        let length = self.searched.len();
        // One that begins in the row above may reach into this one.
        let first = self.found.partition_point(|place| place + length <= row.start);
        let here = self.found.iter().enumerate().skip(first).take_while(|(_, place)| **place < row.end);
        here.map(|(number, place)| {
            let start = place.max(&row.start) - row.start;
            (start..(place + length).min(row.end) - row.start, number == self.at)
        })
        .collect()
    }
}

/// Draws the text of a drawing into `area`.
pub(super) fn source_ui(ui: &mut Ui, cx: &mut Cx<'_>, picture: &Picture, area: Rect, state: &mut State) {
    state.poll(cx.engine, picture, cx.engine.library_dir().join(&picture.file));
    let t = tokens(ui);
    ui.painter().rect_filled(area, 0, t.background);
    let bar = Rect { max: area.min + vec2(area.width(), BAR), ..area };
    let below = Rect { min: bar.left_bottom(), ..area };
    let row = UiBuilder::new().max_rect(bar.shrink2(vec2(theme::PADDING, 0.0)));
    let pressed = ui.scope_builder(row.layout(Layout::left_to_right(Align::Center)), |ui| bar_ui(ui, state)).inner;
    let chosen = all_chosen(ui, cx, below);
    if let Some(Ok(source)) = &state.source
        && (std::mem::take(&mut cx.studio.viewer.source_copied) || pressed)
    {
        ui.copy_text(source.text().to_owned());
        cx.studio.notices.say(Tone::Good, "The source is on the clipboard", None);
    }
    ui.scope_builder(UiBuilder::new().max_rect(below), |ui| match state.source.clone() {
        None => _ = widgets::empty_state(ui, icons::CODE, "Reading the source", None),
        Some(Err(why)) => _ = widgets::empty_state(ui, icons::CODE, &why, None),
        Some(Ok(source)) => rows_ui(ui, state, &source, chosen),
    });
}

/// Says whether all of the text is chosen; a press on it ends that, and until then no part of it is.
fn all_chosen(ui: &Ui, cx: &mut Cx<'_>, text: Rect) -> bool {
    let chosen = &mut cx.studio.viewer.source_chosen;
    *chosen &= !(ui.input(|input| input.pointer.any_pressed()) && ui.rect_contains_pointer(text));
    if *chosen {
        ui.ctx().plugin::<LabelSelectionState>().lock().clear_selection();
    }
    *chosen
}

/// Says whether all of the text is to be copied.
fn bar_ui(ui: &mut Ui, state: &mut State) -> bool {
    let has_words = ui.available_width() >= WORDS;
    let width = (ui.available_width() - 220.0).clamp(80.0, 260.0);
    let field = ui.scope(|ui| {
        ui.set_width(width);
        widgets::search_field(ui, &mut state.wanted, "Search the source", "Search the source")
    });
    if std::mem::take(&mut state.focus_search) {
        field.inner.request_focus();
    }
    if field.inner.has_focus() || field.inner.lost_focus() {
        let (enter, shift) = ui.input(|input| (input.key_pressed(Key::Enter), input.modifiers.shift));
        if enter {
            state.step(if shift { -1 } else { 1 });
            field.inner.request_focus();
        }
    }
    if !state.searched.is_empty() && state.finding.is_none() {
        let count = state.found.len();
        let more = if count == MOST { "+" } else { "" };
        let text = if count == 0 { "Not found".to_owned() } else { format!("{} of {count}{more}", state.at + 1) };
        ui.label(Type::Note.text(text).color(tokens(ui).soft));
        if icon_button(ui, icons::CARET_UP, "Found before this", Some("Shift+Enter")).clicked() {
            state.step(-1);
        }
        if icon_button(ui, icons::CARET_DOWN, "Found after this", Some("Enter")).clicked() {
            state.step(1);
        }
    }
    let right = ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
        let Some(Ok(source)) = state.source.clone() else { return false };
        let word = |text: &'static str| if has_words { text } else { "" };
        let keys = [Action::SelectAll, Action::CopyPicture].map(|action| keys_of(action).unwrap_or_default());
        let copy = copy_all(ui, has_words, &keys.join(", ")).clicked();
        let name = "One element a line";
        if toggle_button(ui, icons::ROWS, word("Tidy"), name, state.pretty, None).clicked() {
            state.pretty = !state.pretty;
        }
        if has_words {
            let lines = if source.lines() == 1 { "1 line".to_owned() } else { format!("{} lines", source.lines()) };
            let text = format!("{lines} · {}", bytes_text(source.text().len() as u64));
            ui.label(Type::Note.text(text).color(tokens(ui).soft));
        }
        copy
    });
    right.inner
}

fn copy_all(ui: &mut Ui, has_words: bool, keys: &str) -> Response {
    let name = "Copy all";
    if has_words {
        widgets::tooltip(widgets::button(ui, Some(icons::COPY), name), "Copy all of the source", Some(keys))
    } else {
        icon_button(ui, icons::COPY, name, Some(keys))
    }
}

fn rows_ui(ui: &mut Ui, state: &mut State, source: &Source, chosen: bool) {
    let typing = ui.text_edit_focused();
    let page = (ui.available_height() / ROW - 1.0).max(1.0);
    let most = (source.rows() as f32 * ROW - ui.available_height()).max(0.0);
    let mut wish = None;
    for (key, to) in [
        (Key::PageDown, state.top + page * ROW),
        (Key::PageUp, state.top - page * ROW),
        (Key::Home, 0.0),
        (Key::End, most),
    ] {
        if !typing && ui.input(|input| input.key_pressed(key)) {
            wish = Some(to.clamp(0.0, most));
        }
    }
    if let Some(row) = state.go_to.take() {
        let top = row as f32 * ROW;
        let is_seen = top >= state.top && top + ROW <= state.top + ui.available_height();
        wish = (!is_seen || row == 0).then_some((top - ui.available_height() / 3.0).clamp(0.0, most));
    }
    let mut area = ScrollArea::both().id_salt("source").auto_shrink(false);
    if let Some(to) = wish {
        area = area.vertical_scroll_offset(to);
    }
    ui.spacing_mut().item_spacing.y = 0.0;
    let numbers = number_width(ui, source.lines());
    let seen = area.show_rows(ui, ROW, source.rows(), |ui, rows| {
        for row in rows {
            row_ui(ui, state, source, row, numbers, chosen);
        }
    });
    state.top = seen.state.clamped_offset().y;
}

/// Room for the largest number of a line.
fn number_width(ui: &Ui, lines: usize) -> f32 {
    let digits = lines.max(1).ilog10() + 1;
    let digit = ui.painter().layout_no_wrap("0".to_owned(), Type::Code.font(), Color32::PLACEHOLDER).size().x;
    digits as f32 * digit + 2.0 * theme::PADDING
}

fn row_ui(ui: &mut Ui, state: &State, source: &Source, row: usize, numbers: f32, chosen: bool) {
    let t = tokens(ui);
    let Some((range, line)) = source.row(row) else { return };
    ui.allocate_ui_with_layout(vec2(ui.available_width(), ROW), Layout::left_to_right(Align::Center), |ui| {
        ui.set_height(ROW);
        let (place, _) = ui.allocate_exact_size(vec2(numbers, ROW), egui::Sense::hover());
        if let Some(line) = line {
            let at = place.right_center() - vec2(theme::PADDING, 0.0);
            ui.painter().text(at, egui::Align2::RIGHT_CENTER, line, Type::Code.font(), t.faint);
        }
        let mut job = LayoutJob::default();
        let marks = state.marks(&range);
        let mut at = 0;
        for (part, text) in source.parts(row) {
            append(&mut job, ui, part, text, at, &marks, chosen);
            at += text.len();
        }
        if !job.is_empty() {
            ui.add(Label::new(job).selectable(true).extend());
        }
    });
}

/// Adds a part of a row that begins `at` (bytes), what was found in it on a ground of its own.
fn append(
    job: &mut LayoutJob,
    ui: &Ui,
    part: Part,
    text: &str,
    at: usize,
    marks: &[(Range<usize>, bool)],
    chosen: bool,
) {
    let t = tokens(ui);
    let plain = if chosen { ui.visuals().selection.bg_fill } else { Color32::TRANSPARENT };
    let color = match part {
        Part::Text => t.text,
        Part::Mark | Part::Aside => t.faint,
        Part::Name => t.accent_text,
        Part::Attribute => t.info,
        Part::Value => t.soft,
    };
    let mut from = 0;
    let mut add = |from: usize, to: usize, ground: Color32| {
        let Some(piece) = text.get(from..to).filter(|piece| !piece.is_empty()) else { return };
        let mut format = TextFormat::simple(Type::Code.font(), color);
        format.background = ground;
        job.append(&shown(piece), 0.0, format);
    };
    for (mark, is_current) in marks {
        let (start, end) = (mark.start.saturating_sub(at).min(text.len()), mark.end.saturating_sub(at).min(text.len()));
        if start < end {
            add(from, start, plain);
            add(start, end, if *is_current && !chosen { t.accent_soft } else { t.added });
            from = end;
        }
    }
    add(from, text.len(), plain);
}
