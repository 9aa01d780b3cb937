//! One child, seen from the parent.
//!
//! Imports nothing but this layer. A thread of its own writes to the child and reads from it, so that the caller can
//! stop waiting: a child that has not answered in time is killed, which ends that thread as well. Nothing that a child
//! sends makes the parent allocate more than was asked for.

use super::allowance::COUNTS_TIME;
use super::child::KEPT;
use super::protocol::{self, Drawn, GREETING, Hello, Key, Ready, Reply, Request};
use crate::picture::{Error, Heavy};
use std::collections::VecDeque;
use std::io::{self, Read};
use std::path::PathBuf;
use std::process::{self, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::Duration;

/// Why a child is of no use any more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Loss {
    /// The drawing took more than it may.
    Heavy(Heavy),
    /// It had not answered in time, nor computed for as long as it may: it was not given the processor.
    Late,
}

/// What was found, with its pixels.
pub(super) type Answer = Result<(Drawn, Vec<u8>), Error>;

/// How long a child may take to start, with the fonts of a slow drive.
const START: Duration = Duration::from_secs(60);
/// Bytes that the pipe for pixels holds, where the system lets us say: fewer changes from one process to the other.
#[cfg(target_os = "linux")]
const PIPE: usize = 1 << 20;
/// Of what a dying child says.
const LAST_WORDS: u64 = 4096;

/// How a child is started.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Program {
    pub(super) path: PathBuf,
    pub(super) arguments: Vec<String>,
}

/// A child that waits for requests. Dropping it ends it.
pub(super) struct Process {
    child: process::Child,
    requests: mpsc::Sender<(Vec<u8>, Request)>,
    replies: mpsc::Receiver<io::Result<(Reply, Vec<u8>)>>,
    /// What the child still has parsed, the newest at the end; counted as the child does.
    parsed: VecDeque<Key>,
    /// Answers so far.
    pub(super) served: u32,
}

impl Process {
    /// Starts a child and waits until it is ready.
    ///
    /// # Errors
    /// A sentence on why there is none.
    pub(super) fn start(program: &Program) -> Result<Self, String> {
        let mut command = Command::new(&program.path);
        command.args(&program.arguments).env_clear().current_dir(root());
        #[cfg(unix)]
        std::os::unix::process::CommandExt::arg0(&mut command, "easel");
        // Without it, Windows has no random numbers.
        if let Some(system) = std::env::var_os("SYSTEMROOT") {
            command.env("SYSTEMROOT", system);
        }
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().map_err(|error| error.to_string())?;
        let (Some(mut to), Some(mut from)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("it has no pipes".to_owned());
        };
        #[cfg(target_os = "linux")]
        if let Err(error) = rustix::pipe::fcntl_setpipe_size(&from, PIPE) {
            log::debug!("a pipe stays as short as it is: {error}");
        }
        let (requests, asked) = mpsc::channel::<(Vec<u8>, Request)>();
        let (answers, replies) = mpsc::channel();
        let (ready, started) = mpsc::channel();
        let hello = Hello { font_dirs: font_dirs() };
        let talk = move || {
            let greeted = greet(&mut to, &mut from, &hello);
            let failed = greeted.is_err();
            if ready.send(greeted).is_err() || failed {
                return;
            }
            while let Ok((text, request)) = asked.recv() {
                let reply = exchange(&mut to, &mut from, &request, &text);
                let failed = reply.is_err();
                if answers.send(reply).is_err() || failed {
                    return;
                }
            }
        };
        let thread = std::thread::Builder::new().name("easel-drawing".to_owned()).spawn(talk);
        let process = Self { child, requests, replies, parsed: VecDeque::new(), served: 0 };
        thread.map_err(|error| error.to_string())?;
        match started.recv_timeout(START) {
            Ok(Ok(Ready { missing })) => {
                tell_missing(&missing);
                Ok(process)
            }
            Ok(Err(error)) => Err(format!("it did not start: {error}{}", process.end().1)),
            Err(_) => Err("it did not start in time".to_owned()),
        }
    }

    /// Whether the child has this drawing parsed.
    pub(super) fn has(&self, request: &Request) -> bool {
        self.parsed.contains(&request.key())
    }

    /// Returns the number of the process.
    #[cfg(test)]
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Whether it still lives.
    pub(super) fn lives(&mut self) -> bool {
        matches!(self.child.try_wait(), Ok(None))
    }

    /// Asks and waits. The outer error: the child is of no use any more; why.
    pub(super) fn ask(mut self, request: &Request, text: &[u8]) -> Result<(Self, Answer), Loss> {
        let body = if self.has(request) { Vec::new() } else { text.to_vec() };
        let key = request.key();
        self.parsed.retain(|kept| *kept != key);
        self.parsed.push_back(key);
        if self.parsed.len() > KEPT {
            self.parsed.pop_front();
        }
        let Request { hash, limits, allowance, task } = request;
        let sent = Request { hash: hash.clone(), limits: *limits, allowance: *allowance, task: *task };
        let answer = match self.requests.send((body, sent)) {
            Ok(()) => self.replies.recv_timeout(allowance.patience(request.pixels())),
            Err(_) => Err(mpsc::RecvTimeoutError::Disconnected),
        };
        match answer {
            Ok(Ok((reply, pixels))) => {
                self.served += 1;
                Ok((self, reply.map(|drawn| (drawn, pixels))))
            }
            Err(mpsc::RecvTimeoutError::Timeout) => {
                drop(self);
                Err(if COUNTS_TIME { Loss::Late } else { Loss::Heavy(Heavy::Time) })
            }
            Ok(Err(_)) | Err(mpsc::RecvTimeoutError::Disconnected) => {
                let (status, last_words) = self.end();
                Err(Loss::Heavy(fate(status, &last_words)))
            }
        }
    }

