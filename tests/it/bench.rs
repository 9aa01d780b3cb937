//! A light table for tests: viewer and compare on a real engine, a real library and the real decode pool.
//!
//! The pictures are painted here, from a number; the same number gives the same picture.

use crate::painter;
use crate::support::bare_recipe;
use easel::api::{ModelId, Timeouts};
use easel::decode::Pool;
use easel::engine::{Config, Engine, Event, SecretStore, Service, ServiceKind, runtime};
use easel::library::{
    JobId, Library, NewPicture, PictureId, Piece, Recipe, RecipeContext, RecipeReference, Run, RunId,
};
use easel::picture::{Encoding, Format, Pixels, Size, encode};
use easel::plan::Origin;
use easel::studio::{Command, Screen, Studio};
use easel::ui::{Cx, Textures, color_image, compare, keys, theme, viewer};
use egui::{CentralPanel, Frame, OutputCommand, Theme, Ui};
use egui_kittest::Harness;
use serde_json::{Value, json};
use std::collections::HashMap;
use std::path::Path;
use std::sync::{Arc, LazyLock, Mutex, mpsc};
use std::time::Duration;

/// One picture to be in the library, in a run of its own unless it shares the prompt and model of the one before.
#[derive(Clone)]
pub struct Item {
    pub model: &'static str,
    pub prompt: &'static str,
    /// Beside model and prompt.
    pub request: Value,
    pub size: [u32; 2],
    pub kind: Kind,
    pub cost: Option<f64>,
    pub seconds: f64,
    /// Places of earlier ones that went in as references.
    pub references: Vec<usize>,
    /// Place of the earlier one whose settings were taken over.
    pub from: Option<usize>,
    /// How many partials came on the way to it, or pieces of its text.
    pub partials: u32,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub enum Kind {
    /// A landscape; the number is its seed.
    Photo(u64),
    /// The same with a disc painted over it.
    Retouched(u64),
    /// A disc with a soft edge on nothing.
    Transparent(u64),
    /// Black and white stripes, one pixel each.
    Stripes,
    Svg(&'static str),
    /// Bytes that no decoder takes.
    Damaged,
}

impl Item {
    pub fn photo(model: &'static str, seed: u64) -> Self {
        Self {
            model,
            prompt: "Evening over the hills, film grain, window light",
            request: json!({"aspect_ratio": "3:2", "seed": seed}),
            size: [1200, 800],
            kind: Kind::Photo(seed),
            cost: Some(0.04),
            seconds: 16.2,
            references: Vec::new(),
            from: None,
            partials: 0,
        }
    }

    pub fn of(kind: Kind, size: [u32; 2]) -> Self {
        Self { kind, size, ..Self::photo("Seedream 4.5", 1) }
    }
}

pub struct Bench {
    pub studio: Studio,
    pub textures: Textures,
    pub commands: Vec<Command>,
    /// Everything that was asked for, as text.
    pub asked: Vec<String>,
    /// Texts that went to the clipboard.
    pub copied: Vec<String>,
    pub ids: Vec<PictureId>,
    pub budget: u64,
    engine: Engine,
    viewer: viewer::State,
    compare: compare::State,
    woken: mpsc::Receiver<()>,
    _folder: tempfile::TempDir,
}

/// A harness whose pictures are 1280 × 800.
pub fn bench(theme: Theme, items: &[Item]) -> Harness<'static, Bench> {
    bench_of(theme, [1280.0, 800.0], 1.0, items)
}

pub fn bench_of(theme: Theme, size: [f32; 2], scale: f32, items: &[Item]) -> Harness<'static, Bench> {
    let memory = Path::new("/dev/shm");
    let folder = if memory.is_dir() { tempfile::tempdir_in(memory) } else { tempfile::tempdir() }.unwrap();
    let mut library = Library::open(folder.path()).unwrap();
    let ids = fill(&mut library, items);
    let (sender, woken) = mpsc::channel();
    let sender = Mutex::new(sender);
    let waker: easel::decode::Waker = Arc::new(move || if sender.lock().unwrap().send(()).is_err() {});
    let pool = Pool::start(2, color_image, &waker).unwrap();
    let service = Service { kind: ServiceKind::Custom, base: "http://127.0.0.1:9/api/v1".into(), key: None };
    let config = Config {
        service,
        fallback: None,
        timeouts: Timeouts::default(),
        max_running: 1,
        keep_partials: true,
        waker,
        previews: pool.preview_sink(),
        secrets: SecretStore::new(folder.path()),
        browser: Default::default(),
        connections: Default::default(),
        connection: None,
        privacy: Default::default(),
    };
    easel::decode::use_program(env!("CARGO_BIN_EXE_easel"));
    let engine = Engine::start(runtime().unwrap(), library, config).unwrap();
    let mut studio = Studio::new(engine.snapshot(), |_| None);
    while let Some(event) = engine.wait_event() {
        let is_loaded = matches!(event, Event::Loaded(_));
        studio.on(event);
        if is_loaded {
            break;
        }
    }
    let state = Bench {
        studio,
        textures: Textures::new(pool, folder.path().to_owned()),
        commands: Vec::new(),
        asked: Vec::new(),
        copied: Vec::new(),
        ids,
        budget: 512 << 20,
        engine,
        viewer: viewer::State::default(),
        compare: compare::State::default(),
        woken,
        _folder: folder,
    };
    // The harness leaves a margin of 8 around its `ui`.
    painter::harness([size[0] + 16.0, size[1] + 16.0], theme)
        .with_pixels_per_point(scale)
        .with_step_dt(0.05)
        .build_ui_state(show, state)
}

