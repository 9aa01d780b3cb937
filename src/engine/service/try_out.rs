//! Tries a service out, and says in words what is wrong with it and what helps.

use crate::api::{ApiKey, Client, Error, KeyRoute, Origin, RefusalKind, Timeouts};
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
pub(crate) async fn try_out(base: String, key: Option<ApiKey>, timeouts: Timeouts) -> TryOut {
    let timeouts =
        Timeouts { connect: timeouts.connect.min(PATIENCE), silence: timeouts.silence.min(PATIENCE), ..timeouts };
    let has_key = key.is_some();
    let client = match Client::new(&base, key, timeouts) {
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
    TryOut { is_good: false, text }
}

/// Says what is wrong and what helps.
fn explain(error: &Error) -> String {
    let advice = match error {
        Error::Unreachable { reason, .. } => {
            let says = |words: &[&str]| words.iter().any(|word| reason.to_lowercase().contains(word));
            match () {
                () if says(&["certificate", "tls", "handshake", "corrupt message", "expired"]) => {
                    "The connection cannot be made secure: check that the address begins rightly with http or https, and this computer's clock"
                }
                () if says(&["lookup", "dns", "name or service", "resolve"]) => {
                    "There is no such name, or no network: check how the address is written"
                }
                () if says(&["refused"]) => "Nothing listens there: check the port, and that the server runs",
                () => "Check the address and the network",
            }
        }
        Error::Refused(refusal) => match (refusal.status, refusal.kind) {
            (Some(300..=399), _) => "It sends elsewhere, which is not followed: use the address it has moved to",
            (Some(404 | 405), _) | (_, RefusalKind::NotFound) => {
                "There is no image API at this address; as a rule it ends in /api/v1"
            }
            (_, RefusalKind::Unauthorized) => "The key is not accepted: enter it again, or another one",
            (Some(407), _) => "The proxy of this network wants a password",
            _ => "The service is there but does not serve this",
        },
        Error::Unreadable { .. } => {
            "Something else answers: a network that asks to sign in first, or a site that is no image API"
        }
        Error::TimedOut { .. } => "Nothing answers in time: check the address, and whether a firewall is in the way",
        Error::Broken { .. } => "The connection breaks: check the port and whether it is https or http",
        Error::EndedEarly | Error::Empty | Error::Unsendable { .. } => "Check the address",
    };
    format!("{advice} ({error})")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_failure_says_what_helps() {
        let unreachable = |reason: &str| Error::Unreachable { host: "studio".into(), reason: reason.into() };
        for (error, part) in [
            (unreachable("failed to lookup address information: Name or service not known"), "no such name"),
            (unreachable("Connection refused (os error 111)"), "Nothing listens"),
            (unreachable("invalid peer certificate: Expired"), "clock"),
            (unreachable("received corrupt message of type InvalidContentType"), "http or https"),
            (unreachable("Network is unreachable"), "the network"),
            (Error::Unreadable { reason: "it is text/html instead of JSON".into() }, "sign in first"),
            (Error::TimedOut { after: PATIENCE, what: crate::api::Wait::Whole }, "firewall"),
            (Error::Broken { reason: "x".into() }, "port"),
        ] {
            let text = explain(&error);
            assert!(text.contains(part) && text.contains(&error.to_string()), "{text}");
        }
    }
}
