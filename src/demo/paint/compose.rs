//! Puts a picture together: backdrop pixels in parallel rows, shapes on top, reflection, bloom, grain.
//!
//! Imports the other parts of the painter. Invariant: pixels are premultiplied until the last step, straight at the end.

use super::backdrop::Backdrop;
use super::drawing::Drawing;
use super::noise::{floor, hash, plane, smooth};
use super::palette::{blend, scale, shine};
use super::parallel::rows;
use super::scene::{Commission, Manner, Plan, Quality};
use super::water::Water;
use super::words::Family;
use super::{abstraction, botanical, city, scenery, tree};
use image::RgbaImage;
use resvg::tiny_skia::Pixmap;

/// A picture thought through, ready to be rendered at any size.
pub struct Scene {
    plan: Plan,
    backdrop: Backdrop,
    drawing: Option<Drawing>,
}

impl Scene {
    pub fn new(commission: &Commission) -> Scene {
        let plan = Plan::new(commission);
        let drawing = match plan.family {
            Family::Flowers => Some(botanical::flowers(&plan)),
            Family::Fern => Some(botanical::ferns(&plan)),
            Family::Tree => Some(tree::tree(&plan)),
            Family::City => Some(city::city(&plan)),
            Family::Flow => Some(abstraction::flow(&plan)),
            Family::Shapes => Some(abstraction::shapes(&plan)),
            _ => None,
        };
        Scene { backdrop: Backdrop::new(&plan), plan, drawing }
    }

    /// Renders the scene; both sides at least 1, at most 8192.
    pub fn render(&self, width: u32, height: u32) -> RgbaImage {
        let (width, height) = (width.clamp(1, 8192), height.clamp(1, 8192));
        if self.plan.quality == Quality::Low && width.min(height) >= 96 {
            let small = self.render_exact(width / 2, height / 2);
            return image::imageops::resize(&small, width, height, image::imageops::FilterType::Triangle);
        }
        self.render_exact(width, height)
    }

    fn water(&self) -> Option<Water> {
        let palette = &self.plan.palette;
        let mut water = Water {
            line: city::WATERLINE,
            rough: 0.25,
            deep: blend(palette.sky[1], palette.near, 0.72),
            sun: None,
            cut_out: self.plan.transparent,
            seed: self.plan.rng(43).u32(..),
        };
        match &self.backdrop {
            Backdrop::Land(land) => {
                let (x, y, _) = land.sky.sun;
                water.line = land.waterline()?;
                let light = blend(palette.light, palette.sky[2], 0.25);
                water.sun =
                    (y < water.line && self.plan.family != Family::Aurora).then_some((light, x / self.plan.aspect));
                water.rough = if self.plan.family == Family::Sea { 1.0 } else { 0.15 };
            }
            _ if self.plan.family == Family::City && self.plan.water => {
                water.deep = scale(palette.near, 0.9);
                water.rough = 0.45;
            }
            _ => return None,
        }
        Some(water)
    }

    fn render_exact(&self, width: u32, height: u32) -> RgbaImage {
        let Some(mut pixmap) = Pixmap::new(width, height) else { return RgbaImage::new(width, height) };
        self.backdrop.paint(&self.plan, &mut pixmap);
        if let Some(drawing) = &self.drawing {
            drawing.paint(&mut pixmap);
        }
        if let Some(water) = self.water() {
            water.mirror(&mut pixmap);
        }
        let strength = match (self.plan.family, self.plan.night) {
            (Family::City | Family::Aurora, _) => 0.55,
            (Family::Flowers | Family::Fern | Family::Shapes, _) => 0.0,
            (_, true) => 0.4,
            _ => 0.22,
        };
        let bloom = Bloom::of(&pixmap, strength);
        self.finish(&mut pixmap, bloom.as_ref());
        RgbaImage::from_raw(width, height, pixmap.take()).unwrap_or_else(|| RgbaImage::new(width, height))
    }

