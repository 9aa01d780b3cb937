//! What discovery says: models, their endpoints, capability descriptors and price lines.
//!
//! May import nothing of ours; `discovery` reads these types from JSON. Tolerant by design: an unknown descriptor
//! type, billable or unit is kept as text, and a missing optional field is `None`.

use serde_json::Value;

/// Names a model as `author/slug`.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, serde::Serialize, serde::Deserialize)]
#[serde(transparent)]
pub struct ModelId(String);

impl ModelId {
    /// Wraps the identifier exactly as the service spells it.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// Returns the whole identifier, `author/slug`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the part before the first slash; empty when there is none.
    pub fn author(&self) -> &str {
        self.0.split_once('/').map_or("", |(author, _)| author)
    }

    /// Returns the part after the first slash; the whole identifier when there is none.
    pub fn slug(&self) -> &str {
        self.0.split_once('/').map_or(&self.0, |(_, slug)| slug)
    }
}

impl std::fmt::Display for ModelId {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Describes one image model, as listed by `GET /images/models`.
#[derive(Clone, Debug, PartialEq)]
pub struct Model {
    /// `author/slug`; used in requests.
    pub id: ModelId,
    /// Display name, as the service spells it (often `Author: Name`). The id when the service gives none.
    pub name: String,
    /// Free text; may be cut off with `…` by the service; empty when absent.
    pub description: String,
    /// Unix seconds; `None` when absent or 0 (both mean unknown).
    pub created: Option<i64>,
    /// For example `text`, `image`; open set.
    pub input_modalities: Vec<String>,
    /// For example `image`; open set.
    pub output_modalities: Vec<String>,
    /// Union of what all endpoints accept; the endpoint's own map wins where they differ.
    pub supported_parameters: Parameters,
    /// Whether at least one endpoint streams.
    pub supports_streaming: bool,
}

/// Describes one provider's offer of a model: the definitive word on abilities and prices.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Endpoint {
    /// Display name of the provider; where it has none, its place in the list.
    pub provider_name: String,
    /// May carry a region behind a slash; see [`Endpoint::base_slug`].
    pub provider_slug: String,
    /// What `provider.only` takes. `None`: this endpoint cannot be pinned.
    pub provider_tag: Option<String>,
    /// What this endpoint accepts. A field that is not here must not be sent.
    pub supported_parameters: Parameters,
    /// Keys accepted under `provider.options[base_slug]`; value types are not described anywhere.
    pub allowed_passthrough_parameters: Vec<String>,
    /// Whether `stream: true` is honoured natively.
    pub supports_streaming: bool,
    /// Empty: the price is unknown (never zero).
    pub pricing: Vec<PriceLine>,
}

impl Endpoint {
    /// Returns the slug without its region: the key for `provider.options`.
    pub fn base_slug(&self) -> &str {
        self.provider_slug.split('/').next().unwrap_or_default()
    }
}

/// Maps request fields to capability descriptors, in the order the service lists them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Parameters(pub Vec<(String, Capability)>);

impl Parameters {
    /// Returns the descriptor of a field; `None` means the field is not supported.
    pub fn get(&self, field: &str) -> Option<&Capability> {
        self.0.iter().find(|(name, _)| name == field).map(|(_, capability)| capability)
    }

    /// Iterates over fields and descriptors in the service's order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Capability)> {
        self.0.iter().map(|(name, capability)| (name.as_str(), capability))
    }
}

/// Says what one request field accepts. It carries no default, step, label or unit.
#[derive(Clone, Debug, PartialEq)]
pub enum Capability {
    /// Only these strings.
    Enum { values: Vec<String> },
    /// Any number in the range, ends included; for `input_references` it counts the items.
    Range { min: f64, max: f64 },
    /// The field is accepted; nothing is said of its value's type (`seed` is an integer, `size` a string).
    Boolean,
    /// A descriptor type that this version does not know, kept raw so that a person can read it.
    Unknown { kind: String, raw: Value },
}

/// States one price of an endpoint.
#[derive(Clone, Debug, PartialEq)]
pub struct PriceLine {
    /// What is charged for.
    pub billable: Billable,
    /// What one charge covers.
    pub unit: Unit,
    /// US dollars per unit; can be 0; `None` when the service gives no usable number.
    pub cost_usd: Option<f64>,
    /// A tier such as `2k` or `high_resolution`; `None` is the base price, which a matching variant replaces.
    pub variant: Option<String>,
}

/// Names what a price line charges for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Billable {
    OutputImage,
    InputImage,
    InputReference,
    InputFont,
    InputText,
    /// A billable this version does not know: shown as text, left out of estimates, which say so.
    Unknown(String),
}

/// Names what one charge covers.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unit {
    Image,
    Megapixel,
    Token,
    /// Charged once per request.
    Request,
    /// A unit this version does not know: shown as text, left out of estimates, which say so.
    Unknown(String),
}
