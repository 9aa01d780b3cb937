//! The window's panels on a painted library, with an engine state made by hand: every state of a job at once, and the
//! same picture at every run. Nothing is sent anywhere.

use crate::painter;
use crate::support::bare_recipe;
use easel::api::{self, ModelId, ModelSource, Usage};
use easel::decode::{Pool, Preview, PreviewSink, Waker, Work};
use easel::engine::{
    Catalogue, Config, Engine, Event, Failure, JobError, JobView, Phase, Remote, SecretStore, Service, ServiceKind,
    Snapshot, Spending, runtime,
};
use easel::library::{Job, JobId, JobState, Library, NewPicture, PictureId, Recipe, RecipeContext, Run, RunId};
use easel::picture::{Encoding, Format, Pixels, Size, encode};
use easel::studio::{Command, Studio, ThemeChoice};
use easel::ui::{self, Cx, Textures};
use egui::{Theme, Vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use serde_json::json;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// The window's contents and what it did.
pub struct Desk {
    pub studio: Studio,
    pub engine: Engine,
    pub textures: Textures,
    pub previews: PreviewSink,
    ui: ui::State,
    commands: Vec<Command>,
    /// Every command that was given, as text.
    pub given: Vec<String>,
    _folder: tempfile::TempDir,
}

/// A run of the painted library: prompt, model, settings, shape, cost of a picture, how many, its date.
type Painted = (&'static str, &'static str, &'static str, (u32, u32), Option<f64>, usize, i64);

/// Noon of a day of November 2024, wherever this runs.
fn noon(day: i8) -> i64 {
    let noon = jiff::civil::date(2024, 11, day).at(12, 0, 0, 0).to_zoned(jiff::tz::TimeZone::system()).unwrap();
    noon.timestamp().as_millisecond()
}

pub const PANDA: &str = "A red panda astronaut drifting past a copper nebula, studio lighting, shallow depth of field, \
                         film grain";

fn painted() -> Vec<Painted> {
    vec![
        ("Paper boats on a canal, risograph", "Recraft V4", "4:3", (384, 288), Some(0.04), 5, noon(3)),
        (
            "Sticker sheet of garden birds",
            "GPT Image 2",
            "1:1 · transparent background",
            (320, 320),
            Some(0.13),
            6,
            noon(9),
        ),
        ("Portrait of a lighthouse keeper, tintype", "FLUX.2 Pro", "9:16", (270, 480), None, 6, noon(10)),
        ("Panorama of salt flats after rain", "Seedream 4.5", "21:9 · 4K", (504, 216), Some(0.04), 3, noon(11)),
        ("Logo of a fox, one line", "Recraft V4 Vector", "1:1", (320, 320), Some(0.08), 4, noon(12)),
        ("Lunar surface survey plate, silver gelatin print", "FLUX.2 Pro", "1:1", (320, 320), Some(0.03), 4, noon(12)),
        (
            "Latte art of a fox curled asleep, overhead, morning light",
            "GPT Image 2",
            "3:2 · high",
            (480, 320),
            Some(0.13),
            4,
            noon(20),
        ),
        (PANDA, "Seedream 4.5", "16:9 · 2K", (512, 288), Some(0.04), 1, noon(21)),
    ]
}

/// Opens the window on about forty pictures of several shapes, one transparent and some drawings among them.
pub fn desk(size: impl Into<Vec2>, theme: Theme) -> Harness<'static, Desk> {
    let folder = temporary();
    let mut library = Library::open(folder.path()).unwrap();
    for (number, run) in painted().into_iter().enumerate() {
        store_run(&mut library, number, &run);
    }
    open(library, folder, size, theme)
}

/// Opens the window on an empty library.
pub fn empty_desk(size: impl Into<Vec2>, theme: Theme) -> Harness<'static, Desk> {
    let folder = temporary();
    open(Library::open(folder.path()).unwrap(), folder, size, theme)
}

