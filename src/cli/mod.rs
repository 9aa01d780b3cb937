//! The program without a window: the same engine for scripts and tests.
//!
//! May import every layer but `ui` and `app`. Invariants: what is asked for and does not all arrive ends in a
//! non-zero exit and one line `error: kind: sentence` on stderr; the key is printed nowhere.

mod account;
mod args;
mod environment;
mod generate;
mod import;
mod jobs;
mod known;
mod library;
mod models;
mod read;
mod rescue;
mod serve;
mod service;
mod session;
mod sign_in;

pub use args::{Args, Generate, HELP, Mode, SignIn, Task, parse};
pub use environment::Environment;
pub use known::Known;
pub use service::{Places, library_dir, service};

use crate::api::{harmless, harmless_json, harmless_line};
use std::process::ExitCode;

/// Characters of a failure's sentence.
const LONGEST_MESSAGE: usize = 3_000;

/// A failure as scripts see it.
#[derive(Debug)]
pub struct Failure {
    /// A stable word.
    pub kind: String,
    /// One sentence.
    pub message: String,
}

impl Failure {
    /// Pairs a stable word with a sentence.
    pub fn new(kind: impl Into<String>, message: impl std::fmt::Display) -> Self {
        Self { kind: kind.into(), message: message.to_string() }
    }
}

impl From<crate::library::Error> for Failure {
    fn from(error: crate::library::Error) -> Self {
        Self::new("library", error)
    }
}

/// Runs a command that needs no window.
pub fn run(args: Args, environment: Environment) -> ExitCode {
    let done = match &args.mode {
        Mode::Models { json } => models::run(&args, environment, *json),
        Mode::SignIn(wanted) => sign_in::run(&args, environment, wanted),
        Mode::Account { json } => account::run(&args, environment, *json),
        Mode::Generate(generate) => generate::run(&args, environment, generate),
        Mode::Demo { port } => serve::run(*port, args.pace),
        Mode::Library(task) => library::run(&args, task),
        Mode::Read { files, json } => read::run(files, *json),
        Mode::Import { paths, json } => import::run(&args, paths, *json),
        Mode::Jobs { json } => jobs::run(&args, *json),
        // These are for `main`.
        Mode::Window | Mode::DrawSvg => Ok(()),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            say_error(&failure);
            ExitCode::FAILURE
        }
    }
}

/// Prints a text that was asked for.
pub fn print(text: &str) -> ExitCode {
    put(text.trim_end());
    ExitCode::SUCCESS
}

/// Says in one sentence why the program does not start.
pub fn refuse(sentence: &str) -> ExitCode {
    use std::io::Write as _;
    if writeln!(std::io::stderr().lock(), "easel: {}", harmless(sentence)).is_err() {
        log::debug!("nobody reads our errors any more");
    }
    ExitCode::FAILURE
}

/// Tells, once, of a report that an earlier run wrote.
pub fn say_of_crash(report: &std::path::Path) {
    use std::io::Write as _;
    let line = format!("easel: an earlier run failed inside; its report is at {}", report.display());
    if writeln!(std::io::stderr().lock(), "{}", harmless(&line)).is_err() {
        log::debug!("nobody reads our errors any more");
    }
}

/// Prints one line to stdout, whoever wrote what is in it.
fn say(line: &str) {
    put(&harmless(&line.replace(['\n', '\r'], " ")));
}

/// Prints one line of JSON, which keeps its meaning to the byte.
fn say_json(json: &str) {
    put(&harmless_json(json));
}

/// Prints to stdout; a closed pipe is not our failure.
fn put(line: &str) {
    use std::io::Write as _;
    if writeln!(std::io::stdout().lock(), "{line}").is_err() {
        log::debug!("nobody reads our output any more");
    }
}

/// Prints a line to stderr that is no failure.
fn say_aside(line: &str) {
    use std::io::Write as _;
    if writeln!(std::io::stderr().lock(), "easel: {}", harmless(line)).is_err() {
        log::debug!("nobody reads our errors any more");
    }
}

/// Prints a failure to stderr.
fn say_error(failure: &Failure) {
    use std::io::Write as _;
    let message = harmless_line(&failure.message, LONGEST_MESSAGE);
    if writeln!(std::io::stderr().lock(), "error: {}: {message}", harmless(&failure.kind)).is_err() {
        log::debug!("nobody reads our errors any more");
    }
}
