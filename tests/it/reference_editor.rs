//! Cropping and marking up the copy of a reference: by pointer, keys and numbers; what is sent, kept and comes back.

use crate::painter;
use crate::support::{StudioHarness, Wish};
use easel::engine::ReferenceInput;
use easel::library::{Recipe, content_hash, reference_path};
use easel::picture::{Crop, Encoding, Limits, Pixels, ReferenceEdit, Shape, Size, decode, encode};
use easel::plan::{DraftReference, ReferenceFacts, ReferenceSource};
use easel::studio::{Command, Dialog, Layout, ThemeChoice};
use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2, Rect, vec2};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::path::Path;

const SIZE: Size = Size { width: 640, height: 400 };

/// A sky over a field with a sun, so that a crop can be told from the whole.
fn scene(folder: &Path) -> std::path::PathBuf {
    let mut rgba = Vec::new();
    for y in 0..SIZE.height {
        for x in 0..SIZE.width {
            let (dx, dy) = (x as f32 - 470.0, y as f32 - 110.0);
            rgba.extend(match (dx.hypot(dy) < 52.0, y > 260) {
                (true, _) => [250, 226, 150, 255],
                (_, true) => [70 + (x / 16) as u8, 110, 60, 255],
                _ => [90, 130 + (y / 4) as u8, 190, 255],
            });
        }
    }
    let file = folder.join("field.png");
    std::fs::write(&file, encode(&Pixels::new(SIZE, rgba).unwrap(), &Encoding::Png, [0; 3]).unwrap()).unwrap();
    file
}

fn with_reference(wish: Wish) -> (StudioHarness, tempfile::TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let mut studio = StudioHarness::open(&folder.path().join("library"), wish);
    studio.run(Command::AddReferences(vec![ReferenceInput::File(scene(folder.path()))]));
    studio.step_until("the reference is there", |app| app.studio().draft.references.len() == 1);
    studio.settle();
    (studio, folder)
}

fn reference(studio: &StudioHarness) -> DraftReference {
    studio.app().studio().draft.references[0].clone()
}

fn edit(studio: &StudioHarness) -> ReferenceEdit {
    reference(studio).edit
}

fn sent(studio: &StudioHarness) -> ReferenceFacts {
    match reference(studio).source {
        ReferenceSource::Stored { sent, .. } => sent,
        ReferenceSource::Url(_) => panic!("an address"),
    }
}

/// The name of the picture that is worked on, which says what was done.
fn canvas(studio: &StudioHarness) -> String {
    let node = studio.harness.get_by(|node| {
        node.role() == Role::Image && node.label().is_some_and(|label| label.starts_with("Picture to edit"))
    });
    node.accesskit_node().label().unwrap().to_owned()
}

/// Where the picture itself lies: in the middle of its pane, at 100 % at most.
fn picture_rect(studio: &StudioHarness) -> Rect {
    let node = studio.harness.get_by(|node| {
        node.role() == Role::Image && node.label().is_some_and(|label| label.starts_with("Picture to edit"))
    });
    let pane = node.rect().shrink(14.0);
    let scale = (pane.width() / 640.0).min(pane.height() / 400.0).min(1.0);
    Rect::from_center_size(pane.center(), vec2(640.0, 400.0) * scale)
}

fn on(rect: Rect, x: f32, y: f32) -> Pos2 {
    rect.min + vec2(x / 640.0, y / 400.0) * rect.size()
}

fn drag(studio: &mut StudioHarness, from: Pos2, to: Pos2) {
    studio.harness.hover_at(from);
    studio.harness.run_steps(1);
    studio.harness.drag_at(from);
    studio.harness.run_steps(1);
    for part in [0.3, 0.6, 1.0] {
        studio.harness.hover_at(from + (to - from) * part);
        studio.harness.run_steps(1);
    }
    studio.harness.drop_at(to);
    studio.harness.run_steps(2);
}

fn open(studio: &mut StudioHarness) {
    studio.harness.get_by_role_and_label(Role::Button, "Reference 1 of 1, field.png").focus();
    studio.harness.run_steps(2);
    studio.key(Modifiers::NONE, Key::F2);
    studio.settle();
}

fn apply(studio: &mut StudioHarness) {
    studio.click("Apply");
    studio.step_until("the copy is made", |app| app.studio().dialog.is_none());
    studio.settle();
}

