//! What can go wrong on the wire, typed down to what the artist can do about it.

use std::time::Duration;

/// An error of one call. Never carries the key or base64; bodies are clipped.
#[derive(Clone, Debug, thiserror::Error)]
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
    /// `Some(false)` when the body itself forbids, `Some(true)` when it allows repetition.
    pub retryable: Option<bool>,
    /// True for a 402 of the in-flight budget kind: repeat later, with fewer in parallel.
    pub in_flight_budget: bool,
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
    /// 413: shrink references.
    TooLarge,
    /// 429.
    RateLimited,
    /// 408, 504, 524.
    TimedOut,
    /// 502, 503, 529.
    Unavailable,
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

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}
