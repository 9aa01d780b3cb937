//! The lock of a library folder: whoever holds it is the only writer.
//!
//! Who holds it stands in a file beside it, since Windows lets nobody read what is locked. Invariant: it is let go when its
//! last holder goes, whatever child processes are being started at that moment.

use super::super::error::{Error, Result};
use super::super::model::id::PictureId;
use super::paths::{LOCK, OWNER};
use std::fs::{File, TryLockError};
use std::path::Path;
use std::sync::Arc;

/// Holds the folder against every other writer until the last clone is dropped.
pub(in crate::library) type FolderLock = Arc<Locked>;

/// An open file that is locked; unlocked when it is dropped.
#[derive(Debug)]
pub(in crate::library) struct Locked {
    file: File,
    /// Stands in the file beside it too: another one each time that somebody takes the lock.
    token: String,
}

impl Locked {
    pub(in crate::library) fn token(&self) -> &str {
        &self.token
    }
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

/// Takes the lock of a folder. Errors: [`Error::Locked`], [`Error::CannotWrite`].
pub(in crate::library) fn lock(dir: &Path) -> Result<FolderLock> {
    let path = dir.join(LOCK);
    let open = File::options().write(true).create(true).truncate(false).open(&path);
    let file = open.map_err(|source| Error::write(&path, source))?;
    match file.try_lock() {
        Ok(()) => {
            let token = PictureId::new().0;
            // Without it nobody can ask this process for anything, and all else goes on. Nothing of it waits for the disk.
            if let Err(error) = std::fs::write(dir.join(OWNER), &token) {
                log::warn!("no shell can ask for anything here: {error}");
            }
            Ok(Arc::new(Locked { file, token }))
        }
        Err(TryLockError::WouldBlock) => Err(Error::Locked { path: dir.to_path_buf() }),
        Err(TryLockError::Error(source)) => Err(Error::write(&path, source)),
    }
}

/// Says whether somebody holds the lock of a folder at this moment; false also when that cannot be told.
pub(in crate::library) fn is_held(dir: &Path) -> bool {
    let file = File::options().write(true).open(dir.join(LOCK));
    file.is_ok_and(|file| matches!(file.try_lock_shared(), Err(TryLockError::WouldBlock)))
}

/// Returns what stands beside the lock while somebody has the library in a folder: another text each time; `None`: nobody
/// can be asked.
pub(in crate::library) fn token_of(dir: &Path) -> Option<String> {
    std::fs::read_to_string(dir.join(OWNER)).ok().filter(|token| !token.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::Library;

    #[test]
    fn who_holds_the_lock_is_read_without_the_locked_file() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(token_of(folder.path()), None);
        let first = lock(folder.path()).unwrap();
        assert_eq!(token_of(folder.path()).as_deref(), Some(first.token()));
        // As good as one that nobody may read.
        assert_eq!(std::fs::read(folder.path().join(LOCK)).unwrap(), b"");
        let former = first.token().to_owned();
        drop(first);
        let second = lock(folder.path()).unwrap();
        assert_eq!(token_of(folder.path()).as_deref(), Some(second.token()));
        assert_ne!(second.token(), former);
        assert!(lock(folder.path()).is_err());
        assert_eq!(token_of(folder.path()).as_deref(), Some(second.token()), "who is refused is not told of");
    }

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
}
