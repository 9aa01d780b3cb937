//! Stated prices in words: one phrase for a model's row, and each line for the details.
//!
//! May import `api`. Invariant: no stated price is "unknown", no endpoint is "not available", and neither is zero.

use super::money::Usd;
use crate::api::{Billable, Endpoint, PriceLine, Unit};

/// Says a model's price in two short phrases.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct PriceSummary {
    /// `$0.04`, `from $0.04`, `free`, `token-priced`, `price unknown` or `not available now`.
    pub text: String,
    /// `per image` or the like; empty when there is nothing to add.
    pub detail: String,
    /// US dollars for an ordinary picture, for sorting only; `None` sorts last.
    pub sort_key: Option<f64>,
}

/// Sums up the prices of output pictures over all endpoints (`None`: not loaded yet).
pub fn price_line(endpoints: Option<&[Endpoint]>) -> PriceSummary {
    let say = |text: &str, detail: &str| PriceSummary { text: text.into(), detail: detail.into(), sort_key: None };
    let Some(endpoints) = endpoints else { return say("price unknown", "not loaded yet") };
    if endpoints.is_empty() {
        return say("not available now", "");
    }
    let lines = || endpoints.iter().flat_map(|endpoint| &endpoint.pricing).filter(|line| is_output(line));
    let of_unit = |unit: &Unit| ends(lines().filter(|line| line.unit == *unit).filter_map(|line| line.cost_usd));
    let unstated = lines().any(|line| line.cost_usd.is_none())
        || endpoints.iter().any(|endpoint| !endpoint.pricing.iter().any(is_output));
    // Only where every line of every endpoint says so.
    let all_free = endpoints.iter().flat_map(|endpoint| &endpoint.pricing).all(|line| line.cost_usd == Some(0.0));
    let free = PriceSummary { text: "free".into(), detail: String::new(), sort_key: Some(0.0) };
    if all_free && !unstated && lines().next().is_some() {
        return free;
    }
    let mut stated: Vec<(Unit, &str, (f64, f64))> =
        [(Unit::Image, "per image"), (Unit::Megapixel, "per megapixel"), (Unit::Request, "per request")]
            .into_iter()
            .filter_map(|(unit, detail)| of_unit(&unit).map(|ends| (unit, detail, ends)))
            .collect();
    // A picture of one megapixel is the smallest that most make: it may be had for the lower of both.
    if let [(Unit::Image, _, (image, _)), (Unit::Megapixel, _, (megapixel, _)), ..] = stated.as_slice()
        && megapixel < image
    {
        stated.swap(0, 1);
    }
    if let Some((unit, detail, (low, high))) = stated.into_iter().next() {
        // Another unit, or an endpoint that states nothing, leaves the price of the others open.
        let open = unstated || lines().any(|line| line.unit != unit);
        let exact = low == high && !open && low > 0.0;
        let text = if exact { Usd(low).to_string() } else { format!("from {}", Usd(low)) };
        return PriceSummary { text, detail: detail.to_owned(), sort_key: Some(low) };
    }
    let tokens = lines().filter(|line| line.unit == Unit::Token).filter_map(|line| line.cost_usd);
    match ends(tokens.filter(|cost| *cost > 0.0)) {
        Some((low, _)) => say("token-priced", &per_million(low)),
        // Free tokens beside what is not stated are no free picture.
        None => say("price unknown", ""),
    }
}

/// Returns the lowest stated price of one picture in US dollars, over all endpoints; `None` when none is per picture.
pub(crate) fn lowest_per_image(endpoints: &[Endpoint]) -> Option<f64> {
    let lines = endpoints.iter().flat_map(|endpoint| &endpoint.pricing);
    let costs = lines.filter(|line| is_output(line) && line.unit == Unit::Image).filter_map(|line| line.cost_usd);
    ends(costs).map(|(low, _)| low)
}

fn is_output(line: &PriceLine) -> bool {
    line.billable == Billable::OutputImage
}

fn ends(costs: impl Iterator<Item = f64>) -> Option<(f64, f64)> {
    costs.map(|cost| (cost, cost)).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)))
}

fn per_million(cost: f64) -> String {
    format!("{} per million tokens", Usd(cost * 1e6))
}