#[test]
fn by_keys_alone_a_crop_is_made_and_exactly_that_copy_is_sent() {
    let (mut studio, _folder) = with_reference(Wish::default());
    open(&mut studio);
    assert_eq!(canvas(&studio), "Picture to edit, crop 0, 0, 640 × 400, 0 marks");
    for _ in 0..3 {
        studio.key(Modifiers::ALT | Modifiers::SHIFT, Key::ArrowLeft);
    }
    studio.key(Modifiers::ALT, Key::ArrowUp);
    studio.key(Modifiers::SHIFT, Key::ArrowRight);
    studio.key(Modifiers::NONE, Key::ArrowDown);
    assert_eq!(canvas(&studio), "Picture to edit, crop 10, 1, 610 × 399, 0 marks");
    studio.key(Modifiers::COMMAND, Key::Z);
    assert_eq!(canvas(&studio), "Picture to edit, crop 10, 0, 610 × 399, 0 marks");
    studio.key(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
    studio.key(Modifiers::NONE, Key::Enter);
    studio.step_until("the copy is made", |app| app.studio().dialog.is_none());
    let crop = Crop { x: 10, y: 1, width: 610, height: 399 };
    assert_eq!(edit(&studio).crop, Some(crop));
    let facts = sent(&studio);
    assert_eq!((facts.size, facts.media_type.as_str()), (crop.size(), "image/png"));
    let copy = std::fs::read(reference_path(studio.dir(), facts.hash.as_ref().unwrap()).unwrap()).unwrap();
    assert_eq!((content_hash(&copy), copy.len() as u64), (facts.hash.unwrap(), facts.bytes));
    studio.settle();
    studio.step_until_seen("Reference 1 of 1, field.png, cropped");
}

#[test]
fn what_is_drawn_is_sent_the_recipe_knows_it_and_the_original_is_untouched() {
    let (mut studio, folder) = with_reference(Wish::default());
    let before = std::fs::read(folder.path().join("field.png")).unwrap();
    open(&mut studio);
    let rect = picture_rect(&studio);
    drag(&mut studio, on(rect, 2.0, 2.0), on(rect, 120.0, 20.0));
    assert!(canvas(&studio).contains("crop 11"), "the corner was dragged: {}", canvas(&studio));
    studio.click("Box");
    studio.harness.get_by_label("Blue").click();
    studio.harness.run_steps(2);
    drag(&mut studio, on(rect, 400.0, 40.0), on(rect, 540.0, 180.0));
    studio.click("Pen");
    drag(&mut studio, on(rect, 200.0, 300.0), on(rect, 300.0, 300.0));
    studio.click("Arrow");
    drag(&mut studio, on(rect, 300.0, 100.0), on(rect, 380.0, 100.0));
    assert!(canvas(&studio).ends_with("3 marks"));
    apply(&mut studio);
    let done = edit(&studio);
    let kinds: Vec<_> = done.marks.iter().map(|mark| std::mem::discriminant(&mark.shape)).collect();
    assert_eq!(kinds[0], std::mem::discriminant(&Shape::Box([0.0; 2], [0.0; 2])));
    assert_eq!(done.marks[0].color, [60, 130, 240]);
    let facts = sent(&studio);
    let file = reference_path(studio.dir(), facts.hash.as_ref().unwrap()).unwrap();
    let copy = decode(&std::fs::read(file).unwrap(), &Limits::default()).unwrap();
    let crop = done.crop.unwrap();
    let (x, y) = (470 - crop.x, 40 - crop.y);
    let seen = copy.rgba.as_chunks::<4>().0[(y * copy.size.width + x) as usize];
    assert_eq!(seen, [60, 130, 240, 255], "the upper line of the box, over the sun");
    assert_eq!(std::fs::read(folder.path().join("field.png")).unwrap(), before);

    studio.generate(1);
    let picture = studio.app().studio().collection.runs().next().unwrap().pictures[0].clone();
    let (id, side) = (picture.id, studio.dir().join(&picture.file).with_extension("json"));
    let recipe: Recipe = serde_json::from_slice(&std::fs::read(side).unwrap()).unwrap();
    let kept = &recipe.context.references[0];
    assert_eq!((&kept.edit, kept.sent.as_ref()), (&done, Some(&facts)));
    assert!(kept.address.starts_with("blake3:") && !kept.address.ends_with(facts.hash.as_ref().unwrap()));

    // It comes back with the settings, also after the draft was changed.
    studio.run(Command::RemoveReference(0));
    studio.run(Command::UseSettings(id));
    studio.step_until("the settings are back", |app| app.studio().draft.references.len() == 1);
    assert_eq!((edit(&studio), sent(&studio)), (done.clone(), facts.clone()));

    // And after a restart; there it can be changed again.
    let dir = studio.dir().to_owned();
    studio.step_until("everything is written down", |app| !app.studio().has_unsaved_changes());
    studio.settle();
    studio.close();
    let mut studio = StudioHarness::open(&dir, Wish::default());
    assert_eq!((edit(&studio), sent(&studio)), (done, facts));
    studio.harness.get_by_label("Crop and mark field.png").click();
    studio.settle();
    assert!(canvas(&studio).ends_with("3 marks"));
    studio.click("Take everything away");
    apply(&mut studio);
    assert!(edit(&studio).is_empty() && sent(&studio).hash.is_none());
}

#[test]
fn numbers_and_proportions_make_an_exact_crop() {
    let (mut studio, _folder) = with_reference(Wish::default());
    open(&mut studio);
    studio.harness.get_by_role_and_label(Role::ComboBox, "Proportions").click();
    studio.harness.run_steps(3);
    // The panel behind has a button of the same name; the list is drawn last.
    studio.harness.get_all_by_label("1:1").last().unwrap().click();
    studio.harness.run_steps(3);
    assert_eq!(canvas(&studio), "Picture to edit, crop 120, 0, 400 × 400, 0 marks");
    for (name, text) in [("Left edge of the crop", "33"), ("Height of the crop", "222")] {
        studio.harness.get_by_role_and_label(Role::SpinButton, name).click();
        studio.harness.run_steps(2);
        studio.key(Modifiers::COMMAND, Key::A);
        studio.harness.event(egui::Event::Text(text.to_owned()));
        studio.harness.run_steps(1);
        studio.key(Modifiers::NONE, Key::Tab);
    }
    assert_eq!(canvas(&studio), "Picture to edit, crop 33, 0, 400 × 222, 0 marks");
}

#[test]
fn closing_the_editor_unapplied_changes_nothing_and_loses_nothing() {
    let (mut studio, _folder) = with_reference(Wish::default());
    open(&mut studio);
    studio.key(Modifiers::ALT | Modifiers::SHIFT, Key::ArrowLeft);
    studio.key(Modifiers::NONE, Key::Escape);
    assert_eq!(studio.app().studio().dialog, None);
    assert!(edit(&studio).is_empty());
    studio.click("Go on editing");
    studio.settle();
    assert_eq!(canvas(&studio), "Picture to edit, crop 0, 0, 630 × 400, 0 marks");
    apply(&mut studio);
    assert_eq!(sent(&studio).size, Size { width: 630, height: 400 });
    studio.run(Command::OpenDialog(Dialog::EditReference(0)));
    studio.key(Modifiers::NONE, Key::Escape);
    assert!(studio.harness.query_by_label("Go on editing").is_none(), "there was nothing to go on with");
}

fn looks(theme: ThemeChoice, name: &str) {
    let layout = serde_json::to_value(Layout { theme, ..Layout::default() }).unwrap();
    let (mut studio, _folder) = with_reference(Wish { settings: vec![("layout", layout)], ..Wish::default() });
    open(&mut studio);
    let rect = picture_rect(&studio);
    studio.click("Box");
    drag(&mut studio, on(rect, 400.0, 40.0), on(rect, 540.0, 180.0));
    studio.click("Arrow");
    studio.harness.get_by_label("Yellow").click();
    studio.harness.run_steps(2);
    drag(&mut studio, on(rect, 260.0, 220.0), on(rect, 385.0, 150.0));
    studio.click("Crop");
    drag(&mut studio, on(rect, 2.0, 2.0), on(rect, 150.0, 20.0));
    studio.harness.hover_at(Pos2::new(2.0, 2.0));
    studio.settle();
    painter::snapshot(&mut studio.harness, name);
}

#[test]
fn the_editor_looks_as_designed_in_the_dark() {
    looks(ThemeChoice::Dark, "reference_editor_dark");
}

#[test]
fn the_editor_looks_as_designed_in_the_light() {
    looks(ThemeChoice::Light, "reference_editor_light");
}
