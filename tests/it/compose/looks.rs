//! How the left panel looks, for very different models.

use easel::plan::{DraftReference, ReferenceSource};
use egui::{Key, Theme, accesskit::Role};
use egui_kittest::kittest::Queryable;
use serde_json::json;

use super::rig::*;
use crate::painter;

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
fn panel_looks_as_drawn_in_the_dark() {
    picture("compose_seedream_dark", SEEDREAM, [344.0, 760.0], Theme::Dark, as_drawn);
}

#[test]
fn panel_looks_as_drawn_in_the_light() {
    picture("compose_seedream_light", SEEDREAM, [344.0, 760.0], Theme::Light, as_drawn);
}

fn with_compression(rig: &mut Rig) {
    rig.studio.draft.set("quality", "high");
    rig.studio.draft.set("background", "transparent");
    rig.studio.draft.set("output_compression", 80);
    rig.studio.draft.set("seed", 7);
    rig.studio.draft.set("n", 3);
    let url = ReferenceSource::Url("https://pictures.example.org/a.png".to_owned());
    let name = "https://pictures.example.org/a.png".into();
    rig.studio.draft.references.push(DraftReference { source: url, name, picture: None, edit: Default::default() });
}

#[test]
fn panel_of_a_streaming_token_priced_model_is_calm_in_the_dark() {
    picture("compose_gpt_dark", GPT, [344.0, 760.0], Theme::Dark, with_compression);
}

#[test]
fn panel_of_a_streaming_token_priced_model_is_calm_in_the_light() {
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
fn panel_of_unknown_fields_and_faults_is_readable_in_the_dark() {
    picture("compose_odd_dark", ODD, [344.0, 960.0], Theme::Dark, odd_values);
}

#[test]
fn panel_of_unknown_fields_and_faults_is_readable_in_the_light() {
    picture("compose_odd_light", ODD, [344.0, 960.0], Theme::Light, odd_values);
}

fn long(rig: &mut Rig) {
    as_drawn(rig);
    rig.studio.draft.prompt = "A long prompt about one red panda and many stars. ".repeat(40);
    let more = (0..14).map(|number| stored(&format!("missing {number}"), 1000));
    rig.studio.draft.references.extend(more);
}

#[test]
fn long_contents_scroll_above_the_button() {
    picture("compose_long_dark", SEEDREAM, [480.0, 760.0], Theme::Dark, long);
}

#[test]
fn narrowest_panel_holds_long_contents() {
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

#[test]
fn thumbnail_with_the_keyboard_shows_its_ring_its_cross_and_its_menu() {
    let mut h = sized(SEEDREAM, [344.0, 620.0], Theme::Dark, |rig| {
        add_files(rig, &[("astronaut.png", [600, 800]), ("panda.png", [800, 500])]);
    });
    settle(&mut h);
    focus(&mut h, Role::Button, "Reference 1 of 2, astronaut.png");
    press(&mut h, Key::Enter);
    painter::snapshot(&mut h, "compose_reference_menu");
}

fn with_alternatives(rig: &mut Rig) {
    rig.studio.draft.prompt =
        "A {red|arctic|fennec} fox, {at dawn|under the northern lights, long exposure}".to_owned();
    rig.studio.draft.set("n", 2);
    rig.studio.draft.from = Some(easel::plan::Origin { picture: "gone".into(), hash: String::new() });
}

fn alternatives(name: &str, theme: Theme) {
    let mut h = sized(SEEDREAM, [344.0, 860.0], theme, with_alternatives);
    h.get_by_label("Show the 6 prompts, 12 pictures").click();
    // Scroll areas settle one after the other.
    h.run_steps(8);
    painter::snapshot(&mut h, name);
}

#[test]
fn alternatives_look_calm_in_the_dark() {
    alternatives("compose_prompts_dark", Theme::Dark);
}

#[test]
fn alternatives_look_calm_in_the_light() {
    alternatives("compose_prompts_light", Theme::Light);
}
