//! What is refused before painting, in which form, and how the endpoint is chosen.
//!
//! Runs against a started server through reqwest; a test fails if the server strays from the contract.

use super::*;

#[test]
fn schema_violations_are_zod_issues_with_a_path() {
    let bench = bench();
    let base = |more: Value| small("atelier", "sea", more);
    let too_many: Vec<Value> = (0..17).map(|_| reference([1, 2, 3])).collect();
    let cases = [
        (json!([]), vec![]),
        (json!({"prompt": "x"}), vec!["model"]),
        (json!({"model": "easel/atelier"}), vec!["prompt"]),
        (base(json!({"prompt": ""})), vec!["prompt"]),
        (base(json!({"prompt": 7})), vec!["prompt"]),
        (base(json!({"n": 0})), vec!["n"]),
        (base(json!({"n": 11})), vec!["n"]),
        (base(json!({"n": "2"})), vec!["n"]),
        (base(json!({"n": 1.5})), vec!["n"]),
        (base(json!({"seed": null})), vec!["seed"]),
        (base(json!({"seed": "1"})), vec!["seed"]),
        (base(json!({"quality": "superb"})), vec!["quality"]),
        (base(json!({"aspect_ratio": "17:3"})), vec!["aspect_ratio"]),
        (base(json!({"resolution": "8K"})), vec!["resolution"]),
        (base(json!({"output_format": "gif"})), vec!["output_format"]),
        (base(json!({"output_compression": 101})), vec!["output_compression"]),
        (base(json!({"stream": "yes"})), vec!["stream"]),
        (base(json!({"input_references": "https://a.example/b.png"})), vec!["input_references"]),
        (base(json!({"input_references": ["https://a.example/b.png"]})), vec!["input_references", "0"]),
        (base(json!({"input_references": [{"type": "image_url"}]})), vec!["input_references", "0", "image_url", "url"]),
        (base(json!({"input_references": too_many})), vec!["input_references"]),
        (base(json!({"provider": null})), vec!["provider"]),
        (base(json!({"provider": {"only": "studio"}})), vec!["provider", "only"]),
        (base(json!({"session_id": "x".repeat(257)})), vec!["session_id"]),
    ];
    for (body, path) in cases {
        let reply = bench.post(&body);
        let json = reply.json();
        assert_eq!(
            (reply.status, &json["success"], &json["error"]["name"]),
            (400, &json!(false), &json!("ZodError")),
            "{path:?}"
        );
        let issues: Value = serde_json::from_str(json["error"]["message"].as_str().unwrap()).unwrap();
        let found: Vec<String> =
            issues[0]["path"].as_array().unwrap().iter().map(|p| p.to_string().replace('"', "")).collect();
        assert_eq!(found, path);
        assert!(!issues[0]["message"].as_str().unwrap().is_empty());
    }
}

#[test]
fn conflicts_and_values_outside_the_descriptors_are_form_1() {
    let bench = bench();
    let cases = [
        (json!({"model": "easel/nobody", "prompt": "x"}), "easel/nobody is not a valid model ID"),
        (small("atelier", "x", json!({"size": "1024x512", "aspect_ratio": "1:1"})), "aspect_ratio"),
        (small("atelier", "x", json!({"size": "1024x1024", "resolution": "2K"})), "resolution"),
        (small("atelier", "x", json!({"size": "2K", "resolution": "1K"})), "resolution"),
        (small("atelier", "x", json!({"size": "big"})), "size"),
        (small("atelier", "x", json!({"size": "9000x9000"})), "size"),
        (small("atelier", "x", json!({"background": "transparent", "output_format": "jpeg"})), "transparent"),
        (small("atelier", "x", json!({"output_format": "svg"})), "output_format must be one of png, jpeg, webp"),
        (small("atelier", "x", json!({"quality": "max"})), "quality"),
        (small("sketch", "x", json!({"seed": 1})), "does not support seed"),
        (small("sketch", "x", json!({"quality": "low"})), "does not support quality"),
        (small("sketch", "x", json!({"n": 2})), "n must be between 1 and 1"),
        (small("kaleido", "x", json!({"n": 2})), "does not support n"),
        (small("kaleido", "x", json!({"output_compression": 20})), "output_compression must be between 40 and 95"),
        (small("kaleido", "x", json!({"input_references": [reference([1, 2, 3])]})), "input_references"),
        (small("stencil", "x", json!({})), "input_references must be between 1 and 4"),
        (
            small(
                "atelier",
                "x",
                json!({"input_references": [{"type": "image_url", "image_url": {"url": "ftp://a"}}]}),
            ),
            "http(s)",
        ),
        (small("atelier", "x @@nonsense", json!({})), "no fault @@nonsense"),
    ];
    for (body, part) in cases {
        let reply = bench.post(&body);
        assert_eq!((reply.status, reply.json()["error"]["code"].as_u64()), (400, Some(400)), "{body}");
        assert!(reply.message().contains(part), "{part}: {}", reply.message());
    }
    let request = bench.client.post(format!("{}/images", bench.server.base_url())).body("{not json");
    assert_eq!(bench.send(request, Some(KEY)).unwrap().status, 400);
}

