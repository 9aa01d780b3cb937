//! Every lossy WebP decodes and looks like its source, whatever the texture, and a broken encoder does no harm.

use super::super::samples;
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
    // A small flat part among grain is what loses the skip flags.
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

#[test]
fn first_try_is_right_for_every_texture_and_quality() {
    let every: Vec<u8> = (0..=100).step_by(10).collect();
    for (side, qualities) in [(144, every.as_slice()), (512, &[75, 90])] {
        for (name, pixels) in textures(side) {
            for &quality in qualities {
                let quantizer = quantizer(quality);
                let back = back(&file(&pixels, 2, quantizer).unwrap());
                let distance = distance(&back, &pixels);
                assert!(is_like(&back, &pixels, quantizer), "{name} of {side} at {quality}: {distance:?}");
            }
        }
    }
}

#[test]
fn higher_quality_is_larger_and_closer() {
    let picture = grain(samples::scene(Size { width: 321, height: 243 }), 5, false);
    let files: Vec<_> = [20, 50, 75, 90, 100].map(|quality| lossy(&picture, quality).unwrap()).into();
    assert!(files.windows(2).all(|pair| pair[0].len() < pair[1].len()));
    let psnr: Vec<_> = files.iter().map(|file| samples::psnr(&back(file), &picture)).collect();
    assert!(psnr.is_sorted() && psnr[0] > 28.0 && psnr[4] > 40.0, "{psnr:?}");
}

#[test]
fn alpha_survives_exactly() {
    let mut pixels = samples::scene(Size { width: 150, height: 101 });
    for (index, pixel) in pixels.rgba.chunks_mut(4).enumerate() {
        let (x, y) = ((index % 150) as f32, (index / 150) as f32);
        pixel[3] = ((x - 60.0).hypot(y - 50.0) * 6.0 - 60.0).clamp(0.0, 255.0) as u8;
    }
    let back = back(&lossy(&pixels, 60).unwrap());
    assert!(pixels.rgba.chunks(4).zip(back.rgba.chunks(4)).all(|(a, b)| a[3] == b[3]));
    let clear = Pixels::new(Size { width: 20, height: 9 }, vec![0; 720]).unwrap();
    assert!(lossy(&clear, 60).is_some());
}

#[test]
fn odd_sizes_are_written() {
    for (width, height) in [(1, 1), (1, 33), (15, 17), (16, 16), (250, 3), (3, 16_383), (16_383, 2)] {
        let picture = samples::scene(Size { width, height });
        let bytes = file(&picture, 2, 9).unwrap();
        let back = back(&bytes);
        assert!(is_like(&back, &picture, 9), "{width} × {height}: {:?}", distance(&back, &picture));
    }
}

#[test]
fn broken_files_are_never_handed_out() {
    let picture = samples::scene(Size { width: 160, height: 96 });
    let small = samples::scene(Size { width: 80, height: 96 });
    let mut damaged = picture.clone();
    let last_block = (95 * 160 + 150) * 4;
    damaged.rgba[last_block - 160 * 4 * 10..].fill(255);
    let mut faint = picture.clone();
    faint.rgba.chunks_mut(4).for_each(|pixel| pixel[3] = 254);
    let good = file(&picture, 2, 20).unwrap();
    let broken = [Vec::new(), good[..good.len() / 2].to_vec()];
    let wrong = [small, damaged, faint].map(|wrong| file(&wrong, 2, 20).unwrap());
    for bytes in broken.into_iter().chain(wrong) {
        assert_eq!(lossy_by(|_, _| Some(bytes.clone()), &picture, 80), None);
    }
    assert_eq!(lossy_by(|_, _| None, &picture, 80), None);
}

#[test]
fn next_try_follows_a_broken_one() {
    let picture = samples::picture();
    let encoder = |method, quantizer| {
        let bytes = file(&picture, method, quantizer).ok()?;
        Some(if (method, quantizer) == (0, 20) { bytes } else { bytes[..bytes.len() / 2].to_vec() })
    };
    assert_eq!(lossy_by(encoder, &picture, 80), file(&picture, 0, 20).ok());
}

#[test]
fn second_decoder_sees_the_same() {
    let mut clear = grain(samples::scene(Size { width: 203, height: 150 }), 12, false);
    clear.rgba.chunks_mut(4).enumerate().for_each(|(index, pixel)| pixel[3] = (index % 256) as u8);
    for pixels in [grain(samples::scene(Size { width: 200, height: 150 }), 12, false), clear] {
        let other = webp_rust::decode(&lossy(&pixels, 85).unwrap()).unwrap();
        let size = Size { width: other.width as u32, height: other.height as u32 };
        assert!(is_like(&Pixels::new(size, other.rgba).unwrap(), &pixels, quantizer(85)));
    }
}
