//! Table tests of `fit`; its properties are in `properties`.

mod properties;

use super::*;
use crate::api::ProviderPreferences;
use crate::plan::draft::EndpointChoice;
use crate::plan::testing::{catalogue, choice, draft, endpoint, entry, model_of, references};
use serde_json::json;

fn fit_entry(id: &str, wishes: Value, change: impl FnOnce(&mut Draft)) -> Fitted {
    let entry = entry(id);
    let mut draft = draft(&entry.model, wishes);
    change(&mut draft);
    fit(&draft, &entry.model, Some(&entry.endpoints))
}

#[test]
fn default_draft_of_every_model_is_sent_bare() {
    for entry in catalogue() {
        let draft = draft(&entry.model, json!({}));
        let fitted = fit(&draft, &entry.model, Some(&entry.endpoints));
        let needs = match entry.model.id.as_str() {
            "meta/muse-image" => vec![Problem::NotAvailable],
            "inclusionai/ming-image-0.1-design-layer" | "recraft/recraft-v4-styles-vector" => {
                vec![Problem::TooFewReferences { min: 1 }]
            }
            _ => vec![],
        };
        assert_eq!(fitted.problems, needs, "{}", entry.model.id);
        assert!(fitted.request.parameters.is_empty() && fitted.not_sent.is_empty() && fitted.warnings.is_empty());
        assert_eq!(fitted.request.provider, None);
        assert_eq!((fitted.asked(), fitted.calls.len()), (1, 1));
        assert_eq!(fitted.stream, entry.model.supports_streaming, "{}", entry.model.id);
        assert_eq!(fitted.eligible, (0..entry.endpoints.len()).collect::<Vec<_>>());
        assert!(fit(&draft, &entry.model, None).eligible.is_empty());
    }
}

#[test]
fn wishes_are_sent_listed_or_left_out() {
    let wishes = json!({
        "seed": 7, "resolution": "2K", "aspect_ratio": "16:9", "quality": "high", "background": "transparent",
        "n": 4, "output_compression": 300, "mood": "calm",
    });
    let fitted = fit_entry("bytedance-seed/seedream-4.5", wishes.clone(), |draft| draft.clear("seed"));
    assert_eq!(Value::Object(fitted.request.parameters.clone()), json!({"aspect_ratio": "16:9", "resolution": "2K"}));
    assert_eq!(fitted.calls, [Call { n: 4, place: 0, prompt: 0 }]);
    assert_eq!(fitted.request_for(&Call { n: 4, place: 0, prompt: 0 }).parameters.get("n"), Some(&json!(4)));
    assert_eq!(fitted.request_for(&Call { n: 1, place: 0, prompt: 0 }).parameters.get("n"), None);
    assert_eq!(
        fitted.not_sent_text().as_deref(),
        Some("Not sent: quality (high), background (transparent), compression (300), mood (calm)")
    );

    let fitted = fit_entry("openai/gpt-image-2", wishes, |_| {});
    let reasons: Vec<_> = fitted.not_sent.iter().map(|item| (item.field.as_str(), item.reason.clone())).collect();
    assert_eq!(
        reasons,
        [
            ("resolution", NotSentReason::NotOffered),
            ("background", NotSentReason::ValueNotOffered),
            ("output_compression", NotSentReason::OutOfRange),
            ("seed", NotSentReason::NotOffered),
            ("mood", NotSentReason::NotOffered),
        ]
    );
    assert_eq!(fitted.not_sent_text().as_deref().map(|text| text.starts_with("Not sent: resolution (2K)")), Some(true));
}

#[test]
fn several_pictures_stream_as_single_calls() {
    for (id, stream, calls) in [
        ("openai/gpt-image-2", None, (0..3).map(|place| Call { n: 1, place, prompt: 0 }).collect()),
        ("openai/gpt-image-2", Some(true), (0..3).map(|place| Call { n: 1, place, prompt: 0 }).collect()),
        ("openai/gpt-image-2", Some(false), vec![Call { n: 3, place: 0, prompt: 0 }]),
        ("bytedance-seed/seedream-4.5", Some(true), vec![Call { n: 3, place: 0, prompt: 0 }]),
    ] {
        let fitted = fit_entry(id, json!({"n": 3}), |draft| draft.stream = stream);
        assert_eq!(fitted.calls, calls, "{id} {stream:?}");
        assert_eq!(fitted.stream, calls.len() > 1);
        assert_eq!(fitted.request.stream, fitted.stream);
    }
}

