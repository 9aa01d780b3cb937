//! The calls that are on the wire: begun, aborted, and waited for.
//!
//! Invariant: every call that was begun comes back once, unless it was aborted.

use super::super::failure::JobError;
use super::call::{Bench, run};
use super::input::{CallResult, Sendable};
use crate::library::{Job, JobId};
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use tokio::task::{AbortHandle, Id, JoinSet};

/// A call that is being made.
struct Running {
    job: JobId,
    abort: AbortHandle,
    /// Whether its request has begun to go out.
    on_the_wire: Arc<AtomicBool>,
}

#[derive(Default)]
pub(crate) struct Calls {
    tasks: JoinSet<CallResult>,
    running: HashMap<Id, Running>,
}

impl Calls {
    /// Makes a call for a job.
    pub(crate) fn start(&mut self, bench: Bench, job: Arc<Job>, sendable: Arc<Sendable>) {
        let (id, on_the_wire) = (job.id.clone(), bench.on_the_wire.clone());
        let abort = self.tasks.spawn(run(bench, job, sendable));
        self.running.insert(abort.id(), Running { job: id, abort, on_the_wire });
    }

    /// Ends the call of a job; what it has received is stored by tasks of its own.
    pub(crate) fn abort(&self, job: &JobId) {
        self.running.values().filter(|running| running.job == *job).for_each(|running| running.abort.abort());
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.tasks.is_empty()
    }

    /// Waits for the next call that ends; `None`: it was aborted, or there is none.
    pub(crate) async fn next(&mut self) -> Option<(JobId, CallResult)> {
        match self.tasks.join_next_with_id().await? {
            Ok((id, result)) => Some((self.running.remove(&id)?.job, result)),
            Err(error) => {
                let Running { job, on_the_wire, .. } = self.running.remove(&error.id())?;
                if error.is_cancelled() {
                    return None;
                }
                log::error!("a call failed inside: {error}");
                let sent = on_the_wire.load(Ordering::Relaxed);
                Some((job, CallResult::failed(JobError::Inside { sent })))
            }
        }
    }

    /// Aborts all of them and waits until they are gone.
    pub(crate) async fn shutdown(&mut self) {
        self.tasks.shutdown().await;
        self.running.clear();
    }
}
