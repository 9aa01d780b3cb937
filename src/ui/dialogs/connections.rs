//! Connections: services by name, made, tried out and taken away.

use super::{Fresh, enter, note_ui, warning_ui};
use crate::api::ApiKey;
use crate::engine::{ConnectionChoice, Interrupted, Service, ServiceOrder, TryOut};
use crate::studio::{Command, ConnectionEntry, connection_entries};
use crate::ui::theme::{Type, tokens};
use crate::ui::{Cx, icons, widgets};
use egui::{TextEdit, Ui};
use poll_promise::Promise;

#[derive(Default)]
pub(super) struct Form {
    name: String,
    base: String,
    /// Jobs at once, as typed; empty: as the settings say.
    limit: String,
    fresh: Fresh,
    trying: Option<Trying>,
}

/// What is tried out, and how far that is.
struct Trying {
    base: String,
    key: Option<ApiKey>,
    told: Promise<Result<TryOut, Interrupted>>,
}

pub(super) fn connections_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form) {
    note_ui(ui, "Each has a key of its own. Requests go only to the one that they were made for");
    let entries = connection_entries(&cx.studio.snapshot);
    if !entries.iter().any(|entry| entry.is_current) {
        nameless_ui(ui, cx, form);
    }
    for entry in &entries {
        entry_ui(ui, cx, form, entry);
    }
    try_out_ui(ui, &cx.studio.snapshot.service, form);
    if let Some(trouble) = &cx.studio.snapshot.connections.trouble {
        warning_ui(ui, trouble);
    }
    ui.separator();
    widgets::section_header(ui, "New connection");
    new_ui(ui, cx, form);
}

/// What is in use and in no list, such as a server that the command line named.
fn nameless_ui(ui: &mut Ui, cx: &Cx<'_>, form: &mut Form) {
    widgets::field_row(ui, "In use", |ui| {
        ui.label(Type::Body.text(&cx.studio.snapshot.service.base));
        ui.label(Type::Note.text("has no name").color(tokens(ui).soft));
        test_ui(ui, cx, form);
    });
}

fn test_ui(ui: &mut Ui, cx: &Cx<'_>, form: &mut Form) {
    let test = widgets::button(ui, None, "Test connection");
    if test.on_hover_text("Ask it for its models, and about the key; nothing is billed").clicked() {
        let Service { base, key, .. } = cx.studio.snapshot.service.clone();
        let told = cx.engine.try_out(base.clone(), key.clone(), cx.studio.layout.privacy());
        form.trying = Some(Trying { base, key, told });
    }
}

fn entry_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form, entry: &ConnectionEntry) {
    let t = tokens(ui);
    ui.push_id(&entry.name, |ui| {
        widgets::field_row(ui, "", |ui| {
            let name = format!("Use {}", entry.name);
            if widgets::radio(ui, entry.is_current, &entry.name, &name).clicked() && !entry.is_current {
                cx.push(Command::Service(ServiceOrder::UseConnection(entry.choice.clone())));
            }
            ui.label(Type::Note.text(&entry.detail).color(t.soft));
            if entry.is_current {
                test_ui(ui, cx, form);
            }
            if let ConnectionChoice::Named(name) = &entry.choice {
                let (remove, hint) = (format!("Remove {name}"), format!("Remove {name}; its key is forgotten too"));
                if widgets::IconButton::new(icons::TRASH, &remove).hint(&hint).show(ui).clicked() {
                    cx.push(Command::Service(ServiceOrder::RemoveConnection(name.clone())));
                }
            }
        });
    });
}

/// What was told of another service, or for another key, says nothing of the one in use.
fn try_out_ui(ui: &mut Ui, used: &Service, form: &Form) {
    let trying = form.trying.as_ref().filter(|trying| trying.base == used.base && trying.key == used.key);
    match trying.map(|trying| trying.told.ready()) {
        None => {}
        Some(None) => note_ui(ui, "Asking the service…"),
        Some(Some(Ok(TryOut { is_good: true, text }))) => note_ui(ui, text),
        Some(Some(Ok(TryOut { text, .. }))) => warning_ui(ui, text),
        Some(Some(Err(interrupted))) => warning_ui(ui, &interrupted.to_string()),
    }
}

fn new_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form) {
    let field = |ui: &mut Ui, label: &str, hint: &str, text: &mut String| {
        let edit = |ui: &mut Ui| {
            let edit = TextEdit::singleline(text).hint_text(hint).desired_width(ui.available_width());
            ui.add(edit).accessible_name(format!("Connection {}", label.to_lowercase()))
        };
        widgets::field_row(ui, label, edit).inner
    };
    let name = field(ui, "Name", "Studio", &mut form.name);
    form.fresh.focus(&name);
    field(ui, "Address", "https://…/api/v1", &mut form.base);
    field(ui, "Jobs at once", "as the settings say", &mut form.limit);
    let limit = limit_of(&form.limit);
    if limit.is_none() {
        warning_ui(ui, "Jobs at once is a number from 1 to 16, or empty");
    }
    let is_whole = !form.name.trim().is_empty() && !form.base.trim().is_empty() && limit.is_some();
    let mut add = is_whole && enter(ui);
    widgets::field_row(ui, "", |ui| {
        add |= ui.add_enabled_ui(is_whole, |ui| widgets::accent_button(ui, "Add and use")).inner.clicked();
    });
    if let (true, Some(max_running)) = (add, limit) {
        let (name, base) = (form.name.trim().to_owned(), form.base.trim().to_owned());
        cx.push(Command::Service(ServiceOrder::AddConnection { name, base, max_running }));
        (form.name, form.base, form.limit, form.trying) = Default::default();
    }
}

/// `None`: neither empty nor a number of jobs.
fn limit_of(text: &str) -> Option<Option<usize>> {
    match text.trim() {
        "" => Some(None),
        text => text.parse().ok().filter(|limit| (1..=16).contains(limit)).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use super::limit_of;

    #[test]
    fn a_limit_is_a_number_of_jobs_or_none() {
        for (text, limit) in
            [("", Some(None)), (" 4 ", Some(Some(4))), ("16", Some(Some(16))), ("0", None), ("17", None), ("x", None)]
        {
            assert_eq!(limit_of(text), limit, "{text}");
        }
    }
}
