//! Plants as drawings: a bed of flowers, and ferns.
//!
//! Imports `drawing`, `palette`, `scene`. Sizes are in drawing units (a sheet is about a million square units).

use super::drawing::{Drawing, Ink, Point, Step, circle, ellipse, open, polar};
use super::noise::{mix, smooth};
use super::palette::{Rgb, blend, luminance, scale};
use super::scene::Plan;
use fastrand::Rng;
use std::f32::consts::{FRAC_PI_2, PI, TAU};

/// Leaf colours that suit the palette: dark and light.
pub fn greens(plan: &Plan) -> (Rgb, Rgb) {
    let palette = &plan.palette;
    let green = [0.24, 0.42, 0.26];
    (blend(palette.near, green, 0.42), blend(palette.far, [0.52, 0.66, 0.36], 0.5))
}

pub fn flowers(plan: &Plan) -> Drawing {
    let mut drawing = Drawing::new(plan.aspect);
    let mut rng = plan.rng(61);
    let (w, h) = (drawing.width, drawing.height);
    let unit = w.min(h).max(380.0);
    let paper = blend(plan.palette.sky[2], [0.97, 0.95, 0.92], 0.4);
    let paper = if plan.night { plan.palette.sky[0] } else { paper };
    let (dark, light) = greens(plan);
    let across = (w / unit * 4.2 + 2.0) * (0.6 + 0.4 * plan.plenty);
    let kinds: Vec<usize> = (0..3).map(|_| rng.usize(0..6)).collect();
    for (row, count) in [(0.0, across * 1.3), (0.5, across), (1.0, across * 0.62)] {
        let fade = mix(0.66, 0.0, row);
        let leaf = (blend(dark, paper, fade), blend(light, paper, fade));
        let count = count.round().max(2.0) as usize;
        for i in 0..count {
            let spread = (i as f32 + 0.5 + 0.7 * (rng.f32() - 0.5)) / count as f32;
            let guide = plan.guide.as_ref().map_or(0.0, |g| (g.height(spread) - 0.5) * 0.3);
            let root = (w * mix(-0.02, 1.02, spread) + (rng.f32() - 0.5) * unit * 0.1, h * 1.03);
            let tall = h * (mix(0.74, 0.5, row) + 0.2 * (rng.f32() - 0.5) + guide);
            let head = (root.0 + (rng.f32() - 0.5) * unit * 0.32, h - tall);
            let bend = (root.0 + (rng.f32() - 0.5) * unit * 0.2, h - tall * 0.5);
            let size = unit * mix(0.055, 0.115, row) * (0.8 + 0.45 * rng.f32());
            stem(&mut drawing, &mut rng, [root, bend, head], size, leaf);
            let accent = plan.palette.accents.get(rng.usize(0..4)).copied().unwrap_or(light);
            let colour = blend(accent, paper, fade);
            let kind = kinds.get(rng.usize(0..3)).copied().unwrap_or(0);
            let angle = (head.1 - bend.1).atan2(head.0 - bend.0);
            head_of(
                &mut drawing,
                &mut rng,
                plan,
                kind,
                head,
                size,
                angle,
                colour,
                blend(plan.palette.near, paper, fade),
            );
        }
        if row < 1.0 {
            let veil = |a: f32| (paper, a);
            let stops = vec![(0.0, veil(0.0)), (0.55, veil(0.1)), (1.0, veil(0.5))];
            if !plan.transparent {
                drawing.fill(super::drawing::rectangle(0.0, 0.0, w, h), Ink::Linear((0.0, 0.0), (0.0, h), stops));
            }
        }
    }
    drawing
}

/// A stem with leaves along it, from root over bend to head.
fn stem(drawing: &mut Drawing, rng: &mut Rng, [root, bend, head]: [Point; 3], size: f32, leaf: (Rgb, Rgb)) {
    let path = vec![Step::Move(root), Step::Curve(bend, head)];
    let ink = Ink::Linear(root, head, vec![(0.0, (leaf.0, 1.0)), (1.0, (blend(leaf.0, leaf.1, 0.7), 1.0))]);
    drawing.stroke(path, size * 0.085, ink);
    let leaves = 2 + rng.usize(0..4);
    for k in 0..leaves {
        let t = mix(0.18, 0.8, (k as f32 + rng.f32() * 0.6) / leaves as f32);
        let at = quadratic(root, bend, head, t);
        let side = if k % 2 == 0 { 1.0 } else { -1.0 };
        let angle = -FRAC_PI_2 + side * (0.45 + 0.6 * rng.f32());
        let length = size * (2.1 - 1.1 * t) * (0.7 + 0.6 * rng.f32());
        blade(drawing, at, angle, length, length * 0.2, side * 0.35, leaf);
    }
}

