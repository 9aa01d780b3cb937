//! How many pictures are in each collection and have each tag, and how much lies in the trash.
//!
//! Pure. Counted once for each state of the library, never in every frame. Invariant: a name counts in any case and is
//! shown as it was first met.

use super::common::Name;
use super::layout::bytes_text;
use super::model_facts::age_text;
use crate::library::{LibraryContents, UserLists};
use std::collections::BTreeMap;

/// What is in the library, by name.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tallies {
    /// By name in lower case.
    collections: BTreeMap<String, Name>,
    /// By name; without those that only pictures in the trash have.
    pub tags: Vec<Name>,
    /// Of the pictures in the trash together.
    pub trash_bytes: u64,
    /// When the oldest of them was thrown away, Unix milliseconds; `None`: the trash is empty.
    pub trash_oldest_ms: Option<i64>,
}

impl Tallies {
    pub fn of(collection: &LibraryContents) -> Self {
        let (mut collections, mut tags) = (BTreeMap::new(), BTreeMap::new());
        for picture in collection.runs().flat_map(|entry| &entry.pictures) {
            count(&mut collections, &picture.marks.collections);
            count(&mut tags, &picture.marks.tags);
        }
        let trashed = collection.trashed();
        Self {
            collections,
            tags: tags.into_values().collect(),
            trash_bytes: trashed.iter().map(|picture| picture.bytes).sum(),
            trash_oldest_ms: trashed.iter().filter_map(|picture| picture.trashed_ms).min(),
        }
    }

    /// Returns all collections with their pictures counted: in the artist's order, also empty ones, then those that
    /// only pictures know of.
    pub fn collections(&self, shelves: &UserLists) -> Vec<Name> {
        let mut left = self.collections.clone();
        let shelved = shelves.collections.iter().map(|text| {
            let count = left.remove(&text.to_lowercase()).map_or(0, |name| name.count);
            Name { text: text.clone(), count }
        });
        let mut all: Vec<Name> = shelved.collect();
        all.extend(left.into_values());
        all
    }
}

fn count(names: &mut BTreeMap<String, Name>, held: &[String]) {
    for text in held {
        let name = names.entry(text.to_lowercase());
        name.or_insert_with(|| Name { text: text.clone(), count: 0 }).count += 1;
    }
}

/// Returns up to `most` names for what has been typed: those that begin with it, then those that contain it; each by
/// name. Nothing typed: none.
pub fn suggestions<'a>(names: &'a [Name], typed: &str, most: usize) -> Vec<&'a Name> {
    let typed = typed.trim().to_lowercase();
    if typed.is_empty() {
        return Vec::new();
    }
    let place = |name: &Name| name.text.to_lowercase().find(&typed).map(|at| at > 0);
    let mut found: Vec<_> = names.iter().filter_map(|name| Some((place(name)?, name))).collect();
    found.sort_by_key(|(inside, _)| *inside);
    found.into_iter().map(|(_, name)| name).take(most).collect()
}

/// Returns how much lies in the trash and for how long: `48 MB, the oldest from 3 days ago`; empty without any.
pub fn trash_text(tallies: &Tallies, now_ms: i64) -> String {
    match tallies.trash_oldest_ms {
        None => String::new(),
        Some(then) => format!("{}, the oldest from {}", bytes_text(tallies.trash_bytes), age_text(now_ms, then)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::Picture;
    use crate::library::testing::{picture, run};
    use crate::plan::Marks;

    fn marked(n: i64, tags: &[&str], collections: &[&str]) -> Picture {
        let mut marks = Marks::default();
        assert!(tags.iter().all(|tag| marks.add_tag(tag)) && collections.iter().all(|name| marks.add_to(name)));
        Picture { marks, ..picture(1, n) }
    }

    fn pairs(names: &[Name]) -> Vec<(&str, usize)> {
        names.iter().map(|name| (name.text.as_str(), name.count)).collect()
    }

    #[test]
    fn collections_come_in_the_artists_order_and_unknown_ones_after() {
        let pictures = vec![
            marked(0, &["fox"], &["Covers", "found"]),
            marked(1, &["Fox", "sea"], &["covers"]),
            marked(2, &[], &[]),
        ];
        let thrown = Picture { trashed_ms: Some(7), bytes: 40, ..marked(3, &["gone"], &["Covers"]) };
        let older = Picture { trashed_ms: Some(5), bytes: 2, ..marked(4, &[], &[]) };
        let tallies = Tallies::of(&LibraryContents::new(vec![run(1)], pictures, vec![thrown, older]));
        let shelves = UserLists { collections: vec!["Empty".into(), "Covers".into()], ..UserLists::default() };
        assert_eq!(pairs(&tallies.collections(&shelves)), [("Empty", 0), ("Covers", 2), ("found", 1)]);
        assert_eq!(pairs(&tallies.tags), [("fox", 2), ("sea", 1)]);
        assert_eq!((tallies.trash_bytes, tallies.trash_oldest_ms), (42, Some(5)));
    }

    #[test]
    fn what_begins_with_the_text_is_suggested_before_what_contains_it() {
        let names: Vec<Name> =
            ["arctic fox", "fox", "Foxglove", "sea"].map(|text| Name { text: text.into(), count: 1 }).into();
        let found = |typed: &str, most: usize| -> Vec<String> {
            suggestions(&names, typed, most).into_iter().map(|name| name.text.clone()).collect()
        };
        assert_eq!(found(" FO", 9), ["fox", "Foxglove", "arctic fox"]);
        assert_eq!(found("fo", 2), ["fox", "Foxglove"]);
        assert!(found(" ", 9).is_empty() && found("x y", 9).is_empty());
    }

    #[test]
    fn the_trash_tells_its_size_and_age() {
        let mut tallies = Tallies::default();
        assert_eq!(trash_text(&tallies, 0), "");
        tallies.trash_bytes = 48_000_000;
        tallies.trash_oldest_ms = Some(1_000);
        assert_eq!(trash_text(&tallies, 3 * 86_400_000 + 1_000), "48 MB, the oldest from 3 days ago");
    }
}
