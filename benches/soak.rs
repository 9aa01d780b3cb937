//! Mixed runs with faults at full speed against a demo server, for as long as it is told: does anything grow?
//!
//! The whole studio works without a screen: runs with references, streams, every fault that ends, cancelled and tried
//! again; pictures looked at, compared, thrown away. Six times it comes to rest with the same few pictures, and then
//! memory, file handles, sockets, threads, tasks, children and textures are counted. What is more at the end than after
//! the first rest and its allowance is a leak: the program ends with an error.
//!
//! `cargo bench --bench soak`: an hour; `EASEL_SOAK_SECONDS=60` for less. Linux alone tells all of it.

#[path = "common/looking.rs"]
#[expect(dead_code, reason = "nothing is dragged here")]
mod looking;
#[path = "common/memory.rs"]
mod memory;
#[path = "common/window.rs"]
#[expect(dead_code, reason = "frames are not measured here")]
mod window;

use easel::api::{ApiKey, ModelId};
use easel::app::App;
use easel::demo;
use easel::engine::{Phase, ReferenceInput, Service, ServiceKind, runtime};
use easel::library::{Library, PictureId};
use easel::studio::{Action, Command, Screen};
use egui::{Event, pos2};
use looking::Looking;
use memory::resident;
use std::error::Error;
use std::io::BufRead as _;
use std::process::{Child, Stdio};
use std::time::{Duration, Instant};

/// Rests, the first of them the measure of all others.
const RESTS: u32 = 6;
/// Pictures that stay through a rest.
const KEPT: usize = 24;
/// What the window may keep of pictures that were looked at, MB.
const TEXTURES: u32 = 64;
/// Jobs that are always on their way.
const JOBS: usize = 8;
/// Pictures before the first rest: by then all that is kept warm is there.
const WARM: usize = 40;
/// Longest way there.
const WARMING: Duration = Duration::from_secs(120);
/// Longest wait for a rest: answers that come late, connections and threads that wait for more work before they end.
const PATIENCE: Duration = Duration::from_secs(90);
/// Models of the demo server: rasters, streams, drawings.
const MODELS: &[&str] = &["easel/atelier", "easel/atelier", "easel/engraver", "easel/sketch"];
/// Not these: they would only wait.
const TOO_SLOW: &[&str] = &["stall", "slow", "402-budget"];

fn main() -> Result<(), Box<dyn Error>> {
    let seconds = std::env::var("EASEL_SOAK_SECONDS").ok().and_then(|text| text.parse().ok()).unwrap_or(3600);
    let folder = tempfile::tempdir()?;
    let (server, base) = serve()?;
    let runtime = runtime()?;
    let tasks = runtime.handle().clone();
    let service = Service { kind: ServiceKind::Demo, base, key: Some(ApiKey::new(demo::KEY)?) };
    let library = Library::open(&folder.path().join("library"))?;
    let view = Looking::new();
    let app = view.window.open(library, service, runtime, 4)?;
    let mut soak = Soak {
        view,
        app,
        random: fastrand::Rng::with_seed(7),
        sums: Sums::default(),
        number: 0,
        began: Instant::now(),
    };
    soak.until("the models are there", |app| app.studio().snapshot.library_read && app.studio().model().is_some())?;

    soak.app.studio_mut().layout.texture_budget = TEXTURES;

    println!("{seconds} s at full speed; at rest, after each sixth:");
    println!(
        "{:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>8} {:>12} {:>10}",
        "pictures", "MB", "files", "sockets", "threads", "tasks", "children", "textures MB", "server MB"
    );
    let mut first: Option<Counts> = None;
    let mut last = Counts::default();
    for _ in 0..RESTS {
        let until = Instant::now() + Duration::from_secs(seconds) / RESTS;
        while Instant::now() < until || (first.is_none() && soak.is_cold()) {
            soak.live()?;
        }
        soak.rest()?;
        last = soak.count(&tasks, &server, first.as_ref())?;
        println!("{:>8} {last}", soak.sums.stored);
        first.get_or_insert_with(|| last.clone());
    }
    println!("{}", soak.sums);
    let first = first.unwrap_or_default();
    let leaks = last.over(&first);
    drop(soak);
    for leak in &leaks {
        println!("grew: {leak}");
    }
    println!("soak: {} passed, {} failed", u32::from(leaks.is_empty()), leaks.len());
    if leaks.is_empty() { Ok(()) } else { Err("something grew".into()) }
}

