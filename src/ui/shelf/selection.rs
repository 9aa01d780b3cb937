//! What is selected: a preview, its marks, what is known of it, what can be done with it.

use super::super::inspector::{self, inspector_ui, sorting_ui};
use super::super::textures::Look;
use super::super::theme::{self, Type, tokens};
use super::super::widgets::{self, focus_ring, place, tooltip};
use super::super::{Cx, icons, reading};
use crate::library::{Picture, PictureId};
use crate::studio::{Action, Command, Compare, Dialog, keys_of, pictures_text};
use egui::{Align2, Rect, Role, Sense, Ui, WidgetInfo, vec2};

/// Draws the section.
pub(super) fn selection_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut inspector::State) {
    let chosen = cx.studio.chosen();
    let active = cx.studio.selection.active().or(chosen.ids.first());
    let Some(picture) =
        active.and_then(|id| cx.studio.collection.picture(id)).filter(|_| !chosen.ids.is_empty()).cloned()
    else {
        widgets::section_header(ui, "Selected picture");
        let text = "Select a picture to see what made it";
        ui.label(Type::Note.text(text).color(tokens(ui).soft));
        return;
    };
    let single = chosen.ids.len() == 1;
    let title =
        if single { "Selected picture".to_owned() } else { format!("{} selected", pictures_text(chosen.ids.len())) };
    widgets::section_header(ui, &title);
    preview_ui(ui, cx, &picture);
    ui.add_space(theme::GAP);
    sorting_ui(ui, cx, &chosen, state);
    ui.add_space(theme::GAP);
    if single {
        inspector_ui(ui, cx, &picture);
        ui.add_space(theme::GAP);
    }
    buttons_ui(ui, cx, &chosen.ids, &picture);
}

/// The whole picture, as wide as the panel and never higher than that.
fn preview_ui(ui: &mut Ui, cx: &mut Cx<'_>, picture: &Picture) {
    let t = tokens(ui);
    let width = ui.available_width();
    let aspect = picture.size.map_or(1.0, crate::picture::Size::aspect).clamp(0.2, 5.0);
    let size = if aspect >= 1.0 { vec2(width, width / aspect) } else { vec2(width * aspect, width) };
    let (rect, response) = ui.allocate_exact_size(vec2(width, size.y.ceil()), Sense::click());
    let rect = Rect::from_center_size(rect.center(), size);
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, "Open the selected picture"));
    ui.painter().rect_filled(rect, theme::RADIUS, t.checker[0]);
    let side = size.max_elem() * ui.pixels_per_point();
    match cx.textures.picture(picture, side) {
        Look::Ready(drawable) => drawable.paint(ui.painter(), rect, f32::from(theme::RADIUS)),
        Look::Waiting => {}
        Look::Broken(why) => {
            let words = ui.painter().layout(why.to_owned(), Type::Note.font(), t.soft, rect.width() - 16.0);
            place(ui, words, rect.center(), Align2::CENTER_CENTER);
        }
    }
    focus_ring(ui, &response, rect, theme::RADIUS, t.accent);
    if response.clicked() {
        cx.push(Command::Open(picture.id.clone()));
    }
}

fn buttons_ui(ui: &mut Ui, cx: &mut Cx<'_>, ids: &[PictureId], picture: &Picture) {
    ui.horizontal_wrapped(|ui| {
        ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
        if picture.trashed_ms.is_some() {
            act(ui, cx, icons::ARROW_U_UP_LEFT, "Restore", None, Command::Restore(ids.to_vec()));
            let empty = Command::OpenDialog(Dialog::EmptyTrash);
            act(ui, cx, icons::TRASH, "Empty trash…", None, empty);
            return;
        }
        let one = || picture.id.clone();
        let single = ids.len() == 1;
        if single {
            let use_settings = Command::UseSettings(one());
            act(ui, cx, icons::ARROW_U_UP_LEFT, "Use settings", Some(Action::UseSettings), use_settings);
        }
        let reference = Command::UseAsReference(ids.to_vec());
        let text = if single { "As reference" } else { "As references" };
        act(ui, cx, icons::IMAGES, text, Some(Action::UseAsReference), reference);
        compare_ui(ui, cx, ids);
        let export = Command::OpenDialog(Dialog::Export(ids.to_vec()));
        act(ui, cx, icons::DOWNLOAD_SIMPLE, "Save as…", Some(Action::SaveAs), export);
        if !single {
            let sheet = Command::OpenDialog(Dialog::ContactSheet(ids.to_vec()));
            act(ui, cx, icons::SQUARES_FOUR, "Contact sheet…", Some(Action::ContactSheet), sheet);
        }
        if single {
            act(ui, cx, icons::COPY, "Copy picture", Some(Action::CopyPicture), Command::CopyPicture(one()));
            act(ui, cx, icons::FOLDER_OPEN, "Open folder", Some(Action::OpenFolder), Command::OpenFolder(one()));
        }
        act(ui, cx, icons::TRASH, "Move to trash", Some(Action::Trash), Command::Trash(ids.to_vec()));
    });
}

fn act(ui: &mut Ui, cx: &mut Cx<'_>, icon: char, text: &str, action: Option<Action>, command: Command) {
    let response = reading::for_command(ui, &command, |ui| widgets::button(ui, Some(icon), text));
    let response = match action.and_then(keys_of) {
        Some(keys) => tooltip(response, text, Some(&keys)),
        None => response,
    };
    if response.clicked() {
        cx.push(command);
    }
}

/// Never greyed out: where it cannot compare it says why.
fn compare_ui(ui: &mut Ui, cx: &mut Cx<'_>, ids: &[PictureId]) {
    let possible = (2..=Compare::MAX).contains(&ids.len());
    let keys = keys_of(Action::ShowCompare);
    let hint = if possible {
        "Compare the selected pictures".to_owned()
    } else {
        format!("Select two to {} pictures to compare them", Compare::MAX)
    };
    let response = widgets::button(ui, Some(icons::COLUMNS), "Compare");
    if tooltip(response, &hint, keys.as_deref()).clicked() {
        cx.push(if possible { Command::Compare(ids.to_vec()) } else { Command::Do(Action::ShowCompare) });
    }
}
