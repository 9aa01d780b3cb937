//! The small parts of the interface: how they look in both themes, and that each is found by name and worked by keys.

use egui::{CentralPanel, Key, Modifiers, Panel, Theme, Ui, accesskit::Role};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

use crate::painter;
use easel::studio::{self, view::View, view::Zoom};
use easel::ui::widgets::{self, Answer, Change, IconButton, Tone};
use easel::ui::{icons, theme, zoom};

/// Everything that a widget can be given or give back.
struct Gallery {
    view: u8,
    resolution: Option<String>,
    images: f64,
    strength: f64,
    seeded: bool,
    unticked: bool,
    search: String,
    empty_search: String,
    ratio: usize,
    chips: [bool; 4],
    pinned: bool,
    seed: String,
    pressed: Vec<&'static str>,
}

impl Default for Gallery {
    fn default() -> Self {
        Self {
            view: 0,
            resolution: Some("2K".to_owned()),
            images: 4.0,
            strength: 0.35,
            seeded: true,
            unticked: false,
            search: "red panda".to_owned(),
            empty_search: String::new(),
            ratio: 2,
            chips: [true, false, false, false],
            pinned: true,
            seed: "4271".to_owned(),
            pressed: Vec::new(),
        }
    }
}

const RATIOS: [(Option<f32>, &str); 6] = [
    (None, "auto"),
    (Some(1.0), "1:1"),
    (Some(16.0 / 9.0), "16:9"),
    (Some(4.0 / 3.0), "4:3"),
    (Some(9.0 / 16.0), "9:16"),
    (Some(21.0 / 9.0), "21:9"),
];

fn left(ui: &mut Ui, g: &mut Gallery) {
    widgets::section_header_with(ui, "Prompt", "248 characters", |ui| {
        if widgets::icon_button(ui, icons::BRACES, "Insert alternatives", None).clicked() {
            g.pressed.push("braces");
        }
        IconButton::new(icons::CLOCK_COUNTER_CLOCKWISE, "Earlier prompts").keys(Some("Ctrl+H")).show(ui);
    });
    widgets::section_header(ui, "Settings");
    widgets::ratio_row(ui, "Aspect ratio", |ui| {
        for (index, (ratio, text)) in RATIOS.iter().enumerate() {
            if widgets::ratio_button(ui, *ratio, text, g.ratio == index).clicked() {
                g.ratio = index;
            }
        }
    });
    widgets::field_row(ui, "Resolution", |ui| {
        let change = widgets::select(
            ui,
            "resolution",
            "Resolution",
            g.resolution.as_deref(),
            &["1K", "2K", "4K"],
            Some("provider default"),
        );
        match change {
            Some(Change::To(value)) => g.resolution = Some(value),
            Some(Change::ToDefault) => g.resolution = None,
            None => {}
        }
    });
    widgets::field_row(ui, "Images", |ui| widgets::value_slider(ui, &mut g.images, 1.0..=10.0, true, "Images"));
    widgets::field_row(ui, "Strength", |ui| widgets::value_slider(ui, &mut g.strength, 0.0..=1.0, false, "Strength"));
    widgets::field_row(ui, "Quality", |ui| {
        widgets::select::<&str>(ui, "quality", "Quality", None, &[], Some("provider default"));
    });
    widgets::field_row(ui, "Seed", |ui| {
        widgets::checkbox(ui, &mut g.seeded, "", "Fixed seed");
        ui.add(egui::TextEdit::singleline(&mut g.seed).desired_width(92.0)).accessible_name("Seed");
        ui.spacing_mut().item_spacing.x = 0.0;
        widgets::icon_button(ui, icons::DICE_FIVE, "New seed", None);
        IconButton::new(icons::LOCK_SIMPLE_OPEN, "Keep the seed").selected(g.pinned).show(ui);
    });
    widgets::checkbox(ui, &mut g.unticked, "Send alternatives as one run each", "Send alternatives as one run each");
    ui.add_space(theme::GAP);
    for (enabled, title, right) in [(true, "Generate 4", "about $0.16"), (false, "Generate", "choose a model")] {
        if widgets::main_button(ui, title, right, "Ctrl ⏎", enabled).clicked() {
            g.pressed.push(title);
        }
    }
}

