//! Draws what is on the card: whole or cut, turned or not, enlarged as squares or smoothly.

use super::{Drawable, Tile};
use crate::studio::Turn;
use egui::epaint::{Mesh, RectShape, Vertex};
use egui::{Color32, ColorImage, Painter, Rect, TextureFilter, TextureOptions, Vec2, vec2};
use std::cell::Cell;

/// How the card enlarges one texture.
pub(super) struct Filter {
    squares: Cell<bool>,
    /// As it was uploaded: smooth.
    options: TextureOptions,
    /// The texture's first pixel, which is sent again to change the filter: pixels are not kept here.
    first: Color32,
}

impl Filter {
    pub(super) fn new(image: &ColorImage, options: TextureOptions) -> Self {
        let first = image.pixels.first().copied().unwrap_or_default();
        Self { squares: Cell::new(false), options, first }
    }
}

impl Tile {
    fn enlarge_as_squares(&self, squares: bool) {
        if self.filter.squares.replace(squares) == squares {
            return;
        }
        // What is enlarged needs no smaller copies.
        let options = if squares {
            TextureOptions { magnification: TextureFilter::Nearest, mipmap_mode: None, ..self.filter.options }
        } else {
            self.filter.options
        };
        self.texture.clone().set_partial([0, 0], ColorImage::filled([1, 1], self.filter.first), options);
    }
}

impl Drawable {
    /// Draws the picture into `rect`, with rounded corners when it is in one piece.
    pub fn paint(&self, painter: &Painter, rect: Rect, corner_radius: f32) {
        for tile in &self.tiles {
            let part = part_of(rect, tile.place);
            if part.intersects(painter.clip_rect()) {
                let shape = RectShape::filled(part, corner_radius, Color32::WHITE);
                painter.add(shape.with_texture(tile.texture.id(), tile.uv));
            }
        }
    }

    /// Draws the picture as it is turned into `rect`; enlarged pixels as `squares` or smoothly.
    pub fn paint_seen(&self, painter: &Painter, rect: Rect, turn: Turn, squares: bool) {
        let unit = Vec2::splat(1.0);
        for tile in &self.tiles {
            let part = part_of(rect, turn.shown_rect(tile.place, unit));
            if !part.intersects(painter.clip_rect()) {
                continue;
            }
            tile.enlarge_as_squares(squares && tile.is_exact);
            // Rectangles are moved to whole pixels; tiles must meet where the picture has them.
            if turn.is_none() && self.tiles.len() == 1 {
                let shape = RectShape::filled(part, 0, Color32::WHITE);
                painter.add(shape.with_texture(tile.texture.id(), tile.uv));
                continue;
            }
            let mut mesh = Mesh::with_texture(tile.texture.id());
            mesh.vertices.extend([vec2(0.0, 0.0), vec2(1.0, 0.0), vec2(1.0, 1.0), vec2(0.0, 1.0)].map(|corner| {
                let uv = tile.uv.min + turn.own(corner, unit) * tile.uv.size();
                Vertex { pos: part.min + corner * part.size(), uv, color: Color32::WHITE }
            }));
            mesh.add_triangle(0, 1, 2);
            mesh.add_triangle(0, 2, 3);
            painter.add(mesh);
        }
    }

    /// Draws the part of the picture that fills `rect`, cutting off what is too much on either side.
    pub fn paint_cover(&self, painter: &Painter, rect: Rect, corner_radius: f32) {
        let size = vec2(self.size[0] as f32, self.size[1] as f32);
        let scale = (rect.width() / size.x.max(1.0)).max(rect.height() / size.y.max(1.0));
        let shown = rect.size() / (size * scale).max(vec2(1.0, 1.0));
        if let [Tile { uv, texture, .. }] = self.tiles.as_slice() {
            let cut = Rect::from_center_size(uv.center(), uv.size() * shown.min(vec2(1.0, 1.0)));
            let shape = RectShape::filled(rect, corner_radius, Color32::WHITE);
            painter.add(shape.with_texture(texture.id(), cut));
        } else {
            let clipped = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
            self.paint(&clipped, Rect::from_center_size(rect.center(), size * scale), 0.0);
        }
    }
}

/// A part, 0 to 1, of a rectangle.
fn part_of(rect: Rect, part: Rect) -> Rect {
    Rect::from_min_max(rect.min + part.min.to_vec2() * rect.size(), rect.min + part.max.to_vec2() * rect.size())
}
