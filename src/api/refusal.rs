//! Reads a server's own error, whichever of the five body shapes it has (contract section 7).
//!
//! May import the types of `api` only. Invariants: every body gives a [`Refusal`] with a sentence in it; the HTTP
//! status, where there is one, wins over the code in the body; all waiting times are clamped to one hour.

use super::excerpt::{excerpt, excerpt_of};
use super::loose::{flag, integer, member, number, strings, text};
use super::readable::{clip, harmless_line, readable};
use super::{Refusal, RefusalKind, Said, json};
use reqwest::StatusCode;
use reqwest::header::{DATE, HeaderMap, RETRY_AFTER};
use serde_json::Value;
use std::time::{Duration, SystemTime};

/// The longest wait that is believed.
const LONGEST_WAIT: Duration = Duration::from_secs(3600);

impl Refusal {
    /// Reads an answer whose HTTP status says that it failed.
    pub fn parse(status: u16, headers: &HeaderMap, body: &[u8]) -> Self {
        let body = String::from_utf8_lossy(body);
        let value = json::parse(body.as_bytes()).map_or(Value::Null, |parsed| parsed.value);
        let mut refusal = if value.is_object() {
            Self::from_value(Some(status), &value)
        } else {
            Self::from_sentence(Some(status), readable(&body))
        };
        refusal.retry_after = wait_of_headers(headers, SystemTime::now()).or(refusal.retry_after);
        refusal.said = Said { request_id: request_id(headers), body: excerpt(body.as_bytes()) };
        refusal
    }

    /// Reads an error inside an answer that claimed success; the status is the body's own.
    pub(super) fn from_answer(value: &Value) -> Self {
        Self { said: Said { request_id: None, body: excerpt_of(value) }, ..Self::from_value(None, value) }
    }

    /// Reads an error event of a stream. It comes after bytes of the answer, which forbids automatic repetition.
    pub(super) fn from_event(value: &Value) -> Self {
        Self { retryable: Some(false), ..Self::from_answer(value) }
    }

    fn from_value(http_status: Option<u16>, value: &Value) -> Self {
        let error = member(value, "error").unwrap_or(value);
        let metadata = member(error, "metadata").unwrap_or(&Value::Null);
        let availability = member(error, "availability").unwrap_or(&Value::Null);
        let own_status = ["code", "http_status", "status"].into_iter().find_map(|name| integer(error, name));
        let own_status = own_status.and_then(|code| u16::try_from(code).ok()).filter(|code| (400..600).contains(code));
        let status = http_status.or(own_status);
        let code = text(error, "code").filter(|code| code.parse::<f64>().is_err());
        let error_type = text(metadata, "error_type")
            .or_else(|| text(error, "error_type"))
            .or_else(|| text(availability, "code"))
            .or(code)
            .or_else(|| text(error, "type").filter(|name| *name != "error"));
        let mut refusal = Self::from_sentence(status, sentence(error, metadata, value));
        refusal.error_type = error_type.map(|name| harmless_line(name, 100));
        refusal.provider = text(metadata, "provider_name").map(|name| harmless_line(name, 100));
        refusal.reasons = strings(metadata, "reasons").iter().map(|reason| readable(reason)).collect();
        refusal.flagged = text(metadata, "flagged_input").map(|part| clip(part, 100));
        refusal.retryable = flag(availability, "retryable").or_else(|| flag(metadata, "retryable"));
        refusal.retry_after = number(metadata, "retry_after_seconds")
            .or_else(|| number(availability, "retry_after"))
            .and_then(wait_of_seconds);
        refusal.in_flight_budget = status == Some(402)
            && text(metadata, "limit_source") == Some("openrouter_in_flight_budget")
            && text(metadata, "reason") == Some("in_flight_budget_exhausted");
        let told = [Some(refusal.message.as_str()), code, text(metadata, "provider_code"), text(metadata, "raw")];
        refusal.kind = kind_of(&refusal, told.into_iter().flatten().any(speaks_of_safety));
        refusal
    }

    fn from_sentence(status: Option<u16>, message: String) -> Self {
        let message = if message.is_empty() { without_reason(status) } else { message };
        let mut refusal = Self {
            status,
            kind: RefusalKind::ServerError,
            message,
            error_type: None,
            provider: None,
            reasons: Vec::new(),
            flagged: None,
            retry_after: None,
            retryable: None,
            in_flight_budget: false,
            said: Said::default(),
        };
        refusal.kind = kind_of(&refusal, speaks_of_safety(&refusal.message));
        refusal
    }
}

