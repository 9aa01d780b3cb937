//! A window that only reads: why, and which wishes it cannot fulfil.

use super::{Action, Command, Dialog, Studio, Tone};
use crate::engine::{Care, Needs, Order};
use crate::library::ReadOnly;

impl Studio {
    /// Says why nothing can be changed, as a sentence; `None`: this window writes.
    pub fn read_only(&self) -> Option<&'static str> {
        self.snapshot.read_only.map(why)
    }

    /// Returns what the window is called.
    pub fn window_title(&self) -> &'static str {
        if self.read_only().is_some() { "Easel (read only)" } else { "Easel" }
    }

    /// Says why a command is not carried out, when it is one that this window cannot.
    pub(super) fn refuses(&mut self, command: &Command) -> bool {
        let decides = matches!(command, Command::Do(action) if self.only_decides(*action));
        let Some(why) = self.read_only().filter(|_| command.writes() && !decides) else { return false };
        self.notices.say(Tone::Info, why, None);
        true
    }

    /// Says whether an action takes back, or makes again, what was decided in compare and nothing else.
    pub(super) fn only_decides(&self, action: Action) -> bool {
        match action {
            Action::Undo => self.undo.decides(false),
            Action::Redo => self.undo.decides(true),
            _ => false,
        }
    }
}

fn why(read_only: ReadOnly) -> &'static str {
    match read_only {
        ReadOnly::InUse => "This window is read only: another Easel has the library",
        ReadOnly::Folder => "This window is read only: the library's folder cannot be written",
        ReadOnly::Asked => "This window was opened read only",
        ReadOnly::Maintenance => "This window is read only while the library is being put in order",
    }
}

impl Command {
    /// Says whether it changes the library, so that a window that only reads cannot do it.
    pub fn writes(&self) -> bool {
        match self {
            Self::Do(action) | Self::DoFor(_, action) => action.writes(),
            Self::OpenDialog(dialog) => dialog.writes(),
            Self::Service(order) => Order::Service(order.clone()).needs() == Needs::Write,
            Self::Tend(care) => match care {
                Care::Check => false,
                Care::Mend | Care::Rebuild => true,
            },
            Self::Retry(_)
            | Self::DismissJob(_)
            | Self::SaveAgain(_)
            | Self::ReadUnread(_)
            | Self::KeepPartial(_)
            | Self::Resume
            | Self::SendHere { .. }
            | Self::RemoveHeld
            | Self::AddReferences(_)
            | Self::EditReference { .. }
            | Self::Edit(_)
            | Self::Trash(_)
            | Self::Restore(_)
            | Self::EmptyTrash
            | Self::UseAsReference(_)
            | Self::Import(_) => true,
            // A line of the palette is a command of its own, which is asked when it is carried out.
            Self::RunEntry(_)
            | Self::ChooseModel(_)
            | Self::ChooseEndpoint(_)
            | Self::ToggleFavourite(_)
            | Self::InspectModel(_)
            | Self::Cancel(_)
            | Self::CancelRun(_)
            | Self::SaveElsewhere { .. }
            | Self::HoldPartial(_)
            | Self::UsePrompt(_)
            | Self::UsePromptSettings(_)
            | Self::UsePromptOf(_)
            | Self::PutBack
            | Self::EditJob(_)
            | Self::ShrinkReferences(_)
            | Self::OtherEndpoint(_)
            | Self::RemoveReference(_)
            | Self::MoveReference { .. }
            | Self::Show(_)
            | Self::Open(_)
            | Self::Select(_)
            | Self::ToggleSelected(_)
            | Self::SelectTo(_)
            | Self::SelectNone
            | Self::SelectThese(_)
            | Self::ToggleStack(_)
            | Self::Compare(_)
            | Self::ComparePair(_)
            | Self::AddToCompare(_)
            | Self::RemoveFromCompare(_)
            | Self::ActivatePane(_)
            | Self::LayNext(..)
            | Self::UseSettings(_)
            | Self::CopyPicture(_)
            | Self::CopyFiles(_)
            | Self::CopyPrompt(_)
            | Self::UseSentPrompt(_)
            | Self::GoTo(_)
            | Self::ReadRecipe(_)
            | Self::OpenFolder(_)
            | Self::ShowFile(_)
            | Self::Dropped(_)
            | Self::UseTold(_)
            | Self::CancelImport
            | Self::StopEmptying
            | Self::Export(_)
            | Self::MakeSheets(_)
            | Self::CloseDialog
            | Self::StopTending
            | Self::Claim
            | Self::DismissNotice(_)
            | Self::CloseCrashReport
            | Self::SetKeys(_) => false,
        }
    }
}

