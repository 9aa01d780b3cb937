//! Emptying the trash: how much goes for good, and the choice.

use super::{Fresh, buttons_ui, note_ui};
use crate::library::Picture;
use crate::studio::{Command, age_text, bytes_text};
use crate::ui::theme::Type;
use crate::ui::{Cx, widgets};
use egui::Ui;

/// What would go.
fn sentence(trashed: &[Picture]) -> String {
    let bytes = bytes_text(trashed.iter().map(|picture| picture.bytes).sum());
    match trashed.len() {
        0 => "The trash is empty".to_owned(),
        1 => format!("1 picture ({bytes}), its recipe and its partials will be deleted. This cannot be undone"),
        count => {
            format!("{count} pictures ({bytes}), their recipes and partials will be deleted. This cannot be undone")
        }
    }
}

pub(super) fn empty_trash_ui(ui: &mut Ui, cx: &mut Cx<'_>, fresh: &mut Fresh) {
    let trashed = cx.studio.collection.trashed();
    let any = !trashed.is_empty();
    ui.label(Type::Body.text(sentence(trashed)));
    if let Some(oldest) = trashed.iter().filter_map(|picture| picture.trashed_ms).min() {
        let now = (cx.studio.clock)().timestamp().as_millisecond();
        note_ui(ui, &format!("The oldest was moved here {}", age_text(now, oldest)));
    }
    buttons_ui(ui, |ui| {
        // The harmless one has the keyboard: Enter by mistake deletes nothing.
        let keep = widgets::accent_button(ui, if any { "Keep them" } else { "Close" });
        fresh.focus(&keep);
        if keep.clicked() {
            cx.push(Command::CloseDialog);
        }
        if any && widgets::button(ui, None, "Delete for good").clicked() {
            cx.push(Command::EmptyTrash);
        }
    });
}
