//! A list to choose from whose entries can carry a note at the right, and can be out of reach.

use crate::ui::icons;
use crate::ui::theme::{self, Type, tokens};
use egui::{Align2, Atom, Button, ComboBox, RichText, Ui};

/// One line of the list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Entry {
    pub text: String,
    /// Said quietly at the right.
    pub note: String,
    pub selected: bool,
    /// Shown, but cannot be chosen.
    pub disabled: bool,
}

/// Draws the closed list over the rest of the line; returns the place of the entry that was chosen.
pub fn list(
    ui: &mut Ui,
    id: impl egui::AsIdSalt,
    name: &str,
    shown: RichText,
    entries: &[Entry],
    help: &str,
) -> Option<usize> {
    let t = tokens(ui);
    let (soft, strong) = (t.soft, t.text);
    let mut chosen = None;
    let list = ComboBox::from_id_salt(id)
        .width(ui.available_width())
        .truncate()
        .selected_text(shown)
        .icon(move |ui, rect, _, _| {
            let font = icons::icon_font(14.0);
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, icons::CARET_DOWN, font, soft);
        })
        .show_ui(ui, |ui| {
            theme::menu_entries(ui);
            for (place, entry) in entries.iter().enumerate() {
                // What is out of reach is dimmed as a whole; its reason must still be read.
                let color = if entry.disabled { strong } else { soft };
                let text = RichText::new(&entry.text);
                let text = if place == 0 && entry.text == super::DEFAULT { text.color(soft) } else { text };
                let button = if entry.note.is_empty() {
                    Button::selectable(entry.selected, text)
                } else {
                    let note = Type::Badge.text(&entry.note).color(color);
                    Button::selectable(entry.selected, (text, Atom::grow(), note))
                };
                if ui.add_enabled(!entry.disabled, button).clicked() {
                    chosen = Some(place);
                    // egui closes the list on a click of the pointer only.
                    ui.close();
                }
            }
        });
    let response = list.response.accessible_name(name);
    if !help.is_empty() {
        response.on_hover_text(help);
    }
    chosen.filter(|place| entries.get(*place).is_some_and(|entry| !entry.selected))
}
