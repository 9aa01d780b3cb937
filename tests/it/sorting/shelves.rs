//! Collections and kept searches in the right panel, and the dialog that puts pictures into them.

use super::{LARGE, LATTE, SMALL, Window, button, marks, pictures};
use crate::desk::{Desk, click, desk, settle, step_until};
use crate::painter;
use easel::library::PictureId;
use easel::plan::Marks;
use egui::{Key, Modifiers, Theme, vec2};
use egui_kittest::kittest::Queryable as _;

/// Drags the widget of one name onto the widget of another.
fn drag_onto(h: &mut Window, from: &str, to: &str) {
    let from = h.get_by_label(from).rect().center();
    let to = h.get_by_label(to).rect().center();
    button(h, from, true);
    for step in [0.2, 0.6, 1.0] {
        h.event(egui::Event::PointerMoved(from + (to - from) * step));
        h.step();
    }
    h.step();
    button(h, to, false);
    h.run_steps(3);
}

/// Types into the field that has the keyboard, in the place of what it holds.
fn type_over(h: &mut Window, text: &str) {
    h.key_press_modifiers(Modifiers::COMMAND, Key::A);
    h.event(egui::Event::Text(text.to_owned()));
    h.run_steps(2);
    h.key_press(Key::Enter);
    h.run_steps(3);
}

fn collections(desk: &Desk) -> &[String] {
    &desk.studio.shelves.collections
}

#[test]
fn pictures_are_collected_by_dragging_and_the_row_searches_for_them() {
    let mut h = desk(LARGE, Theme::Dark);
    let latte = pictures(&h, "Latte");
    drag_onto(&mut h, &format!("{LATTE}, 1"), "New collection…");
    assert!(h.get_by_label("Name of the new collection").is_focused());
    type_over(&mut h, "Book covers");
    step_until(&mut h, "it is made", |desk| collections(desk) == ["Book covers"]);
    assert_eq!(marks(&h, &latte[0]).collections, ["Book covers"]);
    h.run_steps(2);
    drag_onto(&mut h, &format!("{LATTE}, 3"), "Book covers, 1");
    step_until(&mut h, "two are in it", |desk| {
        desk.studio.collection.picture(&latte[2]).unwrap().marks.collections.len() == 1
    });
    h.run_steps(2);
    click(&mut h, "Book covers, 2", Modifiers::NONE);
    assert_eq!(h.state().studio.search.text().trim(), "collection:\"Book covers\"");
    step_until(&mut h, "only they are shown", |desk| desk.studio.shown.pictures() == 2);
    click(&mut h, "All pictures, 33", Modifiers::NONE);
    assert_eq!(h.state().studio.search.text(), "");
}

#[test]
fn a_collection_is_renamed_in_its_place_and_removed_with_undo() {
    let mut h = desk(LARGE, Theme::Dark);
    let latte = pictures(&h, "Latte");
    click(&mut h, "New collection…", Modifiers::NONE);
    type_over(&mut h, "Sketches");
    step_until(&mut h, "it is made", |desk| collections(desk) == ["Sketches"]);
    drag_onto(&mut h, &format!("{LATTE}, 1"), "Sketches, 0");
    step_until(&mut h, "one is in it", |desk| {
        !desk.studio.collection.picture(&latte[0]).unwrap().marks.collections.is_empty()
    });
    h.run_steps(2);
    click(&mut h, "Sketches, 1", Modifiers::NONE);
    h.get_by_label("Sketches, 1").focus();
    h.run_steps(2);
    h.key_press(Key::F2);
    h.run_steps(3);
    type_over(&mut h, "Drafts");
    step_until(&mut h, "it is renamed", |desk| collections(desk) == ["Drafts"]);
    assert_eq!(marks(&h, &latte[0]).collections, ["Drafts"]);
    assert_eq!(h.state().studio.search.text().trim(), "collection:\"Drafts\"", "the search goes with it");
    h.run_steps(2);
    h.get_by_label("Drafts, 1").click_secondary();
    h.run_steps(3);
    click(&mut h, "Remove", Modifiers::NONE);
    step_until(&mut h, "it is removed", |desk| collections(desk).is_empty());
    assert_eq!(h.state().studio.collection.count(), 33, "its pictures stay");
    h.run_steps(2);
    click(&mut h, "Undo", Modifiers::NONE);
    step_until(&mut h, "it is back", |desk| collections(desk) == ["Drafts"]);
    assert_eq!(marks(&h, &latte[0]).collections, ["Drafts"]);
    // Escape gives a name up.
    h.run_steps(2);
    h.get_by_label("Drafts, 1").focus();
    h.run_steps(2);
    h.key_press(Key::F2);
    h.run_steps(3);
    h.event(egui::Event::Text("Other".into()));
    h.run_steps(2);
    h.key_press(Key::Escape);
    h.run_steps(3);
    h.get_by_label("Drafts, 1");
}

