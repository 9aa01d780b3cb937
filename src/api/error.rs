//! What can go wrong on the wire, typed down to what the artist can do about it, and what may be repeated.
//!
//! May import nothing of ours. Invariants: no key and no base64 in any message; a call is repeated automatically only
//! where contract section 7 allows it for a paid `POST`, never once bytes of the answer came.

use std::time::Duration;

/// An error of one call. Never carries the key or base64; bodies are clipped.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum Error {
    /// Nothing of ours reached the server: name not found, connection refused, TLS failed, connect timeout.
    #[error("could not connect to {host}: {reason}")]
    Unreachable { host: String, reason: String },
    /// The server answered with an error of its own, by status, body or stream event.
    #[error("{0}")]
    Refused(Box<Refusal>),
    /// The connection broke after the request was sent. It may still be billed.
    #[error("the connection broke: {reason}")]
    Broken { reason: String },
    /// Our own deadline passed. The request may still finish and be billed.
    #[error("no answer within {} s", .after.as_secs())]
    TimedOut { after: Duration, what: Wait },
    /// A stream ended cleanly without a completed picture and without an error.
    #[error("the stream ended early")]
    EndedEarly,
    /// The answer held no picture.
    #[error("the answer holds no picture")]
    Empty,
    /// The answer is not what the contract says (wrong type, broken JSON or base64, too large).
    #[error("the answer could not be read: {reason}")]
    Unreadable { reason: String },
    /// The request could not be built (base address or key not usable).
    #[error("the request could not be made: {reason}")]
    Unsendable { reason: String },
}

/// Says which deadline passed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wait {
    /// No byte for the silence limit of a stream.
    Silence,
    /// The whole call took too long.
    Whole,
}

/// Holds the server's own error, normalised from any of the five body shapes.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    /// HTTP status; for an error inside a 200 or a stream, the code in the body when it is a status, else `None`.
    pub status: Option<u16>,
    /// Which button helps.
    pub kind: RefusalKind,
    /// The server's sentence, clipped to 2,000 characters; for a Zod list `path: message` joined by `; `.
    pub message: String,
    /// `error_type`, availability code or string code as received; open set.
    pub error_type: Option<String>,
    /// Provider that refused, when named.
    pub provider: Option<String>,
    /// Moderation reasons; empty when none were given.
    pub reasons: Vec<String>,
    /// The flagged part of the prompt (up to 100 characters), when named.
    pub flagged: Option<String>,
    /// How long the server asks to wait, clamped to 1 hour.
    pub retry_after: Option<Duration>,
    /// `Some(false)` when the body itself forbids repetition, or when the error came after bytes of the answer (an
    /// error event of a stream); `Some(true)` when the body allows it.
    pub retryable: Option<bool>,
    /// True for a 402 of the in-flight budget kind: repeat later, with fewer in parallel.
    pub in_flight_budget: bool,
    /// What it said beside that.
    pub said: Said,
}

/// What an answer said beside its sentence, for those who want to know or ask.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    /// The name under which the service, or what stands before it, finds the request again.
    pub request_id: Option<String>,
    /// The beginning of the answer, made harmless; without pictures and keys.
    pub body: String,
}

/// Sorts refusals by what the artist can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum RefusalKind {
    /// 400, 422: the request itself; edit settings.
    InvalidRequest,
    /// 400/403/422 by moderation or safety: edit the prompt.
    ContentPolicy,
    /// 401: enter a key.
    Unauthorized,
    /// 402: add credit (or wait, for the in-flight budget).
    PaymentRequired,
    /// 403 otherwise.
    Forbidden,
    /// 404, or "not a valid model ID".
    NotFound,
    /// 413, or a reference that is too large (`image_too_large`): shrink references.
    TooLarge,
    /// 429.
    RateLimited,
    /// 408, 499, 504, 524.
    TimedOut,
    /// 502, 503, 529.
    Unavailable,
    /// 3xx: the service is elsewhere, or something stands in between.
    Moved,
    /// 500 and anything else of the server's.
    ServerError,
}

/// Says whether and how a call may be repeated automatically (contract section 7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retry {
    Never,
    /// At most once more.
    Once,
    /// Up to the limit of attempts.
    Yes,
}

/// Says how far an answer had come when a call failed: what may be repeated depends on it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AnswerBegun {
    /// None had begun: the service refused, or said nothing.
    No,
    /// The first byte of an answer of success had come; from then on it may be billed, whatever else it says.
    Yes,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