pub fn quadratic(a: Point, b: Point, c: Point, t: f32) -> Point {
    let s = 1.0 - t;
    (s * s * a.0 + 2.0 * s * t * b.0 + t * t * c.0, s * s * a.1 + 2.0 * s * t * b.1 + t * t * c.1)
}

/// A pointed leaf with a midrib; `curl` bends its tip.
fn blade(drawing: &mut Drawing, at: Point, angle: f32, length: f32, width: f32, curl: f32, (dark, light): (Rgb, Rgb)) {
    let tip = polar(at, angle + curl * 0.5, length);
    let middle = polar(at, angle, length * 0.5);
    let left = polar(middle, angle - FRAC_PI_2, width);
    let right = polar(middle, angle + FRAC_PI_2, width);
    let path = vec![Step::Move(at), Step::Curve(left, tip), Step::Curve(right, at), Step::Close];
    let stops = vec![(0.0, (dark, 1.0)), (0.7, (blend(dark, light, 0.75), 1.0)), (1.0, (light, 1.0))];
    drawing.fill(path, Ink::Linear(at, tip, stops));
    drawing.stroke(
        vec![Step::Move(at), Step::Curve(middle, tip)],
        width * 0.06,
        Ink::Flat((blend(light, [1.0; 3], 0.3), 0.55)),
    );
}

/// One petal from the middle outwards.
fn petal(drawing: &mut Drawing, at: Point, angle: f32, length: f32, width: f32, inner: Rgb, outer: Rgb) {
    let tip = polar(at, angle, length);
    let side = |sign: f32, part: f32, wide: f32| {
        polar(polar(at, angle, length * part), angle + sign * FRAC_PI_2, width * wide)
    };
    let path = vec![
        Step::Move(at),
        Step::Cubic(side(-1.0, 0.28, 0.55), side(-1.0, 0.86, 1.35), tip),
        Step::Cubic(side(1.0, 0.86, 1.35), side(1.0, 0.28, 0.55), at),
        Step::Close,
    ];
    let stops = vec![(0.0, (inner, 1.0)), (0.5, (blend(inner, outer, 0.7), 1.0)), (1.0, (outer, 0.97))];
    drawing.fill(path, Ink::Radial(at, length, stops));
    let mut veins = Vec::new();
    for k in [-0.5f32, 0.0, 0.5] {
        veins.push(Step::Move(polar(at, angle + k * 0.2, length * 0.25)));
        veins.push(Step::Curve(side(k, 0.55, 0.7), polar(at, angle + k * 0.3 * width / length, length * 0.86)));
    }
    drawing.stroke(veins, (width * 0.035).max(0.4), Ink::Flat((scale(inner, 0.82), 0.28)));
}

