//! Pictures on the graphics card: asked for by level, uploaded a little per frame, dropped when the budget is full.
//!
//! Never blocks: what is not there yet is wished for, and the best that is there is drawn meanwhile, so that nothing
//! flickers and no hole shows. Invariants: what was drawn in this frame is never evicted; no more goes to the card in
//! one frame than this computer has time for; compressed bytes stay on disk.

mod arrive;
mod close;
mod draw;
mod evict;
mod heavy;
mod pace;
mod partials;
mod seen;
#[cfg(test)]
mod tests;

use crate::decode::{Image, ImageError, Key, Patch, PatchOf, Pool, TILE_SIDE, Work};
use crate::library::{JobId, Picture, PictureId};
use crate::picture::{Difference, Flaw, Level, Pixels};
use egui::{Color32, ColorImage, Painter, Rect, TextureFilter, TextureHandle, TextureOptions};
use std::collections::{HashMap, HashSet, VecDeque};
use std::path::PathBuf;
use std::rc::Rc;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The share of the budget for thumbnails that are not on screen: this many of it.
const OFF_SCREEN: u64 = 8;
/// The share of the budget for pictures that stay decoded while none is looked at closely: this many of it.
const DECODED: u64 = 2;
/// What a tile takes on the card, its smaller copies with it.
const TILE_BYTES: u64 = (TILE_SIDE as u64).pow(2) * 4 * 4 / 3;

/// Longest side of a reference that is worked on, pixels: twice what is ever sent.
const EDITED_SIDE: u32 = 4096;

/// The cache.
pub struct Textures {
    pool: Pool<ColorImage>,
    library: PathBuf,
    slots: HashMap<Key, Slot>,
    uploads: VecDeque<(Key, usize, TileImage)>,
    frame: u64,
    /// By how many levels pictures are drawn coarser while what is on screen alone is more than the budget.
    coarser: u8,
    pace: pace::Pace,
    /// Bytes that went to the card in this frame.
    uploaded: usize,
    /// Tiles that this frame needs.
    tiles_needed: u64,
    /// The last frame in which a picture was looked at closely.
    closely: u64,
    /// The picture that was last put together from tiles.
    composed: Drawable,
    /// What was seen to be wrong with files since that was last asked.
    flaws: Vec<(PictureId, Flaw)>,
}

struct Slot {
    state: State,
    last_used: u64,
}

enum State {
    Pending,
    Ready(Drawable),
    Failed {
        why: String,
        /// Whether it is a drawing that more time may help.
        is_too_heavy: bool,
        /// Whether it was only late, because the computer was busy.
        is_late: bool,
        /// When it is to be asked for again, if by itself.
        again: Option<Instant>,
    },
}

struct TileImage {
    /// Within the picture, 0 to 1.
    place: Rect,
    /// Within the texture, 0 to 1: without the apron.
    uv: Rect,
    image: ColorImage,
    options: TextureOptions,
}

/// A picture that can be drawn now.
#[derive(Default)]
pub struct Drawable {
    /// Pixels of this level.
    pub size: [u32; 2],
    /// Whether something finer is on its way.
    pub is_coarse: bool,
    tiles: Vec<Tile>,
    wanted: usize,
    /// Of the tiles that are there.
    bytes: u64,
}

/// A part of a picture on the card.
struct Tile {
    /// Within the picture, 0 to 1.
    place: Rect,
    /// Within the texture, 0 to 1: without the apron.
    uv: Rect,
    texture: TextureHandle,
    /// Shared by all that is drawn from one texture.
    filter: Rc<draw::Filter>,
    /// Whether its pixels are those of the picture, which may be seen as squares.
    is_exact: bool,
}

