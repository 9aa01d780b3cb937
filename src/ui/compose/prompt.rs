//! The prompt: grows with its text up to a limit, then scrolls inside; undo is the field's own.

use super::State;
use crate::studio::{Action, Command, keys_of};
use crate::ui::theme::{self, Type, tokens};
use crate::ui::{Cx, icons, widgets};
use egui::text::{CCursor, CCursorRange};
use egui::{FontSelection, Frame, Margin, ScrollArea, Stroke, StrokeKind, TextEdit, Ui, vec2};

/// Points, its margin included.
const LEAST: f32 = 104.0;
const MOST: f32 = 320.0;
/// From here on the number of characters is said.
const LONG: usize = 1000;

pub fn prompt_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State) {
    let t = tokens(ui);
    let length = cx.studio.draft.prompt.chars().count();
    let note = if length > LONG { format!("{length} characters") } else { String::new() };
    widgets::section_header_with(ui, "Prompt", &note, |ui| {
        let (name, keys) = ("Prompt history", keys_of(Action::History));
        if widgets::icon_button(ui, icons::CLOCK_COUNTER_CLOCKWISE, name, keys.as_deref()).clicked() {
            cx.push(Command::Do(Action::History));
        }
    });
    let most = MOST.min(0.35 * ui.ctx().content_rect().height());
    let shown = Frame::new().fill(t.raised).corner_radius(theme::RADIUS_LARGE).show(ui, |ui| {
        ScrollArea::vertical().id_salt("prompt").max_height(most).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().extra_text_line_spacing = 3.0;
            let margin = Margin::symmetric(10, 9);
            TextEdit::multiline(&mut cx.studio.draft.prompt)
                .id_salt("prompt")
                .hint_text("What is to be seen")
                .font(FontSelection::FontId(Type::Prompt.font()))
                .frame(Frame::new().inner_margin(margin))
                .desired_width(f32::INFINITY)
                .desired_rows(4)
                .min_size(vec2(0.0, LEAST))
                .show(ui)
        })
    });
    let mut output = shown.inner.inner;
    let field = output.response.response.clone().accessible_name("Prompt");
    if std::mem::take(&mut state.focus_prompt) {
        field.request_focus();
        let end = CCursor::new(cx.studio.draft.prompt.chars().count());
        output.state.cursor.set_char_range(Some(CCursorRange::one(end)));
        output.state.store(ui.ctx(), field.id);
        field.scroll_to_me(None);
    }
    if field.has_focus() {
        let ring = Stroke::new(1.0, t.accent_text);
        ui.painter().rect_stroke(shown.response.rect, theme::RADIUS_LARGE, ring, StrokeKind::Inside);
    }
}
