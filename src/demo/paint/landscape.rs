//! Land and water, pixel by pixel: ridges behind ridges in haze, trees on the near ones, dunes, seas, reflections.
//!
//! Imports `noise`, `palette`, `scene`, `sky`. Heights of all ridges are computed once per column of the rendering.

use super::noise::{fbm, line, line_fbm, line_ridged, mix, plane, smooth};
use super::palette::{Ramp, Rgb, blend, scale, shine};
use super::relief::{conifers, crags, puffs};
use super::scene::{Plan, Quality};
use super::sky::{Clouds, Sky};
use super::words::Family;

#[derive(Clone, Copy, PartialEq)]
enum Form {
    Peaks,
    Hills,
    Dunes,
    Cloud,
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
    /// Light of the sun or moon as it falls on land and water.
    warm: Rgb,
    /// Clouds in shade and in haze.
    cloud: [Rgb; 2],
    cut_out: bool,
    fine: bool,
    aspect: f32,
    unit: f32,
}

/// Ridge heights of every layer at every column.
pub struct Profile {
    columns: usize,
    /// One more column than there are pixels, so that the last has a neighbour.
    heights: Vec<Vec<f32>>,
}

impl Profile {
    #[inline(always)]
    fn height(&self, layer: usize, column: usize) -> f32 {
        match self.heights.get(layer) {
            Some(line) => match line.get(column) {
                Some(height) => *height,
                None => 2.0,
            },
            None => 2.0,
        }
    }
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
            Family::Clouds => {
                for k in 0..6 {
                    let t = k as f32 / 5.0;
                    let base = mix(0.72, 1.12, t.powf(1.1));
                    layers.push(layer(Form::Cloud, t, base, mix(0.17, 0.4, t), mix(2.2, 0.95, t), 0.0, seed()));
                }
            }
            Family::Aurora => {
                layers.push(layer(Form::Peaks, 0.55, ground + 0.02, 0.3, 1.1, 0.0, seed()));
                layers.push(layer(Form::Hills, 0.95, ground + 0.015, 0.1, 1.6, 0.06, seed()));
            }
            Family::Desert => {
                layers.push(layer(Form::Peaks, 0.05, horizon + 0.06, 0.22, 0.9, 0.0, seed()));
                for k in 0..5 {
                    let t = k as f32 / 4.0;
                    let base = mix(horizon + 0.1, 1.06, t.powf(1.2));
                    layers.push(layer(
                        Form::Dunes,
                        mix(0.2, 0.92, t),
                        base,
                        mix(0.09, 0.26, t),
                        mix(2.6, 0.75, t),
                        0.0,
                        seed(),
                    ));
                }
            }
            Family::Forest => {
                layers.push(layer(Form::Peaks, 0.03, horizon, 0.3, 1.0, 0.0, seed()));
                for k in 0..5 {
                    let t = k as f32 / 4.0;
                    let base = mix(horizon + 0.02, if waterline.is_some() { ground + 0.03 } else { 1.1 }, t);
                    let tall = mix(0.03, if waterline.is_some() { 0.13 } else { 0.3 }, t * t);
                    layers.push(layer(
                        Form::Hills,
                        mix(0.15, 1.0, t),
                        base,
                        mix(0.2, 0.12, t),
                        mix(1.6, 1.0, t),
                        tall,
                        seed(),
                    ));
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
            warm: blend(palette.light, palette.sky[2], if plan.night { 0.6 } else { 0.3 }),
            cloud: [blend(palette.far, palette.sky[0], 0.35), blend(palette.sky[2], palette.sky[1], 0.4)],
            cut_out: plan.transparent,
            fine: plan.quality > Quality::Low,
            aspect: plan.aspect,
            unit: 1.0 / plan.aspect.sqrt(),
        }
    }