/// What there is to draw.
pub enum Look<'a> {
    Ready(&'a Drawable),
    /// Nothing yet.
    Waiting,
    /// It cannot be shown; says why.
    Broken(&'a str),
}

impl Drawable {
    fn bytes(&self) -> u64 {
        // A third more for the smaller copies that smooth shrinking needs.
        self.bytes * 4 / 3
    }
}

/// What the pool makes of pixels; runs on the pool's threads.
pub fn color_image(pixels: Pixels) -> ColorImage {
    ColorImage::from_rgba_unmultiplied([pixels.size.width as usize, pixels.size.height as usize], &pixels.rgba)
}

impl Textures {
    /// Says whether small pictures that are made are kept in the library; in a window that only reads they are not.
    pub fn keep_thumbnails(&self, keep: bool) {
        self.pool.keep_thumbnails(keep);
    }

    pub fn new(pool: Pool<ColorImage>, library: PathBuf) -> Self {
        Self {
            pool,
            library,
            slots: HashMap::new(),
            uploads: VecDeque::new(),
            frame: 0,
            coarser: 0,
            pace: pace::Pace::default(),
            uploaded: 0,
            tiles_needed: 0,
            closely: 0,
            composed: Drawable::default(),
            flaws: Vec::new(),
        }
    }

    /// Learns how long the last frame took in all, uploads and painting included.
    pub fn learn(&mut self, spent: Duration) {
        self.pace.learn(spent, self.uploaded);
    }

    /// Takes what has been decoded and puts a frame's worth of it on the card.
    /// Drops what the budget (bytes) has no room for, and takes back wishes for what is not on screen any more.
    pub fn end_frame(&mut self, budget: u64) {
        let frame = self.frame;
        if self.closely + 1 == frame {
            self.pool.rest(budget / DECODED);
        }
        let gone: HashSet<Key> = self
            .slots
            .iter()
            .filter(|(key, slot)| {
                let worthless = match &slot.state {
                    // What could not be read is tried again when it is looked at again: its drive may be back.
                    State::Pending | State::Failed { .. } => true,
                    State::Ready(drawable) => !drawable.is_complete(),
                };
                worthless && slot.last_used + 1 < frame && !matches!(key, Key::Preview(_))
            })
            .map(|(key, _)| key.clone())
            .collect();
        if !gone.is_empty() {
            self.uploads.retain(|(waiting, ..)| !gone.contains(waiting));
        }
        for key in gone {
            self.slots.remove(&key);
            self.pool.forget(key);
        }
        let held = |slot: &Slot| match &slot.state {
            State::Ready(drawable) => Some(evict::Held { bytes: drawable.bytes(), last_used: slot.last_used }),
            _ => None,
        };
        self.let_thumbs_go(budget / OFF_SCREEN);
        // Every frame comes here, so nothing is sorted or copied while there is room.
        let (mut total, mut on_screen) = (0, std::mem::take(&mut self.tiles_needed) * TILE_BYTES);
        for (key, slot) in &self.slots {
            let Some(figures) = held(slot) else { continue };
            total += figures.bytes;
            // Tiles count as needed, not as they come: what stands in for them goes again.
            let counts = figures.last_used + 1 >= frame && !matches!(key, Key::Tile(..));
            on_screen += if counts { figures.bytes } else { 0 };
        }
        self.coarser = evict::coarser(self.coarser, on_screen, budget);
        if total <= budget {
            return;
        }
        let (keys, figures): (Vec<&Key>, Vec<evict::Held>) =
            self.slots.iter().filter_map(|(key, slot)| Some((key, held(slot)?))).unzip();
        let out: Vec<Key> = evict::evict(&figures, budget, frame)
            .into_iter()
            .filter_map(|place| keys.get(place))
            .map(|key| (*key).clone())
            .collect();
        for key in out {
            self.uploads.retain(|(waiting, ..)| *waiting != key);
            self.slots.remove(&key);
        }
    }

    /// Drops thumbnails and partials that are not on screen beyond `most` bytes: they are read again faster than they
    /// are missed.
    fn let_thumbs_go(&mut self, most: u64) {
        let frame = self.frame;
        let thumbs = self.slots.iter().filter_map(|(key, slot)| match (key, &slot.state) {
            (Key::Picture(_, Level::Small | Level::Thumb) | Key::Partial(..), State::Ready(drawable))
                if slot.last_used + 1 < frame =>
            {
                Some((key, evict::Held { bytes: drawable.bytes(), last_used: slot.last_used }))
            }
            _ => None,
        });
        if thumbs.clone().map(|(_, held)| held.bytes).sum::<u64>() <= most {
            return;
        }
        let (keys, figures): (Vec<&Key>, Vec<evict::Held>) = thumbs.unzip();
        let out = evict::evict(&figures, most, frame);
        let out: Vec<Key> = out.into_iter().filter_map(|place| keys.get(place)).map(|key| (*key).clone()).collect();
        for key in out {
            self.uploads.retain(|(waiting, ..)| *waiting != key);
            self.slots.remove(&key);
        }
    }

    /// Returns the best there is of a picture for a place of `side` physical pixels, and wishes for better if needed.
    pub fn picture(&mut self, picture: &Picture, side: f32) -> Look<'_> {
        let key = self.wish_level(picture, evict::level_for(side, self.coarser));
        if !self.is_ready(&key) {
            // Anything that is there already, finest first; then what was seen while it arrived.
            let others = [Level::Fit, Level::Large, Level::Thumb, Level::Small]
                .map(|level| Key::Picture(picture.id.clone(), level));
            let stand_in = others.into_iter().chain([Key::Preview(picture.job.clone())]).find(|key| self.is_ready(key));
            if let Some(stand_in) = stand_in {
                return self.look(&stand_in);
            }
        }
        self.look(&key)
    }

    /// Returns a part of a drawing at this scale when it is there; otherwise wishes for it. `region`: x, y, width,
    /// height in the drawing's units.
    pub fn region(&mut self, picture: &Picture, scale: f32, region: [f32; 4]) -> Option<&Drawable> {
        // To the bit: rounded, two parts that differ by a pixel would be taken for one at a large scale.
        let [x, y, width, height] = region.map(|value| value.to_bits().cast_signed());
        let key = Key::Region(picture.id.clone(), [scale.to_bits().cast_signed(), x, y, width, height]);
        let work = Work::Region { file: self.library.join(&picture.file), scale, region };
        self.wish(&key, work);
        match self.slots.get(&key).map(|slot| &slot.state) {
            Some(State::Ready(drawable)) if drawable.is_complete() => Some(drawable),
            _ => None,
        }
    }

    /// Asks for the pixels of a part of a picture.
    pub fn pixels(&self, part: PatchOf) -> Patch {
        self.pool.pixels(part)
    }

    /// Wishes for a map of what differs, by its number and the threshold in hundredths; says whether it is there.
    pub fn want_heat(&mut self, (number, threshold): (u64, u32), difference: &Arc<Difference>) -> bool {
        let key = Key::Heat(number, threshold);
        let work = Work::Heat { difference: difference.clone(), threshold: threshold as f32 / 100.0 };
        self.wish(&key, work);
        self.is_ready(&key)
    }

    /// Returns a map that was wished for, when it is there.
    pub fn heat(&mut self, (number, threshold): (u64, u32)) -> Option<&Drawable> {
        match self.look(&Key::Heat(number, threshold)) {
            Look::Ready(drawable) => Some(drawable),
            Look::Waiting | Look::Broken(_) => None,
        }
    }

    /// Returns the small picture of a reference.
    pub fn reference(&mut self, hash: &str) -> Look<'_> {
        let key = Key::Reference(hash.to_owned());
        let work = Work::Reference { library: self.library.clone(), hash: hash.to_owned() };
        self.wish(&key, work);
        self.look(&key)
    }

    /// Returns a reference large enough to work on; until it is there, its small picture.
    pub fn reference_whole(&mut self, hash: &str) -> Look<'_> {
        let key = Key::ReferenceWhole(hash.to_owned());
        let (library, hash) = (self.library.clone(), hash.to_owned());
        let small = Key::Reference(hash.clone());
        self.wish(&key, Work::ReferenceWhole { library, hash, max_side: EDITED_SIDE });
        if !self.is_ready(&key) && self.is_ready(&small) {
            self.wish_touch(&small);
            return self.look(&small);
        }
        self.look(&key)
    }

    /// Returns the newest partial picture of a job.
    pub fn preview(&mut self, job: &JobId) -> Option<&Drawable> {
        let key = Key::Preview(job.clone());
        self.wish_touch(&key);
        match self.slots.get(&key).map(|slot| &slot.state) {
            Some(State::Ready(drawable)) if drawable.is_complete() => Some(drawable),
            _ => None,
        }
    }

    /// Says whether anything that was asked for is still being decoded or uploaded.
    pub fn is_busy(&self) -> bool {
        !self.uploads.is_empty() || self.slots.values().any(|slot| matches!(slot.state, State::Pending))
    }

    /// Returns the bytes of all textures.
    pub fn bytes(&self) -> u64 {
        let ready = self.slots.values().filter_map(|slot| match &slot.state {
            State::Ready(drawable) => Some(drawable.bytes()),
            _ => None,
        });
        ready.sum()
    }

    fn wish_level(&mut self, picture: &Picture, level: Level) -> Key {
        let file = self.library.join(&picture.file);
        let work = match level {
            Level::Small | Level::Thumb => {
                let (library, hash) = (self.library.clone(), picture.hash.clone());
                Work::Thumb { library, hash, file, max_side: level.max_side() }
            }
            level => Work::Scaled { file, max_side: level.max_side() },
        };
        let key = Key::Picture(picture.id.clone(), level);
        self.wish(&key, work);
        key
    }

    fn wish(&mut self, key: &Key, work: Work) {
        let is_due = |slot: &Slot| matches!(slot.state, State::Failed { again: Some(at), .. } if at <= Instant::now());
        if self.slots.get(key).is_none_or(is_due) {
            self.slots.insert(key.clone(), Slot { state: State::Pending, last_used: self.frame });
            self.pool.want(key.clone(), work);
        }
        self.wish_touch(key);
    }

    fn wish_touch(&mut self, key: &Key) {
        if let Some(slot) = self.slots.get_mut(key) {
            slot.last_used = self.frame;
        }
    }

    fn is_ready(&self, key: &Key) -> bool {
        matches!(self.slots.get(key), Some(Slot { state: State::Ready(drawable), .. }) if drawable.is_complete())
    }

    fn look(&mut self, key: &Key) -> Look<'_> {
        self.wish_touch(key);
        match self.slots.get(key).map(|slot| &slot.state) {
            Some(State::Ready(drawable)) if drawable.is_complete() => Look::Ready(drawable),
            Some(State::Failed { why, .. }) => Look::Broken(why),
            _ => Look::Waiting,
        }
    }

    /// Hands out what was seen to be wrong with the files of pictures.
    pub fn take_flaws(&mut self) -> Vec<(PictureId, Flaw)> {
        std::mem::take(&mut self.flaws)
    }
}

