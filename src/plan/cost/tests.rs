//! A golden table computed by hand from the recorded prices, and price lines the record does not have.

use super::*;
use crate::plan::controls::{ControlKind, controls};
use crate::plan::draft::EndpointChoice;
use crate::plan::fit::fit;
use crate::plan::testing::{catalogue, choice, draft, endpoint, entry, model_of, price, references};
use serde_json::{Value, json};

fn cost_of(id: &str, wishes: Value, count: usize) -> Cost {
    let entry = entry(id);
    let mut draft = draft(&entry.model, wishes);
    draft.references = references(count);
    let fitted = fit(&draft, &entry.model, Some(&entry.endpoints));
    estimate(&fitted, &entry.endpoints, &fitted.references)
}

fn cost_at(lines: Vec<PriceLine>, wishes: Value, count: usize) -> Cost {
    let all = [
        ("resolution", choice(&["1K", "2K"])),
        ("size", crate::api::Capability::Boolean),
        ("n", crate::api::Capability::Range { min: 1.0, max: 4.0 }),
        ("input_references", crate::api::Capability::Range { min: 0.0, max: 4.0 }),
    ];
    let endpoints = [Endpoint { pricing: lines, ..endpoint(Some("one"), &all) }];
    let model = model_of(&endpoints);
    let mut draft = draft(&model, wishes);
    draft.references = references(count);
    let fitted = fit(&draft, &model, Some(&endpoints));
    assert_eq!(fitted.problems, []);
    estimate(&fitted, &endpoints, &fitted.references)
}

fn assert_cost(found: &Cost, expected: &Cost, what: &str) {
    let near = |a: &Usd, b: &Usd| (a.0 - b.0).abs() < 1e-9;
    let same = match (found, expected) {
        (Cost::Exact(a), Cost::Exact(b)) | (Cost::AtMost(a), Cost::AtMost(b)) => near(a, b),
        (Cost::About { low: a, high: b }, Cost::About { low: c, high: d }) => near(a, c) && near(b, d),
        (Cost::AtLeast { low: a, left_out: b }, Cost::AtLeast { low: c, left_out: d }) => near(a, c) && b == d,
        (found, expected) => found == expected,
    };
    assert!(same, "{what}: {found:?} is not {expected:?}");
}

fn exact(sum: f64) -> Cost {
    Cost::Exact(Usd(sum))
}

fn at_most(sum: f64) -> Cost {
    Cost::AtMost(Usd(sum))
}

fn about(low: f64, high: f64) -> Cost {
    Cost::About { low: Usd(low), high: Usd(high) }
}

fn unknown(reason: &str) -> Cost {
    Cost::Unknown { reason: reason.into() }
}

