//! The program: reads the command line, then opens the window or works without one.

use easel::cli::{self, Environment, Mode};
use easel::{crash, window};
use std::process::ExitCode;

fn main() -> ExitCode {
    let environment = Environment::take();
    let parsed = cli::parse(std::env::args_os());
    let what = parsed.as_ref().ok().and_then(|args| args.as_ref().ok()).map_or("starting", |args| args.mode.word());
    let reports = crash::folder_of_user();
    crash::install(reports.clone(), what);
    match parsed {
        Ok(Ok(args)) if args.mode == Mode::Window => window::open(&args, environment),
        Ok(Ok(args)) => {
            if let Some(report) = reports.and_then(|folder| crash::told_on_shell(&folder)) {
                cli::say_of_crash(&report);
            }
            cli::run(args, environment)
        }
        Ok(Err(text)) => cli::print(&text),
        Err(sentence) => cli::refuse(&sentence),
    }
}
