//! Which characters the faces have, read from each once.
//!
//! Imports skrifa. A text in a script that the first face lacks asks for every character; what a face has is read when
//! it is first asked and kept as ranges for as long as the process lives. A face whose file cannot be read has none.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use resvg::usvg::fontdb::{Database, FaceInfo, Source};
use skrifa::FontRef;
use skrifa::charmap::Charmap;

/// First and last characters of ranges, in order.
type Ranges = Vec<(u32, u32)>;

/// By the file (empty: in memory) and the number of the face in it.
static KNOWN: Mutex<Option<HashMap<(String, u32), Ranges>>> = Mutex::new(None);

/// Tells whether a face has a character.
pub(super) fn has(database: &Database, face: &FaceInfo, c: char) -> bool {
    let name = match &face.source {
        Source::File(file) => file.to_string_lossy().into_owned(),
        // Of fonts in memory there is one.
        _ => face.post_script_name.clone(),
    };
    let mut known = KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    let ranges = known
        .get_or_insert_with(HashMap::new)
        .entry((name, face.index))
        .or_insert_with(|| database.with_face_data(face.id, ranges).flatten().unwrap_or_default());
    contains(ranges, u32::from(c))
}

fn ranges(bytes: &[u8], index: u32) -> Option<Ranges> {
    let font = FontRef::from_index(bytes, index).ok()?;
    let mut characters: Vec<u32> = Charmap::new(&font).mappings().map(|(c, _)| c).collect();
    characters.sort_unstable();
    Some(joined(&characters))
}

fn joined(characters: &[u32]) -> Ranges {
    let mut ranges: Ranges = Vec::new();
    for c in characters {
        match ranges.last_mut() {
            Some((_, last)) if *c <= last.saturating_add(1) => *last = *c,
            _ => ranges.push((*c, *c)),
        }
    }
    ranges
}

fn contains(ranges: &[(u32, u32)], c: u32) -> bool {
    let after = ranges.partition_point(|(first, _)| *first <= c);
    after.checked_sub(1).and_then(|at| ranges.get(at)).is_some_and(|(_, last)| c <= *last)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_hold_what_they_were_made_of() {
        let ranges = joined(&[3, 4, 5, 9, 9, 11]);
        assert_eq!(ranges, [(3, 5), (9, 9), (11, 11)]);
        let held: Vec<u32> = (0..20).filter(|c| contains(&ranges, *c)).collect();
        assert_eq!(held, [3, 4, 5, 9, 11]);
        assert!(!contains(&[], 7));
    }
}
