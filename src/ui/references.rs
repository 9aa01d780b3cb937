//! The strip of reference pictures, and every way in: file dialog, clipboard, typed path or address.

use super::Cx;
use crate::engine::{Engine, Pasted, ReferenceInput};
use crate::studio::Command;
use egui::Ui;
use poll_promise::Promise;

#[derive(Default)]
pub struct State {
    pasting: Option<Promise<Pasted>>,
}

impl State {
    /// Opens the native dialog.
    pub fn pick(&mut self, _engine: &Engine) {}

    /// Reads the clipboard.
    pub fn paste(&mut self, engine: &Engine) {
        self.pasting = Some(engine.clipboard().read());
    }
}

/// Takes what dialogs and the clipboard have brought.
pub fn poll(_ui: &Ui, cx: &mut Cx<'_>, state: &mut State) {
    if let Some(promise) = state.pasting.take() {
        match promise.try_take() {
            Ok(pasted) => cx.commands.extend(command_of(pasted)),
            Err(pending) => state.pasting = Some(pending),
        }
    }
}

/// Returns what to do with a pasted thing; text is a reference only when it is an address.
pub fn command_of(pasted: Pasted) -> Option<Command> {
    let inputs = match pasted {
        Pasted::Files(files) => files.into_iter().map(ReferenceInput::File).collect(),
        Pasted::Image(pixels) => vec![ReferenceInput::Pixels(pixels)],
        Pasted::Text(text) if text.starts_with("http://") || text.starts_with("https://") => {
            vec![ReferenceInput::Url(text.trim().to_owned())]
        }
        Pasted::Text(_) | Pasted::Nothing => return None,
    };
    Some(Command::AddReferences(inputs))
}
