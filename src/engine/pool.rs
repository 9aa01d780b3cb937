//! The decode pool: named threads that turn files and arriving bytes into pixels, newest wish first.
//!
//! Generic over what the pixels become (`finish` runs on the pool), so that the engine needs no egui and the window
//! no conversion. A wish replaces an older one with the same key; what is forgotten before it began is never decoded.
//! The window only ever sends into channels: it takes no lock.

use super::Waker;
use crate::library::{JobId, PictureId, reference_path, thumbnail_path, write_thumbnail};
use crate::picture::{
    self, Drawing, Encoding, Format, Level, Limits, Pixels, Size, decode, decode_scaled, encode, fit, tile,
};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use thread_priority::{ThreadPriority, ThreadPriorityValue};

/// Longest side of the small pictures kept beside the originals.
const THUMB_SIDE: u32 = 512;
/// Side of the tiles that large pictures are cut into, without their apron.
pub(crate) const TILE_SIDE: u32 = 1024;

/// Names what the pixels are for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Key {
    Picture(PictureId, Level),
    /// The visible part of a drawing; the numbers say which (scale and corners, quantised by the asker).
    Region(PictureId, [i32; 5]),
    /// By the hash of its original bytes.
    Reference(String),
    /// The same, large enough to work on.
    ReferenceWhole(String),
    Preview(JobId),
}

/// Says where the pixels come from.
#[derive(Clone, Debug)]
pub enum Work {
    /// The small picture kept beside the library's originals; made when it is missing.
    Thumb { library: PathBuf, hash: String, file: PathBuf },
    /// The same of a reference, whose file is found by its hash.
    Reference { library: PathBuf, hash: String },
    /// A reference no longer than this on a side; in tiles when it is large.
    ReferenceWhole { library: PathBuf, hash: String, max_side: u32 },
    /// The whole picture, no longer than this on a side; in tiles when it is large.
    Scaled { file: PathBuf, max_side: u32 },
    /// A part of a drawing: picture units to pixels, and `[x, y, width, height]` in picture units.
    Region { file: PathBuf, scale: f32, region: [f32; 4] },
    /// Bytes that have just arrived.
    Bytes { bytes: Arc<[u8]>, max_side: u32 },
    /// Markup that is still arriving.
    Markup { text: String, max_side: u32 },
}

/// A picture that is still arriving, for the pool.
#[derive(Clone, Debug)]
pub struct Preview {
    pub job: JobId,
    pub work: Work,
}

/// Decoded pixels, whole or in tiles, in what the window draws with.
#[derive(Debug)]
pub struct Image<T> {
    /// Of this level, pixels.
    pub size: Size,
    pub tiles: Vec<Tile<T>>,
}

/// One tile; neighbours overlap by `apron` pixels so that no seam shows.
#[derive(Debug)]
pub struct Tile<T> {
    /// Left and top edge within the picture, apron not counted.
    pub x: u32,
    pub y: u32,
    /// Without apron.
    pub size: Size,
    /// Apron on the left and top (0 or 1), right and bottom.
    pub apron: [u32; 4],
    pub pixels: T,
}

/// Why a wish could not be fulfilled.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ImageError {
    #[error("its file is missing from the library")]
    Missing,
    #[error("its file could not be read: {0}")]
    File(Arc<std::io::Error>),
    #[error(transparent)]
    Picture(#[from] picture::Error),
}

/// The answer to a wish.
#[derive(Debug)]
pub struct Done<T> {
    pub key: Key,
    pub result: Result<Image<T>, ImageError>,
}

enum Message {
    Want(Key, Work),
    Forget(Key),
}

struct Desk {
    inbox: mpsc::Receiver<Message>,
    pending: Vec<(Key, Work)>,
}

/// A handle to the pool; dropping it ends the threads after what they are at.
pub struct Pool<T> {
    inbox: mpsc::Sender<Message>,
    done: mpsc::Receiver<Done<T>>,
    /// Whether small pictures that were made are kept beside the originals.
    keeps: Arc<AtomicBool>,
}