#[expect(clippy::too_many_arguments, reason = "a flower head is described by just these values, once")]
fn head_of(
    drawing: &mut Drawing,
    rng: &mut Rng,
    plan: &Plan,
    kind: usize,
    at: Point,
    size: f32,
    angle: f32,
    colour: Rgb,
    dark: Rgb,
) {
    let pale = blend(colour, [1.0, 0.98, 0.95], 0.45);
    let deep = blend(colour, dark, 0.4);
    let turn = rng.f32() * TAU;
    let heart =
        plan.palette.accents.iter().copied().max_by(|a, b| luminance(*a).total_cmp(&luminance(*b))).unwrap_or(pale);
    match kind {
        0 | 1 => {
            let count = if kind == 0 { 13 + rng.usize(0..6) } else { 8 };
            let wide = if kind == 0 { 0.16 } else { 0.3 };
            for (ring, reach) in [(0.0, 1.0), (0.5, 0.78)] {
                for k in 0..count {
                    let a = turn + (k as f32 + ring) / count as f32 * TAU + (rng.f32() - 0.5) * 0.12;
                    let length = size * reach * (0.88 + 0.2 * rng.f32());
                    petal(drawing, at, a, length, size * wide, deep, blend(colour, pale, 0.3 + 0.5 * ring));
                }
            }
            let stops = vec![
                (0.0, (heart, 1.0)),
                (0.7, (blend(heart, dark, 0.35), 1.0)),
                (1.0, (blend(heart, dark, 0.7), 1.0)),
            ];
            drawing.fill(
                circle(at, size * 0.24),
                Ink::Radial((at.0 - size * 0.05, at.1 - size * 0.07), size * 0.3, stops),
            );
            let mut dots = Vec::new();
            for k in 0..26 {
                let r = size * 0.22 * (k as f32 / 26.0).sqrt();
                dots.extend(circle(polar(at, k as f32 * 2.4, r), size * 0.018));
            }
            drawing.fill(dots, Ink::Flat((blend(dark, heart, 0.2), 0.55)));
        }
        2 => {
            for (ring, reach, count) in [(0.0, 1.05, 5), (0.5, 0.8, 4)] {
                for k in 0..count {
                    let a = turn + (k as f32 + ring) / count as f32 * TAU;
                    petal(drawing, at, a, size * reach * (0.9 + 0.2 * rng.f32()), size * 0.62, deep, colour);
                }
            }
            drawing.fill(circle(at, size * 0.17), Ink::Flat((scale(dark, 0.8), 0.95)));
            let mut stamens = Vec::new();
            for k in 0..22 {
                let a = k as f32 / 22.0 * TAU;
                stamens.extend(circle(polar(at, a, size * (0.22 + 0.09 * rng.f32())), size * 0.02));
            }
            drawing.fill(stamens, Ink::Flat((scale(dark, 0.8), 0.9)));
        }
        3 => {
            for (offset, shade) in [(-0.55, 0.75), (0.55, 0.6), (-0.24, 0.3), (0.24, 0.2), (0.0, 0.0)] {
                let base = polar(at, angle + PI, size * 0.3);
                petal(
                    drawing,
                    base,
                    angle + offset * 0.75,
                    size * 1.35,
                    size * 0.42,
                    deep,
                    blend(pale, colour, 0.4 + shade * 0.6),
                );
            }
        }
        4 => {
            for k in 0..46 {
                let t = k as f32 / 46.0;
                let axis = polar(at, angle + PI, size * (1.0 - 2.3 * t));
                let wide = size * mix(0.2, 0.05, t * t);
                let aside = (rng.f32() * 2.0 - 1.0) * wide;
                let spot = polar(axis, angle + FRAC_PI_2, aside);
                let lean = angle + aside / wide * 0.9;
                let tone = blend(deep, pale, (0.25 + 0.5 * t + 0.4 * (rng.f32() - 0.3)).clamp(0.0, 1.0));
                petal(drawing, spot, lean, size * mix(0.24, 0.14, t), size * 0.07, blend(deep, tone, 0.5), tone);
            }
        }
        _ => {
            for k in 0..11 {
                let a = angle + (k as f32 - 5.0) * 0.19;
                let end = polar(at, a, size * (0.9 + 0.2 * rng.f32()));
                drawing.stroke(
                    open(&[polar(at, angle + PI, size * 0.2), end]),
                    size * 0.025,
                    Ink::Flat((blend(dark, colour, 0.3), 0.9)),
                );
                let mut florets = Vec::new();
                for j in 0..7 {
                    florets.extend(circle(polar(end, j as f32 * 2.4, size * 0.055 * (j as f32).sqrt()), size * 0.042));
                }
                drawing.fill(florets, Ink::Radial(end, size * 0.17, vec![(0.0, (pale, 1.0)), (1.0, (colour, 0.9))]));
            }
        }
    }
}

