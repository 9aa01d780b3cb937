//! Which job goes next: a pure schedule. Knows ids and times, nothing of requests, disks or wires.
//!
//! Invariants: never more running than the limit; a job is in exactly one place; a model that asked us to wait is
//! left alone until then, while other models go on.

use crate::api::{ModelId, Retry};
use crate::library::JobId;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Attempts per job at the most, the first included.
const MAX_ATTEMPTS: u32 = 4;
/// What is waited when the server does not say how long.
const BASE_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// What is waited at least, whatever the server says; doubles like the other.
const LEAST_PAUSE: Duration = Duration::from_millis(500);

/// The waiting and running jobs, first come first served.
#[derive(Debug)]
pub(crate) struct Queue {
    limit: usize,
    waiting: Vec<Entry>,
    running: Vec<Entry>,
    /// Models that asked to be left alone, and until when.
    resting: HashMap<ModelId, Instant>,
}

#[derive(Clone, Debug)]
struct Entry {
    id: JobId,
    model: ModelId,
    attempts: u32,
    /// Not before this; `None`: at once.
    retry_at: Option<Instant>,
}

/// Says what happens after a failed attempt.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum After {
    RetryAt { at: Instant, attempt: u32 },
    GiveUp,
}

impl Queue {
    pub(crate) fn new(limit: usize) -> Self {
        Self { limit: limit.clamp(1, 16), waiting: Vec::new(), running: Vec::new(), resting: HashMap::new() }
    }

    pub(crate) fn set_limit(&mut self, limit: usize) {
        self.limit = limit.clamp(1, 16);
    }

    pub(crate) fn add(&mut self, id: JobId, model: ModelId) {
        self.waiting.push(Entry { id, model, attempts: 0, retry_at: None });
    }

    /// Lets a job go as if it had never been tried: in its place when it waits, else at the end.
    pub(crate) fn anew(&mut self, id: JobId, model: ModelId) {
        match self.waiting.iter_mut().find(|entry| entry.id == id) {
            Some(entry) => (entry.attempts, entry.retry_at) = (0, None),
            None => self.add(id, model),
        }
    }

    /// Leaves no model alone any more: it was another service that asked for it.
    pub(crate) fn forget_rests(&mut self) {
        self.resting.clear();
    }

    /// Takes the next job that may go now, in order of arrival.
    #[cfg(test)]
    pub(crate) fn next(&mut self, now: Instant) -> Option<JobId> {
        self.next_of(now, |_| true)
    }

    /// Takes the next job that may go now and `goes`, in order of arrival.
    pub(crate) fn next_of(&mut self, now: Instant, goes: impl Fn(&JobId) -> bool) -> Option<JobId> {
        if self.running.len() >= self.limit {
            return None;
        }
        self.resting.retain(|_, until| *until > now);
        let place = self.waiting.iter().position(|entry| {
            let is_due = entry.retry_at.is_none_or(|at| at <= now) && !self.resting.contains_key(&entry.model);
            is_due && goes(&entry.id)
        })?;
        let mut entry = self.waiting.remove(place);
        entry.attempts += 1;
        entry.retry_at = None;
        let id = entry.id.clone();
        self.running.push(entry);
        Some(id)
    }

    /// Returns the time after `now` at which there may be more to go although nothing else happened.
    pub(crate) fn wake_at(&self, now: Instant) -> Option<Instant> {
        if self.running.len() >= self.limit {
            return None;
        }
        let due = self.waiting.iter().filter_map(|entry| entry.retry_at.max(self.resting.get(&entry.model).copied()));
        // What is due already is held back by something else than time.
        due.filter(|at| *at > now).min()
    }

    /// Decides what follows a failed attempt of a running job: back to the front of the line at a time, or out.
    pub(crate) fn failed(&mut self, id: &JobId, retry: Retry, after: Option<Duration>, now: Instant) -> After {
        let Some(place) = self.running.iter().position(|entry| entry.id == *id) else {
            return After::GiveUp;
        };
        let mut entry = self.running.remove(place);
        let allowed = match retry {
            Retry::Never => 1,
            Retry::Once => 2,
            Retry::Yes => MAX_ATTEMPTS,
        };
        if entry.attempts >= allowed {
            return After::GiveUp;
        }
        let at = now + wait(after, entry.attempts);
        if after.is_some() {
            self.resting.insert(entry.model.clone(), at);
        }
        let attempt = entry.attempts + 1;
        entry.retry_at = Some(at);
        self.waiting.insert(0, entry);
        After::RetryAt { at, attempt }
    }

    /// Removes a job wherever it is; says whether it was there.
    pub(crate) fn remove(&mut self, id: &JobId) -> bool {
        let before = self.waiting.len() + self.running.len();
        self.waiting.retain(|entry| entry.id != *id);
        self.running.retain(|entry| entry.id != *id);
        self.waiting.len() + self.running.len() < before
    }

    /// Returns how many jobs go before this waiting one.
    pub(crate) fn ahead_of(&self, id: &JobId) -> usize {
        self.waiting.iter().position(|entry| entry.id == *id).unwrap_or(0)
    }
}

