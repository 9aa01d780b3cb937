//! The library in memory: runs in order of time, each with its pictures.
//!
//! Made on the library's thread and handed over whole; kept up to date by events. No I/O.

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
pub struct Collection {
    runs: Vec<RunEntry>,
    places: HashMap<RunId, usize>,
    /// The run of each picture that is not in the trash, by its place.
    owners: HashMap<PictureId, usize>,
    trashed: Vec<Picture>,
    count: usize,
    /// Grows with every change, so that layouts can be cached.
    revision: u64,
}

impl Collection {
    /// Takes all that the library holds, in any order; `trashed` latest first.
    pub fn new(runs: Vec<Run>, pictures: Vec<Picture>, trashed: Vec<Picture>) -> Self {
        let mut sorted = runs;
        sorted.sort_by(|a, b| (a.created_ms, &a.id).cmp(&(b.created_ms, &b.id)));
        let mut all = Self { trashed, ..Self::default() };
        for run in sorted {
            all.add_run(Arc::new(run));
        }
        for picture in pictures {
            let Some(place) = all.places.get(&picture.run).copied() else { continue };
            let Some(entry) = all.runs.get_mut(place) else { continue };
            all.owners.insert(picture.id.clone(), place);
            entry.pictures.push(picture);
            all.count += 1;
        }
        for entry in &mut all.runs {
            entry.pictures.sort_unstable_by(|a, b| place_of(a).cmp(&place_of(b)));
            entry.pictures.shrink_to_fit();
        }
        all
    }

    /// Takes the library as it was read; what was added meanwhile stays.
    pub fn load(&mut self, read: Self) {
        let newer = std::mem::replace(self, read);
        self.revision = newer.revision + 1;
        for entry in newer.runs {
            self.add_run(entry.run);
            for picture in entry.pictures {
                self.insert(picture);
            }
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
        let place = self.places.get(&picture.run).copied();
        let Some((place, entry)) = place.and_then(|place| Some((place, self.runs.get_mut(place)?))) else {
            log::warn!("a picture came whose run is not known: {}", picture.id.0);
            return;
        };
        self.revision += 1;
        self.trashed.retain(|other| other.id != picture.id);
        if let Some(known) = entry.pictures.iter_mut().find(|other| other.id == picture.id) {
            *known = picture;
            return;
        }
        self.owners.insert(picture.id.clone(), place);
        let at = entry.pictures.partition_point(|other| place_of(other) < place_of(&picture));
        entry.pictures.insert(at, picture);
        self.count += 1;
    }

    /// Takes over what changed about known pictures, in the trash or not.
    pub fn update(&mut self, pictures: Vec<Picture>) {
        for picture in pictures {
            let known = match self.owners.get(&picture.id) {
                Some(place) => self.runs.get_mut(*place).map(|entry| &mut entry.pictures),
                None => Some(&mut self.trashed),
            };
            if let Some(known) = known.and_then(|list| list.iter_mut().find(|known| known.id == picture.id)) {
                *known = picture;
            }
        }
        self.revision += 1;
    }

    /// Takes over pictures of known runs as they are now, wherever they were before.
    pub fn put(&mut self, pictures: Vec<Picture>) {
        let (trashed, kept): (Vec<_>, Vec<_>) = pictures.into_iter().partition(|picture| picture.trashed_ms.is_some());
        let (known, thrown): (Vec<_>, Vec<_>) =
            trashed.into_iter().partition(|picture| self.trashed.iter().any(|other| other.id == picture.id));
        self.update(known);
        self.trash(thrown);
        for picture in kept {
            self.insert(picture);
        }
    }

    /// Forgets pictures that the library does not have any more.
    pub fn remove(&mut self, ids: &[PictureId]) {
        let ids: HashSet<_> = ids.iter().collect();
        let places: HashSet<usize> = ids.iter().filter_map(|id| self.owners.remove(*id)).collect();
        for place in places {
            if let Some(entry) = self.runs.get_mut(place) {
                let before = entry.pictures.len();
                entry.pictures.retain(|picture| !ids.contains(&picture.id));
                self.count -= before - entry.pictures.len();
            }
        }
        self.trashed.retain(|picture| !ids.contains(&picture.id));
        self.revision += 1;
    }

    /// Moves pictures to the trash's list.
    pub fn trash(&mut self, pictures: Vec<Picture>) {
        for picture in pictures {
            if let Some(place) = self.owners.remove(&picture.id)
                && let Some(entry) = self.runs.get_mut(place)
            {
                entry.pictures.retain(|other| other.id != picture.id);
                self.count -= 1;
            }
            self.trashed.insert(0, picture);
        }
        self.revision += 1;
    }

    /// Forgets what was in the trash.
    pub fn empty_trash(&mut self) {
        self.trashed.clear();
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
        match self.owners.get(id) {
            Some(place) => self.runs.get(*place)?.pictures.iter().find(|picture| picture.id == *id),
            None => self.trashed.iter().find(|picture| picture.id == *id),
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
        self.owners.get(id).copied()
    }

    /// Returns what is in the trash, latest first.
    pub fn trashed(&self) -> &[Picture] {
        &self.trashed
    }

    /// Returns how many pictures there are, without the trash.
    pub fn count(&self) -> usize {
        self.count
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

    fn sample() -> Collection {
        let pictures = vec![picture(3, 1), picture(3, 0), picture(1, 2), picture(1, 1), picture(1, 0)];
        Collection::new(vec![run(3), run(1), run(2)], pictures, vec![])
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

    #[test]
    fn what_arrived_before_the_library_was_read_is_kept() {
        let mut collection = Collection::default();
        collection.add_run(run(9).into());
        collection.insert(picture(9, 0));
        collection.load(Collection::new(vec![run(1)], vec![picture(1, 0)], vec![]));
        assert!(collection.picture(&id("p9.0")).is_some());
        assert_eq!(collection.count(), 2);
    }
}