fn show(ui: &mut Ui, bench: &mut Bench) {
    bench.studio.refresh_shown();
    painter::ground(ui);
    while let Some(event) = bench.engine.next_event() {
        bench.studio.on(event);
    }
    for order in bench.studio.wants() {
        bench.engine.send(order);
    }
    bench.textures.begin_frame(ui.ctx());
    bench.commands.extend(keys::pressed(ui.ctx(), &bench.studio));
    let Bench { studio, textures, engine, commands, viewer, compare, .. } = bench;
    let mut cx = Cx { studio, textures, engine, commands };
    let ground = Frame::new().fill(theme::tokens(ui).background);
    CentralPanel::default().frame(ground).show(ui, |ui| match cx.studio.screen {
        Screen::Compare => compare::compare_ui(ui, &mut cx, compare),
        Screen::Viewer => viewer::viewer_ui(ui, &mut cx, viewer),
        Screen::Grid | Screen::Models => {
            ui.label("elsewhere");
        }
    });
    bench.textures.end_frame(bench.budget);
    ui.output(|output| {
        let texts = output.commands.iter().filter_map(|command| match command {
            OutputCommand::CopyText(text) => Some(text.clone()),
            _ => None,
        });
        bench.copied.extend(texts);
    });
    for command in std::mem::take(&mut bench.commands) {
        bench.asked.push(format!("{command:?}"));
        bench.studio.apply(command, &bench.engine);
    }
}

/// Lets everything arrive that was asked for: pixels, recipes, and what is asked for when a zoom rests.
pub fn settle(h: &mut Harness<'static, Bench>) {
    settle_until(h, |_| true);
}

pub fn settle_until(h: &mut Harness<'static, Bench>, done: impl Fn(&mut Bench) -> bool) {
    let mut quiet = 0;
    for _ in 0..2000 {
        h.step();
        let bench = h.state_mut();
        let shown: Vec<PictureId> = match bench.studio.screen {
            Screen::Compare => bench.studio.compare.ids().to_vec(),
            _ => Vec::new(),
        };
        let read = shown.iter().all(|id| bench.studio.recipe(id).is_some());
        if read && !bench.textures.is_busy() && done(bench) {
            quiet += 1;
            // Longer than a zoom must rest and a fade lasts.
            if quiet > 8 {
                return;
            }
        } else {
            quiet = 0;
            // Woken for something else in the meantime: look again.
            if bench.woken.recv_timeout(Duration::from_millis(200)).is_err() {}
        }
    }
    panic!("it never came to rest");
}

/// Shows pictures by their places in the list the bench was made with.
pub fn view(h: &mut Harness<'static, Bench>, place: usize) {
    let id = h.state().ids[place].clone();
    h.state_mut().commands.push(Command::Open(id));
    h.step();
    settle(h);
}

pub fn compare(h: &mut Harness<'static, Bench>, places: impl IntoIterator<Item = usize>) {
    let ids = places.into_iter().map(|place| h.state().ids[place].clone()).collect();
    h.state_mut().commands.push(Command::Compare(ids));
    h.step();
    settle(h);
}

pub fn wheel(h: &mut Harness<'static, Bench>, at: egui::Pos2, delta: f32) {
    h.hover_at(at);
    h.step();
    h.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, delta),
        phase: egui::TouchPhase::Move,
        modifiers: egui::Modifiers::NONE,
        source: egui::MouseWheelSource::Wheel,
    });
    h.run_steps(8);
}

pub fn click(h: &mut Harness<'static, Bench>, at: egui::Pos2) {
    h.hover_at(at);
    h.step();
    h.drag_at(at);
    h.step();
    h.drop_at(at);
    h.step();
}

