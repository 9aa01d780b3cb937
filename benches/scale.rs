//! A library of a hundred thousand pictures against an empty one and against naive ways, in the same run: start of the
//! program, scrolling, thumbnails after a stop, memory.
//!
//! `cargo bench --bench scale`, or with another number: `EASEL_BENCH_PICTURES=10000 cargo bench --bench scale`. A library
//! that is there already, filled by `easel library fill`, is taken from `EASEL_BENCH_LIBRARY`.

#[path = "common/grid.rs"]
mod grid;
#[path = "common/library.rs"]
mod library;
#[path = "common/memory.rs"]
mod memory;
#[path = "scale/start.rs"]
mod start;
#[path = "common/window.rs"]
mod window;

use easel::app::App;
use easel::engine::{Service, ServiceKind, runtime};
use easel::library::Library;
use egui::{Event, Modifiers, PointerButton, Pos2, pos2};
use grid::wheel;
use library::filled;
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};
use window::{Figures, Window};

/// Frames of each way to scroll.
const FRAMES: usize = 300;
/// Over the grid.
const INSIDE: Pos2 = pos2(1000.0, 600.0);
/// The handle of the scroll bar when the grid stands at its top.
const BAR: Pos2 = pos2(1627.0, 90.0);

fn main() -> Result<(), Box<dyn Error>> {
    let temporary = tempfile::tempdir()?;
    let (library, dir) = filled(temporary.path())?;
    let count = library.pictures()?.len();
    drop(library);
    println!("{count} pictures");
    start::compare(&temporary.path().join("empty"), &dir)?;

    let small = temporary.path().join("small");
    Library::open(&small)?.fill(1000, |_| {})?;
    let few = scroll(&small, 1000)?;
    let fresh = scroll(&dir, count)?;
    let kept = scroll(&dir, count)?;
    for ((way, few), (fresh, kept)) in WAYS.iter().zip(few).zip(fresh.into_iter().zip(kept)) {
        let (clock, few_clock) = (Figures::of(kept.clock), Figures::of(few.clock));
        println!("{}, per frame in our code: {clock}", way.name);
        println!("  processor time alone: {}", Figures::of(kept.processor));
        println!("  with a thousand pictures: {few_clock}; ratio at the median {:.2}", clock.p50 / few_clock.p50);
        println!("  99th percentile under 4 ms: {}", if clock.p99 < 4.0 { "yes" } else { "no" });
        println!("  from stop to all thumbnails, kept: {}", Figures::of(kept.shown));
        println!("    and made for the first time: {}", Figures::of(fresh.shown));
    }
    let window = Window::new();
    let naive = Figures::of((0..5).map(|_| grid::naive(&window, count)).collect());
    println!("every tile laid out, per frame: {naive}");
    println!("memory of this process after all of it: {} MB", memory::resident("self").unwrap_or(0));
    Ok(())
}

/// A way to scroll: what the hand does in a frame.
struct Way {
    name: &'static str,
    /// How often it begins and stops.
    stops: usize,
    hand: fn(usize) -> Vec<Event>,
}

const WAYS: [Way; 4] = [
    Way { name: "scrolled slowly", stops: 3, hand: |_| turn(-40.0) },
    Way { name: "scrolled fast", stops: 3, hand: |_| turn(-2400.0) },
    Way { name: "thrown to either end", stops: 3, hand: |frame| turn(if frame / 10 % 2 == 0 { -1e8 } else { 1e8 }) },
    Way { name: "dragged by the bar", stops: 3, hand: drag },
];

fn turn(points: f32) -> Vec<Event> {
    vec![Event::PointerMoved(INSIDE), wheel(points)]
}

/// Takes the bar at the top and goes down with it.
fn drag(frame: usize) -> Vec<Event> {
    let at = pos2(BAR.x, BAR.y + frame as f32 * 2.0);
    let press =
        |pressed| Event::PointerButton { pos: at, button: PointerButton::Primary, pressed, modifiers: Modifiers::NONE };
    match frame {
        0 => vec![wheel(1e8), Event::PointerMoved(at)],
        1 => vec![Event::PointerMoved(at), press(true)],
        last if last == FRAMES / 3 - 1 => vec![Event::PointerMoved(at), press(false), Event::PointerMoved(INSIDE)],
        _ => vec![Event::PointerMoved(at)],
    }
}

#[derive(Default)]
struct Scrolled {
    clock: Vec<Duration>,
    processor: Vec<Duration>,
    /// From the last movement of the grid to the last thumbnail on screen.
    shown: Vec<Duration>,
}

/// Scrolls through a library in all ways; the texture cache begins empty.
fn scroll(dir: &Path, count: usize) -> Result<Vec<Scrolled>, Box<dyn Error>> {
    let mut window = Window::new();
    // Nobody listens there.
    let service = Service { kind: ServiceKind::Custom, base: "http://127.0.0.1:9/api/v1".into(), key: None };
    let mut app = window.open(Library::open(dir)?, service, runtime()?, 1)?;
    while app.studio().collection.count() < count {
        window.paced(&mut app, vec![]);
    }
    rest(&mut window, &mut app);
    let scrolled = WAYS.iter().map(|way| {
        let mut figures = Scrolled::default();
        for _ in 0..way.stops {
            for frame in 0..FRAMES / way.stops {
                let [clock, processor] = window.paced(&mut app, (way.hand)(frame));
                figures.clock.push(clock);
                figures.processor.push(processor);
            }
            figures.shown.push(rest(&mut window, &mut app));
        }
        figures
    });
    let scrolled = scrolled.collect();
    let resting = Instant::now();
    while grid::wants_frame(&window) && resting.elapsed() < Duration::from_secs(20) {
        window.paced(&mut app, vec![]);
    }
    let idle = if grid::wants_frame(&window) { "yes" } else { "never" };
    let memory = memory::resident("self").unwrap_or(0);
    println!("  {count} pictures: memory of this process {memory} MB; idle, a frame is wanted: {idle}");
    Ok(scrolled)
}

/// Lets go and waits for the last thumbnail; returns how long that took from when the grid stood still.
fn rest(window: &mut Window, app: &mut App) -> Duration {
    let mut still = None;
    loop {
        window.paced(app, vec![]);
        let since = *still.get_or_insert_with(Instant::now);
        if window.gliding {
            still = None;
        } else if app.is_settled() {
            return since.elapsed();
        }
    }
}
