//! The decode pool: named threads that turn files and arriving bytes into pixels, newest wish first.
//!
//! Generic over what the pixels become (`finish` runs on the pool), so that the engine needs no egui and the window
//! no conversion. A wish replaces an older one with the same key; what is forgotten before it began is never decoded.
//! The window only ever sends into channels: it takes no lock. Drawings, of which one may take long, have a desk and
//! threads of their own, so that nothing else waits for them.

mod drawings;
mod files;
mod inboxes;
mod pyramids;
mod region;
mod survive;
mod tiles;
mod turn;

use super::allowance::Allowance;
use super::drawing::Drawing;
use super::heavy;
use super::image::{Image, ImageError};
use super::request::{Done, Key, Patch, PatchOf, PreviewSink, Waker, Work};
use crate::library::reference_path;
use crate::picture::{self, Limits, Pixels, View, fit};
use drawings::Drawings;
pub(crate) use files::{raster, read, thumb};
use inboxes::{Inboxes, Message, send};
use pyramids::Pyramids;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use survive::survived;
use thread_priority::{ThreadPriority, ThreadPriorityValue};
pub use tiles::TILE_SIDE;
use tiles::{cut, finished};

/// Threads that wait for drawings.
const DRAWING_THREADS: usize = 2;
struct Desk {
    inbox: mpsc::Receiver<Message>,
    pending: Vec<(Key, Work)>,
    /// Pictures that threads are cutting tiles from; to wait for them would help nobody while there is other work.
    cut: Vec<PathBuf>,
    pyramids: Arc<Pyramids>,
}

/// A handle to the pool; dropping it ends the threads after what they are at.
pub struct Pool<T> {
    inboxes: Inboxes,
    done: mpsc::Receiver<Done<T>>,
    /// Whether small pictures that were made are kept beside the originals.
    keeps: Arc<AtomicBool>,
    /// Counts the questions for pixels.
    patches: AtomicU64,
}

impl<T: Send + 'static> Pool<T> {
    /// Starts the threads: so many, and those for drawings.
    ///
    /// # Errors
    /// When the system gives no thread.
    pub fn start(threads: usize, finish: fn(Pixels) -> T, waker: &Waker) -> std::io::Result<Self> {
        let (answers, done) = mpsc::channel();
        let pyramids = Arc::new(Pyramids::default());
        let keeps = Arc::new(AtomicBool::new(true));
        let crew = |name: &str, threads: usize| -> std::io::Result<mpsc::Sender<Message>> {
            let (inbox, messages) = mpsc::channel();
            let desk = Desk { inbox: messages, pending: Vec::new(), cut: Vec::new(), pyramids: pyramids.clone() };
            let desk = Arc::new(Mutex::new(desk));
            for number in 0..threads {
                let (desk, answers, waker) = (desk.clone(), answers.clone(), waker.clone());
                let mut tools =
                    Tools { drawings: Drawings::default(), pyramids: pyramids.clone(), keeps: keeps.clone() };
                std::thread::Builder::new()
                    .name(format!("easel-{name}-{number}"))
                    .spawn(move || serve(&desk, &mut tools, finish, &answers, &waker))?;
            }
            Ok(inbox)
        };
        let inboxes =
            Inboxes { pictures: crew("decode", threads.max(1))?, drawings: crew("drawings", DRAWING_THREADS)? };
        Ok(Self { inboxes, done, keeps, patches: AtomicU64::default() })
    }

    /// Says whether small pictures that are made from now on are kept beside the originals; at first they are.
    pub fn keep_thumbnails(&self, keep: bool) {
        self.keeps.store(keep, Ordering::Relaxed);
    }

    /// Wishes for pixels; never waits.
    pub fn want(&self, key: Key, work: Work) {
        self.inboxes.want(key, work);
    }

    /// Takes a wish back if it has not begun.
    pub fn forget(&self, key: Key) {
        send(&self.inboxes.drawings, Message::Forget(key.clone()));
        send(&self.inboxes.pictures, Message::Forget(key));
    }

    /// Lets the drawing of this content cost more from now on, for wishes that come after.
    pub fn allow_longer(&self, hash: String) {
        send(&self.inboxes.drawings, Message::AllowLonger(hash));
    }

    /// Says that no picture is looked at closely: of what is kept decoded for that, all but `kept` bytes may go.
    pub fn rest(&self, kept: u64) {
        send(&self.inboxes.pictures, Message::Rest(kept));
    }

    /// Takes the next answer, if any.
    pub fn next(&self) -> Option<Done<T>> {
        self.done.try_recv().ok()
    }

    /// Reads a part of a picture, pixel by pixel as its file has it; wakes the window when it is there.
    pub fn pixels(&self, part: PatchOf) -> Patch {
        let (reply, patch) = mpsc::channel();
        // Each is answered, also when another is asked for meanwhile.
        let number = self.patches.fetch_add(1, Ordering::Relaxed);
        self.want(Key::Patch(number), Work::Patch { part, reply });
        patch
    }

    /// Returns a sink that puts arriving pictures before everything else.
    pub fn preview_sink(&self) -> PreviewSink {
        let inboxes = Mutex::new(self.inboxes.clone());
        Arc::new(move |preview| {
            let inboxes = inboxes.lock().unwrap_or_else(PoisonError::into_inner);
            inboxes.want(Key::Preview(preview.job), preview.work);
        })
    }
}

