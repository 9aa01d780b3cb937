//! What another Easel changes in a library that this one only reads.
//!
//! The index tells cheaply whether it was changed; then everything is listed and compared with what was known. Runs on
//! the library's thread. Invariant: what is told, applied to what was known, gives what the library holds.

use super::DiskError;
use super::actor::Actor;
use super::message::{Changes, Event};
use crate::library::{self, Collection, Library, Picture, PictureId, ReadOnly, Run, RunId, Shelves};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

/// What is known of the library, small: enough to see what has changed.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// `None`: to be read anew in any case.
    version: Option<i64>,
    /// The last look failed, and that was told.
    is_told: bool,
    runs: HashSet<RunId>,
    /// With their numbers and a digest of everything about them.
    pictures: HashMap<PictureId, (u32, u64)>,
    shelves: Shelves,
}

impl Known {
    /// Lets the next look read everything.
    pub(super) fn distrust(&mut self) {
        self.version = None;
    }

    /// Compares with what the library holds now and takes it over.
    fn take(&mut self, runs: Vec<Run>, pictures: Vec<Picture>, shelves: Shelves) -> Changes {
        let mut changes = Changes::default();
        changes.runs.extend(runs.into_iter().filter(|run| self.runs.insert(run.id.clone())).map(Arc::new));
        let mut left = std::mem::take(&mut self.pictures);
        for picture in pictures {
            let now = (picture.number, digest(&picture));
            let before = left.remove(&picture.id);
            self.pictures.insert(picture.id.clone(), now);
            if before != Some(now) {
                changes.pictures.push(picture);
            }
        }
        changes.gone.extend(left.into_iter().map(|(id, (number, _))| (id, number)));
        if shelves != self.shelves {
            self.shelves.clone_from(&shelves);
            changes.shelves = Some(shelves);
        }
        changes
    }
}

fn digest(picture: &Picture) -> u64 {
    let mut digest = DefaultHasher::new();
    let Picture { file, size, trashed_ms, marks, hash, cost, .. } = picture;
    (file, size.map(|size| (size.width, size.height)), trashed_ms, hash, cost.map(f64::to_bits)).hash(&mut digest);
    format!("{marks:?}").hash(&mut digest);
    digest.finish()
}

/// What a look found.
enum Seen {
    Nothing,
    /// The first look.
    All(Box<Collection>, Shelves),
    Some(Changes),
}

fn look(library: &Library, known: &mut Option<Known>) -> library::Result<Seen> {
    let version = library.version()?;
    if known.as_ref().is_some_and(|known| known.version == Some(version)) {
        return Ok(Seen::Nothing);
    }
    let (runs, pictures, trashed) = (library.runs()?, library.pictures()?, library.trashed()?);
    let shelves = library.shelves()?;
    let Some(known) = known else {
        let first = known.insert(Known { version: Some(version), ..Known::default() });
        first.take(runs.clone(), pictures.iter().chain(&trashed).cloned().collect(), shelves.clone());
        return Ok(Seen::All(Box::new(Collection::new(runs, pictures, trashed)), shelves));
    };
    known.version = Some(version);
    let changes = known.take(runs, pictures.into_iter().chain(trashed).collect(), shelves);
    Ok(if changes.is_empty() { Seen::Nothing } else { Seen::Some(changes) })
}

impl Actor {
    /// Says whether somebody else may change the library.
    pub(super) fn only_looks(&self) -> bool {
        self.read_only.is_some_and(|why| why != ReadOnly::Tended)
    }

    /// Tells what the library's writer has changed since the last look.
    pub(super) async fn look(&mut self) {
        let mut known = self.known.take();
        let looked = self.disk.call(move |library| {
            let seen = look(library, &mut known);
            Ok((known, seen))
        });
        let seen = match looked.await {
            Ok((known, seen)) => {
                self.known = known;
                seen.map_err(|error| DiskError::Library(Arc::new(error)))
            }
            Err(error) => Err(error),
        };
        let was_told = self.known.as_mut().is_some_and(|known| std::mem::replace(&mut known.is_told, seen.is_err()));
        match seen {
            Ok(Seen::Nothing) => {}
            Ok(Seen::All(collection, shelves)) => {
                self.happened(Event::Shelves(Box::new(shelves)));
                self.happened(Event::Loaded(collection));
            }
            Ok(Seen::Some(changes)) => {
                self.happened(Event::Changed(Box::new(changes)));
                self.count_spending().await;
            }
            // Once, not at every look.
            Err(error) if !was_told => self.trouble(error),
            Err(_) => {}
        }
    }
}
