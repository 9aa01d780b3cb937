//! Whoever the engine works with may take as long as they like: Cancel, Stop and Quit are answered meanwhile.
//!
//! Each test holds one of them (the library's thread, the secret store, the wire, a file that is decoded) until all
//! has been answered; no time is measured, for the answer of an engine that waited would never come.

use crate::api::{GenerationRequest, ModelId, Timeouts};
use crate::engine::{
    Browser, Care, Cause, Config, ConnectionChoice, Connections, Engine, Event, KeyPlace, Order, Phase, Privacy,
    ReferenceInput, Secret, SecretStore, Service, ServiceKind, ServiceOrder, Snapshot, Submission, Vault, VaultError,
    runtime,
};
use crate::library::{Edit, Library, PictureId, RecipeContext, RunId};
use crate::picture::Flaw;
use std::net::TcpListener;
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

/// After so long an answer is taken never to come.
const NEVER: Duration = Duration::from_secs(60);
const KEY: &str = "sk-or-v1-0123456789abcdef";

/// Holds something until it is dropped.
struct Hold {
    _held: mpsc::Sender<()>,
}

impl Hold {
    fn new() -> (Self, mpsc::Receiver<()>) {
        let (hold, wait) = mpsc::channel();
        (Self { _held: hold }, wait)
    }
}

/// A store whose calls wait until the hold is dropped.
struct HeldVault(Mutex<mpsc::Receiver<()>>);

impl HeldVault {
    fn wait<T>(&self) -> Result<T, VaultError> {
        self.0.lock().unwrap().recv().unwrap_err();
        Err(VaultError::NoEntry)
    }
}

impl Vault for HeldVault {
    fn get(&self, _: &str) -> Result<String, VaultError> {
        self.wait()
    }

    fn set(&self, _: &str, _: &str) -> Result<(), VaultError> {
        self.wait()
    }

    fn delete(&self, _: &str) -> Result<(), VaultError> {
        self.wait()
    }
}

struct Rig {
    engine: Option<Engine>,
    wakes: mpsc::Receiver<()>,
    folder: tempfile::TempDir,
    events: Vec<Event>,
}

impl Rig {
    /// An engine whose service takes every request and never answers.
    fn start(secrets: impl FnOnce(&std::path::Path) -> SecretStore, before: impl FnOnce(&Engine)) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}/api/v1", listener.local_addr().unwrap());
        std::thread::spawn(move || listener.incoming().map_while(Result::ok).collect::<Vec<_>>());
        let folder = tempfile::tempdir().unwrap();
        let (wake, wakes) = mpsc::channel();
        let config = Config {
            service: Service { kind: ServiceKind::Custom, base, key: None },
            fallback: None,
            timeouts: Timeouts::default(),
            max_running: 1,
            waker: Arc::new(move || wake.send(()).unwrap_or_default()),
            previews: Arc::new(|_| {}),
            secrets: secrets(folder.path()),
            browser: Browser::default(),
            privacy: Privacy::default(),
            connections: Connections::load(folder.path()),
            connection: None,
            keep_partials: true,
        };
        let library = Library::open(&folder.path().join("library")).unwrap();
        let engine = Engine::start(runtime().unwrap(), library, config).unwrap();
        before(&engine);
        Self { engine: Some(engine), wakes, folder, events: Vec::new() }
    }

    fn engine(&self) -> &Engine {
        self.engine.as_ref().unwrap()
    }

    fn until(&mut self, what: &str, mut holds: impl FnMut(&Snapshot, &[Event]) -> bool) {
        let deadline = Instant::now() + NEVER;
        loop {
            while let Some(event) = self.engine().next_event() {
                self.events.push(event);
            }
            let snapshot = self.engine().snapshot();
            if holds(&snapshot, &self.events) {
                return;
            }
            assert!(Instant::now() < deadline, "waited in vain until {what}: {:?} {:?}", snapshot.jobs, self.events);
            if self.wakes.recv_timeout(Duration::from_millis(20)).is_err() {}
        }
    }

    /// Asks for so many pictures and waits until one is on the wire and the rest waits.
    fn submit(&mut self, count: usize) {
        self.engine().send(submission(count));
        let running = |snapshot: &Snapshot| snapshot.jobs.iter().filter(|job| job.phase.is_running()).count();
        self.until("one is on the wire", |snapshot, _| snapshot.jobs.len() == count && running(snapshot) == 1);
    }

    fn ended(snapshot: &Snapshot) -> bool {
        !snapshot.jobs.is_empty() && snapshot.jobs.iter().all(|job| matches!(job.phase, Phase::Cancelled))
    }

    /// Presses Cancel, Stop and Quit, and waits for what each of them shows.
    fn is_answered(&mut self) {
        self.engine().send(Order::CancelAll);
        self.until("all jobs are cancelled", |snapshot, _| Self::ended(snapshot));
        self.engine().send(Order::CancelImport);
        self.engine().send(Order::StopTending);
        self.until("no import is shown", |snapshot, _| snapshot.importing.is_none());
        self.engine().send(Order::Shutdown);
        self.until("the engine says that it closes", |snapshot, _| snapshot.closing);
    }

    fn until_stopped(mut self) -> tempfile::TempDir {
        self.until("it has stopped", |_, events| events.iter().any(|event| matches!(event, Event::Stopped)));
        drop(self.engine.take());
        self.folder
    }
}

