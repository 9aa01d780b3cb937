//! What a library holds, value by value with counts, and the chips that put values into a search.
//!
//! Imports facts, keys and pieces. Invariant: the text of the search is the only truth; a chip edits it, and a facet's
//! count is the number of pictures that its chip alone finds.

use super::facts::{Clock, Facts, ratio_name};
use super::key::{Joining, Key};
use super::lex::{Body, Piece, Quotes, Text, Values, pieces};
use super::text::fold;
use crate::picture::Format;
use crate::plan::marks::{Flag, Label};
use std::borrow::Cow;
use std::collections::{BTreeMap, HashMap};

/// The values of one key that a library holds.
#[derive(Clone, Debug, PartialEq)]
pub struct Facet {
    pub key: Key,
    /// Values with the number of pictures; most frequent first, but stars and months from the highest down.
    pub values: Vec<(String, u32)>,
}

/// All facets of a library, in the order of the keys; keys without values are left out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Vocabulary {
    pub facets: Vec<Facet>,
}

/// Counts what pictures hold, one by one.
#[derive(Clone, Debug, Default)]
pub struct Counting {
    /// Spelling and number of pictures by what makes two spellings the same.
    counts: BTreeMap<Key, HashMap<String, (String, u32)>>,
}

impl Counting {
    /// Counts a picture.
    pub fn add(&mut self, facts: &Facts<'_>, clock: &Clock) {
        values(facts, clock, |key, value| {
            let held = self.counts.entry(key).or_default();
            let folded = fold(&value);
            match held.get_mut(&folded) {
                Some((_, count)) => *count += 1,
                None => _ = held.insert(folded, (value.into_owned(), 1)),
            }
        });
    }

    /// Takes back what was counted of a picture.
    pub fn remove(&mut self, facts: &Facts<'_>, clock: &Clock) {
        values(facts, clock, |key, value| {
            let Some(held) = self.counts.get_mut(&key) else { return };
            let folded = fold(&value);
            if let Some((_, count)) = held.get_mut(&folded) {
                *count -= 1;
                if *count == 0 {
                    held.remove(&folded);
                }
            }
        });
    }

    /// Returns what was counted.
    pub fn vocabulary(&self) -> Vocabulary {
        let facet = |(key, counts): (&Key, &HashMap<String, (String, u32)>)| {
            let mut values: Vec<(String, u32)> = counts.values().cloned().collect();
            match key {
                Key::Rating | Key::Date => values.sort_by(|a, b| b.0.cmp(&a.0)),
                _ => values.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0))),
            }
            Facet { key: *key, values }
        };
        let held = self.counts.iter().filter(|(_, counts)| !counts.is_empty());
        Vocabulary { facets: held.map(facet).collect() }
    }
}

impl Vocabulary {
    /// Returns the values of a key with their counts; empty when the library holds none.
    pub fn values(&self, key: Key) -> &[(String, u32)] {
        self.facets.iter().find(|facet| facet.key == key).map_or(&[], |facet| &facet.values)
    }
}

/// Gives every value that a picture has, once.
fn values<'a>(facts: &Facts<'a>, clock: &Clock, mut give: impl FnMut(Key, Cow<'a, str>)) {
    let model = if facts.model_name.is_empty() { facts.model } else { facts.model_name };
    let names = [(Key::Model, Some(model)), (Key::Provider, facts.provider)];
    for (key, name) in names {
        if let Some(name) = name.filter(|name| !name.is_empty()) {
            give(key, name.into());
        }
    }
    facts.tags.iter().for_each(|tag| give(Key::Tag, tag.into()));
    facts.collections.iter().for_each(|collection| give(Key::Collection, collection.into()));
    give(Key::Rating, facts.stars.to_string().into());
    give(Key::Label, facts.label.map_or("none", Label::word).into());
    let format = match facts.format {
        Format::Png => "png",
        Format::Jpeg => "jpeg",
        Format::WebP => "webp",
        Format::Gif => "gif",
        Format::Svg => "svg",
    };
    let flag = match facts.flag {
        Some(Flag::Pick) => "picked",
        Some(Flag::Reject) => "rejected",
        None => "unflagged",
    };
    let is = [(true, format), (true, flag), (facts.imported, "imported"), (facts.trashed, "trashed")];
    let has = [
        (facts.has_references, "reference"),
        (!facts.tags.is_empty(), "tag"),
        (!facts.collections.is_empty(), "collection"),
        (facts.label.is_some(), "label"),
        (facts.seed.is_some(), "seed"),
        (facts.cost.is_some(), "cost"),
    ];
    is.into_iter().filter(|(is, _)| *is).for_each(|(_, word)| give(Key::Is, word.into()));
    has.into_iter().filter(|(has, _)| *has).for_each(|(_, word)| give(Key::Has, word.into()));
    if let Some(day) = clock.day(facts.created_ms) {
        give(Key::Date, format!("{:04}-{:02}", day.year(), day.month()).into());
    }
    if let Some(ratio) = facts.size.and_then(ratio_name) {
        give(Key::Ratio, ratio.into());
    }
    if facts.cost.is_none() {
        give(Key::Cost, "unknown".into());
    }
}

