//! Information beside the viewer's picture, and what can be done with it.

use super::super::theme::{self, Type, tokens};
use super::super::widgets::{self, icon_button};
use super::super::{Cx, icons};
use crate::library::Picture;
use crate::studio::{Action, Command, Dialog, facts, keys_of};
use egui::{Frame, Label, Margin, ScrollArea, Ui, vec2};

pub(super) fn info_ui(ui: &mut Ui, cx: &mut Cx<'_>, picture: &Picture) {
    let inside = Frame::new().inner_margin(Margin::symmetric(theme::PADDING as i8, theme::TILE_GAP as i8));
    ScrollArea::vertical().id_salt("information").auto_shrink(false).show(ui, |ui| {
        inside.show(ui, |ui| {
            widgets::section_header_with(ui, "Information", "", |ui| {
                if icon_button(ui, icons::X, "Close information", keys_of(Action::ToggleInfo).as_deref()).clicked() {
                    cx.push(Command::Do(Action::ToggleInfo));
                }
            });
            information(ui, cx, picture);
        });
    });
}

/// Everything that is known of the picture, then what can be done with it.
fn information(ui: &mut Ui, cx: &mut Cx<'_>, picture: &Picture) {
    let recipe = cx.studio.recipe(&picture.id);
    let of_run = || cx.studio.collection.run_of(&picture.id).map(|run| run.prompt.clone());
    let prompt = recipe.as_ref().map(|recipe| recipe.prompt().to_owned()).or_else(of_run).unwrap_or_default();
    ui.add(Label::new(Type::Body.text(prompt)).wrap().selectable(true));
    ui.add_space(theme::GAP);
    ui.spacing_mut().item_spacing.y = theme::GAP;
    for (label, value) in facts(picture, recipe.as_deref()) {
        ui.push_id(&label, |ui| fact(ui, &label, &value));
    }
    ui.add_space(theme::TILE_GAP);
    actions(ui, cx, picture);
}

fn fact(ui: &mut Ui, label: &str, value: &str) {
    let t = tokens(ui);
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        ui.allocate_ui(vec2(LABELS, 16.0), |ui| {
            ui.set_min_width(LABELS);
            ui.add(Label::new(Type::Note.text(label).color(t.soft)).truncate());
        });
        ui.add(Label::new(Type::Note.text(value)).wrap().selectable(true));
    });
}

/// Width of the column of labels.
const LABELS: f32 = 88.0;

fn actions(ui: &mut Ui, cx: &mut Cx<'_>, picture: &Picture) {
    let id = || picture.id.clone();
    let put_away = match picture.trashed_ms {
        None => (icons::TRASH, "Move to trash", Command::Trash(vec![id()])),
        Some(_) => (icons::ARROW_U_UP_LEFT, "Restore", Command::Restore(vec![id()])),
    };
    let buttons = [
        (icons::ARROW_U_UP_LEFT, "Use settings", Command::UseSettings(id())),
        (icons::IMAGE, "As reference", Command::UseAsReference(vec![id()])),
        (icons::COPY, "Copy picture", Command::CopyPicture(id())),
        (icons::TEXT_T, "Copy prompt", Command::CopyPrompt(id())),
        (icons::FOLDER_OPEN, "Open folder", Command::OpenFolder(id())),
        (icons::DOWNLOAD_SIMPLE, "Save as…", Command::OpenDialog(Dialog::Export(vec![id()]))),
        put_away,
    ];
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(theme::TILE_GAP, theme::TILE_GAP);
        for (icon, text, command) in buttons {
            if widgets::button(ui, Some(icon), text).clicked() {
                cx.push(command);
            }
        }
    });
}