#[test]
fn searches_are_kept_run_renamed_and_removed() {
    let mut h = desk(LARGE, Theme::Dark);
    h.state_mut().studio.set_search("latte");
    h.run_steps(3);
    click(&mut h, "Save this search", Modifiers::NONE);
    type_over(&mut h, "Coffee");
    step_until(&mut h, "it is kept", |desk| desk.studio.shelves.searches.len() == 1);
    h.state_mut().studio.set_search("");
    h.run_steps(3);
    click(&mut h, "Coffee", Modifiers::NONE);
    assert_eq!(h.state().studio.search.text(), "latte");
    h.get_by_label("Coffee").focus();
    h.run_steps(2);
    h.key_press(Key::F2);
    h.run_steps(3);
    type_over(&mut h, "Morning coffee");
    step_until(&mut h, "it is renamed", |desk| desk.studio.shelves.searches[0].name == "Morning coffee");
    h.run_steps(2);
    h.get_by_label("Morning coffee").focus();
    h.run_steps(2);
    let before = h.state().studio.collection.count();
    h.key_press(Key::Delete);
    h.run_steps(3);
    step_until(&mut h, "it is removed", |desk| desk.studio.shelves.searches.is_empty());
    assert_eq!(h.state().studio.collection.count(), before, "Delete was for the row");
    h.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    h.run_steps(2);
    step_until(&mut h, "it is back", |desk| desk.studio.shelves.searches.len() == 1);
}

fn shelves_panel(theme: Theme, name: &str) {
    let mut h = desk(LARGE, theme);
    h.state_mut().studio.clock = || "2026-11-22T14:00:00[UTC]".parse().unwrap();
    let latte = pictures(&h, "Latte");
    drag_onto(&mut h, &format!("{LATTE}, 1"), "New collection…");
    type_over(&mut h, "Book covers");
    step_until(&mut h, "it is made", |desk| collections(desk).len() == 1);
    h.run_steps(2);
    click(&mut h, "New collection…", Modifiers::NONE);
    type_over(&mut h, "Calendar 2027");
    step_until(&mut h, "it is made", |desk| collections(desk).len() == 2);
    h.state_mut().studio.set_search("fox rating:>=3");
    h.run_steps(3);
    click(&mut h, "Save this search", Modifiers::NONE);
    type_over(&mut h, "Good foxes");
    step_until(&mut h, "it is kept", |desk| desk.studio.shelves.searches.len() == 1);
    h.state_mut().studio.set_search("");
    let thrown = h.state().studio.collection.picture(&latte[3]).unwrap().clone();
    let then = "2026-11-19T14:00:00[UTC]".parse::<jiff::Zoned>().unwrap().timestamp().as_millisecond();
    let thrown = easel::library::Picture { trashed_ms: Some(then), bytes: 4_100_000, ..thrown };
    h.state_mut().studio.collection.trash(vec![thrown]);
    h.state_mut().studio.selection.only(latte[0].clone());
    h.run_steps(3);
    h.get_by_label("4.1 MB, the oldest from 3 days ago");
    // The next one is being named while a picture hovers over the first.
    let at = h.get_by_label(&format!("{LATTE}, 2")).rect().center();
    let to = h.get_by_label("Calendar 2027, 0").rect().center();
    button(&mut h, at, true);
    h.event(egui::Event::PointerMoved(to + vec2(-200.0, 0.0)));
    h.step();
    h.event(egui::Event::PointerMoved(to));
    settle(&mut h);
    painter::snapshot(&mut h, name);
}

#[test]
fn collections_and_searches_look_as_drawn_in_the_dark() {
    shelves_panel(Theme::Dark, "shelves_dark");
}

