//! Abstract pictures: lines that follow a field, and compositions of soft geometric shapes.
//!
//! Imports `drawing`, `noise`, `palette`, `scene`. The `symmetry` and `stroke` settings act here.

use super::drawing::{Drawing, Ink, Point, Step, circle, flowing, polar, polygon, rectangle};
use super::noise::{fbm, mix, plane};
use super::palette::{Rgb, blend, scale};
use super::scene::Plan;
use fastrand::Rng;
use std::f32::consts::{PI, TAU};

pub fn flow(plan: &Plan) -> Drawing {
    let mut drawing = Drawing::new(plan.aspect);
    let mut rng = plan.rng(97);
    let (w, h) = (drawing.width, drawing.height);
    let (seed, turns) = (rng.u32(..), 1.2 + 1.6 * rng.f32());
    let zoom = 0.0011 + 0.0011 * rng.f32();
    let width = plan.knobs.stroke.unwrap_or(1.0);
    let colours = plan.palette.accents;
    let symmetry = plan.knobs.symmetry.unwrap_or(1).clamp(1, 12);
    let lines = (900.0 * plan.plenty / (symmetry as f32).sqrt()) as usize;
    let vortex = (w * (0.3 + 0.4 * rng.f32()), h * (0.3 + 0.4 * rng.f32()));
    let pull = 0.5 + rng.f32();
    for k in 0..lines {
        let part = k as f32 / lines as f32;
        let mut at = (w * (rng.f32() * 1.2 - 0.1), h * (rng.f32() * 1.2 - 0.1));
        let guide = plan.guide.as_ref().map_or(0.0, |g| (g.height(at.0 / w) - 0.5) * PI);
        let mut points = vec![at];
        for _ in 0..18 {
            let field = (fbm(at.0 * zoom, at.1 * zoom, 3, seed) - 0.5) * TAU * turns;
            let (dx, dy) = (at.0 - vortex.0, at.1 - vortex.1);
            let round = dy.atan2(dx) + PI / 2.0;
            let near = (-(dx * dx + dy * dy) / 110_000.0).exp() * pull;
            at = polar(at, mix(field + guide, round, near.min(1.0)), 25.0);
            points.push(at);
        }
        let band = plane(points.first().map_or(0.0, |p| p.0) * zoom * 2.2, at.1 * zoom * 2.2, seed ^ 3) * 4.6 - 0.3;
        let index = (band.max(0.0) as usize).min(3);
        let base = colours.get(index).copied().unwrap_or_default();
        let other = colours.get((index + 1) % 4).copied().unwrap_or_default();
        let tone = blend(base, other, (rng.f32() * 0.5 + band.fract().abs() * 0.4).min(1.0));
        let tone = if rng.f32() < 0.1 { blend(tone, plan.palette.light, 0.7) } else { tone };
        let thick = width * mix(15.0, 1.0, part.powf(0.5)) * (0.4 + 0.9 * rng.f32());
        let (first, last) = (points.first().copied().unwrap_or_default(), at);
        let alpha = mix(0.5, 0.92, part);
        let stops = vec![
            (0.0, (tone, 0.0)),
            (0.25, (tone, alpha)),
            (0.8, (blend(tone, other, 0.4), alpha)),
            (1.0, (other, 0.0)),
        ];
        for turn in 0..symmetry {
            let angle = turn as f32 / symmetry as f32 * TAU;
            let about = |p: Point| rotate(p, (w / 2.0, h / 2.0), angle);
            let turned: Vec<Point> = points.iter().map(|p| about(*p)).collect();
            drawing.stroke(flowing(&turned), thick, Ink::Linear(about(first), about(last), stops.clone()));
        }
    }
    drawing
}

fn rotate(p: Point, about: Point, angle: f32) -> Point {
    let (x, y) = (p.0 - about.0, p.1 - about.1);
    let (sin, cos) = angle.sin_cos();
    (about.0 + x * cos - y * sin, about.1 + x * sin + y * cos)
}

