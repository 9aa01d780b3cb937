//! What the artist says of pictures: into the index at once, into the side files soon after.
//!
//! A change is committed together with a note that the side file is stale; [`Library::freshen_sides`] writes the files
//! a few at a time, so that rating a thousand pictures holds nothing up. Invariant: what the index says and the side
//! file does not is noted in `stale_sides`, also after a crash.

use super::super::folder::paths::{INCOMING, SHELVES_FILE};
use super::super::folder::scan;
use super::super::folder::sidecar::write_side;
use super::super::{Library, Picture, PictureId, Result, RunId};
use super::pictures::marks_text;
use crate::plan::{Flag, Label, Marks, clean_name};
use rusqlite::params;
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
    AddTo(String),
    RemoveFrom(String),
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
            Self::AddTo(name) => _ = marks.add_to(name),
            Self::RemoveFrom(name) => _ = marks.remove_from(name),
        }
    }
}

/// What the artist made beside the pictures; kept in the index and in `shelves.json`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Shelves {
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
    Shelve(Shelves),
    /// Keeps the prompts of these runs at hand, or no longer.
    FavouritePrompts {
        runs: Vec<RunId>,
        on: bool,
    },
    /// Puts back what was before.
    Put(Before),
}

/// What an edit replaced.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Before {
    pub marks: Vec<(PictureId, Marks)>,
    /// `None`: the shelves stay as they are.
    pub shelves: Option<Shelves>,
}

/// What an edit changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Edited {
    /// As they are now; those that an edit left as they were are not among them.
    pub pictures: Vec<Picture>,
    /// `None`: unchanged.
    pub shelves: Option<Shelves>,
    pub before: Before,
}

/// Stands in `stale_sides` for `shelves.json`.
pub(in crate::library) const SHELVES: &str = "shelves";

impl Library {
    /// Carries out an edit, all or nothing, and returns what is different now.
    ///
    /// Pictures that are not known (any more) are left out. The files follow by [`Library::freshen_sides`].
    pub fn edit(&mut self, edit: &Edit) -> Result<Edited> {
        let mut edited = Edited::default();
        let shelves = self.shelves()?;
        let mut wanted = shelves.clone();
        match edit {
            Edit::Mark { ids, change } => {
                for id in ids {
                    self.change(id, |marks| change.apply(marks), &mut edited)?;
                }
                if let MarkChange::AddTo(name) = change {
                    wanted.add(name);
                }
            }
            Edit::RenameCollection { from, to } => {
                for id in self.members(from)? {
                    let renamed = |marks: &mut Marks| _ = marks.remove_from(from) && marks.add_to(to);
                    self.change(&id, renamed, &mut edited)?;
                }
                wanted.rename(from, to);
            }
            Edit::RemoveCollection(name) => {
                for id in self.members(name)? {
                    self.change(&id, |marks| _ = marks.remove_from(name), &mut edited)?;
                }
                wanted.collections.retain(|other| !same(other, name));
            }
            Edit::Shelve(shelves) => wanted.clone_from(shelves),
            Edit::FavouritePrompts { runs, on: true } => wanted.favourite_prompts.extend(runs.iter().cloned()),
            Edit::FavouritePrompts { runs, on: false } => wanted.favourite_prompts.retain(|run| !runs.contains(run)),
            Edit::Put(before) => {
                for (id, marks) in &before.marks {
                    self.change(id, |now| now.clone_from(marks), &mut edited)?;
                }
                if let Some(shelves) = &before.shelves {
                    wanted.clone_from(shelves);
                }
            }
        }
        if wanted != shelves {
            edited.before.shelves = Some(shelves);
            edited.shelves = Some(wanted);
        }
        self.write_edited(&edited)?;
        Ok(edited)
    }

    fn change(&self, id: &PictureId, apply: impl FnOnce(&mut Marks), edited: &mut Edited) -> Result<()> {
        let Some(mut picture) = self.picture(id)? else { return Ok(()) };
        let before = picture.marks.clone();
        apply(&mut picture.marks);
        if picture.marks != before {
            edited.before.marks.push((id.clone(), before));
            edited.pictures.push(picture);
        }
        Ok(())
    }

    fn members(&self, collection: &str) -> Result<Vec<PictureId>> {
        let marked = self.list("WHERE marks <> ''")?;
        let inside = |picture: &Picture| picture.marks.collections.iter().any(|name| same(name, collection));
        Ok(marked.into_iter().filter(inside).map(|picture| picture.id).collect())
    }

