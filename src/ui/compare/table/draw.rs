//! How the table looks: labels at the left, a column per picture, lines between the rows.

use super::super::super::theme::{self, Tokens, Type, tokens};
use super::super::super::widgets::{line_of, place};
use super::super::super::{Cx, widgets};
use super::super::Shown;
use super::{LABELS, Plan, State, pairs};
use crate::plan::{Row, Span};
use crate::studio::Command;
use egui::text::{LayoutJob, TextFormat};
use egui::{
    Align, Align2, Color32, Galley, Rect, Role, ScrollArea, Sense, Stroke, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use std::sync::Arc;

/// Height of a row.
pub(super) const ROW: f32 = theme::FIELD;
/// Lines of a prompt at the most.
const LINES: usize = 4;

/// Lays out the prompts: the first one's own words on the ground of what was removed, the others' on that of what was
/// added, all of them underlined, so that colour is never all.
pub(super) fn prompts(ui: &Ui, state: &State, columns: &[(f32, f32)]) -> Vec<Arc<Galley>> {
    let t = tokens(ui);
    let job = |(place, prompt): (usize, &String)| {
        let whole = || vec![Span { text: prompt.clone(), differs: false }];
        let spans = state.marked.get(place).cloned().unwrap_or_else(whole);
        let width = columns.get(place).map_or(LABELS, |(_, width)| width - theme::PADDING);
        ui.painter().layout_job(marked_job(t, &spans, place == 0, width))
    };
    state.prompts.iter().enumerate().map(job).collect()
}

fn marked_job(t: &Tokens, spans: &[Span], is_first: bool, width: f32) -> LayoutJob {
    let mut job = LayoutJob::default();
    job.wrap.max_width = width.max(40.0);
    job.wrap.max_rows = LINES;
    let (ground, line) = if is_first { (t.removed, t.bad) } else { (t.added, t.good) };
    for span in spans {
        let mut format = TextFormat::simple(Type::Note.font(), t.text);
        format.valign = Align::Center;
        if span.differs {
            format.background = ground;
            format.underline = Stroke::new(1.0, line);
        }
        // A prompt is shown as one paragraph.
        job.append(&span.text.replace(['\n', '\r'], " "), 0.0, format);
    }
    job
}

fn prompt_height(prompts: &[Arc<Galley>]) -> f32 {
    let highest = prompts.iter().map(|galley| galley.size().y).fold(0.0, f32::max);
    if prompts.is_empty() { 0.0 } else { (highest.ceil() + 10.0).max(ROW) }
}

pub(super) fn table_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State, shown: &[Shown], plan: &Plan) {
    let t = tokens(ui);
    let outer = ui.max_rect();
    ui.painter().rect_filled(outer, 0, t.panel);
    ui.painter().hline(outer.x_range(), outer.top() + 0.5, Stroke::new(1.0, t.line));
    ui.set_clip_rect(outer.intersect(ui.clip_rect()));
    let room = UiBuilder::new().max_rect(outer.shrink2(vec2(0.0, theme::GAP)));
    ui.scope_builder(room, |ui| {
        ScrollArea::vertical().id_salt("differences").auto_shrink(false).show(ui, |ui| {
            let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), plan.content), Sense::hover());
            if state.rows.is_empty() && plan.prompts.is_empty() {
                let text = if state.is_read { "Nothing was asked differently" } else { "Reading how they were made" };
                cell_ui(ui, Rect { min: rect.min + vec2(theme::PADDING, 0.0), ..rect }, Some(text), t.soft);
                return;
            }
            labels_ui(ui, state, plan, rect);
            let right = Rect { min: rect.min + vec2(LABELS, 0.0), ..rect };
            ui.scope_builder(UiBuilder::new().max_rect(right), |ui| values_ui(ui, cx, state, shown, plan));
        });
    });
}

/// The rows in their order: the model, or the head of the column, which names it; the prompt; all others.
enum Line<'a> {
    Header,
    Row(&'a Row),
    Prompt,
}

fn lines<'a>(rows: &'a [Row], plan: &Plan) -> Vec<(Line<'a>, f32)> {
    let mut lines = Vec::new();
    let (model, others): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.label == "Model");
    if plan.has_header {
        lines.push((Line::Header, ROW));
    } else {
        lines.extend(model.into_iter().map(|row| (Line::Row(row), ROW)));
    }
    if !plan.prompts.is_empty() {
        lines.push((Line::Prompt, prompt_height(&plan.prompts)));
    }
    lines.extend(others.into_iter().map(|row| (Line::Row(row), ROW)));
    lines
}

/// Of all lines.
pub(super) fn height(rows: &[Row], plan: &Plan) -> f32 {
    lines(rows, plan).iter().map(|(_, height)| height).sum()
}

