//! The whole loop through the accessibility tree, like a person who cannot see it.

use crate::support::{StudioHarness, Wish};
use easel::api::ModelId;
use easel::engine::Phase;
use easel::picture::{Alignment, Encoding, Format, Pixels, Size, encode};
use easel::plan::ReferenceSource;
use easel::studio::{Action, Command, CompareMode, How, Layer, Screen};
use egui::{Key, Modifiers, Theme, Vec2, vec2};
use egui_kittest::kittest::Queryable as _;
use std::time::Duration;

#[test]
fn the_first_picture_is_one_key_away() {
    let mut studio = StudioHarness::new();
    assert!(!studio.app().studio().draft.prompt.is_empty(), "the prompt holds a starter text");
    studio.generate(1);
    let picture = studio.app().studio().first().unwrap();
    let picture = studio.app().studio().collection.picture(&picture).unwrap().clone();
    assert!(studio.dir().join(&picture.file).is_file());
    assert!(picture.cost.is_some() && picture.size.is_some());
}

#[test]
fn partial_pictures_replace_each_other_in_place_and_results_never_move_the_selection() {
    let mut studio = StudioHarness::with(Wish { pace: Duration::from_millis(600), ..Wish::default() });
    studio.generate(1);
    let chosen = studio.app().studio().first().unwrap();
    studio.harness.state_mut().run(Command::Select(chosen.clone()));
    studio.key(Modifiers::COMMAND, Key::Enter);
    let mut previews = std::collections::BTreeSet::new();
    studio.step_until("the second picture is there", |app| {
        previews.extend(app.studio().snapshot.jobs.iter().map(|job| job.previews));
        app.studio().collection.count() == 2
    });
    assert!(previews.len() >= 3, "previews came one after the other: {previews:?}");
    assert_eq!(studio.app().studio().selection.active(), Some(&chosen));
}

#[test]
fn a_drawing_draws_itself_and_ends_as_svg() {
    let mut studio = StudioHarness::with(Wish { pace: Duration::from_millis(400), ..Wish::default() });
    studio.harness.state_mut().run(Command::ChooseModel(ModelId::new("easel/engraver")));
    studio.type_into("Prompt", "a fern, ink on paper");
    studio.key(Modifiers::COMMAND, Key::Enter);
    let mut previews = 0;
    studio.step_until("the drawing is there", |app| {
        previews = app.studio().snapshot.jobs.iter().map(|job| job.previews).max().unwrap_or(previews).max(previews);
        app.studio().collection.count() == 1
    });
    assert!(previews >= 2, "markup was drawn while it came: {previews}");
    let collection = &studio.app().studio().collection;
    let picture = collection.picture(&studio.app().studio().first().unwrap()).unwrap();
    assert_eq!(picture.format, Format::Svg);
    let text = std::fs::read_to_string(studio.dir().join(&picture.file)).unwrap();
    assert!(text.contains("<svg") && text.trim_end().ends_with("</svg>"));
}

#[test]
fn delete_moves_to_the_trash_and_undo_brings_it_back_by_keys_alone() {
    let mut studio = StudioHarness::new();
    studio.generate(1);
    studio.key(Modifiers::NONE, Key::ArrowRight);
    let file = {
        let app = studio.app().studio();
        let picture = app.collection.picture(app.selection.active().unwrap()).unwrap();
        studio.dir().join(&picture.file)
    };
    studio.key(Modifiers::NONE, Key::Delete);
    studio.step_until("it is in the trash", |app| app.studio().collection.count() == 0);
    assert_eq!(studio.app().studio().collection.trashed().len(), 1);
    assert!(!file.exists());
    studio.key(Modifiers::COMMAND, Key::Z);
    studio.step_until("it is back", |app| app.studio().collection.count() == 1);
    assert!(file.exists(), "with its file where it was");
}

#[test]
fn what_was_asked_comes_back_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let library = dir.path().join("library");
    let mut studio = StudioHarness::open(&library, Wish::default());
    studio.type_into("Prompt", "harbour at dusk, teal and gold");
    studio.harness.state_mut().studio_mut().draft.set("aspect_ratio", "16:9");
    studio.generate(1);
    let picture = studio.app().studio().first().unwrap();
    studio.run(Command::Open(picture.clone()));
    studio.harness.state_mut().studio_mut().set_search("harbour rating:0");
    let how = How { alignment: Alignment::Centre, opacity: 0.3, ..How::default() };
    studio.harness.state_mut().studio_mut().compare.how = How { mode: CompareMode::Overlay, ..how };
    studio.step_until("everything is written down", |app| !app.studio().has_unsaved_changes());
    studio.close();
    let mut studio = StudioHarness::open(&library, Wish::default());
    studio.step_until("the search is answered", |app| app.studio().search.found().is_some());
    let app = studio.app().studio();
    assert_eq!((app.screen, app.selection.active()), (Screen::Viewer, Some(&picture)));
    assert_eq!(app.search.text(), "harbour rating:0");
    assert_eq!(app.shown.pictures(), 1);
    assert_eq!(app.draft.prompt, "harbour at dusk, teal and gold");
    assert_eq!(app.draft.wish("aspect_ratio").and_then(|value| value.as_str()), Some("16:9"));
    assert_eq!(app.collection.count(), 1);
    assert_eq!(app.compare.how, How { mode: CompareMode::Overlay, ..how });
}

