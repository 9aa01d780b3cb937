//! Objects with one value per name: SwarmUI's, and those of programs that use the same common names, in JSON or with a
//! text chunk for each.

use serde_json::{Map, Value};

use super::super::super::Size;
use super::super::{Foreign, Notation};
use super::{digits, empty, object, scalar, side, words};

/// Names as they are compared: letters and figures alone, small.
const PROMPT: &[&str] = &["prompt", "positiveprompt", "positive", "promptpositive"];
const NEGATIVE: &[&str] = &["negativeprompt", "negative", "promptnegative", "negprompt", "uc"];
const MODEL: &[&str] = &[
    "model",
    "basemodel",
    "modelname",
    "sdmodel",
    "sdmodelname",
    "sdmodelcheckpoint",
    "usestablediffusionmodel",
    "stablediffusionmodel",
    "checkpoint",
    "ckptname",
    "modelid",
];
const SEED: &[&str] = &["seed", "noiseseed", "randomseed"];
const WIDTH: &[&str] = &["width"];
const HEIGHT: &[&str] = &["height"];
const SIZE: &[&str] = &["size", "resolution"];
/// Longest name of a chunk that is a setting, in bytes.
const MAX_NAME: usize = 79;

fn folded(name: &str) -> String {
    name.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect()
}

/// Reads what has a common name, and the rest as fields; no prompt and no program are asked for.
pub(super) fn read(object: &Map<String, Value>, notation: Notation) -> Foreign {
    let named: Vec<_> = object.iter().map(|(name, value)| (folded(name), name, value)).collect();
    let first = |names: &[&str], read: &dyn Fn(&Value) -> Option<String>| {
        let all = names.iter().flat_map(|name| named.iter().filter(move |(folded, ..)| folded == name));
        all.filter_map(|(_, name, value)| Some((read(value)?, name.as_str()))).next()
    };
    let (prompt, negative) = (first(PROMPT, &words), first(NEGATIVE, &words));
    let (model, seed) = (first(MODEL, &model), first(SEED, &digits));
    let number = |names: &[&str]| named.iter().find(|(folded, ..)| names.contains(&folded.as_str()));
    let sides = number(WIDTH).zip(number(HEIGHT));
    let size = sides.and_then(|((.., width), (.., height))| Some(Size { width: side(width)?, height: side(height)? }));
    let size = size.or_else(|| first(SIZE, &scalar).and_then(|(text, _)| sides_of(&text)));
    let taken: Vec<&str> = [&prompt, &negative, &model, &seed].into_iter().flatten().map(|(_, name)| *name).collect();
    let others = object.iter().filter(|(name, value)| !taken.contains(&name.as_str()) && !value.is_null());
    let text = |found: Option<(String, &str)>| found.map(|(text, _)| text);
    Foreign {
        fields: others.map(|(name, value)| (name.clone(), value.clone())).collect(),
        prompt: text(prompt),
        negative_prompt: text(negative),
        model: text(model),
        seed: text(seed),
        size,
        ..empty(notation)
    }
}

/// Names a model: by itself, or by the name inside.
fn model(value: &Value) -> Option<String> {
    let inside =
        |object: &Map<String, Value>| ["name", "model_name", "key"].iter().find_map(|key| scalar(object.get(*key)?));
    scalar(value).or_else(|| inside(value.as_object()?))
}

/// Reads `512x768`, `512 × 768` and `(512, 768)`.
pub(super) fn sides_of(text: &str) -> Option<Size> {
    let text = text.trim().trim_matches(['(', ')', '[', ']']);
    let (width, height) = text.split_once(['x', 'X', '×', ','])?;
    let side = |text: &str| text.trim().parse().ok().filter(|side| *side > 0);
    Some(Size { width: side(width)?, height: side(height)? })
}

/// Reads `{"sui_image_params": {…}}`.
pub(super) fn swarm_ui(object: &Map<String, Value>) -> Option<Foreign> {
    let parameters = object.get("sui_image_params")?.as_object()?;
    let mut found = read(parameters, Notation::SwarmUi);
    let version = parameters.get("swarm_version").and_then(scalar);
    found.fields.retain(|(name, _)| name != "swarm_version");
    let others = object.iter().filter(|(name, _)| *name != "sui_image_params");
    found.fields.extend(others.map(|(name, value)| (name.clone(), value.clone())));
    found.program = Some(version.map_or("SwarmUI".to_owned(), |version| format!("SwarmUI {version}")));
    Some(found)
}

/// Reads an object of an unknown program; `None` without a prompt.
pub(super) fn any(object: &Map<String, Value>) -> Option<Foreign> {
    if let Some(found) = draw_things(object) {
        return Some(found);
    }
    let mut found = read(object, Notation::Json);
    found.prompt.as_ref().filter(|prompt| self::object(prompt).is_none())?;
    let version = |name: &str| object.get(name).and_then(scalar).filter(|version| version.starts_with("Fooocus"));
    found.program = ["version", "Version"].into_iter().find_map(version);
    Some(found)
}

/// Draw Things calls the prompt `c` and what is not wanted `uc`.
fn draw_things(object: &Map<String, Value>) -> Option<Foreign> {
    let prompt = words(object.get("c")?)?;
    if !["uc", "scale", "seed_mode"].iter().any(|name| object.contains_key(*name)) {
        return None;
    }
    let rest = object.iter().filter(|(name, _)| *name != "c").map(|(name, value)| (name.clone(), value.clone()));
    let found = read(&rest.collect(), Notation::Json);
    Some(Foreign { prompt: Some(prompt), program: Some("Draw Things".to_owned()), ..found })
}

