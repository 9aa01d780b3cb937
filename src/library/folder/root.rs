//! The folder of a library that is open: where it is, and what writes into it.
//!
//! Who is handed one may write files, and nothing else; who only looks at the folder is handed its path. Invariant: none
//! is made but for a library that is open.

use super::storage::Storage;
use std::path::{Path, PathBuf};

/// The folder of an open library.
#[derive(Debug)]
pub(in crate::library) struct Folder {
    /// Absolute.
    pub(in crate::library) dir: PathBuf,
    pub(in crate::library) storage: Storage,
}

impl Folder {
    /// Returns that of the library's writer.
    pub(in crate::library) fn of(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), storage: Storage::of(dir) }
    }

    /// Returns that of a reader: every write fails.
    pub(in crate::library) fn read_only(dir: &Path) -> Self {
        Self { dir: dir.to_owned(), storage: Storage::read_only() }
    }
}
