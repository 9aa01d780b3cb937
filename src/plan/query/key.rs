//! What can be asked for by name: the keys before the colon.
//!
//! Imports nothing of ours.

use std::fmt;

/// Names what a term asks about. The order is the one in which they are offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Key {
    Model,
    Tag,
    Collection,
    Rating,
    Label,
    Is,
    Has,
    Date,
    Ratio,
    Size,
    Width,
    Height,
    Cost,
    Time,
    Seed,
    Provider,
    File,
}

/// What happens when a chip is pressed while another value of its key is in the search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Joining {
    /// One picture has one value: more of them widen the search.
    Widen,
    /// One picture can have several: more of them narrow it.
    Narrow,
    /// Only one makes sense at a time.
    Replace,
}

impl Key {
    /// All keys, in the order in which they are offered.
    pub const ALL: [Self; 17] = [
        Self::Model,
        Self::Tag,
        Self::Collection,
        Self::Rating,
        Self::Label,
        Self::Is,
        Self::Has,
        Self::Date,
        Self::Ratio,
        Self::Size,
        Self::Width,
        Self::Height,
        Self::Cost,
        Self::Time,
        Self::Seed,
        Self::Provider,
        Self::File,
    ];

    /// Returns the word before the colon.
    pub fn word(self) -> &'static str {
        match self {
            Self::Model => "model",
            Self::Tag => "tag",
            Self::Collection => "collection",
            Self::Rating => "rating",
            Self::Label => "label",
            Self::Is => "is",
            Self::Has => "has",
            Self::Date => "date",
            Self::Ratio => "ratio",
            Self::Size => "size",
            Self::Width => "width",
            Self::Height => "height",
            Self::Cost => "cost",
            Self::Time => "time",
            Self::Seed => "seed",
            Self::Provider => "provider",
            Self::File => "file",
        }
    }

    /// Returns the key that a word names, in any case.
    pub fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|key| key.word().eq_ignore_ascii_case(word))
    }

    /// Says, for people, what the key takes, with an example: `stars: 3, >=3 or 2..4`.
    pub fn about(self) -> &'static str {
        match self {
            Self::Model => "the model, by name or id: flux",
            Self::Tag => "a tag: fox",
            Self::Collection => "a collection: \"book cover\"",
            Self::Rating => "stars: 3, >=3 or 2..4",
            Self::Label => "a label: red, yellow, green, blue, purple or none",
            Self::Is => "picked, rejected, unflagged, rated, unrated, imported, trashed, or a format such as svg",
            Self::Has => "reference, tag, collection, label, seed or cost",
            Self::Date => "a day, month or year: 2026-11-22, 2026-11, today, week, 2026-10..2026-11",
            Self::Ratio => "16:9, landscape, portrait or square",
            Self::Size => "the longer side: >=2k, or pixels: 1024x1024",
            Self::Width => "pixels: >=1024",
            Self::Height => "pixels: >=1024",
            Self::Cost => "US dollars: >0.05 or unknown",
            Self::Time => "how long it took: >10s or <2m",
            Self::Seed => "the seed: 7",
            Self::Provider => "who made it: fal",
            Self::File => "the name of the file: lake",
        }
    }

    /// Returns the values that need no library to be offered.
    pub(super) fn usual(self) -> &'static [&'static str] {
        match self {
            Self::Rating => &[">=3", ">=4", "5", "0"],
            Self::Label => &["red", "yellow", "green", "blue", "purple", "none"],
            Self::Is => &[
                "picked",
                "rejected",
                "unflagged",
                "rated",
                "unrated",
                "imported",
                "trashed",
                "svg",
                "png",
                "jpeg",
                "webp",
                "gif",
            ],
            Self::Has => &["reference", "tag", "collection", "label", "seed", "cost"],
            Self::Date => &["today", "yesterday", "week", "month"],
            Self::Ratio => &["landscape", "portrait", "square"],
            Self::Size => &[">=1k", ">=2k", ">=4k"],
            Self::Cost => &["unknown", ">0.05"],
            Self::Time => &[">10s", ">1m"],
            _ => &[],
        }
    }

    /// Says whether the values are texts of the artist or the service, which are quoted when a value is meant exactly.
    pub(super) fn is_name(self) -> bool {
        matches!(self, Self::Model | Self::Tag | Self::Collection | Self::Provider | Self::File)
    }

    pub(super) fn joining(self) -> Joining {
        match self {
            Self::Model | Self::Provider | Self::Label | Self::Is | Self::Ratio | Self::File => Joining::Widen,
            Self::Tag | Self::Collection | Self::Has => Joining::Narrow,
            _ => Joining::Replace,
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_found_by_its_word() {
        for key in Key::ALL {
            assert_eq!(Key::named(&key.word().to_uppercase()), Some(key));
        }
        assert!(Key::ALL.is_sorted());
        assert_eq!(Key::named("colour"), None);
    }
}
