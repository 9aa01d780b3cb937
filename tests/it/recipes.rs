//! What stands in the file beside a picture: everything that made it, and never the key.

use crate::support::{StudioHarness, Wish};
use easel::library::{Picture, PictureId, content_hash};
use easel::picture::{Encoding, Pixels, Size, encode};
use easel::studio::{Action, Command};
use egui::vec2;
use egui_kittest::kittest::Queryable as _;
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// A key that cannot stand anywhere by chance.
const KEY: &str = "demo-4f1c9e77b2a04d";

fn studio() -> StudioHarness {
    // Wide enough for the right panel.
    StudioHarness::with(Wish { key: Some(KEY), size: vec2(1480.0, 1300.0), ..Wish::default() })
}

fn newest(studio: &StudioHarness) -> Vec<Picture> {
    studio.app().studio().last_run().unwrap().pictures.clone()
}

fn side(studio: &StudioHarness, picture: &Picture) -> Value {
    let path = studio.dir().join(&picture.file).with_extension("json");
    serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect()
}

fn reference_file(folder: &Path) -> PathBuf {
    let pixels = Pixels::new(Size { width: 40, height: 30 }, [90, 120, 160, 255].repeat(40 * 30)).unwrap();
    let path = folder.join("mood.png");
    std::fs::write(&path, encode(&pixels, &Encoding::Png, [0; 3]).unwrap()).unwrap();
    path
}

#[test]
fn a_recipe_holds_everything_that_made_the_picture_and_no_file_holds_the_key() {
    let folder = tempfile::tempdir().unwrap();
    let mut studio = studio();
    studio.type_into("Prompt", "a misty lake");
    studio.generate(1);
    let first = newest(&studio).remove(0);

    studio.run(Command::UseSettings(first.id.clone()));
    studio.step_until("the settings are taken over", |app| app.studio().draft.from.is_some());
    studio.run(Command::UseAsReference(vec![first.id.clone()]));
    studio.step_until("it is a reference", |app| app.studio().draft.references.len() == 1);
    let mood = reference_file(folder.path());
    let input = easel::engine::ReferenceInput::File(mood.clone());
    studio.run(Command::AddReferences(vec![input]));
    studio.step_until("so is the file", |app| app.studio().draft.references.len() == 2);
    studio.type_into("Prompt", "a {red|blue} lake");
    studio.step_until_seen("Show the 2 prompts, 2 pictures");
    studio.generate(2);

    let run = studio.app().studio().last_run().unwrap().run.clone();
    assert_eq!(run.prompt, "a {red|blue} lake", "one run for all, under its template");
    let pictures = newest(&studio);
    let sides: Vec<Value> = pictures.iter().map(|picture| side(&studio, picture)).collect();
    let prompts: Vec<&str> = sides.iter().map(|side| side["request"]["prompt"].as_str().unwrap()).collect();
    assert_eq!(prompts, ["a red lake", "a blue lake"]);
    let (side, picture) = (&sides[0], &pictures[0]);

    // What was sent, to the letter; references by content.
    let model = studio.app().studio().draft.model.clone().unwrap();
    assert_eq!(side["request"]["model"], json!(model.as_str()));
    assert_eq!(side["request"]["stream"], json!(true));
    let mood_hash = content_hash(&std::fs::read(&mood).unwrap());
    let sent: Vec<&Value> =
        side["request"]["input_references"].as_array().unwrap().iter().map(|item| &item["image_url"]["url"]).collect();
    assert_eq!(sent, [&json!(format!("blake3:{}", first.hash)), &json!(format!("blake3:{mood_hash}"))]);
    for hash in [&first.hash, &mood_hash] {
        let kept = easel::library::reference_path(studio.dir(), hash).unwrap();
        assert_eq!(content_hash(&std::fs::read(kept).unwrap()), *hash, "its bytes are kept");
    }
    let references = &side["context"]["references"];
    assert_eq!(references[0]["picture"], json!(first.id.0));
    assert_eq!((&references[1]["name"], &references[1]["picture"]), (&json!("mood.png"), &Value::Null));
    assert!(references[0]["sent"]["bytes"].as_u64() > Some(0));

    // Who could have made it, what they take and what they ask for it.
    let endpoint = &side["context"]["endpoints"][0];
    assert!(!endpoint["provider_name"].as_str().unwrap().is_empty());
    assert!(!endpoint["supported_parameters"].as_object().unwrap().is_empty());
    assert!(!endpoint["pricing"].as_array().unwrap().is_empty());

    // What the service told.
    assert!(!side["provider"].as_str().unwrap().is_empty());
    assert!(!side["generation_id"].as_str().unwrap().is_empty());
    assert_eq!(side["usage"]["cost"], side["cost"]);
    assert_eq!(side["cost"].as_f64(), picture.cost);
    assert!(side["cost"].is_number());

    // When, with what, and from where.
    assert!(side["created_ms"].as_i64() >= Some(run.created_ms));
    assert!(side["elapsed_ms"].is_u64());
    assert_eq!(side["context"]["app_version"], json!(env!("CARGO_PKG_VERSION")));
    assert!(side["context"]["service"].as_str().unwrap().starts_with("http://127.0.0.1"));
    assert_eq!(side["context"]["template"], json!("a {red|blue} lake"));
    assert_eq!(side["context"]["from"], json!({"picture": first.id.0, "hash": first.hash}));
    assert_eq!(side["context"]["draft"]["prompt"], json!("a {red|blue} lake"));

    // And what came.
    assert_eq!(side["hash"], json!(content_hash(&std::fs::read(studio.dir().join(&picture.file)).unwrap())));
    assert_eq!(side["size"]["width"].as_u64(), picture.size.map(|size| size.width.into()));

    studio.settle();
    let mut looked_into = 0;
    for file in files(studio.dir()) {
        let bytes = std::fs::read(&file).unwrap();
        assert!(!bytes.windows(KEY.len()).any(|part| part == KEY.as_bytes()), "the key stands in {}", file.display());
        looked_into += 1;
    }
    assert!(looked_into > 8);
}

