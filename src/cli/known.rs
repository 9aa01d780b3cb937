//! Which folders have held a library, so that a drive that is not there is never taken for a first start.
//!
//! Kept beside the configuration, not in any library. Invariant: losing the list loses a warning, nothing else.

use crate::library::{Error, Library, write_new};
use std::path::{Path, PathBuf};

/// Folders remembered at most, latest first.
const MOST: usize = 50;

/// The list; `None` inside: this system names no folder for it.
#[derive(Clone, Debug)]
pub struct Known(Option<PathBuf>);

impl Known {
    /// Returns the list of this user.
    pub fn of_user() -> Self {
        Self(super::service::project_dirs().map(|dirs| dirs.config_dir().join("libraries.json")))
    }

    /// Opens the library in a folder, or makes a new one where none has been, and remembers it.
    ///
    /// # Errors
    /// [`Error::Gone`] when a library has been there and is not, [`Error::IndexLost`] when its pictures are; otherwise as
    /// for [`Library::open`].
    pub fn open(&self, dir: &Path) -> Result<Library, Error> {
        match Library::expect_there(dir) {
            Err(Error::NoLibrary { .. }) if self.contains(dir) => Err(Error::Gone { path: dir.to_owned() }),
            Err(lost @ Error::IndexLost { .. }) => Err(lost),
            _ => self.make(dir),
        }
    }

    /// Opens the library in a folder, or makes a new one there whatever has been, and remembers it.
    ///
    /// # Errors
    /// As for [`Library::open`].
    pub fn make(&self, dir: &Path) -> Result<Library, Error> {
        let library = Library::open(dir)?;
        if let Err(error) = self.remember(library.dir()) {
            log::warn!("where the library is was not remembered: {error}");
        }
        Ok(library)
    }

    fn list(&self) -> Vec<PathBuf> {
        let text = self.0.as_ref().and_then(|file| std::fs::read(file).ok()).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    fn contains(&self, dir: &Path) -> bool {
        std::path::absolute(dir).is_ok_and(|dir| self.list().contains(&dir))
    }

    fn remember(&self, dir: &Path) -> Result<(), String> {
        let (Some(file), Some(text)) = (&self.0, dir.to_str()) else { return Ok(()) };
        let mut list = self.list();
        if list.iter().any(|known| known == dir) {
            return Ok(());
        }
        list.insert(0, text.into());
        list.truncate(MOST);
        if let Some(folder) = file.parent() {
            std::fs::create_dir_all(folder).map_err(|error| error.to_string())?;
        }
        let bytes = serde_json::to_vec_pretty(&list).map_err(|error| error.to_string())?;
        write_new(file, &bytes, true).map_err(|error| error.to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_library_that_was_there_is_never_replaced_by_a_new_one_unasked() {
        let folder = tempfile::tempdir().unwrap();
        let known = Known(Some(folder.path().join("config/libraries.json")));
        let dir = folder.path().join("drive/Easel");
        drop(known.open(&dir).unwrap());
        std::fs::rename(folder.path().join("drive"), folder.path().join("unplugged")).unwrap();
        assert!(matches!(known.open(&dir), Err(Error::Gone { .. })));
        assert!(!dir.exists(), "nothing is made while nobody has agreed");
        std::fs::rename(folder.path().join("unplugged"), folder.path().join("drive")).unwrap();
        drop(known.open(&dir).unwrap());
        std::fs::remove_dir_all(&dir).unwrap();
        drop(known.make(&dir).unwrap());
        drop(known.open(&dir).unwrap());
    }

    #[test]
    fn pictures_without_their_index_are_not_buried_under_a_new_one() {
        let folder = tempfile::tempdir().unwrap();
        let known = Known(None);
        drop(known.open(folder.path()).unwrap());
        std::fs::create_dir(folder.path().join("pictures/2026-11")).unwrap();
        std::fs::remove_file(folder.path().join("easel.db")).unwrap();
        assert!(matches!(known.open(folder.path()), Err(Error::IndexLost { .. })));
        Library::rebuild(folder.path(), |_| true).unwrap();
        drop(known.open(folder.path()).unwrap());
    }

    #[test]
    fn a_list_that_cannot_be_read_or_written_stops_nobody() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("file"), "[").unwrap();
        for place in [folder.path().join("file"), folder.path().join("file/below.json")] {
            drop(Known(Some(place)).open(&folder.path().join("library")).unwrap());
        }
    }
}
