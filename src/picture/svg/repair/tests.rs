//! Drawings as models write them: seen as they were meant, and what was changed is said.

use super::super::super::{Limits, probe};
use super::super::Drawing;
use super::*;

fn around(inside: &str) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 200 100\" width=\"200\" height=\"100\">{inside}</svg>"
    )
}

const SQUARE: &str = "<rect x=\"20\" y=\"20\" width=\"60\" height=\"60\" fill=\"#c33\"/>";

/// The colour at a place.
fn at(drawing: &Drawing, x: usize, y: usize) -> [u8; 4] {
    let pixels = drawing.rasterise(200).unwrap();
    let at = (y * 200 + x) * 4;
    pixels.rgba[at..at + 4].try_into().unwrap()
}

fn parsed(bytes: &[u8]) -> Drawing {
    Drawing::parse(bytes, &Limits::default())
        .unwrap_or_else(|error| panic!("{error}: {}", String::from_utf8_lossy(bytes)))
}

#[test]
fn what_browsers_show_is_shown_and_said_to_be_repaired() {
    let inner = |inside: &str| around(&inside.replace("SQUARE", SQUARE));
    let filled = |fill: &str| around(&SQUARE.replace("#c33", fill));
    let table: Vec<(String, &[Repair])> = vec![
        (inner("SQUARE"), &[]),
        (inner("<g sketch:type=\"MSPage\" inkscape:label=\"Layer 1\" serif:id=\"x\">SQUARE</g>"), &[Repair::Names]),
        (
            inner(
                "<defs><rect id=\"r\" width=\"60\" height=\"60\" fill=\"#c33\"/></defs><use xlink:href=\"#r\" x=\"20\" y=\"20\"/>",
            ),
            &[Repair::Names],
        ),
        (inner("<g xml:space=\"preserve\" data-name=\"a\" v-if=\"x\" @click=\"y()\">SQUARE</g>"), &[Repair::Names]),
        (inner("<g class=\"a\" class=\"b\" hidden>SQUARE</g>"), &[Repair::Names]),
        (inner("<title>R&D&nbsp;&mdash; fox & owl</title>SQUARE"), &[Repair::Signs]),
        (
            inner(
                "<style>:root{fill:#c33} @media (prefers-color-scheme: dark){:root{fill:#fff}}</style><rect x=\"20\" y=\"20\" width=\"60\" height=\"60\"/>",
            ),
            &[Repair::Styles],
        ),
        (
            inner(
                "<style>@charset \"utf-8\"; @import url(\"https://example.invalid/a.css\"); .a{fill:#c33}</style><rect class=\"a\" x=\"20\" y=\"20\" width=\"60\" height=\"60\"/>",
            ),
            &[Repair::Styles],
        ),
        (
            inner(
                "<style><![CDATA[.a{fill:#c33} @media (prefers-color-scheme: dark){.a{fill:#ffffff}}]]></style><rect class=\"a\" x=\"20\" y=\"20\" width=\"60\" height=\"60\"/>",
            ),
            &[Repair::Styles],
        ),
        (
            inner(
                "<style>:root{--main:#c33} g > .a{fill:var(--main, blue)}</style><g><rect class=\"a\" x=\"20\" y=\"20\" width=\"60\" height=\"60\"/></g>",
            ),
            &[Repair::Styles],
        ),
        (filled("rgb(204 51 51 / 100%)"), &[Repair::Colours]),
        (filled("hsl(0deg 60% 50%)"), &[Repair::Colours]),
        (filled("color-mix(in srgb, #c33 100%, black)"), &[Repair::Colours]),
        (format!("```svg\n{}\n```\n", inner("SQUARE")), &[Repair::Surroundings]),
        (format!("Here is your drawing:\n\n{}\nEnjoy.", inner("SQUARE")), &[Repair::Surroundings]),
        (format!("\u{feff}\n\n<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", inner("SQUARE")), &[]),
    ];
    for (text, repairs) in &table {
        let drawing = parsed(text.as_bytes());
        assert_eq!(drawing.repairs(), *repairs, "{text}");
        assert_eq!((at(&drawing, 50, 50), at(&drawing, 120, 50)), ([204, 51, 51, 255], [0; 4]), "{text}");
        assert!(probe(text.as_bytes(), &Limits::default()).is_ok(), "it is known to be a drawing: {text}");
    }
    for encode in [u16::to_le_bytes, u16::to_be_bytes] {
        let text = format!("\u{feff}<?xml version=\"1.0\" encoding=\"UTF-16\"?>{}", inner("SQUARE"));
        let bytes: Vec<u8> = text.encode_utf16().flat_map(encode).collect();
        let drawing = parsed(&bytes);
        assert_eq!((drawing.repairs(), at(&drawing, 50, 50)), (&[Repair::Encoding][..], [204, 51, 51, 255]));
        assert!(probe(&bytes, &Limits::default()).is_ok());
    }
}