#[test]
fn recorded_models_cost_what_a_hand_computes() {
    for (id, wishes, count, expected) in [
        ("bytedance-seed/seedream-4.5", json!({}), 0, exact(0.04)),
        ("bytedance-seed/seedream-4.5", json!({"n": 4, "resolution": "4K"}), 3, at_most(0.16)),
        // Free references, said so by a line of zero.
        ("bytedance-seed/seedream-5-0-lite", json!({"n": 2}), 5, at_most(0.07)),
        ("bytedance-seed/seedream-5-0-pro", json!({"resolution": "1K"}), 0, exact(0.045)),
        ("bytedance-seed/seedream-5-0-pro", json!({"resolution": "2K"}), 2, exact(0.096)),
        ("bytedance-seed/seedream-5-0-pro", json!({}), 0, about(0.045, 0.09)),
        // Only variants.
        ("black-forest-labs/flux-3-image", json!({"resolution": "1.5K"}), 0, exact(0.07)),
        ("black-forest-labs/flux-3-image", json!({"resolution": "768"}), 0, exact(0.041)),
        ("black-forest-labs/flux-3-image", json!({}), 0, about(0.041, 0.607)),
        ("qwen/qwen-image-3", json!({"n": 6}), 0, at_most(0.18)),
        ("qwen/qwen-image-3", json!({"n": 6}), 4, at_most(0.192)),
        ("qwen/qwen-image-3-pro", json!({"n": 2, "resolution": "2K"}), 0, at_most(0.15)),
        // Quality and resolution together.
        ("x-ai/grok-imagine-image-2.0", json!({"quality": "medium", "resolution": "2K"}), 0, exact(0.08)),
        ("x-ai/grok-imagine-image-2.0", json!({"quality": "low"}), 0, about(0.04, 0.06)),
        ("x-ai/grok-imagine-image-2.0", json!({"resolution": "2K"}), 1, about(0.07, 0.09)),
        ("x-ai/grok-imagine-image-2.0", json!({}), 0, about(0.04, 0.08)),
        // A base price and variants for the higher tiers.
        ("sourceful/riverflow-v2.5-pro", json!({"resolution": "1K"}), 0, exact(0.13)),
        ("sourceful/riverflow-v2.5-pro", json!({"resolution": "4K"}), 0, exact(0.17)),
        ("sourceful/riverflow-v2.5-pro", json!({}), 0, about(0.13, 0.17)),
        ("sourceful/riverflow-v2-pro", json!({"resolution": "2K"}), 2, exact(0.55)),
        // A reference surcharge once per request, and streaming that makes several of them.
        ("recraft/recraft-v4-styles-vector", json!({"n": 6}), 3, at_most(0.305)),
        ("quiver/arrow-1.1", json!({"n": 3}), 0, exact(0.09)),
        ("inclusionai/ming-image-0.1-design-layer", json!({}), 1, exact(0.0)),
        ("openai/gpt-image-2", json!({"quality": "low"}), 0, unknown("token-priced")),
        ("google/gemini-3-pro-image", json!({}), 0, unknown("token-priced")),
        ("krea/krea-2-large", json!({}), 0, unknown("no price stated")),
        ("meta/muse-image", json!({}), 0, unknown("no prices known yet")),
        (
            "black-forest-labs/flux.2-pro",
            json!({"aspect_ratio": "16:9"}),
            0,
            unknown("$0.03 per megapixel, and the size is the provider's choice"),
        ),
    ] {
        assert_cost(&cost_of(id, wishes.clone(), count), &expected, &format!("{id} {wishes} {count}"));
    }
}

#[test]
fn megapixels_follow_the_tier_or_the_pixels() {
    let line = || vec![price(Billable::OutputImage, Unit::Megapixel, 0.03, None)];
    for (wishes, expected) in [
        (json!({"resolution": "1K"}), about(0.03, 0.03)),
        (json!({"resolution": "2K", "n": 2}), about(0.12, 0.24)),
        (json!({"size": "2K"}), about(0.12, 0.12)),
        (json!({"size": "2000x1000"}), about(0.06, 0.06)),
        (json!({}), about(0.03, 0.12)),
    ] {
        assert_cost(&cost_at(line(), wishes.clone(), 0), &expected, &wishes.to_string());
    }
    let with_input = || [line(), vec![price(Billable::InputImage, Unit::Megapixel, 0.06, None)]].concat();
    assert_cost(&cost_at(with_input(), json!({"resolution": "1K"}), 2), &about(0.15, 0.15), "references");
}

