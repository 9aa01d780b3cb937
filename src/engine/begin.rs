//! The first thing the actor does: brings the library in order, reads it, and asks the service for news.
//!
//! Invariants: nothing is sent from here, for it would cost money; whatever can be shown is shown.

use super::actor::Actor;
use super::jobs::OpenJob;
use super::report::TaskReport;
use super::store::{self, Unsaved};
use super::{DiskError, Event, Failure, Notice, Phase, Unknown};
use crate::library::{
    self, Collection, Job, JobId, JobState, Library, Picture, PictureId, Recovered, UserLists, partial_count,
};
use crate::picture::{Flaw, Size};
use std::sync::Arc;

/// Pictures that are shown before all are read: some screens of them.
const NEWEST: usize = 500;

/// What the library holds at start.
struct Found {
    collection: Collection,
    shelves: UserLists,
    /// Jobs that are not stored.
    open: Vec<OpenJob>,
    unmeasured: Vec<Picture>,
}

impl Actor {
    /// Recovers what a crash left, reads the library and the cached catalogue, and asks the service for news.
    pub(super) async fn begin(&mut self) {
        match self.read_only {
            Some(_) => self.look().await,
            None => self.put_in_order().await,
        }
        self.library_read = true;
        self.count_spending().await;
        self.greet_service().await;
        self.weigh_unknown().await;
        self.find_key();
    }

    async fn put_in_order(&mut self) {
        // A library that cannot be brought in order, such as on a full drive, is shown all the same.
        let recovered = match self.disk.call(Library::recover).await {
            Ok(recovered) => recovered,
            Err(error) => {
                self.trouble(error);
                Recovered::default()
            }
        };
        if let Some(known) = &mut self.known {
            known.distrust();
            self.look().await;
        } else {
            self.show_newest().await;
        }
        match self.disk.call(find).await {
            Ok(found) => self.show(found, &recovered),
            Err(error) => self.trouble(error),
        }
        self.show_unsaved(recovered).await;
    }

    /// Shows the newest pictures before all of a large library are read.
    async fn show_newest(&mut self) {
        match self.disk.call(|library| library.newest(NEWEST)).await {
            // A small library is there as soon as its newest part.
            Ok((runs, pictures)) if pictures.len() == NEWEST => {
                self.happened(Event::Newest(Box::new(Collection::new(runs, pictures, Vec::new()))));
            }
            Ok(_) => {}
            Err(error) => log::warn!("{error}"),
        }
    }

    /// Turns from a reader of the library into its writer, when nobody else is that any more.
    pub(super) async fn claim(&mut self) {
        if !self.only_looks() {
            return;
        }
        match self.disk.call(Library::become_writer).await {
            Ok(()) => {
                self.read_only = None;
                self.put_in_order().await;
            }
            Err(error) => self.trouble(error),
        }
    }

    fn show(&mut self, found: Found, recovered: &Recovered) {
        let Found { collection, shelves, open, unmeasured } = found;
        open.into_iter().for_each(|open| self.jobs.restore(open));
        let (stored, unknown, waiting) = (recovered.received.len(), recovered.unknown.len(), self.jobs.held());
        if stored + unknown + waiting > 0 {
            self.happened(Event::Notice(Notice::Recovered { stored, unknown, waiting }));
        }
        // Whoever has been looking has it all on screen.
        if self.known.take().is_none() {
            self.happened(Event::Shelves(Box::new(shelves)));
            self.happened(Event::Loaded(Box::new(collection)));
        }
        self.sync_sidecars();
        self.measure(unmeasured);
    }

    /// Shows what was received and cannot be brought in now either, and tells what else went wrong, once.
    async fn show_unsaved(&mut self, recovered: Recovered) {
        for library::Unsaved { recipe, bytes, error } in recovered.unsaved {
            let run = recipe.run.clone();
            let run = self.disk.call(move |library| library.run(&run)).await.ok().flatten();
            let error = DiskError::Library(Arc::new(error));
            self.jobs.left_unsaved(run, Unsaved { recipe, bytes: bytes.into() }, error);
        }
        let mut troubles = recovered.troubles.into_iter();
        if let Some(error) = troubles.next() {
            self.unsettled = true;
            self.trouble(DiskError::Library(Arc::new(error)));
        }
        troubles.for_each(|error| log::warn!("{error}"));
    }

