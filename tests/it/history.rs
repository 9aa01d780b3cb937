//! Earlier prompts: the history by mouse and keyboard, the walk with two keys, failed cards that can be edited.

use crate::desk::{self, Desk, PANDA, desk, empty_desk, settle};
use crate::painter;
use crate::support::{StudioHarness, Wish, open_library};
use easel::api::ModelId;
use easel::engine::Phase;
use easel::library::{Run, RunId};
use easel::studio::{Command, Dialog};
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, Theme, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::time::Instant;

fn prompt(studio: &StudioHarness) -> &str {
    &studio.app().studio().draft.prompt
}

/// Sends a prompt and waits for its picture.
fn send(studio: &mut StudioHarness, text: &str) {
    studio.type_into("Prompt", text);
    studio.generate(1);
}

/// Names of the rows, without what all begin with.
fn rows<S>(harness: &Harness<'_, S>) -> Vec<String> {
    let named = harness.root().children_recursive().filter_map(|node| node.accesskit_node().label());
    named.filter_map(|name| name.strip_prefix("Use the prompt: ").map(str::to_owned)).collect()
}

fn open_history(studio: &mut StudioHarness) {
    studio.key(Modifiers::COMMAND, Key::H);
    studio.step_until("the prompts are read", |app| app.studio().history.found().is_some());
    studio.harness.run_steps(2);
}

#[test]
fn two_keys_walk_through_what_was_sent_and_bring_back_what_was_begun() {
    let mut studio = StudioHarness::new();
    for text in ["a red fox", "an owl at night"] {
        send(&mut studio, text);
    }
    studio.type_into("Prompt", "something new");
    for (key, expected) in [
        (Key::ArrowUp, "an owl at night"),
        (Key::ArrowUp, "a red fox"),
        (Key::ArrowUp, "a red fox"),
        (Key::ArrowDown, "an owl at night"),
        (Key::ArrowDown, "something new"),
        (Key::ArrowDown, "something new"),
    ] {
        studio.key(Modifiers::ALT, key);
        assert_eq!(prompt(&studio), expected);
    }
    assert!(studio.harness.get_by_role_and_label(Role::MultilineTextInput, "Prompt").is_focused());
    studio.key(Modifiers::ALT, Key::ArrowUp);
    studio.harness.event(Event::Text(", in snow".into()));
    studio.harness.run_steps(2);
    assert_eq!(prompt(&studio), "an owl at night, in snow", "the cursor is at the end");
}

#[test]
fn what_was_begun_survives_a_restart_in_the_middle_of_the_walk() {
    let dir = tempfile::tempdir().unwrap();
    let library = dir.path().join("library");
    let mut studio = StudioHarness::open(&library, Wish::default());
    send(&mut studio, "a red fox");
    studio.type_into("Prompt", "never sent");
    studio.key(Modifiers::ALT, Key::ArrowUp);
    assert_eq!(prompt(&studio), "a red fox");
    studio.step_until("everything is written down", |app| !app.studio().has_unsaved_changes());
    studio.close();
    let mut studio = StudioHarness::open(&library, Wish::default());
    assert_eq!(prompt(&studio), "a red fox");
    studio.key(Modifiers::ALT, Key::ArrowUp);
    assert_eq!(prompt(&studio), "never sent");
}

