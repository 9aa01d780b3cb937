//! The rectangle that is drawn over the ground of the grid to select what it touches.
//!
//! Ctrl adds to what was selected before, Escape takes that back. Invariant: it is drawn in the grid's own points, so
//! that it grows while the grid scrolls under the pointer.

use super::super::theme::{self, tokens};
use super::plan::Plan;
use crate::library::PictureId;
use crate::studio::{Command, Studio, Touched};
use egui::style::ScrollAnimation;
use egui::{Pos2, Rect, Response, Stroke, StrokeKind, Ui, vec2};

/// Within this distance of an edge the grid scrolls, points.
const EDGE: f32 = 32.0;
/// Fastest scrolling, points in a second.
const FASTEST: f32 = 2400.0;

/// A rectangle that is being drawn.
#[derive(Default)]
pub(super) struct State(Option<Drawn>);

struct Drawn {
    /// Where it began, from the corner of the grid.
    from: Pos2,
    /// What was selected before.
    before: Vec<PictureId>,
    adds: bool,
    touched: Vec<Touched>,
}

/// Follows the pointer that was pressed on the ground; `origin` is the corner of the grid on screen.
pub(super) fn marquee_ui(
    ui: &Ui,
    ground: &Response,
    (studio, plan): (&Studio, &Plan),
    origin: Pos2,
    state: &mut State,
) -> Option<Command> {
    let pointer = ui.input(|input| input.pointer.clone());
    if ground.drag_started_by(egui::PointerButton::Primary)
        && let Some(from) = pointer.press_origin()
    {
        let before = studio.selection.in_order(&studio.collection);
        let adds = ui.input(|input| input.modifiers.command);
        state.0 = Some(Drawn { from: from - origin.to_vec2(), before, adds, touched: Vec::new() });
    }
    let drawn = state.0.as_mut()?;
    if !ground.dragged() {
        // Ended by Escape, with the button still down: as if nothing had been drawn.
        let given_up = pointer.primary_down();
        let before = state.0.take()?.before;
        return given_up.then_some(Command::SelectThese(before));
    }
    let at = pointer.latest_pos()?;
    let area = Rect::from_two_pos(drawn.from, at - origin.to_vec2());
    let t = tokens(ui);
    let shown = area.translate(origin.to_vec2());
    ui.painter().rect_filled(shown, theme::RADIUS_SMALL, t.accent.gamma_multiply(0.12));
    ui.painter().rect_stroke(shown, theme::RADIUS_SMALL, Stroke::new(1.0, t.accent), StrokeKind::Inside);
    scroll(ui, at);
    let touched = plan.grid.touched(area);
    // The first time also when nothing is touched: what was selected is let go.
    if touched == drawn.touched && !ground.drag_started() {
        return None;
    }
    drawn.touched = touched;
    let parts = studio.shown.parts();
    let pictures = drawn.touched.iter().flat_map(|touched| {
        let first = parts.get(touched.section).map_or(0, |part| part.cells.start);
        studio.shown.ids(&studio.collection, first + touched.tiles.start..first + touched.tiles.end)
    });
    let mut ids: Vec<PictureId> = if drawn.adds { drawn.before.clone() } else { Vec::new() };
    ids.extend(pictures);
    Some(Command::SelectThese(ids))
}

/// Scrolls the faster the further the pointer is over the upper or lower edge.
fn scroll(ui: &Ui, at: Pos2) {
    let seen = ui.clip_rect();
    let beyond = (seen.top() + EDGE - at.y).max(0.0) - (at.y - (seen.bottom() - EDGE)).max(0.0);
    if beyond == 0.0 {
        return;
    }
    let speed = (beyond / EDGE * FASTEST / 2.0).clamp(-FASTEST, FASTEST);
    let step = speed * ui.input(|input| input.stable_dt).min(0.1);
    ui.scroll_with_delta_animation(vec2(0.0, step), ScrollAnimation::none());
    ui.request_repaint();
}
