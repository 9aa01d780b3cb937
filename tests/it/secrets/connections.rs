//! Services by name: each has its key, and what was made for one never goes to another.

use super::recorder::{self, Recorder};
use super::store::{Rig, SilentVault, uses};
use easel::api::{GenerationRequest, ModelId};
use easel::engine::{ConnectionChoice, KeyPlace, Notice, Order, Phase, ServiceOrder, Submission};
use easel::library::{RecipeContext, Run, RunId};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

pub const AT_STUDIO: &str = "sk-or-v1-studio-0123456789abcdef";
pub const AT_HOME: &str = "sk-or-v1-home-0123456789abcdef";

pub fn submit(rig: &Rig, prompt: &str) -> RunId {
    let run = Run {
        id: RunId::new(),
        created_ms: 1_790_000_000_000,
        model: ModelId::new("a/b"),
        model_name: "B".into(),
        prompt: prompt.into(),
        settings: String::new(),
        asked: 1,
        aspect: None,
    };
    let id = run.id.clone();
    let request = GenerationRequest {
        model: ModelId::new("a/b"),
        prompt: prompt.into(),
        parameters: serde_json::Map::new(),
        references: vec![],
        provider: None,
        stream: false,
    };
    let submission = Submission { run, requests: vec![request], references: vec![], context: RecipeContext::default() };
    rig.engine.send(Order::Submit(Box::new(submission)));
    id
}

pub fn prompts(server: &Recorder) -> Vec<String> {
    let posts = server.seen().into_iter().filter(|request| request.line.starts_with("POST /api/v1/images"));
    let prompt = |request: recorder::Request| {
        let body = request.text.split("\r\n\r\n").nth(1).unwrap().to_owned();
        let body: serde_json::Value = serde_json::from_str(&body).unwrap();
        body["prompt"].as_str().unwrap().to_owned()
    };
    posts.map(prompt).collect()
}

pub fn named(name: &str) -> ConnectionChoice {
    ConnectionChoice::Named(name.into())
}

pub fn is_current(name: &str) -> impl Fn(&easel::engine::Snapshot, &[Notice]) -> bool {
    move |now, _| now.connections.current.as_deref() == Some(name)
}

pub fn add(rig: &mut Rig, name: &str, server: &Recorder, key: &str, max_running: Option<usize>) {
    let (name, base) = (name.to_owned(), server.base());
    rig.engine.send(Order::Service(ServiceOrder::AddConnection { name: name.clone(), base, max_running }));
    rig.until("it is in use", is_current(&name));
    rig.engine
        .send(Order::Service(ServiceOrder::Connect { key: easel::engine::Secret(key.into()), place: KeyPlace::File }));
    rig.until("it has its key", |now, notices| {
        uses(now, "a file only you can read") && notices.iter().any(|notice| matches!(notice, Notice::KeyKept(_)))
    });
    rig.notices.clear();
}

