//! Style sheets without what the style reader does not know: at-rules, `:root`, variables.
//!
//! Imports the colours beside it. What a rule of another medium or another scheme says is left out: a drawing is shown
//! as on a light screen. Brackets are balanced and never recursed into deeper than [`DEEPEST`].

use std::collections::HashMap;

use super::super::xml::{Scanner, Token, local};
use super::calls::{closed, replaced};
use super::{Repair, colours, note};

/// By their names with both dashes.
pub(super) type Variables = HashMap<String, String>;

/// Longest value of a variable, bytes; of those that are longer none is a colour or a length.
const LONGEST: usize = 200;
const DEEPEST: u32 = 8;

/// Collects what variables stand for, in sheets and in `style` attributes; the first word counts, which in sheets is
/// that of the light scheme.
pub(super) fn variables(text: &str) -> Variables {
    let mut found = Variables::new();
    let mut scanner = Scanner::new(text);
    let (mut at, mut in_style) = (0, false);
    while let Some(token) = scanner.next() {
        let piece = text.get(at..scanner.at()).unwrap_or_default();
        at = scanner.at();
        match token {
            Token::Start { name, empty } => {
                in_style = local(name) == "style" && !empty;
                if piece.contains("--") {
                    collect(piece, &mut found);
                }
            }
            Token::Text | Token::Other if in_style => {
                let mut plain = String::new();
                rules(piece, 0, &mut plain);
                collect(&plain, &mut found);
            }
            Token::End => in_style = false,
            _ => {}
        }
    }
    found
}

fn collect(text: &str, into: &mut Variables) {
    for (at, _) in text.match_indices("--") {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let starts = before.is_none_or(|c| c.is_whitespace() || matches!(c, ';' | '{' | '"' | '\''));
        let rest = text.get(at..).unwrap_or_default();
        let Some((name, value)) = rest.split_once(':').filter(|_| starts) else { continue };
        let value = value.split([';', '}', '"', '<']).next().unwrap_or_default().trim();
        if name.len() <= LONGEST && value.len() <= LONGEST && is_name(name.trim()) {
            into.entry(name.trim().to_owned()).or_insert_with(|| value.to_owned());
        }
    }
}

fn is_name(name: &str) -> bool {
    name.len() > 2 && name.chars().all(|c| c.is_alphanumeric() || c == '-' || c == '_')
}

/// Puts what they stand for in the place of variables; `None`: there are none.
pub(super) fn filled(text: &str, variables: &Variables) -> Option<String> {
    let mut out: Option<String> = None;
    // Variables may stand for variables.
    for _ in 0..4 {
        match filled_once(out.as_deref().unwrap_or(text), variables) {
            Some(next) if next.len() <= text.len() * 4 + LONGEST => out = Some(next),
            _ => break,
        }
    }
    out
}

fn filled_once(text: &str, variables: &Variables) -> Option<String> {
    let name = |before: &str| before.ends_with("var").then_some("var");
    let inside = |rest| closed(rest, 4 * LONGEST, b"");
    replaced(text, name, inside, |_, inside| {
        let (name, otherwise) = match inside.split_once(',') {
            Some((name, otherwise)) => (name.trim(), Some(otherwise.trim())),
            None => (inside.trim(), None),
        };
        variables.get(name).map(String::as_str).or(otherwise).map(str::to_owned)
    })
}

/// Cleans the content of a `style` element; `None`: it is good as it is.
pub(super) fn cleaned(piece: &str, variables: &Variables, repairs: &mut Vec<Repair>) -> Option<String> {
    let mut sheet = None;
    if piece.contains('@') || piece.contains(":root") || piece.contains("var(") {
        let mut out = String::with_capacity(piece.len());
        rules(piece, 0, &mut out);
        let out = filled(&out, variables).unwrap_or(out);
        if squeezed(&out) != squeezed(&bare(piece)) {
            note(repairs, Repair::Styles);
            sheet = Some(out);
        }
    }
    let converted = colours::converted(sheet.as_deref().unwrap_or(piece));
    if converted.is_some() {
        note(repairs, Repair::Colours);
    }
    let clean = converted.or(sheet)?;
    let is_inside = piece.trim_start().starts_with("<![CDATA[") && clean.starts_with("<![CDATA[");
    Some(if is_inside { clean } else { format!("<![CDATA[{}]]>", clean.replace("]]>", "")) })
}

fn squeezed(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

/// The sheet itself: no CDATA around it, no signs written out.
fn bare(piece: &str) -> String {
    piece
        .replace("<![CDATA[", "")
        .replace("]]>", "")
        .replace("<!--", "")
        .replace("-->", "")
        .replace("&gt;", ">")
        .replace("&lt;", "<")
        .replace("&quot;", "\"")
        .replace("&apos;", "'")
        .replace("&amp;", "&")
}

/// Appends the rules that hold on a light screen.
fn rules(sheet: &str, depth: u32, out: &mut String) {
    let bare = if depth == 0 { bare(sheet) } else { sheet.to_owned() };
    let plain = without_comments(&bare);
    let mut rest = plain.trim_start();
    while !rest.is_empty() {
        let end = rest.find(['{', ';', '}']).unwrap_or(rest.len());
        let (head, after) = rest.split_at(end);
        let head = head.trim();
        if !after.starts_with('{') {
            // `@import …;` and what nothing begins with.
            rest = after.get(1..).unwrap_or_default().trim_start();
            continue;
        }
        let block = block_length(after);
        let body = after.get(1..block.saturating_sub(1)).unwrap_or_default();
        rest = after.get(block..).unwrap_or_default().trim_start();
        match head.strip_prefix('@') {
            Some(at) if depth < DEEPEST && holds(at) => rules(body, depth + 1, out),
            Some(_) => {}
            None => {
                out.push_str(&head.replace(":root", "svg"));
                out.push('{');
                out.push_str(body);
                out.push_str("}\n");
            }
        }
    }
}

/// Measures a block with its brackets; one that never closes goes to the end.
fn block_length(text: &str) -> usize {
    let mut depth = 0;
    for (at, byte) in text.bytes().enumerate() {
        match byte {
            b'{' => depth += 1,
            b'}' => {
                depth -= 1;
                if depth == 0 {
                    return at + 1;
                }
            }
            _ => {}
        }
    }
    text.len()
}

/// Whether what stands inside of an at-rule holds on a light screen at rest.
fn holds(at: &str) -> bool {
    let (name, condition) = at.split_once([' ', '(']).unwrap_or((at, ""));
    let condition = condition.to_ascii_lowercase();
    match name.to_ascii_lowercase().as_str() {
        "media" => {
            let not = ["dark", "print", "not ", "speech", "hover", "reduce", "forced-colors", "max-width", "more"];
            !not.iter().any(|word| condition.contains(word))
        }
        "supports" | "layer" | "scope" => !condition.contains("not "),
        _ => false,
    }
}

fn without_comments(sheet: &str) -> String {
    let mut out = String::with_capacity(sheet.len());
    let mut rest = sheet;
    while let Some(start) = rest.find("/*") {
        out.push_str(rest.get(..start).unwrap_or_default());
        let after = rest.get(start + 2..).unwrap_or_default();
        rest = after.find("*/").and_then(|end| after.get(end + 2..)).unwrap_or_default();
    }
    out.push_str(rest);
    out
}
