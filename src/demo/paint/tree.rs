//! A single tree on a rise, grown by recursion, with its leaves or blossom and what has fallen from it.
//!
//! Imports `drawing`, `botanical`, `palette`, `scene`. The sky behind it is the backdrop's business.

use super::botanical::{greens, shadow};
use super::drawing::{Drawing, Ink, Point, Step, circle, ellipse, polar};
use super::noise::mix;
use super::palette::{Rgb, blend, scale};
use super::scene::Plan;
use fastrand::Rng;
use std::f32::consts::{FRAC_PI_2, TAU};

struct Grown {
    /// From, over, to, width at the start and at the end.
    branches: Vec<(Point, Point, Point, f32, f32)>,
    tips: Vec<Point>,
}

pub fn tree(plan: &Plan) -> Drawing {
    let mut drawing = Drawing::new(plan.aspect);
    let mut rng = plan.rng(71);
    let (w, h) = (drawing.width, drawing.height);
    let unit = w.min(h);
    let guide = plan.guide.as_ref().map_or(0.5, |g| 1.0 - g.bright);
    let centre = w * mix(0.3, 0.7, if plan.guide.is_some() { guide } else { rng.f32() });
    let ground = h * 0.84;
    for (row, part) in [(0.0f32, 0.3f32), (0.5, 0.65), (1.0, 1.0)] {
        let colour = blend(plan.palette.far, plan.palette.near, part * 0.95);
        hill(&mut drawing, &mut rng, ground - unit * mix(0.09, -0.01, row), unit * mix(0.1, 0.05, row), colour);
    }
    let root = (centre, ground + unit * 0.03);
    shadow(&mut drawing, root, unit * 0.3, unit * 0.03, scale(plan.palette.near, 0.5));
    let mut grown = Grown { branches: Vec::new(), tips: Vec::new() };
    let depth = if plan.plenty < 0.8 { 6 } else { 8 };
    let lean = -FRAC_PI_2 + (rng.f32() - 0.5) * 0.24;
    grow(&mut grown, &mut rng, root, lean, unit * 0.162, unit * 0.04, depth);

    let bark = blend(plan.palette.near, [0.2, 0.13, 0.1], 0.35);
    let accents = plan.palette.accents;
    let leafy = blend(greens(plan).1, accents[1], 0.35);
    let main = if rng.f32() < 0.7 { blend(accents[0], accents[1], 0.3 * rng.f32()) } else { leafy };
    let crown = [blend(main, plan.palette.near, 0.22), main, blend(main, [1.0, 0.98, 0.94], 0.42)];
    puffs(
        &mut drawing,
        &mut rng,
        &grown.tips,
        unit,
        crown.map(|c| blend(c, plan.palette.near, 0.42)),
        plan.plenty,
        1.0,
    );
    for (from, over, to, a, b) in &grown.branches {
        let angle = (to.1 - from.1).atan2(to.0 - from.0) + FRAC_PI_2;
        let (l1, r1) = (polar(*from, angle, *a / 2.0), polar(*from, angle, -a / 2.0));
        let (l2, r2) = (polar(*to, angle, *b / 2.0), polar(*to, angle, -b / 2.0));
        let middle = |d: f32| polar(*over, angle, d);
        let path = vec![
            Step::Move(l1),
            Step::Curve(middle((a + b) / 4.0), l2),
            Step::Line(r2),
            Step::Curve(middle(-(a + b) / 4.0), r1),
            Step::Close,
        ];
        let lit = blend(bark, plan.palette.light, 0.22);
        let ink = if *a < unit * 0.008 {
            Ink::Flat((bark, 1.0))
        } else {
            Ink::Linear(l1, r1, vec![(0.0, (bark, 1.0)), (0.75, (bark, 1.0)), (1.0, (lit, 1.0))])
        };
        drawing.fill(path, ink);
    }
    puffs(&mut drawing, &mut rng, &grown.tips, unit, crown, plan.plenty, 0.62);
    for _ in 0..(60.0 * plan.plenty) as usize {
        let at = (centre + (rng.f32() - 0.5) * unit * 0.95, ground + unit * (0.01 + 0.1 * rng.f32()));
        let colour = crown.get(rng.usize(0..3)).copied().unwrap_or(leafy);
        drawing.fill(ellipse(at, unit * 0.005, unit * 0.0024), Ink::Flat((colour, 0.9)));
    }
    for _ in 0..(16.0 * plan.plenty) as usize {
        let at = (centre + (rng.f32() - 0.3) * unit * 0.9, ground - unit * 0.5 * rng.f32());
        let colour = crown.get(rng.usize(0..3)).copied().unwrap_or(leafy);
        drawing.fill(ellipse(at, unit * 0.0045, unit * 0.003), Ink::Flat((colour, 0.85)));
    }
    drawing
}

