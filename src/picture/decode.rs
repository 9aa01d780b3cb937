//! Bytes of any known format become pixels, under limits.
//!
//! Imports the raster files and the drawings of this layer. The size is read from the header and judged before anything
//! is allocated for the pixels. EXIF orientation is applied, so every size here is that of the upright picture. Embedded
//! colour profiles are applied, so all pixels are sRGB.

use super::error::guarded;
use super::{Drawing, Error, Format, Limit, Pixels, Size, View, raster, resize};

/// Bounds what a picture may cost to decode.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Limits {
    /// Longest side in pixels; 16,384 by default.
    pub max_side: u32,
    /// Number of pixels; 16,384² by default.
    pub max_pixels: u64,
    /// Memory in bytes for all buffers of one decoding together; 2 GiB by default.
    pub max_alloc_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Limits { max_side: 16_384, max_pixels: 16_384 * 16_384, max_alloc_bytes: 2 << 30 }
    }
}

impl Limits {
    /// Judges a size and the bytes needed for it; errors with [`Error::TooLarge`].
    pub fn check(&self, size: Size, alloc_bytes: u64) -> Result<(), Error> {
        let limit = if size.longer_side() > self.max_side {
            Limit::Side(self.max_side)
        } else if size.area() > self.max_pixels {
            Limit::Pixels(self.max_pixels)
        } else if alloc_bytes > self.max_alloc_bytes {
            Limit::Memory(self.max_alloc_bytes)
        } else {
            return Ok(());
        };
        Err(Error::TooLarge { size, limit })
    }
}

/// Describes a picture that was not decoded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Info {
    pub format: Format,
    /// Upright size; of a drawing its own size, rounded up.
    pub size: Size,
    /// True when the file can hold transparency; always for GIF and SVG.
    pub has_alpha: bool,
}

/// Reads format and size from the header alone; a drawing is parsed.
///
/// Errors as [`decode`] does, except for damage after the header.
pub fn probe(bytes: &[u8], limits: &Limits) -> Result<Info, Error> {
    match Format::sniff(bytes).ok_or(Error::Unrecognised)? {
        Format::Svg => {
            let drawing = Drawing::parse(bytes, limits)?;
            drawing.check_natural_size()?;
            Ok(Info { format: Format::Svg, size: drawing.natural_size(), has_alpha: true })
        }
        format => probe_raster(format, bytes, limits),
    }
}

/// Reads the header of anything but a drawing.
pub(super) fn probe_raster(format: Format, bytes: &[u8], limits: &Limits) -> Result<Info, Error> {
    guarded(format, || raster::probe(format, bytes, limits))
}

/// Says what is wrong with a file of which a picture can be shown all the same.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Flaw {
    /// The bytes end early; what they hold is shown, the rest is striped or transparent.
    CutOff,
    /// The bytes break the rules of their format, though pixels came of them; some may be wrong.
    Damaged,
}

impl Flaw {
    /// Returns the word that it is kept as.
    pub fn word(self) -> &'static str {
        match self {
            Flaw::CutOff => "cut_off",
            Flaw::Damaged => "damaged",
        }
    }

    /// Returns the flaw that is kept as this word.
    pub fn of_word(word: &str) -> Option<Self> {
        [Flaw::CutOff, Flaw::Damaged].into_iter().find(|flaw| flaw.word() == word)
    }
}

impl std::fmt::Display for Flaw {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Flaw::CutOff => "cut off: the last part never came",
            Flaw::Damaged => "damaged: some of it may be wrong",
        })
    }
}

/// Decodes a picture: upright, sRGB, 8 bits per channel, straight alpha; of an animation the first frame.
///
/// A drawing is rasterised at its own size. Errors: [`Error::Unrecognised`], [`Error::TooLarge`] before any pixel is
/// allocated, [`Error::Unsupported`], [`Error::Truncated`] or [`Error::Damaged`] when no pixel came; see [`Flaw`].
pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Pixels, Error> {
    decode_flawed(bytes, limits).map(|(pixels, _)| pixels)
}

/// Decodes as [`decode()`] does, and says what is wrong with the file where only a part of it could be shown.
pub fn decode_flawed(bytes: &[u8], limits: &Limits) -> Result<(Pixels, Option<Flaw>), Error> {
    match Format::sniff(bytes).ok_or(Error::Unrecognised)? {
        Format::Svg => Drawing::parse(bytes, limits)?.draw(View::Natural).map(|pixels| (pixels, None)),
        format => guarded(format, || raster::decode(format, bytes, limits)),
    }
}

/// Decodes a picture so that its longer side is at most `max_side` pixels; pixels are never enlarged.
///
/// A drawing has no pixels to enlarge: it is rasterised with its longer side exactly `max_side`. Errors as [`decode`].
pub fn decode_scaled(bytes: &[u8], max_side: u32, limits: &Limits) -> Result<Pixels, Error> {
    decode_scaled_flawed(bytes, max_side, limits).map(|(pixels, _)| pixels)
}

