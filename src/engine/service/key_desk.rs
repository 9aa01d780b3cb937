//! Asks the places where keys are kept, without ever waiting for one: each question is a task of its own, and only the
//! answer to the latest one counts.
//!
//! Invariant: a choice of the artist is used at once; whatever an older question brings changes nothing any more.

use super::super::actor::Internal;
use super::key_policy::needs_yes;
use super::key_store::{KeyError, KeyPlace, KeySource, Left, SecretStore};
use super::slot::Slot;
use crate::api::ApiKey;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Instant;
use tokio::sync::mpsc::UnboundedSender;

/// What the secret store is being asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum StoreTask {
    Reading,
    Keeping(KeyPlace),
    Forgetting,
}

/// A question to the secret store that is not answered yet.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StoreWait {
    pub task: StoreTask,
    pub since: Instant,
}

/// What became of a question.
#[derive(Debug)]
pub(crate) enum KeyReport {
    Read(Result<Option<(ApiKey, KeySource)>, KeyError>),
    Kept(KeyPlace, Result<(), KeyError>),
    /// The other places were asked to let go of it.
    CleanedUp(Vec<Left>),
    Forgotten(Vec<Left>),
}

/// What follows from a choice.
#[derive(Debug)]
pub(crate) enum Chosen {
    /// Use it from now on.
    Use(ApiKey, KeySource),
    /// It waits for a yes to its going to this host unencrypted.
    Ask(String),
    /// There is none, or it is being read.
    None,
}

struct Running {
    wait: StoreWait,
    given_up: Arc<AtomicBool>,
}

/// A key with where it came from, and whether it is still to be kept.
struct Offer {
    key: ApiKey,
    source: KeySource,
    is_new: bool,
}

/// The key of the service in use.
pub(crate) struct KeyDesk {
    store: SecretStore,
    slot: Slot,
    /// Counts choices.
    epoch: u64,
    running: Option<Running>,
    /// Questions that may still be under way, also such as nobody waits for any more.
    asked: Vec<(Slot, Arc<AtomicBool>)>,
    /// What waits for a yes.
    pending: Option<Offer>,
    internal: UnboundedSender<Internal>,
}

impl KeyDesk {
    pub(crate) fn new(store: SecretStore, slot: Slot, internal: UnboundedSender<Internal>) -> Self {
        Self { store, slot, epoch: 0, running: None, asked: Vec::new(), pending: None, internal }
    }

    /// Turns to a service and returns its key, as far as nobody needs to be asked; else begins to read it.
    pub(crate) fn turn_to(&mut self, slot: Slot) -> Chosen {
        self.let_go();
        self.slot = slot;
        if let Some((key, source)) = self.store.ready(&self.slot) {
            return self.offer(Offer { key, source, is_new: false });
        }
        if self.store.has_key(&self.slot) {
            self.start(StoreTask::Reading, |store, slot, _, report| report(KeyReport::Read(store.read(&slot))));
        }
        Chosen::None
    }

    /// Takes a key that was typed or brought by a sign-in.
    pub(crate) fn connect(&mut self, key: ApiKey, place: KeyPlace) -> Chosen {
        self.supersede();
        self.offer(Offer { key, source: KeySource::Kept(place), is_new: true })
    }

    /// Takes a key that was read.
    pub(crate) fn found(&mut self, key: ApiKey, source: KeySource) -> Chosen {
        self.offer(Offer { key, source, is_new: false })
    }

    /// Lets the key that waits for it go to its host unencrypted, from now on.
    ///
    /// # Errors
    /// When the yes could not be written down; it holds until Easel closes.
    pub(crate) fn agree(&mut self) -> (Chosen, Result<(), KeyError>) {
        let Some(offer) = self.pending.take() else { return (Chosen::None, Ok(())) };
        let written = self.store.keep_open_http(&self.slot);
        (self.offer(offer), written)
    }

    /// Removes the key from wherever it is kept. What follows is told also when the service changes meanwhile.
    pub(crate) fn forget(&mut self) {
        self.supersede();
        self.store.forget_in_memory(&self.slot);
        self.start(StoreTask::Forgetting, |store, slot, given_up, report| {
            report(KeyReport::Forgotten(store.forget(&slot, given_up)));
        });
    }

    /// Says whether there is a key for another service.
    pub(crate) fn has_key(&self, slot: &Slot) -> bool {
        self.store.has_key(slot)
    }

