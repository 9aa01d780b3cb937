//! Paints egui's output on the CPU, so that pictures of the window need no GPU, no driver and no packages.
//!
//! Corners are snapped to 1/256 of a pixel and coverage is decided in whole numbers, so the same input gives the same
//! bytes on every run. [`harness`] is the one place that sets how tests draw, [`snapshot`] how strictly they compare.

use std::collections::HashMap;
use std::sync::Arc;

use egui::epaint::textures::{TextureFilter, TextureOptions, TextureWrapMode};
use egui::epaint::{ClippedPrimitive, ImageData, Mesh, Primitive, Vertex};
use egui::{Color32, ColorImage, Context, FullOutput, Pos2, TextureId, TexturesDelta, Theme, Vec2};
use egui_kittest::{Harness, HarnessBuilder, SnapshotOptions, TestRenderer};

/// A builder for tests with pictures: this painter, Easel's fonts and themes, no drawn pointer.
pub fn harness<State>(size: impl Into<Vec2>, theme: Theme) -> HarnessBuilder<State> {
    Harness::builder()
        .with_size(size)
        .with_theme(theme)
        .with_render_cursor(false)
        .with_context_setup(easel::ui::theme::install)
        .renderer(Painter::default())
}

/// Compares with `tests/snapshots/NAME.png`. The painter repeats itself to the bit; the tolerance is for the rounding
/// of floating point on other machines. `UPDATE_SNAPSHOTS=1` writes the pictures anew: look at them.
#[track_caller]
pub fn snapshot<State>(harness: &mut Harness<'_, State>, name: &str) {
    harness.snapshot_options(name, &SnapshotOptions::new().threshold(0.6).max_failed_pixels(4));
}

/// Fills the margin that the test harness leaves around a bare `ui`.
pub fn ground(ui: &egui::Ui) {
    let painter = ui.ctx().layer_painter(egui::LayerId::background());
    painter.rect_filled(ui.ctx().content_rect(), 0, ui.visuals().panel_fill);
}

#[derive(Default)]
pub struct Painter {
    textures: HashMap<TextureId, Texture>,
}

struct Texture {
    image: Arc<ColorImage>,
    options: TextureOptions,
}

impl TestRenderer for Painter {
    fn handle_delta(&mut self, delta: &mut TexturesDelta) {
        for (id, deltas) in delta.set.drain() {
            for delta in deltas {
                let ImageData::Color(image) = delta.image;
                match (delta.pos, self.textures.get_mut(&id)) {
                    (Some([left, top]), Some(texture)) => {
                        texture.options = delta.options;
                        let whole = Arc::make_mut(&mut texture.image);
                        let stride = whole.width();
                        for (y, row) in image.pixels.chunks_exact(image.width()).enumerate() {
                            let start = (top + y) * stride + left;
                            whole.pixels[start..start + row.len()].copy_from_slice(row);
                        }
                    }
                    (Some(_), None) => panic!("part of a texture that was never set"),
                    (None, _) => {
                        self.textures.insert(id, Texture { image, options: delta.options });
                    }
                }
            }
        }
        for id in delta.free.drain() {
            self.textures.remove(&id);
        }
    }

    fn render(&mut self, ctx: &Context, output: &FullOutput) -> Result<image::RgbaImage, String> {
        let scale = ctx.pixels_per_point();
        let size = ctx.content_rect().size() * scale;
        let (width, height) = (size.x.round() as usize, size.y.round() as usize);
        let primitives = ctx.tessellate(output.shapes.clone(), scale);
        let mut pixels = vec![Color32::TRANSPARENT; width * height];
        let bands = std::thread::available_parallelism().map_or(1, usize::from).min(8);
        let rows = height.div_ceil(bands).max(1);
        std::thread::scope(|scope| {
            for (index, band) in pixels.chunks_mut(rows * width.max(1)).enumerate() {
                let (painter, primitives) = (&*self, &primitives);
                scope.spawn(move || painter.paint(primitives, scale, Band { top: index * rows, width, pixels: band }));
            }
        });
        let bytes = pixels.into_iter().flat_map(|color| color.to_srgba_unmultiplied()).collect();
        image::RgbaImage::from_raw(width as u32, height as u32, bytes).ok_or_else(|| "size of the picture".into())
    }
}

/// Some rows of the picture: premultiplied, row by row.
struct Band<'a> {
    top: usize,
    width: usize,
    pixels: &'a mut [Color32],
}

impl Band<'_> {
    fn bottom(&self) -> i64 {
        (self.top + self.pixels.len() / self.width) as i64
    }

    fn span(&mut self, y: i64, from: i64, to: i64) -> &mut [Color32] {
        let row = (y as usize - self.top) * self.width;
        &mut self.pixels[row + from as usize..row + to as usize]
    }
}

/// Left, top, right, bottom in whole pixels.
type Clip = [i64; 4];

