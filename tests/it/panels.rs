//! A small stand-in for the window: the real panels over a made-up engine state.
//!
//! The engine is real but idle; its state is never taken over, so that each test says what is known.

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;

use easel::api::{Endpoint, ModelId, parse_endpoints, parse_models};
use easel::decode::Pool;
use easel::engine::{
    self, Account, Catalogue, Config, Engine, Remote, SecretStore, Service, ServiceKind, Snapshot, Spending,
};
use easel::library::Library;
use easel::studio::{Command, Screen, Studio};
use easel::ui::{self, Cx, Textures, color_image};
use egui::{Theme, Ui};
use egui_kittest::{Harness, HarnessBuilder};
use serde_json::Value;

use crate::painter;

/// What the window holds, and every command it asked for.
pub struct Window {
    pub studio: Studio,
    pub textures: Textures,
    pub engine: Engine,
    pub state: ui::State,
    pub asked: Vec<Command>,
    /// Hides what differs from run to run from pictures.
    pub cover: Option<egui::Rect>,
    pub folder: tempfile::TempDir,
}

impl Window {
    /// A window over an empty library and the recorded catalogue.
    pub fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let library = Library::open(&folder.path().join("library")).unwrap();
        let engine = start(library, folder.path());
        let pool = Pool::start(1, color_image, &waker()).unwrap();
        let textures = Textures::new(pool, engine.library_dir().to_owned());
        let mut studio = Studio::new(Arc::new(snapshot()), |_| None);
        studio.clock = || "2026-11-17T13:30:00[UTC]".parse().unwrap();
        studio.draft.model = Some(ModelId::new("bytedance-seed/seedream-4.5"));
        studio.layout.export_folder = Some(folder.path().to_owned());
        Self { studio, textures, engine, state: ui::State::default(), asked: Vec::new(), cover: None, folder }
    }

    /// A window without side panels and strip, for what lies over it. Nothing is compared, so that no picture is
    /// decoded behind it.
    pub fn bare() -> Self {
        let mut window = Self::new();
        window.studio.screen = Screen::Compare;
        window.studio.layout.left_open = false;
        window.studio.layout.right_open = Some(false);
        window.studio.layout.strip_open = false;
        window
    }

    /// Changes what the engine has told.
    pub fn told(&mut self, change: impl FnOnce(&mut Snapshot)) {
        change(Arc::make_mut(&mut self.studio.snapshot));
    }

    fn frame(&mut self, ui: &mut Ui) {
        self.textures.begin_frame(ui.ctx());
        self.studio.window_width = ui.content_rect().width();
        let mut commands = ui::keys::pressed(ui.ctx(), &self.studio);
        let mut cx = Cx {
            studio: &mut self.studio,
            textures: &mut self.textures,
            engine: &self.engine,
            commands: &mut commands,
        };
        ui::show(ui, &mut cx, &mut self.state);
        self.textures.end_frame(64 << 20);
        if let Some(cover) = self.cover {
            let painter = ui.ctx().layer_painter(egui::LayerId::debug());
            painter.rect_filled(cover, 0, ui.visuals().window_fill);
        }
        self.asked.extend(commands.iter().cloned());
        for command in commands {
            self.studio.apply(command, &self.engine);
        }
        for effect in std::mem::take(&mut self.studio.effects) {
            self.state.effect(effect, &self.studio, &self.engine);
        }
    }
}

fn waker() -> easel::decode::Waker {
    Arc::new(|| {})
}

fn start(library: Library, folder: &Path) -> Engine {
    let service = service(ServiceKind::Custom);
    let config = Config {
        secrets: SecretStore::new(folder),
        browser: engine::Browser::With(Arc::new(|_| false)),
        connections: Default::default(),
        connection: None,
        privacy: Default::default(),
        service,
        fallback: None,
        timeouts: easel::api::Timeouts::default(),
        max_running: 4,
        keep_partials: true,
        waker: waker(),
        previews: Arc::new(|_| {}),
    };
    easel::decode::use_program(env!("CARGO_BIN_EXE_easel"));
    Engine::start(engine::runtime().unwrap(), library, config).unwrap()
}

/// A service that nobody answers for.
pub fn service(kind: ServiceKind) -> Service {
    let base = match kind {
        ServiceKind::OpenRouter => easel::api::DEFAULT_BASE,
        _ => "http://127.0.0.1:9/api/v1",
    };
    Service { kind, base: base.to_owned(), key: None }
}

/// The recorded catalogue as the engine would tell it, read at noon.
pub fn snapshot() -> Snapshot {
    let raw: Value = serde_json::from_str(include_str!("../../assets/catalogue.json")).unwrap();
    let list = parse_models(&raw["models"]).unwrap();
    let read_ms = Some(noon());
    let endpoints = |id: &ModelId| {
        let known = parse_endpoints(raw["endpoints"].get(id.as_str())?).ok()?;
        Some((id.clone(), known_endpoints(known)))
    };
    let endpoints: HashMap<_, _> = list.models.iter().filter_map(|model| endpoints(&model.id)).collect();
    let catalogue = Catalogue { models: list.models, skipped: list.skipped, source: list.source };
    Snapshot {
        service: service(ServiceKind::Demo),
        connections: Default::default(),
        jobs: Arc::new([]),
        line: Arc::new([]),
        closing: false,
        emptying: None,
        held: 0,
        models: Remote { value: Some(Arc::new(catalogue)), read_ms, ..Remote::default() },
        endpoints: Arc::new(endpoints),
        account: Account::default(),
        sign_in: None,
        spending: Spending::default(),
        importing: None,
        library_read: true,
        read_only: None,
        tending: None,
        report: None,
    }
}

/// Endpoints as they are known after reading.
pub fn known_endpoints(endpoints: Vec<Endpoint>) -> Remote<Arc<Vec<Endpoint>>> {
    Remote { value: Some(Arc::new(endpoints)), read_ms: Some(noon()), ..Remote::default() }
}

/// Two minutes before the clock of the tests, in Unix milliseconds.
fn noon() -> i64 {
    "2026-11-17T13:28:00[UTC]".parse::<jiff::Zoned>().unwrap().timestamp().as_millisecond()
}

/// The window at its usual size.
pub fn harness(theme: Theme, window: Window) -> Harness<'static, Window> {
    sized([1280.0, 800.0], theme, window)
}

/// The window at some size.
pub fn sized(size: [f32; 2], theme: Theme, window: Window) -> Harness<'static, Window> {
    build(painter::harness(size, theme), theme, window)
}

/// The window in steps so short that two clicks make a double click.
pub fn finely(window: Window) -> Harness<'static, Window> {
    build(painter::harness([1280.0, 800.0], Theme::Dark).with_step_dt(0.05), Theme::Dark, window)
}

fn build(builder: HarnessBuilder<Window>, theme: Theme, mut window: Window) -> Harness<'static, Window> {
    window.studio.layout.theme = match theme {
        Theme::Dark => easel::studio::ThemeChoice::Dark,
        Theme::Light => easel::studio::ThemeChoice::Light,
    };
    builder.build_ui_state(
        |ui: &mut Ui, window: &mut Window| {
            painter::ground(ui);
            window.frame(ui);
        },
        window,
    )
}
