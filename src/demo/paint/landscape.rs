//! Land and water, pixel by pixel: ridges behind ridges in haze, trees on the near ones, dunes, seas, reflections.
//!
//! Imports `noise`, `palette`, `scene`, `sky`. Heights of all ridges are computed once per column of the rendering.

use super::noise::{fbm, floor, line, line_fbm, line_ridged, mix, plane, random, smooth};
use super::palette::{Ramp, Rgb, blend, scale, shine};
use super::scene::{Plan, Quality};
use super::sky::{Clouds, Sky};
use super::words::Family;

#[derive(Clone, Copy, PartialEq)]
enum Form {
    Peaks,
    Hills,
    Dunes,
}

/// One ridge, from the farthest (depth 0) to the nearest (depth 1).
struct Layer {
    form: Form,
    base: f32,
    height: f32,
    frequency: f32,
    trees: f32,
    depth: f32,
    seed: u32,
}

pub struct Land {
    pub sky: Sky,
    layers: Vec<Layer>,
    haze: Ramp,
    snow: Option<Rgb>,
    mist: f32,
    /// Where the water begins, if there is any.
    waterline: Option<f32>,
    rough: f32,
    deep: Rgb,
    /// Light of the sun or moon as it falls on land and water.
    warm: Rgb,
    cut_out: bool,
    fine: bool,
    aspect: f32,
    unit: f32,
    seed: u32,
}

/// Ridge heights of every layer at every column.
pub struct Profile {
    columns: usize,
    heights: Vec<Vec<f32>>,
}

impl Land {
    pub fn new(plan: &Plan) -> Land {
        let mut rng = plan.rng(23);
        let family = plan.family;
        let horizon = match family {
            Family::Sea => 0.52 + 0.12 * rng.f32(),
            Family::Clouds => 0.96,
            Family::Aurora => 0.8,
            Family::Desert => 0.56 + 0.06 * rng.f32(),
            _ => 0.58 + 0.1 * rng.f32(),
        };
        let clouds = match family {
            Family::Clouds => Clouds::Billows,
            Family::Aurora => Clouds::Aurora,
            _ => Clouds::Streaks,
        };
        let waterline = match family {
            Family::Sea => Some(horizon),
            Family::Clouds | Family::Desert => None,
            _ if plan.water => Some(if family == Family::Aurora { 0.8 } else { 0.68 + 0.08 * rng.f32() }),
            _ => None,
        };
        let ground = waterline.unwrap_or(1.0);
        let layer = |form, depth: f32, base: f32, height: f32, frequency: f32, trees: f32, seed| Layer {
            form,
            base,
            height,
            frequency,
            trees,
            depth,
            seed,
        };
        let mut seed = || rng.u32(..);
        let mut layers = Vec::new();
        match family {
            Family::Sea => {
                layers.push(layer(Form::Hills, 0.12, horizon + 0.012, 0.1, 1.6, 0.0, seed()));
                layers.push(layer(Form::Peaks, 0.4, horizon + 0.035, 0.17, 1.1, 0.0, seed()));
            }
            Family::Clouds => layers.push(layer(Form::Peaks, 0.85, 1.02, 0.16, 1.2, 0.0, seed())),
            Family::Aurora => {
                layers.push(layer(Form::Peaks, 0.55, ground + 0.02, 0.3, 1.1, 0.0, seed()));
                layers.push(layer(Form::Hills, 0.95, ground + 0.015, 0.1, 1.6, 0.06, seed()));
            }
            Family::Desert => {
                layers.push(layer(Form::Peaks, 0.05, horizon + 0.06, 0.22, 0.9, 0.0, seed()));
                for k in 0..5 {
                    let t = k as f32 / 4.0;
                    let base = mix(horizon + 0.1, 1.06, t.powf(1.2));
                    layers.push(layer(Form::Dunes, mix(0.2, 0.92, t), base, mix(0.09, 0.26, t), mix(2.6, 0.75, t), 0.0, seed()));
                }
            }
            Family::Forest => {
                layers.push(layer(Form::Peaks, 0.03, horizon, 0.3, 1.0, 0.0, seed()));
                for k in 0..5 {
                    let t = k as f32 / 4.0;
                    let base = mix(horizon + 0.02, if waterline.is_some() { ground + 0.03 } else { 1.1 }, t);
                    let tall = mix(0.025, if waterline.is_some() { 0.13 } else { 0.34 }, t * t);
                    layers.push(layer(Form::Hills, mix(0.15, 1.0, t), base, mix(0.2, 0.12, t), mix(1.6, 1.0, t), tall, seed()));
                }
            }
            _ => {
                let far = [(0.0, 0.42, 1.0), (0.16, 0.4, 1.15), (0.34, 0.34, 1.35), (0.55, 0.26, 1.5)];
                for (depth, height, frequency) in far {
                    let base = mix(horizon + 0.03, ground, depth * 1.2);
                    layers.push(layer(Form::Peaks, depth, base.min(ground + 0.02), height, frequency, 0.0, seed()));
                }
                let (a, b) = if waterline.is_some() { (ground, ground + 0.02) } else { (0.9, 1.03) };
                layers.push(layer(Form::Hills, 0.74, a + 0.02, 0.14, 1.4, 0.03, seed()));
                layers.push(layer(Form::Hills, 0.95, b, 0.1, 1.2, 0.075, seed()));
            }
        }
        let palette = &plan.palette;
        let hazy = blend(palette.sky[2], palette.far, 0.42);
        let snowy = plan.snow || (family == Family::Mountains && rng.f32() < 0.55);
        Land {
            sky: Sky::new(plan, clouds, horizon),
            layers,
            haze: Ramp::new(&[hazy, palette.far, blend(palette.far, palette.near, 0.62), palette.near]),
            snow: snowy.then(|| blend(palette.light, palette.sky[2], 0.25)),
            mist: plan.mist * if family == Family::Desert { 0.5 } else { 1.0 },
            waterline,
            rough: if family == Family::Sea { 1.0 } else { 0.3 },
            deep: blend(blend(palette.sky[1], palette.near, 0.45), palette.near, 0.3),
            warm: blend(palette.light, palette.sky[2], if plan.night { 0.6 } else { 0.3 }),
            cut_out: plan.transparent,
            fine: plan.quality > Quality::Low,
            aspect: plan.aspect,
            unit: 1.0 / plan.aspect.sqrt(),
            seed: rng.u32(..),
        }
    }

