//! What is said of keys and accounts.

use super::*;
use crate::api::{self, ApiKey, Credits};
use crate::engine::Remote;
use std::sync::Arc;
use std::time::Instant;

fn now() -> Zoned {
    "2026-11-22T14:00[UTC]".parse().unwrap()
}

fn snapshot(kind: ServiceKind, key: Option<&str>, account: Account) -> Snapshot {
    let key = key.map(|key| ApiKey::new(key).unwrap());
    let service = Service { kind, base: "http://studio.local/api/v1".into(), key };
    Snapshot { account, ..Snapshot::new(service) }
}

fn told(info: KeyInfo) -> Account {
    Account { key: Remote { value: Some(Arc::new(info)), ..Remote::default() }, ..Account::default() }
}

fn fact(facts: &[Fact], label: &str) -> Vec<String> {
    facts.iter().filter(|(found, _)| *found == label).map(|(_, text)| text.clone()).collect()
}

#[test]
fn the_demo_has_no_key() {
    let demo = snapshot(ServiceKind::Demo, Some("demo"), Account::default());
    assert_eq!(account_facts(&demo, &now()), [("Service", "Demo on this computer".to_owned())]);
}

#[test]
fn what_is_not_told_is_not_said() {
    let bare = snapshot(ServiceKind::Custom, None, Account::default());
    let expected = [("Service", "http://studio.local/api/v1".to_owned()), ("Key", "none".to_owned())];
    assert_eq!(account_facts(&bare, &now()), expected);
    let facts = account_facts(&snapshot(ServiceKind::OpenRouter, Some("k"), told(KeyInfo::default())), &now());
    assert_eq!(fact(&facts, "Key limit"), ["not told"]);
    assert!(fact(&facts, "Spent").is_empty() && fact(&facts, "Balance").is_empty());
}

#[test]
fn limits_use_balance_and_source_are_told_and_the_key_is_not() {
    let info = KeyInfo {
        label: Some("easel".into()),
        limit: Some(10.0),
        limit_remaining: Some(7.5),
        limit_reset: Some("monthly".into()),
        usage: Some(12.5),
        usage_daily: Some(0.42),
        usage_weekly: Some(1.0),
        usage_monthly: Some(2.5),
        is_free_tier: Some(false),
        ..KeyInfo::default()
    };
    let credits =
        Remote { value: Some(Some(Credits { total_credits: 25.0, total_usage: 12.66 })), ..Remote::default() };
    let account = Account { credits, source: Some("the system's secret store"), ..told(info) };
    let facts = account_facts(&snapshot(ServiceKind::OpenRouter, Some("sk-or-v1-secret"), account.clone()), &now());
    let expected = [
        ("Service", "OpenRouter"),
        ("Key", "from the system's secret store"),
        ("Key label", "easel"),
        ("Key limit", "$7.50 left of $10.00, reset monthly"),
        ("Spent", "$0.42 today, $1.00 this week, $2.50 this month, $12.50 in all"),
        ("Balance", "$12.34"),
    ];
    assert_eq!(facts, expected.map(|(label, value)| (label, value.to_owned())));
    assert!(!format!("{facts:?}").contains("sk-or-v1-secret"));
    let lines = account_lines(&account, &now());
    assert_eq!(lines.first().map(String::as_str), Some("Key label: easel"));
    assert_eq!(lines.last().map(String::as_str), Some("The key is from the system's secret store"));
    assert!(account_lines(&Account::default(), &now()).is_empty());
}

#[test]
fn a_balance_that_may_not_be_seen_is_unknown_and_no_number() {
    let credits =
        |value, error| Account { credits: Remote { value, error, ..Remote::default() }, ..Account::default() };
    let failed = Arc::new(api::Error::Empty);
    for (account, text) in [
        (credits(Some(None), None), "not known: this key may not see it"),
        (credits(None, Some(failed)), "not known: the service did not say"),
    ] {
        let facts = account_facts(&snapshot(ServiceKind::OpenRouter, Some("k"), account), &now());
        assert_eq!(fact(&facts, "Balance"), [text]);
    }
}

#[test]
fn limits_are_none_told_or_used_up() {
    let limit = |info| fact(&account_facts(&snapshot(ServiceKind::Custom, Some("k"), told(info)), &now()), "Key limit");
    assert_eq!(limit(KeyInfo { is_unlimited: true, ..KeyInfo::default() }), ["none"]);
    let ten = KeyInfo { limit: Some(10.0), ..KeyInfo::default() };
    assert_eq!(limit(ten.clone()), ["$10.00; what is left is not told"]);
    let empty = KeyInfo { limit_remaining: Some(0.0), limit_reset: Some("daily".into()), ..ten };
    assert_eq!(limit(empty), ["$10.00 used up: requests are refused until there is more, reset daily"]);
}

#[test]
fn budgets_say_whose_how_much_and_until_when() {
    let budget = Budget {
        scope: Some("workspace".into()),
        limit: Some(20.0),
        spend: Some(17.0),
        remaining: Some(3.0),
        reset_interval: Some("monthly".into()),
        resets_at: Some("2026-12-01T00:00:00Z".into()),
    };
    let empty = Budget { scope: Some("api_key".into()), remaining: Some(-0.5), ..budget.clone() };
    let bare = Budget { scope: Some("galaxy".into()), spend: Some(1.0), ..Budget::default() };
    let info = KeyInfo {
        budgets: vec![budget.clone(), empty.clone(), bare],
        effective_budget: Some(empty),
        ..KeyInfo::default()
    };
    let snapshot = snapshot(ServiceKind::OpenRouter, Some("k"), told(info));
    let facts = account_facts(&snapshot, &now());
    assert_eq!(fact(&facts, "Budget, workspace"), ["$3.00 left of $20.00 (monthly), reset 1 December 00:00"]);
    let used_up =
        "$20.00 (monthly) used up: requests are refused until the reset 1 December 00:00 · the one that counts";
    assert_eq!(fact(&facts, "Budget, key"), [used_up]);
    assert_eq!(fact(&facts, "Budget"), ["not told"]);
    assert_eq!(key_problem(&snapshot), Some(("The key's budget is used up", "Look")));
}

#[test]
fn a_key_that_is_not_there_yet_says_why() {
    let wait = StoreWait { task: StoreTask::Reading, since: Instant::now() };
    for (account, text, link) in [
        (Account { withheld: Some("studio.local".into()), ..Account::default() }, "waits for your yes", "Decide"),
        (Account { store: Some(wait), ..Account::default() }, "not read yet", "Look"),
        (Account { is_unread: true, ..Account::default() }, "could not be read", "Look"),
        (Account::default(), "none", "Connect a key"),
    ] {
        let snapshot = snapshot(ServiceKind::OpenRouter, None, account);
        let facts = account_facts(&snapshot, &now());
        assert!(fact(&facts, "Key")[0].contains(text), "{facts:?}");
        assert_eq!(key_problem(&snapshot).map(|(_, link)| link), Some(link));
    }
    assert!(store_text(wait).contains("unlocked"));
}
