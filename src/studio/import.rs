//! What becomes of files that are dropped on the window, and what an import says at its end.

use super::{Action, Command, Dialog, Step, Studio, Tone};
use crate::engine::{Cause, Imported, Told};
use std::path::PathBuf;

impl Studio {
    /// Asks what is to be done with dropped files.
    pub(super) fn dropped(&mut self, files: Vec<PathBuf>) {
        if !files.is_empty() {
            self.dialog = Some(Dialog::Dropped(files));
        }
    }

    /// Takes the settings that a file tells into the panel.
    pub(super) fn use_told(&mut self, told: &Told) {
        self.dialog = None;
        if told.is_empty() {
            return self.notices.say(Tone::Info, "This file does not say how it was made", None);
        }
        let mut draft = self.draft.clone();
        told.apply(&mut draft);
        let text = "The settings of this file are in the panel";
        let unfit = told.seed().filter(|seed| seed.parse::<u64>().is_err());
        let text = match told.missing.len() {
            0 => unfit
                .map_or_else(|| text.to_owned(), |seed| format!("{text}, without its seed: {seed} is no seed here")),
            1 => format!("{text}, without a reference that is not in this library"),
            count => format!("{text}, without {count} references that are not in this library"),
        };
        self.take_draft(draft, &text);
        self.focus_prompt();
    }

    pub(super) fn tell_import(&mut self, sum: Imported) {
        let text = imported_text(sum.pictures.len(), sum.known, sum.refused);
        if sum.pictures.is_empty() {
            return self.notices.say(Tone::Info, text, None);
        }
        self.notices.say(Tone::Good, text, Some(("Undo".to_owned(), Command::Do(Action::Undo))));
        self.undo.remember(Step::Trash(sum.pictures), Cause::Asked);
    }
}

/// `12 pictures imported, 3 were in the library already, 1 could not be read`.
fn imported_text(pictures: usize, known: usize, refused: usize) -> String {
    let mut parts = vec![format!("{} imported", super::pictures_text(pictures))];
    if known > 0 {
        parts.push(format!("{known} were in the library already"));
    }
    if refused > 0 {
        parts.push(format!("{refused} could not be taken in"));
    }
    parts.join(", ")
}

/// Returns what a file tells, for people: what it is and its value.
pub fn told_rows(told: &Told) -> Vec<(&'static str, String)> {
    let rows = [
        ("Made with", told.program()),
        ("Model", told.model().map(str::to_owned)),
        ("Prompt", told.prompt().map(super::one_line)),
        ("Seed", told.seed()),
    ];
    rows.into_iter().filter_map(|(name, value)| Some((name, value?))).filter(|(_, value)| !value.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_import_says_what_it_did() {
        for (pictures, known, refused, text) in [
            (1, 0, 0, "1 picture imported"),
            (12, 3, 1, "12 pictures imported, 3 were in the library already, 1 could not be taken in"),
            (0, 0, 2, "0 pictures imported, 2 could not be taken in"),
        ] {
            assert_eq!(imported_text(pictures, known, refused), text);
        }
    }
}
