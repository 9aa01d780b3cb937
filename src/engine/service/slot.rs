//! What a key is filed under: the origin it belongs to, and the account where there are several at one origin.

use super::kind::is_default;
use crate::api::{Error, Origin};
use crate::library::content_hash;
use std::sync::Arc;

/// The longest name of a file that every file system takes, less its ending.
const LONGEST_NAME: usize = 200;
/// Hex digits that tell the accounts of one origin apart.
const ACCOUNT: usize = 16;

/// The place of one key, wherever keys are kept.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Slot {
    pub origin: Origin,
    /// The connection's name; `None`: the one account of a service that has no name.
    pub account: Option<Arc<str>>,
}

impl From<Origin> for Slot {
    fn from(origin: Origin) -> Self {
        Self { origin, account: None }
    }
}

impl Slot {
    /// Returns the slot of the service at a base address.
    ///
    /// # Errors
    /// As for [`Origin::of`].
    pub fn of(base: &str, connection: Option<&str>) -> Result<Self, Error> {
        Ok(Self { origin: Origin::of(base)?, account: connection.map(Arc::from) })
    }

    /// Says whether keys from before origins were asked for belong here.
    pub(super) fn is_default(&self) -> bool {
        self.account.is_none() && is_default(&self.origin)
    }

    /// Returns a name for files, different for every slot and taken by every file system.
    pub(super) fn file_name(&self) -> String {
        let name = self.origin.file_name();
        let name = if name.len() <= LONGEST_NAME { name } else { content_hash(name.as_bytes()) };
        match &self.account {
            None => name,
            Some(account) => {
                let hash = content_hash(account.as_bytes());
                format!("{name}@{}", hash.get(..ACCOUNT).unwrap_or_default())
            }
        }
    }

    /// Returns the name that the system's secret store files it under.
    pub(super) fn entry_name(&self) -> String {
        match &self.account {
            None => self.origin.to_string(),
            Some(account) => format!("{} ({account})", self.origin),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::DEFAULT_BASE;

    #[test]
    fn accounts_of_one_origin_have_places_of_their_own() {
        let slot = |connection| Slot::of(DEFAULT_BASE, connection).unwrap();
        let slots = [slot(None), slot(Some("Work")), slot(Some("work")), slot(Some("../../x"))];
        let mut names: Vec<_> = slots.iter().map(Slot::file_name).collect();
        names.dedup();
        assert_eq!(names.len(), slots.len());
        assert!(names.iter().all(|name| !name.contains(['/', '\\', ':'])), "{names:?}");
        let mut entries: Vec<_> = slots.iter().map(Slot::entry_name).collect();
        entries.dedup();
        assert_eq!(entries.len(), slots.len());
        assert_eq!(slots.map(|slot| slot.is_default()), [true, false, false, false]);
    }
}
