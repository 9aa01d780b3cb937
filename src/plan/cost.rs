//! What a request will cost, from the price lines of the endpoints that may serve it (contract section 2).
//!
//! May import `api`. Invariant: nothing is invented. Where the provider decides, both ends are stated; what cannot be
//! counted makes the sum a lower end or unknown; `usage.cost` of the answer stays the only real price.

mod tier;

use super::draft::{DraftReference, ReferenceSource};
use super::fit::Fitted;
use super::money::{Cost, Usd};
use super::shape;
use crate::api::{Billable, Endpoint, PriceLine, Unit};
use tier::{Choices, Scenario};

/// Sums that differ by less are the same: floats add up crookedly.
const SAME: f64 = 1e-9;

/// Estimates all calls of a fitted draft. `endpoints` is the list it was fitted to (empty while not known) and
/// `references` are those that will be sent. Several eligible endpoints give the lowest and the highest of them.
pub fn estimate(fitted: &Fitted, endpoints: &[Endpoint], references: &[DraftReference]) -> Cost {
    let mut total: Option<Tally> = None;
    for endpoint in fitted.eligible.iter().filter_map(|place| endpoints.get(*place)) {
        match tally(fitted, endpoint, references) {
            Ok(tally) => total = Some(total.map_or(tally.clone(), |total| total.or(tally))),
            Err(reason) => return Cost::Unknown { reason },
        }
    }
    // A call may bring fewer pictures than it asks for.
    let may_be_fewer = fitted.asked() as usize > fitted.calls.len();
    let unknown = || Cost::Unknown { reason: "no prices known yet".to_owned() };
    total.map_or_else(unknown, |total| total.cost(may_be_fewer))
}

/// A sum that grows line by line.
#[derive(Clone, Debug, Default)]
struct Tally {
    /// If every call brings one picture only.
    least: f64,
    low: f64,
    high: f64,
    /// True once a number went in that only approximates what will be charged.
    rough: bool,
    /// What is charged for but could not be counted.
    left_out: Vec<String>,
}

impl Tally {
    fn add(&mut self, low: f64, high: f64) {
        self.least += low;
        self.low += low;
        self.high += high;
    }

    fn leave_out(&mut self, what: impl Into<String>) {
        let what = what.into();
        if !self.left_out.contains(&what) {
            self.left_out.push(what);
        }
    }

    fn or(mut self, other: Self) -> Self {
        self.least = self.least.min(other.least);
        self.low = self.low.min(other.low);
        self.high = self.high.max(other.high);
        self.rough |= other.rough;
        other.left_out.into_iter().for_each(|what| self.leave_out(what));
        self
    }

    fn cost(self, may_be_fewer: bool) -> Cost {
        let (low, high) = (Usd(self.low), Usd(self.high));
        // Of what a call asks for at least one comes, or nothing is charged.
        let least = if may_be_fewer { Usd(self.least) } else { low };
        if !self.left_out.is_empty() {
            Cost::AtLeast { low: least, left_out: self.left_out.join(", ") }
        } else if self.rough || high.0 - low.0 > SAME {
            Cost::About { low: least, high }
        } else if may_be_fewer {
            Cost::AtMost(high)
        } else {
            Cost::Exact(low)
        }
    }
}

/// Adds up what one endpoint would charge; `Err` is a phrase saying why it cannot be stated.
fn tally(fitted: &Fitted, endpoint: &Endpoint, references: &[DraftReference]) -> Result<Tally, String> {
    let mut tally = Tally::default();
    output(&mut tally, fitted, endpoint)?;
    let calls = fitted.calls.len() as f64;
    for billable in [Billable::InputImage, Billable::InputReference] {
        let lines: Vec<&PriceLine> = endpoint.pricing.iter().filter(|line| line.billable == billable).collect();
        if !references.is_empty() && !lines.is_empty() {
            input_pictures(&mut tally, &lines, fitted, endpoint, references, calls);
        }
    }
    for line in endpoint.pricing.iter().filter(|line| line.cost_usd != Some(0.0)) {
        match (&line.billable, &line.unit) {
            (Billable::InputText, Unit::Request) if line.variant.is_none() => match line.cost_usd {
                Some(cost) => tally.add(cost * calls, cost * calls),
                None => tally.leave_out("prompt text"),
            },
            (Billable::InputText, _) => tally.leave_out("prompt text"),
            (Billable::InputFont, _) if passes_fonts(fitted) => tally.leave_out("fonts"),
            (Billable::Unknown(name), _) if name == "?" => tally.leave_out("a price that cannot be read"),
            (Billable::Unknown(name), _) => tally.leave_out(name.clone()),
            _ => {}
        }
    }
    Ok(tally)
}

