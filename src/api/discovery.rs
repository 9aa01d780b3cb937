//! Reads discovery answers into models and endpoints, and writes endpoints back for recipes.
//!
//! May import the types of `api` only. Invariants: only an answer that holds no list at all is an error; a broken
//! model, descriptor, value or price line costs no more than itself, and what was left out is named; names and
//! descriptions are harmless to show and of bearable length, while what is sent back stays as it came.

use super::loose::{cost, flag, integer, member, number, strings, text, to_number, word};
use super::readable::{harmless, harmless_line, is_plain};
use super::{Billable, Capability, Endpoint, Error, Model, ModelId, Parameters, PriceLine, Unit};
use serde_json::{Map, Value, json};
use std::collections::HashSet;

/// Models of one list, and endpoints of one model; there are some sixty and a handful.
const MOST_ENTRIES: usize = 5_000;
/// Values of one descriptor, fields of one model, price lines of one endpoint.
const MOST_PARTS: usize = 500;
/// Characters of an id, a field's name or a value.
const LONGEST_WORD: usize = 200;
const LONGEST_DESCRIPTION: usize = 20_000;

/// Says which call a model list comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelSource {
    /// `GET /images/models`, with capability descriptors.
    ImagesApi,
    /// `GET /models?output_modalities=image`, the fallback: no descriptors, so all `supported_parameters` are empty.
    ModelsApi,
}

/// Holds a parsed model list.
#[derive(Clone, Debug, PartialEq)]
pub struct ModelList {
    /// In the service's order, each id once.
    pub models: Vec<Model>,
    /// One line per entry that could not be used, naming the entry and the reason.
    pub skipped: Vec<String>,
    pub source: ModelSource,
    /// The answer as received, for a cache: [`parse_models`] gives this list again from it.
    pub raw: Value,
}

/// Reads the answer of either models call; which one it was is recognised by its `supported_parameters`.
///
/// Accepts `{data: [...]}` and a bare list. Entries without an id are skipped and named, as are, in the fallback's
/// answer, routers (`openrouter/…`) and models that make no pictures. Fails when there is no list.
pub fn parse_models(raw: &Value) -> Result<ModelList, Error> {
    let entries = list(raw, "data").ok_or_else(|| no_list("models"))?;
    let kinds = || entries.iter().filter_map(|entry| member(entry, "supported_parameters"));
    // One entry that is odd decides nothing for the others.
    let names_only = kinds().filter(|kind| kind.is_array()).count() > kinds().filter(|kind| kind.is_object()).count();
    let source = if names_only { ModelSource::ModelsApi } else { ModelSource::ImagesApi };
    let mut models = Vec::with_capacity(entries.len().min(MOST_ENTRIES));
    let mut skipped = Vec::new();
    let mut known = HashSet::new();
    for (position, entry) in entries.iter().enumerate().take(MOST_ENTRIES) {
        match parse_model(entry, source) {
            Ok(model) if known.insert(model.id.clone()) => models.push(model),
            Ok(model) => skipped.push(format!("{}: listed twice", model.id)),
            Err(reason) => {
                let name = text(entry, "id").or_else(|| text(entry, "name")).map(str::to_owned);
                let name =
                    name.map_or_else(|| format!("entry {}", position + 1), |name| harmless_line(&name, LONGEST_WORD));
                skipped.push(format!("{name}: {reason}"));
            }
        }
    }
    if entries.len() > MOST_ENTRIES {
        skipped.push(format!("{} more entries: too many", entries.len() - MOST_ENTRIES));
    }
    Ok(ModelList { models, skipped, source, raw: raw.clone() })
}

fn parse_model(entry: &Value, source: ModelSource) -> Result<Model, &'static str> {
    if !entry.is_object() {
        return Err("not an object");
    }
    let id = text(entry, "id").map(str::trim).filter(|id| !id.is_empty()).ok_or("no id")?;
    if id.chars().count() > LONGEST_WORD || !is_plain(id) {
        return Err("its id is no id");
    }
    let architecture = member(entry, "architecture").unwrap_or(&Value::Null);
    let output_modalities = strings(architecture, "output_modalities");
    if source == ModelSource::ModelsApi {
        if id.starts_with("openrouter/") {
            return Err("a router, not a model");
        }
        if !output_modalities.is_empty() && !output_modalities.iter().any(|modality| modality == "image") {
            return Err("makes no pictures");
        }
    }
    Ok(Model {
        id: ModelId::new(id),
        name: shown(entry, "name").unwrap_or_else(|| id.to_owned()),
        description: description(text(entry, "description").unwrap_or_default()),
        created: integer(entry, "created").filter(|created| *created != 0),
        input_modalities: strings(architecture, "input_modalities"),
        output_modalities,
        supported_parameters: Parameters::parse(entry.get("supported_parameters")),
        supports_streaming: flag(entry, "supports_streaming").unwrap_or(false),
    })
}

