//! What is fuzzed: for each kind of hostile input one function that takes any bytes, through the functions that the
//! program itself calls, and panics when it panics or when a promise is broken.
//!
//! The fuzzer and `cargo test` (the seeds and every input that was ever found) call the same text.

use easel::api::{self, AnswerBegun, EventDecoder};
use easel::decode::{self, Allowance};
use easel::library::Recipe;
use easel::picture::metadata::{self, Embedded};
use easel::picture::source::Source;
use easel::picture::{self, Error, Format, Heavy, Limits, View};
use easel::plan::query::{Key, Query, Vocabulary, complete, fold, search_text, toggle};
use easel::plan::{Template, literal};
use reqwest::header::{HeaderMap, HeaderName, HeaderValue};
use std::path::PathBuf;
use std::sync::Once;

/// A kind of input by name.
pub type Target = (&'static str, fn(&[u8]));

/// All of them; the names are those of `fuzz_targets/` and `seeds/`.
pub const TARGETS: &[Target] = &[
    ("stream", stream),
    ("discovery", discovery),
    ("answer", answer),
    ("refusal", refusal),
    ("png", png),
    ("jpeg", jpeg),
    ("webp", webp),
    ("gif", gif),
    ("drawing", drawing),
    ("partial_drawing", partial_drawing),
    ("first_look", first_look),
    ("recipe", recipe),
    ("texts", texts),
    ("query", query),
    ("template", template),
];

/// More pixels are probed and not decoded: the limits are the program's, the fuzzer's time is not.
const MOST_PIXELS: u64 = 1 << 22;

/// Any split of a stream gives the same events, and none panics.
pub fn stream(data: &[u8]) {
    let decoded = |step: usize| {
        let mut decoder = EventDecoder::new();
        let mut events: Vec<_> = data.chunks(step.max(1)).flat_map(|piece| decoder.push(piece)).collect();
        events.extend(decoder.finish());
        format!("{events:?}")
    };
    let whole = decoded(data.len());
    for step in [1, 7] {
        assert_eq!(decoded(step), whole, "in steps of {step}");
    }
}

/// Lists of models and endpoints: what was read is written and read again as the same.
pub fn discovery(data: &[u8]) {
    let Ok(value) = serde_json::from_slice(data) else { return };
    if let Ok(list) = api::parse_models(&value) {
        let _said = format!("{list:?}");
    }
    if let Ok(endpoints) = api::parse_endpoints(&value) {
        for endpoint in endpoints {
            let again = api::Endpoint::parse(&endpoint.to_value());
            assert!(again.as_ref() == Some(&endpoint), "it is read back as it was: {again:?}, {endpoint:?}");
        }
    }
}

/// The body of a 200, whatever it is called.
pub fn answer(data: &[u8]) {
    for media_type in ["application/json", "text/event-stream", "image/png", ""] {
        for image in api::parse_generation(media_type, data).images {
            let _format = Format::sniff(&image.bytes);
        }
    }
}

/// The body of anything else: the first byte chooses the status, the next ones up to a newline a header.
pub fn refusal(data: &[u8]) {
    const HEADERS: [&str; 3] = ["retry-after", "retry-after-ms", "x-provider-name"];
    let Some((status, rest)) = data.split_first() else { return };
    let end = rest.iter().position(|byte| *byte == b'\n').unwrap_or(0);
    let (header, body) = rest.split_at(end);
    let mut headers = HeaderMap::new();
    if let Ok(value) = HeaderValue::from_bytes(header) {
        let name = HEADERS[usize::from(*status) % HEADERS.len()];
        headers.insert(HeaderName::from_static(name), value);
    }
    let refusal = api::Refusal::parse(400 + u16::from(*status) % 200, &headers, body);
    let error = api::Error::Refused(Box::new(refusal));
    let _said = (error.to_string(), error.word(), error.retry(AnswerBegun::No), error.retry_after(), error.billed());
}

/// Each format through the program's own limits; the format is put in front where the bytes are of another one.
fn raster(format: Format, data: &[u8]) {
    if Format::sniff(data) != Some(format) {
        return;
    }
    let limits = Limits::default();
    let Ok(info) = picture::probe(data, &limits) else { return };
    if info.size.area() > MOST_PIXELS {
        return;
    }
    if let Ok(pixels) = picture::decode(data, &limits) {
        assert_eq!(pixels.rgba.len() as u64, pixels.size.area() * 4);
        assert_eq!(pixels.size, info.size, "it is as large as its header says");
    }
    if let Ok(small) = picture::decode_scaled(data, 64, &limits) {
        assert!(small.size.width <= 64 && small.size.height <= 64);
    }
}

pub fn png(data: &[u8]) {
    raster(Format::Png, data);
}

pub fn jpeg(data: &[u8]) {
    raster(Format::Jpeg, data);
}

pub fn webp(data: &[u8]) {
    raster(Format::WebP, data);
}

pub fn gif(data: &[u8]) {
    raster(Format::Gif, data);
}

/// A drawing and a part of it, through the child that draws for the program.
pub fn drawing(data: &[u8]) {
    if Format::sniff(data) != Some(Format::Svg) {
        return;
    }
    let region = View::Region { scale: 0.5, region: [1.0, 1.0, 40.0, 30.0] };
    draw(data, &[View::Whole { max_side: 64 }, region]);
}

/// A drawing that is still arriving, as the window asks for it.
pub fn partial_drawing(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    for end in [text.len(), text.len() / 2] {
        let Some(begun) = text.get(..end) else { continue };
        if let Some(closed) = picture::close_partial(begun) {
            draw(closed.as_bytes(), &[View::Whole { max_side: 32 }]);
        }
    }
}

/// Asks the child. It may refuse a drawing and may find it too heavy; it may neither break nor answer with nonsense.
fn draw(text: &[u8], views: &[View]) {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| decode::use_program(program()));
    let drawing = decode::Drawing::of(text).with(Allowance::Glance);
    for view in views {
        match drawing.draw(&Limits::default(), *view) {
            Ok(pixels) => assert_eq!(pixels.rgba.len() as u64, pixels.size.area() * 4),
            // The other views are not tried either.
            Err(Error::TooHeavy { why: Heavy::Time | Heavy::Memory | Heavy::Stack }) => return,
            Err(error @ (Error::TooHeavy { .. } | Error::NoChild { .. })) => panic!("the child has ended: {error}"),
            Err(_refused) => {}
        }
    }
}

