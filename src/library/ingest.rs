//! How a picture gets in, so that a kill or a failure at any instant loses nothing that was received.
//!
//! 1. `incoming/<id>.json`, the arrival: the recipe and the place the picture will have. fsync, rename.
//! 2. `incoming/<id>.bytes`: the bytes as received, written beside and renamed. fsync, fsync of the folder. From here on
//!    they are safe, and no later attempt touches them.
//! 3. The sidecar, then the picture itself, are renamed into `pictures/`, replacing nothing; fsync of the folder.
//! 4. The decoded size goes into the sidecar (written beside, fsynced, renamed over); the row is committed.
//! 5. The arrival is removed.
//!
//! The arrival comes first and goes last: whatever was interrupted, recovery finds it by looking into one small
//! folder, checks the bytes by their hash, and goes on. Invariants: received bytes are never altered; once safe they stay
//! until `locate.rs` says that another name holds them.

use super::folder::file::read_ordinary as read;
use super::folder::paths::{self, INCOMING, LEFTOVERS, extension, first_free, local, picture_file, sidecar_path};
use super::folder::root::Folder;
use super::folder::scan::{self, Length, Names};
use super::folder::sidecar::{read_any_sidecar, read_sidecar, write_sidecar};
use super::folder::storage::part_of;
use super::index::pictures;
use super::locate::{Held, Location, is_claim, locate};
use super::sidecar_sync;
use super::{Picture, PictureId, Recipe, Result};
use crate::picture::{Flaw, Format, Size};
use rusqlite::Connection;
use serde::{Deserialize, Serialize};
use std::path::{Path, PathBuf};

/// Describes a picture to be stored in one go.
#[derive(Debug)]
pub struct NewPicture<'a> {
    /// Its hash, bytes, size and media type are filled in from what follows.
    pub recipe: Recipe,
    /// As received.
    pub bytes: &'a [u8],
    /// As the first bytes tell; `None`: no decoder knows them, they are kept as `.bin`.
    pub format: Option<Format>,
    /// Pixels; `None` when the bytes could not be decoded.
    pub size: Option<Size>,
}

/// Proves that a picture's bytes are safe on disk; the index does not know it yet.
#[derive(Clone, Debug)]
pub struct StagedPicture {
    pub(super) picture: Picture,
    pub(super) recipe: Recipe,
}

impl StagedPicture {
    /// Returns the picture as it will be indexed, its size not known yet.
    pub fn picture(&self) -> &Picture {
        &self.picture
    }
}

/// Stands in `incoming/` from before the first byte until the row is committed.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct StagingNote {
    /// Relative to the library folder.
    pub(super) file: String,
    pub(super) recipe: Recipe,
}

/// Stores a picture in one go: `Library::stage` and `Library::commit`.
pub(super) fn ingest(db: &mut Connection, folder: &Folder, new: NewPicture<'_>) -> Result<Picture> {
    let kept = stage(db, folder, &new.recipe, new.bytes, new.format)?;
    commit(db, folder, &kept, new.size)
}

/// Brings received bytes and their recipe to safety, under their final names; decoding comes after.
///
/// Fills in hash, bytes and media type. After an error it may be called again with the same recipe: nothing is
/// stored twice, and what is safe already is not written anew. What was safe when the error came is found by the
/// next `Library::recover`.
pub(super) fn stage(
    db: &Connection,
    folder: &Folder,
    recipe: &Recipe,
    bytes: &[u8],
    format: Option<Format>,
) -> Result<StagedPicture> {
    let mut recipe = recipe.clone();
    recipe.describe(bytes, format);
    if let Some(picture) = pictures::picture(db, &recipe.id)?
        && let held = scan::look(&paths::picture_path(&folder.dir, &picture), recipe.bytes, &recipe.hash)?
        && locate::<()>(held, []) == Location::InPlace
    {
        return Ok(StagedPicture { picture, recipe });
    }
    let earlier = staging_note(&folder.dir, &recipe.id);
    let (same, others): (Option<_>, Option<_>) = earlier
        .map_or((None, None), |one| if one.recipe.hash == recipe.hash { (Some(one), None) } else { (None, Some(one)) });
    if let Some(others) = others
        && matches!(location(db, &folder.dir, &others)?, Location::At(Incoming) | Location::Copy(Incoming))
    {
        put_aside(folder, &paths::incoming(&folder.dir, &recipe.id, "bytes"))?;
    }
    let file = match same {
        Some(earlier) => earlier.file,
        None => free_file(
            db,
            &folder.dir,
            &picture_file(&local(recipe.created_ms), recipe.prompt(), &recipe.id, extension(format)),
        ),
    };
    let arrival = StagingNote { file, recipe };
    match location(db, &folder.dir, &arrival)? {
        Location::Missing | Location::Changed => {
            write_staging(folder, &arrival, bytes).inspect_err(|_| discard_staging(db, folder, &arrival))?;
        }
        // Safe since an earlier attempt, which may have failed at this.
        _ => folder.storage.sync_dir(&folder.dir.join(INCOMING))?,
    }
    move_into_place(db, folder, arrival)
}

