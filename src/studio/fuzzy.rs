//! How well a few typed letters fit a name: the ranking of the command palette.
//!
//! Pure. Invariants: every word typed must be found, in any order; letters of a word in the order typed; beginnings of
//! words count most, then letters in a row.

use crate::plan::query::fold;

/// Returns how well `query` fits `text`, higher is better; `None`: not at all. Everything fits an empty query.
pub fn fuzzy(query: &str, text: &str) -> Option<i32> {
    let text: Vec<char> = fold(text).chars().collect();
    let mut score = 0;
    for word in fold(query).split_whitespace() {
        score += word_score(&word.chars().collect::<Vec<_>>(), &text)?;
    }
    // Of names that fit alike the shorter one is meant.
    Some(score * 64 - i32::try_from(text.len()).unwrap_or(i32::MAX).min(63))
}

/// The best of all places where the word may begin.
fn word_score(word: &[char], text: &[char]) -> Option<i32> {
    let first = word.first()?;
    let starts = (0..text.len()).filter(|at| text.get(*at) == Some(first));
    starts.filter_map(|at| score_from(word, text, at)).max()
}

/// Takes each letter at the start of a later word if it can, else at the next place.
fn score_from(word: &[char], text: &[char], start: usize) -> Option<i32> {
    let begins = |at: usize| at == 0 || text.get(at - 1).is_none_or(|before| !before.is_alphanumeric());
    let mut at = start;
    let mut score = if start == 0 {
        12
    } else if begins(start) {
        10
    } else {
        1
    };
    for letter in word.iter().skip(1) {
        let next = at + 1;
        if text.get(next) == Some(letter) {
            (at, score) = (next, score + 6);
            continue;
        }
        let later = || (next..text.len()).filter(|place| text.get(*place) == Some(letter));
        match later().find(|place| begins(*place)) {
            Some(place) => (at, score) = (place, score + 5),
            None => (at, score) = (later().next()?, score - 1),
        }
    }
    // Scattered letters are chance.
    (word.len() < 3 || score > 2).then_some(score)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ranked<'a>(query: &str, names: &[&'a str]) -> Vec<&'a str> {
        let mut found: Vec<(i32, &str)> = names.iter().filter_map(|name| Some((fuzzy(query, name)?, *name))).collect();
        found.sort_by_key(|(score, _)| std::cmp::Reverse(*score));
        found.into_iter().map(|(_, name)| name).collect()
    }

    #[test]
    fn beginnings_of_words_come_first_and_nothing_comes_that_does_not_fit() {
        let names = [
            "Grid",
            "Generate",
            "Go to the prompt",
            "Prompt history",
            "Copy the prompt",
            "Copy the picture",
            "Stack all runs, or open all stacks",
            "Model browser",
            "Use model FLUX.2 Pro",
            "Use model Recraft V4 Vector",
            "Left panel",
            "All panels",
        ];
        for (query, expected) in [
            ("gr", &["Grid", "Generate"][..]),
            ("prompt", &["Prompt history", "Copy the prompt", "Go to the prompt"]),
            ("copy pic", &["Copy the picture"]),
            ("pic copy", &["Copy the picture"]),
            ("ctp", &["Copy the prompt", "Copy the picture"]),
            ("PANEL", &["Left panel", "All panels"]),
            ("flux", &["Use model FLUX.2 Pro"]),
            ("umr", &["Use model Recraft V4 Vector"]),
            ("ph", &["Prompt history"]),
            ("xyz", &[]),
        ] {
            let found = ranked(query, &names);
            assert_eq!(found.iter().take(expected.len()).copied().collect::<Vec<_>>(), expected, "{query}: {found:?}");
            assert!(!expected.is_empty() || found.is_empty(), "{query}: {found:?}");
        }
    }

    #[test]
    fn case_and_accents_do_not_matter_and_nothing_typed_fits_everything() {
        assert!(fuzzy("DEJA", "Déjà vu").is_some());
        assert!(fuzzy("", "Anything").is_some());
        assert!(fuzzy("  ", "Anything").is_some());
        assert!(fuzzy("a", "").is_none());
    }
}