/// The program whose child draws: for the fuzzer the variable names it, for the tests cargo does.
fn program() -> PathBuf {
    let named = std::env::var_os("EASEL_PROGRAM").map(PathBuf::from);
    named
        .or_else(|| option_env!("CARGO_BIN_EXE_easel").map(PathBuf::from))
        .unwrap_or_else(|| panic!("EASEL_PROGRAM=FILE names the program of this same source"))
}

/// What is done with the text of a drawing before anything is drawn: found in an answer, shown as source, and, as in
/// the child but where the fuzzer sees which way it went, repaired and judged.
pub fn first_look(data: &[u8]) {
    let source = Source::new(data);
    let rows = source.pretty().rows();
    assert!(rows == 0 || source.pretty().row(rows - 1).is_some());
    if let Ok(repairs) = picture::first_look(data) {
        let _said = picture::repairs_text(&repairs);
    }
    if Format::sniff(data) == Some(Format::Svg) {
        read_recipe(data);
    }
}

/// What a file says about how it was made: read, and written in anew.
pub fn recipe(data: &[u8]) {
    read_recipe(data);
    let Some(format) = Format::sniff(data) else { return };
    let embedded = Embedded {
        prompt: "a fox <&> \u{1F98A}".into(),
        model: "Model".into(),
        settings: "1:1".into(),
        software: "Easel".into(),
        recipe: r#"{"seed":7}"#.into(),
    };
    if let Ok(written) = metadata::embed(data, format, &embedded) {
        assert_eq!(metadata::read(&written).ours.as_deref(), Some(&*embedded.recipe), "what was put in is found");
    }
}

fn read_recipe(data: &[u8]) {
    let found = metadata::read(data);
    let recipe: Option<Recipe> = found.ours.and_then(|text| serde_json::from_str(&text).ok());
    if let Some(recipe) = recipe {
        let _said = (recipe.draft(), recipe.prompt().len());
    }
    assert!(found.foreign.is_none_or(|foreign| foreign.fields.len() <= 1_000));
}

/// The words of other programs, without the fuzzer having to find checksums: the first byte chooses where they stand.
pub fn texts(data: &[u8]) {
    const NAMES: [&str; 9] = [
        "parameters",
        "prompt",
        "workflow",
        "invokeai_metadata",
        "sd-metadata",
        "Comment",
        "Description",
        "generation_data",
        "XML:com.adobe.xmp",
    ];
    let Some((choice, text)) = data.split_first() else { return };
    let name = NAMES[usize::from(*choice) % NAMES.len()];
    let mut chunk = b"iTXt".to_vec();
    chunk.extend_from_slice(name.as_bytes());
    chunk.extend_from_slice(&[0, 0, 0, 0, 0]);
    chunk.extend_from_slice(text);
    let mut png = b"\x89PNG\r\n\x1a\n".to_vec();
    let header = b"IHDR\0\0\0\x01\0\0\0\x01\x08\0\0\0\0";
    for body in [header.as_slice(), &chunk, b"IEND"] {
        png.extend_from_slice(&u32::try_from(body.len() - 4).unwrap_or_default().to_be_bytes());
        png.extend_from_slice(body);
        png.extend_from_slice(&crc(body).to_be_bytes());
    }
    read_recipe(&png);
}

fn crc(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(!0_u32, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| if crc & 1 == 1 { 0xEDB8_8320 ^ (crc >> 1) } else { crc >> 1 })
    })
}

/// The query language: reading, completing, and the filter chips that write it.
pub fn query(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let query = Query::parse(text);
    let _said = (query.fts(), query.fts_without(), query.problems().count(), query.is_empty());
    let vocabulary = Vocabulary::default();
    for cursor in [0, text.len() / 2, text.len()] {
        for completion in complete(text, cursor, &vocabulary) {
            assert!(text.get(completion.replace).is_some(), "whole characters are replaced");
        }
    }
    let value: String = text.chars().take(20).collect();
    for key in [Key::Tag, Key::Model] {
        let with = toggle(text, key, &value);
        let _asked = Query::parse(&with).asks(key, &value);
    }
    let _folded = (fold(text), search_text(text));
}

/// Alternatives in a prompt.
pub fn template(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let template = Template::parse(text);
    let prompts = template.prompts(64);
    assert_eq!(prompts.len() as u64, template.count().min(64));
    // A backslash before what would be one is not sent.
    let is_plain = !template.has_alternatives() && !text.contains('\\');
    assert!(!is_plain || prompts == [text], "without alternatives a prompt is sent to the byte");
    // With backslashes of its own a text may be one that no prompt stands for.
    if !text.contains('\\') {
        assert_eq!(Template::parse(&literal(text)).prompts(2), [text], "a literal stands for itself");
    }
}
