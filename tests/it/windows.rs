//! Full screen and the second window, through the whole app.

use crate::support::{StudioHarness, Wish};
use easel::app::App;
use easel::studio::{Command, Screen};
use egui::accesskit::Role;
use egui::{
    Context, Event, ImmediateViewport, Key, Modifiers, RawInput, Rect, ViewportCommand, ViewportEvent, ViewportInfo,
    pos2, vec2,
};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use serde_json::json;
use std::cell::RefCell;
use std::rc::Rc;

const PLAIN: Modifiers = Modifiers::NONE;

fn image(studio: &StudioHarness) -> Option<Rect> {
    let found = studio.harness.query_by(|node| {
        node.role() == Role::Image && node.label().is_some_and(|label| label.starts_with("Picture by "))
    });
    found.map(|node| node.rect())
}

#[test]
fn on_a_full_screen_there_is_the_picture_alone_and_escape_leaves_it() {
    let mut studio = StudioHarness::new();
    studio.generate(1);
    studio.key(PLAIN, Key::F);
    assert_eq!((studio.app().studio().screen, studio.app().studio().full_screen), (Screen::Viewer, true));
    studio.settle();
    assert_eq!(image(&studio), Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(1280.0, 800.0))));
    let seen = |studio: &StudioHarness, name: &str| studio.harness.query_all_by_label(name).next().is_some();
    for name in ["Prompt", "Zoom in", "Picture 1 of 1", "Settings"] {
        assert!(!seen(&studio, name), "{name} is in the way");
    }
    // The line comes when the pointer is near it, and the scale is told while zoomed.
    studio.harness.hover_at(pos2(640.0, 10.0));
    studio.harness.run_steps(2);
    assert!(seen(&studio, "Leave the full screen"));
    studio.harness.hover_at(pos2(640.0, 400.0));
    studio.key(Modifiers::COMMAND, Key::Num1);
    assert!(!seen(&studio, "Leave the full screen") && seen(&studio, "100\u{a0}%"));
    studio.key(PLAIN, Key::Escape);
    assert_eq!((studio.app().studio().screen, studio.app().studio().full_screen), (Screen::Viewer, false));
    assert!(seen(&studio, "Zoom in"));
    studio.key(PLAIN, Key::F11);
    assert!(studio.app().studio().full_screen);
    studio.key(PLAIN, Key::G);
    assert!(!studio.app().studio().full_screen, "the grid is no full screen");
}

#[test]
fn the_second_window_follows_the_selection_with_a_zoom_of_its_own() {
    let mut studio = StudioHarness::new();
    studio.generate(1);
    studio.generate(1);
    studio.key(PLAIN, Key::ArrowRight);
    studio.key(Modifiers::SHIFT, Key::E);
    studio.settle();
    let zoom = |studio: &StudioHarness| {
        let node = studio
            .harness
            .get_by(|node| node.label().is_some_and(|label| label.starts_with("Zoom ") && label.ends_with('%')));
        node.accesskit_node().label().unwrap()
    };
    assert_eq!(studio.app().studio().screen, Screen::Grid);
    let before = zoom(&studio);
    studio.click("Zoom in");
    assert_ne!(zoom(&studio), before);
    assert_eq!(studio.app().studio().viewer.view, Default::default(), "the viewer's zoom is another one");
    let first = studio.app().studio().looked_at().cloned();
    studio.click("Next picture");
    assert_ne!(studio.app().studio().looked_at().cloned(), first);
    studio.click("Close the second window");
    assert!(image(&studio).is_none() && !studio.app().studio().layout.second.open);
}

#[test]
fn the_second_window_is_where_it_was_after_a_restart() {
    let layout = json!({"second": {"open": true, "corner": [1300.0, 40.0], "size": [800.0, 600.0]}});
    let studio = StudioHarness::with(Wish { settings: vec![("layout", layout)], ..Wish::default() });
    let second = &studio.app().studio().layout.second;
    assert_eq!((second.open, second.corner, second.size), (true, Some([1300.0, 40.0]), [800.0, 600.0]));
    assert!(studio.harness.query_by_label("Choose a picture in the other window to look at it here").is_some());
}

/// What the desktop tells of the second window, and does with it.
#[derive(Default)]
struct Desktop {
    events: Vec<Event>,
    outer: Option<Rect>,
    closes: bool,
    /// As it was asked for when it opened.
    opened_at: Option<egui::Pos2>,
}

