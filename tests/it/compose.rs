//! The left panel, worked by keys and by name: model, endpoint, prompt, settings, options, Generate.

mod looks;
mod references;
mod rig;

use std::sync::Arc;

use easel::api::ModelId;
use easel::engine::{Remote, Snapshot};
use easel::plan::EndpointChoice;
use easel::studio::{Command, Screen};
use egui::{Key, Modifiers, Theme, accesskit::Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use rig::*;
use serde_json::json;

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
    h.get_by_role_and_label(Role::Button, "Generate 4, at most $0.16").click();
    h.run();
    let asked = &h.state().asked;
    assert!(asked.iter().any(|command| matches!(command, Command::Do(easel::studio::Action::Generate))), "{asked:?}");
    h.get_by_label("Generate 4, at most $0.16").hover();
    h.run();
    assert!(says(&h, "Seedream 4.5 · any endpoint\n4 pictures in one request\nAt most $0.16"));
    drop(h);
    for (model, button) in [
        (PAIR, "Generate, about $0.04–0.05"),
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
    assert!(!h.get_by_label_contains("Generate").accesskit_node().is_disabled(), "the rest takes a second request");
    assert!(h.query_by_label_contains("Not sent").is_none());
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
    h.get_by_label_contains("4K only on Atelier").click();
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

#[test]
fn alternatives_are_counted_priced_and_listed_before_anything_is_sent() {
    let mut h = panel(SEEDREAM);
    h.state_mut().studio.draft.prompt = "a {red|blue|green} fox".into();
    h.state_mut().studio.draft.set("n", 2);
    h.run();
    assert!(says(&h, "Generate 6, at most $0.24"));
    assert!(!says(&h, "1  a red fox"));
    h.get_by_role_and_label(Role::Button, "Show the 3 prompts, 6 pictures").focus();
    h.run();
    press(&mut h, Key::Enter);
    for line in ["1  a red fox", "2  a blue fox", "3  a green fox"] {
        assert!(says(&h, line), "{line}");
    }
    press(&mut h, Key::Enter);
    assert!(!says(&h, "1  a red fox"));

    h.state_mut().studio.draft.prompt = r#"{"scene": {"subject": "fox", "mood": "calm | bright"}}"#.into();
    h.run();
    assert!(says(&h, "Generate 2, at most $0.08"));
    h.state_mut().studio.draft.prompt = "{1|2|3|4|5} {1|2|3|4|5} {1|2|3|4|5}".into();
    h.run();
    assert!(says(&h, "The alternatives make 125 prompts, and at most 64 are sent at once; take some out"));
    let generate = h.get_by_label_contains("Generate 128");
    assert!(generate.accesskit_node().is_disabled());
}
