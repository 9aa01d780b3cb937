//! The field that narrows what is shown.

use egui::{Align2, Id, Margin, Response, TextEdit, Ui, UiBuilder, vec2};

use super::{IconButton, paint_icon};
use crate::ui::icons;
use crate::ui::theme::{self, tokens};

/// A field to search in, over the rest of the line, with a cross that empties it. Says `changed` for both.
pub fn search_field(ui: &mut Ui, text: &mut String, hint: &str, name: &str) -> Response {
    search_field_with_id(ui, None, text, hint, name)
}

/// [`search_field`] that can be found again by its id.
pub fn search_field_with_id(ui: &mut Ui, id: Option<Id>, text: &mut String, hint: &str, name: &str) -> Response {
    let t = tokens(ui);
    let right = if text.is_empty() { 8 } else { 28 };
    let mut edit = TextEdit::singleline(text)
        .hint_text(hint)
        .desired_width(ui.available_width())
        .margin(Margin { left: 32, right, top: 4, bottom: 4 })
        .align(Align2::LEFT_CENTER);
    if let Some(id) = id {
        edit = edit.id(id);
    }
    let mut response = ui.add(edit).accessible_name(name);
    let rect = response.rect;
    paint_icon(ui, icons::MAGNIFYING_GLASS, rect.left_center() + vec2(17.0, 0.0), theme::ICON, t.soft);
    if !text.is_empty() {
        let side = egui::Rect::from_min_max(rect.right_top() - vec2(theme::FIELD, 0.0), rect.right_bottom());
        let clear =
            ui.scope_builder(UiBuilder::new().max_rect(side), |ui| IconButton::new(icons::X, "Clear search").show(ui));
        if clear.inner.clicked() {
            text.clear();
            response.mark_changed();
            response.request_focus();
        }
    }
    response
}
