//! What is said of recorded and of made-up endpoints and lists.

use super::*;
use crate::api::{Billable, Model, ModelId, Parameters, PriceLine, Unit, parse_endpoints};
use serde_json::{Value, json};

fn endpoint(parameters: Vec<(&str, Capability)>) -> Endpoint {
    let parameters = parameters.into_iter().map(|(name, capability)| (name.to_owned(), capability)).collect();
    Endpoint {
        provider_name: "Seed".into(),
        provider_slug: "seed".into(),
        provider_tag: Some("seed".into()),
        supported_parameters: Parameters(parameters),
        allowed_passthrough_parameters: Vec::new(),
        supports_streaming: false,
        pricing: Vec::new(),
    }
}

fn values(values: &[&str]) -> Capability {
    Capability::Enum { values: values.iter().map(ToString::to_string).collect() }
}

#[test]
fn every_kind_of_descriptor_is_said_in_words() {
    let ratios = ["1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "21:9", "9:21"];
    let long = json!({"type": "matrix", "cells": "x".repeat(200)});
    for (field, capability, label, value, full) in [
        ("resolution", values(&["1K", "2K", "4K"]), "Resolution", "1K · 2K · 4K", None),
        (
            "aspect_ratio",
            values(&ratios),
            "Aspect ratio",
            "9 values: 1:1, 16:9, 9:16, 4:3, 3:4, 3:2, 2:3, 21:9 …",
            Some(ratios.join(", ")),
        ),
        ("quality", values(&[]), "Quality", "no value listed", None),
        ("n", Capability::Range { min: 1.0, max: 10.0 }, "Images per call", "1 to 10", None),
        ("n", Capability::Range { min: 1.0, max: 1.0 }, "Images per call", "1", None),
        ("strength", Capability::Range { min: 0.0, max: 0.5 }, "strength", "0 to 0.5", None),
        ("input_references", Capability::Range { min: 0.0, max: 14.0 }, "References", "0 to 14", None),
        ("seed", Capability::Boolean, "Seed", "yes", None),
        (
            "lens",
            Capability::Unknown { kind: "text".into(), raw: json!({"type": "text"}) },
            "lens",
            r#"{"type":"text"}"#,
            None,
        ),
        (
            "grid",
            Capability::Unknown { kind: "matrix".into(), raw: long.clone() },
            "grid",
            &format!("{}…", &long.to_string()[..120]),
            Some(long.to_string()),
        ),
    ] {
        let facts = ability_facts(&endpoint(vec![(field, capability)]));
        assert_eq!(facts, [Fact { label: label.into(), value: value.into(), full }], "{field}");
    }
}

#[test]
fn a_recorded_endpoint_is_said_in_full() {
    let raw: Value = serde_json::from_str(include_str!("../../../assets/catalogue.json")).unwrap();
    let endpoints = parse_endpoints(&raw["endpoints"]["openai/gpt-image-1"]).unwrap();
    let facts = ability_facts(&endpoints[0]);
    assert_eq!(facts.len(), endpoints[0].supported_parameters.iter().count() + 1);
    assert_eq!(facts.last().map(|fact| fact.value.as_str()), Some("moderation"));
    let prices: Vec<_> = price_facts(&endpoints[0]).into_iter().map(|fact| fact.label).collect();
    assert_eq!(prices.len(), endpoints[0].pricing.len());
}

#[test]
fn no_price_is_unknown_and_an_unknown_billable_is_shown_raw() {
    let mut endpoint = endpoint(Vec::new());
    assert_eq!(price_facts(&endpoint)[0].value, "price unknown");
    endpoint.pricing = vec![PriceLine {
        billable: Billable::Unknown("moonlight".into()),
        unit: Unit::Unknown("hour".into()),
        cost_usd: Some(0.5),
        variant: Some("2k".into()),
    }];
    let facts = price_facts(&endpoint);
    assert_eq!((facts[0].label.as_str(), facts[0].value.as_str()), ("moonlight · 2k", "$0.50 per hour"));
}

#[test]
fn ages_and_months_are_written_for_people() {
    for (seconds, text) in [
        (-5, "just now"),
        (59, "just now"),
        (60, "1 minute ago"),
        (179, "2 minutes ago"),
        (3_600, "1 hour ago"),
        (86_399, "23 hours ago"),
        (3 * 86_400, "3 days ago"),
    ] {
        assert_eq!(age_text(1_000_000_000, 1_000_000_000 - seconds * 1000), text, "{seconds}");
    }
    assert_eq!(month_text(Some(1_766_519_506)).as_deref(), Some("December 2025"));
    assert_eq!(month_text(None), None);
    assert_eq!(month_text(Some(i64::MAX)), None);
}

fn list(source: ModelSource, skipped: &[&str]) -> Arc<Catalogue> {
    let model = Model {
        id: ModelId::new("a/b"),
        name: "B".into(),
        description: String::new(),
        created: None,
        input_modalities: Vec::new(),
        output_modalities: Vec::new(),
        supported_parameters: Parameters::default(),
        supports_streaming: false,
    };
    let skipped = skipped.iter().map(ToString::to_string).collect();
    Arc::new(Catalogue { models: vec![model], skipped, source })
}

#[test]
fn the_list_says_when_it_is_old_poor_or_incomplete() {
    let now: Zoned = "2026-11-17T13:30:00[UTC]".parse().unwrap();
    let read: Zoned = "2026-11-14T13:05:00[UTC]".parse().unwrap();
    let read_ms = Some(read.timestamp().as_millisecond());
    let unreachable = api::Error::Unreachable { host: "openrouter.ai".into(), reason: "refused".into() };
    let value = Some(list(ModelSource::ImagesApi, &[]));
    let texts = |remote: &Remote<Arc<Catalogue>>| -> Vec<String> {
        list_notes(remote, &now).into_iter().map(|note| note.text).collect()
    };

    let fine = Remote { value: value.clone(), read_ms, ..Remote::default() };
    assert!(texts(&fine).is_empty());
    let offline = Remote { error: Some(Arc::new(unreachable)), ..fine.clone() };
    assert_eq!(texts(&offline), ["Could not be reached: showing the list of 14 Nov, 13:05 (3 days old)"]);
    let note = list_notes(&offline, &now).remove(0);
    assert!(note.retry && note.detail.is_some_and(|detail| detail.contains("openrouter.ai")));
    let never = Remote { value: None, read_ms: None, ..offline.clone() };
    assert_eq!(texts(&never), ["Could not be reached"]);
    let broken = Remote { error: Some(Arc::new(api::Error::Empty)), ..never };
    assert_eq!(texts(&broken), ["Could not be read"]);
    let again = Remote { loading: true, ..offline };
    assert!(texts(&again).is_empty(), "while it is read anew the old failure is no news");
    let poor = Remote { value: Some(list(ModelSource::ModelsApi, &["x: no id", "y: no id"])), ..fine };
    assert_eq!(
        texts(&poor),
        [
            "This server has no list of image models; abilities come from each endpoint",
            "2 entries of the list could not be used"
        ]
    );
}
