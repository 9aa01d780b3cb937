//! What a service is told of who asks: name and version, or nothing at all, as the artist has it.

use super::connections::submit;
use super::recorder::{self, Recorder, Request};
use super::store::{Rig, uses};
use easel::engine::{Browser, KeyPlace, Order, Phase, Privacy, Secret, ServiceOrder};
use std::sync::{Arc, Mutex, mpsc};
use std::time::Duration;

const ABOUT_US: [&str; 8] = [
    "user-agent",
    "x-title",
    "x-openrouter-title",
    "x-openrouter-categories",
    "x-openrouter-experimental-metadata",
    "http-referer",
    "referer",
    "origin",
];

fn service() -> Recorder {
    Recorder::start(|request| match request.path() {
        "/api/v1/auth/keys" => {
            let body = r#"{"error":{"code":403,"message":"Invalid code"}}"#;
            ("403 Forbidden".into(), String::new(), body.into())
        }
        _ => recorder::service(request),
    })
}

/// Does all that asks a service anything; returns the pages that a browser was sent to.
fn every_flow(rig: &mut Rig, server: &Recorder, pages: &mpsc::Receiver<String>, privacy: Privacy) -> String {
    rig.engine.send(Order::Service(ServiceOrder::Connect {
        key: Secret("sk-or-v1-0123456789abcdef".into()),
        place: KeyPlace::UntilClose,
    }));
    rig.until("there is a key", |now, _| uses(now, "memory, until Easel closes"));
    rig.until("the account is read", |now, _| now.account.key.value.is_some() && now.account.credits.error.is_none());
    rig.engine.send(Order::Service(ServiceOrder::WantEndpoints(easel::api::ModelId::new("a/b"))));
    rig.until("the endpoints are read", |now, _| now.endpoints.values().any(|read| read.value.is_some()));
    submit(rig, "a lake");
    rig.until("it was refused", |now, _| now.jobs.iter().any(|job| matches!(job.phase, Phase::Failed(_))));
    let tried = rig.engine.try_out(server.base(), None, privacy).block_and_take().unwrap();
    assert!(tried.is_good, "{tried:?}");
    rig.engine.send(Order::Service(ServiceOrder::SignIn { by_code: true, place: KeyPlace::UntilClose }));
    let page = pages.recv_timeout(Duration::from_secs(60)).unwrap();
    rig.engine.send(Order::Service(ServiceOrder::PasteCode(Secret("c0de-0123456789".into()))));
    rig.until("the code was refused", |now, _| {
        now.sign_in.as_ref().is_some_and(|view| matches!(view.stage, easel::engine::SignInStage::Failed(_)))
    });
    page
}

fn told(request: &Request) -> Vec<(&str, String)> {
    let value = |name: &'static str| request.header(name).map(|value| (name, value.to_owned()));
    ABOUT_US.into_iter().filter_map(value).collect()
}

#[test]
fn a_service_is_told_name_and_version_or_nothing_as_the_artist_has_it() {
    for anonymous in [false, true] {
        let dir = tempfile::tempdir().unwrap();
        let server = service();
        let privacy = Privacy { anonymous, ..Privacy::default() };
        let (sender, pages) = mpsc::channel();
        let sender = Mutex::new(sender);
        let browser = Browser::With(Arc::new(move |url: &str| sender.lock().unwrap().send(url.to_owned()).is_ok()));
        let mut rig = Rig::with(dir.path(), "library", &server.base(), Arc::default(), |config| {
            (config.privacy, config.browser) = (privacy, browser);
        });
        let page = every_flow(&mut rig, &server, &pages, privacy);
        assert_eq!(page.contains("key_label=Easel"), !anonymous, "{page}");
        assert_eq!(page.to_lowercase().contains("easel"), !anonymous, "{page}");
        let seen = server.seen();
        for path in ["/images/models", "/images/models/a/b/endpoints", "/images", "/key", "/credits", "/auth/keys"] {
            assert!(seen.iter().any(|request| request.path() == format!("/api/v1{path}")), "{path} was never asked");
        }
        for request in &seen {
            let told = told(request);
            if anonymous {
                assert_eq!(told, [], "{}", request.line);
                assert!(!request.text.to_lowercase().contains("easel"), "{}", request.text);
            } else {
                let version = concat!("easel/", env!("CARGO_PKG_VERSION"));
                assert!(told.contains(&("user-agent", version.to_owned())), "{}: {told:?}", request.line);
                assert!(told.contains(&("x-openrouter-title", "Easel".to_owned())), "{}: {told:?}", request.line);
                assert!(request.header("http-referer").is_none(), "while there is no address of ours, none is told");
            }
        }
        rig.engine.shutdown(Duration::from_secs(10));
    }
}

#[test]
fn the_switch_is_obeyed_from_the_next_request_on() {
    let dir = tempfile::tempdir().unwrap();
    let server = service();
    let mut rig = Rig::start(dir.path(), &server.base(), Arc::default());
    rig.until("models and endpoints are read", |now, _| {
        now.models.value.is_some() && now.endpoints.values().any(|read| read.value.is_some())
    });
    assert!(server.seen().iter().all(|request| !told(request).is_empty()));
    let before = server.seen().len();
    rig.engine.send(Order::Service(ServiceOrder::SetPrivacy(Privacy { anonymous: true, ..Privacy::default() })));
    submit(&rig, "a lake");
    rig.until("it was refused", |now, _| now.jobs.iter().any(|job| matches!(job.phase, Phase::Failed(_))));
    let after = server.seen().split_off(before);
    assert!(!after.is_empty() && after.iter().all(|request| told(request).is_empty()), "{after:?}");
    rig.engine.shutdown(Duration::from_secs(10));
}
