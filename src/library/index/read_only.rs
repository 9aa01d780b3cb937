//! The index for looking only: beside the one who writes, or in a folder that cannot be written.
//!
//! Nothing in the folder is written but SQLite's own `-wal` and `-shm`, which every reader of an index needs. Invariant:
//! the connection refuses every write, whoever asks for it.

use super::super::error::{Error, Result};
use super::super::folder::paths::DATABASE;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, ErrorCode, OpenFlags};
use std::path::Path;

/// Tells the file that has the name of the index from another one that had it before.
pub(in crate::library) type Identity = (u64, u64);

/// Returns the identity of the index in a library folder; `None`: it is not there.
///
/// The file is not opened for that: to close it would let go of the locks that SQLite has on it.
pub(in crate::library) fn identity(dir: &Path) -> Option<Identity> {
    let found = std::fs::metadata(dir.join(DATABASE)).ok()?;
    #[cfg(unix)]
    return Some((std::os::unix::fs::MetadataExt::dev(&found), std::os::unix::fs::MetadataExt::ino(&found)));
    #[cfg(not(unix))]
    return found.created().ok()?.duration_since(std::time::UNIX_EPOCH).ok().map(|age| {
        let nanos = u64::from(age.subsec_nanos());
        (age.as_secs(), nanos)
    });
}

/// Opens the index in a library folder for reading only, and keeps the copy it had to make for that, if any.
pub(in crate::library) fn connect(dir: &Path) -> Result<(Connection, Option<tempfile::TempDir>)> {
    let path = dir.join(DATABASE);
    match std::fs::metadata(&path) {
        Err(source) if source.kind() == std::io::ErrorKind::NotFound => {
            return Err(Error::NoLibrary { path: dir.to_owned() });
        }
        Err(source) => return Err(Error::read(&path, source)),
        Ok(_) => {}
    }
    let beside = open(&path, flags());
    let refused = |error: &rusqlite::Error| {
        matches!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
    };
    match beside {
        Ok(db) => Ok((db, None)),
        // What readers and writers share cannot be made in this folder, so nobody writes.
        Err(error) if refused(&error) && !has_log(&path) => Ok((open_still(&path)?, None)),
        Err(error) if refused(&error) => open_copy(&path).map(|(db, folder)| (db, Some(folder))),
        Err(error) => Err(error.into()),
    }
}

fn flags() -> OpenFlags {
    OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX
}

fn open(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let db = Connection::open_with_flags(path, flags)?;
    db.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    // Opening alone reads nothing.
    db.query_row("SELECT COUNT(*) FROM sqlite_master", [], |_| Ok(()))?;
    Ok(db)
}

/// Whether a crash has left commits that are not in the database file yet.
fn has_log(path: &Path) -> bool {
    std::fs::metadata(path.with_extension("db-wal")).is_ok_and(|log| log.len() > 0)
}

/// Opens an index that does not change.
fn open_still(path: &Path) -> rusqlite::Result<Connection> {
    open(Path::new(&format!("file:{}?immutable=1", in_address(path))), flags() | OpenFlags::SQLITE_OPEN_URI)
}

/// Escapes what has a meaning in an address.
fn in_address(path: &Path) -> String {
    let slashes = |byte: &u8| if *byte == b'\\' && cfg!(windows) { b'/' } else { *byte };
    let path: Vec<u8> = path.as_os_str().as_encoded_bytes().iter().map(slashes).collect();
    let root = if path.starts_with(b"/") { "" } else { "/" };
    let escaped = |byte: u8| match byte {
        b'/' | b':' | b'.' | b'-' | b'_' | b'~' => char::from(byte).to_string(),
        byte if byte.is_ascii_alphanumeric() => char::from(byte).to_string(),
        byte => format!("%{byte:02X}"),
    };
    root.chars().map(String::from).chain(path.into_iter().map(escaped)).collect()
}

/// Opens a copy of an index and of the commits that a crash left beside it.
fn open_copy(path: &Path) -> Result<(Connection, tempfile::TempDir)> {
    let folder = tempfile::tempdir().map_err(|source| Error::write(path, source))?;
    for name in [path.to_owned(), path.with_extension("db-wal")] {
        let to = folder.path().join(name.file_name().unwrap_or_default());
        std::fs::copy(&name, &to).map_err(|source| Error::write(&to, source))?;
    }
    let db = open(&folder.path().join(DATABASE), flags())?;
    Ok((db, folder))
}
