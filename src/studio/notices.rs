//! Short messages with a life and, where it helps, an action.

use super::Command;
use crate::api::harmless_line;
use std::time::{Duration, Instant};

/// Characters of a message.
const LONGEST: usize = 2_000;

/// How a message is meant; always said by icon and word, never by colour alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    Good,
    Info,
    Bad,
}

/// One message.
#[derive(Clone, Debug)]
pub struct Toast {
    pub id: u64,
    pub tone: Tone,
    pub text: String,
    /// A button: its text and what it does.
    pub action: Option<(String, Command)>,
    /// `None`: stays until dismissed.
    pub until: Option<Instant>,
}

/// The messages on screen, oldest first.
#[derive(Debug, Default)]
pub struct Notices {
    toasts: Vec<Toast>,
    next: u64,
}

impl Notices {
    /// Says something. Good news goes by itself, bad news stays until it is dismissed.
    pub fn say(&mut self, tone: Tone, text: impl Into<String>, action: Option<(String, Command)>) {
        // Names of files and words of servers come this way.
        let text = harmless_line(&text.into(), LONGEST);
        // The same message again replaces the older one.
        self.toasts.retain(|toast| toast.text != text);
        let life = match (tone, action.is_some()) {
            (Tone::Bad, _) => None,
            (_, true) => Some(Duration::from_secs(10)),
            (_, false) => Some(Duration::from_secs(5)),
        };
        self.next += 1;
        let until = life.map(|life| Instant::now() + life);
        self.toasts.push(Toast { id: self.next, tone, text, action, until });
        if self.toasts.len() > 4 {
            self.toasts.remove(0);
        }
    }

    /// Takes a message off the screen.
    pub fn dismiss(&mut self, id: u64) {
        self.toasts.retain(|toast| toast.id != id);
    }

    /// Takes the messages off the screen whose button would not do any more what it says.
    pub fn retract(&mut self, of: impl Fn(&Command) -> bool) {
        self.toasts.retain(|toast| !toast.action.as_ref().is_some_and(|(_, command)| of(command)));
    }

    /// Removes what has had its time; returns when to look again.
    pub fn expire(&mut self, now: Instant) -> Option<Instant> {
        self.toasts.retain(|toast| toast.until.is_none_or(|until| until > now));
        self.toasts.iter().filter_map(|toast| toast.until).min()
    }

    /// Returns the messages, oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &Toast> {
        self.toasts.iter()
    }
}