fn hill(drawing: &mut Drawing, rng: &mut Rng, y: f32, swell: f32, colour: Rgb) {
    let (w, h) = (drawing.width, drawing.height);
    let (a, b, c) = (rng.f32() - 0.5, rng.f32() - 0.5, rng.f32() - 0.5);
    let path = vec![
        Step::Move((0.0, y + a * swell)),
        Step::Cubic((w * 0.3, y - swell + b * swell), (w * 0.6, y - swell - b * swell), (w, y + c * swell)),
        Step::Line((w, h)),
        Step::Line((0.0, h)),
        Step::Close,
    ];
    let stops = vec![(0.0, (colour, 1.0)), (1.0, (scale(colour, 0.62), 1.0))];
    drawing.fill(path, Ink::Linear((0.0, y - swell), (0.0, h), stops));
}

fn grow(grown: &mut Grown, rng: &mut Rng, from: Point, angle: f32, length: f32, width: f32, depth: u32) {
    let to = polar(from, angle, length);
    let over = polar(polar(from, angle, length * 0.5), angle + FRAC_PI_2, (rng.f32() - 0.5) * length * 0.3);
    let thin = width * 0.7;
    grown.branches.push((from, over, to, width, thin));
    if depth <= 2 {
        grown.tips.push(to);
    }
    if depth == 0 {
        return;
    }
    let forks = if rng.f32() < 0.3 && depth > 3 { 3 } else { 2 };
    for k in 0..forks {
        let side = (k as f32 - (forks - 1) as f32 / 2.0) * 2.0 / (forks - 1) as f32;
        let turn = side * (0.34 + 0.28 * rng.f32()) + (rng.f32() - 0.5) * 0.22;
        let upward = (-FRAC_PI_2 - angle - turn) * 0.1;
        let shorter = length * (0.72 + 0.16 * rng.f32());
        let thinner = thin * (0.74 + 0.14 * rng.f32());
        grow(grown, rng, to, angle + turn + upward, shorter, thinner, depth - 1);
    }
}

/// A plump leaf in two curves.
fn leaf(at: Point, angle: f32, length: f32) -> [Step; 4] {
    let (base, tip) = (polar(at, angle, -length), polar(at, angle, length));
    let side = |sign: f32| polar(at, angle + FRAC_PI_2, sign * length * 1.5);
    [Step::Move(base), Step::Curve(side(1.0), tip), Step::Curve(side(-1.0), base), Step::Close]
}

/// Clouds of small leaves about the tips of the branches.
fn puffs(drawing: &mut Drawing, rng: &mut Rng, tips: &[Point], unit: f32, colours: [Rgb; 3], plenty: f32, part: f32) {
    let step = (tips.len() as f32 / (170.0 * plenty)).ceil().max(1.0) as usize;
    for tip in tips.iter().step_by(step) {
        if rng.f32() > part {
            continue;
        }
        let high = 1.0 - (tip.1 / drawing.height).clamp(0.0, 1.0);
        let pick = (high * 3.4 + rng.f32() * 1.4 - 1.1).clamp(0.0, 2.0) as usize;
        let colour = colours.get(pick).copied().unwrap_or_default();
        let mut leaves = Vec::new();
        for k in 0..12 {
            let far = unit * 0.045 * rng.f32().sqrt();
            let at = polar(*tip, k as f32 / 12.0 * TAU + rng.f32(), far);
            leaves.extend(leaf(at, rng.f32() * TAU, unit * (0.006 + 0.0095 * rng.f32())));
        }
        let soft = unit * 0.045;
        let haze = vec![(0.0, (colour, 0.4)), (1.0, (colour, 0.0))];
        drawing.fill(circle(*tip, soft), Ink::Radial(*tip, soft, haze));
        drawing.fill(leaves, Ink::Flat((colour, 0.88)));
    }
}
