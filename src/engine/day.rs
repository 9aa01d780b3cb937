//! Tells the actor when a new day has begun, so that *today* turns at midnight, wherever the clock was set to meanwhile.

use super::report::{Reports, TaskReport};
use jiff::civil::Date;
use std::time::Duration;

/// How late it may be told; a computer that slept tells it this long after it woke.
pub(super) const PAUSE: Duration = Duration::from_secs(20);

/// Runs for as long as the engine does.
pub(super) async fn watch(reports: Reports, today: impl Fn() -> Date, pause: Duration) {
    let mut known = today();
    while !reports.is_closed() {
        tokio::time::sleep(pause).await;
        let now = today();
        if now != std::mem::replace(&mut known, now) {
            reports.send(TaskReport::NewDay);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::atomic::{AtomicI8, Ordering};

    #[test]
    fn a_new_day_is_told_once_and_so_is_a_clock_that_was_set_back() {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            let (reports, mut inbox) = Reports::channel();
            let day = std::sync::Arc::new(AtomicI8::new(1));
            let clock = day.clone();
            let today = move || jiff::civil::date(2026, 11, clock.load(Ordering::Relaxed));
            let watching = tokio::spawn(watch(reports, today, Duration::from_millis(1)));
            tokio::task::yield_now().await;
            for next in [2, 1] {
                day.store(next, Ordering::Relaxed);
                assert!(matches!(inbox.recv().await, Some(TaskReport::NewDay)));
            }
            assert!(inbox.try_recv().is_err(), "told once");
            drop(inbox);
            watching.await.unwrap();
        });
    }
}
