//! One key per origin in every place, and what is done when a place does not do as asked.

use super::*;
use std::sync::mpsc;

const KEY: &str = "sk-or-v1-0123456789";
const OTHER: &str = "sk-or-v1-9876543210";

/// A vault in memory that can be locked.
#[derive(Default)]
struct TestVault {
    entries: Mutex<HashMap<String, String>>,
    is_locked: AtomicBool,
    /// Set while a call is inside; the call goes on when this is answered.
    gate: Mutex<Option<(mpsc::Sender<()>, mpsc::Receiver<()>)>>,
}

impl TestVault {
    fn enter(&self) -> Result<MutexGuard<'_, HashMap<String, String>>, VaultError> {
        if let Some((entered, go_on)) = self.gate.lock().unwrap().take() {
            entered.send(()).unwrap();
            go_on.recv().unwrap();
        }
        match self.is_locked.load(Ordering::SeqCst) {
            true => Err(VaultError::Locked("the prompt was dismissed".into())),
            false => Ok(self.entries.lock().unwrap()),
        }
    }

    fn accounts(&self) -> Vec<String> {
        let mut accounts: Vec<_> = self.entries.lock().unwrap().keys().cloned().collect();
        accounts.sort();
        accounts
    }
}

impl Vault for TestVault {
    fn get(&self, account: &str) -> Result<String, VaultError> {
        self.enter()?.get(account).cloned().ok_or(VaultError::NoEntry)
    }

    fn set(&self, account: &str, secret: &str) -> Result<(), VaultError> {
        self.enter()?.insert(account.to_owned(), secret.to_owned());
        Ok(())
    }

    fn delete(&self, account: &str) -> Result<(), VaultError> {
        self.enter()?.remove(account).map(|_| ()).ok_or(VaultError::NoEntry)
    }
}

struct Rig {
    dir: tempfile::TempDir,
    vault: Arc<TestVault>,
}

impl Rig {
    fn new() -> Self {
        Self { dir: tempfile::tempdir().unwrap(), vault: Arc::default() }
    }

    /// As a new start of the program finds it.
    fn store(&self) -> SecretStore {
        SecretStore::with_vault(self.dir.path(), self.vault.clone())
    }

    fn keep(&self, slot: &Slot, key: &str, place: KeyPlace) -> Vec<Left> {
        let (store, key) = (self.store(), ApiKey::new(key).unwrap());
        store.keep(slot, &key, place, &AtomicBool::new(false)).unwrap();
        store.clean_up(slot, place, &AtomicBool::new(false))
    }

    fn forget(&self, slot: &Slot) -> Vec<Left> {
        let store = self.store();
        store.forget_in_memory(slot);
        store.forget(slot, &AtomicBool::new(false))
    }

    fn read(&self, slot: &Slot) -> Option<(String, KeySource)> {
        self.store().read(slot).unwrap().map(|(key, source)| (key.expose().to_owned(), source))
    }

    /// Every file below the configuration folder.
    fn files(&self) -> Vec<String> {
        fn walk(dir: &Path, into: &mut Vec<String>) {
            for entry in std::fs::read_dir(dir).unwrap().flatten() {
                match entry.path().is_dir() {
                    true => walk(&entry.path(), into),
                    false => into.push(entry.file_name().to_string_lossy().into_owned()),
                }
            }
        }
        let mut files = Vec::new();
        walk(self.dir.path(), &mut files);
        files.sort();
        files
    }
}

fn openrouter() -> Slot {
    Slot::of(DEFAULT_BASE, None).unwrap()
}

fn studio() -> Slot {
    Slot::of("https://studio.example:8443/api/v1", None).unwrap()
}

fn kept(place: KeyPlace) -> KeySource {
    KeySource::Kept(place)
}

