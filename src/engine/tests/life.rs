//! A mixed life: buffered and streamed requests of one and several pictures, edits, trash, an import, references.

use super::super::{
    Cause, Config, Engine, Event, Notice, Order, Phase, ReferenceInput, SecretStore, Service, ServiceKind, Snapshot,
    Submission, runtime,
};
use super::check;
use super::server::Server;
use crate::api::{ApiKey, GenerationRequest, ModelId, Timeouts};
use crate::library::tests::{copy_all, folder as memory_folder, interrupted};
use crate::library::{
    Edit, Fault, Faults, Library, MarkChange, Picture, PictureId, RecipeContext, Run, RunId, content_hash,
};
use crate::picture::{Encoding, Pixels, Size, encode};
use crate::plan::DraftReference;
use serde_json::json;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

const PATIENCE: Duration = Duration::from_secs(60);
/// No picture's name.
const NOBODY: &str = "nobody";

/// What one life, or many, came to.
#[derive(Debug, Default)]
pub struct Sum {
    /// Pictures that the server sent, or that an earlier session had received.
    pub received: usize,
    /// Of them, without the artist's help.
    pub stored: usize,
    pub saved_again: usize,
    /// Refusals that were told.
    pub troubles: usize,
    /// Requests that were not sent because they could not be journalled.
    pub unsent: usize,
}

impl Sum {
    pub fn add(&mut self, other: &Self) {
        self.received += other.received;
        self.stored += other.stored;
        self.saved_again += other.saved_again;
        self.troubles += other.troubles;
        self.unsent += other.unsent;
    }
}

impl std::fmt::Display for Sum {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { received, stored, saved_again, troubles, unsent } = self;
        write!(
            f,
            "{received} pictures received, {stored} stored at once, {saved_again} saved again; {troubles} refusals \
             told, {unsent} requests not sent"
        )
    }
}

/// A library as every life finds it: pictures, a trash, and what a kill left of an earlier session.
pub struct Template {
    folder: tempfile::TempDir,
    /// Contents that were stored before.
    pub old: BTreeSet<String>,
    /// Contents that an earlier session had received and not indexed.
    pub left: BTreeSet<String>,
    /// To be imported.
    file: PathBuf,
    pub import: String,
}

impl Template {
    pub fn make(server: &Server) -> Self {
        let folder = memory_folder();
        let dir = folder.path().join("library");
        let mut life = Life::begin(&dir, &server.base(0), |_| {});
        life.submit("template-0", 1, 4, false, vec![]);
        life.quiet();
        let pictures: Vec<PictureId> = life.known.keys().cloned().collect();
        life.send(Order::Trash(vec![pictures[3].clone()], Cause::Asked));
        life.quiet();
        let old = life.known.values().map(|known| known.1.clone()).collect();
        life.end();
        server.book().clear();
        drop(open(&dir));
        let left = interrupted(&dir);
        let file = folder.path().join("holiday.png");
        let bytes = encode(&Pixels::new(Size { width: 2, height: 2 }, vec![77; 16]).unwrap(), &Encoding::Png, [0; 3]);
        let bytes = bytes.unwrap();
        std::fs::write(&file, &bytes).unwrap();
        Self { folder, old, left, file, import: content_hash(&bytes) }
    }

    pub fn library(&self) -> PathBuf {
        self.folder.path().join("library")
    }

    /// Leads one life on a copy, with a fault; returns how many steps of writing there were, and what came of it.
    pub fn live(&self, server: &Server, round: u32, plan: Option<(u32, Fault)>) -> (u32, Sum) {
        let folder = memory_folder();
        let dir = folder.path().join("library");
        copy_all(&self.library(), &dir);
        let mut faults = Faults::default();
        let life = Life::begin(&dir, &server.base(round), |library| {
            faults = library.faults();
            let (step, fault) = plan.unwrap_or((u32::MAX, Fault::Stop));
            faults.after(step, fault);
        });
        let uncertain = matches!(plan, Some((_, Fault::Panic)));
        self.lead(life, server, round, uncertain, || faults.free())
    }