/// What a thread does until the pool is gone.
fn serve<T>(
    desk: &Mutex<Desk>,
    tools: &mut Tools,
    finish: fn(Pixels) -> T,
    answers: &mpsc::Sender<Done<T>>,
    waker: &Waker,
) {
    step_back();
    let mut last = None;
    while let Some((key, work)) = take(desk, last.as_ref()) {
        if let Work::Patch { part, reply } = &work {
            if reply.send(survived(|| region::read(part, &mut tools.drawings, &tools.pyramids))).is_err() {
                log::debug!("nobody waits for these pixels any more");
            }
        } else {
            let result = survived(|| carry_out(&work, tools, finish));
            if answers.send(Done { key, result }).is_err() {
                break;
            }
        }
        last = Some(work);
        waker();
    }
}

/// Lets the window go first when all cores are busy.
fn step_back() {
    let priority = ThreadPriorityValue::try_from(30_u8).map_or(ThreadPriority::Min, ThreadPriority::Crossplatform);
    if let Err(error) = thread_priority::set_current_thread_priority(priority) {
        log::debug!("pictures are decoded at usual priority: {error:?}");
    }
}

/// Waits for the newest wish after having carried out the `last`. One idle thread waits in the inbox, the others for
/// the desk. `None`: the pool is gone.
fn take(desk: &Mutex<Desk>, last: Option<&Work>) -> Option<(Key, Work)> {
    let mut desk = desk.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(Work::Tile { file, .. }) = last
        && let Some(place) = desk.cut.iter().position(|cut| cut == file)
    {
        desk.cut.swap_remove(place);
    }
    loop {
        while let Ok(message) = desk.inbox.try_recv() {
            desk.file(message);
        }
        if let Some(newest) = desk.newest() {
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
            Message::Rest(kept) => self.pyramids.rest(kept),
            Message::AllowLonger(hash) => heavy::allow_longer(&hash),
        }
    }

    /// Takes the newest wish, before it one that needs no picture another thread is at.
    fn newest(&mut self) -> Option<(Key, Work)> {
        let free = |work: &Work| !matches!(work, Work::Tile { file, .. } if self.cut.contains(file));
        let place = self.pending.iter().rposition(|(_, work)| free(work)).or(self.pending.len().checked_sub(1))?;
        let taken = self.pending.remove(place);
        if let (_, Work::Tile { file, .. }) = &taken {
            self.cut.push(file.clone());
        }
        Some(taken)
    }
}

/// What a thread works with.
struct Tools {
    drawings: Drawings,
    pyramids: Arc<Pyramids>,
    /// Whether small pictures that were made are kept beside the originals.
    keeps: Arc<AtomicBool>,
}

fn carry_out<T>(work: &Work, tools: &mut Tools, finish: fn(Pixels) -> T) -> Result<Image<T>, ImageError> {
    let mut flaw = None;
    let pixels = match work {
        Work::Thumb { library, hash, file, max_side } => {
            let kept = thumb(library, hash, file, tools.keeps.load(Ordering::Relaxed), &mut flaw)?;
            if kept.size.longer_side() > *max_side { fit(&kept, *max_side) } else { kept }
        }
        Work::Reference { library, hash } => {
            let file = reference_path(library, hash).ok_or(ImageError::Missing)?;
            thumb(library, hash, &file, tools.keeps.load(Ordering::Relaxed), &mut flaw)?
        }
        Work::ReferenceWhole { library, hash, max_side } => {
            raster(&read(&reference_path(library, hash).ok_or(ImageError::Missing)?)?, *max_side, &mut flaw)?
        }
        Work::Scaled { file, max_side } => raster(&read(file)?, *max_side, &mut flaw)?,
        Work::Tile { file, spot } => return cut(&tools.pyramids, file, *spot, finish),
        Work::Region { file, scale, region } => {
            let view = View::Region { scale: *scale, region: *region };
            tools.drawings.get(file)?.draw(&Limits::default(), view)?
        }
        Work::Bytes { bytes, max_side } => raster(bytes, *max_side, &mut flaw)?,
        Work::Heat { difference, threshold } => difference.heat(*threshold),
        Work::Patch { part, .. } => region::read(part, &mut tools.drawings, &tools.pyramids)?,
        Work::Markup { text, max_side } => {
            let closed = picture::close_partial(text).ok_or(picture::Error::Unrecognised)?;
            let drawing = Drawing::of(closed.as_bytes()).with(Allowance::Glance);
            drawing.draw(&Limits::default(), View::Whole { max_side: *max_side })?
        }
    };
    Ok(Image { flaw, ..finished(pixels, finish) })
}

