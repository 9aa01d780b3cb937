//! Searches that are kept under a name.

use super::super::{Cx, icons, reading, widgets};
use super::collections::{Wish, wish};
use super::row::{Typed, Typing, row, typing_ui};
use super::search;
use crate::library::{Edit, SavedSearch};
use crate::studio::{Action, Command, Tone};
use egui::Ui;

/// What the section remembers.
#[derive(Default)]
pub(super) struct State {
    /// The place in the list of the one that is being named; one past the end: the search that is typed.
    typing: Option<Typing<usize>>,
}

/// Draws the section; there is none while nothing is kept and nothing is searched for.
pub(super) fn searches_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State) {
    let searches = cx.studio.shelves.searches.clone();
    let typed = cx.studio.search.text().trim().to_owned();
    let new = !typed.is_empty() && !searches.iter().any(|search| search.query == typed);
    if searches.is_empty() && !new {
        return;
    }
    let keep = widgets::section_header_with(ui, "Saved searches", "", |ui| {
        new && reading::writing(ui, |ui| widgets::icon_button(ui, icons::PLUS, "Save this search", None).clicked())
    });
    ui.spacing_mut().item_spacing.y = 2.0;
    if keep {
        state.typing = Some(Typing::new(searches.len(), &typed));
    }
    for (place, search) in searches.iter().enumerate() {
        ui.push_id(place, |ui| row_ui(ui, cx, state, place, search, search.query == typed));
    }
    if new && matches!(&state.typing, Some(typing) if typing.subject == searches.len()) {
        name_ui(ui, cx, state, "Name of the search", &typed);
    }
    ui.spacing_mut().item_spacing.y = 6.0;
}

fn row_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State, place: usize, kept: &SavedSearch, selected: bool) {
    if matches!(&state.typing, Some(typing) if typing.subject == place) {
        return name_ui(ui, cx, state, &format!("New name of {}", kept.name), &kept.query);
    }
    let response = row(ui, &kept.name, None, selected);
    if response.clicked() {
        search(cx, kept.query.clone());
    }
    match wish(ui, &response) {
        Some(Wish::Rename) => state.typing = Some(Typing::new(place, &kept.name)),
        Some(Wish::Remove) => {
            let mut shelves = cx.studio.shelves.clone();
            shelves.searches.retain(|other| other != kept);
            cx.push(Command::Edit(Edit::SetUserLists(shelves)));
            let text = format!("The search {} was removed", kept.name);
            cx.studio.notices.say(Tone::Info, text, Some(("Undo".to_owned(), Command::Do(Action::Undo))));
        }
        None => {}
    }
    if response.enabled() && kept.name != kept.query {
        response.on_hover_text(&kept.query);
    }
}

fn name_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State, name: &str, query: &str) {
    let Some(typing) = &mut state.typing else { return };
    let text = match typing_ui(ui, typing, name) {
        Typed::Going => return,
        Typed::GivenUp => String::new(),
        Typed::Done(text) => text,
    };
    let Some(Typing { subject: place, .. }) = state.typing.take().filter(|_| !text.is_empty()) else { return };
    let mut shelves = cx.studio.shelves.clone();
    let kept = SavedSearch { name: text, query: query.to_owned() };
    match shelves.searches.get_mut(place) {
        Some(known) => *known = kept,
        None => shelves.searches.push(kept),
    }
    if shelves != cx.studio.shelves {
        cx.push(Command::Edit(Edit::SetUserLists(shelves)));
    }
}
