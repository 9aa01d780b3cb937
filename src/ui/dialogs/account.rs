//! The account: which service is in use, where its key comes from, what the service says of it, and a new key.
//!
//! Invariant: a typed key is in this form only while it is typed; it leaves as a [`Secret`] and nothing prints it.

use super::{Fresh, enter, note_ui, warning_ui};
use crate::api::KeyInfo;
use crate::engine::{Account, KeyPlace, Secret, Service, ServiceKind, Snapshot};
use crate::plan::Usd;
use crate::studio::Command;
use crate::ui::theme::{self, Type, tokens};
use crate::ui::{Cx, widgets};
use egui::text_edit::TextEditState;
use egui::{Id, Label, TextEdit, Ui};

pub(super) struct Form {
    key: String,
    place: KeyPlace,
    fresh: Fresh,
}

impl Default for Form {
    fn default() -> Self {
        Self { key: String::new(), place: KeyPlace::System, fresh: Fresh::default() }
    }
}

/// Returns what is known of service and key, as rows.
fn facts(snapshot: &Snapshot) -> Vec<(&'static str, String)> {
    let Snapshot { service, account, .. } = snapshot;
    let name = match service.kind {
        ServiceKind::Demo => "Demo on this computer".to_owned(),
        ServiceKind::OpenRouter => "OpenRouter".to_owned(),
        ServiceKind::Custom => service.base.clone(),
    };
    let mut facts = vec![("Service", name)];
    if service.kind != ServiceKind::Demo {
        facts.push(("Key", key_text(service, account)));
        if let Some(info) = account.key.value.as_deref() {
            facts.extend(info_facts(info));
        }
        if let Some(Some(credits)) = account.credits.value {
            facts.push(("Balance", Usd(credits.balance()).to_string()));
        }
    }
    facts
}

fn key_text(service: &Service, account: &Account) -> String {
    match (&service.key, account.source) {
        (None, _) => "none".to_owned(),
        (Some(_), Some(source)) => format!("from {source}"),
        (Some(_), None) => "in use".to_owned(),
    }
}

fn info_facts(info: &KeyInfo) -> Vec<(&'static str, String)> {
    let mut facts = Vec::new();
    if let Some(label) = &info.label {
        facts.push(("Key label", label.clone()));
    }
    if let Some(limit) = info.limit {
        let period = info.limit_reset.as_deref().map(|reset| format!(", {reset}")).unwrap_or_default();
        let left = info.limit_remaining.map(|left| format!("{} left of ", Usd(left))).unwrap_or_default();
        facts.push(("Key limit", format!("{left}{}{period}", Usd(limit))));
    }
    if let Some(usage) = info.usage {
        let today = info.usage_daily.map(|today| format!(", {} today", Usd(today))).unwrap_or_default();
        facts.push(("Spent", format!("{}{today}", Usd(usage))));
    }
    if let Some(expires) = &info.expires_at {
        facts.push(("Ends", expires.clone()));
    }
    if info.is_free_tier == Some(true) {
        facts.push(("Credit", "nothing was paid in yet".to_owned()));
    }
    facts
}

/// Returns what went wrong with the key, when something did, and whether it is being looked at now.
fn trouble(account: &Account) -> Option<String> {
    let error = account.key.error.as_ref().filter(|_| !account.key.loading)?;
    Some(format!("The service did not accept the key or could not be asked: {error}"))
}

pub(super) fn account_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form) {
    let t = tokens(ui);
    let snapshot = cx.studio.snapshot.clone();
    let demo = snapshot.service.kind == ServiceKind::Demo;
    let has_key = !demo && snapshot.service.key.is_some();
    for (label, value) in facts(&snapshot) {
        widgets::field_row(ui, label, |ui| {
            ui.add(Label::new(Type::Body.text(value).color(t.text)).selectable(true).wrap());
            if label == "Key" && has_key && widgets::button(ui, None, "Forget key").clicked() {
                cx.push(Command::ForgetKey);
            }
        });
    }
    let text = "Pictures are painted on this computer. Connect an OpenRouter key to use real models";
    if demo {
        widgets::field_row(ui, "", |ui| note_ui(ui, text));
    } else if snapshot.account.key.loading {
        widgets::field_row(ui, "", |ui| note_ui(ui, "Asking the service about the key…"));
    } else if let Some(trouble) = trouble(&snapshot.account) {
        warning_ui(ui, &trouble);
    }
    let typed = !form.key.trim().is_empty();
    let mut connect = typed && enter(ui);
    new_key_ui(ui, form, if has_key { "Another key" } else { "Key" });
    // Where there is a key already, another one is seldom wanted: its choices come when it is typed.
    if typed || !has_key {
        place_ui(ui, form);
        widgets::field_row(ui, "", |ui| {
            connect |= ui.add_enabled_ui(typed, |ui| widgets::accent_button(ui, "Connect")).inner.clicked();
        });
    }
    if connect {
        let key = Secret(std::mem::take(&mut form.key));
        cx.push(Command::Connect { key, place: form.place });
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
    // A field remembers what was typed, for undo: not this one.
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
