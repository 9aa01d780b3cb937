//! The left panel alone, with a real engine and the recorded catalogue; nothing is asked of a network.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use easel::api::{ModelId, ModelSource, parse_endpoints, parse_models};
use easel::decode::Pool;
use easel::engine::{
    self, Catalogue, Config, Engine, Event, ReferenceInput, Remote, SecretStore, Service, ServiceKind, Snapshot,
};
use easel::library::{Library, PictureId};
use easel::plan::{DraftReference, ReferenceFacts, ReferenceSource};
use easel::studio::{Command, Effect, Studio};
use easel::ui::{self, Cx, Textures, compose, references};
use egui::{DragAndDrop, Key, Modifiers, Theme, accesskit::Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::Value;

use crate::painter;

/// The panel with all it needs, and what it asked for.
pub struct Rig {
    pub engine: Engine,
    pub studio: Studio,
    pub textures: Textures,
    pub compose: compose::State,
    pub references: references::State,
    pub asked: Vec<Command>,
    pub effects: Vec<Effect>,
    /// A picture of the gallery is being dragged.
    pub dragging: bool,
    pub folder: tempfile::TempDir,
}

const LOCAL: &str = "http://127.0.0.1:9/api/v1";

pub fn service() -> Service {
    Service { kind: ServiceKind::Demo, base: LOCAL.to_owned(), key: None }
}

/// The recorded catalogue and three models of our own.
pub fn snapshot() -> Snapshot {
    let root: Value = serde_json::from_str(include_str!("../../../assets/catalogue.json")).unwrap();
    let mut models = parse_models(&root["models"]).unwrap().models;
    let mut endpoints = HashMap::new();
    let mut add = |id: &ModelId, raw: &Value| {
        let records = parse_endpoints(raw).unwrap();
        endpoints.insert(id.clone(), Remote { value: Some(Arc::new(records)), ..Remote::default() });
    };
    for model in &models {
        add(&model.id, &root["endpoints"][model.id.as_str()]);
    }
    let own: Value = serde_json::from_str(include_str!("../../data/odd_models.json")).unwrap();
    for model in parse_models(&own["models"]).unwrap().models {
        add(&model.id, &own["endpoints"][model.id.as_str()]);
        models.push(model);
    }
    let list = Catalogue { models, skipped: Vec::new(), source: ModelSource::ImagesApi };
    Snapshot {
        service: service(),
        connections: Default::default(),
        jobs: Arc::new([]),
        line: Arc::new([]),
        closing: false,
        emptying: None,
        held: 0,
        models: Remote { value: Some(Arc::new(list)), ..Remote::default() },
        endpoints: Arc::new(endpoints),
        account: Default::default(),
        sign_in: None,
        spending: Default::default(),
        importing: None,
        library_read: true,
        read_only: None,
        tending: None,
        report: None,
    }
}

impl Rig {
    pub fn new(model: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("library");
        let waker: easel::decode::Waker = Arc::new(|| {});
        let pool = Pool::start(1, ui::color_image, &waker).unwrap();
        let config = Config {
            service: service(),
            fallback: None,
            timeouts: Default::default(),
            max_running: 1,
            keep_partials: true,
            waker,
            previews: Arc::new(|_| {}),
            secrets: SecretStore::new(folder.path()),
            browser: Default::default(),
            connections: Default::default(),
            connection: None,
            privacy: Default::default(),
        };
        let library = Library::open(&dir).unwrap();
        easel::decode::use_program(env!("CARGO_BIN_EXE_easel"));
        let engine = Engine::start(engine::runtime().unwrap(), library, config).unwrap();
        let mut studio = Studio::new(Arc::new(snapshot()), |_| None);
        studio.draft.model = Some(ModelId::new(model));
        Self {
            textures: Textures::new(pool, engine.library_dir().to_owned()),
            engine,
            studio,
            compose: Default::default(),
            references: Default::default(),
            asked: Vec::new(),
            effects: Vec::new(),
            dragging: false,
            folder,
        }
    }

    fn frame(&mut self, ui: &mut egui::Ui) {
        painter::ground(ui);
        let ctx = ui.ctx().clone();
        self.textures.begin_frame(&ctx);
        let mut commands = ui::keys::pressed(&ctx, &self.studio);
        let mut cx = Cx {
            studio: &mut self.studio,
            textures: &mut self.textures,
            engine: &self.engine,
            commands: &mut commands,
        };
        // Without the margin that the test harness leaves.
        let mut whole = ui.new_child(egui::UiBuilder::new().max_rect(ctx.content_rect()));
        whole.set_clip_rect(ctx.content_rect());
        compose::compose_ui(&mut whole, &mut cx, &mut self.compose, &mut self.references);
        references::poll(ui, &mut cx, &mut self.references);
        self.textures.end_frame(64 << 20);
        for command in commands {
            self.asked.push(command.clone());
            self.studio.apply(command, &self.engine);
        }
        for effect in std::mem::take(&mut self.studio.effects) {
            if effect == Effect::FocusPrompt {
                self.compose.focus_prompt = true;
            }
            self.effects.push(effect);
            ctx.request_repaint();
        }
        if std::mem::take(&mut self.dragging) {
            DragAndDrop::set_payload(&ctx, vec![PictureId("p1".into()), PictureId("p2".into())]);
        }
        while let Some(event) = self.engine.next_event() {
            if matches!(event, Event::ReferenceAdded(_) | Event::Notice(_)) {
                self.studio.on(event);
            }
        }
    }
}

pub fn sized(model: &str, size: [f32; 2], theme: Theme, prepare: impl FnOnce(&mut Rig)) -> Harness<'static, Rig> {
    let mut rig = Rig::new(model);
    prepare(&mut rig);
    let mut h = painter::harness(size, theme).build_ui_state(|ui, rig: &mut Rig| rig.frame(ui), rig);
    h.run();
    h
}