#[test]
fn a_key_in_a_file_is_for_its_owner_alone_and_can_be_forgotten() {
    let rig = Rig::new();
    assert!(!rig.store().has_key(&studio()) && rig.read(&studio()).is_none());
    assert!(rig.keep(&studio(), KEY, KeyPlace::File).is_empty());
    assert!(rig.store().has_key(&studio()));
    assert_eq!(rig.read(&studio()), Some((KEY.to_owned(), kept(KeyPlace::File))));
    #[cfg(unix)]
    for file in rig.files() {
        use std::os::unix::fs::PermissionsExt as _;
        let mode = std::fs::metadata(rig.dir.path().join("keys").join(file)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
    }
    assert!(rig.forget(&studio()).is_empty());
    assert!(!rig.store().has_key(&studio()));
    assert!(rig.files().is_empty());
}

#[test]
fn each_origin_has_its_own_key_in_every_place_and_loses_no_other_ones() {
    for place in [KeyPlace::File, KeyPlace::System] {
        for at_studio in [KeyPlace::File, KeyPlace::System, KeyPlace::UntilClose] {
            let rig = Rig::new();
            rig.keep(&openrouter(), KEY, place);
            assert_eq!(rig.read(&studio()), None, "another address starts without one");
            rig.keep(&studio(), OTHER, at_studio);
            assert_eq!(rig.read(&openrouter()), Some((KEY.to_owned(), kept(place))));
            assert!(rig.forget(&studio()).is_empty());
            assert_eq!(rig.read(&openrouter()), Some((KEY.to_owned(), kept(place))));
            assert_eq!(rig.read(&studio()), None);
        }
    }
}

#[test]
fn the_variable_goes_before_what_is_kept_and_stays_forgotten() {
    let rig = Rig::new();
    rig.keep(&openrouter(), KEY, KeyPlace::File);
    let store = rig.store();
    store.use_variable(&openrouter(), ApiKey::new(OTHER).unwrap());
    assert_eq!(store.read(&openrouter()).unwrap().unwrap().1, KeySource::Variable);
    assert!(!store.has_key(&studio()));
    store.forget_in_memory(&openrouter());
    assert!(!store.has_key(&openrouter()) && store.read(&openrouter()).unwrap().is_none());
}

#[test]
fn a_key_from_before_is_the_default_addresss_alone_and_is_filed_anew_without_loss() {
    let write = |rig: &Rig, name: &str, text: &str| std::fs::write(rig.dir.path().join(name), text).unwrap();
    let in_file = Rig::new();
    write(&in_file, "key", KEY);
    let in_vault = Rig::new();
    write(&in_vault, "key-is-in-system-store", "");
    in_vault.vault.set(DEFAULT_BASE, KEY).unwrap();
    for (rig, place) in [(&in_file, KeyPlace::File), (&in_vault, KeyPlace::System)] {
        for other in ["http://127.0.0.1:9/api/v1", "https://studio.example/", "http://openrouter.ai/api/v1"] {
            let other = Slot::of(other, None).unwrap();
            assert!(!rig.store().has_key(&other) && rig.read(&other).is_none(), "{other:?}");
            assert!(rig.forget(&other).is_empty());
            rig.keep(&other, OTHER, KeyPlace::File);
        }
        // As another spelling, and twice: the second time it is found where it was filed.
        for base in ["https://OpenRouter.ai:443", DEFAULT_BASE] {
            let origin = Slot::of(base, None).unwrap();
            assert!(rig.store().has_key(&origin));
            assert_eq!(rig.read(&origin), Some((KEY.to_owned(), kept(place))), "{base}");
        }
        let files = rig.files();
        assert!(!files.iter().any(|file| file == "key" || file == "key-is-in-system-store"), "{files:?}");
        assert!(rig.forget(&openrouter()).is_empty());
        assert_eq!(rig.read(&openrouter()), None);
    }
    assert!(in_vault.vault.accounts().is_empty());
}

#[test]
fn a_key_from_before_that_cannot_be_moved_is_found_where_it_was() {
    let rig = Rig::new();
    std::fs::write(rig.dir.path().join("key"), KEY).unwrap();
    // The folder's name is taken by a file.
    std::fs::write(rig.dir.path().join("keys"), "in the way").unwrap();
    for _ in 0..2 {
        assert_eq!(rig.read(&openrouter()), Some((KEY.to_owned(), kept(KeyPlace::File))));
    }
    assert_eq!(std::fs::read_to_string(rig.dir.path().join("key")).unwrap(), KEY);
}

#[test]
fn the_mark_of_another_addresss_key_does_not_hide_the_file() {
    let rig = Rig::new();
    std::fs::write(rig.dir.path().join("key-is-in-system-store"), "").unwrap();
    rig.vault.set("http://studio/api/v1", OTHER).unwrap();
    assert_eq!(rig.read(&openrouter()), None);
    std::fs::write(rig.dir.path().join("key"), KEY).unwrap();
    assert_eq!(rig.read(&openrouter()), Some((KEY.to_owned(), kept(KeyPlace::File))));
    assert_eq!(rig.vault.accounts(), ["http://studio/api/v1"]);
}

#[test]
fn a_new_place_takes_the_key_out_of_every_old_one() {
    let places = [KeyPlace::System, KeyPlace::File, KeyPlace::UntilClose];
    for before in places {
        for after in places {
            let rig = Rig::new();
            rig.keep(&studio(), KEY, before);
            assert!(rig.keep(&studio(), OTHER, after).is_empty());
            let found = rig.read(&studio());
            let expected = (after != KeyPlace::UntilClose).then(|| (OTHER.to_owned(), kept(after)));
            assert_eq!(found, expected, "{before:?} {after:?}");
            assert_eq!(rig.vault.accounts().len(), usize::from(after == KeyPlace::System));
            let has_file = rig.files().iter().any(|file| file.ends_with(".key"));
            assert_eq!(has_file, after == KeyPlace::File, "{before:?} {after:?}");
        }
    }
}

#[test]
fn a_locked_store_is_named_and_what_it_keeps_is_not_used_again() {
    let rig = Rig::new();
    rig.keep(&studio(), KEY, KeyPlace::System);
    rig.vault.is_locked.store(true, Ordering::SeqCst);
    let error = rig.store().read(&studio()).unwrap_err();
    assert!(error.to_string().contains("locked") && !error.to_string().contains(KEY), "{error}");
    let left = rig.keep(&studio(), OTHER, KeyPlace::File);
    assert_eq!(left.iter().map(|left| left.place).collect::<Vec<_>>(), [KeyPlace::System]);
    assert!(left[0].to_string().contains("still in the system's secret store"), "{}", left[0]);
    assert_eq!(rig.read(&studio()), Some((OTHER.to_owned(), kept(KeyPlace::File))));
    // Forgetting does what can be done, says the rest, and tries again the next time.
    assert_eq!(rig.forget(&studio()).len(), 1);
    assert_eq!(rig.read(&studio()), None);
    assert!(!rig.files().iter().any(|file| file.ends_with(".key")));
    assert_eq!(rig.vault.accounts().len(), 1);
    rig.vault.is_locked.store(false, Ordering::SeqCst);
    assert_eq!(rig.read(&studio()), None, "it was forgotten");
    assert!(rig.forget(&studio()).is_empty());
    assert!(rig.vault.accounts().is_empty() && rig.files().is_empty());
}

#[test]
fn what_the_store_lost_is_said_and_is_not_no_key() {
    let rig = Rig::new();
    rig.keep(&studio(), KEY, KeyPlace::System);
    rig.vault.entries.lock().unwrap().clear();
    assert!(matches!(rig.store().read(&studio()), Err(KeyError::Gone(_))));
}

#[test]
fn a_store_that_answers_too_late_keeps_nothing() {
    let rig = Rig::new();
    let (entered, inside) = mpsc::channel();
    let (go_on, gate) = mpsc::channel();
    *rig.vault.gate.lock().unwrap() = Some((entered, gate));
    let (store, given_up) = (rig.store(), Arc::new(AtomicBool::new(false)));
    let late = {
        let (store, given_up) = (store.clone(), given_up.clone());
        let key = ApiKey::new(KEY).unwrap();
        std::thread::spawn(move || store.keep(&studio(), &key, KeyPlace::System, &given_up))
    };
    inside.recv().unwrap();
    // Meanwhile the artist chooses a file; that waits for nobody.
    given_up.store(true, Ordering::SeqCst);
    let key = ApiKey::new(OTHER).unwrap();
    store.keep(&studio(), &key, KeyPlace::File, &AtomicBool::new(false)).unwrap();
    go_on.send(()).unwrap();
    assert!(matches!(late.join().unwrap(), Err(KeyError::GivenUp)));
    assert!(store.clean_up(&studio(), KeyPlace::File, &AtomicBool::new(false)).is_empty());
    assert!(rig.vault.accounts().is_empty());
    assert_eq!(rig.read(&studio()), Some((OTHER.to_owned(), kept(KeyPlace::File))));
}

#[test]
fn a_yes_to_an_open_road_is_one_origins_and_outlives_the_program() {
    let rig = Rig::new();
    let (open, other) =
        (Slot::of("http://studio:8080/", None).unwrap(), Slot::of("http://studio:8081/", None).unwrap());
    let store = rig.store();
    store.allow_open_http(&other.origin);
    assert!(store.is_open_http_allowed(&other) && !rig.store().is_open_http_allowed(&other));
    store.keep_open_http(&open).unwrap();
    assert!(rig.store().is_open_http_allowed(&open) && !rig.store().is_open_http_allowed(&other));
    rig.keep(&open, KEY, KeyPlace::File);
    assert!(rig.store().is_open_http_allowed(&open) && rig.store().has_key(&open));
}

#[test]
fn what_was_given_up_removes_nothing_that_was_chosen_after_it() {
    let rig = Rig::new();
    rig.keep(&studio(), KEY, KeyPlace::System);
    rig.keep(&openrouter(), OTHER, KeyPlace::File);
    let given_up = AtomicBool::new(true);
    for origin in [studio(), openrouter()] {
        assert!(rig.store().forget(&origin, &given_up).is_empty());
        assert!(rig.store().clean_up(&origin, KeyPlace::UntilClose, &given_up).is_empty());
        assert!(rig.store().has_key(&origin));
    }
    assert!(rig.read(&studio()).is_some() && rig.read(&openrouter()).is_some());
}

#[test]
fn very_long_hosts_have_files_too() {
    let rig = Rig::new();
    let host = ["a".repeat(60), "b".repeat(60), "c".repeat(60), "d".repeat(60)].join(".");
    let origin = Slot::of(&format!("https://{host}/"), None).unwrap();
    rig.keep(&origin, KEY, KeyPlace::File);
    assert!(rig.store().has_key(&origin));
}

#[test]
fn two_accounts_of_one_service_keep_their_keys_apart() {
    let rig = Rig::new();
    let (work, home) = (Slot::of(DEFAULT_BASE, Some("Work")).unwrap(), Slot::of(DEFAULT_BASE, Some("Home")).unwrap());
    std::fs::write(rig.dir.path().join("key"), KEY).unwrap();
    assert_eq!(rig.read(&work), None, "the key from before has no name");
    rig.keep(&work, OTHER, KeyPlace::System);
    rig.keep(&home, KEY, KeyPlace::File);
    assert_eq!(rig.read(&work), Some((OTHER.to_owned(), kept(KeyPlace::System))));
    assert!(rig.forget(&home).is_empty());
    assert_eq!(rig.read(&work), Some((OTHER.to_owned(), kept(KeyPlace::System))));
    assert_eq!(rig.read(&openrouter()), Some((KEY.to_owned(), kept(KeyPlace::File))));
}
