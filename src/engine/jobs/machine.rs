//! What becomes of jobs: what happened goes in, with the time, and what is to be done comes out.
//!
//! Pure: no task, no clock, no disk, no channel. Nobody else sets where a job stands. Invariants: a job ends once; nothing
//! of it goes out before the journal has it, after it was cancelled, or to another service than it was made for; after
//! the first byte of an answer nothing is sent again by itself; a picture that the disk would not take stays until it
//! is stored or saved elsewhere.

mod pictures;

use super::super::disk::DiskError;
use super::super::failure::{Failure, JobError};
use super::super::message::{Event, Notice};
use super::super::service::{MadeFor, ServiceInUse, ServiceMark, is_made_for};
use super::input::{CallResult, Effect, Input, NewJob, OpenJob, ReadAgain};
use super::list::{JobList, LiveJob, Place};
use super::restore;
use super::schedule::{After, Queue, Ticket};
use super::status::{End, Ending, Status, Then};
use super::unread::failure_anew;
use crate::api::{AnswerBegun, GenerationRecord, Retry};
use crate::library::{FailureRecord, Job, JobId, JobState, Picture, RecipeContext, Run, RunId};
use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;
use std::time::Instant;

/// All jobs, and which of them goes next.
#[derive(Debug)]
pub(crate) struct Jobs {
    list: JobList,
    queue: Queue,
    service: ServiceInUse,
    /// Jobs in whose place others were put, until the journal has that.
    replaced: HashMap<JobId, LiveJob>,
    /// The journal is being told that these are for another service; none of them goes meanwhile.
    moving: BTreeSet<JobId>,
}

type Effects = Vec<Effect>;

impl Jobs {
    pub(crate) fn new(limit: usize, service: ServiceInUse) -> Self {
        Self {
            list: JobList::default(),
            queue: Queue::new(limit),
            service,
            replaced: HashMap::new(),
            moving: BTreeSet::new(),
        }
    }

    /// Takes what happened; returns what is to be done, in order.
    pub(crate) fn on(&mut self, input: Input, now: Instant) -> Effects {
        let mut out = Vec::new();
        match input {
            Input::Submitted { run, jobs } => self.submitted(run, jobs, &mut out),
            Input::Journalled { run, jobs, usual, written } => {
                out.push(Effect::Tell(Event::RunAdded(run)));
                for id in jobs {
                    if let Some(live) = self.list.get_mut(&id) {
                        live.usual = usual;
                    }
                    self.journalled(&id, written.as_ref().err(), &mut out);
                }
            }
            Input::Answering { job, provider, generation } => self.answering(&job, provider, generation),
            Input::Note { job, text } => {
                if let Some(Status::Receiving { note }) = self.list.get_mut(&job).map(LiveJob::status_mut) {
                    *note = Some(text);
                }
            }
            Input::Previewed(job) => self.list.get_mut(&job).into_iter().for_each(|live| live.previews += 1),
            Input::PartialKept { job, place } => {
                // Unless the picture came before it was written.
                let live = self.list.get_mut(&job).filter(|live| place >= live.arrived);
                live.into_iter().for_each(|live| live.partials += 1);
            }
            Input::PictureStored { run, picture } => self.picture_stored(&run, picture, &mut out),
            Input::PictureNotStored { job, picture, error } => {
                pictures::not_stored(&mut self.list, &job, *picture, error);
            }
            Input::CallEnded(job, result) => self.call_ended(&job, result, now, &mut out),
            Input::EndWritten(job) => drop(self.end_now(&job, &mut out)),
            Input::Cancel(filter) => self.cancel(self.list.open_of(&filter), &mut out),
            Input::Retry { job, new } => self.retry(&job, new, &mut out),
            Input::Replaced { old, new, written } => self.replaced(&old, &new, written.as_ref().err(), &mut out),
            Input::Resume => self.resume(),
            Input::SendHere { jobs, to } => self.send_here(&jobs, &to, &mut out),
            Input::Readdressed { moved, is_written } => self.readdressed(moved, is_written),
            Input::RemoveHeld => {
                let held = self.list.ids(|live| matches!(live.status(), Status::OnHold));
                self.cancel(held.clone(), &mut out);
                self.dismiss(held, &mut out);
            }
            Input::Dismiss(jobs) => self.dismiss(jobs, &mut out),
            Input::SaveAgain(job) => out.extend(pictures::save_again(&mut self.list, &job)),
            Input::SaveAll => {
                let ids = self.list.ids(LiveJob::has_refused);
                out.extend(ids.iter().filter_map(|id| pictures::save_again(&mut self.list, id)));
            }
            Input::Saved { job, run, stored, trouble } => self.saved(&job, &run, stored, trouble, &mut out),
            Input::SavedElsewhere { job, count, folder } => {
                if let Some(Status::Ended(End::NotStored(held))) = self.list.get_mut(&job).map(LiveJob::status_mut) {
                    // Another one may have come meanwhile.
                    held.elsewhere = (held.refused.pictures.len() == count).then_some(folder);
                }
            }
            Input::Restored(open) => open.into_iter().for_each(|open| self.restore(open)),
            Input::LeftUnsaved { run, picture, error } => pictures::left_unsaved(&mut self.list, run, *picture, error),
            Input::Verdict(job, state) => self.verdict(&job, state, &mut out),
            Input::ReadAgain(found) => self.read_again(*found, &mut out),
            Input::Grown(job, growth) => {
                if let Some(Status::Ended(End::Unknown(unknown))) = self.list.get_mut(&job).map(LiveJob::status_mut) {
                    unknown.growth = growth;
                }
            }
            Input::LookUp => {
                let ids = self.list.ids(|live| matches!(live.status(), Status::Ended(_)));
                ids.iter().for_each(|id| self.look_up(id, &mut out));
            }
            Input::LookedUp(job, record) => self.looked_up(&job, *record, &mut out),
            Input::Service(service) => {
                self.service = service;
                // It was the other one that asked to be left alone.
                self.queue.forget_rests();
            }
            Input::SetLimit(limit) => self.queue.set_limit(limit),
            Input::Tick => self.start_waiting(now, &mut out),
        }
        out
    }

