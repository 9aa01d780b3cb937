//! The real program in a real window: how long until it can be used, and what it takes.

use crate::memory::resident;
use crate::window::Figures;
use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

const ROUNDS: usize = 9;

/// A program that is ended when this is dropped.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        if let Err(error) = self.0.kill().and_then(|()| self.0.wait()) {
            println!("a program could not be ended: {error}");
        }
    }
}

#[derive(Default)]
struct Starts {
    window: Vec<Duration>,
    newest: Vec<Duration>,
    library: Vec<Duration>,
    processor: Vec<Duration>,
    /// Megabytes: at rest, and after a long way through the grid.
    memory: Vec<[u64; 2]>,
}

/// Starts the program on an empty library and on a full one, in turns, and prints both.
pub fn compare(empty: &Path, full: &Path) -> Result<(), Box<dyn Error>> {
    let screen = Command::new("Xvfb")
        .args(["-displayfd", "1", "-screen", "0", "1920x1200x24", "-nolisten", "tcp"])
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn();
    let Ok(screen) = screen else {
        println!("start of the program: skipped, because there is no Xvfb here");
        return Ok(());
    };
    let mut screen = Running(screen);
    let mut number = String::new();
    if let Some(output) = screen.0.stdout.take() {
        BufReader::new(output).read_line(&mut number)?;
    }
    let display = format!(":{}", number.trim());
    let home = tempfile::tempdir()?;
    let (mut none, mut all) = (Starts::default(), Starts::default());
    for _ in 0..ROUNDS {
        start(&display, home.path(), empty, &mut none)?;
        start(&display, home.path(), full, &mut all)?;
    }
    println!("start of the program, medians of {ROUNDS}:");
    let table = [
        ("to its first frame", none.window, all.window),
        ("to a frame with the newest pictures", none.newest, all.newest),
        ("to the whole library in it", none.library, all.library),
        ("  processor time in all until then", none.processor, all.processor),
    ];
    for (what, none, all) in table {
        let (none, all) = (Figures::of(none).p50, Figures::of(all).p50);
        println!("  {what}: empty {none:.0} ms, full {all:.0} ms, ratio {:.2}", all / none);
    }
    for (place, what) in ["at rest", "after a long way through the grid"].into_iter().enumerate() {
        let median = |starts: &[[u64; 2]]| {
            let mut figures: Vec<u64> = starts.iter().filter_map(|memory| memory.get(place).copied()).collect();
            figures.sort_unstable();
            figures.get(figures.len() / 2).copied().unwrap_or(0)
        };
        println!("  memory {what}: empty {} MB, full {} MB", median(&none.memory), median(&all.memory));
    }
    Ok(())
}

fn start(display: &str, home: &Path, library: &Path, starts: &mut Starts) -> Result<(), Box<dyn Error>> {
    let mut command = Command::new(env!("CARGO_BIN_EXE_easel"));
    command.arg("--library").arg(library).env("DISPLAY", display).env("RUST_LOG", "easel=info");
    for folder in ["HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_RUNTIME_DIR"] {
        command.env(folder, home);
    }
    for other in ["WAYLAND_DISPLAY", "OPENROUTER_API_KEY", "OPENROUTER_API_BASE"] {
        command.env_remove(other);
    }
    let began = Instant::now();
    let mut program = Running(command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn()?);
    let Some(log) = program.0.stderr.take() else { return Ok(()) };
    let mut told = String::new();
    for line in BufReader::new(log).lines() {
        let line = line?;
        let since = began.elapsed();
        if line.contains("the window is on screen") {
            starts.window.push(since);
        }
        if line.contains("the newest pictures are on screen") {
            starts.window.resize(starts.library.len() + 1, since);
            starts.newest.push(since);
        }
        if line.contains("the library is on screen") {
            // The library may have been read before the first frame.
            starts.window.resize(starts.library.len() + 1, since);
            starts.newest.resize(starts.library.len() + 1, since);
            starts.library.push(since);
            break;
        }
        told.push_str(&line);
    }
    if starts.library.len() != starts.window.len() || starts.window.is_empty() {
        return Err(format!("the program did not start: {told}").into());
    }
    let id = program.0.id().to_string();
    starts.processor.push(processor(&id).unwrap_or_default());
    std::thread::sleep(Duration::from_secs(2));
    let rest = resident(&id).unwrap_or(0);
    let wheel = Command::new("xdotool")
        .args(["mousemove", "760", "500", "click", "--repeat", "300", "--delay", "10", "5"])
        .env("DISPLAY", display)
        .status();
    if wheel.is_err() {
        println!("  memory after scrolling: skipped, because there is no xdotool here");
    }
    std::thread::sleep(Duration::from_secs(1));
    starts.memory.push([rest, resident(&id).unwrap_or(0)]);
    Ok(())
}

/// Time that a process has taken of the processor.
fn processor(id: &str) -> Option<Duration> {
    let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
    // The name may hold spaces; it ends with the last bracket.
    let fields: Vec<&str> = stat.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |place: usize| fields.get(place)?.parse::<u64>().ok();
    Some(Duration::from_millis((ticks(11)? + ticks(12)?) * 10))
}
