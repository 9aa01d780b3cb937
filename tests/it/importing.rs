//! Pictures from elsewhere: copied into the library with what they tell, and dropped on the window.

use crate::support::{StudioHarness, Wish};
use easel::picture::metadata::{Embedded, embed};
use easel::picture::{Encoding, Format, Pixels, Size, encode};
use easel::studio::{Action, Command};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::path::{Path, PathBuf};

/// A picture file of one colour that tells this about itself.
fn file(folder: &Path, name: &str, shade: u8, prompt: &str) -> PathBuf {
    std::fs::create_dir_all(folder).unwrap();
    let size = Size { width: 24, height: 16 };
    let pixels = Pixels::new(size, [shade, 90, 60, 255].repeat(24 * 16)).unwrap();
    let bytes = encode(&pixels, &Encoding::Png, [0; 3]).unwrap();
    let told = Embedded { prompt: prompt.into(), software: "Other 1.0".into(), ..Embedded::default() };
    let bytes = if prompt.is_empty() { bytes } else { embed(&bytes, Format::Png, &told).unwrap() };
    let path = folder.join(name);
    std::fs::write(&path, bytes).unwrap();
    path
}

#[test]
fn a_folder_is_imported_once_with_what_its_pictures_tell() {
    let folder = tempfile::tempdir().unwrap();
    let mut studio = StudioHarness::new();
    let from = folder.path().join("holiday");
    file(&from, "a.png", 10, "a lighthouse in a storm");
    file(&from.join("deep/er"), "b.png", 20, "a lighthouse in a storm");
    file(&from, "c.png", 30, "");
    std::fs::write(from.join("notes.txt"), "no picture").unwrap();
    studio.run(Command::Import(vec![from.clone()]));
    studio.step_until("three pictures", |app| app.studio().collection.count() == 3);
    studio.step_until("the end is said", |app| app.studio().snapshot.importing.is_none());
    let mut prompts: Vec<_> = studio.app().studio().collection.runs().map(|entry| entry.run.prompt.clone()).collect();
    prompts.sort();
    assert_eq!(prompts, ["Imported from holiday", "a lighthouse in a storm"]);
    assert!(
        studio
            .app()
            .studio()
            .collection
            .runs()
            .flat_map(|entry| &entry.pictures)
            .all(easel::library::Picture::is_imported)
    );
    // The same folder again adds nothing.
    studio.run(Command::Import(vec![from.clone()]));
    studio.step_until_seen("0 pictures imported, 3 were in the library already, 1 could not be taken in");
    assert_eq!(studio.app().studio().collection.count(), 3);
    assert!(from.join("a.png").exists(), "the files stay where they are");
    studio.run(Command::Do(Action::Undo));
    studio.step_until("the import is taken back", |app| app.studio().collection.trashed().len() == 3);
    studio.run(Command::Do(Action::Redo));
    studio.step_until("the import is made again", |app| app.studio().collection.count() == 3);
}

#[test]
fn a_dropped_file_offers_its_settings_a_reference_and_the_library() {
    let folder = tempfile::tempdir().unwrap();
    let mut studio = StudioHarness::new();
    let told = file(folder.path(), "told.png", 40, "an old harbour in fog");
    studio.drop_file(&told);
    studio.step_until_seen("an old harbour in fog");
    assert!(studio.harness.query_by_label("Add as reference").is_some());
    studio.click("Use its settings");
    studio.step_until("the prompt is taken over", |app| app.studio().draft.prompt == "an old harbour in fog");
    studio.drop_file(&told);
    studio.click("Import into the library");
    studio.step_until("it is in the library", |app| app.studio().collection.count() == 1);
    let silent = file(folder.path(), "silent.png", 50, "");
    studio.drop_file(&silent);
    studio.step_until_seen("The file does not say how it was made");
    let settings = studio.harness.get_by_label("Use its settings");
    assert!(settings.accesskit_node().is_disabled(), "there is nothing to use");
}

#[test]
fn an_exported_picture_that_is_dropped_again_brings_all_settings_back() {
    let folder = tempfile::tempdir().unwrap();
    let mut studio = StudioHarness::with(Wish {
        settings: vec![("layout", serde_json::json!({ "export_folder": folder.path() }))],
        ..Wish::default()
    });
    // In letters that the bundled fonts have.
    let prompt = format!("{} ]]> the end", "a fox in <snow> & fog,\nżółw, Жук ".repeat(400));
    let reference = file(folder.path(), "reference.png", 90, "");
    studio.run(Command::AddReferences(vec![easel::engine::ReferenceInput::File(reference)]));
    studio.step_until("the reference is there", |app| app.studio().draft.references.len() == 1);
    studio.harness.state_mut().studio_mut().draft.prompt.clone_from(&prompt);
    studio.generate(1);
    let run = studio.app().studio().collection.runs().next().unwrap().clone();
    let id = run.pictures[0].id.clone();
    let read = std::fs::read_to_string(studio.dir().join(&run.pictures[0].file).with_extension("json")).unwrap();
    let recipe: easel::library::Recipe = serde_json::from_str(&read).unwrap();
    let sent = recipe.context.draft.unwrap();
    for format in ["Original", "JPEG", "WebP"] {
        studio.run(Command::OpenDialog(easel::studio::Dialog::Export(vec![id.clone()])));
        studio.harness.run_steps(2);
        studio.click(format);
        studio.type_into("Name", &format!("{format}.png"));
        studio.click("Save");
        studio.step_until("it is saved", |app| app.studio().dialog.is_none());
        let saved = std::fs::read_dir(folder.path()).unwrap().flatten().map(|entry| entry.path());
        let saved = saved.into_iter().find(|path| path.file_stem().is_some_and(|stem| stem == format)).unwrap();
        let draft = &mut studio.harness.state_mut().studio_mut().draft;
        *draft = easel::plan::Draft { prompt: "something else".into(), ..easel::plan::Draft::default() };
        studio.drop_file(&saved);
        studio.step_until_seen("Made with");
        studio.click("Use its settings");
        studio.step_until("the settings are back", |app| app.studio().draft.prompt == prompt);
        // The draft knows besides which picture it is from.
        let draft = &studio.app().studio().draft;
        assert_eq!(easel::plan::Draft { from: None, ..draft.clone() }, sent, "{format}");
        assert_eq!(studio.app().studio().draft.references.len(), 1, "{format}");
    }
    // A library that has never seen the reference says so and does without it.
    let mut other = StudioHarness::new();
    let saved = folder.path().join("JPEG.jpg");
    other.drop_file(&saved);
    other.step_until_seen("Made with");
    other.click("Use its settings");
    other.step_until("the settings are there", |app| app.studio().draft.prompt == prompt);
    assert!(other.app().studio().draft.references.is_empty());
    let said = other.app().studio().notices.iter().map(|toast| toast.text.clone()).collect::<Vec<_>>();
    assert_eq!(said, ["The settings of this file are in the panel, without a reference that is not in this library"]);
}
