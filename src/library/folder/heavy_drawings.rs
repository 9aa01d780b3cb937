//! The drawings of a library that were too heavy to draw, so that no start tries them again.
//!
//! Free functions, so that whoever draws needs no [`super::super::Library`]. A file of its own, `heavy-drawings.json`: losing it costs
//! one more try of each.

use super::super::Result;
use super::file::read_ordinary as read;
use super::storage::Storage;
use crate::picture::Heavy;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// How a drawing was too heavy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HeavyDrawing {
    pub why: Heavy,
    /// How many pixels it was to fill then; 0: it was only to be parsed.
    pub pixels: u64,
    /// The artist had it tried longer, and then it was drawn: so it may be again.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub drawn_longer: bool,
}

/// Longest file that is read, bytes.
const LONGEST: u64 = 4 << 20;

fn path(dir: &Path) -> PathBuf {
    dir.join("heavy-drawings.json")
}

/// Reads why which drawings were too heavy, by the hash of their content; none where nothing can be read.
pub fn read_heavy_drawings(dir: &Path) -> BTreeMap<String, HeavyDrawing> {
    let path = path(dir);
    let is_short = std::fs::metadata(&path).is_ok_and(|file| file.len() <= LONGEST);
    let bytes = if is_short { read(&path).unwrap_or_default() } else { Vec::new() };
    let all: BTreeMap<String, serde_json::Value> = serde_json::from_slice(&bytes).unwrap_or_default();
    // What a later version writes is a reason all the same.
    let unknown = HeavyDrawing { why: Heavy::Crash, pixels: 0, drawn_longer: false };
    all.into_iter().map(|(hash, value)| (hash, serde_json::from_value(value).unwrap_or(unknown))).collect()
}

/// Writes all of them in one step.
///
/// # Errors
/// When the file cannot be written; the old one stays.
pub fn write_heavy_drawings(dir: &Path, all: &BTreeMap<String, HeavyDrawing>) -> Result<()> {
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
        let heavy = |why, pixels| HeavyDrawing { why, pixels, drawn_longer: false };
        let all = BTreeMap::from([
            ("ab".to_owned(), heavy(Heavy::Time, 0)),
            ("cd".to_owned(), heavy(Heavy::Memory, 1 << 40)),
            ("ef".to_owned(), HeavyDrawing { drawn_longer: true, ..heavy(Heavy::Time, 9) }),
        ]);
        write_heavy_drawings(folder.path(), &all).unwrap();
        assert_eq!(read_heavy_drawings(folder.path()), all);
        std::fs::write(path(folder.path()), b"{\"ab\": \"some later reason\"}").unwrap();
        assert_eq!(read_heavy_drawings(folder.path()), BTreeMap::from([("ab".to_owned(), heavy(Heavy::Crash, 0))]));
        std::fs::write(path(folder.path()), b"{").unwrap();
        assert!(read_heavy_drawings(folder.path()).is_empty());
    }
}
