//! The account in the settings: a key typed, kept, asked about, and signing in.

use super::*;
use easel::api::{ApiKey, Credits, KeyInfo};
use easel::engine::{
    KeyPlace, Notice, Order, Remote, Secret, ServiceKind, ServiceOrder, SignInStage, SignInView, StoreTask, StoreWait,
};

#[test]
fn settings_of_the_demo_explain_how_to_connect_a_key() {
    let mut h = opened(Window::bare(), Dialog::Settings, Theme::Dark);
    h.get_by_label("Pictures are painted on this computer. Connect an OpenRouter key to use real models");
    assert!(h.get_by_label("New key").is_focused());
    let folder = h.state().engine.library_dir().display().to_string();
    look(&mut h, "settings_dark", &folder);
}

#[test]
fn a_typed_key_leaves_the_dialog_at_once_and_is_never_printed() {
    let mut h = opened(Window::bare(), Dialog::Settings, Theme::Dark);
    h.get_by_label("New key").type_text("sk-or-v1-0123456789");
    h.run();
    let place = "In a file only you can read; it is not encrypted";
    h.get_by_role_and_label(Role::RadioButton, place).click();
    h.run();
    h.get_by_role_and_label(Role::Button, "Connect").click();
    h.run();
    let asked = h.state().asked.iter().find(|asked| matches!(asked, Command::Service(ServiceOrder::Connect { .. })));
    match asked {
        Some(Command::Service(ServiceOrder::Connect { key, place })) => {
            assert_eq!((key, *place), (&Secret("sk-or-v1-0123456789".into()), KeyPlace::File));
        }
        other => panic!("{other:?}"),
    }
    assert!(!format!("{:?}", h.state().asked).contains("0123456789"));
    assert!(h.get_by_role_and_label(Role::Button, "Connect").accesskit_node().is_disabled(), "the field is empty");
    assert!(h.get_by_label("New key").value().is_none_or(|text| text.is_empty()));
    let id = egui::Id::unique("new key");
    let kept = egui::text_edit::TextEditState::load(&h.ctx, id).unwrap();
    assert!(!kept.undoer().has_undo(&(Default::default(), String::new())), "nor is it kept for undo");
    assert!(h.state().studio.dialog.is_some(), "the dialog stays to show what the service says");
}

#[test]
fn a_key_that_could_not_be_kept_works_until_easel_closes_and_says_so() {
    let window = Window::bare();
    // The place of the folder is taken by a file.
    std::fs::write(window.folder.path().join("keys"), "in the way").unwrap();
    let key = Secret("sk-or-v1-0123456789".into());
    window.engine.send(Order::Service(ServiceOrder::Connect { key, place: KeyPlace::File }));
    let reason = loop {
        match window.engine.wait_event() {
            Some(Event::Notice(Notice::KeyNotKept { reason })) => break reason,
            Some(_) => {}
            None => panic!("the engine stopped"),
        }
    };
    assert!(reason.contains("works until Easel closes") && !reason.contains("0123456789"), "{reason}");
    let began = std::time::Instant::now();
    while window.engine.snapshot().account.source != Some("memory, until Easel closes") {
        assert!(began.elapsed().as_secs() < 20, "{:?}", window.engine.snapshot().account.source);
        std::thread::yield_now();
    }
    assert!(window.engine.snapshot().service.key.is_some());
}

fn connected() -> Window {
    let mut window = Window::bare();
    window.told(|snapshot| {
        snapshot.service = panels::service(ServiceKind::OpenRouter);
        snapshot.service.key = Some(ApiKey::new("sk-or-v1-secret").unwrap());
        snapshot.account.source = Some("the system's secret store");
        let info = KeyInfo {
            label: Some("easel".into()),
            limit: Some(10.0),
            limit_remaining: Some(7.5),
            ..KeyInfo::default()
        };
        snapshot.account.key = Remote { value: Some(Arc::new(info)), ..Remote::default() };
        let credits = Credits { total_credits: 25.0, total_usage: 12.66 };
        snapshot.account.credits = Remote { value: Some(Some(credits)), ..Remote::default() };
    });
    window
}

#[test]
fn settings_of_a_key_tell_where_it_comes_from_and_what_is_left() {
    let mut h = opened(connected(), Dialog::Settings, Theme::Light);
    h.get_by_label("from the system's secret store");
    h.get_by_label("$7.50 left of $10.00");
    h.get_by_label("$12.34");
    let folder = h.state().engine.library_dir().display().to_string();
    look(&mut h, "settings_light", &folder);
    h.get_by_role_and_label(Role::Button, "Forget key").click();
    h.run();
    assert!(h.state().asked.iter().any(|asked| matches!(asked, Command::Service(ServiceOrder::ForgetKey))));
}

