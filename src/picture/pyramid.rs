//! A large picture as levels, each half as wide and high as the one before, and the tiles that are cut from them.
//!
//! Imports nothing outside this layer. Shown at the level that is at most twice as large as needed, no picture is ever
//! shrunk so much at once that lines flicker. Invariants: a pixel of a level is the mean of the up to four under it,
//! weighted by their alpha; a picture without transparency takes three bytes a pixel.

use super::{Error, Flaw, Limits, Pixels, Size, decode};
use std::sync::OnceLock;

/// A decoded picture and the smaller copies that were needed of it.
#[derive(Debug)]
pub struct Pyramid {
    size: Size,
    opaque: bool,
    flaw: Option<Flaw>,
    /// The finest first; those after it are made when they are first looked at.
    levels: Vec<OnceLock<Vec<u8>>>,
}

/// The size of a level in pixels: halved `level` times, rounded up.
pub fn level_size(size: Size, level: u8) -> Size {
    let halved = |side: u32| (side.max(1) - 1).checked_shr(u32::from(level)).unwrap_or(0) + 1;
    Size { width: halved(size.width), height: halved(size.height) }
}

impl Pyramid {
    /// Decodes a picture. Errors as [`decode`] does.
    pub fn decode(bytes: &[u8], limits: &Limits) -> Result<Self, Error> {
        Ok(Self::new(decode(bytes, limits)?))
    }

    pub fn new(pixels: Pixels) -> Self {
        let opaque = pixels.is_opaque();
        let Pixels { size, rgba } = pixels;
        let finest = OnceLock::from(if opaque { without_alpha(&rgba) } else { rgba });
        let smaller = 32 - size.longer_side().max(1).leading_zeros();
        let levels = std::iter::once(finest).chain((1..smaller).map(|_| OnceLock::new())).collect();
        Self { size, opaque, flaw: None, levels }
    }

    /// Notes what is wrong with the file that it came from.
    pub fn with_flaw(self, flaw: Option<Flaw>) -> Self {
        Self { flaw, ..self }
    }

    /// Returns what is wrong with the file that it came from.
    pub fn flaw(&self) -> Option<Flaw> {
        self.flaw
    }

    /// Returns the size of the whole picture in pixels.
    pub fn size(&self) -> Size {
        self.size
    }

    /// Returns the memory that the picture takes now, in bytes.
    pub fn bytes(&self) -> u64 {
        self.levels.iter().filter_map(OnceLock::get).map(|level| level.len() as u64).sum()
    }

    /// Cuts the rectangle of `width` by `height` pixels at (`x`, `y`) out of a level; `None` unless all of it is inside.
    pub fn tile(&self, level: u8, x: u32, y: u32, width: u32, height: u32) -> Option<Pixels> {
        let whole = level_size(self.size, level);
        if x.checked_add(width)? > whole.width || y.checked_add(height)? > whole.height {
            return None;
        }
        let (bytes, channels) = (self.level(level)?, self.channels());
        let mut rgba: Vec<[u8; 4]> = Vec::with_capacity(width as usize * height as usize);
        for row in y as usize..(y + height) as usize {
            let start = (row * whole.width as usize + x as usize) * channels;
            let row = bytes.get(start..start + width as usize * channels)?;
            if self.opaque {
                rgba.extend(row.as_chunks().0.iter().map(|&[r, g, b]: &[u8; 3]| [r, g, b, 255]));
            } else {
                rgba.extend_from_slice(row.as_chunks().0);
            }
        }
        Pixels::new(Size { width, height }, rgba.into_flattened())
    }

    fn channels(&self) -> usize {
        if self.opaque { 3 } else { 4 }
    }

    fn level(&self, level: u8) -> Option<&[u8]> {
        // Each from the one before, so that none is made by reading all of the finest again.
        let mut above: Option<&[u8]> = None;
        for number in 0..=level {
            let held = self.levels.get(usize::from(number))?;
            let bytes = match above {
                None => held.get()?,
                Some(above) => held.get_or_init(|| {
                    let from = level_size(self.size, number - 1);
                    if self.opaque { halve(above, from, halve_opaque) } else { halve(above, from, halve_clear) }
                }),
            };
            above = Some(bytes);
        }
        above
    }
}

