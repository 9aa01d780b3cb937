//! The one table of keys: menus, tooltips, the key sheet, the palette and the keyboard read it, under what a preset and
//! the artist changed of it.
//!
//! A new action is a line here, in the table and in `act`; if a preset takes its only key, a line there too.

mod chord;
mod force;
mod group;
mod keymap;
mod presets;

pub use chord::{Chord, text_of};
pub use force::{is_held, keys_of, put_in_force};
pub use group::Group;
pub use keymap::{KeyChoices, Keymap, Row as KeyRow};
pub use presets::Preset;

use super::{Screen, TurnBy};
use crate::plan::Label;
use egui::{Key, Modifiers};

/// What a key can stand for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Action {
    Generate,
    CancelAll,
    FocusPrompt,
    History,
    OlderPrompt,
    NewerPrompt,
    PickReferences,
    Paste,
    ShowGrid,
    ShowViewer,
    ShowCompare,
    ShowModels,
    ShowSurvey,
    ShowChampion,
    BringBack,
    Back,
    Next,
    Previous,
    Below,
    Above,
    Open,
    SelectAll,
    ZoomIn,
    ZoomOut,
    ToggleZoom,
    Fit,
    FullSize,
    ToggleLock,
    NextBackdrop,
    Turn(TurnBy),
    ToggleInfo,
    FullScreen,
    SecondWindow,
    ToggleSource,
    PreviousPartial,
    NextPartial,
    /// Make the partial that is shown a picture of its own.
    KeepPartial,
    NextMode,
    PreviousMode,
    /// Less and more of what the way to compare is set to: angle, opacity, interval or threshold.
    LessOfMode,
    MoreOfMode,
    NextAlignment,
    ResetOffsets,
    ToggleBlink,
    /// While it is held.
    OtherPicture,
    ToggleLink,
    Swap,
    Trash,
    Undo,
    Redo,
    /// 0 to 5; 0 takes the stars away.
    Stars(u8),
    Pick,
    Reject,
    Unflag,
    /// The same again takes it away.
    Label(Label),
    AddToCollection,
    ToggleStack,
    ToggleStacks,
    Search,
    UseSettings,
    UsePrompt,
    UseAsReference,
    CopyPicture,
    CopyFiles,
    CopyPrompt,
    SaveAs,
    ContactSheet,
    OpenFolder,
    ToggleLeft,
    ToggleRight,
    ToggleSides,
    ToggleStrip,
    TogglePanels,
    TilesLarger,
    TilesSmaller,
    ClearFailed,
    Settings,
    Keys,
    Palette,
    Quit,
}

/// A line of the table. An action with several keys has several.
#[derive(Clone, Copy, Debug)]
pub struct Binding {
    pub action: Action,
    /// For menus and the key sheet.
    pub text: &'static str,
    pub chord: Chord,
    /// Whether it also works while text is being typed.
    pub while_typing: bool,
    /// Where alone it works; `None`: everywhere.
    pub only: Option<Screen>,
}

const fn row(action: Action, text: &'static str, modifiers: Modifiers, key: Key, while_typing: bool) -> Binding {
    Binding { action, text, chord: Chord { modifiers, key }, while_typing, only: None }
}

const fn only(screen: Screen, binding: Binding) -> Binding {
    Binding { only: Some(screen), ..binding }
}

const fn compare(binding: Binding) -> Binding {
    only(Screen::Compare, binding)
}

const PLAIN: Modifiers = Modifiers::NONE;
const CTRL: Modifiers = Modifiers::COMMAND;
const SHIFT: Modifiers = Modifiers::SHIFT;
const ALT: Modifiers = Modifiers::ALT;
const CTRL_ALT: Modifiers = CTRL.plus(Modifiers::ALT);
const CTRL_SHIFT: Modifiers = CTRL.plus(SHIFT);

