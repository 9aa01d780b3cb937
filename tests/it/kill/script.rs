//! What the child does until it is killed: a mixed run on a real library with the real engine, told line by line.
//!
//! Every line begins with `@ `. What is about to be asked for is told before it is asked for, what has happened after
//! it has: so whoever reads knows what must be true at any instant.

use easel::api::{ApiKey, GenerationRequest, ModelId, Timeouts};
use easel::engine::{
    Cause, Config, DiskError, Engine, Event, JobView, Notice, Order, Phase, ReferenceInput, SecretStore, Service,
    ServiceKind, Submission,
};
use easel::library::{self, Edit, Library, MarkChange, PictureId, RecipeContext, Run, RunId};
use easel::plan::{DraftReference, ReferenceSource};
use serde_json::json;
use std::collections::VecDeque;
use std::io::Write as _;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// Jobs that are not over at the same time, at the most.
const OPEN: usize = 10;
/// Actions of one life; it waits to be killed after them.
const ACTIONS: usize = 200;

/// Tells one thing.
fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    writeln!(out, "@ {line}").and_then(|()| out.flush()).unwrap();
}

/// Names things in one line.
fn list<'a>(names: impl IntoIterator<Item = &'a PictureId>) -> String {
    names.into_iter().map(|id| id.0.as_str()).collect::<Vec<_>>().join(" ")
}

struct Life {
    engine: Engine,
    wakes: mpsc::Receiver<()>,
    random: fastrand::Rng,
    /// Begins the markers of this life.
    round: String,
    runs: u32,
    setting: u64,
    /// Asked for, in order.
    set: VecDeque<u64>,
    pictures: Vec<PictureId>,
    trashed: Vec<PictureId>,
    references: Vec<DraftReference>,
}

/// Lives until killed.
pub fn live(library: &Path, base: &str, round: &str, setting: u64) {
    say("opening");
    let opened = crate::support::open_library(library);
    say("opened");
    let mut life = Life::begin(opened, base, round, setting);
    for _ in 0..ACTIONS {
        life.act();
        let pause = life.random.u64(0..6);
        life.listen(pause);
    }
    say("done");
    loop {
        life.listen(1_000);
    }
}

impl Life {
    fn begin(library: Library, base: &str, round: &str, setting: u64) -> Self {
        let (wake, wakes) = mpsc::channel();
        let config = Config {
            service: Service {
                kind: ServiceKind::Custom,
                base: base.to_owned(),
                key: Some(ApiKey::new("kill").unwrap()),
            },
            fallback: None,
            timeouts: Timeouts::default(),
            max_running: 4,
            keep_partials: true,
            waker: Arc::new(move || wake.send(()).unwrap_or_default()),
            previews: Arc::new(|_| {}),
            secrets: SecretStore::new(&library.dir().join("config")),
            browser: Default::default(),
            connections: Default::default(),
            connection: None,
            privacy: Default::default(),
        };
        easel::decode::use_program(env!("CARGO_BIN_EXE_easel"));
        let engine = Engine::start(easel::engine::runtime().unwrap(), library, config).unwrap();
        let mut life = Self {
            engine,
            wakes,
            random: fastrand::Rng::with_seed(round.bytes().map(u64::from).sum()),
            round: round.to_owned(),
            runs: 0,
            setting,
            set: VecDeque::new(),
            pictures: vec![],
            trashed: vec![],
            references: vec![],
        };
        while !life.engine.snapshot().library_read {
            life.listen(50);
        }
        say("ready");
        life
    }

    /// Tells what has happened, and waits a little for more.
    fn listen(&mut self, ms: u64) {
        match self.wakes.recv_timeout(Duration::from_millis(ms)) {
            Ok(()) | Err(_) => {}
        }
        while let Some(event) = self.engine.next_event() {
            self.tell(event);
        }
    }

