//! A simulation of the library: whole lives of it, made up by chance, interrupted anywhere, and gone on with in any way.
//!
//! A history is a list of orders (`orders.rs`): what the engine asks of a library, and what strangers do to its folder.
//! While one is carried out the process may be killed, the disk may refuse, once or from then on, and the power may
//! fail, which leaves what `storage/power.rs` says. Then somebody starts again, has it checked or mended, makes the
//! index anew, or asks for the same thing once more, and may be interrupted in turn. After that `ledger.rs` compares what
//! is there with everything that was ever received.
//!
//! A seed decides everything. `EASEL_SIMULATION_HISTORIES` says how many histories are lived, `EASEL_SIMULATION_FIRST` from
//! which seed on, and `EASEL_SIMULATION_SEED` plays one of them again and tells what happened in it.

mod ledger;
mod orders;

use super::super::folder::paths::{DATABASE, FOLDERS};
use super::super::folder::storage::{Drive, Shared};
use super::*;
use ledger::Ledger;
use orders::Order;
use std::io::ErrorKind;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU64, Ordering};

/// How many histories are lived unless the variable says otherwise.
const HISTORIES: u64 = 300;

/// A library, the disk it is on, and what it owes.
struct World {
    folder: tempfile::TempDir,
    /// `None`: closed.
    library: Option<Library>,
    faults: Faults,
    _shared: Shared,
    chance: fastrand::Rng,
    ledger: Ledger,
    /// What happened so far, a line each.
    story: Vec<String>,
}

/// How an order was interrupted.
#[derive(Clone, Copy, Debug)]
enum Trouble {
    Killed,
    /// Killed, and what was not fsynced is in the hands of chance.
    PowerLost,
    Refused(Fault),
}

impl World {
    fn begin(seed: u64) -> Self {
        let folder = folder();
        let faults = Faults::default();
        make_empty(folder.path());
        let mut world = Self {
            _shared: faults.share(),
            library: None,
            folder,
            faults,
            chance: fastrand::Rng::with_seed(seed),
            ledger: Ledger::default(),
            story: Vec::new(),
        };
        world.faults.watch(world.folder.path());
        let chance = &mut world.chance;
        let drive = Drive {
            no_new_names: chance.u8(..4) == 0,
            no_links: chance.u8(..4) == 0,
            trash_elsewhere: chance.u8(..5) == 0,
        };
        world.faults.on(drive);
        world.story.push(format!("{drive:?}"));
        world.start();
        world
    }

    fn dir(&self) -> PathBuf {
        self.folder.path().to_owned()
    }

    /// Opens the library as the engine does.
    fn start(&mut self) {
        if self.library.is_none() {
            self.library = Some(Library::open(self.folder.path()).unwrap());
        }
    }

    fn live(&mut self) {
        for _ in 0..self.chance.usize(3..10) {
            let order = Order::any(self);
            self.attempt(order);
            self.rest();
        }
    }

    /// Carries out an order, perhaps with interruptions, until it is done or given up.
    fn attempt(&mut self, mut order: Order) {
        for again in 0..4 {
            let trouble = if again < 3 && self.chance.u8(..10) < 6 { Some(self.any_trouble()) } else { None };
            self.story.push(format!("{order:?}, {trouble:?}"));
            let steps = if self.chance.bool() { self.chance.u32(..12) } else { self.chance.u32(..50) };
            if let Some(trouble) = trouble {
                self.faults.after(steps, trouble.fault());
            }
            let done = order.carry_out(self);
            let hit = self.faults.end();
            self.story.push(format!("  {} at step {steps}: {done:?}", if hit { "hit" } else { "not hit" }));
            assert!(hit || done.is_ok(), "refused without need: {done:?}");
            match trouble.filter(|_| hit) {
                None | Some(Trouble::Refused(_)) => {}
                Some(trouble) => {
                    self.library = None;
                    if matches!(trouble, Trouble::PowerLost) {
                        self.faults.lose_power(&mut self.chance);
                    }
                }
            }
            self.ledger.look(self.folder.path(), &self.faults);
            if done.is_ok() && self.library.is_some() {
                break;
            }
            order = match self.chance.u8(..6) {
                0 | 1 => Order::Start,
                2 => Order::Mend,
                3 => Order::Rebuild,
                _ => order,
            };
        }
        if self.chance.u8(..8) == 0 {
            self.story.push("the power fails".to_owned());
            self.library = None;
            self.faults.lose_power(&mut self.chance);
            self.ledger.look(self.folder.path(), &self.faults);
        }
    }

