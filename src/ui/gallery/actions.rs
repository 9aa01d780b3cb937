//! What can be done with a picture: the small buttons over it and its menu, with the keys that do the same.

use super::super::icons;
use super::super::theme::{self, tokens};
use super::super::widgets::{focus_ring, paint_icon, tooltip};
use super::{Scene, subjects};
use crate::library::{Picture, PictureId};
use crate::studio::{Action, Command, Dialog, Studio, keys_of};
use egui::{Button, Popup, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

const SIDE: f32 = 26.0;
const INSET: f32 = 6.0;

/// The buttons at the upper right of a picture; as many as there is room for, the menu always.
pub(super) fn over_picture(ui: &mut Ui, scene: &mut Scene<'_>, tile: Rect, picture: &Picture) {
    let studio = scene.studio;
    let ids = || subjects(studio, picture);
    let all: Vec<(char, &str, Action, Command)> = if picture.trashed_ms.is_some() {
        vec![(icons::ARROW_U_UP_LEFT, "Restore", Action::Undo, Command::Restore(ids()))]
    } else {
        vec![
            (icons::IMAGES, "Use as reference", Action::UseAsReference, Command::UseAsReference(ids())),
            (icons::COPY, "Copy the picture", Action::CopyPicture, Command::CopyPicture(picture.id.clone())),
            (icons::TRASH, "Move to the trash", Action::Trash, Command::Trash(ids())),
        ]
    };
    let room = ((tile.width() - 2.0 * INSET + theme::GAP) / (SIDE + theme::GAP)).floor().max(1.0) as usize;
    let mut right = tile.right() - INSET;
    let mut next = || {
        let rect = Rect::from_min_size(pos2(right - SIDE, tile.top() + INSET), vec2(SIDE, SIDE));
        right -= SIDE + theme::GAP;
        rect
    };
    let more = button(ui, next(), (picture.id.0.as_str(), "more"), icons::DOTS_THREE, "More actions", None);
    Popup::menu(&more).show(|ui| picture_menu(ui, studio, scene.commands, picture));
    for (icon, name, action, command) in all.into_iter().rev().take(room - 1) {
        let keys = keys_of(action).filter(|_| action != Action::Undo);
        if button(ui, next(), (picture.id.0.as_str(), name), icon, name, keys.as_deref()).clicked() {
            scene.commands.push(command);
        }
    }
}

/// A small dark button that can be seen on any picture.
pub(super) fn button(
    ui: &mut Ui,
    rect: Rect,
    id: (&str, &str),
    icon: char,
    name: &str,
    keys: Option<&str>,
) -> Response {
    let t = tokens(ui);
    let response = ui.interact(rect, ui.scope_id().with(id), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), name));
    let ground = if response.hovered() { t.shade } else { t.shade.gamma_multiply(0.75) };
    ui.painter().rect_filled(rect, theme::RADIUS, ground);
    paint_icon(ui, icon, rect.center(), theme::ICON, t.on_picture);
    focus_ring(ui, &response, rect, theme::RADIUS, t.accent);
    tooltip(response, name, keys)
}

/// The menu of a picture; it is about the whole selection when the picture is in it.
pub(in crate::ui) fn picture_menu(ui: &mut Ui, studio: &Studio, commands: &mut Vec<Command>, picture: &Picture) {
    theme::menu_entries(ui);
    ui.set_width(248.0);
    let ids = subjects(studio, picture);
    let several = ids.len() > 1;
    let mut entry = |ui: &mut Ui, icon: char, text: &str, action: Option<Action>, command: Command| {
        let t = tokens(ui);
        let keys = action.and_then(keys_of).unwrap_or_default();
        let icon = icons::icon(icon).color(t.soft);
        let button = Button::new((icon, text)).shortcut_text(keys).min_size(vec2(ui.available_width(), 0.0));
        if ui.add(button).accessible_name(text).clicked() {
            commands.push(command);
            ui.close();
        }
    };
    let one = picture.id.clone();
    if picture.trashed_ms.is_some() {
        entry(ui, icons::FRAME_CORNERS, "Open", Some(Action::Open), Command::Open(one));
        entry(ui, icons::ARROW_U_UP_LEFT, "Restore", None, Command::Restore(ids));
        entry(ui, icons::TRASH, "Empty trash…", None, super::empty_trash());
        return;
    }
    entry(ui, icons::FRAME_CORNERS, "Open", Some(Action::Open), Command::Open(one.clone()));
    entry(ui, icons::ARROW_U_UP_LEFT, "Use settings", Some(Action::UseSettings), Command::UseSettings(one.clone()));
    let reference = Command::UseAsReference(ids.clone());
    entry(ui, icons::IMAGES, "Use as reference", Some(Action::UseAsReference), reference);
    let (text, command) = compare(&ids, &one);
    entry(ui, icons::COLUMNS, &text, several.then_some(Action::ShowCompare), command);
    ui.separator();
    entry(ui, icons::COPY, "Copy the picture", Some(Action::CopyPicture), Command::CopyPicture(one.clone()));
    entry(ui, icons::TEXT_T, "Copy the prompt", Some(Action::CopyPrompt), Command::CopyPrompt(one.clone()));
    let export = Command::OpenDialog(Dialog::Export(ids.clone()));
    entry(ui, icons::DOWNLOAD_SIMPLE, "Save as…", Some(Action::SaveAs), export);
    entry(ui, icons::FOLDER_OPEN, "Open the folder", Some(Action::OpenFolder), Command::OpenFolder(one));
    ui.separator();
    let text = if several { format!("Move {} to the trash", ids.len()) } else { "Move to the trash".to_owned() };
    entry(ui, icons::TRASH, &text, Some(Action::Trash), Command::Trash(ids));
}

fn compare(ids: &[PictureId], one: &PictureId) -> (String, Command) {
    match ids.len() {
        0 | 1 => ("Add to comparison".to_owned(), Command::AddToCompare(one.clone())),
        count => (format!("Compare {count}"), Command::Compare(ids.to_vec())),
    }
}