fn temporary() -> tempfile::TempDir {
    let memory = std::path::Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

pub fn service(kind: ServiceKind) -> Service {
    let key = (kind != ServiceKind::Demo).then(|| api::ApiKey::new("sk-or-v1-never-sent").unwrap());
    // Port 9 refuses: nothing here talks to anybody.
    Service { kind, base: "http://127.0.0.1:9/api/v1".into(), key }
}

fn open(library: Library, folder: tempfile::TempDir, size: impl Into<Vec2>, theme: Theme) -> Harness<'static, Desk> {
    let waker: Waker = Arc::new(|| {});
    let pool = Pool::start(2, ui::color_image, &waker).unwrap();
    let previews = pool.preview_sink();
    let config = Config {
        service: service(ServiceKind::Demo),
        fallback: None,
        timeouts: api::Timeouts::default(),
        max_running: 4,
        keep_partials: true,
        waker,
        previews: previews.clone(),
        secrets: SecretStore::new(&folder.path().join("config")),
        browser: Default::default(),
        connections: Default::default(),
        connection: None,
        privacy: Default::default(),
    };
    let dir = library.dir().to_owned();
    easel::decode::use_program(env!("CARGO_BIN_EXE_easel"));
    let engine = Engine::start(runtime().unwrap(), library, config).unwrap();
    let mut studio = Studio::new(engine.snapshot(), |_| None);
    loop {
        let event = engine.wait_event().unwrap();
        let loaded = matches!(event, Event::Loaded(_));
        studio.on(event);
        if loaded {
            break;
        }
    }
    let list = Catalogue { models: vec![], skipped: vec![], source: ModelSource::ImagesApi };
    let models = Remote { value: Some(Arc::new(list)), ..Remote::default() };
    let snapshot = Snapshot { library_read: true, spending: SPENDING, models, ..(*engine.snapshot()).clone() };
    studio.take_snapshot(Arc::new(snapshot));
    studio.layout.theme = match theme {
        Theme::Dark => ThemeChoice::Dark,
        Theme::Light => ThemeChoice::Light,
    };
    let desk = Desk {
        studio,
        engine,
        textures: Textures::new(pool, dir),
        previews,
        ui: ui::State::default(),
        commands: Vec::new(),
        given: Vec::new(),
        _folder: folder,
    };
    let mut harness = painter::harness(size, theme).with_step_dt(0.05).build_eframe(move |_| desk);
    settle(&mut harness);
    harness
}

const SPENDING: Spending = Spending { today: 0.42, unknown: 0, pictures: 12 };

impl eframe::App for Desk {
    fn ui(&mut self, ui: &mut egui::Ui, _frame: &mut eframe::Frame) {
        frame(ui, self);
    }
}

/// One frame, as the app makes it, but without taking the engine's own state.
fn frame(ui: &mut egui::Ui, desk: &mut Desk) {
    let ctx = ui.ctx().clone();
    while let Some(event) = desk.engine.next_event() {
        if !matches!(event, Event::Loaded(_)) {
            desk.studio.on(event);
        }
    }
    desk.studio.refresh_shown();
    if let Some(text) = desk.studio.question() {
        desk.engine.find(text);
    }
    if let Some(question) = desk.studio.prompt_question() {
        desk.engine.find_prompts(question);
    }
    for order in desk.studio.wants() {
        desk.engine.send(order);
    }
    desk.textures.begin_frame(&ctx);
    desk.studio.window_width = ctx.content_rect().width();
    desk.commands.extend(ui::keys::pressed(&ctx, &desk.studio));
    let Desk { studio, engine, textures, commands, .. } = desk;
    ui::show(ui, &mut Cx { studio, textures, engine, commands }, &mut desk.ui);
    desk.textures.end_frame(512 << 20);
    for command in desk.commands.drain(..) {
        desk.given.push(format!("{command:?}"));
        desk.studio.apply(command, &desk.engine);
    }
    for effect in std::mem::take(&mut desk.studio.effects) {
        desk.ui.effect(effect, &desk.studio, &desk.engine);
        ctx.request_repaint();
    }
}

/// Steps until all pictures on screen are there.
pub fn settle(harness: &mut Harness<'static, Desk>) {
    harness.run_steps(3);
    step_until(harness, "the pictures are decoded", |desk| !desk.textures.is_busy());
    harness.run_steps(2);
}

/// Steps until the condition holds.
pub fn step_until(harness: &mut Harness<'static, Desk>, what: &str, holds: impl Fn(&Desk) -> bool) {
    let deadline = Instant::now() + Duration::from_secs(60);
    while !holds(harness.state()) {
        assert!(Instant::now() < deadline, "waited in vain until {what}");
        harness.step();
        // Others decode meanwhile.
        std::thread::yield_now();
    }
}

