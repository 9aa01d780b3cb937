//! JSON objects with one value per name: SwarmUI's, and those of programs that use the same common names.

use serde_json::{Map, Value};

use super::super::super::Size;
use super::super::{Foreign, Notation};
use super::{MAX_ROWS, empty, object, scalar, side, title, whole};

const PROMPT: &[&str] = &["prompt", "positive_prompt", "Prompt"];
const NEGATIVE: &[&str] = &["negative_prompt", "negativeprompt", "uc", "Negative Prompt"];
const MODEL: &[&str] = &["model", "base_model", "model_name", "sd_model", "Model"];
const SEED: &[&str] = &["seed", "Seed"];
const WIDTH: &[&str] = &["width"];
const HEIGHT: &[&str] = &["height"];

/// Reads what has a common name, and the other plain values as rows; no prompt and no program are asked for.
pub(super) fn read(object: &Map<String, Value>, notation: Notation) -> Foreign {
    let first = |names: &[&str]| names.iter().find_map(|name| object.get(*name));
    let text = |names: &[&str]| first(names).and_then(Value::as_str).map(str::to_owned);
    let size = first(WIDTH).and_then(side).zip(first(HEIGHT).and_then(side));
    let taken = |key: &str| [PROMPT, NEGATIVE, MODEL, SEED, WIDTH, HEIGHT].iter().any(|names| names.contains(&key));
    let others = object.iter().filter(|(key, _)| !taken(key));
    let rows = others.filter_map(|(key, value)| Some((title(key), scalar(value)?))).take(MAX_ROWS).collect();
    Foreign {
        prompt: text(PROMPT),
        negative_prompt: text(NEGATIVE),
        model: first(MODEL).and_then(model),
        seed: first(SEED).and_then(whole),
        size: size.map(|(width, height)| Size { width, height }),
        rows,
        ..empty(notation)
    }
}

/// Names a model: by itself, or by the name inside.
fn model(value: &Value) -> Option<String> {
    let inside =
        |object: &Map<String, Value>| ["name", "model_name", "key"].iter().find_map(|key| scalar(object.get(*key)?));
    scalar(value).or_else(|| inside(value.as_object()?))
}

/// Reads `{"sui_image_params": {…}}`.
pub(super) fn swarm_ui(object: &Map<String, Value>) -> Option<Foreign> {
    let parameters = object.get("sui_image_params")?.as_object()?;
    let mut found = read(parameters, Notation::SwarmUi);
    let version = parameters.get("swarm_version").and_then(scalar);
    found.rows.retain(|(name, _)| name != "Swarm version");
    found.program = Some(version.map_or("SwarmUI".to_owned(), |version| format!("SwarmUI {version}")));
    Some(found)
}

/// Reads an object of an unknown program; `None` without a prompt.
pub(super) fn any(object: &Map<String, Value>) -> Option<Foreign> {
    let found = read(object, Notation::Json);
    found.prompt.as_ref().filter(|prompt| self::object(prompt).is_none())?;
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn swarm_ui_is_read() {
        let parameters = json!({"sui_image_params": {"prompt": "a fox", "negativeprompt": "text", "model": "OfficialStableDiffusion/sd_xl_base_1.0",
            "seed": 7, "steps": 20, "cfgscale": 7.0, "aspectratio": "1:1", "width": 1024, "height": 768, "swarm_version": "0.9.5.1"},
            "sui_extra_data": {"date": "2025-03-01"}});
        let found = swarm_ui(parameters.as_object().unwrap()).unwrap();
        assert_eq!((found.prompt.as_deref(), found.negative_prompt.as_deref()), (Some("a fox"), Some("text")));
        assert_eq!(found.model.as_deref(), Some("OfficialStableDiffusion/sd_xl_base_1.0"));
        assert_eq!((found.seed, found.size), (Some(7), Some(Size { width: 1024, height: 768 })));
        assert_eq!(found.program.as_deref(), Some("SwarmUI 0.9.5.1"));
        let rows: Vec<_> = found.rows.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        assert_eq!(rows, ["Steps: 20", "Cfgscale: 7.0", "Aspectratio: 1:1"]);
    }

    #[test]
    fn json_of_others_needs_a_prompt() {
        let novel = json!({"prompt": "a fox", "uc": "blurry", "seed": 3, "steps": 28, "sampler": "k_euler"});
        let found = any(novel.as_object().unwrap()).unwrap();
        assert_eq!((found.negative_prompt.as_deref(), found.rows.len()), (Some("blurry"), 2));
        for other in [json!({"seed": 3}), json!({"prompt": {"1": {}}}), json!({"prompt": "{\"a\": 1}"}), json!({})] {
            assert_eq!(any(other.as_object().unwrap()), None, "{other}");
        }
    }
}
