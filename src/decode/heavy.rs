//! Drawings that were too heavy: remembered by their content, so that none is tried again by itself.
//!
//! One that was late because the computer was busy is no heavy one: it is tried once more by itself when the computer is
//! calm, then when the artist says so, and nothing of it is written.
//!
//! Imports `library` for the file that remembers from one start to the next. *Try longer* allows more for one drawing;
//! when that succeeds it keeps the longer allowance, also at later starts.

use super::allowance::Allowance;
use crate::library::{HeavyDrawing, read_heavy_drawings, write_heavy_drawings};
use crate::picture::{Error, Heavy, Repair};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::{Duration, Instant};

/// Drawings that a library remembers at the most.
const MOST: usize = 10_000;

#[derive(Default)]
struct Memory {
    /// By the hash of the text.
    heavy: HashMap<String, HeavyDrawing>,
    /// Those that were too heavy for a glance, which is no judgement of the whole.
    glanced: HashSet<String>,
    /// Those that were not drawn in time because the computer was busy.
    late: HashMap<String, Late>,
    /// What the artist allows longer.
    longer: HashSet<String>,
    ledgers: Vec<Weak<Ledger>>,
    /// What was changed so that drawings can be seen.
    repairs: HashMap<String, Vec<Repair>>,
}

/// A drawing that was late.
#[derive(Clone, Copy)]
struct Late {
    times: u32,
    last: Instant,
}

/// How long what was late rests before it is tried again.
const REST: Duration = Duration::from_secs(20);
/// Share of the time in which somebody waits for a processor, in hundredths, from which on a computer is busy.
const BUSY: f32 = 40.0;

impl Late {
    /// Whether it may be tried again by itself. `pressure`: how busy the computer is, where it tells.
    fn may(self, now: Instant, pressure: impl FnOnce() -> Option<f32>) -> bool {
        self.times < 2 && now.duration_since(self.last) >= REST && pressure().is_none_or(|pressure| pressure < BUSY)
    }
}

/// Asks the system in which share of the last seconds somebody waited for a processor; `None`: it does not tell.
fn pressure() -> Option<f32> {
    pressure_in(&std::fs::read_to_string("/proc/pressure/cpu").ok()?)
}

fn pressure_in(told: &str) -> Option<f32> {
    told.lines().next()?.split_whitespace().find_map(|word| word.strip_prefix("avg10="))?.parse().ok()
}

static MEMORY: Mutex<Option<Memory>> = Mutex::new(None);

fn with<T>(work: impl FnOnce(&mut Memory) -> T) -> T {
    let mut memory: MutexGuard<'_, Option<Memory>> = MEMORY.lock().unwrap_or_else(PoisonError::into_inner);
    work(memory.get_or_insert_with(Memory::default))
}

/// What one library remembers; while it is there, what is learned is written into the library.
#[derive(Debug)]
pub struct Ledger {
    dir: PathBuf,
    writes: bool,
    known: Mutex<BTreeMap<String, HeavyDrawing>>,
}

impl Ledger {
    /// Reads what a library remembers; one that is only read is not written to.
    pub fn open(dir: &Path, writes: bool) -> Arc<Self> {
        let known = read_heavy_drawings(dir);
        let ledger = Arc::new(Self { dir: dir.to_owned(), writes, known: Mutex::new(known.clone()) });
        let (longer, heavy): (BTreeMap<_, _>, BTreeMap<_, _>) =
            known.into_iter().partition(|(_, drawing)| drawing.drawn_longer);
        with(|memory| {
            memory.heavy.extend(heavy);
            memory.longer.extend(longer.into_keys());
            memory.ledgers.retain(|ledger| ledger.strong_count() > 0);
            memory.ledgers.push(Arc::downgrade(&ledger));
        });
        ledger
    }

    /// Takes in that a drawing was too heavy; `None`: it was drawn when it was tried longer.
    fn learn(&self, hash: &str, heavy: Option<HeavyDrawing>) {
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let is_new = match heavy {
            Some(heavy) => known.len() < MOST && known.insert(hash.to_owned(), heavy) != Some(heavy),
            None => known.get_mut(hash).is_some_and(|drawing| !std::mem::replace(&mut drawing.drawn_longer, true)),
        };
        if is_new
            && self.writes
            && let Err(error) = write_heavy_drawings(&self.dir, &known)
        {
            // It is tried once more at the next start.
            log::warn!("a drawing that is too heavy could not be remembered: {error}");
        }
    }
}

/// Tells what was changed so that a drawing can be seen, once it has been drawn; never waits: `None` when somebody else
/// is just asking.
pub fn repairs(hash: &str) -> Option<Vec<Repair>> {
    let memory = MEMORY.try_lock().ok()?;
    Some(memory.as_ref().and_then(|memory| memory.repairs.get(hash)).cloned().unwrap_or_default())
}

/// Takes in what was changed.
pub(super) fn learn_repairs(hash: &str, repairs: &[Repair]) {
    if repairs.is_empty() {
        return;
    }
    with(|memory| {
        if memory.repairs.len() >= MOST {
            memory.repairs.clear();
        }
        let known = memory.repairs.entry(hash.to_owned()).or_default();
        known.extend(repairs);
        known.sort();
        known.dedup();
    });
}

