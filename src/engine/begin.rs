//! The first thing the actor does: brings the library in order, reads it, and asks the service for news.
//!
//! Invariants: nothing is sent from here, for it would cost money; whatever can be shown is shown.

use super::actor::Actor;
use super::disk::Disk;
use super::jobs::{self, Input, OpenJob, Unsaved};
use super::report::{Reports, TaskReport};
use super::sidecars::sync_sidecars;
use super::{DiskError, Event, Notice};
use crate::library::{self, Job, Library, LibraryContents, Picture, PictureId, Recovered, UserLists, partial_count};
use crate::picture::{Flaw, Size};
use std::sync::Arc;

/// Pictures that are shown before all are read: some screens of them.
const NEWEST: usize = 500;

/// What the library holds at start.
struct Found {
    collection: LibraryContents,
    shelves: UserLists,
    /// Jobs that are not stored.
    open: Vec<OpenJob>,
    unmeasured: Vec<Picture>,
}

impl Actor {
    /// Recovers what a crash left, reads the library and the cached catalogue, and asks the service for news.
    pub(super) fn begin(&mut self) {
        match self.read_only {
            Some(_) => {
                self.look();
                self.library_shown();
            }
            None => self.put_in_order(),
        }
        self.greet_service();
        self.find_key();
    }

    fn put_in_order(&mut self) {
        let recover = |library: &mut Library| {
            let recovered = library.recover()?;
            // Everything is read after this: what was settled here is not told once more by the next move.
            library.drain_moved()?;
            Ok(recovered)
        };
        self.ask(recover, |actor, recovered| {
            // A library that cannot be brought in order, such as on a full drive, is shown all the same.
            let recovered = recovered.unwrap_or_else(|error| {
                actor.trouble(error);
                Recovered::default()
            });
            if let Some(known) = &mut actor.known {
                known.distrust();
                actor.look();
            } else {
                actor.show_newest();
            }
            actor.ask(find, |actor, found| {
                match found {
                    Ok(found) => actor.show(found, &recovered),
                    Err(error) => actor.trouble(error),
                }
                actor.show_unsaved(recovered);
                actor.library_shown();
            });
        });
    }

    /// Goes on when all that was asked of the library until now has been answered.
    fn library_shown(&mut self) {
        self.count_spending();
        self.weigh_unknown();
        self.decide(Input::LookUp);
        self.ask(|_| Ok(()), |actor, _| actor.library_is_read());
    }

    /// Carries out what had to wait until the library is read.
    pub(super) fn library_is_read(&mut self) {
        self.library_read = true;
        for order in std::mem::take(&mut self.early) {
            self.order(order);
        }
    }

    /// Shows the newest pictures before all of a large library are read.
    fn show_newest(&mut self) {
        self.ask(
            |library| library.newest(NEWEST),
            |actor, newest| match newest {
                // A small library is there as soon as its newest part.
                Ok((runs, pictures)) if pictures.len() == NEWEST => {
                    actor.happened(Event::Newest(Box::new(LibraryContents::new(runs, pictures, Vec::new()))));
                }
                Ok(_) => {}
                Err(error) => log::warn!("{error}"),
            },
        );
    }

    /// Turns from a reader of the library into its writer, when nobody else is that any more.
    pub(super) fn claim(&mut self) {
        if !self.only_looks() || self.is_claiming {
            return;
        }
        self.is_claiming = true;
        self.ask(Library::become_writer, |actor, claimed| {
            actor.is_claiming = false;
            match claimed {
                Ok(()) => {
                    actor.read_only = None;
                    actor.put_in_order();
                }
                Err(error) => actor.trouble(error),
            }
        });
    }

    fn show(&mut self, found: Found, recovered: &Recovered) {
        let Found { collection, shelves, open, unmeasured } = found;
        self.decide(Input::Restored(open));
        let (stored, unknown, waiting) = (recovered.received.len(), recovered.unknown.len(), self.jobs.list().held());
        if stored + unknown + waiting > 0 {
            self.happened(Event::Notice(Notice::Recovered { stored, unknown, waiting }));
        }
        // Whoever has been looking has it all on screen.
        if self.known.take().is_none() {
            self.happened(Event::Shelves(Box::new(shelves)));
            self.happened(Event::Loaded(Box::new(collection)));
        }
        sync_sidecars(self.disk.clone());
        measure(&self.disk, &self.reports, unmeasured);
    }

