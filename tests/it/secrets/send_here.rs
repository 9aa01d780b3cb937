//! What waits for another service goes to the one in use when the artist says so, and only then.

use super::connections::{AT_HOME, AT_STUDIO, add, is_current, named, prompts, submit};
use super::recorder::{self, Recorder};
use super::store::{Rig, SilentVault};
use easel::engine::{ConnectionChoice, Order, Phase, ServiceMark, ServiceOrder, Snapshot};
use easel::library::JobId;
use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// A service that wants to be left alone for an hour.
fn busy() -> Recorder {
    Recorder::start(|request| match request.path() {
        "/api/v1/images" => {
            let body = r#"{"error":{"code":429,"message":"slow down"}}"#;
            ("429 Too Many Requests".into(), "retry-after: 3600\r\n".into(), body.into())
        }
        _ => recorder::service(request),
    })
}

fn elsewhere(now: &Snapshot) -> Vec<JobId> {
    now.elsewhere().map(|job| job.id.clone()).collect()
}

fn has_failed(now: &Snapshot, prompt: &str) -> bool {
    now.jobs.iter().any(|job| &*job.prompt == prompt && matches!(job.phase, Phase::Failed(_)))
}

/// A job of an earlier session, one that is to be tried again and one that was never sent wait for the studio or for
/// nobody, and "Home" is in use.
fn three_waiting(dir: &Path, home: &Recorder, studio: &Recorder) -> Rig {
    let nobody = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let nobody = format!("http://127.0.0.1:{nobody}/api/v1");
    let mut rig = Rig::start(dir, &nobody, Arc::default());
    submit(&rig, "held");
    rig.until("it is tried again later", |now, _| {
        now.jobs.iter().any(|job| matches!(job.phase, Phase::Retrying { .. }))
    });
    rig.engine.shutdown(Duration::from_secs(10));
    let mut rig = Rig::start(dir, &nobody, Arc::new(SilentVault::default()));
    rig.until("it is held", |now, _| now.held == 1);
    add(&mut rig, "Home", home, AT_HOME, None);
    add(&mut rig, "Studio", studio, AT_STUDIO, None);
    submit(&rig, "retried");
    rig.until("it is tried again in an hour", |now, _| {
        now.jobs.iter().any(|job| matches!(job.phase, Phase::Retrying { .. }))
    });
    submit(&rig, "queued");
    rig.until("it waits", |now, _| now.jobs.iter().any(|job| matches!(job.phase, Phase::Queued { .. })));
    rig.engine.send(Order::Service(ServiceOrder::UseConnection(named("Home"))));
    rig.until("all three wait for others", |now, notices| {
        is_current("Home")(now, notices) && elsewhere(now).len() == 3
    });
    rig
}

#[test]
fn queued_held_and_retried_jobs_go_to_the_service_in_use_when_they_are_sent_there() {
    let dir = tempfile::tempdir().unwrap();
    let (home, studio) = (Recorder::service(), busy());
    let mut rig = three_waiting(dir.path(), &home, &studio);
    let now = rig.engine.snapshot();
    let shown = |prompt: &str| {
        let job = now.jobs.iter().find(|job| &*job.prompt == prompt).unwrap();
        let Phase::Elsewhere { choice, held, .. } = &job.phase else { panic!("{prompt}: {:?}", job.phase) };
        (choice.clone(), *held)
    };
    assert_eq!(shown("held"), (None, true), "its server has no name any more");
    assert_eq!(shown("retried"), (Some(named("Studio")), false));
    assert_eq!(shown("queued"), (Some(named("Studio")), false));
    assert!(prompts(&home).is_empty(), "nothing goes by itself");
    // One alone, then the rest at once.
    let (all, to) = (elsewhere(&now), now.mark());
    let of = |prompt: &str| now.jobs.iter().find(|job| &*job.prompt == prompt).unwrap().id.clone();
    rig.engine.send(Order::SendHere { jobs: vec![of("retried")], to: to.clone() });
    rig.until("the first has ended", |now, _| has_failed(now, "retried"));
    assert_eq!(prompts(&home), ["retried"]);
    assert_eq!(elsewhere(&rig.engine.snapshot()).len(), 2);
    rig.engine.send(Order::SendHere { jobs: all, to });
    rig.until("the others have ended", |now, _| has_failed(now, "held") && has_failed(now, "queued"));
    let mut sent = prompts(&home);
    sent.sort();
    assert_eq!(sent, ["held", "queued", "retried"]);
    assert_eq!(prompts(&studio), ["retried"], "it was there once, before");
    assert!(!home.holds(AT_STUDIO) && !studio.holds(AT_HOME));
    rig.engine.shutdown(Duration::from_secs(10));
    // The journal has it too: a later start takes them for what they are now.
    let library = crate::support::open_library(&dir.path().join("library"));
    for (_, job) in library.open_jobs().unwrap() {
        assert_eq!(job.context.connection.as_deref(), Some("Home"), "{:?}", job.request);
        assert_eq!(job.context.service, home.base());
    }
}

#[test]
fn a_yes_to_one_service_is_none_to_another_that_was_chosen_meanwhile() {
    let dir = tempfile::tempdir().unwrap();
    let (home, studio) = (Recorder::service(), busy());
    let mut rig = three_waiting(dir.path(), &home, &studio);
    let now = rig.engine.snapshot();
    let (jobs, to) = (elsewhere(&now), now.mark());
    let third = Recorder::service();
    add(&mut rig, "Third", &third, "sk-or-v1-third-0123456789abcdef", None);
    rig.engine.send(Order::SendHere { jobs: jobs.clone(), to });
    let nowhere = ServiceMark { base: "no address".into(), connection: None };
    rig.engine.send(Order::SendHere { jobs: jobs.clone(), to: nowhere });
    // Whatever is asked later is answered later.
    rig.engine.send(Order::Service(ServiceOrder::UseConnection(ConnectionChoice::Named("nobody".into()))));
    rig.until("that was answered", |_, notices| {
        notices.iter().any(|notice| matches!(notice, easel::engine::Notice::ConnectionTrouble { .. }))
    });
    assert_eq!(elsewhere(&rig.engine.snapshot()), jobs);
    assert!(prompts(&third).is_empty() && prompts(&home).is_empty());
    rig.engine.shutdown(Duration::from_secs(10));
}
