//! Every way a call can fail, told by what the server does with the connection.

use super::*;
use crate::api::{Retry, Wait};
use std::time::Duration;
use tokio::net::TcpListener;

fn hasty(server: &Server, silence: u64, whole: u64) -> Client {
    let millis = Duration::from_millis;
    let timeouts = Timeouts { connect: Duration::from_secs(15), silence: millis(silence), whole: millis(whole) };
    Client::new(&server.base(), None, timeouts).unwrap()
}

async fn failure(client: &Client) -> Error {
    client.generate(&request(false)).await.unwrap_err()
}

async fn events_of(script: Vec<Step>) -> Vec<Result<StreamEvent, Error>> {
    let server = Server::start(vec![script]).await;
    events(stream_of(client(&server).generate(&request(true)).await.unwrap())).await
}

#[tokio::test]
async fn refusals_of_every_shape_are_typed() {
    let page = "<html><head><title>502 Bad Gateway</title></head><body>cloudflare</body></html>";
    let zod =
        r#"{"success":false,"error":{"name":"ZodError","message":"[{\"path\":[\"n\"],\"message\":\"Too big\"}]"}}"#;
    let busy = r#"{"error":{"message":"Busy","availability":{"code":"capacity_exhausted","retryable":true}}}"#;
    let in_200 = r#"{"error":{"code":429,"message":"Slow down"},"data":[]}"#;
    let rows = [
        (answer("502 Bad Gateway", "content-type: text/html\r\n", page), "502 Bad Gateway cloudflare", "unavailable"),
        (json_answer("400 Bad Request", zod), "n: Too big", "invalid_request"),
        (json_answer("503 Service Unavailable", busy), "Busy", "unavailable"),
        (json_answer("200 OK", in_200), "Slow down", "rate_limited"),
        (
            answer("500 Internal Server Error", "", ""),
            "The service answered 500 (Internal Server Error) without saying why",
            "server_error",
        ),
    ];
    for (script, message, word) in rows {
        let server = Server::start(vec![script]).await;
        let error = failure(&client(&server)).await;
        assert_eq!((error.to_string().as_str(), error.word(), error.billed()), (message, word, Some(false)));
    }
}

#[tokio::test]
async fn retry_after_reaches_the_error() {
    let headers = "content-type: application/json\r\nretry-after: 7\r\n";
    let body = r#"{"error":{"code":429,"message":"Slow down"}}"#;
    let server = Server::start(vec![answer("429 Too Many Requests", headers, body)]).await;
    let error = failure(&client(&server)).await;
    assert_eq!((error.retry(), error.retry_after()), (Retry::Yes, Some(Duration::from_secs(7))));
}

