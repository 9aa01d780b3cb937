//! The account: which service is in use, where its key comes from, what the service says of it, and a new key.
//!
//! Invariant: a typed key is in this form only while it is typed; it leaves as a [`Secret`] and nothing prints it.

use super::{Fresh, enter, note_ui, sign_in, warning_ui};
use crate::engine::{Account, KeyPlace, Secret, ServiceKind, ServiceOrder, Snapshot};
use crate::studio::{Command, Dialog, account_facts, store_text};
use crate::ui::theme::{self, Type, tokens};
use crate::ui::{Cx, widgets};
use egui::text_edit::TextEditState;
use egui::{Id, Label, TextEdit, Ui};
use std::time::Duration;

/// An answer of the secret store usually comes sooner than this; until then nothing is said, so that nothing flickers.
const USUAL_WAIT: Duration = Duration::from_millis(400);

pub(super) struct Form {
    key: String,
    place: KeyPlace,
    fresh: Fresh,
    sign_in: sign_in::Form,
}

impl Default for Form {
    fn default() -> Self {
        Self { key: String::new(), place: KeyPlace::System, fresh: Fresh::default(), sign_in: sign_in::Form::default() }
    }
}

/// Returns what went wrong with the key, when something did and it is not being looked at now.
fn refusal(account: &Account) -> Option<String> {
    let error = account.key.error.as_ref().filter(|_| !account.key.loading)?;
    Some(format!("The service did not accept the key or could not be asked: {error}"))
}

pub(super) fn account_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form) {
    let t = tokens(ui);
    let snapshot = cx.studio.snapshot.clone();
    let demo = snapshot.service.kind == ServiceKind::Demo;
    let account = &snapshot.account;
    let has_key = !demo && (snapshot.service.key.is_some() || account.is_unread || account.withheld.is_some());
    for (label, value) in account_facts(&snapshot, &jiff::Zoned::now()) {
        widgets::field_row(ui, label, |ui| {
            ui.add(Label::new(Type::Body.text(value).color(t.text)).selectable(true).wrap());
            if label == "Service" && widgets::button(ui, None, "Connections").clicked() {
                cx.push(Command::OpenDialog(Dialog::Connections));
            }
            if label == "Key" && has_key && widgets::button(ui, None, "Forget key").clicked() {
                cx.push(Command::Service(ServiceOrder::ForgetKey));
            }
            if label == "Balance" && widgets::button(ui, None, "Ask again").clicked() {
                cx.push(Command::Service(ServiceOrder::RefreshAccount));
            }
        });
    }
    let text = "Pictures are painted on this computer. Connect an OpenRouter key to use real models";
    if demo {
        widgets::field_row(ui, "", |ui| note_ui(ui, text));
    } else if account.key.loading {
        widgets::field_row(ui, "", |ui| note_ui(ui, "Asking the service about the key…"));
    } else if let Some(refusal) = refusal(account) {
        warning_ui(ui, &refusal);
    }
    key_state_ui(ui, cx, &snapshot);
    let typed = !form.key.trim().is_empty();
    let mut connect = typed && enter(ui);
    let label = match (has_key, demo) {
        (true, _) => "Another key",
        // There is a line already that says of the key that there is none.
        (false, false) => "New key",
        (false, true) => "Key",
    };
    new_key_ui(ui, form, label);
    // Where there is a key already, another one is seldom wanted: its choices come when it is typed.
    if typed || !has_key {
        place_ui(ui, form);
        widgets::field_row(ui, "", |ui| {
            connect |= ui.add_enabled_ui(typed, |ui| widgets::accent_button(ui, "Connect")).inner.clicked();
            if snapshot.sign_in.is_none() {
                note_ui(ui, "or");
                sign_in::begin_ui(ui, cx, form.place);
            }
        });
    }
    sign_in::sign_in_ui(ui, cx, &mut form.sign_in, form.place);
    if connect {
        let key = Secret(std::mem::take(&mut form.key));
        cx.push(Command::Service(ServiceOrder::Connect { key, place: form.place }));
    }
}

/// What the places where keys are kept are doing, what went wrong with them, and what only the artist can say.
fn key_state_ui(ui: &mut Ui, cx: &mut Cx<'_>, snapshot: &Snapshot) {
    let account = &snapshot.account;
    if let Some(host) = &account.withheld {
        let text = format!("The key would go to {host} unencrypted: anyone on the way could read and use it");
        warning_ui(ui, &text);
        widgets::field_row(ui, "", |ui| {
            if widgets::button(ui, None, "Send it unencrypted").clicked() {
                cx.push(Command::Service(ServiceOrder::AllowOpenHttp));
            }
            if widgets::button(ui, None, "Do not send it").clicked() {
                cx.push(Command::Service(ServiceOrder::GiveUpKey));
            }
        });
    }
    if let Some(wait) = account.store {
        let waited = wait.since.elapsed();
        if waited < USUAL_WAIT {
            ui.request_repaint_after(USUAL_WAIT.saturating_sub(waited));
        } else {
            widgets::field_row(ui, "", |ui| {
                note_ui(ui, store_text(wait));
                if widgets::button(ui, None, "Do not wait").clicked() {
                    cx.push(Command::Service(ServiceOrder::GiveUpKey));
                }
            });
        }
    }
    if let Some(trouble) = &account.trouble {
        warning_ui(ui, trouble);
        if account.is_unread {
            widgets::field_row(ui, "", |ui| {
                if widgets::button(ui, None, "Read the key again").clicked() {
                    cx.push(Command::Service(ServiceOrder::ReadKeyAgain));
                }
            });
        }
    }
}
fn new_key_ui(ui: &mut Ui, form: &mut Form, label: &str) {
    let id = Id::unique("new key");
    widgets::field_row(ui, label, |ui| {
        let edit = TextEdit::singleline(&mut form.key)
            .id(id)
            .password(true)
            .hint_text("sk-or-…")
            .desired_width(ui.available_width());
        let edit = ui.add(edit).accessible_name("New key");
        form.fresh.focus(&edit);
    });
    forget_typed(ui, id);
}

/// A field remembers what was typed, for undo: not this one.
pub(super) fn forget_typed(ui: &Ui, id: Id) {
    if let Some(mut state) = TextEditState::load(ui.ctx(), id) {
        state.clear_undoer();
        state.store(ui.ctx(), id);
    }
}

fn place_ui(ui: &mut Ui, form: &mut Form) {
    let places = [
        (KeyPlace::System, "In the system's secret store"),
        (KeyPlace::File, "In a file only you can read; it is not encrypted"),
        (KeyPlace::UntilClose, "Nowhere: forget it when Easel closes"),
    ];
    for (place, text) in places {
        widgets::field_row(ui, if place == KeyPlace::System { "Keep it" } else { "" }, |ui| {
            if widgets::radio(ui, form.place == place, text, text).clicked() {
                form.place = place;
            }
        });
    }
    ui.add_space(theme::GAP);
}

#[cfg(test)]
mod tests;
