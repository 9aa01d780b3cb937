//! Dialogs: worked by mouse and keyboard, and how they look.

use std::path::PathBuf;
use std::sync::Arc;

use easel::api::{ApiKey, Credits, KeyInfo, ModelId};
use easel::engine::{
    Connection, ConnectionChoice, ConnectionList, DiskError, Event, JobView, KeyPlace, Notice, Order, Phase,
    ReferenceInput, Remote, Secret, ServiceKind, SignInStage, SignInView, StoreTask, StoreWait,
};
use easel::library::{JobId, Picture, PictureId, Run, RunId};
use easel::picture::{Encoding, Format, Pixels, Size, encode, metadata};
use easel::studio::{Command, Dialog, ThemeChoice};
use egui::accesskit::Role;
use egui::{Key, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

mod batch;
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
fn settings_of_the_demo_explain_how_to_connect_a_key() {
    let mut h = opened(Window::bare(), Dialog::Settings, Theme::Dark);
    h.get_by_label("Pictures are painted on this computer. Connect an OpenRouter key to use real models");
    assert!(h.get_by_label("New key").is_focused());
    let folder = h.state().engine.library_dir().display().to_string();
    look(&mut h, "settings_dark", &folder);
}

#[test]
fn a_typed_key_leaves_the_dialog_at_once_and_is_never_printed() {
    let mut h = opened(Window::bare(), Dialog::Settings, Theme::Dark);
    h.get_by_label("New key").type_text("sk-or-v1-0123456789");
    h.run();
    let place = "In a file only you can read; it is not encrypted";
    h.get_by_role_and_label(Role::RadioButton, place).click();
    h.run();
    h.get_by_role_and_label(Role::Button, "Connect").click();
    h.run();
    let asked = h.state().asked.iter().find(|asked| matches!(asked, Command::Connect { .. }));
    match asked {
        Some(Command::Connect { key, place }) => {
            assert_eq!((key, *place), (&Secret("sk-or-v1-0123456789".into()), KeyPlace::File));
        }
        other => panic!("{other:?}"),
    }
    assert!(!format!("{:?}", h.state().asked).contains("0123456789"));
    assert!(h.get_by_role_and_label(Role::Button, "Connect").accesskit_node().is_disabled(), "the field is empty");
    assert!(h.get_by_label("New key").value().is_none_or(|text| text.is_empty()));
    let id = egui::Id::unique("new key");
    let kept = egui::text_edit::TextEditState::load(&h.ctx, id).unwrap();
    assert!(!kept.undoer().has_undo(&(Default::default(), String::new())), "nor is it kept for undo");
    assert!(h.state().studio.dialog.is_some(), "the dialog stays to show what the service says");
}

#[test]
fn a_key_that_could_not_be_kept_works_until_easel_closes_and_says_so() {
    let window = Window::bare();
    // The place of the folder is taken by a file.
    std::fs::write(window.folder.path().join("keys"), "in the way").unwrap();
    let key = Secret("sk-or-v1-0123456789".into());
    window.engine.send(Order::Connect { key, place: KeyPlace::File });
    let reason = loop {
        match window.engine.wait_event() {
            Some(Event::Notice(Notice::KeyNotKept { reason })) => break reason,
            Some(_) => {}
            None => panic!("the engine stopped"),
        }
    };
    assert!(reason.contains("works until Easel closes") && !reason.contains("0123456789"), "{reason}");
    let began = std::time::Instant::now();
    while window.engine.snapshot().account.source != Some("memory, until Easel closes") {
        assert!(began.elapsed().as_secs() < 20, "{:?}", window.engine.snapshot().account.source);
        std::thread::yield_now();
    }
    assert!(window.engine.snapshot().service.key.is_some());
}

fn connected() -> Window {
    let mut window = Window::bare();
    window.told(|snapshot| {
        snapshot.service = panels::service(ServiceKind::OpenRouter);
        snapshot.service.key = Some(ApiKey::new("sk-or-v1-secret").unwrap());
        snapshot.account.source = Some("the system's secret store");
        let info = KeyInfo {
            label: Some("easel".into()),
            limit: Some(10.0),
            limit_remaining: Some(7.5),
            ..KeyInfo::default()
        };
        snapshot.account.key = Remote { value: Some(Arc::new(info)), ..Remote::default() };
        let credits = Credits { total_credits: 25.0, total_usage: 12.66 };
        snapshot.account.credits = Remote { value: Some(Some(credits)), ..Remote::default() };
    });
    window
}

#[test]
fn settings_of_a_key_tell_where_it_comes_from_and_what_is_left() {
    let mut h = opened(connected(), Dialog::Settings, Theme::Light);
    h.get_by_label("from the system's secret store");
    h.get_by_label("$7.50 left of $10.00");
    h.get_by_label("$12.34");
    let folder = h.state().engine.library_dir().display().to_string();
    look(&mut h, "settings_light", &folder);
    h.get_by_role_and_label(Role::Button, "Forget key").click();
    h.run();
    assert!(h.state().asked.iter().any(|asked| matches!(asked, Command::ForgetKey)));
}

#[test]
fn what_only_the_artist_can_decide_about_a_key_is_asked_in_the_settings() {
    let mut window = Window::bare();
    window.told(|snapshot| snapshot.account.withheld = Some("studio.local:8080".into()));
    let mut h = opened(window, Dialog::Settings, Theme::Dark);
    h.get_by_label("The key would go to studio.local:8080 unencrypted: anyone on the way could read and use it");
    h.get_by_role_and_label(Role::Button, "Send it unencrypted").click();
    h.run();
    assert!(h.state().asked.iter().any(|asked| matches!(asked, Command::AllowOpenHttp)));
    h.get_by_role_and_label(Role::Button, "Do not send it").click();
    h.run();
    assert!(h.state().asked.iter().any(|asked| matches!(asked, Command::GiveUpKey)));
}

#[test]
fn a_secret_store_that_is_asked_or_was_silent_is_shown_where_the_key_is() {
    let mut window = Window::bare();
    let since = std::time::Instant::now() - std::time::Duration::from_secs(5);
    window.told(|snapshot| {
        snapshot.account.store = Some(StoreWait { task: StoreTask::Reading, since });
    });
    let mut h = opened(window, Dialog::Settings, Theme::Dark);
    h.get_by_label("Asking the system's secret store for the key. It may ask to be unlocked");
    h.get_by_role_and_label(Role::Button, "Do not wait").click();
    h.run();
    assert!(h.state().asked.iter().any(|asked| matches!(asked, Command::GiveUpKey)));
    let mut window = Window::bare();
    window.told(|snapshot| {
        snapshot.account.is_unread = true;
        snapshot.account.trouble = Some("The key could not be read: it is locked".into());
    });
    let mut h = opened(window, Dialog::Settings, Theme::Dark);
    h.get_by_label("The key could not be read: it is locked");
    h.get_by_role_and_label(Role::Button, "Read the key again").click();
    h.run();
    assert!(h.state().asked.iter().any(|asked| matches!(asked, Command::ReadKeyAgain)));
}

/// A window that knows two servers by name, of which the second is in use.
fn with_connections() -> Window {
    let mut window = Window::bare();
    window.told(|snapshot| {
        snapshot.service = panels::service(ServiceKind::Custom);
        let named = |name: &str, base: &str| Connection { name: name.into(), base: base.into(), max_running: None };
        let list = vec![named("Work", easel::api::DEFAULT_BASE), named("Studio", "http://127.0.0.1:9/api/v1")];
        snapshot.connections = ConnectionList { list: list.into(), current: Some("Studio".into()), has_demo: true };
    });
    window
}

#[test]
fn a_service_is_chosen_by_one_click_in_the_top_bar() {
    let mut h = panels::harness(Theme::Dark, with_connections());
    h.get_by(|node| node.label().is_some_and(|label| label.starts_with("Service: Studio"))).click();
    h.run();
    for name in ["OpenRouter", "Work", "Demo", "Connections…"] {
        h.get_by_role_and_label(Role::Button, name);
    }
    h.get_by_role_and_label(Role::Button, "Work").click();
    h.run();
    let asked = h.state().asked.last().cloned();
    let work = ConnectionChoice::Named("Work".into());
    assert!(matches!(asked, Some(Command::UseConnection(choice)) if choice == work));
}

#[test]
fn connections_are_made_chosen_tried_and_taken_away_in_their_dialog() {
    let mut h = opened(with_connections(), Dialog::Connections, Theme::Dark);
    let asked = |h: &Harness<'_, Window>| h.state().asked.last().cloned();
    painter::snapshot(&mut h, "connections_dark");
    h.get_by_role_and_label(Role::RadioButton, "Use Work").click();
    h.run();
    let work = ConnectionChoice::Named("Work".into());
    assert!(matches!(asked(&h), Some(Command::UseConnection(choice)) if choice == work));
    h.get_by_role_and_label(Role::Button, "Remove Work").click();
    h.run();
    assert!(matches!(asked(&h), Some(Command::RemoveConnection(name)) if name == "Work"));
    h.get_by_role_and_label(Role::Button, "Test connection").click();
    // Port 9 of this computer: nobody is there.
    let answer = "Could not connect to 127.0.0.1:9";
    step_until(&mut h, "trying it out", |h| h.query_by_label_contains(answer).is_some());
    for (field, text) in [
        ("Connection name", "Lab"),
        ("Connection address", "http://127.0.0.1:9/lab/api/v1"),
        ("Connection jobs at once", "2"),
    ] {
        h.get_by_label(field).focus();
        h.run();
        h.get_by_label(field).type_text(text);
        h.run();
    }
    h.get_by_role_and_label(Role::Button, "Add and use").click();
    h.run();
    assert!(matches!(
        asked(&h),
        Some(Command::AddConnection { name, base, max_running: Some(2) })
            if name == "Lab" && base == "http://127.0.0.1:9/lab/api/v1"
    ));
}

#[test]
fn signing_in_is_begun_followed_and_ended_in_the_settings() {
    let mut h = opened(Window::bare(), Dialog::Settings, Theme::Dark);
    h.get_by_role_and_label(Role::Button, "Sign in with OpenRouter").click();
    h.run();
    let asked = |h: &Harness<'_, Window>| h.state().asked.last().cloned();
    assert!(matches!(asked(&h), Some(Command::SignIn { by_code: false, place: KeyPlace::System })));
    let view = |stage, by_code| {
        let url = Some("https://openrouter.ai/auth?code_challenge=x".into());
        Some(SignInView { url, by_code, stage })
    };
    let show = |stage, by_code| {
        let mut window = Window::bare();
        window.told(|snapshot| snapshot.sign_in = view(stage, by_code));
        opened(window, Dialog::Settings, Theme::Dark)
    };
    let mut h = show(SignInStage::NoBrowser, false);
    h.get_by_label("No browser opened. Copy the address into one on this computer");
    h.get_by_role_and_label(Role::Button, "Copy the address").click();
    h.step();
    let copied = h.output().platform_output.commands.iter().any(|command| {
        matches!(command, egui::OutputCommand::CopyText(text) if text.starts_with("https://openrouter.ai/auth?"))
    });
    assert!(copied);
    h.run();
    h.get_by_role_and_label(Role::Button, "Paste a code instead").click();
    h.run();
    assert!(matches!(asked(&h), Some(Command::SignIn { by_code: true, .. })));
    h.get_by_role_and_label(Role::Button, "Cancel sign-in").click();
    h.run();
    assert!(matches!(asked(&h), Some(Command::CancelSignIn)));

    let mut h = show(SignInStage::Waiting, true);
    h.get_by_label("Sign-in code").focus();
    h.run();
    h.get_by_label("Sign-in code").type_text("c0de-0123456789");
    h.run();
    h.get_by_role_and_label(Role::Button, "Use the code").click();
    h.run();
    assert!(matches!(asked(&h), Some(Command::PasteCode(code)) if code == Secret("c0de-0123456789".into())));
    assert!(!format!("{:?}", h.state().asked).contains("c0de-0123456789"));

    let mut h = show(SignInStage::Failed("You are not signed in: it was refused in the browser".into()), false);
    h.get_by_label("You are not signed in: it was refused in the browser");
    let folder = h.state().engine.library_dir().display().to_string();
    look(&mut h, "settings_sign_in_dark", &folder);
    h.get_by_role_and_label(Role::Button, "Try again").click();
    h.run();
    assert!(matches!(asked(&h), Some(Command::SignIn { by_code: false, .. })));
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
fn saving_one_picture_converts_it_and_tells_where_it_is() {
    let window = window_with(&[("a", Format::Png)]);
    let folder = window.folder.path().to_owned();
    let mut h = opened(window, Dialog::Export(ids(&["a"])), Theme::Dark);
    h.get_by_label("PNG: as received, not encoded again");
    assert_eq!(h.get_by_label("Name").value().as_deref(), Some("2026-11-22 Misty mountain lake at dawn.png"));
    h.get_by_role_and_label(Role::Button, "JPEG").click();
    h.run();
    h.get_by_role_and_label(Role::Slider, "Quality");
    h.get_by_role_and_label(Role::Button, "Save").click();
    step_until(&mut h, "saving", |h| h.state().studio.dialog.is_none());
    let saved = folder.join("2026-11-22 Misty mountain lake at dawn.jpg");
    assert_eq!(Format::sniff(&std::fs::read(&saved).unwrap()), Some(Format::Jpeg));
    assert_eq!(metadata::read(&std::fs::read(&saved).unwrap()).foreign.unwrap().prompt.unwrap(), "misty mountain lake");
    assert_eq!(toasts(&h), ["Saved 2026-11-22 Misty mountain lake at dawn.jpg"]);
    assert_eq!(h.state().studio.layout.export_folder, Some(folder));
}

#[test]
fn without_the_recipe_enter_saves_the_original_bytes_and_the_choice_is_remembered() {
    let window = window_with(&[("a", Format::Png)]);
    let folder = window.folder.path().to_owned();
    let original = std::fs::read(window.engine.library_dir().join("pictures/a.png")).unwrap();
    let mut h = opened(window, Dialog::Export(ids(&["a"])), Theme::Dark);
    h.get_by_label("Prompt, model and settings, for Easel and for other programs; never the key");
    h.get_by_role_and_label(Role::CheckBox, "Put the recipe into the file").click();
    h.run();
    h.get_by_label("PNG: the received bytes, unchanged");
    h.get_by_label("Nothing is added; what the service wrote into the file stays there");
    h.key_press(Key::Enter);
    step_until(&mut h, "saving", |h| h.state().studio.dialog.is_none());
    assert_eq!(std::fs::read(folder.join("2026-11-22 Misty mountain lake at dawn.png")).unwrap(), original);
    assert!(!h.state().studio.layout.export_recipe);
}

#[test]
fn a_taken_name_is_asked_about_and_nothing_is_replaced_unasked() {
    for (button, kept, other) in [("Save under another name", true, true), ("Replace it", false, false)] {
        let window = window_with(&[("a", Format::Png)]);
        let folder = window.folder.path().to_owned();
        let taken = folder.join("2026-11-22 Misty mountain lake at dawn.png");
        std::fs::write(&taken, b"mine").unwrap();
        let mut h = opened(window, Dialog::Export(ids(&["a"])), Theme::Dark);
        h.key_press(Key::Enter);
        step_until(&mut h, "the question", |h| h.query_by_label("Replace it").is_some());
        assert_eq!(std::fs::read(&taken).unwrap(), b"mine");
        h.run();
        if kept {
            look(&mut h, "export_taken", "Folder");
        }
        h.get_by_role_and_label(Role::Button, button).click();
        step_until(&mut h, "saving", |h| h.state().studio.dialog.is_none());
        assert_eq!(std::fs::read(&taken).unwrap() == b"mine", kept, "{button}");
        assert_eq!(folder.join("2026-11-22 Misty mountain lake at dawn (2).png").exists(), other, "{button}");
    }
}

#[test]
fn another_name_that_is_taken_too_is_asked_about_again() {
    let window = window_with(&[("a", Format::Png)]);
    let folder = window.folder.path().to_owned();
    let name = |number: &str| folder.join(format!("2026-11-22 Misty mountain lake at dawn{number}.png"));
    for number in ["", " (2)"] {
        std::fs::write(name(number), b"mine").unwrap();
    }
    let mut h = opened(window, Dialog::Export(ids(&["a"])), Theme::Dark);
    h.key_press(Key::Enter);
    step_until(&mut h, "the question", |h| h.query_by_label("Replace it").is_some());
    h.run();
    h.get_by_role_and_label(Role::Button, "Save under another name").click();
    step_until(&mut h, "the second question", |h| h.query_by_label_contains("dawn (2).png is already").is_some());
    h.run();
    h.get_by_role_and_label(Role::Button, "Save under another name").click();
    step_until(&mut h, "saving", |h| h.state().studio.dialog.is_none());
    for number in ["", " (2)"] {
        assert_eq!(std::fs::read(name(number)).unwrap(), b"mine");
    }
    assert!(name(" (3)").exists());
}

#[test]
fn a_drawing_is_saved_at_the_side_that_was_chosen() {
    let window = window_with(&[("a", Format::Svg)]);
    let folder = window.folder.path().to_owned();
    let mut h = opened(window, Dialog::Export(ids(&["a"])), Theme::Light);
    h.get_by_role_and_label(Role::Button, "PNG").click();
    h.run();
    step_until(&mut h, "the drawing is measured", |h| h.query_by_label("Width").is_some());
    // The dialog has grown by the fields, and moves to the middle again.
    h.run();
    h.get_by_role_and_label(Role::Button, "1024").click();
    h.run();
    // The drawing itself is 8 by 4.
    for (field, value) in [("Width", "1024 px"), ("Height", "512 px"), ("Scale", "scale 128.00")] {
        assert_eq!(h.get_by_label(field).value().as_deref(), Some(value), "{field}");
    }
    look(&mut h, "export_light", "Folder");
    let height = h.get_by_label("Height");
    height.focus();
    h.run();
    h.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    h.get_by_label("Height").type_text("300");
    h.key_press(Key::Tab);
    h.run();
    assert_eq!(h.get_by_label("Width").value().as_deref(), Some("600 px"));
    h.get_by_role_and_label(Role::Button, "Save").click();
    step_until(&mut h, "saving", |h| h.state().studio.dialog.is_none());
    let bytes = std::fs::read(folder.join("2026-11-22 Misty mountain lake at dawn.png")).unwrap();
    let pixels = easel::picture::decode(&bytes, &easel::picture::Limits::default()).unwrap();
    assert_eq!((pixels.size.width, pixels.size.height), (600, 300));
}

#[test]
fn a_folder_that_is_not_there_is_said_in_the_dialog() {
    let mut window = window_with(&[("a", Format::Png)]);
    window.studio.layout.export_folder = Some(PathBuf::from("/no/such/folder"));
    let mut h = opened(window, Dialog::Export(ids(&["a"])), Theme::Dark);
    h.get_by_role_and_label(Role::Button, "Save").click();
    step_until(&mut h, "the answer", |h| h.query_by_label_contains("was not saved").is_some());
    assert!(h.state().studio.dialog.is_some());
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
    }
}

#[test]
fn closing_while_pictures_are_made_asks_first() {
    let mut window = Window::bare();
    window.told(|snapshot| {
        let unsaved = Phase::Unsaved { error: DiskError::Stopped, count: 1, elsewhere: None };
        snapshot.jobs = [job("1", Phase::Sending), job("2", Phase::Sending), job("3", unsaved)].into();
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
