//! Crops and marks up the copy of a reference that is sent; the original stays as it is.
//!
//! Draws and hears; what it means is `studio::editor`'s. Closing it unapplied loses nothing: the work is kept and comes
//! back with the next opening. Invariant: the draft speaks of an edit only once its copy is made.

mod bar;
mod canvas;

use super::{Fresh, buttons_ui, enter, line_ui};
use crate::plan::{Draft, DraftReference, ReferenceSource};
use crate::studio::editor::Editor;
use crate::studio::view::View;
use crate::studio::{Command, Dialog, Notices, Tone};
use crate::ui::theme::{self, Type, tokens};
use crate::ui::{Cx, widgets};
use egui::{DragValue, Key, Modifiers, Ui};

/// As wide as a working surface.
pub(super) const WIDTH: f32 = 1120.0;
/// Width of the zoom controls.
const ZOOM: f32 = 206.0;

pub(super) struct Form {
    place: usize,
    hash: String,
    name: String,
    editor: Editor,
    view: View,
    /// Proportions that the request asks for, where it does.
    wished: Option<(String, f32)>,
    fresh: Fresh,
}

impl Form {
    /// Opens the editor of a reference; goes on with what was left unfinished of it. `None`: it cannot be edited.
    pub(super) fn new(place: usize, cx: &Cx<'_>, unfinished: Option<Box<Self>>) -> Option<Self> {
        let draft = &cx.studio.draft;
        let reference = draft.references.get(place)?;
        let ReferenceSource::Stored { hash, original, .. } = &reference.source else { return None };
        if let Some(form) = unfinished.filter(|form| form.hash == *hash && form.place == place) {
            return Some(Self { fresh: Fresh::default(), ..*form });
        }
        Some(Self {
            place,
            hash: hash.clone(),
            name: reference.name.clone(),
            editor: Editor::new(original.size, reference.edit.clone()),
            view: View::default(),
            wished: bar::wished(draft),
            fresh: Fresh::default(),
        })
    }

    pub(super) fn title(&self) -> String {
        format!("Crop and mark {}", self.name)
    }

    /// Says whether something was done that the draft does not have.
    pub(super) fn is_unfinished(&self, draft: &Draft) -> bool {
        let here = |reference: &&DraftReference| matches!(&reference.source, ReferenceSource::Stored { hash, .. } if *hash == self.hash);
        let known = draft.references.get(self.place).filter(here);
        self.editor.is_changed() && known.is_some_and(|reference| reference.edit != *self.editor.edit())
    }

    pub(super) fn say_unfinished(&self, notices: &mut Notices) {
        let again = Command::OpenDialog(Dialog::EditReference(self.place));
        notices.say(Tone::Info, "The reference is sent as before", Some(("Go on editing".to_owned(), again)));
    }
}

/// Draws the editor.
pub(super) fn edit_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form) {
    keys(ui, &mut form.editor);
    bar::bar_ui(ui, &mut form.editor, form.wished.as_ref());
    ui.add_space(theme::GAP);
    let height = (ui.content_rect().height() - 330.0).max(160.0);
    let canvas = canvas::canvas_ui(ui, cx, form, height);
    form.fresh.focus(&canvas.response);
    line_ui(ui, |ui| {
        let room = egui::vec2(ZOOM, theme::FIELD);
        ui.allocate_ui_with_layout(room, egui::Layout::left_to_right(egui::Align::Center), |ui| {
            crate::ui::pane::zoom_controls(ui, &mut form.view, canvas.size, canvas.pane, true);
        });
        ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| numbers_ui(ui, &mut form.editor));
    });
    let preparing = cx.studio.preparing.is_some();
    let apply = buttons_ui(ui, |ui| {
        let apply = ui.add_enabled_ui(!preparing, |ui| widgets::accent_button(ui, "Apply")).inner;
        if widgets::button(ui, None, "Cancel").clicked() {
            cx.push(Command::CloseDialog);
        }
        if preparing {
            ui.label(Type::Note.text("Making the copy").color(tokens(ui).soft));
            ui.spinner();
        } else {
            ui.with_layout(egui::Layout::left_to_right(egui::Align::Center), |ui| {
                let note = "The original stays as it is; the recipe keeps what was done and what was sent";
                ui.label(Type::Note.text(note).color(tokens(ui).soft));
            });
        }
        let on_canvas = canvas.response.has_focus() && ui.input(|input| input.key_pressed(Key::Enter));
        apply.clicked() || (!preparing && (on_canvas || enter(ui)))
    });
    if apply {
        let edit = form.editor.edit().clone();
        let known = cx.studio.draft.references.get(form.place).map(|reference| &reference.edit);
        cx.push(match known {
            Some(known) if *known != edit => Command::EditReference { place: form.place, edit },
            _ => Command::CloseDialog,
        });
    }
}

/// Undo and redo, wherever the keyboard is but in a field.
fn keys(ui: &Ui, editor: &mut Editor) {
    if ui.text_edit_focused() {
        return;
    }
    let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    if pressed(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z) || pressed(Modifiers::COMMAND, Key::Y) {
        editor.redo();
    }
    if pressed(Modifiers::COMMAND, Key::Z) {
        editor.undo();
    }
}

/// The crop in numbers.
fn numbers_ui(ui: &mut Ui, editor: &mut Editor) {
    let (size, before) = (editor.size, editor.crop());
    let mut crop = before;
    for (label, name, value, least, most) in [
        ("X", "Left edge of the crop", &mut crop.x, 0, size.width.saturating_sub(1)),
        ("Y", "Upper edge of the crop", &mut crop.y, 0, size.height.saturating_sub(1)),
        ("Width", "Width of the crop", &mut crop.width, 1, size.width),
        ("Height", "Height of the crop", &mut crop.height, 1, size.height),
    ] {
        ui.label(Type::Note.text(label).color(tokens(ui).soft));
        ui.add(DragValue::new(value).range(least..=most).speed(1.0)).accessible_name(name).on_hover_text(name);
    }
    if crop != before {
        editor.set_crop(crop);
    }
    ui.label(Type::Note.text(format!("of {size}")).color(tokens(ui).soft));
}
