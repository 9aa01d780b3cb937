//! What holds of the machine whatever happens, in whatever order, in no time: against a library, a wire and an artist
//! that are a few lists.
//!
//! The library does one thing after the other, and may refuse any of them; a call is over only when it was begun and
//! not aborted. Everything else is at random.

mod steps;

use super::super::input::JobFilter;
use super::super::save::Unsaved;
use super::super::status::NotStored;
use super::*;
use crate::api::{self, Refusal};
use crate::engine::service::ServiceKind;
use crate::library::{PictureId, Recipe};
use proptest::prelude::*;
use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

/// What the library is asked for, in order.
enum Op {
    Run {
        run: Arc<Run>,
        jobs: Vec<JobId>,
    },
    Replace {
        old: JobId,
        ended: JobState,
        new: JobId,
    },
    Readdress(Vec<(JobId, RecipeContext)>),
    States(Vec<(JobId, JobState)>),
    End(JobId, JobState),
    Dismiss(Vec<(JobId, JobState)>),
    Conclude(JobId),
    /// What a call notes of itself.
    Sent(JobId),
    Receiving(JobId),
}

/// A call that was begun and is not over.
#[derive(Default)]
struct OnWire {
    is_sent: bool,
    stored: u32,
}

struct World {
    jobs: Jobs,
    now: Instant,
    limit: usize,
    base: String,
    /// Every job there ever was, with where it was made for.
    known: Vec<(Arc<Job>, Arc<Run>)>,
    bases: BTreeMap<JobId, String>,
    library: VecDeque<Op>,
    journal: BTreeMap<JobId, JobState>,
    /// The machine was told that the journal has them.
    journalled: BTreeSet<JobId>,
    wire: BTreeMap<JobId, OnWire>,
    answered: BTreeSet<JobId>,
    cancelled: BTreeSet<JobId>,
    started: BTreeSet<JobId>,
    ends: BTreeMap<JobId, u32>,
    /// Ends that may be told, where more than one.
    may_end: BTreeMap<JobId, u32>,
    /// Pictures that the disk would not take, and those of them that are elsewhere.
    unsaved: BTreeMap<PictureId, JobId>,
    elsewhere: BTreeSet<PictureId>,
    saving: VecDeque<(JobId, RunId, Vec<Unsaved>)>,
}

/// A picture as the library has it once it is stored.
fn picture_of(recipe: &Recipe) -> Picture {
    Picture {
        id: recipe.id.clone(),
        number: 0,
        run: recipe.run.clone(),
        job: recipe.job.clone(),
        position: 0,
        file: String::new(),
        hash: String::new(),
        format: crate::picture::Format::Png,
        size: None,
        bytes: 0,
        created_ms: 0,
        cost: None,
        elapsed_ms: 0,
        provider: None,
        trashed_ms: None,
        seed: None,
        has_references: false,
        prompt: None,
        flaw: None,
        marks: Default::default(),
    }
}

fn refused() -> DiskError {
    DiskError::Interrupted
}

fn service(base: &str) -> ServiceInUse {
    ServiceInUse { kind: ServiceKind::Custom, base: base.to_owned(), connection: None }
}

const BASES: [&str; 2] = ["http://one/api/v1", "http://two/api/v1"];

impl World {
    fn new() -> Self {
        Self {
            jobs: Jobs::new(2, service(BASES[0])),
            now: Instant::now(),
            limit: 2,
            base: BASES[0].to_owned(),
            known: Vec::new(),
            bases: BTreeMap::new(),
            library: VecDeque::new(),
            journal: BTreeMap::new(),
            journalled: BTreeSet::new(),
            wire: BTreeMap::new(),
            answered: BTreeSet::new(),
            cancelled: BTreeSet::new(),
            started: BTreeSet::new(),
            ends: BTreeMap::new(),
            may_end: BTreeMap::new(),
            unsaved: BTreeMap::new(),
            elsewhere: BTreeSet::new(),
            saving: VecDeque::new(),
        }
    }

    fn job(&mut self, base: &str, state: JobState, readable: bool) -> (Arc<Run>, Job) {
        let run = crate::engine::tests::run(2);
        let text = serde_json::json!({ "model": format!("a/m{}", self.known.len() % 3), "prompt": "a fox" });
        let request = if readable { text } else { "torn".into() };
        let context = RecipeContext { service: base.to_owned(), ..RecipeContext::default() };
        let (id, position, asked) = (JobId::new(), 0, 2);
        let job = Job { id, run: run.id.clone(), position, asked, request, context, state };
        let run = Arc::new(run);
        self.known.push((job.clone().into(), run.clone()));
        self.bases.insert(job.id.clone(), base.to_owned());
        (run, job)
    }

