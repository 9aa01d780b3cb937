//! The library in memory: runs in order of time, each with its pictures.
//!
//! Made on the library's thread and handed over whole; kept up to date by events. No I/O. Invariant: a change of many
//! pictures at once touches each run and the trash once, and any picture is found by its id without a search.

use super::{JobId, Picture, PictureId, Run, RunId};
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

/// A run and its pictures, by place.
#[derive(Clone, Debug)]
pub struct RunEntry {
    pub run: Arc<Run>,
    /// By job (their ids sort by time), within a job by place: where they were waited for.
    pub pictures: Vec<Picture>,
}

/// What a run's pictures are sorted by.
pub fn place_of(picture: &Picture) -> (&JobId, u32, &PictureId) {
    (&picture.job, picture.position, &picture.id)
}

/// All runs, oldest first inside; `runs` gives them newest first.
#[derive(Debug, Default)]
pub struct LibraryContents {
    runs: Vec<RunEntry>,
    places: HashMap<RunId, usize>,
    /// Where each picture is that is not in the trash.
    slots: HashMap<PictureId, Slot>,
    trashed: Vec<Picture>,
    /// The places of those in the trash.
    thrown: HashMap<PictureId, usize>,
    /// Grows with every change, so that layouts can be cached.
    revision: u64,
}

/// The place of a run, and that of a picture in it.
#[derive(Clone, Copy, Debug)]
struct Slot {
    run: u32,
    picture: u32,
}

impl LibraryContents {
    /// Takes all that the library holds, in any order; `trashed` latest first.
    pub fn new(runs: Vec<Run>, pictures: Vec<Picture>, trashed: Vec<Picture>) -> Self {
        let mut sorted = runs;
        sorted.sort_by(|a, b| (a.created_ms, &a.id).cmp(&(b.created_ms, &b.id)));
        let mut all = Self::default();
        all.set_trashed(trashed);
        for run in sorted {
            all.add_run(Arc::new(run));
        }
        for picture in pictures {
            let Some(entry) = all.places.get(&picture.run).and_then(|place| all.runs.get_mut(*place)) else { continue };
            entry.pictures.push(picture);
        }
        all.slots.reserve(all.runs.iter().map(|entry| entry.pictures.len()).sum());
        for place in 0..all.runs.len() {
            if let Some(entry) = all.runs.get_mut(place) {
                entry.pictures.sort_unstable_by(|a, b| place_of(a).cmp(&place_of(b)));
                entry.pictures.shrink_to_fit();
            }
            all.number(place, 0);
        }
        all
    }

    /// Notes where the pictures of a run are, from one on.
    fn number(&mut self, run: usize, from: usize) {
        let Some(entry) = self.runs.get(run) else { return };
        for (picture, known) in entry.pictures.iter().enumerate().skip(from) {
            self.slots.insert(known.id.clone(), Slot { run: run as u32, picture: picture as u32 });
        }
    }

    fn set_trashed(&mut self, trashed: Vec<Picture>) {
        self.thrown = trashed.iter().enumerate().map(|(place, picture)| (picture.id.clone(), place)).collect();
        self.trashed = trashed;
    }

    fn known_mut(&mut self, id: &PictureId) -> Option<&mut Picture> {
        match self.slots.get(id) {
            Some(slot) => self.runs.get_mut(slot.run as usize)?.pictures.get_mut(slot.picture as usize),
            None => self.trashed.get_mut(*self.thrown.get(id)?),
        }
    }

    /// Takes the library as it was read; what was added meanwhile stays.
    pub fn load(&mut self, read: Self) {
        let newer = std::mem::replace(self, read);
        self.revision = newer.revision + 1;
        for entry in newer.runs {
            self.add_run(entry.run);
            self.restore(entry.pictures);
        }
    }

    /// Takes the library as it was read in place of what was known.
    pub fn replace(&mut self, read: Self) {
        let revision = self.revision + 1;
        *self = Self { revision, ..read };
    }