/// Puts a kept picture into the index, with its size in pixels (`None`: could not be decoded).
///
/// May be called again after an error.
pub(super) fn commit(
    db: &mut Connection,
    folder: &Folder,
    kept: &StagedPicture,
    size: Option<Size>,
) -> Result<Picture> {
    let (mut picture, mut recipe) = (kept.picture.clone(), kept.recipe.clone());
    (picture.size, recipe.size) = (size, size);
    if size.is_some() {
        write_sidecar(&folder.storage, &folder.dir, &picture, &recipe)?;
    }
    let tx = db.transaction()?;
    picture.number = pictures::insert(&tx, &picture, &recipe)?;
    if let Some(size) = size.filter(|size| size.height > 0) {
        tx.prepare_cached("UPDATE runs SET aspect = ?2 WHERE id = ?1 AND aspect IS NULL")?
            .execute((&picture.run.0, f64::from(size.width) / f64::from(size.height)))?;
    }
    folder.storage.commit(tx)?;
    folder.storage.discard(&paths::incoming(&folder.dir, &picture.id, "json"));
    Ok(picture)
}

/// Notes the size of a picture that was indexed without one, such as a recovered one; sidecar and index alike.
pub(super) fn set_size(db: &mut Connection, folder: &Folder, id: &PictureId, size: Size) -> Result<Picture> {
    let picture = pictures::known_picture(db, id)?;
    let recipe = sidecar_sync::recipe(db, &folder.dir, id)?;
    commit(db, folder, &StagedPicture { picture, recipe }, Some(size))
}

/// Notes what is wrong with a picture's file, sidecar and index alike; what was noted before stays.
pub(super) fn set_flaw(db: &mut Connection, folder: &Folder, id: &PictureId, flaw: Flaw) -> Result<Picture> {
    let mut picture = pictures::known_picture(db, id)?;
    if picture.flaw.is_none() {
        let mut recipe = sidecar_sync::recipe(db, &folder.dir, id)?;
        (picture.flaw, recipe.flaw) = (Some(flaw), Some(flaw));
        write_sidecar(&folder.storage, &folder.dir, &picture, &recipe)?;
        let tx = db.transaction()?;
        pictures::insert(&tx, &picture, &recipe)?;
        folder.storage.commit(tx)?;
    }
    Ok(picture)
}

pub(super) fn staging_note(dir: &Path, id: &PictureId) -> Option<StagingNote> {
    serde_json::from_slice(&read(paths::incoming(dir, id, "json")).ok()?).ok()
}

/// Gives a file a name that neither a picture nor a sidecar has, and that the index knows of none.
pub(super) fn free_file(db: &Connection, dir: &Path, wanted: &str) -> String {
    first_free(wanted, |name| is_name_taken(db, dir, name))
}

/// Says whether a name, or that of its sidecar, is taken in the folder or promised by the index.
pub(super) fn is_name_taken(db: &Connection, dir: &Path, name: &str) -> bool {
    let path = dir.join(name);
    let is_promised = || {
        let mut query = db
            .prepare_cached("SELECT 1 FROM pictures WHERE file = ?1 UNION ALL SELECT 1 FROM moves WHERE target = ?1")?;
        query.exists([name])
    };
    scan::is_taken(&path) || scan::is_taken(&sidecar_path(&path)) || is_promised().unwrap_or(false)
}

/// Says whether a name is that of another picture, whatever its file holds: by the index, or by the note of an arrival
/// whose recipe lies there.
fn is_of_another(db: &Connection, dir: &Path, file: &str, id: &PictureId) -> Result<bool> {
    let mut query = db.prepare_cached(
        "SELECT 1 FROM pictures WHERE file = ?1 AND id <> ?2
         UNION ALL SELECT 1 FROM moves WHERE target = ?1 AND picture <> ?2",
    )?;
    if query.exists([file, &id.0])? {
        return Ok(true);
    }
    let beside = read_any_sidecar(&sidecar_path(&dir.join(file))).filter(|side| side.recipe.id != *id);
    let note = beside.and_then(|side| staging_note(dir, &side.recipe.id));
    Ok(note.is_some_and(|note| note.file == file))
}

/// Says where the bytes of an arrival are: under the picture's name, in `incoming/`, or not to be found whole.
pub(super) fn location(db: &Connection, dir: &Path, arrival: &StagingNote) -> Result<Location<Incoming>> {
    let StagingNote { file, recipe } = arrival;
    let (path, bytes) = (dir.join(file), paths::incoming(dir, &recipe.id, "bytes"));
    if scan::compare(&path, &bytes) == Names::Linked {
        return Ok(Location::Copy(Incoming));
    }
    let look = |path: &Path| scan::look(path, recipe.bytes, &recipe.hash);
    let own = if is_of_another(db, dir, file, &recipe.id)? { Held::Other } else { look(&path)? };
    Ok(locate(own, [(Incoming, look(&bytes)?)]))
}

