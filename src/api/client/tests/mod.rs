//! The client against a server of literal bytes on loopback: calls, answers and every way they fail.

mod failures;
mod server;

use super::*;
use crate::api::{ModelSource, RefusalKind, StreamEvent};
use serde_json::{Map, json};
use server::{Server, Step, answer, chunk, json as json_answer, last_chunk, stream_head};
use std::time::Duration;

const KEY: &str = "sk-or-v1-0123456789abcdef";
const COMPLETED: &str = "data: {\"type\":\"image_generation.completed\",\"b64_json\":\"AQID\",\"created\":5,\"media_type\":\"image/png\"}\n\n";
const PARTIAL: &str = "data: {\"type\":\"image_generation.partial_image\",\"b64_json\":\"BAU=\"}\n\n";

fn client(server: &Server) -> Client {
    Client::new(&server.base(), ApiKey::new(KEY).ok(), Timeouts::default()).unwrap()
}

fn request(stream: bool) -> GenerationRequest {
    GenerationRequest {
        model: ModelId::new("acme/paint"),
        prompt: "a quiet lake".to_owned(),
        parameters: Map::new(),
        references: Vec::new(),
        provider: None,
        stream,
    }
}

async fn events(mut stream: EventStream) -> Vec<Result<StreamEvent, Error>> {
    let mut events = Vec::new();
    while let Some(event) = stream.next().await {
        events.push(event);
    }
    assert!(stream.next().await.is_none(), "the end stays the end");
    events
}

fn stream_of(reply: Reply) -> EventStream {
    match reply.body {
        ReplyBody::Stream(stream) => *stream,
        ReplyBody::Whole(whole) => panic!("{whole:?}"),
    }
}

fn whole_of(reply: Reply) -> crate::api::GenerationResponse {
    match reply.body {
        ReplyBody::Whole(whole) => *whole,
        ReplyBody::Stream(stream) => panic!("{stream:?}"),
    }
}

#[tokio::test]
async fn buffered_generation_sends_the_contract_and_reads_the_answer() {
    let headers = "content-type: application/json\r\nx-generation-id: gen-img-9\r\nx-provider-name: Acme\r\n";
    let body = r#"{"created":7,"data":[{"b64_json":"AQID"}],"usage":{"cost":0.04}}"#;
    let server = Server::start(vec![answer("200 OK", headers, body)]).await;
    let reply = client(&server).generate(&request(false)).await.unwrap();
    assert_eq!(reply.generation_id.as_deref(), Some("gen-img-9"));
    assert_eq!(reply.provider.as_deref(), Some("Acme"));
    let whole = whole_of(reply);
    assert_eq!((whole.images[0].bytes.as_slice(), whole.created), (&[1, 2, 3][..], Some(7)));
    let sent = server.requests().remove(0);
    for line in [
        "POST /api/v1/images HTTP/1.1\r\n",
        &format!("\r\nauthorization: Bearer {KEY}\r\n"),
        "\r\naccept: application/json\r\n",
        "\r\ncontent-type: application/json\r\n",
        "\r\nx-openrouter-title: Easel\r\n",
        "\r\nx-openrouter-categories: image-gen\r\n",
        "\r\n\r\n{\"model\":\"acme/paint\",\"prompt\":\"a quiet lake\"}",
    ] {
        assert!(sent.contains(line), "{line:?} is not in {sent}");
    }
}

#[tokio::test]
async fn content_type_decides_and_not_what_was_asked() {
    let body = r#"{"data":[{"b64_json":"AQID"}]}"#;
    let server = Server::start(vec![
        json_answer("200 OK", body),
        answer("200 OK", "content-type: text/event-stream\r\n", COMPLETED),
        answer("200 OK", "", body),
    ])
    .await;
    let client = client(&server);
    assert_eq!(whole_of(client.generate(&request(true)).await.unwrap()).images.len(), 1);
    assert!(server.requests()[0].contains("\r\naccept: text/event-stream\r\n"));
    assert!(server.requests()[0].ends_with(",\"stream\":true}"));
    let reply = client.generate(&request(false)).await.unwrap();
    assert!(matches!(events(stream_of(reply)).await.as_slice(), [Ok(StreamEvent::Completed { .. })]));
    assert_eq!(whole_of(client.generate(&request(false)).await.unwrap()).images.len(), 1);
}

