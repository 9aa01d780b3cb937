//! Drawings as models write them, made such that they can be drawn: for the eye alone, the bytes stay as they came.
//!
//! Imports the XML scanner of this layer. What browsers show although it is no SVG by the book is written by the book:
//! text around the drawing, UTF-16, names that nobody declared, style sheets and colours of today, labels in HTML.
//! Invariants: every change is told as a [`Repair`]; a text that needs none is borrowed as it is; the work goes with
//! the length of the text; nothing is fetched.

mod calls;
mod circles;
mod colours;
mod filters;
mod labels;
mod markup;
mod styles;

use serde::{Deserialize, Serialize};
use std::borrow::Cow;

use super::xml::{self, Scanner, Token};

pub(super) use circles::cut;
pub(super) use markup::mended;

/// What was changed so that a drawing can be seen.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Repair {
    Encoding,
    Surroundings,
    Names,
    Signs,
    Styles,
    Colours,
    Labels,
    Circles,
    /// Something in it breaks what draws it.
    Parts,
    /// No change: all of it is transparent.
    Empty,
}

impl std::fmt::Display for Repair {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Repair::Encoding => "its text is in UTF-16",
            Repair::Surroundings => "words around it were left out",
            Repair::Names => "names that nobody declared were declared or left out",
            Repair::Signs => "signs that XML does not know were written out",
            Repair::Styles => "its style sheet was simplified",
            Repair::Colours => "colours were converted to sRGB",
            Repair::Labels => "labels in HTML were set as plain text",
            Repair::Circles => "parts that refer to each other in a circle were left out",
            Repair::Parts => "parts that cannot be drawn were left out",
            Repair::Empty => "nothing of it can be seen",
        })
    }
}

/// Says in one line what was changed; `None`: nothing.
pub fn repairs_text(repairs: &[Repair]) -> Option<String> {
    let all: Vec<String> = repairs.iter().filter(|one| **one != Repair::Empty).map(ToString::to_string).collect();
    let repaired = (!all.is_empty()).then(|| format!("Repaired for display: {}", all.join("; ")));
    let empty = repairs.contains(&Repair::Empty).then(|| "Nothing in this drawing can be seen".to_owned());
    let lines: Vec<String> = repaired.into_iter().chain(empty).collect();
    (!lines.is_empty()).then(|| lines.join(". "))
}

/// Notes a repair once.
pub(super) fn note(repairs: &mut Vec<Repair>, repair: Repair) {
    if !repairs.contains(&repair) {
        repairs.push(repair);
    }
}

/// Reads the drawing's text out of the bytes; `None`: they are no text.
pub(in crate::picture) fn text_of<'a>(bytes: &'a [u8], repairs: &mut Vec<Repair>) -> Option<Cow<'a, str>> {
    let text = match bytes {
        [0xff, 0xfe, rest @ ..] => {
            note(repairs, Repair::Encoding);
            Cow::Owned(from_utf16(rest, u16::from_le_bytes))
        }
        [0xfe, 0xff, rest @ ..] => {
            note(repairs, Repair::Encoding);
            Cow::Owned(from_utf16(rest, u16::from_be_bytes))
        }
        _ => Cow::Borrowed(std::str::from_utf8(bytes).ok()?),
    };
    let range = drawing_in(&text);
    let Some(range) = range.filter(|range| *range != (0..text.len())) else { return Some(text) };
    note(repairs, Repair::Surroundings);
    Some(match text {
        Cow::Borrowed(text) => Cow::Borrowed(text.get(range).unwrap_or_default()),
        Cow::Owned(text) => Cow::Owned(text.get(range).unwrap_or_default().to_owned()),
    })
}