/// The `error_type`s that give the same answer again, so that they forbid repetition whatever the status.
pub(super) const DETERMINISTIC_TYPES: [&str; 18] = [
    "invalid_request",
    "invalid_prompt",
    "string_too_long",
    "content_policy_violation",
    "refusal",
    "invalid_image",
    "image_too_large",
    "image_too_small",
    "unsupported_image_format",
    "image_download_failed",
    "authentication",
    "payment_required",
    "permission_denied",
    "not_found",
    "image_not_found",
    "precondition_failed",
    "payload_too_large",
    "unprocessable",
];

impl Error {
    /// Says whether the call may be repeated automatically. The caller limits the attempts.
    pub fn retry(&self, answer: AnswerBegun) -> Retry {
        match self {
            _ if answer == AnswerBegun::Yes => Retry::Never,
            Self::Unreachable { .. } => Retry::Yes,
            Self::Refused(refusal) => refusal.retry(),
            Self::Broken { .. }
            | Self::TimedOut { .. }
            | Self::EndedEarly
            | Self::Empty
            | Self::Unreadable { .. }
            | Self::Unsendable { .. } => Retry::Never,
        }
    }

    /// Returns how long the server asks to wait, at most 1 hour; `None` when it does not say.
    pub fn retry_after(&self) -> Option<Duration> {
        match self {
            Self::Refused(refusal) => refusal.retry_after,
            _ => None,
        }
    }

    /// Returns the stable word for scripts and records.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Unreachable { .. } => "unreachable",
            Self::Refused(refusal) if refusal.in_flight_budget => "in_flight_budget",
            Self::Refused(refusal) => refusal.kind.word(),
            Self::Broken { .. } => "connection_broken",
            Self::TimedOut { .. } => "timed_out",
            Self::EndedEarly => "ended_early",
            Self::Empty => "empty_answer",
            Self::Unreadable { .. } => "unreadable_answer",
            Self::Unsendable { .. } => "unsendable",
        }
    }

    /// Says whether the call was billed; `None`: not known. What is refused or was never sent is not billed; what timed
    /// out somewhere on the way may have been finished.
    pub fn billed(&self) -> Option<bool> {
        match self {
            Self::Refused(refusal) if refusal.may_have_been_finished() => None,
            Self::Unreachable { .. } | Self::Refused(_) | Self::Unsendable { .. } => Some(false),
            Self::Broken { .. } | Self::TimedOut { .. } | Self::EndedEarly | Self::Empty | Self::Unreadable { .. } => {
                None
            }
        }
    }
}

impl Refusal {
    /// Says whether somebody between the provider and us gave up waiting, which stops no work.
    fn may_have_been_finished(&self) -> bool {
        let by_status = matches!(self.status, Some(408 | 499 | 504 | 520 | 522 | 524 | 598 | 599));
        by_status || self.kind == RefusalKind::TimedOut
    }

    fn retry(&self) -> Retry {
        let deterministic = self.error_type.as_deref().is_some_and(|name| DETERMINISTIC_TYPES.contains(&name));
        if self.retryable == Some(false) || self.kind == RefusalKind::ContentPolicy {
            return Retry::Never;
        }
        if self.in_flight_budget {
            return Retry::Yes;
        }
        if deterministic {
            return Retry::Never;
        }
        match self.status {
            Some(429 | 503 | 529) => Retry::Yes,
            // It may have been finished and billed: the contract lets it be repeated, but not over and over.
            Some(408 | 504 | 524) => Retry::Once,
            _ if self.retryable == Some(true) => Retry::Yes,
            Some(500 | 502) => Retry::Once,
            _ => Retry::Never,
        }
    }
}

impl RefusalKind {
    /// Returns the stable word for scripts and records.
    pub fn word(self) -> &'static str {
        match self {
            Self::InvalidRequest => "invalid_request",
            Self::ContentPolicy => "content_policy",
            Self::Unauthorized => "unauthorized",
            Self::PaymentRequired => "payment_required",
            Self::Forbidden => "forbidden",
            Self::NotFound => "not_found",
            Self::TooLarge => "too_large",
            Self::RateLimited => "rate_limited",
            Self::TimedOut => "timed_out",
            Self::Unavailable => "unavailable",
            Self::Moved => "moved",
            Self::ServerError => "server_error",
        }
    }
}

#[cfg(test)]
mod tests;
