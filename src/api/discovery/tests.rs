//! Tables for discovery: real records, the fallback's answer, and everything that may be broken in a list.

use super::*;

fn real_model() -> Value {
    json!({
        "id": "bytedance-seed/seedream-5-0-flash", "name": "ByteDance Seed: Seedream 5.0 Flash",
        "description": "Cheapest Seedream 5 tier …", "created": 1790812800.0,
        "architecture": {"input_modalities": ["text", "image"], "output_modalities": ["image"]},
        "supported_parameters": {
            "resolution": {"type": "enum", "values": ["1K", "2K"]},
            "input_references": {"type": "range", "min": 0.0, "max": 14},
            "seed": {"type": "boolean"}
        },
        "supports_streaming": true, "endpoints": "/api/v1/images/models/bytedance-seed/seedream-5-0-flash/endpoints"
    })
}

#[test]
fn a_whole_model_is_read() {
    let list = parse_models(&json!({"data": [real_model()]})).unwrap();
    assert_eq!((list.source, list.skipped.len(), list.models.len()), (ModelSource::ImagesApi, 0, 1));
    let model = &list.models[0];
    assert_eq!((model.id.author(), model.id.slug()), ("bytedance-seed", "seedream-5-0-flash"));
    assert_eq!(model.created, Some(1_790_812_800));
    assert_eq!(model.input_modalities, ["text", "image"]);
    assert_eq!(model.output_modalities, ["image"]);
    assert!(model.supports_streaming);
    let fields: Vec<_> = model.supported_parameters.iter().collect();
    let resolution = Capability::Enum { values: vec!["1K".to_owned(), "2K".to_owned()] };
    let references = Capability::Range { min: 0.0, max: 14.0 };
    assert_eq!(
        fields,
        [("resolution", &resolution), ("input_references", &references), ("seed", &Capability::Boolean)]
    );
    assert_eq!(parse_models(&list.raw), Ok(list.clone()));
}

#[test]
fn a_model_needs_only_an_id_and_broken_ones_are_named() {
    let list = parse_models(&json!({"data": [
        {"id": "a/b"}, {"name": "Nameless"}, null, 7, {"id": ""}, {"id": 5}, {"id": "a/b", "name": "again"},
        {"id": "c/d", "name": null, "description": null, "created": 0, "architecture": null,
         "supported_parameters": null, "supports_streaming": null},
        {"id": "e/f", "name": 5, "architecture": "x", "supported_parameters": "x", "created": "soon"}
    ]}))
    .unwrap();
    let ids: Vec<_> = list.models.iter().map(|model| model.id.as_str()).collect();
    assert_eq!(ids, ["a/b", "c/d", "e/f"]);
    for model in &list.models {
        assert_eq!((model.name.as_str(), model.description.as_str(), model.created), (model.id.as_str(), "", None));
        assert!(model.input_modalities.is_empty() && model.supported_parameters.0.is_empty());
    }
    let skipped = [
        "Nameless: no id",
        "entry 3: not an object",
        "entry 4: not an object",
        "entry 5: no id",
        "entry 6: no id",
        "a/b: listed twice",
    ];
    assert_eq!(list.skipped, skipped);
}

#[test]
fn one_odd_entry_decides_nothing_for_the_others() {
    let good = |id: &str| json!({"id": id, "supported_parameters": {"seed": {"type": "boolean"}}});
    for place in 0..3 {
        let mut entries = vec![good("a/b"), good("c/d")];
        entries.insert(place, json!({"id": "e/f", "supported_parameters": ["seed"]}));
        let list = parse_models(&json!({ "data": entries })).unwrap();
        assert_eq!((list.source, list.models.len()), (ModelSource::ImagesApi, 3));
        let with_seed = list.models.iter().filter(|model| model.supported_parameters.get("seed").is_some());
        assert_eq!(with_seed.count(), 2);
    }
    let list = parse_models(&json!({"data": [
        {"id": "a/b", "supported_parameters": ["seed"]}, {"id": "c/d", "supported_parameters": ["n"]}, good("e/f")
    ]}));
    assert_eq!(list.unwrap().source, ModelSource::ModelsApi);
}

