//! What is known of the drive that a library is on.
//!
//! SQLite's write-ahead log needs memory that all who have the index open share; drives across a network, and many in
//! user space, only pretend to have it. There the index is kept with a rollback journal, which needs none.

use std::path::Path;

/// How the index is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::library) enum Journal {
    /// Readers and the writer do not wait for one another.
    WriteAhead,
    /// For drives that share no memory.
    Rollback,
}

impl Journal {
    /// Chooses what suits the drive of a folder; where the system does not tell, it is taken for a common one.
    pub(in crate::library) fn for_folder(folder: &Path) -> Self {
        if is_far(folder) { Self::Rollback } else { Self::WriteAhead }
    }

    /// Says it to SQLite; every commit reaches the disk.
    pub(in crate::library) fn pragmas(self) -> &'static str {
        match self {
            Self::WriteAhead => "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;",
            // A log that is there is read without shared memory; the reading at the end lets others in again.
            Self::Rollback => {
                "PRAGMA locking_mode = EXCLUSIVE; PRAGMA journal_mode = DELETE; PRAGMA locking_mode = NORMAL;
                 PRAGMA synchronous = EXTRA; SELECT 1 FROM sqlite_schema LIMIT 1;"
            }
        }
    }
}

/// Says whether a drive is across a network or in user space; false also where the system does not tell.
#[cfg(target_os = "linux")]
pub(in crate::library) fn is_far(folder: &Path) -> bool {
    rustix::fs::statfs(folder).is_ok_and(|found| is_far_kind(found.f_type as u64 & 0xffff_ffff))
}

#[cfg(not(target_os = "linux"))]
pub(in crate::library) fn is_far(_folder: &Path) -> bool {
    false
}

/// Of the numbers that Linux gives to kinds of file systems.
#[cfg(target_os = "linux")]
fn is_far_kind(kind: u64) -> bool {
    const NFS: u64 = 0x6969;
    const SMB: [u64; 3] = [0x517b, 0xff53_4d42, 0xfe53_4d42];
    const FUSE: u64 = 0x6573_5546;
    const PLAN9: u64 = 0x0102_1997;
    const CEPH: u64 = 0x00c3_6400;
    const AFS: [u64; 2] = [0x5346_414f, 0x6b41_4653];
    matches!(kind, NFS | FUSE | PLAN9 | CEPH) || SMB.contains(&kind) || AFS.contains(&kind)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rusqlite::Connection;

    #[test]
    #[cfg(target_os = "linux")]
    fn drives_across_a_network_and_in_user_space_are_far() {
        for (kind, far) in
            [(0xef53, false), (0x9123_683e, false), (0x0102_1994, false), (0x6969, true), (0x6573_5546, true)]
        {
            assert_eq!(is_far_kind(kind), far, "{kind:x}");
        }
    }

    #[test]
    fn an_index_with_a_log_becomes_one_without_and_back_and_loses_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("easel.db");
        let mode =
            |db: &Connection| db.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0)).unwrap();
        let db = Connection::open(&path).unwrap();
        db.execute_batch(Journal::WriteAhead.pragmas()).unwrap();
        db.execute_batch("CREATE TABLE kept (word TEXT); INSERT INTO kept VALUES ('fox')").unwrap();
        assert_eq!(mode(&db), "wal");
        drop(db);
        for (journal, expected) in [(Journal::Rollback, "delete"), (Journal::WriteAhead, "wal")] {
            let db = Connection::open(&path).unwrap();
            db.execute_batch(journal.pragmas()).unwrap();
            assert_eq!(mode(&db), expected);
            // Nobody else is kept out.
            let other = Connection::open(&path).unwrap();
            assert_eq!(other.query_row("SELECT word FROM kept", [], |row| row.get::<_, String>(0)).unwrap(), "fox");
        }
    }
}
