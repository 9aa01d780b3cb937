//! The children that there are: lent to whoever has a drawing, one drawing at a time.
//!
//! One crew for the whole program. Invariants: there are never more than [`most`] children at once, so that their
//! memory together has a limit as well; one that died is replaced before it is asked for; one that has drawn much is
//! let go, with whatever it has piled up.

use super::process::{Process, Program};
use super::protocol::{Drawn, Request};
use crate::picture::Error;
use std::path::PathBuf;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

/// Drawings after which a child is let go.
const SERVES: u32 = 400;

struct Crew {
    state: Mutex<State>,
    /// A child has come back, or is no more.
    freed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    program: Option<PathBuf>,
    idle: Vec<Process>,
    /// Lent and starting ones.
    busy: usize,
}

static CREW: Crew =
    Crew { state: Mutex::new(State { program: None, idle: Vec::new(), busy: 0 }), freed: Condvar::new() };

/// Says which program is Easel, for children started from now on; the running one is, unless this is a test.
pub fn use_program(path: impl Into<PathBuf>) {
    CREW.lock().program = Some(path.into());
}

/// Starts a child in the background, so that the first drawing need not wait for it.
pub fn warm() {
    let start = || {
        let mut state = CREW.lock();
        if state.busy + state.idle.len() > 0 {
            return;
        }
        state.busy += 1;
        let program = state.program();
        drop(state);
        CREW.give_back(Process::start(&program).inspect_err(|error| log::warn!("{}", no_child(error.clone()))).ok());
    };
    if let Err(error) = std::thread::Builder::new().name("easel-drawing-start".to_owned()).spawn(start) {
        log::warn!("{}", no_child(error.to_string()));
    }
}

/// Asks a child; waits for a free one, and for the answer as long as the request allows.
pub(super) fn ask(request: &Request, text: &[u8]) -> Result<(Drawn, Vec<u8>), Error> {
    let process = CREW.lend(request)?;
    match process.ask(request, text) {
        Ok((process, answer)) => {
            CREW.give_back(Some(process).filter(|process| process.served < SERVES));
            answer
        }
        Err(why) => {
            CREW.give_back(None);
            warm();
            Err(Error::TooHeavy { why })
        }
    }
}

impl Crew {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn lend(&self, request: &Request) -> Result<Process, Error> {
        let mut state = self.lock();
        loop {
            if let Some(process) = state.take(request) {
                state.busy += 1;
                return Ok(process);
            }
            if state.busy < most() {
                state.busy += 1;
                let program = state.program();
                drop(state);
                return Process::start(&program).map_err(|error| {
                    self.give_back(None);
                    no_child(error)
                });
            }
            state = self.freed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn give_back(&self, process: Option<Process>) {
        let mut state = self.lock();
        state.busy = state.busy.saturating_sub(1);
        state.idle.extend(process);
        drop(state);
        self.freed.notify_one();
    }
}

impl State {
    /// Takes one that has the drawing, or else any.
    fn take(&mut self, request: &Request) -> Option<Process> {
        self.idle.retain_mut(Process::lives);
        let position = self.idle.iter().rposition(|process| process.has(request));
        let position = position.or_else(|| self.idle.len().checked_sub(1))?;
        Some(self.idle.remove(position))
    }

    fn program(&self) -> Program {
        Program { path: self.program.clone().unwrap_or_else(this_program), arguments: arguments() }
    }
}

/// Children at once: one more than threads that draw for the window, so that what is being stored or saved need not
/// wait for two heavy ones; more where there are cores.
fn most() -> usize {
    std::thread::available_parallelism().map_or(3, std::num::NonZero::get).clamp(3, 4)
}

fn no_child(reason: String) -> Error {
    Error::NoChild { reason }
}

/// The running program; on Linux also after an update has put another file in its place.
fn this_program() -> PathBuf {
    let itself = PathBuf::from("/proc/self/exe");
    if cfg!(target_os = "linux") && itself.exists() {
        return itself;
    }
    std::env::current_exe().unwrap_or_else(|_| "easel".into())
}

/// What makes the program such a child.
#[cfg(not(test))]
fn arguments() -> Vec<String> {
    vec![super::protocol::CHILD_COMMAND.to_owned()]
}

/// The tests of this library are a program of their own, one test of which is the child.
#[cfg(test)]
fn arguments() -> Vec<String> {
    let test = "decode::tests::child";
    [test, "--exact", "--ignored", "--nocapture", "--test-threads=1"].map(str::to_owned).to_vec()
}