#[tokio::test]
async fn events_arrive_before_the_stream_goes_on() {
    let (head, tail) = COMPLETED.split_at(40);
    let server = Server::start(vec![vec![
        stream_head(),
        chunk(": \n"),
        Step::Wait,
        chunk(PARTIAL),
        Step::Wait,
        chunk(head),
        chunk(tail),
        chunk("data: [DONE]\n\n"),
        last_chunk(),
    ]])
    .await;
    let reply = client(&server).generate(&request(true)).await.unwrap();
    assert_eq!(reply.generation_id.as_deref(), Some("gen-img-1"));
    let mut stream = stream_of(reply);
    assert_eq!(stream.next().await, Some(Ok(StreamEvent::Comment)));
    server.go_on();
    assert!(matches!(stream.next().await, Some(Ok(StreamEvent::PartialImage { .. }))));
    server.go_on();
    assert!(matches!(stream.next().await, Some(Ok(StreamEvent::Completed { created: Some(5), .. }))));
    assert_eq!(stream.next().await, Some(Ok(StreamEvent::Done)));
    assert_eq!(stream.next().await, None);
}

#[tokio::test]
async fn dropping_a_stream_closes_the_connection() {
    let server = Server::start(vec![vec![stream_head(), chunk(": \n"), Step::Hold]]).await;
    let mut stream = stream_of(client(&server).generate(&request(true)).await.unwrap());
    assert_eq!(stream.next().await, Some(Ok(StreamEvent::Comment)));
    drop(stream);
    server.closed().await;
}

#[tokio::test]
async fn done_ends_a_stream_that_the_server_holds_open() {
    let text = format!("{COMPLETED}data: [DONE]\n\n");
    let server = Server::start(vec![vec![stream_head(), chunk(&text), Step::Hold]]).await;
    let events = events(stream_of(client(&server).generate(&request(true)).await.unwrap())).await;
    assert!(matches!(events.as_slice(), [Ok(StreamEvent::Completed { .. }), Ok(StreamEvent::Done)]), "{events:?}");
    server.closed().await;
}