    /// Puts jobs on the list at once; they go when they are in the journal.
    fn submitted(&mut self, run: Arc<Run>, jobs: Vec<NewJob>, out: &mut Effects) {
        let rows = jobs.iter().map(|new| new.job.clone()).collect();
        for NewJob { job, sendable } in jobs {
            self.list.add(LiveJob::new(run.clone(), job.into(), Some(sendable), Status::Submitted));
        }
        out.push(Effect::JournalRun { run, jobs: rows });
    }

    /// Lets a job go that is in the journal now, unless it was cancelled meanwhile; what is not there is not sent.
    fn journalled(&mut self, id: &JobId, error: Option<&DiskError>, out: &mut Effects) {
        let Some(live) = self.list.get_mut(id).filter(|live| matches!(live.status(), Status::Submitted)) else {
            return;
        };
        match error {
            None => {
                live.set_status(Status::Queued);
                self.enqueue(id, false);
            }
            Some(error) => self.finish(id, 0, Some(Failure::of(JobError::Disk(error.clone()), 0, None)), out),
        }
    }

    /// Gives a job its place in the line; `anew`: one that it has already, as if it had never been tried.
    fn enqueue(&mut self, id: &JobId, anew: bool) {
        let Some(sendable) = self.list.get(id).and_then(|live| live.sendable.as_ref()) else { return };
        let model = sendable.request.model.clone();
        if anew { self.queue.anew(id.clone(), model) } else { self.queue.add(id.clone(), model) }
    }

    fn start_waiting(&mut self, now: Instant, out: &mut Effects) {
        loop {
            let (list, service, moving) = (&self.list, self.service.as_ref(), &self.moving);
            let is_here = |id: &JobId| list.get(id).is_none_or(|live| live.waits_for(service).is_none());
            let goes = |id: &JobId| !moving.contains(id) && is_here(id);
            let Some(id) = self.queue.next_of(now, goes) else { break };
            let live = self.list.get_mut(&id);
            let ready = live.filter(|live| matches!(live.status(), Status::Queued | Status::Backoff { .. }));
            let Some((live, sendable)) = ready.and_then(|live| live.sendable.clone().map(|sendable| (live, sendable)))
            else {
                self.queue.remove(&id);
                continue;
            };
            live.set_status(Status::Sending);
            live.started.get_or_insert(now);
            out.push(Effect::Start { job: live.job.clone(), sendable });
        }
    }

    fn answering(&mut self, id: &JobId, provider: Option<String>, generation: Option<String>) {
        if let Some(live) = self.list.get_mut(id).filter(|live| live.status().is_on_the_wire()) {
            live.set_status(Status::Receiving { note: None });
            live.provider = provider.or(live.provider.take());
            live.generation = generation;
        }
    }

    fn picture_stored(&mut self, run: &RunId, picture: Box<Picture>, out: &mut Effects) {
        if let Some(live) = self.list.get_mut(&picture.job) {
            live.arrived += 1;
            // They became this picture.
            live.partials = 0;
        }
        if let Some(run) = self.list.run(run) {
            out.push(Effect::Tell(Event::Stored { picture, run }));
        }
    }

