//! The index made anew from the folder alone: pictures, ratings, collections, trash, prompts.
//!
//! It is made in a file of its own and takes the place of the old one in one rename, so that at any instant the index
//! is the old one or the whole new one. The old one is kept under another name; what only it knows (the queue,
//! settings, what was spent on pictures that are gone, recipes whose sidecars are lost) is taken over where it can
//! still be read. Invariants: no file under `pictures/` or `trash/` is touched;
//! the names that the new index speaks of are safe before it takes its place.

mod old;
pub(super) mod online;
mod swap;

use super::folder::file::read_ordinary as read;
use super::folder::lock::FolderLock;
use super::folder::paths::{DATABASE, NEW_DATABASE, SHELVES_FILE};
use super::folder::prompt_log;
use super::folder::root::Folder;
use super::folder::scan::{self, Entry, Listing, Unreadable};
use super::folder::sidecar::Sidecar;
use super::folder::storage::Storage;
use super::index::pictures::FINISHED;
use super::index::{jobs, pictures, schema};
use super::locate::{Held, Location, locate};
use super::open;
use super::{Picture, Recipe, Result, Run};
use rusqlite::{Connection, Transaction};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Says what was found while the index was made anew.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rebuilt {
    pub pictures: usize,
    /// Among them.
    pub trashed: usize,
    pub runs: usize,
    /// Files that nothing is known about; they are left where they are.
    pub unknown_files: Vec<String>,
    /// Sidecars whose picture is not there.
    pub missing: Vec<String>,
    /// What cannot be read; it is left where it is.
    pub unreadable: Vec<Unreadable>,
    /// Where the old database lies now; `None`: there was none.
    pub old: Option<PathBuf>,
    /// Whether the queue and the settings of the old database could be taken over.
    pub journal_kept: bool,
}

/// How far it is, in steps: every file is first read and then put into the index.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Progress {
    pub done: usize,
    pub total: usize,
}

/// Takes note of the progress; false: stop.
type Tell<'a> = &'a mut dyn FnMut(Progress) -> bool;

/// A picture that is there, with all that is known of it.
struct FoundPicture {
    file: String,
    trashed: bool,
    side: Box<Sidecar>,
    /// Whether the sidecar beside it is not this one.
    stale: bool,
}

/// Makes the index of a library anew. The library must not be open.
///
/// `progress` is called often; when it returns false everything stays as it was and `None` is returned. Errors as
/// for `Library::open`; the index is then the old one, whatever state it is in.
pub(in crate::library) fn rebuild(dir: &Path, mut progress: impl FnMut(Progress) -> bool) -> Result<Option<Rebuilt>> {
    let dir = std::path::absolute(dir).map_err(|source| super::Error::write(dir, source))?;
    let held = open::prepare(&dir)?;
    rebuild_held(&dir, held, Storage::default(), &mut progress)
}

pub(in crate::library) fn rebuild_held(
    dir: &Path,
    _lock: FolderLock,
    storage: Storage,
    tell: Tell<'_>,
) -> Result<Option<Rebuilt>> {
    let new = dir.join(NEW_DATABASE);
    let mut rebuilt = Rebuilt::default();
    let mut db = schema::make(&new, schema::STEPS)?;
    let folder = Folder { dir: dir.to_owned(), storage };
    let old = dir.join(DATABASE);
    let former = if old.exists() { old::open(&old) } else { None };
    rebuilt.journal_kept = former.as_ref().is_some_and(|former| old::take_over(&mut db, &old, former));
    let whole = read_folder(&mut db, &folder, former.as_ref(), &mut rebuilt, tell);
    drop(former);
    db.close().map_err(|(_, error)| error)?;
    if !whole? {
        folder.storage.discard_database(&new);
        return Ok(None);
    }
    rebuilt.old = swap::swap(&folder.storage, &new, &old)?;
    Ok(Some(rebuilt))
}