pub fn panel(model: &str) -> Harness<'static, Rig> {
    sized(model, [344.0, 1000.0], Theme::Dark, |_| {})
}

pub const SEEDREAM: &str = "bytedance-seed/seedream-4.5";
pub const GPT: &str = "openai/gpt-image-1";
pub const GEMINI: &str = "google/gemini-3-pro-image";
pub const ODD: &str = "studio/odd-one";
pub const PAIR: &str = "studio/pair";
pub const FLUX: &str = "black-forest-labs/flux.2-pro";

/// A file of its own colour for every name.
pub fn picture_file(folder: &std::path::Path, name: &str, size: [u32; 2]) -> std::path::PathBuf {
    let hue = name.bytes().fold(7_u32, |sum, byte| sum.wrapping_mul(31).wrapping_add(u32::from(byte)));
    let paint = |x: u32, y: u32| {
        let shade = (x * 160 / size[0] + y * 60 / size[1]) as u8;
        image::Rgb([shade.wrapping_add(hue as u8) / 2 + 60, shade / 2 + (hue >> 8) as u8 / 2, 60 + shade / 2])
    };
    let file = folder.join(name);
    image::RgbImage::from_fn(size[0], size[1], paint).save(&file).unwrap();
    file
}

/// Adds files the way the window does, and waits until they are in the draft.
pub fn add_files(rig: &mut Rig, names: &[(&str, [u32; 2])]) {
    let folder = rig.folder.path().to_owned();
    let inputs = names.iter().map(|(name, size)| ReferenceInput::File(picture_file(&folder, name, *size))).collect();
    rig.studio.apply(Command::AddReferences(inputs), &rig.engine);
    let wanted = rig.studio.draft.references.len() + names.len();
    while rig.studio.draft.references.len() < wanted {
        match rig.engine.wait_event().unwrap() {
            event @ Event::ReferenceAdded(_) => rig.studio.on(event),
            Event::Notice(notice) => panic!("{notice:?}"),
            _ => {}
        }
    }
}

/// Steps until the thumbnails are decoded.
pub fn settle(h: &mut Harness<'_, Rig>) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while h.state().textures.is_busy() {
        assert!(Instant::now() < deadline, "thumbnails were never decoded");
        std::thread::yield_now();
        h.step();
    }
    h.run();
}

pub fn stored(name: &str, bytes: u64) -> DraftReference {
    let facts = |bytes| ReferenceFacts {
        media_type: "image/png".to_owned(),
        size: easel::picture::Size { width: 1024, height: 1024 },
        bytes,
        hash: None,
    };
    let source = ReferenceSource::Stored { hash: name.to_owned(), original: facts(bytes), sent: facts(bytes) };
    DraftReference { source, name: format!("{name}.png"), picture: None, edit: Default::default() }
}

pub fn names(h: &Harness<'_, Rig>) -> Vec<String> {
    h.state().studio.draft.references.iter().map(|reference| reference.name.clone()).collect()
}

pub fn focus(h: &mut Harness<'_, Rig>, role: Role, name: &str) {
    h.get_by_role_and_label(role, name).focus();
    h.run();
}

pub fn press(h: &mut Harness<'_, Rig>, key: Key) {
    h.key_press(key);
    h.run();
}

pub fn chord(h: &mut Harness<'_, Rig>, modifiers: Modifiers, key: Key) {
    h.key_press_modifiers(modifiers, key);
    h.run();
}

pub fn wish(h: &Harness<'_, Rig>, field: &str) -> Option<Value> {
    h.state().studio.draft.wish(field).cloned()
}

pub fn says(h: &Harness<'_, Rig>, text: &str) -> bool {
    let shows = |node: egui_kittest::Node<'_>| {
        let node = node.accesskit_node();
        [node.label(), node.value()].into_iter().flatten().any(|words| words.contains(text))
    };
    h.root().children_recursive().any(shows)
}
