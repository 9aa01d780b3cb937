//! Partial pictures: what was received while a picture was on its way, kept beside it.
//!
//! While it is on its way they lie in `incoming/` under its id; once it is stored they follow to `partials/`. There
//! they are named by the id of the picture, and so belong to it in the trash and out of it, until the trash is emptied.
//! Of a raster each partial is a file of its own, as received; of a drawing its pieces are the lines of one file.
//! Invariants: a picture never waits for its partials and never fails because of them; partials whose picture never
//! came are cleared away.

use super::{Error, Library, PictureId, Result};
use crate::picture::Format;
use rusqlite::params;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};

const FOLDER: &str = "partials";
/// Ends the name of a partial whose picture has not come yet.
const COMING: &str = "partial";
/// Length of an id.
const ID: usize = 26;
const FORMATS: [&str; 5] = ["png", "jpg", "webp", "gif", "svg"];

/// Says how much is kept of how a picture came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Partials {
    /// Partial pictures, or pieces of a drawing.
    pub count: u32,
    /// On disk.
    pub bytes: u64,
}

/// A piece of a drawing.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece(
    /// Milliseconds since the request was sent.
    pub u64,
    /// As received.
    pub String,
);

impl Library {
    /// Keeps a partial picture until its picture comes; `number` counts from 1.
    pub fn keep_partial(&mut self, picture: &PictureId, number: u32, bytes: &[u8]) -> Result<()> {
        let extension = super::names::extension(Format::sniff(bytes));
        self.storage.write(&self.incoming(picture, &format!("{number}.{extension}.{COMING}")), bytes)
    }

    /// Keeps further pieces of a drawing until its picture comes.
    pub fn keep_pieces(&mut self, picture: &PictureId, pieces: &[Piece]) -> Result<()> {
        let mut lines = Vec::new();
        for piece in pieces {
            serde_json::to_writer(&mut lines, piece)?;
            lines.push(b'\n');
        }
        self.storage.append(&self.incoming(picture, &format!("jsonl.{COMING}")), &lines)
    }

    /// Clears away the partials of a picture that did not come.
    pub fn forget_partials(&mut self, picture: &PictureId) -> Result<()> {
        self.coming(Some(picture))?.iter().try_for_each(|(path, _)| self.storage.remove(path))
    }

    /// Brings the partials of a picture that came to their place; says how much that is now.
    pub(super) fn settle_partials(&self, picture: &PictureId) -> Result<Partials> {
        let coming = self.coming(Some(picture))?;
        if coming.is_empty() {
            return self.partials_of(picture);
        }
        let folder = folder(&self.dir, picture);
        self.storage.create_dir(&folder)?;
        for (path, _) in coming {
            let name = path.file_stem().unwrap_or_default();
            self.storage.rename_new(&path, &folder.join(name))?;
        }
        self.storage.sync_dir(&folder)?;
        self.partials_of(picture)
    }

    /// Brings the partials that an interruption left to their pictures, or clears them away.
    pub(super) fn recover_partials(&mut self) -> Result<()> {
        let mut pictures: Vec<PictureId> = self.coming(None)?.into_iter().map(|(_, picture)| picture).collect();
        pictures.dedup();
        for picture in pictures {
            if self.picture(&picture)?.is_some() {
                let partials = self.settle_partials(&picture)?;
                self.note_partials(&[(picture, partials)])?;
            } else {
                self.forget_partials(&picture)?;
            }
        }
        Ok(())
    }

    /// Removes a picture's partials for good.
    pub(super) fn delete_partials(&self, picture: &PictureId) -> Result<()> {
        files_of(&self.dir, picture)?.iter().try_for_each(|path| self.storage.remove(path))
    }

    /// Removes all partials for good, of every picture; says how much that was.
    pub fn remove_all_partials(&mut self) -> Result<Partials> {
        let mut removed = Partials::default();
        let found = all(&self.dir)?;
        for picture in found.keys() {
            self.delete_partials(picture)?;
        }
        let known = self.list("WHERE partials > 0")?;
        for picture in &known {
            removed.count += picture.partials.count;
            removed.bytes += picture.partials.bytes;
        }
        let none: Vec<_> = known.into_iter().map(|picture| (picture.id, Partials::default())).collect();
        self.note_partials(&none)?;
        Ok(removed)
    }

    /// Makes the index say what is on disk; returns the pictures of which it said something else, and files without a
    /// picture. `mend`: false only looks.
    pub(super) fn count_partials(&mut self, mend: bool) -> Result<(Vec<PictureId>, Vec<String>)> {
        let mut found = all(&self.dir)?;
        let mut wrong = Vec::new();
        for picture in self.list("ORDER BY id")? {
            let there = found.remove(&picture.id).unwrap_or_default();
            if there != picture.partials {
                wrong.push((picture.id, there));
            }
        }
        if mend {
            self.note_partials(&wrong)?;
        }
        let mut strange = Vec::new();
        for picture in found.into_keys() {
            let files = files_of(&self.dir, &picture)?;
            strange.extend(files.iter().map(|path| path.strip_prefix(&self.dir).unwrap_or(path).display().to_string()));
        }
        Ok((wrong.into_iter().map(|(picture, _)| picture).collect(), strange))
    }