impl Painter {
    fn paint(&self, primitives: &[ClippedPrimitive], scale: f32, mut band: Band<'_>) {
        for primitive in primitives {
            let c = primitive.clip_rect;
            let edge = |v: f32, most: i64| ((v * scale).round() as i64).clamp(0, most);
            let (right, bottom) = (band.width as i64, band.bottom());
            let clip = [
                edge(c.min.x, right),
                edge(c.min.y, bottom).max(band.top as i64),
                edge(c.max.x, right),
                edge(c.max.y, bottom),
            ];
            if let Primitive::Mesh(mesh) = &primitive.primitive {
                self.mesh(mesh, scale, clip, &mut band);
            }
        }
    }

    fn mesh(&self, mesh: &Mesh, scale: f32, clip: Clip, band: &mut Band<'_>) {
        let Some(texture) = self.textures.get(&mesh.texture_id) else { return };
        for corner in mesh.indices.chunks_exact(3) {
            let corners = [corner[0], corner[1], corner[2]].map(|index| mesh.vertices[index as usize]);
            if corners.iter().any(|vertex| vertex.color != Color32::TRANSPARENT)
                && let Some(triangle) = Triangle::new(corners, scale)
            {
                triangle.paint(texture, clip, band);
            }
        }
    }
}

/// A point in 1/256 of a pixel.
type Fixed = (i64, i64);
const ONE: i64 = 256;

struct Triangle {
    vertices: [Vertex; 3],
    points: [Fixed; 3],
    area: i64,
}

impl Triangle {
    /// Turned so that its area is positive; `None` without area.
    fn new(mut vertices: [Vertex; 3], scale: f32) -> Option<Self> {
        let fixed = |p: Pos2| ((p.x * scale * ONE as f32).round() as i64, (p.y * scale * ONE as f32).round() as i64);
        let mut points = vertices.map(|vertex| fixed(vertex.pos));
        let [a, b, c] = points;
        let area = (b.0 - a.0) * (c.1 - a.1) - (b.1 - a.1) * (c.0 - a.0);
        if area < 0 {
            points.swap(1, 2);
            vertices.swap(1, 2);
        }
        (area != 0).then_some(Self { vertices, points, area: area.abs() })
    }

    /// The pixels of row `y` whose middles lie inside, from `left` to before `right`, and the three edge functions
    /// there: their value at `left` and their growth per pixel.
    fn span(&self, y: i64, left: i64, right: i64) -> Option<(i64, i64, [i64; 3], [i64; 3])> {
        let [a, b, c] = self.points;
        let (px, py) = (left * ONE + ONE / 2, y * ONE + ONE / 2);
        let (mut from, mut to) = (0, right - left);
        let (mut value, mut growth) = ([0; 3], [0; 3]);
        for (i, (a, b)) in [(b, c), (c, a), (a, b)].into_iter().enumerate() {
            let (dx, dy) = (b.0 - a.0, b.1 - a.1);
            value[i] = dx * (py - a.1) - dy * (px - a.0);
            growth[i] = -dy * ONE;
            // A pixel exactly on an edge belongs to one of the two triangles that share it.
            let owned = dy < 0 || (dy == 0 && dx > 0);
            let least = i64::from(!owned);
            match growth[i] {
                0 if value[i] < least => return None,
                0 => {}
                g if g > 0 => from = from.max(-(value[i] - least).div_euclid(g)),
                g => to = to.min((value[i] - least).div_euclid(-g) + 1),
            }
        }
        (from < to).then(|| (left + from, left + to, [0, 1, 2].map(|i| value[i] + growth[i] * from), growth))
    }

    fn paint(&self, texture: &Texture, clip: Clip, band: &mut Band<'_>) {
        let range = |axis: fn(&Fixed) -> i64| {
            let all = self.points.iter().map(axis);
            let (least, most) = (all.clone().min().unwrap_or(0), all.max().unwrap_or(0));
            ((least - ONE / 2).div_euclid(ONE), (most + ONE / 2 - 1).div_euclid(ONE) + 1)
        };
        let ((x0, x1), (y0, y1)) = (range(|p| p.0), range(|p| p.1));
        let (left, right) = (clip[0].max(x0), clip[2].min(x1));
        let color = self.vertices.map(|vertex| vertex.color.to_array().map(f32::from));
        let [u, v, w] = self.vertices;
        let even_color = u.color == v.color && v.color == w.color;
        let even_texture = u.uv == v.uv && v.uv == w.uv;
        let texel = even_texture.then(|| texture.sample(u.uv));
        let solid = texel.filter(|_| even_color).map(|texel| tinted(color[0], texel));

        for y in clip[1].max(y0)..clip[3].min(y1) {
            let Some((from, to, mut edges, growth)) = self.span(y, left, right) else { continue };
            let pixels = band.span(y, from, to);
            if let Some(solid) = solid {
                if solid[3] >= 255.0 {
                    pixels.fill(over(solid, Color32::TRANSPARENT));
                } else {
                    pixels.iter_mut().for_each(|pixel| *pixel = over(solid, *pixel));
                }
                continue;
            }
            for pixel in pixels {
                let part = edges.map(|edge| edge as f32 / self.area as f32);
                let mix = |a: f32, b: f32, c: f32| a * part[0] + b * part[1] + c * part[2];
                let tint = if even_color {
                    color[0]
                } else {
                    [0, 1, 2, 3].map(|i| mix(color[0][i], color[1][i], color[2][i]))
                };
                let texel = texel.unwrap_or_else(|| {
                    texture.sample(Pos2::new(mix(u.uv.x, v.uv.x, w.uv.x), mix(u.uv.y, v.uv.y, w.uv.y)))
                });
                *pixel = over(tinted(tint, texel), *pixel);
                edges = [0, 1, 2].map(|i| edges[i] + growth[i]);
            }
        }
    }
}

