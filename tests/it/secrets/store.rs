//! Nothing waits for the secret store but the task that asked it, and what it says too late changes nothing.

use super::recorder::Recorder;
use easel::api::Timeouts;
use easel::engine::{
    Browser, Config, Connections, Engine, Event, KeyPlace, Notice, Order, Privacy, Secret, SecretStore, Service,
    ServiceKind, ServiceOrder, Slot, Snapshot, StoreTask, Vault, VaultError, runtime,
};
use std::collections::HashMap;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Condvar, Mutex, mpsc};
use std::time::{Duration, Instant};

pub const FIRST: &str = "sk-or-v1-first-0123456789abcdef";
pub const SECOND: &str = "sk-or-v1-second-0123456789abcdef";

/// A vault whose calls wait until it is told to answer.
#[derive(Default)]
pub struct SilentVault {
    entries: Mutex<HashMap<String, String>>,
    answers: Mutex<bool>,
    told: Condvar,
    /// Answers that it would not be opened.
    locked: AtomicBool,
}

impl SilentVault {
    fn wait(&self) -> Result<(), VaultError> {
        let mut answers = self.answers.lock().unwrap();
        while !*answers {
            answers = self.told.wait(answers).unwrap();
        }
        if self.locked.load(Ordering::SeqCst) { Err(VaultError::Locked("dismissed".into())) } else { Ok(()) }
    }

    pub fn lock(&self, locked: bool) {
        self.locked.store(locked, Ordering::SeqCst);
    }

    pub fn fall_silent(&self) {
        *self.answers.lock().unwrap() = false;
    }

    pub fn answer(&self) {
        *self.answers.lock().unwrap() = true;
        self.told.notify_all();
    }

    pub fn values(&self) -> Vec<String> {
        self.entries.lock().unwrap().values().cloned().collect()
    }
}

impl Vault for SilentVault {
    fn get(&self, account: &str) -> Result<String, VaultError> {
        self.wait()?;
        self.entries.lock().unwrap().get(account).cloned().ok_or(VaultError::NoEntry)
    }

    fn set(&self, account: &str, secret: &str) -> Result<(), VaultError> {
        self.wait()?;
        self.entries.lock().unwrap().insert(account.to_owned(), secret.to_owned());
        Ok(())
    }

    fn delete(&self, account: &str) -> Result<(), VaultError> {
        self.wait()?;
        self.entries.lock().unwrap().remove(account).map(|_| ()).ok_or(VaultError::NoEntry)
    }
}

pub struct Rig {
    pub engine: Engine,
    wakes: mpsc::Receiver<()>,
    pub notices: Vec<Notice>,
}

impl Rig {
    pub fn start(dir: &Path, base: &str, vault: Arc<SilentVault>) -> Self {
        Self::with_browser(dir, base, vault, Browser::With(Arc::new(|_| false)))
    }

    pub fn with_browser(dir: &Path, base: &str, vault: Arc<SilentVault>, browser: Browser) -> Self {
        Self::with(dir, "library", base, vault, |config| config.browser = browser)
    }

    /// A second window on a library of its own, with the same keys and connections.
    pub fn beside(dir: &Path, base: &str, vault: Arc<SilentVault>) -> Self {
        Self::with(dir, "second library", base, vault, |_| {})
    }

    pub fn with(
        dir: &Path,
        library: &str,
        base: &str,
        vault: Arc<SilentVault>,
        change: impl FnOnce(&mut Config),
    ) -> Self {
        let (wake, wakes) = mpsc::channel();
        let mut config = Config {
            service: Service { kind: ServiceKind::Custom, base: base.to_owned(), key: None },
            fallback: None,
            timeouts: Timeouts::default(),
            max_running: 2,
            keep_partials: false,
            waker: Arc::new(move || wake.send(()).unwrap_or_default()),
            previews: Arc::new(|_| {}),
            secrets: SecretStore::with_vault(&dir.join("config"), vault),
            browser: Browser::With(Arc::new(|_| false)),
            connections: Connections::load(&dir.join("config")),
            connection: None,
            privacy: Privacy::default(),
        };
        change(&mut config);
        let library = crate::support::open_library(&dir.join(library));
        let engine = Engine::start(runtime().unwrap(), library, config).unwrap();
        Self { engine, wakes, notices: Vec::new() }
    }

