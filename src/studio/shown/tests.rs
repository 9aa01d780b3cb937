//! What is shown, and where order leads.

use super::super::search::tests::found;
use super::*;
use crate::engine::Phase;
use crate::library::testing::{picture, run};
use crate::plan::Marks;

fn studio(runs: &[(i64, i64)]) -> Studio {
    let mut studio = Studio::new(nothing(), |_| None);
    let pictures = runs.iter().flat_map(|&(n, count)| (0..count).map(move |number| picture(n, number)));
    let numbered = (1..).zip(pictures).map(|(number, picture)| Picture { number, ..picture }).collect();
    studio.collection = LibraryContents::new(runs.iter().map(|&(n, _)| run(n)).collect(), numbered, vec![]);
    studio.refresh_shown();
    studio
}

/// The state of an engine that knows nothing yet.
pub(in crate::studio) fn nothing() -> Arc<crate::engine::Snapshot> {
    use crate::engine::{Service, ServiceKind, Snapshot};
    Arc::new(Snapshot::new(Service { kind: ServiceKind::Demo, base: String::new(), key: None }))
}

fn job(run_number: i64, id: &str, asked: u32, phase: Phase) -> JobView {
    JobView {
        id: JobId(id.into()),
        run: run(run_number).into(),
        prompt: "p".into(),
        position: 0,
        asked,
        arrived: 0,
        phase,
        started: None,
        provider: None,
        usual: None,
        previews: 0,
        partials: 0,
        is_sendable: true,
    }
}

fn with_jobs(studio: &mut Studio, jobs: Vec<JobView>) {
    studio.snapshot = Arc::new(crate::engine::Snapshot {
        jobs: jobs.into_iter().map(Arc::new).collect(),
        ..(*studio.snapshot).clone()
    });
    studio.refresh_shown();
}

/// Each part: its head, then its cells.
fn words(studio: &Studio) -> Vec<String> {
    let word = |cell: &Cell| match cell {
        Cell::Awaited { job, first } => format!("{}{}", job.0, if *first { "!" } else { "" }),
        Cell::Ended(job) => format!("({})", job.0),
        Cell::Stack { count, .. } => {
            format!("{}x{count}", picture_of(cell, &studio.collection).map_or("", |picture| &picture.id.0))
        }
        cell => picture_of(cell, &studio.collection).map_or("?", |picture| &picture.id.0).to_owned(),
    };
    let part = |part: &Part| {
        let head = match &part.head {
            Head::Run(id) => id.0.clone(),
            Head::Day(_) => "day".into(),
            Head::Trash => "trash".into(),
        };
        let cells: Vec<_> = studio.shown.cells(part).iter().map(word).collect();
        format!("{head}: {}", cells.join(" "))
    };
    studio.shown.parts().iter().map(part).collect()
}

fn id(text: &str) -> PictureId {
    PictureId(text.into())
}

#[test]
fn runs_come_newest_first_and_those_without_anything_are_left_out() {
    let studio = studio(&[(1, 3), (2, 0), (3, 2)]);
    assert_eq!(words(&studio), ["r3: p3.0 p3.1", "r1: p1.0 p1.1 p1.2"]);
    assert_eq!(studio.shown.pictures(), 5);
}

#[test]
fn walking_goes_from_the_newest_run_to_the_oldest_and_stops_at_the_ends() {
    let studio = studio(&[(1, 3), (2, 0), (3, 2)]);
    let (shown, collection) = (&studio.shown, &studio.collection);
    let mut at = shown.first(collection).unwrap();
    let mut seen = vec![at.0.clone()];
    while let Some(next) = shown.neighbour(collection, &at, 1) {
        seen.push(next.0.clone());
        at = next;
    }
    assert_eq!(seen, ["p3.0", "p3.1", "p1.0", "p1.1", "p1.2"]);
    assert_eq!(shown.neighbour(collection, &id("p1.0"), -1), Some(id("p3.1")));
    assert_eq!(shown.neighbour(collection, &id("p3.0"), -1), None);
    assert_eq!(shown.neighbour(collection, &id("p3.0"), 3), Some(id("p1.1")));
    assert_eq!(shown.neighbour(collection, &id("p1.2"), -4), Some(id("p3.0")));
}

