//! Following the writer: what another Easel has changed since the last look.
//!
//! The index notes every change of a picture and every new run (table `changes`, by triggers), the newest few thousand of
//! them. As long as they reach back to the last look, only what they name is read; else everything is listed and compared.
//! Invariants: what is told, applied to what was known, gives what the library holds; an index that was made anew is
//! opened again, and then compared as a whole.

use super::contents::LibraryContents;
use super::index::changes::{self, Noted};
use super::{Library, Picture, PictureId, Result, Run, RunId, UserLists};
use std::collections::{HashMap, HashSet};
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::sync::Arc;

/// What is different from what was known.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Changes {
    pub runs: Vec<Arc<Run>>,
    /// New ones, and those of which anything has changed; in the trash or not.
    pub pictures: Vec<Picture>,
    /// Not in the library any more, with their numbers.
    pub gone: Vec<(PictureId, u32)>,
    /// `None`: unchanged.
    pub shelves: Option<UserLists>,
    /// The index was made anew: whoever has it open opens it again.
    pub is_new_index: bool,
}

/// What a look found.
#[derive(Debug)]
pub enum PollResult {
    Nothing,
    /// The first look.
    All(Box<LibraryContents>, UserLists),
    Some(Box<Changes>),
}

/// Where the index stood when it was last read.
#[derive(Clone, Copy, Debug)]
struct Mark {
    version: i64,
    /// The last change that was noted.
    change: i64,
}

/// What a note names, as it is now; `None`: gone.
enum Read {
    Run(Option<Run>),
    Picture(PictureId, Option<Box<Picture>>),
}

impl Read {
    fn of(library: &Library, noted: Noted) -> Result<Self> {
        Ok(match noted {
            Noted::Run(id) => Self::Run(library.run(&id)?),
            Noted::Picture(id) => {
                let picture = library.picture(&id)?.map(Box::new);
                Self::Picture(id, picture)
            }
        })
    }
}

/// What is known of the library, small: enough to see what has changed.
#[derive(Debug, Default)]
pub struct Follower {
    /// `None`: to be read as a whole in any case.
    mark: Option<Mark>,
    /// The last look failed, and that was told by whoever looked.
    pub is_told: bool,
    runs: HashSet<RunId>,
    /// With their numbers and a digest of everything about them.
    pictures: HashMap<PictureId, (u32, u64)>,
    shelves: UserLists,
    /// Pictures and runs that were read so far.
    read: usize,
}

impl Follower {
    /// Looks at a library that somebody else may change, and takes over what is found; `known`: `None` before the first
    /// look.
    ///
    /// Errors: as for [`Library::open_read_only`] where the index was made anew.
    pub fn poll(known: &mut Option<Self>, library: &mut Library) -> Result<PollResult> {
        let is_new_index = library.follow_index()?;
        let version = library.version()?;
        if let Some(known) = known {
            if known.mark.is_some_and(|mark| mark.version == version) && !is_new_index {
                return Ok(PollResult::Nothing);
            }
            let mut changes = known.changes(library, version, is_new_index)?;
            changes.is_new_index = is_new_index;
            return Ok(if changes == Changes::default() {
                PollResult::Nothing
            } else {
                PollResult::Some(Box::new(changes))
            });
        }
        let change = changes::last(&library.db)?;
        let (runs, pictures, trashed) = (library.runs()?, library.pictures()?, library.trashed()?);
        let shelves = library.shelves()?;
        let first = known.insert(Self { mark: Some(Mark { version, change }), ..Self::default() });
        first.take_all(runs.clone(), pictures.iter().chain(&trashed).cloned().collect());
        first.shelves.clone_from(&shelves);
        Ok(PollResult::All(Box::new(LibraryContents::new(runs, pictures, trashed)), shelves))
    }

    /// Lets the next look read everything.
    pub fn distrust(&mut self) {
        self.mark = None;
    }

    /// Returns how many pictures and runs were read so far.
    pub fn read(&self) -> usize {
        self.read
    }

    fn changes(&mut self, library: &Library, version: i64, is_new_index: bool) -> Result<Changes> {
        // All of it as of one moment.
        let moment = library.db.unchecked_transaction()?;
        let noted = match self.mark.filter(|_| !is_new_index) {
            Some(mark) => changes::since(&moment, mark.change)?,
            None => None,
        };
        let change = changes::last(&moment)?;
        let shelves = library.shelves()?;
        // Everything is read before anything is taken over: what is taken over is told.
        let mut changes = match noted {
            Some(noted) => {
                let read = noted.into_iter().map(|one| Read::of(library, one)).collect::<Result<Vec<_>>>()?;
                self.take_noted(read)
            }
            None => {
                let pictures = library.pictures()?.into_iter().chain(library.trashed()?).collect();
                self.take_all(library.runs()?, pictures)
            }
        };
        if shelves != self.shelves {
            self.shelves.clone_from(&shelves);
            changes.shelves = Some(shelves);
        }
        self.mark = Some(Mark { version, change });
        Ok(changes)
    }

    /// Takes over what was noted, and nothing else.
    fn take_noted(&mut self, read: Vec<Read>) -> Changes {
        let mut changes = Changes::default();
        self.read += read.len();
        for one in read {
            match one {
                Read::Run(run) => {
                    changes.runs.extend(run.filter(|run| self.runs.insert(run.id.clone())).map(Arc::new));
                }
                Read::Picture(id, Some(picture)) => {
                    let now = (picture.number, digest(&picture));
                    if self.pictures.insert(id, now) != Some(now) {
                        changes.pictures.push(*picture);
                    }
                }
                Read::Picture(id, None) => {
                    changes.gone.extend(self.pictures.remove(&id).map(|(number, _)| (id, number)));
                }
            }
        }
        changes
    }

    /// Compares with all that the library holds.
    fn take_all(&mut self, runs: Vec<Run>, pictures: Vec<Picture>) -> Changes {
        let mut changes = Changes::default();
        self.read += runs.len() + pictures.len();
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
        changes
    }
}

fn digest(picture: &Picture) -> u64 {
    let mut digest = DefaultHasher::new();
    let Picture { file, size, trashed_ms, marks, hash, cost, flaw, .. } = picture;
    (file, size.map(|size| (size.width, size.height)), trashed_ms, hash, cost.map(f64::to_bits)).hash(&mut digest);
    format!("{marks:?} {flaw:?}").hash(&mut digest);
    digest.finish()
}
