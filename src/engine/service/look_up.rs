//! Asks the service what became of a generation whose end was not seen, until it knows or it is not worth it any more.
//!
//! Invariants: asking costs nothing and changes nothing; what the service does not know stays unknown; nobody is asked
//! about a job that is off the list; what was told is told after a restart too.

use super::super::actor::Actor;
use super::super::job_view::Phase;
use super::super::jobs::LiveJob;
use super::super::report::TaskReport;
use super::waits_for;
use crate::api::{Error, GenerationRecord};
use crate::library::JobId;
use std::time::Duration;
use tokio::task::AbortHandle;

/// How long to wait before each question: records come minutes late.
const PAUSES: [Duration; 6] = [
    Duration::from_secs(1),
    Duration::from_secs(10),
    Duration::from_secs(60),
    Duration::from_secs(180),
    Duration::from_secs(600),
    Duration::from_secs(1800),
];

/// Asks about one job, for as long as this is there.
#[derive(Debug)]
pub(crate) struct Asking(AbortHandle);

impl Asking {
    fn begin(asking: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(tokio::spawn(asking).abort_handle())
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Asks again and again with longer pauses; `None`: it was not told in time.
async fn ask<Answer>(
    pauses: impl IntoIterator<Item = Duration>,
    mut question: impl FnMut() -> Answer,
) -> Option<GenerationRecord>
where
    Answer: Future<Output = Result<Option<GenerationRecord>, Error>>,
{
    for pause in pauses {
        tokio::time::sleep(pause).await;
        match question().await {
            Ok(Some(record)) => return Some(record),
            Ok(None) => {}
            Err(error) => log::debug!("what became of a generation was not told: {error}"),
        }
    }
    None
}

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
    pub(in crate::engine) async fn looked_up(&mut self, id: &JobId, record: GenerationRecord) {
        let job = id.clone();
        let written = match self.jobs.get_mut(id).map(|live| &mut live.phase) {
            Some(Phase::Unknown(unknown)) => {
                unknown.record = Some(record.clone());
                self.disk.call(move |library| library.note_record(&job, &record)).await
            }
            Some(Phase::Failed(failure)) if failure.record.cost.is_none() => {
                failure.record.billed = record.is_billed().or(failure.record.billed);
                failure.record.cost = record.cost;
                let failed = failure.record.clone();
                self.disk.call(move |library| library.note_failure(&job, &failed)).await
            }
            _ => Ok(()),
        };
        if let Err(error) = written {
            // It is on the card, and asked for again at the next start.
            log::warn!("what a call cost could not be written down: {error}");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::VecDeque;
    use std::sync::{Arc, Mutex};

    fn runtime() -> tokio::runtime::Runtime {
        tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap()
    }

    #[test]
    fn a_record_that_comes_late_is_waited_for_and_then_nobody_is_asked_any_more() {
        let cost = |cost| GenerationRecord { cost: Some(cost), ..GenerationRecord::default() };
        let broken = || Err(Error::Broken { reason: "reset".into() });
        for (answers, asked, told) in [
            (vec![Ok(None), broken(), Ok(Some(cost(0.04))), Ok(Some(cost(9.0)))], 3, Some(0.04)),
            ((0..20).map(|_| Ok(None)).collect(), 6, None),
        ] {
            let answers = Mutex::new(VecDeque::from(answers));
            let all = answers.lock().unwrap().len();
            let record = runtime().block_on(ask([Duration::ZERO; 6], || {
                let next = answers.lock().unwrap().pop_front();
                async move { next.unwrap_or(Ok(None)) }
            }));
            assert_eq!(all - answers.lock().unwrap().len(), asked);
            assert_eq!(record.and_then(|record| record.cost), told);
        }
    }

    #[test]
    fn asking_ends_with_the_job_that_it_is_about() {
        runtime().block_on(async {
            let held = Arc::new(());
            let inside = held.clone();
            let asking = Asking::begin(async move {
                let _inside = inside;
                ask(std::iter::repeat(Duration::ZERO), || async { Ok(None) }).await;
            });
            tokio::task::yield_now().await;
            assert_eq!(Arc::strong_count(&held), 2);
            drop(asking);
            while Arc::strong_count(&held) > 1 {
                tokio::task::yield_now().await;
            }
        });
    }
}
