//! Which pictures are chosen, and which one of them is the active one.

use super::{LibraryContents, Shown};
use crate::library::{Picture, PictureId, place_of};
use std::collections::HashSet;

/// The chosen pictures. New results never change it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    chosen: HashSet<PictureId>,
    active: Option<PictureId>,
    /// Where a range begins.
    anchor: Option<PictureId>,
    /// Grows with every change, so that what follows from it can be kept.
    revision: u64,
}

impl Selection {
    /// Returns the active picture: the one keys act on and the viewer shows.
    pub fn active(&self) -> Option<&PictureId> {
        self.active.as_ref()
    }

    /// Says whether a picture is chosen.
    pub fn contains(&self, id: &PictureId) -> bool {
        self.chosen.contains(id)
    }

    /// Returns the chosen pictures, at most so many, in order of name.
    pub fn some(&self, most: usize) -> Vec<PictureId> {
        let mut ids: Vec<_> = self.chosen.iter().take(most).cloned().collect();
        ids.sort();
        ids
    }

    /// Returns how many are chosen.
    pub fn len(&self) -> usize {
        self.chosen.len()
    }

    /// Says whether none is chosen.
    pub fn is_empty(&self) -> bool {
        self.chosen.is_empty()
    }

    /// Returns a number that grows with every change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Chooses this one alone.
    pub fn only(&mut self, id: PictureId) {
        self.revision += 1;
        self.chosen = HashSet::from([id.clone()]);
        self.anchor = Some(id.clone());
        self.active = Some(id);
    }

    /// Makes one of the chosen pictures the active one.
    pub fn activate(&mut self, id: PictureId) {
        self.revision += 1;
        self.anchor = Some(id.clone());
        self.active = Some(id);
    }

    /// Adds this one or takes it away.
    pub fn toggle(&mut self, id: PictureId) {
        self.revision += 1;
        if self.chosen.remove(&id) {
            if self.active.as_ref() == Some(&id) {
                self.active = self.chosen.iter().min().cloned();
            }
        } else {
            self.chosen.insert(id.clone());
            self.active = Some(id.clone());
        }
        self.anchor = Some(id);
    }

    /// Chooses everything from the anchor to this one.
    pub fn extend_to(&mut self, id: PictureId, shown: &Shown, collection: &LibraryContents) {
        let Some(anchor) = self.anchor.clone() else {
            return self.only(id);
        };
        self.revision += 1;
        self.chosen = shown.between(collection, &anchor, &id).into_iter().collect();
        self.active = Some(id);
    }

    /// Chooses all of these; the first is active unless the active one is among them.
    pub fn set(&mut self, ids: impl IntoIterator<Item = PictureId>) {
        self.revision += 1;
        let ids: Vec<_> = ids.into_iter().collect();
        self.chosen = ids.iter().cloned().collect();
        if self.active.as_ref().is_none_or(|active| !self.chosen.contains(active)) {
            self.active = ids.first().cloned();
        }
        self.anchor.clone_from(&self.active);
    }

    pub fn clear(&mut self) {
        *self = Self { revision: self.revision + 1, ..Self::default() };
    }

    /// Lets go of pictures that are about to leave the grid; the nearest neighbour of the active one takes its
    /// place, so that nobody loses their place. Call it before they leave `shown`.
    pub fn leave(&mut self, gone: &[PictureId], shown: &Shown, collection: &LibraryContents) {
        self.revision += 1;
        let gone: HashSet<&PictureId> = gone.iter().collect();
        self.chosen.retain(|id| !gone.contains(id));
        let Some(active) = self.active.clone().filter(|active| gone.contains(active)) else { return };
        match shown.nearest(collection, &active, |id| !gone.contains(id)) {
            Some(next) if self.chosen.is_empty() => self.only(next),
            next => {
                self.active = self.chosen.iter().min().cloned().or(next);
                self.anchor.clone_from(&self.active);
            }
        }
    }

    /// Returns the chosen pictures in the grid's order (those in the trash last).
    pub fn in_order(&self, collection: &LibraryContents) -> Vec<PictureId> {
        let mut ids: Vec<_> = self.chosen.iter().filter_map(|id| collection.picture(id)).collect();
        let run = |picture: &Picture| collection.run(&picture.run).map(|entry| entry.run.created_ms);
        ids.sort_by(|a, b| run(b).cmp(&run(a)).then_with(|| place_of(a).cmp(&place_of(b))));
        ids.into_iter().map(|picture| picture.id.clone()).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::testing::{picture, run};
    use crate::studio::Studio;

    fn id(text: &str) -> PictureId {
        PictureId(text.into())
    }

    fn sample() -> Studio {
        let mut studio = Studio::new(crate::studio::shown::tests::nothing(), |_| None);
        let pictures = (0..4).rev().map(|n| picture(1, n)).collect();
        studio.collection = LibraryContents::new(vec![run(1)], pictures, vec![]);
        studio.refresh_shown();
        studio
    }

    #[test]
    fn after_a_delete_the_nearest_neighbour_is_active() {
        let Studio { shown, collection, .. } = sample();
        let mut selection = Selection::default();
        selection.only(id("p1.1"));
        selection.leave(&[id("p1.1")], &shown, &collection);
        assert_eq!(selection.active(), Some(&id("p1.2")));
        selection.only(id("p1.3"));
        selection.leave(&[id("p1.3"), id("p1.2")], &shown, &collection);
        assert_eq!(selection.active(), Some(&id("p1.1")), "at the end the one before");
        selection.leave(&[id("p1.0"), id("p1.1"), id("p1.2"), id("p1.3")], &shown, &collection);
        assert_eq!(selection.active(), None);
    }

    #[test]
    fn a_range_starts_at_the_anchor_and_a_toggle_moves_it() {
        let Studio { shown, collection, .. } = sample();
        let mut selection = Selection::default();
        selection.only(id("p1.0"));
        selection.extend_to(id("p1.2"), &shown, &collection);
        assert_eq!(selection.len(), 3);
        selection.toggle(id("p1.1"));
        assert!(!selection.contains(&id("p1.1")));
        assert_eq!(selection.in_order(&collection), [id("p1.0"), id("p1.2")]);
    }
}
