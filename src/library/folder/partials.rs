//! Partials: what came on the way to a picture, kept exactly as it came.
//!
//! ```text
//! partials/2026-11/<job>/1-002-8400ms.png   what came second, 8.4 s after sending, on the way to the job's first picture
//! partials/2026-11/<job>/1-drawing.jsonl    the text of a drawing, piece by piece
//! ```
//! No table knows them: the folder of a job, found by the time in the job's name, is the index, and nothing looks for it
//! before somebody wants to see it. What is read here needs no open library. Invariants: nothing is ever written over;
//! a partial that cannot be kept costs nothing else. When they go, `orphaned_partials.rs` says.

use super::super::error::{Error, Result};
use super::super::model::id::{JobId, made_ms};
use super::file::read_ordinary as read;
use super::paths::{INCOMING, PARTIALS, extension};
use super::scan::files_in;
use super::storage::Storage;
use crate::picture::Format;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};
use std::sync::Arc;

const DRAWING: &str = "drawing.jsonl";

/// A partial picture on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partial {
    /// From 1, in order of arrival, over all attempts of the job.
    pub number: u32,
    /// Milliseconds after its request was sent.
    pub ms: u64,
    pub file: PathBuf,
    /// As its first bytes told; `None`: no decoder knows it.
    pub format: Option<Format>,
}

/// By how much the text of a drawing grew at once.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Piece {
    /// Bytes of the text before it; 0 begins a drawing anew.
    pub at: usize,
    /// Milliseconds after its request was sent.
    pub ms: u64,
    pub text: String,
}

/// The text of a drawing as far as it is known, and how it grew.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Written {
    pub text: Arc<str>,
    /// Where each piece ends in it (bytes), and when it came (milliseconds after sending).
    pub pieces: Vec<(usize, u64)>,
}

/// What came on the way to one picture; by default nothing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Partials {
    pub job: JobId,
    /// Of the picture within its job, from 0.
    pub place: u32,
    /// In order of arrival.
    pub painted: Vec<Partial>,
    /// Empty where anything was painted.
    pub written: Written,
}

/// What partials take on the disk.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PartialsOnDisk {
    pub files: usize,
    pub bytes: u64,
}

impl Default for Partials {
    fn default() -> Self {
        Self::none(JobId::imported(), 0)
    }
}

impl Partials {
    fn none(job: JobId, place: u32) -> Self {
        Self { job, place, painted: Vec::new(), written: Written::default() }
    }

    /// Returns how many steps of the way are known: partial pictures, or pieces of a drawing.
    pub fn len(&self) -> usize {
        self.painted.len() + self.written.pieces.len()
    }

    /// Says whether nothing is known of the way.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Says whether it is a text that grew.
    pub fn is_written(&self) -> bool {
        self.painted.is_empty()
    }

    /// Returns when a step came, in milliseconds after sending; `None`: there is no such step.
    pub fn ms(&self, step: usize) -> Option<u64> {
        let painted = self.painted.get(step).map(|partial| partial.ms);
        painted.or_else(|| self.written.pieces.get(step).map(|(_, ms)| *ms))
    }

    /// Returns the text of a drawing as far as it had come with a step; `None`: there is no such step.
    pub fn text(&self, step: usize) -> Option<&str> {
        self.written.text.get(..self.written.pieces.get(step)?.0)
    }
}

/// Keeps a partial of the picture at `place` (from 0) of a job, that came `ms` after sending, as it is.
pub(in crate::library) fn keep_partial(
    storage: &Storage,
    dir: &Path,
    job: &JobId,
    place: u32,
    ms: u64,
    bytes: &[u8],
) -> Result<()> {
    let folder = make_folder(storage, dir, job)?;
    let group = place.saturating_add(1);
    let last = painted(&folder)?.into_iter().filter(|(other, _)| *other == place).map(|(_, one)| one.number).max();
    let number = last.unwrap_or(0) + 1;
    let name = format!("{group}-{number:03}-{ms}ms.{}", extension(Format::sniff(bytes)));
    let part = dir.join(INCOMING).join(format!("{}.{group}-{number}.part", job.0));
    storage.discard(&part);
    storage.write(&part, bytes)?;
    storage.rename_new(&part, &folder.join(name)).inspect_err(|_| storage.discard(&part))?;
    storage.sync_dir(&folder)
}

