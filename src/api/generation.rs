//! What the service remembers of one generation, as told by `GET /generation`: minutes late, and every part may be missing.
//!
//! May import the types of `api` only. Invariant: what is not told is not known, least of all that it was free.

use super::loose::{cost, flag, member, word};
use super::readable::readable;
use super::{Client, Error, Refusal};
use serde_json::Value;

/// Describes a finished or broken-off generation.
#[derive(Clone, Debug, Default, PartialEq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct GenerationRecord {
    /// US dollars charged; `None`: not told.
    pub cost: Option<f64>,
    /// Whether it was cancelled before it was done; `None`: not told.
    pub is_cancelled: Option<bool>,
    /// How it ended, in the service's words.
    pub finish_reason: Option<String>,
}

impl GenerationRecord {
    /// Reads `{data: {...}}`; `None` when nothing of it can be read.
    fn parse(raw: &Value) -> Option<Self> {
        let data = member(raw, "data").unwrap_or(raw);
        let reason = word(data, "finish_reason").or_else(|| word(data, "native_finish_reason"));
        let record = Self {
            cost: cost(data, "total_cost"),
            is_cancelled: flag(data, "cancelled"),
            finish_reason: reason.map(|reason| readable(&reason)),
        };
        (record != Self::default()).then_some(record)
    }

    /// Says whether it was charged for; `None`: not told.
    pub fn is_billed(&self) -> Option<bool> {
        self.cost.map(|cost| cost > 0.0)
    }
}

impl Client {
    /// Returns what the service remembers of a generation; `None`: nothing yet.
    ///
    /// # Errors
    /// As every call; a 404 is none of them.
    pub async fn generation(&self, id: &str) -> Result<Option<GenerationRecord>, Error> {
        let query: String = form_urlencoded(id);
        match self.get(&format!("/generation?id={query}"), true).await {
            Err(Error::Refused(refusal)) if is_missing(&refusal) => Ok(None),
            answer => Ok(GenerationRecord::parse(&answer?)),
        }
    }
}

fn is_missing(refusal: &Refusal) -> bool {
    refusal.status == Some(404)
}

/// Percent-encodes everything but letters, digits and `-._~`.
fn form_urlencoded(text: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_part_may_be_missing_and_nothing_at_all_is_no_record() {
        let full = json!({"data": {"id": "gen-img-1", "total_cost": "0.04", "cancelled": false, "finish_reason": "stop",
            "api_type": "image", "usage": 0.04}});
        let record = GenerationRecord::parse(&full).unwrap();
        assert_eq!((record.cost, record.is_cancelled, record.is_billed()), (Some(0.04), Some(false), Some(true)));
        let free = GenerationRecord::parse(&json!({"data": {"total_cost": 0, "cancelled": true}})).unwrap();
        assert_eq!(free.is_billed(), Some(false));
        let vague = GenerationRecord::parse(&json!({"data": {"finish_reason": "error"}})).unwrap();
        assert_eq!(vague.is_billed(), None);
        for raw in [json!({}), json!({"data": null}), json!([]), json!({"data": {"total_cost": null}})] {
            assert_eq!(GenerationRecord::parse(&raw), None);
        }
    }

    #[test]
    fn ids_are_no_part_of_the_address() {
        assert_eq!(form_urlencoded("gen-img-1.a~b&c=d#e/f g"), "gen-img-1.a~b%26c%3Dd%23e%2Ff%20g");
    }
}
