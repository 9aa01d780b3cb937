//! What can be taken back, and done again.
//!
//! A step is learned from what the library says it changed, so that nothing is put back that was never done.
//! Invariant: doing something new forgets what was taken back.

use crate::engine::{Cause, Order};
use crate::library::{Before, Edit, PictureId};

/// Steps remembered at most.
const STEPS: usize = 500;

/// What puts things back as they were.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Trash(Vec<PictureId>),
    Restore(Vec<PictureId>),
    Put(Before),
}

impl Step {
    /// Returns the order that carries the step out.
    pub fn order(self, cause: Cause) -> Order {
        match self {
            Self::Trash(ids) => Order::Trash(ids, cause),
            Self::Restore(ids) => Order::Restore(ids, cause),
            Self::Put(before) => Order::Edit(Edit::Put(before), cause),
        }
    }
}

/// The steps back and forth, latest last.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Undo {
    back: Vec<Step>,
    forth: Vec<Step>,
}

impl Undo {
    /// Notes what would reverse a change that has just been made.
    pub fn remember(&mut self, reverse: Step, cause: Cause) {
        match cause {
            Cause::Undone => self.forth.push(reverse),
            Cause::Redone => self.back.push(reverse),
            Cause::Asked => {
                self.forth.clear();
                self.back.push(reverse);
            }
        }
        if self.back.len() > STEPS {
            self.back.remove(0);
        }
    }

    /// Says whether there is nothing to take back.
    pub fn is_start(&self) -> bool {
        self.back.is_empty()
    }

    /// Says whether nothing was taken back that could be done again.
    pub fn is_end(&self) -> bool {
        self.forth.is_empty()
    }

    /// Takes the latest step back.
    pub fn back(&mut self) -> Option<Step> {
        self.back.pop()
    }

    /// Takes the step that was taken back last.
    pub fn forth(&mut self) -> Option<Step> {
        self.forth.pop()
    }

    /// Forgets the steps about pictures that are gone for good.
    pub fn forget(&mut self, gone: impl Fn(&PictureId) -> bool) {
        let kept = |step: &mut Step| match step {
            Step::Trash(ids) | Step::Restore(ids) => {
                ids.retain(|id| !gone(id));
                !ids.is_empty()
            }
            Step::Put(before) => {
                before.marks.retain(|(id, _)| !gone(id));
                !before.marks.is_empty() || before.shelves.is_some()
            }
        };
        self.back.retain_mut(kept);
        self.forth.retain_mut(kept);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trash(id: &str) -> Step {
        Step::Trash(vec![PictureId(id.into())])
    }

    #[test]
    fn steps_go_back_and_forth_and_a_new_one_ends_the_way_forth() {
        let mut undo = Undo::default();
        undo.remember(trash("a"), Cause::Asked);
        undo.remember(trash("b"), Cause::Asked);
        assert_eq!(undo.back(), Some(trash("b")));
        undo.remember(trash("again b"), Cause::Undone);
        assert_eq!(undo.forth(), Some(trash("again b")));
        undo.remember(trash("b"), Cause::Redone);
        assert_eq!(undo.back(), Some(trash("b")));
        undo.remember(trash("again b"), Cause::Undone);
        undo.remember(trash("c"), Cause::Asked);
        assert_eq!((undo.forth(), undo.back(), undo.back()), (None, Some(trash("c")), Some(trash("a"))));
    }

    #[test]
    fn what_is_gone_for_good_is_not_brought_up_again() {
        let mut undo = Undo::default();
        undo.remember(trash("a"), Cause::Asked);
        undo.remember(Step::Restore(vec![PictureId("a".into()), PictureId("b".into())]), Cause::Asked);
        undo.forget(|id| id.0 == "a");
        assert_eq!(undo.back(), Some(Step::Restore(vec![PictureId("b".into())])));
        assert_eq!(undo.back(), None);
    }
}
