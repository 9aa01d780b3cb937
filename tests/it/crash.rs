//! A part of Easel fails inside: a report without secrets, everything received on the disk, an offer at the next start.
//!
//! Each failure happens in a process of its own, because what it installs is for the whole process.

use crate::support::{DemoServer, StudioHarness, Wish, open_library};
use easel::api::ApiKey;
use easel::crash;
use easel::decode::{Key, Pool, Waker, Work};
use easel::engine::{
    Config, Engine, Event, Order, SecretStore, Service, ServiceKind, ServiceOrder, Submission, runtime,
};
use easel::library::{JobState, Library};
use easel::picture::{Encoding, Pixels, Size, encode};
use easel::studio::{CrashReport, Studio};
use egui_kittest::kittest::Queryable as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// None of these may be in a report or on stderr.
const KEY: &str = "marked-key-of-no-known-shape";
const PROMPT: &str = "A portrait of aunt Rosa as she was in the summer of 1969, süß";
const BASE64: &str = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNkAAIAAAoAAv/lxKUAAAAASUVORK5CYII=";
const PATIENCE: Duration = Duration::from_secs(90);

/// Panics as faults do: the language quotes what was worked on, and errors hold whatever they hold.
fn fail() -> ! {
    if std::thread::current().name() != Some("easel-decode-0") {
        let cut = &PROMPT[..PROMPT.len() - 1];
        unreachable!("{cut}");
    }
    let held = format!("{KEY} data:image/png;base64,{BASE64} in /p/2026-11/2026-11-22 1305 portrait of aunt 3f2a.png");
    panic!("called `Result::unwrap()` on an `Err` value: {held:?}");
}

fn engine(dir: &Path, base: &str, waker: Waker) -> Engine {
    let pool = Pool::start(1, |pixels| pixels, &waker).unwrap();
    let config = Config {
        service: Service { kind: ServiceKind::Demo, base: base.to_owned(), key: Some(ApiKey::new("demo").unwrap()) },
        fallback: None,
        timeouts: easel::api::Timeouts::default(),
        max_running: 2,
        keep_partials: true,
        waker,
        previews: pool.preview_sink(),
        secrets: SecretStore::new(&dir.join("config")),
        browser: Default::default(),
        connections: Default::default(),
        connection: None,
        privacy: Default::default(),
    };
    Engine::start(runtime().unwrap(), open_library(dir), config).unwrap()
}

fn submission(engine: &Engine, prompt: &str) -> Submission {
    let deadline = Instant::now() + PATIENCE;
    loop {
        let mut studio = Studio::new(engine.snapshot(), |_| None);
        studio.take_snapshot(engine.snapshot());
        studio.draft.prompt = prompt.to_owned();
        match studio.submission(0) {
            Ok(submission) => return submission,
            Err(problem) => assert!(Instant::now() < deadline, "{problem}"),
        }
        if let Some(model) = studio.draft.model.clone() {
            engine.send(Order::Service(ServiceOrder::WantEndpoints(model)));
        }
        std::thread::yield_now();
    }
}

#[test]
#[ignore = "a process that the next tests start"]
fn child() {
    let Some(home) = std::env::var_os("EASEL_CRASH_HOME").map(PathBuf::from) else { return };
    crash::install(Some(home.join("reports")), "test");
    let _key = ApiKey::new(KEY).unwrap();
    log::error!("this should not have been logged: {KEY} {BASE64} “{PROMPT}”");
    match std::env::var("EASEL_CRASH_WHERE").unwrap().as_str() {
        "window" => window(&home.join("library")),
        "engine" => engine_thread(&home.join("library")),
        "decode" => decode_thread(&home),
        other => panic!("where is {other}?"),
    }
}

