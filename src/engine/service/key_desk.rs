//! Asks the places where keys are kept, without ever waiting for one: each question is a task of its own, and only the
//! answer to the latest one counts.
//!
//! Invariant: a choice of the artist is used at once; whatever an older question brings changes nothing any more.

use super::super::Notice;
use super::super::report::{Reports, TaskReport};
use super::key::{KeyError, KeyPlace, KeySource, Left};
use super::key_policy::needs_yes;
use super::key_report::{KeyReport, StoreTask, StoreWait};
use super::key_store::{SecretStore, Stamp};
use super::slot::Slot;
use crate::api::ApiKey;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

/// After this long without an answer of the secret store it is said.
const SILENCE: Duration = Duration::from_secs(5);

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

fn say(reports: &Reports, text: String) {
    reports.say(Notice::ConnectionTrouble { text });
}

fn silent_text(name: &str) -> String {
    format!(
        "{name} is removed, but the system's secret store does not answer and may still have its key; unlock it, and \
         the key goes as soon as it answers"
    )
}

fn left_text(name: &str, left: &[Left]) -> String {
    let places: Vec<String> = left.iter().map(ToString::to_string).collect();
    let helps = match left.iter().any(|left| left.place == KeyPlace::System) {
        true => "unlock that, make the connection again under this name and remove it once more",
        false => "delete that file",
    };
    format!("{name} is removed, but not its key: {}. To be rid of it, {helps}", places.join("; "))
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
    /// How each choice looked when it was read or made here last.
    seen: HashMap<Slot, Stamp>,
    is_looking: bool,
    reports: Reports,
}

impl KeyDesk {
    pub(crate) fn new(store: SecretStore, slot: Slot, reports: Reports) -> Self {
        Self {
            store,
            slot,
            epoch: 0,
            running: None,
            asked: Vec::new(),
            pending: None,
            seen: HashMap::new(),
            is_looking: false,
            reports,
        }
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
        self.epoch += 1;
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

    /// Looks in the background whether another window has chosen another key. Whatever is under way here goes before.
    pub(crate) fn look_again(&mut self) {
        if self.running.is_some() || self.pending.is_some() || self.is_looking {
            return;
        }
        self.is_looking = true;
        let seen = self.seen.get(&self.slot).cloned().unwrap_or_default();
        let (store, slot, reports, epoch) = (self.store.clone(), self.slot.clone(), self.reports.clone(), self.epoch);
        tokio::task::spawn_blocking(move || {
            // Before the key is read: what is written meanwhile is seen the next time.
            let stamp = store.stamp(&slot);
            let found = (stamp != seen).then(|| store.read_anew(&slot));
            reports.send(TaskReport::Key { epoch, stamp, report: KeyReport::Looked(found) });
        });
    }

    /// Returns where the key in use came from; `None`: there is none, or it came with the service.
    pub(crate) fn source(&self) -> Option<KeySource> {
        self.store.ready(&self.slot).map(|(_, source)| source)
    }

    /// Another window has forgotten the key.
    pub(crate) fn drop_key(&mut self) {
        self.let_go();
        self.store.forget_in_memory(&self.slot);
    }

    /// Says whether there is a key for another service.
    pub(crate) fn has_key(&self, slot: &Slot) -> bool {
        self.store.has_key(slot)
    }

    /// Forgets the key of a connection that was removed, and says what would not let go of it. A newer choice about a
    /// key of this name goes before.
    pub(crate) fn forget_other(&mut self, slot: Slot, name: String) {
        self.store.forget_in_memory(&slot);
        let given_up: Arc<AtomicBool> = Arc::default();
        self.asked.retain(|(_, given_up)| Arc::strong_count(given_up) > 1);
        self.asked.push((slot.clone(), given_up.clone()));
        let (store, reports) = (self.store.clone(), self.reports.clone());
        tokio::spawn(async move {
            let forgetting = tokio::task::spawn_blocking(move || store.forget(&slot, &given_up));
            tokio::pin!(forgetting);
            let (left, was_silent) = match tokio::time::timeout(SILENCE, &mut forgetting).await {
                Ok(left) => (left, false),
                Err(_) => {
                    say(&reports, silent_text(&name));
                    (forgetting.await, true)
                }
            };
            match left {
                Ok(left) if left.is_empty() && was_silent => {
                    reports.say(Notice::KeyForgotten);
                }
                Ok(left) if left.is_empty() => {}
                Ok(left) => say(&reports, left_text(&name, &left)),
                Err(error) => log::error!("the key of a removed connection was not forgotten: {error}"),
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
    pub(crate) fn hear(&mut self, epoch: u64, stamp: Stamp, report: KeyReport) -> Option<KeyReport> {
        let is_look = matches!(report, KeyReport::Looked(_));
        self.is_looking &= !is_look;
        if epoch != self.epoch {
            log::debug!("an answer about a key came too late");
            return None;
        }
        self.seen.insert(self.slot.clone(), stamp);
        // After keeping it, the other places are asked.
        if !is_look && !matches!(report, KeyReport::Kept(_, Ok(()))) {
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
        let (store, slot, reports, epoch) = (self.store.clone(), self.slot.clone(), self.reports.clone(), self.epoch);
        tokio::task::spawn_blocking(move || {
            let before = store.stamp(&slot);
            let (looked, at) = (store.clone(), slot.clone());
            work(store, slot, &given_up, &|report| {
                let stamp = if task == StoreTask::Reading { before.clone() } else { looked.stamp(&at) };
                reports.send(TaskReport::Key { epoch, stamp, report });
            });
        });
    }
}
