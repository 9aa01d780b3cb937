//! What does not agree between index and folder, and mending what can be repaired.
//!
//! Mending never deletes and never overwrites a picture; `locate.rs` says where one is. Invariant: after mending, what is left in the list needs the
//! artist: bytes that are gone, changed from outside, or strange.

use super::folder::paths::{self, INCOMING, LEFTOVERS, sidecar_path};
use super::folder::root::Folder;
use super::folder::scan::{self, Entry, Unreadable};
use super::folder::sidecar::{Sidecar, is_sidecar_of, write_sidecar};
use super::index::pictures;
use super::locate::{Held, Location, locate};
use super::{Picture, PictureId, Result};
use super::{rebuild, sidecar_sync, trash, unread};
use rusqlite::Connection;
use std::collections::{BTreeMap, HashMap, HashSet};

/// One thing that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Finding {
    /// The index knows a picture whose file is nowhere in the library.
    Missing { picture: PictureId, file: String },
    /// The file was moved or renamed inside the library; known again by its content.
    Moved { picture: PictureId, from: String, to: String },
    /// The bytes are not those that were received.
    Changed { picture: PictureId, file: String },
    /// The sidecar is missing, cannot be read, or belongs to another picture.
    MissingSidecar { picture: PictureId, file: String },
    /// A picture with its sidecar that the index does not know.
    NotIndexed { file: String },
    /// A file that nothing is known about.
    UnknownFile { file: String },
    /// A sidecar without its picture, of which the index knows nothing either.
    OrphanSidecar { file: String },
    /// Left in `incoming/` by an interruption.
    Leftover { file: String },
    /// What cannot be read, or not be named in the index.
    Unreadable(Unreadable),
    /// The index itself is damaged; made anew from the folder it is whole again.
    IndexDamaged { why: String },
}

impl std::fmt::Display for Finding {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing { file, .. } => write!(f, "missing: {file}"),
            Self::Moved { from, to, .. } => write!(f, "moved: {from} is now {to}"),
            Self::Changed { file, .. } => write!(f, "changed: {file} does not hold the bytes that were received"),
            Self::MissingSidecar { file, .. } => write!(f, "recipe lost: {file}"),
            Self::NotIndexed { file } => write!(f, "not in the index: {file}"),
            Self::UnknownFile { file } => write!(f, "stranger: {file}"),
            Self::OrphanSidecar { file } => write!(f, "recipe without its picture: {file}"),
            Self::Leftover { file } => write!(f, "left over: {file}"),
            Self::Unreadable(what) => write!(f, "cannot be read: {what}"),
            Self::IndexDamaged { why } => write!(f, "the index is damaged, make it anew from the folder: {why}"),
        }
    }
}

/// Whether what can be set right is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Repair {
    Yes,
    No,
}

/// What a check found.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct VerifyReport {
    /// Pictures whose bytes were read and compared.
    pub pictures: usize,
    /// With whether it was repaired.
    pub findings: Vec<(Finding, bool)>,
    /// Answers that nobody could read, which are kept as they came: nothing is wrong with them.
    pub unread: usize,
}

/// Reads every picture and compares it with the index; [`Repair::Yes`] sets right what can be. `progress` is called with
/// pictures read so far; when it returns false the check ends early.
pub(super) fn verify(
    db: &mut Connection,
    folder: &Folder,
    moved: &mut Vec<PictureId>,
    repair: Repair,
    mut progress: impl FnMut(usize) -> bool,
) -> Result<VerifyReport> {
    let repair = repair == Repair::Yes;
    let mut checked = VerifyReport::default();
    if repair && let Err(error) = trash::finish_moves(db, folder, moved, false) {
        // What is on its way stays noted as such; the next start tells what hinders it.
        log::warn!("{error}");
    }
    if let Some(why) = index_damage(db)? {
        checked.findings.push((Finding::IndexDamaged { why }, false));
    }
    // Looking at names is quick; the bytes are what takes time.
    let found = scan::entries(&folder.dir, &mut |_, _| true)?.unwrap_or_default();
    let mut entries: BTreeMap<String, Entry> =
        found.entries.into_iter().map(|entry| (entry.file.clone(), entry)).collect();
    let known = match pictures::list(db, "ORDER BY id") {
        // Said above; what the index does not tell cannot be compared.
        Err(error) if error.is_damage() => return Ok(checked),
        known => known?,
    };
    let (here, mut gone): (Vec<_>, Vec<_>) =
        known.into_iter().partition(|picture| entries.get(&picture.file).is_some_and(|e| e.bytes.is_some()));
    gone.retain(|picture| !found.unreadable.iter().any(|one| one.hides(&picture.file)));
    checked.findings.extend(found.unreadable.into_iter().map(|one| (Finding::Unreadable(one), false)));
    let mut astray = Vec::new();
    for picture in here {
        let path = paths::picture_path(&folder.dir, &picture);
        match scan::look(&path, picture.bytes, &picture.hash) {
            Ok(Held::Picture) => {
                let side = entries.remove(&picture.file).and_then(|entry| entry.side);
                compare_sidecar(db, folder, &picture, side.as_deref(), repair, &mut checked);
            }
            Ok(held) => astray.push((picture, held)),
            Err(error) => {
                entries.remove(&picture.file);
                checked.findings.push((Finding::Unreadable(Unreadable::of(&folder.dir, &path, &error)), false));
            }
        }
        checked.pictures += 1;
        if !progress(checked.pictures) {
            return Ok(checked);
        }
    }
    astray.extend(gone.into_iter().map(|picture| (picture, Held::Nothing)));
    find_moved(db, folder, astray, &mut entries, repair, &mut checked)?;
    report_the_rest(db, folder, entries, repair, &mut checked)?;
    checked.unread = unread::unread_count(&folder.dir)?;
    let mut left = scan::files_in(&folder.dir.join(INCOMING))?;
    if folder.dir.join(LEFTOVERS).is_dir() {
        left.extend(scan::files_in(&folder.dir.join(LEFTOVERS))?);
    }
    for file in left {
        let file = file.strip_prefix(&folder.dir).unwrap_or(&file).display().to_string();
        checked.findings.push((Finding::Leftover { file }, false));
    }
    Ok(checked)
}