/// Names of everything on screen.
pub fn names(harness: &Harness<'static, Desk>) -> Vec<String> {
    harness.root().children_recursive().filter_map(|node| node.accesskit_node().label()).collect()
}

/// The nodes of the accessibility tree.
pub fn nodes(harness: &Harness<'static, Desk>) -> usize {
    harness.root().children_recursive().count()
}

/// Clicks the widget of this name with these keys held.
pub fn click(harness: &mut Harness<'static, Desk>, name: &str, modifiers: egui::Modifiers) {
    let at = harness.get_by_label(name).rect().center();
    click_at(harness, at, modifiers);
}

/// Clicks here with these keys held.
pub fn click_at(harness: &mut Harness<'static, Desk>, at: egui::Pos2, modifiers: egui::Modifiers) {
    harness.event(egui::Event::PointerMoved(at));
    harness.event(egui::Event::ModifiersChanged(modifiers));
    for pressed in [true, false] {
        let button = egui::PointerButton::Primary;
        harness.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers });
    }
    harness.step();
    harness.event(egui::Event::ModifiersChanged(egui::Modifiers::NONE));
    harness.run_steps(12);
}

/// Puts jobs of the newest run on screen, each in this phase.
pub fn show_jobs(harness: &mut Harness<'static, Desk>, phases: Vec<Phase>) {
    let desk = harness.state_mut();
    let run = desk.studio.collection.runs().next().unwrap().run.clone();
    let started = Instant::now().checked_sub(Duration::from_millis(14_050));
    let jobs = phases.into_iter().enumerate().map(|(number, phase)| JobView {
        id: JobId(format!("Z{number:02}")),
        prompt: run.prompt.as_str().into(),
        run: run.clone(),
        position: u32::try_from(number).unwrap(),
        asked: 1,
        arrived: 0,
        started: (!matches!(phase, Phase::Queued { .. } | Phase::Held)).then_some(started).flatten(),
        phase,
        provider: Some("ByteDance".into()),
        usual: Some(Duration::from_secs(18)),
        previews: 2,
        partials: 0,
        is_sendable: true,
    });
    // As many go before each as its ticket says.
    let (jobs, line) = (jobs.map(Arc::new).collect(), (0..100).collect());
    let snapshot = Snapshot { jobs, line, ..(*desk.studio.snapshot).clone() };
    desk.studio.take_snapshot(Arc::new(snapshot));
}

/// Lets a partial picture of a job arrive.
pub fn send_partial(harness: &mut Harness<'static, Desk>, job: &str) {
    let bytes = png(3, (512, 288), false);
    let work = Work::Bytes { bytes: bytes.into(), max_side: 1024 };
    (harness.state().previews)(Preview { job: JobId(job.into()), work });
    let job = JobId(job.into());
    let deadline = Instant::now() + Duration::from_secs(60);
    while harness.state_mut().textures.preview(&job).is_none() {
        assert!(Instant::now() < deadline, "the partial picture never came");
        harness.step();
    }
    harness.run_steps(2);
}

/// A refusal as the service words it.
pub fn refused(body: &str, status: u16) -> Phase {
    let refusal = api::Refusal::parse(status, &reqwest::header::HeaderMap::new(), body.as_bytes());
    failed(JobError::Api(api::Error::Refused(Box::new(refusal))))
}

pub fn failed(error: JobError) -> Phase {
    let record = error.record(0);
    Phase::Failed(Failure { record, error: Some(Arc::new(error)) })
}

pub const FLAGGED: &str = r#"{"error":{"code":403,"message":"The prompt goes against the provider's rules.",
    "metadata":{"reasons":["violence"],"flagged_input":"nebula weapon","provider_name":"ByteDance"}}}"#;