    pub fn until(&mut self, what: &str, holds: impl Fn(&Snapshot, &[Notice]) -> bool) {
        let deadline = Instant::now() + Duration::from_secs(60);
        loop {
            while let Some(event) = self.engine.next_event() {
                if let Event::Notice(notice) = event {
                    self.notices.push(notice);
                }
            }
            let snapshot = self.engine.snapshot();
            if holds(&snapshot, &self.notices) {
                return;
            }
            assert!(Instant::now() < deadline, "{what}: {:?} {:?}", snapshot.account, self.notices);
            // Woken or not, it looks again.
            self.wakes.recv_timeout(Duration::from_millis(50)).unwrap_or_default();
        }
    }

    pub fn connect(&self, key: &str, place: KeyPlace) {
        self.engine.send(Order::Service(ServiceOrder::Connect { key: Secret(key.into()), place }));
    }
}

pub fn uses(snapshot: &Snapshot, source: &str) -> bool {
    snapshot.service.key.is_some() && snapshot.account.source == Some(source)
}

pub const SYSTEM: &str = "the system's secret store";
pub const FILE: &str = "a file only you can read";
const MEMORY: &str = "memory, until Easel closes";

#[test]
fn a_silent_store_holds_up_nothing_and_can_be_given_up() {
    let dir = tempfile::tempdir().unwrap();
    let server = Recorder::service();
    let vault: Arc<SilentVault> = Arc::default();
    let mut rig = Rig::start(dir.path(), &server.base(), vault.clone());
    rig.connect(FIRST, KeyPlace::System);
    // It is used at once, while the store is being asked, and the actor goes on.
    rig.until("the key is used", |now, _| {
        uses(now, SYSTEM) && now.account.store.is_some_and(|wait| wait.task == StoreTask::Keeping(KeyPlace::System))
    });
    rig.until("the service is asked with it", |now, _| now.account.key.value.is_some());
    rig.engine.send(Order::Service(ServiceOrder::GiveUpKey));
    rig.until("it is said", |now, notices| {
        now.account.store.is_none()
            && uses(now, MEMORY)
            && now.account.trouble.as_ref().is_some_and(|text| text.contains("does not answer"))
            && notices.iter().any(|notice| matches!(notice, Notice::KeyNotKept { .. }))
    });
    // A newer choice; then the store answers the old question after all.
    rig.connect(SECOND, KeyPlace::File);
    rig.until("the file has it", |now, notices| {
        uses(now, FILE) && notices.iter().any(|notice| matches!(notice, Notice::KeyKept(KeyPlace::File)))
    });
    vault.answer();
    rig.until("nobody is asked any more", |now, _| now.account.store.is_none());
    assert!(uses(&rig.engine.snapshot(), FILE));
    rig.engine.shutdown(Duration::from_secs(10));
    let slot = Slot::of(&server.base(), None).unwrap();
    let after = SecretStore::with_vault(&dir.path().join("config"), vault.clone());
    let (_, source) = after.read(&slot).unwrap().unwrap();
    assert_eq!(source.text(), FILE);
    // What came too late was taken back, as soon as the store let it be.
    let deadline = Instant::now() + Duration::from_secs(60);
    while !vault.values().is_empty() {
        assert!(Instant::now() < deadline, "the store has a key that nobody chose");
        std::thread::yield_now();
    }
}

/// A window whose key the system's store has taken.
pub fn kept_in_store(dir: &Path, server: &Recorder, vault: &Arc<SilentVault>) -> Rig {
    vault.answer();
    let mut rig = Rig::start(dir, &server.base(), vault.clone());
    rig.connect(FIRST, KeyPlace::System);
    rig.until("it is kept", |now, notices| {
        now.account.store.is_none() && notices.iter().any(|notice| matches!(notice, Notice::KeyKept(_)))
    });
    rig
}

