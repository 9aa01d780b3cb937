//! The way to the picture, beside the film strip: what came before it, small and in order, to be gone over with the
//! pointer.
//!
//! It lies in the row of the film strip, so that the picture above neither moves nor shrinks where there are partials.
//! Invariant: the pointer only looks; a click holds what it is on, and a click on the finished picture lets go.

use super::super::textures::Look;
use super::super::theme::{self, Type, tokens};
use super::super::widgets::{self, focus_ring, line_of, place};
use super::super::{Cx, reading};
use super::film;
use crate::library::{Partials, Picture};
use crate::studio::{Action, Command, keys_of, part_of_step, step_at, step_text};
use egui::{Align, Align2, Layout, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, Vec2, WidgetInfo};
use egui::{Id, pos2, vec2};

/// Side of a small picture.
const SIDE: f32 = 36.0;
/// Small pictures that a drawing is shown in, most.
const CELLS: usize = 12;
/// Height of the line of words.
const WORDS: f32 = 22.0;
/// The words and the button above the way need as much.
const LEAST: f32 = 236.0;
/// Of the row, at most.
const SHARE: f32 = 0.6;

/// How wide the rail is in a row of this width; nothing where there are no partials.
pub(super) fn width(partials: &Partials, row: f32) -> f32 {
    if partials.is_empty() {
        return 0.0;
    }
    let wished = (cells_of(partials, f32::INFINITY) + 1) as f32 * (SIDE + theme::GAP) + theme::TILE_GAP;
    (wished.max(LEAST) + 2.0 * theme::PADDING).min(row * SHARE)
}

/// How many small pictures show the way in a width: each its own, or those of a drawing at equal distances.
fn cells_of(partials: &Partials, width: f32) -> usize {
    let most = if partials.is_written() { CELLS } else { usize::MAX };
    let room = (width / (SIDE + theme::GAP)).floor().clamp(1.0, 1000.0) as usize;
    partials.len().min(most).min(room).max(1)
}

/// Draws it over the whole of `ui`.
pub(super) fn rail_ui(ui: &mut Ui, cx: &mut Cx<'_>, picture: &Picture, partials: &Partials) {
    let t = tokens(ui);
    let whole = ui.max_rect();
    ui.painter().vline(whole.left(), whole.y_range().shrink(theme::TILE_GAP), Stroke::new(1.0, t.line));
    let inside = whole.shrink2(vec2(theme::PADDING, 0.0));
    let top = whole.top() + (film::HEIGHT - WORDS - SIDE - 2.0) / 2.0;
    let words = Rect::from_min_size(pos2(inside.left(), top), vec2(inside.width(), WORDS));
    words_ui(ui, cx, picture, partials, words);

    let row = Rect::from_min_size(pos2(inside.left(), words.bottom() + 2.0), vec2(inside.width(), SIDE));
    let end = SIDE + theme::GAP + theme::TILE_GAP;
    let cells = cells_of(partials, row.width() - end);
    let size = vec2(cells as f32 * (SIDE + theme::GAP) - theme::GAP, SIDE);
    let way = Rect::from_min_size(row.min, size);
    match partials.is_written() {
        true => written_ui(ui, cx, picture, partials, way, cells),
        false => painted_ui(ui, cx, picture, partials, way, cells),
    }
    let last = Rect::from_min_size(pos2(way.right() + theme::GAP + theme::TILE_GAP, row.top()), Vec2::splat(SIDE));
    finished_ui(ui, cx, picture, last);
}

/// What lies below, and the button that keeps what is shown of it.
fn words_ui(ui: &mut Ui, cx: &mut Cx<'_>, picture: &Picture, partials: &Partials, rect: Rect) {
    let layout = Layout::right_to_left(Align::Center);
    ui.scope_builder(UiBuilder::new().max_rect(rect).layout(layout).id_salt("words"), |ui| {
        let is_shown = cx.studio.partial_shown(&picture.id).is_some();
        let name = "Keep as a picture";
        let button = |ui: &mut Ui| ui.add_enabled_ui(is_shown, |ui| widgets::small_button(ui, name, name)).inner;
        let button = reading::for_command(ui, &Command::Do(Action::KeepPartial), button);
        let button = widgets::tooltip(
            button,
            "Keep the partial as a picture of its own",
            keys_of(Action::KeepPartial).as_deref(),
        );
        if button.on_disabled_hover_text("Click a partial first").clicked() {
            cx.push(Command::Do(Action::KeepPartial));
        }
        let text = match partials.len() {
            _ if partials.is_written() => "As it was drawn".to_owned(),
            1 => "1 partial".to_owned(),
            count => format!("{count} partials"),
        };
        let line = line_of(ui, &text, Type::Note.font(), tokens(ui).soft, ui.available_width() - theme::TILE_GAP);
        place(ui, line, rect.left_center(), Align2::LEFT_CENTER);
    });
}

