//! Information beside the viewer's picture, and what can be done with it.

use super::super::inspector::{self, inspector_ui, sorting_ui};
use super::super::widgets::{self, icon_button};
use super::super::{Cx, icons, reading, theme};
use crate::library::Picture;
use crate::studio::{Action, Command, Common, Dialog, keys_of};
use egui::{Frame, Margin, ScrollArea, Ui, vec2};

pub(super) fn info_ui(ui: &mut Ui, cx: &mut Cx<'_>, picture: &Picture, sorting: &mut inspector::State) {
    let inside = Frame::new().inner_margin(Margin::symmetric(theme::PADDING as i8, theme::TILE_GAP as i8));
    ScrollArea::vertical().id_salt("information").auto_shrink(false).show(ui, |ui| {
        inside.show(ui, |ui| {
            widgets::section_header_with(ui, "Information", "", |ui| {
                if icon_button(ui, icons::X, "Close information", keys_of(Action::ToggleInfo).as_deref()).clicked() {
                    cx.push(Command::Do(Action::ToggleInfo));
                }
            });
            sorting_ui(ui, cx, &Common::of([picture]), sorting);
            ui.add_space(theme::GAP);
            inspector_ui(ui, cx, picture);
            ui.add_space(theme::TILE_GAP);
            actions(ui, cx, picture);
        });
    });
}

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
            let button = |ui: &mut Ui| widgets::button(ui, Some(icon), text).clicked();
            if reading::for_command(ui, &command, button) {
                cx.push(command);
            }
        }
    });
}
