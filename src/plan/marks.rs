//! What an artist says about a picture: stars, flag, label, tags and collections.
//!
//! May import nothing of ours. Invariant: marks that went through [`Marks::tidied`] (all that were read from a file
//! have) hold at most five stars, and tags and collections that are clean, sorted and unique.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;
use std::fmt;

/// Most stars.
pub const MOST_STARS: u8 = 5;
/// Longest tag or name of a collection, characters.
const LONGEST_NAME: usize = 100;

/// Whether a picture is a keeper.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Flag {
    Pick,
    Reject,
}

/// A colour label. What the colours mean is the artist's affair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Label {
    Red,
    Yellow,
    Green,
    Blue,
    Purple,
}

impl Label {
    /// All labels in the order of the keys 6 to 9; purple has none.
    pub const ALL: [Self; 5] = [Self::Red, Self::Yellow, Self::Green, Self::Blue, Self::Purple];

    /// Returns the lower-case word, as in files and in searches.
    pub fn word(self) -> &'static str {
        match self {
            Self::Red => "red",
            Self::Yellow => "yellow",
            Self::Green => "green",
            Self::Blue => "blue",
            Self::Purple => "purple",
        }
    }

    /// Returns the label that a word names, in any case.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|label| label.word().eq_ignore_ascii_case(word))
    }
}

impl fmt::Display for Label {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Everything an artist says about a picture.
///
/// Reading never fails for a value that this version does not understand: too many stars are five, an unknown flag or
/// label is none, a tag that is no text is left out.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Read")]
pub struct Marks {
    /// 0 to 5; 0: not rated.
    #[serde(skip_serializing_if = "is_zero")]
    pub stars: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flag: Option<Flag>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub label: Option<Label>,
    /// Sorted, each once whatever its case, without spaces around it.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Names of collections, in the same order and shape as tags.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub collections: Vec<String>,
}

impl Marks {
    /// Says whether nothing is marked.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// Returns the marks with at most five stars and clean, sorted, unique names.
    #[must_use]
    pub fn tidied(self) -> Self {
        let Self { stars, flag, label, tags, collections } = self;
        Self { stars: stars.min(MOST_STARS), flag, label, tags: tidy_names(tags), collections: tidy_names(collections) }
    }

    /// Adds a tag; says whether it was not there yet. A text that is no name adds nothing.
    pub fn add_tag(&mut self, tag: &str) -> bool {
        add(&mut self.tags, tag)
    }

    /// Removes a tag, in whatever case; says whether it was there.
    pub fn remove_tag(&mut self, tag: &str) -> bool {
        remove(&mut self.tags, tag)
    }

    /// Adds to a collection; says whether it was not in it yet. A text that is no name adds nothing.
    pub fn add_to(&mut self, collection: &str) -> bool {
        add(&mut self.collections, collection)
    }

    /// Removes from a collection, in whatever case of its name; says whether it was in it.
    pub fn remove_from(&mut self, collection: &str) -> bool {
        remove(&mut self.collections, collection)
    }
}

/// Returns a tag or the name of a collection as it is kept: one space between words, nothing invisible, at most 100
/// characters. `None`: nothing is left.
pub fn clean_name(text: &str) -> Option<String> {
    let words = text.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty());
    let name: String = words.collect::<Vec<_>>().join(" ").chars().take(LONGEST_NAME).collect();
    let name = name.trim_end();
    (!name.is_empty()).then(|| name.to_owned())
}

/// What decides whether two names are the same, and their order.
fn key(name: &str) -> String {
    name.to_lowercase()
}

fn tidy_names(names: Vec<String>) -> Vec<String> {
    let mut names: Vec<String> = names.iter().filter_map(|name| clean_name(name)).collect();
    // Stable: of two spellings the first stays.
    names.sort_by_cached_key(|name| key(name));
    names.dedup_by(|a, b| key(a) == key(b));
    names
}

fn add(names: &mut Vec<String>, name: &str) -> bool {
    let Some(name) = clean_name(name) else { return false };
    let wanted = key(&name);
    match names.binary_search_by(|held| key(held).cmp(&wanted)) {
        Ok(_) => false,
        Err(at) => {
            names.insert(at, name);
            true
        }
    }
}

fn remove(names: &mut Vec<String>, name: &str) -> bool {
    let Some(name) = clean_name(name) else { return false };
    let (before, wanted) = (names.len(), key(&name));
    names.retain(|held| key(held) != wanted);
    names.len() < before
}

fn is_zero(stars: &u8) -> bool {
    *stars == 0
}

/// Marks as some file has them.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Read {
    #[serde(deserialize_with = "stars")]
    stars: u8,
    #[serde(deserialize_with = "known")]
    flag: Option<Flag>,
    #[serde(deserialize_with = "known")]
    label: Option<Label>,
    #[serde(deserialize_with = "texts")]
    tags: Vec<String>,
    #[serde(deserialize_with = "texts")]
    collections: Vec<String>,
}

