//! The library: one folder of ordinary files with an SQLite index, and the journal of jobs.
//!
//! Synchronous on purpose; the engine calls it on one dedicated thread. May import `api`, `picture` and `plan` types;
//! no network, no egui. Invariant: bytes are fsynced and renamed into place before any row speaks of them.

mod record;

pub use record::{
    FailureRecord, Job, JobId, JobState, Picture, PictureId, Recipe, RecipeContext, RecipeReference, Run, RunId,
};
