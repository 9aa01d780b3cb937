//! What the next start makes of an interruption: nothing received is missing, nothing half done stays.
//!
//! Looks only into `incoming/` and at open rows, so it takes no longer in a large library. May itself be interrupted
//! and run again at any point.

use super::folder::file::read_ordinary as read;
use super::folder::paths::{self, INCOMING, is_among_pictures, sidecar_path};
use super::folder::root::Folder;
use super::folder::scan;
use super::folder::sidecar::read_sidecar;
use super::folder::storage::Storage;
use super::index::{jobs, pictures};
use super::ingest::{Incoming, StagingNote};
use super::locate::{Held, Location, locate};
use super::{Error, FailureRecord, Job, JobId, JobState, Picture, PictureId, Recipe, Result};
use super::{ingest, trash};
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Says what a recovery found.
#[derive(Debug, Default)]
pub struct Recovered {
    /// Jobs that still wait; they are not sent by themselves.
    pub queued: Vec<JobId>,
    /// Jobs that were on the wire; whether they were billed is not known.
    pub unknown: Vec<JobId>,
    /// Pictures that had been received and are indexed now; where their size is not known yet, it comes by
    /// decoding and `Library::set_size`.
    pub received: Vec<Picture>,
    /// Files whose story cannot be told any more, kept under `incoming/leftovers/`.
    pub leftovers: Vec<PathBuf>,
    /// Pictures that had been received and could not be brought in now either, such as on a full drive.
    pub unsaved: Vec<PendingPicture>,
    /// What else could not be done now; the next recovery tries again.
    pub troubles: Vec<Error>,
}

/// A received picture that is safe in `incoming/` and could not be brought to its place.
#[derive(Debug)]
pub struct PendingPicture {
    pub recipe: Recipe,
    pub bytes: Vec<u8>,
    pub error: Error,
}

/// Brings the library in order after whatever ended the last session. To be called once, after opening.
///
/// What cannot be done for one picture or job holds up no other. Errors: the folder or the journal cannot be read.
pub(super) fn recover(db: &mut Connection, folder: &Folder, moved: &mut Vec<PictureId>) -> Result<Recovered> {
    let mut found = Recovered::default();
    let settled = trash::finish_moves(db, folder, moved, true);
    found.troubles.extend(settled.err());
    let mut unfinished = BTreeSet::new();
    for path in waiting(&folder.dir)? {
        if path.extension().is_none_or(|extension| extension != "json") {
            continue;
        }
        match finish_staged(db, folder, &path) {
            Ok(picture) => found.received.extend(picture),
            Err(error) => {
                unfinished.insert(stem(&path));
                match unsaved(db, &folder.dir, &path) {
                    Some((recipe, bytes)) => found.unsaved.push(PendingPicture { recipe, bytes, error }),
                    None => found.troubles.push(error),
                }
            }
        }
    }
    found.received.sort_by(|one, other| one.id.cmp(&other.id));
    for path in waiting(&folder.dir)?.into_iter().filter(|path| !unfinished.contains(&stem(path))) {
        // Copies of what is still to be had elsewhere, or nothing at all.
        let worthless = path.extension().is_some_and(|extension| extension == "part")
            || fs::metadata(&path).is_ok_and(|file| file.len() == 0);
        let cleared = if worthless {
            folder.storage.remove(&path).map(|()| None)
        } else {
            ingest::put_aside(folder, &path).map(Some)
        };
        match cleared {
            Ok(aside) => found.leftovers.extend(aside),
            Err(error) => found.troubles.push(error),
        }
    }
    for (_, job) in jobs::open_jobs(db)? {
        if found.unsaved.iter().any(|unsaved| unsaved.recipe.job == job.id) {
            continue;
        }
        let state = infer_state(db, &job)?;
        match state {
            JobState::Queued => found.queued.push(job.id.clone()),
            JobState::Unknown if state != job.state => found.unknown.push(job.id.clone()),
            _ => {}
        }
        found.troubles.extend(record_outcome(db, &folder.storage, &job, &state).err());
    }
    Ok(found)
}

/// Writes what became of a job that an earlier session left on the wire, as `Library::infer_state` says it.
pub(super) fn record_outcome(db: &mut Connection, storage: &Storage, job: &Job, outcome: &JobState) -> Result<()> {
    if *outcome == job.state {
        return Ok(());
    }
    if *outcome == JobState::Stored {
        jobs::set_job_state(db, storage, &job.id, &JobState::Received)?;
    }
    jobs::set_job_state(db, storage, &job.id, outcome)
}

/// Returns the picture of an arrival that is whole and not in the index.
fn unsaved(db: &Connection, dir: &Path, path: &Path) -> Option<(Recipe, Vec<u8>)> {
    let StagingNote { file, recipe } = serde_json::from_slice(&read(path).ok()?).ok()?;
    if paths::incoming(dir, &recipe.id, "json") != path
        || !is_among_pictures(&file)
        || pictures::picture(db, &recipe.id).ok()?.is_some()
    {
        return None;
    }
    let (own, bytes) = (dir.join(file), paths::incoming(dir, &recipe.id, "bytes"));
    // Nothing goes by this, so that what cannot be read is only not the picture.
    let held = |path: &Path| scan::look(path, recipe.bytes, &recipe.hash).unwrap_or(Held::Other);
    let found = match locate(held(&own), [(Incoming, held(&bytes))]) {
        Location::InPlace => own,
        Location::At(Incoming) | Location::Copy(Incoming) => bytes,
        Location::Changed | Location::Missing => return None,
    };
    let bytes = read(found).ok()?;
    Some((recipe, bytes))
}

