//! The handle to the running engine: orders go in, the snapshot and the events come out, and one-shot work is begun.
//!
//! Invariant: nothing here blocks its caller but `wait_event`, `shutdown` and a drop during a panic.

use super::config::{Config, StartError};
use super::export::{self, Export, Exported, Exporting};
use super::message::{Event, Order, PromptQuestion};
use super::promise::Interrupted;
use super::service::{self, Privacy, TryOut};
use super::sheet::SheetOrder;
use super::snapshot::Snapshot;
use super::told::{self, Told};
use super::{actor, clipboard, day, disk, inbox, search};
use crate::api;
use crate::decode;
use crate::decode::Waker;
use crate::library::{self, Library, PartialsOnDisk};
use crate::picture::source::Source;
use crate::picture::{self, Pixels};
use poll_promise::Promise;
use std::future::Future;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};
use tokio::sync::mpsc::UnboundedSender;

/// What was received gets this long to reach the disk when the window fails inside.
const RESCUE: std::time::Duration = std::time::Duration::from_secs(10);

/// The running engine. Dropping it ends the work that can be ended; the journal knows the rest.
pub struct Engine {
    orders: UnboundedSender<Order>,
    snapshot: tokio::sync::watch::Receiver<Arc<Snapshot>>,
    events: mpsc::Receiver<Event>,
    clipboard: clipboard::Clipboard,
    search: search::Search,
    pub(super) disk: disk::Disk,
    waker: Waker,
    dir: PathBuf,
    pictures_dir: PathBuf,
    /// Held so that drawings that are too heavy are remembered in this library.
    _heavy: Arc<decode::Ledger>,
    runtime: Option<tokio::runtime::Runtime>,
}

impl Engine {
    /// Starts the runtime, the library's thread and the actor; returns at once.
    ///
    /// # Errors
    /// When the system gives no thread, or the service's address or key cannot be used.
    pub fn start(runtime: tokio::runtime::Runtime, library: Library, config: Config) -> Result<Self, StartError> {
        let dir = library.dir().to_owned();
        let (orders, order_receiver) = tokio::sync::mpsc::unbounded_channel();
        let first = Snapshot { read_only: library.read_only(), ..Snapshot::new(config.service.clone()) };
        let (snapshot_sender, snapshot) = tokio::sync::watch::channel(Arc::new(first));
        let (event_sender, events) = mpsc::channel();
        let read_only = library.read_only();
        let heavy = decode::Ledger::open(&dir, read_only.is_none());
        let disk = disk::Disk::start(library)?;
        let waker = config.waker.clone();
        let clipboard = clipboard::Clipboard::start(waker.clone())?;
        let search = search::Search::start(dir.clone(), event_sender.clone(), waker.clone())?;
        let actor = actor::Actor::new(config, disk.clone(), read_only, search.clone(), snapshot_sender, event_sender)?;
        runtime.spawn(day::watch(actor.reports.clone(), || jiff::Zoned::now().date(), day::PAUSE));
        runtime.spawn(inbox::serve(disk.clone(), actor.reports.clone(), actor.import_turn.clone()));
        runtime.spawn(actor.run(order_receiver));
        let pictures_dir = export::pictures_dir(&dir);
        let runtime = Some(runtime);
        Ok(Self { orders, snapshot, events, clipboard, search, disk, waker, dir, pictures_dir, _heavy: heavy, runtime })
    }

    /// Hands an order to the actor; never waits. After shutdown orders are dropped.
    pub fn send(&self, order: Order) {
        if self.orders.send(order).is_err() {
            log::debug!("an order came after shutdown");
        }
    }

    /// Asks what the library holds of this; [`Event::Found`] answers, now and whenever the library changes.
    pub fn find(&self, text: String) {
        self.search.ask(text);
    }

    /// Asks which prompts were sent; [`Event::FoundPrompts`] answers, now and whenever one is sent, until `None` is asked.
    pub fn find_prompts(&self, question: Option<PromptQuestion>) {
        self.search.ask_prompts(question);
    }

