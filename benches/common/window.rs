//! A window without a screen: the time each frame takes in our code, painting left out.

use cpu_time::ThreadTime;
use easel::api::Timeouts;
use easel::app::App;
use easel::decode::{Pool, Waker};
use easel::engine::{Config, Engine, SecretStore, Service};
use easel::library::Library;
use easel::studio::Studio;
use easel::ui;
use egui::{Event, RawInput, Rect, pos2};
use std::error::Error;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Of a screen that draws sixty frames a second.
const FRAME: Duration = Duration::from_micros(16_667);
const WINDOW: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(1920.0, 1200.0) };

pub struct Window {
    pub context: egui::Context,
    began: Instant,
    /// What the last frame gave to be painted.
    pub output: egui::FullOutput,
    /// Whether the wheel still moved something in the last frame.
    pub gliding: bool,
}

impl Window {
    pub fn new() -> Self {
        easel::memory::give_back();
        let context = egui::Context::default();
        Self { context, began: Instant::now(), output: egui::FullOutput::default(), gliding: false }
    }

    /// Opens the whole studio on a library.
    pub fn open(
        &self,
        library: Library,
        service: Service,
        runtime: tokio::runtime::Runtime,
        max_running: usize,
    ) -> Result<App, Box<dyn Error>> {
        let waker: Waker = Arc::new(|| {});
        let pool = Pool::start(1, ui::color_image, &waker)?;
        let secrets = SecretStore::new(library.dir());
        let config = Config {
            service,
            fallback: None,
            timeouts: Timeouts::default(),
            max_running,
            keep_partials: true,
            waker,
            previews: pool.preview_sink(),
            secrets,
            browser: Default::default(),
            connections: Default::default(),
            connection: None,
            privacy: Default::default(),
        };
        easel::decode::use_program(env!("CARGO_BIN_EXE_easel"));
        let engine = Engine::start(runtime, library, config)?;
        let studio = Studio::new(engine.snapshot(), |_| None);
        Ok(App::new(&self.context, engine, pool, studio))
    }

    pub fn input(&self, events: Vec<Event>) -> RawInput {
        RawInput {
            screen_rect: Some(WINDOW),
            time: Some(self.began.elapsed().as_secs_f64()),
            max_texture_side: Some(8192),
            events,
            ..RawInput::default()
        }
    }

    /// Draws one frame and returns the time spent in our code: by the clock, and of the processor.
    pub fn frame(&mut self, app: &mut App, events: Vec<Event>) -> [Duration; 2] {
        use eframe::App as _;
        let input = self.input(events);
        let context = self.context.clone();
        let mut frame = eframe::Frame::_new_kittest();
        let mut spent = [Duration::ZERO; 2];
        let mut gliding = false;
        // Nothing is painted here, and nothing is missed by that.
        self.output.textures_delta.clear();
        self.output = context.run_ui(input, |ui| {
            let (began, worked) = (Instant::now(), ThreadTime::now());
            // Whoever scrolls takes it.
            gliding = ui.input(egui::InputState::smooth_scroll_delta) != egui::Vec2::ZERO;
            app.logic(ui.ctx(), &mut frame);
            app.ui(ui, &mut frame);
            let [clock, processor] = &mut spent;
            *clock += began.elapsed();
            *processor += worked.elapsed();
        });
        self.gliding = gliding;
        spent
    }

    /// The same, and waits for the next beat of the screen.
    pub fn paced(&mut self, app: &mut App, events: Vec<Event>) -> [Duration; 2] {
        let due = Instant::now() + FRAME;
        let spent = self.frame(app, events);
        std::thread::sleep(due.saturating_duration_since(Instant::now()));
        spent
    }
}

impl Drop for Window {
    fn drop(&mut self) {
        self.output.textures_delta.clear();
    }
}

/// Milliseconds.
pub struct Figures {
    pub p50: f64,
    pub p99: f64,
    max: f64,
}

impl Figures {
    pub fn of(mut times: Vec<Duration>) -> Self {
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
