//! Everything that is known of one picture, as rows of label and value for people.
//!
//! Pure. The right panel, the viewer's information and the table of compare show the same rows. Invariant: what the
//! service did not tell is said to be unknown or left out, never made up.

use super::layout::{bytes_text, seconds_text};
use crate::library::{Picture, Recipe};
use crate::picture::Format;
use crate::plan::{Usd, label};
use serde_json::Value;

/// Longest value, characters.
const LONGEST: usize = 400;

/// Returns label and value of everything known of a picture but its prompt: model, provider, size, cost, time, every
/// parameter sent, tokens. Without its recipe only what the library's index holds.
pub fn facts(picture: &Picture, recipe: Option<&Recipe>) -> Vec<(String, String)> {
    let mut rows = Rows::default();
    if let Some(recipe) = recipe {
        let model = recipe.request.get("model").and_then(Value::as_str).unwrap_or_default();
        let name = Some(recipe.context.model_name.as_str()).filter(|name| !name.is_empty()).unwrap_or(model);
        rows.add("Model", name);
    }
    rows.add("Provider", picture.provider.as_deref().unwrap_or("not told"));
    rows.add("Size", size_text(picture));
    if let Some(flaw) = picture.flaw {
        rows.add("File", flaw.to_string());
    }
    rows.add("Cost", cost_text(picture, recipe));
    rows.add("Time", picture.seconds().map_or_else(|| "not told".to_owned(), seconds_text));
    if let Some(recipe) = recipe {
        if let Some(partial) = &recipe.context.partial {
            let is_drawing = recipe.media_type == Format::Svg.media_type();
            let [before, after] = if is_drawing { ["after ", " pieces of its text"] } else { ["number ", ""] };
            rows.add("Partial", format!("{before}{}{after}", partial.number));
        }
        parameters(&mut rows, recipe);
        routing(&mut rows, recipe);
        used(&mut rows, recipe);
    }
    rows.add("Made", made_text(picture.created_ms));
    rows.0
}

/// Returns size, format and weight: `2560 × 1440 · PNG · 4.1 MB`.
pub fn size_text(picture: &Picture) -> String {
    let weight = format!("{} · {}", picture.format.name(), bytes_text(picture.bytes));
    match picture.size {
        Some(size) => format!("{} × {} · {weight}", size.width, size.height),
        None => format!("could not be read · {weight}"),
    }
}

#[derive(Default)]
struct Rows(Vec<(String, String)>);

impl Rows {
    fn add(&mut self, label: &str, value: impl Into<String>) {
        let mut value = value.into();
        if let Some((end, _)) = value.char_indices().nth(LONGEST) {
            value.truncate(end);
            value.push('…');
        }
        self.0.push((label.to_owned(), value));
    }
}

fn cost_text(picture: &Picture, recipe: Option<&Recipe>) -> String {
    let partial = recipe.and_then(|recipe| recipe.context.partial.as_ref());
    if partial.is_some_and(|partial| partial.finished.is_some()) {
        return "paid with the finished picture".to_owned();
    }
    let Some(cost) = picture.cost else { return "not told".to_owned() };
    let share = recipe.filter(|recipe| recipe.arrived > 1).map(|recipe| f64::from(recipe.arrived));
    match share {
        Some(pictures) => format!("{}, its share of {}", Usd(cost), Usd(cost * pictures)),
        None => format!("{} exact", Usd(cost)),
    }
}

/// Every parameter of the request; prompt, model and what has rows of its own apart.
fn parameters(rows: &mut Rows, recipe: &Recipe) {
    let request = recipe.request.as_object();
    for (name, value) in request.into_iter().flatten() {
        match name.as_str() {
            "model" | "prompt" | "input_references" | "provider" => {}
            "stream" => rows.add("Streamed", if *value == Value::Bool(true) { "yes" } else { "no" }),
            _ => rows.add(label(name), text_of(value)),
        }
    }
    let references = &recipe.context.references;
    if !references.is_empty() {
        let names: Vec<&str> = references.iter().map(|reference| reference.name.as_str()).collect();
        rows.add("References", format!("{} · {}", references.len(), names.join(", ")));
    }
}

fn routing(rows: &mut Rows, recipe: &Recipe) {
    let Some(provider) = recipe.request.get("provider") else { return };
    let only = provider.get("only").and_then(Value::as_array);
    let tags: Vec<&str> = only.into_iter().flatten().filter_map(Value::as_str).collect();
    if !tags.is_empty() {
        rows.add("Only", tags.join(", "));
    }
    if let Some(fallbacks) = provider.get("allow_fallbacks").and_then(Value::as_bool) {
        rows.add("Fallbacks", if fallbacks { "allowed" } else { "not allowed" });
    }
    for (_, options) in provider.get("options").and_then(Value::as_object).into_iter().flatten() {
        for (key, value) in options.as_object().into_iter().flatten() {
            rows.add(key, text_of(value));
        }
    }
}

