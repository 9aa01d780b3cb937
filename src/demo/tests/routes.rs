//! Every route, the key rules, buffered and streamed answers.
//!
//! Runs against a started server through reqwest; a test fails if the server strays from the contract.

use super::*;

#[test]
fn discovery_needs_no_key_and_ignores_a_bad_one() {
    let bench = bench();
    for key in [None, Some("wrong"), Some(KEY)] {
        let list = bench.get("/images/models", key).json();
        let models = list["data"].as_array().unwrap();
        assert_eq!(models[0]["id"], "easel/atelier");
        let created: Vec<u64> = models.iter().map(|m| m["created"].as_u64().unwrap()).collect();
        assert!(created.is_sorted_by(|a, b| a > b), "newest first");
        assert!(models.iter().all(|m| m["id"].as_str().unwrap().starts_with("easel/")));
    }
}

#[test]
fn every_model_has_its_endpoints_and_the_union_of_their_values() {
    let bench = bench();
    let list = bench.get("/images/models", None).json();
    for model in list["data"].as_array().unwrap() {
        let path = model["endpoints"].as_str().unwrap().strip_prefix("/api/v1").unwrap();
        let record = bench.get(path, None).json();
        assert_eq!(record["id"], model["id"]);
        assert!(record.get("data").is_none(), "not wrapped");
        let endpoints = record["endpoints"].as_array().unwrap();
        assert_eq!(endpoints.is_empty(), model["id"] == "easel/daydream");
        for (field, descriptor) in endpoints.iter().flat_map(|e| e["supported_parameters"].as_object().unwrap()) {
            let union = &model["supported_parameters"][field];
            assert_eq!(union["type"], descriptor["type"]);
            for value in descriptor["values"].as_array().into_iter().flatten() {
                assert!(union["values"].as_array().unwrap().contains(value), "{field} {value}");
            }
        }
    }
}

#[test]
fn models_show_every_kind_of_control_price_and_answer() {
    let bench = bench();
    let list = bench.get("/images/models", None).json();
    let all: Vec<Value> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| bench.get(&m["endpoints"].as_str().unwrap()[7..], None).json())
        .collect();
    let endpoints: Vec<&Value> = all.iter().flat_map(|r| r["endpoints"].as_array().unwrap()).collect();
    let kinds: Vec<&str> = endpoints
        .iter()
        .flat_map(|e| e["supported_parameters"].as_object().unwrap().values())
        .filter_map(|d| d["type"].as_str())
        .collect();
    for kind in ["enum", "range", "boolean", "curve"] {
        assert!(kinds.contains(&kind), "{kind}");
    }
    let units: Vec<&str> =
        endpoints.iter().flat_map(|e| e["pricing"].as_array().unwrap()).filter_map(|l| l["unit"].as_str()).collect();
    for unit in ["image", "megapixel", "token", "request", "lumen"] {
        assert!(units.contains(&unit), "{unit}");
    }
    assert!(endpoints.iter().any(|e| e["provider_tag"].is_null()));
    assert!(endpoints.iter().any(|e| e["pricing"].as_array().unwrap().is_empty()));
    assert!(endpoints.iter().any(|e| e["provider_tag"] == "studio/eu"));
    assert!(endpoints.iter().any(|e| !e["allowed_passthrough_parameters"].as_array().unwrap().is_empty()));
    assert!(endpoints.iter().any(|e| e["supported_parameters"]["input_references"]["min"] == 1));
}

#[test]
fn unknown_paths_and_models_are_404_in_form_1() {
    let bench = bench();
    for path in ["/images/models/easel/nobody/endpoints", "/images/edits", "/", "/generation?id=1"] {
        let reply = bench.get(path, Some(KEY));
        assert_eq!((reply.status, reply.json()["error"]["code"].as_u64()), (404, Some(404)), "{path}");
    }
    assert_eq!(bench.get("/images", Some(KEY)).status, 405);
}

#[test]
fn only_the_demo_key_opens_the_rest() {
    let bench = bench();
    for path in ["/key", "/credits"] {
        assert_eq!(bench.get(path, Some(KEY)).status, 200);
        for (key, message) in [(None, "No cookie auth credentials found"), (Some("sk-or-v1-x"), "User not found.")] {
            let reply = bench.get(path, key);
            assert_eq!((reply.status, reply.message().as_str()), (401, message));
        }
    }
    let request =
        bench.client.post(format!("{}/images", bench.server.base_url())).json(&small("atelier", "sea", json!({})));
    assert_eq!(bench.send(request, Some("bad")).unwrap().status, 401);
}