fn top(ui: &mut Ui, g: &mut Gallery) {
    ui.horizontal_centered(|ui| {
        let choices = [(0, "Grid", "G"), (1, "Viewer", "E"), (2, "Compare", "C")];
        widgets::segmented(ui, &mut g.view, &choices);
        ui.label(theme::Type::Body.text("Today $0.42 · 12 pictures").color(theme::tokens(ui).soft));
        widgets::key_hint(ui, "Ctrl+Enter");
    });
}

fn centre(ui: &mut Ui, g: &mut Gallery) {
    widgets::search_field(ui, &mut g.empty_search, "Search prompts, models, tags", "Search pictures");
    widgets::search_field(ui, &mut g.search, "Search 31 models", "Search models");
    ui.horizontal_wrapped(|ui| {
        for (on, text) in g.chips.iter_mut().zip(["References", "Streams", "Transparent", "Under $0.05"]) {
            if widgets::chip(ui, text, *on).clicked() {
                *on = !*on;
            }
        }
    });
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme::GAP;
        ui.label(theme::Type::Strong.text("FLUX 3 Image"));
        ui.label(theme::Type::Body.text("Black Forest Labs").color(theme::tokens(ui).soft));
        for text in ["references ≤ 8", "4K", "seed"] {
            widgets::badge(ui, text);
        }
        let star = theme::tokens(ui).star;
        IconButton::new(icons::STAR, "Remove from favourites").selected(true).filled(true).color(star).show(ui);
    });
    ui.horizontal(|ui| {
        if widgets::button(ui, Some(icons::ARROW_U_UP_LEFT), "Use settings").clicked() {
            g.pressed.push("use");
        }
        widgets::button(ui, Some(icons::COLUMNS), "Compare pictures");
        widgets::button(ui, None, "Save as…");
        ui.add_enabled_ui(false, |ui| widgets::button(ui, None, "Not now"));
        if ui.button("Plain").clicked() {
            g.pressed.push("plain");
        }
    });
    if widgets::banner(ui, Tone::Warning, "No connection since 13:05. What is queued waits", &["Try again"]).is_some() {
        g.pressed.push("banner");
    }
    widgets::banner(
        ui,
        Tone::Bad,
        "The service refused the key. Check that it was copied whole and that it has not been revoked, then enter it again",
        &["Enter key"],
    );
    match widgets::toast(ui, Tone::Good, "3 pictures moved to the trash", Some("Undo")) {
        Some(Answer::Action(_)) => g.pressed.push("undo"),
        Some(Answer::Close) => g.pressed.push("dismiss"),
        None => {}
    }
    if widgets::empty_state(ui, icons::IMAGES, "Pictures you make appear here", Some("Write a prompt")) {
        g.pressed.push("empty");
    }
}

fn gallery(ui: &mut Ui, g: &mut Gallery) {
    let t = theme::tokens(ui);
    painter::ground(ui);
    let panel = egui::Frame::new().fill(t.panel).inner_margin(theme::PADDING);
    let bar = panel.inner_margin(egui::Margin::symmetric(theme::PADDING as i8, 0));
    Panel::top("top").exact_size(theme::TOP_BAR).frame(bar).show(ui, |ui| top(ui, g));
    Panel::left("left").exact_size(theme::LEFT_PANEL[0]).resizable(false).frame(panel).show(ui, |ui| left(ui, g));
    CentralPanel::default().frame(panel.fill(t.background)).show(ui, |ui| centre(ui, g));
}

fn harness(theme: Theme) -> Harness<'static, Gallery> {
    painter::harness([900.0, 616.0], theme).build_ui_state(gallery, Gallery::default())
}

#[test]
fn gallery_looks_as_drawn_in_the_dark() {
    painter::snapshot(&mut harness(Theme::Dark), "widgets_dark");
}

#[test]
fn gallery_looks_as_drawn_in_the_light() {
    painter::snapshot(&mut harness(Theme::Light), "widgets_light");
}

#[test]
fn gallery_is_sharp_on_a_dense_screen() {
    let mut h = painter::harness([900.0, 616.0], Theme::Dark)
        .with_pixels_per_point(2.0)
        .build_ui_state(gallery, Gallery::default());
    painter::snapshot(&mut h, "widgets_dark_2x");
}

#[test]
fn open_list_shows_the_provider_default_faintly_and_the_value_set() {
    let mut h = harness(Theme::Dark);
    h.get_by_role_and_label(Role::ComboBox, "Resolution").click();
    h.run();
    painter::snapshot(&mut h, "widgets_list_open");
}

