//! Tables for the five body shapes, the three forms of `Retry-After` and the recognition of content policy.

use super::*;
use crate::api::{Error, Retry};
use serde_json::json;

fn parse(status: u16, body: &str) -> Refusal {
    Refusal::parse(status, &HeaderMap::new(), body.as_bytes())
}

fn form_1(status: u16, message: &str, metadata: Value) -> Refusal {
    parse(status, &json!({"error": {"code": status, "message": message, "metadata": metadata}}).to_string())
}

fn retry(refusal: Refusal) -> Retry {
    Error::Refused(Box::new(refusal)).retry(crate::api::AnswerBegun::No)
}

#[test]
fn ordinary_body_gives_every_fact() {
    let refusal = parse(
        403,
        &json!({"user_id": "u", "error": {"code": 403, "message": "Input flagged", "metadata": {
            "error_type": "permission_denied", "provider_name": "Black Forest Labs", "reasons": ["violence"],
            "flagged_input": "x".repeat(300), "retry_after_seconds": 2.5
        }}})
        .to_string(),
    );
    assert_eq!((refusal.status, refusal.kind), (Some(403), RefusalKind::ContentPolicy));
    assert_eq!(refusal.message, "Input flagged");
    assert_eq!(refusal.error_type.as_deref(), Some("permission_denied"));
    assert_eq!(refusal.provider.as_deref(), Some("Black Forest Labs"));
    assert_eq!(refusal.reasons, ["violence"]);
    assert_eq!(refusal.flagged.map(|part| part.chars().count()), Some(100));
    assert_eq!(refusal.retry_after, Some(Duration::from_millis(2500)));
}

#[test]
fn every_status_has_its_kind() {
    use RefusalKind::*;
    let rows = [
        (400, InvalidRequest),
        (401, Unauthorized),
        (402, PaymentRequired),
        (403, Forbidden),
        (404, NotFound),
        (408, TimedOut),
        (412, InvalidRequest),
        (413, TooLarge),
        (422, InvalidRequest),
        (429, RateLimited),
        (500, ServerError),
        (502, Unavailable),
        (503, Unavailable),
        (504, TimedOut),
        (524, TimedOut),
        (529, Unavailable),
        (521, ServerError),
        (307, Moved),
    ];
    for (status, kind) in rows {
        for body in ["", "plain", r#"{"error":{"code":418,"message":"no"}}"#, r#"{"error":"no"}"#] {
            let refusal = parse(status, body);
            assert_eq!((refusal.status, refusal.kind), (Some(status), kind), "{status} {body}");
            assert!(!refusal.message.is_empty());
        }
    }
}

#[test]
fn code_is_a_status_when_the_answer_claimed_success() {
    for (code, status) in [
        (json!(429), Some(429)),
        (json!("503"), Some(503)),
        (json!(502.0), Some(502)),
        (json!(200), None),
        (json!("server_error"), None),
        (Value::Null, None),
        (json!(99999), None),
    ] {
        let refusal = Refusal::from_answer(&json!({"error": {"code": code, "message": "no"}}));
        assert_eq!(refusal.status, status, "{code}");
    }
    let typed = Refusal::from_answer(&json!({"error": {"code": "rate_limit_exceeded", "message": "slow down"}}));
    assert_eq!((typed.kind, typed.error_type.as_deref()), (RefusalKind::RateLimited, Some("rate_limit_exceeded")));
    let event = Refusal::from_event(&json!({"error": {"code": 503, "message": "busy"}}));
    assert_eq!((event.kind, retry(event)), (RefusalKind::Unavailable, Retry::Never));
}

#[test]
fn zod_list_inside_a_string_is_read_as_paths_and_messages() {
    let issues = json!([
        {"code": "invalid_value", "path": ["input_references", 0, "type"], "message": "Invalid option"},
        {"path": [], "message": "Unrecognized key"}, {"path": ["n"]}
    ]);
    let zod = |message: &str| json!({"success": false, "error": {"name": "ZodError", "message": message}}).to_string();
    let refusal = parse(400, &zod(&issues.to_string()));
    assert_eq!(refusal.message, "input_references.0.type: Invalid option; Unrecognized key");
    assert_eq!((refusal.kind, retry(refusal)), (RefusalKind::InvalidRequest, Retry::Never));
    assert_eq!(parse(400, &zod("not a list")).message, "not a list");
}