/// A prompt is being typed and a partial has just come when the window fails.
fn window(library: &Path) {
    let mut studio = StudioHarness::open(library, Wish { pace: Duration::from_secs(20), ..Wish::default() });
    studio.type_into("Prompt", "a copper sunset");
    studio.key(egui::Modifiers::COMMAND, egui::Key::Enter);
    studio.step_until("a partial has come", |app| app.studio().snapshot.jobs.iter().any(|job| job.previews > 0));
    studio.type_into("Prompt", "half a thought");
    fail();
}

/// The engine's own thread fails once, and goes on.
fn engine_thread(library: &Path) {
    let server = DemoServer::start();
    let armed = Arc::new(AtomicBool::new(false));
    let fuse = armed.clone();
    let is_engine = || std::thread::current().name() == Some("easel-engine");
    let waker = move || {
        if is_engine() && fuse.swap(false, Ordering::Relaxed) {
            fail();
        }
    };
    let engine = engine(library, &server.base, Arc::new(waker));
    armed.store(true, Ordering::Relaxed);
    engine.send(Order::Service(ServiceOrder::RefreshModels));
    let deadline = Instant::now() + PATIENCE;
    while crash::count() == 0 {
        assert!(Instant::now() < deadline, "the engine has not failed");
        std::thread::yield_now();
    }
    engine.send(Order::Submit(Box::new(submission(&engine, "a copper sunset"))));
    while let Some(event) = engine.wait_event() {
        if let Event::Ended { failure, .. } = event {
            assert!(failure.is_none());
            break;
        }
    }
    assert_eq!(crash::count(), 1);
    engine.shutdown(PATIENCE);
}

/// A thread that decodes fails on one picture and shows the next.
fn decode_thread(home: &Path) {
    fn odd(pixels: Pixels) -> Pixels {
        if pixels.size.width == 3 { fail() } else { pixels }
    }
    let pool = Pool::start(1, odd, &(Arc::new(|| {}) as Waker)).unwrap();
    for (side, fails) in [(3, true), (2, false)] {
        let file = home.join(format!("{side}.png"));
        let pixels = Pixels::new(Size { width: side, height: side }, vec![9; (side * side * 4) as usize]).unwrap();
        std::fs::write(&file, encode(&pixels, &Encoding::Png, [0; 3]).unwrap()).unwrap();
        pool.want(Key::Reference("odd".into()), Work::Scaled { file, max_side: 8 });
        let result = loop {
            if let Some(done) = pool.next() {
                break done.result;
            }
            std::thread::yield_now();
        };
        assert_eq!(result.is_err(), fails);
    }
}

/// Lets a process fail and returns its end and the one report that it wrote, after having looked for secrets.
fn failed(home: &Path, place: &str) -> (Output, String) {
    let mut child = Command::new(std::env::current_exe().unwrap());
    child.args(["crash::child", "--exact", "--ignored", "--nocapture"]);
    child.env("EASEL_CRASH_HOME", home).env("EASEL_CRASH_WHERE", place).env_remove("RUST_LOG");
    let output = child.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    let report = crash::unseen(&home.join("reports")).unwrap_or_else(|| panic!("no report: {stderr}"));
    assert!(stderr.contains(report.file.to_str().unwrap()), "it says where the report is: {stderr}");
    // The test's own words of what was logged are on stderr; a report has them without their secrets.
    for (what, text) in [
        ("the report", &*report.text),
        ("stderr", stderr.lines().filter(|line| line.starts_with("easel:")).collect::<String>().as_str()),
    ] {
        for secret in [KEY, "Rosa", "1969", "aunt", "iVBORw0KGgo", "RK5CYII"] {
            assert!(!text.contains(secret), "{what} holds {secret}: {text}");
        }
    }
    let text = report.text.to_string();
    for part in ["Easel 0.", "crash.rs:", "this should not have been logged: …", "linux", "easel::"] {
        assert!(cfg!(not(target_os = "linux")) && part == "linux" || text.contains(part), "{part} is missing: {text}");
    }
    (output, text)
}