    /// Decides what follows the end of a call: another attempt, or the end of its job.
    fn call_ended(&mut self, id: &JobId, result: CallResult, now: Instant, out: &mut Effects) {
        let Some(live) = self.list.get_mut(id).filter(|live| live.status().is_on_the_wire()) else { return };
        let CallResult { arrived, answer, cost, unread, error } = result;
        let failure = error.map(|error| live.doubted(Failure::of(error, arrived, cost).with_unread(unread)));
        if let Some(refused) = live.refused.take() {
            live.set_status(Status::Ended(refused.then(failure.map_or(Then::Stored, Then::Failed))));
            self.queue.remove(id);
            return;
        }
        let answer = if matches!(live.status(), Status::Receiving { .. }) { AnswerBegun::Yes } else { answer };
        let Some(failure) = failure else { return self.end(id, arrived, None, out) };
        let (retry, after) = match failure.error.as_deref() {
            Some(JobError::Api(error)) => (error.retry(answer), error.retry_after()),
            _ => (Retry::Never, None),
        };
        match (self.queue.failed(id, retry, after, now), &failure.error) {
            (After::RetryAt { at, attempt }, Some(reason)) => {
                // Nothing is on the wire now, and nothing was billed: after a crash it waits for one click.
                if failure.record.billed == Some(false) {
                    out.push(Effect::Journal(vec![(id.clone(), JobState::Queued)]));
                }
                if let Some(live) = self.list.get_mut(id) {
                    live.set_status(Status::Backoff { at, attempt, reason: reason.clone() });
                }
            }
            _ => self.end(id, arrived, Some(failure), out),
        }
    }

    /// Ends a job when that is in the journal; until then it keeps its place among the running ones.
    fn end(&mut self, id: &JobId, arrived: u32, failure: Option<Failure>, out: &mut Effects) {
        let Some(live) = self.list.get_mut(id) else { return };
        let generation = live.generation.clone();
        let failure = failure.map(|failure| Failure {
            record: FailureRecord { arrived, generation, ..failure.record },
            error: failure.error,
        });
        let state = match &failure {
            Some(failure) => JobState::Failed { error: failure.record.clone() },
            None => JobState::Stored,
        };
        let was = live.status().clone();
        live.set_status(Status::Ending(Box::new(Ending { was, arrived, failure })));
        out.push(Effect::JournalEnd(id.clone(), state));
    }

    /// Shows the end of a job that has one; says whether it had.
    fn end_now(&mut self, id: &JobId, out: &mut Effects) -> bool {
        let Some(Status::Ending(ending)) = self.list.get(id).map(LiveJob::status) else { return false };
        let Ending { was: _, arrived, failure } = (**ending).clone();
        let has_failed = failure.is_some();
        self.finish(id, arrived, failure, out);
        if has_failed {
            self.look_up(id, out);
        }
        true
    }

    fn finish(&mut self, id: &JobId, arrived: u32, failure: Option<Failure>, out: &mut Effects) {
        self.queue.remove(id);
        let Some(live) = self.list.get_mut(id) else { return };
        let (run, asked) = (live.run.id.clone(), live.job.asked);
        let end = failure.clone().map(End::Failed);
        match (live.refused.take(), end) {
            (Some(refused), end) => {
                let then = end.map_or(Then::Over, |end| Then::Was(Box::new(end)));
                live.set_status(Status::Ended(refused.then(then)));
            }
            (None, Some(end)) => live.set_status(Status::Ended(end)),
            (None, None) => self.remove(id, out),
        }
        out.push(Effect::Tell(Event::Ended { job: id.clone(), run, asked, arrived, failure }));
    }

    fn remove(&mut self, id: &JobId, out: &mut Effects) {
        if self.list.remove(id).is_some() {
            out.push(Effect::Left(id.clone()));
        }
    }

    /// Shows the end at once, then has it written down, of all in one transaction.
    fn cancel(&mut self, ids: Vec<JobId>, out: &mut Effects) {
        let mut cancelled = Vec::new();
        for id in ids {
            // What has ended only is not written yet.
            if self.end_now(&id, out) {
                continue;
            }
            let Some(live) = self.list.get_mut(&id).filter(|live| !live.status().has_ended()) else { continue };
            if live.status().is_on_the_wire() {
                out.push(Effect::Abort(id.clone()));
            }
            let (run, asked, arrived) = (live.run.id.clone(), live.job.asked, live.arrived);
            let was = || Then::Was(Box::new(End::Cancelled));
            let end = live.refused.take().map_or(End::Cancelled, |refused| refused.then(was()));
            live.set_status(Status::Ended(end));
            self.queue.remove(&id);
            out.push(Effect::Tell(Event::Ended { job: id.clone(), run, asked, arrived, failure: None }));
            cancelled.push((id, JobState::Cancelled));
        }
        if !cancelled.is_empty() {
            out.push(Effect::Journal(cancelled));
        }
    }

