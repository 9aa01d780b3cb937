//! The library's drive goes away while a picture is being made, and comes back.

use crate::support::{StudioHarness, Wish};
use easel::engine::Phase;
use easel::studio::Command;
use egui::{Key, Modifiers};
use std::time::Duration;

#[test]
fn a_picture_that_came_while_the_drive_was_away_waits_in_memory_until_it_is_saved() {
    let mut studio = StudioHarness::with(Wish { pace: Duration::from_millis(300), ..Wish::default() });
    studio.generate(1);
    let dir = studio.dir().to_owned();
    let away = dir.with_file_name("away");
    studio.key(Modifiers::COMMAND, Key::Enter);
    studio.step_until("it is on the wire", |app| {
        app.studio().snapshot.jobs.iter().any(|job| matches!(job.phase, Phase::Sending | Phase::Receiving { .. }))
    });
    std::fs::rename(&dir, &away).unwrap();
    let unsaved = |studio: &easel::studio::Studio| {
        studio.snapshot.jobs.iter().find(|job| matches!(job.phase, Phase::Unsaved { .. })).map(|job| job.id.clone())
    };
    studio.step_until("it could not be saved", |app| unsaved(app.studio()).is_some());
    let job = unsaved(studio.app().studio()).unwrap();

    // Whatever else is tried says so in a sentence, and the window goes on.
    let first = studio.app().studio().first().unwrap();
    studio.run(Command::Select(first.clone()));
    let why = "could not write; check that the drive is there";
    for (modifiers, key) in [(Modifiers::NONE, Key::Num4), (Modifiers::NONE, Key::Delete)] {
        // Keeping where the artist is has been refused too, perhaps.
        let said: Vec<u64> = studio.app().studio().notices.iter().map(|toast| toast.id).collect();
        said.into_iter().for_each(|id| studio.run(Command::DismissNotice(id)));
        studio.key(modifiers, key);
        studio.step_until("the failure is said", |app| {
            app.studio().notices.iter().any(|toast| toast.text.starts_with(why))
        });
    }
    assert_eq!(studio.app().studio().collection.trashed().len(), 0);
    studio.run(Command::Open(first));
    studio.settle();
    studio.run(Command::Show(easel::studio::Screen::Grid));
    studio.run(Command::SaveAgain(job.clone()));
    studio.settle();
    assert!(unsaved(studio.app().studio()).is_some(), "nothing is dropped");
    // Sending costs money: what cannot be journalled is not sent.
    studio.key(Modifiers::COMMAND, Key::Enter);
    studio.step_until("the other request was not sent", |app| {
        app.studio()
            .snapshot
            .jobs
            .iter()
            .any(|job| matches!(&job.phase, Phase::Failed(failure) if failure.record.kind == "disk"))
    });
    assert!(!dir.exists(), "nothing is made in the place of the drive");

    std::fs::rename(&away, &dir).unwrap();
    studio.run(Command::SaveAgain(job));
    studio.step_until("it is saved", |app| unsaved(app.studio()).is_none() && app.studio().collection.count() == 2);
}