    /// Everything that an artist does in a life; `free` makes the disk take everything again.
    pub fn lead(
        &self,
        mut life: Life,
        server: &Server,
        round: u32,
        uncertain: bool,
        free: impl FnOnce() -> u32,
    ) -> (u32, Sum) {
        let name = format!("w{round}");
        let pictures: Vec<PictureId> = life.known.keys().cloned().collect();
        let (here, trashed): (Vec<_>, Vec<_>) = pictures.into_iter().partition(|id| !life.known[id].0);
        let marked = here.clone();
        let mark = |change| Order::Edit(Edit::Mark { ids: marked.clone(), change }, Cause::Asked);
        let mut asked = 0;
        life.submit(&format!("{name}-0"), 1, 1, false, vec![]);
        life.submit(&format!("{name}-1"), 2, 2, true, vec![]);
        let orders = [
            mark(MarkChange::Stars(3)),
            mark(MarkChange::AddToCollection("Cover".into())),
            Order::Trash(here[..1].to_vec(), Cause::Asked),
            Order::Restore(trashed, Cause::Asked),
            mark(MarkChange::AddTag("sea".into())),
        ];
        for order in orders {
            asked += 1;
            life.send(order);
        }
        life.send(Order::Import(vec![self.file.clone()]));
        life.quiet();
        let pixels = Pixels::new(Size { width: 4, height: 4 }, vec![9; 64]).unwrap();
        life.send(Order::AddReferences(vec![ReferenceInput::Pixels(Arc::new(pixels))]));
        life.until("the reference is answered", |life, _| life.references.len() + life.refused == 1);
        life.submit(&format!("{name}-2"), 1, 3, false, life.references.clone());
        life.quiet();
        life.send(Order::Trash(here[1..2].to_vec(), Cause::Asked));
        life.send(Order::EmptyTrash);
        asked += 2;
        life.quiet();
        // Emptying the trash waits for its turn while other things are done.
        life.until("all edits are answered", |life, _| life.answers >= asked);
        life.until("the import is told", |life, _| life.imported + life.import_refused == 1);

        check::nothing_half(&life.dir, self, server);
        let stored = life.stored;
        let steps = free();
        life.save_again();
        let saved_again = life.stored - stored;
        let unsent = life.send_the_unsent();
        life.quiet();
        let (received, dir) = (check::received(self, server), life.dir.clone());
        let mut sum = Sum { received: received.len(), stored, saved_again, troubles: life.troubles, unsent };
        // Those that recovery brought in are told by the list that was read, not one by one.
        sum.stored = received.len() - saved_again;
        let told = Told { uncertain, ..life.end() };
        check::check(&dir, &told, self, &received, server);
        server.book().clear();
        (steps, sum)
    }
}

/// Opens a library that the engine before may be letting go of only now.
pub fn open(dir: &Path) -> Library {
    let deadline = Instant::now() + PATIENCE;
    loop {
        match Library::open(dir) {
            Err(crate::library::Error::Locked { .. }) if Instant::now() < deadline => std::thread::yield_now(),
            opened => return opened.unwrap(),
        }
    }
}

/// What was told of a picture: whether it is in the trash, its content, its marks.
pub type Known = BTreeMap<PictureId, (bool, String, crate::plan::Marks)>;

/// What a life was told.
pub struct Told {
    pub known: Known,
    pub import_refused: usize,
    /// A step panicked: whether the edit it belonged to was done before that was not told.
    pub uncertain: bool,
}

pub struct Life {
    engine: Engine,
    wakes: mpsc::Receiver<()>,
    pub dir: PathBuf,
    pub known: Known,
    references: Vec<DraftReference>,
    refused: usize,
    stored: usize,
    /// Edits and moves, done or refused.
    answers: usize,
    troubles: usize,
    /// Answered, of those that `quiet` asks.
    questions: usize,
    imported: usize,
    import_refused: usize,
}

impl Life {
    pub fn begin(dir: &Path, base: &str, prepare: impl FnOnce(&mut Library)) -> Self {
        let (wake, wakes) = mpsc::channel();
        let service =
            Service { kind: ServiceKind::Custom, base: base.to_owned(), key: Some(ApiKey::new("test").unwrap()) };
        let config = Config {
            service,
            fallback: None,
            timeouts: Timeouts::default(),
            max_running: 2,
            keep_partials: true,
            waker: Arc::new(move || wake.send(()).unwrap_or_default()),
            previews: Arc::new(|_| {}),
            secrets: SecretStore::new(&dir.join("config")),
            browser: Default::default(),
            connections: Default::default(),
            connection: None,
            privacy: Default::default(),
        };
        let mut library = open(dir);
        prepare(&mut library);
        let engine = Engine::start(runtime().unwrap(), library, config).unwrap();
        let mut life = Self {
            engine,
            wakes,
            dir: dir.to_owned(),
            known: Known::new(),
            references: vec![],
            refused: 0,
            stored: 0,
            answers: 0,
            troubles: 0,
            questions: 0,
            imported: 0,
            import_refused: 0,
        };
        life.until("the library is read", |_, snapshot| snapshot.library_read);
        life
    }

    pub fn send(&self, order: Order) {
        self.engine.send(order);
    }

    pub fn until(&mut self, what: &str, mut holds: impl FnMut(&Self, &Snapshot) -> bool) {
        let deadline = Instant::now() + PATIENCE;
        loop {
            let snapshot = self.engine.snapshot();
            while let Some(event) = self.engine.next_event() {
                self.hear(event);
            }
            if holds(self, &snapshot) {
                return;
            }
            assert!(Instant::now() < deadline, "waited in vain until {what}: {:?}", snapshot.jobs);
            self.wakes.recv_timeout(Duration::from_millis(50)).unwrap_or_default();
        }
    }

