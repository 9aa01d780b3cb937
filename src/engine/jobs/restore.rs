//! How jobs come onto the list that this session did not submit. Pure.
//!
//! Invariant: whatever the journal holds of a job, it has a card; what cannot be read is never sent.

use super::super::failure::{Failure, JobError};
use super::super::request;
use super::input::{OpenJob, Sendable};
use super::list::LiveJob;
use super::save::Unsaved;
use super::status::{End, Status};
use super::view::Unknown;
use crate::library::{FailureRecord, InFlight, Job, JobState, Run};
use std::sync::Arc;

/// Returns what is sent for a job; `None`: its record cannot be read.
pub(super) fn sendable_of(job: &Job) -> Option<Arc<Sendable>> {
    let (request, addresses) = request::from_record(&job.request)?;
    Some(Arc::new(Sendable { request, addresses }))
}

/// Makes a job of what an earlier session left; waiting ones wait for one click: they cost money. `None`: it is over.
pub(super) fn job_of(open: OpenJob) -> Option<LiveJob> {
    let OpenJob { run, job, sending, arrived, partials } = open;
    let InFlight { answered, before, generation, record } = sending.unwrap_or_default();
    let generation = generation.or_else(|| match &job.state {
        JobState::Failed { error } => error.generation.clone(),
        _ => None,
    });
    let sendable = sendable_of(&job);
    let end = match &job.state {
        JobState::Received | JobState::Stored => return None,
        state if sendable.is_none() => Some(End::Failed(unreadable(state))),
        JobState::Queued => None,
        JobState::Failed { error } => Some(End::Failed(Failure { record: error.clone(), error: None })),
        JobState::Cancelled => Some(End::Cancelled),
        JobState::Sent | JobState::Receiving | JobState::Unknown => {
            Some(End::Unknown(Unknown { answered, record, ..Unknown::default() }))
        }
    };
    let status = end.map_or(Status::OnHold, Status::Ended);
    let mut live = LiveJob::new(run.into(), job.into(), sendable, status);
    (live.before, live.generation, live.arrived, live.partials) = (before, generation, arrived, partials);
    Some(live)
}

/// Returns where a job of an earlier session stands that was not sent.
pub(super) fn waiting(is_readable: bool) -> Status {
    match is_readable {
        true => Status::OnHold,
        false => Status::Ended(End::Failed(unreadable(&JobState::Queued))),
    }
}

/// Says of a job that cannot be read what its journal entry still tells.
fn unreadable(state: &JobState) -> Failure {
    let error = JobError::Journal;
    let record = error.record(0);
    let record = match state {
        JobState::Failed { error: before } => {
            let message = format!("{}; it had failed: {}", record.message, before.message);
            FailureRecord { kind: record.kind, message, ..before.clone() }
        }
        JobState::Sent | JobState::Receiving | JobState::Unknown => {
            let message = format!("{}; it was sent, and what became of it is not known", record.message);
            FailureRecord { message, billed: None, ..record }
        }
        _ => record,
    };
    Failure { record, error: Some(Arc::new(error)) }
}

/// Makes a job of one that is off the list, for the sake of its pictures.
pub(super) fn off_the_list(run: Arc<Run>, job: Arc<Job>) -> LiveJob {
    let sendable = sendable_of(&job);
    LiveJob::new(run, job, sendable, Status::Ended(End::Cancelled))
}

/// Makes a job of all that is known of it: a picture of its.
pub(super) fn of_picture(run: Run, picture: &Unsaved) -> LiveJob {
    let recipe = &picture.recipe;
    let job = Job {
        id: recipe.job.clone(),
        run: run.id.clone(),
        position: 0,
        asked: recipe.asked,
        request: recipe.request.clone(),
        context: recipe.context.clone(),
        state: JobState::Cancelled,
    };
    off_the_list(run.into(), job.into())
}
