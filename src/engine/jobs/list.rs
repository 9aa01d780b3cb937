//! The jobs that are on screen or on the wire, in order of submission.

use super::super::failure::Failure;
use super::super::service::{Asking, Elsewhere, InUse, waits_for};
use super::super::{DiskError, JobError, request};
use super::save::Unsaved;
use super::view::{Phase, Unknown};
use crate::api::{GenerationRequest, ModelId};
use crate::library::{FailureRecord, InFlight, Job, JobId, JobState, KeyUsage, RecipeContext, Run, RunId};
use crate::plan::Draft;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::{Duration, Instant};
use tokio::task::{AbortHandle, Id};

/// A job of this session, or one that an earlier session left.
#[derive(Debug)]
pub(crate) struct LiveJob {
    pub(crate) job: Arc<Job>,
    pub(crate) run: Arc<Run>,
    /// Without references; `addresses` names them.
    pub(crate) request: GenerationRequest,
    pub(crate) prompt: Arc<str>,
    pub(crate) addresses: Vec<String>,
    pub(crate) phase: Phase,
    pub(crate) started: Option<Instant>,
    pub(crate) provider: Option<String>,
    pub(crate) arrived: u32,
    pub(crate) usual: Option<Duration>,
    pub(crate) previews: u64,
    /// On disk, of the picture that is still to come.
    pub(crate) partials: u32,
    pub(crate) task: Option<AbortHandle>,
    /// Whether its request has begun to go out.
    pub(crate) on_the_wire: Arc<AtomicBool>,
    pub(crate) unsaved: Vec<Unsaved>,
    /// What is left to say when all that is unsaved has been saved; `None`: the job is done.
    pub(crate) rest: Option<Rest>,
    /// How it ends, while that is being written to the journal.
    pub(crate) ending: Option<Ending>,
    /// What is unsaved is being stored again.
    pub(crate) is_saving: bool,
    /// Why the disk would not take it, while the call goes on.
    pub(crate) trouble: Option<DiskError>,
    /// Of a job whose outcome is not known: what the key had spent before it was sent.
    pub(crate) before: Option<KeyUsage>,
    /// The name under which the service keeps its record; `None`: it gave none.
    pub(crate) generation: Option<String>,
    /// The service was or is being asked what became of it; that ends with the job.
    pub(crate) asking: Option<Asking>,
}

/// The end of a call.
#[derive(Debug)]
pub(crate) struct Ending {
    pub(crate) arrived: u32,
    pub(crate) failure: Option<Failure>,
}

/// What a job ends in beside its pictures.
#[derive(Clone, Debug)]
pub(crate) enum Rest {
    Failed(Failure),
    Cancelled,
    /// An earlier session left it: the journal says what became of it. With what is known should that be nothing.
    Earlier(Unknown),
}

/// A job that an earlier session left, with what the library knows of it.
pub(crate) struct OpenJob {
    pub(crate) run: Run,
    pub(crate) job: Job,
    /// What was known when it was sent.
    pub(crate) sending: Option<InFlight>,
    /// Its pictures that are stored.
    pub(crate) arrived: u32,
    /// On disk, of pictures that did not come.
    pub(crate) partials: u32,
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
            prompt: request.prompt.as_str().into(),
            request,
            addresses,
            phase,
            started: None,
            provider: None,
            arrived: 0,
            usual: None,
            previews: 0,
            partials: 0,
            task: None,
            on_the_wire: Arc::default(),
            unsaved: Vec::new(),
            rest: None,
            ending: None,
            is_saving: false,
            trouble: None,
            before: None,
            generation: None,
            asking: None,
        }
    }

    /// Says whether taking the job off the list would lose pictures.
    pub(crate) fn would_lose(&self) -> bool {
        !self.unsaved.is_empty() && !matches!(self.phase, Phase::Unsaved { elsewhere: Some(_), .. })
    }

    /// Returns what it waits for when that is another service than the one in use; what is on the wire waits for none.
    pub(crate) fn waits_for(&self, now: InUse<'_>) -> Option<Elsewhere<'_>> {
        match self.phase {
            Phase::Queued { .. } | Phase::Held | Phase::Retrying { .. } => waits_for(&self.job.context, now),
            _ => None,
        }
    }

    /// Returns how the job ended, as the journal says it; its present state while it has not.
    pub(crate) fn journalled(&self) -> JobState {
        match &self.phase {
            Phase::Failed(failure) => JobState::Failed { error: failure.record.clone() },
            Phase::Cancelled => JobState::Cancelled,
            Phase::Unknown(_) => JobState::Unknown,
            Phase::Unsaved { error, .. } => {
                // It was sent, and pictures came.
                let record = JobError::Disk(error.clone()).record(self.arrived);
                JobState::Failed { error: FailureRecord { billed: None, ..record } }
            }
            Phase::Queued { .. } | Phase::Held | Phase::Elsewhere { .. } => JobState::Queued,
            Phase::Sending | Phase::Receiving { .. } | Phase::Retrying { .. } => JobState::Sent,
        }
    }
}

/// When a job was added: its place on the list.
pub(crate) type Place = u64;

