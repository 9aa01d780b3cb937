//! What the account can say of jobs whose outcome is not known.
//!
//! Invariant: figures are compared only where they are of the same key; what was not read is said to be unknown.

use super::jobs::Growth;
use super::report::ServiceReply;
use super::service::{Service, Visit};
use super::snapshot::Remote;
use crate::api::KeyInfo;
use crate::library::{JobId, KeyUsage, content_hash};
use std::sync::Arc;

/// Hex digits of the name that tells keys apart.
const NAME: usize = 16;

/// What a key has spent since a job of unknown outcome was sent.
#[derive(Debug)]
pub(super) struct Grown {
    pub(super) job: JobId,
    pub(super) since_ms: i64,
    /// US dollars.
    pub(super) by: f64,
    /// Other jobs of unknown outcome that it may have been spent on.
    pub(super) others: usize,
}

/// Reads in the background what the key has spent.
pub(super) fn read_usage(visit: Visit) {
    if visit.service.key.is_some() {
        tokio::spawn(async move {
            visit.tell(ServiceReply::KeyInfo(visit.client.key_info().await.map(Arc::new).map_err(Arc::new)));
        });
    }
}

/// Says of jobs of unknown outcome, with what the key had spent before them, what it has spent since; of those where
/// it is known, all but what of it went into pictures. `now`: what it has spent; `loading`: that is being asked.
pub(super) fn weigh(
    unknown: &[(JobId, Option<KeyUsage>)],
    now: Option<&KeyUsage>,
    loading: bool,
) -> (Vec<(JobId, Growth)>, Vec<Grown>) {
    let (mut told, mut grown) = (Vec::new(), Vec::new());
    for (id, before) in unknown {
        let growth = match (before, now) {
            (None, _) => Growth::NotKnown,
            (Some(_), None) if loading => Growth::Reading,
            (Some(_), None) => Growth::Unreadable,
            (Some(before), Some(now)) if before.key != now.key => Growth::OtherKey,
            (Some(before), Some(now)) => {
                let shares = |usage: &KeyUsage| usage.key == before.key;
                let others = unknown.iter().filter(|(other, usage)| other != id && usage.as_ref().is_some_and(shares));
                let (since_ms, by, others) = (before.read_ms, now.usd - before.usd, others.count());
                grown.push(Grown { job: id.clone(), since_ms, by, others });
                continue;
            }
        };
        told.push((id.clone(), growth));
    }
    (told, grown)
}

/// Returns what the service says of its key; `None` when it does not say how much, or of which key.
pub(super) fn usage_of(service: &Service, key: &Remote<Arc<KeyInfo>>) -> Option<KeyUsage> {
    let info = key.value.as_ref()?;
    let mut name = content_hash(format!("{}\n{}", service.base, info.label.as_ref()?).as_bytes());
    name.truncate(NAME);
    Some(KeyUsage { usd: info.usage?, read_ms: key.read_ms?, key: name })
}

#[cfg(test)]
mod tests {
    use super::super::service::ServiceKind;
    use super::*;

    fn service(base: &str) -> Service {
        Service { kind: ServiceKind::Custom, base: base.into(), key: None }
    }

    fn read(label: Option<&str>, usage: Option<f64>) -> Remote<Arc<KeyInfo>> {
        let info = KeyInfo { label: label.map(str::to_owned), usage, ..KeyInfo::default() };
        Remote { value: Some(Arc::new(info)), read_ms: Some(7), ..Remote::default() }
    }

    #[test]
    fn usage_is_known_only_of_a_key_that_can_be_told_from_others() {
        let one = usage_of(&service("a"), &read(Some("sk-or-v1-abc...123"), Some(2.5))).unwrap();
        assert_eq!((one.usd, one.read_ms), (2.5, 7));
        assert!(!one.key.contains("abc") && one.key.len() == NAME, "{}", one.key);
        let other = |base, label| usage_of(&service(base), &read(Some(label), Some(0.0))).unwrap().key;
        assert_eq!(one.key, other("a", "sk-or-v1-abc...123"));
        assert_ne!(one.key, other("a", "sk-or-v1-abc...124"));
        assert_ne!(one.key, other("b", "sk-or-v1-abc...123"));
        assert_eq!(usage_of(&service("a"), &read(None, Some(2.5))), None);
        assert_eq!(usage_of(&service("a"), &read(Some("x"), None)), None);
        assert_eq!(usage_of(&service("a"), &Remote::default()), None);
    }
}