    fn tell(&mut self, event: Event) {
        match event {
            Event::Loaded(loaded) => {
                self.pictures = loaded.runs().flat_map(|entry| &entry.pictures).map(|one| one.id.clone()).collect();
                self.trashed = loaded.trashed().iter().map(|one| one.id.clone()).collect();
            }
            Event::RunAdded(run) => say(&format!("added {}", run.prompt)),
            Event::Stored { picture, .. } => {
                say(&format!("stored {} {} {}", picture.id.0, picture.hash, picture.job.0));
                self.pictures.push(picture.id);
            }
            Event::Trashed(pictures, _) => {
                let ids: Vec<_> = pictures.into_iter().map(|picture| picture.id).collect();
                say(&format!("trashed {}", list(&ids)));
                self.pictures.retain(|id| !ids.contains(id));
                self.trashed.extend(ids);
            }
            Event::Restored(pictures, _) => {
                let ids: Vec<_> = pictures.into_iter().map(|picture| picture.id).collect();
                say(&format!("restored {}", list(&ids)));
                self.trashed.retain(|id| !ids.contains(id));
                self.pictures.extend(ids);
            }
            Event::Edited(edited, _) => {
                for picture in &edited.pictures {
                    say(&format!("marked {} {}", picture.id.0, picture.marks.stars));
                }
            }
            Event::Emptied { .. } => {
                say("emptied");
                self.trashed.clear();
            }
            Event::ReferenceAdded(reference) => {
                if let ReferenceSource::Stored { hash, .. } = &reference.source {
                    say(&format!("reference {hash}"));
                }
                self.references.push(reference);
            }
            // The answer to a question that was put after the setting.
            Event::Recipe { .. } => {
                let set = self.set.pop_front().unwrap();
                say(&format!("set {set}"));
            }
            // What was to be moved may have been deleted meanwhile.
            Event::Notice(Notice::LibraryFailed(DiskError::Library(error)))
                if matches!(*error, library::Error::Missing { .. }) => {}
            Event::Notice(Notice::LibraryFailed(error)) => panic!("{error}"),
            _ => {}
        }
    }

    fn act(&mut self) {
        let jobs = self.engine.snapshot().jobs.clone();
        let open = jobs.iter().filter(|job| !job.phase.is_ended() && !matches!(job.phase, Phase::Held)).count();
        match self.random.u32(0..40) {
            0..20 if open < OPEN => self.submit(),
            20..23 => self.trash(),
            23 => self.restore(),
            24 if self.random.u32(0..8) == 0 => self.empty_trash(),
            25..28 => self.retry(&jobs),
            28 => self.cancel(&jobs),
            29 => self.held(&jobs),
            30 => self.set(),
            31 if self.references.is_empty() => self.add_reference(),
            32 => self.dismiss(&jobs),
            33 | 34 => self.mark(),
            _ => {}
        }
    }

    fn submit(&mut self) {
        self.runs += 1;
        let streamed = self.random.bool();
        let calls = *self.random.choice(&[1_u32, 1, 2, 3]).unwrap();
        let count = *self.random.choice(&[1_u32, 1, 2, 3]).unwrap();
        let name = format!("m{}-{}", self.round, self.runs);
        let words = ["", "", "", "slow", "slow", "cut", "refused", "wait"];
        let mut how = (*self.random.choice(&words).unwrap()).to_owned();
        if count > 1 && self.random.u32(0..6) == 0 {
            how.push_str(" fewer");
        }
        let request = |position: u32| GenerationRequest {
            model: ModelId::new("kill/painter"),
            prompt: format!("{name}-{position} {how}"),
            parameters: json!({ "n": count }).as_object().cloned().unwrap(),
            references: vec![],
            provider: None,
            stream: streamed,
        };
        let requests: Vec<_> = (0..calls).map(request).collect();
        let markers: Vec<_> = (0..calls).map(|position| format!("{name}-{position}")).collect();
        let run = Run {
            id: RunId::new(),
            created_ms: 1_795_000_000_000,
            model: ModelId::new("kill/painter"),
            model_name: "Painter".into(),
            prompt: name,
            settings: String::new(),
            asked: calls * count,
            aspect: None,
        };
        say(&format!("submit {}", markers.join(" ")));
        let references = if self.random.bool() { self.references.clone() } else { vec![] };
        let submission = Submission { run, requests, references, context: RecipeContext::default() };
        self.engine.send(Order::Submit(Box::new(submission)));
    }

