//! What can be done with a picture: the small buttons over it and its menu, with the keys that do the same.

use super::super::icons;
use super::super::reading;
use super::super::theme::{self, tokens};
use super::super::widgets::{focus_ring, paint_icon, tooltip};
use super::marks::FLAG;
use super::sorting::sorting_menus;
use super::{Scene, subjects};
use crate::library::{Picture, PictureId};
use crate::studio::{Action, Command, Dialog, Studio, keys_of};
use egui::{Button, Popup, Rect, Response, Role, Sense, Ui, WidgetInfo, pos2, vec2};

const SIDE: f32 = 26.0;
const INSET: f32 = 6.0;

/// The buttons at the upper right of a picture; as many as there is room for beside its flag and
/// what else is `taken` at the left, the menu always.
pub(super) fn over_picture(ui: &mut Ui, scene: &mut Scene<'_>, tile: Rect, picture: &Picture, taken: f32) {
    let studio = scene.studio;
    let all: &[(char, &str, Action)] = if picture.trashed_ms.is_some() {
        &[(icons::ARROW_U_UP_LEFT, "Restore", Action::Undo)]
    } else {
        &[
            (icons::IMAGES, "Use as reference", Action::UseAsReference),
            (icons::COPY, "Copy the picture", Action::CopyPicture),
            (icons::TRASH, "Move to the trash", Action::Trash),
        ]
    };
    let badges = [picture.marks.flag.is_some(), picture.flaw.is_some()].into_iter().filter(|there| *there).count();
    let flag = badges as f32 * (FLAG + theme::GAP);
    let room = tile.width() - 2.0 * INSET - flag - taken + theme::GAP;
    let room = (room / (SIDE + theme::GAP)).floor().max(1.0) as usize;
    let mut right = tile.right() - INSET;
    let mut next = || {
        let rect = Rect::from_min_size(pos2(right - SIDE, tile.top() + INSET), vec2(SIDE, SIDE));
        right -= SIDE + theme::GAP;
        rect
    };
    let more = button(ui, next(), (picture.id.0.as_str(), "more"), icons::DOTS_THREE, "More actions", None);
    Popup::menu(&more).show(|ui| picture_menu(ui, studio, scene.commands, picture));
    for (icon, name, action) in all.iter().rev().take(room - 1) {
        let keys = keys_of(*action).filter(|_| *action != Action::Undo);
        let place = next();
        let shown = |ui: &mut Ui| button(ui, place, (picture.id.0.as_str(), name), *icon, name, keys.as_deref());
        if reading::for_command(ui, &Command::Do(*action), shown)
            .on_disabled_hover_text(reading::reason(ui).unwrap_or_default())
            .clicked()
        {
            scene.commands.push(match action {
                Action::UseAsReference => Command::UseAsReference(subjects(studio, picture)),
                Action::CopyPicture => Command::CopyPicture(picture.id.clone()),
                Action::Trash => Command::Trash(subjects(studio, picture)),
                _ => Command::Restore(subjects(studio, picture)),
            });
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
    let one = picture.id.clone();
    if picture.trashed_ms.is_some() {
        line(ui, commands, icons::FRAME_CORNERS, "Open", Some(Action::Open), Command::Open(one));
        line(ui, commands, icons::ARROW_U_UP_LEFT, "Restore", None, Command::Restore(ids));
        line(ui, commands, icons::TRASH, "Empty trash…", None, super::empty_trash());
        return;
    }
    line(ui, commands, icons::FRAME_CORNERS, "Open", Some(Action::Open), Command::Open(one.clone()));
    line(
        ui,
        commands,
        icons::ARROW_U_UP_LEFT,
        "Use settings",
        Some(Action::UseSettings),
        Command::UseSettings(one.clone()),
    );
    let prompt = Command::UsePromptOf(one.clone());
    line(ui, commands, icons::CLOCK_COUNTER_CLOCKWISE, "Use this prompt again", Some(Action::UsePrompt), prompt);
    let reference = Command::UseAsReference(ids.clone());
    line(ui, commands, icons::IMAGES, "Use as reference", Some(Action::UseAsReference), reference);
    let (text, command) = compare(&ids, &one);
    line(ui, commands, icons::COLUMNS, &text, several.then_some(Action::ShowCompare), command);
    ui.separator();
    sorting_menus(ui, commands, &ids);
    ui.separator();
    line(ui, commands, icons::COPY, "Copy the picture", Some(Action::CopyPicture), Command::CopyPicture(one.clone()));
    let text = if several { format!("Copy {} files", ids.len()) } else { "Copy the file".to_owned() };
    line(ui, commands, icons::FILE, &text, Some(Action::CopyFiles), Command::CopyFiles(ids.clone()));
    line(ui, commands, icons::TEXT_T, "Copy the prompt", Some(Action::CopyPrompt), Command::CopyPrompt(one.clone()));
    let export = Command::OpenDialog(Dialog::Export(ids.clone()));
    line(ui, commands, icons::DOWNLOAD_SIMPLE, "Save as…", Some(Action::SaveAs), export);
    let sheet = Command::OpenDialog(Dialog::ContactSheet(ids.clone()));
    line(ui, commands, icons::SQUARES_FOUR, "Contact sheet…", Some(Action::ContactSheet), sheet);
    line(ui, commands, icons::FOLDER_OPEN, "Open the folder", Some(Action::OpenFolder), Command::OpenFolder(one));
    ui.separator();
    let text = if several { format!("Move {} to the trash", ids.len()) } else { "Move to the trash".to_owned() };
    line(ui, commands, icons::TRASH, &text, Some(Action::Trash), Command::Trash(ids));
}

/// One line of a menu with its icon and keys; says whether it was chosen.
pub(super) fn entry(ui: &mut Ui, icon: char, text: &str, action: Option<Action>) -> bool {
    let keys = action.and_then(keys_of).unwrap_or_default();
    let icon = icons::icon(icon).color(tokens(ui).soft);
    let button = Button::new((icon, text)).shortcut_text(keys).min_size(vec2(ui.available_width(), 0.0));
    let chosen = ui.add(button).accessible_name(text).clicked();
    if chosen {
        ui.close();
    }
    chosen
}

fn line(ui: &mut Ui, commands: &mut Vec<Command>, icon: char, text: &str, action: Option<Action>, command: Command) {
    if reading::for_command(ui, &command, |ui| entry(ui, icon, text, action)) {
        commands.push(command);
    }
}

fn compare(ids: &[PictureId], one: &PictureId) -> (String, Command) {
    match ids.len() {
        0 | 1 => ("Add to comparison".to_owned(), Command::AddToCompare(one.clone())),
        count => (format!("Compare {count}"), Command::Compare(ids.to_vec())),
    }
}
