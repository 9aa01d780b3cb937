//! What comes on the way to a picture: kept on disk as it comes, read again when somebody looks, and made a picture of
//! its own when somebody wants it.
//!
//! Invariants: neither the stream nor its result waits for a partial; what cannot be kept costs nothing else, and is
//! told to the log once per call; a partial that becomes a picture goes the way of every other picture.

use super::DiskError;
use super::actor::Actor;
use super::disk::Disk;
use super::jobs::LiveJob;
use super::message::{Event, Notice, WhichPartial};
use super::report::{Reports, TaskReport};
use super::store::Unsaved;
use crate::library::{
    self, Job, JobId, Partial, PartialOf, Partials, Picture, PictureId, Piece, Recipe, RecipeContext, Run,
    content_hash, last_partials, partials,
};
use crate::picture::close_partial;
use crate::plan::Origin;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;

/// Pieces of a drawing are written when they are this long together, in bytes: one write for many of them.
const BATCH: usize = 1024;
/// What one call may keep.
const BUDGET: Budget = Budget { pictures: 64, bytes: 256 << 20 };

/// What may still be kept.
struct Budget {
    pictures: usize,
    bytes: usize,
}

impl Budget {
    /// Takes from it; false: it is used up, and from then on for everything.
    fn take(&mut self, pictures: usize, bytes: usize) -> bool {
        let left = self.pictures.checked_sub(pictures).zip(self.bytes.checked_sub(bytes));
        let (pictures, bytes) = left.unwrap_or_default();
        *self = Self { pictures, bytes };
        left.is_some()
    }
}

/// Hands what comes on the way to the library's thread. Dropped, it hands over the rest.
pub(crate) struct Keeper {
    disk: Disk,
    reports: Reports,
    /// The artist may change it at any time.
    keep: Arc<AtomicBool>,
    job: JobId,
    began: Instant,
    /// A refusal has been told.
    told: Arc<AtomicBool>,
    /// The drive is full: what is left of it is the result's.
    full: Arc<AtomicBool>,
    budget: Budget,
    /// Of the picture that is becoming, within its job.
    place: u32,
    /// Bytes of its text so far.
    length: usize,
    waiting: Vec<Piece>,
}

impl Keeper {
    pub(crate) fn new(disk: Disk, reports: Reports, keep: Arc<AtomicBool>, job: JobId) -> Self {
        Self {
            disk,
            reports,
            keep,
            job,
            began: Instant::now(),
            told: Arc::default(),
            full: Arc::default(),
            budget: BUDGET,
            place: 0,
            length: 0,
            waiting: Vec::new(),
        }
    }

    /// Keeps a partial picture.
    pub(crate) fn picture(&mut self, bytes: Arc<[u8]>) {
        let (place, ms) = (self.place, self.ms());
        if !self.keeps() {
            return;
        }
        if !self.budget.take(1, bytes.len()) {
            return self.tell(OVER);
        }
        self.post(true, bytes.len(), move |library, job| library.keep_partial(job, place, ms, &bytes));
    }

    /// Keeps by what a drawing grew.
    pub(crate) fn text(&mut self, text: &str) {
        if text.is_empty() {
            return;
        }
        self.waiting.push(Piece { at: self.length, ms: self.ms(), text: text.to_owned() });
        self.length += text.len();
        if length(&self.waiting) >= BATCH {
            self.flush();
        }
    }

    /// What comes from now on is on the way to the picture at this place.
    pub(crate) fn turn_to(&mut self, place: u32) {
        self.flush();
        (self.place, self.length) = (place, 0);
    }

    /// Hands over the pieces that wait.
    pub(crate) fn flush(&mut self) {
        let pieces = std::mem::take(&mut self.waiting);
        let Some(first) = pieces.first() else { return };
        let (place, is_new) = (self.place, first.at == 0);
        if !self.keeps() {
            return;
        }
        if !self.budget.take(0, length(&pieces)) {
            return self.tell(OVER);
        }
        self.post(is_new, length(&pieces), move |library, job| library.keep_pieces(job, place, &pieces));
    }

    fn ms(&self) -> u64 {
        u64::try_from(self.began.elapsed().as_millis()).unwrap_or(u64::MAX)
    }

    fn keeps(&self) -> bool {
        self.keep.load(Ordering::Relaxed) && !self.full.load(Ordering::Relaxed)
    }

    /// Tells why something is not kept, once.
    fn tell(&self, why: &str) {
        if !self.told.swap(true, Ordering::Relaxed) {
            log::warn!("{why}");
        }
    }

