//! Framing by table, by property (any split, any line endings) and by clock (linear time).

use super::*;
use crate::api::Phase;
use proptest::prelude::*;
use std::time::{Duration, Instant};

type Events = Vec<Result<StreamEvent, Error>>;

fn decode<'a>(pieces: impl IntoIterator<Item = &'a [u8]>) -> Events {
    let mut decoder = EventDecoder::new();
    let mut events: Events = pieces.into_iter().flat_map(|piece| decoder.push(piece)).collect();
    events.extend(decoder.finish());
    events
}

fn chunk(text: &str) -> Result<StreamEvent, Error> {
    Ok(StreamEvent::TextChunk { phase: Phase::Content, text: text.to_owned() })
}

fn chunk_json(text: &str) -> String {
    serde_json::json!({"type": "image_generation.text_chunk", "phase": "content", "text": text}).to_string()
}

#[test]
fn framing_follows_the_standard() {
    let a = chunk_json("a");
    let b = chunk_json("b");
    let (head, tail) = a.split_at(a.find(',').unwrap_or_default() + 1);
    let done = || Ok(StreamEvent::Done);
    let comment = || Ok(StreamEvent::Comment);
    let rows: Vec<(String, Events)> = vec![
        (format!("data: {a}\n\ndata: {b}\n\n"), vec![chunk("a"), chunk("b")]),
        (format!("data:{a}\r\rdata:{b}\r\n\r\n"), vec![chunk("a"), chunk("b")]),
        (format!("data: {a}\r\n\rdata: {b}\n\r"), vec![chunk("a"), chunk("b")]),
        (format!("data: {head}\ndata: {tail}\n\n"), vec![chunk("a")]),
        (format!("\u{feff}data: {a}\n\n"), vec![chunk("a")]),
        (format!("\u{feff}\n\ndata: {a}\n\n"), vec![chunk("a")]),
        (format!("data: {a}\n\n\u{feff}data: {b}\n\n"), vec![chunk("a"), chunk("b")]),
        // Near it: indented, in capitals, one event a line.
        (format!(" data: {a}\n\n\tData: {b}\n\n"), vec![chunk("a"), chunk("b")]),
        (format!("{a}\n{b}\n"), vec![chunk("a"), chunk("b")]),
        (format!(": \n:OPENROUTER PROCESSING\n\ndata: {a}\n\n"), vec![comment(), comment(), chunk("a")]),
        (format!("data: {head}\n: amid\ndata: {tail}\n\n"), vec![comment(), chunk("a")]),
        (format!("event: x\nid: 1\nretry: 5\ndataset: no\nnonsense\ndata: {a}\n\n"), vec![chunk("a")]),
        ("data\n\ndata:\n\n\n\nevent: only\n\n".to_owned(), vec![]),
        (format!("data: {a}\n\ndata: [DONE]\n\ndata: {b}\n\n"), vec![chunk("a"), done(), chunk("b")]),
        // Blank lines that somebody left out.
        (format!("data: {a}\ndata: {b}\ndata: [DONE]\n"), vec![chunk("a"), chunk("b"), done()]),
        (format!("event: one\ndata: {a}\nevent: two\ndata: {b}\n\n"), vec![chunk("a"), chunk("b")]),
        ("data:  [DONE] \n\n".to_owned(), vec![done()]),
        (format!("data: {a}"), vec![chunk("a")]),
        (format!("data: {a}\n"), vec![chunk("a")]),
        (format!("data: {a}\r"), vec![chunk("a")]),
        (format!("data: {a}\n\ndata: [DONE]"), vec![chunk("a"), done()]),
        (format!("data: {head}"), vec![]),
        (format!("data: {a}\n\ndata: [DON"), vec![chunk("a")]),
        ("data: garbage\n\n".to_owned(), vec![Ok(StreamEvent::Unknown("not JSON".to_owned()))]),
        (String::new(), vec![]),
    ];
    for (text, expected) in rows {
        assert_eq!(decode([text.as_bytes()]), expected, "{text:?}");
        assert_eq!(decode(text.as_bytes().chunks(1)), expected, "by single bytes: {text:?}");
    }
}

#[test]
fn a_line_that_is_no_field_is_kept_as_it_came() {
    let mut decoder = EventDecoder::new();
    let text = format!("id: 1\nretry: 5\npicture: iVBORw0KGgo\ndata: {}\n\n", chunk_json("a"));
    assert_eq!(decoder.push(text.as_bytes()), [chunk("a")]);
    assert_eq!(decoder.take_unread(), b"picture: iVBORw0KGgo\n");
}