#[test]
fn what_waits_for_one_service_never_goes_to_another() {
    let dir = tempfile::tempdir().unwrap();
    // The first request is answered when the test says so.
    let go_on = Arc::new(AtomicBool::new(false));
    let gate = go_on.clone();
    let studio = Recorder::start(move |request| {
        while request.text.contains("first") && !gate.load(Ordering::SeqCst) {
            std::thread::park_timeout(Duration::from_millis(5));
        }
        recorder::service(request)
    });
    let home = Recorder::service();
    let mut rig = Rig::start(dir.path(), "http://127.0.0.1:9/api/v1", Arc::new(SilentVault::default()));
    add(&mut rig, "Home", &home, AT_HOME, None);
    add(&mut rig, "Studio", &studio, AT_STUDIO, Some(1));
    submit(&rig, "first");
    rig.until("it is on the wire", |now, _| now.jobs.iter().any(|job| job.phase.is_running()));
    submit(&rig, "second");
    rig.until("it waits", |now, _| now.jobs.iter().any(|job| matches!(job.phase, Phase::Queued { .. })));
    rig.engine.send(Order::Service(ServiceOrder::UseConnection(named("Home"))));
    rig.until("it waits for the studio", |now, _| {
        now.jobs.iter().any(|job| matches!(&job.phase, Phase::Elsewhere { service, .. } if &**service == "Studio"))
    });
    // Later in the queue, and yet it goes.
    submit(&rig, "third");
    rig.until("the third has ended", |now, _| {
        now.jobs.iter().any(|job| &*job.prompt == "third" && matches!(job.phase, Phase::Failed(_)))
    });
    assert_eq!(prompts(&home), ["third"]);
    assert!(!home.holds(AT_STUDIO) && !studio.holds(AT_HOME));
    go_on.store(true, Ordering::SeqCst);
    rig.until("what was on the wire has ended", |now, _| {
        now.jobs.iter().any(|job| &*job.prompt == "first" && matches!(job.phase, Phase::Failed(_)))
    });
    assert_eq!(prompts(&studio), ["first"], "nothing more goes there either while it is not in use");
    rig.engine.send(Order::Service(ServiceOrder::UseConnection(named("Studio"))));
    rig.until("the second has ended", |now, _| {
        now.jobs.iter().any(|job| &*job.prompt == "second" && matches!(job.phase, Phase::Failed(_)))
    });
    assert_eq!(prompts(&studio), ["first", "second"]);
    assert_eq!(prompts(&home), ["third"]);
    let key_at_studio = format!("Bearer {AT_STUDIO}");
    let posts = studio.seen().into_iter().filter(|request| request.line.starts_with("POST"));
    assert!(posts.into_iter().all(|post| post.header("authorization") == Some(&key_at_studio)));
    rig.engine.shutdown(Duration::from_secs(10));
}

#[test]
fn what_an_earlier_session_left_waits_for_its_own_service_even_when_it_is_let_go() {
    let dir = tempfile::tempdir().unwrap();
    let (studio, home) = (Recorder::service(), Recorder::service());
    // Nobody is there: the job stays, and an end of the program leaves it queued.
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let mut rig = Rig::start(dir.path(), &format!("http://127.0.0.1:{nobody}/api/v1"), Arc::default());
    submit(&rig, "left over");
    rig.until("it is tried again later", |now, _| {
        now.jobs.iter().any(|job| matches!(job.phase, Phase::Retrying { .. }))
    });
    rig.engine.shutdown(Duration::from_secs(10));
    let mut rig = Rig::start(dir.path(), &home.base(), Arc::default());
    rig.until("it is held", |now, _| now.held == 1);
    rig.engine.send(Order::Resume);
    rig.until("it waits for where it was made for", |now, _| {
        now.jobs
            .iter()
            .any(|job| matches!(&job.phase, Phase::Elsewhere { service, .. } if service.contains("127.0.0.1")))
    });
    submit(&rig, "new");
    rig.until("the new one has ended", |now, _| now.jobs.iter().any(|job| matches!(job.phase, Phase::Failed(_))));
    assert_eq!(prompts(&home), ["new"]);
    assert!(studio.seen().is_empty());
    rig.engine.shutdown(Duration::from_secs(10));
}

#[test]
fn connections_are_kept_without_their_keys_and_go_with_them() {
    let dir = tempfile::tempdir().unwrap();
    let studio = Recorder::service();
    let base = "http://127.0.0.1:9/api/v1";
    let mut rig = Rig::start(dir.path(), base, Arc::default());
    add(&mut rig, "Studio", &studio, AT_STUDIO, Some(2));
    rig.engine.send(Order::Service(ServiceOrder::AddConnection {
        name: "studio".into(),
        base: studio.base(),
        max_running: None,
    }));
    rig.until("the name is taken", |_, notices| {
        notices.iter().any(|notice| matches!(notice, Notice::ConnectionTrouble { text } if text.contains("Studio")))
    });
    rig.engine.shutdown(Duration::from_secs(10));
    let config = dir.path().join("config");
    let list = std::fs::read_to_string(config.join("connections.json")).unwrap();
    assert!(list.contains("Studio") && list.contains(&studio.base()) && !list.contains(AT_STUDIO), "{list}");
    let mut rig = Rig::start(dir.path(), base, Arc::default());
    rig.engine.send(Order::Service(ServiceOrder::UseConnection(named("Studio"))));
    rig.until("its key is there", |now, _| uses(now, "a file only you can read"));
    rig.engine.send(Order::Service(ServiceOrder::RemoveConnection("Studio".into())));
    rig.until("it is gone", |now, _| now.connections.list.is_empty() && now.connections.current.is_none());
    let is_left = || {
        let keys = std::fs::read_dir(config.join("keys")).map(|keys| keys.flatten().collect::<Vec<_>>());
        keys.is_ok_and(|keys| {
            keys.iter().any(|key| std::fs::read_to_string(key.path()).is_ok_and(|text| text.contains(AT_STUDIO)))
        })
    };
    for _ in 0..3_000 {
        if !is_left() {
            break;
        }
        std::thread::park_timeout(Duration::from_millis(20));
    }
    assert!(!is_left(), "its key went with it");
    rig.engine.shutdown(Duration::from_secs(10));
}