    fn write_edited(&mut self, edited: &Edited) -> Result<()> {
        if edited.pictures.is_empty() && edited.shelves.is_none() {
            return Ok(());
        }
        let all = self.db.transaction()?;
        for picture in &edited.pictures {
            all.prepare_cached("UPDATE pictures SET marks = ?2 WHERE id = ?1")?
                .execute(params![picture.id.0, marks_text(&picture.marks)?])?;
            all.prepare_cached("INSERT OR IGNORE INTO stale_sides VALUES (?1)")?.execute([&picture.id.0])?;
        }
        if let Some(shelves) = &edited.shelves {
            all.prepare_cached("INSERT OR REPLACE INTO settings VALUES (?1, ?2)")?
                .execute(params![SHELVES, serde_json::to_string(shelves)?])?;
            all.prepare_cached("INSERT OR IGNORE INTO stale_sides VALUES (?1)")?.execute([SHELVES])?;
        }
        self.storage.commit(all)
    }

    /// Returns collections, saved searches and favourite prompts.
    pub fn shelves(&self) -> Result<Shelves> {
        Ok(self.setting(SHELVES)?.and_then(|value| serde_json::from_value(value).ok()).unwrap_or_default())
    }

    /// Tries to write up to `most` stale side files, from where the last call ended; says whether some are left to be
    /// tried.
    ///
    /// One that cannot be written holds up no other: it is still noted as stale, and the first error is returned with
    /// the rest done. The next round begins when all were tried.
    pub fn freshen_sides(&mut self, most: usize) -> Result<bool> {
        let after = std::mem::take(&mut self.sides_tried);
        let mut stale: Vec<PictureId> = self
            .db
            .prepare_cached("SELECT picture FROM stale_sides WHERE picture > ?1 ORDER BY picture LIMIT ?2")?
            .query_map(params![after, i64::try_from(most.saturating_add(1)).unwrap_or(i64::MAX)], |row| {
                row.get(0).map(PictureId)
            })?
            .collect::<rusqlite::Result<_>>()?;
        let more = stale.len() > most;
        stale.truncate(most);
        let (mut first, mut written) = (Ok(()), Vec::new());
        for id in &stale {
            match self.freshen(id) {
                Ok(true) => written.push(id),
                Ok(false) => {}
                Err(error) => first = first.and(Err(error)),
            }
        }
        if let Some(last) = stale.last().filter(|_| more) {
            self.sides_tried.clone_from(&last.0);
        }
        if !written.is_empty() {
            let all = self.db.transaction()?;
            for id in written {
                all.prepare_cached("DELETE FROM stale_sides WHERE picture = ?1")?.execute([&id.0])?;
            }
            self.storage.commit(all)?;
        }
        first.map(|()| more)
    }

    /// Says whether a round of [`Library::freshen_sides`] has not come to its end.
    pub fn has_sides_to_try(&self) -> bool {
        !self.sides_tried.is_empty()
    }

    /// Writes one side file; false: its picture is not in its place, and a recipe alone is of no use to anybody.
    fn freshen(&self, id: &PictureId) -> Result<bool> {
        if id.0 == SHELVES {
            return self.write_shelves().map(|()| true);
        }
        // One that is gone has no side file to be kept up to date.
        let Some(picture) = self.picture(id)? else { return Ok(true) };
        if !scan::is_taken(&self.picture_path(&picture)) {
            return Ok(false);
        }
        write_side(&self.storage, &self.dir, &picture, &self.recipe(id)?).map(|()| true)
    }

    fn write_shelves(&self) -> Result<()> {
        let (path, part) = (self.dir.join(SHELVES_FILE), self.dir.join(INCOMING).join("shelves.part"));
        self.storage.replace(&path, &part, &serde_json::to_vec_pretty(&self.shelves()?)?)
    }
}

impl Shelves {
    /// Adds a collection unless there is one of this name.
    pub fn add(&mut self, collection: &str) {
        if let Some(name) = clean_name(collection)
            && !self.collections.iter().any(|other| same(other, &name))
        {
            self.collections.push(name);
        }
    }

    fn rename(&mut self, from: &str, to: &str) {
        let place = self.collections.iter().position(|name| same(name, from));
        self.collections.retain(|name| !same(name, from));
        if let (Some(place), Some(to)) = (place, clean_name(to))
            && !self.collections.iter().any(|name| same(name, &to))
        {
            self.collections.insert(place.min(self.collections.len()), to);
        }
    }
}

fn same(one: &str, other: &str) -> bool {
    one.to_lowercase() == other.to_lowercase()
}