/// Reads a name for people, on one line; `None`: there is none, or nothing of it can be seen.
fn shown(entry: &Value, key: &str) -> Option<String> {
    Some(harmless_line(text(entry, key)?, LONGEST_WORD)).filter(|name| !name.trim().is_empty())
}

fn description(text: &str) -> String {
    let end = text.char_indices().nth(LONGEST_DESCRIPTION).map_or(text.len(), |(end, _)| end);
    harmless(text.get(..end).unwrap_or_default()).into_owned()
}

/// Reads the answer of the endpoints call: `{id, endpoints}`, bare or under `data`, or a bare list.
///
/// Entries that are no objects are left out; an empty list is fine. Fails when there is no list.
pub fn parse_endpoints(raw: &Value) -> Result<Vec<Endpoint>, Error> {
    let entries =
        list(raw, "endpoints").or_else(|| list(raw.get("data")?, "endpoints")).ok_or_else(|| no_list("endpoints"))?;
    Ok(entries.iter().take(MOST_ENTRIES).enumerate().map(|(index, entry)| endpoint_at(index, entry)).collect())
}

/// Reads one entry of a list. One that says nothing readable stays as well: it may be the one that serves and charges.
fn endpoint_at(index: usize, entry: &Value) -> Endpoint {
    let read = Endpoint::parse(entry);
    let number = index + 1;
    let nameless =
        if read.is_some() { format!("endpoint {number}") } else { format!("endpoint {number}, not readable") };
    let mut endpoint = read.unwrap_or_default();
    if endpoint.provider_name.is_empty() {
        endpoint.provider_name = nameless;
    }
    endpoint
}

fn list<'a>(raw: &'a Value, key: &str) -> Option<&'a Vec<Value>> {
    raw.as_array().or_else(|| member(raw, key)?.as_array())
}

fn no_list(what: &str) -> Error {
    Error::Unreadable { reason: format!("there is no list of {what} in it") }
}

impl Endpoint {
    /// Reads one endpoint record; `None` when it is no object. Missing names are empty or taken from one another.
    pub fn parse(raw: &Value) -> Option<Self> {
        raw.as_object()?;
        let word = |key: &str| text(raw, key).filter(|word| word.chars().count() <= LONGEST_WORD && is_plain(word));
        let tag = word("provider_tag");
        let slug = word("provider_slug").or(tag).unwrap_or_default();
        let prices = member(raw, "pricing").and_then(Value::as_array);
        Some(Self {
            provider_name: shown(raw, "provider_name").unwrap_or_else(|| slug.to_owned()),
            provider_slug: slug.to_owned(),
            provider_tag: tag.map(str::to_owned),
            supported_parameters: Parameters::parse(raw.get("supported_parameters")),
            allowed_passthrough_parameters: strings(raw, "allowed_passthrough_parameters"),
            supports_streaming: flag(raw, "supports_streaming").unwrap_or(false),
            pricing: prices.into_iter().flatten().take(MOST_PARTS).map(PriceLine::parse).collect(),
        })
    }

    /// Writes the record in the service's own form; [`Endpoint::parse`] reads it back to an equal endpoint.
    pub fn to_value(&self) -> Value {
        json!({
            "provider_name": self.provider_name,
            "provider_slug": self.provider_slug,
            "provider_tag": self.provider_tag,
            "supported_parameters": self.supported_parameters.to_value(),
            "allowed_passthrough_parameters": self.allowed_passthrough_parameters,
            "supports_streaming": self.supports_streaming,
            "pricing": self.pricing.iter().map(PriceLine::to_value).collect::<Vec<_>>(),
        })
    }
}

impl Parameters {
    /// Reads a descriptor map; anything but an object (the fallback's list of names) is empty, `null` is absent.
    pub fn parse(raw: Option<&Value>) -> Self {
        let fields = raw.and_then(Value::as_object).into_iter().flatten();
        Self(
            fields
                .filter(|(field, raw)| !raw.is_null() && field.chars().count() <= LONGEST_WORD && is_plain(field))
                .take(MOST_PARTS)
                .map(|(field, raw)| (field.clone(), Capability::parse(raw)))
                .collect(),
        )
    }

