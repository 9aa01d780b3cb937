//! Opening a library: the folder, its lock, its database.
//!
//! Invariant: whoever holds a [`Library`] is its only writer, and the folder could be written when it was opened.

use super::storage::Storage;
use super::{Error, PictureId, Result, schema};
use rusqlite::Connection;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};

pub(crate) const DATABASE: &str = "easel.db";

/// Holds an open library. Lives on one thread; dropping it lets go of the lock.
#[derive(Debug)]
pub struct Library {
    pub(super) dir: PathBuf,
    pub(super) db: Connection,
    pub(super) storage: Storage,
    /// Last, so that the lock outlives the database.
    pub(super) lock: File,
}

impl Library {
    /// Opens the library in a folder, or makes a new one there.
    ///
    /// Call [`Library::recover`] next. Errors: [`Error::CannotWrite`] and [`Error::Full`] when the folder cannot be
    /// used, [`Error::Locked`], [`Error::NewerVersion`], [`Error::Database`] when the index is broken.
    pub fn open(dir: &Path) -> Result<Self> {
        let dir = std::path::absolute(dir).map_err(|source| Error::write(dir, source))?;
        let held = Self::prepare(&dir)?;
        let db = schema::open(&dir.join(DATABASE), schema::STEPS)?;
        Ok(Self::of(dir, db, held))
    }

    pub(super) fn of(dir: PathBuf, db: Connection, lock: File) -> Self {
        Self { dir, db, storage: Storage::default(), lock }
    }

    /// Makes the folders, takes the lock and sees whether the folder can be written.
    pub(super) fn prepare(dir: &Path) -> Result<File> {
        let storage = Storage::default();
        for folder in ["pictures", "references", "trash", "thumbnails", "incoming"] {
            storage.create_dir(&dir.join(folder))?;
        }
        let lock = lock(dir)?;
        let probe = dir.join("incoming/probe.part");
        storage.discard(&probe);
        storage.write(&probe, b"can this folder be written")?;
        storage.remove(&probe)?;
        super::rebuild::clear(dir, &storage);
        Ok(lock)
    }

    /// Returns the absolute path of the library folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Names a file on its way in.
    pub(super) fn incoming(&self, id: &PictureId, extension: &str) -> PathBuf {
        self.dir.join("incoming").join(format!("{}.{extension}", id.0))
    }
}

fn lock(dir: &Path) -> Result<File> {
    let path = dir.join("easel.lock");
    let open = File::options().write(true).create(true).truncate(false).open(&path);
    let file = open.map_err(|source| Error::write(&path, source))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(Error::Locked { path: dir.to_path_buf() }),
        Err(TryLockError::Error(source)) => Err(Error::write(&path, source)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_opening_is_locked_out_until_the_first_ends() {
        let folder = tempfile::tempdir().unwrap();
        let first = Library::open(folder.path()).unwrap();
        assert!(matches!(Library::open(folder.path()), Err(Error::Locked { .. })));
        drop(first);
        Library::open(folder.path()).unwrap();
    }

    #[test]
    fn a_file_in_place_of_the_folder_cannot_be_written() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("library");
        std::fs::write(&path, b"not a folder").unwrap();
        let Err(Error::CannotWrite { path: at, .. }) = Library::open(&path) else { panic!("opened") };
        assert!(at.starts_with(&path));
    }

    #[cfg(unix)]
    #[test]
    fn a_read_only_folder_cannot_be_written() {
        use std::os::unix::fs::PermissionsExt;
        let folder = tempfile::tempdir().unwrap();
        std::fs::set_permissions(folder.path(), std::fs::Permissions::from_mode(0o555)).unwrap();
        if std::fs::write(folder.path().join("probe"), b"").is_ok() {
            println!("skipped: this user may write to read-only folders");
            return;
        }
        assert!(matches!(Library::open(&folder.path().join("library")), Err(Error::CannotWrite { .. })));
    }

    #[test]
    fn a_newer_library_is_refused_by_its_version() {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(folder.path()).unwrap();
        library.db.pragma_update(None, "user_version", 7).unwrap();
        drop(library);
        assert!(matches!(Library::open(folder.path()), Err(Error::NewerVersion { found: 7, .. })));
    }

    #[test]
    fn errors_are_one_sentence_with_the_path_last() {
        let folder = tempfile::tempdir().unwrap();
        let _first = Library::open(folder.path()).unwrap();
        let text = Library::open(folder.path()).unwrap_err().to_string();
        assert!(text.ends_with(&folder.path().display().to_string()), "{text}");
    }
}