fn used(rows: &mut Rows, recipe: &Recipe) {
    if let Some(usage) = &recipe.usage {
        let parts = [(usage.prompt_tokens, "in"), (usage.completion_tokens, "out"), (usage.total_tokens, "in all")];
        let parts: Vec<_> =
            parts.iter().filter_map(|(count, what)| count.map(|count| format!("{count} {what}"))).collect();
        if !parts.is_empty() {
            rows.add("Tokens", parts.join(" · "));
        }
    }
    if let Some(id) = &recipe.generation_id {
        rows.add("Generation", id);
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

fn made_text(ms: i64) -> String {
    match jiff::Timestamp::from_millisecond(ms) {
        Ok(moment) => moment.to_zoned(jiff::tz::TimeZone::system()).strftime("%-d %b %Y, %H:%M").to_string(),
        Err(_) => "not known".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::Usage;
    use crate::library::testing::picture;
    use crate::library::{PartialOf, RecipeContext, RecipeReference};
    use crate::picture::Size;
    use crate::plan::Origin;
    use serde_json::json;

    fn recipe(picture: &Picture, request: Value) -> Recipe {
        let reference = |name: &str| RecipeReference {
            name: name.into(),
            address: String::new(),
            sent: None,
            picture: None,
            edit: Default::default(),
        };
        Recipe {
            version: 1,
            id: picture.id.clone(),
            run: picture.run.clone(),
            job: picture.job.clone(),
            position: 0,
            request,
            context: RecipeContext {
                model_name: "Seedream 4.5".into(),
                references: vec![reference("a.png"), reference("b.jpg")],
                ..RecipeContext::default()
            },
            provider: picture.provider.clone(),
            generation_id: Some("gen-1".into()),
            usage: Some(Usage { prompt_tokens: Some(12), total_tokens: Some(4108), ..Usage::default() }),
            cost: picture.cost,
            created_ms: 0,
            elapsed_ms: 0,
            asked: 1,
            arrived: 1,
            media_type: String::new(),
            hash: String::new(),
            bytes: 0,
            size: None,
            flaw: None,
        }
    }

    fn value<'a>(rows: &'a [(String, String)], label: &str) -> Option<&'a str> {
        rows.iter().find(|(name, _)| name == label).map(|(_, value)| value.as_str())
    }

    #[test]
    fn everything_that_was_sent_and_told_has_a_row() {
        let picture = Picture {
            size: Some(Size { width: 2560, height: 1440 }),
            bytes: 4_120_000,
            cost: Some(0.04),
            elapsed_ms: 16_210,
            provider: Some("ByteDance".into()),
            ..picture(1, 1)
        };
        let request = json!({
            "model": "bytedance/seedream-4.5", "prompt": "a panda", "aspect_ratio": "16:9", "seed": 4271, "n": 1,
            "curve": [1, 2], "stream": true, "input_references": [{}, {}],
            "provider": {"only": ["bytedance"], "allow_fallbacks": false, "options": {"bytedance": {"steps": 4}}}
        });
        let rows = facts(&picture, Some(&recipe(&picture, request)));
        for (label, expected) in [
            ("Model", "Seedream 4.5"),
            ("Provider", "ByteDance"),
            ("Size", "2560 × 1440 · PNG · 4.1 MB"),
            ("Cost", "$0.04 exact"),
            ("Time", "16.2 s"),
            ("Aspect ratio", "16:9"),
            ("Seed", "4271"),
            ("Images", "1"),
            ("curve", "[1,2]"),
            ("Streamed", "yes"),
            ("References", "2 · a.png, b.jpg"),
            ("Only", "bytedance"),
            ("Fallbacks", "not allowed"),
            ("steps", "4"),
            ("Tokens", "12 in · 4108 in all"),
            ("Generation", "gen-1"),
        ] {
            assert_eq!(value(&rows, label), Some(expected), "{label}: {rows:?}");
        }
        assert!(!rows.iter().any(|(_, value)| value.contains("panda")), "the prompt has its own place");
    }

    #[test]
    fn what_is_not_known_is_said() {
        let picture = Picture { size: None, elapsed_ms: 0, ..picture(1, 1) };
        let rows = facts(&picture, None);
        assert_eq!(value(&rows, "Time"), Some("not told"));
        assert_eq!(value(&rows, "Provider"), Some("not told"));
        assert_eq!(value(&rows, "Cost"), Some("not told"));
        assert_eq!(value(&rows, "Size"), Some("could not be read · PNG · 1 B"));
        assert_eq!(value(&rows, "Model"), None);
    }

    #[test]
    fn a_share_of_a_call_is_not_called_exact() {
        let picture = Picture { cost: Some(0.04), ..picture(1, 1) };
        let recipe = Recipe { arrived: 4, ..recipe(&picture, json!({"model": "a/b"})) };
        assert_eq!(value(&facts(&picture, Some(&recipe)), "Cost"), Some("$0.04, its share of $0.16"));
    }

    #[test]
    fn a_partial_says_what_it_is_and_who_paid_for_it() {
        let picture = Picture { cost: Some(0.0), ..picture(1, 1) };
        let of = |finished, media_type: &str| {
            let mut recipe = Recipe { media_type: media_type.into(), ..recipe(&picture, json!({"model": "a/b"})) };
            recipe.context.partial = Some(PartialOf { number: 2, finished });
            recipe
        };
        let origin = Origin { picture: "p".into(), hash: "h".into() };
        let rows = facts(&picture, Some(&of(Some(origin), "image/png")));
        assert_eq!(
            (value(&rows, "Partial"), value(&rows, "Cost")),
            (Some("number 2"), Some("paid with the finished picture"))
        );
        let unpaid = Picture { cost: None, ..picture.clone() };
        let rows = facts(&unpaid, Some(&of(None, "image/svg+xml")));
        assert_eq!(
            (value(&rows, "Partial"), value(&rows, "Cost")),
            (Some("after 2 pieces of its text"), Some("not told"))
        );
    }

    #[test]
    fn a_monstrous_value_is_cut() {
        let picture = picture(1, 1);
        let rows = facts(&picture, Some(&recipe(&picture, json!({"huge": "x".repeat(100_000)}))));
        assert_eq!(value(&rows, "huge").map(|text| text.chars().count()), Some(LONGEST + 1));
    }
}