impl Drawable {
    fn is_complete(&self) -> bool {
        self.tiles.len() >= self.wanted && !self.tiles.is_empty()
    }
}

/// All is magnified smoothly until it is drawn otherwise; pictures are shrunk through smaller copies.
fn options_for(key: &Key) -> TextureOptions {
    let is_shrunk = matches!(key, Key::Picture(..) | Key::Tile(..) | Key::Heat(..) | Key::Partial(..));
    let mipmap_mode = is_shrunk.then_some(TextureFilter::Linear);
    TextureOptions { mipmap_mode, ..TextureOptions::LINEAR }
}

/// The squares under transparent parts; drawn over `rect`, cut to the painter's clip.
pub fn checkerboard(painter: &Painter, rect: Rect, [even, odd]: [Color32; 2]) {
    const SIDE: f32 = 12.0;
    let seen = rect.intersect(painter.clip_rect());
    if !seen.is_positive() {
        return;
    }
    // Four texels repeated: as cheap over a whole screen as over a thumbnail.
    let options = TextureOptions { wrap_mode: egui::TextureWrapMode::Repeat, ..TextureOptions::NEAREST };
    let squares = ColorImage::new([2, 2], vec![even, odd, odd, even]);
    let id = egui::Id::unique(("checkerboard", even, odd));
    let texture = painter.ctx().load_texture_cached("checkerboard", id, squares, options);
    let uv = seen.translate(-rect.min.to_vec2()) / (2.0 * SIDE);
    painter.image(texture.id(), seen, uv, Color32::WHITE);
}