/// The list: what is stored or dismissed leaves it.
#[derive(Debug, Default)]
pub(crate) struct Jobs {
    list: BTreeMap<Place, LiveJob>,
    places: HashMap<JobId, Place>,
    next: Place,
    /// Those that may look otherwise than when this was last taken.
    touched: BTreeSet<Place>,
    /// Runs of this session: pictures may arrive after their job has left the list.
    runs: HashMap<RunId, Arc<Run>>,
}

impl Jobs {
    pub(crate) fn add(&mut self, job: LiveJob) {
        self.runs.insert(job.run.id.clone(), job.run.clone());
        self.places.insert(job.job.id.clone(), self.next);
        self.touched.insert(self.next);
        self.list.insert(self.next, job);
        self.next += 1;
    }

    /// Puts a job of an earlier session back on screen. Waiting ones wait for one click: they cost money.
    pub(crate) fn restore(&mut self, open: OpenJob) {
        let OpenJob { run, job, sending, arrived, partials } = open;
        let InFlight { answered, before, generation, record } = sending.unwrap_or_default();
        if self.places.contains_key(&job.id) {
            return;
        }
        let failed_as = |state: &JobState| match state {
            JobState::Failed { error } => error.generation.clone(),
            _ => None,
        };
        let generation = generation.or_else(|| failed_as(&job.state));
        let phase = match &job.state {
            JobState::Queued => Phase::Held,
            JobState::Failed { error } => Phase::Failed(Failure { record: error.clone(), error: None }),
            JobState::Cancelled => Phase::Cancelled,
            JobState::Sent | JobState::Receiving | JobState::Unknown => {
                Phase::Unknown(Unknown { answered, record, ..Unknown::default() })
            }
            JobState::Received | JobState::Stored => return,
        };
        let Some((request, addresses)) = request::from_record(&job.request) else {
            log::warn!("the journal holds a request that cannot be read: {}", job.id.0);
            return;
        };
        let live = LiveJob::new(run.into(), job, request, addresses, phase);
        self.add(LiveJob { before, generation, arrived, partials, ..live });
    }

    pub(crate) fn get(&self, id: &JobId) -> Option<&LiveJob> {
        self.list.get(self.places.get(id)?)
    }

    /// Returns a job to be changed: it is shown anew.
    pub(crate) fn get_mut(&mut self, id: &JobId) -> Option<&mut LiveJob> {
        let place = self.places.get(id)?;
        self.touched.insert(*place);
        self.list.get_mut(place)
    }

    pub(crate) fn remove(&mut self, id: &JobId) -> Option<LiveJob> {
        let place = self.places.remove(id)?;
        self.touched.insert(place);
        self.list.remove(&place)
    }

    /// Takes the places of all jobs that were added, changed or removed since.
    pub(crate) fn take_touched(&mut self) -> BTreeSet<Place> {
        std::mem::take(&mut self.touched)
    }

    pub(crate) fn at(&self, place: Place) -> Option<&LiveJob> {
        self.list.get(&place)
    }

    pub(crate) fn places(&self) -> impl Iterator<Item = Place> {
        self.list.keys().copied()
    }

    pub(crate) fn of_task(&self, task: Id) -> Option<JobId> {
        let live = self.list.values().find(|live| live.task.as_ref().is_some_and(|handle| handle.id() == task));
        live.map(|live| live.job.id.clone())
    }

    pub(crate) fn run(&self, id: &RunId) -> Option<Arc<Run>> {
        self.runs.get(id).cloned()
    }

    /// Returns the settings that a run was made with, as far as a job on the list knows them.
    pub(crate) fn draft_of(&self, run: &RunId) -> Option<Draft> {
        self.list.values().filter(|live| live.run.id == *run).find_map(|live| live.job.context.draft.clone())
    }

    /// Returns the ids of all jobs that `keep` accepts.
    pub(crate) fn ids(&self, keep: impl Fn(&LiveJob) -> bool) -> Vec<JobId> {
        self.list.values().filter(|live| keep(live)).map(|live| live.job.id.clone()).collect()
    }

    /// Says whether any job is in such a phase.
    pub(crate) fn any(&self, such: impl Fn(&Phase) -> bool) -> bool {
        self.list.values().any(|live| such(&live.phase))
    }

    pub(crate) fn held(&self) -> usize {
        self.list.values().filter(|live| matches!(live.phase, Phase::Held)).count()
    }

    /// Returns the jobs whose outcome is not known, with what the key had spent before them.
    pub(crate) fn unknown(&self) -> Vec<(JobId, Option<KeyUsage>)> {
        let unknown = self.list.values().filter(|live| matches!(live.phase, Phase::Unknown(_)));
        unknown.map(|live| (live.job.id.clone(), live.before.clone())).collect()
    }

    pub(crate) fn models_waiting(&self) -> Vec<(JobId, ModelId)> {
        let held = self.list.values().filter(|live| matches!(live.phase, Phase::Held));
        held.map(|live| (live.job.id.clone(), live.request.model.clone())).collect()
    }