fn from_utf16(bytes: &[u8], number: fn([u8; 2]) -> u16) -> String {
    let units = bytes.as_chunks().0.iter().map(|pair| number(*pair));
    char::decode_utf16(units).map(|c| c.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

/// Finds a drawing in a text that is, or begins and ends with, the words of a model: `Here it is: ```svg <svg …` . All
/// of the text where there is nothing around it; `None`: there is none in it.
pub(in crate::picture) fn drawing_in(text: &str) -> Option<std::ops::Range<usize>> {
    let trimmed = xml::trim_start(text);
    let is_drawing = |text| xml::root_name(text).is_some_and(|name| xml::local(name) == "svg");
    let start = text.len() - trimmed.len();
    let start = if is_drawing(trimmed) {
        start
    } else {
        let start = text.find('<')?;
        // A mere mention is none.
        let rest = text.get(start..)?;
        if !is_drawing(rest) || !(rest.contains("</svg>") || rest.contains(":svg>")) {
            return None;
        }
        start
    };
    let rest = text.get(start..)?;
    let end = ["</svg>", ":svg>"].iter().filter_map(|end| Some(rest.rfind(end)? + end.len())).max();
    let after = end.and_then(|end| rest.get(end..)).unwrap_or_default();
    // Comments may follow the root; anything else was said about it.
    let said = !after.trim().is_empty() && !after.trim_start().starts_with("<!--");
    match end {
        Some(end) if said => Some(start..start + end),
        _ if start == text.len() - trimmed.len() => Some(0..text.len()),
        _ => Some(start..text.len()),
    }
}

/// Words without which there is nothing to do.
const TRIGGERS: [&str; 10] =
    ["lab(", "lch(", "color", "hwb(", "rgb", "hsl", "var(", "<style", "foreignObject", "feConvolveMatrix"];

/// Writes styles, colours and labels such that they are understood.
pub(super) fn restyled<'a>(text: &'a str, repairs: &mut Vec<Repair>) -> Cow<'a, str> {
    if !TRIGGERS.iter().any(|trigger| text.contains(trigger)) {
        return Cow::Borrowed(text);
    }
    let variables = if text.contains("var(") { styles::variables(text) } else { Default::default() };
    let mut out = String::with_capacity(text.len());
    let mut scanner = Scanner::new(text);
    let mut open: Vec<&str> = Vec::new();
    let (mut at, mut is_changed) = (0, false);
    let mut label: Option<labels::Label<'_>> = None;
    while let Some(token) = scanner.next() {
        let piece = text.get(at..scanner.at()).unwrap_or_default();
        at = scanner.at();
        let mut put = Cow::Borrowed(piece);
        match token {
            Token::Start { name, empty } => {
                let name = xml::local(name);
                if label.is_none() && name == "foreignObject" && !empty {
                    let in_switch = open.last() == Some(&"switch");
                    label = Some(labels::Label::new(piece, open.len(), in_switch));
                }
                if let Some(label) = &mut label {
                    label.start(name, piece);
                } else {
                    put = value_of(piece, &variables, repairs);
                    if name == "feConvolveMatrix"
                        && let Some(bounded) = filters::bounded(&put)
                    {
                        put = Cow::Owned(bounded);
                        note(repairs, Repair::Parts);
                    }
                }
                if !empty {
                    open.push(name);
                }
            }
            Token::End => {
                let name = open.pop();
                if let Some(label) = label.take_if(|label| label.depth == open.len()) {
                    put = Cow::Owned(label.written());
                    is_changed = true;
                    if !put.is_empty() {
                        note(repairs, Repair::Labels);
                    }
                    out.push_str(&put);
                    continue;
                }
                if let (Some(label), Some(name)) = (&mut label, name) {
                    label.end(name);
                }
            }
            Token::Text | Token::Other if label.is_some() => {
                if let Some(label) = label.as_mut().filter(|_| token == Token::Text) {
                    label.text(piece);
                }
            }
            Token::Text | Token::Other if open.last() == Some(&"style") => {
                if let Some(clean) = styles::cleaned(piece, &variables, repairs) {
                    put = Cow::Owned(clean);
                }
            }
            Token::Text | Token::Other => {}
        }
        if label.is_none() {
            is_changed |= matches!(put, Cow::Owned(_));
            out.push_str(&put);
        }
    }
    if !is_changed {
        return Cow::Borrowed(text);
    }
    out.push_str(text.get(at..).unwrap_or_default());
    Cow::Owned(out)
}

/// A value, or a tag with several, in which variables and colours are what they stand for.
fn value_of<'a>(text: &'a str, variables: &styles::Variables, repairs: &mut Vec<Repair>) -> Cow<'a, str> {
    let filled = styles::filled(text, variables);
    if filled.is_some() {
        note(repairs, Repair::Styles);
    }
    let converted = colours::converted(filled.as_deref().unwrap_or(text));
    if converted.is_some() {
        note(repairs, Repair::Colours);
    }
    converted.or(filled).map_or(Cow::Borrowed(text), Cow::Owned)
}

#[cfg(test)]
mod tests;
