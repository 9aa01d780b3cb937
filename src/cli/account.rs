//! `easel account`: what the service says of the key, as the settings show it.

use super::session::{Session, UNLOCKING, wire};
use super::{Args, Environment, Failure, say, say_json};
use crate::api::Budget;
use crate::engine::{Account, Snapshot};
use crate::studio::{account_facts, service_name};
use serde_json::{Value, json};
use std::sync::Arc;

pub(super) fn run(args: &Args, environment: Environment, as_json: bool) -> Result<(), Failure> {
    let session = Session::start_beside(args, environment)?;
    let told = session.wait_for_key(UNLOCKING.min(args.timeout)).and_then(|()| ask(&session));
    session.stop();
    let snapshot = told?;
    if as_json {
        say_json(&to_json(&snapshot).to_string());
        return Ok(());
    }
    for (label, text) in account_facts(&snapshot, &jiff::Zoned::now()) {
        say(&format!("{label}\t{text}"));
    }
    Ok(())
}

fn ask(session: &Session) -> Result<Arc<Snapshot>, Failure> {
    session.wait(|snapshot, _| {
        if snapshot.service.key.is_none() {
            let text = format!("there is no key for {}; see easel --help", service_name(&snapshot.service));
            return Some(Err(Failure::new("no_key", text)));
        }
        let account = &snapshot.account;
        if account.key.loading || account.credits.loading {
            return None;
        }
        match &account.key.error {
            Some(error) => Some(Err(wire(error))),
            None => Some(Ok(Arc::new(snapshot.clone()))),
        }
    })
}

/// What is not known is `null`.
fn to_json(snapshot: &Snapshot) -> Value {
    let Account { key, credits, source, .. } = &snapshot.account;
    let info = key.value.as_deref().cloned().unwrap_or_default();
    let credits = credits.value.flatten();
    json!({
        "service": service_name(&snapshot.service),
        "base": snapshot.service.base,
        "key": {
            "source": source,
            "label": info.label,
            "limit": info.limit,
            "unlimited": info.is_unlimited,
            "limit_remaining": info.limit_remaining,
            "limit_reset": info.limit_reset,
            "usage": info.usage,
            "usage_daily": info.usage_daily,
            "usage_weekly": info.usage_weekly,
            "usage_monthly": info.usage_monthly,
            "is_free_tier": info.is_free_tier,
            "expires_at": info.expires_at,
        },
        "budgets": info.budgets.iter().map(budget).collect::<Vec<_>>(),
        "effective_budget": info.effective_budget.as_ref().map(budget),
        "credits": credits.map(|credits| json!({
            "total_credits": credits.total_credits,
            "total_usage": credits.total_usage,
            "balance": credits.balance(),
        })),
    })
}

fn budget(budget: &Budget) -> Value {
    json!({
        "scope": budget.scope,
        "limit_usd": budget.limit,
        "spend_usd": budget.spend,
        "remaining_usd": budget.remaining,
        "reset_interval": budget.reset_interval,
        "resets_at": budget.resets_at,
    })
}