    /// `is_new`: there is one partial more when this is done.
    fn post(
        &self,
        is_new: bool,
        bytes: usize,
        keep: impl FnOnce(&mut library::Library, &JobId) -> library::Result<()> + Send + 'static,
    ) {
        let (job, place, reports) = (self.job.clone(), self.place, self.reports.clone());
        let (told, full) = (self.told.clone(), self.full.clone());
        let posted = self.disk.post_later(bytes, move |library| {
            if full.load(Ordering::Relaxed) {
                return Ok(());
            }
            let kept = keep(library, &job);
            if matches!(kept, Err(library::Error::Full { .. })) {
                full.store(true, Ordering::Relaxed);
            }
            match kept {
                Ok(()) => {
                    if is_new {
                        reports.send(TaskReport::PartialKept { job, place });
                    }
                    Ok(())
                }
                Err(_) if told.swap(true, Ordering::Relaxed) => Ok(()),
                Err(error) => Err(error),
            }
        });
        if !posted {
            self.tell("the drive is too slow to keep every partial");
        }
    }
}

/// Length of a text in pieces, in bytes.
fn length(pieces: &[Piece]) -> usize {
    pieces.iter().map(|piece| piece.text.len()).sum()
}

/// What is told of the rest.
const OVER: &str = "a request has brought more partials than are kept of one; the rest is not kept";

impl Drop for Keeper {
    fn drop(&mut self) {
        self.flush();
    }
}

impl Actor {
    /// Tells what came on the way to a picture, in the background: after all of it has been written.
    pub(super) fn load_partials(&self, id: PictureId) {
        let (disk, reports) = (self.disk.clone(), self.reports.clone());
        tokio::spawn(async move {
            if let Some(event) = load(&disk, id).await {
                reports.event(event);
            }
        });
    }

    /// Makes a partial a picture of its own, in the background.
    pub(super) fn keep_partial(&mut self, which: WhichPartial) {
        let ended = match &which {
            WhichPartial::Last(job) => self.live(job).map(Ended::of),
            WhichPartial::Of { .. } => None,
        };
        let (disk, reports, turn) = (self.disk.clone(), self.reports.clone(), self.keep_turn.clone());
        tokio::spawn(async move {
            // One by one, so that each finds what the one before has made.
            let _turn = turn.lock().await;
            let events = match keep(&disk, which, ended).await {
                Ok(Made::New(picture, run)) => {
                    let id = picture.id.clone();
                    vec![Event::Stored { picture, run: Arc::new(run) }, Event::PartialKept(id)]
                }
                Ok(Made::Before(id)) => vec![Event::PartialWasKept(id)],
                Err(notice) => vec![Event::Notice(notice)],
            };
            for event in events {
                reports.event(event);
            }
        });
    }
}

/// Reads what came on the way to a picture; `None`: the picture went away, and nobody looks at it any more.
async fn load(disk: &Disk, id: PictureId) -> Option<Event> {
    let wanted = id.clone();
    let way = match disk.call_later(move |library| library.way_to(&wanted)).await {
        Ok(way) => way,
        Err(DiskError::Library(error)) if matches!(*error, library::Error::Missing { .. }) => return None,
        Err(error) => return Some(Event::Notice(Notice::LibraryFailed(error))),
    };
    let dir = disk.dir().to_owned();
    let read = tokio::task::spawn_blocking(move || {
        way.map_or(Ok(Partials::default()), |(job, place)| partials(&dir, &job, place))
    });
    let partials = match read.await {
        Ok(Ok(partials)) => partials,
        Ok(Err(error)) => {
            log::warn!("partials could not be read: {error}");
            Partials::default()
        }
        Err(error) => {
            log::warn!("partials could not be read: {error}");
            Partials::default()
        }
    };
    Some(Event::Partials { id, partials: Arc::new(partials) })
}

/// The picture that a partial is now.
#[derive(Debug)]
enum Made {
    New(Box<Picture>, Run),
    /// It was one already.
    Before(PictureId),
}

