//! The jobs that are on screen or on the wire, in order of submission.
//!
//! Only data and its keeping: what becomes of a job, `machine.rs` decides, and nobody else sets its status.

use super::super::failure::{Failure, JobError};
use super::super::service::{Elsewhere, InUse, mark_of, waits_for};
use super::input::{JobFilter, Sendable};
use super::status::{End, NotStored, Refused, Status};
use crate::library::{FailureRecord, Job, JobId, JobState, KeyUsage, RecipeContext, Run, RunId};
use crate::plan::Draft;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A job of this session, or one that an earlier session left.
#[derive(Clone, Debug)]
pub(crate) struct LiveJob {
    pub(crate) job: Arc<Job>,
    pub(crate) run: Arc<Run>,
    /// `None`: the journal's text of it cannot be read any more, and it is not sent.
    pub(crate) sendable: Option<Arc<Sendable>>,
    pub(crate) prompt: Arc<str>,
    status: Status,
    /// What the disk would not take, while the job has not ended.
    pub(super) refused: Option<Refused>,
    pub(crate) started: Option<Instant>,
    pub(crate) provider: Option<String>,
    pub(crate) arrived: u32,
    pub(crate) usual: Option<Duration>,
    pub(crate) previews: u64,
    /// On disk, of the picture that is still to come.
    pub(crate) partials: u32,
    /// Of a job whose outcome is not known: what the key had spent before it was sent.
    pub(crate) before: Option<KeyUsage>,
    /// The name under which the service keeps its record; `None`: it gave none.
    pub(crate) generation: Option<String>,
    /// An attempt may have been billed, which no later one takes back.
    pub(super) in_doubt: bool,
}

impl LiveJob {
    pub(crate) fn new(run: Arc<Run>, job: Arc<Job>, sendable: Option<Arc<Sendable>>, status: Status) -> Self {
        let prompt = sendable.as_ref().map_or(run.prompt.as_str(), |sendable| &sendable.request.prompt).into();
        Self {
            job,
            run,
            sendable,
            prompt,
            status,
            refused: None,
            started: None,
            provider: None,
            arrived: 0,
            usual: None,
            previews: 0,
            partials: 0,
            before: None,
            generation: None,
            in_doubt: false,
        }
    }

    /// Returns how an attempt failed, with what earlier ones left open: that one of them may have been billed.
    pub(super) fn doubted(&mut self, mut failure: Failure) -> Failure {
        let billed = &mut failure.record.billed;
        *billed = billed.filter(|billed| *billed || !self.in_doubt);
        self.in_doubt |= billed.is_none();
        failure
    }

    pub(crate) fn status(&self) -> &Status {
        &self.status
    }

    pub(super) fn set_status(&mut self, status: Status) {
        self.status = status;
    }

    pub(super) fn status_mut(&mut self) -> &mut Status {
        &mut self.status
    }

    /// Returns what was received and is not on disk.
    pub(crate) fn refused(&self) -> Option<&Refused> {
        match &self.status {
            Status::Ended(End::NotStored(NotStored { refused, .. })) => Some(refused),
            _ => self.refused.as_ref(),
        }
    }

    pub(super) fn refused_mut(&mut self) -> Option<&mut Refused> {
        match &mut self.status {
            Status::Ended(End::NotStored(NotStored { refused, .. })) => Some(refused),
            _ => self.refused.as_mut(),
        }
    }

    pub(crate) fn has_refused(&self) -> bool {
        self.refused().is_some_and(|refused| !refused.pictures.is_empty())
    }

    /// Returns why it failed, while that is all there is to say of it.
    pub(crate) fn failure(&self) -> Option<&FailureRecord> {
        match self.status.shown() {
            Status::Ended(End::Failed(failure)) => Some(&failure.record),
            _ => None,
        }
    }

