//! The colour of the pixel under the pointer, once pixels are large: read from the file off the UI thread.
//!
//! Invariant: what is shown is the pixel of the file; until it is known, `…` stands for it.

use super::super::pane::{LINES, shade, size_of};
use super::super::theme::{self, Type, tokens};
use super::super::{Cx, widgets};
use crate::decode::{Patch, PatchOf};
use crate::library::Picture;
use crate::picture::{Format, Pixels};
use crate::studio::Turn;
use crate::studio::view::{Pane, View};
use egui::{Align2, Pos2, Rect, Role, Sense, StrokeKind, Ui, Vec2, WidgetInfo, pos2, vec2};
use std::sync::mpsc::TryRecvError;

/// Pixels around the middle of the view that are read at once, to each side.
const AROUND: f32 = 1024.0;
/// Side of the sample of the colour.
const SAMPLE: f32 = 12.0;

/// What has been read, and what is being read.
#[derive(Default)]
pub(super) struct State {
    held: Option<(PatchOf, Option<Pixels>)>,
    reading: Option<(PatchOf, Patch)>,
}

/// Shows the pixel under the pointer at the lower left of the pane; nothing while pixels are small.
pub(super) fn pixel_ui(
    ui: &mut Ui,
    cx: &Cx<'_>,
    state: &mut State,
    picture: &Picture,
    view: View,
    pane: Pane,
    pointer: Option<Pos2>,
) {
    let turn = cx.studio.viewer.turn(&picture.id);
    let own = size_of(picture);
    let scale = view.scale(turn.size(own), pane);
    if scale < LINES || picture.size.is_none() {
        *state = State::default();
        return;
    }
    let file = cx.engine.library_dir().join(&picture.file);
    let needed = part(view, pane, turn, own, picture.format == Format::Svg);
    state.learn(cx, PatchOf { file, ..needed });
    let Some(at) = pointer.map(|at| turn.own(view.picture_point(at, turn.size(own), pane), own)) else { return };
    if !Rect::from_min_size(Pos2::ZERO, own).contains(Pos2::ZERO + at) || at.x >= own.x || at.y >= own.y {
        return;
    }
    badge(ui, pane.rect, at, state.color(at));
}

impl State {
    /// Takes what has been read, and asks for what is looked at when nothing else is being read.
    fn learn(&mut self, cx: &Cx<'_>, needed: PatchOf) {
        if let Some((part, reading)) = self.reading.take() {
            match reading.try_recv() {
                Ok(read) => {
                    let pixels = read.inspect_err(|error| log::warn!("pixels could not be read: {error}")).ok();
                    self.held = Some((part, pixels));
                }
                Err(TryRecvError::Empty) => self.reading = Some((part, reading)),
                // The pool has ended.
                Err(TryRecvError::Disconnected) => {}
            }
        }
        self.held.take_if(|(held, _)| held.file != needed.file);
        let is_held = self.held.as_ref().is_some_and(|(held, _)| holds(held, &needed));
        if !is_held && self.reading.is_none() {
            self.reading = Some((needed.clone(), cx.textures.pixels(needed)));
        }
    }

    /// The colour at a point of the picture: red, green, blue, alpha, not multiplied.
    fn color(&self, at: Vec2) -> Option<[u8; 4]> {
        let (part, pixels) = self.held.as_ref()?;
        let pixels = pixels.as_ref()?;
        let at = (at * part.scale).floor();
        let [x, y] = [at.x as u32, at.y as u32];
        let (x, y) = (x.checked_sub(part.corner[0])?, y.checked_sub(part.corner[1])?);
        if x >= pixels.size.width || y >= pixels.size.height {
            return None;
        }
        let start = 4 * (y as usize * pixels.size.width as usize + x as usize);
        pixels.rgba.get(start..start + 4)?.try_into().ok()
    }
}

/// Whether a part that was read holds what is looked at now.
fn holds(held: &PatchOf, needed: &PatchOf) -> bool {
    // A read part is larger than what is seen, so small moves need no new one.
    let inside = |from: u32, length: u32, needed_from: u32, needed: u32| {
        let margin = needed / 4;
        let least = if needed_from > 0 { needed_from + margin } else { 0 };
        from <= least && from + length >= needed_from + needed - margin
    };
    let ([x, y], [width, height]) = (held.corner, held.size);
    let ([left, top], [wide, high]) = (needed.corner, needed.size);
    let is_inside = inside(x, width, left, wide) && inside(y, height, top, high);
    held.file == needed.file && held.scale == needed.scale && is_inside
}

