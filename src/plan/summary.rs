//! A request in a few words, and the shape its pictures will have.
//!
//! May import `api`. Invariant: says only what is sent; what is left to the provider is not mentioned.

use super::shape::{parse_pixels, ratio_of};
use crate::api::GenerationRequest;
use serde_json::Value;

/// Returns the parameters sent, for people: `16:9 · 2K · high`; empty when all are left to the provider. The number of
/// pictures is not among them.
pub fn settings_text(request: &GenerationRequest) -> String {
    let parts = request.parameters.iter().filter_map(|(field, value)| part(field, value));
    parts.collect::<Vec<_>>().join(" · ")
}

fn part(field: &str, value: &Value) -> Option<String> {
    let value = value_text(value);
    match field {
        "n" => None,
        "aspect_ratio" | "resolution" | "size" | "quality" => Some(value),
        "background" => Some(format!("{value} background")),
        "output_format" => Some(value.to_uppercase()),
        "output_compression" => Some(format!("compression {value}")),
        _ => Some(format!("{field} {value}")),
    }
}

/// Returns a parameter's value for people: a string as it is, anything else as compact JSON, both clipped.
pub(crate) fn value_text(value: &Value) -> String {
    const LONGEST: usize = 60;
    let text = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", text.get(..end).unwrap_or_default()),
        None => text,
    }
}

/// Returns width over height of the pictures to come, when the request tells; `None` leaves it to the first result.
pub fn aspect_of(request: &GenerationRequest) -> Option<f32> {
    let text = |field: &str| request.parameters.get(field).and_then(Value::as_str);
    let of_pixels = text("size").and_then(parse_pixels).map(|size| size.width as f32 / size.height as f32);
    of_pixels.or_else(|| text("aspect_ratio").and_then(ratio_of))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::ModelId;
    use serde_json::json;

    fn request(parameters: Value) -> GenerationRequest {
        GenerationRequest {
            model: ModelId::new("test/model"),
            prompt: "A red panda".into(),
            parameters: parameters.as_object().unwrap().clone(),
            references: vec![],
            provider: None,
            stream: false,
        }
    }

    #[test]
    fn settings_are_said_in_a_few_words() {
        for (parameters, expected) in [
            (json!({}), ""),
            (json!({"n": 4}), ""),
            (json!({"aspect_ratio": "16:9", "resolution": "2K", "n": 4, "quality": "high"}), "16:9 · 2K · high"),
            (json!({"background": "transparent", "output_format": "png"}), "transparent background · PNG"),
            (json!({"output_compression": 80, "seed": 4271}), "compression 80 · seed 4271"),
            (json!({"mood": {"calm": true}}), r#"mood {"calm":true}"#),
        ] {
            assert_eq!(settings_text(&request(parameters.clone())), expected, "{parameters}");
        }
    }

    #[test]
    fn pixels_tell_the_shape_before_the_ratio_does() {
        for (parameters, expected) in [
            (json!({}), None),
            (json!({"aspect_ratio": "auto"}), None),
            (json!({"aspect_ratio": "3:2"}), Some(1.5)),
            (json!({"size": "2K"}), None),
            (json!({"size": "2K", "aspect_ratio": "1:2"}), Some(0.5)),
            (json!({"size": "2048x1024", "aspect_ratio": "auto"}), Some(2.0)),
        ] {
            assert_eq!(aspect_of(&request(parameters.clone())), expected, "{parameters}");
        }
    }

    #[test]
    fn long_values_are_clipped_between_characters() {
        assert_eq!(value_text(&Value::from("ä".repeat(61))), format!("{}…", "ä".repeat(60)));
        assert_eq!(value_text(&Value::from("ä".repeat(60))), "ä".repeat(60));
    }
}