    /// Adds a run; one that is known stays as it is.
    pub fn add_run(&mut self, run: Arc<Run>) {
        if !self.places.contains_key(&run.id) {
            self.places.insert(run.id.clone(), self.runs.len());
            self.runs.push(RunEntry { run, pictures: Vec::new() });
            self.revision += 1;
        }
    }

    /// Adds a picture of a known run; one that is known is replaced.
    pub fn insert(&mut self, picture: Picture) {
        self.restore(vec![picture]);
    }

    /// Adds pictures of known runs, also such that were in the trash; those that are known are replaced.
    pub fn restore(&mut self, pictures: Vec<Picture>) {
        self.revision += 1;
        let ids: HashSet<PictureId> =
            pictures.iter().filter(|picture| self.thrown.contains_key(&picture.id)).map(|one| one.id.clone()).collect();
        let mut added: HashMap<usize, Vec<Picture>> = HashMap::new();
        for picture in pictures {
            if self.slots.contains_key(&picture.id) {
                if let Some(known) = self.known_mut(&picture.id) {
                    *known = picture;
                }
            } else if let Some(run) = self.places.get(&picture.run) {
                added.entry(*run).or_default().push(picture);
            } else {
                log::warn!("a picture came whose run is not known: {}", picture.id.0);
            }
        }
        for (run, mut new) in added {
            let Some(entry) = self.runs.get_mut(run) else { continue };
            new.sort_unstable_by(|a, b| place_of(a).cmp(&place_of(b)));
            // The same one twice: the later counts.
            new.dedup_by(|later, earlier| {
                later.id == earlier.id && {
                    std::mem::swap(later, earlier);
                    true
                }
            });
            let from =
                new.first().map_or(0, |first| entry.pictures.partition_point(|one| place_of(one) < place_of(first)));
            let is_at_end = from == entry.pictures.len();
            entry.pictures.extend(new);
            if !is_at_end {
                entry.pictures.sort_by(|a, b| place_of(a).cmp(&place_of(b)));
            }
            self.number(run, from);
        }
        self.forget_thrown(&ids);
    }

    fn forget_thrown(&mut self, ids: &HashSet<PictureId>) {
        if !ids.is_empty() {
            let mut left = std::mem::take(&mut self.trashed);
            left.retain(|picture| !ids.contains(&picture.id));
            self.set_trashed(left);
        }
    }

    /// Takes over what changed about known pictures, in the trash or not.
    pub fn update(&mut self, pictures: Vec<Picture>) {
        for picture in pictures {
            if let Some(known) = self.known_mut(&picture.id) {
                *known = picture;
            }
        }
        self.revision += 1;
    }

    /// Takes over pictures of known runs as they are now, wherever they were before.
    pub fn put(&mut self, pictures: Vec<Picture>) {
        let (trashed, kept): (Vec<_>, Vec<_>) = pictures.into_iter().partition(|picture| picture.trashed_ms.is_some());
        let (known, thrown): (Vec<_>, Vec<_>) =
            trashed.into_iter().partition(|picture| self.thrown.contains_key(&picture.id));
        self.update(known);
        self.trash(thrown);
        self.restore(kept);
    }

    /// Forgets pictures that the library does not have any more.
    pub fn remove(&mut self, ids: &[PictureId]) {
        self.take_out(ids.iter());
        let thrown = ids.iter().filter(|id| self.thrown.contains_key(*id)).cloned().collect();
        self.forget_thrown(&thrown);
        self.revision += 1;
    }