/// Adds the pictures that come back.
fn output(tally: &mut Tally, fitted: &Fitted, endpoint: &Endpoint) -> Result<(), String> {
    let lines: Vec<&PriceLine> =
        endpoint.pricing.iter().filter(|line| line.billable == Billable::OutputImage).collect();
    if lines.is_empty() {
        return Err("no price stated".to_owned());
    }
    if lines.iter().any(|line| line.unit == Unit::Token) {
        return Err("token-priced".to_owned());
    }
    let images = f64::from(fitted.asked());
    let calls = fitted.calls.len() as f64;
    let choices = Choices::of(&fitted.request, endpoint);
    let (mut least, mut low, mut high) = (f64::INFINITY, f64::INFINITY, f64::NEG_INFINITY);
    for scenario in choices.scenarios() {
        for charged in tier::charged(&scenario, &lines) {
            let (mut sum, mut one_each) = (0.0, 0.0);
            for line in charged {
                let cost = line.cost_usd.ok_or("a price without a number")?;
                let (all, one) = match &line.unit {
                    Unit::Image => (cost * images, cost * calls),
                    Unit::Request => (cost * calls, cost * calls),
                    Unit::Megapixel => {
                        tally.rough = true;
                        let megapixels = megapixels(&choices, &scenario).ok_or_else(|| {
                            format!("{} per megapixel, and the size is the provider's choice", Usd(cost))
                        })?;
                        (cost * megapixels * images, cost * megapixels * calls)
                    }
                    Unit::Token => return Err("token-priced".to_owned()),
                    Unit::Unknown(unit) => return Err(format!("priced per {unit}")),
                };
                sum += all;
                one_each += one;
            }
            least = least.min(one_each);
            low = low.min(sum);
            high = high.max(sum);
        }
    }
    if low > high {
        return Err("no price stated for this choice".to_owned());
    }
    tally.add(low, high);
    tally.least += least - low;
    Ok(())
}

/// Adds the references, which go out once with every call.
fn input_pictures(
    tally: &mut Tally,
    lines: &[&PriceLine],
    fitted: &Fitted,
    endpoint: &Endpoint,
    references: &[DraftReference],
    calls: f64,
) {
    let (mut low, mut high) = (f64::INFINITY, f64::NEG_INFINITY);
    for scenario in Choices::of(&fitted.request, endpoint).scenarios() {
        for charged in tier::charged(&scenario, lines) {
            let mut sum = 0.0;
            for line in charged {
                match (line.cost_usd, &line.unit) {
                    (Some(0.0), _) => {}
                    (Some(cost), Unit::Image) => sum += cost * references.len() as f64 * calls,
                    (Some(cost), Unit::Request) => sum += cost * calls,
                    (Some(cost), Unit::Megapixel) => {
                        tally.rough = true;
                        let sizes: Vec<f64> = references.iter().filter_map(sent_megapixels).collect();
                        sum += cost * sizes.iter().sum::<f64>() * calls;
                        if sizes.len() < references.len() {
                            tally.leave_out("references of unknown size");
                        }
                    }
                    _ => tally.leave_out("references"),
                }
            }
            low = low.min(sum);
            high = high.max(sum);
        }
    }
    if low <= high {
        tally.add(low, high);
    }
}

/// Returns the megapixels of one picture: exact where pixels are wished, nominal for a tier.
fn megapixels(choices: &Choices<'_>, scenario: &Scenario<'_>) -> Option<f64> {
    choices.pixels.map(shape::megapixels).or_else(|| scenario.resolution.and_then(shape::tier_megapixels))
}

fn sent_megapixels(reference: &DraftReference) -> Option<f64> {
    match &reference.source {
        ReferenceSource::Url(_) => None,
        ReferenceSource::Stored { sent, .. } => Some(shape::megapixels(sent.size)),
    }
}

/// Says whether any passthrough option speaks of fonts, the only way to send some.
fn passes_fonts(fitted: &Fitted) -> bool {
    let options = fitted.request.provider.iter().flat_map(|provider| provider.options.values());
    options.filter_map(|options| options.as_object()).flat_map(|options| options.keys()).any(|key| key.contains("font"))
}

#[cfg(test)]
mod tests;