impl From<Read> for Marks {
    fn from(Read { stars, flag, label, tags, collections }: Read) -> Self {
        Self { stars, flag, label, tags, collections }.tidied()
    }
}

fn stars<'de, D: Deserializer<'de>>(deserializer: D) -> Result<u8, D::Error> {
    let number = Value::deserialize(deserializer)?.as_f64().unwrap_or(0.0);
    Ok(number.clamp(0.0, f64::from(MOST_STARS)) as u8)
}

fn known<'de, D: Deserializer<'de>, T: serde::de::DeserializeOwned>(deserializer: D) -> Result<Option<T>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    Ok(serde_json::from_value(value).ok())
}

fn texts<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<String>, D::Error> {
    let Value::Array(values) = Value::deserialize(deserializer)? else { return Ok(Vec::new()) };
    let text = |value| if let Value::String(text) = value { Some(text) } else { None };
    Ok(values.into_iter().filter_map(text).collect())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn marks_are_written_in_plain_words_without_what_is_empty() {
        assert_eq!(serde_json::to_string(&Marks::default()).unwrap(), "{}");
        let marks = Marks {
            stars: 4,
            flag: Some(Flag::Pick),
            label: Some(Label::Purple),
            tags: names(&["fox"]),
            collections: names(&["book cover"]),
        };
        let text = r#"{"stars":4,"flag":"pick","label":"purple","tags":["fox"],"collections":["book cover"]}"#;
        assert_eq!(serde_json::to_string(&marks).unwrap(), text);
        assert_eq!(serde_json::from_str::<Marks>(text).unwrap(), marks);
    }

    #[test]
    fn what_is_not_understood_is_read_as_nothing_and_loses_nothing_else() {
        for (text, stars, flag, label, tags) in [
            ("{}", 0, None, None, vec![]),
            (r#"{"stars":99}"#, 5, None, None, vec![]),
            (r#"{"stars":-3}"#, 0, None, None, vec![]),
            (r#"{"stars":3.7,"flag":"maybe"}"#, 3, None, None, vec![]),
            (r#"{"stars":"five","label":"red"}"#, 0, None, Some(Label::Red), vec![]),
            (r#"{"stars":null,"flag":"reject","label":7}"#, 0, Some(Flag::Reject), None, vec![]),
            (r#"{"tags":["b"," a ",3,"B",""],"later":{"x":1}}"#, 0, None, None, names(&["a", "b"])),
            (r#"{"tags":"a"}"#, 0, None, None, vec![]),
        ] {
            let marks: Marks = serde_json::from_str(text).unwrap();
            assert_eq!(marks, Marks { stars, flag, label, tags, collections: vec![] }, "{text}");
        }
    }

    #[test]
    fn a_name_is_the_same_in_any_case_and_keeps_its_first_spelling() {
        let mut marks = Marks::default();
        assert!(marks.add_tag("  Sea \t view ") && marks.add_tag("fox") && marks.add_tag("École"));
        assert!(!marks.add_tag("sea VIEW") && !marks.add_tag("école") && !marks.add_tag(" \n"));
        assert_eq!(marks.tags, names(&["fox", "Sea view", "École"]));
        assert!(marks.remove_tag("FOX") && !marks.remove_tag("fox"));
        assert_eq!(marks.tags, names(&["Sea view", "École"]));
        assert!(marks.add_to("Covers") && !marks.add_to("covers") && marks.remove_from("COVERS"));
        assert_eq!(marks.collections, names(&[]));
    }

    #[test]
    fn marks_are_empty_only_when_nothing_is_marked() {
        assert!(Marks::default().is_empty());
        assert!(!Marks { stars: 1, ..Marks::default() }.is_empty());
        assert!(!Marks { tags: names(&["fox"]), ..Marks::default() }.is_empty());
    }

    #[test]
    fn every_label_is_found_by_its_word() {
        for label in Label::ALL {
            assert_eq!(Label::named(&label.to_string().to_uppercase()), Some(label));
            assert_eq!(serde_json::to_value(label).unwrap(), label.word());
        }
        assert_eq!(Label::named("none"), None);
    }

    proptest! {
        #[test]
        fn tidy_marks_stay_as_they_are(stars: u8, tags in prop::collection::vec("\\PC{0,8}|.{90,120}", 0..8)) {
            let marks = Marks { stars, tags, ..Marks::default() }.tidied();
            prop_assert!(marks.stars <= MOST_STARS);
            prop_assert_eq!(marks.clone().tidied(), marks.clone());
            let again: Marks = serde_json::from_str(&serde_json::to_string(&marks).unwrap()).unwrap();
            prop_assert_eq!(&again, &marks);
            let mut more = marks.clone();
            for tag in &marks.tags {
                prop_assert!(!more.add_tag(tag), "{tag:?} twice");
            }
        }
    }
}