#[test]
fn a_key_that_the_store_does_not_give_is_not_used_and_comes_when_it_is_asked_again() {
    let (dir, server, vault) = (tempfile::tempdir().unwrap(), Recorder::service(), Arc::default());
    let rig = kept_in_store(dir.path(), &server, &vault);
    rig.engine.shutdown(Duration::from_secs(10));
    vault.fall_silent();
    let mut rig = Rig::start(dir.path(), &server.base(), vault.clone());
    rig.until("it is being read", |now, _| {
        now.library_read && now.account.store.is_some_and(|wait| wait.task == StoreTask::Reading)
    });
    rig.engine.send(Order::Service(ServiceOrder::GiveUpKey));
    rig.until("it is said", |now, _| now.account.store.is_none() && now.account.is_unread);
    assert!(rig.engine.snapshot().service.key.is_none());
    vault.answer();
    rig.engine.send(Order::Service(ServiceOrder::ReadKeyAgain));
    rig.until("it is there", |now, _| uses(now, SYSTEM) && now.account.trouble.is_none());
    rig.engine.send(Order::Service(ServiceOrder::ForgetKey));
    rig.until("it is forgotten", |now, notices| {
        now.service.key.is_none() && notices.iter().any(|notice| matches!(notice, Notice::KeyForgotten))
    });
    assert!(vault.values().is_empty());
    rig.engine.shutdown(Duration::from_secs(10));
}

#[test]
fn forgetting_is_done_where_it_can_be_and_the_rest_is_said() {
    let (dir, server, vault) = (tempfile::tempdir().unwrap(), Recorder::service(), Arc::default());
    let mut rig = kept_in_store(dir.path(), &server, &vault);
    vault.fall_silent();
    rig.engine.send(Order::Service(ServiceOrder::ForgetKey));
    rig.until("it is no longer used", |now, _| now.service.key.is_none() && now.account.store.is_some());
    rig.engine.send(Order::Service(ServiceOrder::GiveUpKey));
    rig.until("the rest is said", |now, _| {
        now.account.trouble.as_ref().is_some_and(|text| text.contains("it may still be there"))
    });
    rig.engine.shutdown(Duration::from_secs(10));
    let mut rig = Rig::start(dir.path(), &server.base(), vault.clone());
    rig.until("the next start does not use it", |now, _| now.library_read && now.account.store.is_none());
    assert!(rig.engine.snapshot().service.key.is_none());
    rig.engine.shutdown(Duration::from_secs(10));
}

#[test]
fn after_a_change_of_key_nothing_is_said_of_the_one_before() {
    let dir = tempfile::tempdir().unwrap();
    let server = Recorder::start(|request| match request.header("authorization") {
        Some(header) if header.contains("second") => {
            let body = r#"{"error":{"code":401,"message":"User not found."}}"#;
            ("401 Unauthorized".to_owned(), String::new(), body.to_owned())
        }
        _ => super::recorder::service(request),
    });
    let mut rig = Rig::start(dir.path(), &server.base(), Arc::default());
    rig.connect(FIRST, KeyPlace::UntilClose);
    rig.until("it is accepted", |now, _| now.account.key.value.is_some() && !now.account.credits.loading);
    rig.connect(SECOND, KeyPlace::UntilClose);
    rig.until("it is refused", |now, _| now.account.key.error.is_some());
    let account = rig.engine.snapshot().account.clone();
    assert!(account.key.value.is_none(), "label and spending are of another key: {account:?}");
    assert!(!matches!(account.credits.value, Some(Some(_))));
    rig.engine.shutdown(Duration::from_secs(10));
}

#[test]
fn an_open_road_is_asked_about_and_a_yes_is_remembered() {
    let dir = tempfile::tempdir().unwrap();
    let server = Recorder::service();
    let base = format!("http://0.0.0.0:{}/api/v1", server.port);
    let mut rig = Rig::start(dir.path(), &base, Arc::default());
    let host = format!("0.0.0.0:{}", server.port);
    rig.connect(FIRST, KeyPlace::File);
    rig.until("it is asked", |now, _| now.account.withheld.as_ref() == Some(&host));
    rig.engine.send(Order::Service(ServiceOrder::GiveUpKey));
    rig.until("a no is a no", |now, _| now.account.withheld.is_none() && now.service.key.is_none());
    rig.connect(FIRST, KeyPlace::File);
    rig.until("it is asked again", |now, _| now.account.withheld.is_some());
    assert!(!server.holds(FIRST));
    rig.engine.send(Order::Service(ServiceOrder::AllowOpenHttp));
    rig.until("it is used and kept", |now, notices| {
        uses(now, FILE) && notices.iter().any(|notice| matches!(notice, Notice::KeyKept(_)))
    });
    rig.engine.shutdown(Duration::from_secs(10));
    let mut rig = Rig::start(dir.path(), &base, Arc::default());
    rig.until("the next start knows", |now, _| uses(now, FILE) && now.account.withheld.is_none());
    rig.engine.shutdown(Duration::from_secs(10));
}
