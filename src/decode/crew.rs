//! The children that there are: lent to whoever has a drawing, one drawing at a time.
//!
//! One crew for the whole program. Invariants: there are never more than [`most`] children at once, so that their
//! memory together has a limit as well; one that died or was let go is replaced before it is asked for; one that has
//! drawn much is let go, with whatever it has piled up.

use super::process::{Loss, Process, Program};
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

static CREW: Crew = Crew::new();

/// Says which program is Easel, for children started from now on; the running one is, unless this is a test.
pub fn use_program(path: impl Into<PathBuf>) {
    CREW.lock().program = Some(path.into());
}

/// Starts a child in the background, so that the first drawing need not wait for it.
pub fn warm() {
    CREW.warm();
}

/// Asks a child; waits for a free one, and for the answer as long as the request allows.
pub(super) fn ask(request: &Request, text: &[u8]) -> Result<(Drawn, Vec<u8>), Error> {
    CREW.ask(request, text)
}

impl Crew {
    const fn new() -> Self {
        Self { state: Mutex::new(State { program: None, idle: Vec::new(), busy: 0 }), freed: Condvar::new() }
    }

    fn warm(&'static self) {
        let start = || {
            let mut state = self.lock();
            if state.busy + state.idle.len() > 0 {
                return;
            }
            state.busy += 1;
            let program = state.program();
            drop(state);
            self.give_back(
                Process::start(&program).inspect_err(|error| log::warn!("{}", no_child(error.clone()))).ok(),
            );
        };
        if let Err(error) = std::thread::Builder::new().name("easel-drawing-start".to_owned()).spawn(start) {
            log::warn!("{}", no_child(error.to_string()));
        }
    }

    fn ask(&'static self, request: &Request, text: &[u8]) -> Result<(Drawn, Vec<u8>), Error> {
        let process = self.lend(request)?;
        let lost = match process.ask(request, text) {
            Ok((process, answer)) if process.served < SERVES => {
                self.give_back(Some(process));
                return answer;
            }
            Ok((_, answer)) => answer,
            Err(Loss::Heavy(why)) => Err(Error::TooHeavy { why }),
            // Whether it is to be tried again is not for the crew to say.
            Err(Loss::Late) => Err(Error::Busy { again: false }),
        };
        self.give_back(None);
        self.warm();
        lost
    }

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

#[cfg(test)]
mod tests {
    use super::super::allowance::Allowance;
    use super::super::protocol::Task;
    use super::*;
    use crate::picture::{Limits, View};

    const SQUARE: &str = "<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'><rect width='9' height='9'/>";

    fn crew() -> &'static Crew {
        Box::leak(Box::new(Crew::new()))
    }

    impl Crew {
        /// Waits for a child that is ready, and tells its number.
        fn ready(&self) -> u32 {
            let mut state = self.lock();
            loop {
                match state.idle.first() {
                    Some(process) => return process.id(),
                    None => state = self.freed.wait(state).unwrap(),
                }
            }
        }

        /// Draws another drawing each time.
        fn draw(&'static self, number: u32) -> Result<(Drawn, Vec<u8>), Error> {
            let task = Task::Draw(View::Whole { max_side: 9 });
            let request =
                Request { hash: number.to_string(), limits: Limits::default(), allowance: Allowance::Glance, task };
            self.ask(&request, format!("{SQUARE}<!-- {number} --></svg>").as_bytes())
        }

        fn end_all(&self) {
            self.lock().idle.clear();
        }
    }

    #[test]
    fn one_child_that_is_ready_beforehand_draws_one_drawing_after_another() {
        let crew = crew();
        crew.warm();
        let first = crew.ready();
        crew.warm();
        for number in 1..=5 {
            crew.draw(number).unwrap();
            let state = crew.lock();
            let [process] = state.idle.as_slice() else { panic!("{:?}", state.idle) };
            assert_eq!((process.id(), process.served, state.busy), (first, number, 0));
        }
        crew.end_all();
    }

    #[test]
    fn a_child_that_has_drawn_much_is_let_go_and_another_is_made_ready() {
        let crew = crew();
        crew.warm();
        let first = crew.ready();
        crew.lock().idle[0].served = SERVES - 2;
        crew.draw(1).unwrap();
        assert_eq!(crew.ready(), first);
        crew.draw(2).unwrap();
        assert_ne!(crew.ready(), first);
        assert_eq!(crew.lock().idle[0].served, 0);
        crew.end_all();
    }

    #[test]
    #[cfg(unix)]
    fn a_child_that_has_died_is_not_asked_and_another_one_draws() {
        let crew = crew();
        crew.warm();
        let first = crew.ready();
        let number = rustix::process::Pid::from_raw(first.cast_signed()).unwrap();
        rustix::process::kill_process(number, rustix::process::Signal::KILL).unwrap();
        while crew.lock().idle[0].lives() {
            std::thread::yield_now();
        }
        crew.draw(1).unwrap();
        assert_ne!(crew.ready(), first);
        crew.end_all();
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_child_that_gets_no_processor_is_late_and_its_drawing_is_not_called_heavy() {
        let crew = crew();
        crew.warm();
        let first = crew.ready();
        let number = rustix::process::Pid::from_raw(first.cast_signed()).unwrap();
        rustix::process::kill_process(number, rustix::process::Signal::STOP).unwrap();
        // Each of its threads goes on until the system gets to stopping it.
        let stands = |task: std::fs::DirEntry| {
            std::fs::read_to_string(task.path().join("stat")).is_ok_and(|stat| stat.contains(") T "))
        };
        let tasks = || std::fs::read_dir(format!("/proc/{first}/task")).unwrap().flatten();
        while !tasks().all(stands) {
            std::thread::yield_now();
        }
        assert_eq!(crew.draw(1).map(|_| ()), Err(Error::Busy { again: false }));
        assert_ne!(crew.ready(), first, "the next one is ready");
        crew.draw(1).unwrap();
        crew.end_all();
    }
}
