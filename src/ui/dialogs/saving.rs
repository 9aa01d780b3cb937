//! Pictures on their way out of the library: how far they are, and what to tell when they are done.

use super::export::{self, file_name};
use crate::engine::{Engine, Export, ExportError, Exported, Exporting, Saved};
use crate::library;
use crate::studio::{Command, Tone, saved_text};
use crate::ui::Cx;
use std::path::PathBuf;

pub(super) struct Saving {
    exports: Vec<Export>,
    exporting: Exporting,
}

/// How a save went.
#[derive(Debug, Default)]
struct Outcome {
    saved: Vec<Saved>,
    taken: Vec<Export>,
    /// Sentences.
    failed: Vec<String>,
}

impl Saving {
    pub(super) fn start(exports: Vec<Export>, engine: &Engine) -> Self {
        Self { exporting: engine.export(exports.clone()), exports }
    }

    /// Ends after the picture that is being written.
    pub(super) fn stop(&self) {
        self.exporting.stop();
    }

    /// Returns how many are written, of how many.
    pub(super) fn progress(&self) -> (usize, usize) {
        self.exporting.progress()
    }
}

fn outcome(exports: Vec<Export>, results: Exported) -> Outcome {
    let mut outcome = Outcome::default();
    for (export, result) in exports.into_iter().zip(results) {
        match result {
            Ok(saved) => outcome.saved.push(saved),
            Err(ExportError::Write(library::Error::Exists { .. })) => outcome.taken.push(export),
            Err(error) => outcome.failed.push(format!("{} was not saved: {error}", file_name(&export.to))),
        }
    }
    outcome
}

/// Tells how it went when all are done; `form` is the dialog's, while it is open.
pub(super) fn poll(saving: &mut Option<Saving>, form: Option<&mut export::Form>, cx: &mut Cx<'_>) {
    let Some(Saving { exports, exporting }) = saving.take() else { return };
    let done = match exporting.try_take() {
        Ok(done) => done,
        Err(exporting) => {
            *saving = Some(Saving { exports, exporting });
            return;
        }
    };
    let Ok(results) = done else {
        return cx.studio.notices.say(Tone::Bad, "Saving was interrupted; not all pictures may be there", None);
    };
    let (asked, tried) = (exports.len(), results.len());
    let Outcome { saved, taken, mut failed } = outcome(exports, results);
    if tried < asked {
        failed.push(format!("Stopped: {} of {asked} pictures are saved", saved.len()));
    }
    if let Some(first) = saved.first() {
        cx.studio.layout.export_folder = first.path.parent().map(PathBuf::from);
        let action = ("Open folder".to_owned(), Command::ShowFile(first.path.clone()));
        let (tone, text) = saved_text(&saved);
        cx.studio.notices.say(tone, text, Some(action));
    }
    match form {
        Some(_) if taken.is_empty() && failed.is_empty() => cx.push(Command::CloseDialog),
        Some(form) => {
            form.taken = taken;
            form.message = failed.into_iter().next();
        }
        None => {
            let taken =
                taken.iter().map(|export| format!("{} was not saved: it is already there", file_name(&export.to)));
            for text in failed.into_iter().chain(taken) {
                cx.studio.notices.say(Tone::Bad, text, None);
            }
        }
    }
}
