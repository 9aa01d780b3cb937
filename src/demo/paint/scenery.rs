//! The same scenes as clean vector drawings: sky, sun, clouds, ridges and water as paths and gradients.
//!
//! Imports `drawing`, `landscape`, `noise`, `palette`, `scene`, `backdrop::sheet`. Shapes come back to front.

use super::abstraction::patches;
use super::backdrop::sheet;
use super::drawing::{Drawing, Ink, Step, circle, ellipse, open, rectangle};
use super::landscape::Land;
use super::noise::{line_fbm, mix};
use super::palette::{blend, scale, shine};
use super::scene::Plan;
use super::words::Family;

/// The whole picture: backdrop and, where the family has one, the drawing on top.
pub fn whole(plan: &Plan, drawing: Option<&Drawing>) -> Drawing {
    let mut sheet_of = Drawing::new(plan.aspect);
    match plan.family {
        Family::Flowers | Family::Fern | Family::Flow | Family::Shapes => paper(plan, &mut sheet_of),
        Family::Tree | Family::City => heaven(plan, &mut sheet_of, &Land::new(plan)),
        _ => country(plan, &mut sheet_of),
    }
    if let Some(drawing) = drawing {
        sheet_of.shapes.extend(drawing.shapes.iter().cloned());
    }
    if plan.family == Family::City && plan.water {
        waterfront(plan, &mut sheet_of);
    }
    sheet_of
}

fn paper(plan: &Plan, drawing: &mut Drawing) {
    if plan.transparent {
        return;
    }
    let (w, h) = (drawing.width, drawing.height);
    let [edge, middle, heart] = sheet(plan);
    let stops = vec![(0.0, (heart, 1.0)), (0.6, (middle, 1.0)), (1.0, (edge, 1.0))];
    drawing.fill(rectangle(0.0, 0.0, w, h), Ink::Radial((w * 0.5, h * 0.42), w.max(h) * 0.75, stops));
    patches(drawing, &mut plan.rng(107), &[heart, plan.palette.sky[2], middle]);
}

fn heaven(plan: &Plan, drawing: &mut Drawing, land: &Land) {
    if plan.transparent {
        return;
    }
    let (w, h) = (drawing.width, drawing.height);
    let mut rng = plan.rng(109);
    let [top, middle, low] = plan.palette.sky;
    let foot = land.sky.horizon * h;
    let stops =
        vec![(0.0, (top, 1.0)), (0.5, (blend(top, middle, 0.75), 1.0)), (0.75, (middle, 1.0)), (1.0, (low, 1.0))];
    drawing.fill(rectangle(0.0, 0.0, w, h), Ink::Linear((0.0, 0.0), (0.0, foot), stops));
    if plan.night || plan.family == Family::Aurora {
        for size in [0.9, 1.5, 2.4] {
            let mut stars = Vec::new();
            for _ in 0..(60.0 * plan.plenty / size) as usize {
                stars.extend(circle((w * rng.f32(), foot * rng.f32().powf(1.4)), size * (0.6 + 0.6 * rng.f32())));
            }
            drawing.fill(stars, Ink::Flat((plan.palette.light, 0.85)));
        }
    }
    if plan.family == Family::Aurora {
        curtains(plan, drawing, foot);
    } else {
        let (sx, sy, radius) = land.sky.sun;
        let at = (sx * h, sy * h);
        let glow = |a| (plan.palette.light, a);
        let stops = vec![(0.0, glow(0.75)), (0.25, glow(0.4)), (1.0, glow(0.0))];
        drawing.fill(rectangle(0.0, 0.0, w, h), Ink::Radial(at, h * 0.55, stops));
        drawing.fill(circle(at, radius * h), Ink::Flat((shine(plan.palette.light, [1.0; 3], 0.4), 1.0)));
    }
    let banks = if plan.family == Family::Clouds { 11 } else { 4 };
    for k in 0..banks {
        let part = k as f32 / banks as f32;
        let y = foot * mix(0.2, 0.88, part) + (rng.f32() - 0.5) * foot * 0.1;
        let x = w * rng.f32();
        let size = w.min(h) * mix(0.1, 0.24, rng.f32()) * if plan.family == Family::Clouds { 1.35 } else { 0.8 };
        let mut path = Vec::new();
        for j in 0..9 {
            let t = j as f32 / 8.0 - 0.5;
            let r = size * (0.42 - 0.5 * t * t) * (0.55 + 0.6 * rng.f32());
            path.extend(ellipse(
                (x + t * size * 3.2, y - r * 0.4),
                r * 1.25,
                r * if plan.family == Family::Clouds { 0.85 } else { 0.3 },
            ));
        }
        let light = blend(plan.palette.light, low, 0.3);
        let stops = vec![(0.0, (light, 0.8)), (0.55, (blend(light, middle, 0.5), 0.5)), (1.0, (middle, 0.0))];
        drawing.fill(path, Ink::Linear((x, y - size * 0.6), (x, y + size * 0.35), stops));
    }
}

