//! Drawings that were too heavy: remembered by their content, so that none is tried again by itself.
//!
//! Imports `library` for the file that remembers from one start to the next. *Try longer* allows more for one drawing;
//! when that succeeds it keeps the longer allowance, also at later starts.

use super::allowance::Allowance;
use crate::library::{HeavyDrawing, read_heavy_drawings, write_heavy_drawings};
use crate::picture::{Error, Heavy, Repair};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};

/// Drawings that a library remembers at the most.
const MOST: usize = 10_000;

#[derive(Default)]
struct Memory {
    /// By the hash of the text.
    heavy: HashMap<String, HeavyDrawing>,
    /// Those that were too heavy for a glance, which is no judgement of the whole.
    glanced: HashSet<String>,
    /// What the artist allows longer.
    longer: HashSet<String>,
    ledgers: Vec<Weak<Ledger>>,
    /// What was changed so that drawings can be seen.
    repairs: HashMap<String, Vec<Repair>>,
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
        memory.longer.insert(hash.to_owned());
    });
}

/// Knows nothing of a drawing, like a program that was just started.
#[cfg(test)]
pub(super) fn forget(hash: &str) {
    with(|memory| {
        memory.heavy.remove(hash);
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
/// [`Error::TooHeavy`] when it was so before.
pub(super) fn allowance(hash: &str, wanted: Allowance, pixels: u64) -> Result<Allowance, Error> {
    with(|memory| match memory.heavy.get(hash).filter(|heavy| forbids(heavy, pixels)) {
        Some(heavy) => Err(Error::TooHeavy { why: heavy.why }),
        None if memory.longer.contains(hash) => Ok(Allowance::Longer),
        None if wanted == Allowance::Glance && memory.glanced.contains(hash) => {
            Err(Error::TooHeavy { why: Heavy::Time })
        }
        None => Ok(wanted),
    })
}

/// Takes in how a drawing went. What is still arriving is remembered for its next glance alone.
pub(super) fn learn(hash: &str, allowance: Allowance, pixels: u64, result: Result<(), &Error>) {
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
