//! Answers as servers write them.

use super::*;
use crate::api::RefusalKind;
use serde_json::json;

fn parse(value: &Value) -> GenerationResponse {
    parse_generation("application/json", value.to_string().as_bytes())
}

#[test]
fn words_in_the_place_of_a_picture_are_kept_as_what_came_and_are_no_picture() {
    for words in ["busy", "Error", "none", "null", "Sorry", "please try again later", "Rate limited.", "word"] {
        let answer = parse(&json!({"data": [{"b64_json": words}, {"b64_json": "AQID"}]}));
        assert_eq!((answer.images.len(), answer.broken), (1, 1), "{words}");
        assert!(!answer.is_all_read(), "{words}: the answer is kept as it came");
        assert!(answer.unreadable.unwrap().contains("an error came in the place of a picture"), "{words}");
    }
    for words in
        ["{\"code\": 503}", "<?xml version=\"1.0\"?><Error>busy</Error>", "\u{feff}<html>no", "Sorry, I can't."]
    {
        let answer = parse(&json!({"data": [{"b64_json": encoding_of(words.as_bytes())}]}));
        assert_eq!((answer.images.len(), answer.broken, answer.is_all_read()), (0, 1, false), "{words}");
    }
    // What could be a picture is one, even if nobody knows its form.
    for letters in ["AQID", "R0lGODlhAQABAAAAACw=", "c8busy12", "BUSY"] {
        let answer = parse(&json!({"data": [{"b64_json": letters}]}));
        assert_eq!((answer.images.len(), answer.broken), (1, 0), "{letters}");
    }
}

#[test]
fn pictures_and_usage_are_read() {
    let answer = parse(&json!({
        "created": 1790812800.0,
        "data": [{"b64_json": "AQID", "media_type": "image/png"}, {"b64_json": "BAU"}],
        "usage": {"prompt_tokens": 10, "completion_tokens": 20.0, "total_tokens": "30", "cost": "0.04",
                  "is_byok": false, "cost_details": null},
        "new": {}
    }));
    assert_eq!(answer.created, Some(1_790_812_800));
    assert!(answer.is_all_read());
    let expected = [(vec![1, 2, 3], Some("image/png".to_owned())), (vec![4, 5], None)];
    let images = answer.images.into_iter().map(|image| (image.bytes, image.media_type));
    assert_eq!(images.collect::<Vec<_>>(), expected);
    let usage = answer.usage.unwrap();
    assert_eq!((usage.prompt_tokens, usage.completion_tokens, usage.total_tokens), (Some(10), Some(20), Some(30)));
    assert_eq!(usage.cost, Some(0.04));
    assert_eq!(Value::Object(usage.other), json!({"is_byok": false, "cost_details": null}));
}

#[test]
fn missing_parts_are_absent_and_broken_pictures_are_counted() {
    let answer = parse(&json!({"created": 0, "error": null, "usage": null, "data": [
        {"b64_json": "AQID"}, {"b64_json": "!"}, {"b64_json": null}, {}, null, "BAU=", {"b64_json": ""}
    ]}));
    assert_eq!((answer.created, answer.images.len(), answer.broken, answer.usage), (None, 2, 5, None));
    let empty = parse(&json!({"data": []}));
    assert_eq!((empty.images.len(), empty.broken, empty.unreadable), (0, 0, None));
    assert_eq!(Usage::parse(Some(&json!({"cost": null}))).map(|usage| usage.cost), Some(None));
    for odd in [json!(-3), json!(1e300), json!("free")] {
        let usage = Usage::parse(Some(&json!({"cost": odd}))).unwrap();
        assert_eq!((usage.cost, usage.other.get("cost")), (None, Some(&odd)), "told, and not believed");
    }
}

#[test]
fn pictures_beside_an_error_are_read() {
    let answer = parse(&json!({"error": {"code": 503, "message": "busy"}, "data": [{"b64_json": "AQID"}]}));
    let error = answer.error.unwrap();
    assert_eq!((error.status, error.kind), (Some(503), RefusalKind::Unavailable));
    assert_eq!(answer.images[0].bytes, [1, 2, 3]);
}