/// Decodes as [`decode_scaled`] does, and says what is wrong with the file as [`decode_flawed`] does.
pub fn decode_scaled_flawed(bytes: &[u8], max_side: u32, limits: &Limits) -> Result<(Pixels, Option<Flaw>), Error> {
    if Format::sniff(bytes) == Some(Format::Svg) {
        return Drawing::parse(bytes, limits)?.rasterise(max_side).map(|pixels| (pixels, None));
    }
    let (pixels, flaw) = decode_flawed(bytes, limits)?;
    let fits = pixels.size.longer_side() <= max_side;
    Ok((if fits { pixels } else { resize::fit(&pixels, max_side) }, flaw))
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn size(width: u32, height: u32) -> Size {
        Size { width, height }
    }

    #[test]
    fn every_format_is_probed_and_decoded() {
        for (format, bytes) in samples::all() {
            let info = probe(&bytes, &Limits::default()).unwrap();
            let pixels = decode(&bytes, &Limits::default()).unwrap();
            assert_eq!((info.format, info.size), (format, samples::SIZE), "{format:?}");
            assert_eq!(pixels.size, samples::SIZE, "{format:?}");
            let psnr = samples::psnr(&pixels, &samples::picture());
            assert!(psnr > 25.0, "{format:?} came out at {psnr:.1} dB");
        }
    }

    #[test]
    fn header_tells_alpha() {
        let alpha = |bytes: &[u8]| probe(bytes, &Limits::default()).unwrap().has_alpha;
        assert!(!alpha(&samples::png(image::ColorType::Rgb8)));
        assert!(alpha(&samples::png(image::ColorType::Rgba8)));
        assert!(!alpha(&samples::jpeg()));
        assert!(alpha(&samples::svg()));
    }

    #[test]
    fn deep_and_grey_pictures_become_eight_bit_rgba() {
        for color in [image::ColorType::Rgba16, image::ColorType::L16, image::ColorType::L8, image::ColorType::La8] {
            let pixels = decode(&samples::png(color), &Limits::default()).unwrap();
            assert_eq!((pixels.size, pixels.is_opaque()), (samples::SIZE, true), "{color:?}");
        }
    }

    #[test]
    fn exif_orientation_turns_the_picture() {
        let bytes = samples::jpeg_with_orientation(6);
        let info = probe(&bytes, &Limits::default()).unwrap();
        let upright = Size { width: samples::SIZE.height, height: samples::SIZE.width };
        assert_eq!(info.size, upright);
        let pixels = decode(&bytes, &Limits::default()).unwrap();
        assert_eq!(pixels.size, upright);
        let plain = decode(&samples::jpeg(), &Limits::default()).unwrap();
        // Orientation 6 is shown turned clockwise: the stored bottom left comes to the top left.
        let bottom_left = plain.rgba.len() - samples::SIZE.width as usize * 4;
        assert_eq!(pixels.rgba[..4], plain.rgba[bottom_left..][..4]);
    }

    #[test]
    fn limits_refuse_by_side_area_and_memory() {
        let bytes = samples::png(image::ColorType::Rgb8);
        let Size { width, height } = samples::SIZE;
        let area = u64::from(width * height);
        let base = Limits::default();
        let table = [
            (Limits { max_side: width - 1, ..base }, Limit::Side(width - 1)),
            (Limits { max_pixels: area - 1, ..base }, Limit::Pixels(area - 1)),
            (Limits { max_alloc_bytes: area * 7 - 1, ..base }, Limit::Memory(area * 7 - 1)),
        ];
        for (limits, limit) in table {
            let refused = Err(Error::TooLarge { size: size(width, height), limit });
            assert_eq!(decode(&bytes, &limits), refused);
            assert_eq!(probe(&bytes, &limits).map(|_| ()), refused.map(|_| ()));
        }
        assert!(decode(&bytes, &Limits { max_alloc_bytes: area * 7, ..base }).is_ok());
    }

    #[test]
    fn scaled_decoding_shrinks_pixels_and_redraws_drawings() {
        let limits = Limits::default();
        let png = samples::png(image::ColorType::Rgb8);
        assert_eq!(decode_scaled(&png, 24, &limits).unwrap().size, samples::SIZE.fitted(24));
        assert_eq!(decode_scaled(&png, 4096, &limits).unwrap().size, samples::SIZE);
        assert_eq!(decode_scaled(&samples::svg(), 960, &limits).unwrap().size.longer_side(), 960);
    }

    #[test]
    fn unknown_bytes_are_unrecognised() {
        assert_eq!(decode(b"hello", &Limits::default()), Err(Error::Unrecognised));
        assert_eq!(probe(b"", &Limits::default()), Err(Error::Unrecognised));
    }
}
