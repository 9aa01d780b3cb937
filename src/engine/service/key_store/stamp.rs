//! Whether somebody else, such as another window, has made a choice about a key.
//!
//! Whoever keeps or forgets a key writes a file anew, wherever the key itself is: so nobody is asked for it in vain.

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

impl Stamp {
    /// Looks at the files; reads no key.
    pub(super) fn of(files: [Option<&Path>; 4]) -> Self {
        Self(files.map(|file| mark(file?)))
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
