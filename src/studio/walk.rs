//! The walk through earlier prompts with two keys, as in a shell.
//!
//! Pure. The walk begins at what stands in the prompt and goes back over what was sent, each prompt once, latest first.
//! Invariant: a text that was typed and never sent is kept and comes by again, whatever replaced it.

use std::collections::HashSet;

/// Unsent texts that are kept at most.
const UNSENT: usize = 50;

/// Which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Older,
    Newer,
}

/// Where the walk is.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Walk {
    /// Texts passed so far, newest first; those that were never sent are marked.
    passed: Vec<Passed>,
    at: usize,
    /// Sent prompts that were looked at so far.
    looked_at: usize,
    /// How many there were when the walk began.
    sent: usize,
    /// Grows with every change.
    revision: u64,
}

#[derive(Clone, Debug, PartialEq)]
struct Passed {
    text: String,
    unsent: bool,
}

impl Walk {
    /// Continues with texts that an earlier session left unsent.
    pub fn with_unsent(texts: Vec<String>) -> Self {
        let passed = texts.into_iter().map(|text| Passed { text, unsent: true }).collect();
        Self { passed, ..Self::default() }
    }

    /// Takes a step from the `prompt` that stands in the panel and returns what is to stand there; `None`: the end.
    ///
    /// `sent` gives every prompt ever sent, latest first, `count` of them.
    pub fn step<'a, I: Iterator<Item = &'a str>>(
        &mut self,
        way: Way,
        prompt: &str,
        sent: impl Fn() -> I,
        count: usize,
    ) -> Option<String> {
        self.revision += 1;
        if count != self.sent {
            self.begin(count);
        }
        if self.passed.get(self.at).is_none_or(|passed| passed.text != prompt) {
            // Something else was typed or put there: it takes its place in the row.
            let unsent = !sent().any(|sent| sent.trim() == prompt.trim());
            self.passed.insert(self.at.min(self.passed.len()), Passed { text: prompt.to_owned(), unsent });
        }
        match way {
            Way::Newer => self.at = self.at.checked_sub(1)?,
            Way::Older => {
                if self.at + 1 >= self.passed.len() {
                    self.pull(sent())?;
                }
                self.at += 1;
            }
        }
        self.passed.get(self.at).map(|passed| passed.text.clone())
    }

    /// Keeps a text that something else takes the place of, unless it was sent.
    pub fn set_aside(&mut self, text: &str, was_sent: bool) {
        self.begin(self.sent);
        self.passed.retain(|passed| passed.text != text);
        if !was_sent && !text.trim().is_empty() {
            self.passed.insert(0, Passed { text: text.to_owned(), unsent: true });
        }
        self.passed.truncate(UNSENT);
    }

    /// Takes note that a prompt was sent: it need not be kept here any more.
    pub fn sent(&mut self, prompt: &str) {
        self.begin(self.sent);
        self.passed.retain(|passed| passed.text.trim() != prompt.trim());
    }

    /// Returns a number that grows with every change.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Returns the texts that were never sent, but for the one that stands in the prompt.
    pub fn unsent<'a>(&'a self, prompt: &'a str) -> impl Iterator<Item = &'a str> {
        let unsent = self.passed.iter().filter(move |passed| passed.unsent && passed.text != prompt);
        unsent.map(|passed| passed.text.as_str()).filter(|text| !text.trim().is_empty())
    }

    /// Goes back to the prompt: only what was never sent stays in the row.
    fn begin(&mut self, count: usize) {
        self.revision += 1;
        self.passed.retain(|passed| passed.unsent && !passed.text.trim().is_empty());
        (self.at, self.looked_at, self.sent) = (0, 0, count);
    }

