//! Sets of keys that other programs taught people: what differs from the table, action by action.
//!
//! A key that a preset gives to one action is taken from all that the preset does not name; a test asks that none of
//! these is left without a key.

use super::{ALT, Action as A, CTRL, CTRL_SHIFT, Chord, PLAIN, SHIFT};
use egui::{Key, Modifiers};
use serde::{Deserialize, Serialize};

/// A set of keys to start from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Preset {
    Lightroom,
    InvokeAI,
    /// The table itself; also what a later version may have called something else.
    #[default]
    #[serde(other)]
    Easel,
}

type Rows = &'static [(A, &'static [Chord])];

const fn key(modifiers: Modifiers, key: Key) -> Chord {
    Chord { modifiers, key }
}

/// Panels, export and file manager as there; views, flags, stars, labels and stacks are the same in the table.
const LIGHTROOM: Rows = &[
    (A::TogglePanels, &[key(SHIFT, Key::Tab)]),
    (A::ToggleSides, &[key(PLAIN, Key::Tab)]),
    (A::ToggleStrip, &[key(PLAIN, Key::F6)]),
    (A::ToggleLeft, &[key(PLAIN, Key::F7)]),
    (A::ToggleRight, &[key(PLAIN, Key::F8)]),
    (A::SaveAs, &[key(CTRL_SHIFT, Key::E), key(CTRL, Key::S)]),
    (A::OpenFolder, &[key(CTRL, Key::R), key(CTRL_SHIFT, Key::O)]),
    (A::Redo, &[key(CTRL, Key::Y), key(CTRL_SHIFT, Key::Z)]),
    (A::Trash, &[key(PLAIN, Key::Delete), key(PLAIN, Key::Backspace)]),
    (A::Keys, &[key(CTRL, Key::Slash), key(PLAIN, Key::F1), key(PLAIN, Key::Questionmark)]),
];

/// Panels, recall and comparison as there. Digits stay stars, for there are no tabs; the star there is the pick here.
const INVOKE_AI: Rows = &[
    (A::FocusPrompt, &[key(ALT, Key::A), key(PLAIN, Key::Slash)]),
    (A::ToggleLeft, &[key(PLAIN, Key::T), key(PLAIN, Key::O)]),
    (A::ToggleRight, &[key(PLAIN, Key::G)]),
    (A::TogglePanels, &[key(PLAIN, Key::F)]),
    (A::ShowGrid, &[key(SHIFT, Key::G)]),
    (A::ShowViewer, &[key(PLAIN, Key::Z), key(PLAIN, Key::E)]),
    (A::ShowCompare, &[key(SHIFT, Key::N)]),
    (A::ShowModels, &[key(CTRL, Key::M)]),
    (A::ToggleZoom, &[key(SHIFT, Key::Z)]),
    (A::NextMode, &[key(PLAIN, Key::M)]),
    (A::NextAlignment, &[key(SHIFT, Key::A)]),
    (A::ToggleBlink, &[key(SHIFT, Key::T)]),
    (A::Swap, &[key(PLAIN, Key::C)]),
    (A::UseSettings, &[key(PLAIN, Key::A)]),
    (A::UsePrompt, &[key(PLAIN, Key::P)]),
    (A::Pick, &[key(PLAIN, Key::Period)]),
    (A::PreviousPartial, &[key(ALT, Key::Comma)]),
    (A::NextPartial, &[key(ALT, Key::Period)]),
    (A::Trash, &[key(PLAIN, Key::Delete), key(PLAIN, Key::Backspace)]),
];

impl Preset {
    pub const ALL: [Self; 3] = [Self::Easel, Self::Lightroom, Self::InvokeAI];

    /// Returns what people call it.
    pub fn label(self) -> &'static str {
        match self {
            Self::Easel => "Easel",
            Self::Lightroom => "Lightroom",
            Self::InvokeAI => "InvokeAI",
        }
    }

    /// Returns the rows in which it differs from the table.
    pub(super) fn rows(self) -> Rows {
        match self {
            Self::Easel => &[],
            Self::Lightroom => LIGHTROOM,
            Self::InvokeAI => INVOKE_AI,
        }
    }
}
