//! The body of `POST /images`: what is sent, and the form of it that is written down.
//!
//! May import the types of `api` only. Invariants: a field that is not set is left out, never sent as `null`; each
//! key appears once; the megabytes of inline references exist once as bytes and once in the body, never more.

use super::ModelId;
use super::encoding;
use serde_json::{Map, Value, json};
use std::sync::Arc;

/// Keys that have fields of their own and are never taken from `parameters`.
const OWN_KEYS: [&str; 5] = ["model", "prompt", "input_references", "provider", "stream"];

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

impl GenerationRequest {
    /// Returns the wire form as a value, data URLs included; [`GenerationRequest::to_body`] is the lighter way to send.
    pub fn to_json(&self) -> Value {
        self.envelope(|_, reference| reference.to_url())
    }

    /// Returns the wire form with every inline reference replaced by the address that `name_of` gives for its place
    /// (from 0), for journals and recipes; without one, by `inline:` and its media type. Never holds base64 of ours.
    pub fn to_record(&self, name_of: impl Fn(usize) -> Option<String>) -> Value {
        self.envelope(|place, reference| match reference {
            Reference::Url(url) => url.clone(),
            Reference::Inline { media_type, .. } => name_of(place).unwrap_or_else(|| format!("inline:{media_type}")),
        })
    }

    /// Returns the wire form as the bytes to send: the same JSON as [`GenerationRequest::to_json`].
    pub fn to_body(&self) -> Vec<u8> {
        let pictures: usize = self.references.iter().map(|reference| reference.url_len() + 64).sum();
        let mut body = String::with_capacity(pictures + self.prompt.len() + 1024);
        let mut separator = '{';
        let mut key = |body: &mut String, name: &str| {
            body.push(std::mem::replace(&mut separator, ','));
            push_json(body, name);
            body.push(':');
        };
        for (name, value) in self.before_references() {
            key(&mut body, name);
            body.push_str(&value.to_string());
        }
        if !self.references.is_empty() {
            key(&mut body, "input_references");
            let mut between = '[';
            for reference in &self.references {
                body.push(std::mem::replace(&mut between, ','));
                body.push_str(r#"{"type":"image_url","image_url":{"url":"#);
                reference.push_url(&mut body);
                body.push_str("}}");
            }
            body.push(']');
        }
        for (name, value) in self.after_references() {
            key(&mut body, name);
            body.push_str(&value.to_string());
        }
        body.push('}');
        body.into_bytes()
    }

    fn envelope(&self, url_of: impl Fn(usize, &Reference) -> String) -> Value {
        let mut body = Map::new();
        body.extend(self.before_references().map(|(name, value)| (name.to_owned(), value)));
        if !self.references.is_empty() {
            let urls = self.references.iter().enumerate().map(|(place, reference)| url_of(place, reference));
            let items = urls.map(|url| json!({"type": "image_url", "image_url": {"url": url}})).collect();
            body.insert("input_references".to_owned(), Value::Array(items));
        }
        body.extend(self.after_references().map(|(name, value)| (name.to_owned(), value)));
        Value::Object(body)
    }

    fn before_references(&self) -> impl Iterator<Item = (&str, Value)> {
        let own = [("model", self.model.as_str().into()), ("prompt", self.prompt.as_str().into())];
        let sent = |name: &str, value: &Value| !value.is_null() && !OWN_KEYS.contains(&name);
        let parameters = self.parameters.iter().filter(move |(name, value)| sent(name, value));
        own.into_iter().chain(parameters.map(|(name, value)| (name.as_str(), value.clone())))
    }

    fn after_references(&self) -> impl Iterator<Item = (&'static str, Value)> {
        let provider = self.provider.as_ref().and_then(ProviderPreferences::to_value);
        let stream = self.stream.then_some(Value::Bool(true));
        provider.map(|value| ("provider", value)).into_iter().chain(stream.map(|value| ("stream", value)))
    }
}

impl ProviderPreferences {
    /// Returns the wire form; `None` when nothing is preferred.
    fn to_value(&self) -> Option<Value> {
        let mut value = Map::new();
        if !self.only.is_empty() {
            value.insert("only".to_owned(), self.only.clone().into());
        }
        if let Some(allowed) = self.allow_fallbacks {
            value.insert("allow_fallbacks".to_owned(), allowed.into());
        }
        if !self.options.is_empty() {
            value.insert("options".to_owned(), self.options.clone().into());
        }
        (!value.is_empty()).then_some(Value::Object(value))
    }
}

impl Reference {
    fn to_url(&self) -> String {
        match self {
            Self::Url(url) => url.clone(),
            Self::Inline { media_type, bytes } => {
                let mut url = format!("data:{media_type};base64,");
                encoding::encode_onto(&mut url, bytes);
                url
            }
        }
    }

