//! What is written is read again, from every format; nothing else in the file changes.

mod hostile;
pub(super) mod programs;

use image::ColorType;

use super::super::{Drawing, Encoding, Format, Limits, Pixels, decode, encode, samples};
use super::*;

/// Twenty thousand characters of every kind that has ever broken a file.
fn long_prompt() -> String {
    let piece = "a fox \u{1f98a}\u{200d}\u{1f525} שועל ثعلب 狐 e\u{301} ]]> --> <!-- & &amp; \" ' \\ \u{202e}rtl\u{202c} \
        \u{1}\u{8}\u{1b}\u{7f}\u{85}\u{fffe}\u{ffff} \t tab\r\nnew\rline %00 \\u0000 {} [] <svg> ?> ";
    piece.chars().cycle().take(20_000).collect()
}

fn long() -> Embedded {
    let filling: Vec<String> = (0..4000).map(|n| format!("endpoint {n} \u{1f98a}")).collect();
    let recipe = serde_json::json!({ "version": 1, "request": { "prompt": long_prompt() }, "endpoints": filling });
    Embedded {
        prompt: long_prompt(),
        model: "Atelier".into(),
        settings: "16:9 · 2K".into(),
        software: "Easel 0.1.0".into(),
        recipe: recipe.to_string(),
    }
}

fn short() -> Embedded {
    Embedded {
        prompt: "a fox <in> snow".into(),
        recipe: r#"{"version":1}"#.into(),
        software: "Easel".into(),
        ..Embedded::default()
    }
}

/// The prompt as XML can hold it.
fn in_xml(prompt: &str) -> String {
    prompt
        .chars()
        .map(|c| if matches!(c, '\u{1}' | '\u{8}' | '\u{1b}' | '\u{fffe}' | '\u{ffff}') { '\u{fffd}' } else { c })
        .collect()
}