    fn pick(&self, pick: u8) -> Option<(Arc<Job>, Arc<Run>)> {
        self.known.get(usize::from(pick) % self.known.len().max(1)).cloned()
    }

    /// A call that is on the wire, and has been sent.
    fn on_wire(&self, pick: u8) -> Option<JobId> {
        let sent: Vec<&JobId> = self.wire.iter().filter(|(_, call)| call.is_sent).map(|(id, _)| id).collect();
        sent.get(usize::from(pick) % sent.len().max(1)).map(|id| (*id).clone())
    }

    fn picture(&self, id: &JobId) -> Unsaved {
        let job = &self.known.iter().find(|(job, _)| job.id == *id).unwrap().0;
        Unsaved { recipe: Recipe::of(job), bytes: Arc::new([]) }
    }

    fn not_stored(&mut self, id: &JobId) {
        let picture = self.picture(id);
        let job = self.known.iter().find(|(job, _)| job.id == *id).unwrap().0.clone();
        self.unsaved.insert(picture.recipe.id.clone(), id.clone());
        self.tell(Input::PictureNotStored { job, picture: Box::new(picture), error: refused() });
    }

    fn stored(&mut self, id: &JobId) {
        let (job, run) = self.known.iter().find(|(job, _)| job.id == *id).unwrap().clone();
        let picture = Box::new(picture_of(&Recipe::of(&job)));
        self.tell(Input::PictureStored { run: run.id.clone(), picture });
    }

    fn tell(&mut self, input: Input) {
        for effect in self.jobs.on(input, self.now) {
            self.carry_out(effect);
        }
        self.check();
    }

    /// Takes what the machine wants done, and looks whether it may.
    fn carry_out(&mut self, effect: Effect) {
        match effect {
            Effect::JournalRun { run, jobs } => {
                let jobs = jobs.into_iter().map(|job| job.id).collect();
                self.library.push_back(Op::Run { run, jobs });
            }
            Effect::Replace { old, ended, run, job } => {
                self.bases.insert(job.id.clone(), job.context.service.clone());
                self.known.push((job.clone(), run));
                self.library.push_back(Op::Replace { old, ended, new: job.id.clone() });
            }
            Effect::Readdress(moved) => self.library.push_back(Op::Readdress(moved)),
            Effect::Journal(states) => self.library.push_back(Op::States(states)),
            Effect::JournalEnd(job, state) => self.library.push_back(Op::End(job, state)),
            Effect::Dismiss(jobs) => self.library.push_back(Op::Dismiss(jobs)),
            Effect::Conclude(job) => self.library.push_back(Op::Conclude(job.id.clone())),
            Effect::Start { job, .. } => {
                let id = job.id.clone();
                assert!(self.journalled.contains(&id), "started before the journal has it");
                assert!(!self.cancelled.contains(&id), "started after it was cancelled");
                assert!(!self.answered.contains(&id), "repeated after its answer had begun");
                assert_eq!(self.bases[&id], self.base, "sent to another service");
                assert!(self.wire.insert(id.clone(), OnWire::default()).is_none(), "started twice");
                assert!(self.wire.len() <= self.limit, "more than the limit");
                self.started.insert(id.clone());
                self.library.push_back(Op::Sent(id));
            }
            Effect::Abort(job) => drop(self.wire.remove(&job)),
            Effect::Save { job, run, pictures } => self.saving.push_back((job, run, pictures)),
            Effect::Tell(Event::Ended { job, .. }) => {
                let ends = self.ends.entry(job.clone()).or_default();
                *ends += 1;
                assert!(*ends <= 1 + self.may_end.get(&job).copied().unwrap_or(0), "ended twice");
            }
            Effect::Tell(_)
            | Effect::JournalFailure(..)
            | Effect::JournalRecord(..)
            | Effect::LookUp { .. }
            | Effect::WeighUnknown
            | Effect::Left(_) => {}
        }
    }

