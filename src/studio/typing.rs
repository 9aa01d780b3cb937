//! Text fields whose text is not yet, or not exactly, the value it stands for: numbers, sizes, JSON.
//!
//! The text lives here while it is typed; as soon as it can be read its value is the wish in the draft. The invariant:
//! what cannot be read stops Generate, so that nothing else is sent than what is seen.

use super::Studio;
use crate::plan;
use serde_json::Value;

/// One field's text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Typing {
    pub text: String,
    /// Why the text cannot be read; completes a sentence that begins with the field's label.
    pub problem: Option<String>,
}

/// Returns a new seed: from 0 up to what fits every provider's 31 bits.
pub fn random_seed() -> i64 {
    i64::from(fastrand::i32(0..))
}

impl Studio {
    /// Takes what was typed for a field: its value becomes the wish, or the problem is kept with the text.
    pub fn typed(&mut self, field: &str, text: String, read: Result<Value, String>) {
        let problem = match read {
            Ok(value) => {
                self.draft.set(field, value);
                None
            }
            Err(problem) => Some(problem),
        };
        self.typing.insert(field.to_owned(), Typing { text, problem });
    }

    /// Returns why a half typed field of the chosen model stands in the way.
    pub(super) fn half_typed(&self) -> Option<String> {
        let problems = self.typing.iter().filter_map(|(field, typing)| Some((field, typing.problem.as_ref()?)));
        let mut wished =
            problems.filter(|(field, _)| self.draft.wishes.get(*field).is_some_and(|wish| wish.on)).peekable();
        wished.peek()?;
        let controls = plan::controls(&self.draft, self.model()?, self.endpoints());
        let offered = |field: &String| controls.iter().any(|control| control.field == *field);
        let found = wished.find(|(field, _)| offered(field));
        found.map(|(field, problem)| format!("{} {problem}", plan::label(field)))
    }

    /// Draws the next seed after a run, unless it is locked or none is wished.
    pub(super) fn draw_seed(&mut self) {
        if !self.layout.seed_locked && self.draft.wish("seed").is_some() {
            self.draft.set("seed", random_seed());
            self.typing.remove("seed");
        }
    }
}