    /// One to three of these, in any order.
    fn some(&mut self, of: &[PictureId]) -> Vec<PictureId> {
        let mut chosen = of.to_vec();
        self.random.shuffle(&mut chosen);
        chosen.truncate(self.random.usize(1..4));
        chosen
    }

    fn trash(&mut self) {
        let ids = self.some(&self.pictures.clone());
        if !ids.is_empty() {
            say(&format!("trashing {}", list(&ids)));
            self.engine.send(Order::Trash(ids, Cause::Asked));
        }
    }

    fn restore(&mut self) {
        let ids = self.some(&self.trashed.clone());
        if !ids.is_empty() {
            say(&format!("restoring {}", list(&ids)));
            self.engine.send(Order::Restore(ids, Cause::Asked));
        }
    }

    fn empty_trash(&self) {
        say("emptying");
        self.engine.send(Order::EmptyTrash);
    }

    fn retry(&mut self, jobs: &[Arc<JobView>]) {
        let ended: Vec<_> = jobs.iter().filter(|job| job.phase.is_ended()).collect();
        if let Some(job) = self.random.choice(&ended) {
            say(&format!("again {}", marker(job)));
            self.engine.send(Order::Retry(job.id.clone()));
        }
    }

    fn cancel(&mut self, jobs: &[Arc<JobView>]) {
        let running: Vec<_> = jobs.iter().filter(|job| !job.phase.is_ended()).collect();
        if let Some(job) = self.random.choice(&running) {
            self.engine.send(Order::Cancel(job.id.clone()));
        }
    }

    /// Lets go what an earlier life left waiting; once in a while it is removed.
    fn held(&mut self, jobs: &[Arc<JobView>]) {
        let held: Vec<_> = jobs.iter().filter(|job| matches!(job.phase, Phase::Held)).map(|job| marker(job)).collect();
        if held.is_empty() {
        } else if self.random.u32(0..10) == 0 {
            self.engine.send(Order::RemoveHeld);
        } else {
            say(&format!("resume {}", held.join(" ")));
            self.engine.send(Order::Resume);
        }
    }

    fn set(&mut self) {
        let Some(picture) = self.pictures.first().cloned() else { return };
        self.setting += 1;
        say(&format!("setting {}", self.setting));
        self.engine.send(Order::SaveSetting { key: "kill", value: json!(self.setting) });
        self.set.push_back(self.setting);
        self.engine.send(Order::LoadRecipe(picture));
    }

    fn add_reference(&self) {
        let size = easel::picture::Size { width: 4, height: 4 };
        let pixels = easel::picture::Pixels::new(size, vec![self.runs as u8; 64]).unwrap();
        self.engine.send(Order::AddReferences(vec![ReferenceInput::Pixels(Arc::new(pixels))]));
    }

    fn dismiss(&mut self, jobs: &[Arc<JobView>]) {
        let ended: Vec<_> = jobs.iter().filter(|job| job.phase.is_ended()).collect();
        if let Some(job) = self.random.choice(&ended) {
            self.engine.send(Order::Dismiss(vec![job.id.clone()]));
        }
    }

    /// Rates some pictures. Other marks go the same way through the library.
    fn mark(&mut self) {
        let all: Vec<_> = self.pictures.iter().chain(&self.trashed).cloned().collect();
        let (ids, stars) = (self.some(&all), self.random.u8(0..=5));
        if !ids.is_empty() {
            for id in &ids {
                say(&format!("marking {} {stars}", id.0));
            }
            self.engine.send(Order::Edit(Edit::Mark { ids, change: MarkChange::Stars(stars) }, Cause::Asked));
        }
    }
}

/// The marker of a job's request.
fn marker(job: &JobView) -> String {
    format!("{}-{}", job.run.prompt, job.position)
}
