//! Shrinks pixels and cuts tiles.
//!
//! Imports nothing outside this layer. Colours are weighted by their alpha, so transparent pixels never bleed into
//! edges; filtering happens on the sRGB values. Large ratios are first reduced by whole boxes, then a Catmull-Rom
//! filter does the rest, one row at a time: besides source and result only a few rows are held.

use std::collections::VecDeque;
use std::ops::Range;

use super::{Pixels, Size};

/// Names how large a whole picture is held for showing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Level {
    /// For the grid as it is at first: little to bring to the card.
    Small,
    /// For large tiles of the grid; this is what is kept beside the originals.
    Thumb,
    /// For the largest tiles of the grid on a dense screen.
    Large,
    /// What lies under a drawing.
    Fit,
}

impl Level {
    /// Gives the longest side in pixels.
    pub fn max_side(self) -> u32 {
        match self {
            Level::Small => 320,
            Level::Thumb => 512,
            Level::Large => 1024,
            Level::Fit => 2048,
        }
    }
}

/// Shrinks so that no side exceeds `max_side` pixels; smaller pictures are copied as they are.
pub fn fit(pixels: &Pixels, max_side: u32) -> Pixels {
    let target = pixels.size.fitted(max_side);
    if target == pixels.size { pixels.clone() } else { shrink(pixels, target) }
}

/// Cuts out the rectangle of `width` by `height` pixels at (`x`, `y`); `None` unless all of it is inside.
pub fn tile(pixels: &Pixels, x: u32, y: u32, width: u32, height: u32) -> Option<Pixels> {
    if x.checked_add(width)? > pixels.size.width || y.checked_add(height)? > pixels.size.height {
        return None;
    }
    let mut rgba = Vec::with_capacity(width as usize * height as usize * 4);
    for row in y..y + height {
        let row = pixels.rgba.get(row_range(pixels.size.width, row, 4))?;
        rgba.extend_from_slice(row.get(x as usize * 4..(x + width) as usize * 4)?);
    }
    Pixels::new(Size { width, height }, rgba)
}

/// Red, green and blue times alpha, and alpha; all 0 to 255.
type Premultiplied = [f32; 4];

/// Shrinks to exactly this size, no side of which may be larger than the source's.
pub(super) fn shrink(source: &Pixels, target: Size) -> Pixels {
    let ratio = (source.size.width / target.width).min(source.size.height / target.height);
    // Boxes leave at least twice the target, so that the filter still decides; 256 keeps the sums within 32 bits.
    let factor = (ratio / 2).clamp(1, 256);
    let columns = taps(source.size.width, factor, target.width);
    let rows = taps(source.size.height, factor, target.height);

    let mut rgba = Vec::with_capacity(target.area() as usize * 4);
    let mut window: VecDeque<Vec<Premultiplied>> = VecDeque::new();
    let mut next = 0;
    for tap in &rows {
        while next < tap.first + tap.weights.len() {
            let reused = if window.len() > next.saturating_sub(tap.first) { window.pop_front() } else { None };
            window.push_back(reduce_row(source, factor, next as u32, reused.unwrap_or_default()));
            next += 1;
        }
        window.drain(..window.len().saturating_sub(next - tap.first));
        let mut row = vec![[0.0; 4]; columns_in(source.size.width, factor)];
        for (weight, pixels) in tap.weights.iter().zip(&window) {
            add_row(&mut row, *weight, pixels);
        }
        rgba.extend(columns.iter().flat_map(|column| straight(&weigh_pixels(&row, column))));
    }
    Pixels { size: target, rgba }
}

fn columns_in(width: u32, factor: u32) -> usize {
    width.div_ceil(factor) as usize
}

/// Averages `factor` rows and columns of the source into one row of cells, in the memory of an old row.
fn reduce_row(source: &Pixels, factor: u32, row: u32, mut line: Vec<Premultiplied>) -> Vec<Premultiplied> {
    let width = source.size.width;
    let cell = factor as usize;
    let mut sums = vec![[0_u32; 4]; columns_in(width, factor)];
    let first = row * factor;
    let last = (first + factor).min(source.size.height);
    for y in first..last {
        let bytes = source.rgba.get(row_range(width, y, 4)).unwrap_or_default();
        for (sum, pixels) in sums.iter_mut().zip(bytes.as_chunks::<4>().0.chunks(cell)) {
            for &[r, g, b, a] in pixels {
                let alpha = u32::from(a);
                sum[0] += u32::from(r) * alpha;
                sum[1] += u32::from(g) * alpha;
                sum[2] += u32::from(b) * alpha;
                sum[3] += alpha;
            }
        }
    }
    line.clear();
    let tail = width % factor;
    for (index, &[r, g, b, a]) in sums.iter().enumerate() {
        let columns = if tail != 0 && index + 1 == sums.len() { tail } else { factor };
        let count = (columns * (last - first)) as f32;
        let color = 1.0 / (count * 255.0);
        line.push([r as f32 * color, g as f32 * color, b as f32 * color, a as f32 / count]);
    }
    line
}

fn row_range(width: u32, row: u32, bytes: usize) -> Range<usize> {
    let length = width as usize * bytes;
    let start = row as usize * length;
    start..start + length
}

/// The cells that make one target pixel, and how much each counts; weights add up to 1.
struct Tap {
    first: usize,
    weights: Vec<f32>,
}

