//! Sorting: marks on tiles, in the viewer, in compare and in the right panel; tags, collections, searches, prompts and
//! lineage.

use crate::bench::{self, Bench, Item};
use crate::desk::{Desk, click, desk, names, settle, step_until};
use crate::painter;
use easel::library::PictureId;
use easel::plan::{Flag, Label, Marks};
use egui::{Key, Modifiers, Theme, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

const SMALL: Vec2 = vec2(1280.0, 800.0);
const LARGE: Vec2 = vec2(1920.0, 1200.0);

type Window = Harness<'static, Desk>;

/// The pictures of the run that has this word in its prompt.
fn pictures(h: &Window, word: &str) -> Vec<PictureId> {
    let mut runs = h.state().studio.collection.runs();
    let entry = runs.find(|entry| entry.run.prompt.contains(word)).unwrap();
    entry.pictures.iter().map(|picture| picture.id.clone()).collect()
}

fn marks(h: &Window, id: &PictureId) -> Marks {
    h.state().studio.collection.picture(id).unwrap().marks.clone()
}

/// Presses keys for one picture, as an artist does.
fn press(h: &mut Window, id: &PictureId, keys: &[(Modifiers, Key)]) {
    h.state_mut().studio.selection.only(id.clone());
    for (modifiers, key) in keys {
        let before = h.state().studio.collection.revision();
        h.key_press_modifiers(*modifiers, *key);
        h.step();
        step_until(h, "the key has done its work", |desk| desk.studio.collection.revision() != before);
    }
}

/// Marks of every kind in two runs.
fn marked(h: &mut Window) {
    let latte = pictures(h, "Latte");
    let lunar = pictures(h, "Lunar");
    let plain = |key| (Modifiers::NONE, key);
    press(h, &latte[0], &[plain(Key::Num5), plain(Key::P), plain(Key::Num6)]);
    press(h, &latte[1], &[plain(Key::Num3), plain(Key::Num7)]);
    press(h, &latte[2], &[plain(Key::X)]);
    press(h, &latte[3], &[plain(Key::Num8)]);
    press(h, &lunar[0], &[plain(Key::Num1), plain(Key::Num9)]);
    press(h, &lunar[1], &[(Modifiers::SHIFT, Key::Num6), plain(Key::P)]);
    press(h, &lunar[2], &[plain(Key::Num2), plain(Key::X)]);
    h.state_mut().studio.selection.clear();
    settle(h);
}

fn marked_grid(theme: Theme, name: &str) -> Window {
    let mut h = desk(SMALL, theme);
    marked(&mut h);
    painter::snapshot(&mut h, name);
    h
}

#[test]
fn marks_lie_quietly_over_the_pictures_in_the_dark() {
    let h = marked_grid(Theme::Dark, "marks_dark");
    let latte = "Picture: Latte art of a fox curled asleep, overhead, morning light";
    for name in [
        format!("{latte}, 1, 5 stars, picked, red label"),
        format!("{latte}, 2, 3 stars, yellow label"),
        format!("{latte}, 3, rejected"),
        format!("{latte}, 4, green label"),
    ] {
        assert!(names(&h).contains(&name), "{name}: {:?}", names(&h));
    }
}

#[test]
fn marks_lie_quietly_over_the_pictures_in_the_light() {
    let mut h = marked_grid(Theme::Light, "marks_light");
    h.state_mut().studio.layout.tile = 96.0;
    settle(&mut h);
    painter::snapshot(&mut h, "marks_small_light");
}

#[test]
fn the_panel_rates_the_selection_and_shows_what_only_some_have() {
    let mut h = desk(LARGE, Theme::Dark);
    let latte = pictures(&h, "Latte");
    h.state_mut().studio.selection.only(latte[0].clone());
    h.run_steps(3);
    for name in ["4 stars", "Pick", "Red label"] {
        let before = h.state().studio.collection.revision();
        click(&mut h, name, Modifiers::NONE);
        step_until(&mut h, name, |desk| desk.studio.collection.revision() != before);
    }
    let wanted = Marks { stars: 4, flag: Some(Flag::Pick), label: Some(Label::Red), ..Marks::default() };
    assert_eq!(marks(&h, &latte[0]), wanted);
    h.run_steps(3);
    let node = h.get_by_label("4 stars");
    assert_eq!(node.accesskit_node().toggled(), Some(egui::accesskit::Toggled::True));

    h.state_mut().studio.selection.set(latte[..2].to_vec());
    h.run_steps(3);
    click(&mut h, "Pick, some", Modifiers::NONE);
    step_until(&mut h, "both are picked", |desk| {
        let of = |id: &PictureId| desk.studio.collection.picture(id).unwrap().marks.flag;
        latte[..2].iter().all(|id| of(id) == Some(Flag::Pick))
    });
    click(&mut h, "Pick", Modifiers::NONE);
    step_until(&mut h, "none is picked", |desk| {
        desk.studio.collection.picture(&latte[1]).unwrap().marks.flag.is_none()
    });
    assert_eq!(marks(&h, &latte[0]).stars, 4, "the rest stays");
}

fn sorted_panel(theme: Theme, name: &str) {
    let mut h = desk(LARGE, theme);
    let latte = pictures(&h, "Latte");
    press(&mut h, &latte[0], &[(Modifiers::NONE, Key::Num4), (Modifiers::NONE, Key::P), (Modifiers::NONE, Key::Num6)]);
    press(&mut h, &latte[1], &[(Modifiers::NONE, Key::Num2)]);
    h.run_steps(2);
    tag(&mut h, "morning light");
    h.state_mut().studio.selection.set(latte[..3].to_vec());
    h.run_steps(2);
    tag(&mut h, "fox");
    settle(&mut h);
    painter::snapshot(&mut h, name);
}

/// Types a tag into the panel and waits until it is given.
fn tag(h: &mut Window, text: &str) {
    let before = h.state().studio.collection.revision();
    h.get_by_label("Add a tag").focus();
    h.run_steps(2);
    h.event(egui::Event::Text(text.to_owned()));
    h.run_steps(3);
    h.key_press(Key::Enter);
    h.run_steps(2);
    step_until(h, "the tag is given", |desk| desk.studio.collection.revision() != before);
    h.run_steps(2);
}

#[test]
fn the_panel_of_a_mixed_selection_looks_as_drawn_in_the_dark() {
    sorted_panel(Theme::Dark, "sorting_mixed_dark");
}

#[test]
fn the_panel_of_a_mixed_selection_looks_as_drawn_in_the_light() {
    sorted_panel(Theme::Light, "sorting_mixed_light");
}

#[test]
fn tags_are_typed_completed_and_taken_away() {
    let mut h = desk(LARGE, Theme::Dark);
    let latte = pictures(&h, "Latte");
    h.state_mut().studio.selection.only(latte[0].clone());
    h.run_steps(3);
    tag(&mut h, "  Morning   light ");
    assert_eq!(marks(&h, &latte[0]).tags, ["Morning light"]);
    assert!(h.get_by_label("Add a tag").is_focused(), "the next one can be typed at once");
    h.state_mut().studio.selection.only(latte[1].clone());
    h.run_steps(3);
    h.get_by_label("Add a tag").focus();
    h.run_steps(2);
    // Digits and letters are text here, not ratings.
    for key in ["m", "3", "x"] {
        h.event(egui::Event::Text(key.to_owned()));
    }
    h.run_steps(2);
    assert_eq!(marks(&h, &latte[1]), Marks::default());
    for _ in 0..2 {
        h.key_press(Key::Backspace);
    }
    h.run_steps(3);
    let before = h.state().studio.collection.revision();
    h.key_press(Key::ArrowDown);
    h.run_steps(2);
    h.key_press(Key::Enter);
    h.run_steps(2);
    step_until(&mut h, "the known tag is given", |desk| desk.studio.collection.revision() != before);
    assert_eq!(marks(&h, &latte[1]).tags, ["Morning light"]);
    h.state_mut().studio.selection.set(latte[..3].to_vec());
    h.run_steps(3);
    h.get_by_label("Morning light, 2 of 3 pictures");
    click(&mut h, "Give all the tag Morning light", Modifiers::NONE);
    let tagged = |desk: &Desk, count: usize| {
        let of = |id: &&PictureId| !desk.studio.collection.picture(id).unwrap().marks.tags.is_empty();
        latte.iter().filter(of).count() == count
    };
    step_until(&mut h, "all three have it", |desk| tagged(desk, 3));
    h.run_steps(3);
    click(&mut h, "Remove tag Morning light", Modifiers::NONE);
    step_until(&mut h, "none has it", |desk| tagged(desk, 0));
    h.state_mut().studio.selection.clear();
    h.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    h.run_steps(2);
    step_until(&mut h, "all three have it again", |desk| tagged(desk, 3));
}

#[test]
fn the_menu_of_a_picture_rates_and_labels() {
    let mut h = desk(SMALL, Theme::Dark);
    let latte = pictures(&h, "Latte");
    let name = "Picture: Latte art of a fox curled asleep, overhead, morning light, 1";
    let at = h.get_by_label(name).rect().center();
    let menu = |h: &mut Window, below: &str, entry: &str| {
        h.event(egui::Event::PointerMoved(at));
        let button = egui::PointerButton::Secondary;
        for pressed in [true, false] {
            h.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE });
            h.step();
        }
        h.run_steps(3);
        click(h, below, Modifiers::NONE);
        click(h, entry, Modifiers::NONE);
    };
    menu(&mut h, "Label", "Blue label");
    step_until(&mut h, "it is blue", |desk| {
        desk.studio.collection.picture(&latte[0]).unwrap().marks.label == Some(Label::Blue)
    });
    menu(&mut h, "Rate", "3 stars");
    step_until(&mut h, "it has stars", |desk| desk.studio.collection.picture(&latte[0]).unwrap().marks.stars == 3);
}

