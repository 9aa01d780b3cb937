//! The real client against the demo server over HTTP: one case per fault, buffered and streamed.

use easel::api::{
    AnswerBegun, ApiKey, Client, Error, GenerationRequest, ModelId, ReplyBody, Retry, StreamEvent, Timeouts,
};
use easel::demo;
use easel::engine::runtime;
use easel::picture::{Drawing, Flaw, Format, Limits, decode, decode_flawed};
use serde_json::json;
use std::time::Duration;

/// A model that takes everything and streams.
const PAINTER: &str = "easel/atelier";
const SHORT: Timeouts =
    Timeouts { connect: Duration::from_secs(15), silence: Duration::from_millis(1500), whole: Duration::from_secs(60) };

/// Pictures received, and how it ended.
type Answer = (Vec<Vec<u8>>, Result<(), Error>);

async fn ask(client: &Client, prompt: &str, n: u32, stream: bool) -> Answer {
    let parameters = json!({ "size": "64x48", "n": n, "seed": 1 });
    let request = GenerationRequest {
        model: ModelId::new(PAINTER),
        prompt: prompt.to_owned(),
        parameters: parameters.as_object().cloned().unwrap(),
        references: vec![],
        provider: None,
        stream,
    };
    let mut pictures = Vec::new();
    let reply = match client.generate(&request).await {
        Ok(reply) => reply,
        Err(error) => return (pictures, Err(error)),
    };
    match reply.body {
        ReplyBody::Whole(response) => {
            let cut = response.images.iter().any(|image| !image.whole).then(|| "cut off".to_owned());
            pictures.extend(response.images.into_iter().filter(|image| image.whole).map(|image| image.bytes));
            let ended = match (response.error, response.ended, response.unreadable.or(cut)) {
                (Some(refusal), ..) => Err(Error::Refused(refusal)),
                (None, Some(error), _) => Err(error),
                (None, None, Some(reason)) => Err(Error::Unreadable { reason }),
                (None, None, None) if pictures.is_empty() => Err(Error::Empty),
                (None, None, None) => Ok(()),
            };
            (pictures, ended)
        }
        ReplyBody::Stream(mut events) => {
            let mut ended = Ok(());
            while let Some(event) = events.next().await {
                match event {
                    Ok(StreamEvent::Completed { image, .. }) if image.whole => pictures.push(image.bytes),
                    Ok(StreamEvent::Completed { .. }) => {
                        ended = ended.and(Err(Error::Unreadable { reason: "cut off".into() }));
                    }
                    Ok(StreamEvent::Error(refusal)) => ended = ended.and(Err(Error::Refused(Box::new(refusal)))),
                    Ok(_) => {}
                    Err(error) => ended = ended.and(Err(error)),
                }
            }
            (pictures, ended)
        }
    }
}

/// What each fault must end in: the stable word, or `ok` with so many pictures of two asked.
const ENDS: &[(&str, &str)] = &[
    ("400", "invalid_request"),
    ("zod", "invalid_request"),
    ("401", "unauthorized"),
    ("402", "payment_required"),
    ("402-budget", "in_flight_budget"),
    ("403", "forbidden"),
    ("404", "not_found"),
    ("408", "timed_out"),
    ("413", "too_large"),
    ("429", "rate_limited"),
    ("429-once", "rate_limited"),
    ("500", "server_error"),
    ("502", "unavailable"),
    ("502-safety", "content_policy"),
    ("503", "unavailable"),
    ("503-once", "unavailable"),
    ("524", "timed_out"),
    ("529", "unavailable"),
    ("availability", "unavailable"),
    ("refusal", "content_policy"),
    ("html", "unavailable"),
    ("empty-body", "server_error"),
    ("error-200", "*"),
    ("empty", "*"),
    ("fewer", "ok 1"),
    ("cut", "connection_broken"),
    ("cut-before", "connection_broken"),
    ("end-early", "*"),
    ("stall", "timed_out"),
    ("corrupt", "unreadable_answer"),
    ("garbage", "ok 2"),
    ("bomb", "ok 2"),
    ("truncated", "ok 2"),
    ("unknown-events", "ok 2"),
    ("crlf", "ok 2"),
    ("error-mid", "*"),
    ("error-code-number", "*"),
    ("no-done", "ok 2"),
    ("wrong-type", "ok 2"),
    ("svg-hostile", "ok 2"),
    ("slow", "ok 2"),
    ("no-usage", "ok 2"),
    ("null-cost", "ok 2"),
];

fn end_of((pictures, ended): &Answer) -> String {
    match ended {
        Ok(()) => format!("ok {}", pictures.len()),
        Err(error) => error.word().to_owned(),
    }
}

