//! City lights: towers behind towers, lit windows, the waterfront that mirrors them, lights out of focus in front.
//!
//! Imports `drawing`, `palette`, `noise`, `scene`. The reflection is the business of `water`.

use super::drawing::{Drawing, Ink, Step, circle, open, rectangle};
use super::noise::mix;
use super::palette::{Rgb, blend, scale};
use super::scene::Plan;
use fastrand::Rng;

/// Where the water begins, as a part of the height.
pub const WATERLINE: f32 = 0.74;

pub fn city(plan: &Plan) -> Drawing {
    let mut drawing = Drawing::new(plan.aspect);
    let mut rng = plan.rng(83);
    let (w, h) = (drawing.width, drawing.height);
    let unit = w.min(h).max(380.0);
    let ground = if plan.water { h * WATERLINE } else { h * 0.97 };
    let palette = &plan.palette;
    let lit = plan.knobs.lit.unwrap_or(0.42);
    for row in 0..4 {
        let depth = row as f32 / 3.0;
        let far = blend(palette.sky[1], palette.far, 0.6);
        let body = blend(far, scale(palette.near, 0.9), mix(0.12, 1.0, depth));
        let foot = blend(body, palette.sky[2], mix(0.5, 0.08, depth));
        let mut x = -unit * 0.05 * rng.f32();
        while x < w {
            let width = unit * mix(0.05, 0.12, depth) * (0.6 + 0.8 * rng.f32());
            let centred = 1.0 - ((x / w - 0.5) * 2.0).abs().powf(1.6) * 0.45;
            let guide = plan.guide.as_ref().map_or(1.0, |g| 0.55 + 0.9 * g.height(x / w));
            let tall =
                h * mix(0.56, 0.3, depth) * (0.4 + 0.75 * rng.f32() * rng.f32() + 0.18 * rng.f32()) * centred * guide;
            let tower = Tower { x, width, top: ground - tall, ground, depth };
            tower.draw(&mut drawing, &mut rng, plan, body, foot, lit, unit);
            x += width * (0.86 + 0.5 * rng.f32() * (1.0 - depth * 0.5));
        }
        if !plan.transparent {
            let veil = |a| (palette.sky[2], a);
            let stops = vec![(0.0, veil(0.0)), (1.0, veil(mix(0.3, 0.06, depth) * (0.5 + plan.mist)))];
            let band = rectangle(0.0, ground - h * 0.3, w, h * 0.3);
            drawing.fill(band, Ink::Linear((0.0, ground - h * 0.3), (0.0, ground), stops));
        }
    }
    if !plan.water {
        street(&mut drawing, &mut rng, plan, ground, unit);
    }
    drawing
}

struct Tower {
    x: f32,
    width: f32,
    top: f32,
    ground: f32,
    depth: f32,
}

impl Tower {
    #[expect(clippy::too_many_arguments, reason = "the colours and sizes of the row are shared by all its towers")]
    fn draw(&self, drawing: &mut Drawing, rng: &mut Rng, plan: &Plan, body: Rgb, foot: Rgb, lit: f32, unit: f32) {
        let Tower { x, width, top, ground, depth } = *self;
        let shade = 0.9 + 0.2 * rng.f32();
        let stops = vec![(0.0, (scale(body, shade), 1.0)), (1.0, (foot, 1.0))];
        let ink = Ink::Linear((x, top), (x, ground), stops);
        let mut outline = match rng.usize(0..5) {
            0 => vec![(x, top + width * 0.3), (x + width * 0.5, top), (x + width, top + width * 0.3)],
            1 => vec![(x, top + width * 0.35), (x + width, top)],
            2 => {
                let (a, b) = (x + width * 0.22, x + width * 0.78);
                let step = top + width * 0.5;
                vec![(x, step), (a, step), (a, top), (b, top), (b, step), (x + width, step)]
            }
            _ => vec![(x, top), (x + width, top)],
        };
        outline.extend([(x + width, ground), (x, ground)]);
        drawing.fill(super::drawing::polygon(&outline), ink);
        if rng.f32() < 0.3 {
            let mast = x + width * (0.3 + 0.4 * rng.f32());
            let tip = top - unit * (0.02 + 0.05 * rng.f32());
            drawing.stroke(open(&[(mast, top + width * 0.3), (mast, tip)]), unit * 0.0022, Ink::Flat((body, 1.0)));
            if depth > 0.3 {
                drawing.glow(circle((mast, tip), unit * 0.004), Ink::Flat(([1.0, 0.25, 0.2], 0.95)));
            }
        }
        self.windows(drawing, rng, plan, lit, unit);
    }