fn submission(count: usize) -> Order {
    let run = super::run(count as u32);
    let request = GenerationRequest {
        model: run.model.clone(),
        prompt: "a fox".into(),
        parameters: serde_json::Map::new(),
        references: Vec::new(),
        provider: None,
        stream: false,
    };
    let requests = vec![request; count];
    Order::Submit(Box::new(Submission { run, requests, references: Vec::new(), context: RecipeContext::default() }))
}

fn in_memory(folder: &std::path::Path) -> SecretStore {
    SecretStore::new(folder)
}

/// Holds the library's thread in a call.
fn hold_library(engine: &Engine) -> Hold {
    let (hold, wait) = Hold::new();
    let (begun, has_begun) = mpsc::channel();
    engine.disk.post(move |_| {
        begun.send(()).unwrap();
        wait.recv().unwrap_err();
        Ok(())
    });
    has_begun.recv().unwrap();
    hold
}

/// What would have the engine wait for the library, were it to wait.
fn orders_for_the_library(folder: &std::path::Path, base: &str) -> Vec<Order> {
    let picture = PictureId::new;
    vec![
        submission(2),
        Order::Trash(vec![picture()], Cause::Asked),
        Order::Restore(vec![picture()], Cause::Undone),
        Order::EmptyTrash,
        Order::Edit(Edit::RemoveCollection("held".into()), Cause::Asked),
        Order::SaveSetting { key: "held", value: true.into() },
        Order::LoadRecipe(picture()),
        Order::LoadDraft(RunId::new()),
        Order::LoadLineage(picture()),
        Order::LoadPartials(picture()),
        Order::NoteFlaw(picture(), Flaw::CutOff),
        Order::Import(vec![folder.join("nothing.png")]),
        Order::RemoveHeld,
        Order::Service(ServiceOrder::RefreshModels),
        Order::Service(ServiceOrder::AddConnection { name: "held".into(), base: base.to_owned(), max_running: None }),
        Order::Service(ServiceOrder::UseConnection(ConnectionChoice::Named("held".into()))),
        Order::Service(ServiceOrder::Connect { key: Secret(KEY.into()), place: KeyPlace::UntilClose }),
        Order::Service(ServiceOrder::ForgetKey),
    ]
}

#[test]
fn while_the_library_is_held_all_is_answered_and_afterwards_written() {
    let mut rig = Rig::start(in_memory, |_| {});
    rig.until("the library is read", |snapshot, _| snapshot.library_read);
    rig.submit(3);
    let hold = hold_library(rig.engine());
    let (folder, base) = (rig.folder.path().to_owned(), rig.engine().snapshot().service.base.clone());
    orders_for_the_library(&folder, &base).into_iter().for_each(|order| rig.engine().send(order));
    rig.is_answered();
    drop(hold);
    let folder = rig.until_stopped();
    let library = super::life::open(&folder.path().join("library"));
    let open = library.open_jobs().unwrap();
    let states: Vec<_> = open.iter().map(|(_, job)| job.state.word()).collect();
    assert_eq!(states, ["cancelled"; 5], "what was asked for while it was held is cancelled too");
}