#[test]
fn settings_bring_the_template_back_and_the_prompt_that_was_sent_can_be_taken() {
    let mut studio = studio();
    studio.type_into("Prompt", "{red|blue} {fox|\\{owl|hare}}");
    studio.generate(4);
    let third = newest(&studio).remove(3);
    studio.run(Command::Select(third.id.clone()));
    studio.step_until_seen("Prompt as written");
    studio.type_into("Prompt", "something else");
    studio.run(Command::Do(Action::UseSettings));
    studio.step_until("the template is back", |app| app.studio().draft.prompt == "{red|blue} {fox|\\{owl|hare}}");
    studio.click("Use this prompt");
    studio.step_until("the prompt is taken", |app| app.studio().draft.prompt == "blue \\{owl|hare}");
    assert!(studio.harness.query_by_label_contains("prompts,").is_none(), "it is sent as it was");
    studio.generate(1);
    assert_eq!(side(&studio, &newest(&studio)[0])["request"]["prompt"], json!("blue {owl|hare}"));
}

#[test]
fn a_lineage_is_walked_from_picture_to_picture_and_follows_trash_and_undo() {
    let mut studio = studio();
    studio.type_into("Prompt", "a first lake");
    studio.generate(1);
    let first = newest(&studio).remove(0);
    studio.run(Command::UseAsReference(vec![first.id.clone()]));
    studio.step_until("it is a reference", |app| app.studio().draft.references.len() == 1);
    studio.type_into("Prompt", "a second lake");
    studio.generate(1);
    let second = newest(&studio).remove(0);
    studio.run(Command::UseSettings(second.id.clone()));
    studio.step_until_seen("Settings from: a second lake");
    studio.type_into("Prompt", "a third lake");
    studio.run(Command::RemoveReference(0));
    studio.generate(1);

    let active = |studio: &StudioHarness| -> Option<PictureId> { studio.app().studio().selection.active().cloned() };
    studio.run(Command::Select(second.id.clone()));
    studio.step_until_seen("a first lake, reference");
    studio.step_until_seen("a third lake, made with its settings");
    studio.click("a first lake, reference");
    assert_eq!(active(&studio), Some(first.id.clone()));
    studio.step_until_seen("a second lake, made from it");
    studio.step_until_seen("a third lake, made with its settings");
    // By keys: the focus stays with the line while the tree turns.
    studio.harness.get_by_label("a second lake, made from it").focus();
    studio.harness.run_steps(2);
    studio.key(egui::Modifiers::NONE, egui::Key::Enter);
    assert_eq!(active(&studio), Some(second.id.clone()));

    studio.run(Command::Trash(vec![first.id.clone()]));
    studio.step_until_seen("a first lake, reference, in the trash");
    studio.run(Command::Do(Action::Undo));
    studio.step_until_seen("a first lake, reference");
    studio.run(Command::Trash(vec![first.id.clone()]));
    studio.step_until_seen("a first lake, reference, in the trash");
    studio.run(Command::EmptyTrash);
    // The bytes of a reference are kept for as long as a recipe needs them.
    studio.step_until("the reference is a file now", |app| app.studio().collection.trashed().is_empty());
    let name = first.file.rsplit('/').next().unwrap().to_owned();
    studio.step_until_seen(&format!("{name}, a file of yours, reference"));
}
