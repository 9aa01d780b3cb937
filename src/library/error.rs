//! What can go wrong on disk, typed down to what the artist can do about it.
//!
//! Invariants: one sentence each, without a full stop, the path last; the source is kept, never printed twice.

use super::folder::paths::DATABASE;
use std::io;
use std::path::{Path, PathBuf};

/// Shortens the results of this layer.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// An error of the library.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// A file or folder could not be made, written, moved or removed.
    #[error("could not write; check that the drive is there and the folder may be written: {}", .path.display())]
    CannotWrite { path: PathBuf, source: io::Error },
    /// A file could not be read.
    #[error("could not read; check that the drive is there and the file may be read: {}", .path.display())]
    CannotRead { path: PathBuf, source: io::Error },
    /// The drive has no room left, or the quota is used up.
    #[error("the drive is full; free some room and try again: {}", .path.display())]
    Full { path: PathBuf },
    /// Another Easel has this library open.
    #[error("another Easel has this library open; close it or choose another folder: {}", .path.display())]
    Locked { path: PathBuf },
    /// The library was opened for reading only, or its drive lets nothing be written; nothing was changed.
    #[error("nothing can be written here, the library is read only: {}", .path.display())]
    ReadOnly { path: PathBuf },
    /// A library has been in this folder and is not.
    #[error("the library that was here is not there; its drive may not be connected: {}", .path.display())]
    Gone { path: PathBuf },
    /// Pictures are there without their index.
    #[error("the index of this library is lost, its pictures are there; make it anew from the folder (easel library rebuild): {}", .path.display())]
    IndexLost { path: PathBuf },
    /// There is no index in this folder.
    #[error("there is no library in this folder: {}", .path.display())]
    NoLibrary { path: PathBuf },
    /// The library was made by an older Easel and has to be brought up to date, which needs writing.
    #[error("this library was made by an older Easel; open it for writing once: {}", .path.display())]
    OlderVersion { path: PathBuf },
    /// The file to be written is already there, and overwriting was not asked for.
    #[error("a file of this name is already there; choose another name: {}", .path.display())]
    Exists { path: PathBuf },
    /// The library was made by a newer Easel.
    #[error("this library was made by a newer Easel (format {found}); install that version to open it: {}", .path.display())]
    NewerVersion { found: i64, path: PathBuf },
    /// The tables of the index are not those that this Easel writes.
    #[error("the library's index was written by another Easel; make it anew from the folder, which has it all: {}", .path.display())]
    OtherIndex { path: PathBuf },
    /// Something that was named is not in the library.
    #[error("this {what} is not in the library (any more): {name}")]
    Missing { what: &'static str, name: String },
    /// A job was to make a step that its state does not allow; nothing was changed.
    #[error("a job that is {from} cannot become {to}: {job}")]
    IllegalStep { job: String, from: &'static str, to: &'static str },
    /// A job that still waits or runs was to be taken off the list; nothing was changed.
    #[error("a job that is {state} cannot be taken off the list; cancel it first: {job}")]
    StillOpen { job: String, state: &'static str },
    /// A record could not be put into words.
    #[error("the record could not be written as JSON")]
    Json(#[source] serde_json::Error),
    /// The index or the journal failed.
    #[error("the library's index failed; check the drive and start Easel again")]
    Database(#[source] rusqlite::Error),
}

impl Error {
    /// Says whether making the index anew from the folder may help.
    pub fn is_broken_index(&self) -> bool {
        matches!(self, Self::Database(_) | Self::OtherIndex { .. } | Self::IndexLost { .. })
    }

    /// Says whether the index cannot be read for what it holds or for what it lies on.
    pub(super) fn is_damage(&self) -> bool {
        use rusqlite::ErrorCode::{DatabaseCorrupt, NotADatabase, SystemIoFailure};
        let code = if let Self::Database(error) = self { error.sqlite_error_code() } else { None };
        matches!(code, Some(DatabaseCorrupt | NotADatabase | SystemIoFailure))
    }

    /// What is at the bottom of it, as the system or SQLite says it.
    pub(super) fn root_cause(&self) -> String {
        let mut cause: &dyn std::error::Error = self;
        while let Some(source) = cause.source() {
            cause = source;
        }
        cause.to_string()
    }

    pub(crate) fn write(path: &Path, source: io::Error) -> Self {
        let path = path.to_path_buf();
        match source.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Self::Full { path },
            io::ErrorKind::AlreadyExists => Self::Exists { path },
            io::ErrorKind::ReadOnlyFilesystem => Self::ReadOnly { path },
            _ => Self::CannotWrite { path, source },
        }
    }

    pub(crate) fn read(path: &Path, source: io::Error) -> Self {
        Self::CannotRead { path: path.to_path_buf(), source }
    }
}

impl From<rusqlite::Error> for Error {
    fn from(error: rusqlite::Error) -> Self {
        // SQLite does not say which file; there is only this one.
        let path = || DATABASE.into();
        match error.sqlite_error_code() {
            Some(rusqlite::ErrorCode::DiskFull) => Self::Full { path: path() },
            Some(rusqlite::ErrorCode::ReadOnly) => Self::ReadOnly { path: path() },
            _ => Self::Database(error),
        }
    }
}

impl From<serde_json::Error> for Error {
    fn from(error: serde_json::Error) -> Self {
        Self::Json(error)
    }
}