/// Returns the name of a request, from the service's own to that of what stands before it.
fn request_id(headers: &HeaderMap) -> Option<String> {
    let names = ["x-generation-id", "x-request-id", "request-id", "cf-ray"].into_iter();
    let ids = names.filter_map(|name| headers.get(name)?.to_str().ok().map(|id| harmless_line(id, 100)));
    ids.map(|id| readable(&id)).find(|id| !id.is_empty())
}

fn without_reason(status: Option<u16>) -> String {
    let Some(status) = status else { return "The service reported an error without saying why".to_owned() };
    let name = StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason());
    let name = name.map(|name| format!(" ({name})")).unwrap_or_default();
    format!("The service answered {status}{name} without saying why")
}

/// Finds the sentence that says most: a list of what is wrong, the provider's own words behind a general one, or the
/// message. `outer`: the body itself, which says more in some services than the error in it.
fn sentence(error: &Value, metadata: &Value, outer: &Value) -> String {
    let said = ["message", "msg", "detail", "error_description", "title"].into_iter();
    let said =
        said.clone().find_map(|name| text(error, name)).or_else(|| said.clone().find_map(|name| text(outer, name)));
    let nested = || text(member(error, "message")?, "message");
    let message = said.or_else(nested).or_else(|| error.as_str()).unwrap_or_default();
    if text(error, "name") == Some("ZodError")
        && let Some(issues) = serde_json::from_str(message).ok().as_ref().and_then(issues)
    {
        return readable(&issues);
    }
    let listed = ["detail", "errors", "issues"].into_iter().find_map(|name| issues(member(error, name)?));
    let general = message.is_empty() || message.eq_ignore_ascii_case("provider returned error");
    match (text(metadata, "raw").filter(|_| general), listed) {
        (Some(raw), _) if message.is_empty() => readable(&inner_sentence(raw)),
        (Some(raw), _) => readable(&format!("{message}: {}", inner_sentence(raw))),
        (None, Some(issues)) if message.is_empty() => readable(&issues),
        (None, Some(issues)) => readable(&format!("{message}: {issues}")),
        (None, None) => readable(message),
    }
}

/// Reads what is wrong with which field: a list of issues (Zod, FastAPI), of sentences, or a map from field to sentences.
fn issues(value: &Value) -> Option<String> {
    let lines: Vec<String> = match value {
        Value::Array(issues) => issues.iter().filter_map(issue).collect(),
        Value::Object(fields) => {
            let first = |told: &Value| told.as_str().or_else(|| told.get(0)?.as_str()).map(str::to_owned);
            fields.iter().filter_map(|(field, told)| Some(format!("{field}: {}", first(told)?))).collect()
        }
        _ => Vec::new(),
    };
    (!lines.is_empty()).then(|| lines.join("; "))
}

fn issue(issue: &Value) -> Option<String> {
    let message = issue.as_str().or_else(|| text(issue, "message")).or_else(|| text(issue, "msg"))?;
    let path = member(issue, "path").or_else(|| member(issue, "loc"));
    let path = path.and_then(Value::as_array).into_iter().flatten();
    let path: Vec<String> = path.map(|part| part.as_str().map_or_else(|| part.to_string(), str::to_owned)).collect();
    // FastAPI names where the field is: in the body, as all of ours are.
    let path = path.strip_prefix(&["body".to_owned()]).unwrap_or(&path);
    Some(if path.is_empty() { message.to_owned() } else { format!("{}: {message}", path.join(".")) })
}

/// Finds the sentence inside a provider's raw body, which is JSON as text, a page or plain text.
fn inner_sentence(raw: &str) -> String {
    let value: Value = serde_json::from_str(raw).unwrap_or(Value::Null);
    let inner = member(&value, "error").unwrap_or(&value);
    inner
        .as_str()
        .or_else(|| text(inner, "message"))
        .or_else(|| text(inner, "detail"))
        .map_or_else(|| readable(raw), readable)
}

