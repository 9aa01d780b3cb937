//! What is known of a service's key and account, in words: for the settings, the top bar and the command line.
//!
//! Invariant: what the service did not tell is said to be unknown, or not said; it is never a number.

use super::sums::when_ahead_text;
use crate::api::{Budget, KeyInfo};
use crate::engine::{Account, KeyPlace, Service, ServiceKind, Snapshot, StoreTask, StoreWait};
use crate::plan::Usd;
use jiff::Zoned;

/// A label and what is to be said.
type Fact = (&'static str, String);

/// Returns what is known of service, key and account, as rows.
pub fn account_facts(snapshot: &Snapshot, now: &Zoned) -> Vec<Fact> {
    let Snapshot { service, account, .. } = snapshot;
    let name = match service.kind {
        ServiceKind::Demo => "Demo on this computer".to_owned(),
        ServiceKind::OpenRouter => "OpenRouter".to_owned(),
        ServiceKind::Custom => service.base.clone(),
    };
    let mut facts = vec![("Service", name)];
    if service.kind != ServiceKind::Demo {
        facts.push(("Key", key_text(service, account)));
        facts.extend(figures(account, now));
    }
    facts
}

/// Returns the account's figures, a line each, and where the key came from.
pub fn account_lines(account: &Account, now: &Zoned) -> Vec<String> {
    let mut lines: Vec<String> =
        figures(account, now).into_iter().map(|(label, text)| format!("{label}: {text}")).collect();
    lines.extend(account.source.map(|source| format!("The key is from {source}")));
    lines
}

/// Returns what the secret store is being asked, as a sentence that helps where it is silent.
pub fn store_text(wait: StoreWait) -> &'static str {
    match wait.task {
        StoreTask::Reading => "Asking the system's secret store for the key. It may ask to be unlocked",
        StoreTask::Keeping(KeyPlace::System) => {
            "Handing the key to the system's secret store. It may ask to be unlocked; the key works meanwhile"
        }
        StoreTask::Keeping(_) => "Taking the key out of where it was kept before",
        StoreTask::Forgetting => "Taking the key out of where it is kept. The secret store may ask to be unlocked",
    }
}

fn key_text(service: &Service, account: &Account) -> String {
    let waits_for_store = account.store.is_some_and(|wait| wait.task == StoreTask::Reading);
    match (&service.key, account.source) {
        (Some(_), Some(source)) => format!("from {source}"),
        (Some(_), None) => "in use".to_owned(),
        (None, _) if account.withheld.is_some() => "not sent: it waits for your yes".to_owned(),
        (None, _) if waits_for_store => "kept in the system's secret store, not read yet".to_owned(),
        (None, _) if account.is_unread => "kept, but it could not be read".to_owned(),
        (None, _) => "none".to_owned(),
    }
}

fn figures(account: &Account, now: &Zoned) -> Vec<Fact> {
    let mut facts = Vec::new();
    if let Some(info) = account.key.value.as_deref() {
        facts.extend(info_facts(info, now));
    }
    match (&account.credits.value, &account.credits.error) {
        (Some(Some(credits)), _) => facts.push(("Balance", Usd(credits.balance()).to_string())),
        (Some(None), _) => facts.push(("Balance", "not known: this key may not see it".to_owned())),
        (None, Some(_)) => facts.push(("Balance", "not known: the service did not say".to_owned())),
        (None, None) => {}
    }
    facts
}

fn info_facts(info: &KeyInfo, now: &Zoned) -> Vec<Fact> {
    let mut facts = Vec::new();
    facts.extend(info.label.as_ref().map(|label| ("Key label", label.clone())));
    facts.push(("Key limit", limit_text(info)));
    for budget in &info.budgets {
        let holds = info.effective_budget.as_ref() == Some(budget);
        facts.push((scope_text(budget.scope.as_deref()), budget_text(budget, holds, now)));
    }
    if let Some(budget) = info.effective_budget.as_ref().filter(|budget| !info.budgets.contains(budget)) {
        facts.push((scope_text(budget.scope.as_deref()), budget_text(budget, true, now)));
    }
    let used = [
        (info.usage_daily, "today"),
        (info.usage_weekly, "this week"),
        (info.usage_monthly, "this month"),
        (info.usage, "in all"),
    ];
    let used: Vec<String> =
        used.iter().filter_map(|(sum, when)| sum.map(|sum| format!("{} {when}", Usd(sum)))).collect();
    if !used.is_empty() {
        facts.push(("Spent", used.join(", ")));
    }
    facts.extend(info.expires_at.as_ref().map(|end| ("Ends", when_ahead_text(end, now))));
    if info.is_free_tier == Some(true) {
        facts.push(("Credit", "nothing was paid in yet".to_owned()));
    }
    facts
}

