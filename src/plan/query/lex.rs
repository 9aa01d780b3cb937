//! A search as its pieces: words and terms, with the places where they stand.
//!
//! Imports keys only. Invariant: every text has pieces, and printed pieces are read as the same pieces again.

use super::key::Key;
use std::fmt;
use std::ops::Range;

/// A word or a value as it was typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// Without its quotes.
    pub text: String,
    pub quotes: Quotes,
}

/// Whether a text stands in quotes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Quotes {
    /// It ends with the word, and finds what begins with it.
    Without,
    /// The end is not typed yet; finds what begins with it.
    Open,
    /// Means exactly this.
    Closed,
}

/// One piece of a search.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Piece {
    /// Bytes of the text it was read from.
    pub range: Range<usize>,
    pub negated: bool,
    pub body: Body,
}

/// Values and where they stand.
pub(super) type Values = Vec<(Range<usize>, Text)>;

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Body {
    Word(Text),
    /// The key as typed, in lower case; at least one value.
    Term {
        key: String,
        values: Values,
    },
}

impl Text {
    /// Returns a value of a key as a chip or a completion writes it.
    pub(super) fn value(key: Key, value: &str) -> Self {
        let bare = !key.is_name() && !value.contains(|c: char| c.is_whitespace() || c == ',' || c == '"');
        let quotes = if bare { Quotes::Without } else { Quotes::Closed };
        Self { text: value.to_owned(), quotes }
    }
}

impl Piece {
    /// Says whether its quotes are still open, so that it takes in whatever follows.
    pub(super) fn is_open(&self) -> bool {
        let last = match &self.body {
            Body::Word(word) => Some(word),
            Body::Term { values, .. } => values.last().map(|(_, value)| value),
        };
        last.is_some_and(|text| text.quotes == Quotes::Open)
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let doubled = || self.text.replace('"', "\"\"");
        match self.quotes {
            Quotes::Without => f.write_str(&self.text),
            Quotes::Open => write!(f, "\"{}", doubled()),
            Quotes::Closed => write!(f, "\"{}\"", doubled()),
        }
    }
}

impl fmt::Display for Piece {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.negated { "-" } else { "" })?;
        match &self.body {
            Body::Word(word) => word.fmt(f),
            Body::Term { key, values } => {
                write!(f, "{key}:")?;
                for (place, (_, value)) in values.iter().enumerate() {
                    write!(f, "{}{value}", if place > 0 { "," } else { "" })?;
                }
                Ok(())
            }
        }
    }
}

/// Parts a search into its pieces.
pub(super) fn pieces(text: &str) -> Vec<Piece> {
    let mut reader = Reader { text, at: 0 };
    let mut pieces = Vec::new();
    loop {
        reader.take_while(char::is_whitespace);
        let start = reader.at;
        if reader.rest().is_empty() {
            return pieces;
        }
        let negated = reader.rest().strip_prefix('-').is_some_and(|after| !after.is_empty() && !starts_blank(after));
        if negated {
            reader.skip('-');
        }
        let body = match reader.key() {
            Some(key) => Body::Term { key, values: reader.values() },
            None => Body::Word(reader.word()),
        };
        let nothing = matches!(&body, Body::Word(word) if word.text.is_empty());
        if !nothing {
            pieces.push(Piece { range: start..reader.at, negated, body });
        }
    }
}

fn starts_blank(text: &str) -> bool {
    text.starts_with(char::is_whitespace)
}

struct Reader<'a> {
    text: &'a str,
    /// Byte; always where a character begins.
    at: usize,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        self.text.get(self.at..).unwrap_or_default()
    }

    /// Says whether this character stood here, and goes past it.
    fn skip(&mut self, c: char) -> bool {
        let here = self.rest().starts_with(c);
        if here {
            self.at += c.len_utf8();
        }
        here
    }

    fn take_while(&mut self, wanted: impl Fn(char) -> bool) -> &'a str {
        let rest = self.rest();
        let end = rest.find(|c| !wanted(c)).unwrap_or(rest.len());
        self.at += end;
        rest.get(..end).unwrap_or_default()
    }

    /// A word of letters with a colon, also a wide one, behind it; but no address such as `https://`.
    fn key(&mut self) -> Option<String> {
        let start = self.at;
        let word = self.take_while(|c| c.is_ascii_alphabetic()).to_ascii_lowercase();
        let found = !word.is_empty() && (self.skip(':') || self.skip('：')) && !self.rest().starts_with("//");
        if found {
            return Some(word);
        }
        self.at = start;
        None
    }

    fn word(&mut self) -> Text {
        self.quoted().unwrap_or_else(|| {
            let text = self.take_while(|c| !c.is_whitespace()).to_owned();
            Text { text, quotes: Quotes::Without }
        })
    }

    /// Values with commas between them, up to a space.
    fn values(&mut self) -> Values {
        let mut values = Vec::new();
        loop {
            let start = self.at;
            let value = self.quoted().unwrap_or_else(|| {
                let text = self.take_while(|c| !c.is_whitespace() && c != ',').to_owned();
                Text { text, quotes: Quotes::Without }
            });
            values.push((start..self.at, value));
            if !self.skip(',') {
                return values;
            }
        }
    }

    /// A text in quotes; two quotes inside are one of the text.
    fn quoted(&mut self) -> Option<Text> {
        if !self.skip('"') {
            return None;
        }
        let mut text = String::new();
        loop {
            text.push_str(self.take_while(|c| c != '"'));
            if !self.skip('"') {
                return Some(Text { text, quotes: Quotes::Open });
            }
            if !self.skip('"') {
                return Some(Text { text, quotes: Quotes::Closed });
            }
            text.push('"');
        }
    }
}
