//! Controls of the recorded catalogue and of descriptors it does not have.

use super::*;
use crate::api::Capability;
use crate::plan::draft::EndpointChoice;
use crate::plan::testing::{catalogue, choice, draft, endpoint, entry, model_of};
use serde_json::json;

fn fields_of(id: &str) -> Vec<String> {
    let entry = entry(id);
    let draft = draft(&entry.model, json!({}));
    controls(&draft, &entry.model, Some(&entry.endpoints)).into_iter().map(|control| control.field).collect()
}

#[test]
fn controls_come_from_descriptors_in_the_fixed_order() {
    for (id, expected) in [
        ("bytedance-seed/seedream-4.5", &["aspect_ratio", "resolution", "n", "seed"][..]),
        ("openai/gpt-image-2", &["aspect_ratio", "n", "quality", "background", "output_compression"]),
        // n is 1 to 1 here: several calls.
        ("black-forest-labs/flux-3-image", &["aspect_ratio", "resolution", "n"]),
        ("sourceful/riverflow-v2.5-pro", &["aspect_ratio", "resolution", "n", "background", "output_format"]),
        // No n at all: the same.
        ("krea/krea-2-large", &["aspect_ratio", "resolution", "n", "seed"]),
        ("inclusionai/ming-image-0.1-design-layer", &["size", "n", "output_format"]),
        ("quiver/arrow-1.1", &["n", "output_format"]),
    ] {
        assert_eq!(fields_of(id), expected, "{id}");
    }
}

#[test]
fn every_kind_of_descriptor_gets_its_control() {
    let raw = Capability::Unknown { kind: "colour".into(), raw: json!({"type": "colour"}) };
    let endpoints = [endpoint(
        Some("one"),
        &[
            ("mystery", raw),
            ("watermark", Capability::Boolean),
            ("seed", Capability::Boolean),
            ("size", Capability::Boolean),
            ("quality", Capability::Boolean),
            ("output_compression", Capability::Boolean),
            ("strength", Capability::Range { min: 0.0, max: 0.5 }),
            ("n", Capability::Range { min: 1.0, max: 1e12 }),
            ("aspect_ratio", choice(&["1:1", "auto"])),
            ("style", choice(&["calm"])),
            ("input_references", Capability::Range { min: 0.0, max: 3.0 }),
            ("prompt", Capability::Boolean),
            ("stream", Capability::Boolean),
        ],
    )];
    let model = model_of(&endpoints);
    let value = |value: &str| ChoiceValue { value: value.into(), offered_by_all: true, note: None };
    let found: Vec<_> = controls(&draft(&model, json!({})), &model, Some(&endpoints))
        .into_iter()
        .map(|control| (control.field, control.label, control.kind))
        .collect();
    let expected = [
        ("aspect_ratio", "Aspect ratio", ControlKind::AspectRatio { values: vec![value("1:1"), value("auto")] }),
        ("size", "Size", ControlKind::Size),
        ("n", "Images", ControlKind::Number { min: 1.0, max: 100.0, integer: true }),
        ("quality", "Quality", ControlKind::Raw { kind: "text".into() }),
        ("output_compression", "Compression", ControlKind::Number { min: 0.0, max: 100.0, integer: true }),
        ("seed", "Seed", ControlKind::Seed),
        ("mystery", "mystery", ControlKind::Raw { kind: "colour".into() }),
        ("watermark", "watermark", ControlKind::Flag),
        ("strength", "strength", ControlKind::Number { min: 0.0, max: 0.5, integer: false }),
        ("style", "style", ControlKind::Choice { values: vec![value("calm")] }),
    ];
    assert_eq!(found, expected.map(|(field, label, kind)| (field.to_owned(), label.to_owned(), kind)));
}