#[tokio::test]
async fn refused_connection_is_unreachable_and_may_be_repeated() {
    let server = Server::start(vec![]).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    drop(listener);
    let client = Client::new(&format!("http://{address}/api/v1"), None, Timeouts::default()).unwrap();
    let error = failure(&client).await;
    let Error::Unreachable { host, reason } = &error else { panic!("{error:?}") };
    assert_eq!((host, error.retry(), error.billed()), (&address, Retry::Yes, Some(false)));
    assert!(!reason.is_empty() && !reason.contains("http"), "{reason}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn connection_that_never_opens_is_unreachable() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base = format!("https://{}/api/v1", listener.local_addr().unwrap());
    let timeouts = Timeouts { connect: Duration::from_millis(100), ..Timeouts::default() };
    // Nobody answers the TLS greeting; where the system has no certificates there is no client to try it with.
    let Ok(client) = Client::new(&base, None, timeouts) else { return };
    let error = failure(&client).await;
    assert!(matches!(&error, Error::Unreachable { reason, .. } if reason.contains("within")), "{error:?}");
}

#[tokio::test]
async fn connection_lost_after_sending_is_broken_and_never_repeated() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n";
    let cut = format!("{head}{{\"data\":[{{\"b64_json\":\"AQID");
    for script in [vec![], vec![Step::Write(b"HTTP/1.1 200".to_vec())], vec![Step::Write(cut.into_bytes())]] {
        let server = Server::start(vec![script]).await;
        let error = failure(&client(&server)).await;
        assert!(matches!(error, Error::Broken { .. }), "{error:?}");
        assert_eq!((error.retry(), error.billed()), (Retry::Never, None));
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn refusal_whose_body_is_cut_is_still_a_refusal() {
    let head = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 1000\r\n\r\nbusy";
    let server = Server::start(vec![vec![Step::Write(head.into())]]).await;
    let error = failure(&client(&server)).await;
    assert_eq!((error.to_string().as_str(), error.retry()), ("busy", Retry::Yes));
}

#[tokio::test]
async fn cut_stream_keeps_what_was_completed() {
    let events = events_of(vec![stream_head(), chunk(PARTIAL), chunk(COMPLETED.trim_end())]).await;
    let [Ok(StreamEvent::PartialImage { .. }), Ok(StreamEvent::Completed { .. }), Err(error)] = events.as_slice()
    else {
        panic!("{events:?}")
    };
    assert!(matches!(error, Error::Broken { .. }), "{error:?}");
    let events = events_of(vec![stream_head(), chunk(PARTIAL)]).await;
    assert!(matches!(events.as_slice(), [Ok(_), Err(Error::Broken { .. })]), "{events:?}");
}

#[tokio::test]
async fn clean_end_without_result_or_error_fails_once() {
    let error_event = "data: {\"type\":\"error\",\"error\":{\"message\":\"no\",\"code\":503}}\n\n";
    let broken = "data: {\"type\":\"image_generation.completed\",\"b64_json\":\"!\"}\n\n";
    let rows: [(&str, &[&str]); 6] = [
        ("", &["ended_early"]),
        (PARTIAL, &["ok", "ended_early"]),
        ("data: {\"type\":\"x\"}\n\ndata: [DONE]\n\n", &["ok", "ok", "ended_early"]),
        (error_event, &["ok"]),
        (broken, &["unreadable_answer"]),
        (COMPLETED, &["ok"]),
    ];
    for (text, expected) in rows {
        let pieces = if text.is_empty() { vec![] } else { vec![chunk(text)] };
        let script = std::iter::once(stream_head()).chain(pieces).chain([last_chunk()]).collect();
        let events = events_of(script).await;
        let words: Vec<_> = events.iter().map(|event| event.as_ref().map_or_else(Error::word, |_| "ok")).collect();
        assert_eq!(words, expected, "{text}");
    }
}

#[tokio::test]
async fn error_event_is_typed_and_never_repeated() {
    let text = "data: {\"type\":\"error\",\"error\":{\"message\":\"Busy\",\"code\":503}}\n\ndata: [DONE]\n\n";
    let mut events = events_of(vec![stream_head(), chunk(text), last_chunk()]).await;
    let Ok(StreamEvent::Error(refusal)) = events.remove(0) else { panic!("{events:?}") };
    assert_eq!((refusal.kind, refusal.message.as_str()), (RefusalKind::Unavailable, "Busy"));
    assert_eq!(Error::Refused(Box::new(refusal)).retry(), Retry::Never);
    assert_eq!(events, [Ok(StreamEvent::Done)]);
}

#[tokio::test]
async fn silent_stream_times_out_by_silence() {
    let server = Server::start(vec![vec![stream_head(), chunk(": \n"), Step::Hold]]).await;
    let stream = stream_of(hasty(&server, 100, 60_000).generate(&request(true)).await.unwrap());
    let after = Duration::from_millis(100);
    let expected = [Ok(StreamEvent::Comment), Err(Error::TimedOut { after, what: Wait::Silence })];
    assert_eq!(events(stream).await, expected);
    server.closed().await;
}

#[tokio::test]
async fn comments_keep_a_stream_alive_past_the_silence_limit() {
    let ticks = Step::Tick(b"3\r\n: \n\r\n", 14, Duration::from_millis(50));
    let server = Server::start(vec![vec![stream_head(), ticks, chunk(COMPLETED), last_chunk()]]).await;
    let stream = stream_of(hasty(&server, 500, 60_000).generate(&request(true)).await.unwrap());
    let events = events(stream).await;
    assert_eq!(events.iter().filter(|event| **event == Ok(StreamEvent::Comment)).count(), 14, "{events:?}");
    assert!(matches!(events.last(), Some(Ok(StreamEvent::Completed { .. }))));
}

#[tokio::test]
async fn whole_limit_ends_streams_and_buffered_answers() {
    let after = Duration::from_millis(300);
    let expected = Error::TimedOut { after, what: Wait::Whole };
    let lively = Step::Tick(b"3\r\n: \n\r\n", 10_000, Duration::from_millis(20));
    let server = Server::start(vec![vec![stream_head(), lively]]).await;
    let stream = stream_of(hasty(&server, 60_000, 300).generate(&request(true)).await.unwrap());
    assert_eq!(events(stream).await.last(), Some(&Err(expected.clone())));

    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{";
    for script in [vec![Step::Hold], vec![Step::Write(head.into()), Step::Hold]] {
        let server = Server::start(vec![script]).await;
        // Silence alone never ends a buffered answer: pictures take their time.
        let error = failure(&hasty(&server, 10, 300)).await;
        assert_eq!((&error, error.retry()), (&expected, Retry::Never));
        server.closed().await;
    }
}

#[tokio::test]
async fn discovery_is_limited_by_silence() {
    let server = Server::start(vec![vec![Step::Hold]]).await;
    let error = hasty(&server, 100, 60_000).models().await.unwrap_err();
    assert_eq!(error, Error::TimedOut { after: Duration::from_millis(100), what: Wait::Whole });
}

#[tokio::test]
async fn redirections_are_not_followed() {
    let moved = answer("307 Temporary Redirect", "location: http://127.0.0.1:1/api/v1/images\r\n", "");
    let server = Server::start(vec![moved, json_answer("200 OK", "{}")]).await;
    let error = failure(&client(&server)).await;
    assert!(error.to_string().contains("http://127.0.0.1:1/api/v1/images"), "{error}");
    assert_eq!((error.retry(), server.requests().len()), (Retry::Never, 1));
}

#[tokio::test]
async fn answers_that_are_not_the_contract_are_unreadable() {
    let huge = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 999999999999\r\n\r\n";
    let rows = [
        (answer("200 OK", "content-type: text/html\r\n", "<p>Log in"), "text/html instead of JSON"),
        (json_answer("200 OK", "{\"data\":[{\"b64_json\":\"QUJD"), "cut off"),
        (json_answer("200 OK", "{\"created\":1}"), "no list of pictures"),
        (vec![Step::Write(huge.into()), Step::Hold], "larger than 256 MiB"),
    ];
    for (script, part) in rows {
        let server = Server::start(vec![script]).await;
        let error = failure(&client(&server)).await;
        assert!(matches!(error, Error::Unreadable { .. }) && error.to_string().contains(part), "{error}");
        assert!(!error.to_string().contains("QUJD"));
    }
}
