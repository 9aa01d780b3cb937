//! Every fault, asked for over HTTP, does what its description says.
//!
//! Runs against a started server through reqwest; a test fails if the server strays from the contract.

use super::*;
use crate::demo::FAULTS;

fn ask(bench: &Bench, fault: &str, more: Value) -> Reply {
    bench.post(&small("atelier", &format!("a lake @@{fault}"), more))
}

fn stream(bench: &Bench, fault: &str) -> Reply {
    ask(bench, fault, json!({"stream": true}))
}

#[test]
fn faults_that_refuse_have_their_status_and_form() {
    let bench = bench();
    let cases = [
        ("400", 400),
        ("zod", 400),
        ("401", 401),
        ("402", 402),
        ("402-budget", 402),
        ("403", 403),
        ("404", 404),
        ("408", 408),
        ("413", 413),
        ("429", 429),
        ("500", 500),
        ("502", 502),
        ("502-safety", 502),
        ("503", 503),
        ("524", 524),
        ("529", 529),
        ("availability", 503),
        ("refusal", 403),
        ("html", 502),
        ("empty-body", 500),
        ("error-200", 200),
    ];
    for (fault, status) in cases {
        for more in [json!({}), json!({"stream": true})] {
            let reply = ask(&bench, fault, more);
            assert_eq!(reply.status, status, "{fault}");
            let form1 = !["zod", "html", "empty-body", "availability", "error-200"].contains(&fault);
            assert!(!form1 || reply.json()["error"]["code"] == status, "{fault}");
        }
    }
}

#[test]
fn details_of_refusals_are_those_of_the_service() {
    let bench = bench();
    assert_eq!(ask(&bench, "429", json!({})).header("retry-after"), "1");
    let budget = ask(&bench, "402-budget", json!({}));
    assert_eq!(budget.json()["error"]["metadata"]["reason"], "in_flight_budget_exhausted");
    assert_eq!(budget.header("retry-after"), "1");
    assert!(httpdate::parse_http_date(ask(&bench, "503", json!({})).header("retry-after")).is_ok());
    assert!(ask(&bench, "html", json!({})).header("content-type").starts_with("text/html"));
    assert!(ask(&bench, "empty-body", json!({})).bytes.is_empty());
    assert!(ask(&bench, "error-200", json!({})).json()["error"]["message"].is_string());
    assert_eq!(ask(&bench, "zod", json!({})).json()["error"]["name"], "ZodError");
    let refusal = ask(&bench, "refusal", json!({})).json();
    assert!(
        refusal["error"]["metadata"]["reasons"].is_array() && refusal["error"]["metadata"]["flagged_input"].is_string()
    );
    assert_eq!(ask(&bench, "availability", json!({})).json()["error"]["availability"]["retryable"], true);
}

#[test]
fn once_faults_fail_once_per_prompt_and_session() {
    let bench = bench();
    for (fault, status) in [("429-once", 429), ("503-once", 503)] {
        for session in ["a", "b"] {
            let more = json!({"session_id": session});
            assert_eq!(ask(&bench, fault, more.clone()).status, status);
            assert_eq!(ask(&bench, fault, more).status, 200);
        }
    }
}

#[test]
fn fault_words_do_not_change_the_picture() {
    let bench = bench();
    let plain = bench.post(&small("atelier", "a lake", json!({"seed": 4}))).picture();
    assert_eq!(ask(&bench, "no-usage", json!({"seed": 4})).picture(), plain);
}

#[test]
fn pictures_are_spoiled_as_asked() {
    let bench = bench();
    let corrupt = ask(&bench, "corrupt", json!({})).json();
    let text = corrupt["data"][0]["b64_json"].as_str().unwrap();
    assert!(base64::engine::general_purpose::STANDARD.decode(text).is_err());
    assert!(image::guess_format(&ask(&bench, "garbage", json!({})).picture()).is_err());
    let bomb = ask(&bench, "bomb", json!({})).picture();
    assert!(bomb.len() < 1000 && bomb.starts_with(b"\x89PNG"));
    let truncated = ask(&bench, "truncated", json!({})).picture();
    assert!(truncated.starts_with(b"\x89PNG") && image::load_from_memory(&truncated).is_err());
    let wrong = ask(&bench, "wrong-type", json!({}));
    assert_eq!(wrong.json()["data"][0]["media_type"], "image/png");
    assert!(wrong.picture().starts_with(b"\xFF\xD8\xFF"));
    let svg = String::from_utf8(ask(&bench, "svg-hostile", json!({})).picture()).unwrap();
    assert!(
        ["file:///etc/passwd", "<script>", "http://127.0.0.1:9/", "<g><g><g>"].iter().all(|part| svg.contains(part))
    );
    let wrong = bench.post(&small("engraver", "x @@wrong-type", json!({})));
    assert!(wrong.picture().starts_with(b"\xFF\xD8\xFF"));
    assert!(stream(&bench, "corrupt").text().contains("%%not base64%%"));
}

