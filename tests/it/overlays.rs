//! What lies over the window or beside its views: the banner, toasts and the drop veil.

use easel::studio::{Command, Tone};
use egui::Theme;
use egui::accesskit::Role;
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable;

use crate::painter;
use crate::panels::{self, Window};

#[test]
fn the_banner_of_waiting_jobs_can_be_closed_without_cancelling_them() {
    let mut window = Window::bare();
    window.told(|snapshot| snapshot.held = 2);
    let mut h = panels::harness(Theme::Dark, window);
    h.run();
    let text = "2 requests of the last session wait; they cost money when they are sent";
    h.get_by_role_and_label(Role::Status, text);
    h.get_by_label("Dismiss").click();
    h.run();
    assert!(h.query_by_label(text).is_none());
    assert!(h.state().asked.is_empty(), "closing asks for nothing: {:?}", h.state().asked);
    h.state_mut().told(|snapshot| snapshot.held = 3);
    h.run();
    h.get_by_role_and_label(Role::Button, "Send them now").click();
    h.run();
    assert!(matches!(h.state().asked.as_slice(), [Command::Resume]));
}

#[test]
fn toasts_lie_above_the_strip_and_do_what_they_offer() {
    let mut window = Window::bare();
    let undo = ("Undo".to_owned(), Command::Do(easel::studio::Action::Undo));
    window.studio.notices.say(Tone::Info, "3 pictures moved to the trash", Some(undo));
    window.studio.notices.say(Tone::Good, "The key is in the system's secret store", None);
    window.studio.notices.say(Tone::Bad, "fox.tiff was not added: this is not a picture Easel can read", None);
    let mut h = panels::harness(Theme::Dark, window);
    h.run();
    painter::snapshot(&mut h, "toasts");
    h.get_by_role_and_label(Role::Button, "Undo").click();
    h.run();
    assert!(matches!(h.state().asked.as_slice(), [Command::DismissNotice(_), Command::Do(_)]));
    assert_eq!(h.state().studio.notices.iter().count(), 3, "undo itself says that there is nothing to undo");
}

fn veil(theme: Theme) -> Harness<'static, Window> {
    let mut h = panels::harness(theme, Window::bare());
    h.run();
    let file = egui::HoveredFile { path: Some("/home/ada/fox.png".into()), ..Default::default() };
    h.input_mut().hovered_files.extend([file.clone(), file]);
    h.run_steps(4);
    h
}

#[test]
fn the_veil_says_what_a_drop_will_do_and_goes() {
    let mut h = veil(Theme::Dark);
    h.get_by_role_and_label(Role::Status, "Add 2 files as references, or import them. 0 of 14 references used");
    painter::snapshot(&mut h, "drop_dark");
    h.input_mut().hovered_files.clear();
    h.run();
    assert!(h.query_by_role(Role::Status).is_none());
}

#[test]
fn the_veil_looks_as_calm_in_the_light() {
    painter::snapshot(&mut veil(Theme::Light), "drop_light");
}
