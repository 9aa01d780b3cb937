//! What lies behind the shapes, pixel by pixel: a whole landscape, a sky, or a sheet of tinted paper.
//!
//! Imports `landscape`, `sky`, `palette`, `noise`, `parallel::rows`. With a transparent background only land remains.

use super::landscape::Land;
use super::noise::{fbm, hash, smooth};
use super::palette::{Ramp, Rgb, blend, luminance, scale};
use super::parallel::rows;
use super::scene::Plan;
use super::sky::{Clouds, Sky};
use super::words::Family;
use resvg::tiny_skia::Pixmap;

pub enum Backdrop {
    Land(Box<Land>),
    Sky(Box<Sky>),
    /// Washes of colour on a sheet.
    Sheet(Ramp, u32),
    Nothing,
}

impl Backdrop {
    pub fn new(plan: &Plan) -> Backdrop {
        let drawn = matches!(
            plan.family,
            Family::Flowers | Family::Fern | Family::Tree | Family::City | Family::Flow | Family::Shapes
        );
        match plan.family {
            _ if plan.transparent && drawn => Backdrop::Nothing,
            Family::Tree | Family::City => Backdrop::Sky(Box::new(Sky::new(plan, Clouds::Streaks, 0.82))),
            _ if drawn => Backdrop::Sheet(Ramp::new(&sheet(plan)), plan.rng(41).u32(..)),
            _ => Backdrop::Land(Box::new(Land::new(plan))),
        }
    }

    pub fn paint(&self, plan: &Plan, pixmap: &mut Pixmap) {
        let (width, height) = (pixmap.width() as usize, pixmap.height() as usize);
        let pixel = 1.0 / height as f32;
        let profile = match self {
            Backdrop::Land(land) => Some(land.profile(width, plan)),
            _ => None,
        };
        let unit = 1.0 / plan.aspect.sqrt();
        rows(pixmap.data_mut(), width * 4, |row, pixels| {
            let y = (row as f32 + 0.5) * pixel;
            for (column, target) in pixels.chunks_exact_mut(4).enumerate() {
                let x = (column as f32 + 0.5) * pixel;
                let (colour, alpha) = match (self, &profile) {
                    (Backdrop::Land(land), Some(profile)) => land.at(profile, x, y, pixel),
                    (Backdrop::Sky(sky), _) => (sky.at(x, y), 1.0),
                    (Backdrop::Sheet(ramp, seed), _) => (wash(ramp, *seed, plan.aspect, x * unit, y * unit), 1.0),
                    _ => return,
                };
                let noise = hash(column as i32, row as i32, 0xD17);
                let dither = ((noise & 255) as f32 + ((noise >> 8) & 255) as f32) / 255.0 - 0.5;
                let byte = |c: f32| (c * alpha * 255.0 + dither).clamp(0.0, 255.0) as u8;
                let bytes = [byte(colour[0]), byte(colour[1]), byte(colour[2]), (alpha * 255.0 + 0.5) as u8];
                target.copy_from_slice(&bytes.map(|c| c.min(bytes[3])));
            }
        });
    }
}

/// The tints of the sheet a drawing stands on, from edge to middle.
pub fn sheet(plan: &Plan) -> [Rgb; 3] {
    let palette = &plan.palette;
    let dark = match plan.family {
        Family::Flow => palette.is_dark() || plan.night,
        _ => plan.night || luminance(palette.sky[2]) < 0.45,
    };
    if dark {
        return [
            scale(palette.near, 0.8),
            blend(palette.near, palette.sky[0], 0.5),
            blend(palette.near, palette.sky[1], 0.55),
        ];
    }
    let paper = [0.985, 0.97, 0.94];
    [blend(palette.sky[2], palette.sky[1], 0.3), blend(palette.sky[2], paper, 0.45), blend(palette.light, paper, 0.75)]
}

fn wash(ramp: &Ramp, seed: u32, aspect: f32, x: f32, y: f32) -> Rgb {
    let unit = aspect.sqrt();
    let (dx, dy) = (x - 0.5 * unit, y - 0.42 / unit);
    let round = smooth(0.85, 0.05, (dx * dx + dy * dy).sqrt());
    let blot = fbm(x * 2.2 + 9.0, y * 2.2, 5, seed);
    ramp.at(0.75 * round + 0.8 * (blot - 0.4))
}
