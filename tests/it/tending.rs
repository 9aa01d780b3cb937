//! Looking after the library from the window: check, mend, rebuild, and that the window goes on with what was found.

use crate::panels::{Window, harness};
use crate::support::{StudioHarness, Wish};
use easel::engine::{Care, Report};
use easel::library::{Edit, MarkChange, Progress};
use easel::studio::{Action, Command};
use egui::accesskit::Role;
use egui_kittest::kittest::Queryable as _;
use std::time::Duration;

fn report(studio: &mut StudioHarness) -> Report {
    studio.step_until("there is a report", |app| {
        app.studio().snapshot.tending.is_none() && app.studio().snapshot.report.is_some()
    });
    (**studio.app().studio().snapshot.report.as_ref().unwrap()).clone()
}

/// Presses a button of the settings, which may be further down than the dialog shows.
fn press(studio: &mut StudioHarness, name: &str) {
    studio.step_until_seen(name);
    studio.harness.get_by_role_and_label(Role::Button, name).click_accesskit();
    studio.harness.run_steps(2);
}

#[test]
fn the_index_is_made_anew_from_the_settings_and_the_window_goes_on() {
    let mut studio = StudioHarness::new();
    studio.type_into("Prompt", "a heron over a lake");
    studio.generate(1);
    studio.generate(1);
    let ids: Vec<_> = {
        let runs = studio.app().studio().collection.runs();
        runs.flat_map(|entry| &entry.pictures).map(|picture| picture.id.clone()).collect()
    };
    let edit = Edit::Mark { ids: vec![ids[0].clone()], change: MarkChange::Stars(4) };
    studio.run(Command::Edit(edit));
    studio.run(Command::Trash(vec![ids[1].clone()]));
    studio.step_until("it is in the trash", |app| app.studio().collection.trashed().len() == 1);
    studio.run(Command::Select(ids[0].clone()));
    studio.run(Command::Do(Action::Settings));
    press(&mut studio, "Rebuild the index");
    let Report::Rebuilt(rebuilt) = report(&mut studio) else { panic!("not rebuilt") };
    assert_eq!((rebuilt.pictures, rebuilt.trashed, rebuilt.journal_kept), (2, 1, true));
    studio.step_until_seen("The index was made anew: 2 pictures, 1 of them in the trash; 2 prompts");
    studio.run(Command::CloseDialog);
    let collection = &studio.app().studio().collection;
    assert_eq!((collection.count(), collection.trashed().len()), (1, 1));
    assert_eq!(collection.picture(&ids[0]).unwrap().marks.stars, 4);
    assert_eq!(studio.app().studio().selection.active(), Some(&ids[0]), "what was selected stays so");
    assert_eq!(studio.app().studio().snapshot.read_only, None);
    studio.generate(1);
    studio.type_into("Search the library", "heron");
    studio.step_until("the search has found", |app| app.studio().search.found().is_some_and(|found| found.count == 2));
    // Undo of what was before still leads where it should.
    studio.run(Command::Restore(vec![ids[1].clone()]));
    studio.step_until("it is back", |app| app.studio().collection.count() == 3);
}

#[test]
fn a_check_names_what_is_wrong_and_mending_finds_a_file_that_was_moved() {
    let mut studio = StudioHarness::new();
    studio.generate(1);
    let dir = studio.dir().to_owned();
    let first = studio.app().studio().first().unwrap();
    let file = studio.app().studio().collection.picture(&first).unwrap().file.clone();
    std::fs::create_dir_all(dir.join("pictures/mine")).unwrap();
    std::fs::rename(dir.join(&file), dir.join("pictures/mine/favourite.png")).unwrap();
    studio.run(Command::Do(Action::Settings));
    press(&mut studio, "Check library");
    let Report::Checked(checked) = report(&mut studio) else { panic!("not checked") };
    assert!(!checked.findings.is_empty() && checked.findings.iter().all(|(_, mended)| !mended));
    // The dialog has grown by the findings.
    studio.harness.run_steps(5);
    press(&mut studio, "Mend what can be");
    studio.step_until("it is mended", |app| matches!(app.studio().snapshot.report.as_deref(), Some(Report::Mended(_))));
    studio.step_until("the window knows", |app| {
        app.studio().collection.picture(&first).unwrap().file == "pictures/mine/favourite.png"
    });
}

#[test]
fn the_library_is_not_put_in_order_while_a_picture_is_on_its_way() {
    let mut studio = StudioHarness::with(Wish { pace: Duration::from_secs(60), ..Wish::default() });
    studio.key(egui::Modifiers::COMMAND, egui::Key::Enter);
    studio.step_until("it is on the wire", |app| app.studio().snapshot.jobs.iter().any(|job| job.phase.is_running()));
    studio.run(Command::Tend(Care::Rebuild));
    studio.step_until("it is refused", |app| {
        app.studio().notices.iter().any(|toast| toast.text.starts_with("The library is put in order when"))
    });
    assert_eq!(studio.app().studio().snapshot.read_only, None);
    assert!(studio.harness.query_by_label("Stop").is_none());
}

#[test]
fn how_far_the_trash_is_emptied_stands_in_the_strip_and_can_be_stopped() {
    let mut window = Window::new();
    window.told(|snapshot| snapshot.emptying = Some(Progress { done: 48, total: 2000 }));
    let mut h = harness(egui::Theme::Dark, window);
    h.run_steps(2);
    h.get_by_role_and_label(Role::Status, "Emptying the trash: 48 of 2000");
    h.get_by_label("Stop emptying the trash").click();
    h.run_steps(2);
    assert!(matches!(h.state().asked.as_slice(), [Command::StopEmptying]));
}
