//! Files as other programs write them.

use std::io::Write;

use ::exif::experimental::Writer;
use ::exif::{Field, In, Tag, Value};
use flate2::write::ZlibEncoder;
use flate2::{Compression, Crc};

use super::*;

const INFOTEXT: &str = "a fox, \u{1f98a} in snow\nNegative prompt: blurry\nSteps: 30, Sampler: Euler a, CFG scale: 7, Seed: 42, \
    Size: 832x1216, Model: dream, Version: v1.10.1";

/// Puts chunks of text after the header of a PNG.
pub(in crate::picture::metadata) fn png_with(chunks: &[(&[u8; 4], Vec<u8>)]) -> Vec<u8> {
    let png = samples::png(ColorType::Rgb8);
    let (head, rest) = png.split_at(33);
    let chunk = |(kind, data): &(&[u8; 4], Vec<u8>)| {
        let mut crc = Crc::new();
        crc.update(&kind[..]);
        crc.update(data);
        [&(data.len() as u32).to_be_bytes(), &kind[..], data, &crc.sum().to_be_bytes()].concat()
    };
    [head, &chunks.iter().flat_map(chunk).collect::<Vec<u8>>(), rest].concat()
}

fn text(keyword: &str, text: &str) -> (&'static [u8; 4], Vec<u8>) {
    match text.is_ascii() && !keyword.starts_with("XML") {
        true => (b"tEXt", [keyword, "\0", text].concat().into_bytes()),
        false => (b"iTXt", [keyword, "\0\0\0\0\0", text].concat().into_bytes()),
    }
}

pub(super) fn compressed(keyword: &str, text: &[u8]) -> (&'static [u8; 4], Vec<u8>) {
    let mut encoder = ZlibEncoder::new([keyword.as_bytes(), b"\0\0"].concat(), Compression::fast());
    encoder.write_all(text).unwrap();
    (b"zTXt", encoder.finish().unwrap())
}

fn block(tag: Tag, value: Value, little_endian: bool) -> Vec<u8> {
    let field = Field { tag, ifd_num: In::PRIMARY, value };
    let mut writer = Writer::new();
    writer.push_field(&field);
    let mut block = std::io::Cursor::new(Vec::new());
    writer.write(&mut block, little_endian).unwrap();
    block.into_inner()
}

fn jpeg_with(block: &[u8]) -> Vec<u8> {
    let jpeg = samples::jpeg();
    let length = ((block.len() + 8) as u16).to_be_bytes();
    [&jpeg[..2], &[0xff, 0xe1], &length, b"Exif\0\0", block, &jpeg[2..]].concat()
}

fn webp_with(block: &[u8]) -> Vec<u8> {
    let chunk = [b"EXIF", (block.len() as u32).to_le_bytes().as_slice(), block].concat();
    let body = [&samples::webp()[8..], &chunk].concat();
    [b"RIFF", (body.len() as u32).to_le_bytes().as_slice(), &body].concat()
}

fn comment(encoding: &[u8; 8], bytes: &[u8]) -> Value {
    Value::Undefined([encoding.as_slice(), bytes].concat(), 0)
}

fn foreign(bytes: &[u8]) -> Foreign {
    let found = read(bytes);
    assert_eq!(found.ours, None);
    found.foreign.unwrap()
}

#[test]
fn automatic1111_is_read_from_every_place_it_writes_to() {
    let utf16 = |bytes: fn(u16) -> [u8; 2]| INFOTEXT.encode_utf16().flat_map(bytes).collect::<Vec<u8>>();
    let unicode = *b"UNICODE\0";
    let comments = [
        comment(&unicode, &utf16(u16::to_be_bytes)),
        comment(&unicode, &utf16(u16::to_le_bytes)),
        comment(b"ASCII\0\0\0", INFOTEXT.as_bytes()),
        comment(&[0; 8], INFOTEXT.as_bytes()),
    ];
    let mut files =
        vec![png_with(&[text("parameters", INFOTEXT)]), png_with(&[compressed("parameters", INFOTEXT.as_bytes())])];
    for value in comments {
        for little_endian in [true, false] {
            let block = block(Tag::UserComment, value.clone(), little_endian);
            files.extend([jpeg_with(&block), webp_with(&block), png_with(&[(b"eXIf", block.clone())])]);
        }
    }
    for (place, file) in files.iter().enumerate() {
        let found = foreign(file);
        assert_eq!(found.prompt.as_deref(), Some("a fox, \u{1f98a} in snow"), "{place}");
        assert_eq!((found.negative_prompt.as_deref(), found.seed.as_deref()), (Some("blurry"), Some("42")), "{place}");
        assert_eq!((found.notation, found.model.as_deref()), (Notation::Automatic1111, Some("dream")), "{place}");
    }
}

