//! What lies in a library folder, read without the index.
//!
//! Looks at names, lengths and side files only; contents are read where a caller asks for their hash.

use super::keep::Side;
use super::names::side_file;
use super::{Error, Result, content_hash};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// A file under `pictures/` or `trash/`, or a side file without one.
#[derive(Debug)]
pub(super) struct Entry {
    /// Relative to the library folder, with `/`.
    pub(super) file: String,
    pub(super) trashed: bool,
    /// `None`: the picture itself is missing.
    pub(super) bytes: Option<u64>,
    /// `None`: there is none, or it cannot be read.
    pub(super) side: Option<Box<Side>>,
}

/// Lists pictures and side files, sorted by name. `tell` hears how many of how many are read; when it returns false,
/// this ends with `None`.
pub(super) fn entries(dir: &Path, tell: &mut dyn FnMut(usize, usize) -> bool) -> Result<Option<Vec<Entry>>> {
    let mut places = Vec::new();
    let mut total = 0;
    for (place, trashed) in [("pictures", false), ("trash", true)] {
        let mut files = BTreeSet::new();
        walk(&dir.join(place), &mut files)?;
        total += files.iter().filter(|path| !is_side(path)).count();
        places.push((files, trashed));
    }
    let mut found = Vec::new();
    for (files, trashed) in places {
        let sides: BTreeSet<PathBuf> = files.iter().filter(|path| is_side(path)).cloned().collect();
        let mut claimed = BTreeSet::new();
        for path in files.iter().filter(|path| !sides.contains(*path)) {
            let side = side_file(path);
            let bytes = std::fs::metadata(path).map_err(|source| Error::read(path, source))?.len();
            let read = if sides.contains(&side) { read(&side) } else { None };
            claimed.insert(side);
            found.push(Entry { file: relative(dir, path), trashed, bytes: Some(bytes), side: read });
            if !tell(found.len(), total.max(found.len())) {
                return Ok(None);
            }
        }
        for side in sides.difference(&claimed) {
            found.push(Entry { file: relative(dir, side), trashed, bytes: None, side: read(side) });
        }
    }
    Ok(Some(found))
}

/// Returns the hash of a file's content.
pub(super) fn hash_of(path: &Path) -> Result<String> {
    Ok(content_hash(&std::fs::read(path).map_err(|source| Error::read(path, source))?))
}

fn is_side(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "json")
}

fn read(side: &Path) -> Option<Box<Side>> {
    serde_json::from_slice(&std::fs::read(side).ok()?).ok()
}

fn relative(dir: &Path, path: &Path) -> String {
    let parts = path.strip_prefix(dir).unwrap_or(path).components();
    parts.map(|part| part.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/")
}

fn walk(folder: &Path, into: &mut BTreeSet<PathBuf>) -> Result<()> {
    let unreadable = |source| Error::read(folder, source);
    for entry in std::fs::read_dir(folder).map_err(unreadable)? {
        let entry = entry.map_err(unreadable)?;
        // Links lead out of the library, perhaps in a circle.
        let kind = entry.file_type().map_err(unreadable)?;
        if kind.is_dir() {
            walk(&entry.path(), into)?;
        } else if kind.is_file() {
            into.insert(entry.path());
        }
    }
    Ok(())
}
