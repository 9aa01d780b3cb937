//! The left panel: worked by keys and by name, and how it looks for very different models.
//!
//! The catalogue is the recorded one; the engine is real (for references), nothing is asked of a network.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use easel::api::{ModelId, ModelSource, parse_endpoints, parse_models};
use easel::engine::{
    self, Catalogue, Config, Engine, Event, Pool, ReferenceInput, Remote, SecretStore, Service, ServiceKind, Snapshot,
};
use easel::library::{Library, PictureId};
use easel::plan::{DraftReference, EndpointChoice, ReferenceFacts, ReferenceSource};
use easel::studio::{Command, Dialog, Effect, Screen, Studio};
use easel::ui::{self, Cx, Textures, compose, references};
use egui::{DragAndDrop, Key, Modifiers, Theme, accesskit::Role, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::{Value, json};

use crate::painter;

/// The panel with all it needs, and what it asked for.
struct Rig {
    engine: Engine,
    studio: Studio,
    textures: Textures,
    compose: compose::State,
    references: references::State,
    asked: Vec<Command>,
    effects: Vec<Effect>,
    /// A picture of the gallery is being dragged.
    dragging: bool,
    _folder: tempfile::TempDir,
}

const LOCAL: &str = "http://127.0.0.1:9/api/v1";

fn service() -> Service {
    Service { kind: ServiceKind::Demo, base: LOCAL.to_owned(), key: None }
}

/// The recorded catalogue and three models of our own.
fn snapshot() -> Snapshot {
    let root: Value = serde_json::from_str(include_str!("../../assets/catalogue.json")).unwrap();
    let mut models = parse_models(&root["models"]).unwrap().models;
    let mut endpoints = HashMap::new();
    let mut add = |id: &ModelId, raw: &Value| {
        let records = parse_endpoints(raw).unwrap();
        endpoints.insert(id.clone(), Remote { value: Some(Arc::new(records)), ..Remote::default() });
    };
    for model in &models {
        add(&model.id, &root["endpoints"][model.id.as_str()]);
    }
    let own: Value = serde_json::from_str(include_str!("../data/odd_models.json")).unwrap();
    for model in parse_models(&own["models"]).unwrap().models {
        add(&model.id, &own["endpoints"][model.id.as_str()]);
        models.push(model);
    }
    let list = Catalogue { models, skipped: Vec::new(), source: ModelSource::ImagesApi };
    Snapshot {
        service: service(),
        jobs: Arc::new([]),
        held: 0,
        models: Remote { value: Some(Arc::new(list)), ..Remote::default() },
        endpoints: Arc::new(endpoints),
        account: Default::default(),
        spending: Default::default(),
        library_read: true,
    }
}

impl Rig {
    fn new(model: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let dir = folder.path().join("library");
        let waker: engine::Waker = Arc::new(|| {});
        let pool = Pool::start(1, ui::color_image, &waker).unwrap();
        let config = Config {
            service: service(),
            fallback: None,
            timeouts: Default::default(),
            max_running: 1,
            waker,
            previews: Arc::new(|_| {}),
            secrets: SecretStore::new(folder.path(), LOCAL),
        };
        let library = Library::open(&dir).unwrap();
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
            _folder: folder,
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
        egui::CentralPanel::no_frame().show(ui, |ui| {
            compose::compose_ui(ui, &mut cx, &mut self.compose, &mut self.references);
        });
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

fn sized(model: &str, size: [f32; 2], theme: Theme, prepare: impl FnOnce(&mut Rig)) -> Harness<'static, Rig> {
    let mut rig = Rig::new(model);
    prepare(&mut rig);
    let mut h = painter::harness(size, theme).build_ui_state(|ui, rig: &mut Rig| rig.frame(ui), rig);
    h.run();
    h
}

fn panel(model: &str) -> Harness<'static, Rig> {
    sized(model, [344.0, 1000.0], Theme::Dark, |_| {})
}

const SEEDREAM: &str = "bytedance-seed/seedream-4.5";
const GPT: &str = "openai/gpt-image-1";
const GEMINI: &str = "google/gemini-3-pro-image";
const ODD: &str = "studio/odd-one";
const PAIR: &str = "studio/pair";
const FLUX: &str = "black-forest-labs/flux.2-pro";

/// A file of its own colour for every name.
fn picture_file(folder: &std::path::Path, name: &str, size: [u32; 2]) -> std::path::PathBuf {
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
fn add_files(rig: &mut Rig, names: &[(&str, [u32; 2])]) {
    let folder = rig._folder.path().to_owned();
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
fn settle(h: &mut Harness<'_, Rig>) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while h.state().textures.is_busy() {
        assert!(Instant::now() < deadline, "thumbnails were never decoded");
        std::thread::yield_now();
        h.step();
    }
    h.run();
}

fn stored(name: &str, bytes: u64) -> DraftReference {
    let facts = |bytes| ReferenceFacts {
        media_type: "image/png".to_owned(),
        size: easel::picture::Size { width: 1024, height: 1024 },
        bytes,
    };
    let source = ReferenceSource::Stored { hash: name.to_owned(), original: facts(bytes), sent: facts(bytes) };
    DraftReference { source, name: format!("{name}.png") }
}

fn names(h: &Harness<'_, Rig>) -> Vec<String> {
    h.state().studio.draft.references.iter().map(|reference| reference.name.clone()).collect()
}

fn focus(h: &mut Harness<'_, Rig>, role: Role, name: &str) {
    h.get_by_role_and_label(role, name).focus();
    h.run();
}

fn press(h: &mut Harness<'_, Rig>, key: Key) {
    h.key_press(key);
    h.run();
}

fn chord(h: &mut Harness<'_, Rig>, modifiers: Modifiers, key: Key) {
    h.key_press_modifiers(modifiers, key);
    h.run();
}

fn wish(h: &Harness<'_, Rig>, field: &str) -> Option<Value> {
    h.state().studio.draft.wish(field).cloned()
}

fn says(h: &Harness<'_, Rig>, text: &str) -> bool {
    let shows = |node: egui_kittest::Node<'_>| {
        let node = node.accesskit_node();
        [node.label(), node.value()].into_iter().flatten().any(|words| words.contains(text))
    };
    h.root().children_recursive().any(shows)
}

#[test]
fn prompt_is_typed_undone_and_sent_from_the_keyboard() {
    let mut h = panel(SEEDREAM);
    h.state_mut().studio.draft.prompt.clear();
    h.run();
    assert!(says(&h, "Write a prompt first"));
    assert!(h.get_by_label("Generate, $0.04").accesskit_node().is_disabled());

    h.state_mut().studio.apply(Command::Do(easel::studio::Action::FocusPrompt), &Rig::new(SEEDREAM).engine);
    h.run();
    h.get_by_role_and_label(Role::MultilineTextInput, "Prompt").type_text("A red panda");
    h.run();
    assert_eq!(h.state().studio.draft.prompt, "A red panda", "the cursor was put into the prompt");
    press(&mut h, Key::G);
    assert_eq!(h.state().studio.screen, Screen::Grid, "letters are text here");
    chord(&mut h, Modifiers::COMMAND, Key::Z);
    assert_eq!(h.state().studio.draft.prompt, "", "the field has its own undo");
    chord(&mut h, Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    assert_eq!(h.state().studio.draft.prompt, "A red panda");

    chord(&mut h, Modifiers::COMMAND, Key::Enter);
    assert!(h.state().asked.iter().any(|command| matches!(command, Command::Do(easel::studio::Action::Generate))));
    assert_eq!(h.state().studio.draft.prompt, "A red panda", "Ctrl+Enter breaks no line");
}

#[test]
fn generate_button_says_count_and_price_and_asks_for_the_run() {
    let mut h = panel(SEEDREAM);
    h.get_by_role_and_label(Role::Slider, "Images").set_value_accesskit(4.0);
    h.run();
    assert_eq!(wish(&h, "n"), Some(json!(4)));
    h.get_by_role_and_label(Role::Button, "Generate 4, $0.16").click();
    h.run();
    let asked = &h.state().asked;
    assert!(asked.iter().any(|command| matches!(command, Command::Do(easel::studio::Action::Generate))), "{asked:?}");
    h.get_by_label("Generate 4, $0.16").hover();
    h.run();
    assert!(says(&h, "Seedream 4.5 · any endpoint\n4 pictures in one request\nExactly $0.16"));
    drop(h);
    for (model, button) in [
        (FLUX, "Generate, about $0.03–0.045"),
        (GPT, "Generate, price unknown"),
        ("inclusionai/ming-image-0.1-design-layer", "Generate, free"),
    ] {
        let h = panel(model);
        let found: Vec<_> = h.root().children_recursive().filter_map(|n| n.accesskit_node().label()).collect();
        assert!(found.iter().any(|label| label == button), "{model}: {found:?}");
    }
}

#[test]
fn switching_the_model_keeps_the_wishes_and_says_what_is_not_sent() {
    let mut h = panel(SEEDREAM);
    focus(&mut h, Role::CheckBox, "Set seed");
    press(&mut h, Key::Space);
    focus(&mut h, Role::TextInput, "Seed");
    chord(&mut h, Modifiers::COMMAND, Key::A);
    h.get_by_role_and_label(Role::TextInput, "Seed").type_text("4271");
    h.run();
    assert_eq!(wish(&h, "seed"), Some(json!(4271)));

    h.state_mut().studio.draft.model = Some(ModelId::new(GPT));
    h.run();
    assert!(says(&h, "Not sent to this model: seed (4271)"));
    assert!(h.query_by_role_and_label(Role::CheckBox, "Set seed").is_none());
    assert_eq!(wish(&h, "seed"), Some(json!(4271)));

    h.state_mut().studio.draft.model = Some(ModelId::new(SEEDREAM));
    h.run();
    assert!(!says(&h, "Not sent"));
    h.get_by_role_and_label(Role::TextInput, "Seed");
}

#[test]
fn list_chooses_a_value_and_gives_it_back_to_the_provider() {
    let mut h = panel(SEEDREAM);
    focus(&mut h, Role::ComboBox, "Resolution");
    press(&mut h, Key::Enter);
    focus(&mut h, Role::Button, "4K");
    press(&mut h, Key::Enter);
    assert_eq!(wish(&h, "resolution"), Some(json!("4K")));
    h.get_by_role_and_label(Role::ComboBox, "Resolution").click();
    h.run();
    h.get_by_role_and_label(Role::Button, "provider default").click();
    h.run();
    assert_eq!(wish(&h, "resolution"), None);
}

#[test]
fn chosen_ratio_is_cleared_by_choosing_it_again() {
    let mut h = panel(SEEDREAM);
    assert!(h.query_by_role_and_label(Role::Button, "9:21").is_none(), "the rare ones are folded away");
    focus(&mut h, Role::Button, "All 18 aspect ratios");
    press(&mut h, Key::Enter);
    focus(&mut h, Role::Button, "9:21");
    press(&mut h, Key::Space);
    assert_eq!(wish(&h, "aspect_ratio"), Some(json!("9:21")));
    press(&mut h, Key::Space);
    assert_eq!(wish(&h, "aspect_ratio"), None);
}

#[test]
fn seed_is_revealed_thrown_and_locked() {
    let mut h = panel(SEEDREAM);
    assert!(h.query_by_role_and_label(Role::TextInput, "Seed").is_none());
    h.get_by_role_and_label(Role::CheckBox, "Set seed").click();
    h.run();
    let first = wish(&h, "seed").unwrap();
    h.get_by_label("New random seed").click();
    h.run();
    let thrown = wish(&h, "seed").unwrap();
    assert!(thrown.is_i64() && thrown != first);

    chord(&mut h, Modifiers::COMMAND, Key::Enter);
    let drawn = wish(&h, "seed").unwrap();
    assert_ne!(drawn, thrown, "an open lock draws a new seed after each run");
    h.get_by_label("A new seed is drawn after each run; click to keep this one").click();
    h.run();
    chord(&mut h, Modifiers::COMMAND, Key::Enter);
    assert_eq!(wish(&h, "seed").unwrap(), drawn);
    h.get_by_label("The seed is kept; click to draw a new one after each run");

    focus(&mut h, Role::TextInput, "Seed");
    h.get_by_role_and_label(Role::TextInput, "Seed").type_text("x");
    h.run();
    assert!(says(&h, "Seed must be a whole number"));
    assert!(h.get_by_label("Generate, $0.04").accesskit_node().is_disabled());
    h.get_by_role_and_label(Role::CheckBox, "Set seed").click();
    h.run();
    assert!(!says(&h, "must be a whole number"));
    assert_eq!(wish(&h, "seed"), None);
}

#[test]
fn number_has_a_default_state_and_keeps_its_value_while_off() {
    let mut h = panel(GPT);
    assert!(h.query_by_role_and_label(Role::Slider, "Compression").is_none());
    focus(&mut h, Role::CheckBox, "Set compression");
    press(&mut h, Key::Space);
    h.get_by_role_and_label(Role::Slider, "Compression").set_value_accesskit(80.0);
    h.run();
    assert_eq!(wish(&h, "output_compression"), Some(json!(80)));
    focus(&mut h, Role::CheckBox, "Set compression");
    press(&mut h, Key::Space);
    assert_eq!(wish(&h, "output_compression"), None);
    press(&mut h, Key::Space);
    assert_eq!(wish(&h, "output_compression"), Some(json!(80)));
}

#[test]
fn looking_at_a_narrower_range_does_not_change_the_wish() {
    let mut h = panel(SEEDREAM);
    h.state_mut().studio.draft.set("n", 10);
    h.state_mut().studio.draft.model = Some(ModelId::new("qwen/qwen-image-3"));
    h.run();
    assert_eq!(wish(&h, "n"), Some(json!(10)));
    assert!(says(&h, "Not sent to this model: images (10)"));
}

#[test]
fn unknown_fields_get_controls_under_their_raw_names() {
    let mut h = panel(ODD);
    focus(&mut h, Role::CheckBox, "Set watermark");
    press(&mut h, Key::Space);
    assert_eq!(wish(&h, "watermark"), Some(json!(true)));

    focus(&mut h, Role::CheckBox, "Set palette");
    press(&mut h, Key::Space);
    assert!(says(&h, "palette needs a JSON value"));
    let field = |h: &mut Harness<'_, Rig>, text: &str| {
        h.get_by_role_and_label(Role::TextInput, "palette").focus();
        h.run();
        h.get_by_role_and_label(Role::TextInput, "palette").type_text(text);
        h.run();
    };
    field(&mut h, "{\"hue\":");
    assert!(says(&h, "palette is not valid JSON"));
    assert!(h.get_by_label("Generate, $0.01").accesskit_node().is_disabled());
    field(&mut h, " 0.5}");
    assert!(!says(&h, "not valid JSON"));
    assert_eq!(wish(&h, "palette"), Some(json!({"hue": 0.5})));
    assert!(!h.get_by_label("Generate, $0.01").accesskit_node().is_disabled());

    focus(&mut h, Role::CheckBox, "Set strength");
    press(&mut h, Key::Space);
    h.get_by_role_and_label(Role::Slider, "strength").set_value_accesskit(0.75);
    h.run();
    assert_eq!(wish(&h, "strength"), Some(json!(0.75)));

    focus(&mut h, Role::CheckBox, "Set size");
    press(&mut h, Key::Space);
    assert_eq!(wish(&h, "size"), Some(json!("2K")));
    h.get_by_role_and_label(Role::TextInput, "Size").focus();
    h.run();
    h.get_by_role_and_label(Role::TextInput, "Size").type_text("x");
    h.run();
    assert!(says(&h, "Size must be a tier such as 2K"));
}

#[test]
fn passthrough_options_are_checked_as_json_and_block_while_they_are_not() {
    let mut h = panel(FLUX);
    focus(&mut h, Role::Button, "Provider options, 3 of Black Forest Labs");
    press(&mut h, Key::Enter);
    focus(&mut h, Role::ComboBox, "Add option");
    press(&mut h, Key::Enter);
    focus(&mut h, Role::Button, "safety_tolerance");
    press(&mut h, Key::Enter);
    focus(&mut h, Role::TextInput, "Option safety_tolerance");
    h.get_by_role_and_label(Role::TextInput, "Option safety_tolerance").type_text("{");
    h.run();
    assert!(says(&h, "The option safety_tolerance is not valid JSON"));
    let blocked = |h: &Harness<'_, Rig>| h.get_by_label_contains("Generate,").accesskit_node().is_disabled();
    assert!(blocked(&h));
    press(&mut h, Key::Backspace);
    h.get_by_role_and_label(Role::TextInput, "Option safety_tolerance").type_text("3");
    h.run();
    assert!(!blocked(&h));
    let fitted = h.state().studio.readiness().fitted.unwrap();
    assert_eq!(fitted.request.provider.unwrap().options["black-forest-labs"], json!({"safety_tolerance": 3}));
    h.get_by_label("Remove option safety_tolerance").click();
    h.run();
    assert!(h.state().studio.draft.options.is_empty());
}

#[test]
fn options_of_several_endpoints_wait_for_a_pin() {
    let mut h = panel(GEMINI);
    assert!(says(&h, "They need one pinned endpoint"));
    focus(&mut h, Role::ComboBox, "Endpoint");
    press(&mut h, Key::Enter);
    h.get_by_label_contains("Google AI Studio ·").click();
    h.run();
    assert_eq!(h.state().studio.draft.endpoint, EndpointChoice::Pinned("google-ai-studio/global".to_owned()));
    h.get_by_role_and_label(Role::Button, "Provider options, 1 of Google AI Studio");
}

#[test]
fn endpoint_without_a_tag_cannot_be_chosen_and_partial_abilities_say_so() {
    let mut h = panel(PAIR);
    h.get_by_role_and_label(Role::ComboBox, "Endpoint").click();
    h.run();
    let untagged = h.get_by_label_contains("cannot be pinned");
    assert!(untagged.accesskit_node().is_disabled());
    press(&mut h, Key::Escape);
    h.get_by_role_and_label(Role::ComboBox, "Resolution").click();
    h.run();
    h.get_by_label_contains("4Konly on Atelier").click();
    h.run();
    assert_eq!(wish(&h, "resolution"), Some(json!("4K")));
    assert_eq!(h.state().studio.readiness().fitted.unwrap().eligible, [0]);
}

#[test]
fn partial_pictures_can_be_switched_off_where_they_are_offered() {
    let mut h = panel(GPT);
    h.get_by_role_and_label(Role::CheckBox, "Show partial pictures").click();
    h.run();
    assert_eq!(h.state().studio.draft.stream, Some(false));
    h.state_mut().studio.draft.model = Some(ModelId::new(SEEDREAM));
    h.run();
    assert!(h.query_by_label("Show partial pictures").is_none());
}

#[test]
fn model_card_opens_the_browser_and_says_when_there_is_no_model() {
    let mut h = panel(SEEDREAM);
    let card = "Model Seedream 4.5, ByteDance Seed, references ≤ 14, 4K, n ≤ 10, seed";
    focus(&mut h, Role::Button, card);
    press(&mut h, Key::Enter);
    assert_eq!(h.state().studio.screen, Screen::Models);

    h.state_mut().studio.draft.model = Some(ModelId::new("gone/model-1"));
    h.run();
    h.get_by_label("Model model-1, Not in the list any more; choose another model");
    assert!(says(&h, "gone/model-1 is not in the list any more"));
    h.state_mut().studio.draft.model = None;
    h.run();
    h.get_by_label("Model Choose a model, 34 models");
    let snapshot = Snapshot { models: Remote { loading: true, ..Remote::default() }, ..snapshot() };
    h.state_mut().studio.snapshot = Arc::new(snapshot);
    h.run();
    h.get_by_label_contains("Model Reading the models…");
    assert!(h.get_by_label("Generate").accesskit_node().is_disabled());
}

#[test]
fn references_are_reordered_and_removed_by_keys() {
    let mut h = panel(SEEDREAM);
    h.state_mut().studio.draft.references = ["a", "b", "c"].map(|name| stored(name, 400_000)).to_vec();
    h.run();
    assert!(says(&h, "References 3 of 14 · 1.2 MB"));
    focus(&mut h, Role::Button, "Reference 1 of 3, a.png");
    chord(&mut h, Modifiers::COMMAND, Key::ArrowRight);
    assert_eq!(names(&h), ["b.png", "a.png", "c.png"]);
    chord(&mut h, Modifiers::COMMAND, Key::ArrowRight);
    chord(&mut h, Modifiers::COMMAND, Key::ArrowRight);
    assert_eq!(names(&h), ["b.png", "c.png", "a.png"], "the focus goes with the picture");
    chord(&mut h, Modifiers::COMMAND, Key::ArrowLeft);
    assert_eq!(names(&h), ["b.png", "a.png", "c.png"]);
    press(&mut h, Key::Delete);
    assert_eq!(names(&h), ["b.png", "c.png"]);
    assert!(
        !h.state().asked.iter().any(|c| matches!(c, Command::Do(easel::studio::Action::Trash))),
        "not the gallery's"
    );

    focus(&mut h, Role::Button, "Reference 2 of 2, c.png");
    press(&mut h, Key::Enter);
    focus(&mut h, Role::Button, "Move left");
    press(&mut h, Key::Enter);
    assert_eq!(names(&h), ["c.png", "b.png"]);
    h.get_by_label("Remove b.png").click();
    h.run();
    assert_eq!(names(&h), ["c.png"]);
}

#[test]
fn references_are_reordered_by_dragging() {
    let mut h = panel(SEEDREAM);
    h.state_mut().studio.draft.references = ["a", "b", "c"].map(|name| stored(name, 1000)).to_vec();
    h.run();
    let from = h.get_by_label("Reference 1 of 3, a.png").rect().center();
    let to = h.get_by_label("Reference 3 of 3, c.png").rect().right_center();
    h.drag_at(from);
    h.step();
    h.hover_at(from + vec2(12.0, 0.0));
    h.step();
    h.hover_at(to);
    h.step();
    h.step();
    h.drop_at(to);
    h.run();
    assert_eq!(names(&h), ["b.png", "c.png", "a.png"]);
}

#[test]
fn tile_with_the_plus_offers_every_way_in() {
    let mut h = panel(SEEDREAM);
    for (entry, effect) in [("Choose files…", Effect::PickReferences), ("Paste", Effect::ReadClipboard)] {
        focus(&mut h, Role::Button, "Add references");
        press(&mut h, Key::Enter);
        focus(&mut h, Role::Button, entry);
        press(&mut h, Key::Enter);
        assert_eq!(h.state().effects.last(), Some(&effect));
    }
    h.get_by_label("Add references").click();
    h.run();
    h.get_by_label("Address or path…").click();
    h.run();
    assert_eq!(h.state().studio.dialog, Some(Dialog::AddReference { why: None }));
}

#[test]
fn pictures_dragged_from_the_gallery_become_references() {
    let mut h = panel(SEEDREAM);
    h.state_mut().dragging = true;
    let at = h.get_by_label("Add references").rect().center();
    h.drag_at(at);
    h.step();
    h.hover_at(at + vec2(0.0, 4.0));
    h.step();
    painter::snapshot(&mut h, "compose_picture_over");
    h.drop_at(at + vec2(0.0, 4.0));
    h.step();
    let used = h.state().asked.iter().find_map(|command| match command {
        Command::UseAsReference(ids) => Some(ids.clone()),
        _ => None,
    });
    assert_eq!(used.map(|ids| ids.len()), Some(2));
}

#[test]
fn number_of_references_is_judged_in_words() {
    let mut h = panel("inclusionai/ming-image-0.1-design-layer");
    assert!(says(&h, "This model needs at least 1 reference picture; add one"));
    assert!(says(&h, "References needs 1"));
    h.state_mut().studio.draft.references = ["a", "b"].map(|name| stored(name, 1000)).to_vec();
    h.run();
    assert!(says(&h, "1 too many; remove some"));
    assert!(says(&h, "This model takes at most 1 reference picture; remove some"));
    h.state_mut().studio.draft.model = Some(ModelId::new(ODD));
    h.run();
    assert!(says(&h, "This model takes no references; these are kept for one that does"));
    assert!(says(&h, "Not sent to this model: references (2)"));
    assert!(!h.get_by_label("Generate, $0.01").accesskit_node().is_disabled());
}

#[test]
fn pasted_text_of_several_kinds_comes_in_through_the_engine() {
    let mut rig = Rig::new(SEEDREAM);
    let folder = rig._folder.path().to_owned();
    let file = picture_file(&folder, "one two.png", [40, 20]);
    let bytes = std::fs::read(picture_file(&folder, "data.png", [8, 8])).unwrap();
    let text = base64::Engine::encode(&base64::engine::general_purpose::STANDARD, bytes);
    let address = format!("file://{}", file.display().to_string().replace(' ', "%20"));
    let pasted = format!("{address}\ndata:image/png;base64,{text}\nhttps://example.org/c.png");
    let command = references::command_of(engine::Pasted::Text(pasted)).unwrap();
    assert!(!format!("{command:?}").contains(&text[..16]), "no base64 in logs");
    rig.studio.apply(command, &rig.engine);
    while rig.studio.draft.references.len() < 3 {
        match rig.engine.wait_event().unwrap() {
            event @ Event::ReferenceAdded(_) => rig.studio.on(event),
            Event::Notice(notice) => panic!("{notice:?}"),
            _ => {}
        }
    }
    let found: Vec<_> = rig.studio.draft.references.iter().map(|reference| reference.name.as_str()).collect();
    assert_eq!(found, ["one two.png", "Pasted picture", "https://example.org/c.png"]);
    assert!(references::command_of(engine::Pasted::Text("a red panda".into())).is_none());
}

#[test]
fn everything_that_works_is_reached_by_tab() {
    let mut h = sized(GPT, [344.0, 1000.0], Theme::Dark, |rig| {
        rig.studio.draft.references = vec![stored("a", 1000)];
        rig.studio.draft.set("output_compression", 80);
    });
    let mut reached: Vec<String> = Vec::new();
    for _ in 0..60 {
        h.key_press(Key::Tab);
        h.step();
        let root = h.root();
        let mut nodes = root.children_recursive();
        reached.extend(nodes.find(|n| n.accesskit_node().is_focused()).and_then(|n| n.accesskit_node().label()));
    }
    for name in [
        "Model GPT Image 1",
        "Endpoint",
        "Prompt",
        "Reference 1 of 1, a.png",
        "Remove a.png",
        "Add references",
        "auto",
        "1:1",
        "Images",
        "Images, number",
        "Quality",
        "Background",
        "Set compression",
        "Compression",
        "Compression, number",
        "Show partial pictures",
        "Provider options",
        "Generate",
    ] {
        assert!(reached.iter().any(|label| label.starts_with(name)), "{name}: {reached:?}");
    }
}

/// A draft like the one of the drawing.
fn as_drawn(rig: &mut Rig) {
    let draft = &mut rig.studio.draft;
    draft.prompt = "A red panda astronaut drifting past a copper nebula, studio lighting, shallow depth of field, \
                    film grain"
        .to_owned();
    draft.set("aspect_ratio", "16:9");
    draft.set("resolution", "2K");
    draft.set("n", 4);
    draft.set("seed", 4271);
    draft.set("background", "transparent");
    add_files(rig, &[("astronaut.png", [600, 800]), ("panda.png", [800, 500])]);
}

fn picture(name: &str, model: &str, size: [f32; 2], theme: Theme, prepare: impl FnOnce(&mut Rig)) {
    let mut h = sized(model, size, theme, prepare);
    settle(&mut h);
    painter::snapshot(&mut h, name);
}

#[test]
fn panel_looks_as_drawn_in_both_themes() {
    picture("compose_seedream_dark", SEEDREAM, [344.0, 760.0], Theme::Dark, as_drawn);
    picture("compose_seedream_light", SEEDREAM, [344.0, 760.0], Theme::Light, as_drawn);
}

fn with_compression(rig: &mut Rig) {
    rig.studio.draft.set("quality", "high");
    rig.studio.draft.set("background", "transparent");
    rig.studio.draft.set("output_compression", 80);
    rig.studio.draft.set("seed", 7);
    rig.studio.draft.set("n", 3);
    let url = ReferenceSource::Url("https://pictures.example.org/a.png".to_owned());
    rig.studio.draft.references.push(DraftReference { source: url, name: "https://pictures.example.org/a.png".into() });
}

#[test]
fn panel_of_a_streaming_token_priced_model_is_calm_in_both_themes() {
    picture("compose_gpt_dark", GPT, [344.0, 760.0], Theme::Dark, with_compression);
    picture("compose_gpt_light", GPT, [344.0, 760.0], Theme::Light, with_compression);
}

fn odd_values(rig: &mut Rig) {
    let draft = &mut rig.studio.draft;
    draft.turn_on("palette", json!({"hue": 0.5}));
    draft.set("strength", 0.35);
    draft.set("size", "2048x1152");
    draft.options.entry("atelier".into()).or_default().insert("guidance".into(), "{\"scale\": ".into());
    draft.references = vec![stored("a", 1000)];
}

#[test]
fn panel_of_unknown_fields_and_faults_is_readable_in_both_themes() {
    picture("compose_odd_dark", ODD, [344.0, 800.0], Theme::Dark, odd_values);
    picture("compose_odd_light", ODD, [344.0, 800.0], Theme::Light, odd_values);
}

#[test]
fn long_contents_scroll_above_the_button() {
    let long = |rig: &mut Rig| {
        as_drawn(rig);
        rig.studio.draft.prompt = "A long prompt about one red panda and many stars. ".repeat(40);
        let more = (0..14).map(|number| stored(&format!("missing {number}"), 1000));
        rig.studio.draft.references.extend(more);
    };
    picture("compose_long_dark", SEEDREAM, [480.0, 760.0], Theme::Dark, long);
    picture("compose_long_narrow_light", SEEDREAM, [300.0, 620.0], Theme::Light, long);
}

#[test]
fn open_menus_and_lists_look_as_the_rest() {
    let mut h = sized(PAIR, [344.0, 620.0], Theme::Dark, |_| {});
    h.get_by_role_and_label(Role::ComboBox, "Resolution").click();
    h.run();
    painter::snapshot(&mut h, "compose_list_open");
    press(&mut h, Key::Escape);
    h.get_by_role_and_label(Role::ComboBox, "Endpoint").click();
    h.run();
    painter::snapshot(&mut h, "compose_endpoints_open");
    press(&mut h, Key::Escape);
    h.get_by_label("Add references").click();
    h.run();
    painter::snapshot(&mut h, "compose_add_open");
}

#[test]
fn empty_panel_says_what_to_do() {
    picture("compose_no_model", SEEDREAM, [344.0, 620.0], Theme::Dark, |rig| rig.studio.draft.model = None);
}
