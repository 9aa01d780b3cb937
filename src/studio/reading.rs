//! A window that only reads: why, and which wishes it cannot fulfil.

use super::{Action, Command, Dialog, Studio, Tone};
use crate::engine::Care;
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
            Self::Do(action) => action.writes(),
            Self::OpenDialog(dialog) => {
                matches!(dialog, Dialog::Collect(_) | Dialog::EmptyTrash | Dialog::AddReference { .. })
            }
            Self::Retry(_)
            | Self::DismissJob(_)
            | Self::SaveAgain(_)
            | Self::ReadUnread(_)
            | Self::Resume
            | Self::SendHere { .. }
            | Self::RemoveHeld
            | Self::AddReferences(_)
            | Self::UseAsReference(_)
            | Self::Edit(_)
            | Self::Trash(_)
            | Self::Restore(_)
            | Self::EmptyTrash
            | Self::Import(_)
            | Self::KeepPartial(_)
            | Self::Tend(Care::Mend | Care::Rebuild) => true,
            _ => false,
        }
    }
}

impl Action {
    pub(super) fn writes(self) -> bool {
        matches!(
            self,
            Self::Generate
                | Self::PickReferences
                | Self::Paste
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
                | Self::KeepPartial
                | Self::ClearFailed
        )
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
