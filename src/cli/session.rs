//! The engine without a window: starts it and waits for its state to become what is needed.

use super::{Args, Environment, Failure, Known, library_dir, say_aside, service};
use crate::api;
use crate::engine::{Browser, Config, Engine, Event, Snapshot, runtime};
use crate::library::{self, Library, ReadOnly};
use crate::studio::Layout;
use std::sync::{Arc, mpsc};
use std::time::{Duration, Instant};

/// After this long a wait for the secret store is told.
const TELL_AFTER: Duration = Duration::from_secs(1);
/// The longest wait for the artist to unlock the secret store.
pub(super) const UNLOCKING: Duration = Duration::from_secs(120);

/// A running engine and its wake-ups.
pub(super) struct Session {
    pub(super) engine: Engine,
    wakes: mpsc::Receiver<()>,
    /// Dropped last: the engine may still talk to it.
    _demo: Option<crate::demo::Server>,
}

impl Session {
    pub(super) fn start(args: &Args, environment: Environment) -> Result<Self, Failure> {
        let runtime = runtime().map_err(|error| Failure::new("start", error))?;
        let library = Known::of_user().open(&library_dir(args)?)?;
        Self::with(args, environment, runtime, library)
    }

    /// The same for what is not about pictures: beside a window that has the library, too.
    pub(super) fn start_beside(args: &Args, environment: Environment) -> Result<Self, Failure> {
        let runtime = runtime().map_err(|error| Failure::new("start", error))?;
        let dir = library_dir(args)?;
        let library = match Known::of_user().open(&dir) {
            Err(library::Error::Locked { .. }) => Library::open_read_only(&dir, ReadOnly::InUse),
            opened => opened,
        };
        Self::with(args, environment, runtime, library?)
    }

    fn with(
        args: &Args,
        environment: Environment,
        runtime: tokio::runtime::Runtime,
        library: Library,
    ) -> Result<Self, Failure> {
        let kept = library.setting("layout")?.and_then(|layout| serde_json::from_value::<Layout>(layout).ok());
        let layout = kept.unwrap_or_default();
        let places = service(args, environment, &runtime)?;
        let (wake, wakes) = mpsc::channel();
        let config = Config {
            service: places.service,
            fallback: places.fallback,
            timeouts: api::Timeouts { whole: args.timeout, ..api::Timeouts::default() },
            max_running: 4,
            keep_partials: layout.keep_partials,
            privacy: layout.privacy(),
            waker: Arc::new(move || {
                if wake.send(()).is_err() {
                    log::debug!("nobody waits any more");
                }
            }),
            previews: Arc::new(|_| {}),
            secrets: places.secrets,
            browser: Browser::System,
            connections: places.connections,
            connection: places.connection,
        };
        let engine = Engine::start(runtime, library, config).map_err(|error| Failure::new("start", error))?;
        Ok(Self { engine, wakes, _demo: places.demo })
    }

    /// Waits until `find` has an answer.
    pub(super) fn wait<T>(
        &self,
        mut find: impl FnMut(&Snapshot, Option<Event>) -> Option<Result<T, Failure>>,
    ) -> Result<T, Failure> {
        loop {
            let snapshot = self.engine.snapshot();
            let mut event = self.engine.next_event();
            loop {
                let more = event.is_some();
                if let Some(found) = find(&snapshot, event) {
                    return found;
                }
                if !more {
                    break;
                }
                event = self.engine.next_event();
            }
            if self.wakes.recv_timeout(Duration::from_secs(3600)).is_err() {
                return Err(Failure::new("stopped", "the engine has stopped"));
            }
        }
    }

    /// Waits until it is known which key is used, if any, and that it may be used.
    pub(super) fn wait_for_key(&self, patience: Duration) -> Result<(), Failure> {
        let is_settled = |snapshot: &Snapshot| snapshot.library_read && snapshot.account.store.is_none();
        let began = Instant::now();
        let mut told = false;
        while !is_settled(&self.engine.snapshot()) {
            let waited = began.elapsed();
            if waited >= patience {
                let text = "the system's secret store does not answer; unlock it, or set OPENROUTER_API_KEY";
                return Err(Failure::new("secret_store", text));
            }
            if waited >= TELL_AFTER && !told && self.engine.snapshot().account.store.is_some() {
                say_aside("waiting for the system's secret store, which may ask to be unlocked");
                told = true;
            }
            match self.wakes.recv_timeout(TELL_AFTER.min(patience - waited)) {
                Ok(()) | Err(mpsc::RecvTimeoutError::Timeout) => {}
                Err(mpsc::RecvTimeoutError::Disconnected) => {
                    return Err(Failure::new("stopped", "the engine has stopped"));
                }
            }
        }
        let account = &self.engine.snapshot().account;
        if let Some(host) = &account.withheld {
            let text = format!("the key would go to {host} unencrypted; --allow-http {host} lets it");
            return Err(Failure::new("plain_http", text));
        }
        match account.trouble.as_ref().filter(|_| account.is_unread) {
            Some(trouble) => Err(Failure::new("secret_store", format!("{trouble}; or set OPENROUTER_API_KEY"))),
            None => Ok(()),
        }
    }

    pub(super) fn stop(self) {
        self.engine.shutdown(Duration::from_secs(10));
    }
}

/// Turns a wire error into what scripts see.
pub(super) fn wire(error: &api::Error) -> Failure {
    Failure::new(error.word(), error)
}
