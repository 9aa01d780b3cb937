//! Whether an action would do anything now, and if not, why.
//!
//! The keys do not ask: they say it when they are pressed. The palette does, so that what cannot be done looks so.

use super::{Action, Screen, Studio};
use crate::engine::Phase;

const NO_PICTURE: &str = "Select a picture first";
const NO_PICTURES: &str = "There is no picture yet";

impl Studio {
    /// Returns why an action would do nothing now, as a sentence; `None`: it applies.
    pub fn why_not(&self, action: Action) -> Option<String> {
        use Action as A;
        if let Some(row) = self.keymap.row(action)
            && !row.works_on(self.screen)
        {
            let screens: Vec<&str> = row.screens.iter().map(|screen| screen_name(*screen)).collect();
            return Some(format!("Only in {}", screens.join(" and ")));
        }
        let no_picture = || self.subjects().is_empty().then_some(NO_PICTURE);
        let why = match action {
            A::Generate => return self.readiness().problem,
            A::CancelAll => {
                let open = |phase: &Phase| phase.is_running() || matches!(phase, Phase::Queued { .. } | Phase::Held);
                let none = !self.snapshot.jobs.iter().any(|job| open(&job.phase));
                none.then_some("Nothing runs or waits")
            }
            A::ClearFailed => {
                let none = !self.snapshot.jobs.iter().any(|job| job.phase.is_ended());
                none.then_some("No tile has failed")
            }
            A::OlderPrompt | A::NewerPrompt => {
                let none = self.collection.runs().all(|entry| entry.run.asked == 0);
                none.then_some("No prompt was sent yet")
            }
            A::ShowViewer | A::Open | A::Next | A::Previous | A::Below | A::Above | A::SelectAll => {
                self.first().is_none().then_some(NO_PICTURES)
            }
            A::ShowCompare => {
                let few = self.selection.len() < 2 && self.compare.ids().len() < 2;
                few.then_some("Select two to sixteen pictures first")
            }
            A::NextMode
            | A::PreviousMode
            | A::LessOfMode
            | A::MoreOfMode
            | A::NextAlignment
            | A::ResetOffsets
            | A::ToggleBlink
            | A::OtherPicture
            | A::ToggleLink => (self.screen != Screen::Compare).then_some("Only in compare"),
            A::ToggleZoom | A::Fit | A::FullSize | A::Turn(_) | A::NextBackdrop | A::FullScreen => {
                let none = !matches!(self.screen, Screen::Viewer | Screen::Compare);
                none.then_some("Only in the viewer and in compare")
            }
            A::PreviousPartial | A::NextPartial => {
                let none = self.selection.active().is_none_or(|id| !self.has_partials(id));
                none.then_some(super::partials::NO_PARTIALS)
            }
            A::KeepPartial => self.partial_meant().err(),
            A::Undo => self.undo.is_start().then_some("There is nothing to undo"),
            A::Redo => self.undo.is_end().then_some("There is nothing to redo"),
            A::Trash | A::Stars(_) | A::Pick | A::Reject | A::Unflag | A::Label(_) | A::AddToCollection => no_picture(),
            A::UseSettings | A::UsePrompt | A::UseAsReference | A::CopyPicture | A::CopyPrompt => no_picture(),
            A::CopyFiles | A::SaveAs | A::ContactSheet | A::OpenFolder => no_picture(),
            _ => None,
        };
        why.map(str::to_owned)
    }
}

fn screen_name(screen: Screen) -> &'static str {
    match screen {
        Screen::Grid => "the grid",
        Screen::Viewer => "the viewer",
        Screen::Compare => "compare",
        Screen::Models => "the model browser",
    }
}
