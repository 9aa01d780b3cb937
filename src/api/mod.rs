//! The wire: what is sent to an image service that speaks the OpenRouter Image API, and what comes back.
//!
//! May import nothing of ours. Invariants: absent keys are left out; the key and base64 never appear in a `Debug`,
//! an error or a log; unknown fields, values, types and events never stop the known ones from working.

mod error;
mod models;
mod request;
mod response;

pub use error::{Error, Refusal, RefusalKind, Retry, Wait};
pub use models::{Billable, Capability, Endpoint, Model, ModelId, Parameters, PriceLine, Unit};
pub use request::{GenerationRequest, ProviderPreferences, Reference};
pub use response::{GeneratedImage, GenerationResponse, Usage};
