//! What one window does with keys and connections, another one notices; and what is removed is gone, or said not to be.

use super::connections::{AT_STUDIO, is_current, named};
use super::recorder::{self, Recorder};
use super::store::{FILE, FIRST, Rig, SECOND, SYSTEM, SilentVault, kept_in_store, uses};
use easel::engine::{KeyPlace, Notice, Order, Secret, ServiceOrder, Snapshot};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

/// Accepts the first key until it is told to want the second.
fn choosy() -> (Recorder, Arc<AtomicBool>) {
    let wants_second = Arc::new(AtomicBool::new(false));
    let flag = wants_second.clone();
    let server = Recorder::start(move |request| {
        let old =
            flag.load(Ordering::SeqCst) && request.header("authorization").is_some_and(|key| !key.ends_with(SECOND));
        match request.path() {
            "/api/v1/key" if old => {
                let body = r#"{"error":{"code":401,"message":"User not found."}}"#;
                ("401 Unauthorized".into(), String::new(), body.into())
            }
            _ => recorder::service(request),
        }
    });
    (server, wants_second)
}

fn kept(_: &Snapshot, notices: &[Notice]) -> bool {
    notices.iter().any(|notice| matches!(notice, Notice::KeyKept(_)))
}

#[test]
fn a_key_that_one_window_connects_changes_or_forgets_is_noticed_by_the_other() {
    let dir = tempfile::tempdir().unwrap();
    let (server, wants_second) = choosy();
    let vault = Arc::new(SilentVault::default());
    let mut one = Rig::start(dir.path(), &server.base(), vault.clone());
    let mut other = Rig::beside(dir.path(), &server.base(), vault);
    other.until("it has no key", |now, _| now.library_read && now.service.key.is_none());
    one.connect(FIRST, KeyPlace::File);
    one.until("it is kept", kept);
    // It comes to the front.
    other.engine.send(Order::Service(ServiceOrder::LookAgain));
    other.until("it has the key too", |now, notices| {
        uses(now, FILE) && notices.iter().any(|notice| matches!(notice, Notice::KeyChangedElsewhere))
    });
    other.until("the service knows it", |now, _| now.account.key.value.is_some());
    one.notices.clear();
    one.connect(SECOND, KeyPlace::File);
    one.until("it is kept", kept);
    wants_second.store(true, Ordering::SeqCst);
    other.notices.clear();
    // Its next call is refused: that is enough.
    other.engine.send(Order::Service(ServiceOrder::RefreshAccount));
    other.until("it has the second key", |now, notices| {
        now.account.key.value.is_some()
            && now.account.key.error.is_none()
            && notices.iter().any(|notice| matches!(notice, Notice::KeyChangedElsewhere))
    });
    one.engine.send(Order::Service(ServiceOrder::ForgetKey));
    one.until("it is forgotten", |_, notices| notices.iter().any(|notice| matches!(notice, Notice::KeyForgotten)));
    other.engine.send(Order::Service(ServiceOrder::LookAgain));
    other.until("it has none either", |now, notices| {
        now.service.key.is_none() && notices.iter().any(|notice| matches!(notice, Notice::KeyForgottenElsewhere))
    });
    one.engine.shutdown(Duration::from_secs(10));
    other.engine.shutdown(Duration::from_secs(10));
}

#[test]
fn what_another_window_chose_never_comes_late_over_a_newer_choice() {
    let (dir, server, vault) = (tempfile::tempdir().unwrap(), Recorder::service(), Arc::default());
    let one = kept_in_store(dir.path(), &server, &vault);
    vault.fall_silent();
    let mut other = Rig::beside(dir.path(), &server.base(), vault.clone());
    other.until("it asks the silent store", |now, _| now.library_read && now.account.store.is_some());
    other.engine.send(Order::Service(ServiceOrder::GiveUpKey));
    other.until("it waits no longer", |now, _| now.account.store.is_none());
    other.engine.send(Order::Service(ServiceOrder::LookAgain));
    other.connect(SECOND, KeyPlace::File);
    other.until("its own choice is used", |now, notices| uses(now, FILE) && kept(now, notices));
    vault.answer();
    other.until("everybody has answered", |now, _| now.account.store.is_none() && now.account.key.value.is_some());
    // One more look finds its own choice.
    other.engine.send(Order::Service(ServiceOrder::LookAgain));
    other.engine.send(Order::Service(ServiceOrder::RefreshAccount));
    other.until("the account is read", |now, _| !now.account.key.loading);
    assert!(uses(&other.engine.snapshot(), FILE), "{:?}", other.engine.snapshot().account);
    assert!(!other.notices.iter().any(|notice| matches!(notice, Notice::KeyChangedElsewhere)));
    assert!(uses(&one.engine.snapshot(), SYSTEM), "nobody has told it yet");
    one.engine.shutdown(Duration::from_secs(10));
    other.engine.shutdown(Duration::from_secs(10));
}