#[tokio::test]
async fn models_come_without_the_key_and_fall_back_on_404() {
    let server = Server::start(vec![
        json_answer("200 OK", r#"{"data":[{"id":"acme/paint"},{}]}"#),
        json_answer("404 Not Found", ""),
        json_answer(
            "200 OK",
            r#"{"data":[{"id":"acme/paint","supported_parameters":["seed"]},{"id":"openrouter/auto"}]}"#,
        ),
    ])
    .await;
    let client = client(&server);
    let list = client.models().await.unwrap();
    assert_eq!((list.source, list.models.len(), list.skipped.len()), (ModelSource::ImagesApi, 1, 1));
    let list = client.models().await.unwrap();
    assert_eq!((list.source, list.models.len(), list.skipped.len()), (ModelSource::ModelsApi, 1, 1));
    let requests = server.requests();
    let lines: Vec<_> = requests.iter().map(|request| request.lines().next().unwrap_or_default()).collect();
    let expected = [
        "GET /api/v1/images/models HTTP/1.1",
        "GET /api/v1/images/models HTTP/1.1",
        "GET /api/v1/models?output_modalities=image HTTP/1.1",
    ];
    assert_eq!(lines, expected);
    assert!(requests.iter().all(|request| !request.contains(KEY)));
}

#[tokio::test]
async fn models_that_are_nowhere_are_not_found_and_other_failures_do_not_fall_back() {
    let server = Server::start(vec![
        json_answer("404 Not Found", r#"{"error":{"message":"first"}}"#),
        json_answer("404 Not Found", ""),
        json_answer("503 Service Unavailable", ""),
    ])
    .await;
    let client = client(&server);
    assert_eq!(client.models().await.map_err(|error| error.to_string()), Err("first".to_owned()));
    assert_eq!(client.models().await.map_err(|error| error.word()), Err("unavailable"));
}

#[tokio::test]
async fn endpoints_are_asked_with_encoded_parts() {
    let body = r#"{"id":"a","endpoints":[{"provider_name":"Acme","provider_slug":"acme/eu","provider_tag":null}]}"#;
    let server = Server::start(vec![json_answer("200 OK", body), json_answer("404 Not Found", "{}")]).await;
    let client = client(&server);
    let (endpoints, raw) = client.endpoints(&ModelId::new("acme labs/paint-4.1:free/x?")).await.unwrap();
    assert_eq!((endpoints.len(), endpoints[0].base_slug()), (1, "acme"));
    assert_eq!(raw.to_string(), body);
    let line = "GET /api/v1/images/models/acme%20labs/paint-4.1%3Afree%2Fx%3F/endpoints HTTP/1.1\r\n";
    assert!(server.requests()[0].starts_with(line), "{}", server.requests()[0]);
    let missing = client.endpoints(&ModelId::new("acme/none")).await;
    assert_eq!(missing.map_err(|error| error.word()), Err("not_found"));
    for id in ["", "acme/", "acme/..", "../models"] {
        assert_eq!(client.endpoints(&ModelId::new(id)).await.map_err(|error| error.word()), Err("unsendable"), "{id}");
    }
}

#[tokio::test]
async fn account_calls_send_the_key_and_a_forbidden_balance_is_no_error() {
    let server = Server::start(vec![
        json_answer("200 OK", r#"{"data":{"label":"mine","limit":null,"usage":1}}"#),
        json_answer("401 Unauthorized", r#"{"error":{"code":401,"message":"User not found."}}"#),
        json_answer("200 OK", r#"{"data":{"total_credits":10,"total_usage":4}}"#),
        json_answer("403 Forbidden", r#"{"error":{"code":403,"message":"Only management keys"}}"#),
        json_answer("200 OK", r#"{"data":{}}"#),
    ])
    .await;
    let client = client(&server);
    let info = client.key_info().await.unwrap();
    assert_eq!((info.label.as_deref(), info.limit, info.usage), (Some("mine"), None, Some(1.0)));
    assert_eq!(client.key_info().await.map_err(|error| error.word()), Err("unauthorized"));
    assert_eq!(client.credits().await.unwrap().map(|credits| credits.balance()), Some(6.0));
    assert_eq!(client.credits().await, Ok(None));
    assert_eq!(client.credits().await, Ok(None));
    assert!(server.requests().iter().all(|request| request.contains(&format!("\r\nauthorization: Bearer {KEY}\r\n"))));
}

#[tokio::test]
async fn without_a_key_nothing_is_claimed() {
    let server = Server::start(vec![json_answer("401 Unauthorized", "")]).await;
    let client = Client::new(&format!("{}/", server.base()), None, Timeouts::default()).unwrap();
    assert_eq!(client.base(), server.base());
    let error = client.generate(&request(false)).await.unwrap_err();
    assert_eq!(error.word(), "unauthorized");
    assert!(!server.requests()[0].contains("authorization"));
}

#[tokio::test]
async fn key_is_in_no_debug_and_no_error() {
    let key = "custom-0123456789-secret";
    let echo = json!({"error": {"message": format!("bad key {key}"), "metadata": {"reasons": [key]}}}).to_string();
    let event = format!("data: {{\"type\":\"error\",\"error\":{{\"message\":\"bad {key}\"}}}}\n\n");
    let server = Server::start(vec![
        json_answer("401 Unauthorized", &echo),
        json_answer("200 OK", &echo),
        answer("403 Forbidden", "", &format!("<p>{key}</p>")),
        answer("200 OK", "content-type: text/event-stream\r\n", &event),
    ])
    .await;
    let client = Client::new(&server.base(), ApiKey::new(key).ok(), Timeouts::default()).unwrap();
    let mut printed = format!("{client:?}");
    assert!(printed.contains("ApiKey(…)"), "{printed}");
    for _ in 0..3 {
        printed.push_str(&format!("{:?}", client.generate(&request(false)).await));
    }
    let reply = client.generate(&request(true)).await.unwrap();
    printed.push_str(&format!("{reply:?}"));
    printed.push_str(&format!("{:?}", events(stream_of(reply)).await));
    let unreachable = client.generate(&request(false)).await.unwrap_err();
    printed.push_str(&format!("{unreachable} {unreachable:?}"));
    assert!(server.requests().iter().all(|request| request.contains(key)), "the key was sent");
    assert!(!printed.contains(key), "{printed}");
    assert!(printed.matches("bad").count() >= 3, "{printed}");
}

#[test]
fn streams_can_move_between_threads() {
    fn is_send<T: Send>() {}
    is_send::<EventStream>();
    is_send::<Client>();
    assert_eq!(Timeouts::default().silence, Duration::from_secs(90));
}