#[test]
fn pictures_that_no_endpoint_counts_are_asked_for_by_several_calls() {
    let four = || Capability::Range { min: 1.0, max: 4.0 };
    let odd = || Capability::Range { min: 4.0, max: 6.0 };
    for (capabilities, wished, expected) in [
        (vec![None], 3, vec![1, 1, 1]),
        (vec![Some(Capability::Range { min: 1.0, max: 1.0 })], 2, vec![1, 1]),
        (vec![Some(choice(&["1", "2"]))], 2, vec![1, 1]),
        (vec![Some(four())], 4, vec![4]),
        (vec![Some(four())], 10, vec![4, 4, 2]),
        (vec![Some(Capability::Boolean)], 11, vec![10, 1]),
        // Fewer than it makes at once are not taken: one by one.
        (vec![Some(odd())], 8, vec![6, 1, 1]),
        (vec![Some(odd())], 3, vec![1, 1, 1]),
        // The one that counts serves.
        (vec![None, Some(four())], 4, vec![4]),
        (vec![None, Some(four())], 5, vec![4, 1]),
    ] {
        let endpoints: Vec<_> = (b'a'..)
            .zip(&capabilities)
            .map(|(tag, capability)| {
                let mut parameters = vec![("seed", Capability::Boolean)];
                parameters.extend(capability.clone().map(|capability| ("n", capability)));
                endpoint(Some(&char::from(tag).to_string()), &parameters)
            })
            .collect();
        let model = model_of(&endpoints);
        let fitted = fit(&draft(&model, json!({"n": wished, "seed": 7})), &model, Some(&endpoints));
        let calls: Vec<u32> = fitted.calls.iter().map(|call| call.n).collect();
        assert_eq!((calls, fitted.asked()), (expected, wished), "{capabilities:?} {wished}");
        assert!(fitted.not_sent.is_empty() && fitted.problems.is_empty(), "{capabilities:?} {wished}");
        let mut seed = 7;
        for call in &fitted.calls {
            let sent = fitted.request_for(call).parameters;
            assert_eq!(sent.get("seed"), Some(&json!(seed)), "counted up by picture: {capabilities:?} {wished}");
            assert_eq!(sent.get("n"), (call.n > 1).then(|| json!(call.n)).as_ref());
            seed += call.n;
        }
    }
}

#[test]
fn impossible_numbers_of_pictures_are_never_sent() {
    for n in [json!(0), json!(-1), json!(101), json!(2.5), json!("4"), json!(1e300), json!(true)] {
        let fitted = fit_entry("openai/gpt-image-2", json!({"n": n.clone()}), |_| {});
        assert_eq!((fitted.asked(), fitted.not_sent.len()), (1, 1), "{n}");
    }
    let hostile = [endpoint(Some("one"), &[("n", Capability::Range { min: -1e18, max: 1e18 })])];
    let model = model_of(&hostile);
    for n in [-5_i64, 0, 101, 4_000_000_000, i64::MAX] {
        assert_eq!(fit(&draft(&model, json!({"n": n})), &model, Some(&hostile)).asked(), 1, "{n}");
    }
    assert_eq!(fit(&draft(&model, json!({"n": 100.0})), &model, Some(&hostile)).asked(), 100);
}

#[test]
fn choice_of_some_endpoints_limits_the_request_to_them() {
    let fitted = fit_entry("google/gemini-3-pro-image", json!({"resolution": "4K"}), |_| {});
    let provider = fitted.request.provider.unwrap();
    assert_eq!((provider.only, provider.allow_fallbacks), (vec!["google-ai-studio/global".to_owned()], None));
    assert_eq!((fitted.eligible, fitted.problems), (vec![1], vec![]));

    let pinned = |draft: &mut Draft| draft.endpoint = EndpointChoice::Pinned("google-vertex/global".into());
    let fitted = fit_entry("google/gemini-3-pro-image", json!({"resolution": "4K"}), pinned);
    assert_eq!(fitted.not_sent.first().map(|item| item.reason.clone()), Some(NotSentReason::ValueNotOffered));
    assert_eq!(
        fitted.request.provider,
        Some(ProviderPreferences {
            only: vec!["google-vertex/global".into()],
            allow_fallbacks: Some(false),
            options: Map::new()
        })
    );
    assert_eq!(fitted.eligible, [0]);
}