#[test]
fn other_frameworks_give_their_reasons_too() {
    for (status, body, message) in [
        (
            422,
            json!({"detail": [{"loc": ["body", "seed"], "msg": "value is too large", "type": "value_error"}, {"loc": ["body", "size", 0], "msg": "no"}]}),
            "seed: value is too large; size.0: no",
        ),
        (422, json!({"detail": "Not enough credits"}), "Not enough credits"),
        (
            400,
            json!({"title": "Bad Request", "detail": "size must be a multiple of 16", "status": 400}),
            "size must be a multiple of 16",
        ),
        (400, json!({"title": "Bad Request"}), "Bad Request"),
        (
            400,
            json!({"title": "Invalid", "errors": {"size": ["must be even"], "n": "too many"}}),
            "Invalid: size: must be even; n: too many",
        ),
        (400, json!({"errors": ["one", {"message": "two"}]}), "one; two"),
        (400, json!({"error": "invalid_grant", "error_description": "The code has expired"}), "The code has expired"),
        (500, json!({"error": {"message": {"message": "inner"}}}), "inner"),
        (400, json!({"error": "plain"}), "plain"),
    ] {
        assert_eq!(parse(status, &body.to_string()).message, message, "{body}");
    }
    assert_eq!(parse(400, "{\"error\":{\"message\":\"torn \\ud83d\"}}").message, "torn \u{fffd}");
}

#[test]
fn availability_is_obeyed() {
    let body = |retryable: bool, status: u16| {
        let availability = json!({"code": "capacity_exhausted", "retryable": retryable, "retry_after": 30});
        let error = json!({"message": "Full", "http_status": status, "availability": availability});
        json!({"error": error})
    };
    let refusal = parse(503, &body(true, 503).to_string());
    assert_eq!(refusal.error_type.as_deref(), Some("capacity_exhausted"));
    assert_eq!(refusal.retry_after, Some(Duration::from_secs(30)));
    assert_eq!(retry(refusal), Retry::Yes);
    assert_eq!(retry(parse(503, &body(false, 503).to_string())), Retry::Never);
    assert_eq!(retry(parse(404, &body(true, 404).to_string())), Retry::Yes);
    assert_eq!(Refusal::from_answer(&body(true, 503)).status, Some(503));
}