type Table = Harness<'static, Bench>;

fn four() -> Vec<Item> {
    (1..5).map(|seed| Item::photo("Seedream 4.5", seed)).collect()
}

fn marks_of(h: &Table, place: usize) -> Marks {
    let bench = h.state();
    bench.studio.collection.picture(&bench.ids[place]).unwrap().marks.clone()
}

fn viewer(theme: Theme, name: &str) -> Table {
    let mut h = bench::bench(theme, &four());
    bench::view(&mut h, 1);
    for name in ["4 stars", "Pick", "Blue label"] {
        h.get_by_label(name).click();
        bench::settle(&mut h);
    }
    let wanted = Marks { stars: 4, flag: Some(Flag::Pick), label: Some(Label::Blue), ..Marks::default() };
    assert_eq!(marks_of(&h, 1), wanted);
    h.remove_cursor();
    bench::settle(&mut h);
    painter::snapshot(&mut h, name);
    h
}

#[test]
fn the_viewers_bar_shows_and_changes_the_marks_in_the_dark() {
    let mut h = viewer(Theme::Dark, "viewer_marks_dark");
    h.get_by_label("4 stars").click();
    bench::settle(&mut h);
    assert_eq!(marks_of(&h, 1).stars, 0, "the same again takes them away");
}

#[test]
fn the_viewers_bar_shows_and_changes_the_marks_in_the_light() {
    viewer(Theme::Light, "viewer_marks_light");
}

