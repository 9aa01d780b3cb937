//! Makes storage fail on purpose, for tests only.
//!
//! Every step of `Storage` counts; the plan says at which one what happens. A disk that is watched can lose its power.

use super::Effect;
use super::power::Disk;
use std::cell::RefCell;
use std::io;
use std::path::Path;
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
#[derive(Clone, Debug)]
pub(crate) struct Faults(Arc<Mutex<Plan>>, Arc<Mutex<Option<Disk>>>, Arc<Mutex<Drive>>);

/// What a drive cannot do.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Drive {
    /// Rename in one step that replaces nothing.
    pub(crate) no_new_names: bool,
    pub(crate) no_links: bool,
    /// The trash is on another drive.
    pub(crate) trash_elsewhere: bool,
}

#[derive(Debug, Default)]
struct Plan {
    count: u32,
    at: Option<(u32, Fault)>,
}

thread_local! {
    static SHARED: RefCell<Option<Faults>> = const { RefCell::new(None) };
}

/// While it lives, every storage that is made on this thread has the same plan.
pub(crate) struct Shared;

impl Drop for Shared {
    fn drop(&mut self) {
        SHARED.set(None);
    }
}

impl Default for Faults {
    fn default() -> Self {
        SHARED.with_borrow(Clone::clone).unwrap_or_else(|| Self(Arc::default(), Arc::default(), Arc::default()))
    }
}

impl Faults {
    /// Lets every storage that is made on this thread have this plan.
    pub(crate) fn share(&self) -> Shared {
        SHARED.set(Some(self.clone()));
        Shared
    }

    /// Begins to watch what is written into a folder; what is there is there for sure.
    pub(crate) fn watch(&self, root: &Path) {
        *self.1.lock().unwrap() = Some(Disk::of(root));
    }

    /// Makes the watched folder what a loss of power leaves of it.
    pub(crate) fn lose_power(&self, chance: &mut fastrand::Rng) {
        if let Some(disk) = &mut *self.1.lock().unwrap() {
            disk.lose_power(chance);
        }
    }

    /// The same, where of what was not fsynced removals alone have reached the disk.
    pub(crate) fn lose_power_but_removals(&self) {
        if let Some(disk) = &mut *self.1.lock().unwrap() {
            disk.lose_all_but_removals();
        }
    }

    /// Lets everything happen on such a drive.
    pub(crate) fn on(&self, drive: Drive) {
        *self.2.lock().unwrap() = drive;
    }

    pub(super) fn refuse_new_name(&self, from: &Path, to: &Path) -> io::Result<()> {
        if self.2.lock().unwrap().no_new_names {
            return Err(io::Error::from_raw_os_error(1));
        }
        self.refuse_other_drive(from, to)
    }

    pub(super) fn refuse_link(&self) -> io::Result<()> {
        if self.2.lock().unwrap().no_links { Err(io::Error::from_raw_os_error(1)) } else { Ok(()) }
    }

    pub(super) fn refuse_other_drive(&self, from: &Path, to: &Path) -> io::Result<()> {
        let in_trash = |path: &Path| path.components().any(|part| part.as_os_str() == "trash");
        let crosses = self.2.lock().unwrap().trash_elsewhere && in_trash(from) != in_trash(to);
        if crosses { Err(io::ErrorKind::CrossesDevices.into()) } else { Ok(()) }
    }

    /// Says whether a file survives a loss of power.
    pub(crate) fn is_sure(&self, path: &Path) -> bool {
        self.1.lock().unwrap().as_ref().is_none_or(|disk| disk.is_sure(path))
    }

    pub(super) fn before(&self, effect: &Effect<'_>) {
        if let Some(disk) = &mut *self.1.lock().unwrap() {
            disk.before(effect);
        }
    }

    pub(super) fn log(&self, effect: &Effect<'_>) {
        if let Some(disk) = &mut *self.1.lock().unwrap() {
            disk.after(effect);
        }
    }

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