    pub(crate) fn answering(&mut self, id: &JobId, provider: Option<String>, generation: Option<String>) {
        if let Some(live) = self.get_mut(id).filter(|live| live.phase.is_running()) {
            live.phase = Phase::Receiving { note: None };
            live.provider = provider.or(live.provider.take());
            live.generation = generation;
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

    /// Counts a partial of the picture at this place (from 0), unless that came before it was written.
    pub(crate) fn partial_kept(&mut self, id: &JobId, place: u32) {
        if let Some(live) = self.get_mut(id).filter(|live| place >= live.arrived) {
            live.partials += 1;
        }
    }

    pub(crate) fn arrived(&mut self, id: &JobId) {
        if let Some(live) = self.get_mut(id) {
            live.arrived += 1;
            // They became this picture.
            live.partials = 0;
        }
    }

    /// Keeps a picture that the disk would not take. Its job may be cancelled, or even off the list, by now.
    pub(crate) fn not_stored(&mut self, job: &Job, picture: Unsaved, error: DiskError) {
        if self.get_mut(&job.id).is_none() {
            let found = self.run(&job.run).zip(request::from_record(&job.request));
            let Some((run, (request, addresses))) = found else {
                return log::error!("a picture of job {} is lost: {error}", job.id.0);
            };
            self.add(LiveJob::new(run, job.clone(), request, addresses, Phase::Cancelled));
        }
        let Some(live) = self.get_mut(&job.id) else { return };
        live.unsaved.push(picture);
        if live.phase.is_ended() {
            if matches!(live.phase, Phase::Cancelled) {
                live.rest = Some(Rest::Cancelled);
            }
            live.phase = Phase::Unsaved { error, count: live.unsaved.len(), elsewhere: None };
        } else {
            live.trouble = Some(error);
        }
    }

    /// Shows a picture that an earlier session received and that still cannot be brought in.
    pub(crate) fn left_unsaved(&mut self, run: Option<Run>, picture: Unsaved, error: DiskError) {
        let recipe = &picture.recipe;
        let id = recipe.job.clone();
        if self.get_mut(&id).is_none() {
            // Off the list, or never on it: the picture itself tells enough.
            let Some((run, (request, addresses))) = run.zip(request::from_record(&recipe.request)) else {
                return log::warn!("a picture waits in incoming: {}: {error}", recipe.id.0);
            };
            let job = Job {
                id: id.clone(),
                run: run.id.clone(),
                position: 0,
                asked: recipe.asked,
                request: recipe.request.clone(),
                context: recipe.context.clone(),
                state: JobState::Cancelled,
            };
            self.add(LiveJob::new(Arc::new(run), job, request, addresses, Phase::Cancelled));
        }
        let Some(live) = self.get_mut(&id) else { return };
        match &live.phase {
            Phase::Unsaved { .. } => {}
            Phase::Cancelled => live.rest = Some(Rest::Cancelled),
            Phase::Unknown(unknown) => live.rest = Some(Rest::Earlier(unknown.clone())),
            _ => live.rest = Some(Rest::Earlier(Unknown::default())),
        }
        live.unsaved.push(picture);
        live.phase = Phase::Unsaved { error, count: live.unsaved.len(), elsewhere: None };
    }

    pub(crate) fn has_unsaved(&self, id: &JobId) -> bool {
        self.get(id).is_some_and(|live| !live.unsaved.is_empty())
    }

    /// The call is over, but not all that it brought is on disk.
    pub(crate) fn wait_for_saving(&mut self, id: &JobId, failure: Option<Failure>) {
        let Some(live) = self.get_mut(id) else { return };
        let Some(trouble) = live.trouble.take() else { return };
        live.rest = failure.map(Rest::Failed);
        live.phase = Phase::Unsaved { error: trouble, count: live.unsaved.len(), elsewhere: None };
    }

    /// Returns what a job knows of what it was made for.
    pub(crate) fn context(&self, id: &JobId) -> Option<&RecipeContext> {
        self.get(id).map(|live| &live.job.context)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_partial_that_is_written_after_its_picture_is_none_of_the_next_one() {
        let run = Run {
            id: RunId::new(),
            created_ms: 0,
            model: ModelId::new("a/b"),
            model_name: String::new(),
            prompt: String::new(),
            settings: String::new(),
            asked: 2,
            aspect: None,
        };
        let job = Job {
            id: JobId::new(),
            run: run.id.clone(),
            position: 0,
            asked: 2,
            request: serde_json::json!({ "model": "a/b", "prompt": "" }),
            context: crate::library::RecipeContext::default(),
            state: JobState::Sent,
        };
        let id = job.id.clone();
        let (request, _) = request::from_record(&job.request).unwrap();
        let mut jobs = Jobs::default();
        jobs.add(LiveJob::new(run.into(), job, request, Vec::new(), Phase::Sending));
        let mut kept = |place, arrived: bool| {
            if arrived {
                jobs.arrived(&id);
            }
            jobs.partial_kept(&id, place);
            jobs.get_mut(&id).map(|live| live.partials)
        };
        assert_eq!([kept(0, false), kept(0, true), kept(1, false)], [Some(1), Some(0), Some(1)]);
    }
}
