//! What comes on the way to a picture, kept on disk as it comes.
//!
//! Invariants: neither the stream nor its result waits for a partial; what cannot be kept costs nothing else, and is
//! told to the log once per call.

use super::super::disk::Disk;
use super::super::report::Reports;
use super::input::Input;
use crate::library::{self, JobId, Piece};
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
                        reports.job(Input::PartialKept { job, place });
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

#[cfg(test)]
mod tests {
    use super::super::super::report::TaskReport;
    use super::*;
    use crate::library::{Library, partials};

    #[test]
    fn what_waits_is_handed_over_however_a_call_ends_and_nothing_while_it_is_switched_off() {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::start(Library::open(folder.path()).unwrap()).unwrap();
        let (reports, mut heard) = Reports::channel();
        let (keep, job) = (Arc::new(AtomicBool::new(true)), JobId::new());
        let keeper = || Keeper::new(disk.clone(), reports.clone(), keep.clone(), job.clone());
        let on_disk = |place| {
            super::super::super::runtime().unwrap().block_on(disk.call_later(|_| Ok(()))).unwrap();
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
        assert!(matches!(heard.try_recv(), Ok(TaskReport::Job(Input::PartialKept { .. }))), "there is one more");

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
                super::super::super::runtime().unwrap().block_on(disk.call_later(|_| Ok(()))).unwrap();
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
        super::super::super::runtime().unwrap().block_on(disk.call_later(|_| Ok(()))).unwrap();
        assert_eq!(std::iter::from_fn(|| heard.try_recv().ok()).count(), 2);
        let mut budget = Budget { pictures: 2, bytes: 10 };
        assert_eq!([4, 7, 1].map(|bytes| budget.take(1, bytes)), [true, false, false], "what is over is over");
    }
}
