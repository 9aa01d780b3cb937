//! Faults on request: `@@name` in a prompt makes the server fail in that way.
//!
//! Imports `answer`. Invariant: every fault of the contract that a client must survive has a name in `FAULTS`, and the
//! words are removed before anything is painted. What a fault does to pictures is in `spoil`, to streams in `stream`.

use super::answer::{Answer, Refusal, json_answer, put, with_type};
use axum::body::Body;
use serde_json::json;
use std::time::{Duration, SystemTime};

/// Every fault: the name to write after `@@`, and what it does.
pub const FAULTS: &[(&str, &str)] = &[
    ("400", "the request is refused as malformed"),
    ("zod", "the request is refused by the schema, with an issue list"),
    ("401", "the key is refused"),
    ("402", "the account has no credits left"),
    ("402-budget", "too many paid requests at once, with Retry-After"),
    ("403", "the key may not use this model"),
    ("404", "no endpoint is left after routing"),
    ("408", "the request timed out upstream"),
    ("413", "the request is too large"),
    ("429", "rate limited, with Retry-After in seconds"),
    ("429-once", "rate limited the first time, then served"),
    ("500", "internal error"),
    ("502", "the provider answered nonsense"),
    ("502-safety", "the provider's safety system blocked the picture"),
    ("503", "no provider now, with Retry-After as a date"),
    ("503-once", "no provider the first time, then served"),
    ("524", "timeout at the edge"),
    ("529", "the provider is overloaded"),
    ("availability", "no capacity, in the availability form"),
    ("refusal", "moderation flags the prompt and says why"),
    ("html", "an HTML error page from a proxy"),
    ("empty-body", "an error without a body"),
    ("error-200", "status 200 with an error inside"),
    ("empty", "no pictures at all"),
    ("fewer", "one picture fewer than asked"),
    ("cut", "the connection breaks in the middle of the answer"),
    ("cut-before", "the connection breaks before any answer"),
    ("end-early", "the answer ends cleanly before the picture"),
    ("stall", "silence for ever after the first bytes"),
    ("corrupt", "base64 that is none"),
    ("garbage", "base64 of bytes that are no picture"),
    ("bomb", "a small PNG that claims 60000 x 60000 pixels"),
    ("truncated", "a picture cut in half"),
    ("unknown-events", "events and fields nobody knows between the known ones"),
    ("crlf", "a stream with BOM, CRLF, several data lines an event, split anywhere"),
    ("error-mid", "an error event after a partial picture"),
    ("error-code-number", "the same with a number as code"),
    ("no-done", "a stream without [DONE]"),
    ("wrong-type", "media_type says PNG, the bytes are JPEG"),
    ("svg-hostile", "an SVG that reads files, calls out, runs scripts, nests deeply"),
    ("slow", "only comments for a long while, then the picture"),
    ("no-usage", "no usage record"),
    ("null-cost", "a usage record whose cost is null"),
];

/// The faults found in a prompt, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults(Vec<&'static str>);

impl Faults {
    pub fn has(&self, name: &str) -> bool {
        self.0.contains(&name)
    }

    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().copied()
    }
}

/// Takes the `@@…` words out of a prompt; the error is a word that names no fault.
pub fn take(prompt: &str) -> Result<(String, Faults), String> {
    let mut kept = Vec::new();
    let mut faults = Vec::new();
    for word in prompt.split_whitespace() {
        let Some(name) = word.strip_prefix("@@") else {
            kept.push(word);
            continue;
        };
        let name = name.trim_end_matches(|c: char| !c.is_alphanumeric());
        match FAULTS.iter().find(|(known, _)| *known == name) {
            Some((known, _)) => faults.push(*known),
            None => return Err(name.to_owned()),
        }
    }
    Ok((kept.join(" "), Faults(faults)))
}

