//! What the pool has decoded, on its way to the card: all of it is taken at once, and goes up a little per frame.

use super::{Drawable, Image, ImageError, Key, Slot, State, Textures, Tile, TileImage, draw, heavy, options_for};
use egui::{ColorImage, Rect, vec2};
use std::rc::Rc;

/// Partial pictures that wait for a frame, bytes at the most: those of a dozen jobs. A window that is hidden gets none.
pub(super) const PREVIEWS_WAITING: usize = 64 << 20;

impl Textures {
    /// Takes what was decoded, also while nothing of the window is seen and no frame comes.
    pub fn receive(&mut self) {
        while let Some(done) = self.pool.next() {
            self.take(done.key, done.result);
        }
        let waits = |(key, _, tile): &(Key, usize, TileImage)| {
            if matches!(key, Key::Preview(_)) { tile.image.pixels.len() * 4 } else { 0 }
        };
        let mut waiting: usize = self.uploads.iter().map(waits).sum();
        while waiting > PREVIEWS_WAITING
            && let Some(oldest) = self.uploads.iter().position(|upload| waits(upload) > 0)
            && let Some(upload) = self.uploads.remove(oldest)
        {
            waiting -= waits(&upload);
            // The picture itself comes from the disk when it is looked at.
            if !self.is_ready(&upload.0) {
                self.slots.remove(&upload.0);
            }
        }
    }

    pub fn begin_frame(&mut self, ctx: &egui::Context) {
        self.frame += 1;
        self.receive();
        self.uploaded = 0;
        let slots = &self.slots;
        let last_used = |key: &Key| slots.get(key).map_or(0, |slot| slot.last_used);
        // What is seen now goes first.
        self.uploads.make_contiguous().sort_by_key(|(key, ..)| std::cmp::Reverse(last_used(key)));
        while let Some((_, _, tile)) = self.uploads.front() {
            let bytes = tile.image.pixels.len() * 4;
            // One goes in any case.
            if self.uploaded > 0 && self.uploaded + bytes > self.pace.limit() {
                break;
            }
            self.uploaded += bytes;
            if let Some((key, place, tile)) = self.uploads.pop_front() {
                self.upload(ctx, key, place, tile);
            }
        }
        if !self.uploads.is_empty() {
            ctx.request_repaint();
        }
        if let Some(wait) = self.next_try() {
            ctx.request_repaint_after(wait);
        }
    }

    pub(super) fn take(&mut self, key: Key, result: Result<Image<ColorImage>, ImageError>) {
        if let (Key::Picture(id, _) | Key::Tile(id, _), Ok(Image { flaw: Some(flaw), .. })) = (&key, &result) {
            self.flaws.push((id.clone(), *flaw));
        }
        let is_preview = matches!(key, Key::Preview(_));
        let last_used = match self.slots.get(&key) {
            // It was taken back too late and wished for again: what is there stays.
            Some(Slot { state: State::Ready(_), .. }) if !is_preview => return,
            Some(slot) => slot.last_used,
            None if is_preview => self.frame,
            None => return, // It scrolled away meanwhile.
        };
        let image = match result {
            Ok(image) => image,
            // A broken partial is no news: the one before stays.
            Err(_) if is_preview => return,
            Err(error) => {
                let state = heavy::failed(&error);
                self.slots.insert(key, Slot { state, last_used });
                return;
            }
        };
        let size = [image.size.width, image.size.height];
        let options = options_for(&key);
        let fresh = Drawable { size, wanted: image.tiles.len(), ..Drawable::default() };
        // A partial replaces the one before only when it is on the card, so that nothing flickers.
        if !(is_preview && self.is_ready(&key)) {
            self.slots.insert(key.clone(), Slot { state: State::Ready(fresh), last_used });
        }
        self.uploads.retain(|(waiting, ..)| *waiting != key);
        for (place, tile) in image.tiles.into_iter().enumerate() {
            let whole = vec2(size[0] as f32, size[1] as f32);
            let own = vec2(tile.size.width as f32, tile.size.height as f32);
            let corner = vec2(tile.x as f32, tile.y as f32);
            let [left, top, right, bottom] = tile.apron.map(|side| side as f32);
            let texture = own + vec2(left + right, top + bottom);
            let uv_min = vec2(left, top) / texture;
            let tile = TileImage {
                place: Rect::from_min_size((corner / whole).to_pos2(), own / whole),
                uv: Rect::from_min_size(uv_min.to_pos2(), own / texture),
                image: tile.pixels,
                options,
            };
            self.uploads.push_back((key.clone(), place, tile));
        }
    }

    fn upload(&mut self, ctx: &egui::Context, key: Key, place: usize, tile: TileImage) {
        let Some(Slot { state: State::Ready(drawable), .. }) = self.slots.get_mut(&key) else { return };
        let size = tile.image.size;
        let bytes = tile.image.pixels.len() as u64 * 4;
        // A partial keeps its texture: same handle, new pixels.
        if let (0, [Tile { texture: handle, filter, .. }]) = (place, drawable.tiles.as_mut_slice())
            && matches!(key, Key::Preview(_))
        {
            *filter = Rc::new(draw::Filter::new(&tile.image, tile.options));
            handle.set(tile.image, tile.options);
            drawable.size = size.map(|side| side as u32);
            drawable.bytes = bytes;
            return;
        }
        let filter = Rc::new(draw::Filter::new(&tile.image, tile.options));
        let texture = ctx.load_texture(format!("{key:?} {place}"), tile.image, tile.options);
        drawable.tiles.push(Tile { place: tile.place, uv: tile.uv, texture, filter, is_exact: true });
        drawable.bytes += bytes;
    }
}