    /// Returns what it waits for when that is another service than the one in use; what is on the wire waits for none.
    pub(crate) fn waits_for(&self, now: InUse<'_>) -> Option<Elsewhere<'_>> {
        if self.status.waits() { waits_for(&self.job.context, now) } else { None }
    }

    /// Returns the name of its generation, where it has one and its outcome or bill is not known.
    pub(super) fn generation_to_look_up(&self) -> Option<String> {
        let is_unknown = match &self.status {
            Status::Ended(End::Unknown(unknown)) => unknown.record.is_none(),
            Status::Ended(End::Failed(failure)) => failure.record.billed.is_none() && failure.record.cost.is_none(),
            _ => false,
        };
        self.generation.clone().filter(|_| is_unknown)
    }

    /// Returns how the job ended, as the journal says it; its present state while it has not.
    pub(crate) fn journalled(&self) -> JobState {
        match self.status.shown() {
            Status::Submitted | Status::Queued | Status::OnHold => JobState::Queued,
            Status::Sending | Status::Receiving { .. } | Status::Backoff { .. } | Status::Ending(_) => JobState::Sent,
            Status::Ended(End::Failed(failure)) => JobState::Failed { error: failure.record.clone() },
            Status::Ended(End::Cancelled) => JobState::Cancelled,
            Status::Ended(End::Unknown(_)) => JobState::Unknown,
            Status::Ended(End::NotStored(NotStored { refused, .. })) => {
                // It was sent, and pictures came.
                let record = JobError::Disk(refused.error.clone()).record(self.arrived);
                JobState::Failed { error: FailureRecord { billed: None, ..record } }
            }
        }
    }
}

/// When a job was added: its place on the list.
pub(crate) type Place = u64;

/// The list: what is stored or dismissed leaves it.
#[derive(Debug, Default)]
pub(crate) struct JobList {
    list: BTreeMap<Place, LiveJob>,
    places: HashMap<JobId, Place>,
    next: Place,
    /// Those that may look otherwise than when this was last taken.
    touched: BTreeSet<Place>,
    /// Runs of this session: pictures may arrive after their job has left the list.
    runs: HashMap<RunId, Arc<Run>>,
}

impl JobList {
    pub(super) fn add(&mut self, job: LiveJob) {
        self.runs.insert(job.run.id.clone(), job.run.clone());
        self.places.insert(job.job.id.clone(), self.next);
        self.touched.insert(self.next);
        self.list.insert(self.next, job);
        self.next += 1;
    }

    pub(crate) fn get(&self, id: &JobId) -> Option<&LiveJob> {
        self.list.get(self.places.get(id)?)
    }

    /// Returns a job to be changed: it is shown anew.
    pub(super) fn get_mut(&mut self, id: &JobId) -> Option<&mut LiveJob> {
        let place = self.places.get(id)?;
        self.touched.insert(*place);
        self.list.get_mut(place)
    }

    pub(super) fn remove(&mut self, id: &JobId) -> Option<LiveJob> {
        let place = self.places.remove(id)?;
        self.touched.insert(place);
        self.list.remove(&place)
    }

    /// Takes the places of all jobs that were added, changed or removed since.
    pub(super) fn take_touched(&mut self) -> BTreeSet<Place> {
        std::mem::take(&mut self.touched)
    }

    pub(crate) fn at(&self, place: Place) -> Option<&LiveJob> {
        self.list.get(&place)
    }

    pub(crate) fn places(&self) -> impl Iterator<Item = Place> {
        self.list.keys().copied()
    }

    /// Returns the ids of all jobs that `keep` accepts.
    pub(crate) fn ids(&self, keep: impl Fn(&LiveJob) -> bool) -> Vec<JobId> {
        self.list.values().filter(|live| keep(live)).map(|live| live.job.id.clone()).collect()
    }

    /// Returns the jobs that are meant and have not ended for all that is shown; a single one whatever it is.
    pub(super) fn open_of(&self, filter: &JobFilter) -> Vec<JobId> {
        match filter {
            JobFilter::One(id) => vec![id.clone()],
            JobFilter::OfRun(run) => self.ids(|live| live.run.id == *run && !live.status.has_ended()),
            JobFilter::All => self.ids(|live| !live.status.has_ended()),
        }
    }

    /// Says whether `such` holds of any job.
    pub(crate) fn any(&self, such: impl Fn(&LiveJob) -> bool) -> bool {
        self.list.values().any(such)
    }

    /// Returns how many wait for one click.
    pub(crate) fn held(&self) -> usize {
        self.list.values().filter(|live| matches!(live.status, Status::OnHold)).count()
    }

    /// Returns the jobs whose outcome is not known, with what the key had spent before them.
    pub(crate) fn unknown(&self) -> Vec<(JobId, Option<KeyUsage>)> {
        let unknown = self.list.values().filter(|live| matches!(live.status, Status::Ended(End::Unknown(_))));
        unknown.map(|live| (live.job.id.clone(), live.before.clone())).collect()
    }

    /// Returns the settings that a run was made with, as far as a job on the list knows them.
    pub(crate) fn draft_of(&self, run: &RunId) -> Option<Draft> {
        self.list.values().filter(|live| live.run.id == *run).find_map(|live| live.job.context.draft.clone())
    }

    /// Returns for the service in use what those of these jobs are made for that wait for another one.
    pub(super) fn readdressed(&self, jobs: &[JobId], now: InUse<'_>) -> Vec<(JobId, RecipeContext)> {
        let connection = mark_of(now);
        let waiting = self.list.values().filter(|live| jobs.contains(&live.job.id) && live.waits_for(now).is_some());
        let here = |live: &LiveJob| {
            let (service, connection) = (now.base.to_owned(), connection.clone());
            (live.job.id.clone(), RecipeContext { service, connection, ..live.job.context.clone() })
        };
        waiting.map(here).collect()
    }

    pub(crate) fn run(&self, id: &RunId) -> Option<Arc<Run>> {
        self.runs.get(id).cloned()
    }
}
