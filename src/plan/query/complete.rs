//! What can be completed where the cursor stands: keys, and values that the library holds.
//!
//! Imports facets, keys and pieces. Invariant: a completion replaces whole characters of the piece under the cursor and
//! nothing else.

use super::facets::Vocabulary;
use super::key::Key;
use super::lex::{Body, Piece, Quotes, Text, pieces};
use super::text::{begins_word, fold};
use std::ops::Range;

/// Most completions at a time.
const MOST: usize = 12;

/// Something that can be put where the cursor stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Completion {
    /// Bytes of the text to be replaced.
    pub replace: Range<usize>,
    /// What to put there; the cursor goes behind it.
    pub with: String,
    /// For people: what a key takes, or which key a value belongs to.
    pub about: String,
    /// Pictures of the library with this value, where that was counted.
    pub count: Option<u32>,
}

/// Returns what can be completed at `cursor` (a byte): at most twelve, best first. Keys come before values, what
/// begins with the typed before what contains it, frequent values before rare ones.
pub fn complete(text: &str, cursor: usize, vocabulary: &Vocabulary) -> Vec<Completion> {
    let cursor = (0..=cursor.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap_or(0);
    let under = pieces(text).into_iter().find(|piece| piece.range.start < cursor && cursor <= piece.range.end);
    let mut found = match under {
        None => keys("", cursor..cursor),
        Some(piece) => of_piece(text, cursor, &piece, vocabulary),
    };
    found.retain(|completion| text.get(completion.replace.clone()) != Some(completion.with.as_str()));
    found.truncate(MOST);
    found
}

fn of_piece(text: &str, cursor: usize, piece: &Piece, vocabulary: &Vocabulary) -> Vec<Completion> {
    let start = piece.range.start + usize::from(piece.negated);
    let typed = |from: usize| text.get(from..cursor).unwrap_or_default();
    match &piece.body {
        Body::Word(word) => {
            let replace = start..piece.range.end;
            let typed = typed(start);
            let mut found = if word.quotes == Quotes::Without { keys(typed, replace.clone()) } else { Vec::new() };
            found.extend(any_values(typed, &replace, vocabulary));
            found
        }
        Body::Term { key, values } => {
            match values.iter().find(|(range, _)| range.start <= cursor && cursor <= range.end) {
                Some((range, _)) => Key::named(key).map_or_else(Vec::new, |key| {
                    let found = of_key(key, typed(range.start), vocabulary);
                    let completion = |(value, count, _): Found<'_>| Completion {
                        replace: range.clone(),
                        with: Text::value(key, value).to_string(),
                        about: key.word().to_owned(),
                        count,
                    };
                    found.into_iter().map(completion).collect()
                }),
                // The cursor stands in the key.
                None => keys(typed(start), start..values.first().map_or(piece.range.end, |(range, _)| range.start)),
            }
        }
    }
}

fn keys(typed: &str, replace: Range<usize>) -> Vec<Completion> {
    let typed = typed.to_ascii_lowercase();
    let mut keys: Vec<Key> = Key::ALL.into_iter().filter(|key| key.word().contains(&typed)).collect();
    keys.sort_by_key(|key| !key.word().starts_with(&typed));
    let completion = |key: Key| Completion {
        replace: replace.clone(),
        with: format!("{key}:"),
        about: key.about().to_owned(),
        count: None,
    };
    keys.into_iter().map(completion).collect()
}

/// A value, its number of pictures, and how well it fits, best first.
type Found<'a> = (&'a str, Option<u32>, u8);

/// Values of all keys whose values have names, for a word that may be one.
fn any_values(typed: &str, replace: &Range<usize>, vocabulary: &Vocabulary) -> Vec<Completion> {
    let named = vocabulary.facets.iter().filter(|facet| facet.key.is_name());
    let values = named.flat_map(|facet| {
        let found = of_key(facet.key, typed, vocabulary);
        found.into_iter().map(move |found| (facet.key, found))
    });
    let mut values: Vec<(Key, Found<'_>)> = values.collect();
    values.sort_by_key(|(_, (_, count, fit))| (*fit, std::cmp::Reverse(*count)));
    let completion = |(key, (value, count, _)): (Key, Found<'_>)| Completion {
        replace: replace.clone(),
        with: format!("{key}:{}", Text::value(key, value)),
        about: key.word().to_owned(),
        count,
    };
    values.into_iter().map(completion).collect()
}

/// Values of one key: those that the library holds, and those that are always understood.
fn of_key<'a>(key: Key, typed: &str, vocabulary: &'a Vocabulary) -> Vec<Found<'a>> {
    let wanted = fold(typed.strip_prefix('"').unwrap_or(typed));
    let held = vocabulary.values(key).iter().map(|(value, count)| (value.as_str(), Some(*count)));
    let unheld = |word: &&str| !vocabulary.values(key).iter().any(|(value, _)| value == word);
    let usual = key.usual().iter().copied().filter(unheld).map(|word| (word, None));
    let fit = |value: &str| {
        let value = fold(value);
        if value.starts_with(&wanted) {
            Some(0)
        } else if begins_word(&value, &wanted) {
            Some(1)
        } else {
            value.contains(&wanted).then_some(2)
        }
    };
    let mut found: Vec<Found<'a>> =
        held.chain(usual).filter_map(|(value, count)| Some((value, count, fit(value)?))).collect();
    found.sort_by_key(|(_, _, fit)| *fit);
    found
}
