//! Which part of a drawing to rasterise anew, and when.
//!
//! Pure. The part is what is seen and some margin, so that small moves need no new one; while the scale is moving the
//! former raster is stretched. Invariant: a part lies on whole pixels of the screen and holds at most [`MOST`] of them.

use egui::{Rect, Vec2, vec2};

/// Seconds for which the scale must rest before a drawing is rasterised again.
const REST: f64 = 0.12;
/// Room around what is seen, as a part of it, on each side.
const MARGIN: f32 = 0.25;
/// Pixels.
const MOST: f32 = 12e6;

/// A part of a drawing at one scale.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Region {
    /// Physical pixels per unit of the drawing.
    pub(super) scale: f32,
    /// Physical pixels from the drawing's corner; whole numbers.
    pub(super) pixels: Rect,
}

impl Region {
    /// Left, top, width and height in units of the drawing.
    pub(super) fn units(&self) -> [f32; 4] {
        let Rect { min, .. } = self.pixels;
        [min.x, min.y, self.pixels.width(), self.pixels.height()].map(|pixels| pixels / self.scale)
    }
}

/// The parts of the drawing in one pane.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Crisp {
    pub(super) asked: Option<Region>,
    /// The last one that was drawn.
    pub(super) ready: Option<Region>,
    scale: f32,
    /// Seconds.
    scaled_at: f64,
}

impl Crisp {
    /// Decides which part to ask for at the time `now` (seconds): `visible` is what is seen and `whole` the drawing,
    /// both in physical pixels from its corner. Returns in how many seconds to decide again, if the scale is moving.
    pub(super) fn decide(&mut self, now: f64, scale: f32, visible: Rect, whole: Vec2) -> Option<f64> {
        if scale != self.scale {
            (self.scale, self.scaled_at) = (scale, now);
        }
        if let Some(asked) = self.asked {
            if asked.scale == scale && asked.pixels.contains_rect(visible.intersect(asked.whole(whole))) {
                return None;
            }
            let rest = self.scaled_at + REST - now;
            if asked.scale != scale && rest > 0.0 {
                return Some(rest);
            }
        }
        self.asked = region(scale, visible, whole);
        None
    }
}

impl Region {
    fn whole(&self, whole: Vec2) -> Rect {
        Rect::from_min_size(egui::Pos2::ZERO, whole.ceil())
    }
}

fn region(scale: f32, visible: Rect, whole: Vec2) -> Option<Region> {
    let area = visible.width() * visible.height();
    if !area.is_finite() || area <= 0.0 {
        return None;
    }
    // As much margin as the limit leaves: a part of (1 + 2 m)² times what is seen.
    let margin = (((MOST / area).sqrt() - 1.0) / 2.0).clamp(0.0, MARGIN);
    let wished = visible.expand2(visible.size() * margin);
    let all = Rect::from_min_size(egui::Pos2::ZERO, whole.ceil());
    let cut = Rect { min: wished.min.floor(), max: wished.max.ceil() }.intersect(all);
    let most = MOST.sqrt().floor();
    let size = if cut.area() > MOST * 1.1 { cut.size().min(vec2(most, most)) } else { cut.size() };
    let pixels = Rect::from_min_size(cut.min, size);
    pixels.is_positive().then_some(Region { scale, pixels })
}

#[cfg(test)]
mod tests {
    use super::*;
    use egui::pos2;
    use proptest::prelude::*;

    fn rect(x: f32, y: f32, w: f32, h: f32) -> Rect {
        Rect::from_min_size(pos2(x, y), vec2(w, h))
    }

    #[test]
    fn a_part_is_asked_for_at_once_and_again_only_when_it_must_be() {
        let mut crisp = Crisp::default();
        let whole = vec2(8000.0, 8000.0);
        assert_eq!(crisp.decide(1.0, 8.0, rect(1000.0, 1000.0, 800.0, 600.0), whole), None);
        let first = crisp.asked.unwrap();
        assert_eq!(first.pixels, rect(800.0, 850.0, 1200.0, 900.0));
        assert_eq!(first.units(), [100.0, 106.25, 150.0, 112.5]);
        // A small move stays inside the margin, a large one does not.
        crisp.decide(1.1, 8.0, rect(1100.0, 1100.0, 800.0, 600.0), whole);
        assert_eq!(crisp.asked, Some(first));
        crisp.decide(1.2, 8.0, rect(1300.0, 1100.0, 800.0, 600.0), whole);
        assert_ne!(crisp.asked, Some(first));
    }

    #[test]
    fn while_the_scale_is_moving_nothing_new_is_asked_for() {
        let mut crisp = Crisp::default();
        let (seen, whole) = (rect(0.0, 0.0, 800.0, 600.0), vec2(8000.0, 8000.0));
        crisp.decide(1.0, 1.0, seen, whole);
        let first = crisp.asked;
        for (now, scale) in [(2.0, 1.1), (2.05, 1.2), (2.1, 1.3)] {
            assert!(crisp.decide(now, scale, seen, whole).is_some());
            assert_eq!(crisp.asked, first);
        }
        let rest = crisp.decide(2.15, 1.3, seen, whole).unwrap();
        assert!((rest - 0.07).abs() < 1e-6);
        assert_eq!(crisp.decide(2.23, 1.3, seen, whole), None);
        assert_eq!(crisp.asked.unwrap().scale, 1.3);
    }

    proptest! {
        #[test]
        fn a_part_holds_what_is_seen_on_whole_pixels_within_the_limit(
            scale in 0.01..64.0_f32, x in 0.0..1.0_f32, y in 0.0..1.0_f32, w in 1.0..3800.0_f32, h in 1.0..2100.0_f32,
            units in 16.0..4000.0_f32,
        ) {
            let whole = Vec2::splat((units * scale).max(2.0));
            let all = Rect::from_min_size(pos2(0.0, 0.0), whole);
            let seen = rect(x * whole.x * 0.9, y * whole.y * 0.9, w, h).intersect(all);
            prop_assume!(seen.is_positive());
            let mut crisp = Crisp::default();
            crisp.decide(0.0, scale, seen, whole);
            let part = crisp.asked.unwrap();
            prop_assert!(part.pixels.contains_rect(seen), "{part:?} {seen:?}");
            prop_assert!(part.pixels.area() <= MOST * 1.1);
            prop_assert_eq!(part.pixels.min.floor(), part.pixels.min);
            prop_assert_eq!(part.pixels.max.floor(), part.pixels.max);
            crisp.decide(1.0, scale, seen, whole);
            prop_assert_eq!(crisp.asked, Some(part), "asked for once");
        }
    }
}