/// Adds to the drawing that the picture at `place` (from 0) of a job is becoming.
pub(in crate::library) fn keep_pieces(
    storage: &Storage,
    dir: &Path,
    job: &JobId,
    place: u32,
    pieces: &[Piece],
) -> Result<()> {
    let folder = make_folder(storage, dir, job)?;
    let path = folder.join(format!("{}-{DRAWING}", place.saturating_add(1)));
    let is_new = !path.exists();
    let mut lines = String::new();
    for piece in pieces {
        // The line break comes first, so that a line cut short does not spoil the next one.
        lines.push('\n');
        lines.push_str(&serde_json::to_string(piece)?);
    }
    storage.append(&path, lines.as_bytes())?;
    if is_new { storage.sync_dir(&folder) } else { Ok(()) }
}

fn make_folder(storage: &Storage, dir: &Path, job: &JobId) -> Result<PathBuf> {
    let missing = || Error::Missing { what: "job", name: job.0.clone() };
    let folder = folder_of(dir, job).ok_or_else(missing)?;
    // One by one, so that each name is safe in the folder above.
    let above: Vec<&Path> = folder.ancestors().take(3).collect();
    above.into_iter().rev().try_for_each(|one| storage.create_dir(one))?;
    Ok(folder)
}

/// Reads what came on the way to the picture at `place` (from 0) of a job; nothing where nothing was kept.
pub fn partials(dir: &Path, job: &JobId, place: u32) -> Result<Partials> {
    let mut found = Partials::none(job.clone(), place);
    let Some(folder) = folder_of(dir, job) else { return Ok(found) };
    found.painted = painted(&folder)?.into_iter().filter(|(other, _)| *other == place).map(|(_, one)| one).collect();
    if found.painted.is_empty() {
        found.written = written(&folder.join(format!("{}-{DRAWING}", place.saturating_add(1))))?;
    }
    Ok(found)
}

/// Reads what came last of a job of which `arrived` pictures did come: on the way to one that did not. `None`: nothing.
pub fn last_partials(dir: &Path, job: &JobId, arrived: u32) -> Result<Option<Partials>> {
    let Some(last) = places(dir, job, arrived)?.into_iter().max() else { return Ok(None) };
    partials(dir, job, last).map(|found| (!found.is_empty()).then_some(found))
}

/// Returns how many partials there are, pictures and drawings, of those pictures of a job that did not come.
pub fn partial_count(dir: &Path, job: &JobId, arrived: u32) -> u32 {
    let found = places(dir, job, arrived).unwrap_or_else(|error| {
        log::warn!("partials could not be counted: {error}");
        Vec::new()
    });
    u32::try_from(found.len()).unwrap_or(u32::MAX)
}

/// The places of the pictures, from one on, that the files of a job are of.
pub(in crate::library) fn places(dir: &Path, job: &JobId, from: u32) -> Result<Vec<u32>> {
    let Some(folder) = folder_of(dir, job) else { return Ok(Vec::new()) };
    let places = files(&folder)?.into_iter().filter_map(|file| place_in(&name_of(&file)));
    Ok(places.filter(|place| *place >= from).collect())
}

/// Counts all partials of a library.
pub fn partials_on_disk(dir: &Path) -> Result<PartialsOnDisk> {
    let mut sum = PartialsOnDisk::default();
    for month in folders_in(&dir.join(PARTIALS))? {
        for folder in folders_in(&month)? {
            add_up(&mut sum, &files(&folder)?)?;
        }
    }
    Ok(sum)
}

