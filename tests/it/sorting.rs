//! Sorting: marks on tiles, in the viewer, in compare and in the right panel; collections and searches; choosing by a
//! drawn rectangle.

mod rectangle;
mod shelves;

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

const LATTE: &str = "Picture: Latte art of a fox curled asleep, overhead, morning light";

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
