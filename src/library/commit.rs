//! The storage of a library's folder commits to its index, which lies in it.
//!
//! Of neither storey, so that the index knows no files and the folder no index.

use super::Result;
use super::folder::storage::Storage;
use super::index::commit::Commit;
use rusqlite::Transaction;

impl Commit for Storage {
    fn commit(&self, transaction: Transaction<'_>) -> Result<()> {
        Storage::commit(self, transaction)
    }
}
