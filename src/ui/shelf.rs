//! The right panel: what is owned, how it is sorted, and what is selected.
//!
//! One file per section. Invariant: nothing here counts pictures; the studio keeps the numbers.

mod collections;
mod row;
mod searches;
mod selection;

use super::theme::{self, Type, tokens};
use super::{Cx, inspector, widgets};
use crate::studio::{Command, Screen, Shelf, trash_text};
use egui::{Margin, ScrollArea, Sense, Stroke, Ui, vec2};

/// What the panel remembers between frames.
#[derive(Default)]
pub struct State {
    collections: collections::State,
    searches: searches::State,
    sorting: inspector::State,
}

/// Draws the panel.
pub fn shelf_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State) {
    let frame = egui::Frame::new().inner_margin(Margin::symmetric(theme::PADDING as i8, 0));
    ScrollArea::vertical().id_salt("shelf").auto_shrink(false).show(ui, |ui| {
        frame.show(ui, |ui| {
            ui.set_width(ui.available_width());
            ui.add_space(theme::TILE_GAP);
            library_ui(ui, cx);
            ui.add_space(theme::GAP);
            collections::collections_ui(ui, cx, &mut state.collections);
            searches::searches_ui(ui, cx, &mut state.searches);
            line(ui);
            selection::selection_ui(ui, cx, &mut state.sorting);
            ui.add_space(theme::PADDING);
        });
    });
}

fn library_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    widgets::section_header(ui, "Library");
    ui.spacing_mut().item_spacing.y = 2.0;
    let last = cx.studio.last_run().map_or(0, |entry| entry.pictures.len());
    let shelves = [
        (Shelf::All, "All pictures", cx.studio.collection.count()),
        (Shelf::LastRun, "Last run", last),
        (Shelf::Trash, "Trash", cx.studio.collection.trashed().len()),
    ];
    let searching = !cx.studio.search.text().trim().is_empty();
    for (shelf, name, count) in shelves {
        // A search narrows all pictures: then its own row is lit.
        let selected = cx.studio.layout.shelf == shelf && !(searching && shelf == Shelf::All);
        // How many there are is not known before all are read.
        let count = cx.studio.snapshot.library_read.then_some(count);
        let response = row::row(ui, name, count, selected);
        if response.clicked() {
            cx.studio.layout.shelf = shelf;
            if shelf == Shelf::All {
                cx.studio.set_search("");
            }
            cx.push(Command::Show(Screen::Grid));
        }
        if shelf == Shelf::Trash
            && let Some(ids) = row::dropped(ui, &response)
        {
            cx.push(Command::Trash(ids));
        }
    }
    let tallies = cx.studio.tallies();
    if tallies.trash_oldest_ms.is_some() {
        let now = (cx.studio.clock)().timestamp().as_millisecond();
        ui.horizontal(|ui| {
            ui.add_space(8.0);
            ui.label(Type::Note.text(trash_text(&tallies, now)).color(tokens(ui).soft));
        });
    }
    ui.spacing_mut().item_spacing.y = 6.0;
}

/// Shows what a search finds, among all pictures.
fn search(cx: &mut Cx<'_>, text: String) {
    cx.studio.layout.shelf = Shelf::All;
    cx.studio.set_search(text);
    cx.push(Command::Show(Screen::Grid));
}

/// A line over the whole width of the panel.
fn line(ui: &mut Ui) {
    let (rect, _) = ui.allocate_exact_size(vec2(ui.available_width(), 13.0), Sense::hover());
    let across = rect.x_range().expand(theme::PADDING);
    ui.painter().hline(across, rect.center().y, Stroke::new(1.0, tokens(ui).line));
}
