//! The model browser: which models a query and filters leave, and in which order.
//!
//! May import `api`. Invariant: filters are made from the data; one that no model satisfies is not offered.

use super::badges::{is_4k, is_transparent, is_vector, parties};
use super::controls::ReferenceLimits;
use super::fields::most_images;
use super::price::{lowest_per_image, price_line};
use crate::api::{Endpoint, Model, ModelId, Parameters};
use serde::{Deserialize, Serialize};
use std::cmp::{Ordering, Reverse};

/// One model of the browser with what is known of its endpoints.
#[derive(Clone, Copy, Debug)]
pub struct ModelEntry<'a> {
    pub model: &'a Model,
    /// `None`: not loaded yet. Empty: not available now.
    pub endpoints: Option<&'a [Endpoint]>,
}

/// Narrows the list; several together must all hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    Favourites,
    Recent,
    /// Accepts reference pictures.
    References,
    Streams,
    Transparent,
    Vector,
    FourK,
    /// Several pictures per call.
    Several,
    /// Under 5 cents per picture, as stated per picture; the cheapest endpoint and tier count.
    UnderPrice,
}

/// Orders the list.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sort {
    /// Unknown dates last.
    #[default]
    Newest,
    Name,
    /// Cheapest first, prices that cannot be compared last.
    Price,
}

impl Filter {
    /// All filters, in drawing order.
    pub const ALL: [Self; 9] = [
        Self::Favourites,
        Self::Recent,
        Self::References,
        Self::Streams,
        Self::Transparent,
        Self::Vector,
        Self::FourK,
        Self::Several,
        Self::UnderPrice,
    ];

    /// Returns the words on the filter's chip.
    pub fn label(self) -> &'static str {
        match self {
            Self::Favourites => "Favourites",
            Self::Recent => "Recent",
            Self::References => "References",
            Self::Streams => "Streams",
            Self::Transparent => "Transparent",
            Self::Vector => "Vector",
            Self::FourK => "4K",
            Self::Several => "Several per call",
            Self::UnderPrice => "Under $0.05",
        }
    }

    fn holds(self, entry: &ModelEntry<'_>, favourites: &[ModelId], recent: &[ModelId]) -> bool {
        let any = |has: fn(&Parameters) -> bool| parties(entry).iter().any(|(parameters, _)| has(parameters));
        match self {
            Self::Favourites => favourites.contains(&entry.model.id),
            Self::Recent => recent.contains(&entry.model.id),
            Self::References => any(|parameters| ReferenceLimits::of(parameters).max > 0),
            Self::Streams => parties(entry).iter().any(|(_, streams)| *streams),
            Self::Transparent => any(is_transparent),
            Self::Vector => any(is_vector),
            Self::FourK => any(is_4k),
            Self::Several => any(|parameters| most_images(parameters) > 1),
            Self::UnderPrice => entry.endpoints.and_then(lowest_per_image).is_some_and(|price| price < 0.05),
        }
    }
}

impl Sort {
    /// All orders, in drawing order.
    pub const ALL: [Self; 3] = [Self::Newest, Self::Name, Self::Price];

    /// Returns the word in the combo box.
    pub fn label(self) -> &'static str {
        match self {
            Self::Newest => "Newest",
            Self::Name => "Name",
            Self::Price => "Price",
        }
    }
}

/// Returns the filters that at least one model satisfies, in drawing order.
pub fn available_filters(models: &[ModelEntry<'_>], favourites: &[ModelId], recent: &[ModelId]) -> Vec<Filter> {
    let satisfied = |filter: &Filter| models.iter().any(|entry| filter.holds(entry, favourites, recent));
    Filter::ALL.into_iter().filter(satisfied).collect()
}

/// Returns the places in `models` of those to list, in order. Every word of the query must occur in id, name or
/// description, whatever its case; models whose name has words beginning with all of them come first.
pub fn browse(
    models: &[ModelEntry<'_>],
    query: &str,
    filters: &[Filter],
    sort: Sort,
    favourites: &[ModelId],
    recent: &[ModelId],
) -> Vec<usize> {
    let query = query.to_lowercase();
    let words: Vec<&str> = query.split_whitespace().collect();
    let mut found: Vec<(bool, Key, usize)> = models
        .iter()
        .enumerate()
        .filter(|(_, entry)| filters.iter().all(|filter| filter.holds(entry, favourites, recent)))
        .filter_map(|(place, entry)| Some((!named(entry.model, &words)?, Key::of(entry, sort), place)))
        .collect();
    found.sort_by(|a, b| a.0.cmp(&b.0).then_with(|| a.1.compare(&b.1)).then(a.2.cmp(&b.2)));
    found.into_iter().map(|(_, _, place)| place).collect()
}

/// Says whether all words begin words of the name; `None` when one of them occurs nowhere.
fn named(model: &Model, words: &[&str]) -> Option<bool> {
    let name = model.name.to_lowercase();
    let elsewhere = format!("{}\n{}", model.id, model.description).to_lowercase();
    if !words.iter().all(|word| name.contains(word) || elsewhere.contains(word)) {
        return None;
    }
    let begins = |word: &&str| {
        name.match_indices(*word)
            .any(|(at, _)| !name.get(..at).is_some_and(|before| before.ends_with(char::is_alphanumeric)))
    };
    Some(words.iter().all(begins))
}

enum Key {
    Newest(Option<i64>),
    Name(String),
    Price(Option<f64>),
}

impl Key {
    fn of(entry: &ModelEntry<'_>, sort: Sort) -> Self {
        match sort {
            Sort::Newest => Self::Newest(entry.model.created),
            Sort::Name => Self::Name(display_name(entry.model).0.to_lowercase()),
            Sort::Price => Self::Price(price_line(entry.endpoints).sort_key),
        }
    }

    fn compare(&self, other: &Self) -> Ordering {
        match (self, other) {
            (Self::Newest(a), Self::Newest(b)) => Reverse(a).cmp(&Reverse(b)),
            (Self::Name(a), Self::Name(b)) => a.cmp(b),
            (Self::Price(a), Self::Price(b)) => match (a, b) {
                (Some(a), Some(b)) => a.total_cmp(b),
                (a, b) => b.is_some().cmp(&a.is_some()),
            },
            _ => Ordering::Equal,
        }
    }
}

/// Parts a model's name into name and author: `ByteDance Seed: Seedream 4.5` is Seedream 4.5 by ByteDance Seed. A name
/// without author takes it from the id.
pub fn display_name(model: &Model) -> (&str, &str) {
    match model.name.split_once(": ") {
        Some((author, name)) if !author.trim().is_empty() && !name.trim().is_empty() => (name.trim(), author.trim()),
        _ => (model.name.trim(), model.id.author()),
    }
}

#[cfg(test)]
mod tests;