#[test]
fn the_history_gives_back_a_prompt_alone_or_with_everything_that_went_with_it() {
    let mut studio = StudioHarness::new();
    let file = studio.dir().join("fox.png");
    image::RgbImage::from_pixel(64, 64, image::Rgb([200, 90, 40])).save(&file).unwrap();
    studio.run(Command::AddReferences(vec![easel::engine::ReferenceInput::File(file)]));
    studio.step_until("the reference is there", |app| app.studio().draft.references.len() == 1);
    studio.harness.state_mut().studio_mut().draft.set("aspect_ratio", "16:9");
    send(&mut studio, "a red fox");
    let sent = studio.app().studio().draft.clone();
    send(&mut studio, "an owl at night");
    send(&mut studio, "a red fox");
    {
        let draft = &mut studio.harness.state_mut().studio_mut().draft;
        draft.references.clear();
        draft.clear("aspect_ratio");
    }
    studio.type_into("Prompt", "begun");

    studio.click("Prompt history");
    studio.step_until_seen("Use the prompt: a red fox");
    assert_eq!(rows(&studio.harness), ["a red fox", "an owl at night"], "each once, latest first");
    studio.key(Modifiers::NONE, Key::ArrowDown);
    studio.key(Modifiers::NONE, Key::Enter);
    assert_eq!(prompt(&studio), "an owl at night");
    assert!(studio.app().studio().draft.references.is_empty(), "the prompt alone");
    assert_eq!(studio.app().studio().dialog, None);
    studio.key(Modifiers::ALT, Key::ArrowUp);
    assert_eq!(prompt(&studio), "begun", "what it took the place of");

    open_history(&mut studio);
    studio.harness.event(Event::Text("FOX".into()));
    studio.step_until("the search is answered", |app| {
        app.studio().history.found().is_some_and(|found| found.question.text == "FOX")
    });
    studio.harness.run_steps(2);
    assert_eq!(rows(&studio.harness), ["a red fox"]);
    studio.key(Modifiers::SHIFT, Key::Enter);
    studio.step_until("the settings are back", |app| app.studio().draft.references.len() == 1);
    studio.harness.run_steps(2);
    assert_eq!(studio.app().studio().draft.prompt, "a red fox");
    assert_eq!(studio.app().studio().draft.references, sent.references);
    assert_eq!(studio.app().studio().draft.wish("aspect_ratio"), sent.wish("aspect_ratio"));
    studio.click("Put back");
    assert_eq!(prompt(&studio), "begun");
    assert!(studio.app().studio().draft.references.is_empty(), "as it was before");
}

#[test]
fn a_star_keeps_a_prompt_at_hand_through_the_trash_and_a_restart_and_can_be_undone() {
    let dir = tempfile::tempdir().unwrap();
    let library = dir.path().join("library");
    let mut studio = StudioHarness::open(&library, Wish::default());
    send(&mut studio, "a red fox");
    send(&mut studio, "an owl at night");
    let all: Vec<_> = studio.app().studio().collection.runs().flat_map(|entry| &entry.pictures).cloned().collect();
    studio.run(Command::Trash(all.into_iter().map(|picture| picture.id).collect()));
    studio.step_until("they are in the trash", |app| app.studio().collection.count() == 0);
    studio.run(Command::EmptyTrash);
    studio.step_until("the trash is empty", |app| app.studio().collection.trashed().is_empty());

    open_history(&mut studio);
    studio.click("Add to favourites: a red fox");
    studio.step_until("it is a favourite", |app| app.studio().shelves.favourite_prompts.len() == 1);
    studio.key(Modifiers::NONE, Key::ArrowUp);
    studio.key(Modifiers::COMMAND, Key::D);
    studio.step_until("both are", |app| app.studio().shelves.favourite_prompts.len() == 2);
    studio.key(Modifiers::NONE, Key::Escape);
    assert_eq!(studio.app().studio().dialog, None);
    studio.harness.get_by_role_and_label(Role::Button, "Prompt history").focus();
    studio.harness.run_steps(2);
    studio.key(Modifiers::COMMAND, Key::Z);
    studio.step_until("one is taken back", |app| app.studio().shelves.favourite_prompts.len() == 1);
    studio.close();

    let mut studio = StudioHarness::open(&library, Wish::default());
    open_history(&mut studio);
    assert_eq!(rows(&studio.harness), ["an owl at night", "a red fox"], "without a picture left");
    studio.harness.get_by_label("Favourites").click();
    studio.step_until("the favourites are found", |app| {
        app.studio().history.found().is_some_and(|found| found.question.favourites.is_some())
    });
    studio.harness.run_steps(2);
    assert_eq!(rows(&studio.harness), ["a red fox"]);
}

