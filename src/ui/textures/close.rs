//! A picture looked at closely: the tiles that are seen, at the level that the scale needs, over what is there already.

use super::{Drawable, Key, Look, State, Textures, Tile, seen};
use crate::decode::{Spot, Work};
use crate::library::Picture;
use crate::picture::{Format, Level, Size};
use egui::{Rect, pos2, vec2};

impl Textures {
    /// Returns the best there is of the part `seen` (0 to 1) of a picture at `scale` (pixels of the screen per pixel of
    /// the picture), and wishes for better if needed.
    pub fn close(&mut self, picture: &Picture, scale: f32, seen: Rect) -> Look<'_> {
        let side = |size: Size| size.longer_side() as f32 * scale;
        let thumb_side = Level::Thumb.max_side() as f32;
        let Some(size) = picture.size.filter(|_| picture.format != Format::Svg) else {
            let longer = picture.size.map_or(thumb_side, side);
            return self.picture(picture, longer);
        };
        if scale < 1.0 && side(size) <= thumb_side {
            return self.picture(picture, side(size));
        }
        self.closely = self.frame;
        let level = seen::level_for(size, scale, self.coarser);
        let spots = seen::spots(size, level, seen);
        self.tiles_needed += spots.len() as u64;
        for spot in &spots {
            let work = Work::Tile { file: self.library.join(&picture.file), spot: *spot };
            self.wish(&Key::Tile(picture.id.clone(), *spot), work);
        }
        // Wished last it comes first; it is kept beside the originals.
        let base = self.wish_level(picture, Level::Thumb);
        if let Some(State::Failed { .. }) = self.slots.get(&base).map(|slot| &slot.state) {
            return self.look(&base);
        }
        let small = Key::Picture(picture.id.clone(), Level::Small);
        let base = [base, small].into_iter().find(|key| self.is_ready(key));
        let whole = vec2(size.width as f32, size.height as f32);
        let mut composed = Drawable { size: [size.width, size.height], ..Drawable::default() };
        for spot in spots {
            composed.is_coarse |= !self.is_ready(&Key::Tile(picture.id.clone(), spot));
            let parts = seen::sources(size, spot, |spot| self.is_ready(&Key::Tile(picture.id.clone(), spot)));
            let is_hole = parts.is_empty();
            for part in parts {
                self.draw_from(&Key::Tile(picture.id.clone(), part.from), &mut composed, |texture| {
                    (scaled(part.pixels, whole), seen::uv(part, texture))
                });
            }
            if is_hole {
                let Some(base) = &base else { return self.stand_in(picture) };
                let place = scaled(seen::covers(size, spot), whole);
                self.draw_from(base, &mut composed, |_| (place, place));
            }
        }
        composed.wanted = composed.tiles.len();
        self.composed = composed;
        Look::Ready(&self.composed)
    }

    /// Adds a part of what is on the card under `key` to a picture.
    fn draw_from(&mut self, key: &Key, into: &mut Drawable, place: impl FnOnce(egui::Vec2) -> (Rect, Rect)) {
        self.wish_touch(key);
        if let Some(State::Ready(drawable)) = self.slots.get(key).map(|slot| &slot.state)
            && let [Tile { texture, filter, .. }] = drawable.tiles.as_slice()
        {
            let (place, uv) = place(texture.size_vec2());
            let is_exact = matches!(key, Key::Tile(_, Spot { level: 0, .. }));
            into.tiles.push(Tile { place, uv, texture: texture.clone(), filter: filter.clone(), is_exact });
        }
    }

    fn stand_in(&mut self, picture: &Picture) -> Look<'_> {
        let preview = Key::Preview(picture.job.clone());
        if self.is_ready(&preview) { self.look(&preview) } else { Look::Waiting }
    }

    /// Wishes for the whole of a picture in a pane before it is looked at.
    pub fn expect(&mut self, picture: &Picture, scale: f32) {
        self.close(picture, scale, Rect::from_min_max(pos2(0.0, 0.0), pos2(1.0, 1.0)));
    }
}

/// A part of a picture from its pixels to 0 to 1.
fn scaled(pixels: Rect, whole: egui::Vec2) -> Rect {
    Rect::from_min_max((pixels.min.to_vec2() / whole).to_pos2(), (pixels.max.to_vec2() / whole).to_pos2())
}
