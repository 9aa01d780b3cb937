//! The language of the search field: words, and terms such as `rating:>=3`; what they ask, and how they are written.
//!
//! A picture is found when all words and all terms hold. Within a term, values with commas between them widen it
//! (`label:red,green`); the same key twice narrows (`tag:fox tag:snow`). A minus before a word or a term turns it round.
//! Unquoted words and names find what begins so, word by word; in quotes they mean exactly this. Words are matched by
//! the full-text index through [`Query::fts`], terms here.
//!
//! May import `picture` types, marks and shapes; no I/O, no clock. Invariants: every text is a query; what is not
//! finished or not understood is kept, says so, and is left out of matching; a query that is written out is read as
//! the same query.

mod complete;
mod facets;
mod facts;
mod key;
mod lex;
mod span;
mod test;
mod text;

#[cfg(test)]
mod tests;

pub use complete::{Completion, complete};
pub use facets::{Counting, Facet, Vocabulary, toggle};
pub use facts::{Clock, Facts};
pub use key::Key;
pub use lex::{Quotes, Text};
pub use text::{begins_word, fold, search_text};

use lex::{Body, Piece, pieces};
use std::fmt;
use test::Test;

/// Most words that the full-text index is asked for; more do not narrow a search any further.
const MOST_WORDS: usize = 64;

/// A search.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Query {
    /// In the order typed.
    pub words: Vec<Word>,
    /// In the order typed.
    pub terms: Vec<Term>,
}

/// A word or phrase of the prompt.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    pub text: Text,
    /// Whether it must not occur.
    pub negated: bool,
}

/// A key with its values.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    /// Whether what it finds is left out. What it does not find because something is not known stays.
    pub negated: bool,
    /// As typed, in lower case; see [`Key::named`].
    pub key: String,
    /// As typed, at least one; one of them must hold. Empty ones do not count.
    pub values: Vec<Text>,
    tests: Result<Vec<Test>, Problem>,
}

/// Why a term is left out of matching.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Problem {
    /// Still being typed.
    #[error("{key}: takes {}", key.about())]
    Unfinished { key: Key },
    #[error("There is no “{key}:” to search by; for a word with a colon put it in quotes")]
    UnknownKey { key: String },
    #[error("“{value}” is nothing that {key}: takes: {}", key.about())]
    NotUnderstood { key: Key, value: String },
}

impl Query {
    /// Reads what was typed. Never fails; see [`Query::problems`].
    pub fn parse(text: &str) -> Self {
        let mut query = Self::default();
        for Piece { negated, body, .. } in pieces(text) {
            match body {
                Body::Word(text) => query.words.push(Word { text, negated }),
                Body::Term { key, values } => {
                    let values = values.into_iter().map(|(_, value)| value).collect();
                    query.terms.push(Term::new(negated, key, values));
                }
            }
        }
        query
    }

    /// Says whether everything is found.
    pub fn is_empty(&self) -> bool {
        self.terms.iter().all(|term| term.tests.is_err()) && self.fts().is_none() && self.fts_without().is_none()
    }

    /// Returns why terms are left out, in the order typed.
    pub fn problems(&self) -> impl Iterator<Item = &Problem> {
        self.terms.iter().filter_map(Term::problem)
    }

    /// Says whether all terms hold; words are not looked at.
    pub fn matches_terms(&self, facts: &Facts<'_>, clock: &Clock) -> bool {
        self.terms.iter().all(|term| term.matches(facts, clock))
    }

    /// Says whether a value is asked for by a term that is not negated: whether its chip is on.
    pub fn asks(&self, key: Key, value: &str) -> bool {
        let value = fold(value);
        let mut terms = self.terms.iter().filter(|term| !term.negated && term.key == key.word());
        terms.any(|term| term.values.iter().any(|held| fold(&held.text) == value))
    }

    /// Returns the full-text expression (SQLite FTS5) that the words make, for columns that hold [`search_text`].
    /// `None`: no word must occur; there may still be some that must not, see [`Query::fts_without`].
    pub fn fts(&self) -> Option<String> {
        let wanted = self.phrases(false).join(" AND ");
        let unwanted = self.phrases(true).join(" OR ");
        match (wanted.is_empty(), unwanted.is_empty()) {
            (true, _) => None,
            (false, true) => Some(wanted),
            (false, false) => Some(format!("({wanted}) NOT ({unwanted})")),
        }
    }

    /// Returns the expression for what must not be found, when there is no word that must: full-text search alone
    /// cannot say that.
    pub fn fts_without(&self) -> Option<String> {
        let unwanted = self.phrases(true).join(" OR ");
        (self.phrases(false).is_empty() && !unwanted.is_empty()).then_some(unwanted)
    }

    /// The words, each as a quoted phrase. What must occur may go on behind its end, so that it is found while it is
    /// being typed; what must not occur, and what stands in quotes, is meant exactly.
    fn phrases(&self, negated: bool) -> Vec<String> {
        let words = self.words.iter().take(MOST_WORDS).filter(|word| word.negated == negated);
        let phrases = words.filter_map(|word| {
            let open = !negated && word.text.quotes != Quotes::Closed;
            let words = search_text(&word.text.text);
            (!words.is_empty()).then(|| format!("\"{words}\"{}", if open { "*" } else { "" }))
        });
        phrases.collect()
    }
}

impl Term {
    fn new(negated: bool, key: String, values: Vec<Text>) -> Self {
        let tests = tests(&key, &values);
        Self { negated, key, values, tests }
    }

    /// Returns why the term is left out of matching; `None`: it counts.
    pub fn problem(&self) -> Option<&Problem> {
        self.tests.as_ref().err()
    }

    fn matches(&self, facts: &Facts<'_>, clock: &Clock) -> bool {
        match &self.tests {
            Ok(tests) => tests.iter().any(|test| test.holds(facts, clock)) != self.negated,
            Err(_) => true,
        }
    }

    fn piece(&self) -> Piece {
        let values = self.values.iter().map(|value| (0..0, value.clone())).collect();
        Piece { range: 0..0, negated: self.negated, body: Body::Term { key: self.key.clone(), values } }
    }
}

fn tests(key: &str, values: &[Text]) -> Result<Vec<Test>, Problem> {
    let key = Key::named(key).ok_or_else(|| Problem::UnknownKey { key: key.to_owned() })?;
    let asked = values.iter().filter(|value| !fold(&value.text).is_empty());
    let read =
        |value: &Text| Test::read(key, value).ok_or_else(|| Problem::NotUnderstood { key, value: value.text.clone() });
    let tests = asked.map(read).collect::<Result<Vec<_>, _>>()?;
    if tests.is_empty() { Err(Problem::Unfinished { key }) } else { Ok(tests) }
}

impl fmt::Display for Query {
    /// Words first, then terms; only a text whose quotes are open stands last wherever it belongs.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let word = |word: &Word| Piece { range: 0..0, negated: word.negated, body: Body::Word(word.text.clone()) };
        let mut pieces: Vec<Piece> = self.words.iter().map(word).chain(self.terms.iter().map(Term::piece)).collect();
        pieces.sort_by_key(Piece::is_open);
        for (place, piece) in pieces.iter().enumerate() {
            write!(f, "{}{piece}", if place > 0 { " " } else { "" })?;
        }
        Ok(())
    }
}
