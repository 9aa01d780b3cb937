//! Rating, labelling and stacking: what the keys of the light table do.

use super::{Shelf, Studio};
use crate::engine::{Cause, Engine, Order};
use crate::library::{Edit, MarkChange, Picture, RunEntry, RunId};
use crate::plan::{Flag, Label, Marks};

impl Studio {
    /// Changes the marks of the pictures a key is about; does nothing without any.
    pub(super) fn mark(&mut self, change: MarkChange, engine: &Engine) {
        let ids = self.subjects();
        if !ids.is_empty() {
            engine.send(Order::Edit(Edit::Mark { ids, change }, Cause::Asked));
        }
    }

    /// Gives a label, or takes it away when all have it.
    pub(super) fn mark_label(&mut self, label: Label, engine: &Engine) {
        let has = |id| self.collection.picture(id).is_some_and(|picture| picture.marks.label == Some(label));
        let all = self.subjects().iter().all(has);
        self.mark(MarkChange::Label((!all).then_some(label)), engine);
    }

    /// Opens or closes the stack of the active picture.
    pub(super) fn toggle_stack(&mut self) {
        let Some(run) = self.selection.active().and_then(|id| self.collection.run_of(id)).map(|run| run.id.clone())
        else {
            return;
        };
        self.toggle_stack_of(run);
    }

    /// Opens or closes the stack of a run.
    pub(super) fn toggle_stack_of(&mut self, run: RunId) {
        if !self.open_stacks.remove(&run) {
            self.open_stacks.insert(run);
        }
    }

    /// Says whether a run shows only its best picture.
    pub fn is_stacked(&self, entry: &RunEntry) -> bool {
        let closed = self.layout.stacked != self.open_stacks.contains(&entry.run.id);
        closed && entry.pictures.len() > 1 && self.layout.shelf == Shelf::All
    }
}

/// Returns the place of the picture that stands for a run: picked before unflagged before rejected, then the most
/// stars, then the first.
pub fn best_of<'a>(pictures: impl IntoIterator<Item = &'a Picture>) -> Option<usize> {
    let worth = |marks: &Marks| {
        let flag = match marks.flag {
            Some(Flag::Pick) => 2,
            None => 1,
            Some(Flag::Reject) => 0,
        };
        (flag, marks.stars)
    };
    let mut best = None;
    for (place, picture) in pictures.into_iter().enumerate() {
        let worth = worth(&picture.marks);
        if best.is_none_or(|(_, most)| worth > most) {
            best = Some((place, worth));
        }
    }
    best.map(|(place, _)| place)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::testing::picture;

    #[test]
    fn the_best_of_a_run_is_picked_then_has_most_stars_then_comes_first() {
        let of = |marks: &[(u8, Option<Flag>)]| {
            let marked = |(n, &(stars, flag)): (usize, &(u8, Option<Flag>))| Picture {
                marks: Marks { stars, flag, ..Marks::default() },
                ..picture(1, n as i64)
            };
            best_of(&marks.iter().enumerate().map(marked).collect::<Vec<_>>())
        };
        assert_eq!(of(&[]), None);
        assert_eq!(of(&[(0, None), (0, None)]), Some(0));
        assert_eq!(of(&[(1, None), (3, None), (3, None)]), Some(1));
        assert_eq!(of(&[(5, Some(Flag::Reject)), (0, None), (1, Some(Flag::Pick))]), Some(2));
    }
}
