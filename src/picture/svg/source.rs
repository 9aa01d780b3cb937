//! The text of a drawing as it can be read: rows, what each part of a row is, search, and a form with one element a line.
//!
//! Imports nothing. The text is shown and never interpreted: whatever it says, a row is a row of characters, and one
//! that is too long to be laid out is cut. Invariant: the rows, joined, are the text.

mod lex;
mod pretty;

use lex::State;
use std::borrow::Cow;
use std::ops::Range;

/// What a part of a row is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Between elements.
    Text,
    /// Angle brackets, slashes and equals signs.
    Mark,
    /// Of an element.
    Name,
    Attribute,
    /// Of an attribute, with its quotes.
    Value,
    /// Comments, declarations, instructions.
    Aside,
}

/// A text in rows.
#[derive(Clone, Debug)]
pub struct Source {
    text: String,
    rows: Vec<Row>,
    lines: usize,
}

#[derive(Clone, Copy, Debug)]
struct Row {
    start: usize,
    end: usize,
    /// From 1; 0: goes on with the line above.
    line: usize,
    /// What the row begins in.
    state: State,
}

/// Bytes of a row at the most: a line may be as long as the file.
const LONGEST: usize = 240;
/// How far back a good place for a cut is looked for, bytes.
const BACK: usize = 60;

impl Source {
    /// Reads a text; what is not UTF-8 is replaced.
    pub fn new(bytes: &[u8]) -> Self {
        Self::of(String::from_utf8_lossy(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).into_owned())
    }

    fn of(text: String) -> Self {
        let mut rows = Vec::new();
        let mut state = State::default();
        let (mut start, mut lines) = (0, 0);
        for whole in text.split_inclusive('\n') {
            lines += 1;
            let shown = whole.trim_end_matches(['\n', '\r']).len();
            let mut from = 0;
            loop {
                let to = cut(whole, from, shown);
                let line = if from == 0 { lines } else { 0 };
                rows.push(Row { start: start + from, end: start + to, line, state });
                // The end of the line belongs to its last row.
                let next = if to == shown { whole.len() } else { to };
                state = lex::row(whole.get(from..next).unwrap_or_default(), state, |_, _| {});
                from = to;
                if to == shown {
                    break;
                }
            }
            start += whole.len();
        }
        Self { text, rows, lines }
    }

    /// Returns the same with one element a line, indented by how deep it lies. For reading: space between elements is
    /// not what it was.
    #[must_use]
    pub fn pretty(&self) -> Self {
        Self::of(pretty::pretty(&self.text))
    }

    /// Returns all of it.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the number of rows, lines that are cut counted as often as they are.
    pub fn rows(&self) -> usize {
        self.rows.len()
    }

    /// Returns the number of lines.
    pub fn lines(&self) -> usize {
        self.lines
    }

    /// Returns where a row lies in the text (bytes) and the number of its line, from 1; `None` for the number: it goes
    /// on with the line above.
    pub fn row(&self, row: usize) -> Option<(Range<usize>, Option<usize>)> {
        let row = self.rows.get(row)?;
        Some((row.start..row.end, Some(row.line).filter(|line| *line > 0)))
    }

    /// Returns what the parts of a row are; joined they are the row.
    pub fn parts(&self, row: usize) -> Vec<(Part, &str)> {
        let Some(row) = self.rows.get(row) else { return Vec::new() };
        let text = self.text.get(row.start..row.end).unwrap_or_default();
        let mut parts: Vec<(Part, Range<usize>)> = Vec::new();
        lex::row(text, row.state, |part, range| match parts.last_mut() {
            Some((last, before)) if *last == part && before.end == range.start => before.end = range.end,
            _ => parts.push((part, range)),
        });
        parts.into_iter().filter_map(|(part, range)| Some((part, text.get(range)?))).collect()
    }

    /// Returns the row that a place in the text (bytes) is in.
    pub fn row_of(&self, place: usize) -> usize {
        self.rows.partition_point(|row| row.start <= place).saturating_sub(1)
    }

    /// Returns where a text occurs (bytes), at most `most` times; upper and lower case of A to Z are the same.
    pub fn find(&self, wanted: &str, most: usize) -> Vec<usize> {
        if wanted.is_empty() {
            return Vec::new();
        }
        let (text, wanted) = (self.text.to_ascii_lowercase(), wanted.to_ascii_lowercase());
        text.match_indices(&wanted).map(|(at, _)| at).take(most).collect()
    }
}

/// Returns a text with dots for the characters that would steer how it is shown instead of being shown.
pub fn shown(text: &str) -> Cow<'_, str> {
    let steers = |c: char| match c {
        '\t' => false,
        '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' => true,
        c => c.is_control(),
    };
    if text.contains(steers) { Cow::Owned(text.replace(steers, "·")) } else { Cow::Borrowed(text) }
}

