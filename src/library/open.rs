//! Opening a library: the folder, its lock, its database.
//!
//! Invariant: whoever holds a [`Library`] that is not read only is its only writer, and the folder could be written when
//! it was opened.

use super::storage::Storage;
use super::{Error, PictureId, ReadOnly, Result, schema};
use rusqlite::Connection;
use std::fs::{File, TryLockError};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub(crate) const DATABASE: &str = "easel.db";
const LOCK: &str = "easel.lock";

/// Holds an open library. Lives on one thread; dropping it lets go of the lock.
///
/// One that was opened by [`Library::open_read_only`] answers every writing method with [`Error::ReadOnly`].
#[derive(Debug)]
pub struct Library {
    pub(super) dir: PathBuf,
    pub(super) db: Connection,
    pub(super) storage: Storage,
    /// Moved to or from the trash, and not yet told by [`Library::take_moved`].
    pub(super) moved: Vec<PictureId>,
    /// The last side file that [`Library::freshen_sides`] tried in this round; empty: a round begins.
    pub(super) sides_tried: String,
    pub(super) read_only: Option<ReadOnly>,
    /// A reader's copy of the index, where the folder lets no index be opened.
    pub(super) _copy: Option<tempfile::TempDir>,
    /// Last, so that the lock outlives the database; a reader has none.
    pub(super) lock: Option<FolderLock>,
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

    pub(super) fn of(dir: PathBuf, db: Connection, lock: FolderLock) -> Self {
        Self {
            storage: Storage::of(&dir),
            dir,
            db,
            read_only: None,
            moved: Vec::new(),
            sides_tried: String::new(),
            _copy: None,
            lock: Some(lock),
        }
    }

    /// Makes the folders, takes the lock and sees whether the folder can be written.
    pub(super) fn prepare(dir: &Path) -> Result<FolderLock> {
        Storage::default().create_dir(dir)?;
        let storage = Storage::of(dir);
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

    /// Says whether a folder holds a library's index.
    pub fn is_there(dir: &Path) -> bool {
        dir.join(DATABASE).is_file()
    }

    /// Says whether somebody has the library in a folder open for writing at this moment; false also when that cannot be
    /// told.
    pub fn is_in_use(dir: &Path) -> bool {
        let file = File::options().write(true).open(dir.join(LOCK));
        file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
    }

    /// Returns what stands in the lock while somebody has the library in a folder: another text each time; `None`: nobody
    /// can be asked.
    pub(super) fn token_of(dir: &Path) -> Option<String> {
        std::fs::read_to_string(dir.join(LOCK)).ok().filter(|token| !token.is_empty())
    }

    /// Returns the same of this library, whose writer this is; `None`: it is only looked at.
    pub fn token(&self) -> Option<&str> {
        self.lock.as_ref().map(|lock| lock.token.as_str())
    }

    /// Says whether a folder holds pictures of a library, with an index or without one.
    pub fn has_pictures(dir: &Path) -> bool {
        let has_any = |folder: &str| std::fs::read_dir(dir.join(folder)).is_ok_and(|mut all| all.next().is_some());
        has_any("pictures") || has_any("trash")
    }

    /// Says what is wrong with a folder in which a library is expected: nothing is made there.
    ///
    /// Errors: [`Error::IndexLost`], [`Error::NoLibrary`].
    pub fn expect_there(dir: &Path) -> Result<()> {
        match (Self::is_there(dir), Self::has_pictures(dir)) {
            (true, _) => Ok(()),
            (false, true) => Err(Error::IndexLost { path: dir.to_owned() }),
            (false, false) => Err(Error::NoLibrary { path: dir.to_owned() }),
        }
    }

    /// Returns the absolute path of the library folder.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Lets a test make the disk fail, from wherever it is.
    #[cfg(test)]
    pub(crate) fn faults(&self) -> super::Faults {
        self.storage.faults.clone()
    }

    /// Names a file on its way in.
    pub(super) fn incoming(&self, id: &PictureId, extension: &str) -> PathBuf {
        self.dir.join("incoming").join(format!("{}.{extension}", id.0))
    }
}

/// Holds the folder against every other writer until the last clone is dropped.
pub(super) type FolderLock = Arc<Locked>;

/// An open file that is locked; unlocked when it is dropped.
#[derive(Debug)]
pub(super) struct Locked {
    file: File,
    /// Stands in the file too, for those who may read it: another one each time that somebody takes the lock.
    token: String,
}

impl Drop for Locked {
    /// Closing the file would not do: a child process that is just being started has a copy of the descriptor, and
    /// would hold the lock until it has begun.
    fn drop(&mut self) {
        if let Err(error) = self.file.unlock() {
            log::debug!("the lock goes when the file is closed: {error}");
        }
    }
}

fn lock(dir: &Path) -> Result<FolderLock> {
    let path = dir.join(LOCK);
    let open = File::options().write(true).create(true).truncate(false).open(&path);
    let mut file = open.map_err(|source| Error::write(&path, source))?;
    match file.try_lock() {
        Ok(()) => {
            let token = PictureId::new().0;
            // Without it nobody can ask this process for anything, and all else goes on.
            if let Err(error) = file.set_len(0).and_then(|()| file.write_all(token.as_bytes())) {
                log::warn!("no shell can ask for anything here: {error}");
            }
            Ok(Arc::new(Locked { file, token }))
        }
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
        // What a child process has of it that is just being started.
        let copy = first.lock.as_ref().unwrap().file.try_clone().unwrap();
        assert!(Library::is_in_use(folder.path()));
        drop(first);
        assert!(!Library::is_in_use(folder.path()) && !Library::is_in_use(&folder.path().join("elsewhere")));
        Library::open(folder.path()).unwrap();
        drop(copy);
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
        let newer = i64::try_from(schema::STEPS.len() + 1).unwrap();
        library.db.pragma_update(None, "user_version", newer).unwrap();
        drop(library);
        assert!(matches!(Library::open(folder.path()), Err(Error::NewerVersion { found, .. }) if found == newer));
    }

    #[test]
    fn errors_are_one_sentence_with_the_path_last() {
        let folder = tempfile::tempdir().unwrap();
        let _first = Library::open(folder.path()).unwrap();
        let text = Library::open(folder.path()).unwrap_err().to_string();
        assert!(text.ends_with(&folder.path().display().to_string()), "{text}");
    }
}
