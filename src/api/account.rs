//! What the service says about a key and its account. Every part may be missing.
//!
//! May import the types of `api` only. Invariant: a missing limit is "no limit told", never zero.

use super::loose::{flag, member, number, word};
use serde_json::Value;

/// Describes the key in use, as told by `GET /key`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeyInfo {
    /// Name of the key, or its masked form.
    pub label: Option<String>,
    /// US dollars this key may spend per period; `None`: no limit.
    pub limit: Option<f64>,
    /// US dollars left of the limit; `None`: no limit.
    pub limit_remaining: Option<f64>,
    /// Period of the limit, such as `monthly`; `None`: never reset.
    pub limit_reset: Option<String>,
    /// US dollars spent with this key so far.
    pub usage: Option<f64>,
    /// US dollars spent today (UTC).
    pub usage_daily: Option<f64>,
    /// Whether nothing was ever paid into the account.
    pub is_free_tier: Option<bool>,
    /// When the key ends, as an ISO 8601 date; `None`: never.
    pub expires_at: Option<String>,
}

impl KeyInfo {
    /// Reads `{data: {...}}`; unknown and unreadable fields are left out.
    pub(super) fn parse(raw: &Value) -> Self {
        let data = member(raw, "data").unwrap_or(raw);
        Self {
            label: word(data, "label"),
            limit: number(data, "limit"),
            limit_remaining: number(data, "limit_remaining"),
            limit_reset: word(data, "limit_reset"),
            usage: number(data, "usage"),
            usage_daily: number(data, "usage_daily"),
            is_free_tier: flag(data, "is_free_tier"),
            expires_at: word(data, "expires_at"),
        }
    }
}

/// States the account's credits in US dollars, as told by `GET /credits`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Credits {
    pub total_credits: f64,
    pub total_usage: f64,
}

impl Credits {
    /// Returns what is left, which may be negative.
    pub fn balance(&self) -> f64 {
        self.total_credits - self.total_usage
    }

    /// Reads `{data: {...}}`; `None` when either number is missing.
    pub(super) fn parse(raw: &Value) -> Option<Self> {
        let data = member(raw, "data").unwrap_or(raw);
        Some(Self { total_credits: number(data, "total_credits")?, total_usage: number(data, "total_usage")? })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn key_facts_are_all_optional() {
        let full = KeyInfo::parse(&json!({"data": {
            "label": "sk-or-v1-abc...123", "limit": 10, "limit_remaining": "7.5", "limit_reset": "monthly",
            "usage": 2.5, "usage_daily": 0, "is_free_tier": false, "expires_at": null, "rate_limit": {"requests": -1}
        }}));
        assert_eq!((full.limit, full.limit_remaining, full.usage_daily), (Some(10.0), Some(7.5), Some(0.0)));
        assert_eq!(
            (full.limit_reset.as_deref(), full.is_free_tier, full.expires_at),
            (Some("monthly"), Some(false), None)
        );
        assert_eq!(KeyInfo::parse(&json!({"data": {"limit": null}})), KeyInfo::default());
        assert_eq!(KeyInfo::parse(&json!([])), KeyInfo::default());
    }

    #[test]
    fn balance_is_what_was_paid_in_less_what_was_used() {
        let credits = Credits::parse(&json!({"data": {"total_credits": 25, "total_usage": 26.5}}));
        assert_eq!(credits.map(|credits| credits.balance()), Some(-1.5));
        assert_eq!(Credits::parse(&json!({"data": {"total_credits": 25}})), None);
    }
}
