//! One picture in a pane, zoomed and panned: what the viewer and compare are made of.
//!
//! May import `studio` and the textures. It draws and decides nothing: the view comes from outside. Rasters come in
//! the level that the scale needs; of a drawing the seen part is rasterised at the very scale, and until that is there
//! the former raster is stretched. Invariant: at 100 % one pixel of the picture lies on one pixel of the screen.

mod controls;
mod crisp;
mod grid;
mod heavy;
mod partial;

use super::textures::{Drawable, Look as Texture, Textures, checkerboard};
use super::theme::{self, Type, tokens};
use super::{icons, widgets};
use crate::library::{Partials, Picture};
use crate::picture::Format;
use crate::studio::view::{self, View};
use crate::studio::{Backdrop, Look, Studio, Turn};
pub(super) use controls::{look_button, turn_button, zoom_controls};
use crisp::{Crisp, Region};
use egui::{Align2, Color32, Painter, Pos2, Rect, Ui, UiBuilder, Vec2, pos2, vec2};
use std::sync::Arc;
use std::time::Duration;

/// Longest side of the raster that lies under a drawing, pixels.
const DRAWING_SIDE: f32 = 2048.0;
/// From this scale on pixels are shown as squares, unless the artist wants them smooth.
const SQUARES: f32 = 2.0;

/// From this scale on there are lines between them.
pub(super) const LINES: f32 = 8.0;

/// What is to be seen in a pane.
pub(super) struct Scene<'a> {
    pub(super) picture: &'a Picture,
    pub(super) view: View,
    /// The pane that the view is meant for.
    pub(super) pane: view::Pane,
    /// What may be painted on: the pane, a part of it, or more.
    pub(super) clip: Rect,
    pub(super) look: Look,
    pub(super) turn: Turn,
    /// Without a ground: what was painted before is seen through transparent parts.
    pub(super) bare: bool,
    /// What came on the way to the picture, and the step of it that stands in its place.
    pub(super) partial: Option<(Arc<Partials>, usize)>,
}

impl<'a> Scene<'a> {
    /// A picture as the studio says it is looked at.
    pub(super) fn of(studio: &Studio, picture: &'a Picture, view: View, pane: view::Pane, clip: Rect) -> Self {
        let turn = studio.viewer.turn(&picture.id);
        Self { picture, view, pane, clip, look: studio.layout.look, turn, bare: false, partial: None }
    }
}

/// What a pane remembers between frames.
#[derive(Default)]
pub(super) struct State {
    crisp: Crisp,
    /// The step of the way that was drawn last.
    step: Option<usize>,
    /// Whether the artist wants to read the source instead.
    pub(super) wants_source: bool,
}

/// The size in pixels as it is seen, turned or not.
pub(super) fn seen_size(studio: &Studio, picture: &Picture) -> Vec2 {
    studio.viewer.turn(&picture.id).size(size_of(picture))
}

/// The size in pixels; for a picture that could not be decoded, of the sentence that says so.
pub(super) fn size_of(picture: &Picture) -> Vec2 {
    picture.size.map_or(Vec2::splat(512.0), |size| vec2(size.width as f32, size.height as f32))
}