fn curtains(plan: &Plan, drawing: &mut Drawing, foot: f32) {
    let (w, h) = (drawing.width, drawing.height);
    let mut rng = plan.rng(113);
    for k in 0..3 {
        let seed = rng.u32(..);
        let base = foot * mix(0.5, 0.85, k as f32 / 2.0);
        let wave = |x: f32| base + (line_fbm(x / 330.0, 3, seed) - 0.5) * h * 0.42;
        for strip in 0..64 {
            let (x0, x1) = (w * strip as f32 / 64.0, w * (strip as f32 + 1.12) / 64.0);
            let strength = 0.15 + 0.6 * line_fbm(strip as f32 * 0.55, 2, seed ^ 1);
            let tall = h * (0.2 + 0.3 * line_fbm(strip as f32 * 0.2, 2, seed ^ 2));
            let (y0, y1) = (wave(x0), wave(x1));
            let corners = [(x0, y0), (x1, y1), (x1, y1 - tall), (x0, y0 - tall)];
            let (green, violet) = (plan.palette.accents[0], plan.palette.accents[1]);
            let stops = vec![(0.0, (green, strength)), (0.35, (green, strength * 0.5)), (1.0, (violet, 0.0))];
            drawing.glow(super::drawing::polygon(&corners), Ink::Linear((x0, y0), (x0, y0 - tall), stops));
        }
    }
}

fn country(plan: &Plan, drawing: &mut Drawing) {
    let (w, h) = (drawing.width, drawing.height);
    let land = Land::new(plan);
    heaven(plan, drawing, &land);
    let columns = (w / 5.0 * plan.plenty.max(0.8)) as usize;
    let water = land.waterline().map(|line| line * h);
    for (line, crest, foot) in land.outlines(&land.profile(columns, plan)) {
        let top = line.iter().copied().fold(1.0f32, f32::min) * h;
        let floor = water.unwrap_or(h);
        let mut points: Vec<(f32, f32)> = vec![(0.0, floor)];
        let last = line.len().saturating_sub(1).max(1) as f32;
        points.extend(line.iter().enumerate().map(|(i, y)| (i as f32 / last * w, (y * h).min(floor))));
        points.push((w, floor));
        let mut path = open(&points);
        path.push(Step::Close);
        let stops = vec![(0.0, (crest, 1.0)), (1.0, (foot, 1.0))];
        drawing.fill(path, Ink::Linear((0.0, top), (0.0, floor.min(top + h * 0.4)), stops));
    }
    if let Some(line) = water {
        lake(plan, drawing, &land, line);
    }
}

fn lake(plan: &Plan, drawing: &mut Drawing, land: &Land, line: f32) {
    let (w, h) = (drawing.width, drawing.height);
    let mut rng = plan.rng(127);
    let [_, middle, low] = plan.palette.sky;
    let alpha = if plan.transparent { 0.6 } else { 1.0 };
    let deep = blend(middle, plan.palette.near, 0.7);
    let stops = vec![
        (0.0, (blend(low, plan.palette.far, 0.35), alpha)),
        (0.35, (blend(middle, plan.palette.far, 0.3), alpha)),
        (1.0, (deep, alpha)),
    ];
    drawing.fill(rectangle(0.0, line, w, h - line), Ink::Linear((0.0, line), (0.0, h), stops));
    let sun = land.sky.sun.0 * h;
    for _ in 0..(70.0 * plan.plenty) as usize {
        let v = rng.f32().powf(1.4);
        let y = mix(line + 3.0, h, v);
        let long = w * mix(0.015, 0.09, v) * (0.4 + rng.f32());
        let near_sun = rng.f32() < 0.45;
        let x = if near_sun { sun + (rng.f32() - 0.5) * w * mix(0.06, 0.26, v) } else { w * rng.f32() };
        let (tone, a) = if near_sun { (plan.palette.light, 0.6) } else { (blend(deep, middle, rng.f32()), 0.5) };
        drawing.fill(ellipse((x, y), long, mix(0.7, 2.6, v)), Ink::Flat((tone, a * (1.0 - 0.4 * v))));
    }
}

/// Water in front of a city, with the lights drawn out downwards.
fn waterfront(plan: &Plan, drawing: &mut Drawing) {
    let (w, h) = (drawing.width, drawing.height);
    let mut rng = plan.rng(131);
    let line = h * 0.74;
    let near = scale(plan.palette.near, 0.9);
    let stops = vec![
        (0.0, (blend(near, plan.palette.sky[2], 0.35), 1.0)),
        (0.3, (blend(near, plan.palette.sky[1], 0.25), 1.0)),
        (1.0, (near, 1.0)),
    ];
    drawing.fill(rectangle(0.0, line, w, h - line), Ink::Linear((0.0, line), (0.0, h), stops));
    for _ in 0..(110.0 * plan.plenty) as usize {
        let x = w * rng.f32();
        let long = (h - line) * (0.2 + 0.7 * rng.f32());
        let colours = [plan.palette.light, plan.palette.accents[1], plan.palette.accents[0]];
        let tone = colours.get(rng.usize(0..3)).copied().unwrap_or(plan.palette.light);
        let stops = vec![(0.0, (tone, 0.5)), (1.0, (tone, 0.0))];
        drawing.glow(rectangle(x, line, 2.0 + 5.0 * rng.f32(), long), Ink::Linear((x, line), (x, line + long), stops));
    }
}