/// Reads text chunks of which each is a setting, as Easy Diffusion, Mold and FramePack write; `None` where none is called
/// the prompt.
pub(super) fn chunks(pairs: &[(String, String)]) -> Option<Foreign> {
    let is_prompt = |(name, text): &&(String, String)| {
        PROMPT.contains(&folded(name).as_str()) && object(text).is_none() && !text.trim().is_empty()
    };
    pairs.iter().find(is_prompt)?;
    let settings = pairs.iter().filter(|(name, _)| name.len() <= MAX_NAME && name != "Software");
    let settings = settings.map(|(name, text)| (name.clone(), Value::from(text.as_str())));
    Some(read(&settings.collect(), Notation::Chunks))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(value: Value) -> Map<String, Value> {
        value.as_object().cloned().unwrap()
    }

    #[test]
    fn swarm_ui_is_read() {
        let parameters = json!({"sui_image_params": {"prompt": "a fox", "negativeprompt": "text", "model": "OfficialStableDiffusion/sd_xl_base_1.0",
            "seed": 7, "steps": 20, "cfgscale": 7.0, "aspectratio": "1:1", "width": 1024, "height": 768, "swarm_version": "0.9.5.1"},
            "sui_extra_data": {"date": "2025-03-01"}});
        let found = swarm_ui(&of(parameters)).unwrap();
        assert_eq!((found.prompt.as_deref(), found.negative_prompt.as_deref()), (Some("a fox"), Some("text")));
        assert_eq!(found.model.as_deref(), Some("OfficialStableDiffusion/sd_xl_base_1.0"));
        assert_eq!((found.seed.as_deref(), found.size), (Some("7"), Some(Size { width: 1024, height: 768 })));
        assert_eq!(found.program.as_deref(), Some("SwarmUI 0.9.5.1"));
        let fields: Vec<_> = found.fields.iter().map(|(name, value)| format!("{name}: {value}")).collect();
        let expected = ["steps: 20", "cfgscale: 7.0", "aspectratio: \"1:1\"", "width: 1024", "height: 768"];
        assert_eq!(fields, [&expected[..], &["sui_extra_data: {\"date\":\"2025-03-01\"}"]].concat());
    }

    #[test]
    fn json_of_others_needs_a_prompt() {
        let novel = json!({"prompt": "a fox", "uc": "blurry", "seed": 3, "steps": 28, "sampler": "k_euler"});
        let found = any(&of(novel)).unwrap();
        assert_eq!((found.negative_prompt.as_deref(), found.fields.len()), (Some("blurry"), 2));
        for other in [json!({"seed": 3}), json!({"prompt": {"1": {}}}), json!({"prompt": "{\"a\": 1}"}), json!({})] {
            assert_eq!(any(&of(other.clone())), None, "{other}");
        }
    }

    #[test]
    fn names_are_common_however_they_are_written() {
        for (object, model) in [
            (json!({"Prompt": "a fox", "Negative Prompt": "text", "Seed": "42", "Stable Diffusion model": "m"}), "m"),
            (json!({"positive_prompt": "a fox", "negative-prompt": "text", "seed": 42, "sd_model_name": "n"}), "n"),
            (json!({"prompt": ["a fox"], "uc": "text", "seed": 42.0, "base_model": {"name": "o"}}), "o"),
        ] {
            let found = read(&of(object.clone()), Notation::Json);
            let texts = [&found.prompt, &found.negative_prompt, &found.seed, &found.model].map(Option::as_deref);
            assert_eq!(texts, [Some("a fox"), Some("text"), Some("42"), Some(model)], "{object}");
            assert_eq!(found.fields, [], "{object}");
        }
    }

    #[test]
    fn draw_things_is_read() {
        let object =
            json!({"c": "a fox", "uc": "text", "seed": 7, "seed_mode": "Scale Alike", "size": "512x768", "scale": 4.5});
        let found = any(&of(object)).unwrap();
        assert_eq!((found.prompt.as_deref(), found.negative_prompt.as_deref()), (Some("a fox"), Some("text")));
        assert_eq!((found.size, found.program.as_deref()), (sides_of("512x768"), Some("Draw Things")));
        assert_eq!(any(&of(json!({"c": "a fox", "d": 1}))), None, "one letter is not enough");
    }

    #[test]
    fn a_chunk_for_each_setting_is_read() {
        let pairs = |list: &[(&str, &str)]| -> Vec<(String, String)> {
            list.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())).collect()
        };
        let found = chunks(&pairs(&[
            ("prompt", "a fox"),
            ("seed", "-1"),
            ("width", "512"),
            ("height", "768"),
            ("guidance_scale", "7.50"),
            ("use_stable_diffusion_model", "m"),
        ]))
        .unwrap();
        assert_eq!((found.prompt.as_deref(), found.seed, found.model.as_deref()), (Some("a fox"), None, Some("m")));
        assert_eq!(found.size, sides_of("512x768"));
        assert!(found.fields.contains(&("guidance_scale".into(), "7.50".into())), "{:?}", found.fields);
        assert!(found.fields.contains(&("seed".into(), "-1".into())), "any seed is said, and not fixed");
        for other in [&[("Title", "a fox")][..], &[("prompt", "{\"1\": {}}")], &[("prompt", " ")], &[]] {
            assert_eq!(chunks(&pairs(other)), None, "{other:?}");
        }
    }

    #[test]
    fn sizes_are_read_in_each_way() {
        for text in ["512x768", "512 x 768", "512×768", "(512, 768)", "[512,768]"] {
            assert_eq!(sides_of(text), Some(Size { width: 512, height: 768 }), "{text}");
        }
        for text in ["", "1K", "x", "512x", "0x9", "9x-1", "axb"] {
            assert_eq!(sides_of(text), None, "{text}");
        }
    }
}