fn tinted(color: [f32; 4], texel: [f32; 4]) -> [f32; 4] {
    [0, 1, 2, 3].map(|i| color[i] * texel[i] / 255.0)
}

fn over(top: [f32; 4], below: Color32) -> Color32 {
    let rest = 1.0 - top[3] / 255.0;
    let below = below.to_array();
    // `as` saturates.
    let [r, g, b, a] = [0, 1, 2, 3].map(|i| (top[i] + f32::from(below[i]) * rest + 0.5) as u8);
    Color32::from_rgba_premultiplied(r, g, b, a)
}

impl Texture {
    fn texel(&self, x: i64, y: i64) -> [f32; 4] {
        let wrap = |i: i64, n: usize| {
            let n = n as i64;
            let i = match self.options.wrap_mode {
                TextureWrapMode::ClampToEdge => i.clamp(0, n - 1),
                TextureWrapMode::Repeat => i.rem_euclid(n),
                TextureWrapMode::MirroredRepeat => {
                    let i = i.rem_euclid(2 * n);
                    i.min(2 * n - 1 - i)
                }
            };
            i as usize
        };
        let [width, height] = self.image.size;
        self.image.pixels[wrap(y, height) * width + wrap(x, width)].to_array().map(f32::from)
    }

    fn sample(&self, at: Pos2) -> [f32; 4] {
        let (x, y) = (at.x * self.image.width() as f32, at.y * self.image.height() as f32);
        if self.options.magnification == TextureFilter::Nearest {
            return self.texel(x.floor() as i64, y.floor() as i64);
        }
        let (x, y) = (x - 0.5, y - 0.5);
        let (left, top) = (x.floor(), y.floor());
        let (fx, fy) = (x - left, y - top);
        let (left, top) = (left as i64, top as i64);
        // Text lies on whole texels: one look-up instead of four.
        let on_texel = |f: f32| !(0.004..=0.996).contains(&f);
        if on_texel(fx) && on_texel(fy) {
            return self.texel(left + i64::from(fx > 0.5), top + i64::from(fy > 0.5));
        }
        let [a, b] = [self.texel(left, top), self.texel(left + 1, top)];
        let [c, d] = [self.texel(left, top + 1), self.texel(left + 1, top + 1)];
        [0, 1, 2, 3].map(|i| {
            let upper = a[i] + (b[i] - a[i]) * fx;
            let lower = c[i] + (d[i] - c[i]) * fx;
            upper + (lower - upper) * fy
        })
    }
}

fn drawing(theme: Theme) -> Harness<'static> {
    harness([160.0, 200.0], theme).build_ui(|ui| {
        ground(ui);
        egui::CentralPanel::default().show(ui, |ui| {
            ui.heading("Easel");
            ui.label("half-covered pixels, rounded corners, a texture");
            let image = ColorImage::new([2, 2], vec![Color32::RED, Color32::GREEN, Color32::BLUE, Color32::WHITE]);
            let texture = ui.load_texture_cached("four", egui::Id::unique("four"), image, TextureOptions::NEAREST);
            ui.image((texture.id(), Vec2::splat(32.0)));
        });
    })
}

#[test]
fn painting_the_same_frame_twice_gives_the_same_bytes() {
    let first = drawing(Theme::Dark).render().unwrap();
    assert_eq!(first, drawing(Theme::Dark).render().unwrap());
    assert_ne!(first, drawing(Theme::Light).render().unwrap());
}

#[test]
fn every_pixel_is_covered_once_and_textures_show_their_own_colours() {
    let picture = drawing(Theme::Dark).render().unwrap();
    assert!(picture.pixels().all(|pixel| pixel.0[3] == 255), "the panel covers everything");
    let count = |color: [u8; 4]| picture.pixels().filter(|pixel| pixel.0 == color).count();
    assert_eq!([[255, 0, 0, 255], [0, 255, 0, 255], [0, 0, 255, 255], [255; 4]].map(count), [256; 4]);
}