    /// Takes the next prompt that has not come by yet into the row.
    fn pull<'a>(&mut self, sent: impl Iterator<Item = &'a str>) -> Option<()> {
        let known: HashSet<&str> = self.passed.iter().map(|passed| passed.text.trim()).collect();
        let mut last = "";
        for (number, prompt) in sent.enumerate().skip(self.looked_at) {
            let trimmed = prompt.trim();
            if trimmed.is_empty() || trimmed == last || known.contains(trimmed) {
                last = trimmed;
                continue;
            }
            self.looked_at = number + 1;
            self.passed.push(Passed { text: prompt.to_owned(), unsent: false });
            return Some(());
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Way::{Newer, Older};

    /// Takes steps, `type` by `type`: each a way and what is to stand there then; an empty expectation: the end.
    fn walks(walk: &mut Walk, prompt: &mut String, sent: &[&str], steps: &[(Way, Option<&str>)]) {
        for (number, (way, expected)) in steps.iter().enumerate() {
            let found = walk.step(*way, prompt, || sent.iter().copied(), sent.len());
            assert_eq!(found.as_deref(), *expected, "step {number}, {way:?}, from {prompt:?}, {walk:?}");
            if let Some(text) = found {
                *prompt = text;
            }
        }
    }

    #[test]
    fn it_goes_back_over_what_was_sent_and_forth_to_what_was_begun() {
        for (begun, sent, steps) in [
            // (what stands in the prompt, what was sent, steps)
            ("new", &["b", "a"][..], &[(Older, Some("b")), (Older, Some("a")), (Older, None), (Newer, Some("b"))][..]),
            ("new", &["b", "a"], &[(Older, Some("b")), (Newer, Some("new")), (Newer, None)]),
            // What was just sent still stands there: the one before comes first.
            ("b", &["b", "a"], &[(Older, Some("a")), (Newer, Some("b")), (Newer, None)]),
            // Each prompt once, however often it was sent, and none without a word.
            ("", &["b", "b", " ", "a", "b", "a", "c"], &[(Older, Some("b")), (Older, Some("a")), (Older, Some("c"))]),
            ("", &["b"], &[(Older, Some("b")), (Newer, Some("")), (Newer, None), (Older, Some("b")), (Older, None)]),
            ("new", &[], &[(Older, None), (Newer, None)]),
        ] {
            walks(&mut Walk::default(), &mut begun.to_owned(), sent, steps);
        }
    }

    #[test]
    fn a_recalled_prompt_that_is_edited_keeps_both_its_versions_and_what_was_begun() {
        let (mut walk, mut prompt) = (Walk::default(), "begun".to_owned());
        let sent = ["b", "a"];
        walks(&mut walk, &mut prompt, &sent, &[(Older, Some("b"))]);
        prompt = "b, better".to_owned();
        walks(&mut walk, &mut prompt, &sent, &[(Older, Some("b")), (Older, Some("a")), (Older, None)]);
        let back = [(Newer, Some("b")), (Newer, Some("b, better")), (Newer, Some("begun")), (Newer, None)];
        walks(&mut walk, &mut prompt, &sent, &back);
    }

    #[test]
    fn what_was_begun_outlives_the_sending_of_something_else() {
        let (mut walk, mut prompt) = (Walk::default(), "begun".to_owned());
        walks(&mut walk, &mut prompt, &["b", "a"], &[(Older, Some("b")), (Older, Some("a"))]);
        walk.sent("a");
        assert_eq!(walk.unsent("a").collect::<Vec<_>>(), ["begun"]);
        // It was sent just now, and so stands at the end of the row.
        walks(&mut walk, &mut prompt, &["a", "b", "a"], &[(Older, Some("begun")), (Older, Some("b")), (Older, None)]);
        walk.sent("begun");
        assert_eq!(walk.unsent("").count(), 0);
    }

    #[test]
    fn a_text_that_is_replaced_comes_by_again() {
        let mut walk = Walk::default();
        walk.set_aside("begun", false);
        walk.set_aside("sent before", true);
        walk.set_aside("  ", false);
        let mut prompt = "from the history".to_owned();
        let steps =
            [(Older, Some("begun")), (Older, Some("a")), (Newer, Some("begun")), (Newer, Some("from the history"))];
        walks(&mut walk, &mut prompt, &["a"], &steps);
        assert_eq!(walk.unsent("from the history").collect::<Vec<_>>(), ["begun"]);
    }

    #[test]
    fn unsent_texts_come_by_in_the_next_session() {
        let mut walk = Walk::with_unsent(vec!["begun".into()]);
        walks(&mut walk, &mut "b".to_owned(), &["b", "a"], &[(Older, Some("begun")), (Older, Some("a"))]);
    }

    #[test]
    fn only_so_many_texts_are_kept() {
        let mut walk = Walk::default();
        (0..200).for_each(|number| walk.set_aside(&number.to_string(), false));
        assert_eq!(walk.unsent("").count(), UNSENT);
        assert_eq!(walk.unsent("").next(), Some("199"));
    }
}
