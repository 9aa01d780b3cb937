//! Recognises what other programs write, and reads it as far as it goes.
//!
//! Imports serde_json. Invariants: nothing is guessed that is not said; what cannot be read is passed over, never an
//! error; JSON is read up to 4 MiB and its graphs are walked without coming to a node twice.

mod automatic1111;
mod comfy_ui;
mod flat;
mod invoke_ai;

use serde_json::{Map, Value};

use super::{Foreign, Notation, Texts};

/// Longest JSON that is read, in bytes; the largest graphs of nodes have about one million.
const MAX_JSON: usize = 4 << 20;
/// Most rows, the longest value of one and the longest prompt in characters.
const MAX_ROWS: usize = 100;
const MAX_VALUE: usize = 500;
const MAX_PROMPT: usize = 200_000;

/// Says how the picture was made; `None`: nothing in the texts tells.
pub(super) fn recognise(texts: &Texts) -> Option<Foreign> {
    let of = |key: &'static str| texts.all(key);
    let program = |found: Foreign| Foreign { program: found.program.or_else(|| written_by(texts)), ..found };
    let known = of("parameters")
        .find_map(|text| by_text(text).or_else(|| automatic1111::prompt_alone(text)))
        .or_else(|| of("UserComment").find_map(by_text))
        .or_else(|| of("invokeai_metadata").find_map(|text| invoke_ai::metadata(&object(text)?)))
        .or_else(|| of("sd-metadata").find_map(|text| invoke_ai::sd_metadata(&object(text)?)))
        .or_else(|| of("Dream").find_map(invoke_ai::dream))
        .or_else(|| comfy_ui::read(&graphs(&texts.pairs)))
        .or_else(|| ["prompt", "Comment"].into_iter().find_map(|key| of(key).find_map(by_text)))
        .or_else(|| texts.xmp.comment.as_deref().and_then(by_text));
    known.or_else(|| plain(texts)).map(program).map(limited)
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
fn plain(texts: &Texts) -> Option<Foreign> {
    let said = &texts.xmp;
    let of = |key: &'static str| texts.all(key).next().map(str::to_owned);
    let description = || said.description.clone().or_else(|| of("Description")).or_else(|| of("ImageDescription"));
    let title = || said.title.clone().or_else(|| of("Title"));
    let (notation, prompt) = match (&said.prompt, &said.recipe) {
        (Some(prompt), _) => (Notation::Xmp, Some(prompt.clone())),
        (None, Some(_)) => (Notation::Xmp, description()),
        (None, None) => (Notation::Description, description().or_else(title)),
    };
    let model = said.system.clone();
    let comment = said.comment.clone().or_else(|| of("UserComment")).or_else(|| of("Comment"));
    if prompt.is_none() && model.is_none() && comment.is_none() {
        return None;
    }
    let rows = comment.map(|comment| ("Comment".to_owned(), comment)).into_iter().collect();
    Some(Foreign { prompt, model, rows, ..empty(notation) })
}

fn written_by(texts: &Texts) -> Option<String> {
    texts.xmp.tool.clone().or_else(|| texts.all("Software").next().map(str::to_owned))
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
        rows: Vec::new(),
    }
}

/// Keeps within the limits for rows; drops texts that say nothing.
fn limited(mut found: Foreign) -> Foreign {
    found.rows.retain(|(_, value)| !value.trim().is_empty());
    found.rows.truncate(MAX_ROWS);
    found.rows.iter_mut().for_each(|(_, value)| clip(value, MAX_VALUE));
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

/// Reads a JSON object, also with the numbers that Python writes and JSON does not know.
fn object(text: &str) -> Option<Map<String, Value>> {
    let text = text.trim();
    if !text.starts_with('{') || text.len() > MAX_JSON {
        return None;
    }
    serde_json::from_str(text).ok().or_else(|| serde_json::from_str(&without_odd_numbers(text)).ok())
}

/// Writes `null` for `NaN` and `Infinity` outside of strings.
fn without_odd_numbers(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let (mut in_string, mut escaped, mut at) = (false, false, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        let odd = ["NaN", "-Infinity", "Infinity"].into_iter().find(|odd| !in_string && rest.starts_with(odd));
        if let Some(odd) = odd {
            out.push_str("null");
            at += odd.len();
            continue;
        }
        let Some(c) = rest.chars().next() else { break };
        in_string ^= c == '"' && !escaped;
        escaped = in_string && c == '\\' && !escaped;
        out.push(c);
        at += c.len_utf8();
    }
    out
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

/// Reads a whole number, also from text or a fraction of zero.
fn whole(value: &Value) -> Option<u64> {
    match value {
        Value::Number(number) => number.as_u64().or_else(|| {
            let float = number.as_f64().filter(|float| *float >= 0.0 && float.fract() == 0.0 && *float < 1e15);
            float.map(|float| float as u64)
        }),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    }
}

/// Reads a side in pixels.
fn side(value: &Value) -> Option<u32> {
    whole(value).and_then(|side| u32::try_from(side).ok()).filter(|side| *side > 0)
}

/// Makes a name for people out of a key: `cfg_scale` becomes `Cfg scale`.
fn title(key: &str) -> String {
    let words = key.replace('_', " ");
    let mut letters = words.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
