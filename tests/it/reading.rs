//! Two windows on one library: the second only looks, sees what the first does, and leaves no trace.

use crate::painter;
use crate::support::{StudioHarness, Wish};
use easel::library::ReadOnly;
use easel::studio::{Command, Screen};
use egui::accesskit::Role;
use egui::{Key, Modifiers, Theme};
use egui_kittest::kittest::{NodeT as _, Queryable as _};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

const WHY: &str = "This window is read only: another Easel has the library";

/// Every file of a folder but what SQLite's readers and writers share.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.to_string_lossy().into_owned();
        if path.is_dir() {
            found.extend(contents(&path));
        } else if !name.ends_with("-wal") && !name.ends_with("-shm") {
            found.insert(path.clone(), std::fs::read(&path).unwrap());
        }
    }
    found
}

fn reader(dir: &Path) -> StudioHarness {
    StudioHarness::open(dir, Wish { read_only: true, ..Wish::default() })
}

#[test]
fn the_second_window_looks_at_everything_and_changes_nothing() {
    let mut writer = StudioHarness::new();
    writer.type_into("Prompt", "two foxes in the snow");
    writer.generate(1);
    writer.generate(1);
    let dir = writer.dir().to_owned();
    // Small pictures that are missing are made, and not kept.
    std::fs::remove_dir_all(dir.join("thumbnails")).unwrap();
    std::fs::create_dir(dir.join("thumbnails")).unwrap();
    writer.step_until("the writer is at rest", |app| !app.studio().has_unsaved_changes());
    let before = contents(&dir);

    let mut reader = reader(&dir);
    reader.step_until("both pictures are seen", |app| app.studio().collection.count() == 2);
    reader.settle();
    assert!(reader.harness.query_all_by_label(WHY).next().is_some());
    assert_eq!((reader.app().title(), writer.app().title()), ("Easel (read only)", "Easel"));
    let ids: Vec<_> = {
        let collection = &reader.app().studio().collection;
        collection.runs().flat_map(|entry| &entry.pictures).map(|picture| picture.id.clone()).collect()
    };
    // Nothing that writes can be pressed.
    let generate = reader
        .harness
        .get_all_by_role(Role::Button)
        .find(|node| node.accesskit_node().label().is_some_and(|label| label.starts_with("Generate")));
    assert!(generate.unwrap().accesskit_node().is_disabled());
    reader.run(Command::Select(ids[0].clone()));
    for (modifiers, key) in [
        (Modifiers::COMMAND, Key::Enter),
        (Modifiers::NONE, Key::Num5),
        (Modifiers::NONE, Key::P),
        (Modifiers::NONE, Key::B),
        (Modifiers::NONE, Key::Delete),
        (Modifiers::SHIFT, Key::R),
    ] {
        reader.key(modifiers, key);
        assert!(reader.app().studio().dialog.is_none());
        assert!(reader.app().studio().notices.iter().any(|toast| toast.text == WHY), "{key:?}");
    }
    // Everything that looks works.
    reader.run(Command::Open(ids[0].clone()));
    reader.settle();
    assert_eq!(reader.app().studio().screen, Screen::Viewer);
    reader.run(Command::Compare(ids.clone()));
    reader.settle();
    reader.run(Command::UseSettings(ids[1].clone()));
    reader.step_until("the settings are in the panel", |app| app.studio().draft.prompt == "two foxes in the snow");
    reader.run(Command::Show(Screen::Grid));
    reader.type_into("Search the library", "snow");
    reader.step_until("the search has found", |app| app.studio().search.found().is_some_and(|found| found.count == 2));
    reader.settle();
    drop(reader);
    assert_eq!(contents(&dir), before, "the folder is as it was");
}

#[test]
fn the_second_window_follows_the_first_and_takes_over_when_that_has_closed() {
    let mut writer = StudioHarness::new();
    writer.generate(1);
    let dir = writer.dir().to_owned();
    let mut reader = reader(&dir);
    reader.step_until("the picture is seen", |app| app.studio().collection.count() == 1);
    writer.generate(1);
    reader.step_until("the new picture is seen", |app| app.studio().collection.count() == 2);
    let thrown = writer.app().studio().first().unwrap();
    writer.run(Command::Trash(vec![thrown]));
    reader.step_until("it is seen to be thrown away", |app| app.studio().collection.trashed().len() == 1);
    writer.run(Command::EmptyTrash);
    reader.step_until("it is seen to be gone", |app| app.studio().collection.trashed().is_empty());
    reader.click("Try to open for writing");
    reader.step_until("the refusal is said", |app| {
        app.studio().notices.iter().any(|toast| toast.text.starts_with("another Easel has this library open"))
    });
    assert_eq!(reader.app().studio().snapshot.read_only, Some(ReadOnly::InUse));

    let folder = writer.close();
    let deadline = Instant::now() + Duration::from_secs(60);
    while reader.app().studio().snapshot.read_only.is_some() {
        // The other may still be on its way out.
        assert!(Instant::now() < deadline, "it never became the writer");
        reader.click("Try to open for writing");
        reader.settle();
    }
    reader.generate(1);
    assert_eq!(reader.app().studio().collection.count(), 2);
    assert!(reader.harness.query_all_by_label(WHY).next().is_none());
    assert_eq!(reader.app().title(), "Easel");
    drop(folder);
}

fn looks(theme: Theme, name: &str) {
    let mut h = crate::desk::desk(egui::vec2(1280.0, 800.0), theme);
    let mut snapshot = (*h.state().studio.snapshot).clone();
    snapshot.read_only = Some(ReadOnly::InUse);
    h.state_mut().studio.take_snapshot(std::sync::Arc::new(snapshot));
    crate::desk::settle(&mut h);
    painter::snapshot(&mut h, name);
}

#[test]
fn a_window_that_only_reads_says_so_in_the_dark() {
    looks(Theme::Dark, "reading_dark");
}

#[test]
fn a_window_that_only_reads_says_so_in_the_light() {
    looks(Theme::Light, "reading_light");
}
