//! Pixels become bytes of a chosen format.
//!
//! Imports image; WebP lives in `webp`. Nothing of the original file is carried over: no profile, no EXIF, no
//! recipe.

use std::io::Cursor;

use image::codecs::{jpeg::JpegEncoder, png};
use image::{ExtendedColorType, ImageEncoder};

use super::{Error, Format, Pixels, webp};

/// Chooses how pixels are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Lossless, with transparency.
    Png,
    /// Lossy, no transparency; quality 1 (small) to 100 (good).
    Jpeg { quality: u8 },
    /// With transparency; quality 0 (small) to 100 (good) as libwebp counts it, or `None` for lossless, which is
    /// usually smaller than PNG. At most 16,383 pixels per side.
    WebP { quality: Option<u8> },
}

impl Encoding {
    /// Names the format of the bytes.
    pub fn format(self) -> Format {
        match self {
            Encoding::Png => Format::Png,
            Encoding::Jpeg { .. } => Format::Jpeg,
            Encoding::WebP { .. } => Format::WebP,
        }
    }
}

/// Longest side of a WebP picture in pixels, by its format.
const WEBP_SIDE: u32 = 16_383;

/// Encodes pixels; `matte` is the red, green and blue laid under transparent pixels where the format has none (JPEG).
///
/// Opaque pictures are written without an alpha channel; lossy WebP keeps alpha exactly. Errors: [`Error::Encode`],
/// mostly for sides that the format cannot express.
pub fn encode(pixels: &Pixels, encoding: &Encoding, matte: [u8; 3]) -> Result<Vec<u8>, Error> {
    let format = encoding.format();
    if pixels.size.area() == 0 || pixels.size.rgba_bytes() != pixels.rgba.len() as u64 {
        return Err(Error::encode(format, "it has no pixels"));
    }
    let (width, height) = (pixels.size.width, pixels.size.height);
    let mut bytes = Cursor::new(Vec::new());
    let written = match *encoding {
        Encoding::Png => {
            let encoder =
                png::PngEncoder::new_with_quality(&mut bytes, png::CompressionType::Default, png::FilterType::Adaptive);
            write(encoder, pixels)
        }
        Encoding::Jpeg { quality } => {
            let encoder = JpegEncoder::new_with_quality(&mut bytes, quality.clamp(1, 100));
            encoder.write_image(&flatten(pixels, matte), width, height, ExtendedColorType::Rgb8)
        }
        Encoding::WebP { .. } if pixels.size.longer_side() > WEBP_SIDE => {
            return Err(Error::encode(format, "WebP holds at most 16,383 pixels per side; choose PNG"));
        }
        Encoding::WebP { quality } => return webp::encode(pixels, quality),
    };
    written.map_err(|error| Error::encode(format, error))?;
    Ok(bytes.into_inner())
}

fn write(encoder: impl ImageEncoder, pixels: &Pixels) -> image::ImageResult<()> {
    let (width, height) = (pixels.size.width, pixels.size.height);
    if pixels.is_opaque() {
        encoder.write_image(&flatten(pixels, [0; 3]), width, height, ExtendedColorType::Rgb8)
    } else {
        encoder.write_image(&pixels.rgba, width, height, ExtendedColorType::Rgba8)
    }
}

/// Lays the picture on a colour and drops alpha.
fn flatten(pixels: &Pixels, matte: [u8; 3]) -> Vec<u8> {
    let mut rgb = Vec::with_capacity(pixels.rgba.len() / 4 * 3);
    for &[r, g, b, a] in pixels.rgba.as_chunks::<4>().0 {
        let alpha = u32::from(a);
        let over =
            |color: u8, matte: u8| ((u32::from(color) * alpha + u32::from(matte) * (255 - alpha) + 127) / 255) as u8;
        rgb.extend_from_slice(&[over(r, matte[0]), over(g, matte[1]), over(b, matte[2])]);
    }
    rgb
}

