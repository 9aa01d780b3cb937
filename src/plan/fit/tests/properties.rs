//! What holds for any draft against any descriptors.

use super::super::*;
use crate::api::Parameters;
use crate::plan::controls::{ControlKind, controls};
use crate::plan::draft::{EndpointChoice, Wish};
use crate::plan::testing::{choice, endpoint, model_of, references};
use proptest::collection::{btree_map, vec};
use proptest::prelude::*;
use proptest::sample::{Index, select, subsequence};
use serde_json::json;

const FIELDS: [&str; 9] =
    ["aspect_ratio", "resolution", "size", "n", "quality", "background", "output_format", "seed", "mystery"];
const VALUES: [&str; 8] = ["1K", "2K", "1:1", "16:9", "transparent", "jpeg", "png", "1024x1024"];

fn capability() -> impl Strategy<Value = Capability> {
    prop_oneof![
        subsequence(VALUES.to_vec(), 0..VALUES.len()).prop_map(|values| choice(&values)),
        (-2..12_i32, -2..12_i32).prop_map(|(min, max)| Capability::Range { min: min.into(), max: max.into() }),
        Just(Capability::Boolean),
        Just(Capability::Unknown { kind: "odd".into(), raw: json!({"type": "odd"}) }),
    ]
}

fn some_endpoint() -> impl Strategy<Value = Endpoint> {
    let parameters = btree_map(select(FIELDS.to_vec()), capability(), 0..6);
    let references = proptest::option::of((0..3_u32, 0..5_u32));
    let tag = proptest::option::of(select(vec!["a", "a/eu", "b", "c"]));
    (parameters, references, tag, any::<bool>()).prop_map(|(parameters, references, tag, streams)| {
        let mut all: Vec<_> = parameters.into_iter().collect();
        let range = |(min, more): (u32, u32)| Capability::Range { min: min.into(), max: (min + more).into() };
        all.extend(references.map(|limits| ("input_references", range(limits))));
        Endpoint { supports_streaming: streams, ..endpoint(tag, &all) }
    })
}

fn some_value() -> impl Strategy<Value = Value> {
    prop_oneof![
        4 => select(VALUES.to_vec()).prop_map(Value::from),
        2 => (-3..13_i64).prop_map(Value::from),
        1 => (-3..13_i32).prop_map(|number| Value::from(f64::from(number) / 2.0)),
        1 => any::<bool>().prop_map(Value::from),
        1 => Just(Value::Null),
    ]
}

fn some_draft() -> impl Strategy<Value = Draft> {
    let wish = (any::<bool>(), some_value()).prop_map(|(on, value)| Wish { on, value });
    let field = select([&FIELDS[..], &["undeclared", "prompt"]].concat()).prop_map(str::to_owned);
    let pin = proptest::option::of(select(vec!["a", "b", "gone"]));
    let stream = proptest::option::of(any::<bool>());
    (btree_map(field, wish, 0..7), pin, 0..4_usize, stream).prop_map(|(wishes, pin, count, stream)| Draft {
        prompt: "A red panda".into(),
        model: Some(crate::api::ModelId::new("test/model")),
        endpoint: pin.map_or(EndpointChoice::Any, |tag| EndpointChoice::Pinned(tag.into())),
        wishes,
        references: references(count),
        stream,
        ..Draft::default()
    })
}

/// A second opinion on descriptors, written apart from `fields::judge`.
fn lists(parameters: &Parameters, field: &str, value: &Value) -> bool {
    match parameters.get(field) {
        None => false,
        Some(Capability::Enum { values }) => value.as_str().is_some_and(|text| values.contains(&text.to_owned())),
        Some(Capability::Range { min, max }) => {
            value.as_i64().is_some_and(|number| number as f64 >= min.min(*max) && number as f64 <= max.max(*min))
        }
        Some(Capability::Boolean) => match field {
            "seed" => value.is_i64(),
            "n" => value.as_i64().is_some_and(|n| (1..=10).contains(&n)),
            "mystery" => true,
            _ => value.is_string(),
        },
        Some(Capability::Unknown { .. }) => !value.is_null(),
    }
}