fn compared(theme: Theme, name: &str) -> Table {
    let mut h = bench::bench(theme, &four());
    bench::compare(&mut h, [0, 1]);
    for name in ["2 stars, pane 1", "Reject, pane 1", "5 stars, pane 2", "Green label, pane 2"] {
        h.get_by_label(name).click();
        bench::settle(&mut h);
    }
    let wanted = Marks { stars: 5, label: Some(Label::Green), ..Marks::default() };
    assert_eq!(marks_of(&h, 1), wanted);
    assert_eq!(marks_of(&h, 0).flag, Some(Flag::Reject));
    h.remove_cursor();
    bench::settle(&mut h);
    painter::snapshot(&mut h, name);
    h
}

#[test]
fn every_pane_of_compare_has_its_marks_in_the_dark() {
    compared(Theme::Dark, "compare_marks_dark");
}

#[test]
fn every_pane_of_compare_has_its_marks_in_the_light() {
    compared(Theme::Light, "compare_marks_light");
}

#[test]
fn narrow_panes_open_their_marks_from_one_button() {
    let mut h = bench::bench_of(Theme::Dark, [700.0, 600.0], 1.0, &four());
    bench::compare(&mut h, 0..4);
    h.key_press(Key::Num5);
    bench::settle(&mut h);
    h.key_press(Key::P);
    bench::settle(&mut h);
    h.get_by_label("Marks: 5 stars, picked, pane 1").click();
    bench::settle(&mut h);
    painter::snapshot(&mut h, "compare_marks_narrow_dark");
    h.get_by_label("3 stars, pane 1").click();
    bench::settle(&mut h);
    assert_eq!(marks_of(&h, 0).stars, 3);
}

