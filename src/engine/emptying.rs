//! How far the trash is emptied.

use super::message::Order;
use crate::library::{PictureId, Progress, PurgeSummary};
use std::collections::VecDeque;

/// What is still to be deleted, and what was.
#[derive(Debug, Default)]
pub(crate) struct Emptying {
    pub(crate) ids: VecDeque<PictureId>,
    pub(crate) done: usize,
    pub(crate) total: usize,
    pub(crate) sum: PurgeSummary,
    /// What is not deleted yet stays in the trash.
    pub(crate) is_stopped: bool,
    /// What was thrown away or fetched back meanwhile has its turn afterwards, so that nobody empties more than was asked.
    pub(crate) postponed: Vec<Order>,
}

impl Emptying {
    pub(crate) fn progress(&self) -> Progress {
        Progress { done: self.done, total: self.total }
    }
}
