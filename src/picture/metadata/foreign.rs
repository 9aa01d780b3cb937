//! Recognises what other programs write, and reads it as far as it goes.
//!
//! Imports serde_json. Invariants: nothing is guessed that is not said; what cannot be read is passed over, never an
//! error; JSON is read up to 4 MiB and its graphs are walked without coming to a node twice; numbers keep their digits.

mod automatic1111;
mod comfy_ui;
mod flat;
mod invoke_ai;
mod invoke_graph;
mod numbers;

use serde_json::{Map, Value};

use super::{Foreign, Notation, Texts};
use numbers::exact;
pub(super) use numbers::{digits, side};

/// Longest JSON that is read, in bytes; the largest graphs of nodes have about one million.
const MAX_JSON: usize = 4 << 20;
/// Most fields, and the longest prompt in characters.
const MAX_FIELDS: usize = 1_000;
const MAX_PROMPT: usize = 200_000;

/// What was read, and the names of the texts that hold nothing else.
type Read = (Foreign, Vec<&'static str>);

/// Says how the picture was made; `None`: nothing in the texts tells.
pub(super) fn recognise(texts: &Texts) -> Option<Foreign> {
    let of = |key: &'static str, read: fn(&str) -> Option<Foreign>| -> Option<Read> {
        texts.all(key).find_map(read).map(|found| (found, vec![key]))
    };
    let said = &texts.xmp;
    let known = of("parameters", |text| by_text(text).or_else(|| automatic1111::prompt_alone(text)))
        .or_else(|| of("UserComment", by_text))
        .or_else(|| of("invokeai_metadata", |text| invoke_ai::metadata(&object(text)?)))
        .or_else(|| of("sd-metadata", |text| invoke_ai::sd_metadata(&object(text)?)))
        .or_else(|| of("Dream", invoke_ai::dream))
        .or_else(|| graph(texts.all("invokeai_graph").find_map(|text| invoke_graph::read(&object(text)?))))
        .or_else(|| graph(comfy_ui::read(&graphs(&texts.pairs))))
        .or_else(|| ["prompt", "Comment"].into_iter().find_map(|key| of(key, by_text)))
        .or_else(|| said.comment.as_deref().and_then(by_text).map(|found| (found, vec!["exif:UserComment"])))
        .or_else(|| {
            let described = said.description.as_deref().and_then(automatic1111::read);
            described.map(|found| (found, vec!["dc:description"]))
        })
        .or_else(|| ["Description", "ImageDescription"].into_iter().find_map(|key| of(key, automatic1111::read)))
        .or_else(|| flat::chunks(&texts.pairs).map(|found| (found, vec!["*"])))
        .or_else(|| texts.all("invokeai_workflow").next().map(|_| (invoke_graph::named(), Vec::new())));
    let (mut found, used) = known.or_else(|| plain(texts))?;
    if found.program.is_none() {
        found.program = said.tool.clone().or_else(|| texts.all("Software").next().map(str::to_owned));
    }
    let left = left_over(texts, &used, &found);
    found.fields.extend(left);
    Some(limited(found))
}

/// A graph tells more than is read of it.
fn graph(found: Option<Foreign>) -> Option<Read> {
    found.map(|found| (found, Vec::new()))
}

/// Recognises a text by itself.
fn by_text(text: &str) -> Option<Foreign> {
    match object(text) {
        Some(object) if object.contains_key("sui_image_params") => flat::swarm_ui(&object),
        Some(object) if object.contains_key("app_version") => invoke_ai::metadata(&object),
        Some(object) => comfy_ui::read(std::slice::from_ref(&object)).or_else(|| flat::any(&object)),
        None => automatic1111::read(text),
    }
}

/// Collects graphs of nodes: what was carried out, which says more, before what was drawn.
fn graphs(pairs: &[(String, String)]) -> Vec<Map<String, Value>> {
    let graph = |wanted: &str| {
        pairs.iter().find_map(|(name, text)| match name.as_str() {
            name if name == wanted => object(text),
            // In EXIF ComfyUI takes whichever field is free, and writes the name before it: `workflow:{…}`.
            "Make" | "Model" | "ImageDescription" | "UserComment" => {
                let (label, text) = text.split_once(':')?;
                label.trim().eq_ignore_ascii_case(wanted).then(|| object(text))?
            }
            _ => None,
        })
    };
    ["prompt", "workflow"].into_iter().filter_map(graph).collect()
}

