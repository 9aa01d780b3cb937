//! The index made anew while its library is open: lent for that, and taken back.
//!
//! Invariant: the lock is held from the beginning to the end, so that nobody comes between.

use super::super::folder::lock::FolderLock;
use super::super::folder::paths::{DATABASE, NEW_DATABASE};
use super::super::folder::storage::Storage;
use super::super::index::schema;
use super::super::{Error, Library, Result};
use super::{Progress, Rebuilt};
use std::path::PathBuf;

/// Makes the index anew for the library that has lent it.
#[derive(Debug)]
pub struct OnlineRebuild {
    dir: PathBuf,
    lock: FolderLock,
}

impl OnlineRebuild {
    /// Does it, as [`Library::rebuild`] does.
    ///
    /// Errors: as for [`Library::rebuild`].
    pub fn run(&self, mut progress: impl FnMut(Progress) -> bool) -> Result<Option<Rebuilt>> {
        Library::rebuild_held(&self.dir, FolderLock::clone(&self.lock), Storage::default(), &mut progress)
    }
}

impl Library {
    /// Closes the index so that it can be made anew. Until [`Library::reattach_index`] this library is empty and refuses
    /// every write. After an error it is as it was.
    pub fn detach_index(&mut self) -> Result<OnlineRebuild> {
        let Some(lock) = &self.lock else { return Err(Error::ReadOnly { path: self.dir.clone() }) };
        let lock = FolderLock::clone(lock);
        let empty = schema::in_memory(schema::STEPS)?;
        if let Err((db, error)) = std::mem::replace(&mut self.db, empty).close() {
            self.db = db;
            return Err(error.into());
        }
        self.storage = Storage::read_only();
        Storage::default().discard_database(&self.dir.join(NEW_DATABASE));
        Ok(OnlineRebuild { dir: self.dir.clone(), lock })
    }

    /// Opens the index again.
    ///
    /// Errors: as for [`Library::open`]; the library stays empty and refuses every write.
    pub fn reattach_index(&mut self) -> Result<()> {
        self.db = schema::open(&self.dir.join(DATABASE), schema::STEPS)?;
        self.storage = Storage::of(&self.dir);
        Ok(())
    }
}