#[test]
fn collections_and_searches_look_as_drawn_in_the_light() {
    shelves_panel(Theme::Light, "shelves_light");
}

#[test]
fn a_picture_dropped_on_the_trash_is_thrown_away() {
    let mut h = desk(LARGE, Theme::Dark);
    let latte = pictures(&h, "Latte");
    drag_onto(&mut h, &format!("{LATTE}, 2"), "Trash, 0");
    step_until(&mut h, "it is in the trash", |desk| desk.studio.collection.trashed().len() == 1);
    assert_eq!(h.state().studio.collection.trashed()[0].id, latte[1]);
}

/// Opens the dialog for the first pictures of the coffee run.
fn collecting(h: &mut Window, count: usize) -> Vec<PictureId> {
    let latte = pictures(h, "Latte");
    h.state_mut().studio.selection.set(latte[..count].to_vec());
    h.key_press(Key::B);
    h.run_steps(3);
    latte
}

fn typed(h: &mut Window, text: &str) {
    h.event(egui::Event::Text(text.to_owned()));
    h.run_steps(2);
}

/// Presses Enter and waits until the library has changed.
fn enter(h: &mut Window) {
    let before = h.state().studio.collection.revision();
    h.key_press(Key::Enter);
    h.run_steps(2);
    step_until(h, "the library has changed", |desk| desk.studio.collection.revision() != before);
    h.run_steps(2);
}

#[test]
fn one_field_finds_ticks_and_makes_collections_and_tags() {
    let mut h = desk(LARGE, Theme::Dark);
    let latte = collecting(&mut h, 1);
    typed(&mut h, "Covers");
    h.get_by_label("Make the collection “Covers”");
    enter(&mut h);
    assert_eq!(marks(&h, &latte[0]).collections, ["Covers"]);
    // The next name at once, this time a tag.
    typed(&mut h, "morning");
    h.key_press(Key::ArrowDown);
    h.run_steps(2);
    enter(&mut h);
    assert_eq!(marks(&h, &latte[0]).tags, ["morning"]);
    h.key_press(Key::Enter);
    h.run_steps(3);
    assert_eq!(h.state().studio.dialog, None, "Enter on nothing is done");

    let latte = collecting(&mut h, 3);
    h.get_by_label("Covers, collection, some of them");
    typed(&mut h, "co");
    enter(&mut h);
    assert!(latte[..3].iter().all(|id| marks(&h, id).collections == ["Covers"]), "the known word was finished");
    typed(&mut h, "co");
    enter(&mut h);
    assert!(latte[..3].iter().all(|id| marks(&h, id).collections.is_empty()));
    click(&mut h, "morning, tag, some of them", Modifiers::NONE);
    step_until(&mut h, "all have the tag", |desk| {
        latte[..3].iter().all(|id| desk.studio.collection.picture(id).unwrap().marks.tags == ["morning"])
    });
    h.key_press(Key::Escape);
    h.run_steps(3);
    assert_eq!(h.state().studio.dialog, None);
    for _ in 0..5 {
        h.key_press_modifiers(Modifiers::COMMAND, Key::Z);
        h.run_steps(3);
    }
    step_until(&mut h, "everything is undone", |desk| {
        latte.iter().all(|id| desk.studio.collection.picture(id).unwrap().marks == Marks::default())
            && desk.studio.shelves.collections.is_empty()
    });
}

fn collect_dialog(theme: Theme, name: &str) {
    let mut h = desk(SMALL, theme);
    collecting(&mut h, 1);
    for name in ["Book covers", "Calendar 2027"] {
        typed(&mut h, name);
        enter(&mut h);
    }
    for name in ["morning", "coffee"] {
        typed(&mut h, name);
        h.key_press(Key::ArrowDown);
        h.run_steps(2);
        enter(&mut h);
    }
    h.key_press(Key::Escape);
    h.run_steps(2);
    collecting(&mut h, 3);
    typed(&mut h, "co");
    settle(&mut h);
    painter::snapshot(&mut h, name);
}

#[test]
fn the_dialog_of_collections_and_tags_looks_as_drawn_in_the_dark() {
    collect_dialog(Theme::Dark, "collect_dark");
}

#[test]
fn the_dialog_of_collections_and_tags_looks_as_drawn_in_the_light() {
    collect_dialog(Theme::Light, "collect_light");
}
