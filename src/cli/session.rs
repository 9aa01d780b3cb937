//! The engine without a window: starts it and waits for its state to become what is needed.

use super::{Args, Failure, Known, library_dir, service};
use crate::api;
use crate::engine::{Config, Engine, Event, Snapshot, runtime};
use crate::studio::Layout;
use std::sync::{Arc, mpsc};
use std::time::Duration;

/// A running engine and its wake-ups.
pub(super) struct Session {
    pub(super) engine: Engine,
    wakes: mpsc::Receiver<()>,
    /// Dropped last: the engine may still talk to it.
    _demo: Option<crate::demo::Server>,
}

impl Session {
    pub(super) fn start(args: &Args) -> Result<Self, Failure> {
        let runtime = runtime().map_err(|error| Failure::new("start", error))?;
        let library = Known::of_user().open(&library_dir(args)?)?;
        let kept = library.setting("layout")?.and_then(|layout| serde_json::from_value::<Layout>(layout).ok());
        let keep_partials = kept.unwrap_or_default().keep_partials;
        let places = service(args, &runtime)?;
        let (wake, wakes) = mpsc::channel();
        let config = Config {
            service: places.service,
            fallback: places.fallback,
            key_source: places.key_source,
            timeouts: api::Timeouts { whole: args.timeout, ..api::Timeouts::default() },
            max_running: 4,
            keep_partials,
            waker: Arc::new(move || {
                if wake.send(()).is_err() {
                    log::debug!("nobody waits any more");
                }
            }),
            previews: Arc::new(|_| {}),
            secrets: places.secrets,
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

    pub(super) fn stop(self) {
        self.engine.shutdown(Duration::from_secs(10));
    }
}

/// Turns a wire error into what scripts see.
pub(super) fn wire(error: &api::Error) -> Failure {
    Failure::new(error.word(), error)
}
