//! Skies, pixel by pixel: gradient, sun or moon with glow, clouds in perspective, billows, stars, aurora.
//!
//! Imports `noise`, `palette`, `scene`. Coordinates: `y` runs 0 (top) to 1 (bottom), `x` 0 to the aspect ratio.

use super::noise::{fbm, floor, hash, line, line_fbm, plane, random, smooth};
use super::palette::{Ramp, Rgb, blend, luminance, scale, shine};
use super::scene::Plan;
use super::words::Family;

pub struct Sky {
    ramp: Ramp,
    light: Rgb,
    shade: Rgb,
    accents: [Rgb; 4],
    pub horizon: f32,
    /// Middle and radius of the sun or moon.
    pub sun: (f32, f32, f32),
    moon: bool,
    stars: bool,
    /// Feature size: frequencies are multiplied by this so that wide pictures do not shrink their clouds.
    unit: f32,
    cover: f32,
    kind: Clouds,
    octaves: u32,
    seed: u32,
}

#[derive(Clone, Copy, PartialEq)]
pub enum Clouds {
    /// High streaks seen in perspective.
    Streaks,
    /// No clouds, but curtains of northern light.
    Aurora,
}

impl Sky {
    pub fn new(plan: &Plan, kind: Clouds, horizon: f32) -> Sky {
        let mut rng = plan.rng(11);
        let rise = match plan.family {
            Family::Mountains | Family::Forest => 0.24,
            Family::Clouds => 0.5,
            _ => 0.03,
        };
        let low_sun = horizon - rise - 0.18 * rng.f32();
        let side = plan.guide.as_ref().map_or_else(|| 0.22 + 0.56 * rng.f32(), |g| g.bright);
        let radius = 0.028 + 0.035 * rng.f32();
        let sun_y = if plan.night { 0.12 + 0.2 * rng.f32() } else { low_sun };
        let palette = &plan.palette;
        Sky {
            ramp: Ramp::new(&[
                palette.sky[0],
                blend(palette.sky[0], palette.sky[1], 0.55),
                palette.sky[1],
                palette.sky[2],
            ]),
            light: palette.light,
            shade: blend(palette.far, palette.sky[0], 0.5),
            accents: palette.accents,
            horizon,
            sun: (side * plan.aspect, sun_y, radius * plan.aspect.sqrt().min(1.4)),
            moon: plan.night,
            stars: plan.night || kind == Clouds::Aurora || luminance(palette.sky[0]) < 0.14,
            unit: 1.0 / plan.aspect.sqrt(),
            cover: 0.38 + 0.3 * rng.f32(),
            kind,
            octaves: plan.octaves,
            seed: rng.u32(..),
        }
    }

    /// The colour of the sky there; below the horizon it goes on as the horizon's colour.
    pub fn at(&self, x: f32, y: f32) -> Rgb {
        let t = (y / self.horizon).clamp(0.0, 1.0);
        let mut colour = self.ramp.at(t.powf(0.85));
        let (sx, sy, radius) = self.sun;
        let distance = ((x - sx).powi(2) + (y - sy).powi(2)).sqrt();
        if self.stars {
            colour = self.star(x, y, colour, smooth(0.95, 0.35, t));
        }
        if self.kind == Clouds::Aurora {
            return self.aurora(x, y, colour);
        }
        let reach = if self.moon { 9.0 } else { 5.0 };
        let glow = (-distance * reach).exp();
        colour = shine(colour, self.light, glow * if self.moon { 0.35 } else { 0.62 });
        let disc = smooth(radius * 1.03, radius * 0.96, distance);
        if disc > 0.0 {
            colour = blend(colour, self.disc(x, y), disc);
        }
        self.streaks(x, y, colour, glow)
    }

    fn disc(&self, x: f32, y: f32) -> Rgb {
        if !self.moon {
            return self.light;
        }
        let (sx, sy, radius) = self.sun;
        let seas = fbm((x - sx) / radius * 1.6 + 5.0, (y - sy) / radius * 1.6, 4, self.seed ^ 77);
        scale(self.light, 1.0 - 0.22 * smooth(0.42, 0.68, seas))
    }

