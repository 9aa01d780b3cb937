//! Whether somebody else, such as another window, has made a choice about a key.
//!
//! Whoever keeps or forgets a key writes a file anew, wherever the key itself is: so nobody is asked for it in vain.

use super::{KeyError, KeySource, SecretStore, Slot};
use crate::api::ApiKey;
use std::path::Path;
use std::time::SystemTime;

/// What the files that tell of a key look like; the default: there is none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Stamp([Option<Mark>; 4]);

/// A file as it was written once.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Mark {
    written: Option<SystemTime>,
    bytes: u64,
    /// What the system calls it: a new file has another number.
    number: u64,
}

impl SecretStore {
    /// Returns how the choice about a key looks now; reads no key.
    pub(crate) fn stamp(&self, slot: &Slot) -> Stamp {
        let old = |file| slot.is_default().then_some(file);
        let files = [Some(self.note_file(slot)), Some(self.key_file(slot)), old(self.old_file()), old(self.old_mark())];
        Stamp(files.map(|file| mark(&file?)))
    }

    /// Reads the key that is kept now, whatever this session remembers or has forgotten.
    ///
    /// # Errors
    /// As for [`SecretStore::read`].
    pub(crate) fn read_anew(&self, slot: &Slot) -> Result<Option<(ApiKey, KeySource)>, KeyError> {
        self.memory().forgotten.retain(|forgotten| forgotten != slot);
        self.read_kept(slot)
    }
}

fn mark(file: &Path) -> Option<Mark> {
    let facts = std::fs::metadata(file).ok()?;
    #[cfg(unix)]
    let number = std::os::unix::fs::MetadataExt::ino(&facts);
    #[cfg(not(unix))]
    let number = 0;
    Some(Mark { written: facts.modified().ok(), bytes: facts.len(), number })
}
