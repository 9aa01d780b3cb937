//! What only the old index knows, read while the new one is made.
//!
//! Whole tables are copied while it is attached as `old`, the rest is read through a connection of its own; nothing is
//! written into it. Invariant:
//! an old index that cannot be read makes the new one poorer, never impossible; of a damaged one every row that can be
//! reached is taken.

use super::super::PictureId;
use super::super::folder::sidecar::Sidecar;
use super::super::index::marks::SHELVES;
use super::super::index::pictures::decode_marks;
use super::super::index::schema;
use super::super::index::schema::PathText;
use crate::plan::query::search_text;
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags, Row, Statement, Transaction, params, params_from_iter};
use std::collections::HashSet;
use std::path::Path;

/// Rows that are looked for one by one where a table cannot be read in order.
const MOST_BETWEEN: usize = 1_000_000;

/// Tables of which the folder knows nothing, with what their rows are found by.
const TABLES: [(&str, &str); 7] = [
    ("runs", "id"),
    ("jobs", "rowid"),
    ("drafts", "rowid"),
    ("charges", "picture"),
    ("settings", "key"),
    ("caches", "rowid"),
    ("sendings", "job"),
];

/// Copies what only the old database knows, as far as it can be read; says whether that is all of it. `former` is
/// open on the same file.
pub(super) fn take_over(db: &mut Connection, old: &Path, former: &Connection) -> bool {
    let taken = take_tables(db, old, former).and_then(|mut whole| {
        let tx = db.transaction()?;
        match words_of(former) {
            Ok(words) => words.into_iter().try_for_each(|(run, text)| insert_words(&tx, &run, &text))?,
            Err(error) => {
                log::warn!("the old index cannot be read: {error}");
                whole = false;
                make_words(&tx)?;
            }
        }
        tx.execute_batch(schema::DRAFTS_OF_JOBS)?;
        tx.commit()?;
        Ok(whole)
    });
    taken.unwrap_or_else(|error| {
        log::warn!("the old index cannot be read: {error}");
        false
    })
}

fn take_tables(db: &mut Connection, old: &Path, former: &Connection) -> rusqlite::Result<bool> {
    db.execute("ATTACH DATABASE ?1 AS old", [PathText(old)])?;
    let mut whole = Ok(true);
    for (table, key) in TABLES {
        whole = whole.and_then(|whole| Ok(take_table(db, former, table, key)? && whole));
    }
    if let Err(error) = db.execute("DETACH DATABASE old", []) {
        log::debug!("{error}");
    }
    whole
}

/// Opens the old database beside the new one, whose statements it cannot disturb; `None`: it cannot be read.
pub(super) fn open(old: &Path) -> Option<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    Connection::open_with_flags(old, flags)
        .inspect_err(|error| log::warn!("the old index cannot be read: {error}"))
        .ok()
}