/// Says what is wrong with the index as a database; `None`: nothing.
fn index_damage(db: &Connection) -> Result<Option<String>> {
    match db.query_row("PRAGMA quick_check(1)", [], |row| row.get::<_, String>(0)) {
        Ok(said) => Ok((said != "ok").then_some(said)),
        Err(error) => {
            let error = super::Error::from(error);
            if error.is_damage() { Ok(Some(error.root_cause())) } else { Err(error) }
        }
    }
}

fn compare_sidecar(
    db: &Connection,
    folder: &Folder,
    picture: &Picture,
    side: Option<&Sidecar>,
    repair: bool,
    checked: &mut VerifyReport,
) {
    match side {
        // One that cannot be read is worth nothing; one of another picture may be.
        None => checked.findings.push(missing_sidecar(db, folder, picture, repair)),
        Some(side) if side.recipe.id != picture.id => {
            checked.findings.push(missing_sidecar(db, folder, picture, false));
        }
        Some(_) => {}
    }
}

fn missing_sidecar(db: &Connection, folder: &Folder, picture: &Picture, repair: bool) -> (Finding, bool) {
    let write = || match pictures::recipe_copy(db, &picture.id)? {
        Some(recipe) => write_sidecar(&folder.storage, &folder.dir, picture, &recipe).map(|()| true),
        None => Ok(false),
    };
    let finding = Finding::MissingSidecar { picture: picture.id.clone(), file: picture.file.clone() };
    (finding, repair && is_repaired(write()))
}

/// Looks for pictures that are not where the index says, by their content; with what their names hold.
fn find_moved(
    db: &mut Connection,
    folder: &Folder,
    astray: Vec<(Picture, Held)>,
    entries: &mut BTreeMap<String, Entry>,
    repair: bool,
    checked: &mut VerifyReport,
) -> Result<()> {
    if astray.is_empty() {
        return Ok(());
    }
    let lengths: HashSet<u64> = astray.iter().map(|(picture, _)| picture.bytes).collect();
    let mut by_hash: HashMap<String, Vec<String>> = HashMap::new();
    let alike = |entry: &Entry| entry.bytes.is_some_and(|bytes| lengths.contains(&bytes));
    let alike: Vec<String> = entries.values().filter(|entry| alike(entry)).map(|entry| entry.file.clone()).collect();
    for file in alike {
        let path = folder.dir.join(&file);
        match scan::hash_of(&path) {
            Ok(hash) => by_hash.entry(hash).or_default().push(file),
            Err(error) => {
                entries.remove(&file);
                checked.findings.push((Finding::Unreadable(Unreadable::of(&folder.dir, &path, &error)), false));
            }
        }
    }
    for (picture, held) in astray {
        let same = by_hash.get(&picture.hash).into_iter().flatten().filter_map(|file| entries.get(file));
        let mut places: Vec<(String, Held)> = same
            .map(|entry| match &entry.side {
                Some(side) if side.recipe.id != picture.id => (entry.file.clone(), Held::Other),
                _ => (entry.file.clone(), Held::Picture),
            })
            .collect();
        // Its own recipe beside it tells a picture from a copy.
        places.sort_by_key(|(file, _)| entries.get(file).is_none_or(|entry| entry.side.is_none()));
        match locate(held, places) {
            Location::At(to) | Location::Copy(to) => report_moved(db, folder, picture, to, entries, repair, checked),
            Location::InPlace => {}
            Location::Changed => {
                let (id, file) = (picture.id.clone(), picture.file.clone());
                checked.findings.push((Finding::Changed { picture: id, file }, false));
                let side = entries.remove(&picture.file).and_then(|entry| entry.side);
                compare_sidecar(db, folder, &picture, side.as_deref(), repair, checked);
            }
            Location::Missing => {
                entries.remove(&sidecar_name(&picture.file));
                let (picture, file) = (picture.id, picture.file);
                checked.findings.push((Finding::Missing { picture, file }, false));
            }
        }
    }
    Ok(())
}

