//! What one message costs the engine with thousands of jobs in the queue, against ten of them, in the same run.
//!
//! `cargo bench --bench queue`, or with another number: `EASEL_BENCH_JOBS=100000 cargo bench --bench queue`. The service
//! takes every request and never answers, so that one job is on the wire and all others wait.

use easel::api::{GenerationRequest, ModelId, Timeouts};
use easel::engine::{
    Browser, Config, Connections, Engine, Event, Order, Phase, Privacy, SecretStore, Service, ServiceKind, Submission,
    runtime,
};
use easel::library::{JobId, Library, RecipeContext, Run, RunId};
use easel::plan::Draft;
use std::error::Error;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::{Duration, Instant};

type Result<T> = std::result::Result<T, Box<dyn Error>>;

/// Messages in one measurement.
const MESSAGES: u32 = 500;
const FEW: u32 = 10;

fn main() -> Result<()> {
    let many = std::env::var("EASEL_BENCH_JOBS").ok().map_or(Ok(10_000), |number| number.parse())?;
    let listener = TcpListener::bind("127.0.0.1:0")?;
    let base = format!("http://{}/api/v1", listener.local_addr()?);
    std::thread::spawn(move || listener.incoming().map_while(std::result::Result::ok).collect::<Vec<_>>().len());
    let [few, many_jobs] = [measure(&base, FEW)?, measure(&base, many)?];
    for (what, few, many_ms) in [
        ("that touches no job", few.untouched, many_jobs.untouched),
        ("that touches one", few.touched, many_jobs.touched),
    ] {
        println!(
            "a message {what}: {few:.3} ms with {FEW} jobs, {many_ms:.3} ms with {many}: {:.1} times as much",
            many_ms / few
        );
    }
    println!("{many} jobs cancelled at once: shown after {:.1} ms", many_jobs.cancelled);
    Ok(())
}

/// Milliseconds.
struct Cost {
    untouched: f64,
    touched: f64,
    cancelled: f64,
}

fn measure(base: &str, count: u32) -> Result<Cost> {
    let folder = tempfile::tempdir()?;
    let library = Library::open(&folder.path().join("library"))?;
    let config = Config {
        service: Service { kind: ServiceKind::Custom, base: base.to_owned(), key: None },
        fallback: None,
        timeouts: Timeouts::default(),
        max_running: 1,
        waker: Arc::new(|| {}),
        previews: Arc::new(|_| {}),
        secrets: SecretStore::new(folder.path()),
        browser: Browser::default(),
        privacy: Privacy::default(),
        connections: Connections::load(folder.path()),
        connection: None,
        keep_partials: true,
    };
    let engine = Engine::start(runtime()?, library, config)?;
    let run = run(count);
    let id = run.id.clone();
    let request = GenerationRequest {
        model: run.model.clone(),
        prompt: "a fox".to_owned(),
        parameters: serde_json::Map::new(),
        references: Vec::new(),
        provider: None,
        stream: false,
    };
    let context = RecipeContext { draft: Some(Draft::default()), ..RecipeContext::default() };
    let requests = (0..count + MESSAGES).map(|_| request.clone()).collect();
    engine.send(Order::Submit(Box::new(Submission { run, requests, references: Vec::new(), context })));
    let started = |engine: &Engine| {
        let snapshot = engine.snapshot();
        snapshot.library_read && snapshot.jobs.iter().any(|job| job.phase.is_running())
    };
    wait("the first is on the wire", || started(&engine).then_some(()))?;
    settle(&engine, &id)?;

    let untouched = timed(&engine, &id, || (0..MESSAGES).for_each(|_| engine.send(Order::SetLimit(1))))?;
    let waiting = |engine: &Engine| -> Vec<JobId> {
        let jobs = engine.snapshot().jobs.clone();
        let queued = jobs.iter().filter(|job| matches!(job.phase, Phase::Queued { .. }));
        queued.take(MESSAGES as usize).map(|job| job.id.clone()).collect()
    };
    let some = waiting(&engine);
    let touched = timed(&engine, &id, || some.into_iter().for_each(|job| engine.send(Order::Cancel(job))))?;
    let began = Instant::now();
    engine.send(Order::CancelAll);
    wait("all are cancelled", || engine.snapshot().jobs.iter().all(|job| job.phase.is_ended()).then_some(()))?;
    let cancelled = began.elapsed().as_secs_f64() * 1000.0;
    engine.shutdown(Duration::from_secs(600));
    Ok(Cost { untouched, touched, cancelled })
}

fn run(asked: u32) -> Run {
    Run {
        id: RunId::new(),
        created_ms: 0,
        model: ModelId::new("a/b"),
        model_name: String::new(),
        prompt: "a fox".to_owned(),
        settings: String::new(),
        asked,
        aspect: None,
    }
}

/// Milliseconds for each of the messages that `send` sends.
fn timed(engine: &Engine, run: &RunId, send: impl FnOnce()) -> Result<f64> {
    let began = Instant::now();
    send();
    settle(engine, run)?;
    Ok(began.elapsed().as_secs_f64() * 1000.0 / f64::from(MESSAGES))
}

/// Waits until all that was sent before has been done: the settings of a run that has jobs are answered in turn.
fn settle(engine: &Engine, run: &RunId) -> Result<()> {
    engine.send(Order::LoadDraft(run.clone()));
    let answered = || matches!(engine.next_event(), Some(Event::Draft { run: answered, .. }) if answered == *run);
    wait("the engine answers", || answered().then_some(()))
}

fn wait<T>(what: &str, mut found: impl FnMut() -> Option<T>) -> Result<T> {
    let deadline = Instant::now() + Duration::from_secs(600);
    loop {
        if let Some(found) = found() {
            return Ok(found);
        }
        if Instant::now() > deadline {
            return Err(format!("waited in vain until {what}").into());
        }
        std::thread::yield_now();
    }
}
