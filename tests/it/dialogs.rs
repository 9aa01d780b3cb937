//! Dialogs: worked by mouse and keyboard, and how they look.

use std::path::PathBuf;
use std::sync::Arc;

use easel::api::ModelId;
use easel::engine::{DiskError, Event, JobView, Phase, ReferenceInput};
use easel::library::{JobId, Picture, PictureId, Run, RunId};
use easel::picture::{Encoding, Format, Pixels, Size, encode};
use easel::studio::{Command, Dialog, FAR_DRIVE, ThemeChoice};
use egui::accesskit::Role;
use egui::{Key, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

mod account;
mod batch;
mod connections;
mod export;
mod sheet;

use crate::painter;
use crate::panels::{self, Window};

fn run(prompt: &str) -> Arc<Run> {
    Arc::new(Run {
        id: RunId("run".into()),
        created_ms: 1_795_352_700_000,
        model: ModelId::new("bytedance-seed/seedream-4.5"),
        model_name: "Seedream 4.5".into(),
        prompt: prompt.into(),
        settings: String::new(),
        asked: 1,
        aspect: Some(1.0),
    })
}

fn picture(name: &str, format: Format) -> Picture {
    Picture {
        id: PictureId(name.into()),
        run: RunId("run".into()),
        job: JobId("job".into()),
        position: 0,
        file: format!("pictures/{name}.{}", format.extension()),
        hash: format!("{name:0>64}"),
        format,
        size: Some(Size { width: 8, height: 8 }),
        bytes: 4_100_000,
        created_ms: 1_795_352_700_000,
        cost: Some(0.04),
        elapsed_ms: 16_200,
        provider: None,
        trashed_ms: None,
        number: 0,
        seed: None,
        has_references: false,
        flaw: None,
        prompt: None,
        marks: Default::default(),
    }
}

/// What lies beside a picture.
fn recipe(name: &str) -> serde_json::Value {
    serde_json::json!({
        "version": 1, "id": name, "run": "run", "job": "job", "position": 0,
        "request": { "model": "bytedance-seed/seedream-4.5", "prompt": "misty mountain lake" }, "context": {},
        "created_ms": 0, "elapsed_ms": 0, "asked": 1, "arrived": 1, "media_type": "", "hash": "", "bytes": 0,
    })
}

/// A window with these pictures, whose files are real.
fn window_with(pictures: &[(&str, Format)]) -> Window {
    let mut window = Window::bare();
    window.studio.collection.add_run(run("Misty mountain lake at dawn, copper sky"));
    for (name, format) in pictures {
        let picture = picture(name, *format);
        let bytes = match format {
            Format::Svg => br#"<svg xmlns="http://www.w3.org/2000/svg" width="8" height="4"/>"#.to_vec(),
            _ => {
                let size = Size { width: 8, height: 8 };
                let pixels = Pixels::new(size, [200, 120, 40, 128].repeat(64)).unwrap();
                encode(&pixels, &Encoding::Png, [255; 3]).unwrap()
            }
        };
        let file = window.engine.library_dir().join(&picture.file);
        std::fs::write(&file, bytes).unwrap();
        std::fs::write(file.with_extension("json"), recipe(name).to_string()).unwrap();
        window.studio.collection.insert(picture);
    }
    window
}

fn opened(mut window: Window, dialog: Dialog, theme: Theme) -> Harness<'static, Window> {
    let counts = dialog == Dialog::Settings;
    window.studio.dialog = Some(dialog);
    let mut h = panels::harness(theme, window);
    if counts {
        step_until(&mut h, "counting the partials", |h| h.query_by_label("none so far").is_some());
    }
    h.run();
    h
}

fn ids(names: &[&str]) -> Vec<PictureId> {
    names.iter().map(|name| PictureId((*name).into())).collect()
}

fn step_until(h: &mut Harness<'_, Window>, what: &str, done: impl Fn(&Harness<'_, Window>) -> bool) {
    let began = std::time::Instant::now();
    while !done(h) {
        assert!(began.elapsed().as_secs() < 90, "{what} did not happen");
        h.step();
        // Whoever decodes steps back for the window, and on a busy computer for this loop too.
        std::thread::park_timeout(std::time::Duration::from_millis(5));
    }
}