    fn url_len(&self) -> usize {
        match self {
            Self::Url(url) => url.len(),
            Self::Inline { media_type, bytes } => media_type.len() + encoding::encoded_len(bytes),
        }
    }

    /// Appends the address as a JSON string. Base64 needs no escapes, so it goes straight into the body.
    fn push_url(&self, body: &mut String) {
        match self {
            Self::Url(url) => push_json(body, url),
            Self::Inline { media_type, bytes } => {
                push_json(body, &format!("data:{media_type};base64,"));
                body.pop();
                encoding::encode_onto(body, bytes);
                body.push('"');
            }
        }
    }
}

fn push_json(body: &mut String, text: &str) {
    body.push_str(&Value::from(text).to_string());
}

#[cfg(test)]
mod tests {
    use super::*;

    fn full() -> GenerationRequest {
        let parameters =
            json!({"n": 2, "aspect_ratio": "16:9", "seed": 7, "quality": null, "stream": false, "new": [1]});
        let options = json!({"black-forest-labs": {"safety_tolerance": 3}});
        GenerationRequest {
            model: ModelId::new("black-forest-labs/flux-3-image"),
            prompt: "a \"quiet\"\nlake 🌊".to_owned(),
            parameters: parameters.as_object().cloned().unwrap_or_default(),
            references: vec![
                Reference::Url("https://example.org/a.png?x=\"1\"".to_owned()),
                Reference::Inline { media_type: "image/png".to_owned(), bytes: vec![0xfb, 0xff, 0xfe, 0x01].into() },
            ],
            provider: Some(ProviderPreferences {
                only: vec!["black-forest-labs/us-3".to_owned()],
                allow_fallbacks: Some(false),
                options: options.as_object().cloned().unwrap_or_default(),
            }),
            stream: true,
        }
    }

    fn bare() -> GenerationRequest {
        GenerationRequest {
            parameters: Map::new(),
            references: Vec::new(),
            provider: Some(ProviderPreferences::default()),
            stream: false,
            ..full()
        }
    }

    #[test]
    fn wire_form_holds_what_is_set_in_order_and_nothing_else() {
        assert_eq!(
            full().to_json().to_string(),
            concat!(
                r#"{"model":"black-forest-labs/flux-3-image","prompt":"a \"quiet\"\nlake 🌊","n":2,"#,
                r#""aspect_ratio":"16:9","seed":7,"new":[1],"input_references":["#,
                r#"{"type":"image_url","image_url":{"url":"https://example.org/a.png?x=\"1\""}},"#,
                r#"{"type":"image_url","image_url":{"url":"data:image/png;base64,+//+AQ=="}}],"#,
                r#""provider":{"only":["black-forest-labs/us-3"],"allow_fallbacks":false,"#,
                r#""options":{"black-forest-labs":{"safety_tolerance":3}}},"stream":true}"#,
            )
        );
        let keys = bare().to_json().as_object().map(|body| body.keys().cloned().collect::<Vec<_>>());
        assert_eq!(keys, Some(vec!["model".to_owned(), "prompt".to_owned()]));
    }

    #[test]
    fn body_bytes_are_the_json_form() {
        for request in [full(), bare()] {
            assert_eq!(String::from_utf8(request.to_body()), Ok(request.to_json().to_string()));
        }
    }

    #[test]
    fn body_is_built_in_one_allocation() {
        let mut request = full();
        let bytes: Arc<[u8]> = vec![1; 1_000_000].into();
        request.references = vec![Reference::Inline { media_type: "image/png".to_owned(), bytes }; 3];
        let body = request.to_body();
        assert!(body.capacity() < body.len() + 4096, "{} for {}", body.capacity(), body.len());
    }

    #[test]
    fn record_names_inline_references_instead_of_holding_them() {
        let urls = |record: Value| {
            let items = record["input_references"].as_array().cloned().unwrap_or_default();
            items
                .iter()
                .map(|item| item["image_url"]["url"].as_str().unwrap_or_default().to_owned())
                .collect::<Vec<_>>()
        };
        let named = full().to_record(|place| Some(format!("blake3:{place}")));
        assert_eq!(urls(named), ["https://example.org/a.png?x=\"1\"", "blake3:1"]);
        assert_eq!(urls(full().to_record(|_| None)).last().map(String::as_str), Some("inline:image/png"));
        assert!(!full().to_record(|_| None).to_string().contains("base64"));
    }

    #[test]
    fn debug_hides_the_bytes_of_references() {
        assert!(format!("{:?}", full()).contains("Inline(image/png, 4 bytes)"));
    }
}