#[test]
fn pages_plain_text_and_nothing_give_a_sentence() {
    let page = "<html><head><title>502 Bad Gateway</title></head><body><hr>cloudflare</body></html>";
    assert_eq!(parse(502, page).message, "502 Bad Gateway cloudflare");
    assert_eq!(parse(500, " upstream\n died ").message, "upstream died");
    assert_eq!(parse(502, "").message, "The service answered 502 (Bad Gateway) without saying why");
    assert_eq!(parse(524, "{}").message, "The service answered 524 without saying why");
    assert_eq!(parse(400, r#"{"message":"bare"}"#).message, "bare");
    assert_eq!(parse(503, &"x ".repeat(9000)).message.chars().count(), 2000);
    assert!(!Refusal::parse(500, &HeaderMap::new(), &[0xff, 0xfe, b'!']).message.is_empty());
}

#[test]
fn general_sentence_is_completed_by_the_providers_own_words() {
    let raw = json!({"error": {"message": "Size too small"}}).to_string();
    let refusal = form_1(400, "Provider returned error", json!({"raw": raw, "provider_name": "OpenAI"}));
    assert_eq!(refusal.message, "Provider returned error: Size too small");
    assert_eq!(form_1(502, "", json!({"raw": "<p>Down</p>"})).message, "Down");
    assert_eq!(form_1(502, "Clear already", json!({"raw": "more"})).message, "Clear already");
}

#[test]
fn content_policy_is_recognised_and_not_confused() {
    use RefusalKind::*;
    let none = Value::Null;
    let rows = [
        (400, "no", json!({"error_type": "content_policy_violation"}), ContentPolicy),
        (400, "no", json!({"error_type": "refusal"}), ContentPolicy),
        (403, "Your chosen model requires moderation", json!({"reasons": ["sexual"]}), ContentPolicy),
        (403, "no", json!({"flagged_input": "knife"}), ContentPolicy),
        (403, "Key not allowed", none.clone(), Forbidden),
        (502, "Blocked by the provider's safety system", none.clone(), ContentPolicy),
        (422, "This prompt violates our content policy", none.clone(), ContentPolicy),
        (400, "Provider returned error", json!({"provider_code": "moderation_blocked"}), ContentPolicy),
        (400, "safety_tolerance must be at most 6", none.clone(), InvalidRequest),
        (429, "Moderation endpoint is busy", none.clone(), RateLimited),
        (400, "No provider for x supports the requested parameter(s): seed", json!({"reasons": ["a"]}), InvalidRequest),
        (404, "No endpoints match your data policy", none.clone(), NotFound),
        (400, "acme/none is not a valid model ID", none.clone(), NotFound),
        (400, "too big", json!({"error_type": "image_too_large"}), TooLarge),
    ];
    for (status, message, metadata, kind) in rows {
        let refusal = form_1(status, message, metadata);
        assert_eq!(refusal.kind, kind, "{status} {message}");
        assert_eq!(retry(refusal) == Retry::Yes, status == 429, "{status} {message}");
    }
}

#[test]
fn in_flight_budget_is_told_from_an_empty_account() {
    let rows = [
        ("openrouter_in_flight_budget", "in_flight_budget_exhausted", Retry::Yes),
        ("openrouter_in_flight_budget", "weight_exceeds_budget", Retry::Never),
        ("openrouter_credits", "in_flight_budget_exhausted", Retry::Never),
        ("openrouter_key_limit", "", Retry::Never),
    ];
    for (limit_source, reason, expected) in rows {
        let metadata = json!({"limit_source": limit_source, "reason": reason, "error_type": "payment_required"});
        assert_eq!(retry(form_1(402, "Pay", metadata)), expected, "{limit_source} {reason}");
    }
}

#[test]
fn wait_is_read_in_all_forms_and_clamped() {
    let now = httpdate::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT").unwrap();
    type Row = (&'static [(&'static str, &'static str)], Option<u64>);
    let rows: [Row; 17] = [
        (&[], None),
        (&[("retry-after", "7")], Some(7_000)),
        (&[("retry-after", " 1.5 ")], Some(1_500)),
        (&[("retry-after", "0")], Some(0)),
        (&[("retry-after-ms", "250"), ("retry-after", "7")], Some(250)),
        (&[("retry-after-ms", "soon"), ("retry-after", "7")], Some(7_000)),
        (&[("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT")], Some(30_000)),
        (&[("retry-after", "Sun, 06 Nov 1994 08:50:07 GMT"), ("date", "Sun, 06 Nov 1994 08:50:00 GMT")], Some(7_000)),
        (&[("retry-after", "Sat, 06 Nov 1993 08:49:37 GMT")], Some(0)),
        (&[("retry-after", "86400")], Some(3_600_000)),
        (&[("retry-after", "-3")], None),
        (&[("retry-after", "inf")], None),
        (&[("retry-after", "99999999999999999999999")], Some(3_600_000)),
        (&[("retry-after-ms", "-1"), ("retry-after", "2")], Some(2_000)),
        (&[("retry-after-ms", "0")], Some(0)),
        (&[("retry-after", "soon")], None),
        (&[("retry-after", "Fri, 31 Dec 9999 23:59:59 GMT")], Some(3_600_000)),
    ];
    for (pairs, expected) in rows {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.insert(*name, value.parse().unwrap());
        }
        assert_eq!(wait_of_headers(&headers, now), expected.map(Duration::from_millis), "{pairs:?}");
    }
    let mut headers = HeaderMap::new();
    headers.insert("retry-after", "9".parse().unwrap());
    let body = json!({"error": {"message": "slow", "metadata": {"retry_after_seconds": 2}}}).to_string();
    assert_eq!(Refusal::parse(429, &headers, body.as_bytes()).retry_after, Some(Duration::from_secs(9)));
    assert_eq!(parse(429, &body).retry_after, Some(Duration::from_secs(2)));
    let long = form_1(429, "slow", json!({"retry_after_seconds": 1e12}));
    assert_eq!(long.retry_after, Some(LONGEST_WAIT));
}