/// Finds a partial, gives it a recipe and stores it, unless it is a picture already.
async fn keep(disk: &Disk, which: WhichPartial, ended: Option<Ended>) -> Result<Made, Notice> {
    let failed = Notice::LibraryFailed;
    let (recipe, place) = match which {
        WhichPartial::Of { picture, step } => {
            let found = disk.call(move |library| Ok((library.recipe(&picture)?, library.way_to(&picture)?)));
            let (recipe, way) = found.await.map_err(failed)?;
            let (_, place) = way.ok_or(Notice::PartialGone)?;
            let finished = Origin { picture: recipe.id.0.clone(), hash: recipe.hash.clone() };
            let context =
                RecipeContext { partial: Some(PartialOf { number: 0, finished: Some(finished) }), ..recipe.context };
            // It was paid with what it became.
            let recipe = Recipe { id: PictureId::new(), context, usage: None, cost: Some(0.0), size: None, ..recipe };
            (recipe, Place::Step { place, step })
        }
        WhichPartial::Last(_) => {
            let Ended { job, provider, arrived } = ended.ok_or(Notice::PartialGone)?;
            let recipe = Recipe::of(&job);
            let context = RecipeContext { partial: Some(PartialOf { number: 0, finished: None }), ..recipe.context };
            (Recipe { context, provider, ..recipe }, Place::Last { arrived })
        }
    };
    let (dir, run) = (disk.dir().to_owned(), recipe.run.clone());
    let read = tokio::task::spawn_blocking(move || read(&dir, recipe, &place)).await;
    let read = read.map_err(|_| Notice::PartialGone)?;
    let unsaved = read.map_err(|error| failed(DiskError::Library(Arc::new(error))))?.ok_or(Notice::PartialGone)?;
    let (job, bytes) = (unsaved.recipe.job.clone(), unsaved.bytes.clone());
    let found =
        disk.call(move |library| Ok((library.partial_with_content(&job, &content_hash(&bytes))?, library.run(&run)?)));
    match found.await.map_err(failed)? {
        (Some(before), _) => Ok(Made::Before(before)),
        (None, run) => {
            let run = run.ok_or(Notice::PartialGone)?;
            Ok(Made::New(Box::new(unsaved.store(disk).await.map_err(failed)?), run))
        }
    }
}

/// What is known of a job that brought no picture, or not all.
struct Ended {
    job: Arc<Job>,
    provider: Option<String>,
    arrived: u32,
}

impl Ended {
    fn of(live: &mut LiveJob) -> Self {
        Self { job: live.job.clone(), provider: live.provider.clone(), arrived: live.arrived }
    }
}

/// Where a partial is looked for among those of its job.
enum Place {
    /// A step of the way to the picture at this place.
    Step { place: u32, step: usize },
    /// The last one after those of the pictures that came.
    Last { arrived: u32 },
}

