//! What differs between pictures that are compared: words of their prompts, and parameters.
//!
//! May import nothing of ours. Invariant: the spans of a prompt, joined, are the prompt.

use similar::{Algorithm, DiffOp, DiffableStr, capture_diff_slices};

/// A piece of a prompt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub text: String,
    /// True when the other prompts do not have it here.
    pub differs: bool,
}

/// One parameter across all columns.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub label: String,
    /// One per column; `None` when the column does not have the parameter.
    pub values: Vec<Option<String>>,
    /// True when not all columns have the same value.
    pub differs: bool,
}

/// Marks the words that differ, prompt by prompt. The first prompt is the measure: its words are marked that not all
/// others have, and of the others those that the first does not have.
pub fn word_difference(prompts: &[&str]) -> Vec<Vec<Span>> {
    let words: Vec<Vec<&str>> = prompts.iter().map(|prompt| prompt.tokenize_unicode_words()).collect();
    let Some((first, others)) = words.split_first() else { return Vec::new() };
    let mut first_marks = vec![false; first.len()];
    let mut spans: Vec<Vec<Span>> = Vec::new();
    for other in others {
        let mut marks = vec![false; other.len()];
        for operation in capture_diff_slices(Algorithm::Myers, first, other) {
            if !matches!(operation, DiffOp::Equal { .. }) {
                mark(&mut first_marks, operation.old_range());
                mark(&mut marks, operation.new_range());
            }
        }
        spans.push(join(other, &marks));
    }
    spans.insert(0, join(first, &first_marks));
    spans
}

fn mark(marks: &mut [bool], range: std::ops::Range<usize>) {
    if let Some(marks) = marks.get_mut(range) {
        marks.fill(true);
    }
}

/// Joins neighbours of the same kind. Space belongs to a mark only between two marked words.
fn join(words: &[&str], marks: &[bool]) -> Vec<Span> {
    let is_space = |word: &str| word.chars().all(char::is_whitespace);
    let mut spans: Vec<Span> = Vec::new();
    let mut push = |text: &str, differs: bool| match spans.last_mut() {
        Some(span) if span.differs == differs => span.text.push_str(text),
        _ => spans.push(Span { text: text.to_owned(), differs }),
    };
    let mut pending = String::new();
    let mut marked = false;
    for (word, differs) in words.iter().zip(marks) {
        if is_space(word) {
            pending.push_str(word);
            continue;
        }
        if !pending.is_empty() {
            push(&pending, marked && *differs);
            pending.clear();
        }
        push(word, *differs);
        marked = *differs;
    }
    if !pending.is_empty() {
        push(&pending, false);
    }
    spans
}

