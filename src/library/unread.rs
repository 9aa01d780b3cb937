//! What a paid call brought and nobody could read: kept as it came, with its request.
//!
//! `incoming/unread/<job>.body` is written first (beside, fsynced, renamed), then `<job>.json` says what it answers. Invariants: a body
//! is never altered, and recovery leaves it alone; it goes only when the trash is emptied, and not while its job still
//! has a card; a body without its note is found by a check all the same.

use super::folder::file::read_ordinary as read;
use super::folder::partials::add_up;
use super::folder::paths::{UNREAD, first_free};
use super::folder::root::Folder;
use super::folder::scan::files_in;
use super::{Error, JobId, PartialsOnDisk, Recipe, Result};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// What bodies are called, whatever is in them.
const BODY: &str = "body";
const NOTE: &str = "json";

/// Says what an answer that could not be read was an answer to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct UnreadAnswer {
    /// As the service called it, in lower case; empty when it did not.
    pub content_type: String,
    /// Why it could not be read: a phrase.
    pub reason: String,
    /// What the recipe of its pictures would have been; it names the job and holds the request.
    pub recipe: Recipe,
}

/// Keeps a body as it came. After an error it may be called again.
pub(super) fn keep_unread(folder: &Folder, answer: &UnreadAnswer, body: &[u8]) -> Result<()> {
    let above = folder.dir.join(UNREAD);
    folder.storage.create_dir(&above)?;
    let path = file_of(&folder.dir, &answer.recipe.job, BODY);
    if read(&path).is_ok_and(|kept| kept == body) {
        // Safe since an earlier attempt, which may have failed at this.
        folder.storage.sync_file(&path)?;
        folder.storage.sync_dir(&above)?;
    } else {
        folder.storage.replace(&path, &path.with_extension("body.part"), body)?;
    }
    let note = file_of(&folder.dir, &answer.recipe.job, NOTE);
    folder.storage.replace(&note, &note.with_extension("json.part"), &serde_json::to_vec_pretty(answer)?)
}

/// Names the file in a library folder that holds the answer of a job as it came.
pub(super) fn unread_file(job: &JobId) -> String {
    format!("{UNREAD}/{}.{BODY}", name_of(job))
}

/// Returns the answer of a job that could not be read, and its body as it came.
pub(super) fn unread(dir: &Path, job: &JobId) -> Result<(UnreadAnswer, Vec<u8>)> {
    let whole = |path: PathBuf| read(&path).map_err(|source| Error::read(&path, source));
    let note = serde_json::from_slice(&whole(file_of(dir, job, NOTE))?)?;
    Ok((note, whole(file_of(dir, job, BODY))?))
}

/// Counts the answers that nobody could read and that no card offers any more: they go when the trash is emptied.
pub(super) fn orphaned_unread(db: &Connection, dir: &Path) -> Result<PartialsOnDisk> {
    let mut sum = PartialsOnDisk::default();
    add_up(&mut sum, &orphaned_bodies(db, dir)?)?;
    Ok(sum)
}

/// Counts all answers that nobody could read.
pub(super) fn unread_count(dir: &Path) -> Result<usize> {
    Ok(bodies(dir)?.len())
}

/// Deletes them. What cannot be deleted stays and is found the next time.
pub(super) fn delete_orphaned_unread(db: &Connection, folder: &Folder) {
    match orphaned_bodies(db, &folder.dir) {
        Ok(orphans) => orphans.iter().for_each(|body| {
            folder.storage.discard(body);
            folder.storage.discard(&body.with_extension(NOTE));
        }),
        Err(error) => log::warn!("answers that could not be read stay where they are: {error}"),
    }
}

fn orphaned_bodies(db: &Connection, dir: &Path) -> Result<Vec<PathBuf>> {
    let mut orphans = Vec::new();
    for body in bodies(dir)? {
        let job = body.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let mut shown = db.prepare_cached("SELECT 1 FROM jobs WHERE id = ?1 AND dismissed = 0")?;
        if !shown.exists([&job])? {
            orphans.push(body);
        }
    }
    Ok(orphans)
}

/// Copies the body and its request out of a library into any folder, under names that are free there.
pub fn write_unread_outside(dir: &Path, job: &JobId, folder: &Path) -> Result<()> {
    let whole = |path: PathBuf| read(&path).map_err(|source| Error::read(&path, source));
    let answer = serde_json::from_slice(&whole(file_of(dir, job, NOTE))?)?;
    save_unread(folder, &answer, &whole(file_of(dir, job, BODY))?)
}

/// Writes a body as it came, with its request beside it, into any folder, under names that are free there.
pub fn save_unread(folder: &Path, answer: &UnreadAnswer, body: &[u8]) -> Result<()> {
    let extension = match answer.content_type.as_str() {
        "text/event-stream" | "text/plain" => "txt",
        "text/html" => "html.txt",
        kind if kind.ends_with("json") => "json",
        _ => "bin",
    };
    let wanted = format!("answer {}.{extension}", name_of(&answer.recipe.job));
    let name = first_free(&wanted, |name| folder.join(name).exists());
    super::write_new(&folder.join(&name), body, false)?;
    let note = serde_json::to_vec_pretty(answer)?;
    super::write_new(&folder.join(format!("{name}.request.json")), &note, false)
}

/// Names of ours hold letters and digits alone; those of a damaged journal lead nowhere else either.
fn name_of(job: &JobId) -> String {
    job.0.chars().filter(char::is_ascii_alphanumeric).collect()
}

fn file_of(dir: &Path, job: &JobId, extension: &str) -> PathBuf {
    dir.join(UNREAD).join(format!("{}.{extension}", name_of(job)))
}

fn bodies(dir: &Path) -> Result<Vec<PathBuf>> {
    let folder = dir.join(UNREAD);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let is_body = |path: &PathBuf| path.extension().is_some_and(|extension| extension == BODY);
    Ok(files_in(&folder)?.into_iter().filter(is_body).collect())
}
