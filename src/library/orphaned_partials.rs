//! Which partials go when the trash is emptied: those on the way to a picture go with it, and those of a request that was
//! tried again or dismissed, which no screen shows any more, with the next emptying.
//!
//! Invariant: that the index has no picture is no reason, for its file may only be away; in doubt partials stay.

use super::folder::partials::{add_up, files_of, folder_of, places};
use super::folder::root::Folder;
use super::folder::storage::Storage;
use super::index::jobs::state_from;
use super::index::pictures::FINISHED;
use super::unread;
use super::{JobId, JobState, PartialsOnDisk, Result};
use rusqlite::{Connection, params};
use std::path::Path;

/// Counts the partials of requests that were tried again or dismissed: they go when the trash is emptied.
pub(super) fn orphaned_partials(db: &Connection, dir: &Path) -> Result<PartialsOnDisk> {
    let mut sum = PartialsOnDisk::default();
    for (job, place) in orphans(db, dir)? {
        add_up(&mut sum, &files_of(dir, &job, place)?)?;
    }
    Ok(sum)
}

/// Deletes the partials of requests that were tried again or dismissed, and the answers to them that nobody could
/// read.
pub(super) fn delete_orphaned_partials(db: &Connection, folder: &Folder) {
    unread::delete_orphaned_unread(db, folder);
    match orphans(db, &folder.dir) {
        Ok(orphans) => {
            for (job, place) in &orphans {
                delete_partials_of(&folder.storage, &folder.dir, job, *place);
            }
        }
        Err(error) => log::warn!("partials stay where they are: {error}"),
    }
}

/// Lists such requests, each with the place of the picture that did not come: the last one of which there is
/// anything, for what comes next shows that all before it did come.
fn orphans(db: &Connection, dir: &Path) -> Result<Vec<(JobId, u32)>> {
    let mut query =
        db.prepare_cached("SELECT id, state, failure FROM jobs WHERE dismissed = 1 AND state <> 'stored'")?;
    let jobs = query.query_map([], |row| Ok((JobId(row.get(0)?), state_from(row.get(1)?, row.get(2)?))))?;
    let mut found = Vec::new();
    for job in jobs {
        let (job, state) = job?;
        let arrived = if let JobState::Failed { error } = state { error.arrived } else { 0 };
        let Some(last) = places(dir, &job, arrived)?.into_iter().max() else { continue };
        if !has_picture(db, &job, last)? {
            found.push((job, last));
        }
    }
    Ok(found)
}

/// Says whether the index has a picture, no partial, at this place (from 0) of a job.
pub(super) fn has_picture(db: &Connection, job: &JobId, place: u32) -> Result<bool> {
    let mut query =
        db.prepare_cached(&format!("SELECT 1 FROM pictures WHERE job = ?1 AND position = ?2 AND {FINISHED}"))?;
    Ok(query.exists(params![job.0, place])?)
}

/// Deletes what came on the way to the picture at this place (from 0) of a job.
pub(super) fn delete_partials_of(storage: &Storage, dir: &Path, job: &JobId, place: u32) {
    let left = files_of(dir, job, place).and_then(|files| {
        files.iter().for_each(|file| storage.discard(file));
        places(dir, job, 0)
    });
    match (left, folder_of(dir, job)) {
        (Ok(left), Some(folder)) if left.is_empty() && folder.is_dir() => storage.discard_dir(&folder),
        (Err(error), _) => log::warn!("partials stay where they are: {error}"),
        _ => {}
    }
}
