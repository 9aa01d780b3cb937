//! The whole app headless: real engine, real library in a temporary folder, the demo server over HTTP. Tests wait for
//! conditions; a wait that fails saves a picture of the window and says what was on screen.

use crate::painter;
use easel::app::App;
use easel::decode::{Pool, Waker};
use easel::demo;
use easel::engine::{Config, Engine, SecretStore, Service, ServiceKind, runtime};
use easel::library::{JobId, Library, PictureId, ReadOnly, Recipe, RecipeContext, Run};
use easel::studio::Studio;
use easel::{api, ui};
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, Theme, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

/// Longest wait for anything; generous, because machines are slow and shared.
const PATIENCE: Duration = Duration::from_secs(180);

/// How a test wants the studio.
pub struct Wish {
    pub size: Vec2,
    pub theme: Theme,
    pub pace: Duration,
    pub key: Option<&'static str>,
    pub settings: Vec<(&'static str, serde_json::Value)>,
    /// Beside another one that writes.
    pub read_only: bool,
    /// Prompts in scripts that no font of ours has: shown as boxes where the system has none either.
    pub any_script: bool,
}

impl Default for Wish {
    fn default() -> Self {
        Self {
            size: vec2(1280.0, 800.0),
            theme: Theme::Dark,
            pace: Duration::ZERO,
            key: Some(demo::KEY),
            settings: vec![],
            read_only: false,
            any_script: false,
        }
    }
}

/// A studio under test.
pub struct StudioHarness {
    pub harness: Harness<'static, App>,
    wakes: mpsc::Receiver<()>,
    dir: PathBuf,
    _server: demo::Server,
    _temporary: Option<tempfile::TempDir>,
}

impl StudioHarness {
    /// Opens a studio on an empty library and waits until the models are there.
    pub fn new() -> Self {
        Self::with(Wish::default())
    }

    pub fn with(wish: Wish) -> Self {
        let temporary = tempfile::tempdir().unwrap();
        let mut studio = Self::open(&temporary.path().join("library"), wish);
        studio._temporary = Some(temporary);
        studio
    }

    /// Opens a studio on this library.
    pub fn open(dir: &Path, wish: Wish) -> Self {
        let runtime = runtime().unwrap();
        let mut library = match wish.read_only {
            true => Library::open_read_only(dir, ReadOnly::InUse).unwrap(),
            false => open_library(dir),
        };
        for (key, value) in &wish.settings {
            library.set_setting(key, value).unwrap();
        }
        let server = runtime.block_on(demo::Server::start(demo::Options { port: 0, pace: wish.pace })).unwrap();
        let (wake, wakes) = mpsc::channel();
        let wake_pool = wake.clone();
        let quiet = |sender: mpsc::Sender<()>| -> Waker { Arc::new(move || drop_result(sender.send(()))) };
        let pool = Pool::start(2, ui::color_image, &quiet(wake_pool)).unwrap();
        let config = Config {
            service: Service {
                kind: ServiceKind::Demo,
                base: server.base_url().to_owned(),
                key: wish.key.map(|key| api::ApiKey::new(key).unwrap()),
            },
            fallback: None,
            timeouts: api::Timeouts { silence: Duration::from_secs(10), ..api::Timeouts::default() },
            max_running: 4,
            keep_partials: true,
            waker: quiet(wake),
            previews: pool.preview_sink(),
            secrets: SecretStore::new(&dir.join("config")),
            browser: easel::engine::Browser::With(Arc::new(|_| false)),
            connections: Default::default(),
            connection: None,
            privacy: Default::default(),
        };
        let kept: Vec<_> =
            ["draft", "layout", "browser", "place"].map(|key| (key, library.setting(key).unwrap())).into();
        easel::decode::use_program(env!("CARGO_BIN_EXE_easel"));
        let engine = Engine::start(runtime, library, config).unwrap();
        let studio = Studio::new(engine.snapshot(), |key| {
            kept.iter().find(|(name, _)| *name == key).and_then(|(_, value)| value.clone())
        });
        let builder = painter::harness(wish.size, wish.theme);
        let harness = if wish.any_script { builder.allow_missing_glyphs() } else { builder }
            .build_eframe(move |creation| App::new(&creation.egui_ctx, engine, pool, studio));
        let mut studio = Self { harness, wakes, dir: dir.to_owned(), _server: server, _temporary: None };
        studio.step_until("the models are read", |app| {
            app.studio().snapshot.library_read && app.studio().readiness().fitted.is_some() && app.is_settled()
        });
        studio
    }

    /// Steps frame by frame until the condition holds.
    pub fn step_until(&mut self, what: &str, mut holds: impl FnMut(&App) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            self.harness.step();
            if holds(self.harness.state()) {
                return;
            }
            if Instant::now() > deadline {
                self.give_up(what);
            }
            // Woken by the engine, or by the clock for what only time brings.
            drop_result(self.wakes.recv_timeout(Duration::from_millis(20)));
            while self.wakes.try_recv().is_ok() {}
        }
    }

    fn give_up(&mut self, what: &str) -> ! {
        let picture = std::env::temp_dir().join(format!("easel-{}.png", what.replace(' ', "-")));
        let saved = self.harness.render().map(|image| image.save(&picture));
        let names: Vec<_> =
            self.harness.root().children_recursive().filter_map(|node| node.accesskit_node().label()).collect();
        panic!("waited in vain until {what}; picture {saved:?} {}; on screen: {names:?}", picture.display());
    }