/// Presses and releases the first button here, or moves there with it held.
fn button(h: &mut Window, at: egui::Pos2, pressed: bool) {
    h.event(egui::Event::PointerMoved(at));
    let button = egui::PointerButton::Primary;
    h.event(egui::Event::PointerButton { pos: at, button, pressed, modifiers: Modifiers::NONE });
    h.step();
}

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

const LATTE: &str = "Picture: Latte art of a fox curled asleep, overhead, morning light";

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

/// Draws a rectangle from one point to another in a few steps; the button stays down.
fn draw(h: &mut Window, from: egui::Pos2, to: egui::Pos2, modifiers: Modifiers) {
    h.event(egui::Event::ModifiersChanged(modifiers));
    h.event(egui::Event::PointerMoved(from));
    let button = egui::PointerButton::Primary;
    h.event(egui::Event::PointerButton { pos: from, button, pressed: true, modifiers });
    h.step();
    for step in [0.1, 0.5, 1.0] {
        h.event(egui::Event::PointerMoved(from + (to - from) * step));
        h.step();
    }
    h.step();
}

fn let_go(h: &mut Window, at: egui::Pos2) {
    button(h, at, false);
    h.event(egui::Event::ModifiersChanged(Modifiers::NONE));
    h.run_steps(2);
}

fn selected(h: &Window) -> Vec<PictureId> {
    let studio = &h.state().studio;
    studio.selection.in_order(&studio.collection)
}

#[test]
fn a_rectangle_drawn_over_the_ground_selects_what_it_touches() {
    let mut h = desk(SMALL, Theme::Dark);
    let (latte, lunar) = (pictures(&h, "Latte"), pictures(&h, "Lunar"));
    let of = |h: &Window, name: &str| h.get_by_label(name).rect();
    let second = of(&h, &format!("{LATTE}, 2"));
    let third = of(&h, &format!("{LATTE}, 3"));
    // From below the run, between two tiles, upwards into both.
    let from = egui::pos2(second.center().x, second.bottom() + 6.0);
    let to = egui::pos2(third.left() + 10.0, third.center().y);
    draw(&mut h, from, to, Modifiers::NONE);
    assert_eq!(selected(&h), latte[1..3], "while it is drawn");
    settle(&mut h);
    painter::snapshot(&mut h, "marquee_dark");
    let_go(&mut h, to);
    assert_eq!(selected(&h), latte[1..3]);

    let plate = of(&h, "Picture: Lunar surface survey plate, silver gelatin print, 4");
    let ground = plate.right_center() + vec2(40.0, 0.0);
    draw(&mut h, ground, plate.center(), Modifiers::COMMAND | Modifiers::CTRL);
    let_go(&mut h, plate.center());
    assert_eq!(selected(&h), [&latte[1..3], &lunar[3..]].concat(), "with Ctrl it adds");

    let fourth = of(&h, &format!("{LATTE}, 4")).center();
    draw(&mut h, ground, fourth, Modifiers::NONE);
    assert_eq!(selected(&h), latte[3..]);
    h.key_press(Key::Escape);
    h.run_steps(2);
    assert_eq!(selected(&h), [&latte[1..3], &lunar[3..]].concat(), "Escape takes it back");
    let_go(&mut h, ground);
    assert_eq!(selected(&h).len(), 3);

    // A drag that begins on a picture carries it.
    draw(&mut h, plate.center(), ground, Modifiers::NONE);
    let carried = egui::DragAndDrop::payload::<Vec<PictureId>>(&h.ctx);
    assert!(carried.is_some());
    let_go(&mut h, ground);
}

#[test]
fn the_grid_scrolls_under_a_rectangle_at_its_edge() {
    let mut h = desk(SMALL, Theme::Dark);
    let plate = h.get_by_label("Picture: Lunar surface survey plate, silver gelatin print, 4").rect();
    let from = plate.right_center() + vec2(40.0, 0.0);
    let edge = egui::pos2(400.0, 746.0);
    draw(&mut h, from, edge, Modifiers::NONE);
    let boats = pictures(&h, "Paper boats");
    for _ in 0..400 {
        if h.state().studio.selection.contains(&boats[0]) {
            break;
        }
        h.step();
    }
    assert!(h.state().studio.selection.contains(&boats[0]), "the last run is reached: {}", selected(&h).len());
    let lunar = pictures(&h, "Lunar");
    assert!(lunar.iter().all(|id| h.state().studio.selection.contains(id)), "what scrolled away stays selected");
    let_go(&mut h, edge);
}
