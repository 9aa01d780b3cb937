//! Which job goes next: a pure schedule. Knows ids and times, nothing of requests, disks or wires.
//!
//! Invariants: never more running than the limit; a job is in exactly one place; a model that asked us to wait is
//! left alone until then, while other models go on.

use crate::api::{ModelId, Retry};
use crate::library::JobId;
use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Attempts per job at the most, the first included.
const MAX_ATTEMPTS: u32 = 4;
/// What is waited when the server does not say how long.
const BASE_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// What is waited at least, whatever the server says; doubles like the other.
const LEAST_PAUSE: Duration = Duration::from_millis(500);

/// A place in the line: whoever has a lower one goes first.
pub(crate) type Ticket = i64;

/// The waiting and running jobs, first come first served.
#[derive(Debug)]
pub(crate) struct Queue {
    limit: usize,
    waiting: BTreeMap<Ticket, Entry>,
    tickets: HashMap<JobId, Ticket>,
    running: Vec<Entry>,
    /// Models that asked to be left alone, and until when.
    resting: HashMap<ModelId, Instant>,
    /// None of the waiting may go before this (`None`: before something happens); known since the last look.
    nothing_before: Option<Option<Instant>>,
    /// The tickets of all that wait, while they are as they were.
    line: Option<Arc<[Ticket]>>,
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
    RetryAt {
        at: Instant,
        attempt: u32,
    },
    /// It has its place among the running until it is removed.
    GiveUp,
}

impl Queue {
    pub(crate) fn new(limit: usize) -> Self {
        Self {
            limit: limit.clamp(1, 16),
            waiting: BTreeMap::new(),
            tickets: HashMap::new(),
            running: Vec::new(),
            resting: HashMap::new(),
            nothing_before: None,
            line: None,
        }
    }

    pub(crate) fn set_limit(&mut self, limit: usize) {
        self.limit = limit.clamp(1, 16);
    }

    pub(crate) fn add(&mut self, id: JobId, model: ModelId) {
        let ticket = self.waiting.last_key_value().map_or(0, |(last, _)| last + 1);
        self.put(ticket, Entry { id, model, attempts: 0, retry_at: None });
    }

    fn put(&mut self, ticket: Ticket, entry: Entry) {
        self.tickets.insert(entry.id.clone(), ticket);
        self.waiting.insert(ticket, entry);
        (self.nothing_before, self.line) = (None, None);
    }

    fn take(&mut self, ticket: Ticket) -> Option<Entry> {
        let entry = self.waiting.remove(&ticket)?;
        self.tickets.remove(&entry.id);
        (self.nothing_before, self.line) = (None, None);
        Some(entry)
    }

    /// Lets a job go as if it had never been tried: in its place when it waits, else at the end.
    pub(crate) fn anew(&mut self, id: JobId, model: ModelId) {
        match self.tickets.get(&id).and_then(|ticket| self.waiting.get_mut(ticket)) {
            Some(entry) => (entry.attempts, entry.retry_at) = (0, None),
            None => self.add(id, model),
        }
        self.reconsider();
    }

    /// Leaves no model alone any more: it was another service that asked for it.
    pub(crate) fn forget_rests(&mut self) {
        self.resting.clear();
        self.reconsider();
    }

    /// Looks anew which may go: something outside has changed that decides it.
    pub(crate) fn reconsider(&mut self) {
        self.nothing_before = None;
    }

    /// Takes the next job that may go now, in order of arrival.
    #[cfg(test)]
    pub(crate) fn next(&mut self, now: Instant) -> Option<JobId> {
        self.next_of(now, |_| true)
    }

    /// Takes the next job that may go now and `goes`, in order of arrival. Whenever that decides otherwise than
    /// before, [`reconsider`](Self::reconsider) is to be called.
    pub(crate) fn next_of(&mut self, now: Instant, goes: impl Fn(&JobId) -> bool) -> Option<JobId> {
        let known = self.nothing_before.is_some_and(|until| until.is_none_or(|until| now < until));
        if known || self.running.len() >= self.limit {
            return None;
        }
        self.resting.retain(|_, until| *until > now);
        let next = self.waiting.iter().find(|(_, entry)| {
            let is_due = entry.retry_at.is_none_or(|at| at <= now) && !self.resting.contains_key(&entry.model);
            is_due && goes(&entry.id)
        });
        let Some(ticket) = next.map(|(ticket, _)| *ticket) else {
            self.nothing_before = Some(self.due_after(now));
            return None;
        };
        let mut entry = self.take(ticket)?;
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
        match self.nothing_before {
            Some(until) if until.is_none_or(|until| now < until) => until,
            _ => self.due_after(now),
        }
    }

