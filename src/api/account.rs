//! What the service says about a key and its account. Every part may be missing.
//!
//! May import the types of `api` only. Invariant: a missing limit is "no limit told", never zero.

use super::loose::{flag, member, usd, word};
use super::readable::readable;
use serde_json::Value;

/// Budgets that are read at most: a key has a handful.
const MOST_BUDGETS: usize = 32;

/// Describes the key in use, as told by `GET /key`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct KeyInfo {
    /// Name of the key, or its masked form.
    pub label: Option<String>,
    /// US dollars this key may spend per period; `None`: no limit, or none told.
    pub limit: Option<f64>,
    /// The service says that there is no limit.
    pub is_unlimited: bool,
    /// US dollars left of the limit; `None`: no limit, or not told. At 0 or less requests are refused.
    pub limit_remaining: Option<f64>,
    /// Period of the limit, such as `monthly`; `None`: never reset.
    pub limit_reset: Option<String>,
    /// US dollars spent with this key so far.
    pub usage: Option<f64>,
    /// US dollars spent today (UTC).
    pub usage_daily: Option<f64>,
    /// US dollars spent this week (UTC).
    pub usage_weekly: Option<f64>,
    /// US dollars spent this month (UTC).
    pub usage_monthly: Option<f64>,
    /// What may be spent by whom; in the order of the service.
    pub budgets: Vec<Budget>,
    /// The budget that holds before the others; `None`: not told.
    pub effective_budget: Option<Budget>,
    /// Whether nothing was ever paid into the account.
    pub is_free_tier: Option<bool>,
    /// When the key ends, as an ISO 8601 date; `None`: never.
    pub expires_at: Option<String>,
}

/// Describes one limit of spending. Every part may be missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Budget {
    /// Whose it is, such as `api_key` or `workspace`; an open set.
    pub scope: Option<String>,
    /// US dollars per period.
    pub limit: Option<f64>,
    /// US dollars spent in this period.
    pub spend: Option<f64>,
    /// US dollars left; at 0 or less the service answers 403 until the reset.
    pub remaining: Option<f64>,
    /// Its period, such as `monthly`.
    pub reset_interval: Option<String>,
    /// When it begins anew, as an ISO 8601 moment.
    pub resets_at: Option<String>,
}

impl Budget {
    /// `None`: there is nothing in it.
    fn parse(raw: &Value) -> Option<Self> {
        let text = |key: &str| word(raw, key).map(|text| readable(&text));
        let budget = Self {
            scope: text("scope"),
            limit: usd(raw, "limit_usd"),
            spend: usd(raw, "spend_usd"),
            remaining: usd(raw, "remaining_usd"),
            reset_interval: text("reset_interval"),
            resets_at: text("resets_at"),
        };
        (budget != Self::default()).then_some(budget)
    }
}

impl KeyInfo {
    /// Reads `{data: {...}}`; unknown and unreadable fields are left out.
    pub(super) fn parse(raw: &Value) -> Self {
        let data = member(raw, "data").unwrap_or(raw);
        let text = |key: &str| word(data, key).map(|text| readable(&text));
        let budgets = member(data, "budgets").and_then(Value::as_array).into_iter().flatten();
        Self {
            label: text("label"),
            limit: usd(data, "limit"),
            is_unlimited: data.get("limit").is_some_and(Value::is_null),
            limit_remaining: usd(data, "limit_remaining"),
            limit_reset: text("limit_reset"),
            usage: usd(data, "usage"),
            usage_daily: usd(data, "usage_daily"),
            usage_weekly: usd(data, "usage_weekly"),
            usage_monthly: usd(data, "usage_monthly"),
            budgets: budgets.filter_map(Budget::parse).take(MOST_BUDGETS).collect(),
            effective_budget: member(data, "effective_budget").and_then(Budget::parse),
            is_free_tier: flag(data, "is_free_tier"),
            expires_at: text("expires_at"),
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
        Some(Self { total_credits: usd(data, "total_credits")?, total_usage: usd(data, "total_usage")? })
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
        let unlimited = KeyInfo { is_unlimited: true, ..KeyInfo::default() };
        assert_eq!(KeyInfo::parse(&json!({"data": {"limit": null}})), unlimited);
        assert_eq!(KeyInfo::parse(&json!([])), KeyInfo::default());
    }

    #[test]
    fn budgets_are_read_one_by_one_and_an_odd_one_costs_itself_alone() {
        let info = KeyInfo::parse(&json!({"data": {
            "usage_weekly": 3, "usage_monthly": "7.5",
            "budgets": [
                {"scope": "api_key", "limit_usd": 20, "spend_usd": 21, "remaining_usd": -1, "reset_interval": "monthly",
                 "resets_at": "2026-12-01T00:00:00Z", "include_byok": false, "budget_id": "b1", "guardrail_id": null},
                null, 7, {}, {"scope": null, "limit_usd": null}, {"scope": "galaxy", "remaining_usd": "4"}
            ],
            "effective_budget": {"scope": "api_key", "remaining_usd": -1}
        }}));
        assert_eq!((info.usage_weekly, info.usage_monthly), (Some(3.0), Some(7.5)));
        let [first, second] = &info.budgets[..] else { panic!("{:?}", info.budgets) };
        assert_eq!((first.limit, first.spend, first.remaining), (Some(20.0), Some(21.0), Some(-1.0)));
        assert_eq!(first.resets_at.as_deref(), Some("2026-12-01T00:00:00Z"));
        assert_eq!((second.scope.as_deref(), second.remaining, second.limit), (Some("galaxy"), Some(4.0), None));
        assert_eq!(info.effective_budget.and_then(|budget| budget.remaining), Some(-1.0));
        for odd in [json!({"budgets": {}}), json!({"budgets": "x", "effective_budget": []})] {
            assert!(KeyInfo::parse(&odd).budgets.is_empty());
        }
    }

    #[test]
    fn balance_is_what_was_paid_in_less_what_was_used() {
        let credits = Credits::parse(&json!({"data": {"total_credits": 25, "total_usage": 26.5}}));
        assert_eq!(credits.map(|credits| credits.balance()), Some(-1.5));
        assert_eq!(Credits::parse(&json!({"data": {"total_credits": 25}})), None);
    }
}
