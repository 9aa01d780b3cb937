//! Makes storage fail on purpose, for tests only.
//!
//! Every step of `Storage` counts; the plan says at which one what happens.

use std::io;
use std::sync::{Arc, Mutex};

/// What happens at the chosen step.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Fault {
    /// This step fails once, with this kind.
    Once(io::ErrorKind),
    /// From this step on every one fails, with this kind, until the disk is freed.
    From(io::ErrorKind),
    /// This step panics once, as a fault of ours would.
    Panic,
    /// As if the process had been killed: from this step on nothing reaches the disk.
    Stop,
}

/// The plan; clones share it, so that a test can change it while a library is in use elsewhere.
#[derive(Clone, Debug, Default)]
pub(crate) struct Faults(Arc<Mutex<Plan>>);

#[derive(Debug, Default)]
struct Plan {
    count: u32,
    at: Option<(u32, Fault)>,
}

impl Faults {
    /// Lets the step after `steps` further ones fail.
    pub(crate) fn after(&self, steps: u32, fault: Fault) {
        *self.0.lock().unwrap() = Plan { count: 0, at: Some((steps, fault)) };
    }

    /// Says whether the plan has come to pass, and ends it.
    pub(crate) fn end(&self) -> bool {
        let plan = std::mem::take(&mut *self.0.lock().unwrap());
        plan.at.is_some_and(|(at, _)| plan.count > at)
    }

    /// Lets everything succeed again; returns how many steps there were.
    pub(crate) fn free(&self) -> u32 {
        std::mem::take(&mut *self.0.lock().unwrap()).count
    }

    pub(crate) fn step(&self) -> io::Result<()> {
        let mut plan = self.0.lock().unwrap();
        let now = plan.count;
        plan.count += 1;
        let at = plan.at;
        drop(plan);
        match at {
            Some((at, Fault::Panic)) if now == at => panic!("step {now}, as a fault of ours would"),
            Some((at, Fault::Once(kind))) if now == at => Err(kind.into()),
            Some((at, Fault::From(kind))) if now >= at => Err(kind.into()),
            Some((at, Fault::Stop)) if now >= at => Err(io::Error::other("killed")),
            _ => Ok(()),
        }
    }
}
