//! Collections and tags of the chosen pictures: typed, or ticked in the list of those that are there.

use super::{Fresh, buttons_ui, enter, note_ui};
use crate::library::{Edit, MarkChange, PictureId};
use crate::studio::Command;
use crate::ui::theme::Type;
use crate::ui::{Cx, widgets};
use egui::{Margin, TextEdit, Ui};

#[derive(Default)]
pub(super) struct Form {
    ids: Vec<PictureId>,
    collection: String,
    tag: String,
    fresh: Fresh,
}

impl Form {
    pub(super) fn new(ids: &[PictureId]) -> Self {
        Self { ids: ids.to_vec(), ..Self::default() }
    }
}

pub(super) fn collect_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form) {
    ui.label(Type::Body.text("Collection"));
    let field =
        TextEdit::singleline(&mut form.collection).desired_width(f32::INFINITY).margin(Margin::symmetric(10, 6));
    let field = ui.add(field).accessible_name("Collection");
    form.fresh.focus(&field);
    ui.label(Type::Body.text("Tag"));
    let field = TextEdit::singleline(&mut form.tag).desired_width(f32::INFINITY).margin(Margin::symmetric(10, 6));
    ui.add(field).accessible_name("Tag");
    note_ui(ui, "A collection that is not there yet is made");
    let ready = !form.collection.trim().is_empty() || !form.tag.trim().is_empty();
    let wanted = buttons_ui(ui, |ui| {
        let add = ui.add_enabled_ui(ready, |ui| widgets::accent_button(ui, "Add")).inner.clicked();
        if widgets::button(ui, None, "Cancel").clicked() {
            cx.push(Command::CloseDialog);
        }
        add
    });
    if ready && (wanted || enter(ui)) {
        let changes = [(&form.collection, MarkChange::AddTo as fn(String) -> _), (&form.tag, MarkChange::AddTag)];
        for (text, change) in changes.into_iter().filter(|(text, _)| !text.trim().is_empty()) {
            cx.push(Command::Edit(Edit::Mark { ids: form.ids.clone(), change: change(text.clone()) }));
        }
        cx.push(Command::CloseDialog);
    }
}
