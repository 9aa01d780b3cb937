//! What follows the end of a call: another attempt, or the end of its job.
//!
//! Invariant: a job ends once; its end is in the journal before it is told, unless somebody cancels it meanwhile, and
//! until then it has its place among the running ones.

use super::actor::Actor;
use super::failure::{Failure, JobError};
use super::jobs::After;
use super::jobs::Ending;
use super::jobs::Outcome;
use super::jobs::Phase;
use super::message::Event;
use crate::api::Retry;
use crate::library::{self, FailureRecord, JobId, JobState, Library};
use std::sync::atomic::Ordering;
use std::time::Instant;
use tokio::task::{Id, JoinError};

impl Actor {
    pub(super) fn joined(&mut self, result: Result<(Id, (JobId, Outcome)), JoinError>) {
        match result {
            Ok((_, (job, outcome))) => self.ended(&job, outcome),
            Err(error) if error.is_cancelled() => {}
            Err(error) => {
                log::error!("a call failed inside: {error}");
                let Some(job) = self.jobs.of_task(error.id()) else { return };
                let live = self.live(&job);
                let sent = live.as_ref().is_some_and(|live| live.on_the_wire.load(Ordering::Relaxed));
                let arrived = live.map_or(0, |live| live.arrived);
                let outcome = Outcome { arrived, ..Outcome::failed(JobError::Inside { sent }) };
                self.ended(&job, outcome);
            }
        }
        if self.tasks.is_empty() {
            // So that the next job knows what the key had spent before it.
            self.read_usage();
        }
    }

    /// Decides what follows the end of an attempt.
    fn ended(&mut self, id: &JobId, outcome: Outcome) {
        if self.jobs.get_mut(id).is_none_or(|live| matches!(live.phase, Phase::Cancelled)) {
            return;
        }
        let Outcome { arrived, answer, cost, unread, error } = outcome;
        let failure = error.map(|error| Failure::of(error, arrived, cost).with_unread(unread));
        if self.jobs.has_unsaved(id) {
            self.queue.remove(id);
            self.jobs.wait_for_saving(id, failure);
            return;
        }
        let Some(failure) = failure else {
            return self.end_stored(id, arrived);
        };
        if let Some(JobError::Api(error)) = failure.error.as_deref() {
            self.doubt_key(Some(error));
        }
        let (retry, after) = match failure.error.as_deref() {
            Some(JobError::Api(error)) => (error.retry(answer), error.retry_after()),
            _ => (Retry::Never, None),
        };
        match (self.queue.failed(id, retry, after, Instant::now()), &failure.error) {
            (After::RetryAt { at, attempt }, Some(reason)) => {
                // Nothing is on the wire now, and nothing was billed: after a crash it waits for one click.
                if failure.record.billed == Some(false) {
                    self.write(vec![(id.clone(), JobState::Queued)]);
                }
                if let Some(live) = self.jobs.get_mut(id) {
                    live.phase = Phase::Retrying { at, attempt, reason: reason.clone() };
                }
            }
            _ => self.fail(id, arrived, failure),
        }
    }

    /// Ends a job that failed, when that is in the journal.
    pub(super) fn fail(&mut self, id: &JobId, arrived: u32, failure: Failure) {
        let generation = self.live(id).and_then(|live| live.generation.clone());
        let record = FailureRecord { arrived, generation, ..failure.record };
        let (job, state) = (id.clone(), JobState::Failed { error: record.clone() });
        let failure = Failure { record, ..failure };
        self.end(id, arrived, Some(failure), move |library| library.set_job_state(&job, &state));
    }

    /// Ends a job whose pictures are all on disk and in the index, when that is in the journal.
    pub(super) fn end_stored(&mut self, id: &JobId, arrived: u32) {
        let job = id.clone();
        self.end(id, arrived, None, move |library| {
            library.set_job_state(&job, &JobState::Received)?;
            library.set_job_state(&job, &JobState::Stored)
        });
    }

    fn end<F>(&mut self, id: &JobId, arrived: u32, failure: Option<Failure>, write: F)
    where
        F: FnOnce(&mut Library) -> library::Result<()> + Send + 'static,
    {
        let Some(live) = self.live(id) else { return };
        live.ending = Some(Ending { arrived, failure });
        let job = id.clone();
        self.ask(write, move |actor, written| {
            if let Err(error) = written {
                actor.trouble(error);
            }
            actor.end_now(&job);
        });
    }

    /// Shows the end of a job that has one; says whether it had.
    pub(super) fn end_now(&mut self, id: &JobId) -> bool {
        let Some(Ending { arrived, failure }) = self.live(id).and_then(|live| live.ending.take()) else { return false };
        let failed = failure.is_some();
        self.finish(id, arrived, failure);
        if failed {
            self.look_up(id);
        }
        true
    }

    pub(super) fn finish(&mut self, id: &JobId, arrived: u32, failure: Option<Failure>) {
        self.queue.remove(id);
        let Some(live) = self.jobs.get_mut(id) else { return };
        let (run, asked) = (live.run.id.clone(), live.job.asked);
        match &failure {
            Some(failure) => live.phase = Phase::Failed(failure.clone()),
            None => drop(self.jobs.remove(id)),
        }
        self.happened(Event::Ended { job: id.clone(), run, asked, arrived, failure });
    }
}
