//! Answers that could not be read: saving them elsewhere, and ending their job anew with what was found after all.
//!
//! Invariant: a job ends anew only with pictures that are stored.

use super::DiskError;
use super::disk::Disk;
use super::jobs::{Input, Jobs, LiveJob, look_again};
use super::message::Notice;
use super::report::{Reports, TaskReport};
use crate::library::{self, JobId};
use std::path::PathBuf;
use std::sync::Arc;

/// Says whether a job has an answer that could not be read.
pub(super) fn has_unread(jobs: &Jobs, id: &JobId) -> bool {
    jobs.list().get(id).and_then(LiveJob::failure).is_some_and(|failure| failure.unread.is_some())
}

/// Copies the answer as it came, with its request, into a folder outside the library, in the background.
fn save_unread(disk: &Disk, reports: Reports, id: JobId, folder: PathBuf) {
    let dir = disk.dir().to_owned();
    tokio::task::spawn_blocking(move || {
        let notice = match library::write_unread_outside(&dir, &id, &folder) {
            Ok(()) => Notice::SavedUnread { folder },
            Err(error) => Notice::LibraryFailed(DiskError::Library(Arc::new(error))),
        };
        reports.say(notice);
    });
}

/// Looks for pictures in it once more, in the background.
pub(super) fn read_unread(jobs: &Jobs, disk: Disk, reports: Reports, id: &JobId) {
    let Some(live) = jobs.list().get(id).filter(|_| has_unread(jobs, id)) else { return };
    let (job, first) = (live.job.clone(), live.arrived);
    tokio::spawn(async move {
        let report = match look_again(&disk, &job, first, &reports).await {
            Ok(found) => TaskReport::Job(Input::ReadAgain(Box::new(found))),
            Err(error) => TaskReport::Say(Notice::LibraryFailed(error)),
        };
        reports.send(report);
    });
}

/// Writes what the library does not hold of a job into a folder outside it, in the background: its pictures that the
/// disk would not take, or its answer that could not be read.
pub(super) fn save_elsewhere(jobs: &Jobs, disk: &Disk, reports: Reports, id: JobId, folder: PathBuf) {
    if has_unread(jobs, &id) {
        return save_unread(disk, reports, id, folder);
    }
    let Some(live) = jobs.list().get(&id).filter(|live| live.has_refused()) else { return };
    let Some(refused) = live.refused() else { return };
    let pictures = refused.pictures.clone();
    tokio::task::spawn_blocking(move || {
        let count = pictures.len();
        let notice = match pictures.iter().try_for_each(|picture| picture.write_to(&folder)) {
            Ok(()) => {
                reports.job(Input::SavedElsewhere { job: id, count, folder: folder.clone() });
                Notice::SavedElsewhere { count, folder }
            }
            Err(error) => Notice::LibraryFailed(Arc::new(error).into()),
        };
        reports.say(notice);
    });
}