/// Partial pictures: the pointer looks at the one it is on, a click holds it.
fn painted_ui(ui: &mut Ui, cx: &mut Cx<'_>, picture: &Picture, partials: &Partials, way: Rect, cells: usize) {
    let (under, held) = (under_pointer(ui, partials, way), cx.studio.held_partial());
    look_at(ui, cx, under);
    for cell in 0..cells {
        let (rect, step) = (cell_rect(way, cell), step_of(partials, cell, cells));
        // Where there is no room for each its own, a small picture stands for those before it too.
        let stands_for = |other: usize| other <= step && (cell == 0 || other > step_of(partials, cell - 1, cells));
        let is_held = held.is_some_and(stands_for);
        let response = ui.interact(rect, Id::unique(("partial", &picture.id, step)), Sense::click());
        let name = format!("Partial {} of {}", step + 1, partials.len());
        response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_held, &name));
        thumb(ui, cx, partials, step, rect, under.or(held).is_some_and(stands_for));
        ring(ui, &response, rect, is_held);
        if response.on_hover_text(Type::Note.text(step_text(partials, step))).clicked() {
            cx.push(Command::HoldPartial(under.or(Some(step))));
        }
    }
}

/// A drawing: the pointer looks at it as far as it had come, a press holds that.
fn written_ui(ui: &mut Ui, cx: &mut Cx<'_>, picture: &Picture, partials: &Partials, way: Rect, cells: usize) {
    let t = tokens(ui);
    let held = cx.studio.held_partial();
    let response = ui.interact(way, Id::unique(("drawing", &picture.id)), Sense::click_and_drag());
    let dragged = response.interact_pointer_pos().map(|at| step_at(partials, (at.x - way.left()) / way.width()));
    let under = dragged.or_else(|| under_pointer(ui, partials, way));
    look_at(ui, cx, under);
    if let Some(step) = under.filter(|step| (dragged.is_some() || response.clicked()) && held != Some(*step)) {
        cx.push(Command::HoldPartial(Some(step)));
    }
    let part = under.or(held).map(|step| part_of_step(partials, step));
    for cell in 0..cells {
        let begins = cell as f32 / cells as f32;
        let step = step_of(partials, cell, cells);
        thumb(ui, cx, partials, step, cell_rect(way, cell), part.is_some_and(|part| begins < part));
    }
    let percent = f64::from(part.unwrap_or(1.0) * 100.0).round();
    response.widget_info(|| WidgetInfo::slider(true, percent, "The drawing as it came, percent"));
    if let Some(part) = part {
        let x = way.left() + way.width() * part;
        ui.painter().vline(x, way.y_range().expand(2.0), Stroke::new(2.0, t.accent));
    }
    focus_ring(ui, &response, way.expand(2.0), theme::RADIUS_SMALL, t.accent);
}

/// The step that the pointer is on.
fn under_pointer(ui: &Ui, partials: &Partials, way: Rect) -> Option<usize> {
    let at = ui.pointer_hover_pos().filter(|_| ui.rect_contains_pointer(way))?;
    Some(step_at(partials, (at.x - way.left()) / way.width()))
}

/// Shows a step for as long as the pointer is on it; the picture above was drawn before this was known.
fn look_at(ui: &Ui, cx: &mut Cx<'_>, step: Option<usize>) {
    if cx.studio.hover_partial(step) {
        ui.request_repaint();
    }
}

/// The step that a small picture shows: the end of what it stands for.
fn step_of(partials: &Partials, cell: usize, cells: usize) -> usize {
    if cells == partials.len() { cell } else { step_at(partials, (cell + 1) as f32 / cells as f32) }
}

fn cell_rect(way: Rect, cell: usize) -> Rect {
    let left = way.left() + cell as f32 * (SIDE + theme::GAP);
    Rect::from_min_size(pos2(left, way.top()), Vec2::splat(SIDE))
}

fn thumb(ui: &Ui, cx: &mut Cx<'_>, partials: &Partials, step: usize, rect: Rect, is_lit: bool) {
    let t = tokens(ui);
    ui.painter().rect_filled(rect, theme::RADIUS_SMALL, t.panel);
    if let Look::Ready(drawable) = cx.textures.partial(partials, step, SIDE * ui.ctx().pixels_per_point()) {
        drawable.paint_cover(ui.painter(), rect, f32::from(theme::RADIUS_SMALL));
    }
    veil(ui, rect, is_lit);
}

/// What is not shown steps back.
fn veil(ui: &Ui, rect: Rect, is_lit: bool) {
    if !is_lit {
        let veil = tokens(ui).background.gamma_multiply(0.45);
        ui.painter().rect_filled(rect, theme::RADIUS_SMALL, veil);
    }
}

fn finished_ui(ui: &mut Ui, cx: &mut Cx<'_>, picture: &Picture, rect: Rect) {
    let t = tokens(ui);
    let held = cx.studio.held_partial().is_some();
    let is_shown = cx.studio.partial_shown(&picture.id).is_none();
    let response = ui.interact(rect, Id::unique(("finished", &picture.id)), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, !held, "Finished picture"));
    ui.painter().rect_filled(rect, theme::RADIUS_SMALL, t.panel);
    if let Look::Ready(drawable) = cx.textures.picture(picture, SIDE * ui.ctx().pixels_per_point()) {
        drawable.paint_cover(ui.painter(), rect, f32::from(theme::RADIUS_SMALL));
    }
    veil(ui, rect, is_shown || response.hovered());
    ring(ui, &response, rect, !held);
    if response.on_hover_text(Type::Note.text("Finished picture")).clicked() {
        cx.push(Command::HoldPartial(None));
    }
}

fn ring(ui: &Ui, response: &Response, rect: Rect, is_held: bool) {
    if is_held || response.has_focus() {
        ui.painter().rect_stroke(rect, theme::RADIUS_SMALL, Stroke::new(2.0, tokens(ui).accent), StrokeKind::Outside);
    }
}
