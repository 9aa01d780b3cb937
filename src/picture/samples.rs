//! Pictures for the tests of this layer, made on the spot.
//!
//! One small scene with flat parts, a gradient and edges, in every format.

use std::io::Cursor;

use image::{ColorType, DynamicImage, ImageFormat};

use super::{Format, Pixels, Size};

pub(super) const SIZE: Size = Size { width: 97, height: 64 };

/// Paints the scene: opaque, not symmetric in any way, so that a turned or mirrored copy differs.
pub(super) fn scene(size: Size) -> Pixels {
    let mut rgba = Vec::with_capacity(size.area() as usize * 4);
    for y in 0..size.height {
        for x in 0..size.width {
            let (u, v) = (x as f32 / size.width as f32, y as f32 / size.height as f32);
            let hill = v > 0.6 + 0.1 * (u * 9.0).sin();
            let sun = (u - 0.7).hypot(v - 0.3) < 0.12;
            let pixel = match (hill, sun) {
                (true, _) => [40 + (u * 60.0) as u8, 110 - (v * 50.0) as u8, 60],
                (_, true) => [250, 220, 120],
                _ => [(90.0 + 120.0 * v) as u8, (130.0 + 60.0 * v) as u8, (220.0 - 60.0 * u) as u8],
            };
            rgba.extend_from_slice(&[pixel[0], pixel[1], pixel[2], 255]);
        }
    }
    Pixels::new(size, rgba).unwrap()
}

pub(super) fn picture() -> Pixels {
    scene(SIZE)
}

fn write(picture: &Pixels, color: ColorType, format: ImageFormat) -> Vec<u8> {
    let image = image::RgbaImage::from_raw(picture.size.width, picture.size.height, picture.rgba.clone()).unwrap();
    let image = DynamicImage::ImageRgba8(image);
    let image = match color {
        ColorType::Rgb8 => DynamicImage::ImageRgb8(image.into_rgb8()),
        ColorType::L8 => DynamicImage::ImageLuma8(image.into_luma8()),
        ColorType::La8 => DynamicImage::ImageLumaA8(image.into_luma_alpha8()),
        ColorType::L16 => DynamicImage::ImageLuma16(image.into_luma16()),
        ColorType::Rgba16 => DynamicImage::ImageRgba16(image.into_rgba16()),
        _ => image,
    };
    let mut bytes = Cursor::new(Vec::new());
    image.write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

pub(super) fn png(color: ColorType) -> Vec<u8> {
    write(&picture(), color, ImageFormat::Png)
}

pub(super) fn png_of(pixels: &Pixels) -> Vec<u8> {
    write(pixels, ColorType::Rgba8, ImageFormat::Png)
}

pub(super) fn jpeg() -> Vec<u8> {
    jpeg_of(&picture())
}

pub(super) fn jpeg_of(pixels: &Pixels) -> Vec<u8> {
    write(pixels, ColorType::Rgb8, ImageFormat::Jpeg)
}

pub(super) fn webp() -> Vec<u8> {
    write(&picture(), ColorType::Rgba8, ImageFormat::WebP)
}

pub(super) fn gif() -> Vec<u8> {
    write(&picture(), ColorType::Rgba8, ImageFormat::Gif)
}

/// Puts an EXIF segment with nothing but an orientation after the start of a JPEG.
pub(super) fn with_orientation(jpeg: &[u8], orientation: u8) -> Vec<u8> {
    let exif = [b"Exif\0\0II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".as_slice(), &[orientation], &[0; 7]].concat();
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, &exif, &jpeg[2..]].concat()
}

pub(super) fn jpeg_with_orientation(orientation: u8) -> Vec<u8> {
    with_orientation(&jpeg(), orientation)
}

/// Draws the scene of [`picture`] from shapes.
pub(super) fn svg() -> Vec<u8> {
    let mut hill = String::from("M0 64");
    for x in 0..=97 {
        let v = 0.6 + 0.1 * (x as f32 / 97.0 * 9.0).sin();
        hill.push_str(&format!("L{x} {:.2}", v * 64.0));
    }
    format!(
        r##"<?xml version="1.0" encoding="UTF-8"?>
<!-- a hill & a sun -->
<svg xmlns="http://www.w3.org/2000/svg" width="97" height="64" viewBox="0 0 97 64">
  <defs><linearGradient id="sky" x2="0" y2="1"><stop offset="0" stop-color="rgb(90,130,190)"/>
    <stop offset="1" stop-color="rgb(210,190,190)"/></linearGradient></defs>
  <rect width="97" height="64" fill="url(#sky)"/>
  <ellipse cx="67.9" cy="19.2" rx="11.64" ry="7.68" fill="#fadc78"/>
  <path d="{hill}L97 64Z" fill="rgb(70,70,60)"/>
</svg>
"##
    )
    .into_bytes()
}

pub(super) fn all() -> [(Format, Vec<u8>); 5] {
    [
        (Format::Png, png(ColorType::Rgba8)),
        (Format::Jpeg, jpeg()),
        (Format::WebP, webp()),
        (Format::Gif, gif()),
        (Format::Svg, svg()),
    ]
}

/// Measures how alike two pictures of the same size are, over the colour channels, in decibels; infinite when equal.
pub(super) fn psnr(a: &Pixels, b: &Pixels) -> f64 {
    assert_eq!(a.size, b.size);
    let square = |(a, b): (&u8, &u8)| (f64::from(*a) - f64::from(*b)).powi(2);
    let color = |pixels: &Pixels| pixels.rgba.chunks_exact(4).flat_map(|p| p[..3].to_vec()).collect::<Vec<_>>();
    let sum: f64 = color(a).iter().zip(&color(b)).map(square).sum();
    10.0 * (255.0 * 255.0 * a.size.area() as f64 * 3.0 / sum).log10()
}
