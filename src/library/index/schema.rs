//! The tables of `easel.db`, and how older ones become them.
//!
//! One step per version; `user_version` counts the steps taken. Invariants: a library of an older version is copied
//! before it is touched; a newer one is never touched.

use super::super::{Error, Result};
use super::drive::Journal;
use rusqlite::types::{ToSqlOutput, ValueRef};
use rusqlite::{Connection, ToSql};
use std::borrow::Cow;
use std::path::Path;
use std::sync::OnceLock;

/// Every step, oldest first. Steps that were released are never edited.
pub(crate) const STEPS: &[&str] = &["
CREATE TABLE runs (
    id TEXT PRIMARY KEY, created_ms INTEGER NOT NULL, model TEXT NOT NULL, model_name TEXT NOT NULL,
    prompt TEXT NOT NULL, settings TEXT NOT NULL, asked INTEGER NOT NULL, aspect REAL
) STRICT, WITHOUT ROWID;

-- state is the word of JobState; failure its FailureRecord as JSON.
CREATE TABLE jobs (
    id TEXT PRIMARY KEY, run TEXT NOT NULL, position INTEGER NOT NULL, asked INTEGER NOT NULL,
    request TEXT NOT NULL, context TEXT NOT NULL,
    state TEXT NOT NULL, failure TEXT, dismissed INTEGER NOT NULL DEFAULT 0
) STRICT;
CREATE INDEX jobs_open ON jobs (run, position) WHERE state <> 'stored' AND dismissed = 0;

-- format is the usual extension; model and provider also serve the usual time; number is small and dense, for sets
-- of pictures in memory; marks is empty or JSON.
CREATE TABLE pictures (
    id TEXT PRIMARY KEY, number INTEGER NOT NULL UNIQUE, run TEXT NOT NULL, job TEXT NOT NULL, position INTEGER NOT NULL, file TEXT NOT NULL,
    hash TEXT NOT NULL, format TEXT NOT NULL, width INTEGER, height INTEGER, bytes INTEGER NOT NULL,
    created_ms INTEGER NOT NULL, cost REAL, elapsed_ms INTEGER NOT NULL, model TEXT NOT NULL, provider TEXT,
    trashed_ms INTEGER, seed INTEGER, has_references INTEGER NOT NULL, marks TEXT NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX pictures_by_job ON pictures (job);
CREATE INDEX pictures_by_hash ON pictures (hash);
CREATE INDEX pictures_by_model ON pictures (model, id, provider, elapsed_ms);
CREATE INDEX pictures_trashed ON pictures (trashed_ms) WHERE trashed_ms IS NOT NULL;

-- Which contents a picture was made from.
CREATE TABLE parents (picture TEXT NOT NULL, hash TEXT NOT NULL, PRIMARY KEY (picture, hash)) STRICT, WITHOUT ROWID;
CREATE INDEX parents_by_hash ON parents (hash, picture);

-- Pictures whose sidecar does not yet say what their marks are.
CREATE TABLE stale_sides (picture TEXT PRIMARY KEY) STRICT, WITHOUT ROWID;

-- The words of runs, and of files whose names are not ours (rowid: the picture's number).
CREATE VIRTUAL TABLE run_words USING fts5 (run UNINDEXED, text, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3');
CREATE VIRTUAL TABLE file_words USING fts5 (text, tokenize = 'unicode61 remove_diacritics 2', prefix = '1 2 3');

-- A copy of the sidecar, for when that is lost.
CREATE TABLE recipes (picture TEXT PRIMARY KEY, body TEXT NOT NULL) STRICT;

-- What was spent stays spent when the picture is gone.
CREATE TABLE charges (picture TEXT PRIMARY KEY, created_ms INTEGER NOT NULL, cost REAL) STRICT, WITHOUT ROWID;
CREATE INDEX charges_by_time ON charges (created_ms, cost);

-- Pictures on their way into the trash (trashed_ms set), out of it, or away for good (target empty).
CREATE TABLE moves (picture TEXT PRIMARY KEY, target TEXT NOT NULL, trashed_ms INTEGER) STRICT, WITHOUT ROWID;

CREATE TABLE settings (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
CREATE TABLE caches (key TEXT PRIMARY KEY, value TEXT NOT NULL, saved_ms INTEGER NOT NULL) STRICT;

-- What was known when a job was sent: whether the answer had begun, and what its key had spent before.
CREATE TABLE sendings (
    job TEXT PRIMARY KEY, answered INTEGER NOT NULL, usage REAL, read_ms INTEGER, key TEXT
) STRICT, WITHOUT ROWID;
", "
-- The settings that a run was made with, a draft as JSON: kept when its jobs and pictures are gone.
CREATE TABLE drafts (run TEXT PRIMARY KEY, draft TEXT NOT NULL) STRICT;
", DRAFTS_OF_JOBS, "
-- Which picture a picture was taken over from, by id and by content; link: 1 its settings, 2 one of its partials.
CREATE TABLE origins (
    picture TEXT PRIMARY KEY, source TEXT NOT NULL, hash TEXT NOT NULL, link INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX origins_by_source ON origins (source);
CREATE INDEX origins_by_hash ON origins (hash);
", "
-- What was sent, where the prompt was written with alternatives.
ALTER TABLE pictures ADD COLUMN prompt TEXT;
UPDATE pictures SET prompt = (
    SELECT CASE WHEN json_valid(body) AND json_extract(body, '$.context.template') IS NOT NULL
        THEN json_extract(body, '$.request.prompt') END
    FROM recipes WHERE recipes.picture = pictures.id
);
", "
-- Under which name the service keeps its record of what is on the wire.
ALTER TABLE sendings ADD COLUMN generation TEXT;
", "
-- What is wrong with the file, as a word.
ALTER TABLE pictures ADD COLUMN flaw TEXT;
", "
-- What the service said later of a job whose outcome is unknown, as JSON.
ALTER TABLE sendings ADD COLUMN record TEXT;
", "
-- So that no two pictures are given one name, also where the file of the first was moved away by somebody.
CREATE INDEX IF NOT EXISTS pictures_by_file ON pictures (file);
", "
-- What changed last, for those who only look, so that they need not list everything: 1 a picture, 2 a new run.
CREATE TABLE changes (number INTEGER PRIMARY KEY, what INTEGER NOT NULL, id TEXT NOT NULL) STRICT;
CREATE TRIGGER picture_added AFTER INSERT ON pictures BEGIN INSERT INTO changes (what, id) VALUES (1, NEW.id); END;
CREATE TRIGGER picture_changed AFTER UPDATE ON pictures BEGIN INSERT INTO changes (what, id) VALUES (1, NEW.id); END;
CREATE TRIGGER picture_removed AFTER DELETE ON pictures BEGIN INSERT INTO changes (what, id) VALUES (1, OLD.id); END;
CREATE TRIGGER run_added AFTER INSERT ON runs BEGIN INSERT INTO changes (what, id) VALUES (2, NEW.id); END;
CREATE TRIGGER change_noted AFTER INSERT ON changes BEGIN
    DELETE FROM changes WHERE number <= NEW.number - 4096;
END;
"];

/// Keeps the drafts of runs that only their jobs know.
pub(crate) const DRAFTS_OF_JOBS: &str = "
INSERT OR IGNORE INTO drafts SELECT run, MIN(draft) FROM (
    SELECT run, CASE WHEN json_valid(context) THEN json_extract(context, '$.draft') END AS draft FROM jobs
) WHERE draft IS NOT NULL GROUP BY run;
";

/// Opens the database and brings it to the newest version.
///
/// Errors: [`Error::NewerVersion`]; [`Error::OtherIndex`] when its tables are not those of its version.
pub(crate) fn open(path: &Path, steps: &[&str]) -> Result<Connection> {
    let db = Connection::open(path)?;
    // The journal promises that what it said is so: every commit reaches the disk.
    let journal = Journal::for_folder(path.parent().unwrap_or(path));
    if journal == Journal::Rollback {
        log::warn!("the library is on a drive across a network or in user space; its index is kept without a log");
    }
    db.execute_batch(journal.pragmas())?;
    if cfg!(target_os = "macos") {
        // There an fsync alone leaves it to the drive.
        db.execute_batch("PRAGMA fullfsync = ON; PRAGMA checkpoint_fullfsync = ON;")?;
    }
    let db = migrate(db, path, steps)?;
    compare(&db, path, steps)?;
    Ok(db)
}

/// Makes an empty one that goes away with its connection.
pub(crate) fn in_memory(steps: &[&str]) -> Result<Connection> {
    migrate(Connection::open_in_memory()?, Path::new(":memory:"), steps)
}

/// Sees whether the tables are those of this version.
///
/// Tables that were made by the same words are the same; only others are looked at column by column, such as those of an
/// index that another version of SQLite has altered.
pub(crate) fn compare(db: &Connection, path: &Path, steps: &[&str]) -> Result<()> {
    let expected = expected(steps)?;
    match words(db)? == expected.words || columns(db)? == expected.columns {
        true => Ok(()),
        false => Err(Error::OtherIndex { path: path.to_path_buf() }),
    }
}

/// The tables that steps make.
#[derive(Clone)]
struct Tables {
    words: Vec<(String, String)>,
    columns: Vec<Column>,
}

/// Lists the tables that these steps make, once a process for those that count.
fn expected(steps: &[&str]) -> Result<Cow<'static, Tables>> {
    static OURS: OnceLock<Tables> = OnceLock::new();
    if let Some(ours) = OURS.get().filter(|_| steps == STEPS) {
        return Ok(Cow::Borrowed(ours));
    }
    let db = in_memory(steps)?;
    let made = Tables { words: words(&db)?, columns: columns(&db)? };
    Ok(if steps == STEPS { Cow::Borrowed(OURS.get_or_init(|| made)) } else { Cow::Owned(made) })
}

/// Lists the tables with the words that they were made by.
fn words(db: &Connection) -> Result<Vec<(String, String)>> {
    let mut query = db.prepare("SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name")?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Makes a database that is worth nothing until it is complete, closed and fsynced; nothing is written beside it.
pub(crate) fn make(path: &Path, steps: &[&str]) -> Result<Connection> {
    let db = Connection::open(path)?;
    db.execute_batch("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF;")?;
    migrate(db, path, steps)
}

/// A path as SQLite takes it: its bytes, whether they are text or not.
pub(in crate::library) struct PathText<'a>(pub(in crate::library) &'a Path);

impl ToSql for PathText<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(ValueRef::Text(self.0.as_os_str().as_encoded_bytes())))
    }
}

/// Table, name and type.
type Column = (String, String, String);

/// Lists every column of every table, in the order that rows are read and written in.
fn columns(db: &Connection) -> Result<Vec<Column>> {
    let mut query = db.prepare(
        "SELECT tables.name, columns.name, columns.type FROM sqlite_schema AS tables, pragma_table_info(tables.name) AS columns
         WHERE tables.type = 'table' ORDER BY tables.name, columns.cid",
    )?;
    let rows = query.query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)))?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