#[test]
fn endpoint_that_cannot_be_named_leaves_the_request_unlimited_with_a_word() {
    let seed = || ("seed", Capability::Boolean);
    let with = |tags: &[(Option<&str>, bool)]| {
        let endpoints: Vec<_> = tags
            .iter()
            .map(|(tag, able)| endpoint(*tag, if *able { &[("seed", Capability::Boolean)] } else { &[] }))
            .collect();
        let model = model_of(&[endpoint(None, &[seed()])]);
        let fitted = fit(&draft(&model, json!({"seed": 7})), &model, Some(&endpoints));
        let only = fitted.request.provider.map(|provider| provider.only).unwrap_or_default();
        (only, fitted.eligible, fitted.warnings.len(), fitted.problems.len())
    };
    assert_eq!(with(&[(None, true), (Some("b"), false)]), (vec![], vec![0], 1, 0));
    assert_eq!(with(&[(None, true), (Some("b"), false), (Some("c"), true)]), (vec!["c".into()], vec![2], 0, 0));
    // The tag is also the base slug of one that cannot.
    assert_eq!(with(&[(Some("a"), true), (Some("a/eu"), false)]), (vec![], vec![0], 1, 0));
    assert_eq!(with(&[(Some("a/eu"), true), (Some("a"), false)]), (vec!["a/eu".into()], vec![0], 0, 0));
    assert_eq!(with(&[(None, true), (Some("b"), true)]), (vec![], vec![0, 1], 0, 0));
}

#[test]
fn choices_of_different_endpoints_are_named_as_a_problem() {
    let endpoints = [
        endpoint(Some("one"), &[("resolution", choice(&["1K", "4K"])), ("quality", choice(&["low", "high"]))]),
        endpoint(
            Some("two"),
            &[("resolution", choice(&["1K"])), ("seed", Capability::Boolean), ("quality", choice(&["low"]))],
        ),
    ];
    let model = model_of(&endpoints);
    let fitted =
        fit(&draft(&model, json!({"resolution": "4K", "seed": 7, "quality": "low"})), &model, Some(&endpoints));
    assert_eq!(
        fitted.problems,
        [Problem::NoEndpointTakesAll { choices: vec!["resolution 4K".into(), "seed 7".into()] }]
    );
    assert_eq!(
        fitted.problems[0].to_string(),
        "No single endpoint takes resolution 4K and seed 7 together; change one of them"
    );
    assert!(fitted.eligible.is_empty());
}

#[test]
fn references_and_pictures_count_among_the_choices() {
    let several = ("n", Capability::Range { min: 1.0, max: 4.0 });
    let guided = ("input_references", Capability::Range { min: 0.0, max: 4.0 });
    let endpoints = [endpoint(Some("one"), &[several]), endpoint(Some("two"), &[guided])];
    let model = model_of(&endpoints);
    let mut draft = draft(&model, json!({"n": 4}));
    assert_eq!(fit(&draft, &model, Some(&endpoints)).eligible, [0]);
    draft.references = references(2);
    let fitted = fit(&draft, &model, Some(&endpoints));
    assert_eq!((fitted.problems.len(), fitted.calls.len()), (0, 4), "asked for one by one");
    assert_eq!(fitted.eligible, [1]);
}

#[test]
fn reference_limits_are_kept() {
    for (id, count, problem) in [
        ("inclusionai/ming-image-0.1-design-layer", 0, Some(Problem::TooFewReferences { min: 1 })),
        ("inclusionai/ming-image-0.1-design-layer", 1, None),
        ("inclusionai/ming-image-0.1-design-layer", 2, Some(Problem::TooManyReferences { max: 1 })),
        ("bytedance-seed/seedream-4.5", 15, Some(Problem::TooManyReferences { max: 14 })),
    ] {
        let fitted = fit_entry(id, json!({}), |draft| draft.references = references(count));
        assert_eq!(fitted.problems, problem.into_iter().collect::<Vec<_>>(), "{id} {count}");
        assert_eq!(fitted.references.len(), count);
    }
    let endpoints = [endpoint(Some("one"), &[])];
    let model = model_of(&endpoints);
    let draft = Draft { references: references(2), ..draft(&model, json!({})) };
    let fitted = fit(&draft, &model, Some(&endpoints));
    assert_eq!((fitted.references.len(), fitted.problems.len()), (0, 0));
    assert_eq!(fitted.not_sent_text().as_deref(), Some("Not sent: references (2)"));
}

