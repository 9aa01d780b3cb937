//! Killed at any instant, nothing that was received is lost and nothing is sent twice.
//!
//! A child process leads a mixed life on a real library with the real engine, against a server of ours, until it is
//! killed at a random instant; then everything is compared with what it told and with what the server saw, and the next
//! child goes on with the same library. `EASEL_KILL_ROUNDS=1000 cargo test --test it kill` for more rounds,
//! `EASEL_KILL_SEED` for the same kills again (as far as time allows).

mod check;
mod ledger;
mod script;
mod server;

use check::Found;
use ledger::{Ledger, Stage};
use server::{Server, Tick};
use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// Rounds on one library before a new one is begun.
const LIBRARY: u32 = 50;
/// Nothing at all has happened for so long: the child waits to be killed.
const QUIET: Duration = Duration::from_millis(400);

#[test]
#[ignore = "a life that the next test starts and kills"]
fn child() {
    let var = |name: &str| std::env::var(name).ok();
    let (Some(library), Some(base)) = (var("EASEL_KILL_LIBRARY"), var("EASEL_KILL_BASE")) else { return };
    let setting = var("EASEL_KILL_SETTING").unwrap().parse().unwrap();
    script::live(Path::new(&library), &base, &var("EASEL_KILL_ROUND").unwrap(), setting);
}

#[test]
fn killed_at_any_instant_nothing_received_is_lost_and_nothing_is_sent_twice() {
    let var = |name: &str| std::env::var(name).ok().and_then(|text| text.parse::<u64>().ok());
    let rounds = var("EASEL_KILL_ROUNDS").map_or(200, |rounds| u32::try_from(rounds).unwrap());
    let seed = var("EASEL_KILL_SEED").unwrap_or_else(|| fastrand::u64(1..1_000_000));
    println!("{rounds} rounds, seed {seed}");
    let mut bench = Bench::new(seed);
    let mut counts = Counts::default();
    let mut folder = temporary();
    let mut ledger = Ledger::default();
    for round in 1..=rounds {
        let last = round % LIBRARY == 0 || round == rounds;
        let library = folder.path().join("library");
        let told = bench.kill(&library, round, ledger.setting.1);
        ledger.read(&told);
        // Half of the libraries are left to the next child as they are, so that it is killed in recovering too.
        let copy = (!last && bench.random.bool()).then(temporary);
        let looked_at = copy.as_ref().map_or(library.clone(), |copy| copy.path().join("library"));
        if copy.is_some() {
            copy_all(&library, &looked_at);
        }
        let found = check::check(&looked_at, &mut ledger, &bench.server.book(), round, last);
        counts.add(&ledger, &found);
        if last {
            counts.finish(&found, &bench.server);
            (folder, ledger) = (temporary(), Ledger::default());
            bench.server.book().clear();
        }
    }
    assert_eq!(counts.rounds, rounds);
    println!("{counts}");
}

struct Bench {
    server: Server,
    ticks: mpsc::Receiver<Tick>,
    tick: mpsc::Sender<Tick>,
    random: fastrand::Rng,
}

impl Bench {
    fn new(seed: u64) -> Self {
        let (tick, ticks) = mpsc::channel();
        Self { server: Server::start(tick.clone()), ticks, tick, random: fastrand::Rng::with_seed(seed) }
    }

    /// Lets a child live, kills it, and returns what it told.
    fn kill(&mut self, library: &Path, round: u32, setting: u64) -> Vec<String> {
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["kill::child", "--exact", "--ignored", "--nocapture", "--test-threads=1"])
            .env("EASEL_KILL_LIBRARY", library)
            .env("EASEL_KILL_BASE", self.server.base(round))
            .env("EASEL_KILL_ROUND", format!("{round}.{}", self.random.u32(..)))
            .env("EASEL_KILL_SETTING", setting.to_string())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let told = listen(child.stdout.take().unwrap(), round, self.tick.clone());
        self.wait(round);
        let died = child.try_wait().unwrap();
        child.kill().unwrap();
        assert!(died.is_none(), "the child died by itself in round {round}: {}", last_words(child));
        child.wait().unwrap();
        told.join().unwrap()
    }

    /// Waits for the instant: a random time, or a random number of things that happen and then a moment.
    fn wait(&mut self, round: u32) {
        // Any thing, or only answers that are complete.
        let (mut things, answers, moment) = match self.random.u32(0..10) {
            0 => (0, false, self.random.u64(0..120_000)),
            1 | 2 => (self.random.u32(1..4), false, self.random.u64(0..4_000)),
            3 | 4 => (self.random.u32(4..40), false, self.random.u64(0..3_000)),
            5 | 6 => (self.random.u32(20..200), false, self.random.u64(0..3_000)),
            _ => (self.random.u32(1..8), true, self.random.u64(0..10_000)),
        };
        while things > 0 {
            match self.ticks.recv_timeout(QUIET) {
                Ok(tick) => things -= u32::from(tick.round == round && (tick.answered || !answers)),
                Err(_) => break,
            }
        }
        let until = Instant::now() + Duration::from_micros(moment);
        while Instant::now() < until {
            std::thread::sleep(Duration::from_micros(50));
        }
    }
}