/// Takes a picture without what differs from run to run: the text of this name.
fn look(h: &mut Harness<'_, Window>, name: &str, differs: &str) {
    h.state_mut().cover = Some(h.get_by_label(differs).rect());
    h.run();
    painter::snapshot(h, name);
    h.state_mut().cover = None;
    h.run();
}

fn toasts(h: &Harness<'_, Window>) -> Vec<String> {
    h.state().studio.notices.iter().map(|toast| toast.text.clone()).collect()
}

#[test]
fn done_is_in_sight_however_long_a_dialog_is() {
    for (dialog, name) in [(Dialog::Settings, "Settings"), (Dialog::Connections, "Connections")] {
        let mut window = connections::with_connections();
        window.studio.dialog = Some(dialog);
        let mut h = panels::sized([1280.0, 420.0], Theme::Dark, window);
        h.run_steps(4);
        let done = h.get_by_role_and_label(Role::Button, "Done").rect();
        let frame = h.get_by_role_and_label(Role::Dialog, name).rect();
        let window = egui::Rect::from_min_size(egui::Pos2::ZERO, egui::vec2(1280.0, 420.0));
        assert!(window.contains_rect(frame) && frame.contains_rect(done), "{name}: {done:?} in {frame:?}");
        h.get_by_role_and_label(Role::Button, "Done").click();
        h.run_steps(4);
        assert_eq!(h.state().studio.dialog, None);
    }
}

#[test]
fn settings_change_theme_limit_and_memory() {
    let mut h = opened(Window::bare(), Dialog::Settings, Theme::Dark);
    h.get_by_role_and_label(Role::Button, "Light").click();
    h.get_by_role_and_label(Role::Slider, "Jobs at once").set_value_accesskit(9.0);
    h.get_by_role_and_label(Role::Slider, "Memory for pictures, MiB").set_value_accesskit(1024.0);
    h.run();
    let layout = &h.state().studio.layout;
    assert_eq!((layout.theme, layout.max_running, layout.texture_budget), (ThemeChoice::Light, 9, 1024));
    let folder = h.state().engine.library_dir().display().to_string();
    h.get_by_label(&folder);
    h.get_by_label("Open folder");
}

#[test]
fn a_library_on_a_network_drive_is_told_of_at_the_start_and_in_the_settings() {
    let mut window = Window::bare();
    window.studio.tell_far_drive();
    let toast = window.studio.notices.iter().next().map(|toast| toast.text.clone());
    assert_eq!(toast.as_deref(), Some(FAR_DRIVE));
    let h = opened(window, Dialog::Settings, Theme::Dark);
    assert!(h.query_all_by_label(FAR_DRIVE).count() > 0);
}

#[test]
fn escape_the_cross_and_a_click_beside_it_close_a_dialog() {
    let mut h = opened(Window::bare(), Dialog::Settings, Theme::Dark);
    h.key_press(Key::Escape);
    h.run();
    assert_eq!(h.state().studio.dialog, None);
    let mut h = opened(Window::bare(), Dialog::Keys, Theme::Dark);
    h.get_by_label("Close the dialog").click();
    h.run();
    assert_eq!(h.state().studio.dialog, None);
    let mut h = opened(Window::bare(), Dialog::Keys, Theme::Dark);
    h.drag_at(egui::pos2(20.0, 20.0));
    h.step();
    h.drop_at(egui::pos2(20.0, 20.0));
    h.run();
    assert_eq!(h.state().studio.dialog, None);
}

#[test]
fn the_keyboard_stays_inside_a_dialog() {
    let mut window = Window::bare();
    window.studio.screen = easel::studio::Screen::Models;
    let mut h = opened(window, Dialog::Settings, Theme::Dark);
    // What is further down is scrolled to.
    let dialog = h.get_by_role_and_label(Role::Dialog, "Settings").rect().with_max_y(f32::INFINITY);
    for _ in 0..40 {
        h.key_press(Key::Tab);
        h.step();
        let root = h.root();
        let focused = root.children_recursive().find(|node| node.accesskit_node().is_focused());
        if let Some(focused) = focused {
            assert!(dialog.contains_rect(focused.rect().shrink(1.0)), "{focused:?}");
        }
    }
}

