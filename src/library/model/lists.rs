//! What the artist says of pictures, and what is made beside them: collections, saved searches, favourite prompts.
//!
//! Invariant: every change can be taken back.

use super::id::{PictureId, RunId};
use super::picture::Picture;
use crate::plan::{Flag, Label, Marks, clean_name};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// One thing to change about the marks of some pictures.
#[derive(Clone, Debug, PartialEq)]
pub enum MarkChange {
    Stars(u8),
    Flag(Option<Flag>),
    Label(Option<Label>),
    AddTag(String),
    RemoveTag(String),
    AddToCollection(String),
    RemoveFromCollection(String),
}

impl MarkChange {
    /// Changes `marks`.
    pub fn apply(&self, marks: &mut Marks) {
        match self {
            Self::Stars(stars) => marks.stars = (*stars).min(crate::plan::MOST_STARS),
            Self::Flag(flag) => marks.flag = *flag,
            Self::Label(label) => marks.label = *label,
            Self::AddTag(tag) => _ = marks.add_tag(tag),
            Self::RemoveTag(tag) => _ = marks.remove_tag(tag),
            Self::AddToCollection(name) => _ = marks.add_to(name),
            Self::RemoveFromCollection(name) => _ = marks.remove_from(name),
        }
    }
}

/// What the artist made beside the pictures; kept in the index and in `shelves.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct UserLists {
    /// Names of collections in the artist's order, also of empty ones.
    pub collections: Vec<String>,
    pub searches: Vec<SavedSearch>,
    /// Prompts worth keeping at hand, by their run.
    pub favourite_prompts: BTreeSet<RunId>,
}

/// A search that is kept under a name.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct SavedSearch {
    pub name: String,
    /// As it stands in the search field.
    pub query: String,
}

/// A change of what the artist says of the library; every one can be taken back.
#[derive(Clone, Debug, PartialEq)]
pub enum Edit {
    Mark {
        ids: Vec<PictureId>,
        change: MarkChange,
    },
    /// In every picture that is in it; the new name may be one that is there already.
    RenameCollection {
        from: String,
        to: String,
    },
    /// The pictures stay in the library.
    RemoveCollection(String),
    /// Puts these shelves in the place of those that are there.
    SetUserLists(UserLists),
    /// Keeps the prompts of these runs at hand, or no longer.
    FavouritePrompts {
        runs: Vec<RunId>,
        on: bool,
    },
    /// Puts back what was before.
    Revert(PreviousValues),
}

/// What an edit replaced.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PreviousValues {
    pub marks: Vec<(PictureId, Marks)>,
    /// `None`: the shelves stay as they are.
    pub shelves: Option<UserLists>,
}

/// What an edit changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EditResult {
    /// As they are now; those that an edit left as they were are not among them.
    pub pictures: Vec<Picture>,
    /// `None`: unchanged.
    pub shelves: Option<UserLists>,
    pub before: PreviousValues,
}

impl UserLists {
    /// Adds a collection unless there is one of this name.
    pub fn add(&mut self, collection: &str) {
        if let Some(name) = clean_name(collection)
            && !self.collections.iter().any(|other| same(other, &name))
        {
            self.collections.push(name);
        }
    }

    pub(in crate::library) fn rename(&mut self, from: &str, to: &str) {
        let place = self.collections.iter().position(|name| same(name, from));
        self.collections.retain(|name| !same(name, from));
        if let (Some(place), Some(to)) = (place, clean_name(to))
            && !self.collections.iter().any(|name| same(name, &to))
        {
            self.collections.insert(place.min(self.collections.len()), to);
        }
    }
}

/// Says whether two names are one to the artist.
pub(in crate::library) fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}