/// The demo server in a process of its own; dropped, it ends.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.0.kill().and_then(|()| self.0.wait()) {
            eprintln!("the demo server did not end: {error}");
        }
    }
}

fn serve() -> Result<(Server, String), Box<dyn Error>> {
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_easel"));
    let mut child = Server(command.args(["demo", "--pace", "0"]).stdout(Stdio::piped()).spawn()?);
    let mut base = String::new();
    let stdout = child.0.stdout.take().ok_or("the demo server says nothing")?;
    std::io::BufReader::new(stdout).read_line(&mut base)?;
    Ok((child, base.trim().to_owned()))
}

/// What became of everything.
#[derive(Default)]
struct Sums {
    runs: u32,
    stored: usize,
    failed: usize,
    cancelled: u32,
    retried: u32,
    looked_at: u32,
}

impl std::fmt::Display for Sums {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { runs, stored, failed, cancelled, retried, looked_at } = self;
        write!(
            f,
            "{runs} runs; {stored} pictures stored, {failed} calls failed, {cancelled} cancelled, {retried} tried again; \
             {looked_at} pictures opened or compared"
        )
    }
}

/// What is there at a rest.
#[derive(Clone, Debug, Default)]
struct Counts {
    memory: u64,
    files: usize,
    sockets: usize,
    threads: usize,
    tasks: usize,
    children: usize,
    textures: u64,
    server: u64,
}

impl Counts {
    /// Names what is more than it was, beyond what comes and goes.
    fn over(&self, first: &Self) -> Vec<String> {
        let rows = [
            // What an allocator keeps; the prompts and runs of the session are known for as long as it lasts.
            ("memory, MB", self.memory, first.memory + first.memory / 4 + 48),
            // Drawings have a child or two that wait for work.
            ("open files", self.files as u64, first.files as u64 + 8),
            // Connections wait for more work for a while.
            ("sockets", self.sockets as u64, first.sockets as u64 + 4),
            ("threads", self.threads as u64, first.threads as u64 + 4),
            ("tasks", self.tasks as u64, first.tasks as u64 + 6),
            ("children", self.children as u64, first.children as u64 + 2),
            ("textures, MB", self.textures, first.textures + first.textures / 4 + 16),
        ];
        let over = rows.into_iter().filter(|(_, now, most)| now > most);
        over.map(|(what, now, most)| format!("{what}: {now}, at most {most}")).collect()
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { memory, files, sockets, threads, tasks, children, textures, server } = self;
        write!(
            f,
            "{memory:>8} {files:>8} {sockets:>8} {threads:>8} {tasks:>8} {children:>8} {textures:>12} {server:>10}"
        )
    }
}

struct Soak {
    view: Looking,
    app: App,
    random: fastrand::Rng,
    sums: Sums,
    number: u32,
    began: Instant,
}

impl Soak {
    fn is_cold(&self) -> bool {
        self.sums.stored < WARM && self.began.elapsed() < WARMING
    }

    fn frame(&mut self, events: Vec<Event>) {
        let before = self.app.studio().collection.count();
        self.view.paced(&mut self.app, events);
        self.sums.stored += self.app.studio().collection.count().saturating_sub(before);
    }

    fn until(&mut self, what: &str, holds: impl Fn(&App) -> bool) -> Result<(), Box<dyn Error>> {
        let deadline = Instant::now() + PATIENCE;
        while !holds(&self.app) {
            if Instant::now() > deadline {
                return Err(format!("waited in vain until {what}").into());
            }
            self.frame(vec![]);
        }
        Ok(())
    }

