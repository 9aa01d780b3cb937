//! The jobs that are on screen or on the wire, in order of submission.

use super::queue::Queue;
use super::snapshot::{Failure, JobView, Phase};
use super::store::Unsaved;
use super::{DiskError, request};
use crate::api::{GenerationRequest, ModelId};
use crate::library::{Job, JobId, JobState, Run, RunId};
use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::task::{AbortHandle, Id};

/// A job of this session, or one that an earlier session left.
#[derive(Debug)]
pub(crate) struct LiveJob {
    pub(crate) job: Arc<Job>,
    pub(crate) run: Arc<Run>,
    /// Without references; `addresses` names them.
    pub(crate) request: GenerationRequest,
    pub(crate) addresses: Vec<String>,
    pub(crate) phase: Phase,
    pub(crate) started: Option<Instant>,
    pub(crate) provider: Option<String>,
    pub(crate) arrived: u32,
    pub(crate) usual: Option<Duration>,
    pub(crate) previews: u64,
    pub(crate) task: Option<AbortHandle>,
    pub(crate) unsaved: Vec<Unsaved>,
}

impl LiveJob {
    pub(crate) fn new(
        run: Arc<Run>,
        job: Job,
        request: GenerationRequest,
        addresses: Vec<String>,
        phase: Phase,
    ) -> Self {
        Self {
            job: Arc::new(job),
            run,
            request,
            addresses,
            phase,
            started: None,
            provider: None,
            arrived: 0,
            usual: None,
            previews: 0,
            task: None,
            unsaved: Vec::new(),
        }
    }
}

/// The list. Small: what is stored or dismissed leaves it.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    list: Vec<LiveJob>,
    /// Runs of this session: pictures may arrive after their job has left the list.
    runs: HashMap<RunId, Arc<Run>>,
}

impl Jobs {
    pub(crate) fn add(&mut self, job: LiveJob) {
        self.runs.insert(job.run.id.clone(), job.run.clone());
        self.list.push(job);
    }

    /// Puts a job of an earlier session back on screen. Waiting ones wait for one click: they cost money.
    pub(crate) fn restore(&mut self, run: Arc<Run>, job: Job) {
        let phase = match &job.state {
            JobState::Queued => Phase::Held,
            JobState::Failed { error } => Phase::Failed(Failure { record: error.clone(), error: None }),
            JobState::Cancelled => Phase::Cancelled,
            JobState::Sent | JobState::Unknown => Phase::Unknown,
            JobState::Received | JobState::Stored => return,
        };
        let Some((request, addresses)) = request::from_record(&job.request) else {
            log::warn!("the journal holds a request that cannot be read: {}", job.id.0);
            return;
        };
        self.add(LiveJob::new(run, job, request, addresses, phase));
    }

    pub(crate) fn get_mut(&mut self, id: &JobId) -> Option<&mut LiveJob> {
        self.list.iter_mut().find(|live| live.job.id == *id)
    }

    pub(crate) fn remove(&mut self, id: &JobId) {
        self.list.retain(|live| live.job.id != *id);
    }

    pub(crate) fn of_task(&self, task: Id) -> Option<JobId> {
        let live = self.list.iter().find(|live| live.task.as_ref().is_some_and(|handle| handle.id() == task));
        live.map(|live| live.job.id.clone())
    }

    pub(crate) fn run(&self, id: &RunId) -> Option<Arc<Run>> {
        self.runs.get(id).cloned()
    }

    /// Returns the ids of all jobs that `keep` accepts.
    pub(crate) fn ids(&self, keep: impl Fn(&LiveJob) -> bool) -> Vec<JobId> {
        self.list.iter().filter(|live| keep(live)).map(|live| live.job.id.clone()).collect()
    }

    pub(crate) fn held(&self) -> usize {
        self.list.iter().filter(|live| matches!(live.phase, Phase::Held)).count()
    }

    pub(crate) fn models_waiting(&self) -> Vec<(JobId, ModelId)> {
        let held = self.list.iter().filter(|live| matches!(live.phase, Phase::Held));
        held.map(|live| (live.job.id.clone(), live.request.model.clone())).collect()
    }

    pub(crate) fn answering(&mut self, id: &JobId, provider: Option<String>) {
        if let Some(live) = self.get_mut(id).filter(|live| live.phase.is_running()) {
            live.phase = Phase::Receiving { note: None };
            live.provider = provider.or(live.provider.take());
        }
    }

    pub(crate) fn note(&mut self, id: &JobId, text: String) {
        if let Some(live) = self.get_mut(id)
            && let Phase::Receiving { note } = &mut live.phase
        {
            *note = Some(text);
        }
    }

    pub(crate) fn previewed(&mut self, id: &JobId) {
        if let Some(live) = self.get_mut(id) {
            live.previews += 1;
        }
    }

    pub(crate) fn arrived(&mut self, id: &JobId) {
        if let Some(live) = self.get_mut(id) {
            live.arrived += 1;
        }
    }

    pub(crate) fn unsaved(&mut self, id: &JobId, error: DiskError, pictures: Vec<Unsaved>) {
        if let Some(live) = self.get_mut(id) {
            live.phase = Phase::Unsaved { error, count: pictures.len() };
            live.unsaved = pictures;
        }
    }

    pub(crate) fn views(&self, queue: &Queue) -> Arc<[JobView]> {
        self.list
            .iter()
            .map(|live| JobView {
                id: live.job.id.clone(),
                run: live.run.clone(),
                position: live.job.position,
                asked: live.job.asked,
                arrived: live.arrived,
                phase: match &live.phase {
                    Phase::Queued { .. } => Phase::Queued { ahead: queue.ahead_of(&live.job.id) },
                    phase => phase.clone(),
                },
                started: live.started,
                provider: live.provider.clone(),
                usual: live.usual,
                previews: live.previews,
            })
            .collect()
    }
}