#[test]
fn pointer_and_keyboard_each_have_a_mark_of_their_own() {
    let mut h = harness(Theme::Dark);
    h.get_by_label("Compare pictures").hover();
    h.get_by_role_and_label(Role::Button, "Use settings").focus();
    h.run();
    painter::snapshot(&mut h, "widgets_hover_and_focus");
}

const NAMES: &[(Role, &str)] = &[
    (Role::Button, "Insert alternatives"),
    (Role::Button, "Earlier prompts"),
    (Role::Button, "auto"),
    (Role::Button, "16:9"),
    (Role::ComboBox, "Resolution"),
    (Role::Slider, "Images"),
    (Role::SpinButton, "Images, number"),
    (Role::ComboBox, "Quality"),
    (Role::CheckBox, "Fixed seed"),
    (Role::TextInput, "Seed"),
    (Role::Button, "Keep the seed"),
    (Role::Button, "Generate 4, about $0.16"),
    (Role::Button, "Grid"),
    (Role::Button, "Compare"),
    (Role::TextInput, "Search pictures"),
    (Role::Button, "Clear search"),
    (Role::Button, "References"),
    (Role::Button, "Remove from favourites"),
    (Role::Button, "Use settings"),
    (Role::Button, "Try again"),
    (Role::Button, "Undo"),
    (Role::Button, "Write a prompt"),
    (Role::Status, "3 pictures moved to the trash"),
];

#[test]
fn everything_is_found_by_its_name_and_all_that_works_is_reached_by_tab() {
    let mut h = harness(Theme::Dark);
    let mut reached = Vec::new();
    for _ in 0..80 {
        h.key_press(Key::Tab);
        h.step();
        let nodes = h.root();
        let mut nodes = nodes.children_recursive();
        let focused = nodes.find(|node| node.accesskit_node().is_focused()).map(|node| node.accesskit_node().label());
        reached.extend(focused.flatten());
    }
    for (role, name) in NAMES {
        h.get_by_role_and_label(*role, name);
        assert!(*role == Role::Status || reached.iter().any(|r| r == name), "{name}: {reached:?}");
    }
    assert!(h.get_by_label("Generate, choose a model").accesskit_node().is_disabled());
    assert!(!reached.iter().any(|r| r.starts_with("Generate, choose")), "what is disabled is passed over");
}

/// Gives a widget the keyboard and presses a key.
fn press(h: &mut Harness<'_, Gallery>, role: Role, name: &str, key: Key) {
    h.get_by_role_and_label(role, name).focus();
    h.run();
    h.key_press(key);
    h.run();
}

#[test]
fn buttons_and_boxes_answer_to_enter_and_space() {
    let mut h = harness(Theme::Dark);
    press(&mut h, Role::Button, "Insert alternatives", Key::Enter);
    press(&mut h, Role::Button, "Generate 4, about $0.16", Key::Space);
    press(&mut h, Role::Button, "Use settings", Key::Enter);
    press(&mut h, Role::Button, "Try again", Key::Enter);
    press(&mut h, Role::Button, "Undo", Key::Enter);
    press(&mut h, Role::Button, "Write a prompt", Key::Enter);
    assert_eq!(h.state().pressed, ["braces", "Generate 4", "use", "banner", "undo", "empty"]);

    press(&mut h, Role::CheckBox, "Fixed seed", Key::Space);
    assert!(!h.state().seeded);
    press(&mut h, Role::Button, "Compare", Key::Enter);
    assert_eq!(h.state().view, 2);
    press(&mut h, Role::Button, "1:1", Key::Enter);
    assert_eq!(h.state().ratio, 1);
    press(&mut h, Role::Button, "Transparent", Key::Space);
    assert!(h.state().chips[2]);
    press(&mut h, Role::Button, "Clear search", Key::Enter);
    assert_eq!(h.state().search, "");
    assert!(h.query_by_label("Clear search").is_none(), "nothing left to clear");
}

#[test]
fn disabled_main_button_does_nothing() {
    let mut h = harness(Theme::Dark);
    h.get_by_label("Generate, choose a model").click();
    h.run();
    assert!(h.state().pressed.is_empty());
}

