//! What is written down when a part of Easel fails inside: a report without secrets, and where it lies.
//!
//! May import `api` and `picture`. [`install`] is called once, first thing; from then on every panic of any thread
//! writes one report, except in other people's decoders, whose panics cost their picture and are told there.
//! Invariants: a report holds no key, no picture and no prompt; writing one never panics and never hides the failure:
//! what cannot be written is said on stderr.

mod folder;
mod recent;
mod redact;
mod report;

pub use folder::{mark_seen, told_on_shell, unseen};

use crate::picture;
use report::Report;
use std::backtrace::Backtrace;
use std::collections::HashSet;
use std::io::Write as _;
use std::panic::PanicHookInfo;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Instant;

/// Reports that one run of the program writes at most.
const MOST: usize = 10;

/// Reports begun by this process, and those that lie on the disk.
static BEGUN: AtomicUsize = AtomicUsize::new(0);
static WRITTEN: AtomicUsize = AtomicUsize::new(0);
/// The newest of them.
static NEWEST: Mutex<Option<Written>> = Mutex::new(None);

/// A report that lies on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    pub file: PathBuf,
    pub text: Arc<str>,
}

/// Returns the folder of this user's reports; `None`: the system names none.
///
/// The folder for state (Linux: `~/.local/state/easel/crash reports`), elsewhere the one for local data. It is no part
/// of any library: a report is about the program, and the library may be what failed.
pub fn folder_of_user() -> Option<PathBuf> {
    let dirs = directories::ProjectDirs::from("", "", "easel")?;
    let state = dirs.state_dir().unwrap_or_else(|| dirs.data_local_dir());
    Some(state.join("crash reports"))
}

/// Sets up the log and the reports. `what` the program was asked to do, in a word or two, stands in each report.
///
/// `None` as the folder: failures are told on stderr alone.
pub fn install(folder: Option<PathBuf>, what: &str) {
    recent::start();
    let (began, what) = (Instant::now(), what.to_owned());
    let known: Mutex<HashSet<String>> = Mutex::default();
    std::panic::set_hook(Box::new(move |info| {
        let place = info.location().map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
        if picture::is_guarded() {
            // The decoder's own words may quote the picture.
            log::debug!("a decoder gave up at {place}");
            return;
        }
        let is_new = known.lock().unwrap_or_else(PoisonError::into_inner).insert(place.clone());
        let report = Report {
            began,
            what: what.clone(),
            thread: std::thread::current().name().unwrap_or("without a name").to_owned(),
            place,
            message: message_of(info),
        };
        let written = match folder.as_deref().filter(|_| is_new) {
            Some(folder) => write(folder, &report),
            None => Ok(None),
        };
        tell(&report, &written);
    }));
}

/// Returns how many reports this process has written; cheap.
pub fn count() -> usize {
    WRITTEN.load(Ordering::Acquire)
}

/// Returns the newest report of this process.
pub fn newest() -> Option<Written> {
    NEWEST.lock().unwrap_or_else(PoisonError::into_inner).clone()
}

fn message_of(info: &PanicHookInfo<'_>) -> String {
    redact::message(info.payload_as_str().unwrap_or("a value that is no text"))
}

/// `Ok(None)`: there are enough of this run already.
fn write(folder: &Path, report: &Report) -> std::io::Result<Option<PathBuf>> {
    let number = BEGUN.fetch_add(1, Ordering::Relaxed);
    if number >= MOST {
        return Ok(None);
    }
    let text = report.text(&recent::lines(), &Backtrace::force_capture());
    let file = folder::write(folder, &text, jiff::Timestamp::now(), number)?;
    *NEWEST.lock().unwrap_or_else(PoisonError::into_inner) = Some(Written { file: file.clone(), text: text.into() });
    WRITTEN.fetch_add(1, Ordering::Release);
    Ok(Some(file))
}

fn tell(report: &Report, written: &std::io::Result<Option<PathBuf>>) {
    let Report { thread, message, place, .. } = report;
    let end = match written {
        Ok(Some(file)) => format!("; a report is at {}", file.display()),
        Ok(None) => String::new(),
        Err(error) => format!("; the report could not be written: {error}"),
    };
    let line = format!("easel: a part of Easel failed inside ({thread}): {message} ({place}){end}");
    if writeln!(std::io::stderr().lock(), "{line}").is_err() {
        log::debug!("nobody reads our errors any more");
    }
}