/// Adds some files; one that has gone meanwhile is none.
pub(in crate::library) fn add_up(sum: &mut PartialsOnDisk, files: &[PathBuf]) -> Result<()> {
    for file in files {
        match std::fs::metadata(file) {
            Ok(found) => *sum = PartialsOnDisk { files: sum.files + 1, bytes: sum.bytes + found.len() },
            Err(error) if error.kind() == ErrorKind::NotFound => {}
            Err(error) => return Err(Error::read(file, error)),
        }
    }
    Ok(())
}

/// Lists the files of what came on the way to the picture at `place` (from 0) of a job.
pub(in crate::library) fn files_of(dir: &Path, job: &JobId, place: u32) -> Result<Vec<PathBuf>> {
    let Some(folder) = folder_of(dir, job) else { return Ok(Vec::new()) };
    Ok(files(&folder)?.into_iter().filter(|file| place_in(&name_of(file)) == Some(place)).collect())
}

/// Returns where the partials of a job are; `None`: its name is not one of ours.
pub(in crate::library) fn folder_of(dir: &Path, job: &JobId) -> Option<PathBuf> {
    // The same month wherever this computer travels.
    let made = jiff::Timestamp::from_millisecond(made_ms(&job.0)?).ok()?.to_zoned(jiff::tz::TimeZone::UTC);
    Some(dir.join(PARTIALS).join(made.strftime("%Y-%m").to_string()).join(&job.0))
}

/// Lists the partial pictures in a folder, in order of arrival, each with the place of the picture it became.
fn painted(folder: &Path) -> Result<Vec<(u32, Partial)>> {
    let read = |file: PathBuf| {
        let name = name_of(&file);
        let (stem, extension) = name.rsplit_once('.')?;
        let mut parts = stem.splitn(3, '-').skip(1);
        let number = parts.next()?.parse().ok()?;
        let ms = parts.next()?.strip_suffix("ms")?.parse().ok()?;
        Some((place_in(&name)?, Partial { number, ms, format: Format::from_extension(extension), file }))
    };
    let mut found: Vec<_> = files(folder)?.into_iter().filter_map(read).collect();
    found.sort_by_key(|(place, partial)| (*place, partial.number));
    Ok(found)
}

/// Reads the last drawing that was begun in a file, as far as its pieces follow one another.
fn written(path: &Path) -> Result<Written> {
    let lines = match read(path) {
        Ok(lines) => lines,
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Written::default()),
        Err(error) => return Err(Error::read(path, error)),
    };
    let (mut text, mut pieces) = (String::new(), Vec::new());
    // A line that was cut short is none.
    for piece in lines.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice::<Piece>(line).ok()) {
        if piece.at == 0 {
            text.clear();
            pieces.clear();
        }
        // Behind a gap nothing is known.
        if piece.at == text.len() && !piece.text.is_empty() {
            text.push_str(&piece.text);
            pieces.push((text.len(), piece.ms));
        }
    }
    Ok(Written { text: text.into(), pieces })
}

/// The place, from 0, that a file's name begins with.
fn place_in(name: &str) -> Option<u32> {
    name.split('-').next()?.parse::<u32>().ok()?.checked_sub(1)
}

fn name_of(file: &Path) -> String {
    file.file_name().unwrap_or_default().to_string_lossy().into_owned()
}

/// Lists the files of a folder, which may not be there.
fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    match files_in(folder) {
        Err(Error::CannotRead { source, .. }) if source.kind() == ErrorKind::NotFound => Ok(Vec::new()),
        found => found,
    }
}

/// Lists the folders in a folder, which may not be there.
fn folders_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = |error| Error::read(folder, error);
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == ErrorKind::NotFound => return Ok(Vec::new()),
        entries => entries.map_err(unreadable)?,
    };
    let paths = entries.map(|entry| entry.map(|entry| entry.path()).map_err(unreadable));
    paths.filter(|path| path.as_ref().map_or(true, |path| path.is_dir())).collect()
}