/// Lists the files in `incoming/`.
fn waiting(dir: &Path) -> Result<Vec<PathBuf>> {
    scan::files_in(&dir.join(INCOMING))
}

/// Goes on with an arrival; `None` when there was nothing to index.
fn finish_staged(db: &mut Connection, folder: &Folder, path: &Path) -> Result<Option<Picture>> {
    let text = read(path).map_err(|source| Error::read(path, source))?;
    let Ok(arrival) = serde_json::from_slice::<StagingNote>(&text) else { return Ok(None) };
    let id = arrival.recipe.id.clone();
    if paths::incoming(&folder.dir, &id, "json") != path || !is_among_pictures(&arrival.file) {
        return Ok(None);
    }
    if let Some(picture) = pictures::picture(db, &id)? {
        finish_indexed(folder, &picture)?;
        folder.storage.remove(path)?;
        return Ok(None);
    }
    if matches!(ingest::location(db, &folder.dir, &arrival)?, Location::Missing | Location::Changed) {
        return Ok(None);
    }
    let kept = ingest::move_into_place(db, folder, arrival)?;
    let side = read_sidecar(&sidecar_path(&paths::picture_path(&folder.dir, &kept.picture)), &id);
    ingest::commit(db, folder, &kept, side.and_then(|side| side.size)).map(Some)
}

/// Clears away what waits of a picture that the index knows, or brings it back where that is all there is.
fn finish_indexed(folder: &Folder, picture: &Picture) -> Result<()> {
    let (path, bytes) = (paths::picture_path(&folder.dir, picture), paths::incoming(&folder.dir, &picture.id, "bytes"));
    ingest::clear_claim(folder, &path, picture.bytes, true);
    let look = |path: &Path| scan::look(path, picture.bytes, &picture.hash);
    let location = locate(look(&path)?, [((), look(&bytes)?)]);
    if matches!(location, Location::InPlace | Location::Copy(())) {
        // Whoever gave it that name need not have waited for the disk, and what tells of it here goes now.
        folder.storage.sync_names(&folder.dir, [path.as_path()])?;
    }
    match location {
        Location::Copy(()) => folder.storage.remove(&bytes),
        Location::At(()) if !scan::is_taken(&path) => {
            folder.storage.create_dir(path.parent().unwrap_or(&folder.dir))?;
            folder.storage.rename_new(&bytes, &path)?;
            folder.storage.sync_names(&folder.dir, [path.as_path()])
        }
        // What is left of it is put aside with the rest.
        _ => Ok(()),
    }
}

/// Says where a job of an earlier session stands, now that what it left on disk is indexed as far as it could be.
pub(super) fn infer_state(db: &Connection, job: &Job) -> Result<JobState> {
    if !matches!(job.state, JobState::Sent | JobState::Receiving | JobState::Received) {
        return Ok(job.state.clone());
    }
    let stored = pictures::pictures_of(db, &job.id)?;
    let cut = pictures::cut_of(db, &job.id)?;
    let recipe = stored.first().map_or(Ok(None), |picture| pictures::recipe_copy(db, picture))?;
    Ok(state_after(job, stored.len(), cut, recipe.map(|recipe| recipe.arrived)))
}

/// Decides what became of a job that was sent: `arrived` is what the recipes of its `stored` pictures say;
/// of those, `cut` are only beginnings.
fn state_after(job: &Job, stored: usize, cut: u32, arrived: Option<u32>) -> JobState {
    let stored = u32::try_from(stored).unwrap_or(u32::MAX);
    let whole = stored.saturating_sub(cut);
    // A stream brings its pictures one by one: only the end of it would tell that no more were to come.
    let streamed = job.request.get("stream").is_some_and(|stream| *stream == true);
    let all_arrived = whole >= job.asked || (!streamed && cut == 0 && arrived.is_some_and(|arrived| stored >= arrived));
    match job.state {
        JobState::Sent | JobState::Receiving if !all_arrived => JobState::Unknown,
        _ if whole >= job.asked => JobState::Stored,
        _ if cut > 0 => JobState::Failed {
            error: FailureRecord {
                kind: "cut_off".into(),
                message: format!("{stored} of {} pictures arrived, {cut} of them cut off", job.asked),
                arrived: stored,
                ..FailureRecord::default()
            },
        },
        _ => JobState::Failed {
            error: FailureRecord {
                kind: "fewer_than_asked".into(),
                message: format!("{stored} of {} pictures arrived", job.asked),
                arrived: stored,
                ..FailureRecord::default()
            },
        },
    }
}

/// What the names of all files of one arrival begin with.
fn stem(path: &Path) -> String {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    name.split('.').next().unwrap_or_default().to_owned()
}