#[test]
fn basic_problems_come_first_and_in_order() {
    let entry = entry("meta/muse-image");
    let draft = Draft { prompt: "  \n".into(), ..Draft::default() };
    let fitted = fit(&draft, &entry.model, Some(&entry.endpoints));
    assert_eq!(fitted.problems, [Problem::NoModel, Problem::NotAvailable, Problem::EmptyPrompt]);
    let gone = |draft: &mut Draft| draft.endpoint = EndpointChoice::Pinned("elsewhere".into());
    let fitted = fit_entry("bytedance-seed/seedream-4.5", json!({"seed": 1}), gone);
    assert_eq!(fitted.problems, [Problem::PinnedEndpointGone { tag: "elsewhere".into() }]);
    assert!(fitted.not_sent.is_empty());
}

#[test]
fn transparency_is_refused_for_jpeg_and_warned_of_where_only_jpeg_is_made() {
    let wishes = |format: Option<&str>| match format {
        Some(format) => json!({"background": "transparent", "output_format": format}),
        None => json!({"background": "transparent"}),
    };
    for (id, format, problems, warnings) in [
        ("sourceful/riverflow-v2.5-pro", Some("jpeg"), 1, 0),
        ("sourceful/riverflow-v2.5-pro", Some("png"), 0, 0),
        ("sourceful/riverflow-v2.5-pro", None, 0, 0),
        ("sourceful/riverflow-v2.5-fast", Some("jpeg"), 1, 0),
        ("sourceful/riverflow-v2.5-fast", None, 0, 1),
        // Neither field is declared.
        ("bytedance-seed/seedream-4.5", Some("jpeg"), 0, 0),
    ] {
        let fitted = fit_entry(id, wishes(format), |_| {});
        assert_eq!((fitted.problems.len(), fitted.warnings.len()), (problems, warnings), "{id} {format:?}");
    }
}

#[test]
fn size_must_agree_with_resolution_and_ratio() {
    let tiers = choice(&["1K", "2K", "4K"]);
    let ratios = choice(&["1:1", "16:9", "auto"]);
    let endpoints =
        [endpoint(Some("one"), &[("size", Capability::Boolean), ("resolution", tiers), ("aspect_ratio", ratios)])];
    let model = model_of(&endpoints);
    for (wishes, against) in [
        (json!({"size": "2K"}), vec![]),
        (json!({"size": "2K", "resolution": "2K", "aspect_ratio": "16:9"}), vec![]),
        (json!({"size": "2K", "resolution": "4K"}), vec!["resolution"]),
        (json!({"size": "2048x2048", "resolution": "2K", "aspect_ratio": "1:1"}), vec![]),
        (json!({"size": "2048x2048", "resolution": "4K", "aspect_ratio": "16:9"}), vec!["resolution", "aspect_ratio"]),
        (json!({"size": "2048x2048", "resolution": "8K"}), vec![]),
    ] {
        let fitted = fit(&draft(&model, wishes.clone()), &model, Some(&endpoints));
        let fields: Vec<_> = fitted
            .problems
            .iter()
            .map(|problem| match problem {
                Problem::SizeConflict { field, .. } => field.as_str(),
                other => panic!("{other}"),
            })
            .collect();
        assert_eq!(fields, against, "{wishes}");
    }
    let fitted = fit(&draft(&model, json!({"size": "big"})), &model, Some(&endpoints));
    assert!(matches!(fitted.not_sent.first().map(|item| &item.reason), Some(NotSentReason::Conflict(_))));
}