/// Gives the app real windows of which nothing is drawn: input goes in, commands come out.
fn with_windows(studio: &StudioHarness) -> Rc<RefCell<Desktop>> {
    let desktop = Rc::new(RefCell::new(Desktop::default()));
    let own = desktop.clone();
    studio.harness.ctx.set_embed_viewports(false);
    Context::set_immediate_viewport_renderer(move |ctx: &Context, mut window: ImmediateViewport<'_>| {
        let id = window.ids.this;
        let raw = {
            let mut desktop = own.borrow_mut();
            desktop.opened_at = window.builder.position;
            let mut info = ViewportInfo { outer_rect: desktop.outer, inner_rect: desktop.outer, ..Default::default() };
            info.events.extend(std::mem::take(&mut desktop.closes).then_some(ViewportEvent::Close));
            RawInput {
                viewport_id: id,
                viewports: [(id, info)].into_iter().collect(),
                screen_rect: Some(Rect::from_min_size(pos2(0.0, 0.0), vec2(800.0, 600.0))),
                events: std::mem::take(&mut desktop.events),
                ..Default::default()
            }
        };
        let mut drawn = ctx.run_ui(raw, |ui| (window.viewport_ui_cb)(ui));
        drawn.textures_delta.clear();
    });
    desktop
}

fn press(desktop: &Rc<RefCell<Desktop>>, modifiers: Modifiers, key: Key) {
    let mut desktop = desktop.borrow_mut();
    desktop.events.push(Event::ModifiersChanged(modifiers));
    for pressed in [true, false] {
        desktop.events.push(Event::Key { key, physical_key: None, pressed, repeat: false, modifiers });
    }
    desktop.events.push(Event::ModifiersChanged(PLAIN));
}

#[test]
fn keys_in_the_second_window_are_about_the_picture_seen_there_alone() {
    let mut studio = StudioHarness::new();
    for _ in 0..3 {
        studio.generate(1);
    }
    let desktop = with_windows(&studio);
    studio.key(PLAIN, Key::ArrowRight);
    studio.key(Modifiers::COMMAND, Key::A);
    studio.key(Modifiers::SHIFT, Key::E);
    let marks = |app: &App| -> Vec<u8> {
        let all = app.studio().shown.all(&app.studio().collection);
        all.iter().map(|id| app.studio().collection.picture(id).unwrap().marks.stars).collect()
    };
    assert_eq!(studio.app().studio().selection.len(), 3);
    press(&desktop, PLAIN, Key::Num4);
    studio.step_until("one has stars", |app| marks(app).iter().sum::<u8>() > 0);
    studio.settle();
    assert_eq!(marks(studio.app()).iter().filter(|stars| **stars == 4).count(), 1, "not all that are selected");
    let active = studio.app().studio().looked_at().cloned();
    press(&desktop, PLAIN, Key::ArrowRight);
    studio.harness.run_steps(3);
    assert_ne!(studio.app().studio().looked_at().cloned(), active);
    press(&desktop, Modifiers::COMMAND, Key::CloseBracket);
    studio.harness.run_steps(3);
    let id = studio.app().studio().looked_at().cloned().unwrap();
    assert!(!studio.app().studio().viewer.turn(&id).is_none());
    press(&desktop, PLAIN, Key::F);
    studio.harness.run_steps(3);
    assert!(studio.app().studio().layout.second.full_screen && !studio.app().studio().full_screen);
    press(&desktop, PLAIN, Key::Escape);
    studio.harness.run_steps(3);
    assert!(!studio.app().studio().layout.second.full_screen && studio.app().studio().layout.second.open);

    // Where it is moved to is remembered; the desktop closes it like any window.
    desktop.borrow_mut().outer = Some(Rect::from_min_size(pos2(1400.0, 30.0), vec2(700.0, 500.0)));
    studio.harness.run_steps(2);
    let second = studio.app().studio().layout.second.clone();
    assert_eq!((second.corner, second.size), (Some([1400.0, 30.0]), [700.0, 500.0]));
    desktop.borrow_mut().closes = true;
    studio.harness.run_steps(3);
    assert!(!studio.app().studio().layout.second.open);
    studio.run(Command::Do(easel::studio::Action::SecondWindow));
    studio.harness.run_steps(2);
    assert_eq!(desktop.borrow().opened_at, Some(pos2(1400.0, 30.0)), "opened where it stood");
}

#[test]
fn closing_a_minimised_window_brings_the_question_to_where_it_is_seen() {
    let mut studio = StudioHarness::new();
    studio.type_into("Prompt", "a lake @@stall");
    studio.key(Modifiers::COMMAND, Key::Enter);
    studio.step_until("it is on its way", |app| app.studio().snapshot.jobs.iter().any(|job| job.phase.is_running()));
    let window = studio.harness.input_mut().viewports.entry(egui::ViewportId::ROOT).or_default();
    window.minimized = Some(true);
    window.events.push(ViewportEvent::Close);
    studio.harness.step();
    let asked = studio.harness.output().viewport_output[&egui::ViewportId::ROOT].commands.clone();
    for wanted in [ViewportCommand::CancelClose, ViewportCommand::Minimized(false), ViewportCommand::Focus] {
        assert!(asked.contains(&wanted), "{wanted:?} is not in {asked:?}");
    }
    studio.step_until_seen("Keep Easel open");
}