#[test]
fn credits_fall_by_what_a_generation_costs() {
    let bench = bench();
    bench.post(&small("atelier", "sea", json!({"n": 2})));
    assert_eq!(bench.get("/credits", Some(KEY)).json()["data"]["total_usage"], 0.04);
    assert_eq!(bench.get("/key", Some(KEY)).json()["data"]["usage"], 0.04);
}

#[test]
fn older_list_of_models_names_the_image_models() {
    let bench = bench();
    let list = bench.get("/models?output_modalities=image", None).json();
    assert_eq!(list["data"].as_array().unwrap().len(), 9);
    assert_eq!(list["data"][0]["supported_parameters"][0], "aspect_ratio");
    assert_eq!(bench.get("/models", None).json()["data"].as_array().unwrap().len(), 0);
}

#[test]
fn buffered_answer_has_pictures_headers_and_usage() {
    let bench = bench();
    let reply = bench.post(&small(
        "atelier",
        "a mountain",
        json!({"n": 3, "seed": 5, "input_references": [reference([9, 99, 200])]}),
    ));
    assert_eq!(reply.status, 200, "{}", reply.text());
    assert!(reply.header("x-generation-id").starts_with("gen-img-"));
    assert_eq!(reply.header("x-provider-name"), "Easel Studio");
    let body = reply.json();
    assert!(body["created"].as_u64().unwrap() > 1_600_000_000);
    let data = body["data"].as_array().unwrap();
    assert_eq!(data.len(), 3);
    let pictures: Vec<Vec<u8>> = data.iter().map(decode).collect();
    assert_ne!(pictures[0], pictures[1]);
    let size = image::load_from_memory(&pictures[0]).unwrap();
    assert_eq!((size.width(), size.height(), &data[0]["media_type"]), (64, 48, &json!("image/png")));
    let usage = &body["usage"];
    let sum = usage["prompt_tokens"].as_u64().unwrap() + usage["completion_tokens"].as_u64().unwrap();
    assert_eq!(usage["total_tokens"].as_u64(), Some(sum));
    // Three pictures of the 512 tier and one reference.
    assert_eq!(usage["cost"], 0.062);
}

#[test]
fn alias_answers_like_the_path_itself() {
    let bench = bench();
    let request = bench.client.post(format!("{}/images/generations", bench.server.base_url()));
    let reply = bench.send(request.json(&small("atelier", "sea", json!({}))), Some(KEY)).unwrap();
    assert_eq!(reply.status, 200);
}

#[test]
fn same_seed_and_request_give_the_same_bytes_and_no_seed_gives_others() {
    let bench = bench();
    let fixed = small("atelier", "a lake at dusk", json!({"seed": 42}));
    assert_eq!(bench.post(&fixed).picture(), bench.post(&fixed).picture());
    let free = small("atelier", "a lake at dusk", json!({}));
    assert_ne!(bench.post(&free).picture(), bench.post(&free).picture());
}

#[test]
fn formats_and_timelessness_are_as_the_model_says() {
    let bench = bench();
    let cases = [
        (small("atelier", "sea", json!({"output_format": "jpeg"})), "image/jpeg", &b"\xFF\xD8\xFF"[..]),
        (small("atelier", "sea", json!({"output_format": "webp"})), "image/webp", b"RIFF"),
        (small("botanica", "fern", json!({})), "image/png", b"\x89PNG"),
        (small("sketch", "tree", json!({})), "image/jpeg", b"\xFF\xD8\xFF"),
        (small("lantern", "city", json!({})), "image/webp", b"RIFF"),
        (small("kaleido", "flow", json!({})), "image/jpeg", b"\xFF\xD8\xFF"),
        (small("panorama", "sea", json!({})), "image/jpeg", b"\xFF\xD8\xFF"),
        (small("stencil", "shapes", json!({"input_references": [reference([200, 30, 30])]})), "image/svg+xml", b"<svg"),
    ];
    for (body, media_type, start) in cases {
        let reply = bench.post(&body);
        let json = reply.json();
        assert_eq!(json["data"][0]["media_type"], media_type, "{body}");
        assert!(reply.picture().starts_with(start), "{body}");
        assert_eq!(json["created"] == 0, body["model"] == "easel/botanica");
    }
}