#[test]
fn events_come_out_as_soon_as_their_blank_line_ends() {
    let mut decoder = EventDecoder::new();
    assert_eq!(decoder.push(format!("data: {}\r\n", chunk_json("a")).as_bytes()), vec![]);
    assert_eq!(decoder.push(b"\r"), vec![chunk("a")]);
    assert_eq!(decoder.push(b"\n: \n"), vec![Ok(StreamEvent::Comment)]);
}

#[test]
fn broken_result_is_an_error_and_reading_goes_on() {
    let text = format!(
        "data: {}\n\ndata: {}\n\ndata: {}\n\n",
        r#"{"type":"image_generation.partial_image","b64_json":"!"}"#,
        r#"{"type":"image_generation.completed","b64_json":"!"}"#,
        chunk_json("a")
    );
    let events = decode([text.as_bytes()]);
    assert!(
        matches!(events.as_slice(), [Err(Error::Unreadable { .. }), Ok(StreamEvent::TextChunk { .. })]),
        "{events:?}"
    );
}

#[test]
fn event_above_the_cap_ends_the_reading_with_one_error() {
    for text in ["data: 0123456789abcdef0123456789\n\n".to_owned(), "data: 0123\n".repeat(8)] {
        for size in [1, 7, 1000] {
            let mut decoder = EventDecoder::with_cap(24);
            let events: Events = text.as_bytes().chunks(size).flat_map(|piece| decoder.push(piece)).collect();
            assert!(matches!(events.as_slice(), [Err(Error::Unreadable { .. })]), "{events:?}");
            assert_eq!(decoder.push(b"data: [DONE]\n\n"), vec![]);
            assert_eq!(decoder.finish(), vec![]);
        }
    }
    let mut decoder = EventDecoder::with_cap(24);
    assert_eq!(decoder.push("data: 0123456\n\n".repeat(20).as_bytes()).len(), 20);
}

#[test]
fn megabytes_in_tiny_pieces_take_linear_time() {
    let event = format!(r#"data: {{"type":"image_generation.completed","b64_json":"{}"}}"#, "AQID".repeat(1 << 20));
    let started = Instant::now();
    let mut decoder = EventDecoder::new();
    assert!(event.as_bytes().chunks(16).all(|piece| decoder.push(piece).is_empty()));
    let events = decoder.push(b"\n\n");
    assert!(started.elapsed() < Duration::from_secs(20), "rescanning 4 MiB 260,000 times takes minutes");
    let [Ok(StreamEvent::Completed { image, .. })] = events.as_slice() else { panic!("{} events", events.len()) };
    assert_eq!(image.bytes.len(), 3 << 20);
}

fn line() -> impl Strategy<Value = String> {
    prop_oneof![
        "[a-zé🌊 ]{0,12}".prop_map(|text| format!("data: {}", chunk_json(&text))),
        "[a-z]{0,3}".prop_map(|text| format!(": {text}")),
        "[a-z]{1,6}(:[ a-z:]{0,6})?",
        Just("data: [DONE]".to_owned()),
        Just(r#"data: {"type":"image_generation.completed","#.to_owned()),
        Just(r#"data:"b64_json":"AQID"}"#.to_owned()),
        Just(String::new()),
        Just(String::new()),
    ]
}

proptest! {
    #[test]
    fn any_split_and_any_line_endings_give_the_same_events(
        lines in prop::collection::vec((line(), 0..3usize), 0..24),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        with_bom in any::<bool>(),
        ended in any::<bool>(),
    ) {
        let bom = if with_bom { "\u{feff}" } else { "" };
        let plain = lines.iter().map(|(line, _)| line.as_str()).collect::<Vec<_>>().join("\n");
        let reference = decode([plain.as_bytes()]);
        let mut text = bom.to_owned();
        for (place, (line, ending)) in lines.iter().enumerate() {
            text.push_str(line);
            if place + 1 < lines.len() {
                // A CR before an empty line that ends in LF would be read as one CRLF; that is the standard.
                let next_is_empty = lines.get(place + 1).is_some_and(|(next, _)| next.is_empty());
                text.push_str(if *ending == 1 && next_is_empty { "\r\n" } else { ["\n", "\r", "\r\n"][*ending] });
            }
        }
        let bytes = text.as_bytes();
        let mut at: Vec<usize> = cuts.iter().map(|cut| cut.index(bytes.len() + 1)).collect();
        at.extend([0, bytes.len()]);
        at.sort_unstable();
        let pieces = at.windows(2).map(|pair| &bytes[pair[0]..pair[1]]);
        prop_assert_eq!(decode(pieces), reference.clone());
        prop_assert_eq!(decode(bytes.chunks(1)), reference.clone());
        if ended {
            text.push_str("\n\n");
            let whole = decode([format!("{plain}\n\n").as_bytes()]);
            prop_assert_eq!(decode([text.as_bytes()]), whole);
        }
    }
}
