//! What the keys of looking closely and of comparing do.

use super::{Action, Compare, CompareMode, Decision, Screen, Step, Studio, Tone, TurnBy};
use crate::engine::Cause;
use crate::library::PictureId;
use egui::emath::vec2;

impl Studio {
    pub(super) fn toggle_full_screen(&mut self) {
        if !matches!(self.screen, Screen::Viewer | Screen::Compare) {
            self.open_viewer();
        }
        self.full_screen = !self.full_screen && matches!(self.screen, Screen::Viewer | Screen::Compare);
    }

    /// Turns the view of the picture that is looked at.
    pub(super) fn turn(&mut self, by: TurnBy) {
        if self.about.is_none() && !matches!(self.screen, Screen::Viewer | Screen::Compare) {
            return;
        }
        for id in self.subjects() {
            if let Some(size) = self.collection.picture(&id).and_then(|picture| picture.size) {
                self.viewer.turn_by(&id, by, vec2(size.width as f32, size.height as f32));
            }
        }
    }

    /// Changes how pictures are compared, and what that is set to.
    pub(super) fn compare_otherwise(&mut self, action: Action) {
        let compare = &mut self.compare;
        match action {
            Action::NextMode => compare.set_mode(compare.mode().turned(1)),
            Action::PreviousMode => compare.set_mode(compare.mode().turned(-1)),
            Action::LessOfMode => compare.how.step(-1.0),
            Action::MoreOfMode => compare.how.step(1.0),
            Action::NextAlignment => compare.how.next_alignment(),
            Action::ResetOffsets => compare.reset_offsets(),
            Action::ToggleBlink => {
                compare.set_mode(CompareMode::Blink);
                compare.blink.toggle();
            }
            // The other picture is seen while its key is held.
            _ => {}
        }
    }

    /// Compares the selected pictures; after culling, those that are left.
    pub(super) fn show_compare(&mut self) {
        let culls = matches!(self.compare.mode(), CompareMode::Champion | CompareMode::Survey);
        if culls {
            self.compare.set_mode(CompareMode::SideBySide);
        }
        if !culls || self.screen != Screen::Compare {
            self.start_compare(self.selection.in_order(&self.collection));
        }
    }

    /// Chooses among the pictures that are compared, or among the selected ones.
    pub(super) fn cull(&mut self, mode: CompareMode) {
        let before = self.compare.mode();
        self.compare.set_mode(mode);
        if self.screen != Screen::Compare {
            self.start_compare(self.selection.in_order(&self.collection));
        }
        if self.screen != Screen::Compare {
            self.compare.set_mode(before);
        }
    }

    pub(super) fn start_compare(&mut self, ids: Vec<PictureId>) {
        if ids.len() >= 2 {
            // Champions meet them all, one after the other.
            if ids.len() > Compare::MAX && self.compare.mode() != CompareMode::Champion {
                self.notices.say(Tone::Info, format!("The first {} are compared", Compare::MAX), None);
            }
            self.lay_out(ids);
        } else if self.compare.ids().len() < 2 {
            self.notices.say(Tone::Info, "Select two to sixteen pictures to compare them", None);
            return;
        }
        self.screen = Screen::Compare;
    }
    /// Puts these on the table, and nobody is left who was decided about.
    pub(super) fn lay_out(&mut self, ids: impl IntoIterator<Item = PictureId>) {
        self.compare.set(ids);
        self.undo.forget_decisions();
    }

    /// Decides between champion and challenger; undo knows of it.
    pub(super) fn decided(&mut self, decide: impl FnOnce(&mut Compare) -> Option<Decision>) {
        if let Some(back) = decide(&mut self.compare) {
            self.undo.remember(Step::Decide(back), Cause::Asked);
        }
    }

    /// Takes a decision back or makes it again; says whether it still stands.
    pub(super) fn decide_again(&mut self, decision: &Decision, cause: Cause) -> bool {
        let Some(reverse) = self.compare.decide(decision) else { return false };
        self.undo.remember(Step::Decide(reverse), cause);
        if self.screen != Screen::Compare {
            let text = match decision {
                Decision::BringBack(_) => "A decision in compare is taken back",
                _ => "A decision in compare is made again",
            };
            self.notices.say(Tone::Info, text, None);
        }
        true
    }
}
