//! Tries a service out, and says in words what is wrong with it and what helps.

use crate::api::{ApiKey, Client, Error, Identity, KeyRoute, Origin, RefusalKind, Timeouts, hide_keys};
use std::time::Duration;

/// Nobody watches a button for longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came of trying a service out.
#[derive(Clone, Debug, PartialEq)]
pub struct TryOut {
    pub is_good: bool,
    /// A sentence.
    pub text: String,
}

/// Asks for the models, which needs no key, then about the key where there is one.
pub(crate) async fn try_out(base: String, key: Option<ApiKey>, identity: Identity, timeouts: Timeouts) -> TryOut {
    let timeouts =
        Timeouts { connect: timeouts.connect.min(PATIENCE), silence: timeouts.silence.min(PATIENCE), ..timeouts };
    let has_key = key.is_some();
    let client = match Client::with_identity(&base, key, timeouts, identity) {
        Ok(client) => client,
        Err(error) => return bad(error.to_string()),
    };
    let models = match client.models().await {
        Ok(list) => list.models.len(),
        Err(error) => return bad(explain(&error)),
    };
    let models = if models == 1 { "1 image model".to_owned() } else { format!("{models} image models") };
    if !has_key {
        let open = matches!(Origin::of(&base).map(|origin| origin.key_route()), Ok(KeyRoute::Open { .. }));
        let open = if open { "; the way there is not encrypted" } else { "" };
        return TryOut { is_good: true, text: format!("It answers and has {models}; it has no key yet{open}") };
    }
    match client.key_info().await {
        Ok(_) => TryOut { is_good: true, text: format!("It answers, has {models} and accepts the key") },
        Err(error) => bad(format!("It answers and has {models}, but not for this key: {}", explain(&error))),
    }
}

fn bad(text: String) -> TryOut {
    // The service may repeat any key that it knows.
    TryOut { is_good: false, text: hide_keys(&text) }
}

/// Says what is wrong and what helps.
fn explain(error: &Error) -> String {
    let advice = match error {
        // These say it themselves.
        Error::Unreachable { .. } | Error::Unsendable { .. } => return capitalised(&error.to_string()),
        Error::Refused(refusal) => match (refusal.status, refusal.kind) {
            (Some(300..=399), _) => return capitalised(&error.to_string()),
            (Some(404 | 405), _) | (_, RefusalKind::NotFound) => {
                "There is no image API at this address; as a rule it ends in /api/v1"
            }
            (_, RefusalKind::Unauthorized) => "The key is not accepted: enter it again, or another one",
            (_, RefusalKind::Forbidden) => {
                "The service is there but forbids this: look at the key's limits and guardrails on its own page"
            }
            (Some(500..=599), _) => "The service is there but has trouble of its own: try again in a while",
            (Some(407), _) => "The proxy of this network wants a password",
            _ => "The service is there but does not serve this",
        },
        Error::Unreadable { .. } => {
            "Something else answers: a network that asks to sign in first, or a site that is no image API"
        }
        Error::TimedOut { .. } => "Nothing answers in time: check the address, and whether a firewall is in the way",
        Error::Broken { .. } => "The connection breaks: check the port and whether it is https or http",
        _ => "Check the address",
    };
    format!("{advice} ({error})")
}

fn capitalised(text: &str) -> String {
    let mut chars = text.chars();
    chars.next().map_or_else(String::new, |first| first.to_uppercase().chain(chars).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_says_what_helps() {
        let unreachable = Error::Unreachable { host: "studio".into(), reason: "its name was not found".into() };
        assert!(explain(&unreachable).starts_with("Could not connect to studio: its name was not found"));
        for (error, part) in [
            (Error::Unreadable { reason: "it is text/html instead of JSON".into() }, "sign in first"),
            (Error::TimedOut { after: PATIENCE, what: crate::api::Wait::Whole }, "firewall"),
            (Error::Broken { reason: "x".into() }, "port"),
        ] {
            let text = explain(&error);
            assert!(text.contains(part) && text.contains(&error.to_string()), "{text}");
        }
    }
}
