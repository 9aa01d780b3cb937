//! What lies in a library folder, read without the index.
//!
//! Looks at names, lengths and sidecars only; contents are read where a caller asks for their hash.

use super::super::error::{Error, Result};
use super::super::hash::content_hash;
use super::super::locate::Held;
use super::file::read_ordinary as read;
use super::paths::{PICTURES, TRASH, sidecar_path};
use super::sidecar::{Sidecar, read_any_sidecar};
use std::collections::BTreeSet;
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

/// A file under `pictures/` or `trash/`, or a sidecar without one.
#[derive(Debug)]
pub(in crate::library) struct Entry {
    /// Relative to the library folder, with `/`.
    pub(in crate::library) file: String,
    pub(in crate::library) trashed: bool,
    /// `None`: the picture itself is missing.
    pub(in crate::library) bytes: Option<u64>,
    /// `None`: there is none, or it cannot be read.
    pub(in crate::library) side: Option<Box<Sidecar>>,
}

/// What cannot be read below a library folder, and why: a phrase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Unreadable {
    /// A file or a folder, relative to the library.
    pub file: String,
    pub why: String,
}

impl std::fmt::Display for Unreadable {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}: {}", self.file, self.why)
    }
}

impl Unreadable {
    pub(in crate::library) fn new(dir: &Path, path: &Path, why: &dyn std::fmt::Display) -> Self {
        Self { file: relative(dir, path), why: why.to_string() }
    }

    pub(in crate::library) fn of(dir: &Path, path: &Path, error: &Error) -> Self {
        Self { file: relative(dir, path), why: error.root_cause() }
    }

    /// Says whether this, or a folder that it is in, is what cannot be read.
    pub(in crate::library) fn hides(&self, file: &str) -> bool {
        file.strip_prefix(self.file.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
}

/// What lies below `pictures/` and `trash/`.
#[derive(Debug, Default)]
pub(in crate::library) struct Listing {
    /// Sorted by name.
    pub(in crate::library) entries: Vec<Entry>,
    pub(in crate::library) unreadable: Vec<Unreadable>,
}

/// Lists pictures and sidecars. `tell` hears how many of how many are read; when it returns false, this ends with
/// `None`. What cannot be read holds up nothing else. Errors: `pictures/` or `trash/` itself cannot be read.
pub(in crate::library) fn entries(dir: &Path, tell: &mut dyn FnMut(usize, usize) -> bool) -> Result<Option<Listing>> {
    let mut places = Vec::new();
    let mut total = 0;
    let mut unreadable = Vec::new();
    for (place, trashed) in [(PICTURES, false), (TRASH, true)] {
        let mut files = BTreeSet::new();
        let folder = dir.join(place);
        std::fs::read_dir(&folder).map_err(|source| Error::read(&folder, source))?;
        walk(dir, &folder, &mut files, &mut unreadable);
        total += files.iter().filter(|path| !is_sidecar(path)).count();
        places.push((files, trashed));
    }
    let mut found = Vec::new();
    for (files, trashed) in places {
        let sides: BTreeSet<PathBuf> = files.iter().filter(|path| is_sidecar(path)).cloned().collect();
        let mut claimed = BTreeSet::new();
        for path in files.iter().filter(|path| !sides.contains(*path)) {
            let side = sidecar_path(path);
            let bytes = match std::fs::metadata(path) {
                Ok(found) => found.len(),
                Err(error) => {
                    claimed.insert(side);
                    unreadable.push(Unreadable::new(dir, path, &error));
                    continue;
                }
            };
            let mut read = if sides.contains(&side) { read_any_sidecar(&side) } else { None };
            if bytes == 0 && read.as_ref().is_some_and(|side| side.recipe.bytes > 0) {
                // Its name was taken for a picture that did not come.
                let (file, lost) = (relative(dir, &side), read.take());
                found.push(Entry { file, trashed, bytes: None, side: lost });
            }
            claimed.insert(side);
            found.push(Entry { file: relative(dir, path), trashed, bytes: Some(bytes), side: read });
            if !tell(found.len(), total.max(found.len())) {
                return Ok(None);
            }
        }
        for side in sides.difference(&claimed) {
            found.push(Entry { file: relative(dir, side), trashed, bytes: None, side: read_any_sidecar(side) });
        }
    }
    Ok(Some(Listing { entries: found, unreadable }))
}

/// Lists the files right in a folder.
pub(in crate::library) fn files_in(folder: &Path) -> Result<Vec<PathBuf>> {
    let unreadable = |source| Error::read(folder, source);
    let mut files = Vec::new();
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let path = entry.map_err(unreadable)?.path();
        if path.is_file() {
            files.push(path);
        }
    }
    Ok(files)
}

/// Says what a name holds, compared with a picture of this length and hash; read only where the length agrees.
pub(in crate::library) fn look(path: &Path, bytes: u64, hash: &str) -> Result<Held> {
    match length(path)?.held(bytes) {
        Held::Picture if hash_of(path)? != hash => Ok(Held::Other),
        held => Ok(held),
    }
}

/// What is known of a name without reading.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::library) enum Length {
    Nothing,
    /// A folder or the like.
    NoFile,
    /// In bytes.
    File(u64),
}