    /// Computes the ridges for a rendering `columns` wide.
    pub fn profile(&self, columns: usize, plan: &Plan) -> Profile {
        let one = |layer: &Layer| {
            (0..=columns)
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
            Form::Peaks => {
                let crest = (line_ridged(f * 1.5, 7, layer.seed) - 0.28).max(0.0) * 1.45;
                swell * (0.85 * crest + 0.2 * line_fbm(f * 1.1, 3, layer.seed ^ 1))
            }
            Form::Cloud => 0.5 * line_fbm(f * 1.3, 2, layer.seed) + puffs(f, layer.seed),
            Form::Hills => {
                0.85 * line_fbm(f * 1.5, 4, layer.seed)
                    + 0.1 * line_fbm(f * 14.0, 3, layer.seed ^ 2) * (layer.trees > 0.0) as u8 as f32
            }
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

    /// The straight-alpha colour there; `pixel` is the height of one pixel. Water is left empty: it mirrors pixels.
    pub fn at(&self, profile: &Profile, x: f32, y: f32, pixel: f32) -> ([f32; 3], f32) {
        if self.waterline.is_some_and(|line| y > line + pixel) {
            return ([0.0; 3], 0.0);
        }
        let column = (x / self.aspect * profile.columns as f32) as i32;
        let column = column.clamp(0, profile.columns as i32 - 1) as usize;
        let mut first = 0;
        let mut covered = false;
        let mut k = self.layers.len();
        while k > 0 {
            k -= 1;
            if y - profile.height(k, column) > pixel * 2.6 {
                (first, covered) = (k, true);
                break;
            }
        }
        let (mut colour, mut alpha) = (None, 0.0);
        if !covered && !self.cut_out {
            (colour, alpha) = (Some(self.sky.at(x, y)), 1.0);
        }
        for (k, layer) in self.layers.iter().enumerate().skip(first) {
            let ridge = profile.height(k, column);
            let slope = (profile.height(k, column + 1) - profile.height(k, column.max(1) - 1)) / (2.0 * pixel);
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
        let toward = if self.sky.sun.0 > self.aspect * 0.5 { 1.0 } else { -1.0 };
        match layer.form {
            Form::Peaks => {
                let f = mix(5.0, 8.5, layer.depth);
                let (px, py) = (u * f - below * f * 0.35 * toward, below * f * 0.62);
                let octaves = if self.fine { 5 } else { 3 };
                let here = crags(px, py, octaves, layer.seed ^ 7);
                let there = crags(px + toward * 0.11, py - 0.07, octaves, layer.seed ^ 7);
                let relief = (here - there) * 2.4 * (1.0 - layer.depth * 0.4);
                colour = if relief > 0.0 {
                    blend(colour, self.warm, (relief * 0.5).min(0.36))
                } else {
                    scale(colour, (1.0 + relief * 0.62).max(0.55))
                };
                if let Some(snow) = self.snow {
                    let reach = layer.height * (0.75 * here - 0.12) * (0.5 + 0.9 * line(u * 3.0, layer.seed ^ 8));
                    let white = smooth(reach + 0.006, reach - 0.02, below) * smooth(-0.42, 0.0, relief);
                    let shaded = blend(
                        snow,
                        self.haze.at(layer.depth * 0.7),
                        0.2 + 0.45 * layer.depth + (-relief).clamp(0.0, 0.45),
                    );
                    colour = blend(colour, shaded, white * 0.85);
                }
            }
            Form::Cloud => {
                let puff = fbm(
                    u * 5.0 * layer.frequency,
                    y * 7.0 * layer.frequency,
                    if self.fine { 4 } else { 2 },
                    layer.seed ^ 9,
                );
                let sun = (-(x - self.sky.sun.0).abs() * 1.6).exp();
                let bright = blend(self.cloud[1], self.warm, 0.25 + 0.7 * sun);
                let rim = (-below * mix(26.0, 11.0, layer.depth)).exp();
                let body = blend(
                    self.cloud[0],
                    self.cloud[1],
                    (0.9 - 0.55 * layer.depth + 0.9 * (puff - 0.5)).clamp(0.0, 1.0),
                );
                let lit = (rim * (0.55 + 0.5 * sun) + (puff - 0.5) * 0.9 * (-below * 6.0).exp()).clamp(0.0, 1.0);
                return blend(
                    blend(body, bright, lit),
                    self.cloud[1],
                    smooth(0.05, 0.42, below) * 0.55 * (1.0 - layer.depth * 0.6),
                );
            }
            Form::Dunes => {
                let bend = line_fbm(u * 3.0 * layer.frequency, 3, layer.seed ^ 3);
                let face = smooth(
                    -0.05,
                    0.06,
                    below - layer.height * (0.15 + 0.9 * bend) * (0.6 + 0.4 * line(u * 5.0, layer.seed ^ 4)),
                );
                let lit = blend(colour, self.warm, 0.5);
                let ripples =
                    ((below * 330.0 / (0.4 + layer.depth) + 5.0 * plane(u * 9.0, below * 14.0, layer.seed ^ 5)).sin()
                        * 0.5
                        + 0.5)
                        * 0.05
                        * layer.depth;
                colour = blend(lit, scale(colour, 0.86), face * 0.85);
                colour = scale(colour, 1.0 + ripples - 0.02);
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
        let fog =
            smooth(0.0, reach, below) * self.mist * wisp * (1.0 - 0.72 * layer.depth * (1.25 - self.mist).min(1.0));
        blend(colour, self.haze.at(0.0), fog.clamp(0.0, 0.92))
    }

    /// Heights of the ridges for a line drawing, farthest first, with the colour of crest and foot.
    pub fn outlines(&self, profile: &Profile) -> Vec<(Vec<f32>, Rgb, Rgb)> {
        let colours = self.layers.iter().map(|layer| {
            if layer.form == Form::Cloud {
                let lit = blend(self.cloud[1], self.warm, 0.75 - 0.3 * layer.depth);
                return (lit, blend(self.cloud[0], self.cloud[1], 0.8 - 0.4 * layer.depth));
            }
            let fog = (self.mist * 0.75 * (1.0 - 0.72 * layer.depth)).clamp(0.0, 0.9);
            (self.haze.at(layer.depth), blend(self.haze.at(layer.depth), self.haze.at(0.0), fog))
        });
        profile.heights.iter().cloned().zip(colours).map(|(line, (crest, foot))| (line, crest, foot)).collect()
    }

    pub fn waterline(&self) -> Option<f32> {
        self.waterline
    }
}
