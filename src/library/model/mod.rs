//! What the library knows of runs, jobs and pictures, as plain records.
//!
//! Imports nothing of the library but the hash. Invariant: neither a file nor the index is touched here.

pub(in crate::library) mod context;
pub(in crate::library) mod id;
pub(in crate::library) mod job;
pub(in crate::library) mod lists;
pub(in crate::library) mod picture;
pub(in crate::library) mod recipe;