fn without_alpha(rgba: &[u8]) -> Vec<u8> {
    rgba.as_chunks().0.iter().map(|&[r, g, b, _]: &[u8; 4]| [r, g, b]).collect::<Vec<_>>().into_flattened()
}

/// Halves two rows of `from` into one row.
type Rows<const CHANNELS: usize> = fn(upper: &[u8], lower: &[u8], into: &mut [[u8; CHANNELS]]);

fn halve<const CHANNELS: usize>(above: &[u8], from: Size, rows: Rows<CHANNELS>) -> Vec<u8> {
    let target = level_size(from, 1);
    let stride = from.width as usize * CHANNELS;
    let mut bytes = vec![0; target.area() as usize * CHANNELS];
    let into = bytes.chunks_exact_mut(target.width as usize * CHANNELS);
    for (pair, into) in above.chunks(stride * 2).zip(into) {
        let (upper, lower) = pair.split_at(stride.min(pair.len()));
        // The last row of an odd number stands for two.
        let lower = if lower.is_empty() { upper } else { lower };
        rows(upper, lower, into.as_chunks_mut().0);
    }
    bytes
}

fn halve_opaque(upper: &[u8], lower: &[u8], into: &mut [[u8; 3]]) {
    let (above, above_rest) = upper.as_chunks::<6>();
    let (below, below_rest) = lower.as_chunks::<6>();
    for ((into, a), b) in into.iter_mut().zip(above).zip(below) {
        for channel in 0..3 {
            let sum =
                u16::from(a[channel]) + u16::from(a[channel + 3]) + u16::from(b[channel]) + u16::from(b[channel + 3]);
            into[channel] = ((sum + 2) / 4) as u8;
        }
    }
    // The last column of an odd number.
    if let (Some(into), Ok(a), Ok(b)) =
        (into.get_mut(above.len()), <[u8; 3]>::try_from(above_rest), <[u8; 3]>::try_from(below_rest))
    {
        for channel in 0..3 {
            into[channel] = (u16::from(a[channel]) + u16::from(b[channel])).div_ceil(2) as u8;
        }
    }
}

fn halve_clear(upper: &[u8], lower: &[u8], into: &mut [[u8; 4]]) {
    let (above, below) = (upper.as_chunks::<4>().0, lower.as_chunks::<4>().0);
    for ((into, above), below) in into.iter_mut().zip(above.chunks(2)).zip(below.chunks(2)) {
        let (mut sum, mut count) = ([0_u32; 4], 0);
        for &[r, g, b, a] in above.iter().chain(below) {
            let alpha = u32::from(a);
            sum[0] += u32::from(r) * alpha;
            sum[1] += u32::from(g) * alpha;
            sum[2] += u32::from(b) * alpha;
            sum[3] += alpha;
            count += 1;
        }
        let [r, g, b, alpha] = sum;
        let colour = |sum: u32| (sum + alpha / 2).checked_div(alpha).unwrap_or(0) as u8;
        *into = [colour(r), colour(g), colour(b), ((alpha + count / 2) / count.max(1)) as u8];
    }
}

#[cfg(test)]
mod tests {
    use super::super::{resize, samples};
    use super::*;

    fn size(width: u32, height: u32) -> Size {
        Size { width, height }
    }

    fn whole(pyramid: &Pyramid, level: u8) -> Pixels {
        let Size { width, height } = level_size(pyramid.size(), level);
        pyramid.tile(level, 0, 0, width, height).unwrap()
    }

    #[test]
    fn levels_halve_and_round_up_so_that_nothing_is_cut_off() {
        let sides = |level| level_size(size(4097, 3), level);
        assert_eq!(
            [0, 1, 2, 12, 13, 40].map(sides),
            [size(4097, 3), size(2049, 2), size(1025, 1), size(2, 1), size(1, 1), size(1, 1)]
        );
    }

