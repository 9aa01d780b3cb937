//! Which pairs of pictures show what a word does: their prompts differ in it and in as little else as possible.
//!
//! May import nothing of ours. Invariant: of every pair exactly one prompt has the word where the two differ.

use similar::{Algorithm, DiffOp, DiffableStr, capture_diff_slices};
use std::collections::HashMap;
use std::ops::Range;

/// What is known of a picture.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Made {
    pub prompt: String,
    /// Label and value of whatever else was asked.
    pub settings: Vec<(String, String)>,
}

/// Two pictures, by their places in the list that was searched.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pair {
    /// Its prompt has the word.
    pub with: usize,
    /// Its prompt has something else there, or nothing.
    pub without: usize,
    /// What stands there instead; empty: nothing.
    pub instead: String,
    /// Words that differ as well; 0: the word alone differs.
    pub beside: usize,
    /// Labels of the settings that differ as well.
    pub also: Vec<String>,
}

/// What isolates a word.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Isolated {
    /// The word or phrase that the pairs are about.
    pub phrase: String,
    /// Those with the fewest differences, best first; empty: no two prompts differ in it.
    pub pairs: Vec<Pair>,
}

/// Pairs of one kind at the most.
const MOST: usize = 60;
/// Prompts that are compared at the most, and characters of one; time grows with the squares.
const MOST_PROMPTS: usize = 200;
const LONGEST: usize = 20_000;

/// Returns the pairs that isolate the first of these phrases for which some differ in nothing else; where there is
/// none, the pairs that come nearest. Only prompts that are not too long are looked at.
pub fn isolate(made: &[Made], phrases: &[&str]) -> Isolated {
    let mut nearest = Isolated::default();
    for phrase in phrases {
        let pairs = pairs(made, phrase);
        let Some(best) = pairs.first().map(|pair| pair.beside) else { continue };
        let is_nearer = nearest.pairs.first().is_none_or(|pair| best < pair.beside);
        if is_nearer {
            nearest = Isolated { phrase: (*phrase).to_owned(), pairs };
        }
        if best == 0 {
            break;
        }
    }
    nearest
}

fn pairs(made: &[Made], phrase: &str) -> Vec<Pair> {
    let wanted = words(&tokens(phrase));
    if wanted.is_empty() {
        return Vec::new();
    }
    // Pictures of one run share their prompt: each is compared once.
    let mut places: Vec<(&str, Vec<usize>)> = Vec::new();
    let mut known: HashMap<&str, usize> = HashMap::new();
    for (place, one) in made.iter().enumerate().filter(|(_, one)| one.prompt.len() <= LONGEST) {
        let at = *known.entry(&one.prompt).or_insert_with(|| {
            places.push((&one.prompt, Vec::new()));
            places.len() - 1
        });
        if let Some((_, all)) = places.get_mut(at) {
            all.push(place);
        }
    }
    places.truncate(MOST_PROMPTS);
    let split: Vec<(Vec<&str>, usize)> = places
        .iter()
        .map(|(prompt, _)| {
            let tokens = tokens(prompt);
            let count = count(&words(&tokens), &wanted);
            (tokens, count)
        })
        .collect();
    let mut found = Vec::new();
    for ((one, times), (_, ones)) in split.iter().zip(&places) {
        for ((other, fewer), (_, others)) in split.iter().zip(&places) {
            if times <= fewer {
                continue;
            }
            let Some((instead, beside)) = difference(one, other, &wanted) else { continue };
            for (with, without) in ones.iter().flat_map(|with| others.iter().map(move |without| (*with, *without))) {
                let also = match (made.get(with), made.get(without)) {
                    (Some(one), Some(other)) => labels_that_differ(&one.settings, &other.settings),
                    _ => Vec::new(),
                };
                found.push(Pair { with, without, instead: instead.clone(), beside, also });
            }
        }
    }
    found.sort_by_key(|pair| (pair.beside, pair.also.len(), pair.with.min(pair.without), pair.with, pair.without));
    let least = found.first().map_or(0, |pair| pair.beside);
    found.retain(|pair| pair.beside == least);
    found.truncate(MOST);
    found
}

