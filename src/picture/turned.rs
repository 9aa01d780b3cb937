//! Turns and mirrors pixels.
//!
//! Imports only the pixels of this layer.

use super::{Pixels, Size};

/// Exchanges left and right if `mirrored`, then turns clockwise by `quarters`.
pub fn turned(pixels: Pixels, mirrored: bool, quarters: u8) -> Pixels {
    let quarters = quarters % 4;
    if !mirrored && quarters == 0 {
        return pixels;
    }
    let Size { width, height } = pixels.size;
    let size = if quarters.is_multiple_of(2) { pixels.size } else { Size { width: height, height: width } };
    let from = pixels.rgba.as_chunks::<4>().0;
    let mut rgba = Vec::with_capacity(pixels.rgba.len());
    for y in 0..size.height {
        for x in 0..size.width {
            let (column, row) = match quarters {
                1 => (y, height - 1 - x),
                2 => (width - 1 - x, height - 1 - y),
                3 => (width - 1 - y, x),
                _ => (x, y),
            };
            let column = if mirrored { width - 1 - column } else { column };
            let place = row as usize * width as usize + column as usize;
            rgba.extend_from_slice(&from.get(place).copied().unwrap_or_default());
        }
    }
    Pixels { size, rgba }
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    #[test]
    fn a_quarter_brings_the_lower_left_corner_up_and_four_bring_all_back() {
        let scene = samples::picture();
        let once = turned(scene.clone(), false, 1);
        assert_eq!(once.size, Size { width: scene.size.height, height: scene.size.width });
        let lower_left = (scene.size.height - 1) as usize * scene.size.width as usize * 4;
        assert_eq!(once.rgba[..4], scene.rgba[lower_left..][..4]);
        let mut all = scene.clone();
        for _ in 0..4 {
            all = turned(all, false, 1);
        }
        assert!(all == scene);
        for quarters in 0..4 {
            let there = turned(scene.clone(), true, quarters);
            let back = turned(turned(there, false, 4 - quarters), true, 0);
            assert!(back == scene, "{quarters}");
        }
    }
}