#[test]
fn names_are_harmless_and_ids_are_ids() {
    let list = parse_models(&json!({"data": [
        {"id": "a/b", "name": "Evil\u{1b}[2J\u{202e}txt", "description": "one\ntwo\u{7}"},
        {"id": "c/d\u{1b}[31m", "name": "Red"}, {"id": "e/\u{202e}f"}, {"id": "x".repeat(5_000_000)},
        {"id": "g/h", "name": "n".repeat(5_000_000), "description": "d".repeat(5_000_000)}, {"id": "i/j", "name": "\u{200b}"}
    ]}))
    .unwrap();
    let names: Vec<_> = list.models.iter().map(|model| (model.id.as_str(), model.name.chars().count())).collect();
    assert_eq!(names, [("a/b", 11), ("g/h", 200), ("i/j", 3)]);
    assert_eq!(list.models[0].name, "Evil\u{fffd}[2Jtxt".get(..).unwrap());
    assert_eq!(list.models[0].description, "one\ntwo\u{fffd}");
    assert_eq!(list.skipped.len(), 3);
    assert!(list.skipped.iter().all(|line| line.chars().count() < 300 && !line.contains(['\u{1b}', '\u{202e}'])));
}

#[test]
fn lists_end_where_nobody_would_read_on() {
    let many: Vec<_> = (0..MOST_ENTRIES + 7).map(|n| json!({"id": format!("a/{n}")})).collect();
    let list = parse_models(&json!({ "data": many })).unwrap();
    assert_eq!((list.models.len(), list.skipped), (MOST_ENTRIES, vec!["7 more entries: too many".to_owned()]));
    let values: Vec<_> = (0..2_000).map(|n| n.to_string()).collect();
    let Capability::Enum { values } = Capability::parse(&json!({"type": "enum", "values": values})) else { panic!() };
    assert_eq!(values.len(), MOST_PARTS);
}

#[test]
fn the_fallback_lists_names_and_drops_routers_and_models_without_pictures() {
    let entry = |id: &str, out: &[&str]| json!({"id": id, "architecture": {"output_modalities": out}, "supported_parameters": ["seed", "temperature"]});
    let list = parse_models(&json!({"data": [
        entry("openrouter/auto", &["text", "image"]), entry("acme/paint", &["image", "text"]),
        entry("acme/chat", &["text"]), entry("acme/silent", &[])
    ]}))
    .unwrap();
    assert_eq!(list.source, ModelSource::ModelsApi);
    let ids: Vec<_> = list.models.iter().map(|model| model.id.as_str()).collect();
    assert_eq!(ids, ["acme/paint", "acme/silent"]);
    assert!(list.models.iter().all(|model| model.supported_parameters.0.is_empty()));
    assert_eq!(list.skipped.len(), 2);
    let images = parse_models(&json!({"data": [{"id": "openrouter/real"}]})).unwrap();
    assert_eq!((images.source, images.models.len()), (ModelSource::ImagesApi, 1));
}

#[test]
fn only_an_answer_without_a_list_is_an_error() {
    for raw in [json!({}), json!({"data": null}), json!({"data": {}}), json!("x"), Value::Null] {
        assert!(matches!(parse_models(&raw), Err(Error::Unreadable { .. })), "{raw}");
        assert!(matches!(parse_endpoints(&raw), Err(Error::Unreadable { .. })), "{raw}");
    }
    assert_eq!(parse_models(&json!({"data": []})).map(|list| list.models.len()), Ok(0));
    assert_eq!(parse_models(&json!([{"id": "a/b"}])).map(|list| list.models.len()), Ok(1));
}

#[test]
fn descriptors_that_are_not_understood_are_kept() {
    let rows = [
        (json!({"type": "enum", "values": ["a", null, "b", 7, {}, "\u{1b}[31m"]}), None),
        (json!({"type": "range", "min": "1", "max": 10.0, "step": 2}), None),
        (json!({"type": "boolean", "extra": 1}), None),
        (json!({"type": "palette", "colours": 5}), Some("palette")),
        (json!({"type": "enum"}), Some("enum")),
        (json!({"type": "enum", "values": [1, 2]}), Some("enum")),
        (json!({"type": "range", "min": 1}), Some("range")),
        (json!({"type": "range", "min": 9, "max": 1}), Some("range")),
        (json!({"type": null}), Some("")),
        (json!("text"), Some("")),
    ];
    for (raw, unknown) in rows {
        let capability = Capability::parse(&raw);
        match (&capability, unknown) {
            (Capability::Unknown { kind, raw: kept }, Some(expected)) => {
                assert_eq!((kind.as_str(), kept), (expected, &raw));
            }
            (Capability::Unknown { .. }, None) | (_, Some(_)) => panic!("{raw} became {capability:?}"),
            _ => {}
        }
        assert_eq!(Capability::parse(&capability.to_value()), capability);
    }
    let parameters = Parameters::parse(Some(&json!({"seed": null, "n": {"type": "range", "min": 1, "max": 10}})));
    assert_eq!(parameters.get("seed"), None);
    assert_eq!(parameters.to_value(), json!({"n": {"type": "range", "min": 1, "max": 10}}));
}

