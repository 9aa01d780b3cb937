//! Time per frame in our code, while 8 streams of 1024 x 1024 partials arrive and a gallery of 5,000 pictures is
//! scrolled at 60 frames a second; against a gallery that lays out every tile, in the same run. And that an idle window
//! draws no frames. The painter, the decoders and the window share the same cores, as they do on an artist's machine.
//!
//! `cargo bench --bench frame`, or with another number of pictures: `EASEL_BENCH_PICTURES=100000 cargo bench`.

use cpu_time::ThreadTime;
use easel::api::{ApiKey, ModelId, Timeouts};
use easel::app::App;
use easel::engine::{Config, Engine, Pool, SecretStore, Service, ServiceKind, Waker, runtime};
use easel::library::{Job, JobId, JobState, Library, NewPicture, PictureId, Recipe, RecipeContext, Run, RunId};
use easel::picture::{Encoding, Format, Pixels, Size, encode};
use easel::studio::{Command, Studio};
use easel::{demo, ui};
use egui::{Event, Modifiers, MouseWheelUnit, RawInput, Rect, pos2, vec2};
use std::error::Error;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

const STREAMS: u32 = 8;
const FRAMES: usize = 1500;
const FRAME: Duration = Duration::from_micros(16_667);
const WINDOW: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(1920.0, 1200.0) };

fn main() -> Result<(), Box<dyn Error>> {
    let pictures: usize = std::env::var("EASEL_BENCH_PICTURES").ok().and_then(|text| text.parse().ok()).unwrap_or(5000);
    let dir = tempfile::tempdir()?;
    let library = filled(&dir.path().join("library"), pictures)?;
    let runtime = runtime()?;
    // The painter would take the processor from the window, which a service elsewhere does not: it may run as a process
    // of its own (`nice -n 19 easel demo --pace 4`), whose base address stands in EASEL_BENCH_SERVER.
    let outside = std::env::var("EASEL_BENCH_SERVER").ok();
    let server = runtime.block_on(demo::Server::start(demo::Options { port: 0, pace: Duration::from_secs(8) }))?;
    let waker: Waker = Arc::new(|| {});
    let pool = Pool::start(1, ui::color_image, &waker)?;
    let config = Config {
        service: Service {
            kind: ServiceKind::Demo,
            base: outside.clone().unwrap_or_else(|| server.base_url().to_owned()),
            key: Some(ApiKey::new(demo::KEY)?),
        },
        key_source: None,
        fallback: None,
        timeouts: Timeouts::default(),
        max_running: STREAMS as usize,
        waker,
        previews: pool.preview_sink(),
        secrets: SecretStore::new(dir.path(), server.base_url()),
    };
    let engine = Engine::start(runtime, library, config)?;
    let studio = Studio::new(engine.snapshot(), |_| None);
    let mut window = Window::new();
    let mut app = App::new(&window.context, engine, pool, studio);
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
        let due = Instant::now() + FRAME;
        ours.push(window.frame(&mut app, vec![Event::PointerMoved(pos2(1000.0, 600.0)), wheel(speed)]));
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
    }
    let naive = (0..120).map(|_| {
        let due = Instant::now() + FRAME;
        let spent = window.naive(pictures);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        spent
    });
    let naive: Vec<Duration> = naive.collect();
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
    while settled.elapsed() < Duration::from_secs(20) && (!app.is_settled() || window.wants_frame()) {
        window.frame(&mut app, vec![]);
        std::thread::sleep(Duration::from_millis(5));
    }
    println!("idle, a frame is wanted: {}", if window.wants_frame() { "yes" } else { "never" });
    Ok(())
}

struct Window {
    context: egui::Context,
    began: Instant,
    delay: Duration,
}

impl Window {
    fn new() -> Self {
        let context = egui::Context::default();
        Self { context, began: Instant::now(), delay: Duration::ZERO }
    }

    fn input(&self, events: Vec<Event>) -> RawInput {
        RawInput {
            screen_rect: Some(WINDOW),
            time: Some(self.began.elapsed().as_secs_f64()),
            max_texture_side: Some(8192),
            events,
            ..RawInput::default()
        }
    }

    /// Draws one frame and returns the time spent in our code: by the clock, and of the processor.
    fn frame(&mut self, app: &mut App, events: Vec<Event>) -> [Duration; 2] {
        use eframe::App as _;
        let input = self.input(events);
        let context = self.context.clone();
        let mut frame = eframe::Frame::_new_kittest();
        let mut spent = [Duration::ZERO; 2];
        let output = context.run_ui(input, |ui| {
            let (began, worked) = (Instant::now(), ThreadTime::now());
            app.logic(ui.ctx(), &mut frame);
            app.ui(ui, &mut frame);
            let [clock, processor] = &mut spent;
            *clock += began.elapsed();
            *processor += worked.elapsed();
        });
        self.delay =
            output.viewport_output.get(&egui::ViewportId::ROOT).map_or(Duration::ZERO, |root| root.repaint_delay);
        spent
    }

    fn wants_frame(&self) -> bool {
        self.delay < Duration::from_secs(3600)
    }

    /// The obvious way: a scroll area with a button for every picture.
    fn naive(&mut self, pictures: usize) -> Duration {
        let input = self.input(vec![Event::PointerMoved(pos2(1000.0, 600.0)), wheel(-200.0)]);
        let context = self.context.clone();
        let mut spent = Duration::ZERO;
        let _output = context.run_ui(input, |ui| {
            let began = Instant::now();
            egui::ScrollArea::vertical().show(ui, |ui| {
                ui.horizontal_wrapped(|ui| {
                    for number in 0..pictures {
                        ui.add_sized(vec2(232.0, 232.0), egui::Button::new(format!("Picture {number}")));
                    }
                });
            });
            spent += began.elapsed();
        });
        spent
    }
}

fn wheel(points: f32) -> Event {
    Event::MouseWheel {
        unit: MouseWheelUnit::Point,
        delta: vec2(0.0, points),
        modifiers: Modifiers::NONE,
        phase: egui::TouchPhase::Move,
        source: egui::MouseWheelSource::Wheel,
    }
}

/// Milliseconds.
struct Figures {
    p50: f64,
    p99: f64,
    max: f64,
}

impl Figures {
    fn of(mut times: Vec<Duration>) -> Self {
        times.sort();
        let at = |share: f64| {
            let place = ((times.len() as f64 - 1.0) * share) as usize;
            times.get(place).map_or(0.0, |time| time.as_secs_f64() * 1000.0)
        };
        Self { p50: at(0.5), p99: at(0.99), max: at(1.0) }
    }
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "median {:.2} ms, 99th percentile {:.2} ms, longest {:.2} ms", self.p50, self.p99, self.max)
    }
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
            library.store(NewPicture { recipe, bytes, format: Some(Format::Png), size })?;
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
    }
}