proptest! {
    #[test]
    fn what_is_sent_is_listed_by_every_eligible_endpoint(
        draft in some_draft(), endpoints in vec(some_endpoint(), 1..4),
    ) {
        let fitted = fit(&draft, &model_of(&endpoints), Some(&endpoints));
        for endpoint in fitted.eligible.iter().map(|place| &endpoints[*place]) {
            for (field, value) in fitted.calls.iter().flat_map(|call| fitted.request_for(call).parameters) {
                prop_assert!(lists(&endpoint.supported_parameters, &field, &value), "{field} {value} {endpoint:?}");
            }
            let limits = ReferenceLimits::of(&endpoint.supported_parameters);
            prop_assert!(!fitted.problems.is_empty() || limits.contains(fitted.references.len()));
        }
        prop_assert!(!fitted.problems.is_empty() || !fitted.eligible.is_empty());
        prop_assert_eq!(fitted.stream, fitted.request.stream);
        prop_assert!(!fitted.calls.is_empty());
        // As many pictures as are wished, whatever an endpoint counts.
        let wished = draft.wish("n").and_then(Value::as_f64).filter(|n| n.fract() == 0.0 && (1.0..=100.0).contains(n));
        prop_assert_eq!(f64::from(fitted.asked()), wished.unwrap_or(1.0));
        // Every wish that is on is either sent or listed.
        for field in draft.wishes.keys().filter(|field| draft.wish(field).is_some()) {
            let listed = fitted.not_sent.iter().any(|item| item.field == *field);
            let sent = fitted.request.parameters.contains_key(field) || (field == "n" && !listed);
            prop_assert!(sent != listed, "{}", field);
        }
    }

    #[test]
    fn pinned_request_can_reach_no_other_endpoint(draft in some_draft(), endpoints in vec(some_endpoint(), 1..4)) {
        let fitted = fit(&draft, &model_of(&endpoints), Some(&endpoints));
        if let EndpointChoice::Pinned(tag) = &draft.endpoint && fitted.problems.is_empty() {
            let provider = fitted.request.provider.unwrap();
            prop_assert_eq!(provider.only, [tag.clone()]);
            prop_assert_eq!(provider.allow_fallbacks, Some(false));
            prop_assert!(fitted.eligible.iter().all(|place| endpoints[*place].provider_tag.as_ref() == Some(tag)));
        }
    }

    #[test]
    fn limited_request_lets_in_only_endpoints_that_take_it(
        draft in some_draft(), endpoints in vec(some_endpoint(), 2..5),
    ) {
        let draft = Draft { endpoint: EndpointChoice::Any, ..draft };
        let fitted = fit(&draft, &model_of(&endpoints), Some(&endpoints));
        let only = fitted.request.provider.map(|provider| provider.only).unwrap_or_default();
        if fitted.problems.is_empty() && fitted.warnings.is_empty() {
            let let_in = |endpoint: &Endpoint| {
                let tag = endpoint.provider_tag.as_deref();
                only.is_empty() || only.iter().any(|o| tag == Some(o.as_str()) || endpoint.base_slug() == o)
            };
            for (place, endpoint) in endpoints.iter().enumerate() {
                prop_assert!(!let_in(endpoint) || fitted.eligible.contains(&place), "{only:?} {place}");
            }
        }
    }

    #[test]
    fn controls_offer_only_what_fit_sends_and_switching_models_loses_nothing(
        a in some_endpoint(), b in some_endpoint(), draft in some_draft(), pick in any::<Index>(),
    ) {
        let (a, b) = ([a], [b]);
        let (model_a, model_b) = (model_of(&a), model_of(&b));
        let mut draft = Draft { endpoint: EndpointChoice::Any, ..draft };
        let before = fit(&draft, &model_a, Some(&a));
        let offered = controls(&draft, &model_b, Some(&b));
        for control in &offered {
            let value = match &control.kind {
                ControlKind::Choice { values } | ControlKind::AspectRatio { values } if values.is_empty() => continue,
                ControlKind::Choice { values } | ControlKind::AspectRatio { values } => json!(pick.get(values).value),
                ControlKind::Number { max, .. } => json!(max),
                ControlKind::Seed => json!(4271),
                ControlKind::Size => json!("1024x1024"),
                ControlKind::Flag => json!(true),
                ControlKind::Raw { .. } => json!("text"),
            };
            let mut draft = draft.clone();
            draft.set(&control.field, value);
            let fitted = fit(&draft, &model_b, Some(&b));
            prop_assert!(!fitted.not_sent.iter().any(|item| item.field == control.field), "{:?}", control);
            draft.clear(&control.field);
            prop_assert!(!fit(&draft, &model_b, Some(&b)).request.parameters.contains_key(&control.field));
        }
        // What the artist did on model B is undone by switching off and on again; A is as it was.
        for control in &offered {
            if draft.wish(&control.field).is_some() {
                draft.clear(&control.field);
                draft.turn_on(&control.field, "never used");
            }
        }
        prop_assert_eq!(fit(&draft, &model_a, Some(&a)), before);
    }
}