#[test]
fn the_key_sheet_shows_all_keys_and_finds_them() {
    let mut h = opened(Window::bare(), Dialog::Keys, Theme::Dark);
    h.get_by_label("Use these settings again");
    painter::snapshot(&mut h, "keys_dark");
    h.get_by_label("Search keys").type_text("wipe");
    h.run();
    h.get_by_label("Next way to compare: wipe, overlay, blink, difference");
    assert!(h.query_by_label("Use these settings again").is_none());
}

#[test]
fn paths_and_addresses_become_references() {
    let why = Some("No file dialog could be opened on this computer".to_owned());
    let mut h = opened(Window::bare(), Dialog::AddReference { why }, Theme::Dark);
    assert!(h.get_by_role_and_label(Role::Button, "Add").accesskit_node().is_disabled());
    h.event(egui::Event::Paste("/home/ada/fox.png\nhttps://example.org/owl.jpg".into()));
    h.run();
    painter::snapshot(&mut h, "add_references");
    h.get_by_role_and_label(Role::Button, "Add 2");
    h.key_press(Key::Enter);
    h.run();
    let added = h.state().asked.iter().find_map(|asked| match asked {
        Command::AddReferences(inputs) => Some(inputs),
        _ => None,
    });
    let expected = (ReferenceInput::File("/home/ada/fox.png".into()), "https://example.org/owl.jpg");
    match added.map(Vec::as_slice) {
        Some([ReferenceInput::File(file), ReferenceInput::Url(url)]) => {
            assert_eq!(
                (format!("{:?}", ReferenceInput::File(file.clone())), url.as_str()),
                (format!("{:?}", expected.0), expected.1)
            );
        }
        other => panic!("{other:?}"),
    }
    assert_eq!(h.state().studio.dialog, None);
}

#[test]
fn emptying_the_trash_says_how_much_and_enter_keeps_it() {
    let mut window = window_with(&[("a", Format::Png), ("b", Format::Png)]);
    let pictures = ["a", "b"].map(|name| picture(name, Format::Png)).to_vec();
    window.studio.collection.trash(pictures);
    window.studio.dialog = Some(Dialog::EmptyTrash);
    let mut h = panels::harness(Theme::Dark, window);
    h.run();
    h.get_by_label("2 pictures (8.2 MB), their recipes and partials will be deleted. This cannot be undone");
    painter::snapshot(&mut h, "empty_trash");
    h.key_press(Key::Enter);
    h.run();
    assert!(h.state().studio.dialog.is_none() && h.state().studio.collection.trashed().len() == 2);
    h.state_mut().studio.dialog = Some(Dialog::EmptyTrash);
    h.run();
    h.get_by_role_and_label(Role::Button, "Delete for good").click();
    h.run();
    assert!(h.state().asked.iter().any(|asked| matches!(asked, Command::EmptyTrash)));
}

fn job(name: &str, phase: Phase) -> JobView {
    JobView {
        id: JobId(name.into()),
        run: run("Fox"),
        prompt: "a fox".into(),
        position: 0,
        asked: 1,
        arrived: 0,
        phase,
        started: None,
        provider: None,
        usual: None,
        previews: 0,
        partials: 0,
        is_sendable: true,
    }
}

#[test]
fn closing_while_pictures_are_made_asks_first() {
    let mut window = Window::bare();
    window.told(|snapshot| {
        let unsaved = Phase::Unsaved { error: DiskError::Stopped, count: 1, elsewhere: None };
        snapshot.jobs = [job("1", Phase::Sending), job("2", Phase::Sending), job("3", unsaved)].map(Arc::new).into();
    });
    let mut h = opened(window, Dialog::Quit, Theme::Dark);
    h.get_by_label_contains("2 pictures are still being made");
    h.get_by_label_contains("1 picture has arrived but could not be saved");
    painter::snapshot(&mut h, "quit");
    h.get_by_role_and_label(Role::Button, "Keep Easel open").click();
    h.run();
    assert!(h.state().studio.dialog.is_none() && !h.state().state.may_close);
    h.state_mut().studio.dialog = Some(Dialog::Quit);
    h.run();
    h.get_by_role_and_label(Role::Button, "Close anyway").click();
    h.step();
    assert!(h.state().state.may_close);
}