pub fn drag(h: &mut Harness<'static, Bench>, from: egui::Pos2, by: egui::Vec2) {
    h.hover_at(from);
    h.step();
    h.drag_at(from);
    h.step();
    h.hover_at(from + by / 2.0);
    h.step();
    h.hover_at(from + by);
    h.step();
    h.drop_at(from + by);
    h.step();
}

fn fill(library: &mut Library, items: &[Item]) -> Vec<PictureId> {
    const START: i64 = 1_795_000_000_000;
    let mut run: Option<Run> = None;
    let mut ids = Vec::new();
    for (number, item) in items.iter().enumerate() {
        let created_ms = START + number as i64 * 60_000;
        let shared = run.take().filter(|run| run.model_name == item.model && run.prompt == item.prompt);
        let of = shared.unwrap_or_else(|| {
            let run = Run {
                id: RunId(format!("run{number:023}")),
                created_ms,
                model: ModelId::new(format!("demo/{}", item.model)),
                model_name: item.model.into(),
                prompt: item.prompt.into(),
                settings: "3:2".into(),
                asked: 4,
                aspect: None,
            };
            library.add_run(&run, &[]).unwrap();
            run
        });
        let context = context(library, item, &ids);
        ids.push(keep(library, &of, item, context, number, created_ms));
        run = Some(of);
    }
    ids
}

fn context(library: &Library, item: &Item, ids: &[PictureId]) -> RecipeContext {
    let picture = |place: &usize| library.picture(&ids[*place]).unwrap().unwrap();
    let reference = |place: &usize| RecipeReference {
        name: format!("{place}.png"),
        address: format!("blake3:{}", picture(place).hash),
        sent: None,
        picture: Some(ids[*place].clone()),
        edit: Default::default(),
    };
    let from = item.from.as_ref().map(|place| Origin { picture: ids[*place].0.clone(), hash: picture(place).hash });
    RecipeContext {
        model_name: item.model.into(),
        references: item.references.iter().map(reference).collect(),
        from,
        ..RecipeContext::default()
    }
}

fn keep(
    library: &mut Library,
    run: &Run,
    item: &Item,
    context: RecipeContext,
    number: usize,
    created_ms: i64,
) -> PictureId {
    let mut request = json!({"model": run.model.as_str(), "prompt": item.prompt});
    for (field, value) in item.request.as_object().unwrap() {
        request[field] = value.clone();
    }
    let (bytes, format) = content(item);
    let [width, height] = item.size;
    let id = PictureId(format!("{number:026}"));
    let recipe = Recipe {
        request,
        context,
        provider: Some("Demo".into()),
        cost: item.cost,
        elapsed_ms: (item.seconds * 1000.0) as u64,
        ..bare_recipe(run, id.clone(), JobId(format!("{number:026}")), created_ms)
    };
    let size = (item.kind != Kind::Damaged).then_some(Size { width, height });
    way(library, item, &recipe.job);
    library.ingest(NewPicture { recipe, bytes: &bytes, format: Some(format), size }).unwrap();
    id
}

/// What came on the way to a picture: coarse first, or the text piece by piece.
fn way(library: &mut Library, item: &Item, job: &JobId) {
    let ms = |step: u32| u64::from(step + 1) * 2_700;
    if let Kind::Svg(text) = item.kind {
        let length = text.len().div_ceil(item.partials.max(1) as usize);
        let ends = (0..item.partials).map(|step| (step, step as usize * length, (step as usize + 1) * length));
        let piece = |(step, at, end): (u32, usize, usize)| Piece {
            at,
            ms: ms(step),
            text: text[at..end.min(text.len())].to_owned(),
        };
        let pieces: Vec<Piece> = ends.map(piece).collect();
        if !pieces.is_empty() {
            library.keep_pieces(job, 0, &pieces).unwrap();
        }
        return;
    }
    for step in 0..item.partials {
        let coarse = item.size.map(|side| (side >> (item.partials + 2 - step)).max(8));
        let (bytes, _) = content(&Item { size: coarse, ..item.clone() });
        library.keep_partial(job, 0, ms(step), &bytes).unwrap();
    }
}

type Painted = HashMap<(Kind, [u32; 2]), Arc<Vec<u8>>>;

/// Painting and packing takes a while: once for all tests.
static PAINTED: LazyLock<Mutex<Painted>> = LazyLock::new(Mutex::default);

fn content(item: &Item) -> (Arc<Vec<u8>>, Format) {
    let format = match item.kind {
        Kind::Svg(_) => Format::Svg,
        _ => Format::Png,
    };
    let mut painted = PAINTED.lock().unwrap();
    let bytes = painted.entry((item.kind, item.size)).or_insert_with(|| {
        Arc::new(match item.kind {
            Kind::Svg(text) => text.as_bytes().to_vec(),
            Kind::Damaged => b"\x89PNG\r\n\x1a\nand then nothing that is a picture".to_vec(),
            kind => encode(&paint(kind, item.size), &Encoding::Png, [0; 3]).unwrap(),
        })
    });
    (bytes.clone(), format)
}