/// Draws the picture; says whether all that is seen of it was there.
pub(super) fn paint(ui: &mut Ui, textures: &mut Textures, scene: &Scene<'_>, state: &mut State) -> bool {
    let own = size_of(scene.picture);
    let size = scene.turn.size(own);
    let scale = scene.view.scale(size, scene.pane);
    let place = on_pixels(scene.view.picture_rect(size, scene.pane), scene.pane.pixels_per_point);
    let painter = ui.painter().with_clip_rect(scene.clip.intersect(ui.clip_rect()));
    let t = tokens(ui);
    if let Some(ground) = ground(scene.look.backdrop, t).filter(|_| !scene.bare) {
        painter.rect_filled(scene.pane.rect, 0, ground);
    }
    if let Some((partials, step)) = &scene.partial {
        return partial::paint_partial(ui, &painter, textures, scene, state, place, (partials, *step));
    }
    state.step = None;
    let look = match scene.picture.format {
        Format::Svg => textures.picture(scene.picture, drawing_side(own, scale)),
        _ => {
            let seen = part_of(place, painter.clip_rect());
            textures.close(scene.picture, scale, scene.turn.own_rect(seen, Vec2::splat(1.0)))
        }
    };
    let base_scale = match &look {
        Texture::Ready(drawable) => {
            if !scene.bare && scene.look.backdrop == Backdrop::Checkerboard && scene.picture.format != Format::Jpeg {
                checkerboard(&painter, place, t.checker);
            }
            drawable.size[0] as f32 / own.x
        }
        Texture::Waiting => {
            painter.rect_filled(place, 0, t.panel);
            let at = place.intersect(painter.clip_rect()).center();
            painter.text(at, Align2::CENTER_CENTER, "Reading the picture", Type::Note.font(), t.faint);
            return false;
        }
        Texture::Broken(why) => {
            let sentence = sentence(why);
            painter.rect_filled(scene.pane.rect, 0, t.background);
            if textures.is_too_heavy(scene.picture) {
                heavy::too_heavy_ui(ui, textures, scene, state, &sentence);
            } else {
                broken(ui, scene.clip, &sentence);
            }
            return false;
        }
    };
    if scene.picture.format != Format::Svg {
        let Texture::Ready(drawable) = look else { return false };
        let squares = !scene.look.smooth && scale >= SQUARES;
        drawable.paint_seen(&painter, place, scene.turn, squares);
        let is_sharp = !drawable.is_coarse;
        if scene.look.grid && scale >= LINES {
            grid::pixel_lines(&painter, place, size, t.pixel_line);
        }
        return is_sharp;
    }
    let part = part_of_drawing(ui, textures, scene, state, place.min, scale, base_scale);
    // Not under the part: soft edges would shine through around crisp ones.
    let around = part.map_or(vec![painter.clip_rect()], |part| around(painter.clip_rect(), part));
    if let Texture::Ready(drawable) = textures.picture(scene.picture, drawing_side(own, scale)) {
        for rect in around {
            drawable.paint_seen(&painter.with_clip_rect(rect), place, scene.turn, false);
        }
    }
    true
}

/// The colour around a picture; `None`: that of the window.
fn ground(backdrop: Backdrop, t: &theme::Tokens) -> Option<Color32> {
    let [grey, black, white] = t.grounds;
    match backdrop {
        Backdrop::Checkerboard => None,
        Backdrop::Grey => Some(grey),
        Backdrop::Black => Some(black),
        Backdrop::White => Some(white),
    }
}

/// Draws the part of a drawing that was rasterised for this scale, or the last one where it is finer than what lies
/// below; returns where.
fn part_of_drawing(
    ui: &Ui,
    textures: &mut Textures,
    scene: &Scene<'_>,
    state: &mut State,
    corner: Pos2,
    scale: f32,
    base_scale: f32,
) -> Option<Rect> {
    let pixels_per_point = scene.pane.pixels_per_point;
    let whole = size_of(scene.picture) * scale;
    let clip = scene.clip.intersect(ui.clip_rect());
    // Turned, it lies on whole pixels too.
    let edges = whole.round();
    let seen = scene.turn.own_rect(clip.translate(-corner.to_vec2()) * pixels_per_point, edges);
    let seen = seen.intersect(Rect::from_min_size(Pos2::ZERO, whole));
    if let Some(seconds) = state.crisp.decide(ui.input(|i| i.time), scale, seen, whole) {
        ui.request_repaint_after(Duration::from_secs_f64(seconds));
    }
    if let Some(asked) = state.crisp.asked
        && textures.region(scene.picture, asked.scale, asked.units()).is_some()
    {
        state.crisp.ready = Some(asked);
    }
    let ready = state.crisp.ready.filter(|ready| ready.scale == scale || ready.scale > base_scale)?;
    let Some(drawable) = textures.region(scene.picture, ready.scale, ready.units()) else {
        state.crisp.ready = None;
        return None;
    };
    let rect = scene.turn.shown_rect(place_of(&ready, drawable, scale, pixels_per_point), edges / pixels_per_point);
    let rect = rect.translate(corner.to_vec2());
    drawable.paint_seen(&ui.painter().with_clip_rect(clip), rect, scene.turn, false);
    Some(rect)
}

/// Where a part lies at a scale, in points from the drawing's own corner; its raster may be a pixel larger than asked
/// for.
fn place_of(part: &Region, drawable: &Drawable, scale: f32, pixels_per_point: f32) -> Rect {
    let points = scale / part.scale / pixels_per_point;
    let size = vec2(drawable.size[0] as f32, drawable.size[1] as f32);
    Rect::from_min_size(Pos2::ZERO + part.pixels.min.to_vec2() * points, size * points)
}

/// The longest side in physical pixels of the raster under a drawing.
fn drawing_side(size: Vec2, scale: f32) -> f32 {
    (size.max_elem() * scale).min(DRAWING_SIDE)
}

/// Which part of a picture at `place` is inside the clip, 0 to 1.
fn part_of(place: Rect, clip: Rect) -> Rect {
    let seen = place.intersect(clip);
    let at = |at: Pos2| ((at - place.min) / place.size().max(Vec2::splat(1e-3))).to_pos2();
    Rect::from_min_max(at(seen.min), at(seen.max))
}