/// Allows a drawing that was too heavy more time and memory, from now on.
pub fn allow_longer(hash: &str) {
    with(|memory| {
        memory.heavy.remove(hash);
        memory.late.remove(hash);
        memory.longer.insert(hash.to_owned());
    });
}

/// Knows nothing of a drawing, like a program that was just started.
#[cfg(test)]
pub(super) fn forget(hash: &str) {
    with(|memory| {
        memory.heavy.remove(hash);
        memory.late.remove(hash);
        memory.longer.remove(hash);
    });
}

/// Pixels of a small picture: what is too heavy for these is so for any number.
const FEW: u64 = 512 * 512;

/// Whether a drawing is not tried at so many pixels. One that was too heavy as a large picture may do as a small one.
fn forbids(heavy: &HeavyDrawing, pixels: u64) -> bool {
    heavy.pixels <= FEW || pixels > heavy.pixels / 4
}

/// Returns what a drawing may cost now, to fill so many pixels.
///
/// # Errors
/// [`Error::TooHeavy`] when it was so before, [`Error::Busy`] while what was late is not to be tried.
pub(super) fn allowance(hash: &str, wanted: Allowance, pixels: u64) -> Result<Allowance, Error> {
    with(|memory| match memory.heavy.get(hash).filter(|heavy| forbids(heavy, pixels)) {
        Some(heavy) => Err(Error::TooHeavy { why: heavy.why }),
        None if memory.late.get(hash).is_some_and(|late| !late.may(Instant::now(), pressure)) => {
            Err(Error::Busy { again: memory.late.get(hash).is_some_and(|late| late.times < 2) })
        }
        None if memory.longer.contains(hash) => Ok(Allowance::Longer),
        None if wanted == Allowance::Glance && memory.glanced.contains(hash) => {
            Err(Error::TooHeavy { why: Heavy::Time })
        }
        None => Ok(wanted),
    })
}

/// Takes in that a drawing was late because the computer was busy; says whether it is to be tried again by itself.
pub(super) fn learn_late(hash: &str) -> bool {
    with(|memory| {
        if memory.late.len() >= MOST {
            memory.late.clear();
        }
        let late = memory.late.entry(hash.to_owned()).or_insert(Late { times: 0, last: Instant::now() });
        *late = Late { times: late.times + 1, last: Instant::now() };
        late.times < 2
    })
}

/// Takes in how a drawing went. What is still arriving is remembered for its next glance alone.
pub(super) fn learn(hash: &str, allowance: Allowance, pixels: u64, result: Result<(), &Error>) {
    if result.is_ok() {
        with(|memory| memory.late.remove(hash));
    }
    let why = match result {
        Err(Error::TooHeavy { .. }) if allowance == Allowance::Glance => {
            with(|memory| memory.glanced.insert(hash.to_owned()));
            return;
        }
        Err(Error::TooHeavy { why }) => Some(HeavyDrawing { why: *why, pixels, drawn_longer: false }),
        Ok(()) if allowance == Allowance::Longer => None,
        _ => return,
    };
    let ledgers: Vec<Arc<Ledger>> = with(|memory| {
        if let Some(why) = why {
            memory.longer.remove(hash);
            memory.heavy.insert(hash.to_owned(), why);
        }
        memory.ledgers.iter().filter_map(Weak::upgrade).collect()
    });
    ledgers.iter().for_each(|ledger| ledger.learn(hash, why));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_late_is_tried_once_more_when_the_computer_is_calm() {
        let last = Instant::now();
        let (once, twice) = (Late { times: 1, last }, Late { times: 2, last });
        assert!(!once.may(last, || None), "at once it would be late again");
        assert!(once.may(last + REST, || None) && once.may(last + REST, || Some(3.0)));
        assert!(!once.may(last + REST, || Some(90.0)), "it is busy still");
        assert!(!twice.may(last + 100 * REST, || Some(0.0)), "not for ever");
        let told = "some avg10=41.50 avg60=10.00 avg300=2.06 total=1\nfull avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";
        assert_eq!((pressure_in(told), pressure_in("")), (Some(41.5), None));
    }

    #[test]
    fn what_was_late_is_written_nowhere_and_tried_longer_when_asked_to() {
        let folder = tempfile::tempdir().unwrap();
        let ledger = Ledger::open(folder.path(), true);
        let hash = "what was late";
        for again in [true, false] {
            assert_eq!(learn_late(hash), again);
            learn(hash, Allowance::Usual, FEW, Err(&Error::Busy { again }));
            assert_eq!(allowance(hash, Allowance::Usual, FEW), Err(Error::Busy { again }));
        }
        assert!(!read_heavy_drawings(folder.path()).contains_key(hash));
        allow_longer(hash);
        assert_eq!(allowance(hash, Allowance::Usual, FEW), Ok(Allowance::Longer));
        drop(ledger);
    }
}
