//! Every lossy WebP decodes, to the same with two decoders, and looks like its source, whatever the texture.

use super::super::{Limits, Size, decode, samples};
use super::*;

/// Changes every colour by up to `amount`; all three alike, or each for itself.
fn grain(mut pixels: Pixels, amount: i32, coloured: bool) -> Pixels {
    let mut random = fastrand::Rng::with_seed(7);
    for pixel in pixels.rgba.chunks_mut(4) {
        let common = random.i32(-amount..=amount);
        for color in pixel.iter_mut().take(3) {
            let by = if coloured { random.i32(-amount..=amount) } else { common };
            *color = (i32::from(*color) + by).clamp(0, 255) as u8;
        }
    }
    pixels
}

/// Red lines one pixel wide on white, in the left half.
fn stripes(size: Size) -> Pixels {
    let pixel =
        |at: u32| if at % size.width < size.width / 2 && at.is_multiple_of(2) { [230, 0, 20, 255] } else { [255; 4] };
    Pixels::new(size, (0..size.width * size.height).flat_map(pixel).collect()).unwrap()
}

fn textures(side: u32) -> Vec<(&'static str, Pixels)> {
    let size = Size { width: side, height: side };
    let scene = || samples::scene(size);
    // A small flat part among grain lost the skip flags of another encoder.
    let mut nearly_all = grain(scene(), 20, false);
    let flat = side as usize * 4 * 16;
    nearly_all.rgba[flat * 3..flat * 3 + flat / 4].fill(255);
    vec![
        ("scene", scene()),
        ("fine grain", grain(scene(), 6, false)),
        ("grain", grain(scene(), 25, false)),
        ("coloured grain", grain(scene(), 40, true)),
        ("nearly all grain", nearly_all),
        ("stripes", stripes(size)),
        ("flat", Pixels::new(size, [200, 30, 90, 255].repeat(size.area() as usize)).unwrap()),
    ]
}

fn back(bytes: &[u8]) -> Pixels {
    decode(bytes, &Limits::default()).unwrap()
}

fn lossy(pixels: &Pixels, quality: u8) -> Vec<u8> {
    encode(pixels, Some(quality)).unwrap()
}

/// Mean difference of a value.
fn distance(one: &[u8], other: &[u8]) -> f64 {
    assert_eq!(one.len(), other.len());
    one.iter().zip(other).map(|(a, b)| f64::from(a.abs_diff(*b))).sum::<f64>() / one.len() as f64
}

#[test]
fn every_texture_comes_back_at_every_quality_and_with_both_decoders() {
    let every: Vec<u8> = (0..=100).step_by(10).collect();
    for (side, qualities) in [(144, every.as_slice()), (512, &[75, 90])] {
        for (name, pixels) in textures(side) {
            for &quality in qualities {
                let bytes = lossy(&pixels, quality);
                let back = back(&bytes);
                let from_source = distance(&back.rgba, &pixels.rgba);
                assert!(back.size == pixels.size && from_source < 40.0, "{name} of {side} at {quality}: {from_source}");
                let other = webp::Decoder::new(&bytes).decode().unwrap();
                let rgb: Vec<u8> =
                    back.rgba.as_chunks().0.iter().flat_map(|&[r, g, b, _]: &[u8; 4]| [r, g, b]).collect();
                assert!(!other.is_alpha() && distance(&rgb, &other) < 2.0, "{name} of {side} at {quality}");
            }
        }
    }
}

#[test]
fn higher_quality_is_larger_and_closer() {
    let picture = grain(samples::scene(Size { width: 321, height: 243 }), 5, false);
    let files = [20, 50, 75, 90, 100].map(|quality| lossy(&picture, quality));
    assert!(files.windows(2).all(|pair| pair[0].len() < pair[1].len()));
    let psnr = files.map(|file| samples::psnr(&back(&file), &picture));
    assert!(psnr.is_sorted() && psnr[0] > 28.0 && psnr[4] > 40.0, "{psnr:?}");
}

#[test]
fn alpha_survives_exactly() {
    let mut pixels = samples::scene(Size { width: 150, height: 101 });
    for (index, pixel) in pixels.rgba.chunks_mut(4).enumerate() {
        let (x, y) = ((index % 150) as f32, (index / 150) as f32);
        pixel[3] = ((x - 60.0).hypot(y - 50.0) * 6.0 - 60.0).clamp(0.0, 255.0) as u8;
    }
    let back = back(&lossy(&pixels, 60));
    assert!(pixels.rgba.chunks(4).zip(back.rgba.chunks(4)).all(|(a, b)| a[3] == b[3]));
    let clear = Pixels::new(Size { width: 20, height: 9 }, vec![0; 720]).unwrap();
    assert!(encode(&clear, Some(60)).is_ok());
}

#[test]
fn without_loss_colours_that_cannot_be_seen_stay_too() {
    let rgba = (0..200 * 90_u32).flat_map(|n| [n as u8, (n / 7) as u8, 90, (n * 31) as u8 & 0x80]).collect();
    let pixels = Pixels::new(Size { width: 200, height: 90 }, rgba).unwrap();
    assert!(back(&encode(&pixels, None).unwrap()) == pixels);
}

#[test]
fn odd_sizes_are_written() {
    for (width, height) in [(1, 1), (1, 33), (15, 17), (16, 16), (250, 3), (3, 16_383), (16_383, 2)] {
        let picture = samples::scene(Size { width, height });
        for quality in [Some(92), None] {
            assert_eq!(back(&encode(&picture, quality).unwrap()).size, picture.size);
        }
    }
}

#[test]
fn what_the_format_cannot_say_is_told() {
    let long = Pixels::new(Size { width: 16_384, height: 1 }, vec![0; 16_384 * 4]).unwrap();
    assert!(matches!(encode(&long, Some(80)), Err(Error::Encode { format: Format::WebP, .. })));
}
