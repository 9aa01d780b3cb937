//! The settings: one row per control that the model's descriptors call for.
//!
//! Reads `plan::controls`, edits the draft's wishes in place. The invariant: every row has a state in which nothing is
//! sent, it is the first state, and it says `provider default`; no field is drawn that no endpoint in question takes.

mod list;
mod ratio;
mod values;
mod words;

pub(super) use list::{Entry, list};

use super::theme::{self, Type, tokens};
use super::{Cx, widgets};
use crate::plan::{Control, ControlKind, EndpointChoice, controls};
use crate::studio::Studio;
use egui::{Align2, Rect, Sense, Ui, vec2};

/// What stands where nothing is chosen.
pub(super) const DEFAULT: &str = "provider default";

/// Draws the rows of the chosen model.
pub(super) fn settings_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let Some(model) = cx.studio.model() else { return };
    let rows = controls(&cx.studio.draft, model, cx.studio.endpoints());
    let streams = streams(cx.studio);
    widgets::section_header(ui, "Settings");
    if rows.is_empty() && !streams {
        let soft = tokens(ui).soft;
        ui.label(Type::Note.text("This model has no settings; the prompt says it all").color(soft));
    }
    for control in &rows {
        ui.push_id(&control.field, |ui| control_ui(ui, cx.studio, control));
    }
    if streams {
        partials_ui(ui, cx.studio);
    }
}

fn control_ui(ui: &mut Ui, studio: &mut Studio, control: &Control) {
    match &control.kind {
        ControlKind::AspectRatio { values } => ratio::ratio_ui(ui, studio, control, values),
        ControlKind::Choice { values } => values::choice_ui(ui, studio, control, values),
        ControlKind::Number { min, max, integer } => values::number_ui(ui, studio, control, *min..=*max, *integer),
        ControlKind::Seed => values::seed_ui(ui, studio, control),
        ControlKind::Size => values::text_ui(ui, studio, control, &values::SIZE),
        ControlKind::Flag => values::flag_ui(ui, studio, control),
        ControlKind::Raw { kind } if kind == "text" => values::text_ui(ui, studio, control, &values::TEXT),
        ControlKind::Raw { .. } => values::text_ui(ui, studio, control, &values::JSON),
    }
}

/// Says whether any endpoint that the artist's choice leaves sends partial pictures.
fn streams(studio: &Studio) -> bool {
    let pinned = match &studio.draft.endpoint {
        EndpointChoice::Pinned(tag) => Some(tag.as_str()),
        EndpointChoice::Any => None,
    };
    match studio.endpoints() {
        Some(endpoints) => {
            let chosen = |tag: Option<&str>| pinned.is_none() || tag == pinned;
            endpoints.iter().any(|e| e.supports_streaming && chosen(e.provider_tag.as_deref()))
        }
        None => studio.model().is_some_and(|model| model.supports_streaming),
    }
}

fn partials_ui(ui: &mut Ui, studio: &mut Studio) {
    let help = "The picture is shown while it is made; several pictures become one request each";
    row(ui, "Streaming", None, help, |ui| {
        let mut on = studio.draft.stream.unwrap_or(true);
        let text = "Show partial pictures";
        if widgets::checkbox(ui, &mut on, text, text).on_hover_text(help).changed() {
            studio.draft.stream = Some(on);
        }
    });
}

/// A row with its help at the label and, at the label's end, a small note such as `1 of 2`.
fn row<R>(ui: &mut Ui, label: &str, note: Option<&str>, help: &str, value: impl FnOnce(&mut Ui) -> R) -> R {
    let shown = widgets::field_row(ui, label, value);
    explain(ui, shown.response.rect, note, help);
    shown.inner
}

fn explain(ui: &Ui, row: Rect, note: Option<&str>, help: &str) {
    let column = Rect::from_min_size(row.min, vec2(theme::LABEL_COLUMN, theme::FIELD));
    if let Some(note) = note {
        let soft = tokens(ui).soft;
        ui.painter().text(column.right_center(), Align2::RIGHT_CENTER, note, Type::Badge.font(), soft);
    }
    ui.interact(column, ui.scope_id().with("label"), Sense::hover()).on_hover_text(help);
}

/// A line under a row, in the column of values: what is wrong with it.
pub(super) fn fault(ui: &mut Ui, text: &str) {
    ui.horizontal_top(|ui| {
        ui.add_space(theme::LABEL_COLUMN + theme::TILE_GAP);
        let bad = tokens(ui).bad;
        ui.add(egui::Label::new(Type::Note.text(text).color(bad)).wrap());
    });
}