/// Where the row that begins at `from` ends: at the end of the line, or where a word or an attribute does.
fn cut(line: &str, from: usize, shown: usize) -> usize {
    if shown - from <= LONGEST {
        return shown;
    }
    let mut most = from + LONGEST;
    while !line.is_char_boundary(most) {
        most -= 1;
    }
    let least = most.saturating_sub(BACK).max(from + 1);
    let good = (least..most).rev().find(|at| line.as_bytes().get(*at).is_some_and(u8::is_ascii_whitespace));
    // Never inside of what begins or ends a comment.
    let is_plain = |at: &usize| {
        let beside = [at.wrapping_sub(1), *at].map(|at| line.as_bytes().get(at).copied().unwrap_or_default());
        line.is_char_boundary(*at) && beside.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80)
    };
    good.map(|at| at + 1).or_else(|| (least..most).rev().find(is_plain)).unwrap_or(most)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn written(source: &Source, row: usize) -> String {
        let write = |(part, text): (Part, &str)| match part {
            Part::Text => format!("({text})"),
            Part::Mark => text.to_owned(),
            Part::Name => format!("N:{text}"),
            Part::Attribute => format!("A:{text}"),
            Part::Value => format!("V:{text}"),
            Part::Aside => format!("[{text}]"),
        };
        source.parts(row).into_iter().map(write).collect()
    }

    #[test]
    fn parts_of_a_row_are_told_apart() {
        for (text, rows) in [
            (r#"<rect x="1"/>"#, &["<N:rectA: xV:\"1\"/>"][..]),
            ("<g>one</g>", &["<N:g>(one)</N:g>"]),
            ("<!-- <g> -->ok", &["[<!-- <g> -->](ok)"]),
            ("<!-- a\nb --><g>", &["[<!-- a]", "[b -->]<N:g>"]),
            ("<?xml version='1.0'?>", &["[<?xml version='1.0'?>]"]),
            ("<![CDATA[ <b> ]]>x", &["[<![CDATA[ <b> ]]>](x)"]),
            ("<a b='1>2'\nc=\"x", &["<N:aA: bV:'1>2'", "A:cV:\"x"]),
            ("a < b", &["(a )<(b)"]),
        ] {
            let source = Source::new(text.as_bytes());
            let found: Vec<String> = (0..source.rows()).map(|row| written(&source, row)).collect();
            let dense = |text: &str| text.replace([' ', '='], "");
            assert_eq!(found.len(), rows.len(), "{text}: {found:?}");
            for (found, expected) in found.iter().zip(rows) {
                assert_eq!(dense(found), dense(expected), "{text}");
            }
        }
    }

    #[test]
    fn a_line_as_long_as_the_file_is_cut_into_rows_without_losing_a_letter() {
        let text = format!("<path d=\"{}\"/>\n<g/>", "10.5 20,".repeat(5000));
        let source = Source::new(text.as_bytes());
        assert_eq!(source.lines(), 2);
        assert!(source.rows() > 150);
        let rows: Vec<_> = (0..source.rows()).map(|row| source.row(row).unwrap()).collect();
        assert_eq!(rows.iter().filter(|(_, line)| line.is_some()).count(), 2);
        assert!(rows.iter().all(|(range, _)| range.len() <= LONGEST));
        assert!(source.parts(50).iter().all(|(part, _)| *part == Part::Value), "still inside the value");
        assert_eq!(source.row_of(text.len() - 2), source.rows() - 1);
    }

    #[test]
    fn a_search_finds_every_place_and_stops_at_the_most() {
        let source = Source::new(b"<Rect/>\n<rect/>\n<RECT/>");
        assert_eq!(source.find("rect", 10), [1, 9, 17]);
        assert_eq!(source.find("rect", 2), [1, 9]);
        assert_eq!((source.find("", 10).len(), source.find("circle", 10).len()), (0, 0));
        assert_eq!([1, 9, 17].map(|at| source.row_of(at)), [0, 1, 2]);
    }

    #[test]
    fn characters_that_would_turn_the_text_around_are_shown_as_dots() {
        for (text, expected) in [
            ("plain é 漢\tx", "plain é 漢\tx"),
            ("a\u{202e}b\u{2066}c\0d\u{1b}[31m", "a·b·c·d·[31m"),
            ("\u{feff}\u{200b}", "··"),
        ] {
            assert_eq!(shown(text), expected);
        }
    }

    #[test]
    fn what_is_no_text_is_shown_all_the_same() {
        let source = Source::new(b"\xef\xbb\xbf<a>\xff\x00</a>");
        assert_eq!(source.text(), "<a>\u{fffd}\0</a>");
        assert_eq!(Source::new(b"").rows(), 0);
        assert_eq!(Source::new(b"\r\n\r\n").rows(), 2);
    }

    proptest! {
        #[test]
        fn rows_joined_are_the_text_and_parts_joined_are_the_row(text in "[<>/!?'\"= a-cé\\-\\[\\]\n\r]{0,600}") {
            let source = Source::new(text.as_bytes());
            let mut whole = String::new();
            let mut last = 0;
            for row in 0..source.rows() {
                let (range, _) = source.row(row).unwrap();
                whole.push_str(&text[last..range.end]);
                prop_assert!(text[last..range.start].chars().all(|c| c == '\n' || c == '\r'));
                last = range.end;
                let joined: String = source.parts(row).into_iter().map(|(_, text)| text).collect();
                prop_assert_eq!(joined, &text[range]);
            }
            whole.push_str(&text[last..]);
            prop_assert_eq!(whole, text.clone());
            // Reading it prettily never fails, and loses nothing but space.
            let dense = |text: &str| text.chars().filter(|c| !c.is_whitespace()).collect::<String>();
            prop_assert_eq!(dense(source.pretty().text()), dense(&text));
        }
    }
}