#[test]
fn a_range_covers_runs_in_both_directions() {
    let studio = studio(&[(1, 3), (3, 2)]);
    let expected = [id("p3.1"), id("p1.0"), id("p1.1")];
    assert_eq!(studio.shown.between(&studio.collection, &id("p3.1"), &id("p1.1")), expected);
    assert_eq!(studio.shown.between(&studio.collection, &id("p1.1"), &id("p3.1")), expected);
}

#[test]
fn a_picture_takes_the_place_it_was_waited_for_in() {
    let mut studio = studio(&[(1, 0)]);
    let jobs = vec![job(1, "a", 1, Phase::Sending), job(1, "b", 2, Phase::Sending), job(1, "c", 1, Phase::Cancelled)];
    with_jobs(&mut studio, jobs);
    assert_eq!(words(&studio), ["r1: a! b! b (c)"]);
    let of_job = |n, job: &str, position| Picture { job: JobId(job.into()), position, ..picture(1, n) };
    // The second job's first picture comes before the first job's.
    studio.collection.insert(of_job(1, "b", 0));
    studio.refresh_shown();
    assert_eq!(words(&studio), ["r1: a! p1.1 b! (c)"]);
    // A partial of it is no other one.
    studio.collection.insert(of_job(2, "b", 0));
    studio.refresh_shown();
    assert_eq!(words(&studio), ["r1: a! p1.1 p1.2 b! (c)"]);
    for picture in [of_job(3, "a", 0), of_job(4, "b", 1), of_job(5, "d", 0)] {
        studio.collection.insert(picture);
    }
    studio.refresh_shown();
    assert_eq!(words(&studio), ["r1: p1.3 p1.1 p1.2 p1.4 (c) p1.5"]);
}

#[test]
fn stacks_of_one_day_stand_together_and_an_open_one_stands_alone() {
    let mut studio = studio(&[(1, 3), (2, 1), (3, 2)]);
    let best = Picture { marks: Marks { stars: 4, ..Marks::default() }, ..picture(1, 2) };
    studio.collection.update(vec![best]);
    studio.layout.stacked = true;
    studio.refresh_shown();
    assert_eq!(words(&studio), ["day: p3.0x2 p2.0 p1.2x3"]);
    assert_eq!(studio.shown.pictures(), 6, "a stack counts with all of its own");
    let hidden = studio.shown.cell_of(&studio.collection, &id("p1.0"));
    assert_eq!(hidden, studio.shown.cell_of(&studio.collection, &id("p1.2")), "its stack shows it");
    studio.selection.only(id("p2.0"));
    studio.toggle_stack();
    studio.selection.only(id("p1.2"));
    studio.toggle_stack();
    studio.refresh_shown();
    assert_eq!(words(&studio), ["day: p3.0x2 p2.0", "r1: p1.0 p1.1 p1.2"]);
    studio.layout.stacked = false;
    studio.refresh_shown();
    assert_eq!(words(&studio), ["r3: p3.0 p3.1", "r2: p2.0", "r1: p1.2x3"], "the other way round");
}

#[test]
fn a_search_leaves_what_it_found_and_what_is_under_way() {
    let mut studio = studio(&[(1, 3), (2, 2)]);
    with_jobs(&mut studio, vec![job(2, "a", 1, Phase::Sending), job(1, "b", 1, Phase::Cancelled)]);
    studio.set_search("fox");
    studio.search.take(found(1, &[2, 3]));
    studio.refresh_shown();
    assert_eq!(words(&studio), ["r2: a!", "r1: p1.1 p1.2"]);
    studio.layout.stacked = true;
    studio.refresh_shown();
    assert_eq!(words(&studio), ["day: a! p1.1x2"]);
    studio.search.take(found(2, &[]));
    studio.refresh_shown();
    assert_eq!(words(&studio), ["day: a!"]);
}

#[test]
fn nothing_is_made_anew_while_nothing_has_changed() {
    let mut studio = studio(&[(1, 3)]);
    let before = studio.shown.revision();
    studio.refresh_shown();
    assert_eq!(studio.shown.revision(), before);
    studio.open_stacks.insert(RunId("r1".into()));
    studio.refresh_shown();
    assert!(studio.shown.revision() > before);
}
