//! The open library: its folder, its index, its lock. What can be done with it stands where it belongs, room by room.
//!
//! Imports what it is made of and none of the rooms. Invariant: only `open.rs` makes one.

use super::error::Result;
use super::folder::lock::FolderLock;
use super::folder::partials::{self, Piece};
use super::folder::storage::Storage;
use super::folder::{paths, references};
use super::index::drive;
use super::index::read_only::Identity;
use super::model::id::{JobId, PictureId};
use super::model::picture::Picture;
use crate::picture::Format;
use rusqlite::Connection;
use std::path::{Path, PathBuf};

/// Why a library is open for reading only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadOnly {
    /// Another Easel has it.
    InUse,
    /// Its folder cannot be written.
    Folder,
    /// It was asked for.
    Asked,
    /// For a while: it is being mended, or its index made anew.
    Tended,
}

/// Holds an open library. Lives on one thread; dropping it lets go of the lock.
///
/// One that was opened by [`Library::open_read_only`] answers every writing method with [`Error::ReadOnly`].
#[derive(Debug)]
pub struct Library {
    pub(super) dir: PathBuf,
    pub(super) db: Connection,
    pub(super) storage: Storage,
    /// Moved to or from the trash, and not yet told by [`Library::drain_moved`].
    pub(super) moved: Vec<PictureId>,
    /// The last sidecar that [`Library::sync_sidecars`] tried in this round; empty: a round begins.
    pub(super) sidecars_tried: String,
    pub(super) read_only: Option<ReadOnly>,
    /// Of a reader: which file has the name of the index.
    pub(super) identity: Option<Identity>,
    /// A reader's copy of the index, where the folder lets no index be opened.
    pub(super) _copy: Option<tempfile::TempDir>,
    /// Last, so that the lock outlives the database; a reader has none.
    pub(super) lock: Option<FolderLock>,
}

impl Library {
    pub(super) fn of(dir: PathBuf, db: Connection, lock: FolderLock) -> Self {
        Self {
            storage: Storage::of(&dir),
            dir,
            db,
            read_only: None,
            identity: None,
            moved: Vec::new(),
            sidecars_tried: String::new(),
            _copy: None,
            lock: Some(lock),
        }
    }

    /// Says whether its drive is across a network or in user space, where the index is kept without a log that needs
    /// shared memory.
    pub fn is_on_far_drive(&self) -> bool {
        drive::is_far(&self.dir)
    }

    /// Returns the absolute path of the library folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Returns the absolute path of a picture's file.
    pub fn picture_path(&self, picture: &Picture) -> PathBuf {
        self.dir.join(&picture.file)
    }

    /// Keeps the original bytes of a reference and returns their hash (blake3, lower-case hex); the same bytes are
    /// kept once.
    pub fn store_reference(&mut self, bytes: &[u8], format: Format) -> Result<String> {
        references::store_reference(&self.storage, &self.dir, bytes, format)
    }

    /// Keeps a partial of the picture at `place` (from 0) of a job, that came `ms` after sending, as it is.
    pub fn keep_partial(&mut self, job: &JobId, place: u32, ms: u64, bytes: &[u8]) -> Result<()> {
        partials::keep_partial(&self.storage, &self.dir, job, place, ms, bytes)
    }

    /// Adds to the drawing that the picture at `place` (from 0) of a job is becoming.
    pub fn keep_pieces(&mut self, job: &JobId, place: u32, pieces: &[Piece]) -> Result<()> {
        partials::keep_pieces(&self.storage, &self.dir, job, place, pieces)
    }

    /// Lets a test make the disk fail, from wherever it is.
    #[cfg(test)]
    pub(crate) fn faults(&self) -> super::Faults {
        self.storage.faults.clone()
    }

    /// Names a file on its way in.
    pub(super) fn incoming(&self, id: &PictureId, extension: &str) -> PathBuf {
        paths::incoming(&self.dir, id, extension)
    }

    /// Returns what stands in the lock of this library, whose writer this is; `None`: it is only looked at.
    pub fn token(&self) -> Option<&str> {
        self.lock.as_ref().map(|lock| lock.token())
    }

    /// Says why nothing can be written; `None`: this is the library's writer.
    pub fn read_only(&self) -> Option<ReadOnly> {
        self.read_only
    }

    /// Returns a number that is another one after somebody else has changed the library.
    pub fn version(&self) -> Result<i64> {
        Ok(self.db.pragma_query_value(None, "data_version", |row| row.get(0))?)
    }
}
