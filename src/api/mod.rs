//! The wire: what is sent to an image service that speaks the OpenRouter Image API, and what comes back.
//!
//! May import nothing of ours. Invariants: absent keys are left out; the key and base64 never appear in a `Debug`,
//! an error or a log; unknown fields, values, types and events never stop the known ones from working.
//! Start at [`Client`]; [`GenerationRequest`] goes in, [`Reply`] or [`Error`] comes out.

mod account;
mod client;
mod discovery;
mod encoding;
mod error;
mod event;
mod excerpt;
mod generation;
mod json;
mod key;
mod loose;
mod models;
mod network;
mod oauth;
mod origin;
mod readable;
mod refusal;
mod reply;
mod request;
mod response;
mod stream;
mod transport;

pub use account::{Budget, Credits, KeyInfo};
pub use client::{Answer, Client};
pub use discovery::{ModelList, ModelSource, parse_endpoints, parse_models};
pub(crate) use encoding::decode as decode_base64;
pub use error::{AnswerBegun, Error, Refusal, RefusalKind, Retry, Said, Wait};
pub use event::{Phase, StreamEvent};
pub use generation::GenerationRecord;
pub use key::{ApiKey, hide_keys};
pub use models::{Billable, Capability, Endpoint, Model, ModelId, Parameters, PriceLine, Unit};
pub use oauth::{Arrival, Callback, Code, Pkce, SIGN_IN_TIME, random_word, sign_in_url};
pub use origin::{KeyRoute, Origin};
pub use readable::{harmless, harmless_json, harmless_line};
pub use reply::{EventStream, Reply, ReplyBody};
pub use request::{GenerationRequest, ProviderPreferences, Reference};
pub use response::{GeneratedImage, GenerationResponse, Unread, Usage, parse_generation};
pub use stream::EventDecoder;
pub use transport::{Identity, Timeouts};

/// Where requests go unless told otherwise.
pub const DEFAULT_BASE: &str = "https://openrouter.ai/api/v1";