impl Length {
    /// Says what a name holds as far as the length tells, compared with a picture: never enough to delete anything.
    pub(in crate::library) fn held(self, bytes: u64) -> Held {
        match self {
            Self::Nothing => Held::Nothing,
            Self::NoFile => Held::NoFile,
            Self::File(found) if found == bytes => Held::Picture,
            Self::File(_) => Held::Other,
        }
    }
}

/// Measures the file that has a name.
pub(in crate::library) fn length(path: &Path) -> Result<Length> {
    match std::fs::metadata(path) {
        Ok(found) if found.is_file() => Ok(Length::File(found.len())),
        Ok(_) => Ok(Length::NoFile),
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => Ok(Length::Nothing),
        Err(error) => Err(Error::read(path, error)),
    }
}

/// Says whether a name is taken, also by a link that leads nowhere or by what cannot be read.
pub(in crate::library) fn is_taken(path: &Path) -> bool {
    match std::fs::symlink_metadata(path) {
        Ok(_) => true,
        Err(error) => !matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory),
    }
}

/// How two names of which each leads to a file go together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::library) enum Names {
    /// Of two files.
    Apart,
    /// Two entries for one file, of which one may go.
    Linked,
    /// One entry that is reached in two ways, as through a link between folders or by another spelling.
    One,
}

/// Compares two names that lead to files; what cannot be told counts as two files.
pub(in crate::library) fn compare(path: &Path, other: &Path) -> Names {
    let same = |one: Option<&Path>, two: Option<&Path>| {
        one.zip(two).is_some_and(|(one, two)| same_file::is_same_file(one, two).unwrap_or(false))
    };
    match (same(Some(path), Some(other)), same(path.parent(), other.parent())) {
        (false, _) => Names::Apart,
        (true, false) => Names::Linked,
        (true, true) => Names::One,
    }
}

/// Returns the hash of a file's content.
pub(in crate::library) fn hash_of(path: &Path) -> Result<String> {
    Ok(content_hash(&read(path).map_err(|source| Error::read(path, source))?))
}

fn is_sidecar(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
}

fn relative(dir: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(dir).unwrap_or(path).components();
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

/// Collects the files below a folder.
fn walk(dir: &Path, folder: &Path, into: &mut BTreeSet<PathBuf>, unreadable: &mut Vec<Unreadable>) {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => return unreadable.push(Unreadable::new(dir, folder, &error)),
    };
    for entry in entries {
        // Links lead out of the library, perhaps in a circle.
        let found = entry.and_then(|entry| Ok((entry.path(), entry.file_type()?)));
        match found {
            Ok((path, kind)) if kind.is_dir() => walk(dir, &path, into, unreadable),
            Ok((path, kind)) if kind.is_file() && path.strip_prefix(dir).is_ok_and(|file| file.to_str().is_none()) => {
                unreadable.push(Unreadable::new(dir, &path, &"its name is no text; give it another one"));
            }
            Ok((path, kind)) if kind.is_file() => _ = into.insert(path),
            Ok(_) => {}
            Err(error) => unreadable.push(Unreadable::new(dir, folder, &error)),
        }
    }
}