    /// Writes the map in the service's own form.
    pub fn to_value(&self) -> Value {
        Value::Object(self.0.iter().map(|(field, capability)| (field.clone(), capability.to_value())).collect())
    }
}

impl Capability {
    /// Reads one descriptor; an unknown type, or a known one without its values, is kept as [`Capability::Unknown`].
    pub fn parse(raw: &Value) -> Self {
        let kind = text(raw, "type").unwrap_or_default();
        let known = match kind {
            "enum" => member(raw, "values").and_then(Value::as_array).and_then(|values| {
                let words = values.iter().filter_map(Value::as_str);
                let words = words.filter(|word| word.chars().count() <= LONGEST_WORD && is_plain(word));
                let words: Vec<String> = words.take(MOST_PARTS).map(str::to_owned).collect();
                // A list of nothing but what is no word is another kind of list.
                let odd = words.is_empty() && values.iter().any(|value| !value.is_null());
                (!odd).then_some(Self::Enum { values: words })
            }),
            "range" => number(raw, "min")
                .zip(number(raw, "max"))
                .filter(|(min, max)| min <= max)
                .map(|(min, max)| Self::Range { min, max }),
            "boolean" => Some(Self::Boolean),
            _ => None,
        };
        known.unwrap_or_else(|| Self::Unknown { kind: kind.to_owned(), raw: raw.clone() })
    }

    fn to_value(&self) -> Value {
        match self {
            Self::Enum { values } => json!({"type": "enum", "values": values}),
            Self::Range { min, max } => json!({"type": "range", "min": to_number(*min), "max": to_number(*max)}),
            Self::Boolean => json!({"type": "boolean"}),
            Self::Unknown { raw, .. } => raw.clone(),
        }
    }
}

impl PriceLine {
    /// Reads one price line. What it does not say, or what cannot be read, is `?`: something is charged for, and nobody
    /// knows what. A negative or missing cost is `None`, never zero.
    pub fn parse(raw: &Value) -> Self {
        let said = |key: &str| word(raw, key).map(|word| harmless_line(&word, LONGEST_WORD));
        let unknown = || "?".to_owned();
        Self {
            billable: Billable::parse(&said("billable").unwrap_or_else(unknown)),
            unit: Unit::parse(&said("unit").unwrap_or_else(unknown)),
            cost_usd: cost(raw, "cost_usd"),
            variant: said("variant")
                .or_else(|| member(raw, "variant").filter(|v| v.as_str() != Some("")).map(|_| unknown())),
        }
    }

    fn to_value(&self) -> Value {
        let mut line = Map::new();
        line.insert("billable".to_owned(), self.billable.as_str().into());
        line.insert("unit".to_owned(), self.unit.as_str().into());
        line.insert("cost_usd".to_owned(), self.cost_usd.map_or(Value::Null, to_number));
        if let Some(variant) = &self.variant {
            line.insert("variant".to_owned(), variant.as_str().into());
        }
        Value::Object(line)
    }
}

impl Billable {
    /// Reads the service's word.
    pub fn parse(word: &str) -> Self {
        match word {
            "output_image" => Self::OutputImage,
            "input_image" => Self::InputImage,
            "input_reference" => Self::InputReference,
            "input_font" => Self::InputFont,
            "input_text" => Self::InputText,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// Returns the service's word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::OutputImage => "output_image",
            Self::InputImage => "input_image",
            Self::InputReference => "input_reference",
            Self::InputFont => "input_font",
            Self::InputText => "input_text",
            Self::Unknown(word) => word,
        }
    }
}

impl Unit {
    /// Reads the service's word.
    pub fn parse(word: &str) -> Self {
        match word {
            "image" => Self::Image,
            "megapixel" => Self::Megapixel,
            "token" => Self::Token,
            "request" => Self::Request,
            other => Self::Unknown(other.to_owned()),
        }
    }

    /// Returns the service's word.
    pub fn as_str(&self) -> &str {
        match self {
            Self::Image => "image",
            Self::Megapixel => "megapixel",
            Self::Token => "token",
            Self::Request => "request",
            Self::Unknown(word) => word,
        }
    }
}

#[cfg(test)]
mod tests;
