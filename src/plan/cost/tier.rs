//! Which price lines apply: a variant such as `2k`, `low_1k` or `high_resolution` replaces the base price for its tier.
//!
//! May import `api`. Invariant: what the request leaves to the provider is tried with every value the endpoint lists.

use crate::api::{Capability, Endpoint, GenerationRequest, PriceLine};
use crate::picture::Size;
use crate::plan::shape;
use serde_json::Value;

/// What the request says of tiers, and what the provider may choose.
pub(super) struct Choices<'a> {
    resolutions: Vec<Option<&'a str>>,
    qualities: Vec<Option<&'a str>>,
    /// Exact pixels, when the request names them.
    pub pixels: Option<Size>,
}

/// One way the request can turn out. `None`: not known even to the descriptors.
pub(super) struct Scenario<'a> {
    pub resolution: Option<&'a str>,
    pub quality: Option<&'a str>,
}

impl<'a> Choices<'a> {
    /// Reads the request; what it leaves open is taken from the endpoint's lists.
    pub fn of(request: &'a GenerationRequest, endpoint: &'a Endpoint) -> Self {
        let text = |field: &str| request.parameters.get(field).and_then(Value::as_str);
        let listed = |field: &str| match endpoint.supported_parameters.get(field) {
            Some(Capability::Enum { values }) if !values.is_empty() => values.iter().map(|v| known(v)).collect(),
            _ => vec![None],
        };
        let size = text("size");
        let pixels = size.and_then(shape::parse_pixels);
        let resolution = text("resolution").or(size.filter(|_| pixels.is_none()));
        let resolutions = match resolution {
            Some(tier) => vec![known(tier)],
            // The service's own table from pixels to tiers is not known.
            None if pixels.is_some() => vec![None],
            None => listed("resolution"),
        };
        let qualities = match text("quality").and_then(known) {
            Some(quality) => vec![Some(quality)],
            None => listed("quality"),
        };
        Self { resolutions, qualities, pixels }
    }

    /// Iterates over every way the request can turn out.
    pub fn scenarios(&self) -> impl Iterator<Item = Scenario<'a>> {
        self.resolutions.iter().flat_map(move |resolution| {
            self.qualities.iter().map(|quality| Scenario { resolution: *resolution, quality: *quality })
        })
    }
}

/// `auto` names no tier: the provider chooses.
fn known(value: &str) -> Option<&str> {
    (!value.eq_ignore_ascii_case("auto")).then_some(value)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Match {
    Yes,
    No,
    Maybe,
}

/// Returns the sets of lines one of which is charged (all lines of a set together): one set where the scenario
/// decides, more where a variant may or may not apply, none where only variants exist and none applies.
pub(super) fn charged<'a>(scenario: &Scenario<'_>, lines: &[&'a PriceLine]) -> Vec<Vec<&'a PriceLine>> {
    let base: Vec<&PriceLine> = lines.iter().copied().filter(|line| line.variant.is_none()).collect();
    // Lines of one variant are charged together: per picture and per request, for example.
    let mut variants: Vec<(String, Vec<&PriceLine>)> = Vec::new();
    for line in lines {
        let Some(variant) = line.variant.as_deref().map(plain) else { continue };
        match variants.iter_mut().find(|(known, _)| *known == variant) {
            Some((_, together)) => together.push(line),
            None => variants.push((variant, vec![line])),
        }
    }
    let judged: Vec<_> = variants.into_iter().map(|(name, together)| (applies(&name, scenario), together)).collect();
    let fitting = judged.iter().filter(|((fits, _), _)| *fits == Match::Yes);
    let best = fitting.map(|((_, precision), _)| *precision).max();
    // Two that fit equally well: either may be meant.
    let is_meant = |(fits, precision)| fits == Match::Maybe || (fits == Match::Yes && Some(precision) == best);
    let mut possible: Vec<Vec<&PriceLine>> =
        judged.into_iter().filter(|(judged, _)| is_meant(*judged)).map(|(_, together)| together).collect();
    if best.is_none() && !base.is_empty() {
        possible.push(base);
    }
    possible
}

/// Returns a variant in one spelling.
fn plain(variant: &str) -> String {
    variant.trim().to_lowercase().replace(['-', ' '], "_")
}

/// Says whether a variant applies, and by how many of its words. A word that nobody knows may mean anything.
fn applies(variant: &str, scenario: &Scenario<'_>) -> (Match, usize) {
    const QUALITIES: [&str; 5] = ["low", "medium", "high", "xhigh", "max"];
    if variant == "high_resolution" {
        return (is_high(scenario.resolution), 1);
    }
    let same = |word: &str, chosen: Option<&str>| match chosen {
        Some(chosen) if chosen.eq_ignore_ascii_case(word) => Match::Yes,
        Some(_) => Match::No,
        None => Match::Maybe,
    };
    let words: Vec<Match> = variant
        .split('_')
        .map(|word| match word {
            _ if shape::tier_megapixels(word).is_some() => same(word, scenario.resolution),
            _ if QUALITIES.contains(&word) => same(word, scenario.quality),
            _ => Match::Maybe,
        })
        .collect();
    let fits = if words.contains(&Match::No) {
        Match::No
    } else if words.contains(&Match::Maybe) {
        Match::Maybe
    } else {
        Match::Yes
    };
    (fits, words.len())
}

/// High resolution is 2K and more, and not 1K and less; what lies between, or is not known, may be either.
fn is_high(resolution: Option<&str>) -> Match {
    match resolution.and_then(shape::tier_megapixels) {
        Some(megapixels) if megapixels >= 4.0 => Match::Yes,
        Some(megapixels) if megapixels <= 1.0 => Match::No,
        _ => Match::Maybe,
    }
}
