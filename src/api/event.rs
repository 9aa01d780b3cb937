//! What one event of a generation stream means.
//!
//! May import the types of `api` only. Invariants: what is unknown is named and ignored, never an error; a broken
//! preview costs only itself, while a broken result is an error, because it was what was paid for; a picture is a
//! result under whatever name it comes, unless that says that it is a preview.

use super::loose::{count, member, text};
use super::response::{created, why_no_picture};
use super::{Error, GeneratedImage, GenerationResponse, Refusal, Usage, json};
use serde_json::Value;

/// Says one thing that a stream told.
#[derive(Clone, Debug, PartialEq)]
pub enum StreamEvent {
    /// A preview that replaces the former one; never a result.
    PartialImage {
        /// As sent: may start anywhere and skip.
        index: Option<u64>,
        image: GeneratedImage,
    },
    /// Text of a picture that is written rather than painted.
    TextChunk { phase: Phase, text: String },
    /// A result. There may be several, with n above 1.
    Completed {
        image: GeneratedImage,
        /// Unix seconds; `None` when absent or 0: use the local clock.
        created: Option<i64>,
        usage: Option<Usage>,
    },
    /// A buffered answer in the place of a stream, or of one of its events.
    Buffered(Box<GenerationResponse>),
    /// The service's own error. Results may still follow, and are good.
    Error(Refusal),
    /// An event that this version does not know, by its type; safe to ignore.
    Unknown(String),
    /// `[DONE]`: nothing should follow.
    Done,
    /// A comment: a sign of life.
    Comment,
}

/// Says what a text chunk is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Phase {
    /// SVG markup so far: append.
    Content,
    /// A preview to throw away.
    Draft,
    /// Progress for people.
    Reasoning,
    /// A phase that this version does not know; ignore its text.
    Other(String),
}

/// What an event is for, by its type.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Partial,
    Text,
    Result,
    Other,
}

impl Role {
    fn of(kind: &str) -> Self {
        let known = ["image_generation.", "image_edit.", "image_variation."];
        match known.iter().find_map(|prefix| kind.strip_prefix(prefix)) {
            Some("partial_image") => Self::Partial,
            Some("text_chunk") => Self::Text,
            Some("completed") => Self::Result,
            _ => Self::Other,
        }
    }
}

/// Reads one event; `name` is that of its `event` line, which serves where the data names no type.
///
/// Empty: nothing of use (no data, or a preview that cannot be read). An item fails with `Unreadable` when a result's
/// picture is missing or broken.
pub(super) fn parse_event(name: &str, data: &[u8]) -> Vec<Result<StreamEvent, Error>> {
    let data = data.trim_ascii();
    if data.is_empty() {
        return Vec::new();
    }
    if data == b"[DONE]" {
        return vec![Ok(StreamEvent::Done)];
    }
    let Some(json::Parsed { value, .. }) = json::parse(data) else {
        let bare = std::str::from_utf8(data).ok().filter(|_| Role::of(name) == Role::Result);
        let image = bare.and_then(|text| GeneratedImage::parse(&Value::from(text)));
        let unknown = StreamEvent::Unknown("not JSON".to_owned());
        return vec![Ok(image.map_or(unknown, |image| StreamEvent::Completed { image, created: None, usage: None }))];
    };
    let kind = text(&value, "type").unwrap_or(name).to_owned();
    let error = member(&value, "error").is_some() || kind == "error";
    let error = error.then(|| Ok(StreamEvent::Error(Refusal::from_event(&value))));
    let completed = |image| {
        let usage = Usage::parse(value.get("usage"));
        Some(Ok(StreamEvent::Completed { image, created: created(&value), usage }))
    };
    let partial = |image| {
        let index = count(&value, "partial_image_index");
        Some(Ok(StreamEvent::PartialImage { index, image }))
    };
    let said = match (Role::of(&kind), GeneratedImage::parse(&value)) {
        (Role::Partial, image) => image.and_then(partial),
        (Role::Text, _) => text(&value, "text").map(|chunk| {
            let phase = Phase::parse(text(&value, "phase").unwrap_or_default());
            Ok(StreamEvent::TextChunk { phase, text: chunk.to_owned() })
        }),
        (Role::Result, None) if error.is_none() => {
            Some(Err(Error::Unreadable { reason: why_no_picture(&value).to_owned() }))
        }
        (Role::Other, Some(image)) if kind.contains("partial") || kind.contains("preview") => partial(image),
        (Role::Result | Role::Other, Some(image)) => completed(image),
        (Role::Other, None) if ["data", "images"].iter().any(|list| value.get(*list).is_some_and(Value::is_array)) => {
            let whole = GenerationResponse::parse(value, false);
            return vec![Ok(StreamEvent::Buffered(Box::new(whole)))];
        }
        (Role::Other, None) if error.is_none() => Some(Ok(StreamEvent::Unknown(super::readable::clip(&kind, 100)))),
        (Role::Result | Role::Other, None) => None,
    };
    said.into_iter().chain(error).collect()
}