/// Reads a partial that is to have this recipe; `None`: it is not there, or nothing of it can be shown.
fn read(dir: &Path, recipe: Recipe, place: &Place) -> library::Result<Option<Unsaved>> {
    let (partials, step) = match *place {
        Place::Step { place, step } => (partials(dir, &recipe.job, place)?, step),
        Place::Last { arrived } => {
            let Some(partials) = last_partials(dir, &recipe.job, arrived)? else { return Ok(None) };
            let last = partials.len().saturating_sub(1);
            (partials, last)
        }
    };
    let (bytes, number) = match partials.painted.get(step) {
        Some(Partial { file, number, .. }) => {
            (std::fs::read(file).map_err(|error| library::Error::read(file, error))?, *number)
        }
        None => match partials.text(step).and_then(close_partial) {
            Some(text) => (text.into_bytes(), u32::try_from(step + 1).unwrap_or(u32::MAX)),
            None => return Ok(None),
        },
    };
    let elapsed_ms = partials.ms(step).unwrap_or_default();
    let created_ms = jiff::Timestamp::now().as_millisecond();
    let mut recipe = Recipe { position: partials.place, elapsed_ms, created_ms, ..recipe };
    if let Some(partial) = &mut recipe.context.partial {
        partial.number = number;
    }
    Ok(Some(Unsaved { recipe, bytes: bytes.into() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::Library;

    #[test]
    fn what_waits_is_handed_over_however_a_call_ends_and_nothing_while_it_is_switched_off() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::start(Library::open(folder.path()).unwrap()).unwrap();
        let (reports, mut heard) = Reports::channel();
        let (keep, job) = (Arc::new(AtomicBool::new(true)), JobId::new());
        let keeper = || Keeper::new(disk.clone(), reports.clone(), keep.clone(), job.clone());
        let on_disk = |place| {
            super::super::runtime().unwrap().block_on(disk.call_later(|_| Ok(()))).unwrap();
            partials(folder.path(), &job, place).unwrap()
        };
        let mut first = keeper();
        first.text("<svg>");
        first.text("");
        first.text("<g/>");
        assert!(on_disk(0).is_empty(), "many pieces, one write");
        drop(first);
        let written = on_disk(0).written;
        assert_eq!((&*written.text, written.pieces.len()), ("<svg><g/>", 2));
        assert!(matches!(heard.try_recv(), Ok(TaskReport::PartialKept { .. })), "there is one more");

        keep.store(false, Ordering::Relaxed);
        let mut second = keeper();
        second.turn_to(1);
        second.picture([1, 2, 3].into());
        second.text("<svg/>");
        drop(second);
        assert!(on_disk(1).is_empty() && heard.try_recv().is_err());
        assert!(!on_disk(0).is_empty(), "what is there stays");
    }

    #[test]
    fn a_full_drive_ends_it_for_this_call_and_any_other_refusal_for_this_partial() {
        for (kind, later) in [(std::io::ErrorKind::StorageFull, 0), (std::io::ErrorKind::PermissionDenied, 1)] {
            let folder = tempfile::tempdir().unwrap();
            let library = Library::open(folder.path()).unwrap();
            let faults = library.faults();
            let disk = Disk::start(library).unwrap();
            let (reports, mut heard) = Reports::channel();
            let keep = Arc::new(AtomicBool::new(true));
            let keeper = || Keeper::new(disk.clone(), reports.clone(), keep.clone(), JobId::new());
            let mut kept = || {
                super::super::runtime().unwrap().block_on(disk.call_later(|_| Ok(()))).unwrap();
                std::iter::from_fn(|| heard.try_recv().ok()).count()
            };
            let mut first = keeper();
            faults.after(0, library::Fault::From(kind));
            (0..3).for_each(|_| first.picture([1, 2, 3].into()));
            first.text("<svg>");
            first.turn_to(1);
            assert_eq!(kept(), 0, "nothing is taken, and the artist is told nothing of it");
            faults.free();
            first.picture([1, 2, 3].into());
            assert_eq!(kept(), later, "{kind}: what room there is now is the result's");
            keeper().picture([1, 2, 3].into());
            assert_eq!(kept(), 1, "the next call tries again");
        }
    }

    #[test]
    fn one_call_keeps_no_more_than_its_budget() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::start(Library::open(folder.path()).unwrap()).unwrap();
        let (reports, mut heard) = Reports::channel();
        let mut keeper = Keeper::new(disk.clone(), reports, Arc::new(AtomicBool::new(true)), JobId::new());
        keeper.budget.pictures = 2;
        (0..3).for_each(|_| keeper.picture([1, 2, 3].into()));
        keeper.text("<svg>");
        drop(keeper);
        super::super::runtime().unwrap().block_on(disk.call_later(|_| Ok(()))).unwrap();
        assert_eq!(std::iter::from_fn(|| heard.try_recv().ok()).count(), 2);
        let mut budget = Budget { pictures: 2, bytes: 10 };
        assert_eq!([4, 7, 1].map(|bytes| budget.take(1, bytes)), [true, false, false], "what is over is over");
    }

    #[test]
    fn a_partial_is_made_a_picture_once_until_that_is_thrown_away() {
        let folder = tempfile::tempdir().unwrap();
        let mut library = Library::open(folder.path()).unwrap();
        let run = Run {
            id: library::RunId::new(),
            created_ms: 0,
            model: crate::api::ModelId::new("a/b"),
            model_name: String::new(),
            prompt: String::new(),
            settings: String::new(),
            asked: 1,
            aspect: None,
        };
        let job = Job {
            id: JobId::new(),
            run: run.id.clone(),
            position: 0,
            asked: 1,
            request: serde_json::json!({ "model": "a/b", "prompt": "" }),
            context: RecipeContext::default(),
            state: library::JobState::Queued,
        };
        library.add_run(&run, std::slice::from_ref(&job)).unwrap();
        for bytes in [[1, 2, 3], [4, 5, 6]] {
            library.keep_partial(&job.id, 0, 900, &bytes).unwrap();
        }
        let new = library::NewPicture { recipe: Recipe::of(&job), bytes: &[4, 5, 6], format: None, size: None };
        let picture = library.store(new).unwrap().id;
        let disk = Disk::start(library).unwrap();
        let runtime = super::super::runtime().unwrap();
        let made =
            |step| runtime.block_on(keep(&disk, WhichPartial::Of { picture: picture.clone(), step }, None)).unwrap();
        let Made::New(first, _) = made(0) else { panic!("there was none") };
        assert!(matches!(made(0), Made::Before(id) if id == first.id));
        let Made::New(last, _) = made(1) else { panic!("the finished picture of the same content is no partial") };
        assert_ne!(last.id, first.id);
        runtime.block_on(disk.call(move |library| library.trash(&[first.id]))).unwrap();
        assert!(matches!(made(0), Made::New(..)), "what is in the trash is not what was asked for");
    }
}
