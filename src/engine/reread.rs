//! Answers that could not be read: saving them elsewhere, and ending their job anew with what was found after all.
//!
//! Invariant: a job ends anew only with pictures that are stored.

use super::DiskError;
use super::actor::Actor;
use super::failure::{Failure, JobError};
use super::jobs::Phase;
use super::jobs::look_again;
use super::message::{Event, Notice};
use super::report::{ReadAgain, TaskReport};
use crate::api;
use crate::library::{self, FailureRecord, JobId};
use std::path::PathBuf;
use std::sync::Arc;

impl Actor {
    /// Says whether a job has an answer that could not be read.
    pub(super) fn has_unread(&mut self, id: &JobId) -> bool {
        let live = self.live(id);
        live.is_some_and(|live| matches!(&live.phase, Phase::Failed(failure) if failure.record.unread.is_some()))
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
        let Some(live) = self.live(id) else { return };
        let (job, first) = (live.job.clone(), live.arrived);
        let (disk, reports) = (self.disk.clone(), self.reports.clone());
        tokio::spawn(async move {
            let report = match look_again(&disk, &job, first, &reports).await {
                Ok(found) => TaskReport::ReadAgain(Box::new(found)),
                Err(error) => TaskReport::Say(Notice::LibraryFailed(error)),
            };
            reports.send(report);
        });
    }

    /// Ends the job anew with what was found.
    pub(super) fn read_again(&mut self, found: ReadAgain) {
        let ReadAgain { job: id, run, stored, reason } = found;
        if stored == 0 {
            let reason = reason.unwrap_or_else(|| "it holds none".to_owned());
            return self.happened(Event::Notice(Notice::StillUnread { reason }));
        }
        let Some(live) = self.live(&id).filter(|live| live.run.id == run) else { return };
        let (asked, arrived) = (live.job.asked, live.arrived);
        if self.jobs.has_unsaved(&id) {
            return;
        }
        if arrived >= asked {
            return self.end_stored(&id, arrived);
        }
        let cause = reason.map(|reason| Box::new(api::Error::Unreadable { reason }));
        let unreadable = u32::from(cause.is_some());
        let failure = Failure::of(JobError::Incomplete { asked, arrived, cut: 0, unreadable, cause }, arrived, None);
        // What the answer itself said of its cost stays.
        let before = self.live(&id).and_then(|live| match &live.phase {
            Phase::Failed(failure) => Some(failure.record.clone()),
            _ => None,
        });
        let FailureRecord { cost, billed, unread, .. } = before.unwrap_or_default();
        let record = FailureRecord { cost, billed, unread, ..failure.record };
        self.fail(&id, arrived, Failure { record, ..failure });
    }
}