    /// Waits until nothing is under way.
    pub fn settle(&mut self) {
        self.step_until("everything is settled", App::is_settled);
        self.harness.run_steps(3);
    }

    pub fn step_until_seen(&mut self, name: &str) {
        self.step_until_shown(name, |harness| harness.query_all_by_label(name).next().is_some());
    }

    /// Waits for something whose name ends like this.
    pub fn step_until_seen_ending(&mut self, end: &str) {
        let ends = |harness: &Harness<'static, App>| {
            harness.query_all_by(|node| node.label().is_some_and(|label| label.ends_with(end))).next().is_some()
        };
        self.step_until_shown(end, ends);
    }

    fn step_until_shown(&mut self, what: &str, is_shown: impl Fn(&Harness<'static, App>) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        while !is_shown(&self.harness) {
            if Instant::now() > deadline {
                self.give_up(&format!("'{what}' is seen"));
            }
            self.harness.step();
            drop_result(self.wakes.recv_timeout(Duration::from_millis(20)));
        }
    }

    /// Drops a file on the window, as another program would.
    pub fn drop_file(&mut self, file: &Path) {
        self.harness.input_mut().dropped_files.push(Arc::new(Dropped(file.to_owned())));
        self.harness.run_steps(2);
    }

    /// Waits for a button of this name and presses it.
    pub fn click(&mut self, name: &str) {
        self.step_until_seen(name);
        self.harness.get_by_role_and_label(Role::Button, name).click();
        self.harness.run_steps(2);
    }

    /// Replaces what a text field holds, as a person would: click, select all, type.
    pub fn type_into(&mut self, field: &str, text: &str) {
        let role = |harness: &Harness<'static, App>| {
            [Role::MultilineTextInput, Role::TextInput]
                .into_iter()
                .find(|role| harness.query_by_role_and_label(*role, field).is_some())
                .unwrap_or_else(|| panic!("there is no field {field}"))
        };
        let kind = role(&self.harness);
        self.harness.get_by_role_and_label(kind, field).focus();
        self.harness.run_steps(2);
        self.key(Modifiers::COMMAND, Key::A);
        self.harness.event(Event::Text(text.to_owned()));
        self.harness.run_steps(2);
    }

    pub fn key(&mut self, modifiers: Modifiers, key: Key) {
        self.harness.key_press_modifiers(modifiers, key);
        self.harness.run_steps(2);
    }

    /// Presses Ctrl+Enter and waits until `count` more pictures are in the library.
    pub fn generate(&mut self, count: usize) {
        let before = self.app().studio().collection.count();
        self.key(Modifiers::COMMAND, Key::Enter);
        self.step_until("the pictures are there", |app| app.studio().collection.count() >= before + count);
        self.settle();
    }

    /// Asks for something as a key or a button would.
    pub fn run(&mut self, command: easel::studio::Command) {
        self.harness.state_mut().run(command);
        self.harness.run_steps(1);
    }

    /// Closes the window as the desktop does: what was changed last is on the disk then. What it was opened on goes away
    /// with what is returned.
    pub fn close(self) -> Option<tempfile::TempDir> {
        let Self { mut harness, _temporary, .. } = self;
        eframe::App::on_exit(harness.state_mut(), None);
        drop(harness);
        _temporary
    }

    pub fn app(&self) -> &App {
        self.harness.state()
    }

    pub fn dir(&self) -> &Path {
        &self.dir
    }
}

#[derive(Debug)]
struct Dropped(PathBuf);

impl egui::DroppedFile for Dropped {
    fn path(&self) -> &Path {
        &self.0
    }

    fn bytes(&self) -> Result<Vec<u8>, String> {
        std::fs::read(&self.0).map_err(|error| error.to_string())
    }
}

/// Opens a library, whose former owner may still be on its way out.
pub fn open_library(dir: &Path) -> Library {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match Library::open(dir) {
            Err(easel::library::Error::Locked { .. }) if Instant::now() < deadline => std::thread::yield_now(),
            opened => return opened.unwrap(),
        }
    }
}

/// A channel nobody listens to, or a wait that ran out: nothing is lost by it.
fn drop_result<T, E>(result: Result<T, E>) {
    if let Err(_nothing) = result {}
}

/// The least that a recipe says; the rest is up to whoever stores it.
pub fn bare_recipe(run: &Run, id: PictureId, job: JobId, created_ms: i64) -> Recipe {
    Recipe {
        version: 1,
        id,
        run: run.id.clone(),
        job,
        position: 0,
        request: serde_json::json!({"model": run.model.as_str(), "prompt": run.prompt}),
        context: RecipeContext::default(),
        provider: None,
        generation_id: None,
        usage: None,
        cost: None,
        created_ms,
        elapsed_ms: 1000,
        asked: 1,
        arrived: 1,
        media_type: String::new(),
        hash: String::new(),
        bytes: 0,
        size: None,
        flaw: None,
    }
}

/// The demo server alone, for tests that start the program itself.
pub struct DemoServer {
    pub base: String,
    _server: demo::Server,
    _runtime: tokio::runtime::Runtime,
}

impl DemoServer {
    pub fn start() -> Self {
        Self::paced(Duration::ZERO)
    }

    pub fn paced(pace: Duration) -> Self {
        let runtime = runtime().unwrap();
        let server = runtime.block_on(demo::Server::start(demo::Options { port: 0, pace })).unwrap();
        Self { base: server.base_url().to_owned(), _server: server, _runtime: runtime }
    }
}
