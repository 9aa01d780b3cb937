//! What one value of a term asks of a picture.
//!
//! Imports facts, keys and spans. Invariant: what is not known of a picture answers no.

use super::facts::{Clock, Facts, RATIOS, ratio_name};
use super::key::Key;
use super::lex::{Quotes, Text};
use super::span::{self, Days, Span};
use super::text::{begins_word, fold};
use crate::picture::{Format, Size};
use crate::plan::marks::{Flag, Label, MOST_STARS};
use crate::plan::shape::{RATIO_TOLERANCE, parse_pixels, ratio_of};

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Test {
    Model(Name),
    Provider(Name),
    Tag(Name),
    Collection(Name),
    File(Name),
    Rating(Span<i64>),
    Label(Option<Label>),
    Is(Is),
    Has(Has),
    Date(Days),
    Ratio(Ratio),
    Pixels(Size),
    Longest(Span<i64>),
    Width(Span<i64>),
    Height(Span<i64>),
    Cost(Span<f64>),
    CostUnknown,
    /// Seconds.
    Time(Span<f64>),
    Seed(Span<i64>),
}

/// A folded text, and whether it means the whole of a name.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Name {
    folded: String,
    whole: bool,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Is {
    Format(Format),
    Flagged(Option<Flag>),
    Rated(bool),
    Imported,
    Trashed,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Has {
    Reference,
    Tag,
    Collection,
    Label,
    Seed,
    Cost,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Ratio {
    Landscape,
    Portrait,
    /// One of the usual ones.
    Named(&'static str),
    /// Width over height.
    Near(f32),
}

impl Test {
    /// Reads a value; `None`: the key takes no such value.
    pub(super) fn read(key: Key, value: &Text) -> Option<Self> {
        let folded = fold(&value.text);
        let name = |folded| Name { folded, whole: value.quotes == Quotes::Closed };
        let text = folded.as_str();
        Some(match key {
            Key::Model => Self::Model(name(folded)),
            Key::Provider => Self::Provider(name(folded)),
            Key::Tag => Self::Tag(name(folded)),
            Key::Collection => Self::Collection(name(folded)),
            Key::File => Self::File(name(folded)),
            Key::Rating => Self::Rating(rating(text)?),
            Key::Label => Self::Label(if text == "none" { None } else { Some(Label::named(text)?) }),
            Key::Is => Self::Is(Is::read(text)?),
            Key::Has => Self::Has(Has::read(text)?),
            Key::Date => Self::Date(span::days(text)?),
            Key::Ratio => Self::Ratio(Ratio::read(text)?),
            Key::Size => parse_pixels(text).map(Self::Pixels).or_else(|| span::pixels(text).map(Self::Longest))?,
            Key::Width => Self::Width(span::pixels(text)?),
            Key::Height => Self::Height(span::pixels(text)?),
            Key::Cost if text == "unknown" => Self::CostUnknown,
            Key::Cost => Self::Cost(span::amounts(text, dollars)?),
            Key::Time => Self::Time(span::amounts(text, seconds)?),
            Key::Seed => Self::Seed(span::whole(text)?),
        })
    }

    pub(super) fn holds(&self, facts: &Facts<'_>, clock: &Clock) -> bool {
        let side =
            |span: &Span<i64>, side: fn(Size) -> u32| facts.size.is_some_and(|size| span.holds(&side(size).into()));
        match self {
            Self::Model(name) => name.fits(facts.model) || name.fits(facts.model_name),
            Self::Provider(name) => facts.provider.is_some_and(|provider| name.fits(provider)),
            Self::Tag(name) => facts.tags.iter().any(|tag| name.fits(tag)),
            Self::Collection(name) => facts.collections.iter().any(|collection| name.fits(collection)),
            Self::File(name) => name.fits(facts.file_stem),
            Self::Rating(span) => span.holds(&facts.stars.into()),
            Self::Label(label) => facts.label == *label,
            Self::Is(is) => is.holds(facts),
            Self::Has(has) => has.holds(facts),
            Self::Date(days) => clock.day(facts.created_ms).is_some_and(|day| days.hold(day, clock.today)),
            Self::Ratio(ratio) => facts.size.is_some_and(|size| ratio.holds(size)),
            Self::Pixels(size) => facts.size == Some(*size),
            Self::Longest(span) => side(span, Size::longer_side),
            Self::Width(span) => side(span, |size| size.width),
            Self::Height(span) => side(span, |size| size.height),
            Self::Cost(span) => facts.cost.is_some_and(|cost| span.holds(&cost)),
            Self::CostUnknown => facts.cost.is_none(),
            Self::Time(span) => facts.elapsed_ms.is_some_and(|ms| span.holds(&(ms as f64 / 1000.0))),
            Self::Seed(span) => facts.seed.is_some_and(|seed| span.holds(&seed)),
        }
    }
}

impl Name {
    fn fits(&self, text: &str) -> bool {
        let text = fold(text);
        if self.whole { text == self.folded } else { begins_word(&text, &self.folded) }
    }
}

impl Is {
    fn read(text: &str) -> Option<Self> {
        Some(match text {
            "picked" => Self::Flagged(Some(Flag::Pick)),
            "rejected" => Self::Flagged(Some(Flag::Reject)),
            "unflagged" => Self::Flagged(None),
            "rated" => Self::Rated(true),
            "unrated" => Self::Rated(false),
            "imported" => Self::Imported,
            "trashed" => Self::Trashed,
            "png" => Self::Format(Format::Png),
            "jpeg" | "jpg" => Self::Format(Format::Jpeg),
            "webp" => Self::Format(Format::WebP),
            "gif" => Self::Format(Format::Gif),
            "svg" => Self::Format(Format::Svg),
            _ => return None,
        })
    }

    fn holds(self, facts: &Facts<'_>) -> bool {
        match self {
            Self::Format(format) => facts.format == format,
            Self::Flagged(flag) => facts.flag == flag,
            Self::Rated(rated) => (facts.stars > 0) == rated,
            Self::Imported => facts.imported,
            Self::Trashed => facts.trashed,
        }
    }
}

impl Has {
    fn read(text: &str) -> Option<Self> {
        Some(match text {
            "reference" | "references" => Self::Reference,
            "tag" | "tags" => Self::Tag,
            "collection" | "collections" => Self::Collection,
            "label" => Self::Label,
            "seed" => Self::Seed,
            "cost" => Self::Cost,
            _ => return None,
        })
    }

    fn holds(self, facts: &Facts<'_>) -> bool {
        match self {
            Self::Reference => facts.has_references,
            Self::Tag => !facts.tags.is_empty(),
            Self::Collection => !facts.collections.is_empty(),
            Self::Label => facts.label.is_some(),
            Self::Seed => facts.seed.is_some(),
            Self::Cost => facts.cost.is_some(),
        }
    }
}

impl Ratio {
    fn read(text: &str) -> Option<Self> {
        Some(match text {
            "landscape" => Self::Landscape,
            "portrait" => Self::Portrait,
            "square" => Self::Named("1:1"),
            _ => {
                let ratio = ratio_of(text)?;
                // 32:18 is 16:9.
                let usual = RATIOS.into_iter().find(|(_, usual)| (usual / ratio - 1.0).abs() < 1e-3);
                usual.map_or(Self::Near(ratio), |(name, _)| Self::Named(name))
            }
        })
    }

    fn holds(&self, size: Size) -> bool {
        let square = || ratio_name(size) == Some("1:1");
        match self {
            Self::Landscape => size.width > size.height && !square(),
            Self::Portrait => size.width < size.height && !square(),
            Self::Named(name) => ratio_name(size) == Some(name),
            Self::Near(ratio) => size.area() > 0 && (size.aspect() / ratio - 1.0).abs() <= RATIO_TOLERANCE,
        }
    }
}

/// Stars, which are five at most.
fn rating(text: &str) -> Option<Span<i64>> {
    let span = span::whole(text)?;
    (0..=i64::from(MOST_STARS)).any(|stars| span.holds(&stars)).then_some(span)
}

fn dollars(text: &str) -> Option<(f64, f64)> {
    Some((span::number(text.strip_prefix('$').unwrap_or(text))?, 1.0))
}

/// Reads a number with its unit, which is the second unless said otherwise.
fn seconds(text: &str) -> Option<(f64, f64)> {
    const UNITS: [(&str, f64); 4] = [("ms", 0.001), ("s", 1.0), ("min", 60.0), ("m", 60.0)];
    let unit = UNITS.iter().find_map(|(unit, length)| Some((text.strip_suffix(unit)?, *length)));
    let (count, unit) = unit.unwrap_or((text, 1.0));
    Some((span::number(count)?, unit))
}
