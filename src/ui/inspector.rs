//! What is said and known of pictures: marks, the table of facts, the prompt; for the right panel and the viewer.

mod lineage;
mod sorting;

use super::theme::{self, Type, tokens};
use super::widgets::{self, line_of, place};
use super::{Cx, icons};
use crate::api::harmless;
use crate::library::{Picture, Recipe};
use crate::studio::{Action, Command, facts, keys_of};
use egui::{Align2, Label, Role, Sense, Ui, WidgetInfo, vec2};
use std::sync::Arc;

pub(super) use sorting::{State, sorting_ui};

/// Width of the column of labels.
const LABELS: f32 = 92.0;

/// Shows everything known of a picture; what its recipe tells follows as soon as that has been read.
pub(super) fn inspector_ui(ui: &mut Ui, cx: &mut Cx<'_>, picture: &Picture) {
    let recipe = cx.studio.recipe(&picture.id);
    table_ui(ui, &facts(picture, recipe.as_deref()));
    let prompt = cx.studio.prompt_of(picture).to_owned();
    prompt_ui(ui, cx, picture, &prompt, recipe.as_ref());
    if let Some(template) = recipe.as_ref().and_then(|recipe| recipe.context.template.as_deref()) {
        widgets::section_header_with(ui, "Prompt as written", "", |_| {});
        ui.add(Label::new(Type::Note.text(template).color(tokens(ui).soft)).wrap().selectable(true));
        ui.add_space(theme::GAP);
    }
    lineage::lineage_ui(ui, cx, picture);
}

fn table_ui(ui: &mut Ui, rows: &[(String, String)]) {
    let t = tokens(ui);
    ui.spacing_mut().item_spacing.y = 6.0;
    for (number, (name, value)) in rows.iter().enumerate() {
        ui.push_id((number, name), |ui| {
            ui.horizontal_top(|ui| {
                ui.spacing_mut().interact_size.y = 16.0;
                let (cell, response) = ui.allocate_exact_size(vec2(LABELS, 16.0), Sense::hover());
                let words = line_of(ui, name, Type::Note.font(), t.soft, LABELS);
                place(ui, words, cell.min, Align2::LEFT_TOP);
                response.widget_info(|| WidgetInfo::labeled(Role::Label, true, name));
                ui.add(Label::new(Type::Note.text(value).color(t.text)).wrap().selectable(true));
            });
        });
    }
}

fn prompt_ui(ui: &mut Ui, cx: &mut Cx<'_>, picture: &Picture, prompt: &str, recipe: Option<&Arc<Recipe>>) {
    if prompt.is_empty() {
        return;
    }
    let keys = keys_of(Action::CopyPrompt);
    widgets::section_header_with(ui, "Prompt", "", |ui| {
        if widgets::icon_button(ui, icons::COPY, "Copy the prompt", keys.as_deref()).clicked() {
            cx.push(Command::CopyPrompt(picture.id.clone()));
        }
        if widgets::icon_button(ui, icons::ARROW_BEND_UP_LEFT, "Use this prompt", None).clicked() {
            cx.push(Command::UseSentPrompt(picture.id.clone()));
        }
    });
    // What is copied and used again is the prompt as it is.
    let shown = shown_text(prompt);
    ui.add(Label::new(Type::Body.text(shown).color(tokens(ui).text)).wrap().selectable(true));
    if recipe.is_none() {
        ui.label(Type::Note.text("Its recipe is being read").color(tokens(ui).soft));
    }
    ui.add_space(theme::GAP);
}

/// A text of any length, as it can be laid out in every frame.
fn shown_text(text: &str) -> String {
    const LONGEST: usize = 20_000;
    let end = text.char_indices().nth(LONGEST).map(|(end, _)| end);
    let cut = end.and_then(|end| text.get(..end)).map(|start| format!("{start}…"));
    harmless(cut.as_deref().unwrap_or(text)).into_owned()
}
