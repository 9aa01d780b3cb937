//! What comes back: pictures as bytes, and usage of which every part may be missing.

use serde_json::Value;

/// Holds one picture as received, base64 removed, otherwise untouched.
#[derive(Clone, PartialEq)]
pub struct GeneratedImage {
    pub bytes: Vec<u8>,
    /// A hint only: absent for any format, and not to be trusted over the first bytes.
    pub media_type: Option<String>,
}

impl std::fmt::Debug for GeneratedImage {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "GeneratedImage({:?}, {} bytes)", self.media_type, self.bytes.len())
    }
}

/// Holds a whole buffered answer.
#[derive(Clone, Debug, PartialEq)]
pub struct GenerationResponse {
    /// Unix seconds; `None` when absent or 0: use the local clock.
    pub created: Option<i64>,
    /// May be shorter than asked, even empty.
    pub images: Vec<GeneratedImage>,
    /// How many entries of `data` could not be used (no or broken base64).
    pub broken: usize,
    /// One usage for all pictures; absence is not an error.
    pub usage: Option<Usage>,
}

/// Says what a generation used; every field may be missing, and missing is not zero.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
pub struct Usage {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prompt_tokens: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub completion_tokens: Option<u64>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub total_tokens: Option<u64>,
    /// US dollars, the only real price; `None` when the service did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// Everything else of the object, as received.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub other: serde_json::Map<String, Value>,
}