fn tokens(text: &str) -> Vec<&str> {
    text.tokenize_unicode_words()
}

fn words<'a>(tokens: &[&'a str]) -> Vec<&'a str> {
    tokens.iter().copied().filter(|token| !is_space(token)).collect()
}

fn is_space(token: &str) -> bool {
    token.chars().all(char::is_whitespace)
}

/// How often a row of words has these.
fn count(words: &[&str], wanted: &[&str]) -> usize {
    words.windows(wanted.len()).filter(|window| *window == wanted).count()
}

/// Returns what stands in `other` where `one` has the phrase, and how many words differ beside; `None`: the phrase is
/// not in what differs.
fn difference(one: &[&str], other: &[&str], wanted: &[&str]) -> Option<(String, usize)> {
    let mut instead = None;
    let mut beside = 0;
    for (removed, added) in hunks(one, other) {
        let own = words(one.get(removed).unwrap_or_default());
        let theirs = one_text(other.get(added.clone()).unwrap_or_default());
        let their_words = words(other.get(added).unwrap_or_default());
        if instead.is_none() && count(&own, wanted) > count(&their_words, wanted) {
            // Of the others, as many as the phrase has words stand for it.
            let left = own.len() - wanted.len();
            beside += left.max(if left > 0 { their_words.len().saturating_sub(wanted.len()) } else { 0 });
            instead = Some(theirs);
        } else {
            beside += own.len().max(their_words.len());
        }
    }
    instead.map(|instead| (instead, beside))
}

fn one_text(tokens: &[&str]) -> String {
    tokens.concat().trim().to_owned()
}

/// Places that differ, neighbours with nothing but space between them taken as one.
fn hunks(one: &[&str], other: &[&str]) -> Vec<(Range<usize>, Range<usize>)> {
    let mut hunks: Vec<(Range<usize>, Range<usize>)> = Vec::new();
    let mut apart = true;
    for operation in capture_diff_slices(Algorithm::Myers, one, other) {
        let (old, new) = (operation.old_range(), operation.new_range());
        if matches!(operation, DiffOp::Equal { .. }) {
            apart = !one.get(old).unwrap_or_default().iter().all(|token| is_space(token));
            continue;
        }
        match hunks.last_mut().filter(|_| !apart) {
            Some((before_old, before_new)) => (before_old.end, before_new.end) = (old.end, new.end),
            None => hunks.push((old, new)),
        }
        apart = false;
    }
    // Space that came or went with nothing is no difference.
    let is_word = |(old, new): &(Range<usize>, Range<usize>)| {
        let of =
            |tokens: &[&str], range: &Range<usize>| !words(tokens.get(range.clone()).unwrap_or_default()).is_empty();
        of(one, old) || of(other, new)
    };
    hunks.retain(is_word);
    hunks
}

