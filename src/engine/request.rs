//! Turns a journalled request back into one that can be sent.

use crate::api::{GenerationRequest, ModelId, ProviderPreferences};
use serde_json::Value;

/// Marks an address as the hash of bytes that the library keeps.
pub(crate) const STORED: &str = "blake3:";

/// Reads the record form of a request: the request without references, and their addresses in order.
/// `None`: not a request.
pub(crate) fn from_record(record: &Value) -> Option<(GenerationRequest, Vec<String>)> {
    let mut parameters = record.as_object()?.clone();
    let model = ModelId::new(parameters.shift_remove("model")?.as_str()?);
    let prompt = parameters.shift_remove("prompt")?.as_str()?.to_owned();
    let stream = parameters.shift_remove("stream").is_some_and(|value| value == Value::Bool(true));
    let addresses = match parameters.shift_remove("input_references") {
        Some(Value::Array(items)) => items
            .iter()
            .map(|item| item.pointer("/image_url/url").and_then(Value::as_str).map(str::to_owned))
            .collect::<Option<Vec<_>>>()?,
        _ => Vec::new(),
    };
    let provider = parameters.shift_remove("provider").and_then(|value| provider_from(&value));
    Some((GenerationRequest { model, prompt, parameters, references: Vec::new(), provider, stream }, addresses))
}

fn provider_from(value: &Value) -> Option<ProviderPreferences> {
    let object = value.as_object()?;
    let only = object
        .get("only")
        .and_then(Value::as_array)
        .map(|tags| tags.iter().filter_map(Value::as_str).map(str::to_owned).collect::<Vec<_>>());
    Some(ProviderPreferences {
        only: only.unwrap_or_default(),
        allow_fallbacks: object.get("allow_fallbacks").and_then(Value::as_bool),
        options: object.get("options").and_then(Value::as_object).cloned().unwrap_or_default(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Reference;
    use serde_json::json;

    #[test]
    fn a_journalled_request_is_sent_again_exactly() {
        let request = GenerationRequest {
            model: ModelId::new("a/b"),
            prompt: "a fox".into(),
            parameters: json!({"n": 2, "seed": 7, "curve": [1, 2]}).as_object().cloned().unwrap_or_default(),
            references: vec![
                Reference::Url("https://example.org/a.png".into()),
                Reference::Inline { media_type: "image/png".into(), bytes: vec![1, 2, 3].into() },
            ],
            provider: Some(ProviderPreferences {
                only: vec!["x".into()],
                allow_fallbacks: Some(false),
                options: json!({"x": {"steps": 4}}).as_object().cloned().unwrap_or_default(),
            }),
            stream: true,
        };
        let record = request.to_record(|index| (index == 1).then(|| "blake3:00ff".to_owned()));
        let (again, addresses) = from_record(&record).unwrap();
        assert_eq!(addresses, ["https://example.org/a.png", "blake3:00ff"]);
        assert_eq!(again, GenerationRequest { references: vec![], ..request });
    }
}
