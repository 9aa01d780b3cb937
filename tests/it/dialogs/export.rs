//! Saving one picture elsewhere: its kind, its size, its name.

use super::*;
use easel::picture::metadata;

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
