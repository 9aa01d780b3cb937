//! From wishes to an order: which endpoint serves it, at what size, in which format, or why nobody can.
//!
//! Imports `check`, `models`, `paint`, `answer`. Pure. Everything here is free of charge for the client: a refusal
//! comes before any painting.

use super::answer::Refusal;
use super::check::{RESOLUTIONS, Wishes};
use super::models::{Endpoint, Model, Output};
use super::paint::{Knobs, Palette, Quality};
use super::size::{Size, ratio_of};
use serde_json::{Map, Value, json};

/// A request that will be served.
#[derive(Clone, Debug)]
pub struct Order {
    /// Places in the table.
    pub model: usize,
    pub endpoint: usize,
    pub prompt: String,
    pub n: u32,
    pub size: Size,
    pub quality: Quality,
    pub transparent: bool,
    pub output: Output,
    /// 0..100.
    pub compression: u8,
    pub seed: Option<i64>,
    pub stream: bool,
    pub references: Vec<String>,
    pub knobs: Knobs,
}

/// Decides on an order or refuses.
pub fn choose(wishes: &Wishes, table: &[Model]) -> Result<Order, Refusal> {
    let unknown = || Refusal::plain(400, format!("{} is not a valid model ID", wishes.model));
    let index = table.iter().position(|m| m.id == wishes.model).ok_or_else(unknown)?;
    let model = table.get(index).ok_or_else(unknown)?;
    conflicts(wishes)?;
    let size = size(wishes)?;
    let candidates = route(wishes, model)?;
    let mut reasons = Map::new();
    let mut fields: Vec<&'static str> = Vec::new();
    let mut chosen = None;
    for (place, endpoint) in candidates {
        let problems = problems(wishes, endpoint);
        if problems.is_empty() {
            chosen = Some((place, endpoint));
            break;
        }
        fields.extend(
            problems.iter().map(|(field, _)| *field).filter(|field| !fields.contains(field)).collect::<Vec<_>>(),
        );
        let texts: Vec<String> = problems.into_iter().map(|(_, reason)| reason).collect();
        reasons.insert(endpoint.provider_name.to_owned(), json!(texts));
    }
    let Some((endpoint_index, endpoint)) = chosen else {
        let why: Vec<String> = reasons.iter().map(|(name, texts)| format!("{name}: {}", join(texts))).collect();
        let text = format!(
            "No provider for {} supports the requested parameter(s): {}. {}",
            model.id,
            fields.join(", "),
            why.join("; ")
        );
        let metadata = json!({"error_type": "invalid_request", "reasons": reasons, "model_slug": model.id});
        return Err(Refusal::Form1 { status: 400, message: text, metadata });
    };
    let transparent = wishes.background.as_deref() == Some("transparent");
    let output = match (wishes.output_format.as_deref(), model.output) {
        (Some("png"), _) => Output::Png,
        (Some("jpeg"), _) => Output::Jpeg,
        (Some("webp"), _) => Output::WebP,
        (None, Output::Jpeg) if transparent => Output::Png,
        (_, usual) => usual,
    };
    Ok(Order {
        model: index,
        endpoint: endpoint_index,
        prompt: wishes.prompt.clone(),
        n: wishes.n.unwrap_or(1),
        size,
        quality: match wishes.quality.as_deref() {
            Some("low") => Quality::Low,
            Some("high" | "xhigh" | "max") => Quality::High,
            _ => Quality::Medium,
        },
        transparent,
        output,
        compression: wishes.output_compression.and_then(|c| u8::try_from(c).ok()).unwrap_or(90),
        seed: wishes.seed,
        stream: wishes.stream && model.streams,
        references: references(wishes)?,
        knobs: knobs(wishes, endpoint)?,
    })
}

fn join(texts: &Value) -> String {
    texts.as_array().into_iter().flatten().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
}

