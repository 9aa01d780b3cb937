//! What comes back: pictures as bytes, and usage of which every part may be missing.
//!
//! May import the types of `api` only. Invariants: an `error` in a 200 is an error; a picture whose base64 is broken
//! is counted, not kept; base64 appears in no error and no `Debug`.

use super::loose::{count, integer, member, number, text};
use super::{Error, Refusal, encoding};
use serde_json::{Map, Value};

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

/// Reads a buffered answer.
///
/// `Ok` may hold no picture at all: the caller decides whether that is [`Error::Empty`] or, with `broken` above 0,
/// an unreadable answer. Fails with `Refused` when the body holds an error, with `Unreadable` when it is not JSON or
/// has no `data` list.
pub fn parse_generation(body: &[u8]) -> Result<GenerationResponse, Error> {
    let mut value: Value =
        serde_json::from_slice(body).map_err(|error| Error::Unreadable { reason: not_json(&error) })?;
    if member(&value, "error").is_some() {
        return Err(Error::Refused(Box::new(Refusal::from_answer(&value))));
    }
    let Some(Value::Array(entries)) = value.get_mut("data").map(Value::take) else {
        return Err(Error::Unreadable { reason: "there is no list of pictures in it".to_owned() });
    };
    let asked = entries.len();
    let images: Vec<_> = entries.into_iter().filter_map(|entry| GeneratedImage::parse(&entry)).collect();
    Ok(GenerationResponse {
        created: created(&value),
        broken: asked - images.len(),
        images,
        usage: Usage::parse(value.get("usage")),
    })
}

/// Says where JSON stopped making sense, without quoting it.
pub(super) fn not_json(error: &serde_json::Error) -> String {
    let what = if error.is_eof() { "its JSON is cut off" } else { "it is not JSON" };
    format!("{what} at line {}, column {}", error.line(), error.column())
}

/// Reads `created`; 0 means unknown (FLUX and Gemini send it).
pub(super) fn created(value: &Value) -> Option<i64> {
    integer(value, "created").filter(|created| *created != 0)
}

impl GeneratedImage {
    /// Reads `{b64_json, media_type?}`; `None` when the base64 is missing or broken.
    pub(super) fn parse(value: &Value) -> Option<Self> {
        let (bytes, hint) = encoding::decode(text(value, "b64_json")?)?;
        Some(Self { bytes, media_type: text(value, "media_type").map(str::to_owned).or(hint) })
    }
}

impl Usage {
    /// Reads a usage object; `None` when it is absent or no object. What is not known is kept in `other`.
    pub fn parse(value: Option<&Value>) -> Option<Self> {
        let value = value.filter(|value| value.is_object())?;
        let known = ["prompt_tokens", "completion_tokens", "total_tokens", "cost"];
        let rest = value.as_object().into_iter().flatten().filter(|(name, _)| !known.contains(&name.as_str()));
        Some(Self {
            prompt_tokens: count(value, "prompt_tokens"),
            completion_tokens: count(value, "completion_tokens"),
            total_tokens: count(value, "total_tokens"),
            cost: number(value, "cost"),
            other: rest.map(|(name, value)| (name.clone(), value.clone())).collect::<Map<_, _>>(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::RefusalKind;
    use serde_json::json;

    fn parse(value: &Value) -> Result<GenerationResponse, Error> {
        parse_generation(value.to_string().as_bytes())
    }

    #[test]
    fn pictures_and_usage_are_read() {
        let answer = parse(&json!({
            "created": 1790812800.0,
            "data": [{"b64_json": "AQID", "media_type": "image/png"}, {"b64_json": "BAU"}],
            "usage": {"prompt_tokens": 10, "completion_tokens": 20.0, "total_tokens": "30", "cost": "0.04",
                      "is_byok": false, "cost_details": null},
            "new": {}
        }))
        .unwrap();
        assert_eq!(answer.created, Some(1_790_812_800));
        assert_eq!(answer.broken, 0);
        let expected = [(vec![1, 2, 3], Some("image/png".to_owned())), (vec![4, 5], None)];
        let images = answer.images.into_iter().map(|image| (image.bytes, image.media_type));
        assert_eq!(images.collect::<Vec<_>>(), expected);
        let usage = answer.usage.unwrap();
        assert_eq!((usage.prompt_tokens, usage.completion_tokens, usage.total_tokens), (Some(10), Some(20), Some(30)));
        assert_eq!(usage.cost, Some(0.04));
        assert_eq!(Value::Object(usage.other), json!({"is_byok": false, "cost_details": null}));
    }

    #[test]
    fn missing_parts_are_absent_and_broken_pictures_are_counted() {
        let answer = parse(&json!({"created": 0, "error": null, "usage": null, "data": [
            {"b64_json": "AQID"}, {"b64_json": "!"}, {"b64_json": null}, {}, null, "AQID", {"b64_json": ""}
        ]}))
        .unwrap();
        assert_eq!((answer.created, answer.images.len(), answer.broken, answer.usage), (None, 1, 6, None));
        let empty = parse(&json!({"data": []})).unwrap();
        assert_eq!((empty.images.len(), empty.broken), (0, 0));
        assert_eq!(Usage::parse(Some(&json!({"cost": null}))).map(|usage| usage.cost), Some(None));
    }

    #[test]
    fn error_in_a_success_is_an_error_even_beside_pictures() {
        let error = parse(&json!({"error": {"code": 503, "message": "busy"}, "data": [{"b64_json": "AQID"}]}));
        let Err(Error::Refused(refusal)) = error else { panic!("{error:?}") };
        assert_eq!((refusal.status, refusal.kind), (Some(503), RefusalKind::Unavailable));
    }

    #[test]
    fn what_is_not_the_contract_is_unreadable_and_never_quoted() {
        for body in ["", "<html>", "[]", "{}", r#"{"data":null}"#, r#"{"data":[{"b64_json":"QUJDREVG"#] {
            let Err(Error::Unreadable { reason }) = parse_generation(body.as_bytes()) else { panic!("{body}") };
            assert!(!reason.contains("QUJD") && !reason.contains("html"), "{reason}");
        }
    }
}
