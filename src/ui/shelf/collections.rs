//! The collections: how many pictures are in each, and what can be done with them. Pictures dropped on a row go into
//! its collection.

use super::super::theme::{self, Type, tokens};
use super::super::{Cx, icons, keys, reading, widgets};
use super::row::{Typed, Typing, dropped, row, typing_ui};
use super::search;
use crate::library::{Edit, MarkChange, PictureId};
use crate::plan::query::{Key as Word, toggle};
use crate::studio::{Action, Command, Name, Tone};
use egui::{Button, Key, Modifiers, Response, Ui, vec2};

/// Rows that are shown before one asks for all.
const SHOWN: usize = 12;

/// What the section remembers.
#[derive(Default)]
pub(super) struct State {
    typing: Option<Typing<Subject>>,
    all: bool,
}

/// What gets the name that is being typed.
#[derive(Clone, Debug, PartialEq)]
enum Subject {
    /// A new collection of these pictures.
    New(Vec<PictureId>),
    Collection(String),
}

/// Draws the section.
pub(super) fn collections_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State) {
    widgets::section_header(ui, "Collections");
    ui.spacing_mut().item_spacing.y = 2.0;
    let names = cx.studio.tallies().collections(&cx.studio.shelves);
    let shown = if state.all { names.len() } else { SHOWN };
    for name in names.iter().take(shown) {
        ui.push_id(&name.text, |ui| row_ui(ui, cx, state, name));
    }
    if names.len() > shown {
        let text = format!("Show all {} collections", names.len());
        if row(ui, &text, None, false).clicked() {
            state.all = true;
        }
    }
    match &state.typing {
        Some(Typing { subject: Subject::New(_), .. }) => name_ui(ui, cx, state, "Name of the new collection"),
        _ => new_ui(ui, state, &names),
    }
    ui.spacing_mut().item_spacing.y = 6.0;
}

fn row_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State, name: &Name) {
    if matches!(&state.typing, Some(Typing { subject: Subject::Collection(old), .. }) if *old == name.text) {
        return name_ui(ui, cx, state, &format!("New name of {}", name.text));
    }
    let selected = cx.studio.search.query().asks(Word::Collection, &name.text);
    let response = row(ui, &name.text, Some(name.count), selected);
    if let Some(ids) = dropped(ui, &response) {
        cx.push(Command::Edit(Edit::Mark { ids, change: MarkChange::AddToCollection(name.text.clone()) }));
    }
    if response.clicked() {
        search(cx, toggle("", Word::Collection, &name.text));
    }
    match wish(ui, &response) {
        Some(Wish::Rename) => {
            state.typing = Some(Typing::new(Subject::Collection(name.text.clone()), &name.text));
        }
        Some(Wish::Remove) => {
            cx.push(Command::Edit(Edit::RemoveCollection(name.text.clone())));
            let text = format!("The collection {} was removed; its pictures stay", name.text);
            cx.studio.notices.say(Tone::Info, text, Some(("Undo".to_owned(), Command::Do(Action::Undo))));
        }
        None => {}
    }
}

/// What a row's menu and keys ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Wish {
    Rename,
    Remove,
}

/// The menu of a row; F2 and Delete while it has the keyboard.
pub(super) fn wish(ui: &Ui, response: &Response) -> Option<Wish> {
    let mut wish = None;
    response.context_menu(|ui| {
        theme::menu_entries(ui);
        ui.set_width(160.0);
        for (icon, text, hint, wished) in
            [(icons::PENCIL_SIMPLE, "Rename…", "F2", Wish::Rename), (icons::TRASH, "Remove", "Delete", Wish::Remove)]
        {
            let icon = icons::icon(icon).color(tokens(ui).soft);
            let button = Button::new((icon, text)).shortcut_text(hint).min_size(vec2(ui.available_width(), 0.0));
            if reading::writing(ui, |ui| ui.add(button).accessible_name(text).clicked()) {
                wish = Some(wished);
                ui.close();
            }
        }
    });
    keys::claim_delete(response);
    let may = reading::reason(ui).is_none();
    let pressed = |key| may && response.has_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Key::F2) {
        wish = Some(Wish::Rename);
    }
    if pressed(Key::Delete) {
        wish = Some(Wish::Remove);
    }
    wish
}

/// Makes a collection, empty or of the pictures that are dropped here.
fn new_ui(ui: &mut Ui, state: &mut State, names: &[Name]) {
    let response = reading::writing(ui, |ui| row(ui, "New collection…", None, false));
    let pictures = dropped(ui, &response);
    if response.clicked() || pictures.is_some() {
        state.typing = Some(Typing::new(Subject::New(pictures.unwrap_or_default()), free_name(names)));
    }
    if names.is_empty() {
        let text = "Drop pictures here, or press B, to collect them";
        ui.horizontal(|ui| {
            ui.add_space(8.0);
            ui.add(egui::Label::new(Type::Note.text(text).color(tokens(ui).soft)).wrap());
        });
    }
}

/// A name that no collection has.
fn free_name(names: &[Name]) -> String {
    let numbered = (2..).map(|number| format!("New collection {number}"));
    let taken = |text: &String| names.iter().any(|name| name.text.eq_ignore_ascii_case(text));
    std::iter::once("New collection".to_owned()).chain(numbered).find(|text| !taken(text)).unwrap_or_default()
}

fn name_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State, name: &str) {
    let Some(typing) = &mut state.typing else { return };
    let text = match typing_ui(ui, typing, name) {
        Typed::Going => return,
        Typed::GivenUp => String::new(),
        Typed::Done(text) => text,
    };
    let Some(Typing { subject, .. }) = state.typing.take().filter(|_| !text.is_empty()) else { return };
    let edit = match subject {
        Subject::New(ids) if ids.is_empty() => {
            let mut shelves = cx.studio.shelves.clone();
            shelves.add(&text);
            Edit::SetUserLists(shelves)
        }
        Subject::New(ids) => Edit::Mark { ids, change: MarkChange::AddToCollection(text) },
        Subject::Collection(from) if from == text => return,
        Subject::Collection(from) => {
            if cx.studio.search.query().asks(Word::Collection, &from) {
                cx.studio.search.toggle(Word::Collection, &from);
                cx.studio.search.toggle(Word::Collection, &text);
            }
            Edit::RenameCollection { from, to: text }
        }
    };
    cx.push(Command::Edit(edit));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_new_collection_gets_a_name_that_is_free() {
        let names = |texts: &[&str]| -> Vec<Name> {
            texts.iter().map(|text| Name { text: (*text).to_owned(), count: 0 }).collect()
        };
        assert_eq!(free_name(&names(&["Covers"])), "New collection");
        assert_eq!(free_name(&names(&["new collection", "New collection 2"])), "New collection 3");
    }
}
