//! The last lines of the log, for a report: whatever is told at `info` or above, also when stderr shows less.

use super::redact;
use log::{LevelFilter, Log, Metadata, Record};
use std::collections::VecDeque;
use std::sync::{Mutex, PoisonError};

/// Lines remembered.
const LINES: usize = 100;

static RECENT: Mutex<VecDeque<String>> = Mutex::new(VecDeque::new());

/// Logs to stderr as `RUST_LOG` says, and remembers.
struct Both(env_logger::Logger);

/// Becomes the program's log; a second call, or one after another log was set, changes nothing.
pub(super) fn start() {
    let stderr = env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("error")).build();
    let level = stderr.filter().max(LevelFilter::Info);
    if log::set_boxed_logger(Box::new(Both(stderr))).is_ok() {
        log::set_max_level(level);
    }
}

/// Returns the lines, oldest first.
pub(super) fn lines() -> Vec<String> {
    RECENT.lock().unwrap_or_else(PoisonError::into_inner).iter().cloned().collect()
}

/// Says whether a line is worth remembering: of other crates only what went wrong.
fn is_remembered(metadata: &Metadata<'_>) -> bool {
    let own = metadata.target() == "easel" || metadata.target().starts_with("easel::");
    metadata.level() <= if own { log::Level::Info } else { log::Level::Warn }
}

impl Log for Both {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        is_remembered(metadata) || self.0.enabled(metadata)
    }

    fn log(&self, record: &Record<'_>) {
        self.0.log(record);
        if !is_remembered(record.metadata()) {
            return;
        }
        let now = jiff::Timestamp::now().strftime("%H:%M:%S%.3f");
        let text = redact::line(&record.args().to_string());
        let line = format!("{now} {} {}: {text}", record.level(), record.target());
        let mut recent = RECENT.lock().unwrap_or_else(PoisonError::into_inner);
        if recent.len() >= LINES {
            recent.pop_front();
        }
        recent.push_back(line);
    }

    fn flush(&self) {
        self.0.flush();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn of_others_only_failures_are_remembered_and_of_commands_nothing() {
        let is = |target: &str, level| is_remembered(&Metadata::builder().target(target).level(level).build());
        assert!(is("easel::app", log::Level::Info) && is("easel", log::Level::Error) && is("wgpu", log::Level::Warn));
        assert!(
            !is("easel::app", log::Level::Debug) && !is("hyper", log::Level::Info) && !is("easels", log::Level::Info)
        );
    }
}