/// Returns what the old index knows of a picture with this content, for when its sidecar is lost; not of `taken`.
pub(super) fn sidecar_of(old: &Connection, hash: &str, taken: &HashSet<PictureId>) -> Option<Box<Sidecar>> {
    let read = || -> rusqlite::Result<Vec<(String, String)>> {
        let mut query = old.prepare_cached(
            "SELECT body, marks FROM pictures JOIN recipes ON picture = id WHERE hash = ?1 ORDER BY id",
        )?;
        query.query_map([hash], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
    };
    let sides = read().unwrap_or_default().into_iter().filter_map(|(body, marks)| {
        Some(Box::new(Sidecar { recipe: serde_json::from_str(&body).ok()?, marks: decode_marks(&marks) }))
    });
    sides.into_iter().find(|side| !taken.contains(&side.recipe.id))
}

/// Copies a table; says whether all of it could be read.
fn take_table(db: &mut Connection, former: &Connection, table: &str, key: &str) -> rusqlite::Result<bool> {
    let columns = match columns_of(db, table) {
        // An older index has not got this table.
        Ok(columns) if columns.is_empty() => return Ok(true),
        Ok(columns) => columns,
        Err(error) => {
            log::warn!("the old index cannot be read: {error}");
            return Ok(false);
        }
    };
    let tx = db.transaction()?;
    let copy = format!("INSERT OR IGNORE INTO {table} ({columns}) SELECT {columns} FROM old.{table}");
    let copied = tx.execute(&copy, []).and_then(|copied| {
        let there: i64 = tx.query_row(&format!("SELECT COUNT(*) FROM old.{table}"), [], |row| row.get(0))?;
        Ok(i64::try_from(copied) == Ok(there))
    });
    match copied {
        Ok(whole) => tx.commit().map(|()| whole),
        Err(error) => {
            log::warn!("{table} of the old index cannot be read as a whole: {error}");
            drop(tx);
            let tx = db.transaction()?;
            salvage_rows(&tx, former, table, key, &columns)?;
            tx.commit().map(|()| false)
        }
    }
}

/// Copies the rows that can be read: from both ends up to what cannot, and one by one what is between where rows have
/// numbers. Reads through a connection of its own, for an error would spoil a transaction that both are part of.
fn salvage_rows(
    tx: &Transaction<'_>,
    former: &Connection,
    table: &str,
    key: &str,
    columns: &str,
) -> rusqlite::Result<()> {
    let marks = vec!["?"; columns.split(", ").count()].join(", ");
    let mut insert = tx.prepare(&format!("INSERT OR IGNORE INTO {table} ({columns}) VALUES ({marks})"))?;
    let mut ends = Vec::new();
    for order in ["ASC", "DESC"] {
        let mut last = None;
        let Ok(mut query) = former.prepare(&format!("SELECT {columns}, {key} FROM {table} ORDER BY {key} {order}"))
        else {
            return Ok(());
        };
        let mut rows = query.query([])?;
        while let Ok(Some(row)) = rows.next() {
            let mut values = values_of(row)?;
            last = values.pop();
            insert.execute(params_from_iter(values))?;
        }
        ends.push(last);
    }
    let (Some(Some(Value::Integer(first))), Some(Some(Value::Integer(last)))) = (ends.first(), ends.get(1)) else {
        return Ok(());
    };
    let mut one = former.prepare(&format!("SELECT {columns} FROM {table} WHERE {key} = ?1"))?;
    // A damaged number may be any; between two of those there is no end.
    for number in (first.saturating_add(1)..*last).take(MOST_BETWEEN) {
        if let Ok(values) = one.query_row([number], values_of) {
            insert.execute(params_from_iter(values))?;
        }
    }
    Ok(())
}

fn values_of(row: &Row<'_>) -> rusqlite::Result<Vec<Value>> {
    (0..row.as_ref().column_count()).map(|column| row.get(column)).collect()
}

/// Reads the words that runs are found by.
fn words_of(former: &Connection) -> rusqlite::Result<Vec<(String, String)>> {
    let mut words = former.prepare("SELECT run, text FROM run_words")?;
    words.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect()
}

fn insert_words(tx: &Transaction<'_>, run: &str, text: &str) -> rusqlite::Result<()> {
    tx.prepare_cached("INSERT INTO run_words VALUES (?1, ?2)")?.execute([run, text]).map(drop)
}

/// Makes them anew from the runs that were taken over.
fn make_words(tx: &Transaction<'_>) -> rusqlite::Result<()> {
    tx.execute("DELETE FROM run_words", [])?;
    let mut runs = tx.prepare("SELECT id, prompt || ' ' || model_name || ' ' || model FROM runs")?;
    let mut rows = runs.query([])?;
    while let Some(row) = rows.next()? {
        let (run, text): (String, String) = (row.get(0)?, row.get(1)?);
        insert_words(tx, &run, &search_text(&text))?;
    }
    Ok(())
}

/// Takes over what the sidecars do not say yet: marks made a moment ago, and since when pictures are in the trash;
/// picture by picture, so that what cannot be read of one costs that one alone.
pub(super) fn refine(tx: &Transaction<'_>, old: &Connection) -> rusqlite::Result<()> {
    let mut known = tx.prepare("SELECT id, trashed_ms IS NOT NULL FROM pictures")?;
    let known = known.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?.collect::<rusqlite::Result<Vec<_>>>()?;
    // An older index has not got every column.
    let mut stale = old.prepare("SELECT 1 FROM stale_sides WHERE picture = ?1").ok();
    let mut marks = old.prepare("SELECT marks FROM pictures WHERE id = ?1").ok();
    let mut trashed = old.prepare("SELECT trashed_ms FROM pictures WHERE id = ?1 AND trashed_ms IS NOT NULL").ok();
    let mut shelves = old.prepare("SELECT value FROM settings WHERE key = ?1").ok();
    let mut is_stale = |id: &str| stale.as_mut().is_some_and(|query| query.exists([id]).unwrap_or(false));
    let mut note = tx.prepare("INSERT OR IGNORE INTO stale_sides VALUES (?1)")?;
    for (id, is_trashed) in known {
        let id: String = id;
        if is_stale(&id) {
            if let Some(marks) = text_of(&mut marks, &id) {
                tx.prepare_cached("UPDATE pictures SET marks = ?2 WHERE id = ?1")?.execute([&id, &marks])?;
            }
            note.execute([&id])?;
        }
        let since = if is_trashed { trashed.as_mut() } else { None };
        if let Some(ms) = since.and_then(|query| query.query_row([&id], |row| row.get::<_, i64>(0)).ok()) {
            tx.prepare_cached("UPDATE pictures SET trashed_ms = ?2 WHERE id = ?1")?.execute(params![id, ms])?;
        }
    }
    if is_stale(SHELVES) {
        if let Some(value) = text_of(&mut shelves, SHELVES) {
            tx.execute("INSERT OR REPLACE INTO settings VALUES (?1, ?2)", [SHELVES, &value])?;
        }
        note.execute([SHELVES])?;
    }
    Ok(())
}

fn text_of(query: &mut Option<Statement<'_>>, key: &str) -> Option<String> {
    query.as_mut()?.query_row([key], |row| row.get(0)).ok()
}

/// The columns that both databases have.
fn columns_of(db: &Connection, table: &str) -> rusqlite::Result<String> {
    let mut query = db.prepare(
        "SELECT name FROM pragma_table_info(?1) WHERE name IN (SELECT name FROM pragma_table_info(?1, 'old'))",
    )?;
    let names = query.query_map([table], |row| row.get::<_, String>(0))?;
    Ok(names.collect::<rusqlite::Result<Vec<_>>>()?.join(", "))
}