pub fn shapes(plan: &Plan) -> Drawing {
    let mut drawing = Drawing::new(plan.aspect);
    let mut rng = plan.rng(101);
    let (w, h) = (drawing.width, drawing.height);
    let unit = w.min(h);
    let palette = &plan.palette;
    let mut inks: Vec<Rgb> = palette.accents.to_vec();
    inks.extend([palette.near, palette.sky[1], palette.light]);
    rng.shuffle(&mut inks);
    let ink = |i: usize| inks.get(i % inks.len().max(1)).copied().unwrap_or_default();
    let symmetry = plan.knobs.symmetry.unwrap_or(1).clamp(1, 12);
    let line = plan.knobs.stroke.unwrap_or(1.0);
    let anchor = plan.guide.as_ref().map_or_else(|| 0.3 + 0.4 * rng.f32(), |g| g.bright);
    let focus = (w * anchor, h * (0.34 + 0.26 * rng.f32()));

    let big = unit * (0.24 + 0.12 * rng.f32());
    disc(&mut drawing, focus, big, ink(0), ink(1));
    rings(&mut drawing, (focus.0 + big * 0.2, focus.1 + big * 0.1), big * 1.18, 3, line * unit * 0.004, palette.near);
    let count = (13.0 * plan.plenty) as usize + 4;
    for k in 0..count {
        let angle = k as f32 * 2.399 + rng.f32() * 0.5;
        let far = unit * (0.12 + 0.5 * (k as f32 / count as f32).sqrt());
        let at = (focus.0 + angle.cos() * far * (w / unit).min(1.5), focus.1 + angle.sin() * far * (h / unit).min(1.5));
        let size = unit * mix(0.2, 0.03, (k as f32 / count as f32).powf(0.6)) * (0.6 + 0.7 * rng.f32());
        let tilt = (rng.usize(0..8) as f32) * PI / 4.0 + 0.2 * (anchor - 0.5);
        let (a, b) = (ink(k + 1), ink(k + 3));
        let kind = rng.usize(0..8);
        for turn in 0..symmetry {
            let by = turn as f32 / symmetry as f32 * TAU;
            let spot = rotate(at, (w / 2.0, h / 2.0), by);
            element(
                &mut drawing,
                &mut Rng::with_seed(k as u64),
                kind,
                spot,
                size,
                tilt + by,
                (a, b),
                line * unit * 0.004,
            );
        }
    }
    let slant = (rng.f32() - 0.5) * 0.9;
    for k in 0..2 + rng.usize(0..2) {
        let y = focus.1 + unit * (0.1 * k as f32 - 0.05);
        let (from, to) =
            (polar((focus.0, y), slant, -unit * 0.62), polar((focus.0, y), slant, unit * (0.35 + 0.2 * rng.f32())));
        drawing.stroke(
            vec![Step::Move(from), Step::Line(to)],
            line * unit * mix(0.006, 0.0022, k as f32 / 3.0),
            Ink::Flat((palette.near, 0.9)),
        );
    }
    drawing
}

fn disc(drawing: &mut Drawing, at: Point, r: f32, a: Rgb, b: Rgb) {
    let (from, to) = ((at.0 - r * 0.7, at.1 - r * 0.7), (at.0 + r * 0.7, at.1 + r * 0.7));
    drawing.fill(circle(at, r), Ink::Linear(from, to, vec![(0.0, (a, 1.0)), (1.0, (blend(a, b, 0.7), 1.0))]));
}

fn rings(drawing: &mut Drawing, at: Point, r: f32, count: usize, width: f32, colour: Rgb) {
    for k in 0..count {
        drawing.stroke(
            circle(at, r * (1.0 - 0.12 * k as f32)),
            width * (1.0 - 0.25 * k as f32),
            Ink::Flat((colour, 0.75)),
        );
    }
}

#[expect(clippy::too_many_arguments, reason = "one shape is described by just these values, once")]
fn element(
    drawing: &mut Drawing,
    rng: &mut Rng,
    kind: usize,
    at: Point,
    size: f32,
    tilt: f32,
    (a, b): (Rgb, Rgb),
    line: f32,
) {
    let along = |d: f32| polar(at, tilt, d);
    let off = |p: Point, d: f32| polar(p, tilt + PI / 2.0, d);
    let soft = Ink::Linear(along(-size), along(size), vec![(0.0, (a, 0.95)), (1.0, (blend(a, b, 0.65), 0.8))]);
    match kind {
        0 | 1 => disc(drawing, at, size * 0.8, a, b),
        2 => {
            let (p, q) = (along(-size), along(size));
            let k = 1.328 * size;
            let path = vec![Step::Move(p), Step::Cubic(off(p, k), off(q, k), q), Step::Close];
            drawing.fill(path, soft);
        }
        3 => drawing.fill(
            polygon(&[
                off(along(-size * 1.2), -size * 0.2),
                off(along(size * 1.2), -size * 0.2),
                off(along(size * 1.2), size * 0.2),
                off(along(-size * 1.2), size * 0.2),
            ]),
            soft,
        ),
        4 => drawing
            .fill(polygon(&[along(size), polar(at, tilt + TAU / 3.0, size), polar(at, tilt - TAU / 3.0, size)]), soft),
        5 => rings(drawing, at, size * 0.9, 2 + rng.usize(0..3), line * 1.6, a),
        6 => {
            for k in 0..6 {
                let shift = (k as f32 - 2.5) * size * 0.2;
                let reach = size * (0.6 + 0.4 * rng.f32());
                let path = vec![Step::Move(off(along(-reach), shift)), Step::Line(off(along(reach), shift))];
                drawing.stroke(path, line * 1.3, Ink::Flat((a, 0.9)));
            }
        }
        _ => {
            let mut dots = Vec::new();
            for k in 0..16 {
                let p = off(along(((k % 4) as f32 - 1.5) * size * 0.36), ((k / 4) as f32 - 1.5) * size * 0.36);
                dots.extend(circle(p, size * 0.075));
            }
            drawing.fill(dots, Ink::Flat((blend(a, scale(b, 0.8), 0.3), 0.95)));
        }
    }
}

/// Soft patches behind the lines of a vector picture, where pixels would have been washed.
pub fn patches(drawing: &mut Drawing, rng: &mut Rng, colours: &[Rgb]) {
    let (w, h) = (drawing.width, drawing.height);
    for colour in colours {
        let (at, r) = ((w * rng.f32(), h * rng.f32()), w.max(h) * (0.3 + 0.3 * rng.f32()));
        let stops = vec![(0.0, (*colour, 0.45)), (1.0, (*colour, 0.0))];
        drawing.fill(rectangle(0.0, 0.0, w, h), Ink::Radial(at, r, stops));
    }
}