#[test]
fn every_body_that_holds_a_picture_gives_it() {
    let png = b"\x89PNG\r\n\x1a\n\0".as_slice();
    let base64 = encoding_of(png);
    let drawing = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
    let event = |name: &str| format!("data: {{\"type\":\"{name}\",\"b64_json\":\"{base64}\"}}\n\n");
    let address = format!("data:image/png;base64,{base64}");
    for (media_type, body, picture) in [
        ("image/png", png.to_vec(), png),
        ("application/octet-stream", png.to_vec(), png),
        ("application/json", png.to_vec(), png),
        ("text/event-stream", png.to_vec(), png),
        ("image/avif", b"\0\0\0 ftypavif".to_vec(), b"\0\0\0 ftypavif"),
        ("image/jxs", b"odd bytes".to_vec(), b"odd bytes"),
        ("image/svg+xml", drawing.into(), drawing.as_bytes()),
        ("text/plain", drawing.into(), drawing.as_bytes()),
        ("text/plain", base64.clone().into(), png),
        ("text/plain", address.clone().into(), png),
        ("application/json", event("image_generation.completed").into(), png),
        ("text/plain", event("image_edit.completed").into(), png),
        ("application/json", json!({"data": [{"url": address}]}).to_string().into(), png),
        ("application/json", json!({"data": [{"image_url": {"url": address}}]}).to_string().into(), png),
        ("application/json", json!({"data": {"b64_json": base64}}).to_string().into(), png),
        ("application/json", json!({"images": [base64]}).to_string().into(), png),
        ("application/json", json!({"data": null, "images": [{"b64_json": base64}]}).to_string().into(), png),
        ("application/json", json!({"data": [], "images": [{"b64_json": base64}]}).to_string().into(), png),
        ("application/json", json!({"data": {"images": [{"b64_json": base64}]}}).to_string().into(), png),
        ("application/json", json!({"b64_json": base64}).to_string().into(), png),
        ("application/json", json!({"type": "image_generation.completed", "b64_json": base64}).to_string().into(), png),
        (
            "application/x-ndjson",
            format!(
                "{}\n{}\n",
                json!({"type": "image_generation.partial_image", "b64_json": "AQID"}),
                json!({"type": "image_generation.completed", "b64_json": base64})
            )
            .into(),
            png,
        ),
        ("application/json", json!({"data": [{"b64_json": encoding_of(base64.as_bytes())}]}).to_string().into(), png),
        ("application/json", json!([{"b64_json": base64}]).to_string().into(), png),
        ("application/json", json!({"data": [{"b64_json": drawing}]}).to_string().into(), drawing.as_bytes()),
        ("text/event-stream", json!({"data": [{"b64_json": base64}]}).to_string().into(), png),
        ("text/html", json!({"data": [{"b64_json": base64}]}).to_string().into(), png),
        ("application/json", json!({"data": [{"b64_json": base64}]}).to_string().replace('}', ",}").into(), png),
    ] {
        let answer = parse_generation(media_type, &body);
        let text = String::from_utf8_lossy(&body).into_owned();
        let images: Vec<_> = answer.images.iter().map(|image| (image.bytes.as_slice(), image.whole)).collect();
        assert_eq!(images, [(picture, true)], "{media_type}: {text}");
        assert!(answer.is_all_read(), "{text}");
    }
}

fn encoding_of(bytes: &[u8]) -> String {
    let mut text = String::new();
    encoding::encode_onto(&mut text, bytes);
    text
}

#[test]
fn what_holds_no_picture_is_unreadable_and_never_quoted() {
    for (media_type, body, reason) in [
        ("application/json", "", "it is empty"),
        ("application/json", "busy", "it is not JSON"),
        ("text/html", "<html>Log in", "it is a web page instead of JSON, as the sign-in pages of networks are"),
        ("text/plain", "try again", "it is text/plain instead of JSON"),
        ("application/json", "{}", "there is no list of pictures in it"),
        ("application/json", r#"{"data":null}"#, "there is no list of pictures in it"),
        ("application/json", r#"{"created":1"#, "its JSON is cut off"),
        ("application/json", r#"{"data":[{"b64_json":"QUJDREVG"#, "the base64 of a picture is broken"),
        (
            "application/json",
            r#"{"data":[{"b64_json":"PGh0bWw+YnVzeTwvaHRtbD4="}]}"#,
            "a web page or an error came in the place of a picture",
        ),
        (
            "application/json",
            r#"{"data":[{"url":"https://x.test/QUJD.png"}]}"#,
            "it names an address instead of a picture, and Easel fetches none by itself",
        ),
    ] {
        let answer = parse_generation(media_type, body.as_bytes());
        assert_eq!(answer.unreadable.as_deref(), Some(reason), "{body}");
        assert!(!answer.is_all_read() && answer.images.is_empty());
        assert!(!reason.contains("QUJD"));
    }
}

#[test]
fn a_list_that_is_cut_off_keeps_what_came() {
    let whole = encoding_of(b"\x89PNG\r\n\x1a\n0123456789");
    let text = json!({"data": [{"b64_json": whole}, {"b64_json": whole}]}).to_string();
    let answer = parse_generation("application/json", &text.as_bytes()[..text.len() - 10]);
    let images: Vec<_> = answer.images.iter().map(|image| (image.bytes.len(), image.whole)).collect();
    assert_eq!(images, [(18, true), (13, false)]);
}