#[test]
fn matching_pairs_and_undeclared_harmless_fields_are_accepted() {
    let bench = bench();
    for body in [
        small("atelier", "x", json!({"size": "512x512", "resolution": "512", "aspect_ratio": "1:1"})),
        small("kaleido", "x", json!({"n": 1})),
        small("kaleido", "x", json!({"n": 1.0})),
        small("botanica", "x", json!({"size": "512"})),
        small("lantern", "x", json!({"style_strength": [0, 1], "negative_prompt": "y", "mask": 3})),
        small(
            "atelier",
            "x",
            json!({"provider": {"only": null, "order": null, "allow_fallbacks": null, "options": null, "zdr": true}}),
        ),
        small("atelier", "x", json!({"user": "u", "session_id": "s", "trace": {"a": 1}})),
    ] {
        let reply = bench.post(&body);
        assert_eq!(reply.status, 200, "{body}: {}", reply.text());
    }
}

#[test]
fn routing_wishes_choose_the_endpoint() {
    let bench = bench();
    let large = json!({"resolution": "4K", "size": "4K"});
    let cases = [
        (json!({}), 200, "Easel Studio"),
        (json!({"only": ["loft/us-2"]}), 200, "Loft"),
        (json!({"only": ["loft"]}), 200, "Loft"),
        (json!({"ignore": ["studio"]}), 200, "Loft"),
        (json!({"order": ["loft/us-2"]}), 200, "Loft"),
        (json!({"order": ["studio/eu"], "allow_fallbacks": false}), 200, "Easel Studio"),
        (json!({"only": ["studio/us"]}), 404, ""),
        (json!({"ignore": ["studio", "loft"]}), 404, ""),
        (json!({"order": ["garret"], "allow_fallbacks": false}), 404, ""),
    ];
    for (provider, status, name) in cases {
        let reply = bench.post(&small("panorama", "sea", json!({"provider": provider})));
        assert_eq!((reply.status, reply.header("x-provider-name")), (status, name), "{provider}");
    }
    // Transparency is beyond the first endpoint: fall back, unless that is forbidden.
    let free = small("panorama", "sea", json!({"background": "transparent"}));
    assert_eq!(bench.post(&free).header("x-provider-name"), "Loft");
    let mut pinned = small("panorama", "sea", large);
    pinned["provider"] = json!({"only": ["studio/eu"], "allow_fallbacks": false});
    let refused = bench.post(&pinned);
    assert_eq!(refused.status, 400);
    assert!(refused.message().contains("Easel Studio: resolution must be one of 512, 1K, 2K"), "{}", refused.message());
    assert_eq!(bench.post(&small("daydream", "x", json!({}))).status, 404);
}

#[test]
fn allowed_options_act_unknown_ones_are_dropped_and_bad_ones_refused() {
    let bench = bench();
    let picture = |options: Value| {
        bench.post(&small("atelier", "a lake", json!({"seed": 1, "provider": {"options": options}}))).picture()
    };
    let plain = picture(json!({}));
    assert_eq!(picture(json!({"studio": {"colour": "red"}, "loft": {"mist": 1}})), plain);
    assert_eq!(picture(json!({"studio": {"parameters": {"mist": 1}}})), plain);
    assert_ne!(picture(json!({"studio": {"mist": 1}})), plain);
    assert_ne!(picture(json!({"studio": {"palette": "ember"}})), picture(json!({"studio": {"palette": "teal"}})));
    for options in [json!({"mist": 7}), json!({"mist": "much"}), json!({"palette": "mud"})] {
        let reply = bench.post(&small("atelier", "a lake", json!({"provider": {"options": {"studio": options}}})));
        assert_eq!(
            (reply.status, reply.json()["error"]["metadata"]["provider_name"].as_str()),
            (400, Some("Easel Studio"))
        );
    }
}

#[test]
fn body_over_the_limit_is_413() {
    let bench = bench();
    let body = vec![b' '; crate::demo::routes::BODY_LIMIT + 1];
    let request = bench.client.post(format!("{}/images", bench.server.base_url())).body(body);
    let reply = bench.send(request, Some(KEY)).unwrap();
    assert_eq!((reply.status, reply.json()["error"]["code"].as_u64()), (413, Some(413)));
}