pub fn ferns(plan: &Plan) -> Drawing {
    let mut drawing = Drawing::new(plan.aspect);
    let mut rng = plan.rng(67);
    let (w, h) = (drawing.width, drawing.height);
    let unit = w.min(h).max(380.0);
    let paper = blend(plan.palette.sky[2], [0.97, 0.96, 0.92], 0.4);
    let paper = if plan.night { plan.palette.sky[0] } else { paper };
    let (dark, light) = greens(plan);
    let fronds = ((w / unit * 7.0 + 6.0) * (0.7 + 0.3 * plan.plenty)) as usize;
    let heart = w * (0.4 + 0.2 * rng.f32());
    for k in 0..fronds {
        let row = k as f32 / fronds as f32;
        let fade = mix(0.76, 0.0, row.powf(0.7));
        let tint = plan.palette.accents.get(rng.usize(0..4)).copied().unwrap_or(light);
        let own = (blend(blend(dark, tint, 0.15), paper, fade), blend(blend(light, tint, 0.4), paper, fade));
        let spread = (k * 5 % fronds) as f32 / fronds as f32 + 0.5 / fronds as f32;
        let guide = plan.guide.as_ref().map_or(0.0, |g| (g.height(spread) - 0.5) * 0.5);
        let lean = (spread * 2.0 - 1.0) * 1.15 + (rng.f32() - 0.5) * 0.3;
        let root = (heart + (spread - 0.5) * w * 0.5 + (rng.f32() - 0.5) * unit * 0.15, h * 1.04);
        let reach = h * mix(1.02, 0.72, row) * (0.82 + 0.25 * rng.f32() + guide);
        let bend = polar(root, lean * 0.35 - FRAC_PI_2, reach * 0.75);
        let droop = 0.55 + 0.5 * lean.abs();
        let tip = polar(bend, lean * 1.1 - FRAC_PI_2 + lean.signum() * droop, reach * 0.42);
        frond(&mut drawing, &mut rng, [root, bend, tip], unit * mix(0.12, 0.19, row), own, plan.plenty);
    }
    drawing
}

/// A frond: a bent rachis with pairs of narrow pinnae that shorten towards its tip.
fn frond(
    drawing: &mut Drawing,
    rng: &mut Rng,
    [root, bend, tip]: [Point; 3],
    wide: f32,
    (dark, light): (Rgb, Rgb),
    plenty: f32,
) {
    let pairs = (30.0 * (0.75 + 0.25 * plenty)) as usize;
    let rib = |t: f32| quadratic(root, bend, tip, t);
    for k in 0..pairs {
        let t = mix(0.2, 0.992, k as f32 / pairs as f32);
        let (at, next) = (rib(t), rib((t + 0.02).min(1.0)));
        let along = (next.1 - at.1).atan2(next.0 - at.0);
        let swell = smooth(0.12, 0.4, t) * (1.0 - t).powf(0.62) * 1.35;
        let length = wide * swell.max(0.04);
        for sign in [-1.0, 1.0] {
            let angle = along + sign * mix(1.3, 0.7, t) + (rng.f32() - 0.5) * 0.08;
            let end = polar(at, angle - sign * 0.22, length);
            let thick = length * 0.11 + wide * 0.012;
            let side =
                |s: f32, part: f32| polar(polar(at, angle - sign * 0.1, length * part), angle + s * FRAC_PI_2, thick);
            let path = vec![
                Step::Move(at),
                Step::Cubic(side(1.0, 0.15), side(1.0, 0.7), end),
                Step::Cubic(side(-1.0, 0.7), side(-1.0, 0.15), at),
                Step::Close,
            ];
            let lit = if sign * (tip.0 - root.0) < 0.0 { 1.0 } else { 0.6 };
            let stops = vec![(0.0, (dark, 1.0)), (1.0, (blend(dark, light, lit), 1.0))];
            drawing.fill(path, Ink::Linear(at, end, stops));
            if plenty > 0.6 {
                let vein = vec![Step::Move(at), Step::Line(polar(at, angle - sign * 0.18, length * 0.85))];
                drawing.stroke(vein, wide * 0.006, Ink::Flat((blend(light, [1.0; 3], 0.25), 0.4)));
            }
        }
    }
    let path = vec![Step::Move(root), Step::Curve(bend, tip)];
    drawing.stroke(path, wide * 0.035, Ink::Linear(root, tip, vec![(0.0, (dark, 1.0)), (1.0, (light, 1.0))]));
}

/// A soft blob of shade under something that stands on the ground.
pub fn shadow(drawing: &mut Drawing, at: Point, rx: f32, ry: f32, colour: Rgb) {
    for k in 0..5 {
        let part = 1.0 - k as f32 * 0.18;
        drawing.fill(ellipse(at, rx * part, ry * part), Ink::Flat((colour, 0.12)));
    }
}
