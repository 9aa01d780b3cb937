//! Services by name: chosen in the top bar, made, tried out and taken away in their dialog.

use super::*;
use easel::engine::{Connection, ConnectionChoice, ConnectionList, ServiceKind, ServiceOrder};

/// A window that knows two servers by name, of which the second is in use.
pub fn with_connections() -> Window {
    let mut window = Window::bare();
    window.told(|snapshot| {
        snapshot.service = panels::service(ServiceKind::Custom);
        let named = |name: &str, base: &str| Connection { name: name.into(), base: base.into(), max_running: None };
        let list = vec![named("Work", easel::api::DEFAULT_BASE), named("Studio", "http://127.0.0.1:9/api/v1")];
        snapshot.connections =
            ConnectionList { list: list.into(), current: Some("Studio".into()), has_demo: true, trouble: None };
    });
    window
}

#[test]
fn a_service_is_chosen_by_one_click_in_the_top_bar() {
    let mut h = panels::harness(Theme::Dark, with_connections());
    h.get_by(|node| node.label().is_some_and(|label| label.starts_with("Service: Studio"))).click();
    h.run();
    for name in ["OpenRouter", "Work", "Demo", "Connections…"] {
        h.get_by_role_and_label(Role::Button, name);
    }
    h.get_by_role_and_label(Role::Button, "Work").click();
    h.run();
    let asked = h.state().asked.last().cloned();
    let work = ConnectionChoice::Named("Work".into());
    assert!(matches!(asked, Some(Command::Service(ServiceOrder::UseConnection(choice))) if choice == work));
}

#[test]
fn connections_are_made_chosen_tried_and_taken_away_in_their_dialog() {
    let mut h = opened(with_connections(), Dialog::Connections, Theme::Dark);
    let asked = |h: &Harness<'_, Window>| h.state().asked.last().cloned();
    painter::snapshot(&mut h, "connections_dark");
    h.get_by_role_and_label(Role::RadioButton, "Use Work").click();
    h.run();
    let work = ConnectionChoice::Named("Work".into());
    assert!(matches!(asked(&h), Some(Command::Service(ServiceOrder::UseConnection(choice))) if choice == work));
    h.get_by_role_and_label(Role::Button, "Remove Work").click();
    h.run();
    assert!(matches!(asked(&h), Some(Command::Service(ServiceOrder::RemoveConnection(name))) if name == "Work"));
    h.get_by_role_and_label(Role::Button, "Test connection").click();
    // Port 9 of this computer: nobody is there.
    let answer = "Could not connect to 127.0.0.1:9";
    step_until(&mut h, "trying it out", |h| h.query_by_label_contains(answer).is_some());
    for (field, text) in [
        ("Connection name", "Lab"),
        ("Connection address", "http://127.0.0.1:9/lab/api/v1"),
        ("Connection jobs at once", "2"),
    ] {
        h.get_by_label(field).focus();
        h.run();
        h.get_by_label(field).type_text(text);
        h.run();
    }
    h.get_by_role_and_label(Role::Button, "Add and use").click();
    h.run();
    assert!(matches!(
        asked(&h),
        Some(Command::Service(ServiceOrder::AddConnection { name, base, max_running: Some(2) }))
            if name == "Lab" && base == "http://127.0.0.1:9/lab/api/v1"
    ));
}

#[test]
fn what_went_wrong_with_a_connection_stays_in_its_dialog() {
    let mut window = with_connections();
    let text = "Work is removed, but not its key: it is still in its file. To be rid of it, delete that file";
    window.told(|snapshot| snapshot.connections.trouble = Some(text.into()));
    let h = opened(window, Dialog::Connections, Theme::Dark);
    h.get_by_label(text);
}

#[test]
fn a_server_without_a_name_is_shown_while_it_is_in_use_and_can_be_tested() {
    let mut window = with_connections();
    window.told(|snapshot| {
        snapshot.connections.current = None;
        snapshot.service.base = "http://127.0.0.1:9/nameless/api/v1".into();
    });
    let mut h = opened(window, Dialog::Connections, Theme::Dark);
    h.get_by_label("http://127.0.0.1:9/nameless/api/v1");
    h.get_by_role_and_label(Role::Button, "Test connection").click();
    step_until(&mut h, "trying it out", |h| h.query_by_label_contains("Could not connect to 127.0.0.1:9").is_some());
}

#[test]
fn what_a_test_told_of_one_service_is_not_said_beside_another() {
    let mut h = opened(with_connections(), Dialog::Connections, Theme::Dark);
    h.get_by_role_and_label(Role::Button, "Test connection").click();
    let answer = "Could not connect to 127.0.0.1:9";
    step_until(&mut h, "trying it out", |h| h.query_by_label_contains(answer).is_some());
    h.state_mut().told(|snapshot| snapshot.service.base = easel::api::DEFAULT_BASE.into());
    h.run();
    assert!(h.query_by_label_contains(answer).is_none());
}
