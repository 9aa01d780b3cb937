//! A run enters the journal: its prompt goes into the history first, which a new index is made from.
//!
//! Imports folder and index. Invariant: no run is in the journal whose prompt the history has not got.

use super::folder::prompt_log;
use super::folder::root::Folder;
use super::index::jobs;
use super::{Job, JobId, JobState, Result, Run};
use rusqlite::Connection;

/// Writes a run and its jobs to the journal, all or nothing.
///
/// A run that is there already stays as it is and gets the new jobs: that is what a retry is.
pub(super) fn add_run(db: &mut Connection, folder: &Folder, run: &Run, jobs: &[Job]) -> Result<()> {
    log_prompt(db, folder, run, jobs.first())?;
    jobs::add_run(db, &folder.storage, run, jobs)
}

/// Writes a retry to the journal: the new job, and the old one of the same run off the list, all or nothing.
///
/// `ended` is how the old one ended, as for `Library::dismiss_jobs`. A run that is not there yet is written too.
pub(super) fn replace_job(
    db: &mut Connection,
    folder: &Folder,
    old: &JobId,
    ended: &JobState,
    run: &Run,
    job: &Job,
) -> Result<()> {
    log_prompt(db, folder, run, Some(job))?;
    jobs::replace_job(db, &folder.storage, old, ended, run, job)
}

/// Puts a run that is new into the history.
fn log_prompt(db: &Connection, folder: &Folder, run: &Run, job: Option<&Job>) -> Result<()> {
    match jobs::run(db, &run.id)? {
        None => {
            let draft = job.and_then(|job| job.context.draft.as_ref());
            prompt_log::append(&folder.storage, &folder.dir, run, draft)
        }
        Some(_) => Ok(()),
    }
}
