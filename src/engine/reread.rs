//! Answers that could not be read: saving them elsewhere, and ending their job anew with what was found after all.
//!
//! Invariant: a job ends anew only with pictures that are stored.

use super::DiskError;
use super::actor::Actor;
use super::jobs::{Input, LiveJob, look_again};
use super::message::Notice;
use super::report::TaskReport;
use crate::library::{self, JobId};
use std::path::PathBuf;
use std::sync::Arc;

impl Actor {
    /// Says whether a job has an answer that could not be read.
    pub(super) fn has_unread(&self, id: &JobId) -> bool {
        self.jobs.list().get(id).and_then(LiveJob::failure).is_some_and(|failure| failure.unread.is_some())
    }

    /// Copies the answer as it came, with its request, into a folder outside the library, in the background.
    pub(super) fn save_unread(&self, id: JobId, folder: PathBuf) {
        let (dir, reports) = (self.disk.dir().to_owned(), self.reports.clone());
        tokio::task::spawn_blocking(move || {
            let notice = match library::write_unread_outside(&dir, &id, &folder) {
                Ok(()) => Notice::SavedUnread { folder },
                Err(error) => Notice::LibraryFailed(DiskError::Library(Arc::new(error))),
            };
            reports.say(notice);
        });
    }

    /// Looks for pictures in it once more, in the background.
    pub(super) fn read_unread(&mut self, id: &JobId) {
        if !self.has_unread(id) {
            return;
        }
        let Some(live) = self.jobs.list().get(id) else { return };
        let (job, first) = (live.job.clone(), live.arrived);
        let (disk, reports) = (self.disk.clone(), self.reports.clone());
        tokio::spawn(async move {
            let report = match look_again(&disk, &job, first, &reports).await {
                Ok(found) => TaskReport::Job(Input::ReadAgain(Box::new(found))),
                Err(error) => TaskReport::Say(Notice::LibraryFailed(error)),
            };
            reports.send(report);
        });
    }
}