fn taps(source: u32, factor: u32, target: u32) -> Vec<Tap> {
    let cells = columns_in(source, factor);
    let scale = source as f32 / factor as f32 / target as f32;
    let reach = 2.0 * scale.max(1.0);
    let tap = |index: u32| {
        let centre = (index as f32 + 0.5) * scale;
        let first = ((centre - reach).floor().max(0.0) as usize).min(cells.saturating_sub(1));
        let last = ((centre + reach).ceil() as usize).clamp(first + 1, cells.max(first + 1));
        let weight = |cell| catmull_rom((cell as f32 + 0.5 - centre) / scale.max(1.0));
        let mut weights: Vec<f32> = (first..last).map(weight).collect();
        let sum: f32 = weights.iter().sum();
        weights.iter_mut().for_each(|weight| *weight /= sum);
        Tap { first, weights }
    };
    (0..target).map(tap).collect()
}

fn catmull_rom(x: f32) -> f32 {
    let x = x.abs();
    if x < 1.0 {
        (1.5 * x - 2.5) * x * x + 1.0
    } else if x < 2.0 {
        ((-0.5 * x + 2.5) * x - 4.0) * x + 2.0
    } else {
        0.0
    }
}

fn weigh_pixels(line: &[Premultiplied], tap: &Tap) -> Premultiplied {
    let mut sum = [0.0; 4];
    for (weight, pixel) in tap.weights.iter().zip(line.get(tap.first..).unwrap_or_default()) {
        add(&mut sum, *weight, pixel);
    }
    sum
}

fn add_row(row: &mut [Premultiplied], weight: f32, pixels: &[Premultiplied]) {
    for (sum, pixel) in row.iter_mut().zip(pixels) {
        add(sum, weight, pixel);
    }
}

/// Spelled out, since a loop over four channels is several times slower in unoptimised builds.
#[inline]
fn add(sum: &mut Premultiplied, weight: f32, pixel: &Premultiplied) {
    sum[0] += weight * pixel[0];
    sum[1] += weight * pixel[1];
    sum[2] += weight * pixel[2];
    sum[3] += weight * pixel[3];
}

/// Divides by alpha again; the filter's overshoot is cut off.
fn straight(&[r, g, b, a]: &Premultiplied) -> [u8; 4] {
    let alpha = (a + 0.5).clamp(0.0, 255.0) as u8;
    if alpha == 0 {
        return [0; 4];
    }
    let color = |channel: f32| (channel * 255.0 / a + 0.5).clamp(0.0, 255.0) as u8;
    [color(r), color(g), color(b), alpha]
}

#[cfg(test)]
mod tests {
    use super::super::samples;
    use super::*;

    fn flat(width: u32, height: u32, pixel: [u8; 4]) -> Pixels {
        let size = Size { width, height };
        Pixels::new(size, pixel.repeat(size.area() as usize)).unwrap()
    }

    #[test]
    fn one_colour_stays_that_colour_at_every_ratio() {
        for (width, height, max_side) in [(64, 64, 63), (100, 40, 33), (1000, 10, 7), (513, 700, 16), (999, 1, 1)] {
            for pixel in [[200, 100, 50, 255], [10, 250, 128, 77]] {
                let small = fit(&flat(width, height, pixel), max_side);
                assert_eq!(small.size, Size { width, height }.fitted(max_side));
                for p in small.rgba.chunks(4) {
                    let off = p.iter().zip(pixel).map(|(a, b)| a.abs_diff(b)).max();
                    assert!(off <= Some(1), "{p:?} instead of {pixel:?}");
                }
            }
        }
    }

    #[test]
    fn transparent_pixels_do_not_bleed_into_edges() {
        // Red beside invisible green: the edge may fade but never turn greenish.
        let mut pixels = flat(400, 400, [255, 0, 0, 255]);
        for (index, pixel) in pixels.rgba.chunks_mut(4).enumerate() {
            if index % 400 >= 203 {
                pixel.copy_from_slice(&[0, 255, 0, 0]);
            }
        }
        for max_side in [200, 50, 20] {
            let small = fit(&pixels, max_side);
            assert!(small.rgba.chunks(4).all(|p| p[1] == 0 && (p[3] == 0 || p[0] == 255)), "at {max_side}");
            assert!(small.rgba.chunks(4).any(|p| p[3] > 0 && p[3] < 255), "the edge is soft at {max_side}");
        }
    }

    #[test]
    fn shrunken_scene_looks_like_the_scene_painted_small() {
        let large = samples::scene(Size { width: 1600, height: 1200 });
        for side in [800, 400, 160] {
            let small = fit(&large, side);
            let psnr = samples::psnr(&small, &samples::scene(small.size));
            assert!(psnr > 24.0, "{psnr:.1} dB at {side}");
        }
    }

    #[test]
    fn small_pictures_are_not_enlarged() {
        assert_eq!(fit(&samples::picture(), 500), samples::picture());
    }

    #[test]
    fn tiles_put_together_give_the_picture() {
        let picture = samples::picture();
        let Size { width, height } = picture.size;
        let left = tile(&picture, 0, 0, 40, height).unwrap();
        let right = tile(&picture, 40, 0, width - 40, height).unwrap();
        let rows = left.rgba.chunks(40 * 4).zip(right.rgba.chunks((width - 40) as usize * 4));
        let joined: Vec<u8> = rows.flat_map(|(left, right)| [left, right].concat()).collect();
        assert_eq!(joined, picture.rgba);
    }

    #[test]
    fn tile_outside_is_none() {
        let picture = samples::picture();
        for (x, y, w, h) in [(97, 0, 1, 1), (0, 60, 1, 5), (u32::MAX, 0, 2, 1), (0, 0, 0, 1)] {
            assert_eq!(tile(&picture, x, y, w, h), None, "{x} {y} {w} {h}");
        }
    }
}
