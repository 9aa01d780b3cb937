//! Water: what stands above the waterline, mirrored, drawn out, broken by ripples, with the sun's path on it.
//!
//! Imports `parallel::rows`, `noise`, `palette`. Works on finished premultiplied pixels, so it costs the same for any
//! scene; rows below the line are overwritten.

use super::noise::{floor, mix, plane, smooth};
use super::palette::{Rgb, shine};
use super::parallel::rows;
use resvg::tiny_skia::Pixmap;

pub struct Water {
    /// Where it begins, as a part of the height.
    pub line: f32,
    /// 0 for a still lake, 1 for the open sea.
    pub rough: f32,
    pub deep: Rgb,
    /// Colour and place (in parts of the width) of the light that glitters on it.
    pub sun: Option<(Rgb, f32)>,
    pub cut_out: bool,
    pub seed: u32,
}

impl Water {
    pub fn mirror(&self, pixmap: &mut Pixmap) {
        let (width, height) = (pixmap.width() as usize, pixmap.height() as usize);
        let line = ((self.line * height as f32) as usize).clamp(1, height);
        let Some(above) = pixmap.data().get(..line * width * 4).map(<[u8]>::to_vec) else { return };
        let unit = 1.0 / ((width * height) as f32).sqrt();
        let depth = (height - line).max(1) as f32;
        rows(pixmap.data_mut(), width * 4, |row, pixels| {
            if row < line {
                return;
            }
            let v = (row - line) as f32 / depth;
            let z = 1.0 / (v + 0.1);
            let y = (v + 0.03).ln();
            for (column, target) in pixels.chunks_exact_mut(4).enumerate() {
                let x = column as f32 * unit;
                let wave = self.wave(x, y, z);
                let mut sum = [0.0f32; 4];
                let reach = (0.012 + (0.03 + 0.1 * self.rough) * v) * wave * 2.0;
                let mut tap = 0;
                while tap < 4 {
                    let spread = (tap as f32 - 1.5) * (0.003 + (0.012 + 0.03 * self.rough) * v);
                    let back = (v * mix(0.95, 0.8, self.rough) + reach + spread).max(0.0) * depth;
                    let from_row = line.saturating_sub(1 + back as usize);
                    let shift = wave * (0.003 + 0.018 * v) * height as f32;
                    let from_column = (column as f32 + shift).clamp(0.0, width as f32 - 1.0) as usize;
                    let at = (from_row * width + from_column) * 4;
                    if let Some([r, g, b, a]) = above.get(at..at + 4) {
                        sum[0] += f32::from(*r) * 0.25;
                        sum[1] += f32::from(*g) * 0.25;
                        sum[2] += f32::from(*b) * 0.25;
                        sum[3] += f32::from(*a) * 0.25;
                    }
                    tap += 1;
                }
                let keep =
                    ((0.88 - (0.3 + 0.26 * self.rough) * v) * (1.0 + wave * (0.2 + 0.35 * self.rough))).clamp(0.0, 1.0);
                let alpha = if self.cut_out { sum[3].max(70.0 * (1.0 - v)) } else { 255.0 };
                let mut colour = [0, 1, 2]
                    .map(|c| (sum[c] * keep / 255.0 + self.deep[c] * (1.0 - keep) * alpha / 255.0).min(alpha / 255.0));
                if let Some((light, place)) = self.sun {
                    let away = (column as f32 / width as f32 - place) / (0.03 + 0.13 * v);
                    let spark = plane(x * 26.0 * z.sqrt(), y * 30.0, self.seed ^ 8) * 0.6
                        + plane(x * 55.0 * z.sqrt(), y * 63.0, self.seed ^ 9) * 0.4;
                    let glint = smooth(0.52, 0.8, spark + 0.3 * wave) * (-away * away).exp() * (1.0 - 0.5 * v);
                    colour = shine(colour, light, glint * mix(0.5, 0.9, self.rough) * alpha / 255.0);
                }
                let grain = (row * 7 + column * 13) as f32 * 0.618;
                let dither = grain - floor(grain) as f32;
                let byte = |c: f32| (c * 255.0 + dither).clamp(0.0, alpha) as u8;
                target.copy_from_slice(&[byte(colour[0]), byte(colour[1]), byte(colour[2]), alpha as u8]);
            }
        });
    }

    /// Ripples, -1..1: long, flat and close together towards the horizon.
    fn wave(&self, x: f32, y: f32, z: f32) -> f32 {
        let (x, s) = (x * z.powf(0.8), self.seed);
        let long = plane(x * 2.0, y * 7.0, s) - 0.5;
        let middle = plane(x * 4.3 + y, y * 17.0, s ^ 1) - 0.5;
        let short = plane(x * 9.0 - y, y * 39.0, s ^ 2) - 0.5;
        long * mix(0.5, 0.9, self.rough) + middle * 0.7 + short * 0.5
    }
}