    /// Shows what was received and cannot be brought in now either, and tells what else went wrong, once.
    fn show_unsaved(&mut self, recovered: Recovered) {
        for library::PendingPicture { recipe, bytes, error } in recovered.unsaved {
            let run = recipe.run.clone();
            self.ask(
                move |library| library.run(&run),
                move |actor, run| {
                    let error = DiskError::Library(Arc::new(error));
                    let picture = Box::new(Unsaved { recipe, bytes: bytes.into() });
                    actor.decide(Input::LeftUnsaved { run: run.ok().flatten(), picture, error });
                },
            );
        }
        let mut troubles = recovered.troubles.into_iter();
        if let Some(error) = troubles.next() {
            self.unsettled = true;
            self.trouble(DiskError::Library(Arc::new(error)));
        }
        troubles.for_each(|error| log::warn!("{error}"));
    }

    /// Keeps a size and tells of it; here, so that it cannot overtake a move of the picture.
    pub(super) fn measured(&mut self, id: PictureId, size: Size) {
        self.ask(
            move |library| library.set_size(&id, size),
            |actor, picture| match picture {
                Ok(picture) => actor.happened(Event::Updated(vec![picture])),
                Err(error) => log::warn!("a recovered picture's size could not be kept: {error}"),
            },
        );
    }

    /// Keeps what is wrong with a picture's file and tells of it; in a library that is only looked at, only tells.
    pub(super) fn note_flaw(&mut self, id: PictureId, flaw: Flaw) {
        let only_looks = self.read_only.is_some();
        let call = move |library: &mut Library| match only_looks {
            true => Ok(library.picture(&id)?.map(|picture| Picture { flaw: picture.flaw.or(Some(flaw)), ..picture })),
            false => library.set_flaw(&id, flaw).map(Some),
        };
        self.ask(call, |actor, noted| match noted {
            Ok(picture) => actor.happened(Event::Updated(picture.into_iter().collect())),
            // It went away meanwhile, or it is seen again at the next look.
            Err(error) => log::warn!("what is wrong with a picture could not be kept: {error}"),
        });
    }
}

/// Reads in the background the sizes that a kill kept from being read.
fn measure(disk: &Disk, reports: &Reports, pictures: Vec<Picture>) {
    for picture in pictures {
        let (file, reports) = (disk.dir().join(&picture.file), reports.clone());
        tokio::spawn(async move {
            let Some(size) = jobs::size_of_file(file).await else { return };
            reports.send(TaskReport::Measured { picture: picture.id, size });
        });
    }
}

fn find(library: &mut Library) -> Result<Found, library::Error> {
    let pictures = library.pictures()?;
    // Files that no decoder knows have no size.
    let unmeasured = |picture: &&Picture| picture.size.is_none() && !picture.file.ends_with(".bin");
    let unmeasured = pictures.iter().filter(unmeasured).cloned().collect();
    let mut open = Vec::new();
    for (run, job) in library.open_jobs()? {
        // What cannot be read of one job holds up no other, and takes no card away.
        let sending = library.in_flight(&job.id).unwrap_or_else(|error| {
            log::warn!("what was known when job {} was sent cannot be read: {error}", job.id.0);
            None
        });
        let arrived = u32::try_from(library.pictures_of(&job.id)?.len()).unwrap_or(u32::MAX);
        let partials = partial_count(library.dir(), &job.id, arrived);
        // Where the journal could not be told, what is on disk tells.
        let state = library.infer_state(&job).unwrap_or_else(|error| {
            log::warn!("what became of job {} cannot be read: {error}", job.id.0);
            job.state.clone()
        });
        open.push(OpenJob { run, job: Job { state, ..job }, sending, arrived, partials });
    }
    let collection = LibraryContents::new(library.runs()?, pictures, library.trashed()?);
    Ok(Found { collection, shelves: library.shelves()?, open, unmeasured })
}
