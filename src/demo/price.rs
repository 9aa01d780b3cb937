//! What a request costs by the price lines of its endpoint, and the usage record that says so.
//!
//! Imports `choose`, `models`, `paint`. Invariant: the cost is the sum of the known lines; a billable or unit nobody
//! knows adds nothing.

use super::choose::Order;
use super::models::Endpoint;
use super::paint::Quality;
use serde_json::{Value, json};

const REFERENCE_TOKENS: u64 = 258;

/// The usage record for `delivered` pictures.
pub fn usage(order: &Order, endpoint: &Endpoint, delivered: u64) -> Value {
    let counts = Counts::of(order, delivered);
    let cost = cost(&endpoint.pricing, order, &counts);
    let prompt_tokens = counts.text + counts.references * REFERENCE_TOKENS;
    json!({
        "prompt_tokens": prompt_tokens,
        "completion_tokens": counts.tokens,
        "total_tokens": prompt_tokens + counts.tokens,
        "cost": cost,
        "is_byok": false,
        "cost_details": {
            "upstream_inference_cost": cost,
            "upstream_inference_prompt_cost": 0,
            "upstream_inference_completions_cost": cost,
        },
        "prompt_tokens_details": {"image_tokens": counts.references * REFERENCE_TOKENS},
        "completion_tokens_details": {"image_tokens": counts.tokens},
    })
}

struct Counts {
    pictures: u64,
    /// Tokens of all pictures made.
    tokens: u64,
    /// Tokens of the prompt's text.
    text: u64,
    references: u64,
    /// Of one picture made.
    megapixels: f64,
}

impl Counts {
    fn of(order: &Order, pictures: u64) -> Counts {
        let quarters = match order.quality {
            Quality::Low => 1,
            Quality::Medium => 4,
            Quality::High => 16,
        };
        let each = (order.size.area() * 1290 * quarters / 4).div_ceil(1 << 20);
        Counts {
            pictures,
            tokens: each * pictures,
            text: order.prompt.chars().count() as u64 / 4 + 1,
            references: order.references.len() as u64,
            megapixels: order.size.area() as f64 / 1e6,
        }
    }
}

fn cost(lines: &[Value], order: &Order, counts: &Counts) -> f64 {
    let tier = order.size.tier.to_lowercase();
    let quality = match order.quality {
        Quality::Low => "low",
        Quality::Medium => "medium",
        Quality::High => "high",
    };
    let fits = |variant: &str| {
        variant == tier
            || variant == format!("{quality}_{tier}")
            || (variant == "high_resolution" && order.size.area() > 2_500_000)
    };
    let mut total = 0.0;
    for billable in ["output_image", "input_image", "input_reference", "input_text"] {
        let known = |line: &&Value| line["billable"] == billable && amount(line, counts).is_some();
        let special = lines.iter().filter(known).find(|line| line["variant"].as_str().is_some_and(fits));
        let base = || lines.iter().filter(known).find(|line| line["variant"].is_null());
        if let Some(line) = special.or_else(base) {
            total += line["cost_usd"].as_f64().unwrap_or(0.0) * amount(line, counts).unwrap_or(0.0);
        }
    }
    (total * 1e9).round() / 1e9
}

/// How many units of a line were used; `None` where billable or unit are unknown.
fn amount(line: &Value, counts: &Counts) -> Option<f64> {
    let references = counts.references as f64;
    Some(match (line["billable"].as_str()?, line["unit"].as_str()?) {
        ("output_image", "image") => counts.pictures as f64,
        ("output_image", "megapixel") => counts.pictures as f64 * counts.megapixels,
        ("output_image", "token") => counts.tokens as f64,
        ("input_image" | "input_reference", "image") => references,
        ("input_image" | "input_reference", "megapixel") => references * 1.048_576,
        ("input_image" | "input_reference", "token") => references * REFERENCE_TOKENS as f64,
        ("input_image" | "input_reference", "request") => f64::from(counts.references > 0),
        ("input_text", "token") => counts.text as f64,
        _ => return None,
    })
}
