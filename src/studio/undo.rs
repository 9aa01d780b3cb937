//! What can be taken back, and done again.
//!
//! A step is learned from what the library says it changed, or the table of champion and challenger, so that nothing is
//! put back that was never done. Invariant: doing something new forgets what was taken back.

use super::{Decision, Studio, Tone};
use crate::engine::{Cause, Engine, Order};
use crate::library::{Edit, PictureId, PreviousValues};

/// Steps remembered at most.
const STEPS: usize = 500;

/// What puts things back as they were.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    Trash(Vec<PictureId>),
    Restore(Vec<PictureId>),
    Put(PreviousValues),
    Decide(Decision),
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

    /// Says whether the next step, back or forth, is a decision in compare, which changes nothing in the library.
    pub fn decides(&self, forth: bool) -> bool {
        let steps = if forth { &self.forth } else { &self.back };
        matches!(steps.last(), Some(Step::Decide(_)))
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
            Step::Decide(decision) => !gone(decision.picture()),
        };
        self.back.retain_mut(kept);
        self.forth.retain_mut(kept);
    }

    /// Forgets the decisions about pictures that do not stand against each other any more.
    pub fn forget_decisions(&mut self) {
        for steps in [&mut self.back, &mut self.forth] {
            steps.retain(|step| !matches!(step, Step::Decide(_)));
        }
    }
}

impl Studio {
    /// Takes the latest step back that still means anything.
    pub(super) fn take_back(&mut self, engine: &Engine) {
        while let Some(step) = self.undo.back() {
            if self.carry_out(step, Cause::Undone, engine) {
                return;
            }
        }
        self.notices.say(Tone::Info, "There is nothing to undo", None);
    }

    /// Does again what was taken back last.
    pub(super) fn do_again(&mut self, engine: &Engine) {
        while let Some(step) = self.undo.forth() {
            if self.carry_out(step, Cause::Redone, engine) {
                return;
            }
        }
        self.notices.say(Tone::Info, "There is nothing to redo", None);
    }

    /// Takes a step back or forth; says whether there was anything to it.
    fn carry_out(&mut self, step: Step, cause: Cause, engine: &Engine) -> bool {
        engine.send(match step {
            Step::Trash(ids) => Order::Trash(ids, cause),
            Step::Restore(ids) => Order::Restore(ids, cause),
            Step::Put(before) => Order::Edit(Edit::Revert(before), cause),
            Step::Decide(decision) => return self.decide_again(&decision, cause),
        });
        true
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

    #[test]
    fn decisions_stand_among_the_other_steps_until_others_are_compared() {
        let decided = |id: &str| Step::Decide(Decision::BringBack(PictureId(id.into())));
        let mut undo = Undo::default();
        for step in [decided("a"), trash("a"), decided("b"), trash("c")] {
            let decides = matches!(step, Step::Decide(_));
            undo.remember(step, Cause::Asked);
            assert_eq!((undo.decides(false), undo.decides(true)), (decides, false));
        }
        undo.forget(|id| id.0 == "a");
        assert_eq!((undo.back(), undo.back(), undo.back()), (Some(trash("c")), Some(decided("b")), None));
        undo.remember(decided("b"), Cause::Asked);
        undo.remember(trash("c"), Cause::Asked);
        undo.remember(decided("d"), Cause::Undone);
        undo.forget_decisions();
        assert_eq!((undo.back(), undo.back(), undo.forth()), (Some(trash("c")), None, None));
    }
}
