//! The model browser: found, searched, filtered and used by mouse and keyboard, and how it looks.

use std::sync::Arc;

use easel::api::{self, Capability, Endpoint, ModelId, Parameters};
use easel::engine::{Remote, ServiceOrder};
use easel::plan::{EndpointChoice, Filter};
use easel::studio::{Command, Screen};
use egui::accesskit::Role;
use egui::{Key, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use crate::painter;
use crate::panels::{self, Window, known_endpoints};

fn browser() -> Window {
    let mut window = Window::new();
    window.studio.apply(Command::Show(Screen::Models), &window.engine);
    window
}

fn open(theme: Theme) -> Harness<'static, Window> {
    panels::harness(theme, browser())
}

fn id(text: &str) -> ModelId {
    ModelId::new(text)
}

fn rows(h: &Harness<'_, Window>) -> Vec<String> {
    let rows = h.get_all_by_role(Role::ListBoxOption);
    rows.filter_map(|row| row.accesskit_node().label()).collect()
}

#[test]
fn browser_looks_as_drawn_in_the_dark() {
    let mut window = browser();
    window.studio.browser.favourites.push(id("bytedance-seed/seedream-4.5"));
    let mut h = panels::sized([1600.0, 1000.0], Theme::Dark, window);
    h.run();
    painter::snapshot(&mut h, "models_dark");
}

#[test]
fn browser_looks_as_drawn_in_the_light_and_in_a_small_window() {
    let mut window = browser();
    window.studio.browser.inspected = Some(id("google/gemini-3-pro-image"));
    window.studio.browser.filters.push(Filter::References);
    let mut h = panels::harness(Theme::Light, window);
    h.run();
    painter::snapshot(&mut h, "models_light");
}

#[test]
fn browser_opens_with_the_keyboard_in_the_search_and_the_model_in_use_in_view() {
    let mut h = open(Theme::Dark);
    h.run();
    assert!(h.get_by_label("Search models").is_focused());
    assert!(
        rows(&h).iter().any(|row| row == "Seedream 4.5, ByteDance Seed, $0.04 per image, in use"),
        "{:?}",
        rows(&h)
    );
    assert!(rows(&h).len() < 20, "rows out of view are not drawn");
}

#[test]
fn typing_searches_arrows_move_and_enter_uses_the_model() {
    let mut h = open(Theme::Dark);
    h.run();
    h.get_by_label("Search models").type_text("recraft v4");
    h.run();
    assert_eq!(rows(&h).len(), 3, "{:?}", rows(&h));
    h.get_by_label("3 of 31 models");
    assert_eq!(h.state().studio.browser.inspected, Some(id("recraft/recraft-v4-styles-vector")));
    h.key_press(Key::ArrowDown);
    h.run();
    assert_eq!(h.state().studio.browser.inspected, Some(id("recraft/recraft-v4.1-vector")));
    h.key_press(Key::ArrowUp);
    h.key_press(Key::ArrowUp);
    h.run();
    h.key_press(Key::ArrowDown);
    h.key_press(Key::Enter);
    h.run();
    assert_eq!(h.state().studio.draft.model, Some(id("recraft/recraft-v4.1-vector")));
    assert_eq!(h.state().studio.screen, Screen::Grid, "using a model leaves the browser");
}

#[test]
fn a_click_looks_at_a_model_and_the_button_uses_it() {
    let mut h = open(Theme::Dark);
    h.run();
    h.get_by_label("Search models").type_text("krea");
    h.run();
    h.get_by_role(Role::ListBoxOption).click();
    h.run();
    h.get_by_label("krea/krea-2-large · July 2026");
    h.get_by_label("price unknown");
    h.get_by_label("image_style_references, moodboards, styles, creativity, intensity, complexity, movement, strength");
    assert_eq!(h.state().studio.draft.model, Some(id("bytedance-seed/seedream-4.5")), "looking is not choosing");
    h.get_by_role_and_label(Role::Button, "Use this model").click();
    h.run();
    assert_eq!(h.state().studio.draft.model, Some(id("krea/krea-2-large")));
}

