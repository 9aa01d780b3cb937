//! The jobs as the screen shows them, made anew only where something has changed.
//!
//! Invariant: what is shown is what the list says, as often as [`ShownJobs::update`] is called after changes.

use super::super::service::{InUse, ServiceKind};
use super::super::snapshot::ConnectionList;
use super::list::{LiveJob, Place};
use super::machine::Jobs;
use super::schedule::Ticket;
use super::status::{End, NotStored, Status};
use super::view::{JobView, Phase};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What decides beside a job itself how it is shown: the service in use, and which others there are.
#[derive(Debug)]
struct Seen {
    kind: ServiceKind,
    base: String,
    connection: Option<String>,
    list: ConnectionList,
}

impl Seen {
    fn is(&self, now: InUse<'_>, list: &ConnectionList) -> bool {
        self.kind == now.kind
            && self.base == now.base
            && self.connection.as_deref() == now.connection
            && self.list.has_demo == list.has_demo
            && self.list.list == list.list
    }
}

/// Their views.
#[derive(Debug, Default)]
pub(crate) struct ShownJobs {
    views: BTreeMap<Place, Arc<JobView>>,
    all: Arc<[Arc<JobView>]>,
    held: usize,
    seen: Option<Seen>,
}

impl ShownJobs {
    /// Turns to the service in use; says whether another one was before, so that other jobs may go.
    pub(crate) fn turn_to(&mut self, now: InUse<'_>, list: &ConnectionList) -> bool {
        if self.seen.as_ref().is_some_and(|seen| seen.is(now, list)) {
            return false;
        }
        let (base, connection) = (now.base.to_owned(), now.connection.map(str::to_owned));
        self.seen = Some(Seen { kind: now.kind, base, connection, list: list.clone() });
        // All are made anew.
        self.views.clear();
        true
    }

    /// Makes the views anew of jobs that were touched.
    pub(crate) fn update(&mut self, jobs: &mut Jobs) {
        let touched = jobs.take_touched();
        let Some(seen) = &self.seen else { return };
        let places: Vec<Place> =
            if self.views.is_empty() { jobs.list().places().collect() } else { touched.iter().copied().collect() };
        if places.is_empty() && touched.is_empty() {
            return;
        }
        let now = InUse { kind: seen.kind, base: &seen.base, connection: seen.connection.as_deref() };
        for place in places {
            match jobs.list().at(place) {
                Some(live) => self.views.insert(place, Arc::new(view(live, jobs, now, &seen.list))),
                None => self.views.remove(&place),
            };
        }
        self.all = self.views.values().cloned().collect();
        self.held = jobs.list().held();
    }

    /// Returns all of them in order of submission.
    pub(crate) fn all(&self) -> Arc<[Arc<JobView>]> {
        self.all.clone()
    }

    /// Returns how many wait for one click.
    pub(crate) fn held(&self) -> usize {
        self.held
    }
}

fn view(live: &LiveJob, jobs: &Jobs, now: InUse<'_>, list: &ConnectionList) -> JobView {
    let held = matches!(live.status(), Status::OnHold);
    let phase = match live.waits_for(now) {
        Some(elsewhere) => elsewhere.phase(held, list),
        None => phase(live.status().shown(), jobs.queue().ticket(&live.job.id)),
    };
    JobView {
        id: live.job.id.clone(),
        run: live.run.clone(),
        prompt: live.prompt.clone(),
        position: live.job.position,
        asked: live.job.asked,
        arrived: live.arrived,
        phase,
        started: live.started,
        provider: live.provider.clone(),
        usual: live.usual,
        previews: live.previews,
        partials: live.partials,
        is_sendable: live.sendable.is_some(),
    }
}

/// Returns what is shown of a status; `ticket`: of a job that waits.
fn phase(status: &Status, ticket: Option<Ticket>) -> Phase {
    match status {
        Status::Submitted | Status::Queued => Phase::Queued { ticket: ticket.unwrap_or_default() },
        Status::OnHold => Phase::Held,
        Status::Sending => Phase::Sending,
        Status::Receiving { note } => Phase::Receiving { note: note.clone() },
        Status::Backoff { at, attempt, reason } => {
            Phase::Retrying { at: *at, attempt: *attempt, reason: reason.clone() }
        }
        Status::Ending(ending) => phase(ending.was.shown(), ticket),
        Status::Ended(End::Failed(failure)) => Phase::Failed(failure.clone()),
        Status::Ended(End::Cancelled) => Phase::Cancelled,
        Status::Ended(End::Unknown(unknown)) => Phase::Unknown(unknown.clone()),
        Status::Ended(End::NotStored(NotStored { refused, elsewhere, .. })) => Phase::Unsaved {
            error: refused.error.clone(),
            // One that is stored by now is on its way off the card.
            count: refused.pictures.len().max(1),
            elsewhere: elsewhere.clone(),
        },
    }
}

#[cfg(test)]
mod tests;