    /// Forgets the key of a service that is not in use; what a place would not let go of is only logged.
    pub(crate) fn forget_other(&self, slot: Slot) {
        self.store.forget_in_memory(&slot);
        let store = self.store.clone();
        tokio::task::spawn_blocking(move || {
            for left in store.forget(&slot, &AtomicBool::new(false)) {
                log::warn!("the key of {} was to be forgotten: {left}", slot.origin);
            }
        });
    }

    /// Turns to a service that brings its key itself; an answer that is awaited is awaited still.
    pub(crate) fn stand_at(&mut self, slot: Slot) {
        self.pending = None;
        self.slot = slot;
    }

    /// The key stays in memory, wherever it was to be kept.
    pub(crate) fn keep_in_memory(&self, key: &ApiKey) {
        self.store.remember(&self.slot, key, KeyPlace::UntilClose);
    }

    /// Waits for no answer any more; returns which one was awaited. A key that was to be kept in the store is not kept
    /// when that answers after all; what was to be removed is removed however late.
    pub(crate) fn give_up(&mut self) -> Option<StoreTask> {
        let Running { wait, given_up } = self.let_go()?;
        if wait.task == StoreTask::Keeping(KeyPlace::System) {
            given_up.store(true, Ordering::SeqCst);
        }
        Some(wait.task)
    }

    /// Makes room for a newer choice about this key: nothing that is under way for it may undo that.
    fn supersede(&mut self) {
        self.let_go();
        let here = self.asked.iter().filter(|(slot, _)| *slot == self.slot);
        here.for_each(|(_, given_up)| given_up.store(true, Ordering::SeqCst));
    }

    fn let_go(&mut self) -> Option<Running> {
        self.epoch += 1;
        self.pending = None;
        self.running.take()
    }

    /// Takes an answer; `None`: it is of no use any more.
    pub(crate) fn hear(&mut self, epoch: u64, report: KeyReport) -> Option<KeyReport> {
        if epoch != self.epoch {
            log::debug!("an answer about a key came too late");
            return None;
        }
        // After keeping it, the other places are asked.
        if !matches!(report, KeyReport::Kept(_, Ok(()))) {
            self.running = None;
        }
        Some(report)
    }

    fn offer(&mut self, offer: Offer) -> Chosen {
        if let Some(host) = needs_yes(&self.slot.origin, self.store.is_open_http_allowed(&self.slot)) {
            self.pending = Some(offer);
            return Chosen::Ask(host);
        }
        let Offer { key, source, is_new } = offer;
        if let KeySource::Kept(place) = source {
            self.store.remember(&self.slot, &key, place);
            if is_new {
                self.keep(key.clone(), place);
            }
        }
        Chosen::Use(key, source)
    }

    fn keep(&mut self, key: ApiKey, place: KeyPlace) {
        self.start(StoreTask::Keeping(place), move |store, slot, given_up, report| {
            let kept = store.keep(&slot, &key, place, given_up);
            let is_kept = kept.is_ok();
            report(KeyReport::Kept(place, kept));
            if is_kept {
                report(KeyReport::CleanedUp(store.clean_up(&slot, place, given_up)));
            }
        });
    }

    /// Says whether a key may come any moment, without which nothing should be sent.
    pub(crate) fn is_reading(&self) -> bool {
        self.wait().is_some_and(|wait| wait.task == StoreTask::Reading)
    }

    pub(crate) fn wait(&self) -> Option<StoreWait> {
        self.running.as_ref().map(|running| running.wait)
    }

    fn start(
        &mut self,
        task: StoreTask,
        work: impl FnOnce(SecretStore, Slot, &AtomicBool, &dyn Fn(KeyReport)) + Send + 'static,
    ) {
        let given_up: Arc<AtomicBool> = Arc::default();
        // The tasks that have ended have let go of theirs.
        self.asked.retain(|(_, given_up)| Arc::strong_count(given_up) > 1);
        self.asked.push((self.slot.clone(), given_up.clone()));
        self.running = Some(Running { wait: StoreWait { task, since: Instant::now() }, given_up: given_up.clone() });
        let (store, slot, internal, epoch) = (self.store.clone(), self.slot.clone(), self.internal.clone(), self.epoch);
        tokio::task::spawn_blocking(move || {
            work(store, slot, &given_up, &|report| {
                if internal.send(Internal::Key { epoch, report }).is_err() {
                    log::debug!("the actor has stopped");
                }
            });
        });
    }
}