impl<T: Send + 'static> Pool<T> {
    /// Starts the threads.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(threads: usize, finish: fn(Pixels) -> T, waker: &Waker) -> std::io::Result<Self> {
        let (inbox, messages) = mpsc::channel();
        let (answers, done) = mpsc::channel();
        let desk = Arc::new(Mutex::new(Desk { inbox: messages, pending: Vec::new() }));
        let keeps = Arc::new(AtomicBool::new(true));
        for number in 0..threads.max(1) {
            let keeps = keeps.clone();
            let (desk, answers, waker) = (desk.clone(), answers.clone(), waker.clone());
            std::thread::Builder::new().name(format!("easel-decode-{number}")).spawn(move || {
                step_back();
                let mut drawings = Drawings::default();
                while let Some((key, work)) = take(&desk) {
                    let result = carry_out(&work, &mut drawings, keeps.load(Ordering::Relaxed))
                        .map(|image| finished(image, finish));
                    if answers.send(Done { key, result }).is_err() {
                        break;
                    }
                    waker();
                }
            })?;
        }
        Ok(Self { inbox, done, keeps })
    }

    /// Says whether small pictures that are made from now on are kept beside the originals; at first they are.
    pub fn keep_thumbnails(&self, keep: bool) {
        self.keeps.store(keep, Ordering::Relaxed);
    }

    /// Wishes for pixels; never waits.
    pub fn want(&self, key: Key, work: Work) {
        if self.inbox.send(Message::Want(key, work)).is_err() {
            log::debug!("the decode pool has ended");
        }
    }

    /// Takes a wish back if it has not begun.
    pub fn forget(&self, key: Key) {
        if self.inbox.send(Message::Forget(key)).is_err() {
            log::debug!("the decode pool has ended");
        }
    }

    /// Takes the next answer, if any.
    pub fn next(&self) -> Option<Done<T>> {
        self.done.try_recv().ok()
    }

    /// Returns a sink that puts arriving pictures before everything else.
    pub fn preview_sink(&self) -> super::PreviewSink {
        let inbox = Mutex::new(self.inbox.clone());
        Arc::new(move |preview| {
            let inbox = inbox.lock().unwrap_or_else(PoisonError::into_inner);
            if inbox.send(Message::Want(Key::Preview(preview.job), preview.work)).is_err() {
                log::debug!("the decode pool has ended");
            }
        })
    }
}

/// Lets the window go first when all cores are busy.
fn step_back() {
    let priority = ThreadPriorityValue::try_from(30_u8).map_or(ThreadPriority::Min, ThreadPriority::Crossplatform);
    if let Err(error) = thread_priority::set_current_thread_priority(priority) {
        log::debug!("pictures are decoded at usual priority: {error:?}");
    }
}

/// Waits for the newest wish. One idle thread waits in the inbox, the others for the desk. `None`: the pool is gone.
fn take(desk: &Mutex<Desk>) -> Option<(Key, Work)> {
    let mut desk = desk.lock().unwrap_or_else(PoisonError::into_inner);
    loop {
        while let Ok(message) = desk.inbox.try_recv() {
            desk.file(message);
        }
        if let Some(newest) = desk.pending.pop() {
            return Some(newest);
        }
        let message = desk.inbox.recv().ok()?;
        desk.file(message);
    }
}

impl Desk {
    fn file(&mut self, message: Message) {
        match message {
            Message::Want(key, work) => {
                self.pending.retain(|(pending, _)| *pending != key);
                self.pending.push((key, work));
            }
            Message::Forget(key) => self.pending.retain(|(pending, _)| *pending != key),
        }
    }
}

/// Keeps the last parsed drawing of a thread: zooming asks for the same one again and again.
#[derive(Default)]
struct Drawings(Option<(PathBuf, Drawing)>);

impl Drawings {
    fn get(&mut self, file: &Path) -> Result<&Drawing, ImageError> {
        if self.0.as_ref().is_none_or(|(known, _)| known != file) {
            let drawing = Drawing::parse(&read(file)?, &Limits::default())?;
            self.0 = Some((file.to_owned(), drawing));
        }
        match &self.0 {
            Some((_, drawing)) => Ok(drawing),
            None => Err(picture::Error::Unrecognised.into()),
        }
    }
}