    /// Waits until nothing is under way.
    fn quiet(&mut self) {
        let over = |snapshot: &Snapshot| {
            let at_rest = |phase: &Phase| phase.is_ended() || matches!(phase, Phase::Held);
            let is_idle = snapshot.importing.is_none() && snapshot.emptying.is_none();
            is_idle && snapshot.jobs.iter().all(|job| at_rest(&job.phase))
        };
        // A question that is answered last: what was asked for before it has been answered too.
        for _ in 0..2 {
            let wanted = self.questions + 1;
            self.send(Order::LoadRecipe(PictureId(NOBODY.into())));
            self.until("nothing is under way", |life, snapshot| life.questions >= wanted && over(snapshot));
        }
    }

    fn know(&mut self, picture: Picture) {
        self.known.insert(picture.id, (picture.trashed_ms.is_some(), picture.hash, picture.marks));
    }

    fn hear(&mut self, event: Event) {
        match event {
            Event::Loaded(loaded) => {
                let here: Vec<Picture> = loaded.runs().flat_map(|entry| entry.pictures.clone()).collect();
                here.into_iter().chain(loaded.trashed().to_vec()).for_each(|picture| self.know(picture));
            }
            Event::Stored { picture, .. } => {
                self.stored += usize::from(!picture.is_imported());
                self.know(*picture);
            }
            Event::Trashed(pictures, _) | Event::Restored(pictures, _) => {
                self.answers += 1;
                pictures.into_iter().for_each(|picture| self.know(picture));
            }
            Event::Updated(pictures) => pictures.into_iter().for_each(|picture| self.know(picture)),
            Event::Edited(edited, _) => {
                self.answers += 1;
                edited.pictures.into_iter().for_each(|picture| self.know(picture));
            }
            Event::Emptied { left, .. } => {
                self.answers += 1;
                self.known.retain(|_, known| !known.0);
                left.into_iter().for_each(|picture| self.know(picture));
            }
            Event::ReferenceAdded(reference) => self.references.push(reference),
            Event::Notice(Notice::ReferenceRefused { .. }) => self.refused += 1,
            Event::Notice(Notice::Imported(sum)) => {
                self.imported += sum.pictures.len();
                self.import_refused += sum.refused;
            }
            Event::Notice(Notice::LibraryFailed(error)) if error.to_string().ends_with(NOBODY) => self.questions += 1,
            Event::Notice(Notice::LibraryFailed(_)) => {
                self.troubles += 1;
                self.answers += 1;
            }
            _ => {}
        }
    }

    fn submit(&self, name: &str, calls: u32, count: u32, streamed: bool, references: Vec<DraftReference>) {
        let request = |position: u32| GenerationRequest {
            model: ModelId::new("kill/painter"),
            prompt: format!("{name}-{position} a fox"),
            parameters: json!({ "n": count }).as_object().cloned().unwrap(),
            references: vec![],
            provider: None,
            stream: streamed,
        };
        let run = Run {
            id: RunId::new(),
            created_ms: 1_795_000_000_000,
            model: ModelId::new("kill/painter"),
            model_name: "Painter".into(),
            prompt: name.into(),
            settings: String::new(),
            asked: calls * count,
            aspect: None,
        };
        let requests = (0..calls).map(request).collect();
        let context = RecipeContext::default();
        self.send(Order::Submit(Box::new(Submission { run, requests, references, context })));
    }

    /// What every artist does once the disk is well again.
    fn save_again(&mut self) {
        let snapshot = self.engine.snapshot();
        for job in snapshot.jobs.iter().filter(|job| matches!(job.phase, Phase::Unsaved { .. })) {
            self.send(Order::SaveAgain(job.id.clone()));
        }
        self.until("all is saved", |_, snapshot| {
            snapshot.jobs.iter().all(|job| !matches!(job.phase, Phase::Unsaved { .. }))
        });
    }

    /// Sends what could not be journalled, and so was not sent, once more; returns how many there were.
    fn send_the_unsent(&mut self) -> usize {
        let unsent: Vec<_> = self
            .engine
            .snapshot()
            .jobs
            .iter()
            .filter(|job| matches!(&job.phase, Phase::Failed(failure) if failure.record.kind == "disk"))
            .map(|job| job.id.clone())
            .collect();
        unsent.iter().for_each(|job| self.send(Order::Retry(job.clone())));
        self.until("the retries have begun", |_, snapshot| snapshot.jobs.iter().all(|job| !unsent.contains(&job.id)));
        unsent.len()
    }

    /// Closes the window.
    pub fn end(mut self) -> Told {
        while let Some(event) = self.engine.next_event() {
            self.hear(event);
        }
        let Self { engine, known, import_refused, .. } = self;
        engine.shutdown(PATIENCE);
        Told { known, import_refused, uncertain: false }
    }
}