/// Reads what the child tells; a line that the kill cut off was not told.
fn listen(out: ChildStdout, round: u32, tick: mpsc::Sender<Tick>) -> std::thread::JoinHandle<Vec<String>> {
    std::thread::spawn(move || {
        let mut out = BufReader::new(out);
        let (mut told, mut line) = (Vec::new(), String::new());
        while out.read_line(&mut line).unwrap() > 0 {
            if let Some((_, text)) = line.strip_suffix('\n').and_then(|line| line.split_once("@ ")) {
                told.push(text.to_owned());
                tick.send(Tick { round, answered: false }).unwrap_or_default();
            }
            line.clear();
        }
        told
    })
}

fn last_words(child: Child) -> String {
    String::from_utf8_lossy(&child.wait_with_output().unwrap().stderr).into_owned()
}

fn temporary() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for entry in std::fs::read_dir(from).into_iter().flatten() {
        let (path, target) = {
            let entry = entry.unwrap();
            (entry.path(), to.join(entry.file_name()))
        };
        if path.is_dir() { copy_all(&path, &target) } else { _ = std::fs::copy(&path, &target).unwrap() }
    }
}

/// What all rounds came to.
#[derive(Default)]
struct Counts {
    rounds: u32,
    phases: BTreeMap<&'static str, u32>,
    arrivals: usize,
    pictures: usize,
    leftovers: usize,
    requests: usize,
    jobs: BTreeMap<String, u32>,
}

impl Counts {
    fn add(&mut self, ledger: &Ledger, found: &Found) {
        self.rounds += 1;
        self.arrivals += found.arrivals;
        let jobs = |state: &str| found.before.contains_key(state);
        let is_ready = ledger.stage == Stage::Ready;
        let under_way = [
            ("starting", ledger.stage == Stage::Starting),
            ("recovering", ledger.stage == Stage::Recovering),
            ("sent", is_ready && jobs("sent")),
            ("receiving", is_ready && jobs("receiving")),
            ("storing", is_ready && found.arrivals > 0),
            ("received", is_ready && jobs("received")),
            ("moving", !ledger.moves.is_empty()),
            ("rating", ledger.marking > 0),
        ];
        let mut at_rest = true;
        for (what, _) in under_way.into_iter().filter(|(_, holds)| *holds) {
            *self.phases.entry(what).or_default() += 1;
            at_rest = false;
        }
        *self.phases.entry("at rest").or_default() += u32::from(at_rest);
    }

    /// Takes the sums of a library that is done with.
    fn finish(&mut self, found: &Found, server: &Server) {
        self.pictures += found.pictures;
        self.leftovers += found.leftovers;
        self.requests += server.book().values().map(|entry| entry.accepted.len()).sum::<usize>();
        for (state, count) in &found.after {
            *self.jobs.entry(state.clone()).or_default() += count;
        }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { rounds, phases, arrivals, pictures, leftovers, requests, jobs } = self;
        let unknown = jobs.get("unknown").copied().unwrap_or(0);
        writeln!(f, "{rounds} kills, and what was under way: {phases:?}")?;
        writeln!(f, "{requests} requests taken on by the server, none twice; jobs {jobs:?}, {unknown} unknown")?;
        write!(f, "{pictures} pictures, {arrivals} brought in after a kill, {leftovers} unfinished files put aside")
    }
}