    fn note_partials(&mut self, partials: &[(PictureId, Partials)]) -> Result<()> {
        if partials.is_empty() {
            return Ok(());
        }
        let all = self.db.transaction()?;
        for (picture, partials) in partials {
            let bytes = i64::try_from(partials.bytes).unwrap_or(i64::MAX);
            all.prepare_cached("UPDATE pictures SET partials = ?2, partial_bytes = ?3 WHERE id = ?1")?.execute(
                params![picture.0, partials.count, bytes],
            )?;
        }
        self.storage.commit(all)
    }

    fn partials_of(&self, picture: &PictureId) -> Result<Partials> {
        let mut sum = Partials::default();
        for path in files_of(&self.dir, picture)? {
            add(&mut sum, &path)?;
        }
        Ok(sum)
    }

    /// The partials in `incoming/`, by name.
    fn coming(&self, of: Option<&PictureId>) -> Result<Vec<(PathBuf, PictureId)>> {
        let mut coming = Vec::new();
        for path in super::recover::files_in(&self.dir.join("incoming"))? {
            let is_partial = path.extension().is_some_and(|extension| extension == COMING);
            if let Some(picture) = picture_of(&path).filter(|picture| is_partial && of.is_none_or(|of| of == picture)) {
                coming.push((path, picture));
            }
        }
        coming.sort();
        Ok(coming)
    }
}

/// Returns the file of a partial picture; `number` counts from 1; `None`: it is not there (any more).
pub fn partial_path(dir: &Path, picture: &PictureId, number: u32) -> Option<PathBuf> {
    let folder = folder(dir, picture);
    let named = |extension| folder.join(format!("{}.{number}.{extension}", picture.0));
    FORMATS.into_iter().map(named).find(|path| path.is_file())
}

/// Reads the first `most` pieces of a drawing as one text; `None`: they are not there (any more).
pub fn drawn_text(dir: &Path, picture: &PictureId, most: u32) -> Option<String> {
    let lines = std::fs::read_to_string(drawing_path(dir, picture)).ok()?;
    let pieces = lines.lines().filter_map(|line| serde_json::from_str::<Piece>(line).ok());
    Some(pieces.take(most as usize).map(|Piece(_, text)| text).collect())
}

fn drawing_path(dir: &Path, picture: &PictureId) -> PathBuf {
    folder(dir, picture).join(format!("{}.jsonl", picture.0))
}

/// Spread over many folders by the last letters, which are random.
fn folder(dir: &Path, picture: &PictureId) -> PathBuf {
    let last: String = picture.0.chars().rev().take(2).filter(char::is_ascii_alphanumeric).collect();
    dir.join(FOLDER).join(last)
}

/// Reads which picture a partial belongs to from its name.
fn picture_of(path: &Path) -> Option<PictureId> {
    let name = path.file_name()?.to_str()?;
    let id = name.get(..ID).filter(|_| name.get(ID..).is_some_and(|rest| rest.starts_with('.')))?;
    id.bytes().all(|byte| byte.is_ascii_alphanumeric()).then(|| PictureId(id.to_owned()))
}

fn files_of(dir: &Path, picture: &PictureId) -> Result<Vec<PathBuf>> {
    let folder = folder(dir, picture);
    if !folder.is_dir() {
        return Ok(Vec::new());
    }
    let mut files = super::recover::files_in(&folder)?;
    files.retain(|path| picture_of(path).as_ref() == Some(picture));
    Ok(files)
}

/// What lies in `partials/`, by picture.
fn all(dir: &Path) -> Result<BTreeMap<PictureId, Partials>> {
    let mut found: HashMap<PictureId, Partials> = HashMap::new();
    let top = dir.join(FOLDER);
    if !top.is_dir() {
        return Ok(BTreeMap::new());
    }
    let unreadable = |source| Error::read(&top, source);
    for folder in std::fs::read_dir(&top).map_err(unreadable)? {
        let folder = folder.map_err(unreadable)?.path();
        if !folder.is_dir() {
            continue;
        }
        for path in super::recover::files_in(&folder)? {
            if let Some(picture) = picture_of(&path) {
                add(found.entry(picture).or_default(), &path)?;
            }
        }
    }
    Ok(found.into_iter().collect())
}

fn add(sum: &mut Partials, path: &Path) -> Result<()> {
    let unreadable = |source| Error::read(path, source);
    sum.bytes += std::fs::metadata(path).map_err(unreadable)?.len();
    sum.count += if path.extension().is_some_and(|extension| extension == "jsonl") {
        let text = std::fs::read(path).map_err(unreadable)?;
        u32::try_from(text.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(u32::MAX)
    } else {
        1
    };
    Ok(())
}
