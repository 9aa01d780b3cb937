//! What the artist wishes, independent of what the chosen model can take.

use crate::api::ModelId;
use crate::picture::Size;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::collections::BTreeMap;

/// Holds everything the left panel edits. Wishes survive a change of model; `fit` decides what is sent.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct Draft {
    /// `None`: nothing chosen yet.
    pub model: Option<ModelId>,
    pub endpoint: EndpointChoice,
    pub prompt: String,
    /// Wishes by request field (`aspect_ratio`, `n`, `seed`, …, also unknown ones). An absent field, or one whose
    /// wish is not `on`, means provider default: the key is left out.
    pub wishes: BTreeMap<String, Wish>,
    /// In sending order.
    pub references: Vec<DraftReference>,
    /// Passthrough options as typed: base slug → key → JSON text (which may not be valid yet).
    pub options: BTreeMap<String, BTreeMap<String, String>>,
    /// Whether partial pictures are wanted; `None`: yes where the endpoint streams.
    pub stream: Option<bool>,
}

/// Holds one wished value, which is kept while switched off.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Wish {
    pub on: bool,
    pub value: Value,
}

/// Says which endpoint is to serve the request.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum EndpointChoice {
    /// The service chooses.
    #[default]
    Any,
    /// Only the endpoint with this `provider_tag` (`only`, `allow_fallbacks: false`).
    Pinned(String),
}

/// A reference picture in the draft.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DraftReference {
    pub source: ReferenceSource,
    /// File name or address, for people.
    pub name: String,
}

/// Where the bytes of a reference are.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ReferenceSource {
    /// Fetched by the service itself; size unknown to us.
    Url(String),
    /// Kept in the library under the hash of its original bytes.
    Stored {
        /// blake3 of the original bytes, lower-case hex.
        hash: String,
        original: ReferenceFacts,
        /// What will be sent, after scaling and re-encoding; equal to `original` when untouched.
        sent: ReferenceFacts,
    },
}

/// Size and type of one form of a reference.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ReferenceFacts {
    pub media_type: String,
    pub size: Size,
    pub bytes: u64,
}
