//! The prompt: grows with its text up to a limit, then scrolls inside; undo is the field's own.

use super::State;
use crate::studio::{Action, Command, keys_of, one_line};
use crate::ui::theme::{self, Type, tokens};
use crate::ui::{Cx, icons, widgets};
use egui::text::{CCursor, CCursorRange, LayoutJob};
use egui::{
    FontSelection, Frame, Galley, Label, Margin, ScrollArea, Stroke, StrokeKind, TextBuffer, TextEdit, TextFormat, Ui,
    vec2,
};
use std::collections::BTreeSet;
use std::ops::Range;
use std::sync::Arc;

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
    let flagged = cx.studio.flagged_in_prompt();
    let words: Vec<String> =
        flagged.iter().filter_map(|at| cx.studio.draft.prompt.get(at.clone())).map(str::to_owned).collect();
    let most = MOST.min(0.35 * ui.ctx().content_rect().height());
    let shown = Frame::new().fill(t.raised).corner_radius(theme::RADIUS_LARGE).show(ui, |ui| {
        ScrollArea::vertical().id_salt("prompt").max_height(most).auto_shrink([false, true]).show(ui, |ui| {
            ui.spacing_mut().extra_text_line_spacing = 3.0;
            let margin = Margin::symmetric(10, 9);
            let mut marked = |ui: &Ui, text: &dyn TextBuffer, width: f32| marked(ui, text.as_str(), width, &flagged);
            let field = TextEdit::multiline(&mut cx.studio.draft.prompt);
            let field = if flagged.is_empty() { field } else { field.layouter(&mut marked) };
            field
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
    if !words.is_empty() {
        let distinct: BTreeSet<&str> = words.iter().map(String::as_str).collect();
        let said = distinct.iter().map(|words| format!("“{}”", one_line(words))).collect::<Vec<_>>().join(", ");
        ui.add(Label::new(Type::Note.text(format!("Flagged by the provider: {said}")).color(t.bad)).wrap());
    }
    if field.has_focus() {
        let ring = Stroke::new(1.0, t.accent_text);
        ui.painter().rect_stroke(shown.response.rect, theme::RADIUS_LARGE, ring, StrokeKind::Inside);
    }
}

/// Lays the prompt out as the field itself would, with flagged words underlined. What was typed since is laid out plainly
/// where the places do not fit it any more.
fn marked(ui: &Ui, text: &str, width: f32, flagged: &[Range<usize>]) -> Arc<Galley> {
    let t = tokens(ui);
    let font = Type::Prompt.font();
    let height = ui.fonts_mut(|fonts| fonts.row_height(&font)) + ui.spacing().extra_text_line_spacing;
    let plain = TextFormat { line_height: Some(height), ..TextFormat::simple(font, t.text) };
    let bad = TextFormat { color: t.bad, underline: Stroke::new(1.5, t.bad), ..plain.clone() };
    let mut job = LayoutJob { keep_trailing_whitespace: true, ..LayoutJob::default() };
    job.wrap.max_width = width;
    let mut at = 0;
    for range in flagged {
        let (Some(before), Some(words)) = (text.get(at..range.start), text.get(range.clone())) else { break };
        job.append(before, 0.0, plain.clone());
        job.append(words, 0.0, bad.clone());
        at = range.end;
    }
    job.append(text.get(at..).unwrap_or_default(), 0.0, plain);
    ui.fonts_mut(|fonts| fonts.layout_job(job))
}