fn limit_text(info: &KeyInfo) -> String {
    let Some(limit) = info.limit else {
        return if info.is_unlimited { "none".to_owned() } else { "not told".to_owned() };
    };
    let reset = match info.limit_reset.as_deref() {
        Some(reset) => format!(", reset {reset}"),
        None => String::new(),
    };
    match info.limit_remaining {
        Some(left) if left <= 0.0 => format!("{} used up: requests are refused until there is more{reset}", Usd(limit)),
        Some(left) => format!("{} left of {}{reset}", Usd(left), Usd(limit)),
        None => format!("{}{reset}; what is left is not told", Usd(limit)),
    }
}

/// `$3.00 left of $20.00 a month, until 1 December 01:00`.
fn budget_text(budget: &Budget, holds: bool, now: &Zoned) -> String {
    let until = budget.resets_at.as_ref().map(|at| when_ahead_text(at, now));
    let period = budget.reset_interval.as_ref().map_or_else(String::new, |interval| format!(" ({interval})"));
    let limit = budget.limit.map(|limit| format!("{}{period}", Usd(limit)));
    let reset = until.as_ref().map_or_else(String::new, |at| format!(", reset {at}"));
    let mut text = match (budget.remaining, limit) {
        (Some(left), limit) if left <= 0.0 => {
            let until = until.map_or_else(|| "it is reset".to_owned(), |at| format!("the reset {at}"));
            let limit = limit.unwrap_or_else(|| "It is".to_owned());
            format!("{limit} used up: requests are refused until {until}")
        }
        (Some(left), Some(limit)) => format!("{} left of {limit}{reset}", Usd(left)),
        (Some(left), None) => format!("{} left{reset}", Usd(left)),
        (None, Some(limit)) => match budget.spend {
            Some(spend) => format!("{} spent of {limit}{reset}", Usd(spend)),
            None => format!("{limit}{reset}; what is left is not told"),
        },
        (None, None) => format!("not told{reset}"),
    };
    if holds {
        text.push_str(" · the one that counts");
    }
    text
}

fn scope_text(scope: Option<&str>) -> &'static str {
    match scope {
        Some("api_key" | "key_limit") => "Budget, key",
        Some("member") => "Budget, you",
        Some("workspace") => "Budget, workspace",
        Some("workspace_default_member") => "Budget, members",
        Some("workspace_default_key") => "Budget, keys",
        Some(_) | None => "Budget",
    }
}

/// Returns what the bar says when the key is not simply there; `None`: it is, or none is needed.
pub fn key_problem(snapshot: &Snapshot) -> Option<(&'static str, &'static str)> {
    let refused = |error: &Option<std::sync::Arc<crate::api::Error>>| {
        error.as_ref().is_some_and(|error| error.word() == "unauthorized")
    };
    let (models, account) = (&snapshot.models.error, &snapshot.account);
    match snapshot.service.kind {
        ServiceKind::Demo => Some(("Pictures are painted on this computer", "Connect a key")),
        _ if account.withheld.is_some() => Some(("The key is not sent unencrypted", "Decide")),
        _ if account.store.is_some_and(|wait| wait.task == StoreTask::Reading) => {
            Some(("The secret store has the key", "Look"))
        }
        _ if refused(models) || refused(&account.key.error) => Some(("The key was not accepted", "Enter a key")),
        _ if snapshot.service.key.is_none() && account.is_unread => Some(("The key could not be read", "Look")),
        ServiceKind::OpenRouter if snapshot.service.key.is_none() => Some(("No key yet", "Connect a key")),
        _ => used_up(account).then_some(("The key's budget is used up", "Look")),
    }
}

/// Says whether the service will refuse requests until a budget is reset.
fn used_up(account: &Account) -> bool {
    let is_empty = |budget: &Budget| budget.remaining.is_some_and(|left| left <= 0.0);
    account.key.value.as_ref().is_some_and(|info| {
        info.limit_remaining.is_some_and(|left| left <= 0.0)
            || info.budgets.iter().chain(&info.effective_budget).any(is_empty)
    })
}

#[cfg(test)]
mod tests;
