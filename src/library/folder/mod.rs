//! The folder of a library: what lies where, and every write into it.
//!
//! Imports records, never the index. Invariant: no SQL stands here, so that all of it can be read without an index.

pub(in crate::library) mod file;
pub(in crate::library) mod heavy_drawings;
pub(in crate::library) mod inbox;
pub(in crate::library) mod lock;
pub(in crate::library) mod outside;
pub(in crate::library) mod partials;
pub(in crate::library) mod paths;
pub(in crate::library) mod prompt_log;
pub(in crate::library) mod references;
pub(in crate::library) mod root;
pub(in crate::library) mod scan;
pub(in crate::library) mod sidecar;
pub(in crate::library) mod storage;
pub(in crate::library) mod thumbnails;