#[test]
fn a_window_that_fails_leaves_a_report_and_brings_everything_to_the_disk() {
    let home = tempfile::tempdir().unwrap();
    let (output, _report) = failed(home.path(), "window");
    assert!(!output.status.success());
    let library = Library::open(&home.path().join("library")).unwrap();
    let draft = library.setting("draft").unwrap().unwrap();
    assert_eq!(draft["prompt"], "half a thought", "what was typed last is kept");
    let jobs = library.open_jobs().unwrap();
    assert_eq!(jobs.len(), 1);
    assert!(
        matches!(jobs[0].1.state, JobState::Sent | JobState::Receiving | JobState::Unknown),
        "{:?}",
        jobs[0].1.state
    );
    let partials = easel::library::partials_on_disk(&home.path().join("library")).unwrap();
    assert!(partials.files > 0, "what had come of it is there");
}

#[test]
fn an_engine_that_fails_once_is_reported_and_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let (output, report) = failed(home.path(), "engine");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(report.contains("Thread     easel-engine\n"), "{report}");
    let library = Library::open(&home.path().join("library")).unwrap();
    assert_eq!(library.pictures().unwrap().len(), 1);
}

#[test]
fn a_decoding_thread_that_fails_is_reported_and_goes_on() {
    let home = tempfile::tempdir().unwrap();
    let (output, report) = failed(home.path(), "decode");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    assert!(report.contains("Thread     easel-decode-0\n"), "{report}");
}

#[test]
fn the_next_window_offers_the_report_until_it_is_closed() {
    let home = tempfile::tempdir().unwrap();
    failed(home.path(), "decode");
    let crash::Written { file, text } = crash::unseen(&home.path().join("reports")).unwrap();
    let mut studio = StudioHarness::new();
    let report = CrashReport { file, text: text.clone(), earlier: true };
    studio.harness.state_mut().studio_mut().offer_crash_report(report);
    studio.click("Show the report");
    studio.step_until_seen("Crash report");
    assert!(studio.harness.query_by_label(&text).is_some(), "its text is read out");
    studio.harness.get_by_label("Copy it").click();
    studio.harness.step();
    let is_copy =
        |command: &egui::OutputCommand| matches!(command, egui::OutputCommand::CopyText(copied) if **copied == *text);
    let copied = (0..3).any(|_| {
        let copied = studio.harness.output().platform_output.commands.iter().any(is_copy);
        studio.harness.step();
        copied
    });
    assert!(copied);
    studio.click("Done");
    assert!(studio.harness.query_by_label("Crash report").is_none());
    assert!(studio.harness.query_by_label("Show the report").is_none());
    let reports = home.path().join("reports");
    studio.step_until("it is offered no more", |_| crash::unseen(&reports).is_none());
}

#[test]
fn a_failure_while_the_window_is_open_is_told_at_once() {
    let mut studio = StudioHarness::new();
    let report = CrashReport { file: "reports/x.txt".into(), text: "what happened".into(), earlier: false };
    studio.harness.state_mut().studio_mut().offer_crash_report(report);
    // A message has its place only after a few frames.
    studio.harness.run_steps(4);
    studio.click("Show the report");
    studio.step_until_seen("what happened");
}

#[test]
fn the_shell_is_told_of_a_report_once() {
    let home = tempfile::tempdir().unwrap();
    failed(home.path(), "decode");
    let state = home.path().join(".local/state/easel");
    std::fs::create_dir_all(&state).unwrap();
    std::fs::rename(home.path().join("reports"), state.join("crash reports")).unwrap();
    let models = || {
        let mut command = Command::new(env!("CARGO_BIN_EXE_easel"));
        command.env_clear().env("HOME", home.path()).arg("--library").arg(home.path().join("library"));
        let output = command.args(["models", "--demo"]).output().unwrap();
        assert!(output.status.success());
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let first = models();
    assert!(first.starts_with("easel: an earlier run failed inside; its report is at "), "{first}");
    assert!(Path::new(first.trim_end().rsplit_once(" is at ").unwrap().1).is_file());
    assert_eq!(models(), "");
}
