//! Emptying the trash: the only way that pictures go away.
//!
//! Those in the trash are marked first (table `moves`, without a target), then deleted, then forgotten by the index.
//! Invariant: only files that hold exactly the picture that was thrown away are deleted, and sidecars of its own;
//! what somebody has put in their place stays in the folder, where a check names it.

use super::folder::paths::{self, INCOMING, sidecar_path};
use super::folder::root::Folder;
use super::folder::scan;
use super::folder::sidecar::is_sidecar_of;
use super::folder::thumbnails::discard_thumbnails;
use super::index::pictures;
use super::locate::{Location, locate};
use super::orphaned_partials::{delete_partials_of, has_picture};
use super::{Picture, Result};
use rusqlite::Connection;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Says what emptying the trash deleted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PurgeSummary {
    pub count: usize,
    /// Length of the pictures' files together.
    pub bytes: u64,
    /// Files that stayed, for they do not hold the picture that was thrown away; among `count`.
    pub kept: usize,
}

/// Deletes the pictures whose move has no target: the trash was to be emptied. Not `all`: only those whose files are
/// gone already, for an emptying that failed is not gone on with unasked.
pub(super) fn purge_marked(db: &mut Connection, folder: &Folder, all: bool) -> Result<PurgeSummary> {
    let mut emptied = PurgeSummary::default();
    let marked = pictures::list(db, "WHERE id IN (SELECT picture FROM moves WHERE target = '')")?;
    if marked.is_empty() {
        return Ok(emptied);
    }
    let (mut gone, mut bare) = (Vec::new(), Vec::new());
    let mut deleted = Ok(());
    for picture in marked {
        let path = paths::picture_path(&folder.dir, &picture);
        if !all && scan::is_taken(&path) {
            if !sidecar_path(&path).exists() {
                bare.push(picture);
            }
            continue;
        }
        match delete(folder, &picture) {
            Ok(Deleted::All) => emptied.bytes += picture.bytes,
            Ok(Deleted::Missing) => {}
            Ok(Deleted::NotTheFile) => emptied.kept += 1,
            Err(error) => {
                deleted = Err(error);
                bare.push(picture);
                break;
            }
        }
        gone.push(picture);
    }
    emptied.count = gone.len();
    // What is forgotten must not come back by a loss of power, nor be received once more.
    let mut folders: BTreeSet<PathBuf> = gone
        .iter()
        .filter_map(|picture| paths::picture_path(&folder.dir, picture).parent().map(Path::to_owned))
        .collect();
    folders.insert(folder.dir.join(INCOMING));
    folders.iter().filter(|above| above.is_dir()).try_for_each(|above| folder.storage.sync_dir(above))?;
    forget(db, folder, &gone, &bare)?;
    deleted.map(|()| emptied)
}

/// Deletes the files of one picture.
fn delete(folder: &Folder, picture: &Picture) -> Result<Deleted> {
    let path = paths::picture_path(&folder.dir, picture);
    let held = scan::look(&path, picture.bytes, &picture.hash)?;
    // The recipe first: the picture can do without it, for the database has a copy.
    let side = sidecar_path(&path);
    if is_sidecar_of(&side, &picture.id) {
        folder.storage.remove(&side)?;
    }
    match locate::<()>(held, []) {
        Location::InPlace | Location::Copy(()) => folder.storage.remove(&path).map(|()| Deleted::All),
        Location::Changed => {
            log::warn!("kept, for it is not the picture that was thrown away: {}", path.display());
            Ok(Deleted::NotTheFile)
        }
        Location::At(()) | Location::Missing if scan::is_taken(&path) => Ok(Deleted::NotTheFile),
        Location::At(()) | Location::Missing => Ok(Deleted::Missing),
    }
}

/// Takes deleted pictures out of the index; `bare`: stay in the trash and get their recipes back.
fn forget(db: &mut Connection, folder: &Folder, gone: &[Picture], bare: &[Picture]) -> Result<()> {
    let ways = gone.iter().filter_map(|picture| pictures::partials_of(db, &picture.id).transpose());
    let ways = ways.collect::<Result<Vec<_>>>()?;
    let transaction = db.transaction()?;
    for picture in bare {
        transaction.execute("INSERT OR IGNORE INTO stale_sides VALUES (?1)", [&picture.id.0])?;
    }
    for picture in gone {
        transaction.prepare_cached("DELETE FROM pictures WHERE id = ?1")?.execute([&picture.id.0])?;
        for table in ["recipes", "parents", "origins", "stale_sides"] {
            transaction.prepare_cached(&format!("DELETE FROM {table} WHERE picture = ?1"))?.execute([&picture.id.0])?;
        }
        transaction.prepare_cached("DELETE FROM file_words WHERE rowid = ?1")?.execute([picture.number])?;
    }
    // Before the commit: whoever is interrupted in between finds the pictures still marked, and does it again.
    for (job, place) in &ways {
        if !has_picture(&transaction, job, *place)? {
            delete_partials_of(&folder.storage, &folder.dir, job, *place);
        }
    }
    transaction.execute("DELETE FROM moves WHERE target = ''", [])?;
    folder.storage.commit(transaction)?;
    for picture in gone {
        let mut same = db.prepare_cached("SELECT 1 FROM pictures WHERE hash = ?1")?;
        if !same.exists([&picture.hash])? {
            discard_thumbnails(&folder.storage, &folder.dir, &picture.hash);
        }
    }
    Ok(())
}

/// What became of the files of a picture.
enum Deleted {
    All,
    /// There was none.
    Missing,
    /// What has the name is another file.
    NotTheFile,
}