    /// What holds after everything that happens.
    fn check(&self) {
        let list = self.jobs.list();
        for (picture, job) in self.unsaved.iter().filter(|(picture, _)| !self.elsewhere.contains(picture)) {
            let refused = list.get(job).and_then(LiveJob::refused).map(|refused| &refused.pictures);
            let is_there = refused.into_iter().flatten().any(|unsaved| unsaved.recipe.id == *picture);
            assert!(is_there, "a picture that is on no disk has left");
        }
        for id in list.ids(|_| true) {
            let live = list.get(&id).unwrap();
            let waits = self.jobs.queue().ticket(&id).is_some();
            let may_wait = matches!(live.status(), Status::Queued | Status::Backoff { .. });
            assert_eq!(waits, may_wait, "in the line and {:?}", live.status());
            let has_empty = live.refused().is_some_and(|refused| refused.pictures.is_empty());
            let asks = matches!(live.status(), Status::Ended(End::NotStored(NotStored { then: Then::Ask(_), .. })));
            assert!(!has_empty || asks, "nothing is unsaved of {:?}", live.status());
        }
    }

    /// The library does the next thing that it was asked for, or refuses it.
    fn work(&mut self, refuses: bool, verdict: u8) {
        let Some(op) = self.library.pop_front() else { return };
        match op {
            Op::Run { run, jobs } => {
                if !refuses {
                    self.journal.extend(jobs.iter().map(|id| (id.clone(), JobState::Queued)));
                    self.journalled.extend(jobs.iter().cloned());
                }
                let written = if refuses { Err(refused()) } else { Ok(()) };
                self.tell(Input::Journalled { run, jobs, usual: None, written });
            }
            Op::Replace { old, ended, new } => {
                if !refuses {
                    self.step(&old, &ended, true);
                    self.journal.insert(new.clone(), JobState::Queued);
                    self.journalled.insert(new.clone());
                }
                let written = if refuses { Err(refused()) } else { Ok(()) };
                self.tell(Input::Replaced { old, new, written });
            }
            Op::Readdress(moved) => {
                for (id, context) in moved.iter().filter(|_| !refuses) {
                    self.bases.insert(id.clone(), context.service.clone());
                }
                self.tell(Input::Readdressed { moved, is_written: !refuses });
            }
            Op::States(states) if !refuses => states.iter().for_each(|(id, state)| self.step(id, state, false)),
            Op::End(id, state) => {
                if !refuses {
                    if state == JobState::Stored {
                        self.step(&id, &JobState::Received, false);
                    }
                    self.step(&id, &state, false);
                }
                self.tell(Input::EndWritten(id));
            }
            Op::Dismiss(jobs) if !refuses => jobs.iter().for_each(|(id, ended)| self.step(id, ended, true)),
            Op::Conclude(id) => {
                let error = FailureRecord::default();
                let states = [JobState::Stored, JobState::Failed { error }, JobState::Unknown];
                let now = self.journal.get_mut(&id);
                let state = match now {
                    Some(now @ (JobState::Sent | JobState::Receiving)) => {
                        *now = states[usize::from(verdict) % 3].clone();
                        now.clone()
                    }
                    Some(now) => now.clone(),
                    None => JobState::Stored,
                };
                self.tell(Input::Verdict(id, state));
            }
            Op::Sent(id) if self.wire.contains_key(&id) => {
                if refuses {
                    self.over(&id, Some(JobError::Disk(refused())), AnswerBegun::No);
                } else {
                    self.step(&id, &JobState::Sent, false);
                    self.wire.get_mut(&id).unwrap().is_sent = true;
                }
            }
            // The library may refuse it when the call was aborted meanwhile: nobody hears of that.
            Op::Receiving(id) if self.wire.contains_key(&id) && !refuses => self.step(&id, &JobState::Receiving, false),
            Op::Sent(_) | Op::Receiving(_) | Op::States(_) | Op::Dismiss(_) => {}
        }
    }

    /// Takes a job to its next state in the journal. `dismisses`: how it ended is only written where that is not known.
    fn step(&mut self, id: &JobId, state: &JobState, dismisses: bool) {
        let Some(now) = self.journal.get_mut(id) else { return };
        if dismisses && now.is_terminal() {
            return;
        }
        assert!(now.may_become(state), "{} may not become {}", now.word(), state.word());
        *now = state.clone();
    }

    fn over(&mut self, id: &JobId, error: Option<JobError>, answer: AnswerBegun) {
        let Some(call) = self.wire.remove(id) else { return };
        let result = CallResult { arrived: call.stored, answer, cost: None, unread: None, error };
        self.tell(Input::CallEnded(id.clone(), result));
    }

    fn cancel(&mut self, filter: JobFilter) {
        let open = self.jobs.list().open_of(&filter);
        let open =
            open.into_iter().filter(|id| self.jobs.list().get(id).is_some_and(|live| !live.status().has_ended()));
        self.cancelled.extend(open);
        self.tell(Input::Cancel(filter));
    }

