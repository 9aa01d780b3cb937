//! Which characters the faces have, read from each once.
//!
//! Imports skrifa. A text in a script that the first face lacks asks for every character. The segments of a face's
//! character map are read when it is first asked and kept for as long as the process lives; only a face that may have
//! the character is asked itself. A face whose file cannot be read has none.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use resvg::usvg::fontdb::{Database, FaceInfo, Source};
use skrifa::FontRef;
use skrifa::charmap::Charmap;
use skrifa::raw::TableProvider;
use skrifa::raw::tables::cmap::CmapSubtable;

/// First and last characters of ranges, in order.
type Ranges = Vec<(u32, u32)>;

/// By the file (in memory: the name) and the number of the face in it.
static KNOWN: Mutex<Option<HashMap<(String, u32), Ranges>>> = Mutex::new(None);

#[cfg(test)]
thread_local! {
    /// How often this thread has asked for a character.
    pub(super) static ASKED: std::cell::Cell<u32> = const { std::cell::Cell::new(0) };
}

/// Tells whether a face has a character.
pub(super) fn has(database: &Database, face: &FaceInfo, c: char) -> bool {
    #[cfg(test)]
    ASKED.set(ASKED.get() + 1);
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
        && database.with_face_data(face.id, |bytes, index| maps(bytes, index, c)) == Some(true)
}

/// Whether a face has a character, by its map.
fn maps(bytes: &[u8], index: u32, c: char) -> bool {
    FontRef::from_index(bytes, index).is_ok_and(|font| Charmap::new(&font).map(c).is_some())
}

/// Reads which characters a face may have: no other ones.
fn ranges(bytes: &[u8], index: u32) -> Option<Ranges> {
    let font = FontRef::from_index(bytes, index).ok()?;
    let cmap = font.cmap().ok()?;
    let mut all = Ranges::new();
    for record in cmap.encoding_records() {
        match record.subtable(cmap.offset_data()) {
            Ok(CmapSubtable::Format4(table)) => {
                let ends = table.end_code().iter().map(|end| u32::from(end.get()));
                all.extend(table.start_code().iter().map(|start| u32::from(start.get())).zip(ends));
            }
            Ok(CmapSubtable::Format12(table)) => {
                let groups = table.groups().iter();
                all.extend(groups.map(|group| (group.start_char_code(), group.end_char_code())));
            }
            // Whatever else there is, one has to ask.
            Ok(_) => all.push((0, 0x0010_ffff)),
            Err(_) => {}
        }
    }
    all.sort_unstable();
    Some(joined(&all))
}

fn joined(all: &[(u32, u32)]) -> Ranges {
    let mut ranges = Ranges::new();
    for (first, last) in all.iter().filter(|(first, last)| first <= last) {
        match ranges.last_mut() {
            Some((_, end)) if *first <= end.saturating_add(1) => *end = (*end).max(*last),
            _ => ranges.push((*first, *last)),
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
        let ranges = joined(&[(3, 4), (3, 5), (9, 9), (11, 11), (12, 7)]);
        assert_eq!(ranges, [(3, 5), (9, 9), (11, 11)]);
        let held: Vec<u32> = (0..20).filter(|c| contains(&ranges, *c)).collect();
        assert_eq!(held, [3, 4, 5, 9, 11]);
        assert!(!contains(&[], 7));
    }
}
