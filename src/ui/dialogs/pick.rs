//! A native dialog for a place on disk: made on the window's thread, waited for elsewhere.

use crate::engine::{Engine, Interrupted};
use poll_promise::Promise;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A native dialog that answers nothing this soon was not there.
const NO_DIALOG: Duration = Duration::from_millis(100);

/// The dialog, while it is open.
#[derive(Default)]
pub(super) struct Picking(Option<Promise<Result<Picked, Interrupted>>>);

/// What the dialog brought, and how long it took.
struct Picked {
    path: Option<PathBuf>,
    took: Duration,
}

impl Picking {
    /// Waits for what a dialog brings.
    pub(super) fn open(
        &mut self,
        engine: &Engine,
        chosen: impl Future<Output = Option<rfd::FileHandle>> + Send + 'static,
    ) {
        let began = Instant::now();
        self.0 = Some(engine.promise(async move {
            let path = chosen.await.map(|handle| handle.path().to_owned());
            Picked { path, took: began.elapsed() }
        }));
    }

    pub(super) fn is_open(&self) -> bool {
        self.0.is_some()
    }

    /// Takes what was chosen, once; the error is a sentence. `None`: nothing was.
    pub(super) fn poll(&mut self) -> Option<Result<PathBuf, String>> {
        match self.0.take()?.try_take() {
            Err(pending) => {
                self.0 = Some(pending);
                None
            }
            Ok(Err(interrupted)) => Some(Err(interrupted.to_string())),
            Ok(Ok(Picked { path: None, took })) => (took < NO_DIALOG)
                .then(|| Err("No file dialog could be opened on this computer; type the folder here".to_owned())),
            Ok(Ok(Picked { path: Some(path), .. })) => Some(Ok(path)),
        }
    }

    #[cfg(test)]
    pub(super) fn brought(path: Option<PathBuf>, took: Duration) -> Self {
        Self(Some(Promise::from_ready(Ok(Picked { path, took }))))
    }
}