#[test]
fn endpoints_are_read_bare_and_wrapped_and_written_back() {
    let record = json!({
        "provider_name": "Google Vertex (Global)", "provider_slug": "google-vertex/global",
        "provider_tag": "google-vertex/global",
        "supported_parameters": {"n": {"type": "range", "min": 1, "max": 4}, "odd": {"type": "wave", "x": [1]}},
        "allowed_passthrough_parameters": ["personGeneration"], "supports_streaming": false,
        "pricing": [
            {"billable": "output_image", "unit": "image", "cost_usd": 0.134},
            {"billable": "output_image", "unit": "image", "cost_usd": 0, "variant": "4k"},
            {"billable": "output_hologram", "unit": "second", "cost_usd": 0.25}
        ]
    });
    for raw in [
        json!({"id": "a/b", "endpoints": [record]}),
        json!({"data": {"endpoints": [record]}}),
        json!([record]),
        json!({"data": [record]}),
    ] {
        let endpoints = parse_endpoints(&raw).unwrap();
        assert_eq!(endpoints.len(), 1);
        assert_eq!(endpoints[0].base_slug(), "google-vertex");
        assert_eq!(endpoints[0].to_value(), record);
        assert_eq!(Endpoint::parse(&endpoints[0].to_value()).as_ref(), Some(&endpoints[0]));
    }
    assert_eq!(parse_endpoints(&json!({"id": "meta/muse-image", "endpoints": []})), Ok(Vec::new()));
}

#[test]
fn endpoints_without_names_tags_or_prices_stay_usable() {
    let endpoints = parse_endpoints(&json!({"endpoints": [
        {"provider_name": null, "provider_slug": "krea", "provider_tag": null, "pricing": null}, null,
        {"provider_tag": "acme/eu", "pricing": [7, {"billable": "output_image", "unit": "token", "cost_usd": null}]},
        {}
    ]}))
    .unwrap();
    let names: Vec<_> = endpoints.iter().map(|endpoint| endpoint.provider_name.as_str()).collect();
    assert_eq!(names, ["krea", "endpoint 2, not readable", "acme/eu", "endpoint 4"]);
    assert!([0, 1, 3].iter().all(|at| endpoints[*at].pricing.is_empty() && endpoints[*at].provider_tag.is_none()));
    assert_eq!((endpoints[2].base_slug(), endpoints[2].pricing.len()), ("acme", 2));
    assert!(endpoints[2].pricing.iter().all(|line| line.cost_usd.is_none()));
}

#[test]
fn price_lines_take_numbers_and_numeric_strings_and_keep_unknown_words() {
    let rows = [
        (json!({"billable": "input_font", "unit": "request", "cost_usd": "0.04"}), Some(0.04)),
        (json!({"billable": "input_text", "unit": "megapixel", "cost_usd": 0}), Some(0.0)),
        (json!({"billable": "x", "unit": "y", "cost_usd": "free", "variant": 768}), None),
        (json!({"cost_usd": -1}), None),
    ];
    for (raw, cost) in rows {
        let line = PriceLine::parse(&raw);
        assert_eq!(line.cost_usd, cost, "{raw}");
        assert_eq!(PriceLine::parse(&line.to_value()), line);
    }
    let odd = PriceLine::parse(&json!({"billable": "x", "variant": 768}));
    assert_eq!(odd.billable, Billable::Unknown("x".to_owned()));
    assert_eq!((odd.unit, odd.variant.as_deref()), (Unit::Unknown("?".to_owned()), Some("768")));
    let unknown = |variant: Option<&str>| PriceLine {
        billable: Billable::Unknown("?".into()),
        unit: Unit::Unknown("?".into()),
        cost_usd: None,
        variant: variant.map(str::to_owned),
    };
    for raw in [json!("x"), json!(7), Value::Null, json!([])] {
        assert_eq!(PriceLine::parse(&raw), unknown(None), "something is charged for, and nobody knows what");
    }
    assert_eq!(PriceLine::parse(&json!({"variant": {}})), unknown(Some("?")));
}
