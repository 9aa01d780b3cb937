//! What is being done for the library just now, and what has to wait for it.

use super::message::{Care, Order};
use crate::library::{JobId, JobState, Progress};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// The work under way.
#[derive(Debug)]
pub(crate) struct Tending {
    pub(super) care: Care,
    pub(super) progress: Progress,
    pub(super) stop: Arc<AtomicBool>,
    /// What was asked of the library meanwhile.
    pub(super) postponed: Vec<Order>,
    /// What became of jobs meanwhile, of which the journal knows nothing yet.
    pub(super) states: Vec<(JobId, JobState)>,
}

impl Tending {
    /// Returns what is done, and how far it is.
    pub(super) fn view(&self) -> (Care, Progress) {
        (self.care, self.progress)
    }

    pub(super) fn advance(&mut self, progress: Progress) {
        self.progress = progress;
    }

    pub(super) fn postpone(&mut self, order: Order) {
        self.postponed.push(order);
    }

    pub(super) fn stop(&self) {
        self.stop.store(true, Ordering::Relaxed);
    }
}