/// What contradicts itself whatever the endpoint.
fn conflicts(wishes: &Wishes) -> Result<(), Refusal> {
    let refuse = |message: &str| Err(Refusal::plain(400, message.to_owned()));
    if wishes.background.as_deref() == Some("transparent") && wishes.output_format.as_deref() == Some("jpeg") {
        return refuse("background \"transparent\" requires output_format \"png\" or \"webp\"");
    }
    let Some(size) = wishes.size.as_deref() else { return Ok(()) };
    if RESOLUTIONS.contains(&size) {
        return match wishes.resolution.as_deref() {
            Some(resolution) if resolution != size => refuse("size conflicts with resolution"),
            _ => Ok(()),
        };
    }
    let Some(pixels) = Size::parse(size) else {
        return refuse("size must be a resolution tier or WIDTHxHEIGHT");
    };
    if wishes.resolution.as_deref().is_some_and(|resolution| resolution != pixels.tier) {
        return refuse("size conflicts with resolution");
    }
    match wishes.aspect_ratio.as_deref().and_then(ratio_of) {
        Some(ratio) if !pixels.has_ratio(ratio) => refuse("size conflicts with aspect_ratio"),
        _ => Ok(()),
    }
}

fn size(wishes: &Wishes) -> Result<Size, Refusal> {
    let asked = wishes.size.as_deref();
    if let Some(pixels) = asked.and_then(Size::parse) {
        if !(16..=8192).contains(&pixels.width) || !(16..=8192).contains(&pixels.height) || pixels.area() > 4096 * 4096
        {
            return Err(Refusal::plain(400, "size must be between 16x16 and 4096x4096".to_owned()));
        }
        return Ok(pixels);
    }
    let ratio = match wishes.aspect_ratio.as_deref() {
        Some("auto") => 1.5,
        Some(text) => ratio_of(text).unwrap_or(1.0),
        None => 1.0,
    };
    Ok(Size::of_tier(asked.or(wishes.resolution.as_deref()).unwrap_or("1K"), ratio))
}

/// The endpoints that may serve, in the order in which they are tried, with their places.
fn route<'m>(wishes: &Wishes, model: &'m Model) -> Result<Vec<(usize, &'m Endpoint)>, Refusal> {
    let provider = &wishes.provider;
    if model.endpoints.is_empty() {
        return Err(Refusal::plain(404, format!("No endpoints found for {}.", model.id)));
    }
    let rank = |endpoint: &Endpoint| provider.order.iter().position(|name| endpoint.answers_to(name));
    let mut left: Vec<(usize, &Endpoint)> = model.endpoints.iter().enumerate().collect();
    left.retain(|(_, e)| provider.only.as_ref().is_none_or(|only| only.iter().any(|name| e.answers_to(name))));
    left.retain(|(_, e)| !provider.ignore.iter().any(|name| e.answers_to(name)));
    if !provider.allow_fallbacks && !provider.order.is_empty() {
        left.retain(|(_, e)| rank(e).is_some());
    }
    left.sort_by_key(|(_, e)| rank(e).unwrap_or(usize::MAX));
    if !provider.allow_fallbacks {
        left.truncate(1);
    }
    if left.is_empty() {
        let available: Vec<&str> = model.endpoints.iter().map(|e| e.slug).collect();
        let metadata = json!({"error_type": "not_found", "available_providers": available,
            "requested_providers": provider.only, "failed_routing_step": "provider_preferences"});
        let message = "No allowed providers are available for the selected model.".to_owned();
        return Err(Refusal::Form1 { status: 404, message, metadata });
    }
    Ok(left)
}

