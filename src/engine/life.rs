//! The actor's life: one order or message after the other, until it is told to shut down.
//!
//! Invariants: a panic while one of them is handled costs that one alone, calls on the wire go on and what they bring
//! is stored; at the end everything that was received is on the disk before `Stopped` is told.

use super::actor::Actor;
use super::jobs::Input;
use super::tending::Tending;
use super::{Event, Order};
use futures_util::FutureExt as _;
use std::future::Future;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::Duration;
use tokio::sync::mpsc::UnboundedReceiver;
use tokio::time::{Interval, MissedTickBehavior};

/// How often a window that only reads looks for what its writer has changed.
const LOOK: Duration = Duration::from_secs(2);
/// After so many panics in a row nothing better is to be hoped for.
const PANICS: u32 = 3;

impl Actor {
    /// Works until told to shut down.
    pub(crate) async fn run(mut self, mut orders: UnboundedReceiver<Order>) {
        let mut look = tokio::time::interval(LOOK);
        look.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut panics = u32::from(survived(|| self.begin()).is_none());
        while panics < PANICS {
            match survived_step(self.step(&mut orders, &mut look)).await {
                Some(ControlFlow::Continue(())) => panics = 0,
                Some(ControlFlow::Break(())) => break,
                None => {
                    panics += 1;
                    // Whatever had to wait for what panicked waits no longer.
                    if self.awaited.is_empty() {
                        survived(|| self.emptying_over());
                        survived(|| self.library_is_read());
                    }
                }
            }
        }
        self.tending.iter().for_each(Tending::stop);
        self.emptying.iter_mut().for_each(|emptying| emptying.is_stopped = true);
        self.closing = true;
        survived(|| self.publish());
        self.calls.shutdown().await;
        // What has been received is stored by tasks of its own.
        drop(self.storing.write().await);
        // Reports of theirs may hold pictures that the disk would not take.
        self.come_to_rest().await;
        // From here on nobody holds them: a last try.
        survived(|| self.decide(Input::SaveAll));
        self.come_to_rest().await;
        // The rest of the partials after it.
        if let Err(error) = self.disk.call_later(|_| Ok(())).await {
            log::warn!("{error}");
        }
        if survived(|| self.happened(Event::Stopped)).is_none() {
            log::error!("that the engine has stopped was not told");
        }
    }

    /// Takes all reports and all answers that are still to come.
    async fn come_to_rest(&mut self) {
        loop {
            while let Ok(report) = self.inbox.try_recv() {
                survived(|| self.on_report(report));
            }
            let Some(then) = self.awaited.next().await else { break };
            survived(|| then(self));
        }
    }

    /// Waits for the next thing to do and does it.
    async fn step(&mut self, orders: &mut UnboundedReceiver<Order>, look: &mut Interval) -> ControlFlow<()> {
        self.start_waiting();
        self.publish();
        let wake = self
            .jobs
            .queue()
            .wake_at(std::time::Instant::now())
            .filter(|_| !self.keys.is_reading())
            .map(tokio::time::Instant::from_std);
        let timer = async move {
            match wake {
                Some(at) => tokio::time::sleep_until(at).await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            // A picture is told before the end of its job: the task sent it before it returned.
            biased;
            order = orders.recv() => match order {
                None | Some(Order::Shutdown) => return ControlFlow::Break(()),
                Some(order) => self.order(order),
            },
            Some(report) = self.inbox.recv() => self.on_report(report),
            Some(then) = self.awaited.next(), if !self.awaited.is_empty() => then(self),
            ended = self.calls.next(), if !self.calls.is_empty() => self.call_ended(ended),
            _ = look.tick(), if self.only_looks() => self.look(),
            () = timer => {}
        }
        ControlFlow::Continue(())
    }
}

/// `None`: it panicked.
fn survived<T>(work: impl FnOnce() -> T) -> Option<T> {
    catch_unwind(AssertUnwindSafe(work)).ok()
}

/// The same of what waits on its way.
async fn survived_step<T>(work: impl Future<Output = T>) -> Option<T> {
    AssertUnwindSafe(work).catch_unwind().await.ok()
}
