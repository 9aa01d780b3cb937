//! Time per frame in our code, while 8 streams of 1024 x 1024 partials arrive and a gallery of 5,000 pictures is
//! scrolled at 60 frames a second; against a gallery that lays out every tile, in the same run. And that an idle window
//! draws no frames. The painter, the decoders and the window share the same cores, as they do on an artist's machine.
//!
//! `cargo bench --bench frame`, or with another number of pictures: `EASEL_BENCH_PICTURES=100000 cargo bench`.

#[path = "common/grid.rs"]
mod grid;
#[path = "common/window.rs"]
mod window;

use easel::api::{ApiKey, ModelId};
use easel::demo;
use easel::engine::{Service, ServiceKind, runtime};
use easel::library::{Job, JobId, JobState, Library, NewPicture, PictureId, Recipe, RecipeContext, Run, RunId};
use easel::picture::{Encoding, Format, Pixels, Size, encode};
use easel::studio::Command;
use egui::{Event, pos2};
use grid::wheel;
use std::error::Error;
use std::path::Path;
use std::time::{Duration, Instant};
use window::{Figures, Window};

const STREAMS: u32 = 8;
const FRAMES: usize = 1500;

fn main() -> Result<(), Box<dyn Error>> {
    let pictures: usize = std::env::var("EASEL_BENCH_PICTURES").ok().and_then(|text| text.parse().ok()).unwrap_or(5000);
    let dir = tempfile::tempdir()?;
    let library = filled(&dir.path().join("library"), pictures)?;
    let runtime = runtime()?;
    // The painter would take the processor from the window, which a service elsewhere does not: it may run as a process
    // of its own (`nice -n 19 easel demo --pace 4`), whose base address stands in EASEL_BENCH_SERVER.
    let outside = std::env::var("EASEL_BENCH_SERVER").ok();
    let server = runtime.block_on(demo::Server::start(demo::Options { port: 0, pace: Duration::from_secs(8) }))?;
    let service = Service {
        kind: ServiceKind::Demo,
        base: outside.clone().unwrap_or_else(|| server.base_url().to_owned()),
        key: Some(ApiKey::new(demo::KEY)?),
    };
    let mut window = Window::new();
    let mut app = window.open(library, service, runtime, STREAMS as usize)?;
    while app.studio().collection.count() < pictures || app.studio().model().is_none() {
        window.frame(&mut app, vec![]);
    }
    app.studio_mut().draft.model = Some(ModelId::new("easel/atelier"));
    app.studio_mut().draft.set("resolution", "1K");
    app.studio_mut().draft.set("n", STREAMS);

    let (mut ours, mut running) = (Vec::new(), 0);
    for number in 0..FRAMES {
        let jobs = app.studio().snapshot.jobs.len();
        running += usize::from(jobs > 0);
        if jobs == 0 {
            app.run(Command::Do(easel::studio::Action::Generate));
        }
        // Down and up again, fast and slow.
        let speed = if number % 400 < 200 { -1.0 } else { 1.0 } * (20.0 + (number % 97) as f32 * 8.0);
        ours.push(window.paced(&mut app, vec![Event::PointerMoved(pos2(1000.0, 600.0)), wheel(speed)]));
    }
    let naive: Vec<Duration> = (0..120).map(|_| grid::naive(&window, pictures)).collect();
    println!("the painter runs {}", if outside.is_some() { "outside" } else { "inside, on the same cores" });
    println!("pictures: {pictures}; streams: {STREAMS} of 1024 x 1024, running in {running} of {FRAMES} frames");
    let worked = Figures::of(ours.iter().map(|[_, processor]| *processor).collect());
    let ours = Figures::of(ours.iter().map(|[clock, _]| *clock).collect());
    let naive = Figures::of(naive);
    println!("our code per frame:     {ours}");
    println!("  processor time alone: {worked}");
    println!("every tile laid out:    {naive}");
    println!("ratio at the median: {:.1}; at the 99th percentile: {:.1}", naive.p50 / ours.p50, naive.p99 / ours.p99);
    println!("99th percentile under 4 ms: {}", if ours.p99 < 4.0 { "yes" } else { "no" });

    app.run(Command::Do(easel::studio::Action::CancelAll));
    let settled = Instant::now();
    while settled.elapsed() < Duration::from_secs(20) && (!app.is_settled() || grid::wants_frame(&window)) {
        window.frame(&mut app, vec![]);
        std::thread::sleep(Duration::from_millis(5));
    }
    println!("idle, a frame is wanted: {}", if grid::wants_frame(&window) { "yes" } else { "never" });
    Ok(())
}

/// A library of small pictures, four to a run.
fn filled(dir: &Path, count: usize) -> Result<Library, Box<dyn Error>> {
    let mut library = Library::open(dir)?;
    let shades: Vec<Vec<u8>> = (0..16_u8).map(shade).collect::<Result<_, _>>()?;
    for number in 0..count.div_ceil(4) {
        let run = Run {
            id: RunId::new(),
            created_ms: 1_700_000_000_000 + number as i64 * 60_000,
            model: ModelId::new("easel/atelier"),
            model_name: "Atelier".into(),
            prompt: format!("A painted shore, number {number}, copper light on the water"),
            settings: "3:2 · 1K".into(),
            asked: 4,
            aspect: Some(1.5),
        };
        let job = Job {
            id: JobId::new(),
            run: run.id.clone(),
            position: 0,
            asked: 4,
            request: serde_json::json!({ "model": "easel/atelier", "prompt": run.prompt }),
            context: RecipeContext::default(),
            state: JobState::Queued,
        };
        library.add_run(&run, std::slice::from_ref(&job))?;
        for position in 0..4_usize.min(count - number * 4) {
            let Some(bytes) = shades.get((number + position) % shades.len()) else { continue };
            let recipe = recipe(&run, &job, position as u32, bytes.len() as u64);
            let size = Some(Size { width: 96, height: 64 });
            library.ingest(NewPicture { recipe, bytes, format: Some(Format::Png), size })?;
        }
        for state in [JobState::Sent, JobState::Received, JobState::Stored] {
            library.set_job_state(&job.id, &state)?;
        }
    }
    Ok(library)
}

fn shade(level: u8) -> Result<Vec<u8>, Box<dyn Error>> {
    let size = Size { width: 96, height: 64 };
    let rgba = (0..96 * 64_u32).flat_map(|n| [(n % 96) as u8 * 2, level * 16, (n / 96) as u8 * 3, 255]).collect();
    let pixels = Pixels::new(size, rgba).ok_or("a wrong size")?;
    Ok(encode(&pixels, &Encoding::Png, [0; 3])?)
}

fn recipe(run: &Run, job: &Job, position: u32, bytes: u64) -> Recipe {
    Recipe {
        version: 1,
        id: PictureId::new(),
        run: run.id.clone(),
        job: job.id.clone(),
        position,
        request: job.request.clone(),
        context: RecipeContext::default(),
        provider: Some("Easel Studio".into()),
        generation_id: None,
        usage: None,
        cost: Some(0.04),
        created_ms: run.created_ms + i64::from(position),
        elapsed_ms: 2100,
        asked: 4,
        arrived: 4,
        media_type: "image/png".into(),
        hash: String::new(),
        bytes,
        size: None,
        flaw: None,
    }
}