/// The part to read: of a raster around the middle, of a drawing what is seen, at the scale at which it is seen.
fn part(view: View, pane: Pane, turn: Turn, own: Vec2, is_drawing: bool) -> PatchOf {
    let seen = turn.size(own);
    let scale = if is_drawing { view.scale(seen, pane) } else { 1.0 };
    let around = if is_drawing {
        pane.rect.size() * pane.pixels_per_point / view.scale(seen, pane)
    } else {
        Vec2::splat(AROUND)
    };
    let middle = turn.own(view.middle(seen), own);
    let around = if is_drawing { turn.size(around) } else { around };
    let whole = Rect::from_min_size(Pos2::ZERO, own);
    let wished = Rect::from_center_size(Pos2::ZERO + middle, 2.0 * around).intersect(whole);
    let (min, max) = ((wished.min.to_vec2() * scale).floor(), (wished.max.to_vec2() * scale).ceil());
    let size = (max - min).max(Vec2::splat(1.0));
    PatchOf {
        file: std::path::PathBuf::new(),
        is_drawing,
        scale,
        corner: [min.x as u32, min.y as u32],
        size: [size.x as u32, size.y as u32],
    }
}

/// `1034, 512  #E8A33D  RGB 232 163 61  alpha 255`, with `…` for what is not known yet.
fn words(at: Vec2, color: Option<[u8; 4]>) -> String {
    let place = format!("{:.0}, {:.0}", at.x.floor(), at.y.floor());
    match color {
        Some([r, g, b, a]) => format!("{place}   #{r:02X}{g:02X}{b:02X}   RGB {r} {g} {b}   alpha {a}"),
        None => format!("{place}   …"),
    }
}

fn badge(ui: &mut Ui, pane: Rect, at: Vec2, color: Option<[u8; 4]>) {
    let t = tokens(ui);
    let text = words(at, color);
    let line = widgets::line_of(ui, &text, Type::Note.font(), t.on_picture, pane.width());
    let (height, margin) = (theme::FIELD, theme::TILE_GAP);
    let width = margin + SAMPLE + margin + line.size().x + margin;
    let corner = pane.left_bottom() + vec2(theme::PADDING, -theme::PADDING - height);
    let rect = Rect::from_min_size(corner, vec2(width, height));
    shade(ui.painter(), rect, t);
    let sample =
        Rect::from_center_size(pos2(rect.left() + margin + SAMPLE / 2.0, rect.center().y), Vec2::splat(SAMPLE));
    if let Some(color) = color {
        ui.painter().rect_filled(sample, 2, theme::pixel(color));
    }
    ui.painter().rect_stroke(sample, 2, egui::Stroke::new(1.0, t.on_picture), StrokeKind::Outside);
    widgets::place(ui, line, pos2(sample.right() + margin, rect.center().y), Align2::LEFT_CENTER);
    let response = ui.interact(rect, ui.scope_id().with("pixel"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("Pixel {text}")));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::studio::view::Zoom;

    const PANE: Pane = Pane { rect: Rect::from_min_max(Pos2::ZERO, pos2(800.0, 600.0)), pixels_per_point: 1.0 };

    #[test]
    fn the_part_that_is_read_holds_what_is_seen_and_is_read_again_only_far_away() {
        let own = vec2(9000.0, 7000.0);
        let at = |x: f32, y: f32| View { zoom: Zoom::Scale(8.0), centre: vec2(x, y) };
        let near = |view| part(view, PANE, Turn::default(), own, false);
        let first = near(at(4000.0, 4000.0));
        assert_eq!((first.corner, first.size), ([2976, 2976], [2048, 2048]));
        assert!(holds(&first, &near(at(4300.0, 3800.0))));
        assert!(!holds(&first, &near(at(4900.0, 4000.0))));
        // At the edge of the picture there is nothing more to read.
        let corner = near(at(0.0, 0.0));
        assert_eq!((corner.corner, corner.size), ([0, 0], [1024, 1024]));
        assert!(holds(&corner, &corner));
    }

    #[test]
    fn a_drawing_is_read_at_the_scale_at_which_it_is_seen() {
        let view = View { zoom: Zoom::Scale(16.0), centre: vec2(500.0, 400.0) };
        let seen = part(view, PANE, Turn::default(), vec2(1000.0, 800.0), true);
        assert_eq!((seen.scale, seen.corner, seen.size), (16.0, [7200, 5800], [1600, 1200]));
    }

    #[test]
    fn a_colour_is_told_in_numbers_and_an_unknown_one_as_unknown() {
        let at = vec2(1034.7, 512.2);
        assert_eq!(words(at, Some([232, 163, 61, 255])), "1034, 512   #E8A33D   RGB 232 163 61   alpha 255");
        assert_eq!(words(at, None), "1034, 512   …");
    }

    #[test]
    fn a_colour_is_that_of_the_pixel_in_the_file() {
        let size = crate::picture::Size { width: 2, height: 2 };
        let rgba = (0..16).collect();
        let part = PatchOf { file: "a".into(), is_drawing: false, scale: 1.0, corner: [10, 20], size: [2, 2] };
        let state = State { held: Some((part, Pixels::new(size, rgba))), reading: None };
        assert_eq!(state.color(vec2(11.9, 20.0)), Some([4, 5, 6, 7]));
        assert_eq!(state.color(vec2(10.0, 21.5)), Some([8, 9, 10, 11]));
        assert_eq!((state.color(vec2(9.9, 20.0)), state.color(vec2(12.0, 20.0))), (None, None));
    }
}
