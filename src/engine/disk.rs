//! The library's own thread: calls go there as closures and come back as futures.
//!
//! Invariants: a call that was sent is carried out even when nobody waits for it any more; what may wait (partials)
//! is done when nothing else is to be done, and within each lane the order is kept; a call that panics fails alone.

use crate::library::{self, Library};
use std::collections::VecDeque;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

/// What may wait to be written at once, in bytes.
const WAITING: usize = 64 << 20;

type Call = Box<dyn FnOnce(&mut Library) + Send>;

/// When a call has its turn.
#[derive(Clone, Copy)]
pub(crate) enum Lane {
    Now,
    /// After all that is to be done now.
    Later,
}

/// A handle to the thread that owns the library.
#[derive(Clone)]
pub(crate) struct Disk {
    calls: mpsc::Sender<(Lane, Call)>,
    dir: PathBuf,
    /// Bytes that wait in the later lane.
    waiting: Arc<AtomicUsize>,
}

/// Bytes that wait until this is dropped.
struct Waiting {
    all: Arc<AtomicUsize>,
    bytes: usize,
}

impl Drop for Waiting {
    fn drop(&mut self) {
        self.all.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

impl Disk {
    pub(crate) fn start(mut library: Library) -> std::io::Result<Self> {
        let (calls, inbox) = mpsc::channel();
        let dir = library.dir().to_owned();
        std::thread::Builder::new().name("easel-library".into()).spawn(move || {
            let (mut now, mut later) = (VecDeque::new(), VecDeque::new());
            while let Some(call) = next(&inbox, &mut now, &mut later) {
                // What a call had begun is rolled back by the index, or found in the folder by the next recovery.
                if catch_unwind(AssertUnwindSafe(|| call(&mut library))).is_err() {
                    log::error!("{}", DiskError::Interrupted);
                }
            }
        })?;
        Ok(Self { calls, dir, waiting: Arc::default() })
    }

    pub(crate) fn dir(&self) -> &Path {
        &self.dir
    }

    /// Runs `call` on the library's thread; nobody waits for it, and a failure is only logged.
    pub(crate) fn post(&self, call: impl FnOnce(&mut Library) -> Result<(), library::Error> + Send + 'static) {
        self.send(Lane::Now, call);
    }

    /// The same when there is nothing else to do, for what holds this many bytes. False: too much waits already, and it
    /// was dropped.
    pub(crate) fn post_later(
        &self,
        bytes: usize,
        call: impl FnOnce(&mut Library) -> Result<(), library::Error> + Send + 'static,
    ) -> bool {
        let before = self.waiting.fetch_add(bytes, Ordering::Relaxed);
        let waiting = Waiting { all: self.waiting.clone(), bytes };
        if before.saturating_add(bytes) > WAITING {
            return false;
        }
        self.send(Lane::Later, move |library| {
            let _until_done = waiting;
            call(library)
        });
        true
    }

    fn send(&self, lane: Lane, call: impl FnOnce(&mut Library) -> Result<(), library::Error> + Send + 'static) {
        let logged = move |library: &mut Library| {
            if let Err(error) = call(library) {
                log::warn!("{error}");
            }
        };
        if self.calls.send((lane, Box::new(logged))).is_err() {
            log::warn!("{}", DiskError::Stopped);
        }
    }

    /// Runs `call` on the library's thread, after all earlier calls that may not wait.
    pub(crate) async fn call<T: Send + 'static>(
        &self,
        call: impl FnOnce(&mut Library) -> Result<T, library::Error> + Send + 'static,
    ) -> Result<T, DiskError> {
        self.asked(Lane::Now, call).await
    }

    /// Runs `call` on the library's thread, after all earlier calls, also those that may wait.
    pub(crate) async fn call_later<T: Send + 'static>(
        &self,
        call: impl FnOnce(&mut Library) -> Result<T, library::Error> + Send + 'static,
    ) -> Result<T, DiskError> {
        self.asked(Lane::Later, call).await
    }

    /// Sends `call` to the library's thread now; it is carried out whether or not anybody waits for the answer.
    pub(crate) fn asked<T, F>(&self, lane: Lane, call: F) -> impl Future<Output = Result<T, DiskError>> + use<T, F>
    where
        T: Send + 'static,
        F: FnOnce(&mut Library) -> Result<T, library::Error> + Send + 'static,
    {
        let (reply, answer) = tokio::sync::oneshot::channel();
        let answering = move |library: &mut Library| {
            let result = call(library);
            if reply.send(result).is_err() {
                log::debug!("nobody waits for the library's answer any more");
            }
        };
        let is_sent = self.calls.send((lane, Box::new(answering))).is_ok();
        async move {
            match answer.await {
                Ok(result) => result.map_err(|error| DiskError::Library(Arc::new(error))),
                // The thread is there as long as any handle is, so that only a panic takes an answer away.
                Err(_) if is_sent => Err(DiskError::Interrupted),
                Err(_) => Err(DiskError::Stopped),
            }
        }
    }
}