/// All keys. Letters follow the photo tools (G E C for the views); with Ctrl for what is done once in a while.
pub const BINDINGS: &[Binding] = &[
    row(Action::Generate, "Generate", CTRL, Key::Enter, true),
    row(Action::CancelAll, "Cancel everything that runs or waits", CTRL_SHIFT, Key::X, true),
    row(Action::FocusPrompt, "Go to the prompt", PLAIN, Key::Slash, false),
    row(Action::History, "Prompt history", CTRL, Key::H, true),
    row(Action::OlderPrompt, "Older prompt", ALT, Key::ArrowUp, true),
    row(Action::NewerPrompt, "Newer prompt", ALT, Key::ArrowDown, true),
    row(Action::PickReferences, "Choose reference files", CTRL, Key::O, true),
    row(Action::Paste, "Paste a picture, files or an address as reference", CTRL, Key::V, false),
    row(Action::ShowGrid, "Grid", PLAIN, Key::G, false),
    row(Action::ShowViewer, "Viewer", PLAIN, Key::E, false),
    row(Action::ShowCompare, "Compare the selected pictures", PLAIN, Key::C, false),
    row(Action::ShowSurvey, "Survey the selected pictures", PLAIN, Key::N, false),
    row(Action::ShowChampion, "Champion and challenger", SHIFT, Key::C, false),
    only(
        Screen::Compare,
        row(Action::BringBack, "Bring back the last one that was sent back", SHIFT, Key::ArrowDown, false),
    ),
    row(Action::ShowModels, "Model browser", PLAIN, Key::M, false),
    row(Action::Back, "One level back", PLAIN, Key::Escape, true),
    row(Action::Next, "Next picture", PLAIN, Key::ArrowRight, false),
    row(Action::Previous, "Previous picture", PLAIN, Key::ArrowLeft, false),
    row(Action::Below, "Picture below", PLAIN, Key::ArrowDown, false),
    row(Action::Above, "Picture above", PLAIN, Key::ArrowUp, false),
    row(Action::Open, "Open the picture", PLAIN, Key::Enter, false),
    row(Action::SelectAll, "Select all pictures", CTRL, Key::A, false),
    row(Action::ZoomIn, "Zoom in", CTRL, Key::Plus, true),
    row(Action::ZoomIn, "Zoom in", CTRL, Key::Equals, true),
    row(Action::ZoomOut, "Zoom out", CTRL, Key::Minus, true),
    row(Action::ToggleZoom, "Fit or 100 %", PLAIN, Key::Z, false),
    row(Action::Fit, "Fit", CTRL, Key::Num0, true),
    row(Action::FullSize, "100 %", CTRL, Key::Num1, true),
    only(Screen::Viewer, row(Action::ToggleLock, "Keep zoom and place when the picture changes", PLAIN, Key::L, false)),
    row(Action::NextBackdrop, "Next background", SHIFT, Key::B, false),
    row(Action::Turn(TurnBy::Left), "Turn the view left", CTRL, Key::OpenBracket, false),
    row(Action::Turn(TurnBy::Right), "Turn the view right", CTRL, Key::CloseBracket, false),
    row(Action::Turn(TurnBy::Horizontally), "Mirror the view", SHIFT, Key::H, false),
    row(Action::Turn(TurnBy::Vertically), "Mirror the view upside down", SHIFT, Key::V, false),
    row(Action::ToggleInfo, "Information", PLAIN, Key::I, false),
    row(Action::FullScreen, "Full screen", PLAIN, Key::F, false),
    row(Action::FullScreen, "Full screen", PLAIN, Key::F11, true),
    row(Action::SecondWindow, "Second window", SHIFT, Key::E, false),
    only(Screen::Viewer, row(Action::ToggleSource, "Source of the drawing", CTRL, Key::U, true)),
    only(
        Screen::Viewer,
        row(Action::PreviousPartial, "Partial before, on the way to the picture", PLAIN, Key::Comma, false),
    ),
    only(Screen::Viewer, row(Action::NextPartial, "Next partial", PLAIN, Key::Period, false)),
    only(Screen::Viewer, row(Action::KeepPartial, "Keep the partial as a picture", PLAIN, Key::K, false)),
    compare(row(Action::NextMode, "Next way to compare: wipe, overlay, blink, difference", PLAIN, Key::W, false)),
    compare(row(Action::PreviousMode, "Way to compare before", SHIFT, Key::W, false)),
    compare(row(Action::LessOfMode, "Less: angle, opacity, interval, threshold", PLAIN, Key::OpenBracket, false)),
    compare(row(Action::MoreOfMode, "More of the same", PLAIN, Key::CloseBracket, false)),
    compare(row(Action::NextAlignment, "Next alignment: fitted, pixel on pixel", PLAIN, Key::A, false)),
    compare(row(Action::ResetOffsets, "Put moved pictures back", PLAIN, Key::R, false)),
    compare(row(Action::ToggleBlink, "Blink by itself, or stop", PLAIN, Key::T, false)),
    compare(row(Action::OtherPicture, "The other picture while held, in blink", PLAIN, Key::Backslash, false)),
    compare(row(Action::OtherPicture, "The other picture while held, in blink", PLAIN, Key::Y, false)),
    compare(row(Action::ToggleLink, "Link zoom and pan of all panes", PLAIN, Key::L, false)),
    only(Screen::Compare, row(Action::Swap, "Swap the first two panes", PLAIN, Key::S, false)),
    row(Action::Pick, "Pick", PLAIN, Key::P, false),
    row(Action::Reject, "Reject", PLAIN, Key::X, false),
    row(Action::Unflag, "Neither pick nor reject", PLAIN, Key::U, false),
    row(Action::Stars(0), "No stars", PLAIN, Key::Num0, false),
    row(Action::Stars(1), "One star", PLAIN, Key::Num1, false),
    row(Action::Stars(2), "Two stars", PLAIN, Key::Num2, false),
    row(Action::Stars(3), "Three stars", PLAIN, Key::Num3, false),
    row(Action::Stars(4), "Four stars", PLAIN, Key::Num4, false),
    row(Action::Stars(5), "Five stars", PLAIN, Key::Num5, false),
    row(Action::Label(Label::Red), "Red label", PLAIN, Key::Num6, false),
    row(Action::Label(Label::Yellow), "Yellow label", PLAIN, Key::Num7, false),
    row(Action::Label(Label::Green), "Green label", PLAIN, Key::Num8, false),
    row(Action::Label(Label::Blue), "Blue label", PLAIN, Key::Num9, false),
    row(Action::Label(Label::Purple), "Purple label", SHIFT, Key::Num6, false),
    row(Action::AddToCollection, "Add to a collection or tag…", PLAIN, Key::B, false),
    only(Screen::Grid, row(Action::ToggleStack, "Open or close the stack", PLAIN, Key::S, false)),
    only(Screen::Grid, row(Action::ToggleStacks, "Stack all runs, or open all stacks", CTRL, Key::G, false)),
    row(Action::Search, "Search the library", CTRL, Key::F, true),
    row(Action::Trash, "Move to the trash", PLAIN, Key::Delete, false),
    row(Action::Undo, "Undo", CTRL, Key::Z, false),
    row(Action::Redo, "Redo", CTRL_SHIFT, Key::Z, false),
    row(Action::Redo, "Redo", CTRL, Key::Y, false),
    row(Action::UseSettings, "Use these settings again", SHIFT, Key::S, false),
    row(Action::UsePrompt, "Use this prompt again", SHIFT, Key::P, false),
    row(Action::UseAsReference, "Use as reference", SHIFT, Key::R, false),
    row(Action::CopyPicture, "Copy the picture", CTRL, Key::C, false),
    row(Action::CopyFiles, "Copy the files", CTRL_ALT, Key::C, false),
    row(Action::CopyPrompt, "Copy the prompt", CTRL_SHIFT, Key::C, false),
    row(Action::SaveAs, "Save as…", CTRL, Key::S, true),
    row(Action::ContactSheet, "Contact sheet…", CTRL, Key::P, true),
    row(Action::OpenFolder, "Open the folder", CTRL_SHIFT, Key::O, true),
    row(Action::ToggleLeft, "Left panel", PLAIN, Key::F5, true),
    row(Action::ToggleStrip, "Bottom strip", PLAIN, Key::F6, true),
    row(Action::ToggleRight, "Right panel", PLAIN, Key::F7, true),
    row(Action::ToggleSides, "Both side panels", SHIFT, Key::F8, true),
    row(Action::TogglePanels, "All panels", PLAIN, Key::F8, true),
    row(Action::TilesLarger, "Larger tiles", PLAIN, Key::Plus, false),
    row(Action::TilesLarger, "Larger tiles", PLAIN, Key::Equals, false),
    row(Action::TilesSmaller, "Smaller tiles", PLAIN, Key::Minus, false),
    row(Action::ClearFailed, "Remove failed tiles", SHIFT, Key::F, false),
    row(Action::Settings, "Settings", CTRL, Key::Comma, true),
    row(Action::Keys, "All keys", PLAIN, Key::Questionmark, false),
    row(Action::Keys, "All keys", PLAIN, Key::F1, true),
    row(Action::Palette, "All commands…", CTRL, Key::K, true),
    row(Action::Quit, "Quit", CTRL, Key::Q, true),
];

#[cfg(test)]
mod tests;
