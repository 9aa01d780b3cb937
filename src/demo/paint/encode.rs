//! Writes finished pixels as PNG, JPEG or lossless WebP.
//!
//! Imports only the crate image. Invariant: the same pixels and settings give the same bytes.

use image::codecs::{jpeg::JpegEncoder, png::PngEncoder, webp::WebPEncoder};
use image::{ExtendedColorType, ImageEncoder, ImageError, RgbaImage};

/// A raster format the painter writes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    Png,
    Jpeg,
    WebP,
}

impl Format {
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Png => "image/png",
            Format::Jpeg => "image/jpeg",
            Format::WebP => "image/webp",
        }
    }
}

/// Encodes pixels; `level` is 0 (smallest) to 100 (best) and ignored for PNG. Opaque pictures carry no alpha.
pub fn encode(pixels: &RgbaImage, format: Format, level: u8) -> Result<Vec<u8>, ImageError> {
    let (width, height) = pixels.dimensions();
    let opaque = format == Format::Jpeg || pixels.pixels().all(|p| p.0[3] == 255);
    // The lossless WebP encoder knows no level; fewer bits per channel make it smaller.
    let bits = if format == Format::WebP { (100 - u32::from(level.min(100))) / 17 } else { 0 };
    let keep = 0xFFu8 << bits;
    let half = if bits == 0 { 0 } else { 1u8 << (bits - 1) };
    let mut data = Vec::with_capacity(pixels.len());
    for pixel in pixels.pixels() {
        let [r, g, b, a] = pixel.0;
        let [r, g, b] = [r, g, b].map(|c| (c & keep) | (half & !keep));
        if opaque { data.extend([r, g, b]) } else { data.extend([r, g, b, a]) }
    }
    let colour = if opaque { ExtendedColorType::Rgb8 } else { ExtendedColorType::Rgba8 };
    let mut out = Vec::with_capacity(data.len() / 2);
    match format {
        Format::Png => {
            let (speed, filter) = (image::codecs::png::CompressionType::Fast, image::codecs::png::FilterType::Adaptive);
            PngEncoder::new_with_quality(&mut out, speed, filter).write_image(&data, width, height, colour)?;
        }
        Format::Jpeg => {
            JpegEncoder::new_with_quality(&mut out, level.clamp(1, 100)).write_image(&data, width, height, colour)?;
        }
        Format::WebP => {
            WebPEncoder::new_lossless(&mut out).write_image(&data, width, height, colour)?;
        }
    }
    Ok(out)
}
