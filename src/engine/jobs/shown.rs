//! The jobs as the screen shows them, made anew only where something has changed.
//!
//! Invariant: what is shown is what the list says, as often as [`ShownJobs::update`] is called after changes.

use super::super::service::{InUse, ServiceKind};
use super::super::snapshot::ConnectionList;
use super::list::{Jobs, LiveJob, Place};
use super::schedule::Queue;
use super::view::{JobView, Phase};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What decides beside a job itself how it is shown: the service in use, and which others there are.
#[derive(Debug)]
struct Seen {
    kind: ServiceKind,
    base: String,
    connection: Option<String>,
    list: ConnectionList,
}

impl Seen {
    fn is(&self, now: InUse<'_>, list: &ConnectionList) -> bool {
        self.kind == now.kind
            && self.base == now.base
            && self.connection.as_deref() == now.connection
            && self.list.has_demo == list.has_demo
            && self.list.list == list.list
    }
}

/// Their views.
#[derive(Debug, Default)]
pub(crate) struct ShownJobs {
    views: BTreeMap<Place, Arc<JobView>>,
    all: Arc<[Arc<JobView>]>,
    held: usize,
    seen: Option<Seen>,
}

impl ShownJobs {
    /// Turns to the service in use; says whether another one was before, so that other jobs may go.
    pub(crate) fn turn_to(&mut self, now: InUse<'_>, list: &ConnectionList) -> bool {
        if self.seen.as_ref().is_some_and(|seen| seen.is(now, list)) {
            return false;
        }
        let (base, connection) = (now.base.to_owned(), now.connection.map(str::to_owned));
        self.seen = Some(Seen { kind: now.kind, base, connection, list: list.clone() });
        // All are made anew.
        self.views.clear();
        true
    }

    /// Makes the views anew of jobs that were touched.
    pub(crate) fn update(&mut self, jobs: &mut Jobs, queue: &Queue) {
        let touched = jobs.take_touched();
        let Some(seen) = &self.seen else { return };
        let places: Vec<Place> =
            if self.views.is_empty() { jobs.places().collect() } else { touched.iter().copied().collect() };
        if places.is_empty() && touched.is_empty() {
            return;
        }
        let now = InUse { kind: seen.kind, base: &seen.base, connection: seen.connection.as_deref() };
        for place in places {
            match jobs.at(place) {
                Some(live) => self.views.insert(place, Arc::new(view(live, queue, now, &seen.list))),
                None => self.views.remove(&place),
            };
        }
        self.all = self.views.values().cloned().collect();
        self.held = jobs.held();
    }

    /// Returns all of them in order of submission.
    pub(crate) fn all(&self) -> Arc<[Arc<JobView>]> {
        self.all.clone()
    }

    /// Returns how many wait for one click.
    pub(crate) fn held(&self) -> usize {
        self.held
    }
}

fn view(live: &LiveJob, queue: &Queue, now: InUse<'_>, list: &ConnectionList) -> JobView {
    let held = matches!(live.phase, Phase::Held);
    let phase = match live.waits_for(now) {
        Some(elsewhere) => elsewhere.phase(held, list),
        None => match &live.phase {
            Phase::Queued { .. } => Phase::Queued { ticket: queue.ticket(&live.job.id).unwrap_or_default() },
            phase => phase.clone(),
        },
    };
    JobView {
        id: live.job.id.clone(),
        run: live.run.clone(),
        prompt: live.prompt.clone(),
        position: live.job.position,
        asked: live.job.asked,
        arrived: live.arrived,
        phase,
        started: live.started,
        provider: live.provider.clone(),
        usual: live.usual,
        previews: live.previews,
        partials: live.partials,
    }
}

#[cfg(test)]
mod tests {
    use super::super::super::request;
    use super::*;
    use crate::api::ModelId;
    use crate::library::{Job, JobId, JobState, RecipeContext, Run, RunId};
    use std::time::Instant;

    fn jobs(count: u32) -> (Jobs, Queue, Vec<JobId>) {
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
        let (mut jobs, mut queue, mut ids) = (Jobs::default(), Queue::new(1), Vec::new());
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
            let (request, _) = request::from_record(&job.request).unwrap();
            queue.add(job.id.clone(), request.model.clone());
            ids.push(job.id.clone());
            jobs.add(LiveJob::new(run.clone(), job, request, Vec::new(), Phase::Queued { ticket: 0 }));
        }
        (jobs, queue, ids)
    }

    const HERE: InUse<'_> = InUse { kind: ServiceKind::Custom, base: "http://here/api/v1", connection: None };

    /// Which of the views are the same as before.
    fn same(before: &[Arc<JobView>], after: &[Arc<JobView>]) -> Vec<bool> {
        after.iter().map(|view| before.iter().any(|other| Arc::ptr_eq(view, other))).collect()
    }

    #[test]
    fn a_message_that_touches_one_job_makes_only_that_one_anew() {
        let (mut jobs, mut queue, ids) = jobs(4);
        let mut shown = ShownJobs::default();
        assert!(shown.turn_to(HERE, &ConnectionList::default()));
        shown.update(&mut jobs, &queue);
        let first = shown.all();
        shown.update(&mut jobs, &queue);
        assert!(Arc::ptr_eq(&first, &shown.all()), "nothing was touched");

        jobs.previewed(&ids[2]);
        shown.update(&mut jobs, &queue);
        assert_eq!(same(&first, &shown.all()), [true, true, false, true]);
        assert_eq!(shown.all()[2].previews, 1);

        let before = shown.all();
        assert_eq!(queue.next(Instant::now()).as_ref(), Some(&ids[0]));
        jobs.get_mut(&ids[0]).unwrap().phase = Phase::Sending;
        shown.update(&mut jobs, &queue);
        assert_eq!(same(&before, &shown.all()), [false, true, true, true], "the others move up untouched");

        let before = shown.all();
        jobs.remove(&ids[1]);
        shown.update(&mut jobs, &queue);
        assert_eq!(same(&before, &shown.all()), [true, true, true]);
        assert!(!shown.turn_to(HERE, &ConnectionList::default()), "it is the same service");
    }

    #[test]
    fn another_service_makes_all_anew_and_says_that_others_may_go() {
        let (mut jobs, queue, _) = jobs(2);
        let mut shown = ShownJobs::default();
        assert!(shown.turn_to(HERE, &ConnectionList::default()));
        shown.update(&mut jobs, &queue);
        assert!(shown.all().iter().all(|view| matches!(view.phase, Phase::Queued { .. })));
        let there = InUse { base: "http://there/api/v1", ..HERE };
        assert!(shown.turn_to(there, &ConnectionList::default()));
        shown.update(&mut jobs, &queue);
        assert!(shown.all().iter().all(|view| matches!(view.phase, Phase::Elsewhere { .. })));
    }
}
