//! The differing words of a prompt as buttons, and the small list of pairs that isolate the one that was pressed.
//!
//! The pairs are looked for off this thread. Invariant: a word can be pressed by the mouse where it is shown, and by
//! the keyboard even where it is cut off.

use super::super::super::Cx;
use super::super::super::textures::Look;
use super::super::super::theme::{self, Type, tokens};
use super::super::super::widgets::{self, focus_ring, line_of, place, raised_fill};
use crate::engine::Interrupted;
use crate::library::PictureId;
use crate::plan::{Isolated, Pair, Span, isolate};
use crate::studio::{Command, isolated_text, pair_text, word_at};
use egui::{
    Align2, CursorIcon, Galley, Popup, PopupCloseBehavior, Pos2, Rect, Role, ScrollArea, Sense, Ui, WidgetInfo, pos2,
    vec2,
};
use poll_promise::Promise;

/// Width of the list and side of its small pictures, points.
const WIDTH: f32 = 300.0;
const THUMB: f32 = 44.0;
/// Height of the list, points.
const MOST: f32 = 320.0;

/// What is looked for.
#[derive(Clone, Debug, PartialEq)]
struct Question {
    /// The pressed phrase, and the word of it that was pressed, if the mouse told.
    phrases: Vec<String>,
    /// Also among the runs of the compared pictures and the selection.
    wide: bool,
    compared: Vec<PictureId>,
}

/// The open list.
#[derive(Default)]
pub(super) struct State {
    pressed: Vec<String>,
    wide: bool,
    asked: Option<Question>,
    candidates: Vec<PictureId>,
    work: Option<Promise<Result<Isolated, Interrupted>>>,
    found: Option<Isolated>,
}

/// Makes the differing words of a prompt that lies at `corner` press-sensitive, and shows the list under the one that
/// is open.
pub(super) fn words_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State, spans: &[Span], galley: &Galley, corner: Pos2) {
    let mut first = 0;
    for (number, span) in spans.iter().enumerate() {
        let count = span.text.chars().count();
        if span.differs {
            let rects = rects_of(galley, first, count);
            let word = |at: Pos2| {
                let cursor = galley.cursor_from_pos(at - corner);
                word_at(&span.text, cursor.index.0.saturating_sub(first)).map(str::to_owned)
            };
            // One that is cut off keeps a place for the keyboard.
            let end = Rect::from_min_size(galley.rect.right_bottom(), vec2(0.0, 0.0));
            let rects = if rects.is_empty() { vec![end] } else { rects };
            let rects: Vec<Rect> = rects.into_iter().map(|rect| rect.translate(corner.to_vec2())).collect();
            ui.push_id(("word", number), |ui| word_ui(ui, cx, state, span.text.trim(), &rects, word));
        }
        first += count;
    }
}

/// Where these characters lie, row by row.
fn rects_of(galley: &Galley, first: usize, count: usize) -> Vec<Rect> {
    let mut start = 0;
    let mut rects = Vec::new();
    for row in &galley.rows {
        let glyphs = row.glyphs.len();
        let (from, to) = (first.max(start), (first + count).min(start + glyphs));
        if from < to {
            let x = |at: usize| row.pos.x + row.x_offset((at - start).into());
            rects.push(Rect::from_min_max(pos2(x(from), row.min_y()), pos2(x(to), row.max_y())));
        }
        start += row.char_count_including_newline().0;
    }
    rects
}

fn word_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    state: &mut State,
    phrase: &str,
    rects: &[Rect],
    word: impl Fn(Pos2) -> Option<String>,
) {
    let t = tokens(ui);
    let mut head = None;
    let mut pressed = None;
    for (piece, rect) in rects.iter().enumerate() {
        // The keyboard needs one place only.
        let sense = if piece == 0 { Sense::click() } else { Sense::CLICK };
        let response = ui.interact(*rect, ui.scope_id().with(piece), sense).on_hover_cursor(CursorIcon::PointingHand);
        if response.clicked() {
            pressed = Some(response.interact_pointer_pos().and_then(&word));
        }
        if response.hovered() {
            ui.painter().rect_filled(*rect, 2, t.text.gamma_multiply(0.1));
        }
        head.get_or_insert(response);
    }
    let Some(head) = head else { return };
    head.widget_info(|| WidgetInfo::labeled(Role::Button, true, format!("Pairs that show what “{phrase}” does")));
    focus_ring(ui, &head, head.rect.expand(1.0), theme::RADIUS_SMALL, t.accent);
    let id = head.id.with("pairs");
    if let Some(word) = pressed {
        state.pressed = std::iter::once(phrase.to_owned()).chain(word.filter(|word| word != phrase)).collect();
        state.asked = None;
        Popup::toggle_id(ui.ctx(), id);
    }
    Popup::from_response(&head)
        .id(id)
        .open_memory(None)
        .close_behavior(PopupCloseBehavior::CloseOnClickOutside)
        .width(WIDTH)
        .show(|ui| list_ui(ui, cx, state));
}