#[test]
fn a_double_click_uses_a_model() {
    let mut h = panels::finely(browser());
    h.run_steps(20);
    let at = h.get_by_label("Riverflow V2 Pro, Sourceful, from $0.15 per image").rect().center();
    for pressed in [true, false, true, false] {
        h.event(egui::Event::PointerMoved(at));
        let button = egui::PointerButton::Primary;
        h.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers: egui::Modifiers::NONE });
    }
    h.run_steps(8);
    assert_eq!(h.state().studio.draft.model, Some(id("sourceful/riverflow-v2-pro")));
}

#[test]
fn filters_and_order_narrow_and_sort_the_list() {
    let mut h = open(Theme::Dark);
    h.run();
    h.get_by_role_and_label(Role::Button, "Vector").click();
    h.run();
    assert_eq!(rows(&h).len(), 3, "{:?}", rows(&h));
    h.get_by_label("Sort models by").click();
    h.run();
    h.get_by_role_and_label(Role::Button, "Price").click();
    h.run();
    let names: Vec<String> = rows(&h).into_iter().filter_map(|row| Some(row.split(',').next()?.to_owned())).collect();
    assert_eq!(names, ["Arrow 1.1", "Recraft V4 Styles Vector", "Recraft V4.1 Vector"]);
    h.get_by_role_and_label(Role::Button, "Streams").click();
    h.get_by_role_and_label(Role::Button, "Transparent").click();
    h.run();
    h.get_by_label("No model fits these words and filters");
    h.get_by_role_and_label(Role::Button, "Clear filters").click();
    h.run();
    assert!(rows(&h).len() > 5 && h.state().studio.browser.filters.is_empty());
}

#[test]
fn a_star_makes_a_favourite_by_keyboard_and_takes_it_away() {
    let mut h = open(Theme::Dark);
    h.run();
    for (name, favourites) in [("Add Seedream 4.5 to favourites", 1), ("Remove Seedream 4.5 from favourites", 0)] {
        h.get_by_label(name).focus();
        h.run();
        h.key_press(Key::Space);
        h.run();
        assert_eq!(h.state().studio.browser.favourites.len(), favourites);
    }
}

#[test]
fn pinning_an_endpoint_of_another_model_chooses_that_model_and_stays() {
    let mut window = browser();
    window.studio.browser.inspected = Some(id("google/gemini-3-pro-image"));
    let mut h = panels::harness(Theme::Dark, window);
    h.run();
    h.get_by_role_and_label(Role::RadioButton, "Pin Google AI Studio").click();
    h.run();
    let studio = &h.state().studio;
    assert_eq!(studio.draft.model, Some(id("google/gemini-3-pro-image")));
    assert_eq!(studio.draft.endpoint, EndpointChoice::Pinned("google-ai-studio/global".into()));
    assert_eq!(studio.screen, Screen::Models);
    h.get_by_role_and_label(Role::RadioButton, "Any endpoint").click();
    h.run();
    assert_eq!(h.state().studio.draft.endpoint, EndpointChoice::Any);
}

fn bare_endpoint() -> Endpoint {
    let raw = serde_json::json!({"type": "curve", "points": [1, 2]});
    let parameters = vec![("bend".to_owned(), Capability::Unknown { kind: "curve".into(), raw })];
    Endpoint {
        provider_name: "Nobody".into(),
        provider_slug: "nobody".into(),
        provider_tag: None,
        supported_parameters: Parameters(parameters),
        allowed_passthrough_parameters: Vec::new(),
        supports_streaming: true,
        pricing: Vec::new(),
    }
}

/// The window looking at one model whose endpoints are known like this.
fn looking_at(remote: Option<Remote<Arc<Vec<Endpoint>>>>) -> Harness<'static, Window> {
    let mut window = browser();
    let model = id("x-ai/grok-imagine-image-2.0");
    window.told(|snapshot| {
        let endpoints = Arc::make_mut(&mut snapshot.endpoints);
        match remote {
            Some(remote) => drop(endpoints.insert(model.clone(), remote)),
            None => drop(endpoints.remove(&model)),
        }
    });
    window.studio.browser.inspected = Some(model);
    let mut h = panels::harness(Theme::Dark, window);
    h.run();
    h
}

