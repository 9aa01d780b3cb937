//! The search field and what it found. The text is the only truth; chips and saved searches edit it.

use super::Studio;
use crate::engine::Found;
use crate::plan::query::{Key, Query, Vocabulary, toggle};
use std::sync::Arc;

/// The search.
#[derive(Debug, Default)]
pub struct Search {
    text: String,
    query: Query,
    asked: Option<String>,
    found: Option<Box<Found>>,
}

impl Search {
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Returns the text as it was read.
    pub fn query(&self) -> &Query {
        &self.query
    }

    /// Searches for something else.
    pub fn set(&mut self, text: String) {
        if self.text != text {
            self.query = Query::parse(&text);
            self.text = text;
        }
    }

    /// Puts a value into the search, or takes it out.
    pub fn toggle(&mut self, key: Key, value: &str) {
        self.set(toggle(&self.text, key, value));
    }

    /// Returns the question to be asked now; `None`: it was asked.
    pub(super) fn question(&mut self) -> Option<String> {
        let text = self.text.trim().to_owned();
        (self.asked.as_ref() != Some(&text)).then(|| {
            self.asked = Some(text.clone());
            text
        })
    }

    /// Takes an answer.
    pub fn take(&mut self, found: Box<Found>) {
        self.found = Some(found);
    }

    /// Returns what the grid is to show; `None`: everything.
    pub fn found(&self) -> Option<&Found> {
        self.found.as_deref().filter(|found| found.numbers.is_some() && !self.query.is_empty())
    }

    /// Returns what the library holds; empty until it has been read.
    pub fn vocabulary(&self) -> Arc<Vocabulary> {
        self.found.as_ref().map(|found| found.vocabulary.clone()).unwrap_or_default()
    }
}

impl Studio {
    /// Returns the question to be asked of the library now; `None`: it was asked.
    pub fn question(&mut self) -> Option<String> {
        self.search.question()
    }

    /// Searches for a text, as if it had been typed.
    pub fn set_search(&mut self, text: impl Into<String>) {
        self.search.set(text.into());
    }
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;

    pub(in crate::studio) fn found(number: u64, numbers: &[usize]) -> Box<Found> {
        let numbers = Some(Arc::new(numbers.iter().copied().collect()));
        Box::new(Found { number, text: "fox".into(), numbers, count: 0, vocabulary: Arc::default() })
    }

    #[test]
    fn a_question_is_asked_once() {
        let mut search = Search::default();
        assert_eq!(search.question().as_deref(), Some(""), "what the library holds is asked for at once");
        assert_eq!(search.question(), None);
        search.set("fox ".into());
        assert_eq!(search.question().as_deref(), Some("fox"));
        search.set("fox".into());
        assert_eq!(search.question(), None, "a space asks nothing new");
    }

    #[test]
    fn an_empty_search_shows_everything_whatever_was_found_before() {
        let mut search = Search::default();
        search.set("fox".into());
        search.take(found(1, &[1]));
        assert!(search.found().is_some());
        search.set(" ".into());
        assert!(search.found().is_none());
    }

    #[test]
    fn a_chip_edits_the_text() {
        let mut search = Search::default();
        search.set("fox".into());
        search.toggle(Key::Model, "Seedream");
        assert_eq!(search.text(), "fox model:\"Seedream\"");
        search.toggle(Key::Model, "Seedream");
        assert_eq!(search.text(), "fox");
    }
}