fn kind_of(refusal: &Refusal, speaks_of_safety: bool) -> RefusalKind {
    let error_type = refusal.error_type.as_deref().unwrap_or_default();
    let message = refusal.message.to_ascii_lowercase();
    let by_moderation = refusal.flagged.is_some() || !refusal.reasons.is_empty();
    let could_be_policy = matches!(refusal.status, None | Some(400 | 403 | 422 | 451 | 502));
    let is_policy = ["content_policy_violation", "refusal", "moderation_blocked"].contains(&error_type)
        || (could_be_policy
            && (speaks_of_safety || by_moderation)
            && !message.contains("supports the requested parameter"));
    if is_policy {
        return RefusalKind::ContentPolicy;
    }
    if message.contains("not a valid model id") {
        return RefusalKind::NotFound;
    }
    match refusal.status {
        Some(400) if error_type == "image_too_large" => RefusalKind::TooLarge,
        Some(status) => kind_of_status(status),
        None => kind_of_type(error_type),
    }
}

fn kind_of_status(status: u16) -> RefusalKind {
    match status {
        401 => RefusalKind::Unauthorized,
        402 => RefusalKind::PaymentRequired,
        403 => RefusalKind::Forbidden,
        404 | 410 => RefusalKind::NotFound,
        413 => RefusalKind::TooLarge,
        429 => RefusalKind::RateLimited,
        408 | 499 | 504 | 524 => RefusalKind::TimedOut,
        502 | 503 | 529 => RefusalKind::Unavailable,
        300..400 => RefusalKind::Moved,
        400..500 => RefusalKind::InvalidRequest,
        _ => RefusalKind::ServerError,
    }
}

fn kind_of_type(error_type: &str) -> RefusalKind {
    match error_type {
        "authentication" => RefusalKind::Unauthorized,
        "payment_required" => RefusalKind::PaymentRequired,
        "permission_denied" | "region_restricted" | "privacy_restricted" => RefusalKind::Forbidden,
        "not_found" | "model_not_found" | "no_endpoints" | "model_deprecated" => RefusalKind::NotFound,
        "payload_too_large" | "image_too_large" => RefusalKind::TooLarge,
        "rate_limit_exceeded" => RefusalKind::RateLimited,
        "timeout" => RefusalKind::TimedOut,
        "provider_unavailable"
        | "provider_overloaded"
        | "capacity_exhausted"
        | "temporarily_unavailable"
        | "model_unavailable_upstream" => RefusalKind::Unavailable,
        known if super::error::DETERMINISTIC_TYPES.contains(&known) => RefusalKind::InvalidRequest,
        _ => RefusalKind::ServerError,
    }
}

/// Looks for whole words, so that a parameter such as `safety_tolerance` does not count.
fn speaks_of_safety(text: &str) -> bool {
    const WORDS: [&str; 11] = [
        "safety",
        "image_safety",
        "moderation",
        "moderated",
        "moderation_blocked",
        "nsfw",
        "flagged",
        "content_policy",
        "content_policy_violation",
        "content_filter",
        "prohibited_content",
    ];
    const PHRASES: [&str; 5] =
        ["content policy", "content policies", "content filter", "usage polic", "responsible ai"];
    let text = text.to_ascii_lowercase();
    let mut words = text.split(|c: char| !(c.is_alphanumeric() || c == '_'));
    words.any(|word| WORDS.contains(&word)) || PHRASES.iter().any(|phrase| text.contains(phrase))
}

/// Reads `Retry-After-Ms`, then `Retry-After` as seconds or as a date, which counts from the server's own clock.
fn wait_of_headers(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok()).map(str::trim);
    let seconds = |text: &str| text.parse::<f64>().ok();
    if let Some(wait) = header("retry-after-ms").and_then(seconds).and_then(|ms| wait_of_seconds(ms / 1000.0)) {
        return Some(wait);
    }
    let after = header(RETRY_AFTER.as_str())?;
    if let Some(wait) = seconds(after).and_then(wait_of_seconds) {
        return Some(wait);
    }
    let until = httpdate::parse_http_date(after).ok()?;
    let now = header(DATE.as_str()).and_then(|date| httpdate::parse_http_date(date).ok()).unwrap_or(now);
    Some(until.duration_since(now).unwrap_or_default().min(LONGEST_WAIT))
}

fn wait_of_seconds(seconds: f64) -> Option<Duration> {
    let longest = LONGEST_WAIT.as_secs_f64();
    (seconds.is_finite() && seconds >= 0.0).then(|| Duration::from_secs_f64(seconds.min(longest)))
}

#[cfg(test)]
mod tests;