/// Turns a chip on or off: returns the search with the value, or without it when it was asked for.
///
/// Another model, provider, label, format, flag or proportion widens what is asked; another tag, collection or `has:`
/// narrows it; anything else takes the place of what was asked. Negated terms stay as they are.
pub fn toggle(text: &str, key: Key, value: &str) -> String {
    let mut pieces = pieces(text);
    let folded = fold(value);
    let before = count(&pieces);
    for piece in &mut pieces {
        if let Some(values) = values_of(piece, key) {
            values.retain(|(_, held)| fold(&held.text) != folded);
        }
    }
    let was_on = count(&pieces) < before;
    if !was_on {
        add(&mut pieces, key, value);
    }
    pieces.retain(|piece| !matches!(&piece.body, Body::Term { values, .. } if values.is_empty()));
    pieces.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ")
}

fn count(pieces: &[Piece]) -> usize {
    let values = |piece: &Piece| match &piece.body {
        Body::Term { values, .. } => values.len(),
        Body::Word(_) => 0,
    };
    pieces.iter().map(values).sum()
}

/// The values of a term of this key that is not negated.
fn values_of(piece: &mut Piece, key: Key) -> Option<&mut Values> {
    match &mut piece.body {
        Body::Term { key: held, values } if !piece.negated && held == key.word() => Some(values),
        _ => None,
    }
}

fn add(pieces: &mut Vec<Piece>, key: Key, value: &str) {
    for piece in pieces.iter_mut() {
        close(piece);
    }
    let new = (0..0, Text::value(key, value));
    let mut terms = pieces.iter_mut().filter_map(|piece| values_of(piece, key));
    match key.joining() {
        Joining::Replace => {
            if let Some(values) = terms.next() {
                *values = vec![new];
                terms.for_each(Vec::clear);
                return;
            }
        }
        Joining::Widen => {
            if let Some(values) = terms.find(|values| {
                values.iter().all(|(_, held)| held.text.is_empty() || kind(key, &held.text) == kind(key, value))
            }) {
                values.retain(|(_, held)| !held.text.is_empty());
                values.push(new);
                return;
            }
        }
        Joining::Narrow => {}
    }
    let body = Body::Term { key: key.word().to_owned(), values: vec![new] };
    pieces.push(Piece { range: 0..0, negated: false, body });
}

/// Formats are one kind of `is:`, flags another; of all other keys every value is of the same kind.
fn kind(key: Key, value: &str) -> u8 {
    match value.to_ascii_lowercase().as_str() {
        _ if key != Key::Is => 0,
        "png" | "jpeg" | "jpg" | "webp" | "gif" | "svg" => 1,
        "picked" | "rejected" | "unflagged" => 2,
        "rated" | "unrated" => 3,
        "imported" => 4,
        "trashed" => 5,
        _ => 6,
    }
}

fn close(piece: &mut Piece) {
    let close = |text: &mut Text| {
        if text.quotes == Quotes::Open {
            text.quotes = Quotes::Closed;
        }
    };
    match &mut piece.body {
        Body::Word(word) => close(word),
        Body::Term { values, .. } => values.iter_mut().for_each(|(_, value)| close(value)),
    }
}
