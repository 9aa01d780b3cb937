//! Every way a call can fail, told by what the server does with the connection.

use super::*;
use crate::api::{AnswerBegun, Retry, Wait};
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
    let rows = [
        (answer("502 Bad Gateway", "content-type: text/html\r\n", page), "502 Bad Gateway cloudflare", "unavailable"),
        (json_answer("400 Bad Request", zod), "n: Too big", "invalid_request"),
        (json_answer("503 Service Unavailable", busy), "Busy", "unavailable"),
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
    assert_eq!((error.retry(AnswerBegun::No), error.retry_after()), (Retry::Yes, Some(Duration::from_secs(7))));
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
    assert_eq!((host, error.retry(AnswerBegun::No), error.billed()), (&address, Retry::Yes, Some(false)));
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

async fn whole(client: &Client) -> crate::api::GenerationResponse {
    whole_of(client.generate(&request(false)).await.unwrap())
}

#[tokio::test]
async fn an_error_in_an_answer_of_success_stands_beside_whatever_came() {
    let server = Server::start(vec![
        json_answer("200 OK", r#"{"error":{"code":429,"message":"Slow down"},"data":[]}"#),
        json_answer("200 OK", r#"{"error":{"code":429,"message":"Slow down"},"data":[{"b64_json":"AQID"}]}"#),
    ])
    .await;
    let client = client(&server);
    for pictures in [0, 1] {
        let whole = whole(&client).await;
        let error = whole.error.unwrap();
        assert_eq!((error.message.as_str(), error.kind), ("Slow down", RefusalKind::RateLimited));
        assert_eq!((whole.images.len(), whole.unread), (pictures, None));
    }
}

#[tokio::test]
async fn pictures_in_an_answer_that_calls_itself_a_failure_are_handed_out() {
    let body = r#"{"error":{"code":503,"message":"Busy"},"data":[{"b64_json":"AQID"}]}"#;
    let server = Server::start(vec![
        json_answer("503 Service Unavailable", body),
        answer("500 Oh", "content-type: image/png\r\n", "\u{1}PNG"),
    ])
    .await;
    let client = client(&server);
    let found = whole(&client).await;
    assert_eq!((found.images[0].bytes.as_slice(), found.error.unwrap().message.as_str()), (&[1, 2, 3][..], "Busy"));
    assert_eq!(whole(&client).await.images.len(), 1);
}

#[tokio::test]
async fn connection_lost_after_sending_is_broken_and_never_repeated() {
    for script in [vec![], vec![Step::Write(b"HTTP/1.1 200".to_vec())]] {
        let server = Server::start(vec![script]).await;
        let error = failure(&client(&server)).await;
        assert!(matches!(error, Error::Broken { .. }), "{error:?}");
        assert_eq!((error.retry(AnswerBegun::No), error.billed()), (Retry::Never, None));
        assert_eq!(server.requests().len(), 1);
    }
}

#[tokio::test]
async fn what_came_of_a_body_before_it_broke_is_handed_out() {
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n";
    let cut = format!("{head}{{\"data\":[{{\"b64_json\":\"AQID\"}},{{\"b64_json\":\"BA");
    let server = Server::start(vec![vec![Step::Write(cut.into_bytes())]]).await;
    let whole = whole(&client(&server)).await;
    assert_eq!(whole.images.iter().map(|image| image.bytes.as_slice()).collect::<Vec<_>>(), [[1, 2, 3]]);
    assert!(matches!(whole.ended, Some(Error::Broken { .. })), "{whole:?}");
    assert!(whole.unread.is_some(), "its second picture could not be read");
}

#[tokio::test]
async fn refusal_whose_body_is_cut_is_still_a_refusal() {
    let head = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 1000\r\n\r\nbusy";
    let server = Server::start(vec![vec![Step::Write(head.into())]]).await;
    let error = failure(&client(&server)).await;
    assert_eq!((error.to_string().as_str(), error.retry(AnswerBegun::No)), ("busy", Retry::Yes));
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
    assert_eq!(Error::Refused(Box::new(refusal)).retry(AnswerBegun::No), Retry::Never);
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

    // Silence alone never ends a buffered answer: pictures take their time.
    let server = Server::start(vec![vec![Step::Hold]]).await;
    let error = failure(&hasty(&server, 10, 300)).await;
    assert_eq!((&error, error.retry(AnswerBegun::No)), (&expected, Retry::Never));
    server.closed().await;
    let head = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 1000\r\n\r\n{";
    let server = Server::start(vec![vec![Step::Write(head.into()), Step::Hold]]).await;
    assert_eq!(whole(&hasty(&server, 10, 300)).await.ended, Some(expected));
    server.closed().await;
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
    assert!(error.to_string().contains("at http://127.0.0.1:1/api/v1 now"), "{error}");
    assert_eq!((error.retry(AnswerBegun::No), server.requests().len()), (Retry::Never, 1));
}

#[tokio::test]
async fn answers_that_are_not_the_contract_are_unreadable() {
    let rows = [
        (answer("200 OK", "content-type: text/html\r\n", "<p>Log in"), "text/html instead of JSON"),
        (json_answer("200 OK", "{\"data\":[{\"b64_json\":\"QUJD"), "base64 of a picture is broken"),
        (json_answer("200 OK", "{\"created\":1}"), "no list of pictures"),
    ];
    for (script, part) in rows {
        let server = Server::start(vec![script]).await;
        let whole = whole(&client(&server)).await;
        let reason = whole.unreadable.clone().unwrap();
        assert!(reason.contains(part) && !reason.contains("QUJD"), "{whole:?}");
        assert!(whole.unread.is_some(), "{whole:?}");
        assert_eq!(whole.ended, None);
    }
}

#[tokio::test]
async fn a_length_that_is_a_lie_costs_nothing_of_what_came() {
    let body = "{\"data\":[{\"b64_json\":\"AQID\"},{\"b64_json\":\"BAU\"}]}";
    for length in ["300000000", "999999999999"] {
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n");
        let server = Server::start(vec![vec![Step::Write((head + body).into())]]).await;
        let whole = whole(&client(&server)).await;
        assert_eq!(whole.images.len(), 2, "{length}: {whole:?}");
        assert!(whole.images.iter().all(|image| image.whole));
        assert!(matches!(whole.ended, Some(Error::Broken { .. })), "{length}: {whole:?}");
    }
}

#[tokio::test]
async fn lists_have_a_far_lower_limit_than_pictures() {
    let huge = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 17000000\r\n\r\n";
    let server = Server::start(vec![vec![Step::Write(huge.into()), Step::Hold]]).await;
    let error = client(&server).models().await.unwrap_err();
    assert!(error.to_string().contains("larger than 16 MiB"), "{error}");
}