#[test]
fn an_endpoint_without_a_tag_says_that_it_cannot_be_pinned_and_the_unknown_is_shown_raw() {
    let h = looking_at(Some(known_endpoints(vec![bare_endpoint()])));
    h.get_by_label("cannot be pinned: the service gives no tag");
    assert!(h.get_by_role_and_label(Role::RadioButton, "Pin Nobody").accesskit_node().is_disabled());
    h.get_by_label(r#"{"type":"curve","points":[1,2]}"#);
    h.get_by_label("streams");
}

#[test]
fn no_endpoint_endpoints_on_their_way_and_failed_ones_are_each_said() {
    let h = looking_at(Some(known_endpoints(Vec::new())));
    h.get_by_label("Not available now");
    let h = looking_at(None);
    h.get_by_label("Reading the endpoints…");
    let error = api::Error::Unreachable { host: "openrouter.ai".into(), reason: "refused".into() };
    let mut h = looking_at(Some(Remote { error: Some(Arc::new(error)), ..Remote::default() }));
    h.get_by_label("The endpoints could not be read: could not connect to openrouter.ai: refused");
    h.get_by_role_and_label(Role::Button, "Try again").click();
    h.run();
    assert!(h.state().asked.iter().any(|asked| matches!(asked, Command::InspectModel(_))));
}

#[test]
fn a_pin_that_is_gone_is_said() {
    let mut window = browser();
    window.studio.draft.endpoint = EndpointChoice::Pinned("gone".into());
    let mut h = panels::harness(Theme::Dark, window);
    h.run();
    h.get_by_label("The pinned endpoint gone is not offered any more; choose another");
}

#[test]
fn offline_the_old_list_stays_with_its_age_and_can_be_read_again() {
    let mut window = browser();
    window.told(|snapshot| {
        let error = api::Error::Unreachable { host: "openrouter.ai".into(), reason: "refused".into() };
        snapshot.models.error = Some(Arc::new(error));
        snapshot.models.read_ms = snapshot.models.read_ms.map(|ms| ms - 3 * 86_400_000);
    });
    let mut h = panels::harness(Theme::Dark, window);
    h.run();
    h.get_by_label("Could not be reached: showing the list of 14 Nov, 13:28 (3 days old)");
    assert!(rows(&h).len() > 5);
    painter::snapshot(&mut h, "models_offline");
    h.get_by_role_and_label(Role::Button, "Try again").click();
    h.run();
    assert!(h.state().asked.iter().any(|asked| matches!(asked, Command::Service(ServiceOrder::RefreshModels))));
}

#[test]
fn while_the_list_is_read_the_old_one_stays() {
    let mut window = browser();
    window.told(|snapshot| snapshot.models.loading = true);
    let mut h = panels::harness(Theme::Dark, window);
    h.run_steps(3);
    h.get_by_role_and_label(Role::ProgressIndicator, "Reading the models…");
    assert!(rows(&h).len() > 5);
    let mut window = browser();
    window.told(|snapshot| snapshot.models = Remote { loading: true, ..Remote::default() });
    let mut h = panels::harness(Theme::Dark, window);
    h.run_steps(3);
    h.get_by_role_and_label(Role::Label, "Reading the models…");
}

#[test]
fn everything_in_the_browser_is_reached_by_tab() {
    let mut h = panels::sized([1600.0, 1000.0], Theme::Dark, browser());
    h.run();
    let mut reached = Vec::new();
    for _ in 0..80 {
        h.key_press(Key::Tab);
        h.step();
        let root = h.root();
        let focused = root.children_recursive().find(|node| node.accesskit_node().is_focused());
        reached.extend(focused.and_then(|node| node.accesskit_node().label()));
    }
    for name in ["Sort models by", "References", "Use this model", "Any endpoint", "Pin Seed"] {
        assert!(reached.iter().any(|label| label == name), "{name}: {reached:?}");
    }
}
