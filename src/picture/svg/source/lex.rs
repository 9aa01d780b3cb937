//! What the parts of markup are, row by row: loose on purpose, for whatever is written has to be shown.
//!
//! Invariant: every byte belongs to exactly one part.

use super::Part;
use std::ops::Range;

/// What a row begins in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum State {
    #[default]
    Text,
    /// After `<` or `</`: the name is to come.
    Open,
    /// Among the attributes.
    Tag,
    /// In a value that this quote ends.
    Value(u8),
    /// In what this ends: a comment, an instruction, a declaration.
    Aside(&'static str),
}

/// Tells the parts of a row and returns what the next one begins in.
pub(super) fn row(text: &str, mut state: State, mut tell: impl FnMut(Part, Range<usize>)) -> State {
    let mut at = 0;
    while at < text.len() {
        let rest = text.get(at..).unwrap_or_default();
        let (part, length, next) = match state {
            State::Text => in_text(rest),
            State::Aside(end) => match rest.find(end) {
                Some(found) => (Part::Aside, found + end.len(), State::Text),
                None => (Part::Aside, rest.len(), state),
            },
            State::Value(quote) => match rest.bytes().position(|byte| byte == quote) {
                Some(found) => (Part::Value, found + 1, State::Tag),
                None => (Part::Value, rest.len(), state),
            },
            State::Open | State::Tag => in_tag(rest, state),
        };
        let length = length.max(1).min(rest.len());
        tell(part, at..at + length);
        (at, state) = (at + length, next);
    }
    state
}

fn in_text(rest: &str) -> (Part, usize, State) {
    for (begin, end) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>"), ("<!", ">")] {
        if rest.starts_with(begin) {
            return (Part::Aside, begin.len(), State::Aside(end));
        }
    }
    if rest.starts_with("</") {
        return (Part::Mark, 2, State::Open);
    }
    if rest.starts_with('<') {
        return (Part::Mark, 1, State::Open);
    }
    (Part::Text, rest.find('<').unwrap_or(rest.len()), State::Text)
}

fn in_tag(rest: &str, state: State) -> (Part, usize, State) {
    let mut letters = rest.chars();
    match letters.next() {
        Some('>') => (Part::Mark, 1, State::Text),
        Some('/' | '=') => (Part::Mark, 1, State::Tag),
        Some(quote @ ('"' | '\'')) => (Part::Value, 1, State::Value(quote as u8)),
        // A tag that never ended.
        Some('<') => in_text(rest),
        Some(first) if first.is_whitespace() => {
            let space = rest.find(|c: char| !c.is_whitespace()).unwrap_or(rest.len());
            // No name after `<`: it is a mere sign.
            let next = if state == State::Open { State::Text } else { State::Tag };
            (if next == State::Text { Part::Text } else { Part::Mark }, space, next)
        }
        _ => {
            let ends = |c: char| c.is_whitespace() || matches!(c, '>' | '/' | '=' | '"' | '\'' | '<');
            let part = if state == State::Open { Part::Name } else { Part::Attribute };
            (part, rest.find(ends).unwrap_or(rest.len()), State::Tag)
        }
    }
}
