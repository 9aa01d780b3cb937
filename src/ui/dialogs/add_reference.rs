//! References by path or address: for pictures on the web, and where no file dialog can open.

use super::{Fresh, buttons_ui, enter, note_ui, warning_ui};
use crate::studio::{Command, typed_references};
use crate::ui::theme::Type;
use crate::ui::{Cx, widgets};
use egui::{Key, KeyboardShortcut, Margin, Modifiers, TextEdit, Ui};

#[derive(Default)]
pub(super) struct Form {
    text: String,
    fresh: Fresh,
}

pub(super) fn add_reference_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form, why: Option<&str>) {
    if let Some(why) = why {
        warning_ui(ui, why);
    }
    ui.label(Type::Body.text("Paths of pictures on this computer, or their addresses on the web, one per line"));
    let edit = TextEdit::multiline(&mut form.text)
        .hint_text("/home/me/fox.png\nhttps://example.org/fox.jpg")
        .desired_width(f32::INFINITY)
        .desired_rows(4)
        .margin(Margin::symmetric(10, 8))
        .return_key(KeyboardShortcut::new(Modifiers::SHIFT, Key::Enter));
    let edit = ui.add(edit).accessible_name("Paths and addresses");
    form.fresh.focus(&edit);
    note_ui(ui, "Shift+Enter begins a new line. Addresses are sent as they are; the provider fetches them");
    let inputs = typed_references(&form.text, std::env::home_dir().as_deref());
    let wanted = buttons_ui(ui, |ui| {
        let text = match inputs.len() {
            0 | 1 => "Add".to_owned(),
            count => format!("Add {count}"),
        };
        let add = ui.add_enabled_ui(!inputs.is_empty(), |ui| widgets::accent_button(ui, &text)).inner.clicked();
        if widgets::button(ui, None, "Cancel").clicked() {
            cx.push(Command::CloseDialog);
        }
        add
    });
    if !inputs.is_empty() && (wanted || enter(ui)) {
        cx.push(Command::AddReferences(inputs));
    }
}
