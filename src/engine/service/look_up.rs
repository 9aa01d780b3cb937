//! Asks the service what became of a generation whose end was not seen, until it knows or it is not worth it any more.
//!
//! Invariants: asking costs nothing and changes nothing; what the service does not know stays unknown; nobody is asked
//! about a job that is off the list; what was told is told after a restart too.

use super::super::actor::Actor;
use super::super::jobs::LiveJob;
use super::super::jobs::Phase;
use super::super::report::TaskReport;
use super::asking::{Asking, PAUSES, ask};
use super::elsewhere::waits_for;
use crate::api::GenerationRecord;
use crate::library::JobId;

impl Actor {
    /// Asks about a job whose bill is not known, once, where the service gave its generation a name.
    pub(in crate::engine) fn look_up(&mut self, id: &JobId) {
        let now = self.in_use();
        let wanted = self.jobs.context(id).is_some_and(|context| waits_for(context, now).is_none());
        if !wanted || self.service.key.is_none() {
            return;
        }
        let (client, reports) = (self.client.clone(), self.reports.clone());
        let Some(live) = self.jobs.get_mut(id).filter(|live| live.asking.is_none()) else { return };
        let is_unknown = match &live.phase {
            Phase::Unknown(unknown) => unknown.record.is_none(),
            Phase::Failed(failure) => failure.record.billed.is_none() && failure.record.cost.is_none(),
            _ => false,
        };
        let Some(generation) = live.generation.clone().filter(|_| is_unknown) else { return };
        let job = id.clone();
        live.asking = Some(Asking::begin(async move {
            if let Some(record) = ask(PAUSES, || client.generation(&generation)).await {
                reports.send(TaskReport::LookedUp { job, record });
            }
        }));
    }

    /// Asks about all jobs of an earlier session whose outcome or bill is not known.
    pub(in crate::engine) fn look_up_unknown(&mut self) {
        let open = |live: &LiveJob| matches!(live.phase, Phase::Unknown(_) | Phase::Failed(_));
        for id in self.jobs.ids(open) {
            self.look_up(&id);
        }
    }

    /// Fills the card of a job with what the service remembers of it, and writes that down.
    pub(in crate::engine) fn looked_up(&mut self, id: &JobId, record: GenerationRecord) {
        let job = id.clone();
        // What cannot be written is on the card, and asked for again at the next start.
        match self.jobs.get_mut(id).map(|live| &mut live.phase) {
            Some(Phase::Unknown(unknown)) => {
                unknown.record = Some(record.clone());
                self.disk.post(move |library| library.note_record(&job, &record));
            }
            Some(Phase::Failed(failure)) if failure.record.cost.is_none() => {
                failure.record.billed = record.is_billed().or(failure.record.billed);
                failure.record.cost = record.cost;
                let failed = failure.record.clone();
                self.disk.post(move |library| library.note_failure(&job, &failed));
            }
            _ => {}
        }
    }
}
