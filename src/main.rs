//! The program: reads the command line, then opens the window or works without one.

use easel::cli::{self, Environment, Mode};
use easel::window;
use std::process::ExitCode;

fn main() -> ExitCode {
    let environment = Environment::take();
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("error")).init();
    match cli::parse(std::env::args_os()) {
        Ok(Ok(args)) if args.mode == Mode::Window => window::open(&args, environment),
        Ok(Ok(args)) => cli::run(args, environment),
        Ok(Err(text)) => cli::print(&text),
        Err(sentence) => cli::refuse(&sentence),
    }
}