    /// Takes pictures out of their runs.
    fn take_out<'a>(&mut self, ids: impl Iterator<Item = &'a PictureId>) {
        let mut runs: HashMap<u32, usize> = HashMap::new();
        for slot in ids.filter_map(|id| self.slots.remove(id)) {
            let first = runs.entry(slot.run).or_insert(slot.picture as usize);
            *first = (*first).min(slot.picture as usize);
        }
        for (run, first) in runs {
            let Some(entry) = self.runs.get_mut(run as usize) else { continue };
            let slots = &self.slots;
            entry.pictures.retain(|picture| slots.contains_key(&picture.id));
            self.number(run as usize, first);
        }
    }

    /// Moves pictures to the trash's list; the last of them is its first.
    pub fn trash(&mut self, pictures: Vec<Picture>) {
        self.take_out(pictures.iter().map(|picture| &picture.id));
        let again: HashSet<&PictureId> = pictures.iter().map(|picture| &picture.id).collect();
        let mut left = std::mem::take(&mut self.trashed);
        left.retain(|picture| !again.contains(&picture.id));
        self.set_trashed(pictures.into_iter().rev().chain(left).collect());
        self.revision += 1;
    }

    /// Forgets what was in the trash.
    pub fn empty_trash(&mut self) {
        self.set_trashed(Vec::new());
        self.revision += 1;
    }

    /// Returns the runs, newest first, also those without pictures.
    pub fn runs(&self) -> impl DoubleEndedIterator<Item = &RunEntry> {
        self.runs.iter().rev()
    }

    /// Returns a run by its id.
    pub fn run(&self, id: &RunId) -> Option<&RunEntry> {
        self.places.get(id).and_then(|place| self.runs.get(*place))
    }

    /// Returns a picture, also one in the trash.
    pub fn picture(&self, id: &PictureId) -> Option<&Picture> {
        match self.slots.get(id) {
            Some(slot) => self.runs.get(slot.run as usize)?.pictures.get(slot.picture as usize),
            None => self.trashed.get(*self.thrown.get(id)?),
        }
    }

    /// Returns the run that made a picture.
    pub fn run_of(&self, id: &PictureId) -> Option<&Arc<Run>> {
        self.picture(id).and_then(|picture| self.run(&picture.run)).map(|entry| &entry.run)
    }

    /// Returns how many runs there are, also those without pictures.
    pub fn run_count(&self) -> usize {
        self.runs.len()
    }

    /// Returns the place of a run, oldest first.
    pub fn place(&self, id: &RunId) -> Option<usize> {
        self.places.get(id).copied()
    }

    /// Returns the run at a place, oldest first.
    pub fn entry(&self, place: usize) -> Option<&RunEntry> {
        self.runs.get(place)
    }

    /// Returns the place of the run that made a picture; `None` in the trash.
    pub fn place_of_picture(&self, id: &PictureId) -> Option<usize> {
        self.slots.get(id).map(|slot| slot.run as usize)
    }

    /// Returns what is in the trash, latest first.
    pub fn trashed(&self) -> &[Picture] {
        &self.trashed
    }

    /// Returns how many pictures there are, without the trash.
    pub fn count(&self) -> usize {
        self.slots.len()
    }

    /// Returns a number that grows with every change.
    pub fn revision(&self) -> u64 {
        self.revision
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::api::ModelId;
    use crate::picture::{Format, Size};

    pub(crate) fn run(n: i64) -> Run {
        Run {
            id: RunId(format!("r{n}")),
            created_ms: n,
            model: ModelId::new("a/b"),
            model_name: "B".into(),
            prompt: "p".into(),
            settings: String::new(),
            asked: 1,
            aspect: None,
        }
    }

    pub(crate) fn picture(run: i64, n: i64) -> Picture {
        Picture {
            id: PictureId(format!("p{run}.{n}")),
            run: RunId(format!("r{run}")),
            job: JobId("j".into()),
            position: 0,
            file: String::new(),
            hash: String::new(),
            format: Format::Png,
            size: Some(Size { width: 4, height: 4 }),
            bytes: 1,
            created_ms: run * 100 + n,
            cost: None,
            elapsed_ms: 0,
            provider: None,
            trashed_ms: None,
            number: 0,
            seed: None,
            has_references: false,
            flaw: None,
            prompt: None,
            marks: Default::default(),
        }
    }

    fn sample() -> LibraryContents {
        let pictures = vec![picture(3, 1), picture(3, 0), picture(1, 2), picture(1, 1), picture(1, 0)];
        LibraryContents::new(vec![run(3), run(1), run(2)], pictures, vec![])
    }

    fn id(text: &str) -> PictureId {
        PictureId(text.into())
    }

    #[test]
    fn trash_and_restore_bring_a_picture_back_to_its_place() {
        let mut collection = sample();
        let removed = collection.picture(&id("p1.1")).unwrap().clone();
        collection.trash(vec![removed.clone()]);
        assert_eq!((collection.count(), collection.trashed().len()), (4, 1));
        assert!(collection.picture(&id("p1.1")).is_some(), "the trash is still looked into");
        collection.insert(removed);
        assert_eq!((collection.count(), collection.trashed().len()), (5, 0));
        let places: Vec<_> =
            collection.run(&RunId("r1".into())).unwrap().pictures.iter().map(|p| p.id.0.clone()).collect();
        assert_eq!(places, ["p1.0", "p1.1", "p1.2"]);
    }

    /// The same by hand: lists that are searched from their beginning.
    fn plain(changes: &[(u8, Vec<usize>)], all: &[Picture]) -> (Vec<String>, Vec<String>) {
        let (mut here, mut thrown): (Vec<Picture>, Vec<Picture>) = (all.to_vec(), Vec::new());
        for (what, which) in changes {
            for picture in which.iter().map(|place| all[*place].clone()) {
                here.retain(|other| other.id != picture.id);
                thrown.retain(|other| other.id != picture.id);
                match what {
                    0 => thrown.insert(0, picture),
                    1 => here.push(picture),
                    _ => {}
                }
            }
        }
        here.sort_by(|a, b| (&a.run, place_of(a)).cmp(&(&b.run, place_of(b))));
        let ids = |list: Vec<Picture>| list.into_iter().map(|one| one.id.0).collect();
        (ids(here), ids(thrown))
    }

    #[test]
    fn whatever_is_moved_in_whatever_order_the_lists_are_those_of_a_plain_search() {
        let all: Vec<Picture> = (0..40).map(|n| picture(n % 3, n)).collect();
        let mut chance = fastrand::Rng::with_seed(7);
        for _ in 0..300 {
            let mut collection = LibraryContents::new((0..3).map(run).collect(), all.clone(), Vec::new());
            let mut changes = Vec::new();
            for _ in 0..chance.usize(1..8) {
                let mut which: Vec<usize> = (0..all.len()).collect();
                chance.shuffle(&mut which);
                which.truncate(chance.usize(..20));
                let pictures: Vec<Picture> = which.iter().map(|place| all[*place].clone()).collect();
                let what = chance.u8(..3);
                match what {
                    0 => collection.trash(pictures),
                    1 => collection.restore(pictures),
                    _ => collection.remove(&pictures.into_iter().map(|one| one.id).collect::<Vec<_>>()),
                }
                changes.push((what, which));
            }
            let (here, thrown) = plain(&changes, &all);
            let entries = (0..3).filter_map(|place| collection.entry(place));
            let found: Vec<String> = entries.flat_map(|entry| &entry.pictures).map(|one| one.id.0.clone()).collect();
            assert_eq!((collection.count(), &found), (here.len(), &here), "{changes:?}");
            assert_eq!(collection.trashed().iter().map(|one| one.id.0.clone()).collect::<Vec<_>>(), thrown);
            for one in &all {
                let is_known = here.contains(&one.id.0) || thrown.contains(&one.id.0);
                assert_eq!(collection.picture(&one.id).map(|found| &found.id), is_known.then_some(&one.id));
                assert_eq!(collection.place_of_picture(&one.id).is_some(), here.contains(&one.id.0));
            }
        }
    }

    #[test]
    fn what_arrived_before_the_library_was_read_is_kept() {
        let mut collection = LibraryContents::default();
        collection.add_run(run(9).into());
        collection.insert(picture(9, 0));
        collection.load(LibraryContents::new(vec![run(1)], vec![picture(1, 0)], vec![]));
        assert!(collection.picture(&id("p9.0")).is_some());
        assert_eq!(collection.count(), 2);
    }
}
