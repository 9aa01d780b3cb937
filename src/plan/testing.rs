//! Test data: the recorded catalogue of `assets/catalogue.json` as `api` types, and short builders.
//!
//! Its own small parser, so that the decisions are not tested through the tolerant one of `api`.

use super::draft::{Draft, DraftReference, ReferenceFacts, ReferenceSource};
use crate::api::{Billable, Capability, Endpoint, Model, ModelId, Parameters, PriceLine, Unit};
use crate::picture::Size;
use serde_json::Value;

/// One model of the catalogue with its endpoints.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub model: Model,
    pub endpoints: Vec<Endpoint>,
}

/// Reads the whole catalogue.
pub(crate) fn catalogue() -> Vec<Entry> {
    let root: Value = serde_json::from_str(include_str!("../../assets/catalogue.json")).unwrap();
    let models = root["models"]["data"].as_array().unwrap();
    models
        .iter()
        .map(|model| {
            let id = model["id"].as_str().unwrap();
            let endpoints = root["endpoints"][id]["endpoints"].as_array().cloned().unwrap_or_default();
            Entry { model: read_model(model), endpoints: endpoints.iter().map(read_endpoint).collect() }
        })
        .collect()
}

/// Returns one model of the catalogue.
pub(crate) fn entry(id: &str) -> Entry {
    catalogue().into_iter().find(|entry| entry.model.id.as_str() == id).unwrap()
}

/// Makes a draft for a model with a prompt and wishes written as JSON.
pub(crate) fn draft(model: &Model, wishes: Value) -> Draft {
    let mut draft = Draft { model: Some(model.id.clone()), prompt: "A red panda".into(), ..Draft::default() };
    for (field, value) in wishes.as_object().unwrap() {
        draft.set(field, value.clone());
    }
    draft
}

/// Makes references of a million pixels each.
pub(crate) fn references(count: usize) -> Vec<DraftReference> {
    let facts = ReferenceFacts {
        media_type: "image/png".into(),
        size: Size { width: 1000, height: 1000 },
        bytes: 1000,
        hash: None,
    };
    let source = ReferenceSource::Stored { hash: "00".into(), original: facts.clone(), sent: facts };
    vec![DraftReference { source, name: "panda.png".into(), picture: None, edit: Default::default() }; count]
}

/// Makes an endpoint without prices.
pub(crate) fn endpoint(tag: Option<&str>, parameters: &[(&str, Capability)]) -> Endpoint {
    Endpoint {
        provider_name: tag.unwrap_or("Untagged").to_owned(),
        provider_slug: tag.unwrap_or("untagged").to_owned(),
        provider_tag: tag.map(str::to_owned),
        supported_parameters: Parameters(parameters.iter().map(|(n, c)| ((*n).to_owned(), c.clone())).collect()),
        allowed_passthrough_parameters: vec![],
        supports_streaming: false,
        pricing: vec![],
    }
}

/// Makes an enum descriptor.
pub(crate) fn choice(values: &[&str]) -> Capability {
    Capability::Enum { values: values.iter().map(|value| (*value).to_owned()).collect() }
}

/// Makes a price line.
pub(crate) fn price(billable: Billable, unit: Unit, cost_usd: f64, variant: Option<&str>) -> PriceLine {
    PriceLine { billable, unit, cost_usd: Some(cost_usd), variant: variant.map(str::to_owned) }
}

/// Makes a model that lists only the parameters of its first endpoint.
pub(crate) fn model_of(endpoints: &[Endpoint]) -> Model {
    Model {
        id: ModelId::new("test/model"),
        name: "Test: Model".into(),
        description: String::new(),
        created: None,
        input_modalities: vec![],
        output_modalities: vec![],
        supported_parameters: endpoints.first().map(|e| e.supported_parameters.clone()).unwrap_or_default(),
        supports_streaming: endpoints.iter().any(|e| e.supports_streaming),
    }
}

fn read_model(value: &Value) -> Model {
    Model {
        id: ModelId::new(text(&value["id"])),
        name: text(&value["name"]),
        description: text(&value["description"]),
        created: value["created"].as_i64(),
        input_modalities: texts(&value["architecture"]["input_modalities"]),
        output_modalities: texts(&value["architecture"]["output_modalities"]),
        supported_parameters: read_parameters(&value["supported_parameters"]),
        supports_streaming: value["supports_streaming"].as_bool().unwrap(),
    }
}

fn read_endpoint(value: &Value) -> Endpoint {
    Endpoint {
        provider_name: text(&value["provider_name"]),
        provider_slug: text(&value["provider_slug"]),
        provider_tag: value["provider_tag"].as_str().map(str::to_owned),
        supported_parameters: read_parameters(&value["supported_parameters"]),
        allowed_passthrough_parameters: texts(&value["allowed_passthrough_parameters"]),
        supports_streaming: value["supports_streaming"].as_bool().unwrap(),
        pricing: value["pricing"].as_array().unwrap().iter().map(read_price).collect(),
    }
}

fn read_parameters(value: &Value) -> Parameters {
    let read = |value: &Value| match text(&value["type"]).as_str() {
        "enum" => Capability::Enum { values: texts(&value["values"]) },
        "range" => Capability::Range { min: value["min"].as_f64().unwrap(), max: value["max"].as_f64().unwrap() },
        "boolean" => Capability::Boolean,
        kind => Capability::Unknown { kind: kind.to_owned(), raw: value.clone() },
    };
    Parameters(value.as_object().unwrap().iter().map(|(name, value)| (name.clone(), read(value))).collect())
}

fn read_price(value: &Value) -> PriceLine {
    PriceLine {
        billable: match text(&value["billable"]).as_str() {
            "output_image" => Billable::OutputImage,
            "input_image" => Billable::InputImage,
            "input_reference" => Billable::InputReference,
            "input_font" => Billable::InputFont,
            "input_text" => Billable::InputText,
            other => Billable::Unknown(other.to_owned()),
        },
        unit: match text(&value["unit"]).as_str() {
            "image" => Unit::Image,
            "megapixel" => Unit::Megapixel,
            "token" => Unit::Token,
            "request" => Unit::Request,
            other => Unit::Unknown(other.to_owned()),
        },
        cost_usd: value["cost_usd"].as_f64(),
        variant: value["variant"].as_str().map(str::to_owned),
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(text).collect()
}
