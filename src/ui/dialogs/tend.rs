//! The part of the settings that looks after the library: compare, mend, make the index anew, and what came of it.

use super::note_ui;
use crate::engine::{Care, Report};
use crate::studio::{Command, is_mendable, report_text};
use crate::ui::theme::{Type, tokens};
use crate::ui::{Cx, icons, reading, widgets};
use egui::{Label, ProgressBar, Rect, ScrollArea, Ui};
use std::sync::Arc;

/// Height of the list of findings, points.
const LIST: f32 = 120.0;
/// So many findings are each told whole.
const FEW: usize = 3;

/// `told`: the report that was brought into view last.
pub(super) fn tend_ui(ui: &mut Ui, cx: &mut Cx<'_>, told: &mut Option<Arc<Report>>) {
    let top = ui.cursor().top();
    report_ui(ui, cx);
    // What has come is scrolled into view, once it has its place.
    let report = &cx.studio.snapshot.report;
    if told.as_ref().map(Arc::as_ptr) != report.as_ref().map(Arc::as_ptr) {
        told.clone_from(report);
        ui.scroll_to_rect(Rect::from_x_y_ranges(ui.max_rect().x_range(), top..=ui.min_rect().bottom()), None);
    }
}

fn report_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let snapshot = cx.studio.snapshot.clone();
    widgets::field_row(ui, "Order", |ui| {
        let Some((_, progress)) = snapshot.tending else { return offers_ui(ui, cx) };
        let share = progress.done as f32 / progress.total.max(1) as f32;
        let bar = ProgressBar::new(share).desired_height(4.0).desired_width(ui.available_width() - 72.0);
        ui.add(bar).accessible_name("Progress of the work on the library");
        if widgets::button(ui, None, "Stop").clicked() {
            cx.push(Command::StopTending);
        }
    });
    if let Some(text) = cx.studio.tending_text() {
        return note_ui(ui, &text);
    }
    let Some(report) = &snapshot.report else { return };
    let (text, lines) = report_text(report);
    ui.label(Type::Note.text(text));
    let said = |ui: &mut Ui, line: &str| Label::new(Type::Note.text(line).color(tokens(ui).soft)).selectable(true);
    if lines.len() <= FEW {
        for line in &lines {
            let label = said(ui, line).wrap();
            ui.add(label);
        }
    } else {
        let row = ui.text_style_height(&egui::TextStyle::Small).max(14.0);
        ScrollArea::vertical().id_salt("findings").max_height(LIST).show_rows(ui, row, lines.len(), |ui, shown| {
            for line in lines.get(shown).unwrap_or_default() {
                let label = said(ui, line).truncate();
                ui.add(label).on_hover_text(line);
            }
        });
    }
    if is_mendable(report) {
        let mend = |ui: &mut Ui| widgets::button(ui, None, "Mend what can be");
        if reading::writing(ui, mend).clicked() {
            cx.push(Command::Tend(Care::Mend));
        }
    }
}

fn offers_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    ui.horizontal(|ui| {
        let check = widgets::button(ui, Some(icons::CHECK_CIRCLE), "Check library");
        if check.on_hover_text("Reads every picture and compares it with the index; changes nothing").clicked() {
            cx.push(Command::Tend(Care::Check));
        }
        let rebuild = |ui: &mut Ui| widgets::button(ui, None, "Rebuild the index");
        let more = "Makes it anew from the folder, with ratings, collections and trash; the old one is kept beside it";
        if reading::writing(ui, rebuild).on_hover_text(more).clicked() {
            cx.push(Command::Tend(Care::Rebuild));
        }
    });
}
