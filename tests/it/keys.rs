//! Keys that are changed, sets of keys, and the palette: by mouse and keyboard, in the window and after a restart.

use crate::painter;
use crate::panels::{self, Window};
use crate::support::{StudioHarness, Wish};
use easel::studio::{Action, Command, Dialog, Screen, ThemeChoice};
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

type Sheet = Harness<'static, Window>;

fn sheet(theme: Theme) -> Sheet {
    let mut window = Window::bare();
    window.studio.dialog = Some(Dialog::Keys);
    let mut h = panels::harness(theme, window);
    h.run();
    h
}

fn click(h: &mut Sheet, name: &str) {
    h.get_by_role_and_label(Role::Button, name).click();
    h.run();
}

fn press(h: &mut Sheet, modifiers: Modifiers, key: Key) {
    h.key_press_modifiers(modifiers, key);
    h.run();
}

fn keys(h: &Sheet, action: Action) -> Vec<String> {
    h.state().studio.keymap.row(action).map(|row| row.keys().collect()).unwrap_or_default()
}

#[test]
fn a_click_and_a_press_give_an_action_other_keys_and_tooltips_follow() {
    let mut h = sheet(Theme::Dark);
    click(&mut h, "Change the keys of Grid: G");
    h.get_by_label("Press the keys for “Grid”");
    press(&mut h, Modifiers::NONE, Key::J);
    assert_eq!(keys(&h, Action::ShowGrid), ["J"]);
    assert!(h.state().studio.dialog.is_some(), "the sheet stays");
    h.get_by_role_and_label(Role::Button, "Change the keys of Grid: J");

    press(&mut h, Modifiers::NONE, Key::Escape);
    assert_eq!(h.state().studio.dialog, None);
    assert_eq!(easel::studio::keys_of(Action::ShowGrid).as_deref(), Some("J"), "as tooltips name it");
    press(&mut h, Modifiers::NONE, Key::G);
    assert_eq!(h.state().studio.screen, Screen::Compare, "the old key means nothing");
    press(&mut h, Modifiers::NONE, Key::J);
    assert_eq!(h.state().studio.screen, Screen::Grid);
}

#[test]
fn keys_that_are_taken_change_hands_only_when_the_artist_says_so() {
    let mut h = sheet(Theme::Dark);
    click(&mut h, "Change the keys of Grid: G");
    press(&mut h, Modifiers::NONE, Key::X);
    h.get_by_label("X is Reject now");
    assert_eq!((keys(&h, Action::ShowGrid), keys(&h, Action::Reject)), (vec!["G".into()], vec!["X".into()]));
    click(&mut h, "Leave it");
    assert_eq!(keys(&h, Action::Reject), ["X"]);
    click(&mut h, "Change the keys of Grid: G");
    press(&mut h, Modifiers::NONE, Key::X);
    click(&mut h, "Use it for Grid");
    assert_eq!((keys(&h, Action::ShowGrid), keys(&h, Action::Reject)), (vec!["X".into()], vec![]));
    click(&mut h, "Reset the keys of Grid");
    assert_eq!((keys(&h, Action::ShowGrid), keys(&h, Action::Reject)), (vec!["G".into()], vec!["X".into()]));
}

#[test]
fn esc_leaves_keys_as_they_are_and_what_cannot_be_bound_says_why() {
    let mut h = sheet(Theme::Dark);
    click(&mut h, "Change the keys of Grid: G");
    press(&mut h, Modifiers::ALT, Key::F4);
    h.get_by_label("Alt+F4 closes windows; the system takes it");
    h.event(Event::Text("ä".into()));
    h.run();
    h.get_by_label("This key has no name that could be kept");
    press(&mut h, Modifiers::NONE, Key::Escape);
    assert!(h.query_by_label("Press the keys for “Grid”").is_none());
    assert!(h.state().studio.dialog.is_some(), "Esc left the keys, not the sheet");
    assert_eq!(keys(&h, Action::ShowGrid), ["G"]);
    click(&mut h, "Change the keys of Grid: G");
    click(&mut h, "Take these keys away");
    assert_eq!(keys(&h, Action::ShowGrid), [""; 0]);
    click(&mut h, "Add keys for Grid");
    press(&mut h, Modifiers::COMMAND, Key::J);
    assert_eq!(keys(&h, Action::ShowGrid).len(), 1);
    click(&mut h, "Reset all");
    assert_eq!(keys(&h, Action::ShowGrid), ["G"]);
}