    /// Ends a job of an earlier session whose pictures could be brought in after all.
    pub(super) async fn conclude(&mut self, id: &JobId, unknown: Unknown) {
        let Some(live) = self.live(id) else { return };
        let (job, arrived) = (live.job.clone(), live.arrived);
        let concluded = self.disk.call(move |library| {
            let open = library.open_jobs()?;
            // The journal's word, which may say more than what is on screen.
            let job = open.into_iter().find_map(|(_, open)| (open.id == job.id).then_some(open));
            let Some(job) = job else { return Ok((JobState::Stored, None)) };
            let outcome = library.outcome(&job)?;
            let written = library.conclude(&job, &outcome).err();
            Ok((outcome, written))
        });
        let outcome = match concluded.await {
            Ok((outcome, written)) => {
                if let Some(error) = written {
                    self.trouble(DiskError::Library(Arc::new(error)));
                }
                outcome
            }
            Err(error) => {
                self.trouble(error);
                JobState::Unknown
            }
        };
        match outcome {
            JobState::Stored => self.finish(id, arrived, None),
            JobState::Failed { error } => self.finish(id, arrived, Some(Failure { record: error, error: None })),
            _ => {
                if let Some(live) = self.live(id) {
                    live.phase = Phase::Unknown(unknown);
                }
                self.weigh_unknown().await;
            }
        }
    }

    /// Reads in the background the sizes that a kill kept from being read.
    fn measure(&self, pictures: Vec<Picture>) {
        for picture in pictures {
            let reports = self.reports.clone();
            let file = self.disk.dir().join(&picture.file);
            tokio::spawn(async move {
                let Some(size) = store::size_of_file(file).await else { return };
                reports.send(TaskReport::Measured { picture: picture.id, size });
            });
        }
    }

    /// Keeps a size and tells of it; here, so that it cannot overtake a move of the picture.
    pub(super) async fn measured(&mut self, id: PictureId, size: Size) {
        match self.disk.call(move |library| library.set_size(&id, size)).await {
            Ok(picture) => self.happened(Event::Updated(vec![picture])),
            Err(error) => log::warn!("a recovered picture's size could not be kept: {error}"),
        }
    }
}

impl Actor {
    /// Keeps what is wrong with a picture's file and tells of it; in a library that is only looked at, only tells.
    pub(super) async fn note_flaw(&mut self, id: PictureId, flaw: Flaw) {
        let only_looks = self.read_only.is_some();
        let noted = self.disk.call(move |library| match only_looks {
            true => Ok(library.picture(&id)?.map(|picture| Picture { flaw: picture.flaw.or(Some(flaw)), ..picture })),
            false => library.set_flaw(&id, flaw).map(Some),
        });
        match noted.await {
            Ok(picture) => self.happened(Event::Updated(picture.into_iter().collect())),
            // It went away meanwhile, or it is seen again at the next look.
            Err(error) => log::warn!("what is wrong with a picture could not be kept: {error}"),
        }
    }
}

fn find(library: &mut Library) -> Result<Found, library::Error> {
    let pictures = library.pictures()?;
    // Files that no decoder knows have no size.
    let unmeasured = |picture: &&Picture| picture.size.is_none() && !picture.file.ends_with(".bin");
    let unmeasured = pictures.iter().filter(unmeasured).cloned().collect();
    let mut open = Vec::new();
    for (run, job) in library.open_jobs()? {
        let sending = library.in_flight(&job.id)?;
        let arrived = u32::try_from(library.pictures_of(&job.id)?.len()).unwrap_or(u32::MAX);
        let partials = partial_count(library.dir(), &job.id, arrived);
        // Where the journal could not be told, what is on disk tells.
        let state = library.outcome(&job)?;
        open.push(OpenJob { run, job: Job { state, ..job }, sending, arrived, partials });
    }
    let collection = Collection::new(library.runs()?, pictures, library.trashed()?);
    Ok(Found { collection, shelves: library.shelves()?, open, unmeasured })
}