#[test]
fn what_only_the_artist_can_decide_about_a_key_is_asked_in_the_settings() {
    let mut window = Window::bare();
    window.told(|snapshot| snapshot.account.withheld = Some("studio.local:8080".into()));
    let mut h = opened(window, Dialog::Settings, Theme::Dark);
    h.get_by_label("The key would go to studio.local:8080 unencrypted: anyone on the way could read and use it");
    h.get_by_role_and_label(Role::Button, "Send it unencrypted").click();
    h.run();
    assert!(h.state().asked.iter().any(|asked| matches!(asked, Command::Service(ServiceOrder::AllowOpenHttp))));
    h.get_by_role_and_label(Role::Button, "Do not send it").click();
    h.run();
    assert!(h.state().asked.iter().any(|asked| matches!(asked, Command::Service(ServiceOrder::GiveUpKey))));
}

#[test]
fn a_secret_store_that_is_asked_or_was_silent_is_shown_where_the_key_is() {
    let mut window = Window::bare();
    let since = std::time::Instant::now() - std::time::Duration::from_secs(5);
    window.told(|snapshot| {
        snapshot.account.store = Some(StoreWait { task: StoreTask::Reading, since });
    });
    let mut h = opened(window, Dialog::Settings, Theme::Dark);
    h.get_by_label("Asking the system's secret store for the key. It may ask to be unlocked");
    h.get_by_role_and_label(Role::Button, "Do not wait").click();
    h.run();
    assert!(h.state().asked.iter().any(|asked| matches!(asked, Command::Service(ServiceOrder::GiveUpKey))));
    let mut window = Window::bare();
    window.told(|snapshot| {
        snapshot.account.is_unread = true;
        snapshot.account.trouble = Some("The key could not be read: it is locked".into());
    });
    let mut h = opened(window, Dialog::Settings, Theme::Dark);
    h.get_by_label("The key could not be read: it is locked");
    h.get_by_role_and_label(Role::Button, "Read the key again").click();
    h.run();
    assert!(h.state().asked.iter().any(|asked| matches!(asked, Command::Service(ServiceOrder::ReadKeyAgain))));
}

#[test]
fn signing_in_is_begun_followed_and_ended_in_the_settings() {
    let mut h = opened(Window::bare(), Dialog::Settings, Theme::Dark);
    h.get_by_role_and_label(Role::Button, "Sign in with OpenRouter").click();
    h.run();
    let asked = |h: &Harness<'_, Window>| h.state().asked.last().cloned();
    assert!(matches!(
        asked(&h),
        Some(Command::Service(ServiceOrder::SignIn { by_code: false, place: KeyPlace::System }))
    ));
    let view = |stage, by_code| {
        let url = Some("https://openrouter.ai/auth?code_challenge=x".into());
        Some(SignInView { url, by_code, stage })
    };
    let show = |stage, by_code| {
        let mut window = Window::bare();
        window.told(|snapshot| snapshot.sign_in = view(stage, by_code));
        opened(window, Dialog::Settings, Theme::Dark)
    };
    let mut h = show(SignInStage::NoBrowser, false);
    h.get_by_label("No browser opened. Copy the address into one on this computer");
    h.get_by_role_and_label(Role::Button, "Copy the address").click();
    h.step();
    let copied = h.output().platform_output.commands.iter().any(|command| {
        matches!(command, egui::OutputCommand::CopyText(text) if text.starts_with("https://openrouter.ai/auth?"))
    });
    assert!(copied);
    h.run();
    h.get_by_role_and_label(Role::Button, "Paste a code instead").click();
    h.run();
    assert!(matches!(asked(&h), Some(Command::Service(ServiceOrder::SignIn { by_code: true, .. }))));
    h.get_by_role_and_label(Role::Button, "Cancel sign-in").click();
    h.run();
    assert!(matches!(asked(&h), Some(Command::Service(ServiceOrder::CancelSignIn))));

    let h = show(SignInStage::NoBrowser, true);
    h.get_by_label("No browser opened. Copy the address into any one, and paste its code here");
    let mut h = show(SignInStage::Waiting, true);
    h.get_by_label("Sign-in code").focus();
    h.run();
    h.get_by_label("Sign-in code").type_text("c0de-0123456789");
    h.run();
    h.get_by_role_and_label(Role::Button, "Use the code").click();
    h.run();
    assert!(
        matches!(asked(&h), Some(Command::Service(ServiceOrder::PasteCode(code))) if code == Secret("c0de-0123456789".into()))
    );
    assert!(!format!("{:?}", h.state().asked).contains("c0de-0123456789"));

    let mut h = show(SignInStage::Failed("You are not signed in: it was refused in the browser".into()), false);
    h.get_by_label("You are not signed in: it was refused in the browser");
    let folder = h.state().engine.library_dir().display().to_string();
    look(&mut h, "settings_sign_in_dark", &folder);
    h.get_by_role_and_label(Role::Button, "Try again").click();
    h.run();
    assert!(matches!(asked(&h), Some(Command::Service(ServiceOrder::SignIn { by_code: false, .. }))));
}
