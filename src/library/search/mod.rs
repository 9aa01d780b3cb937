//! Searching pictures and prompts, on a thread and a connection of its own.
//!
//! Imports the index for reading. Invariant: nothing is written here.

pub(in crate::library) mod pictures;
pub(in crate::library) mod prompts;
