//! What is shown of jobs is made anew only where something has changed.

use super::super::input::{Input, NewJob, Sendable};
use super::*;
use crate::api::{GenerationRequest, ModelId};
use crate::engine::service::ServiceInUse;
use crate::library::{Job, JobId, JobState, RecipeContext, Run, RunId};
use std::time::Instant;

/// So many jobs that wait for their turn.
fn jobs(count: u32) -> (Jobs, Vec<JobId>) {
    let run = Arc::new(Run {
        id: RunId::new(),
        created_ms: 0,
        model: ModelId::new("a/b"),
        model_name: String::new(),
        prompt: String::new(),
        settings: String::new(),
        asked: count,
        aspect: None,
    });
    let here = ServiceInUse { kind: HERE.kind, base: HERE.base.to_owned(), connection: None };
    let (mut jobs, mut new, mut ids) = (Jobs::new(1, here), Vec::new(), Vec::new());
    for position in 0..count {
        let job = Job {
            id: JobId::new(),
            run: run.id.clone(),
            position,
            asked: 1,
            request: serde_json::json!({ "model": "a/b", "prompt": "" }),
            context: RecipeContext { service: HERE.base.to_owned(), ..RecipeContext::default() },
            state: JobState::Queued,
        };
        ids.push(job.id.clone());
        let request = GenerationRequest {
            model: run.model.clone(),
            prompt: String::new(),
            parameters: serde_json::Map::new(),
            references: Vec::new(),
            provider: None,
            stream: false,
        };
        new.push(NewJob { job, sendable: Arc::new(Sendable { request, addresses: Vec::new() }) });
    }
    let now = Instant::now();
    jobs.on(Input::Submitted { run: run.clone(), jobs: new }, now);
    jobs.on(Input::Journalled { run, jobs: ids.clone(), usual: None, written: Ok(()) }, now);
    (jobs, ids)
}

const HERE: InUse<'_> = InUse { kind: ServiceKind::Custom, base: "http://here/api/v1", connection: None };

/// Which of the views are the same as before.
fn same(before: &[Arc<JobView>], after: &[Arc<JobView>]) -> Vec<bool> {
    after.iter().map(|view| before.iter().any(|other| Arc::ptr_eq(view, other))).collect()
}

#[test]
fn a_message_that_touches_one_job_makes_only_that_one_anew() {
    let (mut jobs, ids) = jobs(4);
    let mut shown = ShownJobs::default();
    assert!(shown.turn_to(HERE, &ConnectionList::default()));
    shown.update(&mut jobs);
    let first = shown.all();
    shown.update(&mut jobs);
    assert!(Arc::ptr_eq(&first, &shown.all()), "nothing was touched");

    let now = Instant::now();
    jobs.on(Input::Previewed(ids[2].clone()), now);
    shown.update(&mut jobs);
    assert_eq!(same(&first, &shown.all()), [true, true, false, true]);
    assert_eq!(shown.all()[2].previews, 1);

    let before = shown.all();
    jobs.on(Input::Tick, now);
    assert!(matches!(jobs.list().get(&ids[0]).unwrap().status(), Status::Sending));
    shown.update(&mut jobs);
    assert_eq!(same(&before, &shown.all()), [false, true, true, true], "the others move up untouched");

    jobs.on(Input::Cancel(super::super::input::JobFilter::One(ids[1].clone())), now);
    shown.update(&mut jobs);
    let before = shown.all();
    jobs.on(Input::Dismiss(vec![ids[1].clone()]), now);
    shown.update(&mut jobs);
    assert_eq!(same(&before, &shown.all()), [true, true, true]);
    assert!(!shown.turn_to(HERE, &ConnectionList::default()), "it is the same service");
}

#[test]
fn another_service_makes_all_anew_and_says_that_others_may_go() {
    let (mut jobs, _) = jobs(2);
    let mut shown = ShownJobs::default();
    assert!(shown.turn_to(HERE, &ConnectionList::default()));
    shown.update(&mut jobs);
    assert!(shown.all().iter().all(|view| matches!(view.phase, Phase::Queued { .. })));
    let there = InUse { base: "http://there/api/v1", ..HERE };
    assert!(shown.turn_to(there, &ConnectionList::default()));
    shown.update(&mut jobs);
    assert!(shown.all().iter().all(|view| matches!(view.phase, Phase::Elsewhere { .. })));
}
