//! The text of a drawing in the viewer: as it is, tidied, searched, however hostile or large.

use crate::bench::{Bench, Item, Kind, bench, settle, view};
use crate::painter;
use egui::accesskit::Role;
use egui::{Key, Modifiers, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

type Table = Harness<'static, Bench>;

const DRAWING: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 300 200" width="300" height="200">
  <!-- three hills, drawn from behind -->
  <rect width="300" height="200" fill="#f6d9a8"/>
  <g id="hills" fill-opacity="0.9"><path d="M0 140 Q75 60 150 140 T300 140 V200 H0 Z" fill="#c77f43"/><path d="M0 165 Q100 95 200 165 T300 150 V200 H0 Z" fill="#7c4a2d"/></g>
  <text x="12" y="24" font-size="14">Evening, 1926</text>
</svg>"##;

/// It must stay a text: scripts, entities, addresses, and letters that turn a line around.
const HOSTILE: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\">\n\
    <script>alert('no')</script><image href=\"file:///etc/passwd\"/>\n\
    <desc>\u{202e}backwards\u{202c} [b]not bold[/b]</desc></svg>";

fn wait_for(h: &mut Table, text: &str) {
    let start = std::time::Instant::now();
    while !has(h, text) {
        assert!(start.elapsed().as_secs() < 60, "{text} never came");
        settle(h);
    }
    settle(h);
}

fn has(h: &Table, text: &str) -> bool {
    h.root().children_recursive().any(|node| {
        let node = node.accesskit_node();
        node.label().is_some_and(|label| label.contains(text)) || node.value().is_some_and(|value| value.contains(text))
    })
}

fn opened(theme: Theme, text: &'static str) -> Table {
    let mut h = bench(theme, &[Item::of(Kind::Svg(text), [300, 200])]);
    view(&mut h, 0);
    h.key_press_modifiers(Modifiers::COMMAND, Key::U);
    h.step();
    h
}

#[test]
fn the_source_of_a_drawing_stands_in_its_place_in_the_dark() {
    let mut h = opened(Theme::Dark, DRAWING);
    wait_for(&mut h, "three hills");
    painter::snapshot(&mut h, "viewer_source_dark");
    h.get_by_label("Source of the drawing").click();
    settle(&mut h);
    assert!(!has(&h, "three hills"), "and the picture again");
}

#[test]
fn a_search_in_the_source_goes_from_place_to_place_in_the_light() {
    let mut h = opened(Theme::Light, DRAWING);
    wait_for(&mut h, "three hills");
    h.get_by_label("One element a line").click();
    h.step();
    wait_for(&mut h, "M0 165");
    h.get_by_label("Search the source").focus();
    h.step();
    h.event(egui::Event::Text("FILL".into()));
    h.step();
    wait_for(&mut h, "1 of 4");
    h.key_press(Key::Enter);
    h.step();
    wait_for(&mut h, "2 of 4");
    h.key_press_modifiers(Modifiers::SHIFT, Key::Enter);
    h.step();
    wait_for(&mut h, "1 of 4");
    painter::snapshot(&mut h, "viewer_source_light");
}

#[test]
fn all_of_the_source_is_chosen_and_copied_rows_out_of_sight_included() {
    let rows: String = (0..400).map(|row| format!("  <path id=\"p{row}\" d=\"M0 0h9v9z\"/>\n")).collect();
    let text = format!("<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\">\n{rows}</svg>");
    let text: &'static str = Box::leak(text.into_boxed_str());
    let mut h = opened(Theme::Dark, text);
    wait_for(&mut h, "402 lines");
    assert!(has(&h, "p3") && !has(&h, "p399"), "the last rows are out of sight");
    h.key_press_modifiers(Modifiers::COMMAND, Key::A);
    h.run_steps(2);
    assert!(h.state().studio.viewer.source_chosen && h.state().studio.selection.len() == 1);
    settle(&mut h);
    painter::snapshot(&mut h, "viewer_source_chosen_dark");
    h.key_press_modifiers(Modifiers::COMMAND, Key::C);
    h.run_steps(2);
    assert_eq!(h.state().copied, [text]);
    // A click on the text ends it, and the keys are about the picture again.
    let row = h.root().children_recursive().find(|node| {
        node.accesskit_node().value().or(node.accesskit_node().label()).is_some_and(|value| value.contains("p3\""))
    });
    let at = row.unwrap().rect().center();
    crate::bench::click(&mut h, at);
    assert!(!h.state().studio.viewer.source_chosen);
    h.get_by_role_and_label(Role::Button, "Copy all").click();
    h.run_steps(2);
    assert_eq!(h.state().copied, [text, text]);
}

#[test]
fn hostile_source_is_shown_as_letters() {
    let mut h = opened(Theme::Dark, HOSTILE);
    wait_for(&mut h, "alert('no')");
    assert!(has(&h, "·backwards·"), "what would turn the line around is a dot");
    assert!(has(&h, "file:///etc/passwd"));
}

#[test]
fn ten_megabytes_of_source_are_laid_out_row_by_row_as_they_are_seen() {
    let line = "a comment that says the same again and again, ";
    let count = (10 << 20) / line.len();
    // One line, as programs write it.
    let text = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"9\" height=\"9\"><!-- {} --><desc>finis</desc></svg>",
        line.repeat(count)
    );
    let mut h = opened(Theme::Dark, Box::leak(text.into_boxed_str()));
    wait_for(&mut h, "1 line · 10");
    let began = std::time::Instant::now();
    for _ in 0..10 {
        h.key_press(Key::PageDown);
        h.step();
    }
    assert!(began.elapsed().as_secs() < 5, "{:?} for ten frames", began.elapsed());
    assert!(!has(&h, "finis"));
    h.key_press(Key::End);
    h.run_steps(3);
    assert!(has(&h, "finis"));
}