#[test]
fn invoke_ai_is_read_in_its_three_ways() {
    let now = r#"{"app_version": "5.6.0", "positive_prompt": "a fox", "seed": 7, "model": {"name": "Juggernaut"}}"#;
    let before = r#"{"model_weights": "sd-1.5", "app_version": "2.2.4", "image": {"prompt": "a fox", "seed": 7}}"#;
    for chunk in [text("invokeai_metadata", now), text("sd-metadata", before), text("Dream", "\"a fox\" -S 7 -s 30")] {
        let found = foreign(&png_with(&[chunk]));
        assert_eq!(
            (found.prompt.as_deref(), found.seed.as_deref(), found.notation),
            (Some("a fox"), Some("7"), Notation::InvokeAi)
        );
    }
}

#[test]
fn comfy_ui_is_read_with_the_numbers_of_python() {
    let prompt = r#"{"3": {"class_type": "KSampler", "inputs": {"seed": 7, "steps": 20, "positive": ["6", 0],
        "latent_image": ["5", 0]}, "is_changed": [NaN]}, "6": {"class_type": "CLIPTextEncode", "inputs": {"text": "a fox, NaN"}}}"#;
    let workflow = r#"{"nodes": [], "links": []}"#;
    let ascii = |text: String| Value::Ascii(vec![text.into_bytes()]);
    for file in [
        png_with(&[text("workflow", workflow), text("prompt", prompt)]),
        webp_with(&block(Tag::Model, ascii(format!("prompt:{prompt}")), true)),
    ] {
        let found = foreign(&file);
        assert_eq!(
            (found.prompt.as_deref(), found.seed.as_deref(), found.notation),
            (Some("a fox, NaN"), Some("7"), Notation::ComfyUi)
        );
    }
    let unwalkable = r#"{"1": {"class_type": "Odd", "inputs": {"words": "a fox in the deep snow", "n": 1}}}"#;
    assert_eq!(foreign(&png_with(&[text("prompt", unwalkable)])).prompt.as_deref(), Some("a fox in the deep snow"));
}

#[test]
fn swarm_ui_and_others_with_json_are_read() {
    let swarm = r#"{"sui_image_params": {"prompt": "a fox", "seed": 7, "swarm_version": "0.9"}}"#;
    let in_comment = block(Tag::UserComment, comment(b"ASCII\0\0\0", swarm.as_bytes()), true);
    for file in [png_with(&[text("parameters", swarm)]), jpeg_with(&in_comment)] {
        let found = foreign(&file);
        assert_eq!((found.prompt.as_deref(), found.notation), (Some("a fox"), Notation::SwarmUi));
    }
    let novel = [
        text("Software", "NovelAI"),
        text("Description", "a fox"),
        text("Comment", r#"{"prompt": "a fox", "uc": "text"}"#),
    ];
    let found = foreign(&png_with(&novel));
    assert_eq!((found.program.as_deref(), found.negative_prompt.as_deref()), (Some("NovelAI"), Some("text")));
    assert_eq!(found.notation, Notation::Json);
}

#[test]
fn plain_words_are_read_and_not_called_a_prompt() {
    let xmp = r#"<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:dc="http://purl.org/dc/elements/1.1/">
        <rdf:Description><dc:title>Fox</dc:title></rdf:Description></rdf:RDF>"#;
    let svg = |inside: &str| {
        format!("<svg xmlns='http://www.w3.org/2000/svg' width='1' height='1'>{inside}</svg>").into_bytes()
    };
    let described = block(Tag::ImageDescription, Value::Ascii(vec![b"Fox".to_vec()]), true);
    for file in [
        png_with(&[text("XML:com.adobe.xmp", xmp)]),
        png_with(&[text("Description", "Fox")]),
        jpeg_with(&described),
        webp_with(&described),
        svg(&format!("<metadata>{xmp}</metadata>")),
        svg("<title>Fox</title>"),
    ] {
        let found = foreign(&file);
        assert_eq!((found.prompt.as_deref(), found.notation), (Some("Fox"), Notation::Description));
    }
    let named = xmp
        .replace("dc:title", "dc:AIPromptInformation")
        .replace("http://purl.org/dc/elements/1.1/", "http://iptc.org/std/Iptc4xmpExt/2008-02-29/");
    assert_eq!(foreign(&svg(&format!("<metadata>{named}</metadata>"))).notation, Notation::Xmp);
}

#[test]
fn latin_1_is_read_where_the_format_says_so() {
    let found = foreign(&png_with(&[(b"tEXt", b"Description\0caf\xe9".to_vec())]));
    assert_eq!(found.prompt.as_deref(), Some("café"));
}