    fn windows(&self, drawing: &mut Drawing, rng: &mut Rng, plan: &Plan, lit: f32, unit: f32) {
        let pitch = unit * mix(0.0085, 0.0155, self.depth) / plan.plenty.clamp(0.7, 1.2);
        let columns = ((self.width - pitch * 0.6) / pitch) as i32;
        let first = self.top + self.width * 0.52 + pitch * 0.5;
        let storeys = ((self.ground - first) / (pitch * 1.25)) as i32;
        let margin = (self.width - columns as f32 * pitch) / 2.0;
        let warm = blend(plan.palette.light, [1.0, 0.82, 0.5], 0.5);
        let tones = [
            warm,
            blend(warm, plan.palette.accents[1], 0.5),
            plan.palette.accents[0],
            blend(plan.palette.light, [0.8, 0.9, 1.0], 0.5),
        ];
        let mut panes: [Vec<Step>; 4] = Default::default();
        let favourite = if rng.f32() < 0.22 { 2 } else { rng.usize(0..2) };
        let awake = lit * (0.45 + 1.1 * rng.f32()) * mix(0.9, 1.25, self.depth);
        for row in 0..storeys {
            let lively = if rng.f32() < 0.12 { 2.2 } else { 1.0 };
            for column in 0..columns {
                if rng.f32() > awake * lively {
                    continue;
                }
                let kind = if rng.f32() < 0.75 { favourite } else { rng.usize(0..4) };
                let (px, py) = (self.x + margin + column as f32 * pitch, first + row as f32 * pitch * 1.25);
                if let Some(group) = panes.get_mut(kind) {
                    group.extend(rectangle(px + pitch * 0.2, py, pitch * 0.56, pitch * 0.62));
                }
            }
        }
        for (path, tone) in panes.into_iter().zip(tones) {
            if !path.is_empty() {
                drawing.fill(path, Ink::Flat((tone, mix(0.42, 0.94, self.depth))));
            }
        }
    }
}

/// A street in front: glow on the ground and lights out of focus.
fn street(drawing: &mut Drawing, rng: &mut Rng, plan: &Plan, ground: f32, unit: f32) {
    let (w, h) = (drawing.width, drawing.height);
    let dark = scale(plan.palette.near, 0.75);
    if !plan.transparent {
        let stops = vec![(0.0, (blend(dark, plan.palette.sky[2], 0.25), 0.0)), (0.5, (dark, 0.75)), (1.0, (dark, 1.0))];
        drawing.fill(rectangle(0.0, h * 0.76, w, h * 0.24), Ink::Linear((0.0, h * 0.76), (0.0, h), stops));
    }
    let count = (w / unit * 34.0 * plan.plenty) as usize;
    for k in 0..count {
        let near = (k as f32 / count as f32).powf(0.8);
        let drop = (rng.f32() + rng.f32() + rng.f32()) / 3.0;
        let at = (w * rng.f32(), mix(ground - h * 0.13, ground + h * 0.03, drop) - near * h * 0.05);
        let r = unit * mix(0.007, 0.034, near * rng.f32());
        let warm = blend(plan.palette.light, [1.0, 0.75, 0.4], 0.5);
        let colour = match rng.usize(0..5) {
            0 => plan.palette.accents[0],
            1 => plan.palette.accents[1],
            2 => [1.0, 0.3, 0.22],
            _ => warm,
        };
        let a = mix(0.7, 0.3, near);
        let stops = vec![(0.0, (colour, a * 0.75)), (0.86, (colour, a)), (1.0, (colour, 0.0))];
        drawing.glow(circle(at, r), Ink::Radial(at, r, stops));
    }
}