fn carry_out(work: &Work, drawings: &mut Drawings, keep: bool) -> Result<Pixels, ImageError> {
    match work {
        Work::Thumb { library, hash, file } => thumb(library, hash, file, keep),
        Work::Reference { library, hash } => {
            let file = reference_path(library, hash).ok_or(ImageError::Missing)?;
            thumb(library, hash, &file, keep)
        }
        Work::ReferenceWhole { library, hash, max_side } => {
            raster(&read(&reference_path(library, hash).ok_or(ImageError::Missing)?)?, *max_side)
        }
        Work::Scaled { file, max_side } => raster(&read(file)?, *max_side),
        Work::Region { file, scale, region } => Ok(drawings.get(file)?.rasterise_region(*scale, *region)?),
        Work::Bytes { bytes, max_side } => raster(bytes, *max_side),
        Work::Markup { text, max_side } => {
            let closed = picture::close_partial(text).ok_or(picture::Error::Unrecognised)?;
            Ok(Drawing::parse(closed.as_bytes(), &Limits::default())?.rasterise(*max_side)?)
        }
    }
}

fn raster(bytes: &[u8], max_side: u32) -> Result<Pixels, ImageError> {
    let limits = Limits::default();
    if Format::sniff(bytes) == Some(Format::Svg) {
        Ok(Drawing::parse(bytes, &limits)?.rasterise(max_side)?)
    } else {
        Ok(decode_scaled(bytes, max_side, &limits)?)
    }
}

fn thumb(library: &Path, hash: &str, file: &Path, keep: bool) -> Result<Pixels, ImageError> {
    if let Ok(bytes) = std::fs::read(thumbnail_path(library, hash))
        && let Ok(pixels) = decode(&bytes, &Limits::default())
    {
        return Ok(pixels);
    }
    let side = THUMB_SIDE;
    let pixels = fit(&raster(&read(file)?, side)?, side);
    if !keep {
        return Ok(pixels);
    }
    let opaque = pixels.rgba.chunks_exact(4).all(|pixel| pixel.get(3) == Some(&255));
    let encoding = if opaque { Encoding::Jpeg { quality: 88 } } else { Encoding::Png };
    let bytes = encode(&pixels, &encoding, [0; 3])?;
    if let Err(error) = write_thumbnail(library, hash, &bytes) {
        // It is made again next time; the picture itself is safe.
        log::warn!("a thumbnail could not be kept: {error}");
    }
    Ok(pixels)
}

pub(super) fn read(file: &Path) -> Result<Vec<u8>, ImageError> {
    std::fs::read(file).map_err(|error| ImageError::File(Arc::new(error)))
}