/// What this endpoint cannot do: field and reason.
fn problems(wishes: &Wishes, endpoint: &Endpoint) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    let declared = |field: &str| endpoint.parameters.get(field);
    let mut choice = |field: &'static str, value: Option<&str>| {
        let Some(value) = value else { return };
        match declared(field) {
            None => found.push((field, format!("does not support {field}"))),
            Some(d) if d["values"].as_array().is_some_and(|values| values.iter().any(|v| v == value)) => {}
            Some(d) => found.push((field, format!("{field} must be one of {}", join(&d["values"])))),
        }
    };
    let tier_size = wishes.size.as_deref().filter(|size| RESOLUTIONS.contains(size) && declared("size").is_none());
    choice("aspect_ratio", wishes.aspect_ratio.as_deref());
    choice("resolution", wishes.resolution.as_deref().or(tier_size));
    choice("quality", wishes.quality.as_deref());
    choice("background", wishes.background.as_deref());
    choice("output_format", wishes.output_format.as_deref());
    let mut count = |field: &'static str, value: Option<usize>, assumed: usize| {
        let (min, max) = match declared(field) {
            Some(d) => (d["min"].as_u64().unwrap_or(0) as usize, d["max"].as_u64().unwrap_or(0) as usize),
            None if value.is_none_or(|v| v == assumed) => return,
            None => return found.push((field, format!("does not support {field}"))),
        };
        if !(min..=max).contains(&value.unwrap_or(assumed)) {
            found.push((field, format!("{field} must be between {min} and {max}")));
        }
    };
    count("n", wishes.n.map(|n| n as usize), 1);
    count("input_references", Some(wishes.references.len()), 0);
    if let Some(level) = wishes.output_compression {
        count("output_compression", Some(level as usize), usize::MAX);
    }
    if wishes.seed.is_some() && declared("seed").is_none() {
        found.push(("seed", "does not support seed".to_owned()));
    }
    found
}

fn references(wishes: &Wishes) -> Result<Vec<String>, Refusal> {
    for url in &wishes.references {
        let known = ["http://", "https://", "data:image/"].iter().any(|start| url.starts_with(start));
        let whole = !url.starts_with("data:") || url.contains(";base64,");
        if !known || !whole {
            let metadata = json!({"error_type": "invalid_image"});
            let message = "input_references: expected an http(s) URL or a base64 data URL of a picture".to_owned();
            return Err(Refusal::Form1 { status: 400, message, metadata });
        }
    }
    Ok(wishes.references.clone())
}

/// The passthrough settings of the serving provider; foreign and forbidden keys are dropped without a word.
fn knobs(wishes: &Wishes, endpoint: &Endpoint) -> Result<Knobs, Refusal> {
    let mut knobs = Knobs::default();
    let Some(options) = wishes.provider.options.get(endpoint.base()).and_then(Value::as_object) else {
        return Ok(knobs);
    };
    for (key, value) in options.iter().filter(|(key, _)| endpoint.passthrough.contains(&key.as_str())) {
        let number = |min: f64, max: f64| value.as_f64().filter(|v| (min..=max).contains(v)).map(|v| v as f32);
        let (taken, expected) = match key.as_str() {
            "mist" => (number(0.0, 1.0).map(|v| knobs.mist = Some(v)), "a number from 0 to 1".to_owned()),
            "lit" => (number(0.0, 1.0).map(|v| knobs.lit = Some(v)), "a number from 0 to 1".to_owned()),
            "stroke_width" => (number(0.2, 4.0).map(|v| knobs.stroke = Some(v)), "a number from 0.2 to 4".to_owned()),
            "symmetry" => {
                let turns = value.as_u64().filter(|v| (1..=12).contains(v)).and_then(|v| u32::try_from(v).ok());
                (turns.map(|v| knobs.symmetry = Some(v)), "a whole number from 1 to 12".to_owned())
            }
            "palette" => {
                let name = value.as_str().filter(|name| Palette::named(name).is_some());
                let names = Palette::names().collect::<Vec<_>>().join(", ");
                (name.map(|name| knobs.palette = Some(name.to_owned())), format!("one of {names}"))
            }
            _ => continue,
        };
        if taken.is_none() {
            let raw = format!("{{\"detail\":\"{key}: expected {expected}\"}}");
            let metadata =
                json!({"error_type": "invalid_request", "provider_name": endpoint.provider_name, "raw": raw});
            return Err(Refusal::Form1 {
                status: 400,
                message: format!("Provider returned error: {key} must be {expected}"),
                metadata,
            });
        }
    }
    Ok(knobs)
}