/// Aligns lists of (label, value) by label. Rows come in the order of the first column; what only later columns have
/// stands after the row it follows there. Several values under one label in a column are joined.
pub fn differing_rows(columns: &[Vec<(String, String)>]) -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for (place, column) in columns.iter().enumerate() {
        let mut after = 0;
        for (label, value) in column {
            let at = rows.iter().position(|row| row.label == *label).unwrap_or_else(|| {
                rows.insert(after, Row { label: label.clone(), values: vec![None; columns.len()], differs: false });
                after
            });
            after = at + 1;
            if let Some(cell) = rows.get_mut(at).and_then(|row| row.values.get_mut(place)) {
                *cell = Some(match cell.take() {
                    Some(known) => format!("{known}, {value}"),
                    None => value.clone(),
                });
            }
        }
    }
    for row in &mut rows {
        row.differs = row.values.windows(2).any(|pair| matches!(pair, [a, b] if a != b));
    }
    rows
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Writes spans with brackets around what differs.
    fn marked(prompts: &[&str]) -> Vec<String> {
        let write = |span: Span| if span.differs { format!("[{}]", span.text) } else { span.text };
        word_difference(prompts).into_iter().map(|spans| spans.into_iter().map(write).collect()).collect()
    }

    #[test]
    fn words_that_differ_are_marked() {
        for (prompts, expected) in [
            (&[][..], &[][..]),
            (&["one prompt"], &["one prompt"]),
            (&["same", "same"], &["same", "same"]),
            (
                &["tabby portrait, film grain, window light", "tabby portrait, clean digital, window light"],
                &["tabby portrait, [film grain], window light", "tabby portrait, [clean digital], window light"],
            ),
            (&["a red fox", "a fox"], &["a [red] fox", "a fox"]),
            (&["a fox", "a fox at dawn"], &["a fox", "a fox [at dawn]"]),
            (&["a red fox", "a blue fox", "a red owl"], &["a [red fox]", "a [blue] fox", "a red [owl]"]),
            (&["", "new"], &["", "[new]"]),
            (&["Ein schöner Tag", "Ein schönes Tag"], &["Ein [schöner] Tag", "Ein [schönes] Tag"]),
        ] {
            assert_eq!(marked(prompts), expected, "{prompts:?}");
        }
    }

    fn column(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(label, value)| ((*label).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn parameters_are_aligned_by_label() {
        let rows = differing_rows(&[
            column(&[("Model", "Seedream"), ("Ratio", "16:9"), ("Seed", "7")]),
            column(&[("Model", "GPT"), ("Ratio", "16:9"), ("Quality", "high"), ("Cost", "$0.13")]),
        ]);
        let found: Vec<_> = rows
            .iter()
            .map(|row| {
                let cell = |place: usize| row.values[place].as_deref().unwrap_or("-");
                (row.label.as_str(), cell(0), cell(1), row.differs)
            })
            .collect();
        assert_eq!(
            found,
            [
                ("Model", "Seedream", "GPT", true),
                ("Ratio", "16:9", "16:9", false),
                ("Quality", "-", "high", true),
                ("Cost", "-", "$0.13", true),
                ("Seed", "7", "-", true),
            ]
        );
        assert_eq!(differing_rows(&[]), []);
        let doubled = differing_rows(&[column(&[("Reference", "a"), ("Reference", "b")])]);
        assert_eq!(doubled[0].values, [Some("a, b".to_owned())]);
        assert!(!doubled[0].differs);
    }

    proptest! {
        #[test]
        fn spans_joined_are_the_prompt(prompts in proptest::collection::vec("[ab 漢é,\\n]{0,12}", 0..5)) {
            let prompts: Vec<&str> = prompts.iter().map(String::as_str).collect();
            let spans = word_difference(&prompts);
            prop_assert_eq!(spans.len(), prompts.len());
            for (prompt, spans) in prompts.iter().zip(&spans) {
                prop_assert_eq!(&spans.iter().map(|span| span.text.as_str()).collect::<String>(), prompt);
                prop_assert!(spans.windows(2).all(|pair| pair[0].differs != pair[1].differs));
            }
            if prompts.windows(2).all(|pair| pair[0] == pair[1]) {
                prop_assert!(spans.iter().flatten().all(|span| !span.differs));
            }
        }

        #[test]
        fn every_value_keeps_its_column(values in proptest::collection::vec(
            proptest::collection::btree_map("[a-d]", "[xy]", 0..4), 1..5,
        )) {
            let columns: Vec<Vec<(String, String)>> =
                values.iter().map(|map| map.iter().map(|(k, v)| (k.clone(), v.clone())).collect()).collect();
            let rows = differing_rows(&columns);
            for row in &rows {
                prop_assert_eq!(row.values.len(), columns.len());
                for (value, map) in row.values.iter().zip(&values) {
                    prop_assert_eq!(value.as_ref(), map.get(&row.label));
                }
            }
            let labels: std::collections::BTreeSet<_> = values.iter().flat_map(|map| map.keys()).collect();
            prop_assert_eq!(labels.len(), rows.len());
        }
    }
}