    fn due_after(&self, now: Instant) -> Option<Instant> {
        let due = self.waiting.values().filter_map(|entry| entry.retry_at.max(self.resting.get(&entry.model).copied()));
        // What is due already is held back by something else than time.
        due.filter(|at| *at > now).min()
    }

    /// Decides what follows a failed attempt of a running job: back to the front of the line at a time, or out.
    pub(crate) fn failed(&mut self, id: &JobId, retry: Retry, after: Option<Duration>, now: Instant) -> After {
        let Some(place) = self.running.iter().position(|entry| entry.id == *id) else {
            return After::GiveUp;
        };
        let allowed = match retry {
            Retry::Never => 1,
            Retry::Once => 2,
            Retry::Yes => MAX_ATTEMPTS,
        };
        if self.running.get(place).is_none_or(|entry| entry.attempts >= allowed) {
            return After::GiveUp;
        }
        let mut entry = self.running.remove(place);
        let at = now + wait(after, entry.attempts);
        if after.is_some() {
            self.resting.insert(entry.model.clone(), at);
        }
        let attempt = entry.attempts + 1;
        entry.retry_at = Some(at);
        let ticket = self.waiting.first_key_value().map_or(0, |(first, _)| first - 1);
        self.put(ticket, entry);
        After::RetryAt { at, attempt }
    }

    /// Removes a job wherever it is; says whether it was there.
    pub(crate) fn remove(&mut self, id: &JobId) -> bool {
        if let Some(ticket) = self.tickets.get(id).copied() {
            return self.take(ticket).is_some();
        }
        let before = self.running.len();
        self.running.retain(|entry| entry.id != *id);
        self.running.len() < before
    }

    /// Returns the place of a waiting job in the line.
    pub(crate) fn ticket(&self, id: &JobId) -> Option<Ticket> {
        self.tickets.get(id).copied()
    }

    /// Returns the tickets of all that wait, in order; the same ones until somebody comes or goes.
    pub(crate) fn line(&mut self) -> Arc<[Ticket]> {
        self.line.get_or_insert_with(|| self.waiting.keys().copied().collect()).clone()
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
    fn what_is_known_not_to_go_is_looked_at_again_when_its_time_comes_or_somebody_says_so() {
        let mut queue = Queue::new(4);
        let now = Instant::now();
        queue.add(job(0), model(0));
        assert_eq!(queue.next_of(now, |_| false), None);
        let asked = std::cell::Cell::new(0);
        let count = |_: &JobId| {
            asked.set(asked.get() + 1);
            true
        };
        assert_eq!((queue.next_of(now, count), asked.get()), (None, 0), "nothing has happened since");
        queue.reconsider();
        assert_eq!(queue.next_of(now, count), Some(job(0)));
        let After::RetryAt { at, .. } = queue.failed(&job(0), Retry::Yes, None, now) else { panic!("given up") };
        assert_eq!((queue.next(now), queue.wake_at(now)), (None, Some(at)));
        assert_eq!(queue.next(at), Some(job(0)));
    }

    #[test]
    fn the_line_stays_the_same_until_somebody_comes_or_goes() {
        let mut queue = Queue::new(1);
        let now = Instant::now();
        for n in 0..4 {
            queue.add(job(n), model(0));
        }
        let ahead = |queue: &mut Queue, n| {
            let (line, ticket) = (queue.line(), queue.ticket(&job(n)).unwrap());
            line.partition_point(|other| *other < ticket)
        };
        assert_eq!([ahead(&mut queue, 0), ahead(&mut queue, 3)], [0, 3]);
        assert!(Arc::ptr_eq(&queue.line(), &queue.line()));
        assert!(queue.remove(&job(1)) && !queue.remove(&job(1)));
        assert_eq!([ahead(&mut queue, 0), ahead(&mut queue, 3)], [0, 2]);
        assert_eq!(queue.next(now), Some(job(0)));
        assert!(matches!(queue.failed(&job(0), Retry::Yes, None, now), After::RetryAt { .. }));
        assert_eq!([ahead(&mut queue, 0), ahead(&mut queue, 3)], [0, 2], "it goes first again");
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
        queue.reconsider();
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
                            After::GiveUp => { prop_assert!(queue.remove(&id)); done += 1; }
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
