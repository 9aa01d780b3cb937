//! InvokeAI: JSON since version 3, JSON of another shape before, and the command line of the first versions.

use serde_json::{Map, Value};

use super::super::super::Size;
use super::super::{Foreign, Notation};
use super::{digits, empty, flat, scalar};

/// Reads `invokeai_metadata`.
pub(super) fn metadata(object: &Map<String, Value>) -> Option<Foreign> {
    let mut found = flat::read(object, Notation::InvokeAi);
    found.program = Some(named(object));
    found.fields.retain(|(name, _)| name != "app_version");
    (found.prompt.is_some() || found.model.is_some()).then_some(found)
}

/// Reads `sd-metadata`: the settings are one level down, the prompt may be in weighted parts.
pub(super) fn sd_metadata(object: &Map<String, Value>) -> Option<Foreign> {
    let image = object.get("image")?.as_object()?;
    let mut found = flat::read(image, Notation::InvokeAi);
    let parts = |parts: &Vec<Value>| {
        let parts: Vec<String> = parts.iter().filter_map(|part| scalar(part.get("prompt")?)).collect();
        parts.join(", ")
    };
    let prompt = image.get("prompt").and_then(|prompt| scalar(prompt).or_else(|| prompt.as_array().map(parts)));
    (found.prompt, found.negative_prompt) = told_apart(&prompt?);
    found.model = object.get("model_weights").or_else(|| object.get("model")).and_then(scalar);
    found.program = Some(named(object));
    Some(found)
}

/// Reads `Dream`: `"a fox [blurry]" -s 50 -S 42 -W 512 -H 512 -C 7.5 -A k_lms`.
pub(super) fn dream(text: &str) -> Option<Foreign> {
    let rest = text.trim().strip_prefix('"')?;
    let (prompt, switches) = rest.rsplit_once('"')?;
    let (prompt, negative_prompt) = told_apart(prompt);
    let mut found =
        Foreign { prompt, negative_prompt, program: Some("InvokeAI".to_owned()), ..empty(Notation::InvokeAi) };
    let (mut width, mut height) = (None, None);
    let mut words = switches.split_whitespace();
    while let Some(word) = words.next() {
        let Some(switch) = word.strip_prefix('-').and_then(|switch| switch.chars().next()) else { continue };
        let value = match word.get(1 + switch.len_utf8()..).filter(|value| !value.is_empty()) {
            Some(value) => value,
            None => words.next().unwrap_or_default(),
        };
        match switch {
            'S' => found.seed = digits(&value.into()),
            'W' => width = value.parse().ok(),
            'H' => height = value.parse().ok(),
            _ => found.fields.push((format!("-{switch}"), value.into())),
        }
    }
    found.size = width.zip(height).map(|(width, height)| Size { width, height });
    Some(found)
}

fn named(object: &Map<String, Value>) -> String {
    object.get("app_version").and_then(scalar).map_or("InvokeAI".to_owned(), |version| format!("InvokeAI {version}"))
}

/// Takes what stands in brackets for what is not wanted, as the early versions did.
fn told_apart(prompt: &str) -> (Option<String>, Option<String>) {
    let (mut wanted, mut unwanted) = (String::new(), Vec::new());
    let mut rest = prompt;
    while let Some((before, (inside, after))) = rest.split_once('[').and_then(|(a, b)| Some((a, b.split_once(']')?))) {
        wanted.push_str(before);
        unwanted.push(inside);
        rest = after;
    }
    wanted.push_str(rest);
    (Some(wanted), (!unwanted.is_empty()).then(|| unwanted.join(", ")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn the_metadata_of_today_is_read() {
        let found = metadata(&of(json!({"app_version": "5.6.0", "generation_mode": "sdxl_txt2img", "positive_prompt": "a fox",
            "negative_prompt": "text", "width": 1024, "height": 768, "seed": 2_838_210_933_u64, "cfg_scale": 5.5, "steps": 30,
            "scheduler": "dpmpp_2m", "model": {"key": "k", "hash": "blake3:1", "name": "Juggernaut XL v9", "base": "sdxl"},
            "loras": []})))
        .unwrap();
        assert_eq!((found.prompt.as_deref(), found.negative_prompt.as_deref()), (Some("a fox"), Some("text")));
        assert_eq!((found.model.as_deref(), found.seed.as_deref()), (Some("Juggernaut XL v9"), Some("2838210933")));
        assert_eq!(
            (found.size, found.program.as_deref()),
            (Some(Size { width: 1024, height: 768 }), Some("InvokeAI 5.6.0"))
        );
        assert!(found.fields.contains(&("scheduler".into(), "dpmpp_2m".into())), "{:?}", found.fields);
    }

    #[test]
    fn the_metadata_of_version_2_is_read() {
        for prompt in [json!("a fox [blurry]"), json!([{"prompt": "a fox [blurry]", "weight": 1.0}])] {
            let found = sd_metadata(&of(json!({"model": "stable diffusion", "model_weights": "stable-diffusion-1.5",
                "app_id": "invoke-ai/InvokeAI", "app_version": "2.2.4", "image": {"prompt": prompt, "steps": 50,
                "cfg_scale": 7.5, "height": 512, "width": 640, "seed": 42, "sampler": "k_lms"}})))
            .unwrap();
            assert_eq!((found.prompt.as_deref(), found.negative_prompt.as_deref()), (Some("a fox "), Some("blurry")));
            assert_eq!((found.model.as_deref(), found.seed.as_deref()), (Some("stable-diffusion-1.5"), Some("42")));
        }
    }

    #[test]
    fn the_command_line_is_read() {
        let found = dream(r#""a "red" fox [blurry]" -s 50 -S3357757885 -W 512 -H 640 -C 7.5 -A k_lms"#).unwrap();
        assert_eq!((found.prompt.as_deref(), found.seed.as_deref()), (Some("a \"red\" fox "), Some("3357757885")));
        assert_eq!((found.size, found.fields.len()), (Some(Size { width: 512, height: 640 }), 3));
        for text in ["", "\"", "a fox -s 50", "\"fox\" - -é -"] {
            assert!(dream(text).is_none_or(|found| found.seed.is_none()), "{text}");
        }
    }
}