#[test]
fn value_of_one_endpoint_only_says_so() {
    let entry = entry("google/gemini-3-pro-image");
    let mut draft = draft(&entry.model, json!({}));
    let resolution = |draft: &Draft| {
        let controls = controls(draft, &entry.model, Some(&entry.endpoints));
        let control = controls.into_iter().find(|control| control.field == "resolution").unwrap();
        match control.kind {
            ControlKind::Choice { values } => values,
            other => panic!("{other:?}"),
        }
    };
    let values = resolution(&draft);
    assert_eq!(
        values.iter().map(|v| (v.value.as_str(), v.offered_by_all)).collect::<Vec<_>>(),
        [("1K", true), ("2K", true), ("4K", false)]
    );
    assert_eq!(values[2].note.as_deref(), Some("only on Google AI Studio"));
    draft.endpoint = EndpointChoice::Pinned("google-vertex/global".into());
    assert_eq!(resolution(&draft).len(), 2);
}

#[test]
fn field_of_one_endpoint_only_names_it() {
    let endpoints = [endpoint(Some("one"), &[]), endpoint(Some("two"), &[("seed", Capability::Boolean)])];
    let model = model_of(&endpoints);
    let found = controls(&draft(&model, json!({})), &model, Some(&endpoints));
    let seed = found.iter().find(|control| control.field == "seed").unwrap();
    assert_eq!(seed.offered_by, Some(Offer { names: vec!["two".into()], of: 2 }));
}

#[test]
fn model_map_serves_until_endpoints_are_known() {
    for entry in catalogue() {
        let draft = draft(&entry.model, json!({}));
        let before = controls(&draft, &entry.model, None);
        let after = controls(&draft, &entry.model, Some(&entry.endpoints));
        let names = |controls: &[Control]| controls.iter().map(|control| control.field.clone()).collect::<Vec<_>>();
        assert_eq!(names(&before), names(&after), "{}", entry.model.id);
    }
}

#[test]
fn reference_limits_come_from_the_descriptor() {
    for (id, min, max) in [
        ("bytedance-seed/seedream-4.5", 0, 14),
        ("inclusionai/ming-image-0.1-design-layer", 1, 1),
        ("recraft/recraft-v4-styles-vector", 1, 10),
        ("openai/gpt-image-2", 0, 16),
    ] {
        let entry = entry(id);
        let draft = draft(&entry.model, json!({}));
        assert_eq!(reference_limits(&draft, &entry.model, Some(&entry.endpoints)), ReferenceLimits { min, max });
    }
    for (capability, min, max) in [
        (None, 0, 0),
        (Some(Capability::Boolean), 0, 16),
        (Some(Capability::Range { min: 0.0, max: 1e9 }), 0, 16),
        (Some(Capability::Range { min: -5.0, max: 2.9 }), 0, 2),
        (Some(Capability::Range { min: 40.0, max: 50.0 }), 16, 16),
    ] {
        let parameters: Vec<_> = capability.iter().map(|c| ("input_references", c.clone())).collect();
        let limits = ReferenceLimits::of(&endpoint(None, &parameters).supported_parameters);
        assert_eq!(limits, ReferenceLimits { min, max }, "{capability:?}");
    }
}

#[test]
fn every_model_has_a_number_of_pictures_and_says_when_they_take_several_requests() {
    let told = |capability: Option<Capability>| {
        let parameters: Vec<_> = capability.into_iter().map(|capability| ("n", capability)).collect();
        let endpoints = [endpoint(Some("one"), &parameters)];
        let model = model_of(&endpoints);
        let mut found = controls(&draft(&model, json!({})), &model, Some(&endpoints));
        let control = found.remove(0);
        let ControlKind::Number { min: 1.0, max, integer: true } = control.kind else { panic!("{control:?}") };
        (max, control.help.unwrap())
    };
    for (capability, most, help) in [
        (None, 10.0, "each in a request of its own"),
        (Some(Capability::Range { min: 1.0, max: 1.0 }), 10.0, "each in a request of its own"),
        (Some(choice(&["1", "2"])), 10.0, "each in a request of its own"),
        (Some(Capability::Range { min: 1.0, max: 4.0 }), 10.0, "at once take several requests"),
        (Some(Capability::Range { min: 1.0, max: 10.0 }), 10.0, "fewer may come back"),
        (Some(Capability::Range { min: 1.0, max: 1e12 }), 100.0, "fewer may come back"),
    ] {
        let (max, said) = told(capability.clone());
        assert_eq!(max, most, "{capability:?}");
        assert!(said.ends_with(help), "{capability:?}: {said}");
    }
}