fn paint(kind: Kind, [width, height]: [u32; 2]) -> Pixels {
    let scene = match kind {
        Kind::Photo(seed) | Kind::Retouched(seed) | Kind::Transparent(seed) => Scene::new(seed, width, height),
        _ => Scene::new(0, width, height),
    };
    let mut rgba = Vec::with_capacity((width * height * 4) as usize);
    for y in 0..height {
        for x in 0..width {
            let mut pixel = scene.pixel(x, y);
            match kind {
                Kind::Transparent(_) => {
                    let (u, v) = (x as f32 / width as f32 - 0.5, y as f32 / height as f32 - 0.5);
                    pixel[3] = ((0.42 - (u * u + v * v).sqrt()) * 3000.0).clamp(0.0, 255.0) as u8;
                }
                Kind::Retouched(_) => {
                    let (u, v) = (x as f32 - 0.3 * width as f32, y as f32 - 0.3 * height as f32);
                    if u.hypot(v) < 0.12 * height as f32 {
                        pixel = [190, 60 + (v.abs() as u8).min(90), 90, 255];
                    }
                }
                Kind::Stripes => pixel = [if x % 2 == 0 { 0 } else { 255 }, 0, 0, 255],
                _ => {}
            }
            rgba.extend(pixel);
        }
    }
    Pixels { size: Size { width, height }, rgba }
}

/// Sky, sun and five ranges of hills.
struct Scene {
    size: [f32; 2],
    high: [f32; 3],
    low: [f32; 3],
    sun: [f32; 2],
    hills: [[f32; 3]; 5],
    /// Per column, per range.
    ridges: Vec<[f32; 5]>,
}

fn mix(a: [f32; 3], b: [f32; 3], t: f32) -> [f32; 3] {
    let t = t.clamp(0.0, 1.0);
    [0, 1, 2].map(|i| a[i] + (b[i] - a[i]) * t)
}

impl Scene {
    fn new(seed: u64, width: u32, height: u32) -> Self {
        let s = seed as f32;
        let hue = |shift: f32| 0.5 + 0.5 * (s * 1.7 + shift).sin();
        let high = [0.15 + 0.25 * hue(0.0), 0.25 + 0.2 * hue(2.0), 0.45 + 0.25 * hue(4.0)];
        let low = [0.95, 0.6 + 0.25 * hue(1.0), 0.35 + 0.35 * hue(3.0)];
        let near = [0.05, 0.09 + 0.04 * hue(2.0), 0.08 + 0.06 * hue(7.0)];
        let hills = [0.6, 1.6, 2.6, 3.6, 4.6].map(|r| mix(mix(low, high, 0.75), near, r / 5.0));
        let ridge = |x: u32, r: f32| {
            let wave = |f: f32, p: f32| (x as f32 / height as f32 * f + p + s * 2.3).sin();
            0.48 + r * 0.1 + 0.06 * wave(3.0 + r, r * 1.9) + 0.025 * wave(9.0, r) + 0.006 * wave(37.0, r * 5.0)
        };
        let ridges = (0..width).map(|x| [0.0, 1.0, 2.0, 3.0, 4.0].map(|r| ridge(x, r))).collect();
        let sun = [0.2 + 0.6 * hue(5.0), 0.28 + 0.1 * hue(6.0)];
        Self { size: [width as f32, height as f32], high, low, sun, hills, ridges }
    }

    fn pixel(&self, x: u32, y: u32) -> [u8; 4] {
        let v = y as f32 / self.size[1];
        let range = self.ridges[x as usize].iter().rposition(|ridge| v > *ridge);
        let color = match range {
            Some(range) => {
                let light = 1.0 + 0.35 * (1.0 - (v - self.ridges[x as usize][range]) * 9.0).max(0.0);
                self.hills[range].map(|c| c * light)
            }
            None => {
                let sky = mix(self.high, self.low, v * 1.6);
                let to_sun = (x as f32 - self.sun[0] * self.size[0]).hypot(y as f32 - self.sun[1] * self.size[1]);
                let distance = to_sun / self.size[1];
                let glow = mix(sky, [1.0, 0.85, 0.6], 0.35 * (1.0 - distance * 2.5).max(0.0).powi(2));
                mix(glow, [1.0, 0.93, 0.75], (0.075 - distance) * 300.0)
            }
        };
        let [r, g, b] = color.map(|c| (c.clamp(0.0, 1.0) * 255.0) as u8);
        [r, g, b, 255]
    }
}
