//! The engine without a window: journal, queue, cancel, crash and restart.

use crate::support::DemoServer;
use easel::api::{ApiKey, GenerationRequest, ModelId, Timeouts};
use easel::engine::{
    Config, Engine, Event, Order, Phase, SecretStore, Service, ServiceKind, Snapshot, Submission, WhichPartial, runtime,
};
use easel::library::{JobState, Library, RecipeContext, Run, RunId, last_partials, partials};
use serde_json::json;
use std::path::Path;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(90);

struct Bench {
    engine: Option<Engine>,
    wakes: mpsc::Receiver<()>,
    seen: Vec<Event>,
}

impl Bench {
    fn start(library: &Path, base: &str, max_running: usize) -> Self {
        let (wake, wakes) = mpsc::channel();
        let config = Config {
            service: Service {
                kind: ServiceKind::Custom,
                base: base.to_owned(),
                key: Some(ApiKey::new("demo").unwrap()),
            },
            fallback: None,
            timeouts: Timeouts { silence: Duration::from_secs(2), ..Timeouts::default() },
            max_running,
            keep_partials: true,
            waker: Arc::new(move || if wake.send(()).is_err() {}),
            previews: Arc::new(|_| {}),
            secrets: SecretStore::new(&library.join("config")),
            browser: Default::default(),
            connections: Default::default(),
            connection: None,
            privacy: Default::default(),
        };
        easel::decode::use_program(env!("CARGO_BIN_EXE_easel"));
        let engine = Engine::start(runtime().unwrap(), Library::open(library).unwrap(), config).unwrap();
        let mut bench = Self { engine: Some(engine), wakes, seen: Vec::new() };
        bench.until("the library is read", |snapshot, _| snapshot.library_read);
        bench
    }

    fn engine(&self) -> &Engine {
        self.engine.as_ref().unwrap()
    }

    fn until(&mut self, what: &str, mut holds: impl FnMut(&Snapshot, &[Event]) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            while let Some(event) = self.engine().next_event() {
                self.seen.push(event);
            }
            let snapshot = self.engine().snapshot();
            if holds(&snapshot, &self.seen) {
                return;
            }
            assert!(Instant::now() < deadline, "waited in vain until {what}: {:?} {:?}", snapshot.jobs, self.seen);
            if self.wakes.recv_timeout(Duration::from_millis(50)).is_err() {}
        }
    }

    fn submit(&self, prompt: &str, calls: usize) -> RunId {
        let run = run(prompt, calls);
        let id = run.id.clone();
        let requests = vec![request(prompt); calls];
        let submission = Submission { run, requests, references: vec![], context: RecipeContext::default() };
        self.engine().send(Order::Submit(Box::new(submission)));
        id
    }

    fn stored(&self) -> usize {
        self.seen.iter().filter(|event| matches!(event, Event::Stored { .. })).count()
    }
}

fn run(prompt: &str, calls: usize) -> Run {
    Run {
        id: RunId::new(),
        created_ms: 1_790_000_000_000,
        model: ModelId::new("easel/atelier"),
        model_name: "Atelier".into(),
        prompt: prompt.into(),
        settings: String::new(),
        asked: calls as u32,
        aspect: None,
    }
}

fn request(prompt: &str) -> GenerationRequest {
    GenerationRequest {
        model: ModelId::new("easel/atelier"),
        prompt: prompt.into(),
        parameters: json!({ "resolution": "512" }).as_object().cloned().unwrap(),
        references: vec![],
        provider: None,
        stream: true,
    }
}

#[test]
fn a_picture_is_on_disk_and_in_the_index_before_anything_speaks_of_it() {
    let (dir, server) = (tempfile::tempdir().unwrap(), DemoServer::start());
    let library = dir.path().join("library");
    let mut bench = Bench::start(&library, &server.base, 4);
    bench.submit("a lake", 1);
    bench.until("it is stored", |_, seen| seen.iter().any(|event| matches!(event, Event::Stored { .. })));
    let Some(Event::Stored { picture, .. }) = bench.seen.iter().find(|event| matches!(event, Event::Stored { .. }))
    else {
        unreachable!()
    };
    let bytes = std::fs::read(library.join(&picture.file)).unwrap();
    assert_eq!(easel::library::content_hash(&bytes), picture.hash);
    assert!(library.join(&picture.file).with_extension("json").is_file(), "its recipe stands beside it");
    bench.until("the job has left the list", |snapshot, _| snapshot.jobs.is_empty());
}

#[test]
fn never_more_jobs_run_than_the_limit_and_all_of_them_end() {
    let (dir, server) = (tempfile::tempdir().unwrap(), DemoServer::paced(Duration::from_millis(200)));
    let mut bench = Bench::start(&dir.path().join("library"), &server.base, 2);
    bench.submit("a lake", 5);
    let mut most = 0;
    bench.until("all are stored", |snapshot, seen| {
        most = most.max(snapshot.jobs.iter().filter(|job| job.phase.is_running()).count());
        seen.iter().filter(|event| matches!(event, Event::Stored { .. })).count() == 5
    });
    assert!((1..=2).contains(&most), "{most}");
}

