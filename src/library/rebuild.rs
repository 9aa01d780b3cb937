//! The index made anew from the folder alone: pictures, ratings, collections, trash, prompts.
//!
//! The old database is put aside, never deleted; what only it knows (the queue, settings, what was spent on pictures
//! that are gone) is taken over where it can still be read. Invariant: no file under `pictures/` or `trash/` is touched.

use super::edit::SHELVES_FILE;
use super::folder::{self, Entry};
use super::keep::{Side, picture_of};
use super::open::DATABASE;
use super::{Library, Picture, Recipe, Result, Run, history, journal, pictures, schema};
use rusqlite::{Connection, Transaction, params};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

/// Says what was found while the index was made anew.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rebuilt {
    pub pictures: usize,
    /// Among them.
    pub trashed: usize,
    pub runs: usize,
    /// Files that nothing is known about; they are left where they are.
    pub strangers: Vec<String>,
    /// Side files whose picture is not there.
    pub missing: Vec<String>,
    /// Where the old database lies now; `None`: there was none.
    pub old: Option<PathBuf>,
    /// Whether the queue and the settings of the old database could be taken over.
    pub journal_kept: bool,
}

impl Library {
    /// Makes the index of a library anew. The library must not be open.
    ///
    /// Errors as for [`Library::open`]; after an error the old database is put aside and can be put back by hand.
    pub fn rebuild(dir: &Path) -> Result<Rebuilt> {
        let dir = std::path::absolute(dir).map_err(|source| super::Error::write(dir, source))?;
        let held = Self::prepare(&dir)?;
        let mut rebuilt = Rebuilt { old: put_aside(&dir)?, ..Rebuilt::default() };
        let db = schema::open(&dir.join(DATABASE), schema::STEPS)?;
        let mut library = Self::of(dir, db, held);
        if let Some(old) = &rebuilt.old {
            rebuilt.journal_kept = library.take_over(old);
        }
        library.read_folder(&mut rebuilt)?;
        Ok(rebuilt)
    }

    fn read_folder(&mut self, rebuilt: &mut Rebuilt) -> Result<()> {
        let mut known = Vec::new();
        let (mut alone, mut lost) = (Vec::new(), Vec::new());
        for entry in folder::entries(&self.dir)? {
            match (entry.bytes, entry.side) {
                (Some(_), Some(side)) => known.push((entry.file, entry.trashed, side)),
                (Some(_), None) => alone.push((entry.file, entry.trashed)),
                (None, side) => lost.push(Entry { side, ..entry }),
            }
        }
        // A picture that was moved or renamed without its side file is known again by its content.
        let mut by_hash: HashMap<String, Entry> = HashMap::new();
        for entry in lost {
            match &entry.side {
                Some(side) => _ = by_hash.insert(side.recipe.hash.clone(), entry),
                None => rebuilt.strangers.push(entry.file),
            }
        }
        for (file, trashed) in alone {
            let hash = if by_hash.is_empty() { String::new() } else { folder::hash_of(&self.dir.join(&file))? };
            match by_hash.remove(&hash).and_then(|entry| entry.side) {
                Some(side) => known.push((file, trashed, side)),
                None => rebuilt.strangers.push(file),
            }
        }
        rebuilt.missing = by_hash.into_values().map(|entry| entry.file).collect();
        rebuilt.missing.sort();
        rebuilt.strangers.sort();
        known.sort_by(|a, b| a.2.recipe.id.cmp(&b.2.recipe.id));
        self.insert_known(known, rebuilt)
    }