#[test]
fn what_is_at_least_charged_is_what_one_picture_costs_for_fewer_may_come_than_asked_for() {
    let image = price(Billable::OutputImage, Unit::Image, 0.04, None);
    let odd = price(Billable::Unknown("moonlight".into()), Unit::Image, 0.01, None);
    let at_least = |low| Cost::AtLeast { low: Usd(low), left_out: "moonlight".into() };
    let both = vec![image.clone(), odd];
    assert_cost(&cost_at(both.clone(), json!({"n": 3}), 0), &at_least(0.04), "of three one may come");
    assert_cost(&cost_at(both, json!({}), 0), &at_least(0.04), "of one");
    assert_cost(&cost_at(vec![image], json!({"n": 3}), 0), &at_most(0.12), "nothing is left open but how many come");
    let tiers = vec![
        price(Billable::OutputImage, Unit::Image, 0.04, Some("1K")),
        price(Billable::OutputImage, Unit::Image, 0.09, Some("2K")),
    ];
    assert_cost(&cost_at(tiers, json!({"n": 3}), 0), &about(0.04, 0.27), "the size and how many come are open");
}

#[test]
fn reference_of_unknown_size_makes_the_sum_a_lower_end() {
    let lines = vec![
        price(Billable::OutputImage, Unit::Image, 0.04, None),
        price(Billable::InputImage, Unit::Megapixel, 0.06, None),
    ];
    let all = [("input_references", crate::api::Capability::Boolean)];
    let endpoints = [Endpoint { pricing: lines, ..endpoint(Some("one"), &all) }];
    let model = model_of(&endpoints);
    let mut draft = draft(&model, json!({}));
    draft.references = references(1);
    draft.references.push(DraftReference {
        source: ReferenceSource::Url("https://x.test/a.png".into()),
        name: "a".into(),
        picture: None,
        edit: Default::default(),
    });
    let fitted = fit(&draft, &model, Some(&endpoints));
    let expected = Cost::AtLeast { low: Usd(0.1), left_out: "references of unknown size".into() };
    assert_cost(&estimate(&fitted, &endpoints, &fitted.references), &expected, "url");
}

#[test]
fn what_cannot_be_counted_is_said() {
    let image = || price(Billable::OutputImage, Unit::Image, 0.04, None);
    let at_least = |left_out: &str| Cost::AtLeast { low: Usd(0.04), left_out: left_out.into() };
    let odd = |billable: Billable, unit: Unit| vec![image(), price(billable, unit, 0.01, None)];
    for (lines, count, expected) in [
        (odd(Billable::Unknown("moon_phase".into()), Unit::Image), 0, at_least("moon_phase")),
        (odd(Billable::InputText, Unit::Token), 0, at_least("prompt text")),
        (odd(Billable::InputText, Unit::Request), 0, exact(0.05)),
        (odd(Billable::InputFont, Unit::Image), 0, exact(0.04)),
        (odd(Billable::InputImage, Unit::Token), 0, exact(0.04)),
        (odd(Billable::InputImage, Unit::Token), 1, at_least("references")),
        (odd(Billable::InputImage, Unit::Unknown("furlong".into())), 1, at_least("references")),
        (odd(Billable::InputReference, Unit::Request), 3, exact(0.05)),
        (
            vec![price(Billable::OutputImage, Unit::Unknown("furlong".into()), 1.0, None)],
            0,
            unknown("priced per furlong"),
        ),
        (vec![PriceLine { cost_usd: None, ..image() }], 0, unknown("a price without a number")),
        (vec![price(Billable::InputImage, Unit::Image, 0.01, None)], 0, unknown("no price stated")),
        (
            vec![price(Billable::OutputImage, Unit::Image, 0.01, Some("4k"))],
            0,
            unknown("no price stated for this choice"),
        ),
    ] {
        let what = format!("{lines:?}");
        assert_cost(&cost_at(lines, json!({"resolution": "1K"}), count), &expected, &what);
    }
}

#[test]
fn variant_nobody_knows_may_apply() {
    let lines = |variant: &str| {
        vec![
            price(Billable::OutputImage, Unit::Image, 0.04, None),
            price(Billable::OutputImage, Unit::Image, 0.09, Some(variant)),
        ]
    };
    for (variant, wishes, expected) in [
        ("turbo", json!({"resolution": "1K"}), about(0.04, 0.09)),
        ("turbo_2k", json!({"resolution": "1K"}), exact(0.04)),
        ("2K", json!({"resolution": "2K"}), exact(0.09)),
        (" 2k ", json!({"size": "2K"}), exact(0.09)),
        ("2k", json!({"size": "2048x2048"}), about(0.04, 0.09)),
        ("high_resolution", json!({}), about(0.04, 0.09)),
    ] {
        assert_cost(&cost_at(lines(variant), wishes.clone(), 0), &expected, &format!("{variant} {wishes}"));
    }
}