#[test]
fn cancel_is_acknowledged_and_the_others_go_on() {
    let (dir, server) = (tempfile::tempdir().unwrap(), DemoServer::start());
    let mut bench = Bench::start(&dir.path().join("library"), &server.base, 4);
    bench.submit("a lake @@stall", 1);
    bench.until("it is on the wire", |snapshot, _| {
        snapshot.jobs.iter().any(|job| matches!(job.phase, Phase::Receiving { .. }))
    });
    bench.submit("a hill", 1);
    let job = bench.engine().snapshot().jobs.iter().find(|job| job.run.prompt.contains("stall")).unwrap().id.clone();
    bench.engine().send(Order::Cancel(job.clone()));
    bench.until("the tile says cancelled", |snapshot, _| {
        snapshot.jobs.iter().any(|view| view.id == job && matches!(view.phase, Phase::Cancelled))
    });
    bench.until("the other one is stored", |_, seen| seen.iter().any(|event| matches!(event, Event::Stored { .. })));
    bench.engine().send(Order::Dismiss(vec![job]));
    bench.until("the tile is gone", |snapshot, _| snapshot.jobs.is_empty());
}

#[test]
fn what_may_be_repeated_is_repeated_with_a_visible_countdown() {
    let (dir, server) = (tempfile::tempdir().unwrap(), DemoServer::start());
    let mut bench = Bench::start(&dir.path().join("library"), &server.base, 4);
    bench.submit("a lake @@429-once", 1);
    let mut counted = false;
    bench.until("it is stored", |snapshot, seen| {
        counted |= snapshot.jobs.iter().any(|job| matches!(job.phase, Phase::Retrying { attempt: 2, .. }));
        seen.iter().any(|event| matches!(event, Event::Stored { .. }))
    });
    assert!(counted, "the countdown was on screen");
}

#[test]
fn each_picture_of_a_call_has_its_own_way_and_a_cancelled_drawing_keeps_what_had_come() {
    let (dir, server) = (tempfile::tempdir().unwrap(), DemoServer::paced(Duration::from_millis(400)));
    let library = dir.path().join("library");
    let mut bench = Bench::start(&library, &server.base, 4);
    let two = GenerationRequest {
        model: ModelId::new("easel/engraver"),
        parameters: json!({ "n": 2 }).as_object().cloned().unwrap(),
        ..request("two ferns")
    };
    let submit = |request: GenerationRequest| {
        let run = run(&request.prompt, 1);
        let submission =
            Submission { run, requests: vec![request], references: vec![], context: RecipeContext::default() };
        Order::Submit(Box::new(submission))
    };
    bench.engine().send(submit(two.clone()));
    bench.until("both are stored", |_, seen| {
        seen.iter().filter(|event| matches!(event, Event::Stored { .. })).count() == 2
    });
    let stored = |event: &Event| match event {
        Event::Stored { picture, .. } => Some(picture.clone()),
        _ => None,
    };
    for picture in bench.seen.iter().filter_map(stored).collect::<Vec<_>>() {
        // The result is told before its way is written; who looks sees all of it.
        bench.engine().send(Order::LoadPartials(picture.id.clone()));
        bench.until("its way is read", |_, seen| {
            seen.iter().any(|event| matches!(event, Event::Partials { id, .. } if *id == picture.id))
        });
        let way = partials(&library, &picture.job, picture.position).unwrap();
        let text = std::fs::read_to_string(library.join(&picture.file)).unwrap();
        assert!(way.is_written() && way.len() > 10, "{way:?}");
        assert!(way.written.text.trim() == text.trim(), "the last step is the picture");
    }

    bench.engine().send(submit(GenerationRequest { prompt: "a fern that never comes @@stall".into(), ..two }));
    let mut drawn = None;
    bench.until("it is being drawn", |snapshot, _| {
        let drawing = snapshot.jobs.iter().find(|job| job.previews > 0 && job.prompt.contains("never comes"));
        drawn = drawing.map(|job| job.id.clone());
        drawn.is_some()
    });
    let job = drawn.unwrap();
    bench.engine().send(Order::Cancel(job.clone()));
    bench.until("its drawing is on disk", |snapshot, _| {
        snapshot.jobs.iter().any(|job| job.phase.is_ended() && job.partials == 1)
    });
    let way = last_partials(&library, &job, 0).unwrap().unwrap();
    assert!(way.written.text.starts_with("<svg"));
    bench.engine().send(Order::KeepPartial(WhichPartial::Last(job)));
    bench.until("it is a picture", |_, seen| seen.iter().any(|event| matches!(event, Event::PartialKept(_))));
    assert_eq!(bench.stored(), 3);
}