#[test]
fn a_failed_picture_that_is_edited_brings_back_all_that_was_sent() {
    let mut studio = StudioHarness::new();
    let file = studio.dir().join("fox.png");
    image::RgbImage::from_pixel(64, 64, image::Rgb([200, 90, 40])).save(&file).unwrap();
    studio.run(Command::AddReferences(vec![easel::engine::ReferenceInput::File(file)]));
    studio.step_until("the reference is there", |app| app.studio().draft.references.len() == 1);
    studio.type_into("Prompt", "a red fox @@refusal");
    let sent = studio.app().studio().draft.clone();
    studio.key(Modifiers::COMMAND, Key::Enter);
    studio.step_until("it has failed", |app| {
        app.studio().snapshot.jobs.iter().any(|job| matches!(job.phase, Phase::Failed(_)))
    });
    studio.harness.state_mut().studio_mut().draft.references.clear();
    studio.type_into("Prompt", "something else");
    studio.click("Edit prompt");
    studio.step_until("the draft is back", |app| app.studio().draft.prompt == sent.prompt);
    assert_eq!(studio.app().studio().draft.references, sent.references);
    studio.key(Modifiers::ALT, Key::ArrowUp);
    assert_eq!(prompt(&studio), "something else", "and nothing typed is lost");
}

#[test]
fn ten_thousand_prompts_are_a_few_rows_and_a_short_frame() {
    let dir = tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap();
    let library = dir.path().join("library");
    {
        let mut library = open_library(&library);
        for number in 0..10_000_i64 {
            let run = Run {
                id: RunId::new(),
                created_ms: 1_790_000_000_000 + number,
                model: ModelId::new("demo/painter"),
                model_name: "Painter".into(),
                prompt: format!("prompt {number} of a red fox in the snow"),
                settings: "16:9".into(),
                asked: 1,
                aspect: None,
            };
            library.add_run(&run, &[]).unwrap();
        }
    }
    let mut studio = StudioHarness::open(&library, Wish::default());
    open_history(&mut studio);
    assert_eq!(studio.app().studio().history.found().unwrap().all, 10_000);
    let mut frames = Vec::new();
    for _ in 0..20 {
        studio.harness.key_press(Key::PageDown);
        let began = Instant::now();
        studio.harness.step();
        frames.push(began.elapsed());
        studio.harness.run_steps(2);
        assert!(rows(&studio.harness).len() < 20, "only what is seen is built");
    }
    frames.sort();
    println!("history of 10,000 prompts: a frame takes {:?}, the slowest {:?}", frames[10], frames[19]);
    let began = Instant::now();
    studio.harness.event(Event::Text("9999".into()));
    studio.step_until("the search is answered", |app| {
        app.studio().history.found().is_some_and(|found| found.question.text == "9999")
    });
    println!("history of 10,000 prompts: searched in {:?}", began.elapsed());
    studio.harness.run_steps(2);
    assert_eq!(rows(&studio.harness), ["prompt 9999 of a red fox in the snow"]);
}

fn shown(theme: Theme) -> Harness<'static, Desk> {
    let mut h = desk(vec2(1280.0, 800.0), theme);
    let starred: Vec<RunId> = {
        let runs = h.state().studio.collection.runs();
        runs.filter(|entry| entry.run.prompt == PANDA || entry.run.prompt.contains("tintype"))
            .map(|entry| entry.run.id.clone())
            .collect()
    };
    h.state_mut().studio.shelves.favourite_prompts.extend(starred);
    h
}

fn look(theme: Theme, name: &str) {
    let mut h = shown(theme);
    h.state_mut().studio.clock = || "2024-11-21T13:30:00[UTC]".parse().unwrap();
    h.state_mut().studio.dialog = Some(Dialog::History);
    desk::step_until(&mut h, "the prompts are read", |desk| desk.studio.history.found().is_some());
    settle(&mut h);
    painter::snapshot(&mut h, name);
}

#[test]
fn the_history_looks_as_drawn_in_the_dark() {
    look(Theme::Dark, "history_dark");
}

#[test]
fn the_history_looks_as_drawn_in_the_light() {
    look(Theme::Light, "history_light");
}

#[test]
fn an_empty_history_says_what_it_is_for() {
    let mut h = empty_desk(vec2(1280.0, 800.0), Theme::Dark);
    h.state_mut().studio.dialog = Some(Dialog::History);
    desk::step_until(&mut h, "the prompts are read", |desk| desk.studio.history.found().is_some());
    settle(&mut h);
    h.get_by_label("Every prompt that you send is kept here, with its settings");
}