    /// Returns the current state; cheap.
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.snapshot.borrow().clone()
    }

    /// Takes the next thing that happened, if any.
    pub fn next_event(&self) -> Option<Event> {
        self.events.try_recv().ok()
    }

    /// Waits for the next thing that happens; for use without a window. `None`: the engine has stopped.
    pub fn wait_event(&self) -> Option<Event> {
        self.events.recv().ok()
    }

    /// Returns the clipboard, which lives on its own thread.
    pub fn clipboard(&self) -> &clipboard::Clipboard {
        &self.clipboard
    }

    /// Returns the library's folder.
    pub fn library_dir(&self) -> &Path {
        &self.dir
    }

    /// Runs a one-shot task whose result the window waits for. A panic or abort inside becomes [`Interrupted`].
    pub fn promise<T, F>(&self, future: F) -> Promise<Result<T, Interrupted>>
    where
        T: Send + 'static,
        F: Future<Output = T> + Send + 'static,
    {
        let (sender, promise) = Promise::new();
        let waker = self.waker.clone();
        let Some(runtime) = &self.runtime else {
            sender.send(Err(Interrupted));
            return promise;
        };
        let task = runtime.spawn(future);
        runtime.spawn(async move {
            sender.send(task.await.map_err(|_| Interrupted));
            waker();
        });
        promise
    }

    /// Saves pictures elsewhere in the background, one after the other.
    pub fn export(&self, exports: Vec<Export>) -> Exporting {
        let total = exports.len();
        self.exporting(total, move |go_on, step| {
            let save = |export: Export| {
                let saved = export.run();
                step();
                saved
            };
            exports.into_iter().take_while(|_| go_on()).map(save).collect()
        })
    }

    /// Makes contact sheets in the background; its progress counts pictures, its results sheets.
    pub fn make_sheets(&self, order: SheetOrder) -> Exporting {
        self.exporting(order.pictures.len(), move |go_on, step| {
            order.run(|| {
                step();
                go_on()
            })
        })
    }

    /// Draws the first of some contact sheets, no larger than this on a side; `finish` runs off the caller's thread.
    pub fn sheet_preview<T: Send + 'static>(
        &self,
        order: SheetOrder,
        max_side: u32,
        finish: fn(Pixels) -> T,
    ) -> Promise<Result<Result<T, picture::Error>, Interrupted>> {
        let dir = self.dir.clone();
        let draw = move || order.preview(&dir, max_side).map(finish);
        self.promise(async move {
            let drawn = tokio::task::spawn_blocking(draw).await;
            drawn.unwrap_or(Err(picture::Error::Unrecognised))
        })
    }

    /// Writes files in the background; `work` is told whether to go on and tells each step.
    fn exporting(
        &self,
        total: usize,
        work: impl FnOnce(&dyn Fn() -> bool, &dyn Fn()) -> Exported + Send + 'static,
    ) -> Exporting {
        let (done, stopped) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicBool::new(false)));
        let (count, stop, waker) = (done.clone(), stopped.clone(), self.waker.clone());
        let work = move || {
            let step = || {
                count.fetch_add(1, Ordering::Relaxed);
                waker();
            };
            work(&|| !stop.load(Ordering::Relaxed), &step)
        };
        // A panic inside is kept from the other workers, and becomes `Interrupted` in the end.
        let promise = self.promise(async move { tokio::task::spawn_blocking(work).await.ok() });
        Exporting { promise, done, stopped, total }
    }

    /// Runs something that computes for a while, on a thread made for waiting.
    pub fn work<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Promise<Result<T, Interrupted>> {
        let promise = async move { tokio::task::spawn_blocking(work).await };
        let (sender, done) = Promise::new();
        let waker = self.waker.clone();
        match &self.runtime {
            Some(runtime) => {
                runtime.spawn(async move {
                    sender.send(promise.await.map_err(|_| Interrupted));
                    waker();
                });
            }
            None => sender.send(Err(Interrupted)),
        }
        done
    }

    /// Tries a service out, with this key if any; what else it is told is the artist's choice.
    pub fn try_out(
        &self,
        base: String,
        key: Option<api::ApiKey>,
        privacy: Privacy,
    ) -> Promise<Result<TryOut, Interrupted>> {
        self.promise(service::try_out(base, key, privacy.identity(), api::Timeouts::default()))
    }

    /// Counts what partials take on the disk. The inner error is a sentence.
    pub fn count_partials(&self) -> Promise<Result<Result<PartialsOnDisk, String>, Interrupted>> {
        let dir = self.dir.clone();
        self.work(move || library::partials_on_disk(&dir).map_err(|error| error.to_string()))
    }

    /// Counts what goes when the trash is emptied beside the pictures: of requests that were tried again or dismissed,
    /// their partials, and the answers that could not be read. The inner error is a sentence.
    pub fn count_retired(&self) -> Promise<Result<Result<[PartialsOnDisk; 2], String>, Interrupted>> {
        let disk = self.disk.clone();
        self.promise(async move {
            let counted = disk.call_later(|library| Ok([library.orphaned_partials()?, library.orphaned_unread()?]));
            counted.await.map_err(|error| error.to_string())
        })
    }

    /// Reads the text of a drawing, tidied if asked. The inner error is a sentence.
    pub fn read_source(&self, file: PathBuf, tidy: bool) -> Promise<Result<Result<Arc<Source>, String>, Interrupted>> {
        self.work(move || {
            let bytes =
                crate::library::read_ordinary(&file).map_err(|error| format!("The file could not be read: {error}"))?;
            let source = Source::new(&bytes);
            Ok(Arc::new(if tidy { source.pretty() } else { source }))
        })
    }

    /// Reads what a picture file says about how it was made. The inner error is a sentence.
    pub fn look_into(&self, file: PathBuf) -> Promise<Result<Result<Told, String>, Interrupted>> {
        let dir = self.dir.clone();
        self.promise(async move {
            let read = move || {
                let (bytes, _) = told::read_picture(&file)?;
                Ok(Told::of_file(&file, &bytes).seen_from(&dir))
            };
            tokio::task::spawn_blocking(read).await.unwrap_or_else(|_| Err("reading it was interrupted".to_owned()))
        })
    }

    /// Reads width and height of a drawing in its own units; `None` when it cannot be read.
    pub fn drawing_size(&self, file: PathBuf) -> Promise<Result<Option<(f32, f32)>, Interrupted>> {
        let read = move || {
            let bytes = crate::library::read_ordinary(file).ok()?;
            decode::Drawing::of(&bytes).size().ok()
        };
        self.promise(async move { tokio::task::spawn_blocking(read).await.ok().flatten() })
    }

    /// Returns the folder that saving elsewhere begins with: the artist's pictures, else downloads, else home.
    pub fn pictures_dir(&self) -> &Path {
        &self.pictures_dir
    }

    /// Shows a file's folder in the system's file manager, on a thread made for waiting. The inner error is a sentence.
    pub fn open_folder(&self, file: PathBuf) -> Promise<Result<Result<(), String>, Interrupted>> {
        self.promise(async move {
            match tokio::task::spawn_blocking(move || export::open_folder(&file)).await {
                Ok(done) => done,
                Err(_) => Err("Opening the folder was interrupted".to_owned()),
            }
        })
    }

    /// Asks the actor to finish: pictures that are being stored are stored, the rest is journalled as it stands.
    /// Waits for at most `limit`.
    pub fn shutdown(mut self, limit: std::time::Duration) {
        self.finish(limit);
    }

    fn finish(&mut self, limit: std::time::Duration) {
        self.send(Order::Shutdown);
        let deadline = std::time::Instant::now() + limit;
        loop {
            let left = deadline.saturating_duration_since(std::time::Instant::now());
            match self.events.recv_timeout(left) {
                Ok(Event::Stopped) | Err(_) => break,
                Ok(_) => {}
            }
        }
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if std::thread::panicking() && self.runtime.is_some() {
            // Nobody will ask any more: what was received goes to the disk, and the journal says how far the rest was.
            self.finish(RESCUE);
        }
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}