    #[test]
    fn the_finest_level_is_the_picture_itself() {
        for pixels in [samples::picture(), with_hole(samples::picture())] {
            assert_eq!(whole(&Pyramid::new(pixels.clone()), 0), pixels);
        }
    }

    #[test]
    fn opaque_pictures_take_three_bytes_a_pixel_and_levels_only_when_they_are_looked_at() {
        let opaque = Pyramid::new(samples::scene(size(640, 480)));
        assert_eq!(opaque.bytes(), 640 * 480 * 3);
        assert!(opaque.tile(2, 0, 0, 10, 10).is_some());
        assert_eq!(opaque.bytes(), (640 * 480 + 320 * 240 + 160 * 120) * 3);
        let clear = Pyramid::new(with_hole(samples::scene(size(640, 480))));
        assert_eq!(clear.bytes(), 640 * 480 * 4);
    }

    #[test]
    fn levels_look_like_the_picture_shrunk_with_care() {
        let large = samples::scene(size(1601, 1199));
        let pyramid = Pyramid::new(large.clone());
        for level in 1..=3 {
            let ours = whole(&pyramid, level);
            let careful = resize::fit(&large, ours.size.longer_side());
            if careful.size == ours.size {
                let psnr = samples::psnr(&ours, &careful);
                assert!(psnr > 30.0, "{psnr:.1} dB at level {level}");
            }
        }
    }

    #[test]
    fn stripes_of_one_pixel_become_an_even_grey() {
        // What a filter that leaves out pixels turns into black, white or a pattern.
        let rgba = (0..64 * 64_u32).flat_map(|n| if n % 2 == 0 { [0, 0, 0, 255] } else { [255; 4] }).collect();
        let pyramid = Pyramid::new(Pixels::new(size(64, 64), rgba).unwrap());
        for level in 1..=5 {
            assert!(whole(&pyramid, level).rgba.chunks(4).all(|pixel| pixel[0].abs_diff(128) <= 1), "level {level}");
        }
    }

    #[test]
    fn nothing_seen_through_bleeds_into_edges_and_odd_sides_end_evenly() {
        // Red over invisible green, on sides that do not halve.
        let mut rgba = [255, 0, 0, 255].repeat(7 * 5);
        for pixel in rgba.chunks_mut(4).skip(21) {
            pixel.copy_from_slice(&[0, 255, 0, 0]);
        }
        let pyramid = Pyramid::new(Pixels::new(size(7, 5), rgba).unwrap());
        for level in 1..=2 {
            for pixel in whole(&pyramid, level).rgba.chunks(4) {
                assert!(pixel[1] == 0 && (pixel[3] == 0 || pixel[0] == 255), "{pixel:?} at level {level}");
            }
        }
        let flat = Pyramid::new(Pixels::new(size(7, 5), [9, 80, 200, 255].repeat(35)).unwrap());
        assert!((1..=2).all(|level| whole(&flat, level).rgba.chunks(4).all(|pixel| pixel == [9, 80, 200, 255])));
    }

    #[test]
    fn tiles_are_parts_of_their_level_and_none_lies_outside() {
        let pyramid = Pyramid::new(samples::picture());
        let Size { width, height } = level_size(samples::SIZE, 1);
        let all = whole(&pyramid, 1);
        assert_eq!(pyramid.tile(1, 5, 3, 20, 10), resize::tile(&all, 5, 3, 20, 10));
        for (level, x, y, w, h) in
            [(1, width, 0, 1, 1), (1, 0, height - 1, 1, 2), (1, u32::MAX, 0, 2, 1), (99, 1, 0, 1, 1)]
        {
            assert_eq!(pyramid.tile(level, x, y, w, h), None, "{level} {x} {y} {w} {h}");
        }
    }

    fn with_hole(mut pixels: Pixels) -> Pixels {
        if let Some(alpha) = pixels.rgba.get_mut(3) {
            *alpha = 100;
        }
        pixels
    }
}