fn write_staging(folder: &Folder, arrival: &StagingNote, bytes: &[u8]) -> Result<()> {
    write_staging_note(folder, arrival)?;
    let id = &arrival.recipe.id;
    folder.storage.replace(
        &paths::incoming(&folder.dir, id, "bytes"),
        &paths::incoming(&folder.dir, id, "bytes.part"),
        bytes,
    )
}

fn write_staging_note(folder: &Folder, arrival: &StagingNote) -> Result<()> {
    let (id, note) = (&arrival.recipe.id, serde_json::to_vec(arrival)?);
    folder.storage.replace(
        &paths::incoming(&folder.dir, id, "json"),
        &paths::incoming(&folder.dir, id, "json.part"),
        &note,
    )
}

/// Clears away the note of an arrival whose bytes did not get to safety.
fn discard_staging(db: &Connection, folder: &Folder, arrival: &StagingNote) {
    if matches!(location(db, &folder.dir, arrival), Ok(Location::Missing | Location::Changed)) {
        folder.storage.discard(&paths::incoming(&folder.dir, &arrival.recipe.id, "json"));
    }
}

/// Removes what a move leaves that was interrupted: the half of a copy, and an empty file that took the name for a
/// picture of this length, if it `is_ours`.
pub(super) fn clear_claim(folder: &Folder, target: &Path, bytes: u64, is_ours: bool) {
    let part = part_of(target);
    if scan::is_taken(&part) {
        folder.storage.discard(&part);
    }
    if let Ok(Length::File(found)) = scan::length(target)
        && is_claim(found, bytes, is_ours)
    {
        folder.storage.discard(target);
    }
}

/// Renames an arrival, whose bytes are safe, into its place; goes on where an earlier attempt ended.
pub(super) fn move_into_place(db: &Connection, folder: &Folder, mut arrival: StagingNote) -> Result<StagedPicture> {
    let id = arrival.recipe.id.clone();
    let bytes = paths::incoming(&folder.dir, &id, "bytes");
    let path = folder.dir.join(&arrival.file);
    // What an attempt left that got no further on a drive that has its ways.
    clear_claim(folder, &path, arrival.recipe.bytes, read_sidecar(&sidecar_path(&path), &id).is_some());
    let is_in_place = matches!(location(db, &folder.dir, &arrival)?, Location::InPlace | Location::Copy(Incoming));
    let side = sidecar_path(&path);
    let side_is_taken = scan::is_taken(&side) && read_sidecar(&side, &id).is_none();
    let source = if is_in_place && (!side_is_taken || !scan::is_taken(&bytes)) { &path } else { &bytes };
    if side_is_taken || (!is_in_place && scan::is_taken(&path)) {
        // Somebody else's file took the name in the meantime.
        arrival.file = free_file(db, &folder.dir, &arrival.file);
        write_staging_note(folder, &arrival)?;
    }
    let target = folder.dir.join(&arrival.file);
    let side = sidecar_path(&target);
    let above = target.parent().unwrap_or(&folder.dir);
    folder.storage.create_dir(above)?;
    if !scan::is_taken(&side) {
        let part = paths::incoming(&folder.dir, &id, "side.part");
        folder.storage.discard(&part);
        folder.storage.write(&part, &serde_json::to_vec_pretty(&arrival.recipe)?)?;
        folder.storage.rename_new(&part, &side).inspect_err(|_| folder.storage.discard(&part))?;
    }
    if *source != target {
        folder.storage.rename_new(source, &target).inspect_err(|_| folder.storage.discard(&side))?;
    }
    folder.storage.sync_dir(above)?;
    // Still there only where renaming had to be done by linking, or after a second attempt.
    if scan::is_taken(&bytes) && location(db, &folder.dir, &arrival)? == Location::Copy(Incoming) {
        folder.storage.discard(&bytes);
    }
    let StagingNote { file, recipe } = arrival;
    Ok(StagedPicture { picture: Picture::of(&recipe, file), recipe })
}

/// Puts a file whose story cannot be told any more aside; returns where it is now.
pub(super) fn put_aside(folder: &Folder, path: &Path) -> Result<PathBuf> {
    let leftovers = folder.dir.join(LEFTOVERS);
    folder.storage.create_dir(&leftovers)?;
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let name = first_free(&name, |name| scan::is_taken(&leftovers.join(name)));
    let aside = leftovers.join(name);
    folder.storage.rename_new(path, &aside)?;
    Ok(aside)
}

/// The place where the bytes of an arrival wait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Incoming;