    /// Ends the child, if it has not ended by itself, and returns how it did and what it said.
    fn end(mut self) -> (Option<ExitStatus>, String) {
        let mut last_words = String::new();
        let said = self.child.stderr.take();
        // It has closed its pipes and is ending, or it is none of ours.
        let ended = (0..50).find_map(|_| match self.child.try_wait() {
            Ok(None) => {
                std::thread::sleep(Duration::from_millis(10));
                None
            }
            Ok(status) => status,
            Err(_) => None,
        });
        if ended.is_none() {
            self.kill();
        }
        if let Some(said) = said {
            let mut bytes = Vec::new();
            if said.take(LAST_WORDS).read_to_end(&mut bytes).is_ok() {
                last_words = String::from_utf8_lossy(&bytes).into_owned();
            }
        }
        (ended, last_words)
    }

    fn kill(&mut self) {
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait().map(drop)) {
            log::warn!("a child that draws could not be ended: {error}");
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.lives() {
            self.kill();
        }
    }
}

impl std::fmt::Debug for Process {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Process({}, {} served)", self.child.id(), self.served)
    }
}

fn greet(to: &mut impl io::Write, from: &mut impl Read, hello: &Hello) -> io::Result<Ready> {
    protocol::write(to, hello, &[])?;
    // What a test harness prints before comes first.
    let mut seen = Vec::new();
    let mut byte = [0; 1];
    while !seen.ends_with(GREETING) {
        from.read_exact(&mut byte)?;
        seen.extend(byte);
        if seen.len() > 4096 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "another program answered"));
        }
    }
    let (ready, _) = protocol::read(from, 0)?.ok_or(io::ErrorKind::UnexpectedEof)?;
    Ok(ready)
}

fn exchange(
    to: &mut impl io::Write,
    from: &mut impl Read,
    request: &Request,
    text: &[u8],
) -> io::Result<(Reply, Vec<u8>)> {
    protocol::write(to, request, text)?;
    let most = request.pixels().saturating_mul(4);
    protocol::read(from, most)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
}

/// Tells what a child that died of a drawing was short of.
fn fate(status: Option<ExitStatus>, last_words: &str) -> Heavy {
    if last_words.contains("memory allocation of") || last_words.contains("out of memory") {
        return Heavy::Memory;
    }
    if last_words.contains("has overflowed its stack") {
        return Heavy::Stack;
    }
    #[cfg(unix)]
    {
        use std::os::unix::process::ExitStatusExt;
        const XCPU: i32 = 24;
        const KILL: i32 = 9;
        match status.and_then(|status| status.signal()) {
            Some(XCPU) => return Heavy::Time,
            // Whoever did this, most likely the system ran out of memory.
            Some(KILL) => return Heavy::Memory,
            _ => {}
        }
    }
    log::debug!("a child that drew ended as {status:?}: {last_words}");
    Heavy::Crash
}

fn tell_missing(missing: &[String]) {
    static ONCE: std::sync::Once = std::sync::Once::new();
    if !missing.is_empty() {
        ONCE.call_once(|| log::warn!("what draws SVG is limited in time, but not in all else: {}", missing.join("; ")));
    }
}

/// Where the artist keeps fonts of their own.
fn font_dirs() -> Vec<PathBuf> {
    let Some(dirs) = directories::UserDirs::new() else { return Vec::new() };
    let home = dirs.home_dir();
    let old = home.join(".fonts");
    dirs.font_dir().map(PathBuf::from).into_iter().chain([old]).filter(|dir| dir.is_dir()).collect()
}

fn root() -> PathBuf {
    let here = std::env::temp_dir();
    here.ancestors().last().map_or(here.clone(), PathBuf::from)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    #[cfg(unix)]
    fn what_a_child_died_of_is_told() {
        use std::os::unix::process::ExitStatusExt;
        let signal = |number| Some(ExitStatus::from_raw(number));
        for (status, words, heavy) in [
            (signal(24), "", Heavy::Time),
            (signal(9), "", Heavy::Memory),
            (signal(6), "memory allocation of 1900000000000 bytes failed", Heavy::Memory),
            (signal(6), "\nthread 'easel-draw' has overflowed its stack\nfatal runtime error", Heavy::Stack),
            (signal(11), "", Heavy::Crash),
            (None, "", Heavy::Crash),
        ] {
            assert_eq!(fate(status, words), heavy, "{status:?} {words}");
        }
    }
}