/// Returns how long is waited after so many attempts: as the server asks, else doubling up to a minute, and never so
/// little that a server in trouble is asked several times a second.
fn wait(asked: Option<Duration>, attempts: u32) -> Duration {
    let doubled =
        |pause: Duration| (pause * 2_u32.saturating_pow(attempts.saturating_sub(1).min(16))).min(LONGEST_PAUSE);
    asked.map_or_else(|| doubled(BASE_PAUSE), |asked| asked.max(doubled(LEAST_PAUSE)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn job(n: u32) -> JobId {
        JobId(format!("job{n}"))
    }

    fn model(n: u32) -> ModelId {
        ModelId::new(format!("a/m{n}"))
    }

    #[test]
    fn jobs_go_in_order_and_never_more_than_the_limit() {
        let mut queue = Queue::new(2);
        let now = Instant::now();
        for n in 0..3 {
            queue.add(job(n), model(0));
        }
        assert_eq!(queue.next(now), Some(job(0)));
        assert_eq!(queue.next(now), Some(job(1)));
        assert_eq!(queue.next(now), None);
        assert!(queue.remove(&job(0)));
        assert_eq!(queue.next(now), Some(job(2)));
    }

    #[test]
    fn a_model_that_asked_to_wait_rests_while_others_go_on() {
        let mut queue = Queue::new(4);
        let now = Instant::now();
        queue.add(job(0), model(0));
        queue.add(job(1), model(0));
        queue.add(job(2), model(1));
        assert_eq!(queue.next(now), Some(job(0)));
        let wait = Duration::from_secs(7);
        assert_eq!(queue.failed(&job(0), Retry::Yes, Some(wait), now), After::RetryAt { at: now + wait, attempt: 2 });
        assert_eq!(queue.next(now), Some(job(2)), "the other model is not held up");
        assert_eq!(queue.next(now), None);
        assert_eq!(queue.wake_at(now), Some(now + wait));
        assert_eq!(queue.wake_at(now + wait), None, "only time to come is waited for");
        assert_eq!(queue.next(now + wait), Some(job(0)), "what failed first goes first");
        assert_eq!(queue.next(now + wait), Some(job(1)));
    }

    #[test]
    fn what_goes_to_another_service_goes_at_once_and_in_its_place() {
        let mut queue = Queue::new(4);
        let now = Instant::now();
        queue.add(job(0), model(0));
        queue.add(job(1), model(0));
        assert_eq!(queue.next(now), Some(job(0)));
        let wait = Some(Duration::from_secs(7));
        assert!(matches!(queue.failed(&job(0), Retry::Yes, wait, now), After::RetryAt { .. }));
        queue.forget_rests();
        queue.anew(job(0), model(0));
        queue.anew(job(2), model(0));
        assert_eq!([queue.next(now), queue.next(now), queue.next(now)], [Some(job(0)), Some(job(1)), Some(job(2))]);
        let tried = queue.failed(&job(0), Retry::Once, None, now);
        assert!(matches!(tried, After::RetryAt { attempt: 2, .. }), "its attempts are counted anew: {tried:?}");
    }

    #[test]
    fn nothing_is_repeated_several_times_a_second_whatever_the_server_asks() {
        let ms = Duration::from_millis;
        for (asked, attempts, expected) in [
            (None, 1, ms(2_000)),
            (None, 2, ms(4_000)),
            (None, 3, ms(8_000)),
            (None, 60, LONGEST_PAUSE),
            (Some(ms(0)), 1, ms(500)),
            (Some(ms(0)), 2, ms(1_000)),
            (Some(ms(20)), 3, ms(2_000)),
            (Some(ms(7_000)), 3, ms(7_000)),
            (Some(ms(3_600_000)), 1, ms(3_600_000)),
        ] {
            assert_eq!(wait(asked, attempts), expected, "{asked:?} after {attempts}");
        }
    }

    #[test]
    fn what_may_not_go_is_passed_over_and_keeps_its_place() {
        let mut queue = Queue::new(4);
        let now = Instant::now();
        for n in 0..3 {
            queue.add(job(n), model(0));
        }
        let others = |id: &JobId| *id != job(0);
        assert_eq!(queue.next_of(now, others), Some(job(1)));
        assert_eq!(queue.next_of(now, others), Some(job(2)));
        assert_eq!(queue.next_of(now, others), None);
        assert_eq!(queue.next_of(now, |_| true), Some(job(0)));
    }

    #[test]
    fn attempts_end_where_the_contract_ends_them() {
        for (retry, repeats) in [(Retry::Never, 0), (Retry::Once, 1), (Retry::Yes, 3)] {
            let mut queue = Queue::new(1);
            let mut now = Instant::now();
            queue.add(job(0), model(0));
            let mut seen = 0;
            loop {
                assert_eq!(queue.next(now), Some(job(0)));
                match queue.failed(&job(0), retry, None, now) {
                    After::RetryAt { at, .. } => {
                        seen += 1;
                        now = at;
                    }
                    After::GiveUp => break,
                }
            }
            assert_eq!(seen, repeats, "{retry:?}");
        }
    }

    proptest! {
        #[test]
        fn no_job_is_lost_or_run_twice(steps in prop::collection::vec((0_u32..5, 0_u32..3), 1..200), limit in 1_usize..6) {
            let mut queue = Queue::new(limit);
            let mut now = Instant::now();
            let (mut added, mut running, mut done) = (0_u32, Vec::new(), 0_u32);
            for (step, pick) in steps {
                match step {
                    0 => { queue.add(job(added), model(pick)); added += 1; }
                    1 => if let Some(id) = queue.next(now) {
                        prop_assert!(!running.contains(&id));
                        running.push(id);
                        prop_assert!(running.len() <= limit);
                    },
                    2 => if let Some(id) = running.pop() {
                        match queue.failed(&id, Retry::Once, (pick > 0).then_some(Duration::from_secs(u64::from(pick))), now) {
                            After::RetryAt { .. } => {}
                            After::GiveUp => done += 1,
                        }
                    },
                    3 => if let Some(id) = running.pop() { prop_assert!(queue.remove(&id)); done += 1; },
                    _ => now += Duration::from_secs(u64::from(pick)),
                }
                prop_assert_eq!(queue.waiting.len() + queue.running.len() + done as usize, added as usize);
                prop_assert_eq!(queue.running.len(), running.len());
            }
        }
    }
}
