//! What only the old index knows, read while the new one is made.
//!
//! Attached as `old` from [`Library::take_over`] to [`Library::let_go_of_old`]; nothing is written into it. Invariant:
//! an old index that cannot be read makes the new one poorer, never impossible.

use super::super::edit::marks_from;
use super::super::keep::Side;
use super::super::{Library, PictureId, schema};
use rusqlite::{Connection, Transaction, params};
use std::collections::HashSet;
use std::path::Path;

/// Tables of which the folder knows nothing.
const TABLES: [&str; 7] = ["runs", "jobs", "drafts", "charges", "settings", "caches", "sendings"];

impl Library {
    /// Copies what only the old database knows; says whether all of it could be read.
    pub(super) fn take_over(&mut self, old: &Path) -> bool {
        let taken = self.db.execute("ATTACH DATABASE ?1 AS old", [old.to_string_lossy()]).and_then(|_| {
            let all = self.db.transaction()?;
            let mut whole = true;
            for table in TABLES {
                let columns = columns_of(&all, table)?;
                if columns.is_empty() {
                    // An older index has not got this table.
                    continue;
                }
                let copied = all.execute(
                    &format!("INSERT OR IGNORE INTO {table} ({columns}) SELECT {columns} FROM old.{table}"),
                    [],
                )?;
                let there: i64 = all.query_row(&format!("SELECT COUNT(*) FROM old.{table}"), [], |row| row.get(0))?;
                whole &= i64::try_from(copied) == Ok(there);
            }
            let mut words = all.prepare("SELECT run, text FROM old.run_words")?;
            let mut rows = words.query([])?;
            while let Some(row) = rows.next()? {
                let (run, text): (String, String) = (row.get(0)?, row.get(1)?);
                all.execute("INSERT INTO run_words VALUES (?1, ?2)", params![run, text])?;
            }
            drop(rows);
            drop(words);
            all.execute_batch(schema::DRAFTS_OF_JOBS)?;
            all.commit()?;
            Ok(whole)
        });
        taken.unwrap_or_else(|error| {
            log::warn!("the old index cannot be read: {error}");
            false
        })
    }

    /// Closes the old database, after which it can be put aside.
    pub(super) fn let_go_of_old(&self) {
        if let Err(error) = self.db.execute("DETACH DATABASE old", []) {
            log::debug!("{error}");
        }
    }

    /// Returns what the old index knows of a picture with this content, for when its side file is lost; not of `taken`.
    pub(super) fn side_in_old(&self, hash: &str, taken: &HashSet<PictureId>) -> Option<Box<Side>> {
        let read = || -> rusqlite::Result<Vec<(String, String)>> {
            let mut query = self.db.prepare_cached(
                "SELECT body, marks FROM old.pictures JOIN old.recipes ON picture = id WHERE hash = ?1 ORDER BY id",
            )?;
            query.query_map([hash], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
        };
        let sides = read().unwrap_or_default().into_iter().filter_map(|(body, marks)| {
            Some(Box::new(Side { recipe: serde_json::from_str(&body).ok()?, marks: marks_from(&marks) }))
        });
        sides.into_iter().find(|side| !taken.contains(&side.recipe.id))
    }
}

/// Takes over what the side files do not say yet: marks made a moment ago, and since when pictures are in the trash.
pub(super) fn refine(all: &Transaction<'_>) {
    let steps = [
        "UPDATE pictures SET marks = (SELECT marks FROM old.pictures AS was WHERE was.id = pictures.id)
         WHERE id IN (SELECT picture FROM old.stale_sides) AND id IN (SELECT id FROM old.pictures)",
        "UPDATE pictures SET trashed_ms = (SELECT trashed_ms FROM old.pictures AS was WHERE was.id = pictures.id)
         WHERE trashed_ms IS NOT NULL AND id IN (SELECT id FROM old.pictures WHERE trashed_ms IS NOT NULL)",
        "UPDATE settings SET value = (SELECT value FROM old.settings WHERE key = 'shelves')
         WHERE key = 'shelves' AND EXISTS (SELECT 1 FROM old.stale_sides WHERE picture = 'shelves')
         AND EXISTS (SELECT 1 FROM old.settings WHERE key = 'shelves')",
        "INSERT OR IGNORE INTO stale_sides SELECT picture FROM old.stale_sides",
    ];
    for step in steps {
        if let Err(error) = all.execute(step, []) {
            log::warn!("the old index cannot be read: {error}");
        }
    }
}

/// The columns that both databases have.
fn columns_of(db: &Connection, table: &str) -> rusqlite::Result<String> {
    let mut query = db.prepare(
        "SELECT name FROM pragma_table_info(?1) WHERE name IN (SELECT name FROM pragma_table_info(?1, 'old'))",
    )?;
    let names = query.query_map([table], |row| row.get::<_, String>(0))?;
    Ok(names.collect::<rusqlite::Result<Vec<_>>>()?.join(", "))
}
