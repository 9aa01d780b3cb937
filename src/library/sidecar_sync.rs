//! Sidecars and the index: what the index says of a picture gets into its sidecar, and either serves where the other
//! is lost.
//!
//! A change is noted as stale when it is made; `Library::sync_sidecars` writes the files a few at a time, so that rating
//! a thousand pictures holds nothing up. Invariant: what the index says and the sidecar does not is noted in
//! `stale_sides`, also after a crash.

use super::folder::paths::{self, INCOMING, SHELVES_FILE, sidecar_path};
use super::folder::root::Folder;
use super::folder::scan;
use super::folder::sidecar::{read_sidecar, write_sidecar};
use super::index::marks;
use super::index::marks::SHELVES;
use super::index::pictures;
use super::{Error, PictureId, Recipe, Result};
use rusqlite::{Connection, params};
use std::path::Path;

/// Returns everything that made a picture: its sidecar, or the copy in the database when that is lost or not
/// its own.
pub(super) fn recipe(db: &Connection, dir: &Path, id: &PictureId) -> Result<Recipe> {
    let picture = pictures::known_picture(db, id)?;
    match read_sidecar(&sidecar_path(&paths::picture_path(dir, &picture)), id) {
        Some(recipe) => Ok(recipe),
        None => pictures::recipe_copy(db, id)?.ok_or_else(|| Error::Missing { what: "recipe", name: id.0.clone() }),
    }
}

/// Tries to write up to `most` stale sidecars, from where the last call ended; says whether some are left to be
/// tried.
///
/// One that cannot be written holds up no other: it is still noted as stale, and the first error is returned with
/// the rest done. The next round begins when all were tried.
pub(super) fn sync_sidecars(db: &mut Connection, folder: &Folder, tried: &mut String, most: usize) -> Result<bool> {
    let after = std::mem::take(tried);
    let mut stale: Vec<PictureId> = db
        .prepare_cached("SELECT picture FROM stale_sides WHERE picture > ?1 ORDER BY picture LIMIT ?2")?
        .query_map(params![after, i64::try_from(most.saturating_add(1)).unwrap_or(i64::MAX)], |row| {
            row.get(0).map(PictureId)
        })?
        .collect::<rusqlite::Result<_>>()?;
    let more = stale.len() > most;
    stale.truncate(most);
    let (mut first, mut written) = (Ok(()), Vec::new());
    for id in &stale {
        match write_if_there(db, folder, id) {
            Ok(true) => written.push(id),
            Ok(false) => {}
            Err(error) => first = first.and(Err(error)),
        }
    }
    if let Some(last) = stale.last().filter(|_| more) {
        tried.clone_from(&last.0);
    }
    if !written.is_empty() {
        let tx = db.transaction()?;
        for id in written {
            tx.prepare_cached("DELETE FROM stale_sides WHERE picture = ?1")?.execute([&id.0])?;
        }
        folder.storage.commit(tx)?;
    }
    first.map(|()| more)
}

/// Writes one sidecar; false: its picture is not in its place, and a recipe alone is of no use to anybody.
fn write_if_there(db: &Connection, folder: &Folder, id: &PictureId) -> Result<bool> {
    if id.0 == SHELVES {
        return write_shelves(db, folder).map(|()| true);
    }
    // One that is gone has no sidecar to be kept up to date.
    let Some(picture) = pictures::picture(db, id)? else { return Ok(true) };
    if !scan::is_taken(&paths::picture_path(&folder.dir, &picture)) {
        return Ok(false);
    }
    write_sidecar(&folder.storage, &folder.dir, &picture, &recipe(db, &folder.dir, id)?).map(|()| true)
}

fn write_shelves(db: &Connection, folder: &Folder) -> Result<()> {
    let (path, part) = (folder.dir.join(SHELVES_FILE), folder.dir.join(INCOMING).join("shelves.part"));
    folder.storage.replace(&path, &part, &serde_json::to_vec_pretty(&marks::shelves(db)?)?)
}