    fn insert_known(&mut self, known: Vec<(String, bool, Box<Side>)>, rebuilt: &mut Rebuilt) -> Result<()> {
        let mut runs: BTreeMap<super::RunId, Run> = BTreeMap::new();
        for run in history::read(&self.dir) {
            runs.entry(run.id.clone()).or_insert(run);
        }
        for (_, _, side) in &known {
            let run = runs.entry(side.recipe.run.clone()).or_insert_with(|| run_of(&side.recipe));
            run.created_ms = run.created_ms.min(side.recipe.created_ms);
        }
        let now = super::id::now_ms();
        let shelves = std::fs::read_to_string(self.dir.join(SHELVES_FILE)).ok();
        let all = self.db.transaction()?;
        for run in runs.values() {
            journal::insert_run(&all, run)?;
        }
        for (file, trashed, side) in known {
            insert_side(&all, &file, trashed.then_some(now), *side)?;
            rebuilt.pictures += 1;
            rebuilt.trashed += usize::from(trashed);
        }
        if let Some(shelves) = shelves.filter(|text| serde_json::from_str::<super::Shelves>(text).is_ok()) {
            all.execute("INSERT OR REPLACE INTO settings VALUES ('shelves', ?1)", [shelves])?;
        }
        all.execute(
            "UPDATE runs SET aspect = (SELECT CAST(width AS REAL) / height FROM pictures
             WHERE run = runs.id AND height > 0 ORDER BY id LIMIT 1) WHERE aspect IS NULL",
            [],
        )?;
        // What the journal left open and the folder shows to be stored.
        all.execute(
            "UPDATE jobs SET state = 'stored' WHERE state IN ('sent', 'receiving', 'received', 'unknown')
             AND (SELECT COUNT(*) FROM pictures WHERE job = jobs.id) >= jobs.asked",
            [],
        )?;
        let runs: i64 = all.query_row("SELECT COUNT(*) FROM runs", [], |row| row.get(0))?;
        rebuilt.runs = usize::try_from(runs).unwrap_or(0);
        self.storage.commit(all)
    }

    /// Puts a picture that is there with its side file into the index.
    pub(super) fn insert_entry(&mut self, file: &str, trashed: bool, side: Side) -> Result<()> {
        let run = run_of(&side.recipe);
        let all = self.db.transaction()?;
        journal::insert_run(&all, &run)?;
        insert_side(&all, file, trashed.then(super::id::now_ms), side)?;
        self.storage.commit(all)
    }

    /// Copies what only the old database knows; says whether all of it could be read.
    fn take_over(&mut self, old: &Path) -> bool {
        let taken = self.db.execute("ATTACH DATABASE ?1 AS old", [old.to_string_lossy()]).and_then(|_| {
            let all = self.db.transaction()?;
            for table in ["runs", "jobs", "charges", "settings", "caches"] {
                let columns = columns_of(&all, table)?;
                all.execute(
                    &format!("INSERT OR IGNORE INTO {table} ({columns}) SELECT {columns} FROM old.{table}"),
                    [],
                )?;
            }
            let mut words = all.prepare("SELECT run, text FROM old.run_words")?;
            let mut rows = words.query([])?;
            while let Some(row) = rows.next()? {
                let (run, text): (String, String) = (row.get(0)?, row.get(1)?);
                all.execute("INSERT INTO run_words VALUES (?1, ?2)", params![run, text])?;
            }
            drop(rows);
            drop(words);
            all.commit()
        });
        if let Err(error) = &taken {
            log::warn!("the old index cannot be read: {error}");
        }
        if let Err(error) = self.db.execute("DETACH DATABASE old", []) {
            log::debug!("{error}");
        }
        taken.is_ok()
    }
}

fn insert_side(all: &Transaction<'_>, file: &str, trashed_ms: Option<i64>, side: Side) -> Result<()> {
    let Side { recipe, marks } = side;
    let picture = Picture { marks, trashed_ms, size: recipe.size, ..picture_of(&recipe, file.to_owned()) };
    pictures::insert(all, &picture, &recipe)?;
    Ok(())
}

/// The columns that both databases have.
fn columns_of(db: &Connection, table: &str) -> rusqlite::Result<String> {
    let mut query = db.prepare(
        "SELECT name FROM pragma_table_info(?1) WHERE name IN (SELECT name FROM pragma_table_info(?1, 'old'))",
    )?;
    let names = query.query_map([table], |row| row.get::<_, String>(0))?;
    Ok(names.collect::<rusqlite::Result<Vec<_>>>()?.join(", "))
}

/// Puts the old database and what belongs to it under a new name.
fn put_aside(dir: &Path) -> Result<Option<PathBuf>> {
    let path = dir.join(DATABASE);
    if !path.exists() {
        return Ok(None);
    }
    let stamp = super::names::local(super::id::now_ms()).strftime("%Y-%m-%d %H%M%S").to_string();
    let name = super::names::first_free(&format!("easel before {stamp}.db"), |name| dir.join(name).exists());
    let aside = dir.join(name);
    for suffix in ["", "-wal", "-shm"] {
        let with = |path: &Path| PathBuf::from(format!("{}{suffix}", path.display()));
        let (from, to) = (with(&path), with(&aside));
        if from.exists() {
            std::fs::rename(&from, &to).map_err(|source| super::Error::write(&to, source))?;
        }
    }
    Ok(Some(aside))
}

/// What a recipe tells of the run that it belongs to.
fn run_of(recipe: &Recipe) -> Run {
    let model = recipe.request.get("model").and_then(serde_json::Value::as_str).unwrap_or_default();
    let aspect = recipe.size.filter(|size| size.height > 0).map(crate::picture::Size::aspect);
    Run {
        id: recipe.run.clone(),
        created_ms: recipe.created_ms,
        model: crate::api::ModelId::new(model),
        model_name: recipe.context.model_name.clone(),
        prompt: recipe.prompt().to_owned(),
        settings: String::new(),
        asked: recipe.asked,
        aspect,
    }
}
