//! What the journal holds of a job and nobody can read any more has its card all the same.

use super::life::Life;
use crate::engine::{Order, Phase};
use crate::library::{Job, JobId, JobState, Library, RecipeContext};

#[test]
fn a_job_whose_row_is_torn_has_a_card_that_can_be_taken_off_and_costs_no_other_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let dir = folder.path().join("library");
    let run = super::run(3);
    let job = |position| Job {
        id: JobId::new(),
        run: run.id.clone(),
        position,
        asked: 1,
        request: serde_json::json!({ "model": "a/b", "prompt": "a fox" }),
        context: RecipeContext::default(),
        state: JobState::Queued,
    };
    let jobs = [job(0), job(1), job(2)];
    Library::open(&dir).unwrap().add_run(&run, &jobs).unwrap();
    let index = rusqlite::Connection::open(dir.join("easel.db")).unwrap();
    let tear = |change: &str, job: &Job| {
        let changed = index.execute(&format!("UPDATE jobs SET {change} WHERE id = ?1"), [&job.id.0]).unwrap();
        assert_eq!(changed, 1);
    };
    tear("request = '{\"model\":'", &jobs[1]);
    tear("request = CAST(x'80ff' AS TEXT), context = CAST(x'80ff' AS TEXT)", &jobs[2]);
    drop(index);

    let mut life = Life::begin(&dir, "http://127.0.0.1:1/api/v1", |_| {});
    life.until("all have their cards", |_, snapshot| {
        let is_torn = |phase: &Phase| matches!(phase, Phase::Failed(failure) if failure.record.kind == "journal");
        let torn = snapshot.jobs.iter().filter(|job| is_torn(&job.phase)).count();
        (snapshot.jobs.len(), torn) == (3, 2)
    });
    // They are never sent, and stay as they are until they are taken off.
    life.send(Order::Dismiss(jobs.iter().map(|job| job.id.clone()).collect()));
    life.until("those that cannot be read are off", |_, snapshot| snapshot.jobs.len() == 1);
    life.end();
    let left = super::life::open(&dir).open_jobs().unwrap();
    assert_eq!(left.into_iter().map(|(_, job)| job.id).collect::<Vec<_>>(), [jobs[0].id.clone()]);
}