#[test]
fn lines_of_one_variant_are_charged_together_and_two_that_fit_alike_either_way() {
    let line = |unit, cost, variant| price(Billable::OutputImage, unit, cost, variant);
    let both = vec![
        line(Unit::Image, 0.04, None),
        line(Unit::Image, 0.08, Some("2k")),
        line(Unit::Request, 0.01, Some(" 2K ")),
        line(Unit::Image, 0.2, Some("4k")),
    ];
    assert_cost(&cost_at(both.clone(), json!({"resolution": "2K"}), 0), &exact(0.09), "both units");
    assert_cost(&cost_at(both, json!({"resolution": "1K"}), 0), &exact(0.04), "the base");
    let alike = vec![line(Unit::Image, 0.08, Some("2k")), line(Unit::Image, 0.1, Some("high_resolution"))];
    assert_cost(&cost_at(alike, json!({"resolution": "2K"}), 0), &about(0.08, 0.1), "either");
}

#[test]
fn a_price_line_that_cannot_be_read_makes_the_sum_a_lower_end() {
    let good = json!({"billable": "output_image", "unit": "image", "cost_usd": 0.04});
    for odd in [json!("0.04"), json!(7), Value::Null, json!({"cost_usd": 1}), json!([good])] {
        let raw = json!({"provider_name": "One", "provider_tag": "one", "pricing": [good, odd]});
        let endpoints = [Endpoint::parse(&raw).unwrap()];
        let model = model_of(&endpoints);
        let draft = draft(&model, json!({}));
        let found = estimate(&fit(&draft, &model, Some(&endpoints)), &endpoints, &[]);
        assert_cost(
            &found,
            &Cost::AtLeast { low: Usd(0.04), left_out: "a price that cannot be read".into() },
            &odd.to_string(),
        );
    }
}

#[test]
fn an_endpoint_that_cannot_be_read_may_be_the_one_that_charges() {
    let good =
        json!({"provider_name": "One", "pricing": [{"billable": "output_image", "unit": "image", "cost_usd": 0.04}]});
    for odd in [Value::Null, json!(7), json!([good]), json!({})] {
        let endpoints = crate::api::parse_endpoints(&json!({"endpoints": [good, odd]})).unwrap();
        let model = model_of(&endpoints);
        let found = estimate(&fit(&draft(&model, json!({})), &model, Some(&endpoints)), &endpoints, &[]);
        assert!(!matches!(found, Cost::Exact(_)), "{odd}: {found:?}");
    }
}

#[test]
fn more_precise_variant_wins_wherever_it_stands() {
    let line = |cost, variant| price(Billable::OutputImage, Unit::Image, cost, variant);
    let mut lines = vec![line(0.04, None), line(0.05, Some("2k")), line(0.09, Some("high_2k"))];
    let all = [("resolution", choice(&["1K", "2K"])), ("quality", choice(&["low", "high"]))];
    for _ in 0..2 {
        let endpoints = [Endpoint { pricing: lines.clone(), ..endpoint(Some("one"), &all) }];
        let model = model_of(&endpoints);
        for (quality, expected) in [("high", 0.09), ("low", 0.05)] {
            let draft = draft(&model, json!({"resolution": "2K", "quality": quality}));
            assert_eq!(estimate(&fit(&draft, &model, Some(&endpoints)), &endpoints, &[]), exact(expected));
        }
        lines.reverse();
    }
}

