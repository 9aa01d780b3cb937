//! Opening a library: the folder, its lock, its database; for reading only, nothing in the folder changes.
//!
//! Invariant: what is opened for writing has no other writer, and the folder could be written when it was opened.

use super::folder::lock::{self, FolderLock};
use super::folder::paths::{DATABASE, FOLDERS, INCOMING, NEW_DATABASE, PICTURES, TRASH};
use super::folder::root::Folder;
use super::folder::storage::Storage;
use super::index::{read_only, schema};
use super::{Error, Result};
use rusqlite::Connection;
use std::path::Path;

/// What a library is opened as.
pub(super) struct Opened {
    pub(super) folder: Folder,
    pub(super) db: Connection,
    /// `None`: a reader.
    pub(super) lock: Option<FolderLock>,
    /// Of a reader: which file has the name of the index.
    pub(super) identity: Option<read_only::Identity>,
    /// A reader's copy of the index, where the folder lets no index be opened.
    pub(super) copy: Option<tempfile::TempDir>,
}

/// Opens the library in a folder, or makes a new one there.
pub(super) fn open(dir: &Path) -> Result<Opened> {
    let dir = std::path::absolute(dir).map_err(|source| Error::write(dir, source))?;
    let lock = Some(prepare(&dir)?);
    let db = schema::open(&dir.join(DATABASE), schema::STEPS)?;
    Ok(Opened { folder: Folder::of(&dir), db, lock, identity: None, copy: None })
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
pub(super) fn is_there(dir: &Path) -> bool {
    dir.join(DATABASE).is_file()
}

/// Says whether a folder holds pictures of a library, with an index or without one.
pub(super) fn has_pictures(dir: &Path) -> bool {
    let has_any = |folder: &str| std::fs::read_dir(dir.join(folder)).is_ok_and(|mut all| all.next().is_some());
    has_any(PICTURES) || has_any(TRASH)
}

/// Says what is wrong with a folder in which a library is expected: nothing is made there.
///
/// Errors: [`Error::IndexLost`], [`Error::NoLibrary`].
pub(super) fn expect_there(dir: &Path) -> Result<()> {
    match (is_there(dir), has_pictures(dir)) {
        (true, _) => Ok(()),
        (false, true) => Err(Error::IndexLost { path: dir.to_owned() }),
        (false, false) => Err(Error::NoLibrary { path: dir.to_owned() }),
    }
}

/// Opens the library in a folder for reading only; another Easel may be writing.
pub(super) fn open_read_only(dir: &Path) -> Result<Opened> {
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
    Ok(Opened { folder: Folder::read_only(&dir), db, lock: None, identity, copy })
}

/// Says whether another index has taken the place of the one that a reader has open, as when it was made anew.
pub(super) fn is_replaced(dir: &Path, identity: Option<read_only::Identity>) -> bool {
    let now = read_only::identity(dir);
    now.is_some() && now != identity
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::Library;

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
