//! The new index takes the place of the old one in one rename.
//!
//! ```text
//! easel.new.db   being made; whatever an interruption leaves of it is thrown away by the next attempt
//! easel.db       the old one, whole in its one file, then the new one: never anything else
//! easel before 2026-11-25 193000.db   the old one's second name
//! ```

use super::super::Result;
use super::super::folder::paths::{database_part, first_free, local};
use super::super::folder::storage::Storage;
use super::super::model::id;
use rusqlite::{Connection, ErrorCode};
use std::path::{Path, PathBuf};

/// Puts `new`, which is closed, in the place of `old`; returns the name under which the old one is kept.
pub(super) fn swap(storage: &Storage, new: &Path, old: &Path) -> Result<Option<PathBuf>> {
    storage.sync_file(new)?;
    let dir = old.parent().unwrap_or(Path::new("."));
    let aside = if old.exists() { Some(keep(storage, dir, old)?) } else { None };
    // Of a database that is gone, or whose end is in its own file: a new one must not find it.
    for suffix in ["-wal", "-shm"] {
        storage.remove(&database_part(old, suffix))?;
    }
    // Nor after a loss of power.
    storage.sync_dir(dir)?;
    storage.rename_over(new, old)?;
    storage.sync_dir(dir)?;
    Ok(aside)
}

/// Gives the old database a second name, with all that it says in its one file.
fn keep(storage: &Storage, dir: &Path, old: &Path) -> Result<PathBuf> {
    let stamp = local(id::now_ms()).strftime("%Y-%m-%d %H%M%S").to_string();
    let name = first_free(&format!("easel before {stamp}.db"), |name| dir.join(name).exists());
    let aside = dir.join(name);
    let readable = fold(old)?;
    storage.second_name(old, &aside)?;
    for suffix in ["-wal", "-shm"] {
        // What no database can read any more may still be worth something to somebody.
        let from = database_part(old, suffix);
        if !readable && from.exists() {
            storage.rename_new(&from, &database_part(&aside, suffix))?;
        }
    }
    Ok(aside)
}

/// Brings what stands in the write-ahead log into the database; false: this is no database.
fn fold(old: &Path) -> Result<bool> {
    let folded = Connection::open(old).and_then(|db| {
        let busy = db.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |row| row.get::<_, i64>(0))?;
        db.close().map_err(|(_, error)| error)?;
        Ok(busy == 0)
    });
    match folded {
        Ok(true) => Ok(true),
        Ok(false) => Err(super::super::Error::Locked { path: old.to_path_buf() }),
        Err(error) => match error.sqlite_error_code() {
            Some(ErrorCode::NotADatabase | ErrorCode::DatabaseCorrupt | ErrorCode::SystemIoFailure) => Ok(false),
            _ => Err(error.into()),
        },
    }
}
