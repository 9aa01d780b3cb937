//! How pictures of different sizes are laid over each other.
//!
//! Imports only the sizes of this layer. All lie in one frame, whose units are called frame pixels; a picture's place
//! in it is a scale and a corner. Invariant: pictures of one size lie on each other exactly, whatever the alignment.

use super::Size;

/// Chooses how pictures of different sizes are laid over each other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub enum Alignment {
    /// Each as large as the frame allows, in its middle.
    #[default]
    Fit,
    /// Pixel on pixel, middles on each other.
    Centre,
    /// Pixel on pixel, top left corners on each other.
    Corner,
}

/// Tells where a picture lies in the frame.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Placement {
    /// Frame pixels per picture pixel; above 0.
    pub scale: f64,
    /// The picture's top left corner, in frame pixels.
    pub corner: [f64; 2],
}

impl Alignment {
    /// Gives the frame for pictures of these sizes: the largest one when fitted, else what holds all of them. Never
    /// without area.
    pub fn frame(self, sizes: &[Size]) -> Size {
        let largest = match self {
            Alignment::Fit => sizes.iter().copied().max_by_key(|size| size.area()).unwrap_or_default(),
            Alignment::Centre | Alignment::Corner => sizes.iter().fold(Size::default(), |held, size| Size {
                width: held.width.max(size.width),
                height: held.height.max(size.height),
            }),
        };
        Size { width: largest.width.max(1), height: largest.height.max(1) }
    }

    /// Gives a picture's place in a frame.
    pub fn place(self, size: Size, frame: Size) -> Placement {
        let sides = [[size.width, frame.width], [size.height, frame.height]].map(|side| side.map(f64::from));
        let ratios = sides.map(|[side, frame]| frame / side.max(1.0));
        let scale = match self {
            Alignment::Fit => ratios[0].min(ratios[1]),
            Alignment::Centre | Alignment::Corner => 1.0,
        };
        let corner = match self {
            Alignment::Corner => [0.0; 2],
            Alignment::Fit | Alignment::Centre => sides.map(|[side, frame]| (frame - side * scale) / 2.0),
        };
        Placement { scale, corner }
    }
}

impl Placement {
    /// Turns a point of the picture into one of the frame.
    pub fn to_frame(self, at: [f64; 2]) -> [f64; 2] {
        [self.corner[0] + at[0] * self.scale, self.corner[1] + at[1] * self.scale]
    }

    /// Turns a point of the frame into one of the picture.
    pub fn to_picture(self, at: [f64; 2]) -> [f64; 2] {
        [(at[0] - self.corner[0]) / self.scale, (at[1] - self.corner[1]) / self.scale]
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const ALL: [Alignment; 3] = [Alignment::Fit, Alignment::Centre, Alignment::Corner];

    fn size(width: u32, height: u32) -> Size {
        Size { width, height }
    }

    #[test]
    fn pictures_are_fitted_or_laid_pixel_on_pixel() {
        let (large, wide) = (size(400, 300), size(200, 100));
        for (alignment, frame, placement) in [
            (Alignment::Fit, large, Placement { scale: 2.0, corner: [0.0, 50.0] }),
            (Alignment::Centre, large, Placement { scale: 1.0, corner: [100.0, 100.0] }),
            (Alignment::Corner, large, Placement { scale: 1.0, corner: [0.0, 0.0] }),
        ] {
            assert_eq!(alignment.frame(&[wide, large]), frame, "{alignment:?}");
            assert_eq!(alignment.place(wide, frame), placement, "{alignment:?}");
        }
        assert_eq!(Alignment::Centre.frame(&[size(100, 900), size(800, 50)]), size(800, 900));
        assert_eq!(Alignment::Fit.frame(&[]), size(1, 1));
    }

    proptest! {
        #[test]
        fn places_invert_and_pictures_lie_inside_the_frame(
            sides in prop::collection::vec((1_u32..5000, 1_u32..5000), 1..6), x in 0.0..1.0_f64, y in 0.0..1.0_f64,
        ) {
            let sizes: Vec<Size> = sides.into_iter().map(|(width, height)| size(width, height)).collect();
            for alignment in ALL {
                let frame = alignment.frame(&sizes);
                for of in &sizes {
                    let place = alignment.place(*of, frame);
                    let at = [x * f64::from(of.width), y * f64::from(of.height)];
                    let there = place.to_frame(at);
                    let back = place.to_picture(there);
                    prop_assert!((back[0] - at[0]).abs() < 1e-6 && (back[1] - at[1]).abs() < 1e-6);
                    prop_assert!(there[0] > -1e-6 && there[0] < f64::from(frame.width) + 1e-6);
                    prop_assert!(there[1] > -1e-6 && there[1] < f64::from(frame.height) + 1e-6);
                    if *of == frame {
                        prop_assert_eq!(place, Placement { scale: 1.0, corner: [0.0; 2] });
                    }
                }
            }
        }
    }
}