fn labels_that_differ(one: &[(String, String)], other: &[(String, String)]) -> Vec<String> {
    let value = |list: &[(String, String)], label: &str| {
        list.iter().find(|(known, _)| known == label).map(|(_, value)| value.clone())
    };
    let mut labels: Vec<String> = Vec::new();
    for (label, _) in one.iter().chain(other) {
        if !labels.contains(label) && value(one, label) != value(other, label) {
            labels.push(label.clone());
        }
    }
    labels
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn made(prompts: &[&str]) -> Vec<Made> {
        prompts.iter().map(|prompt| Made { prompt: (*prompt).to_owned(), settings: vec![] }).collect()
    }

    /// `with-without instead+beside` for each pair.
    fn found(prompts: &[&str], phrases: &[&str]) -> Vec<String> {
        let write = |pair: Pair| format!("{}-{} {}+{}", pair.with, pair.without, pair.instead, pair.beside);
        isolate(&made(prompts), phrases).pairs.into_iter().map(write).collect()
    }

    #[test]
    fn pairs_that_differ_in_the_word_alone_are_found() {
        for (prompts, phrase, expected) in [
            (&["a red fox", "a blue fox", "a red owl"][..], "red", &["0-1 blue+0"][..]),
            (&["a red fox", "a blue fox", "a red owl"], "fox", &["0-2 owl+0"]),
            (&["a red fox", "a fox"], "red", &["0-1 +0"]),
            (&["a fox", "a fox at dawn"], "at dawn", &["1-0 +0"]),
            (
                &["tabby, film grain, window light", "tabby, clean digital, window light"],
                "film grain",
                &["0-1 clean digital+0"],
            ),
            // Nothing isolates it: what comes nearest, with how much else differs.
            (&["a red fox", "a blue owl"], "red", &["0-1 blue owl+1"]),
            (&["a red fox in snow", "a blue owl in fog", "a blue owl in snow"], "red", &["0-2 blue owl+1"]),
            // Twice in one, once in the other.
            (&["red on red", "red on blue"], "red", &["0-1 blue+0"]),
            (&["a red fox", "a red fox"], "red", &[]),
            (&["a red fox", "a blue fox"], "green", &[]),
            (&["a red fox", "a blue fox"], " ", &[]),
            (&["ein schöner Tag", "ein trüber Tag"], "schöner", &["0-1 trüber+0"]),
            (&[], "red", &[]),
        ] {
            assert_eq!(found(prompts, &[phrase]), expected, "{prompts:?} {phrase}");
        }
    }

    #[test]
    fn a_phrase_that_nothing_isolates_gives_way_to_a_word_that_something_does() {
        let prompts = ["a red fox", "a blue fox", "a red owl"];
        let isolated = isolate(&made(&prompts), &["red fox", "red"]);
        assert_eq!((isolated.phrase.as_str(), isolated.pairs.len()), ("red", 1));
        let isolated = isolate(&made(&["a red fox", "a blue owl"]), &["red fox", "red"]);
        assert_eq!(isolated.phrase, "red fox");
    }

    #[test]
    fn the_pair_whose_settings_differ_least_comes_first() {
        let one = |prompt: &str, seed: &str, model: &str| Made {
            prompt: prompt.to_owned(),
            settings: vec![("Model".to_owned(), model.to_owned()), ("Seed".to_owned(), seed.to_owned())],
        };
        let all = [one("a red fox", "1", "A"), one("a blue fox", "2", "B"), one("a blue fox", "1", "A")];
        let pairs = isolate(&all, &["red"]).pairs;
        assert_eq!((pairs[0].with, pairs[0].without, pairs[0].also.len()), (0, 2, 0));
        assert_eq!(pairs[1].also, ["Model", "Seed"]);
    }

    #[test]
    fn a_library_full_of_prompts_is_cut_and_not_waited_for() {
        let many: Vec<Made> =
            (0..1000).map(|n| Made { prompt: format!("a red fox number {n}"), settings: vec![] }).collect();
        assert!(isolate(&many, &["7"]).pairs.len() <= MOST);
        assert!(isolate(&made(&[&"a ".repeat(LONGEST), "b"]), &["b"]).pairs.is_empty());
    }

    proptest! {
        #[test]
        fn every_pair_has_the_phrase_on_one_side_more_often(
            prompts in prop::collection::vec("(a|b|c|d)( (a|b|c|d)){0,6}", 0..7),
        ) {
            let texts: Vec<&str> = prompts.iter().map(String::as_str).collect();
            let made = made(&texts);
            let isolated = isolate(&made, &["a b", "a"]);
            let wanted = words(&tokens(&isolated.phrase));
            for pair in &isolated.pairs {
                let times = |place: usize| count(&words(&tokens(texts[place])), &wanted);
                prop_assert!(times(pair.with) > times(pair.without));
                prop_assert_eq!(pair.beside, isolated.pairs[0].beside);
            }
        }
    }
}