    fn star(&self, x: f32, y: f32, colour: Rgb, strength: f32) -> Rgb {
        if strength <= 0.0 {
            return colour;
        }
        let mut colour = colour;
        let grids = [(34.0, 0.42, 0.05), (90.0, 0.3, 0.075)];
        let mut rest = &grids[..];
        while let [(grid, dense, size), more @ ..] = rest {
            let (grid, dense, size) = (*grid, *dense, *size);
            rest = more;
            let f = grid * self.unit;
            let (gx, gy) = (x * f, y * f);
            let (i, j) = (floor(gx), floor(gy));
            let h = hash(i, j, self.seed ^ grid as u32);
            if (h & 1023) as f32 / 1023.0 > dense {
                continue;
            }
            let (px, py) = (0.2 + 0.6 * random(i, j, 5), 0.2 + 0.6 * random(i, j, 6));
            let magnitude = random(i, j, self.seed ^ 9).powi(4);
            let d = ((gx - i as f32 - px).powi(2) + (gy - j as f32 - py).powi(2)).sqrt();
            let r = size * (0.6 + 1.6 * magnitude);
            let point = smooth(r, r * 0.2, d) * (0.25 + 0.75 * magnitude) + 0.35 * magnitude * (-d * 9.0).exp();
            let tint = blend([0.8, 0.88, 1.0], [1.0, 0.9, 0.78], random(i, j, 8));
            colour = shine(colour, tint, point * strength);
        }
        colour
    }

    fn streaks(&self, x: f32, y: f32, colour: Rgb, glow: f32) -> Rgb {
        let d = self.horizon - y + 0.16;
        if d <= 0.1 {
            return colour;
        }
        let (px, py) = ((x - self.sun.0) * self.unit / d * 0.75, 0.55 / d);
        let warp = plane(px * 1.3, py * 1.7, self.seed ^ 3) * 0.9;
        let density = fbm(px * 1.1 + warp, py * 2.6 + warp * 0.5, self.octaves, self.seed);
        let cover = smooth(0.62 - 0.32 * self.cover, 0.86 - 0.2 * self.cover, density) * smooth(0.17, 0.34, d);
        if cover <= 0.0 {
            return colour;
        }
        let toward = fbm(px * 1.1 + warp + 0.12, py * 2.6 + warp * 0.5 - 0.2, 3, self.seed);
        let lit = (0.45 + 2.2 * (density - toward) + 0.7 * glow).clamp(0.0, 1.0);
        let cloud = blend(blend(self.shade, colour, 0.35), blend(self.light, self.ramp.at(1.0), 0.35), lit);
        blend(colour, cloud, cover * if self.moon { 0.45 } else { 0.8 })
    }

    fn aurora(&self, x: f32, y: f32, colour: Rgb) -> Rgb {
        let mut colour = colour;
        let mut curtain = 0u32;
        while curtain < 3 {
            let seed = self.seed.wrapping_add(curtain * 7919);
            let order = curtain as f32;
            curtain += 1;
            let u = x * self.unit;
            let sway = line_fbm(u * 1.4 + order * 3.1, 3, seed) - 0.5;
            let fold = line_fbm(u * 5.0, 2, seed ^ 2) - 0.5;
            let foot = self.horizon * (0.5 + 0.14 * order) + sway * 0.62 + fold * 0.09;
            let above = foot - y;
            let tall = 0.16 + 0.36 * line(u * 2.3, seed ^ 4);
            let body = if above > 0.0 { (-above / tall).exp() } else { smooth(-0.022, 0.0, above) };
            if body < 0.01 {
                continue;
            }
            let lean = u + above * 0.12;
            let rays = 0.42 + 0.58 * line_fbm(lean * 46.0, 2, seed ^ 5) * (0.5 + line(lean * 13.0, seed ^ 6));
            let breath = 0.25 + 0.75 * smooth(0.25, 0.65, line_fbm(u * 1.9, 2, seed ^ 7));
            let green = self.accents[0];
            let tone = if above < tall * 0.9 {
                blend(blend(green, [0.9, 1.0, 0.9], 0.12), green, smooth(0.0, 0.05, above))
            } else {
                green
            };
            let tone = blend(tone, self.accents[1], smooth(tall * 0.35, tall * 1.7, above.max(0.0)));
            colour = shine(colour, tone, body * rays * breath * 1.05);
        }
        shine(colour, self.accents[0], 0.1 * smooth(0.2, 1.0, y / self.horizon))
    }
}
