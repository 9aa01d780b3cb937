//! Saving many pictures at once: their names, progress and stopping.

use super::*;

#[test]
fn several_pictures_are_saved_under_names_of_their_own() {
    let window = window_with(&[("a", Format::Png), ("b", Format::Png), ("c", Format::Svg)]);
    let folder = window.folder.path().to_owned();
    let name = |end: &str| folder.join(format!("2026-11-22 Misty mountain lake at dawn, copper sky{end}"));
    std::fs::write(name(".png"), b"mine").unwrap();
    let mut h = opened(window, Dialog::Export(ids(&["a", "b", "c"])), Theme::Dark);
    look(&mut h, "export_several", "Folder");
    h.get_by_role_and_label(Role::Button, "Save").click();
    step_until(&mut h, "saving", |h| h.state().studio.dialog.is_none());
    assert_eq!(toasts(&h), ["3 pictures saved"]);
    assert_eq!(std::fs::read(name(".png")).unwrap(), b"mine");
    for end in [" (2).png", " (3).png", ".svg"] {
        assert!(name(end).exists(), "{end}");
    }
}

#[test]
fn names_are_shown_while_their_template_is_typed_and_remembered() {
    let mut window = window_with(&[("a", Format::Png), ("b", Format::Png)]);
    window.studio.layout.export_name = Some("{index:2} {colour}".to_owned());
    let folder = window.folder.path().to_owned();
    let mut h = opened(window, Dialog::Export(ids(&["a", "b"])), Theme::Dark);
    h.get_by_label_contains("There is no {colour}, at character 11");
    let field = h.get_by_role_and_label(Role::TextInput, "Names");
    field.focus();
    h.run();
    h.key_press_modifiers(egui::Modifiers::COMMAND, Key::A);
    h.get_by_role_and_label(Role::TextInput, "Names").type_text("{index:2} {model}");
    h.run();
    for name in ["01 Seedream 4.5.png", "02 Seedream 4.5.png"] {
        h.get_by_label(name);
    }
    h.get_by_role_and_label(Role::Button, "Save").click();
    step_until(&mut h, "saving", |h| h.state().studio.dialog.is_none());
    assert!(folder.join("02 Seedream 4.5.png").exists());
    assert_eq!(h.state().studio.layout.export_name.as_deref(), Some("{index:2} {model}"));
}

#[test]
fn saving_can_be_stopped_and_what_is_saved_stays() {
    // Drawings, as they take a while.
    let window = window_with(&[("a", Format::Svg)]);
    let folder = window.folder.path().to_owned();
    let mut h = opened(window, Dialog::Export(ids(&["a"; 60])), Theme::Dark);
    h.get_by_role_and_label(Role::Button, "PNG").click();
    h.run();
    h.get_by_role_and_label(Role::Button, "Save").click();
    step_until(&mut h, "saving begins", |h| h.query_by_role_and_label(Role::Button, "Stop").is_some());
    // The dialog finds its place.
    h.run_steps(3);
    h.get_by_role_and_label(Role::Button, "Stop").click();
    step_until(&mut h, "the answer", |h| h.query_by_label_contains("of 60 pictures are saved").is_some());
    let saved = std::fs::read_dir(&folder)
        .unwrap()
        .flatten()
        .filter(|file| file.path().extension().is_some_and(|e| e == "png"));
    let saved = saved.count();
    assert!(saved < 60, "{saved}");
    h.get_by_label_contains(&format!("Stopped: {saved} of 60"));
    assert!(h.state().studio.dialog.is_some());
}