#[test]
fn options_go_to_the_provider_that_allows_them() {
    let options =
        |pairs: &[(&str, &str)]| pairs.iter().map(|(key, text)| ((*key).to_owned(), (*text).to_owned())).collect();
    let fitted = fit_entry("black-forest-labs/flux.2-flex", json!({}), |draft| {
        draft.options.insert(
            "black-forest-labs".into(),
            options(&[("steps", "30"), ("guidance", " 4.5 "), ("safety_tolerance", "  "), ("style", "\"oil\"")]),
        );
        draft.options.insert("recraft".into(), options(&[("style", "not json")]));
    });
    let provider = fitted.request.provider.unwrap();
    assert_eq!(Value::Object(provider.options), json!({"black-forest-labs": {"guidance": 4.5, "steps": 30}}));
    assert_eq!((provider.only.len(), provider.allow_fallbacks, fitted.problems.len()), (0, None, 0));
    assert_eq!(fitted.not_sent.iter().map(|item| item.label.as_str()).collect::<Vec<_>>(), ["style"]);

    let broken = fit_entry("black-forest-labs/flux.2-flex", json!({}), |draft| {
        draft.options.insert("black-forest-labs".into(), options(&[("steps", "thirty")]));
    });
    assert!(matches!(&broken.problems[..], [Problem::BadOption { key, .. }] if key == "steps"));
    assert_eq!(broken.request.provider, None);

    let entry = entry("black-forest-labs/flux.2-flex");
    let mut early = draft(&entry.model, json!({}));
    early.options.insert("black-forest-labs".into(), options(&[("steps", "30")]));
    let fitted = fit(&early, &entry.model, None);
    assert_eq!((fitted.request.provider, fitted.not_sent.len()), (None, 1));
}

#[test]
fn every_sentence_is_one_sentence_without_a_full_stop() {
    let problems = [
        Problem::NoModel,
        Problem::NotAvailable,
        Problem::EmptyPrompt,
        Problem::EmptyAlternative,
        Problem::TooManyPrompts { count: u64::MAX, most: 64 },
        Problem::TooFewReferences { min: 1 },
        Problem::TooFewReferences { min: 2 },
        Problem::TooManyReferences { max: 14 },
        Problem::TransparentNeedsAlpha { format: "jpeg".into() },
        Problem::PinnedEndpointGone { tag: "seed".into() },
    ];
    for text in problems.iter().map(ToString::to_string) {
        assert!(!text.contains('.') && text.starts_with(char::is_uppercase), "{text}");
    }
    assert_eq!(problems[5].to_string(), "This model needs at least 1 reference picture; add one");
}

#[test]
fn a_wished_seed_counts_up_over_the_calls_of_a_run() {
    let fitted = fit_entry("bytedance-seed/seedream-4.5", json!({"seed": 7}), |_| {});
    let seeds = (0..3).map(|place| fitted.request_for(&Call { n: 1, place, prompt: 0 }).parameters["seed"].clone());
    assert_eq!(seeds.collect::<Vec<_>>(), [7, 8, 9]);
}

#[test]
fn alternatives_become_calls_of_one_run_each_with_its_prompt_and_the_same_seeds() {
    let template = |prompt: &str| {
        let prompt = prompt.to_owned();
        fit_entry("openai/gpt-image-2", json!({"n": 2}), move |draft| draft.prompt = prompt)
    };
    let fitted = template("a {red|blue} fox");
    assert_eq!((fitted.problems.len(), fitted.asked(), fitted.calls.len()), (0, 4, 4));
    let sent: Vec<_> = fitted.calls.iter().map(|call| (fitted.request_for(call).prompt, call.place)).collect();
    let expected = [("a red fox", 0), ("a red fox", 1), ("a blue fox", 0), ("a blue fox", 1)];
    assert_eq!(sent, expected.map(|(prompt, place)| (prompt.to_owned(), place)));
    assert_eq!(fitted.request.prompt, "a {red|blue} fox", "the run keeps the template");

    let json = r#"{"scene": {"subject": "fox | dog"}}"#;
    let plain = template(json);
    assert_eq!(plain.calls.iter().map(|call| plain.request_for(call).prompt).collect::<Vec<_>>(), [json, json]);

    let many = template("{a|b|c|d|e} {1|2|3|4|5} {x|y|z}");
    assert_eq!(many.problems, [Problem::TooManyPrompts { count: 75, most: 64 }]);
    assert_eq!(many.prompts.len(), 64);
    assert_eq!(template("{|fox}").problems, [Problem::EmptyAlternative]);
}
