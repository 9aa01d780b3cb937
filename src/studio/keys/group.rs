//! What keys are for: the groups of the key sheet and of the palette.

use super::Action;

/// A group of actions, in the order of the sheet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    Making,
    Views,
    Moving,
    Looking,
    Sorting,
    Pictures,
    Window,
}

impl Group {
    /// Returns its title.
    pub fn title(self) -> &'static str {
        match self {
            Self::Making => "Making pictures",
            Self::Views => "Views",
            Self::Moving => "Moving and choosing",
            Self::Looking => "Looking and comparing",
            Self::Sorting => "Rating, sorting and finding",
            Self::Pictures => "What to do with pictures",
            Self::Window => "Window",
        }
    }
}

impl Action {
    /// Returns the group that the action belongs to.
    pub fn group(self) -> Group {
        use Action as A;
        match self {
            A::Generate | A::CancelAll | A::FocusPrompt | A::PickReferences | A::Paste => Group::Making,
            A::History | A::OlderPrompt | A::NewerPrompt => Group::Making,
            A::UseSettings | A::UsePrompt | A::UseAsReference | A::ClearFailed => Group::Making,
            A::ShowGrid | A::ShowViewer | A::ShowCompare | A::ShowModels | A::Back => Group::Views,
            A::Next | A::Previous | A::Below | A::Above | A::Open | A::SelectAll => Group::Moving,
            A::ZoomIn | A::ZoomOut | A::ToggleZoom | A::ToggleInfo => Group::Looking,
            A::Fit | A::FullSize | A::ToggleLock | A::NextBackdrop | A::Turn(_) => Group::Looking,
            A::ToggleSource | A::ShowSurvey | A::ShowChampion => Group::Views,
            A::NextMode | A::PreviousMode | A::LessOfMode | A::MoreOfMode | A::NextAlignment => Group::Looking,
            A::ResetOffsets | A::ToggleBlink | A::OtherPicture => Group::Looking,
            A::PreviousPartial | A::NextPartial => Group::Looking,
            A::ToggleLink | A::Swap | A::BringBack => Group::Looking,
            A::Stars(_) | A::Pick | A::Reject | A::Unflag | A::Label(_) | A::AddToCollection => Group::Sorting,
            A::ToggleStack | A::ToggleStacks | A::Search => Group::Sorting,
            A::Trash | A::Undo | A::Redo | A::CopyPicture | A::CopyFiles | A::CopyPrompt => Group::Pictures,
            A::SaveAs | A::ContactSheet | A::OpenFolder | A::KeepPartial => Group::Pictures,
            _ => Group::Window,
        }
    }
}
