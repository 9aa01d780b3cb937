//! A partial in the place of its picture: as large as that, however few pixels it has.

use super::{Scene, State, checkerboard};
use crate::library::Partials;
use crate::picture::Format;
use crate::studio::Backdrop;
use crate::ui::textures::{Look, Textures};
use crate::ui::theme::{Type, tokens};
use egui::{Align2, Painter, Rect, Ui};

/// Draws a step of the way; while it is not there yet, the one that was drawn before it. Says whether it was there.
pub(super) fn paint_partial(
    ui: &Ui,
    painter: &Painter,
    textures: &mut Textures,
    scene: &Scene<'_>,
    state: &mut State,
    place: Rect,
    (partials, step): (&Partials, usize),
) -> bool {
    let t = tokens(ui);
    let is_opaque = partials.painted.get(step).is_some_and(|partial| partial.format == Some(Format::Jpeg));
    if !scene.bare && scene.look.backdrop == Backdrop::Checkerboard && !is_opaque {
        checkerboard(painter, place, t.checker);
    }
    let side = place.width().max(place.height()) * scene.pane.pixels_per_point;
    let is_there = match textures.partial(partials, step, side) {
        Look::Ready(_) => {
            state.step = Some(step);
            true
        }
        Look::Waiting => false,
        Look::Broken(_) => {
            // The first words of a drawing show nothing yet.
            if !partials.is_written() {
                let at = place.intersect(painter.clip_rect()).center();
                painter.rect_filled(place, 0, t.panel);
                painter.text(at, Align2::CENTER_CENTER, "This partial cannot be shown", Type::Note.font(), t.soft);
            }
            return true;
        }
    };
    if let Some(drawn) = state.step
        && let Look::Ready(drawable) = textures.partial(partials, drawn, side)
    {
        drawable.paint_seen(painter, place, scene.turn, false);
    }
    is_there
}
