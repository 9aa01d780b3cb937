//! What a model can do, as the small badges of its row.
//!
//! May import `api`. Invariant: an ability of some endpoints only is said to be that (`4K on 1 of 2`).

use super::browse::ModelEntry;
use super::controls::ReferenceLimits;
use super::fields::most_images;
use super::scope::endpoint_name;
use crate::api::{Capability, Parameters};

/// One ability in a few letters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Badge {
    /// `4K`, `references ≤ 14`, `4K on 1 of 2`.
    pub text: String,
    /// The endpoints that have the ability, when not all do; `None` otherwise.
    pub hint: Option<String>,
}

/// Returns the abilities of a model in a fixed order; `no endpoint` alone for a model that is not available.
pub fn badges(entry: &ModelEntry<'_>) -> Vec<Badge> {
    if entry.endpoints.is_some_and(<[_]>::is_empty) {
        return vec![Badge { text: "no endpoint".to_owned(), hint: None }];
    }
    let offers = |value: fn(&Parameters) -> bool| move |(parameters, _): (&Parameters, bool)| value(parameters);
    let all = [
        references(entry),
        badge(entry, "4K", offers(is_4k)),
        badge(entry, "streams", |(_, streams)| streams),
        badge(entry, "transparent", offers(is_transparent)),
        badge(entry, "vector", offers(is_vector)),
        several(entry),
        badge(entry, "seed", offers(|parameters| parameters.get("seed").is_some())),
    ];
    all.into_iter().flatten().collect()
}

fn badge(entry: &ModelEntry<'_>, text: &str, has: impl Fn((&Parameters, bool)) -> bool) -> Option<Badge> {
    let parties = parties(entry);
    let able: Vec<bool> = parties.iter().map(|party| has(*party)).collect();
    let count = able.iter().filter(|able| **able).count();
    if count == 0 {
        None
    } else if count == parties.len() {
        Some(Badge { text: text.to_owned(), hint: None })
    } else {
        let endpoints = entry.endpoints.unwrap_or_default();
        let named = endpoints.iter().zip(&able).filter(|(_, able)| **able);
        let names: Vec<_> = named.map(|(endpoint, _)| endpoint_name(endpoint, endpoints)).collect();
        let text = format!("{text} on {count} of {}", parties.len());
        Some(Badge { text, hint: Some(names.join(", ")) })
    }
}

fn references(entry: &ModelEntry<'_>) -> Option<Badge> {
    let most = |(parameters, _): &(&Parameters, bool)| ReferenceLimits::of(parameters).max;
    let best = parties(entry).into_iter().max_by_key(most)?;
    let limits = ReferenceLimits::of(best.0);
    let text = match (limits.min, limits.max) {
        (_, 0) => return None,
        (1, 1) => "1 reference".to_owned(),
        (0, max) => format!("references ≤ {max}"),
        (min, max) => format!("references {min} to {max}"),
    };
    badge(entry, &text, |(parameters, _)| ReferenceLimits::of(parameters) == limits)
}

fn several(entry: &ModelEntry<'_>) -> Option<Badge> {
    let most = parties(entry).iter().map(|(parameters, _)| most_images(parameters)).max()?;
    if most < 2 {
        return None;
    }
    badge(entry, &format!("n ≤ {most}"), |(parameters, _)| most_images(parameters) == most)
}

/// Returns who could serve: parameters and streaming of every endpoint, or of the model while they are not known.
pub(super) fn parties<'a>(entry: &ModelEntry<'a>) -> Vec<(&'a Parameters, bool)> {
    match entry.endpoints {
        Some(endpoints) => endpoints.iter().map(|e| (&e.supported_parameters, e.supports_streaming)).collect(),
        None => vec![(&entry.model.supported_parameters, entry.model.supports_streaming)],
    }
}

pub(super) fn is_4k(parameters: &Parameters) -> bool {
    lists(parameters, "resolution", "4K") || lists(parameters, "size", "4K")
}

pub(super) fn is_transparent(parameters: &Parameters) -> bool {
    lists(parameters, "background", "transparent")
}

pub(super) fn is_vector(parameters: &Parameters) -> bool {
    lists(parameters, "output_format", "svg")
}

fn lists(parameters: &Parameters, field: &str, value: &str) -> bool {
    match parameters.get(field) {
        Some(Capability::Enum { values }) => values.iter().any(|offered| offered.eq_ignore_ascii_case(value)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::testing::{choice, endpoint, entry, model_of};

    fn texts(entry: &ModelEntry<'_>) -> Vec<String> {
        badges(entry).into_iter().map(|badge| badge.text).collect()
    }

    #[test]
    fn recorded_models_wear_their_abilities() {
        for (id, expected) in [
            ("bytedance-seed/seedream-4.5", &["references ≤ 14", "4K", "n ≤ 10", "seed"][..]),
            ("openai/gpt-image-1", &["references ≤ 16", "streams", "transparent", "n ≤ 10"]),
            ("google/gemini-3-pro-image", &["references ≤ 14", "4K on 1 of 2"]),
            ("recraft/recraft-v4-styles-vector", &["references 1 to 10", "vector", "n ≤ 6"]),
            ("inclusionai/ming-image-0.1-design-layer", &["1 reference"]),
            ("meta/muse-image", &["no endpoint"]),
        ] {
            let entry = entry(id);
            let found = texts(&ModelEntry { model: &entry.model, endpoints: Some(&entry.endpoints) });
            assert_eq!(found, expected, "{id}");
        }
        let gemini = entry("google/gemini-3-pro-image");
        let known = badges(&ModelEntry { model: &gemini.model, endpoints: Some(&gemini.endpoints) });
        assert_eq!(known[1].hint.as_deref(), Some("Google AI Studio"));
        assert_eq!(texts(&ModelEntry { model: &gemini.model, endpoints: None }), ["references ≤ 14", "4K"]);
    }

    #[test]
    fn differing_limits_name_the_larger_one() {
        let n = |max| ("n", Capability::Range { min: 1.0, max });
        let references = |max| ("input_references", Capability::Range { min: 0.0, max });
        let endpoints = [
            endpoint(Some("one"), &[n(4.0), references(2.0)]),
            endpoint(Some("two"), &[n(10.0), references(8.0), ("size", choice(&["4k"]))]),
        ];
        let model = model_of(&endpoints);
        let found = texts(&ModelEntry { model: &model, endpoints: Some(&endpoints) });
        assert_eq!(found, ["references ≤ 8 on 1 of 2", "4K on 1 of 2", "n ≤ 10 on 1 of 2"]);
    }
}