impl Dialog {
    /// Says whether it is there to change the library.
    fn writes(&self) -> bool {
        match self {
            Self::Collect(_) | Self::EmptyTrash | Self::AddReference { .. } => true,
            Self::Settings
            | Self::Connections
            | Self::Keys
            | Self::History
            | Self::Palette
            | Self::Export(_)
            | Self::ContactSheet(_)
            | Self::EditReference(_)
            | Self::Dropped(_)
            | Self::SaveElsewhere(_)
            | Self::CrashReport
            | Self::Quit => false,
        }
    }
}

impl Action {
    pub(super) fn writes(self) -> bool {
        match self {
            Self::Generate
            | Self::PickReferences
            | Self::Paste
            | Self::KeepPartial
            | Self::Trash
            | Self::Undo
            | Self::Redo
            | Self::Stars(_)
            | Self::Pick
            | Self::Reject
            | Self::Unflag
            | Self::Label(_)
            | Self::AddToCollection
            | Self::UseAsReference
            | Self::ClearFailed => true,
            Self::CancelAll
            | Self::FocusPrompt
            | Self::History
            | Self::OlderPrompt
            | Self::NewerPrompt
            | Self::ShowGrid
            | Self::ShowViewer
            | Self::ShowCompare
            | Self::ShowModels
            | Self::ShowSurvey
            | Self::ShowChampion
            | Self::BringBack
            | Self::Back
            | Self::Next
            | Self::Previous
            | Self::Below
            | Self::Above
            | Self::Open
            | Self::SelectAll
            | Self::ZoomIn
            | Self::ZoomOut
            | Self::ToggleZoom
            | Self::Fit
            | Self::FullSize
            | Self::ToggleLock
            | Self::NextBackdrop
            | Self::Turn(_)
            | Self::ToggleInfo
            | Self::FullScreen
            | Self::SecondWindow
            | Self::ToggleSource
            | Self::PreviousPartial
            | Self::NextPartial
            | Self::NextMode
            | Self::PreviousMode
            | Self::LessOfMode
            | Self::MoreOfMode
            | Self::NextAlignment
            | Self::ResetOffsets
            | Self::ToggleBlink
            | Self::OtherPicture
            | Self::ToggleLink
            | Self::Swap
            | Self::ToggleStack
            | Self::ToggleStacks
            | Self::Search
            | Self::UseSettings
            | Self::UsePrompt
            | Self::CopyPicture
            | Self::CopyFiles
            | Self::CopyPrompt
            | Self::SaveAs
            | Self::ContactSheet
            | Self::OpenFolder
            | Self::ToggleLeft
            | Self::ToggleRight
            | Self::ToggleSides
            | Self::ToggleStrip
            | Self::TogglePanels
            | Self::TilesLarger
            | Self::TilesSmaller
            | Self::Settings
            | Self::Keys
            | Self::Palette
            | Self::Quit => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::{Edit, PictureId, UserLists};

    #[test]
    fn what_changes_the_library_is_told_from_what_only_looks() {
        let id = || PictureId("p".into());
        for command in [
            Command::Do(Action::Generate),
            Command::Do(Action::Stars(3)),
            Command::DoFor(id(), Action::Stars(3)),
            Command::EditReference { place: 0, edit: Default::default() },
            Command::Edit(Edit::SetUserLists(UserLists::default())),
            Command::Trash(vec![id()]),
            Command::Import(vec![]),
            Command::OpenDialog(Dialog::EmptyTrash),
        ] {
            assert!(command.writes(), "{command:?}");
        }
        for command in [
            Command::Do(Action::ShowCompare),
            Command::Do(Action::CopyPicture),
            Command::Open(id()),
            Command::UseSettings(id()),
            Command::OpenDialog(Dialog::Export(vec![id()])),
        ] {
            assert!(!command.writes(), "{command:?}");
        }
    }
}