fn store_run(library: &mut Library, number: usize, (prompt, model, settings, size, cost, count, at): &Painted) {
    let run = Run {
        id: RunId::new(),
        created_ms: *at,
        model: ModelId::new("demo/painter"),
        model_name: (*model).to_owned(),
        prompt: (*prompt).to_owned(),
        settings: (*settings).to_owned(),
        asked: u32::try_from((*count).max(4)).unwrap(),
        aspect: Some(size.0 as f32 / size.1 as f32),
    };
    let request = json!({"model": "demo/painter", "prompt": prompt, "aspect_ratio": settings, "seed": 4271});
    let context = RecipeContext { model_name: run.model_name.clone(), ..RecipeContext::default() };
    for place in 0..*count {
        let job = Job {
            id: JobId::new(),
            run: run.id.clone(),
            position: u32::try_from(place).unwrap(),
            asked: 1,
            request: request.clone(),
            context: context.clone(),
            state: JobState::Queued,
        };
        library.add_run(&run, std::slice::from_ref(&job)).unwrap();
        for state in [JobState::Sent, JobState::Received, JobState::Stored] {
            library.set_job_state(&job.id, &state).unwrap();
        }
        let (bytes, format) = match *model {
            "Recraft V4 Vector" => (svg(number + place), Format::Svg),
            _ => (png(number * 7 + place, *size, settings.contains("transparent")), Format::Png),
        };
        let recipe = Recipe {
            request: request.clone(),
            context: context.clone(),
            provider: Some("ByteDance".into()),
            generation_id: Some("gen-1731412800-x1".into()),
            usage: Some(Usage { total_tokens: Some(4108), ..Usage::default() }),
            cost: *cost,
            elapsed_ms: 16_200,
            ..bare_recipe(&run, PictureId::new(), job.id.clone(), *at + i64::try_from(place).unwrap())
        };
        let size = Some(Size { width: size.0, height: size.1 });
        library.ingest(NewPicture { recipe, bytes: &bytes, format: Some(format), size }).unwrap();
    }
}

/// Hills under a sky with a sun, in colours that follow from the number.
fn png(number: usize, (width, height): (u32, u32), transparent: bool) -> Vec<u8> {
    let turn = |phase: f32| 0.5 + 0.5 * (number as f32 * 1.7 + phase).sin();
    let sky = [turn(0.0), turn(1.0), turn(2.2)].map(|v| 60.0 + 150.0 * v);
    let ground = [turn(3.0), turn(4.1), turn(0.7)].map(|v| 20.0 + 70.0 * v);
    let (sun_x, sun_y) = (0.2 + 0.6 * turn(5.0), 0.2 + 0.25 * turn(6.0));
    let mut rgba = Vec::with_capacity((width * height * 4) as usize);
    for y in 0..height {
        for x in 0..width {
            let (u, v) = (x as f32 / width as f32, y as f32 / height as f32);
            let hill =
                |level: f32, waves: f32, phase: f32| v > level + 0.07 * (u * waves + phase + number as f32).sin();
            let far = ((u - sun_x) * width as f32 / height as f32).hypot(v - sun_y);
            let light = (1.0 - far * 1.6).clamp(0.0, 1.0).powi(2);
            let mut color = sky.map(|c| c * (0.55 + 0.45 * v) + 110.0 * light);
            if far < 0.09 {
                color = [255.0, 244.0, 220.0];
            }
            let mut alpha = if transparent && far >= 0.35 { 0 } else { 255 };
            for (layer, (level, waves)) in [(0.62, 5.0), (0.74, 8.0), (0.86, 12.0)].into_iter().enumerate() {
                if hill(level, waves, layer as f32 * 2.1) {
                    let depth = 1.0 - 0.3 * layer as f32;
                    color = [0, 1, 2].map(|i| ground[i] * depth + 14.0);
                    alpha = if transparent && far >= 0.45 { 0 } else { 255 };
                }
            }
            rgba.extend(color.map(|c| c.clamp(0.0, 255.0) as u8));
            rgba.push(alpha);
        }
    }
    let pixels = Pixels::new(Size { width, height }, rgba).unwrap();
    encode(&pixels, &Encoding::Png, [0; 3]).unwrap()
}

fn svg(number: usize) -> Vec<u8> {
    let hue = (number * 67) % 360;
    let turned = number * 40;
    format!(
        r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 320 320" width="320" height="320">
<g transform="rotate({turned} 160 160)" fill="none" stroke="hsl({hue} 70% 60%)" stroke-width="14" stroke-linecap="round">
<path d="M60 220 C90 80 150 60 160 150 C170 60 230 80 260 220"/><path d="M110 240 Q160 290 210 240"/></g>
<circle cx="160" cy="160" r="18" fill="hsl({hue} 70% 60%)"/></svg>"##
    )
    .into_bytes()
}