    /// Bloom, vignette, paper or dots, grain; then straight alpha.
    fn finish(&self, pixmap: &mut Pixmap, bloom: Option<&Bloom>) {
        let (width, height) = (pixmap.width() as f32, pixmap.height() as f32);
        let unit = 1.0 / (width * height).sqrt();
        let (manner, cut_out) = (self.plan.manner, self.plan.transparent);
        let flat = matches!(self.plan.family, Family::Shapes | Family::Flowers | Family::Fern);
        let darkening = if cut_out {
            0.0
        } else if flat {
            0.07
        } else {
            0.2
        };
        let grain = if self.plan.quality == Quality::Low { 1.0 } else { 2.6 };
        rows(pixmap.data_mut(), width as usize * 4, |row, pixels| {
            let v = row as f32 / height - 0.5;
            for (column, pixel) in pixels.chunks_exact_mut(4).enumerate() {
                let [r, g, b, a] = pixel else { continue };
                let alpha = f32::from(*a);
                if alpha < 0.5 {
                    continue;
                }
                let straight = 255.0 / alpha;
                let mut colour = [
                    f32::from(*r) * straight / 255.0,
                    f32::from(*g) * straight / 255.0,
                    f32::from(*b) * straight / 255.0,
                ];
                if let Some(bloom) = bloom {
                    colour = shine(colour, bloom.at(column as f32 / width, row as f32 / height), 1.0);
                }
                let h = column as f32 / width - 0.5;
                let edge = 1.0 - darkening * smooth(0.25, 0.85, (h * h + v * v).sqrt() * 1.25);
                let mut noise = hash(column as i32, row as i32, 0x51ED);
                let fine = ((noise & 255) as f32 + ((noise >> 8) & 255) as f32) / 255.0 - 1.0;
                noise >>= 16;
                let mut amount = fine * grain;
                match manner {
                    Manner::Painted => {}
                    Manner::Paper => {
                        let (x, y) = (column as f32 * unit, row as f32 * unit);
                        let tooth = plane(x * 420.0, y * 420.0, 3) - 0.5;
                        let wash = plane(x * 9.0, y * 9.0, 4) + 0.5 * plane(x * 31.0, y * 31.0, 5) - 0.75;
                        amount += tooth * 15.0 + wash * 12.0;
                    }
                    Manner::Print => {
                        let (x, y) = (column as f32 * unit * 150.0, row as f32 * unit * 150.0);
                        let (x, y) = (0.87 * x + 0.5 * y, 0.87 * y - 0.5 * x);
                        let (dx, dy) = (x - floor(x) as f32 - 0.5, y - floor(y) as f32 - 0.5);
                        let dot = smooth(0.15, 0.55, (dx * dx + dy * dy).sqrt());
                        for c in &mut colour {
                            let level = *c * 5.0;
                            let base = floor(level) as f32;
                            let step = smooth(dot * 0.8, dot * 0.8 + 0.25, level - base);
                            *c = (base + step) / 5.0;
                        }
                    }
                }
                let byte =
                    |c: f32| (c * 255.0 * edge + amount + 0.5 + (noise & 1) as f32 * 0.01).clamp(0.0, 255.0) as u8;
                (*r, *g, *b) = (byte(colour[0]), byte(colour[1]), byte(colour[2]));
            }
        });
    }

    /// The scene as an SVG document, in pieces that can be sent one after the other.
    pub fn svg(&self, width: u32, height: u32) -> Vec<String> {
        scenery::whole(&self.plan, self.drawing.as_ref()).svg(width, height)
    }
}

/// Bright parts, shrunk and blurred, to be added back as glow.
struct Bloom {
    width: usize,
    height: usize,
    light: Vec<[f32; 3]>,
}

impl Bloom {
    fn of(pixmap: &Pixmap, strength: f32) -> Option<Bloom> {
        let (w, h) = (pixmap.width() as usize, pixmap.height() as usize);
        let step = (w.max(h) / 160).max(1);
        let (width, height) = (w / step, h / step);
        if strength <= 0.0 || width < 4 || height < 4 {
            return None;
        }
        let data = pixmap.data();
        let mut light = Vec::with_capacity(width * height);
        for y in 0..height {
            for x in 0..width {
                let mut sum = [0.0f32; 3];
                let samples = 2.min(step);
                for k in 0..samples * samples {
                    let (sx, sy) = (x * step + (k % samples) * step / 2, y * step + (k / samples) * step / 2);
                    let at = (sy * w + sx) * 4;
                    for (s, c) in sum.iter_mut().zip(data.iter().skip(at)) {
                        *s += f32::from(*c);
                    }
                }
                let mean = sum.map(|s| s / (samples * samples) as f32);
                let bright = mean[0].max(mean[1]).max(mean[2]);
                light.push(mean.map(|c| c * strength * smooth(120.0, 250.0, bright) / 255.0));
            }
        }
        let mut bloom = Bloom { width, height, light };
        for radius in [2, 5, 9] {
            bloom.blur(radius);
        }
        Some(bloom)
    }

    /// A box blur along both axes.
    fn blur(&mut self, radius: usize) {
        for (length, lines, along, across) in
            [(self.width, self.height, 1, self.width), (self.height, self.width, self.width, 1)]
        {
            for line in 0..lines {
                let get =
                    |light: &[[f32; 3]], i: usize| light.get(line * across + i * along).copied().unwrap_or_default();
                let source: Vec<[f32; 3]> = (0..length).map(|i| get(&self.light, i)).collect();
                for i in 0..length {
                    let window = source.get(i.saturating_sub(radius)..(i + radius + 1).min(length)).unwrap_or_default();
                    let mut sum = [0.0; 3];
                    for c in window {
                        sum = [sum[0] + c[0], sum[1] + c[1], sum[2] + c[2]];
                    }
                    if let Some(target) = self.light.get_mut(line * across + i * along) {
                        *target = sum.map(|s| s / window.len().max(1) as f32);
                    }
                }
            }
        }
    }

    fn at(&self, u: f32, v: f32) -> [f32; 3] {
        let (x, y) = (u * self.width as f32 - 0.5, v * self.height as f32 - 0.5);
        let (x, y) = (if x < 0.0 { 0.0 } else { x }, if y < 0.0 { 0.0 } else { y });
        let (i, j) = (x as usize, y as usize);
        let (fx, fy) = (x - i as f32, y - j as f32);
        let (top, bottom) = (self.pair(i, j), self.pair(i, j + 1));
        blend(blend(top.0, top.1, fx), blend(bottom.0, bottom.1, fx), fy)
    }

    /// Two neighbours of a row; beyond the edge the last ones again.
    #[inline(always)]
    fn pair(&self, i: usize, j: usize) -> ([f32; 3], [f32; 3]) {
        let j = if j < self.height { j } else { self.height - 1 };
        let start = j * self.width + if i + 1 < self.width { i } else { self.width - 2 };
        match self.light.get(start..start + 2) {
            Some([a, b]) => (*a, *b),
            _ => ([0.0; 3], [0.0; 3]),
        }
    }
}