    /// A frame's worth of an artist's life, much hurried.
    fn live(&mut self) -> Result<(), Box<dyn Error>> {
        let waiting = self.app.studio().snapshot.jobs.iter().filter(|job| !job.phase.is_ended()).count();
        if waiting < JOBS {
            self.generate();
        }
        match self.random.u32(0..60) {
            0 => self.clean_up(),
            1 => self.look(),
            2 => self.cancel(),
            3 => self.app.run(Command::Show(Screen::Grid)),
            _ => {}
        }
        if self.app.studio().collection.count() > 4 * KEPT {
            self.throw_away();
        }
        let wheel = Event::MouseWheel {
            unit: egui::MouseWheelUnit::Point,
            delta: egui::vec2(0.0, self.random.f32() * 400.0 - 200.0),
            modifiers: egui::Modifiers::NONE,
            phase: egui::TouchPhase::Move,
            source: egui::MouseWheelSource::Wheel,
        };
        self.frame(vec![Event::PointerMoved(pos2(1000.0, 600.0)), wheel]);
        Ok(())
    }

    fn generate(&mut self) {
        let faults: Vec<&str> =
            demo::FAULTS.iter().map(|(name, _)| *name).filter(|name| !TOO_SLOW.contains(name)).collect();
        self.number += 1;
        let fault = match self.random.bool() {
            true => format!(" @@{}", faults.get(self.random.usize(0..faults.len())).unwrap_or(&"fewer")),
            false => String::new(),
        };
        let newest: Option<PictureId> = self.pictures().into_iter().next();
        let reference = newest.filter(|_| self.random.u32(0..6) == 0 && self.app.studio().draft.references.is_empty());
        let (stream, count, resolution) = (self.random.bool(), self.random.u32(1..4), self.random.bool());
        let known = self.app.studio().snapshot.models.value.clone();
        let wanted = MODELS.get(self.random.usize(0..MODELS.len())).map(|id| ModelId::new(*id));
        let model = wanted.filter(|id| known.is_some_and(|list| list.models.iter().any(|model| model.id == *id)));
        if let Some(model) = model {
            self.app.run(Command::ChooseModel(model));
        }
        let draft = &mut self.app.studio_mut().draft;
        draft.prompt = format!("a painted shore, number {}{fault}", self.number);
        draft.stream = Some(stream);
        draft.set("n", count);
        draft.set("resolution", if resolution { "512" } else { "1K" });
        if let Some(id) = reference {
            self.app.run(Command::AddReferences(vec![ReferenceInput::Picture(id)]));
        } else if !self.app.studio().draft.references.is_empty() {
            self.app.run(Command::RemoveReference(0));
        }
        if self.app.studio().readiness().fitted.is_some() {
            self.sums.runs += 1;
            self.app.run(Command::Do(Action::Generate));
        }
    }

    /// Newest first.
    fn pictures(&self) -> Vec<PictureId> {
        let runs = self.app.studio().collection.runs();
        runs.flat_map(|entry| &entry.pictures).map(|picture| picture.id.clone()).collect()
    }

    /// Some failed calls are tried again, the others go.
    fn clean_up(&mut self) {
        let jobs: Vec<_> = self.app.studio().snapshot.jobs.iter().filter(|job| job.phase.is_ended()).cloned().collect();
        for job in jobs {
            self.sums.failed += usize::from(matches!(job.phase, Phase::Failed(_)));
            if matches!(job.phase, Phase::Failed(_)) && self.random.u32(0..8) == 0 {
                self.sums.retried += 1;
                self.app.run(Command::Retry(job.id.clone()));
            } else {
                self.app.run(Command::DismissJob(job.id.clone()));
            }
        }
    }

    fn look(&mut self) {
        let pictures = self.pictures();
        if pictures.is_empty() {
            return;
        }
        let Some(picture) = pictures.get(self.random.usize(0..pictures.len())).cloned() else { return };
        self.sums.looked_at += 1;
        self.app.run(Command::Open(picture));
        if self.random.bool() {
            self.app.run(Command::Do(Action::SelectAll));
            self.app.run(Command::Show(Screen::Compare));
        }
    }

