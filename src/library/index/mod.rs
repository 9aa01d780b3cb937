//! The index of a library: SQLite, with the journal of jobs.
//!
//! Invariant: what stands here can be made anew from the folder, but for the queue and what was spent.

pub(in crate::library) mod changes;
pub(in crate::library) mod commit;
pub(in crate::library) mod drive;
pub(in crate::library) mod in_flight;
pub(in crate::library) mod jobs;
pub(in crate::library) mod marks;
pub(in crate::library) mod pictures;
pub(in crate::library) mod read_only;
pub(in crate::library) mod schema;
pub(in crate::library) mod settings;
