//! Questions to the service that are asked again with longer pauses, for as long as somebody wants to know.

use crate::api::{Error, GenerationRecord};
use std::time::Duration;
use tokio::task::AbortHandle;

/// How long to wait before each question: records come minutes late.
pub(super) const PAUSES: [Duration; 6] = [
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
    pub(super) fn begin(asking: impl Future<Output = ()> + Send + 'static) -> Self {
        Self(tokio::spawn(asking).abort_handle())
    }
}

impl Drop for Asking {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Asks again and again with longer pauses; `None`: it was not told in time.
pub(super) async fn ask<Answer>(
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