/// Says one price line for the details: what is charged for (`Output picture · 2k`), and how much (`$0.08 per image`).
/// What this version does not know is said in the service's own words.
pub fn describe_line(line: &PriceLine) -> (String, String) {
    let name = match &line.billable {
        Billable::OutputImage => "Output picture",
        Billable::InputImage => "Input picture",
        Billable::InputReference => "Reference picture",
        Billable::InputFont => "Font",
        Billable::InputText => "Prompt text",
        Billable::Unknown(raw) => raw,
    };
    let label = match line.variant.as_deref().filter(|variant| !variant.is_empty()) {
        Some(variant) => format!("{name} · {variant}"),
        None => name.to_owned(),
    };
    let value = match (line.cost_usd, &line.unit) {
        (None, _) => "no price stated".to_owned(),
        (Some(0.0), _) => "free".to_owned(),
        (Some(cost), Unit::Image) => format!("{} per image", Usd(cost)),
        (Some(cost), Unit::Megapixel) => format!("{} per megapixel", Usd(cost)),
        (Some(cost), Unit::Request) => format!("{} per request", Usd(cost)),
        (Some(cost), Unit::Token) => per_million(cost),
        (Some(cost), Unit::Unknown(raw)) => format!("{} per {raw}", Usd(cost)),
    };
    (label, value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::plan::testing::{catalogue, endpoint, entry, price};

    #[test]
    fn rows_of_recorded_models_are_honest() {
        for (id, text, detail) in [
            ("bytedance-seed/seedream-4.5", "$0.04", "per image"),
            ("black-forest-labs/flux-3-image", "from $0.041", "per image"),
            ("qwen/qwen-image-3", "$0.03", "per image"),
            ("black-forest-labs/flux.2-pro", "$0.03", "per megapixel"),
            ("openai/gpt-image-2", "token-priced", "$30.00 per million tokens"),
            ("inclusionai/ming-image-0.1-design-layer", "free", ""),
            ("krea/krea-2-large", "price unknown", ""),
            ("meta/muse-image", "not available now", ""),
        ] {
            let found = price_line(Some(&entry(id).endpoints));
            assert_eq!((found.text.as_str(), found.detail.as_str()), (text, detail), "{id}");
        }
        assert_eq!(price_line(None).text, "price unknown");
    }

    #[test]
    fn differing_or_silent_endpoints_make_it_a_lower_end() {
        let at = |lines: Vec<PriceLine>| Endpoint { pricing: lines, ..endpoint(Some("one"), &[]) };
        let image = |cost| price(Billable::OutputImage, Unit::Image, cost, None);
        let token = |cost| price(Billable::OutputImage, Unit::Token, cost, None);
        let megapixel = || price(Billable::OutputImage, Unit::Megapixel, 0.01, None);
        for (endpoints, text) in [
            (vec![at(vec![image(0.04)]), at(vec![image(0.04)])], "$0.04"),
            (vec![at(vec![image(0.04)]), at(vec![image(0.05)])], "from $0.04"),
            (vec![at(vec![image(0.04)]), at(vec![])], "from $0.04"),
            (vec![at(vec![image(0.04)]), at(vec![megapixel()])], "from $0.01"),
            (vec![at(vec![image(0.005)]), at(vec![megapixel()])], "from $0.005"),
            (vec![at(vec![image(0.0)]), at(vec![image(0.0)])], "free"),
            (vec![at(vec![image(0.0), price(Billable::InputText, Unit::Token, 1e-6, None)])], "from $0.00"),
            (vec![at(vec![token(0.0)])], "free"),
            (vec![at(vec![token(0.0), PriceLine { cost_usd: None, ..token(0.0) }])], "price unknown"),
            (vec![at(vec![token(0.0), token(3e-5)])], "token-priced"),
            (vec![at(vec![token(0.0)]), at(vec![])], "price unknown"),
            (vec![at(vec![image(0.0)]), at(vec![image(0.05)])], "from $0.00"),
            (vec![at(vec![image(0.0)]), at(vec![])], "from $0.00"),
            (vec![at(vec![PriceLine { cost_usd: None, ..image(0.0) }])], "price unknown"),
            (vec![at(vec![price(Billable::OutputImage, Unit::Unknown("moon".into()), 1.0, None)])], "price unknown"),
            (vec![at(vec![price(Billable::InputImage, Unit::Image, 1.0, None)])], "price unknown"),
        ] {
            assert_eq!(price_line(Some(&endpoints)).text, text, "{endpoints:?}");
        }
    }

    #[test]
    fn lines_are_described_in_words_or_in_the_services_own() {
        let odd = Billable::Unknown("moon_phase".into());
        for (line, label, value) in [
            (price(Billable::OutputImage, Unit::Image, 0.08, Some("2k")), "Output picture · 2k", "$0.08 per image"),
            (price(Billable::InputReference, Unit::Request, 0.005, None), "Reference picture", "$0.005 per request"),
            (price(Billable::OutputImage, Unit::Token, 3e-5, None), "Output picture", "$30.00 per million tokens"),
            (price(Billable::InputImage, Unit::Image, 0.0, None), "Input picture", "free"),
            (price(odd, Unit::Unknown("furlong".into()), 0.5, None), "moon_phase", "$0.50 per furlong"),
        ] {
            assert_eq!(describe_line(&line), (label.to_owned(), value.to_owned()));
        }
        let silent = PriceLine { cost_usd: None, ..price(Billable::InputFont, Unit::Image, 1.0, None) };
        assert_eq!(describe_line(&silent), ("Font".to_owned(), "no price stated".to_owned()));
        for line in catalogue().iter().flat_map(|entry| &entry.endpoints).flat_map(|endpoint| &endpoint.pricing) {
            let (label, value) = describe_line(line);
            assert!(!label.is_empty() && (value == "free" || value.starts_with('$')), "{label} {value}");
        }
    }
}