/// Says whether it got to the end.
fn read_folder(
    db: &mut Connection,
    folder: &Folder,
    old: Option<&Connection>,
    rebuilt: &mut Rebuilt,
    tell: Tell<'_>,
) -> Result<bool> {
    let mut known = Vec::new();
    let (mut alone, mut lost) = (Vec::new(), Vec::new());
    let Some(Listing { entries, unreadable }) =
        scan::entries(&folder.dir, &mut |done, total| tell(Progress { done, total: 2 * total }))?
    else {
        return Ok(false);
    };
    rebuilt.unreadable = unreadable;
    let mut progress = Progress { done: entries.len(), total: 2 * entries.len() };
    for Entry { file, trashed, bytes, side } in entries {
        match (bytes, side) {
            (Some(_), Some(side)) => known.push(FoundPicture { file, trashed, side, stale: false }),
            (Some(_), None) => alone.push((file, trashed)),
            (None, side) => lost.push(Entry { file, trashed, bytes, side }),
        }
    }
    // A picture that was moved or renamed without its sidecar is known again by its content.
    let mut by_hash: HashMap<String, Vec<Entry>> = HashMap::new();
    let mut taken = HashSet::new();
    // Of a copy made by hand, one is the picture.
    known.retain(|FoundPicture { file, trashed, side, .. }| {
        let is_first = taken.insert(side.recipe.id.clone());
        if !is_first {
            alone.push((file.clone(), *trashed));
            progress.total += 1;
        }
        is_first
    });
    let mut by_content: HashMap<String, Vec<usize>> = HashMap::new();
    if !alone.is_empty() {
        for (place, one) in known.iter().enumerate() {
            by_content.entry(one.side.recipe.hash.clone()).or_default().push(place);
        }
    }
    for entry in lost {
        match &entry.side {
            Some(side) => by_hash.entry(side.recipe.hash.clone()).or_default().push(entry),
            None => rebuilt.unknown_files.push(entry.file),
        }
    }
    for (file, trashed) in alone {
        progress.done += 1;
        let path = folder.dir.join(&file);
        let hash = match scan::hash_of(&path) {
            Ok(hash) => hash,
            Err(error) => {
                rebuilt.unreadable.push(Unreadable::of(&folder.dir, &path, &error));
                continue;
            }
        };
        let side = by_hash.get_mut(&hash).and_then(Vec::pop).and_then(|entry| entry.side);
        let side = side.filter(|side| !taken.contains(&side.recipe.id));
        match side.or_else(|| old::sidecar_of(old?, &hash, &taken)) {
            Some(side) => {
                taken.insert(side.recipe.id.clone());
                known.push(FoundPicture { file, trashed, side, stale: true });
            }
            None => {
                let same = by_content.get(&hash).into_iter().flatten();
                let stranger = put_right(&folder.dir, &mut known, same, file, trashed);
                rebuilt.unknown_files.push(stranger);
            }
        }
        if !tell(progress) {
            return Ok(false);
        }
    }
    rebuilt.missing = by_hash.into_values().flatten().map(|entry| entry.file).collect();
    rebuilt.missing.sort();
    rebuilt.unknown_files.sort();
    known.sort_by(|a, b| a.side.recipe.id.cmp(&b.side.recipe.id));
    insert_found(db, folder, known, old, rebuilt, progress, tell)
}

/// Takes a file for one of the pictures of its content (`same`: their places) where another file has taken the name
/// beside the sidecar; returns the file that is no picture.
fn put_right<'a>(
    dir: &Path,
    known: &mut [FoundPicture],
    same: impl Iterator<Item = &'a usize>,
    file: String,
    trashed: bool,
) -> String {
    for place in same {
        let Some(one) = known.get_mut(*place) else { continue };
        let recipe = &one.side.recipe;
        let Ok(held) = scan::look(&dir.join(&one.file), recipe.bytes, &recipe.hash) else { continue };
        if locate(held, [((), Held::Picture)]) == Location::At(()) {
            (one.trashed, one.stale) = (trashed, true);
            return std::mem::replace(&mut one.file, file);
        }
    }
    file
}

