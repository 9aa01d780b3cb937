//! The trash: files move to `trash/` under the same names, and back; `purge.rs` deletes.
//!
//! The wish is committed first (table `moves`), then the picture is renamed, then its sidecar follows and the row is
//! committed. Invariants: where the picture is, as `locate.rs` says it, decides what is true, so an interruption at any
//! point settles itself: a picture that moved is moved, one that did not stays. A name is removed only when another one
//! holds the same picture; what others have put in the way stays.

use super::folder::paths::{first_free, inside, sidecar_path};
use super::folder::root::Folder;
use super::folder::scan::{self, Length, Names};
use super::folder::sidecar::is_sidecar_of;
use super::index::pictures;
use super::locate::{Held, Location, locate};
use super::model::id::now_ms;
use super::purge::{self, PurgeSummary};
use super::{Picture, PictureId, Result};
use super::{ingest, orphaned_partials};
use rusqlite::{Connection, params};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// One picture on its way.
struct PendingMove {
    picture: PictureId,
    /// What its file must hold: length and hash.
    bytes: u64,
    hash: String,
    from: PathBuf,
    to: PathBuf,
    /// `to`, relative to the library folder.
    target: String,
    trashed_ms: Option<i64>,
}

/// What became of a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Outcome {
    /// The picture is where it was; the wish is forgotten.
    Stays,
    Arrived,
    /// The picture is under both names, of which the old one may go.
    Doubled,
}

/// Moves pictures to the trash and returns them as they are now, in the order given.
///
/// Those that are there already stay. After an error some may have moved: `Library::drain_moved` names them.
pub(super) fn trash(
    db: &mut Connection,
    folder: &Folder,
    moved: &mut Vec<PictureId>,
    ids: &[PictureId],
) -> Result<Vec<Picture>> {
    move_all(db, folder, moved, ids, Some(now_ms()))
}

/// Moves pictures back out of the trash, to their old names unless these are taken; otherwise as
/// `Library::trash`.
pub(super) fn restore(
    db: &mut Connection,
    folder: &Folder,
    moved: &mut Vec<PictureId>,
    ids: &[PictureId],
) -> Result<Vec<Picture>> {
    move_all(db, folder, moved, ids, None)
}

fn move_all(
    db: &mut Connection,
    folder: &Folder,
    moved: &mut Vec<PictureId>,
    ids: &[PictureId],
    trashed_ms: Option<i64>,
) -> Result<Vec<Picture>> {
    finish_moves(db, folder, moved, false)?;
    let (from, to) = if trashed_ms.is_some() { ("pictures/", "trash/") } else { ("trash/", "pictures/") };
    let mut targets = BTreeSet::new();
    let mut wishes = Vec::new();
    for id in ids.iter().collect::<BTreeSet<_>>() {
        let picture = pictures::known_picture(db, id)?;
        if picture.trashed_ms.is_some() != trashed_ms.is_some() {
            let wanted = format!("{to}{}", picture.file.strip_prefix(from).unwrap_or(&picture.file));
            // Some drives take names that differ only in case for one.
            let is_taken =
                |name: &str| targets.contains(&name.to_lowercase()) || ingest::is_name_taken(db, &folder.dir, name);
            let target = first_free(&wanted, is_taken);
            targets.insert(target.to_lowercase());
            wishes.push((id, target));
        }
    }
    let tx = db.transaction()?;
    for (id, target) in &wishes {
        tx.prepare_cached("INSERT OR REPLACE INTO moves VALUES (?1, ?2, ?3)")?
            .execute(params![id.0, target, trashed_ms])?;
    }
    folder.storage.commit(tx)?;
    let renamed =
        pending_moves(db, &folder.dir).and_then(|moves| moves.iter().try_for_each(|one| move_file(folder, one)));
    // Also after an error: what moved is told, what did not is forgotten.
    let settled = finish_moves(db, folder, moved, false);
    renamed.and(settled)?;
    ids.iter().map(|id| pictures::known_picture(db, id)).collect()
}

/// Deletes what is in the trash for good, with recipes, thumbnails and partials: the only way that pictures go away.
/// The partials of requests that were tried again or dismissed go too.
///
/// After an error, those not yet deleted are still in the trash.
pub(super) fn empty_trash(db: &mut Connection, folder: &Folder, moved: &mut Vec<PictureId>) -> Result<PurgeSummary> {
    let all: Vec<_> = pictures::trashed(db)?.into_iter().map(|picture| picture.id).collect();
    orphaned_partials::delete_orphaned_partials(db, folder);
    purge(db, folder, moved, &all)
}

