//! Pixels become bytes of a chosen format.
//!
//! Imports image, and webp-rust for lossy WebP, which image cannot write. Nothing of the original file is carried
//! over: no profile, no EXIF, no recipe.

use std::io::Cursor;

use image::codecs::{jpeg::JpegEncoder, png, webp::WebPEncoder};
use image::{ExtendedColorType, ImageEncoder};
use webp_rust::encoder::encode_lossy_rgba_to_webp_with_config;

use super::error::guarded;
use super::{Error, Format, Pixels};

/// Chooses how pixels are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Lossless, with transparency.
    Png,
    /// Lossy, no transparency; quality 1 (small) to 100 (good).
    Jpeg { quality: u8 },
    /// With transparency; quality 0 to 100, or `None` for lossless. At most 16,383 pixels per side.
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
/// Opaque pictures are written without an alpha channel. Lossy WebP keeps alpha exactly and loses only colour. Errors:
/// [`Error::Encode`], mostly for sides that the format cannot express.
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
        Encoding::WebP { quality: None } => write(WebPEncoder::new_lossless(&mut bytes), pixels),
        Encoding::WebP { quality: Some(quality) } => return lossy_webp(pixels, quality),
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

fn lossy_webp(pixels: &Pixels, quality: u8) -> Result<Vec<u8>, Error> {
    let config = webp_rust::LossyEncodingConfig {
        quality: f32::from(quality.min(100)),
        ..webp_rust::LossyEncodingConfig::default()
    };
    let (width, height) = (pixels.size.width as usize, pixels.size.height as usize);
    guarded(Format::WebP, || {
        encode_lossy_rgba_to_webp_with_config(width, height, &pixels.rgba, &config)
            .map_err(|error| Error::encode(Format::WebP, error))
    })
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
        let jpeg = |quality| Encoding::Jpeg { quality };
        let webp = |quality| Encoding::WebP { quality: Some(quality) };
        for (low, high) in [(jpeg(30), jpeg(95)), (webp(30), webp(95))] {
            let (low_bytes, low) = round_trip(&picture, low);
            let (high_bytes, high) = round_trip(&picture, high);
            let (low_psnr, high_psnr) = (samples::psnr(&low, &picture), samples::psnr(&high, &picture));
            assert!(low_bytes < high_bytes, "{low_bytes} and {high_bytes} bytes");
            assert!(28.0 < low_psnr && low_psnr + 3.0 < high_psnr, "{low_psnr:.1} and {high_psnr:.1} dB");
        }
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
    fn lossy_webp_keeps_alpha_exactly() {
        let pixels = with_hole();
        let (bytes, back) = round_trip(&pixels, Encoding::WebP { quality: Some(80) });
        let alpha = |pixels: &Pixels| pixels.rgba.chunks(4).map(|p| p[3]).collect::<Vec<_>>();
        assert_eq!(alpha(&back), alpha(&pixels));
        assert!(bytes < round_trip(&pixels, Encoding::WebP { quality: None }).0);
        let on_white = |pixels: &Pixels| {
            let rgb = flatten(pixels, [255; 3]);
            let rgba = rgb.chunks(3).flat_map(|p| [p[0], p[1], p[2], 255]).collect();
            Pixels::new(pixels.size, rgba).unwrap()
        };
        let psnr = samples::psnr(&on_white(&back), &on_white(&pixels));
        assert!(psnr > 30.0, "{psnr:.1} dB");
    }

    #[test]
    fn odd_sizes_survive_lossy_webp() {
        for (width, height) in [(1, 1), (1, 33), (15, 17), (16, 16), (250, 3)] {
            let picture = samples::scene(Size { width, height });
            let (_, back) = round_trip(&picture, Encoding::WebP { quality: Some(90) });
            assert_eq!(back.size, picture.size);
        }
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