/// Notes that a picture lies under another name, and mends the index.
fn report_moved(
    db: &mut Connection,
    folder: &Folder,
    picture: Picture,
    to: String,
    entries: &mut BTreeMap<String, Entry>,
    repair: bool,
    checked: &mut VerifyReport,
) {
    let side = entries.remove(&to).and_then(|entry| entry.side);
    // Its recipe need not be told beside what took its name, nor alone.
    let is_own = |entry: &Entry| entry.side.as_ref().is_some_and(|side| side.recipe.id == picture.id);
    entries.retain(|file, entry| entry.bytes.is_some() || *file != sidecar_name(&picture.file) || !is_own(entry));
    if let Some(entry) = entries.get_mut(&picture.file).filter(|entry| is_own(entry)) {
        entry.side = None;
    }
    let repaired = repair && is_repaired(repair_location(db, folder, &picture, &to, side.is_some()));
    checked.findings.push((Finding::Moved { picture: picture.id, from: picture.file, to }, repaired));
}

/// Lets the index say that a picture is in another place; `has_side`: its recipe is there already.
fn repair_location(db: &mut Connection, folder: &Folder, picture: &Picture, to: &str, has_side: bool) -> Result<bool> {
    let moved = Picture { file: to.to_owned(), ..picture.clone() };
    let recipe = sidecar_sync::recipe(db, &folder.dir, &picture.id)?;
    write_location(db, folder, &moved)?;
    if !has_side {
        write_sidecar(&folder.storage, &folder.dir, &moved, &recipe)?;
    }
    let (former, now) = (
        sidecar_path(&paths::picture_path(&folder.dir, picture)),
        sidecar_path(&paths::picture_path(&folder.dir, &moved)),
    );
    // Some drives take two spellings for one name.
    let is_other = former != now && scan::compare(&former, &now) != scan::Names::One;
    if is_other && is_sidecar_of(&former, &picture.id) {
        folder.storage.discard(&former);
    }
    Ok(true)
}

fn write_location(db: &mut Connection, folder: &Folder, moved: &Picture) -> Result<()> {
    folder.storage.sync_names(&folder.dir, [paths::picture_path(&folder.dir, moved).as_path()])?;
    let tx = db.transaction()?;
    pictures::set_location(&tx, &moved.id, &moved.file, moved.trashed_ms)?;
    // Wherever it was to be moved, it was found here.
    tx.prepare_cached("DELETE FROM moves WHERE picture = ?1")?.execute([&moved.id.0])?;
    folder.storage.commit(tx)
}

fn report_the_rest(
    db: &mut Connection,
    folder: &Folder,
    entries: BTreeMap<String, Entry>,
    repair: bool,
    checked: &mut VerifyReport,
) -> Result<()> {
    for (file, entry) in entries {
        match (entry.bytes, entry.side) {
            (Some(_), Some(side)) => {
                let new = pictures::picture(db, &side.recipe.id)?.is_none();
                let repaired = repair
                    && new
                    && is_repaired(rebuild::insert_entry(db, folder, &file, entry.trashed, *side).map(|()| true));
                let finding = if new { Finding::NotIndexed { file } } else { Finding::UnknownFile { file } };
                checked.findings.push((finding, repaired));
            }
            (Some(_), None) => checked.findings.push((Finding::UnknownFile { file }, false)),
            (None, _) => checked.findings.push((Finding::OrphanSidecar { file }, false)),
        }
    }
    Ok(())
}

/// Says whether something was repaired; what hindered it holds up nothing else, and is found again by the next check.
fn is_repaired(done: Result<bool>) -> bool {
    done.unwrap_or_else(|error| {
        log::warn!("not repaired: {error}");
        false
    })
}

fn sidecar_name(file: &str) -> String {
    sidecar_path(std::path::Path::new(file)).to_string_lossy().into_owned()
}
