//! The small forms of land: folds of rock, tops of clouds, rows of firs.
//!
//! Imports `noise`. Pure; every value is 0..1 unless said otherwise.

use super::noise::{floor, line, plane, random, smooth};

/// Ridged noise on the plane: the folds of rock, 0..1.
pub fn crags(x: f32, y: f32, octaves: u32, seed: u32) -> f32 {
    let (mut sum, mut weight, mut total) = (0.0, 0.5, 0.0);
    let (mut x, mut y) = (x, y);
    let mut k = 0;
    while k < octaves {
        let n = plane(x, y, seed.wrapping_add(k.wrapping_mul(977)));
        sum += weight * (1.0 - (2.0 * n - 1.0).abs());
        total += weight;
        weight *= 0.52;
        (x, y) = (1.62 * x + 1.21 * y + 3.7, 1.62 * y - 1.21 * x + 1.9);
        k += 1;
    }
    sum / total
}

/// The round tops of a bank of clouds: arcs upon arcs, 0..1.
pub fn puffs(u: f32, seed: u32) -> f32 {
    let (mut sum, mut size) = (0.0, 1.0);
    for octave in 0..4u32 {
        let f = u * 3.1 / size;
        let cell = floor(f);
        let mut best: f32 = 0.0;
        for k in cell - 1..=cell + 1 {
            let centre = k as f32 + 0.2 + 0.6 * random(k, octave as i32, seed);
            let radius = 0.45 + 0.5 * random(k, octave as i32 + 9, seed);
            best = best.max((radius * radius - (f - centre).powi(2)).max(0.0).sqrt());
        }
        sum += best * size * 0.42;
        size *= 0.45;
    }
    sum
}

/// Heights of a row of firs at `u`, 0..1; `size` is their height and sets how far apart they stand.
pub fn conifers(u: f32, size: f32, seed: u32) -> f32 {
    let step = size * 0.2;
    let cell = floor(u / step);
    let mut best: f32 = 0.0;
    for k in cell - 2..=cell + 2 {
        let tall = 0.3 + 0.7 * random(k, 1, seed) * (0.5 + 0.5 * line(k as f32 * 0.13, seed ^ 4));
        let centre = (k as f32 + 0.1 + 0.8 * random(k, 2, seed)) * step;
        let part = (u - centre).abs() / (size * 0.19 * (0.45 + 0.55 * tall));
        if part >= 1.0 {
            continue;
        }
        let rows = 8.0 + 6.0 * random(k, 3, seed);
        let t = (1.0 - part).powf(1.15) * rows;
        let row = t as i32 as f32;
        best = best.max(tall * (row + smooth(0.2, 1.0, t - row)) / rows);
    }
    best
}
