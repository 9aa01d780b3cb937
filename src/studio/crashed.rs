//! A part of Easel failed inside, in this session or an earlier one: what is offered of it.

use super::{Command, Dialog, Effect, Studio, Tone};
use std::path::PathBuf;
use std::sync::Arc;

/// A report that lies on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CrashReport {
    pub file: PathBuf,
    /// What it says.
    pub text: Arc<str>,
    /// Of an earlier session: it is offered when the window opens.
    pub earlier: bool,
}

impl Studio {
    /// Offers a report: one of an earlier session in a line over the window, a new one in a message.
    pub fn offer_crash_report(&mut self, report: CrashReport) {
        if !report.earlier {
            let text = "A part of Easel failed inside. What was received is saved, and a report was written";
            let action = ("Show the report".to_owned(), Command::OpenDialog(Dialog::CrashReport));
            self.notices.say(Tone::Bad, text, Some(action));
        }
        self.crash = Some(report);
    }

    /// Offers it no more.
    pub(super) fn close_crash_report(&mut self) {
        if self.dialog == Some(Dialog::CrashReport) {
            self.dialog = None;
        }
        self.notices.retract(|command| matches!(command, Command::OpenDialog(Dialog::CrashReport)));
        self.effects.extend(self.crash.take().map(|report| Effect::ForgetCrash(report.file)));
    }

    /// Says that nothing goes on any more.
    pub(super) fn engine_stopped(&mut self) {
        let text =
            "Easel cannot go on: it failed inside too often. What was received is saved; close it and start it again";
        self.notices.say(Tone::Bad, text, None);
    }
}
