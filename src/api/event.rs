//! What one event of a generation stream means.
//!
//! May import the types of `api` only. Invariants: what is unknown is named and ignored, never an error; a broken
//! preview costs only itself, while a broken result is an error, because it was what was paid for.

use super::loose::{count, member, text};
use super::response::created;
use super::{Error, GeneratedImage, Refusal, Usage};
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
    /// The service's own error; ends the picture, and usually the stream.
    Error(Refusal),
    /// An event that this version does not know, by its type; safe to ignore.
    Unknown(String),
    /// `[DONE]`: nothing follows.
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

/// Reads the data of one event. `None`: nothing of use (no data, or a preview that cannot be read). Fails with
/// `Unreadable` when a result's picture is missing or broken.
pub(super) fn parse_event(data: &[u8]) -> Option<Result<StreamEvent, Error>> {
    let data = data.trim_ascii();
    if data.is_empty() {
        return None;
    }
    if data == b"[DONE]" {
        return Some(Ok(StreamEvent::Done));
    }
    let Ok(value) = serde_json::from_slice::<Value>(data) else {
        return Some(Ok(StreamEvent::Unknown("not JSON".to_owned())));
    };
    let kind = text(&value, "type").unwrap_or_default();
    let event = match kind {
        "image_generation.partial_image" => StreamEvent::PartialImage {
            index: count(&value, "partial_image_index"),
            image: GeneratedImage::parse(&value)?,
        },
        "image_generation.text_chunk" => StreamEvent::TextChunk {
            phase: Phase::parse(text(&value, "phase").unwrap_or_default()),
            text: text(&value, "text")?.to_owned(),
        },
        "image_generation.completed" => match GeneratedImage::parse(&value) {
            Some(image) => {
                StreamEvent::Completed { image, created: created(&value), usage: Usage::parse(value.get("usage")) }
            }
            None => return Some(Err(Error::Unreadable { reason: "the base64 of its picture is broken".to_owned() })),
        },
        "error" => StreamEvent::Error(Refusal::from_event(&value)),
        "" if member(&value, "error").is_some() => StreamEvent::Error(Refusal::from_event(&value)),
        other => StreamEvent::Unknown(super::readable::clip(other, 100)),
    };
    Some(Ok(event))
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

    fn parse(value: &Value) -> Option<Result<StreamEvent, Error>> {
        parse_event(value.to_string().as_bytes())
    }

    fn event(value: &Value) -> StreamEvent {
        parse(value).unwrap().unwrap()
    }

    fn picture(bytes: &[u8], media_type: Option<&str>) -> GeneratedImage {
        GeneratedImage { bytes: bytes.to_vec(), media_type: media_type.map(str::to_owned) }
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
        assert_eq!(parse_event(b"nonsense").unwrap().unwrap(), StreamEvent::Unknown("not JSON".to_owned()));
        assert_eq!(parse_event(b" [DONE] ").unwrap().unwrap(), StreamEvent::Done);
        assert_eq!(parse_event(b""), None);
        let bare = json!({"type": "image_generation.completed", "b64_json": "AQID", "created": 0, "usage": null});
        assert_eq!(
            event(&bare),
            StreamEvent::Completed { image: picture(&[1, 2, 3], None), created: None, usage: None }
        );
    }

    #[test]
    fn broken_previews_are_skipped_and_broken_results_are_errors() {
        for b64 in [json!("!!!"), Value::Null, json!("")] {
            assert_eq!(parse(&json!({"type": "image_generation.partial_image", "b64_json": b64})), None);
            let completed = parse(&json!({"type": "image_generation.completed", "b64_json": b64}));
            assert!(matches!(completed, Some(Err(Error::Unreadable { .. }))), "{completed:?}");
        }
    }
}