#[test]
fn counts_and_usage_can_be_missing() {
    let bench = bench();
    assert_eq!(ask(&bench, "empty", json!({})).json()["data"], json!([]));
    for (n, left) in [(1, 0), (3, 2)] {
        assert_eq!(ask(&bench, "fewer", json!({"n": n})).json()["data"].as_array().unwrap().len(), left);
    }
    assert!(ask(&bench, "no-usage", json!({})).json().get("usage").is_none());
    assert!(ask(&bench, "null-cost", json!({})).json()["usage"]["cost"].is_null());
    let completed = |reply: &Reply| reply.events().iter().filter(|e| e["type"] == "image_generation.completed").count();
    assert_eq!(completed(&ask(&bench, "fewer", json!({"n": 3, "stream": true}))), 2);
    assert_eq!(completed(&stream(&bench, "empty")), 0);
}

#[test]
fn connections_break_where_asked() {
    let bench = bench();
    assert!(bench.try_post(&small("atelier", "x @@cut-before", json!({}))).is_err());
    assert!(bench.try_post(&small("atelier", "x @@cut-before", json!({"stream": true}))).is_err());
    assert_eq!(bench.post(&small("atelier", "x", json!({}))).status, 200, "the next connection is whole");
    for more in [json!({}), json!({"stream": true})] {
        let cut = ask(&bench, "cut", more.clone());
        assert!(cut.status == 200 && !cut.whole && !cut.bytes.is_empty());
        let early = ask(&bench, "end-early", more);
        assert!(early.status == 200 && early.whole && !early.text().contains("image_generation.completed"));
    }
    assert!(stream(&bench, "cut").events().iter().any(|e| e["type"] == "image_generation.partial_image"));
    assert!(serde_json::from_slice::<Value>(&ask(&bench, "end-early", json!({})).bytes).is_err());
}

#[test]
fn stall_sends_something_and_then_nothing() {
    let bench = bench();
    for streamed in [true, false] {
        bench.runtime.block_on(async {
            let body = small("atelier", "x @@stall", json!({"stream": streamed}));
            let url = format!("{}/images", bench.server.base_url());
            let mut response = bench.client.post(url).bearer_auth(KEY).json(&body).send().await.unwrap();
            assert!(response.chunk().await.unwrap().is_some());
            let rest = async { while response.chunk().await.unwrap().is_some() {} };
            assert!(tokio::time::timeout(Duration::from_millis(700), rest).await.is_err());
        });
    }
}

#[test]
fn stream_faults_show_in_the_events() {
    let bench = bench();
    let done = stream(&bench, "no-done");
    assert!(!done.text().contains("[DONE]") && done.text().contains("image_generation.completed"));
    for (fault, code) in [("error-mid", json!("server_error")), ("error-code-number", json!(502))] {
        let events = stream(&bench, fault).events();
        let error = events.iter().position(|e| e["type"] == "error").unwrap();
        assert_eq!(events[error]["error"]["code"], code);
        assert!(events[..error].iter().any(|e| e["type"] == "image_generation.partial_image"));
        assert!(!events.iter().any(|e| e["type"] == "image_generation.completed"));
        assert!(ask(&bench, fault, json!({})).json()["error"].is_object());
    }
    let strange = stream(&bench, "unknown-events").text();
    assert!(
        strange.contains("event: novelty")
            && strange.contains("humming")
            && strange.contains("image_generation.completed")
    );
    assert!(ask(&bench, "unknown-events", json!({})).json()["mood"].is_object());
    let slow = stream(&bench, "slow");
    assert!(slow.text().matches(": \n\n").count() >= 4 && !slow.text().contains("partial_image"));
    assert!(slow.text().contains("image_generation.completed"));
}

#[test]
fn crlf_stream_is_still_whole_when_read_by_the_rules() {
    let bench = bench();
    let text = stream(&bench, "crlf").text();
    let text = text.strip_prefix('\u{FEFF}').unwrap();
    let blocks: Vec<String> = text
        .split("\r\n\r\n")
        .map(|block| block.split("\r\n").filter_map(|line| line.strip_prefix("data:")).collect::<Vec<_>>().join("\n"))
        .filter(|data| !data.is_empty())
        .collect();
    assert_eq!(blocks.last().unwrap(), "[DONE]");
    assert!(blocks[0].contains('\n'), "several data lines");
    let events: Vec<Value> = blocks[..blocks.len() - 1].iter().map(|b| serde_json::from_str(b).unwrap()).collect();
    assert_eq!(events.last().unwrap()["type"], "image_generation.completed");
}

#[test]
fn every_fault_has_a_description_and_is_reachable() {
    let bench = bench();
    for (name, description) in FAULTS {
        assert!(!description.is_empty());
        if *name != "stall" {
            let reply = bench.try_post(&small("atelier", &format!("@@{name}"), json!({})));
            assert!(reply.is_err() || reply.unwrap().status != 404 || *name == "404", "{name}");
        }
    }
}