#[test]
fn keys_as_in_lightroom_fold_the_panels_with_tab_unless_a_control_has_the_keyboard() {
    let mut window = Window::new();
    window.studio.layout.right_open = Some(true);
    window.studio.dialog = Some(Dialog::Keys);
    let mut h = panels::harness(Theme::Dark, window);
    h.run();
    click(&mut h, "Lightroom");
    press(&mut h, Modifiers::NONE, Key::Escape);
    let panels = |h: &Sheet| (h.state().studio.layout.left_open, h.state().studio.layout.right_open);
    h.ctx.memory_mut(egui::Memory::stop_text_input);
    assert!(h.ctx.memory(egui::Memory::focused).is_none());
    press(&mut h, Modifiers::NONE, Key::Tab);
    assert_eq!(panels(&h), (false, Some(false)));
    assert!(h.ctx.memory(egui::Memory::focused).is_none(), "it did not move the focus as well");
    press(&mut h, Modifiers::NONE, Key::Tab);
    assert_eq!(panels(&h), (true, Some(true)));
    h.get_by_role_and_label(Role::Button, "Settings").focus();
    h.run();
    press(&mut h, Modifiers::NONE, Key::Tab);
    assert_eq!(panels(&h), (true, Some(true)), "from a control it goes to the next one");
    assert!(!h.get_by_role_and_label(Role::Button, "Settings").is_focused());
}

#[test]
fn letters_rest_while_text_is_typed_in_every_set_of_keys() {
    let mut studio = StudioHarness::new();
    studio.run(Command::OpenDialog(Dialog::Keys));
    studio.click("InvokeAI");
    studio.key(Modifiers::NONE, Key::Escape);
    studio.type_into("Prompt", "");
    for (key, letter) in [(Key::T, "t"), (Key::G, "g"), (Key::Period, ".")] {
        studio.harness.key_press(key);
        studio.harness.event(Event::Text(letter.into()));
        studio.harness.run_steps(2);
    }
    assert_eq!(studio.app().studio().draft.prompt, "tg.");
    assert!(studio.app().studio().layout.left_open, "T types; it does not fold the panel");
    studio.key(Modifiers::NONE, Key::Escape);
    studio.key(Modifiers::NONE, Key::T);
    assert!(!studio.app().studio().layout.left_open);
    studio.key(Modifiers::ALT, Key::A);
    assert!(studio.app().studio().layout.left_open, "Alt+A goes to the prompt");
}

#[test]
fn esc_leaves_a_field_first_and_the_next_one_clears_the_selection() {
    let mut studio = StudioHarness::new();
    studio.generate(1);
    let chosen = studio.app().studio().first().unwrap();
    let fields = [(Role::MultilineTextInput, "Prompt"), (Role::TextInput, "Search the library")];
    for (role, field) in fields {
        studio.run(Command::Select(chosen.clone()));
        studio.harness.get_by_role_and_label(role, field).focus();
        studio.harness.run_steps(2);
        assert!(studio.harness.get_by_role_and_label(role, field).is_focused());
        studio.key(Modifiers::NONE, Key::Escape);
        assert!(!studio.harness.get_by_role_and_label(role, field).is_focused(), "{field} is left");
        assert_eq!(studio.app().studio().selection.active(), Some(&chosen), "{field}: the picture stays chosen");
        studio.key(Modifiers::NONE, Key::Escape);
        assert_eq!(studio.app().studio().selection.active(), None, "{field}: the next one is about the pictures");
    }
}

