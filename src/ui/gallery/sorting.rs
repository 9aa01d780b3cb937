//! The entries of a picture's menu that sort it: stars and flag, label, collections.

use super::super::icons;
use super::super::marks::{flag_icon, label_color, label_name};
use super::super::reading;
use super::super::theme::{self, tokens};
use super::actions::entry;
use crate::library::{Edit, MarkChange, PictureId};
use crate::plan::{Flag, Label, MOST_STARS};
use crate::studio::{Action, Command, Dialog, keys_of};
use egui::containers::menu::SubMenuButton;
use egui::{Button, Ui, vec2};

/// Two menus that open beside the first, and the dialog of collections and tags.
pub(super) fn sorting_menus(ui: &mut Ui, commands: &mut Vec<Command>, ids: &[PictureId]) {
    reading::writing(ui, |ui| menus(ui, commands, ids));
}

fn menus(ui: &mut Ui, commands: &mut Vec<Command>, ids: &[PictureId]) {
    let soft = tokens(ui).soft;
    let mark = |change| Command::Edit(Edit::Mark { ids: ids.to_vec(), change });
    let below = |ui: &mut Ui, icon: char, text: &str, contents: &mut dyn FnMut(&mut Ui)| {
        let button =
            Button::new((icons::icon(icon).color(soft), text)).right_text(SubMenuButton::arrow_atom(Some(soft)));
        let button = button.min_size(vec2(ui.available_width(), 0.0));
        let (response, _) = SubMenuButton::from_button(button).ui(ui, |ui| {
            theme::menu_entries(ui);
            ui.set_width(200.0);
            contents(ui);
        });
        response.accessible_name(text);
    };
    below(ui, icons::STAR, "Rate", &mut |ui| {
        for stars in (0..=MOST_STARS).rev() {
            let text = match stars {
                0 => "No stars".to_owned(),
                1 => "1 star".to_owned(),
                stars => format!("{stars} stars"),
            };
            if entry(ui, icons::STAR, &text, Some(Action::Stars(stars))) {
                commands.push(mark(MarkChange::Stars(stars)));
            }
        }
        ui.separator();
        for (icon, text, action, flag) in [
            (flag_icon(Flag::Pick), "Pick", Action::Pick, Some(Flag::Pick)),
            (flag_icon(Flag::Reject), "Reject", Action::Reject, Some(Flag::Reject)),
            (icons::MINUS, "Neither", Action::Unflag, None),
        ] {
            if entry(ui, icon, text, Some(action)) {
                commands.push(mark(MarkChange::Flag(flag)));
            }
        }
    });
    below(ui, icons::PALETTE, "Label", &mut |ui| {
        let t = tokens(ui);
        for label in Label::ALL {
            let icon = icons::icon_fill(icons::CIRCLE).color(label_color(&t.labels, label));
            let keys = keys_of(Action::Label(label)).unwrap_or_default();
            let text = label_name(label);
            let button = Button::new((icon, text)).shortcut_text(keys).min_size(vec2(ui.available_width(), 0.0));
            if ui.add(button).accessible_name(text).clicked() {
                commands.push(mark(MarkChange::Label(Some(label))));
                ui.close();
            }
        }
        ui.separator();
        if entry(ui, icons::MINUS, "No label", None) {
            commands.push(mark(MarkChange::Label(None)));
        }
    });
    if entry(ui, icons::FOLDER_PLUS, "Add to a collection…", Some(Action::AddToCollection)) {
        commands.push(Command::OpenDialog(Dialog::Collect(ids.to_vec())));
    }
}
