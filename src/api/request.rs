//! The body of `POST /images`. A field that is not set is left out, never sent as `null`.

use super::ModelId;
use serde_json::{Map, Value};
use std::sync::Arc;

/// Holds one generation request, legal for the endpoints it is meant for.
#[derive(Clone, Debug, PartialEq)]
pub struct GenerationRequest {
    pub model: ModelId,
    /// At least one character; required even with references.
    pub prompt: String,
    /// Every other top-level field that is to be sent (`n`, `aspect_ratio`, `seed`, …, also unknown ones), in
    /// sending order. Must hold declared fields only; `plan` sees to that.
    pub parameters: Map<String, Value>,
    /// Sent as `input_references`; left out when empty.
    pub references: Vec<Reference>,
    /// Left out when `None`.
    pub provider: Option<ProviderPreferences>,
    /// Sent as `stream: true`; left out when false.
    pub stream: bool,
}

/// A picture that guides the generation.
#[derive(Clone, PartialEq)]
pub enum Reference {
    /// An http(s) address, sent as such.
    Url(String),
    /// Bytes, sent as a `data:` URL.
    Inline { media_type: String, bytes: Arc<[u8]> },
}

impl std::fmt::Debug for Reference {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Url(url) => f.debug_tuple("Url").field(url).finish(),
            Self::Inline { media_type, bytes } => write!(f, "Inline({media_type}, {} bytes)", bytes.len()),
        }
    }
}

/// Says which providers may serve the request, and what is passed through to them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ProviderPreferences {
    /// Tags or slugs; empty: left out, any provider.
    pub only: Vec<String>,
    /// `None`: left out, the service's default (true).
    pub allow_fallbacks: Option<bool>,
    /// `{ base slug: { key: value } }`; empty: left out.
    pub options: Map<String, Value>,
}