    /// Computes the ridges for a rendering `columns` wide.
    pub fn profile(&self, columns: usize, plan: &Plan) -> Profile {
        let one = |layer: &Layer| {
            (0..columns)
                .map(|i| {
                    let x = (i as f32 + 0.5) / columns as f32 * self.aspect;
                    let guide = plan.guide.as_ref().map_or(0.0, |g| 0.34 * (g.height(x / self.aspect) - 0.5));
                    self.ridge(layer, x * self.unit) - guide * (1.0 - layer.depth * 0.75)
                })
                .collect()
        };
        Profile { columns, heights: self.layers.iter().map(one).collect() }
    }

    fn ridge(&self, layer: &Layer, u: f32) -> f32 {
        let f = u * layer.frequency;
        let swell = 0.45 + 0.75 * line(f * 0.9 + 31.0, layer.seed ^ 0xA5);
        let rise = match layer.form {
            Form::Peaks => swell * (0.8 * line_ridged(f * 1.7, 7, layer.seed) + 0.2 * line_fbm(f * 1.1, 3, layer.seed ^ 1)),
            Form::Hills => 0.85 * line_fbm(f * 1.5, 4, layer.seed) + 0.1 * line_fbm(f * 14.0, 3, layer.seed ^ 2) * (layer.trees > 0.0) as u8 as f32,
            Form::Dunes => {
                let n = line_fbm(f * 1.6, 2, layer.seed);
                swell * (1.0 - (2.0 * n - 1.0).abs()).powf(0.8)
            }
        };
        let mut y = layer.base - layer.height * rise;
        if layer.trees > 0.0 {
            y -= layer.trees * conifers(u, layer.trees * self.unit, layer.seed);
        }
        y
    }