/// Returns the call whose turn it is, waiting for one where there is none; `None`: there will be no more.
fn next(inbox: &mpsc::Receiver<(Lane, Call)>, now: &mut VecDeque<Call>, later: &mut VecDeque<Call>) -> Option<Call> {
    let mut sort = |(lane, call)| match lane {
        Lane::Now => now.push_back(call),
        Lane::Later => later.push_back(call),
    };
    inbox.try_iter().for_each(&mut sort);
    if now.is_empty() && later.is_empty() {
        let (_, call) = inbox.recv().ok()?;
        return Some(call);
    }
    now.pop_front().or_else(|| later.pop_front())
}

/// What went wrong between engine and library.
#[derive(Debug, Clone, thiserror::Error)]
pub enum DiskError {
    #[error(transparent)]
    Library(#[from] Arc<library::Error>),
    #[error("the library's thread has stopped; restart Easel")]
    Stopped,
    #[error("Easel failed inside while it worked on the library; try again, and restart it should that not help")]
    Interrupted,
}

impl DiskError {
    /// Says whether making the index anew may help.
    pub fn is_broken_index(&self) -> bool {
        matches!(self, Self::Library(error) if error.is_broken_index())
    }

    /// Says whether another Easel has the library: nothing is wrong then.
    pub fn is_in_use(&self) -> bool {
        matches!(self, Self::Library(error) if matches!(**error, library::Error::Locked { .. }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A library's thread that is held up in its first call until the sender is dropped.
    fn held_up() -> (tempfile::TempDir, Disk, mpsc::Sender<()>) {
        let folder = tempfile::tempdir().unwrap();
        let disk = Disk::start(Library::open(folder.path()).unwrap()).unwrap();
        let (go, wait) = mpsc::channel::<()>();
        let (begun, has_begun) = mpsc::channel();
        disk.post(move |_| {
            begun.send(()).unwrap();
            wait.recv().unwrap_err();
            Ok(())
        });
        has_begun.recv().unwrap();
        (folder, disk, go)
    }

    #[test]
    fn what_may_wait_is_done_after_all_else_and_each_lane_keeps_its_order() {
        let (_folder, disk, go) = held_up();
        let (done, order) = mpsc::channel();
        let note = |what: &'static str| {
            let done = done.clone();
            move |_: &mut Library| {
                done.send(what).unwrap();
                Ok(())
            }
        };
        assert!(disk.post_later(1, note("a partial")));
        assert!(disk.post_later(1, note("the next partial")));
        disk.post(note("the result"));
        disk.post(note("the next result"));
        drop(go);
        crate::engine::runtime().unwrap().block_on(disk.call_later(note("the end"))).unwrap();
        let order: Vec<_> = order.try_iter().collect();
        assert_eq!(order, ["the result", "the next result", "a partial", "the next partial", "the end"]);
    }

    #[test]
    fn a_call_that_panics_fails_alone_and_what_was_sent_after_it_is_done() {
        let (_folder, disk, go) = held_up();
        let runtime = crate::engine::runtime().unwrap();
        let asked = disk.clone();
        let broken = runtime
            .spawn(async move { asked.call(|_| -> Result<(), library::Error> { panic!("as a fault does") }).await });
        disk.post(|_| panic!("so does this"));
        let told = runtime.spawn(async move { disk.call(|library| library.set_setting("after", &1.into())).await });
        drop(go);
        assert!(matches!(runtime.block_on(broken).unwrap(), Err(DiskError::Interrupted)));
        runtime.block_on(told).unwrap().unwrap();
    }

    #[test]
    #[ignore = "a process that the next test starts"]
    fn child() {
        let Some(reports) = std::env::var_os("EASEL_CRASH_REPORTS") else { return };
        crate::crash::install(Some(reports.into()), "test");
        let (_folder, disk, go) = held_up();
        disk.post(|_| panic!("as a fault of the library does"));
        drop(go);
        crate::engine::runtime().unwrap().block_on(disk.call(|_| Ok(()))).unwrap();
    }

    #[test]
    fn a_panic_on_the_librarys_thread_is_reported() {
        let reports = tempfile::tempdir().unwrap();
        let mut child = std::process::Command::new(std::env::current_exe().unwrap());
        child.args(["engine::disk::tests::child", "--exact", "--ignored"]).env("EASEL_CRASH_REPORTS", reports.path());
        assert!(child.output().unwrap().status.success());
        let report = crate::crash::unseen(reports.path()).unwrap();
        assert!(report.text.contains("Thread     easel-library\n"), "{}", report.text);
        assert!(report.text.contains("as a fault of the library does") && report.text.contains("src/engine/disk.rs:"));
    }

    #[test]
    fn what_waits_has_a_limit_and_room_comes_back_when_it_is_done() {
        let (_folder, disk, go) = held_up();
        assert!(disk.post_later(WAITING, |_| Ok(())));
        assert!(!disk.post_later(1, |_| unreachable!("it was dropped")));
        drop(go);
        crate::engine::runtime().unwrap().block_on(disk.call_later(|_| Ok(()))).unwrap();
        assert!(disk.post_later(WAITING, |_| Ok(())));
    }
}