#[cfg(test)]
mod tests {
    use super::super::{Limits, Size, decode, samples};
    use super::*;

    fn round_trip(pixels: &Pixels, encoding: Encoding) -> (usize, Pixels) {
        let bytes = encode(pixels, &encoding, [255; 3]).unwrap();
        assert_eq!(Format::sniff(&bytes), Some(encoding.format()));
        (bytes.len(), decode(&bytes, &Limits::default()).unwrap())
    }

    /// The scene with a soft transparent hole.
    fn with_hole() -> Pixels {
        let mut pixels = samples::scene(Size { width: 150, height: 101 });
        for (index, pixel) in pixels.rgba.chunks_mut(4).enumerate() {
            let (x, y) = ((index % 150) as f32, (index / 150) as f32);
            pixel[3] = ((x - 60.0).hypot(y - 50.0) * 6.0 - 60.0).clamp(0.0, 255.0) as u8;
        }
        pixels
    }

    #[test]
    fn lossless_encodings_give_the_same_pixels_back() {
        for pixels in [samples::picture(), with_hole()] {
            for encoding in [Encoding::Png, Encoding::WebP { quality: None }] {
                assert!(round_trip(&pixels, encoding).1 == pixels, "{encoding:?}");
            }
        }
    }

    #[test]
    fn higher_quality_is_larger_and_closer() {
        let picture = samples::scene(Size { width: 321, height: 243 });
        let (low_bytes, low) = round_trip(&picture, Encoding::Jpeg { quality: 30 });
        let (high_bytes, high) = round_trip(&picture, Encoding::Jpeg { quality: 95 });
        let (low_psnr, high_psnr) = (samples::psnr(&low, &picture), samples::psnr(&high, &picture));
        assert!(low_bytes < high_bytes, "{low_bytes} and {high_bytes} bytes");
        assert!(30.0 < low_psnr && low_psnr + 3.0 < high_psnr, "{low_psnr:.1} and {high_psnr:.1} dB");
    }

    #[test]
    fn jpeg_lays_transparency_on_the_matte() {
        let clear = Pixels::new(Size { width: 16, height: 16 }, [9, 9, 9, 0].repeat(256)).unwrap();
        let bytes = encode(&clear, &Encoding::Jpeg { quality: 95 }, [250, 100, 20]).unwrap();
        let back = decode(&bytes, &Limits::default()).unwrap();
        for pixel in back.rgba.chunks(4) {
            assert!(pixel.iter().zip([250, 100, 20, 255]).all(|(a, b)| a.abs_diff(b) <= 3), "{pixel:?}");
        }
    }

    #[test]
    fn single_pixels_and_thin_strips_are_written() {
        for (width, height) in [(1, 1), (1, 33), (250, 3)] {
            let picture = samples::scene(Size { width, height });
            for encoding in [Encoding::Png, Encoding::Jpeg { quality: 90 }, Encoding::WebP { quality: None }] {
                assert_eq!(round_trip(&picture, encoding).1.size, picture.size, "{encoding:?}");
            }
        }
    }

    #[test]
    fn lossless_webp_is_smaller_than_png() {
        let picture = samples::scene(Size { width: 321, height: 243 });
        assert!(round_trip(&picture, Encoding::WebP { quality: None }).0 < round_trip(&picture, Encoding::Png).0);
    }

    #[test]
    fn webp_refuses_sides_it_cannot_express() {
        let long = Pixels::new(Size { width: 16_384, height: 1 }, vec![0; 16_384 * 4]).unwrap();
        for quality in [None, Some(80)] {
            let error = encode(&long, &Encoding::WebP { quality }, [0; 3]).unwrap_err();
            assert!(matches!(error, Error::Encode { format: Format::WebP, .. }));
        }
        assert!(encode(&long, &Encoding::Png, [0; 3]).is_ok());
    }
}