#[test]
fn pictures_that_were_compared_lie_and_are_linked_as_before_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let library = dir.path().join("library");
    let mut studio = StudioHarness::open(&library, Wish::default());
    for _ in 0..3 {
        studio.generate(1);
    }
    let all = studio.app().studio().shown.all(&studio.app().studio().collection);
    studio.run(Command::Compare(all.clone()));
    studio.run(Command::Do(Action::ToggleLink));
    studio.run(Command::Do(Action::NextMode));
    studio.run(Command::LayNext(Layer::Lower, 1));
    let pair = studio.app().studio().compare.pair();
    assert_eq!(pair, [2, 1]);
    studio.step_until("everything is written down", |app| !app.studio().has_unsaved_changes());
    studio.close();
    let mut studio = StudioHarness::open(&library, Wish::default());
    studio.settle();
    let compare = &studio.app().studio().compare;
    assert_eq!((compare.ids(), compare.pair(), compare.mode()), (&all[..], pair, CompareMode::Wipe));
    studio.run(Command::Do(Action::PreviousMode));
    assert!(!studio.app().studio().compare.linked(), "each pane moves alone, as before");
}

#[test]
fn dropped_files_become_references_and_are_sent_small_while_the_original_stays() {
    let mut studio = StudioHarness::new();
    let file = studio.dir().join("huge.png");
    let size = Size { width: 3000, height: 1200 };
    let pixels = Pixels::new(size, vec![90; 3000 * 1200 * 4]).unwrap();
    std::fs::write(&file, encode(&pixels, &Encoding::Png, [0; 3]).unwrap()).unwrap();
    let before = std::fs::read(&file).unwrap();
    studio.drop_file(&file);
    studio.click("Add as reference");
    studio.step_until("the reference is there", |app| !app.studio().draft.references.is_empty());
    let ReferenceSource::Stored { original, sent, .. } = &studio.app().studio().draft.references[0].source else {
        panic!("not stored")
    };
    assert_eq!((original.size, sent.size.width), (size, 2048));
    assert_eq!(std::fs::read(&file).unwrap(), before, "the original is untouched");
    studio.generate(1);
    assert!(studio.app().studio().snapshot.jobs.is_empty());
}

#[test]
fn references_that_were_too_large_are_sent_half_as_large_at_the_press_of_a_button() {
    let mut studio = StudioHarness::new();
    let file = studio.dir().join("large.png");
    let pixels = Pixels::new(Size { width: 1600, height: 800 }, vec![90; 1600 * 800 * 4]).unwrap();
    std::fs::write(&file, encode(&pixels, &Encoding::Png, [0; 3]).unwrap()).unwrap();
    studio.drop_file(&file);
    studio.click("Add as reference");
    studio.step_until("the reference is there", |app| !app.studio().draft.references.is_empty());
    studio.type_into("Prompt", "a lake @@413");
    studio.key(Modifiers::COMMAND, Key::Enter);
    studio.step_until_seen("Shrink references");
    studio.harness.get_by_label("Shrink references").click();
    studio.step_until("what is sent is half as large", |app| match &app.studio().draft.references[0].source {
        ReferenceSource::Stored { original, sent, .. } => original.size.width == 1600 && sent.size.width == 800,
        ReferenceSource::Url(_) => false,
    });
    studio.type_into("Prompt", "a lake");
    studio.generate(1);
    let id = studio.app().studio().first().unwrap();
    let file = studio.app().studio().collection.picture(&id).unwrap().file.clone();
    let recipe = std::fs::read_to_string(studio.dir().join(file).with_extension("json")).unwrap();
    let recipe: serde_json::Value = serde_json::from_str(&recipe).unwrap();
    assert_eq!(recipe["context"]["references"][0]["sent"]["size"]["width"], 800);
}

#[test]
fn a_hovering_file_shows_the_veil_and_leaving_takes_it_away() {
    let mut studio = StudioHarness::new();
    studio.harness.input_mut().hovered_files.push(egui::HoveredFile::default());
    studio.harness.step();
    crate::painter::snapshot(&mut studio.harness, "studio_drop_veil");
    studio.harness.input_mut().hovered_files.clear();
    studio.harness.run_steps(2);
}

#[test]
fn every_failure_is_a_tile_with_a_card_and_the_right_button() {
    let mut studio = StudioHarness::new();
    for (fault, button) in [("refusal", "Edit prompt"), ("402", "Enter key"), ("413", "Retry"), ("cut", "Retry")] {
        studio.type_into("Prompt", &format!("a lake @@{fault}"));
        studio.key(Modifiers::COMMAND, Key::Enter);
        studio.step_until("it has failed", |app| {
            app.studio().snapshot.jobs.iter().any(|job| matches!(job.phase, Phase::Failed(_)))
        });
        studio.harness.run_steps(2);
        if fault != "413" {
            studio.step_until_seen(button);
        }
        studio.key(Modifiers::NONE, Key::Escape);
        studio.key(Modifiers::SHIFT, Key::F);
        studio.step_until("failed tiles are removed", |app| app.studio().snapshot.jobs.is_empty());
    }
}

fn first_window(name: &str, size: Vec2, theme: Theme) {
    let mut studio = StudioHarness::with(Wish { size, theme, ..Wish::default() });
    studio.settle();
    crate::painter::snapshot(&mut studio.harness, name);
}

#[test]
fn the_first_window_looks_as_drawn_in_the_dark() {
    first_window("studio_dark_1280", vec2(1280.0, 800.0), Theme::Dark);
}

#[test]
fn the_first_window_looks_as_drawn_in_the_light() {
    first_window("studio_light_1280", vec2(1280.0, 800.0), Theme::Light);
}

#[test]
fn the_first_window_looks_as_drawn_when_it_is_large() {
    first_window("studio_dark_1920", vec2(1920.0, 1200.0), Theme::Dark);
}