    fn any_trouble(&mut self) -> Trouble {
        let kinds = [ErrorKind::StorageFull, ErrorKind::PermissionDenied, ErrorKind::Other];
        let kind = kinds[self.chance.usize(..kinds.len())];
        match self.chance.u8(..8) {
            0..3 => Trouble::Killed,
            3..6 => Trouble::PowerLost,
            6 => Trouble::Refused(Fault::Once(kind)),
            _ => Trouble::Refused(Fault::From(kind)),
        }
    }

    /// Starts, and compares what is there with what is owed; then starts once more, which must change nothing.
    fn rest(&mut self) {
        self.library = None;
        self.start();
        let library = self.library.as_mut().unwrap();
        let recovered = library.recover().unwrap();
        assert!(recovered.troubles.is_empty() && recovered.unsaved.is_empty(), "{recovered:?}");
        self.ledger.compare(library);
        if self.chance.bool() {
            return;
        }
        let before = ledger::state(library);
        self.library = None;
        self.start();
        let library = self.library.as_mut().unwrap();
        let again = library.recover().unwrap();
        assert!(again.received.is_empty() && again.leftovers.is_empty() && again.unknown.is_empty(), "{again:?}");
        assert_eq!(ledger::state(library), before, "a second start changes something");
    }
}

impl Trouble {
    fn fault(self) -> Fault {
        match self {
            Self::Killed | Self::PowerLost => Fault::Stop,
            Self::Refused(fault) => fault,
        }
    }
}

/// Leaves in a folder what the first opening of a library leaves there, which is always the same.
fn make_empty(folder: &Path) {
    static INDEX: std::sync::OnceLock<Vec<u8>> = std::sync::OnceLock::new();
    let index = INDEX.get_or_init(|| {
        let first = super::folder();
        drop(Library::open(first.path()).unwrap());
        std::fs::read(first.path().join(DATABASE)).unwrap()
    });
    for name in FOLDERS {
        std::fs::create_dir_all(folder.join(name)).unwrap();
    }
    std::fs::write(folder.join(DATABASE), index).unwrap();
}

/// Lives one history; the error tells it.
fn live(seed: u64) -> Result<(), String> {
    let mut world = World::begin(seed);
    let lived = catch_unwind(AssertUnwindSafe(|| world.live()));
    let cause = |cause: Box<dyn std::any::Any + Send>| {
        let text = cause.downcast_ref::<String>().cloned();
        text.or_else(|| cause.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
    };
    lived.map_err(|panic| format!("EASEL_SIMULATION_SEED={seed}\n{}\n{}", world.story.join("\n"), cause(panic)))
}

fn variable(name: &str) -> Option<u64> {
    std::env::var(name).ok()?.parse().ok()
}

#[test]
fn whatever_happens_nothing_that_was_received_is_lost() {
    if let Some(seed) = variable("EASEL_SIMULATION_SEED") {
        let told = live(seed);
        assert!(told.is_ok(), "{}", told.unwrap_err());
        return;
    }
    let histories = variable("EASEL_SIMULATION_HISTORIES").unwrap_or(HISTORIES);
    let first = variable("EASEL_SIMULATION_FIRST").unwrap_or(0);
    let end = first + histories;
    let (next, failed) = (AtomicU64::new(first), std::sync::Mutex::new(Vec::new()));
    let threads = std::thread::available_parallelism().map_or(2, |count| count.get().min(8));
    std::thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| {
                loop {
                    let seed = next.fetch_add(1, Ordering::Relaxed);
                    if seed >= end || failed.lock().unwrap().len() >= 5 {
                        break;
                    }
                    if let Err(story) = live(seed) {
                        failed.lock().unwrap().push(story);
                    }
                }
            });
        }
    });
    let failed = failed.into_inner().unwrap();
    assert!(failed.is_empty(), "{} histories end in a loss:\n{}", failed.len(), failed.join("\n\n"));
    println!("{histories} histories, seeds {first}..{end}");
}
