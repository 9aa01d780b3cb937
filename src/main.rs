//! The program: reads the command line, then opens the window, works without one, or draws for a parent.

use easel::cli::{self, Environment, Mode};
use easel::{crash, decode, memory, picture, ui, window};
use std::process::ExitCode;

fn main() -> ExitCode {
    let environment = Environment::take();
    memory::give_back();
    let parsed = cli::parse(std::env::args_os());
    if matches!(&parsed, Ok(Ok(args)) if args.mode == Mode::DrawSvg) {
        // For what no font of the system has.
        picture::set_fallback_font(ui::fonts::REGULAR);
        return decode::serve();
    }
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