fn migrate(mut db: Connection, path: &Path, steps: &[&str]) -> Result<Connection> {
    let found: i64 = db.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let taken = match usize::try_from(found) {
        Ok(taken) if taken <= steps.len() => taken,
        _ => return Err(Error::NewerVersion { found, path: path.to_path_buf() }),
    };
    if taken == steps.len() {
        return Ok(db);
    }
    if taken > 0 {
        copy(&db, &path.with_extension(format!("v{taken}.db")))?;
    }
    let tx = db.transaction()?;
    for step in steps.iter().skip(taken) {
        tx.execute_batch(step)?;
    }
    tx.pragma_update(None, "user_version", i64::try_from(steps.len()).unwrap_or(i64::MAX))?;
    tx.commit()?;
    Ok(db)
}

fn copy(db: &Connection, to: &Path) -> Result<()> {
    // A copy that is there already comes from an attempt that was cut short.
    if to.exists() {
        std::fs::remove_file(to).map_err(|source| Error::write(to, source))?;
    }
    db.execute("VACUUM INTO ?1", [PathText(to)])?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    const OLD: &str = "CREATE TABLE runs (id TEXT); INSERT INTO runs VALUES ('kept');";
    const NEW: &str = "ALTER TABLE runs ADD COLUMN rating INTEGER;";

    #[test]
    fn an_older_library_is_copied_and_then_brought_up_to_date() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("easel.db");
        drop(open(&path, &[OLD]).unwrap());
        let db = open(&path, &[OLD, NEW]).unwrap();
        let kept: (String, Option<i64>) =
            db.query_row("SELECT id, rating FROM runs", [], |row| Ok((row.get(0)?, row.get(1)?))).unwrap();
        assert_eq!(kept, ("kept".into(), None));
        let copy = open(&folder.path().join("easel.v1.db"), &[OLD]).unwrap();
        assert_eq!(copy.query_row("SELECT id FROM runs", [], |row| row.get::<_, String>(0)).unwrap(), "kept");
        assert!(copy.prepare("SELECT rating FROM runs").is_err());
    }

    #[test]
    fn a_step_that_fails_leaves_the_old_version() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("easel.db");
        drop(open(&path, &[OLD]).unwrap());
        assert!(matches!(open(&path, &[OLD, NEW, "CREATE NONSENSE"]), Err(Error::Database(_))));
        let db = open(&path, &[OLD]).unwrap();
        assert!(db.prepare("SELECT rating FROM runs").is_err());
    }

    #[test]
    fn the_newest_version_opens_again_without_a_copy() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("easel.db");
        drop(open(&path, STEPS).unwrap());
        drop(open(&path, STEPS).unwrap());
        assert!(!folder.path().join("easel.v1.db").exists());
    }

    #[test]
    fn an_index_of_this_version_with_other_columns_is_refused_as_such() {
        let folder = tempfile::tempdir().unwrap();
        for change in
            ["ALTER TABLE runs DROP COLUMN aspect", "ALTER TABLE runs ADD COLUMN extra TEXT", "DROP TABLE sendings"]
        {
            let path = folder.path().join("easel.db");
            open(&path, STEPS).unwrap().execute_batch(change).unwrap();
            assert!(matches!(open(&path, STEPS), Err(Error::OtherIndex { .. })), "{change}");
            std::fs::remove_file(&path).unwrap();
        }
    }

    #[test]
    fn a_newer_library_is_left_alone() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("easel.db");
        open(&path, STEPS).unwrap().pragma_update(None, "user_version", 99).unwrap();
        assert!(matches!(open(&path, STEPS), Err(Error::NewerVersion { found: 99, .. })));
    }
}