#[test]
fn a_refusal_is_not_repeated_and_can_be_tried_again_by_hand() {
    let (dir, server) = (tempfile::tempdir().unwrap(), DemoServer::start());
    let library = dir.path().join("library");
    let mut bench = Bench::start(&library, &server.base, 4);
    bench.submit("a lake @@refusal", 1);
    let failed = |snapshot: &Snapshot| {
        snapshot
            .jobs
            .iter()
            .any(|job| matches!(&job.phase, Phase::Failed(failure) if failure.record.kind == "content_policy"))
    };
    bench.until("it is refused", |snapshot, _| failed(snapshot));
    let first = bench.engine().snapshot().jobs[0].id.clone();
    bench.engine().send(Order::Retry(first.clone()));
    bench.until("the new job is refused", |snapshot, _| failed(snapshot) && snapshot.jobs[0].id != first);
    assert_eq!(bench.engine().snapshot().jobs.len(), 1, "it took the place of the old one");
    drop(bench);
    let mut bench = Bench::restart(&library, &server.base);
    bench.until("the failure is remembered", |snapshot, _| failed(snapshot));
}

#[test]
fn after_a_crash_waiting_jobs_wait_for_one_click_and_sent_ones_are_unknown() {
    let (dir, server) = (tempfile::tempdir().unwrap(), DemoServer::start());
    let library = dir.path().join("library");
    let mut bench = Bench::start(&library, &server.base, 1);
    bench.submit("a lake @@stall", 1);
    bench.until("one is on the wire", |snapshot, _| {
        snapshot.jobs.iter().any(|job| matches!(job.phase, Phase::Receiving { .. }))
    });
    bench.submit("a hill", 2);
    bench.until("two wait", |snapshot, _| {
        snapshot.jobs.iter().filter(|job| matches!(job.phase, Phase::Queued { .. })).count() == 2
    });
    drop(bench); // without shutting down
    let mut bench = Bench::restart(&library, &server.base);
    let snapshot = bench.engine().snapshot();
    assert_eq!(snapshot.held, 2);
    assert!(snapshot.jobs.iter().any(|job| matches!(job.phase, Phase::Unknown(_))));
    assert_eq!(bench.stored(), 0, "nothing is sent by itself: it costs money");
    bench.engine().send(Order::Resume);
    bench.until("both are stored", |_, seen| {
        seen.iter().filter(|event| matches!(event, Event::Stored { .. })).count() == 2
    });
}

#[test]
fn killed_at_any_moment_the_next_start_has_every_received_picture_and_every_job() {
    let server = DemoServer::paced(Duration::from_millis(300));
    let mut outcomes = Vec::new();
    for round in 0..6_u64 {
        let dir = tempfile::tempdir().unwrap();
        let library = dir.path().join("library");
        let mut child = std::process::Command::new(env!("CARGO_BIN_EXE_easel"))
            .env("HOME", dir.path())
            .env("OPENROUTER_API_KEY", "demo")
            .arg("--library")
            .arg(&library)
            .args([
                "--api-base",
                &server.base,
                "generate",
                "--model",
                "easel/atelier",
                "--prompt",
                "a lake",
                "--stream",
            ])
            .args(["--set", "resolution=512", "--set", "n=3"])
            .stdout(std::process::Stdio::piped())
            .spawn()
            .unwrap();
        // Killed at a different moment each time: after a number of files have come into being.
        let deadline = Instant::now() + PATIENCE;
        while files(&library) < 3 + round as usize * 2 && child.try_wait().unwrap().is_none() {
            assert!(Instant::now() < deadline, "the child makes no progress");
            std::thread::yield_now();
        }
        child.kill().unwrap();
        let output = child.wait_with_output().unwrap();
        let told: Vec<String> = String::from_utf8_lossy(&output.stdout).lines().map(str::to_owned).collect();
        let mut opened = Library::open(&library).unwrap();
        opened.recover().unwrap();
        let pictures = opened.pictures().unwrap();
        for line in &told {
            let id = line.split('\t').next().unwrap();
            assert!(pictures.iter().any(|picture| picture.id.0 == id), "a picture that was told of is missing: {line}");
        }
        for picture in &pictures {
            let bytes = std::fs::read(opened.picture_path(picture)).unwrap();
            assert_eq!(easel::library::content_hash(&bytes), picture.hash, "no half file is visible");
        }
        for (_, job) in opened.open_jobs().unwrap() {
            assert!(!matches!(job.state, JobState::Sent), "what was on the wire is known to be unknown");
        }
        outcomes.push(pictures.len());
    }
    println!("killed 6 times; pictures found after each: {outcomes:?}");
}

fn files(dir: &Path) -> usize {
    let Ok(entries) = std::fs::read_dir(dir) else { return 0 };
    entries.flatten().map(|entry| if entry.path().is_dir() { files(&entry.path()) } else { 1 }).sum()
}

impl Bench {
    /// Starts again on a library whose former owner is on its way out.
    fn restart(library: &Path, base: &str) -> Self {
        drop(crate::support::open_library(library));
        Self::start(library, base, 1)
    }
}
