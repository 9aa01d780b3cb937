//! How a change of the index becomes true.
//!
//! The functions of this storey that write are handed it, and can touch no file. Invariant: a reader's refuses.

use super::super::error::Result;
use rusqlite::Transaction;

/// Commits to the index of a library that is there and may be written.
pub(in crate::library) trait Commit {
    /// Commits, fsynced.
    fn commit(&self, transaction: Transaction<'_>) -> Result<()>;
}