#[test]
fn while_the_library_is_held_at_the_start_all_is_answered_and_nothing_is_started_afterwards() {
    let mut held = None;
    let mut rig = Rig::start(in_memory, |engine| held = Some(hold_library(engine)));
    rig.engine().send(submission(2));
    rig.engine().send(Order::CancelAll);
    rig.engine().send(Order::Shutdown);
    rig.until("the engine says that it closes", |snapshot, _| snapshot.closing);
    drop(held);
    let folder = rig.until_stopped();
    let library = super::life::open(&folder.path().join("library"));
    let going = library.open_jobs().unwrap().iter().filter(|(_, job)| !job.state.is_terminal()).count();
    assert_eq!(going, 0, "they were cancelled before they were written");
}

#[test]
fn while_the_library_is_rebuilt_and_held_all_is_answered() {
    let mut rig = Rig::start(in_memory, |_| {});
    rig.until("the library is read", |snapshot, _| snapshot.library_read);
    rig.submit(2);
    rig.engine().send(Order::CancelAll);
    rig.until("all jobs are cancelled", |snapshot, _| Rig::ended(snapshot));
    let hold = hold_library(rig.engine());
    rig.engine().send(Order::Tend(Care::Rebuild));
    rig.until("it is shown", |snapshot, _| snapshot.tending.is_some());
    rig.is_answered();
    drop(hold);
    drop(rig.until_stopped());
}

#[test]
fn while_the_secret_store_is_held_all_is_answered() {
    let (hold, wait) = Hold::new();
    let vault = Arc::new(HeldVault(Mutex::new(wait)));
    let mut rig = Rig::start(|folder| SecretStore::with_vault(folder, vault), |_| {});
    rig.until("the library is read", |snapshot, _| snapshot.library_read);
    rig.submit(2);
    rig.engine().send(Order::Service(ServiceOrder::Connect { key: Secret(KEY.into()), place: KeyPlace::System }));
    rig.until("it is asked to keep the key", |snapshot, _| snapshot.account.store.is_some());
    rig.engine().send(Order::Service(ServiceOrder::ForgetKey));
    rig.is_answered();
    drop(rig.until_stopped());
    drop(hold);
}

#[test]
fn while_the_wire_is_held_all_is_answered() {
    let mut rig = Rig::start(in_memory, |_| {});
    rig.until("the library is read", |snapshot, _| snapshot.library_read);
    rig.submit(2);
    rig.engine().send(Order::Service(ServiceOrder::RefreshModels));
    rig.engine().send(Order::Service(ServiceOrder::WantEndpoints(ModelId::new("a/b"))));
    rig.engine().send(Order::Service(ServiceOrder::RefreshAccount));
    rig.is_answered();
    drop(rig.until_stopped());
}

/// A pipe into which nobody writes: whoever reads it, to decode what comes, waits.
#[cfg(target_os = "linux")]
#[test]
fn while_a_file_that_is_decoded_is_held_all_is_answered() {
    let mut rig = Rig::start(in_memory, |_| {});
    rig.until("the library is read", |snapshot, _| snapshot.library_read);
    rig.submit(2);
    let pipe = rig.folder.path().join("held.png");
    rustix::fs::mknodat(rustix::fs::CWD, &pipe, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap();
    rig.engine().send(Order::AddReferences(vec![ReferenceInput::File(pipe.clone())]));
    rig.is_answered();
    drop(rig.until_stopped());
    // Lets the thread that reads it end.
    drop(std::fs::OpenOptions::new().read(true).write(true).open(&pipe));
}

#[test]
fn closing_leaves_in_the_trash_what_is_not_deleted_yet() {
    let mut rig = Rig::start(in_memory, |_| {});
    rig.until("the library is read", |snapshot, _| snapshot.library_read);
    rig.engine().disk.post(|library| {
        library.fill(40, |_| {})?;
        let ids: Vec<PictureId> = library.pictures()?.into_iter().map(|picture| picture.id).collect();
        library.trash(&ids).map(drop)
    });
    let hold = hold_library(rig.engine());
    rig.engine().send(Order::EmptyTrash);
    rig.engine().send(Order::Shutdown);
    rig.until("the engine says that it closes", |snapshot, _| snapshot.closing);
    drop(hold);
    let folder = rig.until_stopped();
    // Samples have trash of their own.
    assert!(super::life::open(&folder.path().join("library")).trashed().unwrap().len() >= 40);
}
