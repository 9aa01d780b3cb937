//! Asks the service what became of a generation whose end was not seen, until it knows or it is not worth it any more.
//!
//! Invariants: asking costs nothing and changes nothing; what the service does not know stays unknown; nobody is asked
//! about a job that is off the list, or twice about one.

use super::super::jobs::Input;
use super::super::report::Reports;
use super::asking::{Asking, PAUSES, ask};
use super::kind::Service;
use crate::api::Client;
use crate::library::JobId;
use std::collections::HashMap;

/// The jobs about which the service was or is being asked.
#[derive(Debug, Default)]
pub(crate) struct LookUps(HashMap<JobId, Asking>);

impl LookUps {
    /// Asks about a job, once, where the service tells at all: who has no key is told nothing.
    pub(crate) fn ask(
        &mut self,
        job: JobId,
        generation: String,
        service: &Service,
        client: &Client,
        reports: &Reports,
    ) {
        if service.key.is_none() || self.0.contains_key(&job) {
            return;
        }
        let (id, client, reports) = (job.clone(), client.clone(), reports.clone());
        let asking = Asking::begin(async move {
            if let Some(record) = ask(PAUSES, || client.generation(&generation)).await {
                reports.job(Input::LookedUp(id, Box::new(record)));
            }
        });
        self.0.insert(job, asking);
    }

    /// Asks no more about a job.
    pub(crate) fn forget(&mut self, job: &JobId) {
        self.0.remove(job);
    }
}