fn insert_found(
    db: &mut Connection,
    folder: &Folder,
    known: Vec<FoundPicture>,
    old: Option<&Connection>,
    rebuilt: &mut Rebuilt,
    mut progress: Progress,
    tell: Tell<'_>,
) -> Result<bool> {
    let mut runs: BTreeMap<super::RunId, Run> = BTreeMap::new();
    let mut drafts = Vec::new();
    for prompt_log::Line { run, draft } in prompt_log::read(&folder.dir) {
        drafts.extend(draft.map(|draft| (run.id.clone(), draft.to_string())));
        runs.entry(run.id.clone()).or_insert(run);
    }
    for FoundPicture { side, .. } in &known {
        let run = runs.entry(side.recipe.run.clone()).or_insert_with(|| run_of(&side.recipe));
        run.created_ms = run.created_ms.min(side.recipe.created_ms);
    }
    let now = super::model::id::now_ms();
    // What the index says must be so after a loss of power too, whoever was interrupted when the files were named.
    let files: Vec<PathBuf> = known.iter().map(|one| folder.dir.join(&one.file)).collect();
    folder.storage.sync_names(&folder.dir, files.iter().map(PathBuf::as_path))?;
    let shelves = read(folder.dir.join(SHELVES_FILE)).ok().and_then(|text| String::from_utf8(text).ok());
    let tx = db.transaction()?;
    for run in runs.values() {
        jobs::insert_run(&tx, run)?;
    }
    for (run, draft) in drafts {
        jobs::insert_draft(&tx, &run, &draft)?;
    }
    for FoundPicture { file, trashed, side, stale } in known {
        if stale {
            tx.prepare_cached("INSERT OR IGNORE INTO stale_sides VALUES (?1)")?.execute([&side.recipe.id.0])?;
        }
        insert_sidecar(&tx, &file, trashed.then_some(now), *side)?;
        rebuilt.pictures += 1;
        rebuilt.trashed += usize::from(trashed);
        progress.done += 1;
        if !tell(progress) {
            return Ok(false);
        }
    }
    if let Some(shelves) = shelves.filter(|text| serde_json::from_str::<super::UserLists>(text).is_ok()) {
        tx.execute("INSERT OR REPLACE INTO settings VALUES ('shelves', ?1)", [shelves])?;
    }
    if let Some(old) = old {
        old::refine(&tx, old)?;
    }
    tx.execute(
        "UPDATE runs SET aspect = (SELECT CAST(width AS REAL) / height FROM pictures
         WHERE run = runs.id AND height > 0 ORDER BY id LIMIT 1) WHERE aspect IS NULL",
        [],
    )?;
    // What the journal left open and the folder shows to be stored.
    let shown = format!(
        "UPDATE jobs SET state = 'stored' WHERE state IN ('sent', 'receiving', 'received', 'unknown')
         AND (SELECT COUNT(*) FROM pictures WHERE job = jobs.id AND {FINISHED} AND flaw IS NOT 'cut_off') >= jobs.asked",
    );
    tx.execute(&shown, [])?;
    let runs: i64 = tx.query_row("SELECT COUNT(*) FROM runs", [], |row| row.get(0))?;
    rebuilt.runs = usize::try_from(runs).unwrap_or(0);
    folder.storage.commit(tx)?;
    Ok(true)
}

/// Puts a picture that is there with its sidecar into the index.
pub(in crate::library) fn insert_entry(
    db: &mut Connection,
    folder: &Folder,
    file: &str,
    trashed: bool,
    side: Sidecar,
) -> Result<()> {
    let run = run_of(&side.recipe);
    folder.storage.sync_names(&folder.dir, [folder.dir.join(file).as_path()])?;
    let tx = db.transaction()?;
    jobs::insert_run(&tx, &run)?;
    insert_sidecar(&tx, file, trashed.then(super::model::id::now_ms), side)?;
    folder.storage.commit(tx)
}

fn insert_sidecar(tx: &Transaction<'_>, file: &str, trashed_ms: Option<i64>, side: Sidecar) -> Result<()> {
    let Sidecar { recipe, marks } = side;
    if let Some(draft) = &recipe.context.draft {
        jobs::insert_draft(tx, &recipe.run, &serde_json::to_string(draft)?)?;
    }
    let picture = Picture { marks, trashed_ms, size: recipe.size, ..Picture::of(&recipe, file.to_owned()) };
    pictures::insert(tx, &picture, &recipe)?;
    Ok(())
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
        prompt: recipe.written_prompt().to_owned(),
        settings: String::new(),
        asked: recipe.asked,
        aspect,
    }
}