    /// Sends an ended job's request again as a new job of the same run, in the place of the old one.
    fn retry(&mut self, id: &JobId, new: JobId, out: &mut Effects) {
        if self.list.get(id).is_some_and(|live| live.status().has_ended()) {
            self.end_now(id, out);
        }
        let Some(live) = self.list.get(id) else { return };
        let may = matches!(live.status(), Status::Ended(End::Failed(_) | End::Cancelled | End::Unknown(_)));
        let Some(sendable) = live.sendable.clone().filter(|_| may) else { return };
        let job = Arc::new(Job { id: new.clone(), state: JobState::Queued, ..(*live.job).clone() });
        let (run, ended) = (live.run.clone(), live.journalled());
        let old = self.list.get(id).cloned();
        self.remove(id, out);
        self.list.add(LiveJob::new(run.clone(), job.clone(), Some(sendable), Status::Submitted));
        self.replaced.extend(old.map(|old| (new, old)));
        out.push(Effect::Replace { old: id.clone(), ended, run, job });
    }

    fn replaced(&mut self, old: &JobId, new: &JobId, error: Option<&DiskError>, out: &mut Effects) {
        let before = self.replaced.remove(new);
        if error.is_none() || self.list.get(new).is_some_and(LiveJob::has_refused) {
            self.journalled(new, error, out);
        } else {
            self.remove(new, out);
        }
        // A picture of it that the disk would not take may have brought it back meanwhile.
        if let Some(before) = before.filter(|_| error.is_some() && self.list.get(old).is_none()) {
            self.list.add(before);
        }
    }

    fn resume(&mut self) {
        for id in self.list.ids(|live| matches!(live.status(), Status::OnHold)) {
            if let Some(live) = self.list.get_mut(&id) {
                live.set_status(Status::Queued);
                self.enqueue(&id, false);
            }
        }
    }

    fn send_here(&mut self, jobs: &[JobId], to: &ServiceMark, out: &mut Effects) {
        let now = self.service.as_ref();
        if !is_made_for(MadeFor::of(to), now) {
            // Another one was chosen meanwhile, which nobody has said yes to.
            return;
        }
        let mut moved = self.list.readdressed(jobs, now);
        moved.retain(|(id, _)| self.moving.insert(id.clone()));
        if !moved.is_empty() {
            out.push(Effect::Readdress(moved));
        }
    }

    /// Lets jobs go to the service that they are for now, unless they were cancelled meanwhile.
    fn readdressed(&mut self, moved: Vec<(JobId, RecipeContext)>, is_written: bool) {
        self.queue.reconsider();
        for (id, context) in moved {
            self.moving.remove(&id);
            let live = self.list.get_mut(&id).filter(|live| is_written && live.status().waits());
            let Some(live) = live else { continue };
            live.job = Arc::new(Job { context, ..(*live.job).clone() });
            if !matches!(live.status(), Status::Submitted) {
                live.set_status(Status::Queued);
                self.enqueue(&id, true);
            }
        }
    }

    /// Takes ended jobs off the list, and off the disk's in one transaction.
    fn dismiss(&mut self, ids: Vec<JobId>, out: &mut Effects) {
        let mut dismissed = Vec::new();
        for id in ids {
            if self.list.get(&id).is_some_and(|live| live.status().has_ended()) {
                self.end_now(&id, out);
            }
            // What could not be saved stays until it is saved.
            let ended = |live: &&LiveJob| matches!(live.status(), Status::Ended(_)) && !live.status().would_lose();
            let Some(live) = self.list.get(&id).filter(ended) else { continue };
            dismissed.push((id.clone(), live.journalled()));
            if live.status().is_untold() {
                let (run, asked, arrived) = (live.run.id.clone(), live.job.asked, live.arrived);
                out.push(Effect::Tell(Event::Ended { job: id.clone(), run, asked, arrived, failure: None }));
            }
            self.remove(&id, out);
        }
        if !dismissed.is_empty() {
            out.push(Effect::Dismiss(dismissed));
        }
    }

