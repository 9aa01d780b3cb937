//! What the artist says of pictures, in the index at once.
//!
//! Invariant: a change is committed together with a note that the sidecar is stale (table `stale_sides`); the files follow
//! by `sidecar_sync.rs`.

use super::super::model::lists::same;
use super::super::{Edit, EditResult, MarkChange, Picture, PictureId, Result, UserLists};
use super::commit::Commit;
use super::pictures::encode_marks;
use super::{pictures, settings};
use crate::plan::Marks;
use rusqlite::{Connection, params};

/// Stands in `stale_sides` for `shelves.json`.
pub(in crate::library) const SHELVES: &str = "shelves";

/// Carries out an edit, all or nothing, and returns what is different now.
///
/// Pictures that are not known (any more) are left out. The files follow by `Library::sync_sidecars`.
pub(in crate::library) fn edit(db: &mut Connection, commits: &impl Commit, edit: &Edit) -> Result<EditResult> {
    let mut edited = EditResult::default();
    let shelves = shelves(db)?;
    let mut wanted = shelves.clone();
    match edit {
        Edit::Mark { ids, change } => {
            for id in ids {
                change_marks(db, id, |marks| change.apply(marks), &mut edited)?;
            }
            if let MarkChange::AddToCollection(name) = change {
                wanted.add(name);
            }
        }
        Edit::RenameCollection { from, to } => {
            for id in members(db, from)? {
                let renamed = |marks: &mut Marks| _ = marks.remove_from(from) && marks.add_to(to);
                change_marks(db, &id, renamed, &mut edited)?;
            }
            wanted.rename(from, to);
        }
        Edit::RemoveCollection(name) => {
            for id in members(db, name)? {
                change_marks(db, &id, |marks| _ = marks.remove_from(name), &mut edited)?;
            }
            wanted.collections.retain(|other| !same(other, name));
        }
        Edit::SetUserLists(shelves) => wanted.clone_from(shelves),
        Edit::FavouritePrompts { runs, on: true } => wanted.favourite_prompts.extend(runs.iter().cloned()),
        Edit::FavouritePrompts { runs, on: false } => wanted.favourite_prompts.retain(|run| !runs.contains(run)),
        Edit::Revert(before) => {
            for (id, marks) in &before.marks {
                change_marks(db, id, |now| now.clone_from(marks), &mut edited)?;
            }
            if let Some(shelves) = &before.shelves {
                wanted.clone_from(shelves);
            }
        }
    }
    if wanted != shelves {
        edited.before.shelves = Some(shelves);
        edited.shelves = Some(wanted);
    }
    write_edited(db, commits, &edited)?;
    Ok(edited)
}

fn change_marks(
    db: &Connection,
    id: &PictureId,
    apply: impl FnOnce(&mut Marks),
    edited: &mut EditResult,
) -> Result<()> {
    let Some(mut picture) = pictures::picture(db, id)? else { return Ok(()) };
    let before = picture.marks.clone();
    apply(&mut picture.marks);
    if picture.marks != before {
        edited.before.marks.push((id.clone(), before));
        edited.pictures.push(picture);
    }
    Ok(())
}

fn members(db: &Connection, collection: &str) -> Result<Vec<PictureId>> {
    let marked = pictures::list(db, "WHERE marks <> ''")?;
    let inside = |picture: &Picture| picture.marks.collections.iter().any(|name| same(name, collection));
    Ok(marked.into_iter().filter(inside).map(|picture| picture.id).collect())
}

fn write_edited(db: &mut Connection, commits: &impl Commit, edited: &EditResult) -> Result<()> {
    if edited.pictures.is_empty() && edited.shelves.is_none() {
        return Ok(());
    }
    let tx = db.transaction()?;
    for picture in &edited.pictures {
        tx.prepare_cached("UPDATE pictures SET marks = ?2 WHERE id = ?1")?
            .execute(params![picture.id.0, encode_marks(&picture.marks)?])?;
        tx.prepare_cached("INSERT OR IGNORE INTO stale_sides VALUES (?1)")?.execute([&picture.id.0])?;
    }
    if let Some(shelves) = &edited.shelves {
        tx.prepare_cached("INSERT OR REPLACE INTO settings VALUES (?1, ?2)")?
            .execute(params![SHELVES, serde_json::to_string(shelves)?])?;
        tx.prepare_cached("INSERT OR IGNORE INTO stale_sides VALUES (?1)")?.execute([SHELVES])?;
    }
    commits.commit(tx)
}

/// Returns collections, saved searches and favourite prompts.
pub(in crate::library) fn shelves(db: &Connection) -> Result<UserLists> {
    Ok(settings::setting(db, SHELVES)?.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default())
}