/// Looks for the pairs, when that has not been done for this question.
fn ask(cx: &Cx<'_>, state: &mut State) {
    let compared = cx.studio.compare.ids().to_vec();
    let question = Question { phrases: state.pressed.clone(), wide: state.wide, compared };
    if state.asked.as_ref() != Some(&question) {
        let (ids, made): (Vec<_>, Vec<_>) = cx.studio.candidates(state.wide).into_iter().unzip();
        let phrases = question.phrases.clone();
        state.work = Some(
            cx.engine.promise(async move { isolate(&made, &phrases.iter().map(String::as_str).collect::<Vec<_>>()) }),
        );
        (state.candidates, state.found, state.asked) = (ids, None, Some(question));
    }
    if let Some(work) = state.work.take() {
        match work.try_take() {
            Ok(Ok(found)) => state.found = Some(found),
            Ok(Err(interrupted)) => log::warn!("no pairs were looked for: {interrupted}"),
            Err(pending) => state.work = Some(pending),
        }
    }
}

fn list_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State) {
    ask(cx, state);
    ui.set_width(WIDTH);
    ui.spacing_mut().item_spacing = vec2(theme::GAP, theme::GAP);
    let text = state.found.as_ref().map_or_else(|| "Looking for pairs".to_owned(), isolated_text);
    ui.label(Type::Strong.text(text));
    let pairs = state.found.as_ref().map(|found| found.pairs.clone()).unwrap_or_default();
    ScrollArea::vertical().id_salt("pairs").max_height(MOST).show(ui, |ui| {
        for pair in &pairs {
            pair_ui(ui, cx, &state.candidates, pair);
        }
    });
    widgets::checkbox(
        ui,
        &mut state.wide,
        "In their runs and the selection too",
        "Look in their runs and the selection too",
    );
}

/// Both pictures, and what the second one has instead; a press compares them.
fn pair_ui(ui: &mut Ui, cx: &mut Cx<'_>, candidates: &[PictureId], pair: &Pair) {
    let t = tokens(ui);
    let (Some(with), Some(without)) = (candidates.get(pair.with), candidates.get(pair.without)) else { return };
    let (instead, also) = pair_text(pair);
    let pane = |id: &PictureId| cx.studio.compare.ids().iter().position(|known| known == id).map(|place| place + 1);
    let name = match (pane(with), pane(without)) {
        (Some(one), Some(other)) => format!("Compare panes {one} and {other}: {instead}"),
        _ => format!("Compare two pictures: {instead}"),
    };
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), THUMB + 8.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, &name));
    ui.painter().rect_filled(rect, theme::RADIUS, raised_fill(ui, &response, t, t.menu));
    let mut left = rect.left() + 4.0;
    for id in [with, without] {
        let place = Rect::from_min_size(pos2(left, rect.top() + 4.0), vec2(THUMB, THUMB));
        left += THUMB + theme::GAP;
        ui.painter().rect_filled(place, theme::RADIUS_SMALL, t.panel);
        let Some(picture) = cx.studio.collection.picture(id) else { continue };
        if let Look::Ready(drawable) = cx.textures.picture(picture, THUMB * ui.ctx().pixels_per_point()) {
            drawable.paint_cover(ui.painter(), place, f32::from(theme::RADIUS_SMALL));
        }
    }
    let room = rect.right() - left - theme::TILE_GAP;
    let words = line_of(ui, &instead, Type::Body.font(), t.text, room);
    let up = if also.is_some() { 8.0 } else { 0.0 };
    place(ui, words, pos2(left + theme::GAP, rect.center().y - up), Align2::LEFT_CENTER);
    if let Some(also) = also {
        let words = line_of(ui, &also, Type::Note.font(), t.soft, room);
        place(ui, words, pos2(left + theme::GAP, rect.center().y + 9.0), Align2::LEFT_CENTER);
    }
    focus_ring(ui, &response, rect, theme::RADIUS, t.accent);
    if response.clicked() {
        cx.push(Command::ComparePair([with.clone(), without.clone()]));
        ui.close();
    }
}
