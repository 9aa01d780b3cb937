//! What the model browser says of a model: its endpoints' abilities and prices as rows, how old the list is.
//!
//! May import `api`, `plan` and the engine's snapshot. Invariant: everything is said as the service says it; what this
//! version does not know is shown raw, and nothing that is unknown becomes a number.

use crate::api::{self, Capability, Endpoint, ModelSource};
use crate::engine::{Catalogue, Remote};
use crate::plan;
use jiff::{Timestamp, Zoned, tz::TimeZone};
use std::sync::Arc;

/// One row of a table of facts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fact {
    pub label: String,
    pub value: String,
    /// The whole of it, where `value` is cut.
    pub full: Option<String>,
}

/// Something to tell above the list of models.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListNote {
    pub text: String,
    /// More of it, for a tooltip.
    pub detail: Option<String>,
    /// Whether reading the list again may help.
    pub retry: bool,
}

/// Values of an enum that are named before the rest is only counted.
const NAMED: usize = 8;
/// Short lists are written out, up to this many characters.
const WRITTEN_OUT: usize = 32;
/// Raw descriptors are cut after this many characters.
const RAW: usize = 120;

/// Returns what an endpoint accepts, in the service's order, and its passthrough keys.
pub fn ability_facts(endpoint: &Endpoint) -> Vec<Fact> {
    let mut facts: Vec<Fact> =
        endpoint.supported_parameters.iter().map(|(field, capability)| ability(field, capability)).collect();
    if !endpoint.allowed_passthrough_parameters.is_empty() {
        let value = endpoint.allowed_passthrough_parameters.join(", ");
        facts.push(Fact { label: "Passthrough".to_owned(), value, full: None });
    }
    facts
}

fn ability(field: &str, capability: &Capability) -> Fact {
    let label = if field == "n" { "Images per call" } else { plan::label(field) }.to_owned();
    let (value, full) = match capability {
        Capability::Enum { values } if values.is_empty() => ("no value listed".to_owned(), None),
        Capability::Enum { values } => listed(values),
        Capability::Range { min, max } if min == max => (min.to_string(), None),
        Capability::Range { min, max } => (format!("{min} to {max}"), None),
        Capability::Boolean => ("yes".to_owned(), None),
        Capability::Unknown { raw, .. } => {
            let raw = raw.to_string();
            match raw.char_indices().nth(RAW) {
                Some((end, _)) => (format!("{}…", raw.get(..end).unwrap_or_default()), Some(raw)),
                None => (raw, None),
            }
        }
    };
    Fact { label, value, full }
}

fn listed(values: &[String]) -> (String, Option<String>) {
    let all = values.join(" · ");
    if all.chars().count() <= WRITTEN_OUT || values.len() == 1 {
        return (all, None);
    }
    let named: Vec<&str> = values.iter().take(NAMED).map(String::as_str).collect();
    let rest = if values.len() > NAMED { " …" } else { "" };
    (format!("{} values: {}{rest}", values.len(), named.join(", ")), Some(values.join(", ")))
}

/// Returns all price lines of an endpoint; one row that says so when it states none.
pub fn price_facts(endpoint: &Endpoint) -> Vec<Fact> {
    if endpoint.pricing.is_empty() {
        return vec![Fact { label: "Price".to_owned(), value: "price unknown".to_owned(), full: None }];
    }
    let lines = endpoint.pricing.iter().map(plan::describe_line);
    lines.map(|(label, value)| Fact { label, value, full: None }).collect()
}

/// Says from when prices are: `as stated by the service, read 2 minutes ago`.
pub fn prices_note(read_ms: Option<i64>, now: &Zoned) -> String {
    match read_ms {
        Some(read) => format!("as stated by the service, read {}", age_text(now.timestamp().as_millisecond(), read)),
        None => "as stated by the service".to_owned(),
    }
}

/// Returns the month a model was listed: `December 2025`. `None`: not known.
pub fn month_text(created: Option<i64>) -> Option<String> {
    let moment = Timestamp::from_second(created?).ok()?.to_zoned(TimeZone::UTC);
    Some(moment.strftime("%B %Y").to_string())
}

/// Returns how long ago something was, both in Unix milliseconds: `2 minutes ago`.
pub fn age_text(now_ms: i64, then_ms: i64) -> String {
    format!("{} ago", span_text(now_ms.saturating_sub(then_ms))).replace("a moment ago", "just now")
}

fn span_text(ms: i64) -> String {
    let minutes = ms / 60_000;
    let (count, unit) = match minutes {
        ..1 => return "a moment".to_owned(),
        1..60 => (minutes, "minute"),
        60..1440 => (minutes / 60, "hour"),
        _ => (minutes / 1440, "day"),
    };
    format!("{count} {unit}{}", if count == 1 { "" } else { "s" })
}

/// Returns what there is to tell of the list: that it is old, incomplete or poor.
pub fn list_notes(models: &Remote<Arc<Catalogue>>, now: &Zoned) -> Vec<ListNote> {
    let mut notes = Vec::new();
    if let (Some(error), false) = (&models.error, models.loading) {
        let missed = match error.as_ref() {
            api::Error::Unreachable { .. } | api::Error::TimedOut { .. } => "Could not be reached",
            _ => "Could not be read",
        };
        let shown = match (&models.value, models.read_ms) {
            (Some(_), Some(read)) => format!(": showing the list of {}", moment_text(read, now)),
            (Some(_), None) => ": showing an older list".to_owned(),
            (None, _) => String::new(),
        };
        notes.push(ListNote { text: format!("{missed}{shown}"), detail: Some(error.to_string()), retry: true });
    }
    let Some(list) = &models.value else { return notes };
    if list.source == ModelSource::ModelsApi {
        let text = "This server has no list of image models; abilities come from each endpoint".to_owned();
        notes.push(ListNote { text, detail: None, retry: false });
    }
    if !list.skipped.is_empty() {
        let text = match list.skipped.len() {
            1 => "1 entry of the list could not be used".to_owned(),
            count => format!("{count} entries of the list could not be used"),
        };
        notes.push(ListNote { text, detail: Some(list.skipped.join("\n")), retry: false });
    }
    notes
}

/// Returns a moment with its age: `14 Nov, 13:05 (3 days old)`.
fn moment_text(ms: i64, now: &Zoned) -> String {
    let Ok(moment) = Timestamp::from_millisecond(ms) else { return "an unknown day".to_owned() };
    let local = moment.to_zoned(now.time_zone().clone());
    let age = span_text(now.timestamp().as_millisecond().saturating_sub(ms));
    format!("{} ({age} old)", local.strftime("%-d %b, %H:%M"))
}

#[cfg(test)]
mod tests;