    /// Lets go of pictures that are stored now, and ends the job when that is all.
    fn saved(&mut self, id: &JobId, run: &RunId, stored: Vec<Picture>, trouble: Option<DiskError>, out: &mut Effects) {
        let safe = stored.iter().map(|picture| picture.id.clone()).collect();
        stored.into_iter().for_each(|picture| self.picture_stored(run, picture.into(), out));
        let Some(live) = self.list.get_mut(id) else { return };
        let arrived = live.arrived;
        match pictures::saved(live, &safe, trouble) {
            None => {}
            Some(Then::Stored) => self.end(id, arrived, None, out),
            Some(Then::Failed(failure)) => self.end(id, arrived, Some(failure), out),
            Some(Then::Was(end)) => live.set_status(Status::Ended(*end)),
            Some(Then::Over) => self.remove(id, out),
            Some(Then::Ask(_)) => out.push(Effect::Conclude(live.job.clone())),
        }
    }

    /// Ends a job of an earlier session whose pictures could be brought in after all.
    fn verdict(&mut self, id: &JobId, state: JobState, out: &mut Effects) {
        let Some(live) = self.list.get_mut(id) else { return };
        let Some(unknown) = pictures::asked_about(live) else { return };
        let arrived = live.arrived;
        match state {
            JobState::Stored => self.finish(id, arrived, None, out),
            JobState::Failed { error } => self.finish(id, arrived, Some(Failure { record: error, error: None }), out),
            JobState::Queued => live.set_status(restore::waiting(live.sendable.is_some())),
            JobState::Cancelled => live.set_status(Status::Ended(End::Cancelled)),
            _ => {
                live.set_status(Status::Ended(End::Unknown(unknown)));
                out.push(Effect::WeighUnknown);
            }
        }
    }

    /// Puts a job of an earlier session back on screen.
    fn restore(&mut self, open: OpenJob) {
        if self.list.get(&open.job.id).is_none() {
            restore::job_of(open).into_iter().for_each(|live| self.list.add(live));
        }
    }

    /// Ends a failed job anew with what was found in its answer: as stored, for which it leaves the list, or as failed.
    fn read_again(&mut self, found: ReadAgain, out: &mut Effects) {
        let ReadAgain { job: id, run, stored, reason } = found;
        if stored == 0 {
            let reason = reason.unwrap_or_else(|| "it holds none".to_owned());
            return out.push(Effect::Tell(Event::Notice(Notice::StillUnread { reason })));
        }
        let Some(live) = self.list.get(&id).filter(|live| live.run.id == run) else { return };
        let Status::Ended(End::Failed(before)) = live.status() else { return };
        let (asked, arrived, ended) = (live.job.asked, live.arrived, live.journalled());
        if arrived >= asked {
            out.push(Effect::Dismiss(vec![(id.clone(), ended)]));
            return self.finish(&id, arrived, None, out);
        }
        let failure = failure_anew(before.record.clone(), asked, arrived, reason);
        out.push(Effect::JournalFailure(id.clone(), failure.record.clone()));
        self.finish(&id, arrived, Some(failure), out);
    }

    /// Has the service asked about a job whose outcome or bill is not known, where it gave its generation a name.
    fn look_up(&self, id: &JobId, out: &mut Effects) {
        let takes = |live: &&LiveJob| self.service.takes(&live.job.context);
        let asked = self.list.get(id).filter(takes).and_then(LiveJob::generation_to_look_up);
        out.extend(asked.map(|generation| Effect::LookUp { job: id.clone(), generation }));
    }

    /// Fills the card of a job with what the service remembers of it.
    fn looked_up(&mut self, id: &JobId, record: GenerationRecord, out: &mut Effects) {
        let Some(Status::Ended(end)) = self.list.get_mut(id).map(LiveJob::status_mut) else { return };
        match end {
            End::Unknown(unknown) => {
                unknown.record = Some(record.clone());
                out.push(Effect::JournalRecord(id.clone(), record));
            }
            End::Failed(failure) if failure.record.cost.is_none() => {
                failure.record.billed = record.is_billed().or(failure.record.billed);
                failure.record.cost = record.cost;
                out.push(Effect::JournalFailure(id.clone(), failure.record.clone()));
            }
            _ => {}
        }
    }

    pub(crate) fn list(&self) -> &JobList {
        &self.list
    }

    /// Takes the places of all jobs that were added, changed or removed since.
    pub(crate) fn take_touched(&mut self) -> BTreeSet<Place> {
        self.list.take_touched()
    }

    pub(crate) fn queue(&self) -> &Queue {
        &self.queue
    }

    /// Returns the tickets of all that wait, in order; the same ones until somebody comes or goes.
    pub(crate) fn line(&mut self) -> Arc<[Ticket]> {
        self.queue.line()
    }
}

#[cfg(test)]
mod tests;