#[cfg(test)]
mod tests {
    use super::super::request::Spot;
    use super::files::THUMB_SIDE;
    use super::*;
    use crate::library::{PictureId, thumbnail_path};
    use crate::picture::{Encoding, Size, encode};
    use std::path::Path;

    pub(super) fn pixels(width: u32, height: u32) -> Pixels {
        let rgba = (0..width * height).flat_map(|n| [n as u8, (n >> 8) as u8, 7, 255]).collect();
        Pixels { size: Size { width, height }, rgba }
    }

    #[test]
    fn tiles_of_a_picture_come_one_by_one_from_one_decoding() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("large.png");
        std::fs::write(&file, encode(&pixels(1300, 700), &Encoding::Png, [0; 3]).unwrap()).unwrap();
        let pool = Pool::start(2, |pixels| pixels, &(Arc::new(|| {}) as Waker)).unwrap();
        let tile = |level, column, row| {
            let spot = Spot { level, column, row };
            pool.want(Key::Tile(PictureId("large".into()), spot), Work::Tile { file: file.clone(), spot });
            pool.done.recv().unwrap().result
        };
        let last = tile(0, 2, 1).unwrap();
        std::fs::remove_file(&file).unwrap();
        let [tile_of_last] = last.tiles.as_slice() else { panic!("{} tiles", last.tiles.len()) };
        assert_eq!(
            (last.size, tile_of_last.size),
            (Size { width: 1300, height: 700 }, Size { width: 276, height: 188 })
        );
        assert_eq!((tile_of_last.apron, tile_of_last.pixels.size), ([1, 1, 0, 0], Size { width: 277, height: 189 }));
        let corner = pixels(1300, 700).rgba.as_chunks::<4>().0[(511 * 1300 + 1023) as usize];
        assert_eq!(tile_of_last.pixels.rgba[..4], corner, "with the pixels around it");
        assert_eq!(tile(2, 0, 0).unwrap().size, Size { width: 325, height: 175 }, "a smaller level, decoded before");
        assert!(tile(0, 3, 0).is_err() && tile(40, 1, 0).is_err(), "there is no such tile");
    }

    #[test]
    fn threads_go_to_different_pictures_before_they_wait_for_each_other() {
        let (inbox, messages) = mpsc::channel();
        let desk = Desk { inbox: messages, pending: Vec::new(), cut: Vec::new(), pyramids: Arc::default() };
        let desk = Mutex::new(desk);
        for (name, column) in [("a", 0), ("b", 0), ("b", 1)] {
            let spot = Spot { level: 0, column, row: 0 };
            let work = Work::Tile { file: name.into(), spot };
            inbox.send(Message::Want(Key::Tile(PictureId(name.into()), spot), work)).unwrap();
        }
        drop(inbox);
        let taken = |last: Option<&Work>| take(&desk, last).unwrap().1;
        let name = |work: &Work| matches!(work, Work::Tile { file, .. } if file == Path::new("b"));
        let first = taken(None);
        let second = taken(None);
        assert!(name(&first) && !name(&second), "the second thread takes the other picture");
        let third = taken(Some(&first));
        assert!(name(&third), "and the first goes on with its own");
    }

    #[test]
    fn a_newer_wish_replaces_the_older_and_the_newest_goes_first() {
        let (inbox, messages) = mpsc::channel();
        let desk = Mutex::new(Desk { inbox: messages, pending: Vec::new(), cut: Vec::new(), pyramids: Arc::default() });
        let key = |n: u8| Key::Reference(n.to_string());
        let work = |text: &str| Work::Markup { text: text.into(), max_side: 1 };
        for (n, text) in [(1, "a"), (2, "b"), (1, "c"), (3, "d")] {
            inbox.send(Message::Want(key(n), work(text))).unwrap();
        }
        inbox.send(Message::Forget(key(2))).unwrap();
        drop(inbox);
        let order: Vec<_> = std::iter::from_fn(|| take(&desk, None)).map(|(key, _)| key).collect();
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
            let work = Work::Thumb {
                library: folder.path().to_owned(),
                hash: hash.clone(),
                file: file.to_owned(),
                max_side: THUMB_SIDE,
            };
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