#[test]
fn every_fault_ends_in_its_own_typed_error_or_in_pictures() {
    let missing: Vec<_> = demo::FAULTS
        .iter()
        .map(|(name, _)| name)
        .filter(|name| !ENDS.iter().any(|(known, _)| known == *name))
        .collect();
    assert!(missing.is_empty(), "faults without a case here: {missing:?}");
    let runtime = runtime().unwrap();
    let server = runtime.block_on(demo::Server::start(demo::Options { port: 0, pace: Duration::ZERO })).unwrap();
    let client = Client::new(server.base_url(), Some(ApiKey::new(demo::KEY).unwrap()), SHORT).unwrap();
    let mut wrong = Vec::new();
    for (fault, expected) in ENDS {
        for stream in [false, true] {
            let answer = runtime.block_on(ask(&client, &format!("a lake @@{fault} {stream}"), 2, stream));
            let end = end_of(&answer);
            let fits = if *expected == "*" { !end.starts_with("ok") } else { end == *expected };
            if !fits {
                wrong.push(format!("{fault}, stream {stream}: {end} ({:?}), expected {expected}", answer.1.err()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_may_be_repeated_is_what_the_contract_says() {
    let runtime = runtime().unwrap();
    let server = runtime.block_on(demo::Server::start(demo::Options { port: 0, pace: Duration::ZERO })).unwrap();
    let client = Client::new(server.base_url(), Some(ApiKey::new(demo::KEY).unwrap()), SHORT).unwrap();
    for (fault, retry, waits) in [
        ("429", Retry::Yes, true),
        ("503", Retry::Yes, true),
        ("402-budget", Retry::Yes, true),
        ("402", Retry::Never, false),
        ("500", Retry::Once, false),
        ("502", Retry::Once, false),
        ("502-safety", Retry::Never, false),
        ("400", Retry::Never, false),
        ("refusal", Retry::Never, false),
        ("cut", Retry::Never, false),
        ("end-early", Retry::Never, false),
    ] {
        let (_, ended) = runtime.block_on(ask(&client, &format!("x @@{fault}"), 1, true));
        let error = ended.expect_err(fault);
        assert_eq!(error.retry(AnswerBegun::No), retry, "{fault}: {error:?}");
        assert_eq!(error.retry_after().is_some(), waits, "{fault}: {error:?}");
    }
}

#[test]
fn hostile_pictures_end_in_errors_and_never_in_a_panic() {
    let runtime = runtime().unwrap();
    let server = runtime.block_on(demo::Server::start(demo::Options { port: 0, pace: Duration::ZERO })).unwrap();
    let client = Client::new(server.base_url(), Some(ApiKey::new(demo::KEY).unwrap()), SHORT).unwrap();
    for fault in ["bomb", "garbage"] {
        let (pictures, _) = runtime.block_on(ask(&client, &format!("x @@{fault}"), 1, false));
        assert!(decode(&pictures[0], &Limits::default()).is_err(), "{fault}");
    }
    let (pictures, _) = runtime.block_on(ask(&client, "x @@truncated", 1, false));
    let (_, flaw) = decode_flawed(&pictures[0], &Limits::default()).unwrap();
    assert_eq!(flaw, Some(Flaw::CutOff), "its good part is shown, and known to be a part");
    let (pictures, _) = runtime.block_on(ask(&client, "x @@svg-hostile", 1, false));
    assert_eq!(Format::sniff(&pictures[0]), Some(Format::Svg));
    // It may be refused or drawn without what it must not reach; both are fine, neither may hang or read files.
    if let Ok(drawing) = Drawing::parse(&pictures[0], &Limits::default()) {
        assert!(drawing.rasterise(64).is_ok());
    }
    let (pictures, _) = runtime.block_on(ask(&client, "x @@wrong-type", 1, false));
    assert_eq!(Format::sniff(&pictures[0]), Some(Format::Jpeg), "the bytes decide");
}

#[test]
fn a_wrong_key_is_unauthorized_and_discovery_needs_none() {
    let runtime = runtime().unwrap();
    let server = runtime.block_on(demo::Server::start(demo::Options { port: 0, pace: Duration::ZERO })).unwrap();
    for key in [None, Some(ApiKey::new("sk-or-v1-wrong").unwrap())] {
        let client = Client::new(server.base_url(), key, SHORT).unwrap();
        assert!(runtime.block_on(client.models()).unwrap().models.len() >= 7);
        let (_, ended) = runtime.block_on(ask(&client, "x", 1, false));
        assert_eq!(ended.unwrap_err().word(), "unauthorized");
    }
}
