//! The text of a report.

use super::redact;
use std::backtrace::Backtrace;
use std::time::Instant;

/// Longest backtrace, in bytes.
const BACKTRACE: usize = 48 << 10;

/// What is known of a failure; the message is redacted already.
pub(super) struct Report {
    /// When the program began.
    pub(super) began: Instant,
    /// What it was asked to do.
    pub(super) what: String,
    pub(super) thread: String,
    /// File, line and column.
    pub(super) place: String,
    pub(super) message: String,
}

impl Report {
    /// Writes it out, with the last lines of the log.
    pub(super) fn text(&self, log: &[String], backtrace: &Backtrace) -> String {
        let Self { began, what, thread, place, message } = self;
        let mut trace = redact::backtrace(&backtrace.to_string());
        trace.truncate((0..=BACKTRACE).rev().find(|at| trace.is_char_boundary(*at)).unwrap_or(0));
        let log = if log.is_empty() { "nothing was logged".to_owned() } else { log.join("\n") };
        format!(
            "Easel {version} failed inside\n\
             \n\
             Message    {message}\n\
             Place      {place}\n\
             Thread     {thread}\n\
             When       {now}, {after} s after the start\n\
             Doing      {what}\n\
             System     {system}\n\
             \n\
             Keys, prompts and pictures are left out. Look it through before you hand it on.\n\
             \n\
             Last lines of the log\n\
             {log}\n\
             \n\
             Backtrace\n\
             {trace}\n",
            version = env!("CARGO_PKG_VERSION"),
            now = jiff::Timestamp::now(),
            after = began.elapsed().as_secs(),
            system = system(),
        )
    }
}

/// Names the system, as far as it tells.
fn system() -> String {
    let kind = format!("{} {}", std::env::consts::OS, std::env::consts::ARCH);
    let release = std::fs::read_to_string("/etc/os-release").unwrap_or_default();
    let name = release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    let named = name.map(|name| format!(", {}", name.trim_matches('"')));
    let session = std::env::var("XDG_SESSION_TYPE").ok().map(|session| format!(", {session}"));
    let build = if cfg!(debug_assertions) { ", debug build" } else { "" };
    format!("{kind}{}{}{build}", named.unwrap_or_default(), session.unwrap_or_default())
}
