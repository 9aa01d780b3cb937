//! How much of a drawing is rasterised, and where its units come to lie on pixels.
//!
//! Imports the limits of this layer. Invariants: a drawing is never stretched, both axes have the same scale; the size is
//! exactly what was asked for; a drawing that is opaque up to its edge is so up to the last pixel at any size but its
//! own, where what is left of a pixel is seen through, as in browsers.

use resvg::tiny_skia::Transform;
use serde::{Deserialize, Serialize};

use super::super::{Error, Limits, Size};

/// How much of a drawing is rasterised, and how large.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum View {
    /// All of it at scale 1, rounded up to whole pixels.
    Natural,
    /// All of it with its longer side at `max_side` pixels.
    Whole { max_side: u32 },
    /// Left, top, width, height in picture units, `scale` pixels per unit. The result has the region's size times the
    /// scale, rounded up; what lies outside of the drawing is transparent.
    Region { scale: f32, region: [f32; 4] },
}

impl View {
    /// Judges what is known before the drawing is.
    ///
    /// # Errors
    /// [`Error::TooLarge`], also for a region or scale that is no number.
    pub fn check(&self, limits: &Limits) -> Result<(), Error> {
        let size = match *self {
            View::Natural => return Ok(()),
            View::Whole { max_side } => Size { width: max_side, height: 1 },
            View::Region { scale, region: [left, top, width, height] } => {
                let is_number = [left, top, width, height, scale].iter().all(|number| number.is_finite());
                if !is_number || scale <= 0.0 {
                    limits.check(Size { width: u32::MAX, height: u32::MAX }, 0)?;
                }
                Size { width: pixels(width * scale), height: pixels(height * scale) }
            }
        };
        limits.check(size, 0)
    }

    /// Returns how many pixels the result has at the most.
    pub fn area_at_most(&self, limits: &Limits) -> u64 {
        match *self {
            View::Natural => limits.max_pixels,
            View::Whole { max_side } => u64::from(max_side) * u64::from(max_side),
            View::Region { scale, region: [_, _, width, height] } => {
                u64::from(pixels(width * scale)) * u64::from(pixels(height * scale))
            }
        }
    }

    /// Returns the size in pixels and where the units of a drawing of this size lie on them.
    pub(super) fn placed(&self, (width, height): (f32, f32), natural: Size) -> (Size, Transform) {
        match *self {
            View::Natural => (natural, Transform::identity()),
            View::Whole { max_side } if max_side == natural.longer_side() => (natural, Transform::identity()),
            View::Whole { max_side } => {
                let scale = max_side as f32 / width.max(height);
                let side = |length: f32| full_pixels(length * scale).clamp(1, max_side.max(1));
                (Size { width: side(width), height: side(height) }, Transform::from_scale(scale, scale))
            }
            View::Region { scale, region: [left, top, width, height] } => {
                let size = Size { width: pixels(width * scale), height: pixels(height * scale) };
                (size, Transform::from_scale(scale, scale).pre_translate(-left, -top))
            }
        }
    }
}

/// How far a length may be from a whole number and is one, but for the rounding of the computer.
const ROUNDING: f32 = 1.0 / 64.0;

/// Rounds a length up to whole pixels, at least one.
pub(super) fn pixels(length: f32) -> u32 {
    ((length - ROUNDING).ceil() as u32).max(1)
}

/// Counts the pixels that a length covers to their end, so that an opaque drawing has no soft edge.
fn full_pixels(length: f32) -> u32 {
    (length + ROUNDING).floor() as u32
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_part_is_exactly_as_large_as_asked(
            scale in 0.01_f32..64.0, width in 1_u32..4096, height in 1_u32..4096, x in 0_u32..4096, y in 0_u32..4096,
        ) {
            let region = [x, y, width, height].map(|side| side as f32 / scale);
            let (size, _) = View::Region { scale, region }.placed((1000.0, 700.0), Size { width: 1000, height: 700 });
            prop_assert_eq!(size, Size { width, height });
        }

        #[test]
        fn nothing_is_stretched_and_less_than_a_pixel_is_lost(
            width in 0.3_f32..3000.0, height in 0.3_f32..3000.0, max_side in 1_u32..4096,
        ) {
            let natural = Size { width: pixels(width), height: pixels(height) };
            for view in [View::Natural, View::Whole { max_side }] {
                let (size, transform) = view.placed((width, height), natural);
                prop_assert_eq!((transform.sx, transform.tx, transform.ty), (transform.sy, 0.0, 0.0));
                for (side, length) in [(size.width, width), (size.height, height)] {
                    let outside = length * transform.sx - side as f32;
                    // Thinner than a pixel is one all the same.
                    prop_assert!(outside.abs() < 1.02, "{}", outside);
                    prop_assert!(view == View::Natural || side == 1 || size == natural || outside > -0.02, "{}", outside);
                }
                prop_assert!(view == View::Natural || size.longer_side() == max_side);
            }
        }
    }
}
