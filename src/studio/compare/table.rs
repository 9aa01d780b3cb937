//! What the table under compared pictures says: which rows, and which part of a long prompt.
//!
//! Pure; may import `plan`. Invariant: whatever differs is in the table, and every marked word is in the excerpt.

use crate::plan::{Row, Span, differing_rows};

/// Facts that no two pictures share: of no use among differences.
const EACH_ITS_OWN: [&str; 3] = ["Made", "Generation", "File"];
/// Characters of equal text kept on each side of a marked word.
const CONTEXT: usize = 28;

/// Returns the rows to show for the facts of each picture: those that differ, or all.
pub fn shown_rows(columns: &[Vec<(String, String)>], all: bool) -> Vec<Row> {
    let mut rows = differing_rows(columns);
    rows.retain(|row| all || (row.differs && !EACH_ITS_OWN.contains(&row.label.as_str())));
    rows
}

/// Shortens what is equal in a prompt to a little context around what differs; `…` stands for what is left out. A
/// prompt without differences stays whole.
pub fn excerpt(spans: &[Span]) -> Vec<Span> {
    if spans.iter().all(|span| !span.differs) {
        return spans.to_vec();
    }
    let last = spans.len() - 1;
    let shorten = |(place, span): (usize, &Span)| {
        let text = if span.differs {
            span.text.clone()
        } else {
            let (head, tail) = (head(&span.text), tail(&span.text));
            match place {
                _ if head.len() + tail.len() >= span.text.len() && place != 0 && place != last => span.text.clone(),
                0 if tail.len() < span.text.len() => format!("… {}", tail.trim_start()),
                _ if place == last && head.len() < span.text.len() => format!("{} …", head.trim_end()),
                0 => span.text.clone(),
                _ if place == last => span.text.clone(),
                _ => format!("{} … {}", head.trim_end(), tail.trim_start()),
            }
        };
        Span { text, differs: span.differs }
    };
    spans.iter().enumerate().map(shorten).collect()
}

/// The first characters, up to the end of a word where there is one.
fn head(text: &str) -> &str {
    let Some((end, _)) = text.char_indices().nth(CONTEXT) else { return text };
    let cut = text.get(..end).unwrap_or(text);
    cut.rfind(char::is_whitespace).filter(|end| *end > 0).and_then(|end| cut.get(..end)).unwrap_or(cut)
}

/// The last characters, from the beginning of a word where there is one.
fn tail(text: &str) -> &str {
    let Some((start, _)) = text.char_indices().rev().nth(CONTEXT - 1).filter(|(start, _)| *start > 0) else {
        return text;
    };
    let cut = text.get(start..).unwrap_or(text);
    cut.find(char::is_whitespace).filter(|start| *start + 1 < cut.len()).and_then(|at| cut.get(at..)).unwrap_or(cut)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn column(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn only_what_differs_is_shown_unless_all_is_asked_for() {
        let columns = [
            column(&[("Model", "A"), ("Seed", "7"), ("Quality", "high"), ("Made", "today"), ("Generation", "1")]),
            column(&[("Model", "B"), ("Seed", "7"), ("Made", "now"), ("Generation", "2")]),
        ];
        let labels = |all| -> Vec<String> { shown_rows(&columns, all).into_iter().map(|row| row.label).collect() };
        assert_eq!(labels(false), ["Model", "Quality"]);
        assert_eq!(labels(true), ["Model", "Seed", "Quality", "Made", "Generation"]);
        assert_eq!(shown_rows(&[], true), []);
    }

    /// `[…]` marks what differs.
    fn spans(text: &str) -> Vec<Span> {
        let mut spans = Vec::new();
        for (place, part) in text.split(['[', ']']).enumerate() {
            if !part.is_empty() {
                spans.push(Span { text: part.to_owned(), differs: place % 2 == 1 });
            }
        }
        spans
    }

    #[test]
    fn excerpt_keeps_what_differs_with_a_little_context() {
        for (prompt, expected) in [
            ("the same words in every one of the prompts, so nothing is left out", ""),
            ("a [red] fox", ""),
            (
                "a very long beginning of a prompt that is the same, tabby portrait, [film grain], window light",
                "… the same, tabby portrait, [film grain], window light",
            ),
            (
                "[one] two three four five six seven eight nine ten eleven twelve thirteen fourteen [fifteen]",
                "[one] two three four five six … twelve thirteen fourteen [fifteen]",
            ),
            ("[new] start and then a long end of the prompt that goes on", "[new] start and then a long end …"),
            (
                "一二三四五六七八九十一二三四五六七八九十一二三四五六七八九十[猫]",
                "… 三四五六七八九十一二三四五六七八九十一二三四五六七八九十[猫]",
            ),
        ] {
            let write = |span: Span| if span.differs { format!("[{}]", span.text) } else { span.text };
            let found: String = excerpt(&spans(prompt)).into_iter().map(write).collect();
            assert_eq!(found, if expected.is_empty() { prompt } else { expected });
        }
        assert_eq!(excerpt(&[]), []);
    }

    proptest! {
        #[test]
        fn every_marked_word_stays_and_nothing_grows(parts in prop::collection::vec("[a-c é漢]{1,80}", 1..6), first: bool) {
            let spans: Vec<Span> = parts
                .into_iter()
                .enumerate()
                .map(|(place, text)| Span { text, differs: (place % 2 == 0) == first })
                .collect();
            let short = excerpt(&spans);
            prop_assert_eq!(short.len(), spans.len());
            for (short, whole) in short.iter().zip(&spans) {
                prop_assert!(short == whole || (!whole.differs && short.text.contains('…')));
                prop_assert!(short.text.chars().count() <= whole.text.chars().count().max(2 * CONTEXT + 3));
            }
        }
    }
}