#[test]
fn trying_a_service_out_names_what_is_wrong_with_it() {
    let dir = tempfile::tempdir().unwrap();
    let good = Recorder::service();
    let portal = Recorder::start(|_| ("200 OK".into(), String::new(), "<html>Welcome to the hotel</html>".into()));
    let site = Recorder::start(|_| ("404 Not Found".into(), String::new(), "<h1>Not here</h1>".into()));
    let moved = Recorder::start(|_| ("302 Found".into(), "location: http://127.0.0.1:9/\r\n".into(), String::new()));
    let picky = Recorder::start(|request| match request.path() {
        "/api/v1/key" => {
            let body = r#"{"error":{"code":401,"message":"User not found."}}"#;
            ("401 Unauthorized".into(), String::new(), body.into())
        }
        _ => recorder::service(request),
    });
    let refusing = |status: &'static str| {
        Recorder::start(move |request| match request.path() {
            "/api/v1/key" => {
                let code = &status[..3];
                (status.into(), String::new(), format!(r#"{{"error":{{"code":{code},"message":"no"}}}}"#))
            }
            _ => recorder::service(request),
        })
    };
    let (guarded, busy) = (refusing("403 Forbidden"), refusing("503 Service Unavailable"));
    let gate = Recorder::start(|_| ("302 Found".into(), "location: http://login.hotel/\r\n".into(), String::new()));
    // Speaks, but not TLS.
    let plain = Recorder::service();
    // Hangs up as soon as it is spoken to.
    let rude = TcpListener::bind("127.0.0.1:0").unwrap();
    let rude_port = rude.local_addr().unwrap().port();
    std::thread::spawn(move || rude.incoming().flatten().for_each(|stream: TcpStream| drop(stream)));
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let rig = Rig::start(dir.path(), "http://127.0.0.1:9/api/v1", Arc::default());
    let key = || easel::api::ApiKey::new(AT_HOME).ok();
    for (base, key, is_good, part) in [
        (good.base(), None, true, "has 1 image model; it has no key yet"),
        (good.base(), key(), true, "accepts the key"),
        (picky.base(), key(), false, "not for this key"),
        (guarded.base(), key(), false, "limits and guardrails"),
        (busy.base(), key(), false, "trouble of its own"),
        (gate.base(), None, false, "sign in with a browser"),
        (format!("https://127.0.0.1:{}/api/v1", plain.port), None, false, "Could not connect"),
        (portal.base(), None, false, "asks to sign in first"),
        (site.base(), None, false, "ends in /api/v1"),
        (moved.base(), None, false, "127.0.0.1"),
        (format!("http://127.0.0.1:{free}/api/v1"), None, false, "nothing answers there"),
        (format!("https://127.0.0.1:{rude_port}/api/v1"), None, false, "Could not connect"),
        (format!("http://127.0.0.1:{rude_port}/api/v1"), None, false, "The connection breaks"),
        ("http://no-such-host.invalid/api/v1".into(), None, false, "its name was not found"),
        ("studio".into(), None, false, "not a URL"),
    ] {
        let tried = rig.engine.try_out(base.clone(), key, Default::default()).block_and_take().unwrap();
        assert!(tried.is_good == is_good && tried.text.contains(part), "{base}: {tried:?}");
        assert!(!tried.text.contains(AT_HOME));
    }
    rig.engine.shutdown(Duration::from_secs(10));
}