    /// The straight-alpha colour there; `pixel` is the height of one pixel.
    pub fn at(&self, profile: &Profile, x: f32, y: f32, pixel: f32) -> ([f32; 3], f32) {
        let Some(line) = self.waterline.filter(|line| y > *line) else {
            return self.dry(profile, x, y, pixel);
        };
        let v = (y - line) / (1.0 - line);
        let z = 1.0 / (v + 0.07);
        let u = x * self.unit;
        let fine = plane(u * 5.0 * z, v * 30.0 * z.sqrt() + 3.0, self.seed) - 0.5;
        let broad = plane(u * 2.2 * z.sqrt(), v * 9.0 * z.sqrt(), self.seed ^ 5) - 0.5;
        let wave = (fine * 0.7 + broad * 0.6) * self.rough;
        let mirror_x = x + wave * (0.02 + 0.1 * v);
        let mirror_y = line - (y - line) * (if self.rough > 0.5 { 0.75 } else { 0.95 }) + wave * (0.05 + 0.3 * v);
        let (mirrored, alpha) = self.dry(profile, mirror_x, mirror_y.min(line - pixel), pixel * 2.0);
        let mut colour = blend(mirrored, self.deep, 0.14 + (0.25 + 0.4 * self.rough) * v.powf(0.7));
        colour = scale(colour, 1.0 + wave * 0.3);
        let (sx, sy, _) = self.sky.sun;
        if sy < line {
            let path = (-((x - sx) / (0.05 + 0.2 * v)).powi(2)).exp();
            let spark = plane(u * 34.0, v * 16.0 * z, self.seed ^ 8) * 0.6 + plane(u * 90.0, v * 30.0 * z, self.seed ^ 9) * 0.4;
            let glint = smooth(0.56, 0.84, spark) * path * (1.0 - 0.55 * v);
            colour = shine(colour, self.warm, glint * mix(0.5, 0.95, self.rough));
        }
        let shore = smooth(0.02, 0.0, v) * (1.0 - self.rough);
        colour = blend(colour, self.haze.at(0.0), shore * 0.55 * self.mist.min(1.0));
        (colour, if self.cut_out { alpha.max(0.35 + 0.5 * (1.0 - v)) } else { alpha })
    }

    fn dry(&self, profile: &Profile, x: f32, y: f32, pixel: f32) -> (Rgb, f32) {
        let column = (x / self.aspect * profile.columns as f32) as i32;
        let column = column.clamp(0, profile.columns as i32 - 1) as usize;
        let height = |k: usize, c: usize| profile.heights.get(k).and_then(|h| h.get(c)).copied().unwrap_or(2.0);
        let mut first = 0;
        let mut covered = false;
        for k in (0..self.layers.len()).rev() {
            if y - height(k, column) > pixel * 2.0 {
                (first, covered) = (k, true);
                break;
            }
        }
        let (mut colour, mut alpha) = (None, 0.0);
        if !covered && !self.cut_out {
            (colour, alpha) = (Some(self.sky.at(x, y)), 1.0);
        }
        for (k, layer) in self.layers.iter().enumerate().skip(first) {
            let ridge = height(k, column);
            let slope = (height(k, (column + 1).min(profile.columns - 1)) - height(k, column.saturating_sub(1)))
                / (2.0 * pixel);
            let cover = ((y - ridge) / (pixel * (1.0 + slope * slope).sqrt().min(5.0)) + 0.5).clamp(0.0, 1.0);
            if cover <= 0.0 {
                continue;
            }
            let surface = self.surface(layer, x, y, ridge);
            colour = Some(colour.map_or(surface, |under| blend(under, surface, cover)));
            alpha = alpha + (1.0 - alpha) * cover;
        }
        (colour.unwrap_or_else(|| self.haze.at(0.0)), alpha)
    }

