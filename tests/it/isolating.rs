//! A differing word is pressed, and the pairs that isolate it are compared.

use crate::bench::{Bench, Item, bench, compare, settle, settle_until};
use crate::painter;
use egui::accesskit::Role;
use egui::{Key, Modifiers, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

type Table = Harness<'static, Bench>;

fn foxes() -> Vec<Item> {
    let item = |prompt, model, seed| Item { prompt, ..Item::photo(model, seed) };
    vec![
        item("A red fox in the snow, film grain", "Seedream 4.5", 1),
        item("A blue fox in the snow, film grain", "Seedream 4.5", 2),
        item("A red owl in the snow, clean digital", "GPT Image 2", 3),
        // Not compared: found on request alone, for it is selected.
        item("A red fox in the rain, film grain", "Seedream 4.5", 4),
    ]
}

fn wait_for(h: &mut Table, text: &str) {
    for _ in 0..400 {
        if h.query_all_by_label(text).next().is_some() {
            return settle(h);
        }
        settle(h);
    }
    panic!("{text} never came");
}

fn names(h: &Table) -> Vec<String> {
    let nodes = h.root();
    let names = nodes.children_recursive().filter_map(|node| node.accesskit_node().label());
    names.filter(|name| name.starts_with("Compare panes ") || name.starts_with("Compare two ")).collect()
}

fn word(h: &Table, phrase: &str) -> usize {
    let name = format!("Pairs that show what “{phrase}” does");
    h.query_all_by_role_and_label(Role::Button, &name).count()
}

#[test]
fn a_word_that_is_pressed_shows_the_pairs_that_isolate_it_and_opens_one() {
    let mut h = bench(Theme::Dark, &foxes());
    compare(&mut h, [0, 1, 2]);
    assert_eq!(word(&h, "blue"), 1);
    h.get_by_label("Pairs that show what “blue” does").click();
    h.step();
    wait_for(&mut h, "“blue” alone differs");
    assert_eq!(names(&h), ["Compare panes 2 and 1: “red”"]);
    painter::snapshot(&mut h, "compare_pairs_dark");
    h.get_by_label("Compare panes 2 and 1: “red”").click();
    h.step();
    settle(&mut h);
    let (bench, ids) = (h.state(), h.state().ids.clone());
    assert_eq!(bench.studio.compare.ids(), [ids[1].clone(), ids[0].clone()]);
    // The way back.
    let back = bench.studio.notices.iter().find_map(|toast| toast.action.clone()).unwrap();
    assert_eq!(back.0, "Back to all 3");
    h.state_mut().commands.push(back.1);
    h.step();
    assert_eq!(h.state().studio.compare.ids().len(), 3);
}

#[test]
fn pairs_are_found_in_the_selection_on_request_and_by_the_keyboard() {
    let mut h = bench(Theme::Light, &foxes());
    let rain = h.state().ids[3].clone();
    compare(&mut h, [0, 2]);
    h.state_mut().studio.selection.set([rain]);
    let name = "Pairs that show what “fox” does";
    h.get_by_label(name).focus();
    h.step();
    h.key_press(Key::Enter);
    h.step();
    wait_for(&mut h, "“fox” and 2 more words differ");
    h.get_by_label("Look in their runs and the selection too").click();
    h.step();
    settle_until(&mut h, |_| true);
    h.key_press_modifiers(Modifiers::NONE, Key::Escape);
    h.step();
    assert_eq!(names(&h), Vec::<String>::new(), "Escape closes the list");
}