    fn save_next(&mut self, refuses: bool) {
        let Some((job, run, pictures)) = self.saving.pop_front() else { return };
        let mut stored = Vec::new();
        for (place, picture) in pictures.iter().enumerate() {
            if !refuses || place % 2 == 0 && pictures.len() > 1 {
                self.unsaved.remove(&picture.recipe.id);
                stored.push(picture_of(&picture.recipe));
            }
        }
        let trouble = (stored.len() < pictures.len()).then(refused);
        self.tell(Input::Saved { job, run, stored, trouble });
    }

    /// Lets everything come to its end, and looks whether all have one.
    fn come_to_rest(&mut self) {
        while !self.library.is_empty() || !self.wire.is_empty() || !self.saving.is_empty() {
            while !self.library.is_empty() {
                self.work(false, 0);
            }
            self.save_next(false);
            let calls: Vec<JobId> = self.wire.keys().cloned().collect();
            calls.iter().for_each(|id| self.over(id, None, AnswerBegun::Yes));
        }
        let list = self.jobs.list();
        for id in &self.started {
            let told = self.ends.get(id).copied().unwrap_or(0);
            match list.get(id).map(LiveJob::status) {
                Some(Status::Queued | Status::Backoff { .. }) => assert_eq!(told, 0, "it goes on"),
                Some(Status::Ended(End::NotStored(held))) => {
                    let is_untold = matches!(held.then, Then::Stored | Then::Failed(_));
                    assert!(is_untold || told > 0, "its end was not told");
                }
                None | Some(Status::Ended(_)) => assert!(told > 0, "its end was not told"),
                Some(other) => panic!("it has no end: {other:?}"),
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, ..ProptestConfig::default() })]
    #[test]
    fn whatever_happens_in_whatever_order(steps in prop::collection::vec((0_u8..30, any::<u8>(), any::<u8>()), 1..150)) {
        let mut world = World::new();
        for step in steps {
            world.happen(step);
        }
        world.come_to_rest();
    }
}

#[test]
fn a_partial_that_is_written_after_its_picture_is_none_of_the_next_one() {
    let mut world = World::new();
    let (run, job) = world.job(BASES[0], JobState::Queued, true);
    let (id, sendable) = (job.id.clone(), super::super::restore::sendable_of(&job).unwrap());
    world.tell(Input::Submitted { run, jobs: vec![NewJob { job, sendable }] });
    let mut kept = |place, arrived: bool| {
        if arrived {
            world.stored(&id);
        }
        world.tell(Input::PartialKept { job: id.clone(), place });
        world.jobs.list().get(&id).map(|live| live.partials)
    };
    assert_eq!([kept(0, false), kept(0, true), kept(1, false)], [Some(1), Some(0), Some(1)]);
}

#[test]
fn what_cannot_be_read_has_a_card_that_says_so_and_is_never_sent() {
    let mut world = World::new();
    for (state, said) in [
        (JobState::Queued, "could not be read"),
        (JobState::Sent, "what became of it is not known"),
        (JobState::Failed { error: FailureRecord { message: "busy".into(), ..FailureRecord::default() } }, "busy"),
    ] {
        let (run, job) = world.job(BASES[0], state.clone(), false);
        let id = job.id.clone();
        world.journal.insert(id.clone(), state);
        let open = OpenJob { run: (*run).clone(), job, sending: None, arrived: 0, partials: 0 };
        world.tell(Input::Restored(vec![open]));
        world.tell(Input::Resume);
        world.tell(Input::Retry { job: id.clone(), new: JobId::new() });
        world.tell(Input::Tick);
        let failure = world.jobs.list().get(&id).and_then(LiveJob::failure).unwrap();
        assert!(failure.kind == "journal" && failure.message.contains(said), "{failure:?}");
        world.tell(Input::Dismiss(vec![id.clone()]));
        world.work(false, 0);
        assert!(world.jobs.list().get(&id).is_none());
        assert!(world.started.is_empty() && world.library.is_empty());
    }
}

#[test]
fn what_an_earlier_attempt_may_have_cost_no_later_one_takes_back() {
    let mut world = World::new();
    let (run, job) = world.job(BASES[0], JobState::Queued, true);
    let mut live = LiveJob::new(run, Arc::new(job), None, Status::Queued);
    let mut billed = |status: u16| {
        let refusal = Refusal::parse(status, &Default::default(), b"{}");
        let error = JobError::Api(api::Error::Refused(Box::new(refusal)));
        live.doubted(Failure::of(error, 0, None)).record.billed
    };
    assert_eq!([429, 504, 429, 400].map(&mut billed), [Some(false), None, None, None]);
}
