//! Markup that is no XML, written as XML: names that nobody declared, attributes that are none, signs of HTML.
//!
//! Imports the XML scanner. Used only where the reader has refused the text.

use std::collections::BTreeSet;
use std::collections::HashSet;

use super::super::xml::{Scanner, Token};
use super::{Repair, note};

/// Prefixes whose meaning everybody knows.
const KNOWN: [(&str, &str); 2] = [("xlink", "http://www.w3.org/1999/xlink"), ("svg", "http://www.w3.org/2000/svg")];
/// Signs of HTML that models write, and their numbers.
const SIGNS: [(&str, u32); 20] = [
    ("nbsp", 160),
    ("copy", 169),
    ("reg", 174),
    ("deg", 176),
    ("plusmn", 177),
    ("middot", 183),
    ("times", 215),
    ("divide", 247),
    ("ndash", 8211),
    ("mdash", 8212),
    ("lsquo", 8216),
    ("rsquo", 8217),
    ("ldquo", 8220),
    ("rdquo", 8221),
    ("bull", 8226),
    ("hellip", 8230),
    ("trade", 8482),
    ("larr", 8592),
    ("rarr", 8594),
    ("hearts", 9829),
];

/// Writes a text that is no XML such that it is; what else is wrong stays wrong.
pub(in crate::picture::svg) fn mended(text: &str, repairs: &mut Vec<Repair>) -> String {
    let mut prefixes = Prefixes::default();
    let mut out = String::with_capacity(text.len() + 256);
    let mut scanner = Scanner::new(text);
    let has_entities = text.contains("<!ENTITY");
    let (mut at, mut root_end) = (0, None);
    while let Some(token) = scanner.next() {
        let piece = text.get(at..scanner.at()).unwrap_or_default();
        at = scanner.at();
        match token {
            Token::Start { name, empty } => {
                prefixes.use_of(name);
                tag(piece, name, empty, &mut prefixes, has_entities, &mut out, repairs);
                if root_end.is_none() {
                    let closing = if empty { 2 } else { 1 };
                    root_end = Some(out.len() - closing);
                }
            }
            Token::Text if !has_entities => signs(piece, &mut out, repairs),
            _ => out.push_str(piece),
        }
    }
    out.push_str(text.get(at..).unwrap_or_default());
    let missing: Vec<&str> = prefixes.used.difference(&prefixes.declared).copied().collect();
    if let Some(end) = root_end
        && !missing.is_empty()
    {
        note(repairs, Repair::Names);
        let known =
            |prefix: &str| KNOWN.iter().find(|(name, _)| *name == prefix).map(|(_, address)| (*address).to_owned());
        let address = |prefix: &str| known(prefix).unwrap_or_else(|| format!("urn:undeclared:{prefix}"));
        let declared: String =
            missing.iter().map(|prefix| format!(" xmlns:{prefix}=\"{}\"", address(prefix))).collect();
        out.insert_str(end, &declared);
    }
    out
}

#[derive(Default)]
struct Prefixes<'a> {
    used: BTreeSet<&'a str>,
    declared: BTreeSet<&'a str>,
}

impl<'a> Prefixes<'a> {
    fn use_of(&mut self, name: &'a str) {
        match name.split_once(':') {
            Some(("xmlns", prefix)) => {
                self.declared.insert(prefix);
            }
            Some((prefix, _)) if prefix != "xml" => {
                self.used.insert(prefix);
            }
            _ => {}
        }
    }
}

/// Writes a start tag with the attributes that are some, each once.
fn tag<'a>(
    piece: &'a str,
    name: &str,
    empty: bool,
    prefixes: &mut Prefixes<'a>,
    has_entities: bool,
    out: &mut String,
    repairs: &mut Vec<Repair>,
) {
    out.push('<');
    out.push_str(name);
    let closing = if empty { 2 } else { 1 };
    let mut rest = piece.get(1 + name.len()..piece.len().saturating_sub(closing)).unwrap_or_default();
    let mut seen = HashSet::new();
    loop {
        rest = rest.trim_start();
        if rest.is_empty() {
            break;
        }
        let length = rest.find(|c: char| c.is_whitespace() || c == '=').unwrap_or(rest.len());
        let (name, after) = rest.split_at(length.max(1).min(rest.len()));
        let after_name = after.trim_start();
        let value = match after_name.strip_prefix('=') {
            Some(value) => value.trim_start(),
            None => {
                // A word alone.
                note(repairs, Repair::Names);
                rest = after;
                continue;
            }
        };
        let quote = value.chars().next().filter(|c| matches!(c, '"' | '\''));
        let (value, next) = match quote {
            Some(quote) => {
                let inside = value.get(1..).unwrap_or_default();
                inside.split_once(quote).unwrap_or((inside, ""))
            }
            None => value.split_at(value.find(char::is_whitespace).unwrap_or(value.len())),
        };
        rest = next;
        if !is_name(name) || !seen.insert(name) {
            note(repairs, Repair::Names);
            continue;
        }
        prefixes.use_of(name);
        let quote = quote.unwrap_or('"');
        out.push(' ');
        out.push_str(name);
        out.push('=');
        out.push(quote);
        if has_entities {
            out.push_str(value);
        } else {
            signs(&value.replace('<', "&lt;"), out, repairs);
        }
        out.push(quote);
    }
    out.push_str(if empty { "/>" } else { ">" });
}

fn is_name(name: &str) -> bool {
    let part = |part: &str| {
        part.starts_with(|c: char| c.is_alphabetic() || c == '_')
            && part.chars().all(|c| c.is_alphanumeric() || matches!(c, '-' | '_' | '.'))
    };
    match name.split_once(':') {
        Some((prefix, local)) => part(prefix) && part(local),
        None => part(name),
    }
}

/// Writes text in which every `&` begins a sign that XML knows.
fn signs(text: &str, out: &mut String, repairs: &mut Vec<Repair>) {
    let mut pieces = text.split('&');
    out.push_str(pieces.next().unwrap_or_default());
    for piece in pieces {
        let name = piece.split_once(';').map_or("", |(name, _)| name);
        let is_number = name.strip_prefix('#').is_some_and(|number| {
            let hex = number.strip_prefix('x').map(|hex| u32::from_str_radix(hex, 16).ok());
            hex.unwrap_or_else(|| number.parse().ok()).and_then(char::from_u32).is_some_and(|c| c >= ' ' || c == '\n')
        });
        if is_number || matches!(name, "amp" | "lt" | "gt" | "quot" | "apos") {
            out.push('&');
            out.push_str(piece);
            continue;
        }
        note(repairs, Repair::Signs);
        match SIGNS.iter().find(|(sign, _)| *sign == name) {
            Some((_, number)) => {
                out.push_str(&format!("&#{number};"));
                out.push_str(piece.get(name.len() + 1..).unwrap_or_default());
            }
            None => {
                out.push_str("&amp;");
                out.push_str(piece);
            }
        }
    }
}
