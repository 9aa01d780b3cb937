//! Whether an action would do anything now, and if not, why.
//!
//! The keys do not ask: they say it when they are pressed. The palette does, so that what cannot be done looks so.

use super::{Action, CompareMode, Screen, Studio};
use crate::engine::Phase;
use crate::picture::Format;

const NO_PICTURE: &str = "Select a picture first";
const NO_PICTURES: &str = "There is no picture yet";
const NOT_HERE: &str = "Not in the model browser";

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
        if let Some(why) = self.why_not_written(action) {
            return Some(why.to_owned());
        }
        let none_chosen = || self.subjects().is_empty().then_some(NO_PICTURE);
        let why = match action {
            A::Generate => return self.readiness().problem,
            A::CancelAll => {
                let waits =
                    |phase: &Phase| matches!(phase, Phase::Queued { .. } | Phase::Held | Phase::Elsewhere { .. });
                let open = |phase: &Phase| phase.is_running() || waits(phase);
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
            A::Undo => self.undo.is_start().then_some("There is nothing to undo"),
            A::Redo => self.undo.is_end().then_some("There is nothing to redo"),
            A::Trash | A::Stars(_) | A::Pick | A::Reject | A::Unflag | A::Label(_) | A::AddToCollection => {
                none_chosen()
            }
            A::UseSettings | A::UsePrompt | A::UseAsReference | A::CopyPicture | A::CopyPrompt => none_chosen(),
            A::CopyFiles | A::SaveAs | A::ContactSheet | A::OpenFolder | A::ToggleStack => none_chosen(),
            _ => self
                .why_not_gone(action)
                .or_else(|| self.why_not_seen(action))
                .or_else(|| self.why_not_compared(action)),
        };
        why.map(str::to_owned)
    }

    /// What a window that only reads cannot do.
    fn why_not_written(&self, action: Action) -> Option<&'static str> {
        self.read_only().filter(|_| action.writes() && !self.only_decides(action))
    }

    /// Going somewhere.
    fn why_not_gone(&self, action: Action) -> Option<&'static str> {
        use Action as A;
        let step = match action {
            A::ShowViewer | A::Open | A::SelectAll | A::FullScreen => {
                return self.first().is_none().then_some(NO_PICTURES);
            }
            A::ShowCompare | A::ShowSurvey | A::ShowChampion => {
                let few = self.selection.len() < 2 && self.compare.ids().len() < 2;
                return few.then_some("Select two to sixteen pictures first");
            }
            A::Next | A::Below => 1,
            A::Previous | A::Above => -1,
            _ => return None,
        };
        match (self.screen, self.selection.active()) {
            (Screen::Models, _) => Some(NOT_HERE),
            (Screen::Compare, _) if self.compare.mode() == CompareMode::Champion => {
                self.compare.challenger().is_none().then_some("Nobody is left to challenge the champion")
            }
            (Screen::Compare, _) => None,
            (Screen::Grid | Screen::Viewer, None) => self.first().is_none().then_some(NO_PICTURES),
            (Screen::Grid | Screen::Viewer, Some(id)) if self.neighbour(id, step).is_none() => Some(match step {
                1 => "This is the last picture",
                _ => "This is the first picture",
            }),
            _ => None,
        }
    }

    /// Looking closely.
    fn why_not_seen(&self, action: Action) -> Option<&'static str> {
        use Action as A;
        match action {
            A::ToggleZoom | A::Fit | A::FullSize | A::Turn(_) | A::NextBackdrop => {
                let none = !matches!(self.screen, Screen::Viewer | Screen::Compare);
                none.then_some("Only in the viewer and in compare")
            }
            A::ZoomIn | A::ZoomOut | A::TilesLarger | A::TilesSmaller => {
                (self.screen == Screen::Models).then_some(NOT_HERE)
            }
            A::ToggleInfo => (self.screen != Screen::Viewer).then_some("Only in the viewer"),
            A::ToggleSource => {
                let seen = self.selection.active().and_then(|id| self.collection.picture(id));
                let is_drawing = seen.is_some_and(|picture| picture.format == Format::Svg);
                (!is_drawing).then_some("This picture is no drawing")
            }
            A::PreviousPartial | A::NextPartial => {
                let none = self.selection.active().is_none_or(|id| !self.has_partials(id));
                none.then_some(super::partials::NO_PARTIALS)
            }
            A::KeepPartial => self.partial_meant().err(),
            _ => None,
        }
    }

    /// Comparing, in compare: elsewhere the table of keys has the reason.
    fn why_not_compared(&self, action: Action) -> Option<&'static str> {
        use Action as A;
        let (compare, mode) = (&self.compare, self.compare.mode());
        match action {
            A::NextMode
            | A::PreviousMode
            | A::LessOfMode
            | A::MoreOfMode
            | A::NextAlignment
            | A::ResetOffsets
            | A::ToggleBlink
            | A::OtherPicture
            | A::ToggleLink
            | A::Swap
            | A::BringBack => {}
            _ => return None,
        }
        match action {
            A::BringBack => (compare.sent_back().0 == 0).then_some("Nobody was sent back"),
            _ if compare.ids().len() < 2 => Some("Fewer than two pictures are compared"),
            A::LessOfMode | A::MoreOfMode => {
                (!mode.is_stacked()).then_some("Only for wipe, overlay, blink and difference")
            }
            A::ResetOffsets => (!compare.has_offsets()).then_some("No picture was moved"),
            A::OtherPicture if mode != CompareMode::Blink => Some("Only in blink"),
            A::OtherPicture => Some("Hold its key"),
            A::ToggleLink => mode.is_stacked().then_some("Pictures in one place always move together"),
            _ => None,
        }
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
