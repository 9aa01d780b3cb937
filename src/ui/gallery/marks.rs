//! The marks over a picture of the grid: a warning where its file has a flaw and a flag in the upper left corner, stars in the shade at the foot, the label as
//! a bar along the lower edge; what is rejected steps back.
//!
//! Painted only: keys and the panel change them. Invariant: every mark lies on its own shade, so that it can be seen on
//! any picture.

use super::super::icons;
use super::super::marks::{label_color, paint_flag, paint_star};
use super::super::theme::{self, tokens};
use super::super::widgets::paint_icon;
use crate::library::Picture;
use crate::plan::{Flag, Marks};
use egui::{Rect, Ui, pos2, vec2};

/// Side of a star.
const STAR: f32 = 12.0;
/// Of the label.
const BAR: f32 = 4.0;
/// Diameter of the ground of a flag.
pub(super) const FLAG: f32 = 22.0;
const INSET: f32 = 6.0;

/// Lets a rejected picture step back; before anything is written on it.
pub(super) fn veil(ui: &Ui, tile: Rect, marks: &Marks) {
    if marks.flag == Some(Flag::Reject) {
        ui.painter().rect_filled(tile, theme::RADIUS, tokens(ui).background.gamma_multiply(0.65));
    }
}

/// Returns the width that the stars take at the left of the foot.
pub(super) fn stars_width(marks: &Marks) -> f32 {
    if marks.stars == 0 { 0.0 } else { f32::from(marks.stars) * STAR + 2.0 }
}

/// Draws the marks; the shade at the foot is there already. `taken`: width at the upper left that something else needs.
pub(super) fn paint(ui: &Ui, tile: Rect, picture: &Picture, taken: f32) {
    let t = tokens(ui);
    let marks = &picture.marks;
    for star in 0..marks.stars {
        let left = tile.left() + 8.0 + f32::from(star) * STAR;
        paint_star(ui, pos2(left + STAR / 2.0, tile.bottom() - 14.0), STAR, true, t.star);
    }
    if let Some(label) = marks.label {
        // The corners of the bar are those of the tile.
        let foot = Rect::from_min_max(pos2(tile.left(), tile.bottom() - BAR), tile.max);
        let painter = ui.painter().with_clip_rect(foot.intersect(ui.clip_rect()));
        painter.rect_filled(tile, theme::RADIUS, label_color(&t.labels_on_picture, label));
    }
    let mut left = taken + INSET;
    let mut ground = || {
        let centre = tile.min + vec2(left + FLAG / 2.0, INSET + FLAG / 2.0);
        ui.painter().circle_filled(centre, FLAG / 2.0, t.shade);
        left += FLAG + INSET;
        centre
    };
    if picture.flaw.is_some() {
        paint_icon(ui, icons::WARNING, ground(), 14.0, t.on_picture);
    }
    if let Some(flag) = marks.flag {
        paint_flag(ui, ground(), 14.0, flag, t.on_picture);
    }
}