    /// The colour of one ridge at a point `y - ridge` below its crest.
    fn surface(&self, layer: &Layer, x: f32, y: f32, ridge: f32) -> Rgb {
        let below = (y - ridge).max(0.0);
        let u = x * self.unit;
        let mut colour = self.haze.at(layer.depth);
        let toward = (self.sky.sun.0 - x).signum();
        match layer.form {
            Form::Peaks => {
                let f = mix(6.0, 10.0, layer.depth);
                let (px, py) = (u * f, below * f * 0.75);
                let warp = plane(px * 0.7, py * 0.7, layer.seed ^ 6);
                let octaves = if self.fine { 4 } else { 3 };
                let here = fbm(px + warp, py + warp, octaves, layer.seed ^ 7);
                let there = fbm(px + warp + toward * 0.16, py + warp - 0.12, octaves, layer.seed ^ 7);
                let relief = (here - there) * 3.2 * (1.0 - layer.depth * 0.5);
                colour = if relief > 0.0 {
                    blend(colour, self.warm, (relief * 0.5).min(0.45))
                } else {
                    scale(colour, (1.0 + relief * 0.55).max(0.5))
                };
                if let Some(snow) = self.snow {
                    let reach = layer.height * (0.5 * fbm(u * 7.0, y * 9.0, 4, layer.seed ^ 8) - 0.03);
                    let white = smooth(reach + 0.012, reach - 0.03, below) * smooth(-0.3, 0.15, relief + 0.12);
                    let shaded = blend(snow, self.haze.at(layer.depth * 0.7), 0.12 + 0.5 * layer.depth + (-relief).clamp(0.0, 0.4));
                    colour = blend(colour, shaded, white * 0.9);
                }
            }
            Form::Dunes => {
                let bend = line_fbm(u * 3.0 * layer.frequency, 3, layer.seed ^ 3);
                let face = smooth(-0.05, 0.06, below - layer.height * (0.15 + 0.9 * bend) * (0.6 + 0.4 * line(u * 5.0, layer.seed ^ 4)));
                let lit = blend(colour, self.warm, 0.5);
                let ripples = ((below * 210.0 / (0.4 + layer.depth) + 5.0 * plane(u * 9.0, below * 14.0, layer.seed ^ 5)).sin() * 0.5 + 0.5) * 0.1 * layer.depth;
                colour = blend(lit, scale(colour, 0.86), face * 0.85);
                colour = scale(colour, 1.0 + ripples - 0.04);
                colour = shine(colour, self.warm, 0.25 * (-below * 90.0).exp());
            }
            Form::Hills => {
                let grain = fbm(u * 26.0, y * 34.0, 3, layer.seed ^ 9) - 0.5;
                colour = scale(colour, 1.0 + grain * 0.4 * layer.depth);
                colour = shine(colour, self.haze.at(0.0), 0.16 * (-below * 60.0).exp() * (1.0 - layer.depth));
            }
        }
        let wisp = 0.55 + 0.9 * fbm(u * 2.6, y * 8.0, 3, layer.seed ^ 10);
        let reach = mix(0.3, 0.5, layer.depth);
        let fog = smooth(0.0, reach, below) * self.mist * wisp * (1.0 - 0.72 * layer.depth);
        blend(colour, self.haze.at(0.0), fog.clamp(0.0, 0.92))
    }

    /// Heights of the ridges for a line drawing, farthest first, with the colour of crest and foot.
    pub fn outlines(&self, profile: &Profile) -> Vec<(Vec<f32>, Rgb, Rgb)> {
        let colours = self.layers.iter().map(|layer| {
            let fog = (self.mist * 0.75 * (1.0 - 0.72 * layer.depth)).clamp(0.0, 0.9);
            (self.haze.at(layer.depth), blend(self.haze.at(layer.depth), self.haze.at(0.0), fog))
        });
        profile.heights.iter().cloned().zip(colours).map(|(line, (crest, foot))| (line, crest, foot)).collect()
    }

    pub fn waterline(&self) -> Option<f32> {
        self.waterline
    }
}

/// Heights of a row of firs at `u`, 0..1; `size` is their height and sets how far apart they stand.
fn conifers(u: f32, size: f32, seed: u32) -> f32 {
    let step = size * 0.3;
    let cell = floor(u / step);
    let mut best: f32 = 0.0;
    for k in cell - 2..=cell + 2 {
        let tall = 0.35 + 0.65 * random(k, 1, seed) * (0.55 + 0.45 * line(k as f32 * 0.13, seed ^ 4));
        let centre = (k as f32 + 0.15 + 0.7 * random(k, 2, seed)) * step;
        let part = (u - centre).abs() / (size * 0.24 * (0.6 + 0.4 * tall));
        if part >= 1.0 {
            continue;
        }
        let rows = 9.0;
        let t = (1.0 - part) * rows;
        let row = t as i32 as f32;
        best = best.max(tall * (row + smooth(0.35, 1.0, t - row)) / rows * (1.0 - 0.1 * part));
    }
    best
}