/// Cuts what is large into tiles with aprons, and makes of each what the window draws with.
fn finished<T>(pixels: Pixels, finish: fn(Pixels) -> T) -> Image<T> {
    let size = pixels.size;
    if size.width <= 2 * TILE_SIDE && size.height <= 2 * TILE_SIDE {
        let whole = Tile { x: 0, y: 0, size, apron: [0; 4], pixels: finish(pixels) };
        return Image { size, tiles: vec![whole] };
    }
    let mut tiles = Vec::new();
    for y in (0..size.height).step_by(TILE_SIDE as usize) {
        for x in (0..size.width).step_by(TILE_SIDE as usize) {
            let own = Size { width: TILE_SIDE.min(size.width - x), height: TILE_SIDE.min(size.height - y) };
            let apron = [
                u32::from(x > 0),
                u32::from(y > 0),
                u32::from(x + own.width < size.width),
                u32::from(y + own.height < size.height),
            ];
            let [left, top, right, bottom] = apron;
            let cut = tile(&pixels, x - left, y - top, own.width + left + right, own.height + top + bottom);
            if let Some(cut) = cut {
                tiles.push(Tile { x, y, size: own, apron, pixels: finish(cut) });
            }
        }
    }
    Image { size, tiles }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pixels(width: u32, height: u32) -> Pixels {
        let rgba = (0..width * height).flat_map(|n| [n as u8, (n >> 8) as u8, 7, 255]).collect();
        Pixels { size: Size { width, height }, rgba }
    }

    #[test]
    fn tiles_cover_a_large_picture_exactly_and_carry_their_aprons() {
        let image = finished(pixels(2500, 1100), |pixels| pixels);
        assert_eq!(image.size, Size { width: 2500, height: 1100 });
        let covered: u64 =
            image.tiles.iter().map(|tile| u64::from(tile.size.width) * u64::from(tile.size.height)).sum();
        assert_eq!(covered, 2500 * 1100);
        for tile in &image.tiles {
            let [left, top, right, bottom] = tile.apron;
            assert_eq!(tile.pixels.size.width, tile.size.width + left + right);
            assert_eq!(tile.pixels.size.height, tile.size.height + top + bottom);
        }
        assert_eq!(image.tiles.len(), 6);
    }

    #[test]
    fn a_newer_wish_replaces_the_older_and_the_newest_goes_first() {
        let (inbox, messages) = mpsc::channel();
        let desk = Mutex::new(Desk { inbox: messages, pending: Vec::new() });
        let key = |n: u8| Key::Reference(n.to_string());
        let work = |text: &str| Work::Markup { text: text.into(), max_side: 1 };
        for (n, text) in [(1, "a"), (2, "b"), (1, "c"), (3, "d")] {
            inbox.send(Message::Want(key(n), work(text))).unwrap();
        }
        inbox.send(Message::Forget(key(2))).unwrap();
        drop(inbox);
        let order: Vec<_> = std::iter::from_fn(|| take(&desk)).map(|(key, _)| key).collect();
        assert_eq!(order, [key(3), key(1)]);
    }

    #[test]
    fn a_thumbnail_is_made_once_and_kept_by_the_content_of_its_picture() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("fox.png");
        let bytes = encode(&pixels(700, 350), &Encoding::Png, [0; 3]).unwrap();
        std::fs::write(&file, &bytes).unwrap();
        let hash = crate::library::content_hash(&bytes);
        let pool = Pool::start(1, |pixels| pixels, &(Arc::new(|| {}) as Waker)).unwrap();
        let mut made = 0;
        let mut thumb = |file: &Path| {
            made += 1;
            let work = Work::Thumb { library: folder.path().to_owned(), hash: hash.clone(), file: file.to_owned() };
            pool.want(Key::Reference(made.to_string()), work);
            pool.done.recv().unwrap().result.map(|image| image.size)
        };
        let size = Size { width: 512, height: 256 };
        assert_eq!(thumb(&file).unwrap(), size);
        let kept = thumbnail_path(folder.path(), &hash);
        let written = std::fs::metadata(&kept).unwrap().modified().unwrap();
        std::fs::remove_file(&file).unwrap();
        assert_eq!(thumb(&file).unwrap(), size, "it is not made again");
        assert_eq!(thumb(&folder.path().join("the same fox in another run.png")).unwrap(), size);
        assert_eq!(std::fs::metadata(&kept).unwrap().modified().unwrap(), written);
        // What a loss of power may leave of it.
        std::fs::write(&kept, b"").unwrap();
        assert!(matches!(thumb(&file), Err(ImageError::File(_))), "there is nothing to make it from");
        std::fs::write(&file, &bytes).unwrap();
        assert_eq!(thumb(&file).unwrap(), size);
        assert!(std::fs::metadata(&kept).unwrap().len() > 0, "it is mended");
    }

    #[test]
    fn markup_that_is_still_arriving_is_drawn_and_damage_is_reported() {
        let pool = Pool::start(1, |pixels| pixels, &(Arc::new(|| {}) as Waker)).unwrap();
        let svg = r#"<svg xmlns="http://www.w3.org/2000/svg" width="8" height="8"><rect width="8" height="8" fill="red"/><g><circ"#;
        pool.want(Key::Reference("svg".into()), Work::Markup { text: svg.into(), max_side: 16 });
        let done = pool.done.recv().unwrap();
        assert_eq!(done.result.unwrap().size, Size { width: 16, height: 16 });
        pool.want(Key::Reference("bad".into()), Work::Bytes { bytes: vec![1, 2, 3].into(), max_side: 16 });
        assert!(pool.done.recv().unwrap().result.is_err());
    }
}
