//! The index made anew while its library is open: lent for that, and taken back.
//!
//! Invariant: the lock is held from the beginning to the end, so that nobody comes between.

use super::super::folder::lock::FolderLock;
use super::super::folder::paths::{DATABASE, NEW_DATABASE};
use super::super::folder::root::Folder;
use super::super::folder::storage::Storage;
use super::super::index::schema;
use super::super::{Error, Result};
use super::{Progress, Rebuilt};
use rusqlite::Connection;
use std::path::PathBuf;

/// Makes the index anew for the library that has lent it.
#[derive(Debug)]
pub struct OnlineRebuild {
    dir: PathBuf,
    lock: FolderLock,
}

impl OnlineRebuild {
    /// Does it, as `Library::rebuild` does.
    ///
    /// Errors: as for `Library::rebuild`.
    pub fn run(&self, mut progress: impl FnMut(Progress) -> bool) -> Result<Option<Rebuilt>> {
        super::rebuild_held(&self.dir, FolderLock::clone(&self.lock), Storage::default(), &mut progress)
    }
}

/// Closes the index so that it can be made anew. Until [`reattach`] the library is empty and refuses every write. After an
/// error it is as it was.
pub(in crate::library) fn detach(
    db: &mut Connection,
    folder: &mut Folder,
    lock: Option<&FolderLock>,
) -> Result<OnlineRebuild> {
    let Some(lock) = lock else { return Err(Error::ReadOnly { path: folder.dir.clone() }) };
    let empty = schema::in_memory(schema::STEPS)?;
    if let Err((still_open, error)) = std::mem::replace(db, empty).close() {
        *db = still_open;
        return Err(error.into());
    }
    folder.storage = Storage::read_only();
    Storage::default().discard_database(&folder.dir.join(NEW_DATABASE));
    Ok(OnlineRebuild { dir: folder.dir.clone(), lock: FolderLock::clone(lock) })
}

/// Opens the index again.
///
/// Errors: as for `Library::open`; the library stays empty and refuses every write.
pub(in crate::library) fn reattach(db: &mut Connection, folder: &mut Folder) -> Result<()> {
    *db = schema::open(&folder.dir.join(DATABASE), schema::STEPS)?;
    folder.storage = Storage::of(&folder.dir);
    Ok(())
}