/// Takes words that nobody calls a prompt, unless XMP does.
fn plain(texts: &Texts) -> Option<Read> {
    let said = &texts.xmp;
    let first = |key: &'static str| texts.all(key).next().map(|text| (text.to_owned(), key));
    let of_xmp = |text: &Option<String>, key| text.clone().map(|text| (text, key));
    let description = || {
        let described = of_xmp(&said.description, "dc:description").or_else(|| first("Description"));
        described.or_else(|| first("ImageDescription"))
    };
    let title = || of_xmp(&said.title, "dc:title").or_else(|| first("Title"));
    let (notation, words) = match (&said.prompt, &said.recipe) {
        (Some(prompt), _) => (Notation::Xmp, Some((prompt.clone(), "dc:description"))),
        (None, Some(_)) => (Notation::Xmp, description()),
        (None, None) => (Notation::Description, description().or_else(title)),
    };
    let model = said.system.clone();
    let comment = of_xmp(&said.comment, "exif:UserComment").or_else(|| first("UserComment"));
    let comment = comment.or_else(|| first("Comment"));
    if words.is_none() && model.is_none() && comment.is_none() {
        return None;
    }
    let used = words.iter().chain(&comment).map(|(_, key)| *key).collect();
    let fields = comment.map(|(comment, _)| ("Comment".to_owned(), comment.into())).into_iter().collect();
    Some((Foreign { prompt: words.map(|(words, _)| words), model, fields, ..empty(notation) }, used))
}

/// Collects what the texts say besides.
fn left_over(texts: &Texts, used: &[&str], found: &Foreign) -> Vec<(String, Value)> {
    let said = &texts.xmp;
    let of_xmp = [
        ("dc:description", &said.description),
        ("dc:title", &said.title),
        ("exif:UserComment", &said.comment),
        ("Iptc4xmpExt:AISystemUsed", &said.system),
    ];
    let of_xmp = of_xmp.into_iter().filter_map(|(name, text)| Some((name, text.as_deref()?)));
    let all = texts.pairs.iter().map(|(name, text)| (name.as_str(), text.as_str())).chain(of_xmp);
    let told = [&found.prompt, &found.program, &found.model];
    let is_told = |text: &str| told.iter().any(|told| told.as_deref() == Some(text));
    let pairs = all.filter(|(name, text)| !used.contains(name) && !used.contains(&"*") && !is_told(text));
    pairs.map(|(name, text)| (name.to_owned(), text.into())).collect()
}

fn empty(notation: Notation) -> Foreign {
    Foreign {
        notation,
        program: None,
        prompt: None,
        negative_prompt: None,
        model: None,
        seed: None,
        size: None,
        fields: Vec::new(),
    }
}

/// Keeps within the limits; drops texts that say nothing.
fn limited(mut found: Foreign) -> Foreign {
    found.fields.retain(|(_, value)| match value {
        Value::String(text) => !text.trim().is_empty(),
        other => !other.is_null(),
    });
    found.fields.truncate(MAX_FIELDS);
    for text in [&mut found.program, &mut found.prompt, &mut found.negative_prompt, &mut found.model] {
        *text = text.take().map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        text.iter_mut().for_each(|text| clip(text, MAX_PROMPT));
    }
    found
}

fn clip(text: &mut String, longest: usize) {
    if let Some((end, _)) = text.char_indices().nth(longest) {
        text.truncate(end);
        text.push('…');
    }
}

/// Reads a JSON object, also with the numbers that Python writes and JSON does not know. Numbers whose digits a
/// number of ours would change are strings in it.
fn object(text: &str) -> Option<Map<String, Value>> {
    let text = text.trim();
    if !text.starts_with('{') || text.len() > MAX_JSON {
        return None;
    }
    serde_json::from_str(&exact(text)).ok()
}

/// Writes a plain value for people; `None` for what has parts, or is nothing.
fn scalar(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()).filter(|text| !text.trim().is_empty()),
        Value::Number(number) => Some(number.to_string()),
        Value::Bool(on) => Some(if *on { "yes" } else { "no" }.to_owned()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

/// Reads words: a text, several texts one under the other, or either behind ComfyUI's `__value__`; `None`: no words.
fn words(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
        Value::Object(object) => words(object.get("__value__")?),
        Value::Array(parts) => {
            let parts = parts.iter().map(|part| part.as_str().map(str::trim)).collect::<Option<Vec<_>>>()?;
            let parts: Vec<_> = parts.into_iter().filter(|part| !part.is_empty()).collect();
            (!parts.is_empty()).then(|| parts.join("\n"))
        }
        _ => None,
    }
}