    fn cancel(&mut self) {
        let running: Vec<_> = self
            .app
            .studio()
            .snapshot
            .jobs
            .iter()
            .filter(|job| job.phase.is_running())
            .map(|job| job.id.clone())
            .collect();
        if let Some(job) = running.first() {
            self.sums.cancelled += 1;
            self.app.run(Command::Cancel(job.clone()));
        }
    }

    fn throw_away(&mut self) {
        let old: Vec<PictureId> = self.pictures().into_iter().skip(KEPT).collect();
        self.app.run(Command::Show(Screen::Grid));
        if !old.is_empty() {
            self.app.run(Command::Trash(old));
        }
        self.app.run(Command::EmptyTrash);
    }

    /// Nothing is under way, the grid shows the same few pictures, and what waits for more work has ended.
    fn rest(&mut self) -> Result<(), Box<dyn Error>> {
        self.app.run(Command::Do(Action::CancelAll));
        self.until("nothing runs", |app| app.studio().snapshot.jobs.iter().all(|job| job.phase.is_ended()))?;
        while !self.app.studio().snapshot.jobs.is_empty() {
            let jobs: Vec<_> = self.app.studio().snapshot.jobs.iter().map(|job| job.id.clone()).collect();
            self.sums.failed +=
                self.app.studio().snapshot.jobs.iter().filter(|job| matches!(job.phase, Phase::Failed(_))).count();
            jobs.into_iter().for_each(|job| self.app.run(Command::DismissJob(job)));
            self.frame(vec![]);
            self.frame(vec![]);
        }
        self.throw_away();
        // What was on its way when everything was cancelled is stored all the same, and comes a little later.
        let (deadline, mut told) = (Instant::now() + PATIENCE, self.app.studio().collection.count());
        while self.app.studio().collection.count() > KEPT || !self.app.studio().collection.trashed().is_empty() {
            if Instant::now() > deadline {
                return Err("waited in vain until the trash is empty".into());
            }
            let count = self.app.studio().collection.count();
            if std::mem::replace(&mut told, count) != count && count > KEPT {
                self.throw_away();
            }
            self.frame(vec![]);
        }
        self.until("all is settled", App::is_settled)
    }

    fn count(
        &mut self,
        tasks: &tokio::runtime::Handle,
        server: &Server,
        first: Option<&Counts>,
    ) -> Result<Counts, Box<dyn Error>> {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let counts = Counts {
                memory: resident("self").unwrap_or(0),
                files: handles(false),
                sockets: handles(true),
                threads: std::fs::read_dir("/proc/self/task").map_or(0, Iterator::count),
                tasks: tasks.metrics().num_alive_tasks(),
                children: children(),
                textures: self.view.texture_bytes() as u64 / 1_000_000,
                server: resident(&server.0.id().to_string()).unwrap_or(0),
            };
            // Threads and connections end by themselves when nobody needs them for a while.
            let calm = first.map_or(deadline - Instant::now() < PATIENCE - Duration::from_secs(12), |first| {
                counts.over(first).is_empty()
            });
            if calm || Instant::now() > deadline {
                return Ok(counts);
            }
            self.frame(vec![]);
        }
    }
}

/// Open handles of this process: sockets, or all others.
fn handles(sockets: bool) -> usize {
    let Ok(entries) = std::fs::read_dir("/proc/self/fd") else { return 0 };
    let targets = entries.flatten().filter_map(|entry| std::fs::read_link(entry.path()).ok());
    targets.filter(|target| target.to_string_lossy().starts_with("socket:") == sockets).count()
}

fn children() -> usize {
    let Ok(threads) = std::fs::read_dir("/proc/self/task") else { return 0 };
    let lists = threads.flatten().filter_map(|thread| std::fs::read_to_string(thread.path().join("children")).ok());
    lists.map(|list| list.split_whitespace().count()).sum()
}