#[test]
fn references_are_charged_with_every_call_of_a_streamed_run() {
    let all = [
        ("n", crate::api::Capability::Range { min: 1.0, max: 4.0 }),
        ("input_references", crate::api::Capability::Boolean),
    ];
    for (unit, streamed, buffered) in [(Unit::Image, 0.3, 0.18), (Unit::Request, 0.21, 0.15)] {
        let pricing = vec![
            price(Billable::OutputImage, Unit::Image, 0.04, None),
            price(Billable::InputReference, unit, 0.03, None),
        ];
        let endpoints = [Endpoint { pricing, supports_streaming: true, ..endpoint(Some("one"), &all) }];
        let model = model_of(&endpoints);
        let mut draft = draft(&model, json!({"n": 3}));
        draft.references = references(2);
        for (stream, sum) in [(true, streamed), (false, buffered)] {
            draft.stream = Some(stream);
            let fitted = fit(&draft, &model, Some(&endpoints));
            let expected = if stream { exact(sum) } else { at_most(sum) };
            assert_cost(&estimate(&fitted, &endpoints, &fitted.references), &expected, "streamed");
        }
    }
}

#[test]
fn several_endpoints_give_both_ends_and_a_pinned_one_its_own() {
    let at = |tag: &str, cost: f64| Endpoint {
        pricing: vec![price(Billable::OutputImage, Unit::Image, cost, None)],
        ..endpoint(Some(tag), &[])
    };
    let endpoints = [at("one", 0.1), at("two", 0.24), endpoint(Some("silent"), &[])];
    let model = model_of(&endpoints);
    let mut draft = draft(&model, json!({}));
    let both = &endpoints[..2];
    assert_eq!(estimate(&fit(&draft, &model, Some(both)), both, &[]).to_string(), "about $0.10–0.24");
    assert_eq!(estimate(&fit(&draft, &model, Some(&endpoints)), &endpoints, &[]).to_string(), "price unknown");
    draft.endpoint = EndpointChoice::Pinned("two".into());
    assert_eq!(estimate(&fit(&draft, &model, Some(&endpoints)), &endpoints, &[]).to_string(), "$0.24");
    assert_eq!(estimate(&fit(&draft, &model, None), &[], &[]).to_string(), "price unknown");
}

#[test]
fn fonts_are_charged_only_when_some_are_passed() {
    let entry = entry("sourceful/riverflow-v2-pro");
    let mut draft = draft(&entry.model, json!({"resolution": "1K"}));
    draft.options.entry("sourceful".into()).or_default().insert("font_inputs".into(), "[]".into());
    let fitted = fit(&draft, &entry.model, Some(&entry.endpoints));
    let expected = Cost::AtLeast { low: Usd(0.15), left_out: "fonts".into() };
    assert_cost(&estimate(&fitted, &entry.endpoints, &[]), &expected, "fonts");
}

#[test]
fn every_value_of_every_model_can_be_priced_without_a_wrong_order() {
    for entry in catalogue() {
        let bare = draft(&entry.model, json!({}));
        for control in controls(&bare, &entry.model, Some(&entry.endpoints)) {
            let values: Vec<Value> = match control.kind {
                ControlKind::Choice { values } | ControlKind::AspectRatio { values } => {
                    values.into_iter().map(|value| Value::from(value.value)).collect()
                }
                ControlKind::Number { min, max, .. } => vec![json!(min), json!(max)],
                _ => vec![json!(1), json!("2K"), json!(true)],
            };
            for value in values {
                let mut draft = bare.clone();
                draft.set(&control.field, value);
                draft.references = references(1);
                let fitted = fit(&draft, &entry.model, Some(&entry.endpoints));
                if let Cost::About { low, high } = estimate(&fitted, &entry.endpoints, &fitted.references) {
                    assert!(low <= high && low.0 >= 0.0, "{} {low} {high}", entry.model.id);
                }
            }
        }
    }
}
