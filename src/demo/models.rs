//! What a demo model is, and the discovery records made of it.
//!
//! Imports `paint` for families and manners. Invariant: the model's map is the union of its endpoints' maps, as the
//! service does it. The models themselves stand in `table`.

use super::paint::{Family, Manner};
use serde_json::{Map, Value, json};

/// What a model hands back.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Output {
    Png,
    Jpeg,
    WebP,
    Svg,
}

pub struct Model {
    pub id: &'static str,
    pub name: &'static str,
    pub description: &'static str,
    /// Seconds since 1970 at which the model was listed.
    pub created: u64,
    pub output: Output,
    pub streams: bool,
    pub manner: Manner,
    pub families: &'static [Family],
    /// The answer says `created: 0`, as some real endpoints do.
    pub timeless: bool,
    pub endpoints: Vec<Endpoint>,
}

pub struct Endpoint {
    pub provider_name: &'static str,
    pub slug: &'static str,
    pub tag: Option<&'static str>,
    pub parameters: Map<String, Value>,
    pub passthrough: &'static [&'static str],
    pub pricing: Vec<Value>,
}

impl Endpoint {
    /// The part of the slug before the region.
    pub fn base(&self) -> &'static str {
        self.slug.split('/').next().unwrap_or(self.slug)
    }

    /// Whether an entry of `only`, `order` or `ignore` means this endpoint.
    pub fn answers_to(&self, name: &str) -> bool {
        self.tag == Some(name) || self.base() == name
    }

    fn to_json(&self, streams: bool) -> Value {
        json!({
            "provider_name": self.provider_name,
            "provider_slug": self.slug,
            "provider_tag": self.tag,
            "supported_parameters": self.parameters,
            "allowed_passthrough_parameters": self.passthrough,
            "supports_streaming": streams,
            "pricing": self.pricing,
        })
    }
}

impl Model {
    /// The union of what the endpoints declare: enums merged, ranges widened.
    pub fn parameters(&self) -> Map<String, Value> {
        let mut union = Map::new();
        for (field, own) in self.endpoints.iter().flat_map(|e| &e.parameters) {
            match union.get_mut(field) {
                None => {
                    union.insert(field.clone(), own.clone());
                }
                Some(known) => widen(known, own),
            }
        }
        union
    }

    /// The record of the list of image models.
    pub fn to_json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "created": self.created,
            "architecture": self.architecture(),
            "supported_parameters": self.parameters(),
            "supports_streaming": self.streams,
            "endpoints": format!("/api/v1/images/models/{}/endpoints", self.id),
        })
    }

    /// The record of the older list of all models, where the parameters are bare names.
    pub fn to_chat_json(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "description": self.description,
            "created": self.created,
            "architecture": self.architecture(),
            "pricing": {"prompt": "0", "completion": "0"},
            "supported_parameters": self.parameters().keys().collect::<Vec<_>>(),
        })
    }

    pub fn endpoints_json(&self) -> Value {
        let endpoints: Vec<Value> = self.endpoints.iter().map(|e| e.to_json(self.streams)).collect();
        json!({"id": self.id, "endpoints": endpoints})
    }

    fn architecture(&self) -> Value {
        let references = self.parameters().contains_key("input_references");
        let input = if references { json!(["text", "image"]) } else { json!(["text"]) };
        json!({"input_modalities": input, "output_modalities": ["image"]})
    }
}

fn widen(known: &mut Value, own: &Value) {
    if let (Some(values), Some(more)) =
        (known.get_mut("values").and_then(Value::as_array_mut), own["values"].as_array())
    {
        let new: Vec<Value> = more.iter().filter(|value| !values.contains(value)).cloned().collect();
        values.extend(new);
        return;
    }
    for (end, lower) in [("min", true), ("max", false)] {
        if let (Some(a), Some(b)) = (known[end].as_f64(), own[end].as_f64())
            && (b < a) == lower
        {
            known[end] = own[end].clone();
        }
    }
}
