//! The drawings of a library that were too heavy to draw, so that no start tries them again.
//!
//! Free functions, so that whoever draws needs no [`super::Library`]. A file of its own, `heavy-drawings.json`: losing it costs
//! one more try of each.

use super::Result;
use super::storage::Storage;
use crate::picture::Heavy;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Longest file that is read, bytes.
const LONGEST: u64 = 4 << 20;

fn path(dir: &Path) -> PathBuf {
    dir.join("heavy-drawings.json")
}

/// Reads why which drawings were too heavy, by the hash of their content; none where nothing can be read.
pub fn read_heavy_drawings(dir: &Path) -> BTreeMap<String, Heavy> {
    let path = path(dir);
    let is_short = std::fs::metadata(&path).is_ok_and(|file| file.len() <= LONGEST);
    let bytes = if is_short { std::fs::read(&path).unwrap_or_default() } else { Vec::new() };
    let all: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&bytes).unwrap_or_default();
    // A reason that a later version writes is one all the same.
    let why = |value| serde_json::from_value(value).unwrap_or(Heavy::Crash);
    all.into_iter().map(|(hash, value)| (hash, why(value))).collect()
}

/// Writes all of them in one step.
///
/// # Errors
/// When the file cannot be written; the old one stays.
pub fn write_heavy_drawings(dir: &Path, all: &BTreeMap<String, Heavy>) -> Result<()> {
    let path = path(dir);
    let bytes = serde_json::to_vec_pretty(all).unwrap_or_default();
    Storage::of(dir).replace_unsynced(&path, &path.with_extension("json.part"), &bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_written_is_read_and_rubbish_is_nothing() {
        let folder = tempfile::tempdir().unwrap();
        assert!(read_heavy_drawings(folder.path()).is_empty());
        let all = BTreeMap::from([("ab".to_owned(), Heavy::Time), ("cd".to_owned(), Heavy::Memory)]);
        write_heavy_drawings(folder.path(), &all).unwrap();
        assert_eq!(read_heavy_drawings(folder.path()), all);
        std::fs::write(path(folder.path()), b"{\"ab\": \"some later reason\"}").unwrap();
        assert_eq!(read_heavy_drawings(folder.path()), BTreeMap::from([("ab".to_owned(), Heavy::Crash)]));
        std::fs::write(path(folder.path()), b"{").unwrap();
        assert!(read_heavy_drawings(folder.path()).is_empty());
    }
}