fn labels_ui(ui: &mut Ui, state: &State, plan: &Plan, rect: Rect) {
    let t = tokens(ui);
    let mut top = rect.top();
    for (line, height) in lines(&state.rows, plan) {
        let label = match line {
            Line::Header => "Model",
            Line::Row(row) => &row.label,
            Line::Prompt => "Prompt",
        };
        let place = Rect::from_min_size(pos2(rect.left() + theme::PADDING, top), vec2(LABELS - theme::PADDING, ROW));
        cell_ui(ui, place, Some(label), t.soft);
        top += height;
        ui.painter().hline(rect.x_range(), top - 0.5, Stroke::new(1.0, t.line));
    }
}

fn values_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State, shown: &[Shown], plan: &Plan) {
    let t = tokens(ui);
    let width = plan.columns.last().map_or(0.0, |(left, width)| left + width);
    let active = cx.studio.compare.active_pane();
    let mut pressed = std::mem::take(&mut state.pairs);
    ScrollArea::horizontal().id_salt("columns").auto_shrink(false).show(ui, |ui| {
        let (rect, _) = ui.allocate_exact_size(vec2(width, plan.content), Sense::hover());
        for (number, (left, width)) in plan.columns.iter().enumerate() {
            let mut cell = Rect::from_min_size(rect.min + vec2(*left, 0.0), vec2(width - theme::PADDING, ROW));
            if number == active && state.revealed != Some(number) {
                ui.scroll_to_rect(Rect { max: cell.max + vec2(theme::PADDING, 0.0), ..cell }, None);
                state.revealed = Some(number);
            }
            for (line, height) in lines(&state.rows, plan) {
                ui.push_id((number, &label_of(&line)), |ui| match line {
                    Line::Header => header_ui(ui, cx, cell, shown, number, number == active),
                    Line::Row(row) => match row.values.get(number).and_then(Option::as_deref) {
                        Some(value) => cell_ui(ui, cell, Some(value), t.text),
                        None => cell_ui(ui, cell, state.is_read.then_some("–"), t.faint),
                    },
                    Line::Prompt => prompt_ui(ui, cx, (cell, height), state, &mut pressed, plan, number),
                });
                cell = cell.translate(vec2(0.0, height));
            }
        }
    });
    state.pairs = pressed;
}

fn label_of(line: &Line<'_>) -> String {
    match line {
        Line::Header => "pane".to_owned(),
        Line::Row(row) => row.label.clone(),
        Line::Prompt => "prompt".to_owned(),
    }
}

/// One line of text, cut where there is no room; all of it as the tooltip then.
fn cell_ui(ui: &mut Ui, rect: Rect, text: Option<&str>, color: Color32) {
    let Some(text) = text else { return };
    if !ui.is_rect_visible(rect) {
        return;
    }
    let words = line_of(ui, text, Type::Note.font(), color, rect.width());
    let is_cut = words.elided;
    place(ui, words, rect.left_center(), Align2::LEFT_CENTER);
    let response = ui.interact(rect, ui.scope_id().with((text, "cell")), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, text));
    if is_cut {
        response.on_hover_text(text);
    }
}

fn header_ui(ui: &mut Ui, cx: &mut Cx<'_>, rect: Rect, shown: &[Shown], number: usize, is_active: bool) {
    let t = tokens(ui);
    let model = shown.get(number).map_or("", |shown| shown.model.as_str());
    let text = format!("{}  {model}", number + 1);
    let response = ui.interact(rect, ui.scope_id().with("header"), Sense::click());
    response
        .widget_info(|| WidgetInfo::selected(Role::Button, true, is_active, format!("Column of pane {}", number + 1)));
    let color = if is_active { t.accent_text } else { t.text };
    let words = line_of(ui, &text, Type::Strong.font(), color, rect.width());
    place(ui, words, rect.left_center(), Align2::LEFT_CENTER);
    widgets::focus_ring(ui, &response, rect, theme::RADIUS_SMALL, t.accent);
    if response.clicked() {
        cx.push(Command::ActivatePane(number));
    }
}

/// The prompt; read out, what differs stands in brackets.
fn prompt_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    (cell, height): (Rect, f32),
    state: &State,
    pressed: &mut pairs::State,
    plan: &Plan,
    number: usize,
) {
    let Some(galley) = plan.prompts.get(number) else { return };
    let rect = Rect::from_min_size(cell.min, vec2(cell.width(), height));
    let response = ui.interact(rect, ui.scope_id().with("prompt"), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, spoken(state, number)));
    let top = (ROW - galley.rows.first().map_or(16.0, |row| row.height())) / 2.0;
    let corner = rect.min + vec2(0.0, top);
    ui.painter().galley(corner, galley.clone(), tokens(ui).text);
    if let Some(prompt) = state.prompts.get(number).filter(|prompt| **prompt != galley.text()) {
        response.on_hover_text(prompt);
    }
    if let Some(spans) = state.marked.get(number) {
        pairs::words_ui(ui, cx, pressed, spans, galley, corner);
    }
}

fn spoken(state: &State, number: usize) -> String {
    let write = |span: &Span| if span.differs { format!("[{}]", span.text) } else { span.text.clone() };
    match state.marked.get(number) {
        Some(spans) => spans.iter().map(write).collect(),
        None => state.prompts.get(number).cloned().unwrap_or_default(),
    }
}
