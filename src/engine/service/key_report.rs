//! What the places where keys are kept are asked, and what became of a question.

use super::key::{KeyError, KeyPlace, KeySource, Left};
use crate::api::ApiKey;
use std::time::Instant;

/// What the secret store is being asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreTask {
    Reading,
    Keeping(KeyPlace),
    Forgetting,
}

/// A question to the secret store that is not answered yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreWait {
    pub task: StoreTask,
    pub since: Instant,
}

/// What became of a question.
#[derive(Debug)]
pub(crate) enum KeyReport {
    Read(Result<Option<(ApiKey, KeySource)>, KeyError>),
    Kept(KeyPlace, Result<(), KeyError>),
    /// The other places were asked to let go of it.
    CleanedUp(Vec<Left>),
    Forgotten(Vec<Left>),
    /// Another window may have chosen anew: what is kept now; `None`: nobody has.
    Looked(Option<Result<Option<(ApiKey, KeySource)>, KeyError>>),
}
