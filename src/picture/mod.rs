//! Pictures as bytes and as pixels: recognising, decoding, rasterising, scaling and encoding.
//!
//! May import nothing of ours; no files, no threads that outlive a call. Invariants: the format is decided by the first bytes; every
//! decoder runs under [`Limits`]; hostile input ends in an [`Error`], never in a panic or unbounded memory.
//! Whoever has foreign bytes calls the functions of these names in [`crate::decode`], which give drawings to a child.
//! Begin with [`probe`] and [`decode()`]; drawings live in [`Drawing`], what is sent to a model in [`prepare`], what a
//! file says about how it was made in [`metadata`], how two pictures differ in [`difference()`].

mod alignment;
mod canvas;
mod colour;
mod decode;
mod difference;
mod edited;
mod encode;
mod error;
mod format;
mod marker;
pub mod metadata;
mod pyramid;
mod raster;
mod reference;
mod resize;
mod svg;
mod turned;
mod webp;
mod xml;

#[cfg(test)]
mod hostile_tests;
#[cfg(test)]
mod samples;

pub use alignment::{Alignment, Placement};
pub use decode::{Flaw, Info, Limits, decode, decode_flawed, decode_scaled, decode_scaled_flawed, probe};
pub use difference::{Difference, HEAT_END, Watch, delta_e, difference, heat_colour};
pub use edited::{Crop, Mark, ReferenceEdit, Shape, apply_edit};
pub use encode::{Encoding, encode};
pub use error::{Error, Heavy, Limit, is_guarded};
pub use format::Format;
pub use pyramid::{Pyramid, level_size};
pub use reference::{PrepareLimits, Prepared, prepare, prepare_drawing, prepare_edited};
pub use resize::{Level, fit, tile};
pub use svg::source;
pub use svg::{
    Block, Drawing, Effort, Repair, View, Widths, close_partial, first_look, load_fonts, repairs_text,
    set_fallback_font, words_drawing,
};
pub use turned::turned;

/// Width and height in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, serde::Serialize, serde::Deserialize)]
pub struct Size {
    pub width: u32,
    pub height: u32,
}

impl Size {
    /// Counts the pixels.
    pub fn area(self) -> u64 {
        u64::from(self.width) * u64::from(self.height)
    }

    /// Counts the bytes of an RGBA picture, or the largest number there is.
    fn rgba_bytes(self) -> u64 {
        self.area().saturating_mul(4)
    }

    /// Divides width by height; 1.0 when a side is zero.
    pub fn aspect(self) -> f32 {
        if self.area() == 0 { 1.0 } else { self.width as f32 / self.height as f32 }
    }

    /// Names the longer side in pixels.
    pub fn longer_side(self) -> u32 {
        self.width.max(self.height)
    }

    /// Shrinks so that no side exceeds `max_side`, keeping the proportions; a smaller size stays as it is.
    ///
    /// No side falls below one pixel.
    pub fn fitted(self, max_side: u32) -> Size {
        if self.longer_side() <= max_side.max(1) {
            return self;
        }
        let scale = f64::from(max_side.max(1)) / f64::from(self.longer_side());
        let side = |length: u32| ((f64::from(length) * scale).round() as u32).max(1);
        Size { width: side(self.width), height: side(self.height) }
    }
}

impl std::fmt::Display for Size {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} × {}", self.width, self.height)
    }
}

/// Holds a decoded picture.
#[derive(Clone, PartialEq, Eq)]
pub struct Pixels {
    pub size: Size,
    /// Row-major from the top left, 4 bytes per pixel, sRGB, straight alpha; `width * height * 4` bytes.
    pub rgba: Vec<u8>,
}

impl Pixels {
    /// Joins a size and its bytes; `None` when the number of bytes is not `width * height * 4` or a side is zero.
    pub fn new(size: Size, rgba: Vec<u8>) -> Option<Pixels> {
        let fits = size.area() > 0 && size.rgba_bytes() == rgba.len() as u64;
        fits.then_some(Pixels { size, rgba })
    }

    /// Tells whether every pixel is fully opaque.
    pub fn is_opaque(&self) -> bool {
        self.rgba.as_chunks().0.iter().all(|&[_, _, _, alpha]: &[u8; 4]| alpha == u8::MAX)
    }
}

impl std::fmt::Debug for Pixels {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Pixels({})", self.size)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_need_exactly_four_bytes_each() {
        let size = Size { width: 3, height: 2 };
        assert!(Pixels::new(size, vec![0; 24]).is_some());
        assert!(Pixels::new(size, vec![0; 23]).is_none());
        assert!(Pixels::new(Size { width: 0, height: 2 }, vec![]).is_none());
        assert!(Pixels::new(Size { width: u32::MAX, height: u32::MAX }, vec![]).is_none());
    }

    #[test]
    fn pixels_print_their_size_only() {
        let pixels = Pixels::new(Size { width: 2, height: 1 }, vec![7; 8]);
        assert_eq!(format!("{pixels:?}"), "Some(Pixels(2 × 1))");
    }

    #[test]
    fn sizes_shrink_to_fit_and_never_grow() {
        let table = [
            ((4000, 3000), 2048, (2048, 1536)),
            ((300, 200), 512, (300, 200)),
            ((512, 512), 512, (512, 512)),
            ((10_000, 2), 100, (100, 1)),
            ((5, 9), 0, (1, 1)),
        ];
        for ((width, height), max_side, expected) in table {
            let fitted = Size { width, height }.fitted(max_side);
            assert_eq!((fitted.width, fitted.height), expected, "{width} × {height} into {max_side}");
        }
    }

    #[test]
    fn size_speaks_area_aspect_and_text() {
        let size = Size { width: 2560, height: 1440 };
        assert_eq!((size.area(), size.to_string().as_str()), (3_686_400, "2560 × 1440"));
        assert!((size.aspect() - 16.0 / 9.0).abs() < 1e-6);
        assert!((Size::default().aspect() - 1.0).abs() < f32::EPSILON);
    }
}
