//! Opening a library: the folder, its lock, its database; for reading only, nothing in the folder changes.
//!
//! Invariant: whoever holds a [`Library`] that is not read only is its only writer, and the folder could be written when
//! it was opened.

use super::folder::lock::{self, FolderLock};
use super::folder::paths::{DATABASE, FOLDERS, INCOMING, NEW_DATABASE, PICTURES, TRASH};
use super::folder::storage::Storage;
use super::index::{read_only, schema};
use super::{Error, Library, ReadOnly, Result};
use std::path::Path;

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

    /// Makes the folders, takes the lock and sees whether the folder can be written.
    pub(super) fn prepare(dir: &Path) -> Result<FolderLock> {
        Storage::default().create_dir(dir)?;
        let storage = Storage::of(dir);
        for folder in FOLDERS {
            storage.create_dir(&dir.join(folder))?;
        }
        let lock = lock::lock(dir)?;
        let probe = dir.join(INCOMING).join("probe.part");
        storage.discard(&probe);
        storage.write(&probe, b"can this folder be written")?;
        storage.remove(&probe)?;
        // What an interrupted attempt to make the index anew left.
        storage.discard_database(&dir.join(NEW_DATABASE));
        Ok(lock)
    }

    /// Says whether a folder holds a library's index.
    pub fn is_there(dir: &Path) -> bool {
        dir.join(DATABASE).is_file()
    }

    /// Says whether a folder holds pictures of a library, with an index or without one.
    pub fn has_pictures(dir: &Path) -> bool {
        let has_any = |folder: &str| std::fs::read_dir(dir.join(folder)).is_ok_and(|mut all| all.next().is_some());
        has_any(PICTURES) || has_any(TRASH)
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

    /// Says whether somebody has the library in a folder open for writing at this moment; false also when that cannot be
    /// told.
    pub fn is_in_use(dir: &Path) -> bool {
        lock::is_held(dir)
    }

    /// Opens the library in a folder for reading only; another Easel may be writing.
    ///
    /// Errors: [`Error::NoLibrary`], [`Error::NewerVersion`], [`Error::OlderVersion`], [`Error::OtherIndex`],
    /// [`Error::Database`] when the index is broken.
    pub fn open_read_only(dir: &Path, why: ReadOnly) -> Result<Self> {
        let dir = std::path::absolute(dir).map_err(|source| Error::read(dir, source))?;
        let identity = read_only::identity(&dir);
        let (db, copy) = read_only::connect(&dir)?;
        let found: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
        let path = dir.join(DATABASE);
        match usize::try_from(found) {
            Ok(0) => return Err(Error::NoLibrary { path: dir }),
            Ok(taken) if taken < schema::STEPS.len() => return Err(Error::OlderVersion { path }),
            Ok(taken) if taken == schema::STEPS.len() => {}
            _ => return Err(Error::NewerVersion { found, path }),
        }
        schema::compare(&db, &path, schema::STEPS)?;
        Ok(Self {
            dir,
            db,
            storage: Storage::read_only(),
            read_only: Some(why),
            identity,
            moved: Vec::new(),
            sidecars_tried: String::new(),
            _copy: copy,
            lock: None,
        })
    }

    /// Opens the index of a reader again where another one has taken its place, as when it was made anew; says whether that
    /// was so.
    ///
    /// Errors: as for [`Library::open_read_only`]; the library is then as it was.
    pub(super) fn follow_index(&mut self) -> Result<bool> {
        let now = read_only::identity(&self.dir);
        match self.read_only {
            Some(why) if now.is_some() && now != self.identity => *self = Self::open_read_only(&self.dir, why)?,
            _ => return Ok(false),
        }
        Ok(true)
    }

    /// Becomes the writer of a library that was open for reading only. After an error it is as it was.
    ///
    /// Call [`Library::recover`] next. Errors: as for [`Library::open`].
    pub fn become_writer(&mut self) -> Result<()> {
        if self.read_only.is_some() {
            *self = Self::open(&self.dir)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