impl Phase {
    fn parse(word: &str) -> Self {
        match word {
            "content" => Self::Content,
            "draft" => Self::Draft,
            "reasoning" => Self::Reasoning,
            other => Self::Other(other.to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::RefusalKind;
    use serde_json::json;

    fn parse(value: &Value) -> Vec<Result<StreamEvent, Error>> {
        parse_event("", value.to_string().as_bytes())
    }

    fn event(value: &Value) -> StreamEvent {
        let mut events = parse(value);
        assert_eq!(events.len(), 1, "{events:?}");
        events.remove(0).unwrap()
    }

    fn picture(bytes: &[u8], media_type: Option<&str>) -> GeneratedImage {
        GeneratedImage { bytes: bytes.to_vec(), media_type: media_type.map(str::to_owned), whole: true }
    }

    #[test]
    fn the_four_known_events_are_read() {
        let partial = json!({"type": "image_generation.partial_image", "partial_image_index": 3.0, "b64_json": "AQID"});
        assert_eq!(event(&partial), StreamEvent::PartialImage { index: Some(3), image: picture(&[1, 2, 3], None) });
        for (word, phase) in [
            ("content", Phase::Content),
            ("draft", Phase::Draft),
            ("reasoning", Phase::Reasoning),
            ("x", Phase::Other("x".to_owned())),
        ] {
            let chunk = json!({"type": "image_generation.text_chunk", "phase": word, "text": " <svg"});
            assert_eq!(event(&chunk), StreamEvent::TextChunk { phase, text: " <svg".to_owned() });
        }
        let completed = json!({"type": "image_generation.completed", "b64_json": "AQID", "created": 5,
            "media_type": "image/png", "usage": {"cost": 0.04}});
        let usage = Some(Usage { cost: Some(0.04), ..Usage::default() });
        assert_eq!(
            event(&completed),
            StreamEvent::Completed { image: picture(&[1, 2, 3], Some("image/png")), created: Some(5), usage }
        );
        for code in [json!("x"), Value::Null, json!(503)] {
            let error = event(&json!({"type": "error", "error": {"message": "busy", "code": code}}));
            let StreamEvent::Error(refusal) = error else { panic!("{error:?}") };
            assert_eq!((refusal.message.as_str(), refusal.retryable), ("busy", Some(false)));
            assert_eq!(refusal.kind == RefusalKind::Unavailable, code == json!(503));
        }
        assert!(matches!(event(&json!({"error": {"message": "bare"}})), StreamEvent::Error(_)));
    }

    #[test]
    fn unknown_events_are_named_and_absent_fields_absent() {
        assert_eq!(
            event(&json!({"type": "image_generation.sound"})),
            StreamEvent::Unknown("image_generation.sound".into())
        );
        assert_eq!(event(&json!({})), StreamEvent::Unknown(String::new()));
        assert_eq!(event(&json!([1])), StreamEvent::Unknown(String::new()));
        assert_eq!(parse_event("", b"nonsense"), [Ok(StreamEvent::Unknown("not JSON".to_owned()))]);
        assert_eq!(parse_event("", b" [DONE] "), [Ok(StreamEvent::Done)]);
        assert_eq!(parse_event("", b""), []);
        let bare = json!({"type": "image_generation.completed", "b64_json": "AQID", "created": 0, "usage": null});
        assert_eq!(
            event(&bare),
            StreamEvent::Completed { image: picture(&[1, 2, 3], None), created: None, usage: None }
        );
    }

    #[test]
    fn broken_previews_are_skipped_and_broken_results_are_errors() {
        for b64 in [json!("!!!"), Value::Null, json!("")] {
            assert_eq!(parse(&json!({"type": "image_generation.partial_image", "b64_json": b64})), []);
            let completed = parse(&json!({"type": "image_generation.completed", "b64_json": b64}));
            assert!(matches!(completed.as_slice(), [Err(Error::Unreadable { .. })]), "{completed:?}");
        }
    }

    #[test]
    fn a_picture_is_read_under_whatever_name_it_comes() {
        let completed = StreamEvent::Completed { image: picture(&[1, 2, 3], None), created: None, usage: None };
        for kind in ["image_edit.completed", "image_variation.completed", "image.done", ""] {
            assert_eq!(event(&json!({"type": kind, "b64_json": "AQID"})), completed, "{kind}");
        }
        for kind in ["image_edit.partial_image", "response.image_generation_call.partial_image", "preview"] {
            let partial = event(&json!({"type": kind, "b64_json": "AQID"}));
            assert!(matches!(partial, StreamEvent::PartialImage { .. }), "{kind}");
        }
        for data in [r#"{"b64_json":"AQID"}"#, "AQID"] {
            assert_eq!(parse_event("image_generation.completed", data.as_bytes()), [Ok(completed.clone())]);
        }
        let whole = event(&json!({"created": 5, "data": [{"b64_json": "AQID"}]}));
        assert!(matches!(&whole, StreamEvent::Buffered(whole) if whole.images.len() == 1), "{whole:?}");
    }

    #[test]
    fn a_picture_beside_an_error_is_a_picture_and_an_error() {
        let both = json!({"type": "image_generation.completed", "b64_json": "AQID", "error": {"message": "late"}});
        assert!(matches!(parse(&both).as_slice(), [Ok(StreamEvent::Completed { .. }), Ok(StreamEvent::Error(_))]));
        let broken = json!({"type": "image_generation.completed", "error": {"message": "late"}});
        assert!(matches!(parse(&broken).as_slice(), [Ok(StreamEvent::Error(_))]));
    }
}
