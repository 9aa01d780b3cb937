//! Asks the service what became of a generation whose end was not seen, until it knows or it is not worth it any more.
//!
//! Invariants: asking costs nothing and changes nothing; what the service does not know stays unknown.

use super::super::actor::{Actor, Internal};
use super::super::snapshot::Phase;
use super::waits_for;
use crate::api::{Client, GenerationRecord};
use crate::library::JobId;
use std::time::Duration;
use tokio::sync::mpsc::UnboundedSender;

/// How long to wait before each question: records come minutes late.
const PAUSES: [Duration; 6] = [
    Duration::from_secs(1),
    Duration::from_secs(10),
    Duration::from_secs(60),
    Duration::from_secs(180),
    Duration::from_secs(600),
    Duration::from_secs(1800),
];

async fn ask(client: Client, job: JobId, generation: String, internal: UnboundedSender<Internal>) {
    for pause in PAUSES {
        tokio::time::sleep(pause).await;
        match client.generation(&generation).await {
            Ok(Some(record)) => {
                if internal.send(Internal::LookedUp { job, record }).is_err() {
                    log::debug!("the actor has stopped");
                }
                return;
            }
            Ok(None) => {}
            Err(error) => log::debug!("what became of a generation was not told: {error}"),
        }
    }
}

impl Actor {
    /// Asks about a job whose bill is not known, once, where the service gave its generation a name.
    pub(in crate::engine) fn look_up(&mut self, id: &JobId) {
        let now = self.in_use();
        let wanted = self.jobs.context(id).is_some_and(|context| waits_for(context, now).is_none());
        if !wanted || self.service.key.is_none() {
            return;
        }
        let (client, internal) = (self.client.clone(), self.internal.clone());
        let Some(live) = self.jobs.get_mut(id).filter(|live| !live.is_looked_up) else { return };
        let is_unknown = match &live.phase {
            Phase::Unknown(_) => true,
            Phase::Failed(failure) => failure.record.billed.is_none() && failure.record.cost.is_none(),
            _ => false,
        };
        let Some(generation) = live.generation.clone().filter(|_| is_unknown) else { return };
        live.is_looked_up = true;
        tokio::spawn(ask(client, id.clone(), generation, internal));
    }

    /// Asks about all jobs of an earlier session whose outcome is not known.
    pub(in crate::engine) fn look_up_unknown(&mut self) {
        for (id, _) in self.jobs.unknown() {
            self.look_up(&id);
        }
    }

    /// Fills the card of a job with what the service remembers of it.
    pub(in crate::engine) fn looked_up(&mut self, id: &JobId, record: GenerationRecord) {
        match self.jobs.get_mut(id).map(|live| &mut live.phase) {
            Some(Phase::Unknown(unknown)) => unknown.record = Some(record),
            Some(Phase::Failed(failure)) if failure.record.cost.is_none() => {
                failure.record.billed = record.is_billed().or(failure.record.billed);
                failure.record.cost = record.cost;
            }
            _ => {}
        }
    }
}
