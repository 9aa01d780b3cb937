//! Contact sheets: chosen, seen while they are chosen, made.

use super::*;
use easel::picture::{Limits, decode};

fn preview_is_there(h: &Harness<'_, Window>) -> bool {
    h.query_by_label("The preview is being drawn").is_none()
}

#[test]
fn a_contact_sheet_is_seen_while_it_is_chosen_and_made_over_no_file() {
    let window = window_with(&[("a", Format::Png), ("b", Format::Png), ("c", Format::Svg)]);
    let folder = window.folder.path().to_owned();
    let name = |end: &str| folder.join(format!("Contact sheet 2026-11-17{end}"));
    std::fs::write(name(".png"), b"mine").unwrap();
    let mut h = opened(window, Dialog::Export(ids(&["a", "b", "c"])), Theme::Dark);
    h.get_by_role_and_label(Role::Button, "Contact sheet…").click();
    h.run_steps(3);
    h.get_by_role_and_label(Role::Dialog, "Contact sheet of 3 pictures");
    // Three columns of 480, a line for the model and two for the prompt.
    step_until(&mut h, "the size", |h| h.query_by_label("1584 × 666 px").is_some());
    step_until(&mut h, "the preview", preview_is_there);
    for button in ["Black", "Prompt", "240", "PNG"] {
        h.get_by_role_and_label(Role::Button, button).click();
        h.run_steps(2);
    }
    // A gap of 12, letters of 9, a line of 13.
    step_until(&mut h, "the size", |h| h.query_by_label("792 × 307 px").is_some());
    step_until(&mut h, "the preview", preview_is_there);
    assert_eq!(h.get_by_label("Name").value().as_deref(), Some("Contact sheet 2026-11-17.png"));
    h.get_by_role_and_label(Role::Button, "Save").click();
    step_until(&mut h, "the sheet", |h| h.state().studio.dialog.is_none());
    assert_eq!(toasts(&h), ["Saved Contact sheet 2026-11-17 (2).png"]);
    assert_eq!(std::fs::read(name(".png")).unwrap(), b"mine");
    let sheet = decode(&std::fs::read(name(" (2).png")).unwrap(), &Limits::default()).unwrap();
    assert_eq!((sheet.size.width, sheet.size.height), (792, 307));
    assert_eq!(h.state().studio.layout.sheet.tile, 240, "the look is remembered");
}

/// Looks at the dialog while its folder is not a whole path.
fn look_at(theme: Theme, snapshot: &str) {
    let mut window = window_with(&[("a", Format::Png), ("b", Format::Png), ("c", Format::Svg)]);
    window.studio.layout.export_folder = Some(PathBuf::from("Pictures"));
    let mut h = opened(window, Dialog::ContactSheet(ids(&["a", "b", "c"])), theme);
    step_until(&mut h, "the preview", preview_is_there);
    h.get_by_role_and_label(Role::Button, "Save").click();
    h.run();
    h.get_by_label("Type the whole path of the folder, from the root or from ~/");
    // Its words are set in the fonts of this computer.
    look(&mut h, snapshot, "Preview of the first sheet");
}

#[test]
fn the_dialog_of_contact_sheets_says_what_is_missing() {
    look_at(Theme::Dark, "contact_sheet_dark");
}

#[test]
fn the_dialog_of_contact_sheets_is_bright_in_the_light_theme() {
    look_at(Theme::Light, "contact_sheet_light");
}