/// The nearest rectangle whose edges lie on physical pixels.
fn on_pixels(rect: Rect, pixels_per_point: f32) -> Rect {
    let round = |at: Pos2| (at.to_vec2() * pixels_per_point).round() / pixels_per_point;
    Rect { min: round(rect.min).to_pos2(), max: round(rect.max).to_pos2() }
}

/// What is left of `outer` without `inner`: above, below, left and right of it.
pub(super) fn around(outer: Rect, inner: Rect) -> Vec<Rect> {
    let inner = inner.intersect(outer);
    if !inner.is_positive() {
        return vec![outer];
    }
    let parts = [
        Rect { max: pos2(outer.max.x, inner.min.y), ..outer },
        Rect { min: pos2(outer.min.x, inner.max.y), ..outer },
        Rect { min: pos2(outer.min.x, inner.min.y), max: pos2(inner.min.x, inner.max.y) },
        Rect { min: pos2(inner.max.x, inner.min.y), max: pos2(outer.max.x, inner.max.y) },
    ];
    parts.into_iter().filter(Rect::is_positive).collect()
}

/// A reason as a sentence of its own; decoders can be wordy.
fn sentence(why: &str) -> String {
    const LONGEST: usize = 120;
    let mut letters = why.chars();
    let mut sentence: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    sentence.extend(letters.by_ref().take(LONGEST));
    if letters.next().is_some() {
        sentence.push('…');
    }
    sentence
}

fn broken(ui: &mut Ui, clip: Rect, sentence: &str) {
    let rect = clip.shrink(theme::PADDING.min(clip.width() / 4.0));
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
        ui.set_clip_rect(clip.intersect(ui.clip_rect()));
        widgets::empty_state(ui, icons::IMAGE_BROKEN, sentence, None);
    });
}

/// A round ground for a control over a picture.
pub(super) fn shade(painter: &Painter, rect: Rect, t: &theme::Tokens) {
    painter.rect_filled(rect, theme::RADIUS, t.shade);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pane_asks_for_the_part_that_is_in_it() {
        let rect = |x0, y0, x1, y1| Rect::from_min_max(pos2(x0, y0), pos2(x1, y1));
        let place = rect(100.0, 0.0, 300.0, 100.0);
        assert_eq!(part_of(place, rect(0.0, 0.0, 1000.0, 1000.0)), rect(0.0, 0.0, 1.0, 1.0));
        assert_eq!(part_of(place, rect(150.0, 50.0, 200.0, 400.0)), rect(0.25, 0.5, 0.5, 1.0));
        assert!(!part_of(place, rect(0.0, 0.0, 50.0, 50.0)).is_positive());
    }

    #[test]
    fn a_reason_becomes_a_sentence_of_bearable_length() {
        assert_eq!(sentence("its file could not be read"), "Its file could not be read");
        assert_eq!(sentence(""), "");
        assert_eq!(sentence(&"ü".repeat(500)).chars().count(), 122);
    }

    #[test]
    fn what_lies_around_a_part_covers_the_rest_exactly() {
        let rect = |x0, y0, x1, y1| Rect::from_min_max(pos2(x0, y0), pos2(x1, y1));
        let outer = rect(0.0, 0.0, 100.0, 80.0);
        for inner in [
            rect(10.0, 10.0, 50.0, 60.0),
            rect(-5.0, -5.0, 120.0, 40.0),
            rect(-5.0, -5.0, 120.0, 90.0),
            rect(200.0, 0.0, 300.0, 10.0),
            rect(0.0, 0.0, 100.0, 80.0),
        ] {
            let parts = around(outer, inner);
            let area: f32 = parts.iter().map(Rect::area).sum();
            let covered = inner.intersect(outer);
            let expected = outer.area() - if covered.is_positive() { covered.area() } else { 0.0 };
            assert_eq!(area, expected, "{inner:?}");
            assert!(parts.iter().all(|part| !part.intersect(covered).is_positive()), "{inner:?}");
        }
    }

    #[test]
    fn a_picture_lies_on_whole_pixels_of_any_screen() {
        let rect = Rect::from_min_size(pos2(10.3, 20.7), vec2(100.1, 50.2));
        for pixels_per_point in [1.0, 1.25, 1.5, 2.0] {
            let snapped = on_pixels(rect, pixels_per_point);
            for edge in [snapped.min.x, snapped.min.y, snapped.max.x, snapped.max.y] {
                let pixel = edge * pixels_per_point;
                assert!((pixel - pixel.round()).abs() < 1e-3);
            }
            assert!((snapped.min - rect.min).length() < 1.0);
        }
    }
}
