//! What a reference picture lends to a painting: its dominant colours and the broad layout of light and dark.
//!
//! Imports `palette`, and the crates image and blake3. Only `data:` URLs are decoded, with limits; web addresses are
//! never fetched, their hash chooses colours instead.

use super::palette::{Palette, Rgb, blend, luminance};
use base64::Engine as _;
use std::io::Cursor;

/// Columns of the layout guide.
const COLUMNS: usize = 24;

/// Colours and layout learned from one or more references.
#[derive(Clone, Debug)]
pub struct Guide {
    pub palette: Palette,
    /// How high the dark mass stands in each column, 0..1, blurred.
    pub heights: Vec<f32>,
    /// Where the light is brightest across the picture, 0..1.
    pub bright: f32,
}

impl Guide {
    /// Learns from reference URLs; `None` when there are none or nothing could be learned.
    pub fn learn(urls: &[String]) -> Option<Guide> {
        let sketches: Vec<Sketch> = urls.iter().take(16).map(|url| Sketch::of(url)).collect();
        let colours: Vec<Rgb> = sketches.iter().flat_map(|s| s.pixels.iter().copied()).collect();
        let first = sketches.first()?;
        let palette = Palette::from_dominant(&dominant(&colours))?;
        Some(Guide { palette, heights: first.heights(), bright: first.bright() })
    }

    /// The guiding height at `part` (0..1) of the width.
    pub fn height(&self, part: f32) -> f32 {
        let t = part.clamp(0.0, 1.0) * (COLUMNS - 1) as f32;
        let i = t as usize;
        let a = self.heights.get(i).copied().unwrap_or(0.5);
        let b = self.heights.get(i + 1).copied().unwrap_or(a);
        let f = t - i as f32;
        a + (b - a) * f * f * (3.0 - 2.0 * f)
    }
}

/// A reference seen through half-closed eyes: 24 x 24 colours, row by row.
struct Sketch {
    pixels: Vec<Rgb>,
}

impl Sketch {
    fn of(url: &str) -> Sketch {
        decode(url).unwrap_or_else(|| Sketch::hashed(url))
    }

    fn hashed(url: &str) -> Sketch {
        let hash = blake3::hash(url.as_bytes());
        let mut bytes = hash.as_bytes().iter().cycle().map(|b| f32::from(*b) / 255.0);
        let mut colour = || [0; 3].map(|_| bytes.next().unwrap_or(0.5));
        let (a, b, c) = (colour(), colour(), colour());
        let side = COLUMNS as f32;
        let pixels = (0..COLUMNS * COLUMNS).map(|i| {
            let (x, y) = ((i % COLUMNS) as f32 / side, (i / COLUMNS) as f32 / side);
            blend(blend(a, b, x), c, y)
        });
        Sketch { pixels: pixels.collect() }
    }

    fn light(&self, x: usize, y: usize) -> f32 {
        self.pixels.get(y * COLUMNS + x).map_or(0.5, |c| luminance(*c))
    }

    fn heights(&self) -> Vec<f32> {
        let mean = self.pixels.iter().map(|c| luminance(*c)).sum::<f32>() / self.pixels.len().max(1) as f32;
        let dark: Vec<f32> = (0..COLUMNS)
            .map(|x| (0..COLUMNS).filter(|y| self.light(x, *y) < mean).count() as f32 / COLUMNS as f32)
            .collect();
        let at = |i: usize| dark.get(i.min(COLUMNS - 1)).copied().unwrap_or(0.5);
        (0..COLUMNS).map(|i| (at(i.saturating_sub(1)) + 2.0 * at(i) + at(i + 1)) / 4.0).collect()
    }

    fn bright(&self) -> f32 {
        let column = |x: usize| (0..COLUMNS).map(|y| self.light(x, y)).sum::<f32>();
        let best = (0..COLUMNS).max_by(|a, b| column(*a).total_cmp(&column(*b))).unwrap_or(COLUMNS / 2);
        (best as f32 + 0.5) / COLUMNS as f32
    }
}

/// Decodes a `data:` URL with limits; `None` when it is no picture or too large.
fn decode(url: &str) -> Option<Sketch> {
    let (head, data) = url.strip_prefix("data:")?.split_once(',')?;
    if !head.ends_with(";base64") {
        return None;
    }
    let bytes = base64::engine::general_purpose::STANDARD.decode(data.trim()).ok()?;
    let mut reader = image::ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut limits = image::Limits::default();
    limits.max_image_width = Some(16_384);
    limits.max_image_height = Some(16_384);
    limits.max_alloc = Some(512 << 20);
    reader.limits(limits);
    let side = COLUMNS as u32;
    let small = reader.decode().ok()?.thumbnail_exact(side, side).to_rgba8();
    let pixels = small.pixels().map(|p| {
        let alpha = f32::from(p.0[3]) / 255.0;
        blend([1.0; 3], [p.0[0], p.0[1], p.0[2]].map(|c| f32::from(c) / 255.0), alpha)
    });
    Some(Sketch { pixels: pixels.collect() })
}

/// Five dominant colours by k-means, started from evenly spaced luminances so that the result needs no chance.
fn dominant(colours: &[Rgb]) -> Vec<Rgb> {
    let mut sorted = colours.to_vec();
    sorted.sort_by(|a, b| luminance(*a).total_cmp(&luminance(*b)));
    let mut means: Vec<Rgb> = (0..5).filter_map(|k| sorted.get(sorted.len() * (2 * k + 1) / 10).copied()).collect();
    for _ in 0..8 {
        let mut sums = vec![([0.0f32; 3], 0.0f32); means.len()];
        for colour in &sorted {
            let nearest = (0..means.len()).min_by(|a, b| {
                let d = |k: usize| means.get(k).map_or(f32::MAX, |m| distance(*m, *colour));
                d(*a).total_cmp(&d(*b))
            });
            if let Some((sum, count)) = nearest.and_then(|k| sums.get_mut(k)) {
                *sum = [sum[0] + colour[0], sum[1] + colour[1], sum[2] + colour[2]];
                *count += 1.0;
            }
        }
        for (mean, (sum, count)) in means.iter_mut().zip(sums) {
            if count > 0.0 {
                *mean = sum.map(|c| c / count);
            }
        }
    }
    means
}

fn distance(a: Rgb, b: Rgb) -> f32 {
    (a[0] - b[0]).powi(2) + (a[1] - b[1]).powi(2) + (a[2] - b[2]).powi(2)
}
