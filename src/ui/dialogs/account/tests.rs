//! What the settings say of service and key.

use super::*;
use crate::api::{self, ApiKey, Credits};
use crate::engine::Remote;
use std::sync::Arc;

fn snapshot(kind: ServiceKind, key: Option<&str>, account: Account) -> Snapshot {
    let key = key.map(|key| ApiKey::new(key).unwrap());
    let service = Service { kind, base: "http://studio.local/api/v1".into(), key };
    Snapshot { account, ..Snapshot::new(service) }
}

#[test]
fn the_demo_has_no_key() {
    let demo = snapshot(ServiceKind::Demo, Some("demo"), Account::default());
    assert_eq!(facts(&demo), [("Service", "Demo on this computer".to_owned())]);
}

#[test]
fn what_is_not_told_is_not_said() {
    let bare = snapshot(ServiceKind::Custom, None, Account::default());
    assert_eq!(facts(&bare), [("Service", "http://studio.local/api/v1".to_owned()), ("Key", "none".to_owned())]);
}

#[test]
fn limits_balance_and_source_are_told_and_the_key_is_not() {
    let info = KeyInfo {
        label: Some("easel".into()),
        limit: Some(10.0),
        limit_remaining: Some(7.5),
        limit_reset: Some("monthly".into()),
        usage: Some(2.5),
        usage_daily: Some(0.42),
        is_free_tier: Some(false),
        expires_at: None,
    };
    let account = Account {
        key: Remote { value: Some(Arc::new(info)), ..Remote::default() },
        credits: Remote { value: Some(Some(Credits { total_credits: 25.0, total_usage: 12.66 })), ..Remote::default() },
        source: Some("the system's secret store"),
    };
    let facts = facts(&snapshot(ServiceKind::OpenRouter, Some("sk-or-v1-secret"), account));
    let expected = [
        ("Service", "OpenRouter"),
        ("Key", "from the system's secret store"),
        ("Key label", "easel"),
        ("Key limit", "$7.50 left of $10.00, monthly"),
        ("Spent", "$2.50, $0.42 today"),
        ("Balance", "$12.34"),
    ];
    assert_eq!(facts, expected.map(|(label, value)| (label, value.to_owned())));
    assert!(!format!("{facts:?}").contains("sk-or-v1-secret"));
}

#[test]
fn a_refused_key_is_told_in_words_and_not_while_it_is_looked_at_again() {
    let error = api::Error::Unreachable { host: "openrouter.ai".into(), reason: "refused".into() };
    let mut account = Account::default();
    assert_eq!(trouble(&account), None);
    account.key.error = Some(Arc::new(error));
    assert!(trouble(&account).is_some_and(|text| text.contains("openrouter.ai")));
    account.key.loading = true;
    assert_eq!(trouble(&account), None);
}