/// Deletes these pictures for good, as far as they are in the trash, as `Library::empty_trash`.
pub(super) fn purge(
    db: &mut Connection,
    folder: &Folder,
    moved: &mut Vec<PictureId>,
    ids: &[PictureId],
) -> Result<PurgeSummary> {
    finish_moves(db, folder, moved, false)?;
    let tx = db.transaction()?;
    for id in ids {
        let mark = "INSERT INTO moves SELECT id, '', trashed_ms FROM pictures WHERE id = ?1 AND trashed_ms IS NOT NULL";
        tx.prepare_cached(mark)?.execute([&id.0])?;
    }
    folder.storage.commit(tx)?;
    purge::purge_marked(db, folder, true)
}

/// Returns the pictures that were moved since this was last asked, as they are now.
pub(super) fn drain_moved(db: &Connection, moved: &mut Vec<PictureId>) -> Result<Vec<Picture>> {
    let now = moved.iter().filter_map(|id| pictures::picture(db, id).transpose()).collect::<Result<_>>()?;
    moved.clear();
    Ok(now)
}

fn pending_moves(db: &Connection, dir: &Path) -> Result<Vec<PendingMove>> {
    let mut query = db.prepare_cached(
        "SELECT picture, bytes, hash, file, target, moves.trashed_ms
         FROM moves JOIN pictures ON pictures.id = picture WHERE target <> ''",
    )?;
    let rows = query.query_map([], |row| {
        let target = inside(row.get(4)?);
        Ok(PendingMove {
            picture: PictureId(row.get(0)?),
            bytes: row.get::<_, i64>(1)?.try_into().unwrap_or(0),
            hash: row.get(2)?,
            from: dir.join(inside(row.get(3)?)),
            to: dir.join(&target),
            target,
            trashed_ms: row.get(5)?,
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

/// Moves the picture itself. A file that somebody deleted is no reason to refuse.
fn move_file(folder: &Folder, one: &PendingMove) -> Result<()> {
    if !matches!(scan::length(&one.from)?, Length::File(_)) {
        return Ok(());
    }
    folder.storage.create_dir(folder_of(&folder.dir, &one.to))?;
    folder.storage.rename_new(&one.from, &one.to)
}

/// Brings sidecars and index to where the pictures are, whatever was interrupted; `empty`: goes on emptying, else
/// what was to be deleted and is still there stays in the trash.
///
/// One that cannot be settled now is tried again the next time and holds up no other; the first error is returned.
pub(super) fn finish_moves(
    db: &mut Connection,
    folder: &Folder,
    moved: &mut Vec<PictureId>,
    empty: bool,
) -> Result<()> {
    purge::purge_marked(db, folder, empty)?;
    let mut folders = BTreeSet::new();
    let (mut arrived, mut failed) = (Vec::new(), Vec::new());
    let mut first = Ok(());
    for one in pending_moves(db, &folder.dir)? {
        match finish_move(db, folder, &one) {
            Ok(Outcome::Stays) => {}
            Ok(Outcome::Arrived | Outcome::Doubled) => {
                folders.extend([&one.from, &one.to].map(|path| folder_of(&folder.dir, path).to_owned()));
                arrived.push(one);
            }
            Err(error) => {
                first = first.and(Err(error));
                failed.push(one);
            }
        }
    }
    for above in folders.iter().filter(|above| above.is_dir()) {
        folder.storage.sync_dir(above)?;
    }
    let tx = db.transaction()?;
    for one in &arrived {
        pictures::set_location(&tx, &one.picture, &one.target, one.trashed_ms)?;
        if !scan::is_taken(&sidecar_path(&one.to)) {
            tx.prepare_cached("INSERT OR IGNORE INTO stale_sides VALUES (?1)")?.execute([&one.picture.0])?;
        }
    }
    let settled = tx.execute("DELETE FROM moves", [])?;
    for one in &failed {
        tx.prepare_cached("INSERT INTO moves VALUES (?1, ?2, ?3)")?.execute(params![
            one.picture.0,
            one.target,
            one.trashed_ms
        ])?;
    }
    if settled > failed.len() {
        folder.storage.commit(tx)?;
    }
    moved.extend(arrived.into_iter().map(|one| one.picture));
    first
}

fn finish_move(db: &Connection, folder: &Folder, one: &PendingMove) -> Result<Outcome> {
    for target in [&one.to, &sidecar_path(&one.to)] {
        ingest::clear_claim(folder, target, 0, false);
    }
    let outcome = outcome_of(db, folder, one)?;
    if outcome == Outcome::Doubled {
        // The second half of a renaming that was done by linking or copying.
        folder.storage.sync_dir(folder_of(&folder.dir, &one.to))?;
        folder.storage.remove(&one.from)?;
    }
    if outcome != Outcome::Stays {
        move_sidecar(folder, one)?;
    }
    Ok(outcome)
}

/// Looks at the two names of a move, and makes sure of a copy before the other may go.
fn outcome_of(db: &Connection, folder: &Folder, one: &PendingMove) -> Result<Outcome> {
    if one.from == one.to {
        return Ok(Outcome::Stays);
    }
    let (own, target, is_linked) = held(db, one)?;
    Ok(match outcome(own, target) {
        // Whoever made the copy need not have waited for the disk.
        Outcome::Doubled if !is_linked && !is_safe(folder, &one.to) => Outcome::Stays,
        outcome => outcome,
    })
}

/// Says what the two names of a move hold, and whether they lead to one file.
///
/// Contents are read only where both lead to files: else no name will go, and the length tells enough.
fn held(db: &Connection, one: &PendingMove) -> Result<(Held, Held, bool)> {
    let (from, to) = (scan::length(&one.from)?, scan::length(&one.to)?);
    if is_of_another(db, one)? {
        return Ok((from.held(one.bytes), Held::NoFile, false));
    }
    if !matches!((from, to), (Length::File(_), Length::File(_))) {
        return Ok((from.held(one.bytes), to.held(one.bytes), false));
    }
    match scan::compare(&one.from, &one.to) {
        Names::One => Ok((Held::Picture, Held::Nothing, false)),
        Names::Linked => Ok((Held::Picture, Held::Picture, true)),
        Names::Apart => {
            let look = |path: &Path| scan::look(path, one.bytes, &one.hash);
            Ok((look(&one.from)?, look(&one.to)?, false))
        }
    }
}

/// Says whether the target is the file of another picture.
fn is_of_another(db: &Connection, one: &PendingMove) -> Result<bool> {
    let mut query = db.prepare_cached("SELECT 1 FROM pictures WHERE file = ?1 AND id <> ?2")?;
    Ok(query.exists(params![one.target, one.picture.0])?)
}

/// Makes a file that somebody wrote survive a loss of power; false: it cannot be done.
fn is_safe(folder: &Folder, path: &Path) -> bool {
    let synced = folder.storage.sync_file(path);
    synced.inspect_err(|error| log::warn!("a copy is left where it is: {error}")).is_ok()
}

/// Lets the sidecar follow; one that belongs to another picture, here or there, stays.
fn move_sidecar(folder: &Folder, one: &PendingMove) -> Result<()> {
    let (from, to) = (sidecar_path(&one.from), sidecar_path(&one.to));
    if !is_sidecar_of(&from, &one.picture) {
        return Ok(());
    }
    if !scan::is_taken(&to) {
        folder.storage.create_dir(folder_of(&folder.dir, &to))?;
        return folder.storage.rename_new(&from, &to);
    }
    if is_sidecar_of(&to, &one.picture) { folder.storage.remove(&from) } else { Ok(()) }
}

fn folder_of<'a>(dir: &'a Path, path: &'a Path) -> &'a Path {
    path.parent().unwrap_or(dir)
}

/// Decides what a move came to, by what its two names hold.
fn outcome(own: Held, target: Held) -> Outcome {
    match locate(own, [((), target)]) {
        Location::Copy(()) => Outcome::Doubled,
        Location::At(()) => Outcome::Arrived,
        // Gone altogether, or altered since, counts as moved: the wish was to have it elsewhere, and the name was free.
        Location::Missing if target != Held::NoFile => Outcome::Arrived,
        Location::InPlace | Location::Changed | Location::Missing => Outcome::Stays,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_came_to_what_its_two_names_hold() {
        use Held::{NoFile, Nothing, Other, Picture};
        for (own, target, expected) in [
            (Picture, Nothing, Outcome::Stays),
            (Picture, NoFile, Outcome::Stays),
            (Picture, Other, Outcome::Stays),
            (Picture, Picture, Outcome::Doubled),
            (Other, Nothing, Outcome::Stays),
            (Other, NoFile, Outcome::Stays),
            (Other, Other, Outcome::Stays),
            (Other, Picture, Outcome::Arrived),
            (Nothing, Nothing, Outcome::Arrived),
            (Nothing, NoFile, Outcome::Stays),
            (Nothing, Other, Outcome::Arrived),
            (Nothing, Picture, Outcome::Arrived),
            (NoFile, Nothing, Outcome::Arrived),
            (NoFile, NoFile, Outcome::Stays),
            (NoFile, Other, Outcome::Arrived),
            (NoFile, Picture, Outcome::Arrived),
        ] {
            assert_eq!(outcome(own, target), expected, "{own:?}, {target:?}");
        }
    }
}
