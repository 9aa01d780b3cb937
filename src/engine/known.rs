//! What is known of a library that another Easel writes, and what is different from it.
//!
//! Invariant: what is told, applied to what was known, gives what the library holds.

use super::message::Changes;
use crate::library::{self, Collection, Library, Picture, PictureId, Run, RunId, UserLists};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

/// What is known of the library, small: enough to see what has changed.
#[derive(Debug, Default)]
pub(super) struct Known {
    /// `None`: to be read anew in any case.
    version: Option<i64>,
    /// The last look failed, and that was told.
    pub(super) is_told: bool,
    runs: HashSet<RunId>,
    /// With their numbers and a digest of everything about them.
    pictures: HashMap<PictureId, (u32, u64)>,
    shelves: UserLists,
}

impl Known {
    /// Lets the next look read everything.
    pub(super) fn distrust(&mut self) {
        self.version = None;
    }

    /// Compares with what the library holds now and takes it over.
    fn take(&mut self, runs: Vec<Run>, pictures: Vec<Picture>, shelves: UserLists) -> Changes {
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
pub(super) enum Seen {
    Nothing,
    /// The first look.
    All(Box<Collection>, UserLists),
    Some(Changes),
}

/// Looks what has changed since the last look.
pub(super) fn look(library: &Library, known: &mut Option<Known>) -> library::Result<Seen> {
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
