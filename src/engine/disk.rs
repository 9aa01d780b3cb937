//! The library's own thread: calls go there as closures and come back as futures.
//!
//! A call that was sent is carried out even when nobody waits for it any more.

use super::DiskError;
use crate::library::{self, Library};
use std::path::{Path, PathBuf};
use std::sync::{Arc, mpsc};

type Call = Box<dyn FnOnce(&mut Library) + Send>;

/// A handle to the thread that owns the library.
#[derive(Clone)]
pub(crate) struct Disk {
    calls: mpsc::Sender<Call>,
    dir: PathBuf,
}

impl Disk {
    pub(crate) fn start(mut library: Library) -> std::io::Result<Self> {
        let (calls, inbox) = mpsc::channel::<Call>();
        let dir = library.dir().to_owned();
        std::thread::Builder::new().name("easel-library".into()).spawn(move || {
            for call in inbox {
                call(&mut library);
            }
        })?;
        Ok(Self { calls, dir })
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Runs `call` on the library's thread, after all earlier calls; nobody waits for it, and a failure is only logged.
    pub(crate) fn post(&self, call: impl FnOnce(&mut Library) -> Result<(), library::Error> + Send + 'static) {
        let send = self.calls.send(Box::new(move |library| {
            if let Err(error) = call(library) {
                log::warn!("{error}");
            }
        }));
        if send.is_err() {
            log::warn!("{}", DiskError::Stopped);
        }
    }

    /// Runs `call` on the library's thread, after all earlier calls.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&mut Library) -> Result<T, library::Error> + Send + 'static,
    ) -> Result<T, DiskError> {
        let (reply, answer) = tokio::sync::oneshot::channel();
        let send = self.calls.send(Box::new(move |library| {
            let result = call(library);
            if reply.send(result).is_err() {
                log::debug!("nobody waits for the library's answer any more");
            }
        }));
        if send.is_err() {
            return Err(DiskError::Stopped);
        }
        match answer.await {
            Ok(result) => result.map_err(|error| DiskError::Library(Arc::new(error))),
            Err(_) => Err(DiskError::Stopped),
        }
    }
}