#[test]
fn changed_keys_come_back_after_a_restart() {
    let dir = tempfile::tempdir().unwrap();
    let library = dir.path().join("library");
    let mut studio = StudioHarness::open(&library, Wish::default());
    studio.run(Command::OpenDialog(Dialog::Keys));
    studio.click("Lightroom");
    studio.click("Change the keys of Grid: G");
    studio.key(Modifiers::COMMAND, Key::J);
    studio.step_until("everything is written down", |app| !app.studio().has_unsaved_changes());
    let before = studio.app().studio().keymap.clone();
    studio.close();
    let studio = StudioHarness::open(&library, Wish::default());
    assert_eq!(*studio.app().studio().keymap, *before);
    assert!(before.row(Action::ShowGrid).is_some_and(|row| row.is_changed));
}

#[test]
fn the_palette_finds_runs_and_remembers() {
    let mut studio = StudioHarness::new();
    studio.key(Modifiers::COMMAND, Key::K);
    studio.harness.event(Event::Text("both sid".into()));
    studio.harness.run_steps(2);
    studio.key(Modifiers::NONE, Key::Enter);
    assert_eq!(studio.app().studio().dialog, None);
    assert!(!studio.app().studio().layout.left_open);

    studio.key(Modifiers::COMMAND, Key::K);
    let first = studio.harness.get_by_role_and_label(Role::Button, "Both side panels").rect();
    let second = studio.harness.get_by_role_and_label(Role::Button, "Go to the prompt").rect();
    assert!(first.top() < second.top(), "what was used last stands first");
    studio.harness.event(Event::Text("undo".into()));
    studio.harness.run_steps(2);
    studio.key(Modifiers::NONE, Key::Enter);
    assert_eq!(studio.app().studio().dialog, Some(Dialog::Palette), "there is nothing to undo, and it says so");
    let undo = studio.harness.get_by_label("Undo: There is nothing to undo");
    assert!(undo.accesskit_node().is_disabled());
    studio.type_into("Search commands", "survey");
    studio.harness.get_by_label("Survey the selected pictures: Select two to sixteen pictures first");
    studio.type_into("Search commands", "use model engraver");
    studio.key(Modifiers::NONE, Key::Enter);
    let model = studio.app().studio().draft.model.clone();
    assert_eq!(model.map(|id| id.to_string()).as_deref(), Some("easel/engraver"));
    studio.key(Modifiers::COMMAND, Key::K);
    studio.type_into("Search commands", "light theme");
    studio.key(Modifiers::NONE, Key::Enter);
    assert_eq!(studio.app().studio().layout.theme, ThemeChoice::Light);
    assert_eq!(studio.harness.ctx.theme(), egui::Theme::Light, "seen at once");
    studio.key(Modifiers::COMMAND, Key::K);
    studio.type_into("Search commands", "switch to");
    studio.harness.get_by_role_and_label(Role::Button, "Switch to OpenRouter");
    studio.type_into("Search commands", "connections");
    studio.key(Modifiers::NONE, Key::Enter);
    assert_eq!(studio.app().studio().dialog, Some(Dialog::Connections));
    studio.key(Modifiers::NONE, Key::Escape);
    assert_eq!(studio.app().studio().dialog, None);
}

fn look_at_palette(theme: Theme, name: &str) {
    let mut window = Window::bare();
    window.studio.shelves.collections = vec!["Book cover".into(), "Client".into()];
    window.studio.layout.palette_recent = vec!["ShowModels".into(), "Show Client".into()];
    window.studio.dialog = Some(Dialog::Palette);
    let mut h = panels::harness(theme, window);
    h.run();
    painter::snapshot(&mut h, name);
}

#[test]
fn the_palette_looks_as_drawn_in_the_dark() {
    look_at_palette(Theme::Dark, "palette_dark");
}

#[test]
fn the_palette_looks_as_drawn_in_the_light() {
    look_at_palette(Theme::Light, "palette_light");
}

#[test]
fn the_sheet_looks_as_drawn_in_the_light_while_keys_are_pressed() {
    let mut h = sheet(Theme::Light);
    click(&mut h, "InvokeAI");
    click(&mut h, "Change the keys of Grid: Shift+G");
    press(&mut h, Modifiers::NONE, Key::X);
    painter::snapshot(&mut h, "keys_light");
}