#[test]
fn slider_and_its_number_are_set_by_arrows_by_typing_and_by_screen_readers() {
    let mut h = harness(Theme::Dark);
    for _ in 0..3 {
        press(&mut h, Role::Slider, "Images", Key::ArrowRight);
    }
    assert!(h.state().images > 4.0 && h.state().images.fract() == 0.0, "{}", h.state().images);
    h.get_by_role_and_label(Role::Slider, "Images").set_value_accesskit(9.0);
    h.run();
    assert_eq!(h.state().images, 9.0);
    let field = h.get_by_role_and_label(Role::SpinButton, "Images, number");
    field.focus();
    h.run();
    h.key_press_modifiers(Modifiers::COMMAND, Key::A);
    h.get_by_label("Images, number").type_text("99");
    h.key_press(Key::Enter);
    h.run();
    assert_eq!(h.state().images, 10.0, "no more than the range allows");
}

#[test]
fn list_chooses_a_value_and_leaves_the_choice_to_the_provider_again() {
    let mut h = harness(Theme::Dark);
    press(&mut h, Role::ComboBox, "Resolution", Key::Enter);
    h.get_by_role_and_label(Role::Button, "4K").focus();
    h.run();
    h.key_press(Key::Enter);
    h.run();
    assert_eq!(h.state().resolution.as_deref(), Some("4K"));
    h.get_by_role_and_label(Role::ComboBox, "Resolution").click();
    h.run();
    h.get_by_role_and_label(Role::Button, "provider default").click();
    h.run();
    assert_eq!(h.state().resolution, None);
}

#[test]
fn tooltip_tells_the_name_and_the_keys_of_an_icon() {
    let mut h = harness(Theme::Dark);
    h.get_by_label("Earlier prompts").hover();
    h.run();
    h.get_by_role_and_label(Role::Label, "Ctrl+H");
    painter::snapshot(&mut h, "widgets_tooltip");
}

struct Pane {
    view: View,
    rect: egui::Rect,
}

fn pane() -> Harness<'static, Pane> {
    let show = |ui: &mut Ui, pane: &mut Pane| {
        let (rect, response) = ui.allocate_exact_size(egui::vec2(400.0, 300.0), egui::Sense::click_and_drag());
        pane.rect = rect;
        zoom::pointer(ui, &response, &mut pane.view, PICTURE);
    };
    painter::harness([420.0, 320.0], Theme::Dark)
        .with_step_dt(0.05)
        .build_ui_state(show, Pane { view: View::default(), rect: egui::Rect::NOTHING })
}

const PICTURE: egui::Vec2 = egui::vec2(1600.0, 1200.0);

#[test]
fn wheel_zooms_at_the_pointer_and_dragging_moves_the_picture() {
    let mut h = pane();
    h.run();
    let at = h.state().rect.min + egui::vec2(100.0, 75.0);
    h.hover_at(at);
    h.step();
    h.event(egui::Event::MouseWheel {
        unit: egui::MouseWheelUnit::Point,
        delta: egui::vec2(0.0, 200.0),
        phase: egui::TouchPhase::Move,
        modifiers: Modifiers::NONE,
        source: egui::MouseWheelSource::Wheel,
    });
    h.run_steps(8);
    let space = studio::view::Pane { rect: h.state().rect, pixels_per_point: 1.0 };
    let zoomed = h.state().view;
    assert!(zoomed.percent(PICTURE, space) > 40.0, "{zoomed:?}");
    let kept = zoomed.picture_point(at, PICTURE, space);
    assert!((kept - egui::vec2(400.0, 300.0)).length() < 0.5, "{kept:?}");

    h.drag_at(at);
    h.step();
    h.hover_at(at + egui::vec2(40.0, 20.0));
    h.step();
    h.drop_at(at + egui::vec2(40.0, 20.0));
    h.step();
    let moved = h.state().view.picture_rect(PICTURE, space).min - zoomed.picture_rect(PICTURE, space).min;
    assert!((moved - egui::vec2(40.0, 20.0)).length() < 0.5, "{moved:?}");
}

#[test]
fn click_goes_to_a_hundred_percent_and_the_next_one_back_to_the_whole_picture() {
    let mut h = pane();
    let at = egui::pos2(200.0, 150.0);
    for expected in [Zoom::Scale(1.0), Zoom::Fit] {
        for pressed in [true, false] {
            h.event(egui::Event::PointerMoved(at));
            h.event(egui::Event::PointerButton {
                pos: at,
                button: egui::PointerButton::Primary,
                pressed,
                modifiers: Modifiers::NONE,
            });
            h.step();
        }
        assert_eq!(h.state().view.zoom, expected);
    }
}