/// A picture of each kind of file that pictures come in.
fn files() -> Vec<(&'static str, Vec<u8>)> {
    let hole = Pixels {
        rgba: samples::picture()
            .rgba
            .iter()
            .enumerate()
            .map(|(i, b)| if i % 4 == 3 { (i / 8) as u8 } else { *b })
            .collect(),
        ..samples::picture()
    };
    let write = |pixels: &Pixels, encoding| encode(pixels, &encoding, [255; 3]).unwrap();
    let svg = String::from_utf8(samples::svg()).unwrap();
    vec![
        ("png", samples::png(ColorType::Rgba8)),
        ("png, 16 bits", samples::png(ColorType::Rgb16)),
        ("jpeg", samples::jpeg()),
        ("jpeg, turned", samples::jpeg_with_orientation(6)),
        ("webp, lossless", samples::webp()),
        ("webp, lossless, alpha", write(&hole, Encoding::WebP { quality: None })),
        ("webp, lossy", write(&samples::picture(), Encoding::WebP { quality: Some(80) })),
        ("webp, lossy, alpha", write(&hole, Encoding::WebP { quality: Some(80) })),
        ("gif", samples::gif()),
        ("svg", svg.clone().into_bytes()),
        ("svg, mark", format!("\u{feff}{svg}").into_bytes()),
        ("svg, empty", b"<svg xmlns='http://www.w3.org/2000/svg' width='3' height='2' desc='a>b'/>".to_vec()),
        ("svg, prefix", b"<s:svg xmlns:s='http://www.w3.org/2000/svg' width='3' height='2'><s:rect width='1' height='1'/></s:svg>".to_vec()),
        ("svg, types", br#"<?xml version='1.0' encoding='ISO-8859-1'?><!DOCTYPE svg PUBLIC "a>b" "c" [<!ENTITY ns 'http://www.w3.org/2000/svg'><!-- <svg> -->]>
            <!-- <svg > --><svg xmlns="&ns;" width="3" height="2"><metadata>theirs</metadata><rect width="1" height="1"/></svg>"#.to_vec()),
    ]
}

fn pixels(bytes: &[u8]) -> Pixels {
    match Format::sniff(bytes) {
        Some(Format::Svg) => Drawing::parse(bytes, &Limits::default()).unwrap().rasterise(64).unwrap(),
        _ => decode(bytes, &Limits::default()).unwrap(),
    }
}

fn embedded(name: &str, bytes: &[u8], what: &Embedded) -> Vec<u8> {
    embed(bytes, Format::sniff(bytes).unwrap(), what).unwrap_or_else(|error| panic!("{name}: {error}"))
}

#[test]
fn recipe_and_prompt_come_back_from_every_format_whole() {
    for (name, bytes) in files() {
        for what in [short(), long()] {
            let file = embedded(name, &bytes, &what);
            let found = read(&file);
            let recipe = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
            assert_eq!(found.ours.as_deref().map(recipe), Some(recipe(&what.recipe)), "{name}");
            let said = found.foreign.unwrap();
            assert_eq!(said.prompt.as_deref(), Some(in_xml(&what.prompt).trim()), "{name}");
            assert_eq!(said.program.as_deref(), Some(what.software.as_str()), "{name}");
            assert_eq!(said.model.unwrap_or_default(), what.model, "{name}");
            assert_eq!(said.notation, Notation::Xmp, "{name}");
        }
    }
}

#[test]
fn pixels_are_the_same_before_and_after() {
    for (name, bytes) in files() {
        let before = pixels(&bytes);
        for what in [short(), long()] {
            assert!(pixels(&embedded(name, &bytes, &what)) == before, "{name}");
        }
    }
}

#[test]
fn writing_twice_replaces() {
    for (name, bytes) in files() {
        let once = embedded(name, &bytes, &long());
        assert!(embedded(name, &once, &long()) == once, "{name}: the same again");
        let twice = embedded(name, &once, &short());
        assert_eq!(read(&twice).ours.as_deref(), Some(r#"{"version":1}"#), "{name}");
        assert!(twice == embedded(name, &bytes, &short()), "{name}: nothing is left of the longer one");
    }
}

#[test]
fn a_file_that_says_nothing_has_nothing_to_read() {
    for (name, bytes) in files() {
        assert_eq!(read(&bytes), Found::default(), "{name}");
    }
}

#[test]
fn what_others_said_in_their_packet_stays() {
    let theirs = r#"<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <rdf:Description rdf:about="" xmlns:t="http://www.tc260.org.cn/ns/AIGC/1.0/"><t:AIGC>label</t:AIGC></rdf:Description>
        </rdf:RDF></x:xmpmeta>"#;
    let jpeg = samples::jpeg();
    let segment = [b"http://ns.adobe.com/xap/1.0/\0", theirs.as_bytes()].concat();
    let length = ((segment.len() + 2) as u16).to_be_bytes();
    let jpeg = [&jpeg[..2], &[0xff, 0xe1], &length, &segment, &jpeg[2..]].concat();
    for what in [short(), long(), short()] {
        let file = embedded("jpeg", &jpeg, &what);
        assert!(String::from_utf8_lossy(&file).contains("<t:AIGC>label</t:AIGC>"));
        assert_eq!(String::from_utf8_lossy(&file).matches("AIGC>").count(), 2);
        assert!(read(&file).ours.is_some());
    }
}

#[test]
fn everything_else_in_a_png_stays_in_its_place() {
    let bytes = samples::png(ColorType::Rgb8);
    let kinds = |bytes: &[u8]| {
        let mut at = 8;
        let mut kinds: Vec<String> = Vec::new();
        while kinds.last().is_none_or(|kind| kind != "IEND") {
            kinds.push(String::from_utf8_lossy(&bytes[at + 4..at + 8]).into_owned());
            at += 12 + u32::from_be_bytes(bytes[at..at + 4].try_into().unwrap()) as usize;
        }
        kinds
    };
    let file = embedded("png", &[&bytes[..], b"after the end"].concat(), &short());
    let mut after = kinds(&file);
    assert_eq!(after.drain(1..4).collect::<Vec<_>>(), ["iTXt"; 3]);
    assert_eq!(after[..], kinds(&bytes)[..]);
    assert!(file.ends_with(b"after the end"));
}

#[test]
fn the_first_segment_of_a_jpeg_keeps_the_words_and_the_recipe_goes_on_behind() {
    let file = embedded("jpeg", &samples::jpeg_with_orientation(3), &Embedded { prompt: "a fox".into(), ..long() });
    let at = |text: &str| file.windows(text.len()).position(|window| window == text.as_bytes()).unwrap();
    assert!(
        at("Exif\0\0") < at("http://ns.adobe.com/xap/1.0/")
            && at("a fox</rdf:li>") < at("http://ns.adobe.com/xmp/extension/")
    );
    assert!(at("http://ns.adobe.com/xmp/extension/") < at("<easel:recipe>"));
}

#[test]
fn animations_stay_animations() {
    let header = [b"VP8X\x0a\0\0\0\x02\0\0\0".as_slice(), &[2, 0, 0, 1, 0, 0], b"ANIM\x06\0\0\0\0\0\0\0\0\0"].concat();
    let body = [b"WEBP".as_slice(), &header, b"XMP \x03\0\0\0old\0"].concat();
    let bytes = [b"RIFF", (body.len() as u32).to_le_bytes().as_slice(), &body].concat();
    let file = embedded("webp", &bytes, &short());
    assert_eq!((&file[12..16], file[20], &file[24..30]), (b"VP8X".as_slice(), 0x06, [2, 0, 0, 1, 0, 0].as_slice()));
    assert!(file.windows(4).any(|id| id == b"ANIM") && !file.windows(3).any(|old| old == b"old"));
}

#[test]
fn a_drawing_keeps_what_others_say_and_every_other_character() {
    let text = "<svg xmlns='http://www.w3.org/2000/svg' width='3' height='2'><!-- <metadata> --><metadata id='x'>theirs</metadata></svg>";
    let once = String::from_utf8(embedded("svg", text.as_bytes(), &short())).unwrap();
    let (start, rest) = text.split_at(text.find("<!--").unwrap());
    assert!(once.starts_with(&format!("{start}<metadata><x:xmpmeta")) && once.ends_with(rest), "{once}");
    assert_eq!(once.matches("<x:xmpmeta").count(), 1);
}