/// The answer of a fault that refuses the whole request; `None` for the others.
pub fn refuse(name: &str, model: &str, provider: &str) -> Option<Answer> {
    let form = |status: u16, message: &str, metadata| {
        Some(Refusal::Form1 { status, message: message.to_owned(), metadata }.into_answer())
    };
    let later = |answer: Option<Answer>, value: &str| {
        answer.map(|mut answer| {
            put(answer.headers_mut(), "retry-after", value);
            answer
        })
    };
    let from = |kind: &str| json!({"error_type": kind, "provider_name": provider});
    match name {
        "400" => {
            form(400, "Invalid request: the demo was asked to refuse it", json!({"error_type": "invalid_request"}))
        }
        "zod" => {
            let issue = json!({"code": "invalid_value", "values": ["auto", "low", "medium", "high"], "path": ["quality"],
                "message": "Invalid option: expected one of \"auto\"|\"low\"|\"medium\"|\"high\""});
            Some(Refusal::Schema(vec![issue]).into_answer())
        }
        "401" => form(401, "User not found.", json!(null)),
        "402" => {
            let metadata = json!({"error_type": "payment_required", "limit_source": "openrouter_credits",
                "remedy_hint": "Add credits to go on."});
            form(402, "Insufficient credits. This account has no credits left.", metadata)
        }
        "402-budget" => {
            let metadata = json!({"error_type": "payment_required", "limit_source": "openrouter_in_flight_budget",
                "reason": "in_flight_budget_exhausted", "retry_after_seconds": 1});
            later(form(402, "Too many paid requests in flight for the remaining balance.", metadata), "1")
        }
        "403" => form(403, "This key may not use the model.", json!({"error_type": "permission_denied"})),
        "404" => {
            let metadata =
                json!({"error_type": "not_found", "failed_routing_step": "data_policy", "model_slug": model});
            form(404, "No endpoints found matching your data policy.", metadata)
        }
        "408" => form(408, "The request timed out.", json!({"error_type": "timeout"})),
        "413" => form(413, "Request body too large.", json!({"error_type": "payload_too_large"})),
        "429" | "429-once" => {
            let metadata =
                json!({"error_type": "rate_limit_exceeded", "provider_name": provider, "retry_after_seconds": 1});
            let mut answer = later(form(429, "Rate limit exceeded.", metadata), "1")?;
            put(answer.headers_mut(), "x-ratelimit-limit", "20");
            put(answer.headers_mut(), "x-ratelimit-remaining", "0");
            Some(answer)
        }
        "500" => form(500, "Internal Server Error", json!({"error_type": "server"})),
        "502" => form(502, "Provider returned error", from("provider_unavailable")),
        "502-safety" => form(502, "The generation was blocked by the provider's safety system.", from("refusal")),
        "503" => {
            let date = httpdate::fmt_http_date(SystemTime::now() + Duration::from_secs(2));
            later(form(503, "No provider is available now.", from("provider_overloaded")), &date)
        }
        "503-once" => later(form(503, "No provider is available now.", from("provider_overloaded")), "0"),
        "524" => form(524, "A timeout occurred at the edge.", json!({"error_type": "timeout"})),
        "529" => form(529, "The provider is overloaded.", from("provider_overloaded")),
        "availability" => Some(json_answer(
            503,
            &json!({"error": {"message": "The model has no capacity left for now.", "error_type": "service_unavailable",
                "http_status": 503, "availability": {"code": "capacity_exhausted", "retryable": true, "retry_after": 1,
                "requested_models": [model], "affected_providers": [provider], "fallback_models": ["easel/sketch"],
                "docs_url": "https://openrouter.ai/docs"}}}),
        )),
        "refusal" => {
            let metadata = json!({"error_type": "refusal", "reasons": ["violence", "a test of refusals"],
                "flagged_input": "the words of this prompt", "provider_name": provider, "model_slug": model});
            form(403, "Your input was flagged by moderation.", metadata)
        }
        "html" => {
            let page = "<!DOCTYPE html><html><head><title>502 Bad Gateway</title></head>\
                        <body><center><h1>502 Bad Gateway</h1></center><hr><center>proxy</center></body></html>";
            Some(with_type(502, "text/html; charset=UTF-8", page))
        }
        "empty-body" => {
            let mut answer = with_type(500, "text/plain", Body::empty());
            answer.headers_mut().remove("content-type");
            Some(answer)
        }
        "error-200" => Some(json_answer(
            200,
            &json!({"error": {"code": 502, "message": "Provider returned error", "metadata": from("provider_unavailable")}}),
        )),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fault_words_are_taken_out_of_the_prompt() {
        let (prompt, faults) = take("a fox @@cut, in snow @@no-usage").unwrap();
        assert_eq!(prompt, "a fox in snow");
        assert!(faults.has("cut") && faults.has("no-usage") && !faults.has("429"));
        assert_eq!(take("@@nonsense"), Err("nonsense".to_owned()));
    }
}