#[test]
fn free_model_costs_nothing_and_priceless_model_says_zero_units() {
    let bench = bench();
    assert_eq!(bench.post(&small("sketch", "tree", json!({}))).json()["usage"]["cost"], 0.0);
    let tokens = bench.post(&small("botanica", "fern", json!({}))).json()["usage"].clone();
    let expected = tokens["completion_tokens"].as_f64().unwrap() * 0.000_03 + 2.0 * 0.000_002;
    assert!((tokens["cost"].as_f64().unwrap() - expected).abs() < 1e-9, "{tokens}");
}

#[test]
fn stream_runs_from_comment_over_partials_to_done() {
    let bench = bench();
    let reply = bench.post(&small("atelier", "a mountain", json!({"stream": true, "n": 2, "seed": 1})));
    assert_eq!(reply.header("content-type"), "text/event-stream");
    assert!(reply.header("x-generation-id").starts_with("gen-img-"));
    assert!(reply.text().starts_with(": \n\n") && !reply.text().contains('\r'));
    let events = reply.events();
    let types: Vec<&str> = events.iter().map(|e| e["type"].as_str().unwrap_or("[DONE]")).collect();
    let one = ["image_generation.partial_image"; 3].into_iter().chain(["image_generation.completed"]);
    let expected: Vec<&str> = one.clone().chain(one).chain(["[DONE]"]).collect();
    assert_eq!(types, expected);
    assert_eq!(events[8], json!("[DONE]"));
    for (index, event) in events[..3].iter().enumerate() {
        assert_eq!(event["partial_image_index"], index);
        assert!(image::load_from_memory(&decode(event)).is_ok());
    }
    assert_eq!(events[3]["media_type"], "image/png");
    assert!(events[3]["usage"]["total_tokens"].as_u64().unwrap() > 0);
    let buffered = bench.post(&small("atelier", "a mountain", json!({"n": 2, "seed": 1}))).json();
    assert_eq!(events[3]["b64_json"], buffered["data"][0]["b64_json"]);
    assert_eq!(events[7]["b64_json"], buffered["data"][1]["b64_json"]);
}

#[test]
fn vector_stream_tells_its_text_and_completes_with_the_same() {
    let bench = bench();
    let events = bench.post(&small("engraver", "poppies", json!({"stream": true, "seed": 3}))).events();
    assert_eq!(events[0]["phase"], "reasoning");
    let text: String = events.iter().filter(|e| e["phase"] == "content").filter_map(|e| e["text"].as_str()).collect();
    let completed = events.iter().find(|e| e["type"] == "image_generation.completed").unwrap();
    assert_eq!(text.as_bytes(), decode(completed));
    assert_eq!(completed["media_type"], "image/svg+xml");
    assert!(events.iter().filter(|e| e["phase"] == "content").count() > 10);
    assert!(resvg::usvg::Tree::from_str(&text, &resvg::usvg::Options::default()).is_ok());
}

#[test]
fn stream_asked_of_a_model_that_cannot_is_json() {
    let bench = bench();
    let reply = bench.post(&small("sketch", "tree", json!({"stream": true})));
    assert_eq!((reply.status, reply.header("content-type")), (200, "application/json"));
    assert!(!reply.picture().is_empty());
}

#[test]
fn comments_keep_a_slow_stream_alive() {
    let bench = paced(Duration::from_millis(2400));
    let reply = bench.post(&small("atelier", "sea", json!({"stream": true})));
    assert!(reply.text().matches(": \n\n").count() >= 2, "{}", reply.text().len());
}

#[test]
fn dropped_server_closes_its_streams() {
    let bench = bench();
    let Bench { server, client, runtime } = bench;
    let url = format!("{}/images", server.base_url());
    runtime.block_on(async {
        let body = small("atelier", "sea @@stall", json!({"stream": true}));
        let mut response = client.post(url).bearer_auth(KEY).json(&body).send().await.unwrap();
        assert!(response.chunk().await.unwrap().is_some());
        drop(server);
        while let Ok(Some(_)) = response.chunk().await {}
    });
}