#[test]
fn connections_of_both_windows_stay_and_are_seen_in_each() {
    let dir = tempfile::tempdir().unwrap();
    let server = Recorder::service();
    let mut one = Rig::start(dir.path(), &server.base(), Arc::default());
    let mut other = Rig::beside(dir.path(), &server.base(), Arc::default());
    for (rig, name) in [(&mut one, "Studio"), (&mut other, "Lab")] {
        rig.engine.send(Order::Service(ServiceOrder::AddConnection {
            name: name.into(),
            base: server.base(),
            max_running: None,
        }));
        rig.until("it is in use", is_current(name));
    }
    let both = |now: &Snapshot, _: &[Notice]| now.connections.list.len() == 2;
    let file = dir.path().join("config/connections.json");
    other.until("both are written", |_, _| {
        std::fs::read_to_string(&file).is_ok_and(|list| list.contains("Studio") && list.contains("Lab"))
    });
    other.engine.send(Order::Service(ServiceOrder::LookAgain));
    other.until("it knows both", both);
    one.engine.send(Order::Service(ServiceOrder::LookAgain));
    one.until("it knows both", both);
    assert_eq!(one.engine.snapshot().connections.current.as_deref(), Some("Studio"), "each stays where it is");
    one.engine.shutdown(Duration::from_secs(10));
    other.engine.shutdown(Duration::from_secs(10));
}

/// Makes a connection whose key the system's store takes.
fn add_studio(rig: &mut Rig, server: &Recorder, place: KeyPlace) {
    rig.notices.clear();
    rig.engine.send(Order::Service(ServiceOrder::AddConnection {
        name: "Studio".into(),
        base: server.base(),
        max_running: None,
    }));
    rig.until("it is in use", is_current("Studio"));
    rig.engine.send(Order::Service(ServiceOrder::Connect { key: Secret(AT_STUDIO.into()), place }));
    rig.until("it has its key", kept);
}

/// A window with one connection, whose key is in a secret store that can be told to be silent.
fn with_studio(dir: &std::path::Path) -> (Rig, Recorder, Arc<SilentVault>) {
    let (server, vault) = (Recorder::service(), Arc::<SilentVault>::default());
    vault.answer();
    let mut rig = Rig::start(dir, "http://127.0.0.1:9/api/v1", vault.clone());
    add_studio(&mut rig, &server, KeyPlace::System);
    (rig, server, vault)
}

fn says(part: &'static str) -> impl Fn(&Snapshot, &[Notice]) -> bool {
    move |now, _| now.connections.trouble.as_ref().is_some_and(|text| text.contains(part) && !text.contains(AT_STUDIO))
}

#[test]
fn a_removed_connection_whose_key_stays_says_where_and_what_helps() {
    let dir = tempfile::tempdir().unwrap();
    let (mut rig, server, vault) = with_studio(dir.path());
    vault.lock(true);
    rig.engine.send(Order::Service(ServiceOrder::RemoveConnection("Studio".into())));
    rig.until("it says so", says("Studio is removed, but not its key: it is still in the system's secret store"));
    assert!(says("make the connection again under this name and remove it once more")(&rig.engine.snapshot(), &[]));
    assert_eq!(vault.values(), [AT_STUDIO]);
    // That does help.
    vault.lock(false);
    add_studio(&mut rig, &server, KeyPlace::System);
    assert!(rig.engine.snapshot().connections.trouble.is_none());
    vault.fall_silent();
    rig.engine.send(Order::Service(ServiceOrder::RemoveConnection("Studio".into())));
    rig.until("the store is silent", says("does not answer and may still have its key"));
    vault.answer();
    rig.until("it has answered after all", |now, _| now.connections.trouble.is_none());
    assert!(vault.values().is_empty());
    rig.engine.shutdown(Duration::from_secs(10));
}

#[test]
fn a_connection_that_is_made_again_keeps_its_new_key_however_late_the_old_one_is_forgotten() {
    let dir = tempfile::tempdir().unwrap();
    let (mut rig, server, vault) = with_studio(dir.path());
    vault.fall_silent();
    rig.engine.send(Order::Service(ServiceOrder::RemoveConnection("Studio".into())));
    rig.until("it is gone", |now, _| now.connections.list.is_empty());
    add_studio(&mut rig, &server, KeyPlace::File);
    vault.answer();
    rig.until("nobody is asked any more", |now, _| now.account.store.is_none());
    rig.engine.shutdown(Duration::from_secs(10));
    let mut rig = Rig::start(dir.path(), "http://127.0.0.1:9/api/v1", vault);
    rig.engine.send(Order::Service(ServiceOrder::UseConnection(named("Studio"))));
    rig.until("its key is there", |now, _| uses(now, FILE));
    rig.engine.shutdown(Duration::from_secs(10));
}