#[test]
fn colours_of_today_are_near_what_they_say() {
    for fill in
        ["oklch(0.55 0.17 25)", "oklab(0.55 0.15 0.07)", "lab(44 50 28)", "color(display-p3 0.8 0.2 0.2)", "#c33c"]
    {
        let drawing = parsed(around(&SQUARE.replace("#c33", fill)).as_bytes());
        let [r, g, b, a] = at(&drawing, 50, 50);
        assert!(r > 150 && g < 110 && b < 110 && a > 150, "{fill}: {:?}", [r, g, b, a]);
    }
}

#[test]
fn labels_in_html_are_seen() {
    let html = "<foreignObject x=\"90\" y=\"20\" width=\"100\" height=\"60\"><div xmlns=\"http://www.w3.org/1999/xhtml\" style=\"font-size:14px;color:#222\">Red fox<br/>asleep</div></foreignObject>";
    let text = around(&format!("{SQUARE}{html}"));
    let mut repairs = Vec::new();
    let restyled = restyled(&text, &mut repairs);
    assert_eq!(repairs, [Repair::Labels]);
    let expected = "<text font-size=\"14\" fill=\"#222\"><tspan x=\"90\" y=\"34\">Red fox</tspan><tspan x=\"90\" y=\"50.8\">asleep</tspan></text></svg>";
    assert!(restyled.ends_with(expected), "{restyled}");
    // Where the same is said beside it, it is said once.
    let switch = around(&format!("<switch>{html}<text x=\"90\" y=\"50\">Red fox</text></switch>"));
    let mut repairs = Vec::new();
    let restyled = super::restyled(&switch, &mut repairs);
    assert!(repairs.is_empty() && restyled.contains("<switch><text x=\"90\""), "{restyled}");
}

#[test]
fn a_text_that_only_speaks_of_drawings_is_none() {
    for text in [
        "",
        "text <svg/>",
        "the <svg> element",
        "<html><svg></svg></html>",
        "<p>```svg <svg></svg>```</p>",
        "{\"svg\": 1}",
    ] {
        assert_eq!(drawing_in(text), None, "{text}");
    }
    assert_eq!(drawing_in("<svg></svg>\n"), Some(0..12));
    assert_eq!(drawing_in("<svg></svg><!-- fox -->"), Some(0..23));
}

#[test]
fn what_needs_no_repair_is_not_touched() {
    let plain = around("<style>.a{fill:rgb(1, 2, 3)}</style><text>oklch(1 1 1) @ :root</text>");
    let mut repairs = Vec::new();
    assert!(matches!(restyled(&plain, &mut repairs), Cow::Borrowed(_)));
    assert!(repairs.is_empty());
}

#[test]
fn hostile_text_takes_no_longer_than_its_length() {
    let long = 200_000;
    for text in [
        "var(".repeat(long),
        format!("<svg style='{}'>", "var(--a,".repeat(long)),
        format!("<svg fill='{}'/>", "lab(".repeat(long)),
        format!("<svg><style>{}", "@media x {".repeat(long)),
        format!("<svg><style>{}</style></svg>", "@media x {a{}".repeat(long)),
        format!("<svg><style>{}</style></svg>", "--a:var(--a) var(--a);".repeat(long)),
        format!("<svg {}/>", "a=".repeat(long)),
        format!("<svg>{}</svg>", "&".repeat(long)),
        format!("<svg>{}", "<foreignObject>".repeat(long)),
    ] {
        let mut repairs = Vec::new();
        let restyled = restyled(&text, &mut repairs);
        mended(&restyled, &mut repairs);
    }
}
