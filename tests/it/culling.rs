//! Champion and challenger, and the survey: who stays, who leaves, and that keys touch one picture alone.

use crate::bench::{Bench, Item, bench, compare, settle, settle_until};
use crate::painter;
use easel::library::PictureId;
use easel::plan::{Flag, Label, Marks};
use easel::studio::{Action, Command, CompareMode, Screen, TurnBy};
use egui::accesskit::Role;
use egui::{Key, Modifiers, Theme};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

type Table = Harness<'static, Bench>;

const MODELS: [&str; 6] = ["Seedream 4.5", "GPT Image 2", "FLUX.2 Pro", "Imagen 4", "Recraft V4", "Qwen Image"];

fn items(count: usize) -> Vec<Item> {
    let shapes = [[1200, 800], [1200, 800], [800, 1200], [1200, 675], [1000, 1000], [1200, 800]];
    (0..count).map(|n| Item { size: shapes[n], ..Item::photo(MODELS[n], n as u64) }).collect()
}

/// What the panes are called, in order.
fn panes(h: &Table) -> Vec<String> {
    let images = h.query_all_by(|node| node.role() == Role::Image);
    images.filter_map(|node| node.accesskit_node().label()).collect()
}

/// Whose pictures are in the panes, in order.
fn names(h: &Table) -> Vec<String> {
    panes(h).iter().map(|name| name.split(": ").nth(1).unwrap().to_owned()).collect()
}

fn press(h: &mut Table, modifiers: Modifiers, key: Key) {
    h.key_press_modifiers(modifiers, key);
    settle(h);
}

fn marks(h: &Table) -> Vec<(Marks, bool)> {
    let collection = &h.state().studio.collection;
    let of =
        |id: &PictureId| collection.picture(id).map(|picture| (picture.marks.clone(), picture.trashed_ms.is_some()));
    h.state().ids.iter().map(|id| of(id).unwrap()).collect()
}

fn on_table(h: &Table, count: usize) -> bool {
    h.state().studio.compare.ids().len() == count
}

/// Waits until so many are on the table.
fn until_left(h: &mut Table, count: usize) {
    settle_until(h, |bench| bench.studio.compare.ids().len() == count);
}

#[test]
fn arrows_bring_challengers_and_keys_promote_or_send_back() {
    let mut h = bench(Theme::Dark, &items(4));
    compare(&mut h, 0..4);
    press(&mut h, Modifiers::SHIFT, Key::C);
    assert_eq!(panes(&h), ["Champion: Seedream 4.5", "Challenger 1 of 3: GPT Image 2"]);
    press(&mut h, Modifiers::NONE, Key::ArrowRight);
    assert_eq!(panes(&h), ["Champion: Seedream 4.5", "Challenger 2 of 3: FLUX.2 Pro"]);
    painter::snapshot(&mut h, "champion_dark");
    press(&mut h, Modifiers::NONE, Key::ArrowUp);
    assert_eq!(panes(&h), ["Champion: FLUX.2 Pro", "Challenger 2 of 2: Imagen 4"]);
    press(&mut h, Modifiers::NONE, Key::ArrowDown);
    assert_eq!(panes(&h), ["Champion: FLUX.2 Pro", "Challenger 1 of 1: GPT Image 2"]);
    h.get_by_label("Send the challenger back").click();
    settle(&mut h);
    assert_eq!(panes(&h), ["Champion: FLUX.2 Pro"]);
    painter::snapshot(&mut h, "champion_alone_dark");
    for expected in ["Challenger 1 of 1: GPT Image 2", "Challenger 2 of 2: Imagen 4", "Challenger 2 of 3: FLUX.2 Pro"] {
        press(&mut h, Modifiers::SHIFT, Key::ArrowDown);
        assert_eq!(panes(&h)[1], expected);
    }
    assert!(marks(&h).iter().all(|(marks, trashed)| *marks == Marks::default() && !trashed), "nothing was marked");
    press(&mut h, Modifiers::NONE, Key::C);
    assert_eq!((h.state().studio.compare.mode(), panes(&h).len()), (CompareMode::SideBySide, 4));
}

#[test]
fn decisions_are_undone_and_made_again_in_order_with_what_was_marked() {
    let mut h = bench(Theme::Dark, &items(4));
    compare(&mut h, 0..4);
    press(&mut h, Modifiers::SHIFT, Key::C);
    let stars = |h: &Table| marks(h).iter().map(|(marks, _)| marks.stars).collect::<Vec<_>>();
    let starred = |stars: u8| {
        move |bench: &mut Bench| {
            let of = |id| bench.studio.collection.picture(id).unwrap().marks.stars;
            bench.ids.iter().map(of).max() == Some(stars)
        }
    };
    press(&mut h, Modifiers::NONE, Key::ArrowUp);
    assert_eq!(names(&h), ["GPT Image 2", "FLUX.2 Pro"]);
    h.key_press(Key::Num3);
    settle_until(&mut h, starred(3));
    press(&mut h, Modifiers::NONE, Key::ArrowDown);
    assert_eq!((names(&h), stars(&h)), (vec!["GPT Image 2".into(), "Imagen 4".into()], vec![0, 0, 3, 0]));

    press(&mut h, Modifiers::COMMAND, Key::Z);
    assert_eq!((names(&h), stars(&h)), (vec!["GPT Image 2".into(), "FLUX.2 Pro".into()], vec![0, 0, 3, 0]));
    h.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    settle_until(&mut h, starred(0));
    assert_eq!(names(&h), ["GPT Image 2", "FLUX.2 Pro"], "the stars alone went");
    press(&mut h, Modifiers::COMMAND, Key::Z);
    assert_eq!(names(&h), ["Seedream 4.5", "GPT Image 2"]);
    // Another is looked at meanwhile.
    press(&mut h, Modifiers::NONE, Key::ArrowRight);

    let again = Modifiers::COMMAND | Modifiers::SHIFT;
    press(&mut h, again, Key::Z);
    assert_eq!(names(&h), ["GPT Image 2", "FLUX.2 Pro"]);
    h.key_press_modifiers(again, Key::Z);
    settle_until(&mut h, starred(3));
    press(&mut h, again, Key::Z);
    assert_eq!((names(&h), stars(&h)), (vec!["GPT Image 2".into(), "Imagen 4".into()], vec![0, 0, 3, 0]));
    assert!(h.state().studio.why_not(Action::Redo).is_some(), "there is nothing more");
    // The key that brings back is a step of its own.
    press(&mut h, Modifiers::SHIFT, Key::ArrowDown);
    assert_eq!(names(&h), ["GPT Image 2", "FLUX.2 Pro"]);
    press(&mut h, Modifiers::COMMAND, Key::Z);
    assert_eq!(names(&h), ["GPT Image 2", "Imagen 4"]);
    compare(&mut h, 0..4);
    h.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    settle_until(&mut h, starred(0));
    assert_eq!((names(&h), stars(&h)), (vec!["Seedream 4.5".into(), "GPT Image 2".into()], vec![0; 4]));
}

#[test]
fn what_was_rejected_in_a_survey_is_rejected_again_by_redo() {
    let mut h = bench(Theme::Dark, &items(3));
    compare(&mut h, 0..3);
    press(&mut h, Modifiers::NONE, Key::N);
    for left in [2, 1] {
        h.key_press(Key::X);
        until_left(&mut h, left);
    }
    let end = panes(&h);
    for (keys, left) in [(Modifiers::COMMAND, 2), (Modifiers::COMMAND, 3)] {
        h.key_press_modifiers(keys, Key::Z);
        until_left(&mut h, left);
    }
    for left in [2, 1] {
        h.key_press_modifiers(Modifiers::COMMAND | Modifiers::SHIFT, Key::Z);
        until_left(&mut h, left);
    }
    assert_eq!(panes(&h), end);
}

#[test]
fn a_survey_shrinks_to_what_is_left_and_undo_brings_back() {
    let mut h = bench(Theme::Light, &items(6));
    compare(&mut h, 0..6);
    press(&mut h, Modifiers::NONE, Key::N);
    assert_eq!(panes(&h).len(), 6);
    painter::snapshot(&mut h, "survey_6_light");
    press(&mut h, Modifiers::NONE, Key::ArrowRight);
    for left in [5, 4] {
        h.key_press(Key::X);
        until_left(&mut h, left);
    }
    // The one after it takes its place, so that the next key is about what is seen.
    assert_eq!(names(&h), ["Seedream 4.5", "Imagen 4", "Recraft V4", "Qwen Image"]);
    assert_eq!(h.state().studio.compare.active_pane(), 1);
    let rejected: Vec<bool> = marks(&h).iter().map(|(marks, _)| marks.flag == Some(Flag::Reject)).collect();
    assert_eq!(rejected, [false, true, true, false, false, false]);
    painter::snapshot(&mut h, "survey_4_light");
    h.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    until_left(&mut h, 5);
    assert_eq!(names(&h)[1], "FLUX.2 Pro");
    h.key_press_modifiers(Modifiers::COMMAND, Key::Z);
    until_left(&mut h, 6);
    assert_eq!(names(&h), MODELS);
    assert!(marks(&h).iter().all(|(marks, _)| marks.flag.is_none()));
    for left in (0..6).rev() {
        h.key_press(Key::X);
        until_left(&mut h, left);
    }
    assert!(panes(&h).is_empty() && h.query_by_label_contains("No picture is left here").is_some());
    h.get_by_label("Undo").click();
    until_left(&mut h, 1);
    assert_eq!((panes(&h).len(), h.state().studio.screen), (1, Screen::Compare), "the last one stands alone");
}

#[test]
fn keys_touch_the_picture_in_the_active_pane_and_no_other_and_all_is_undone() {
    for mode in [CompareMode::SideBySide, CompareMode::Champion, CompareMode::Survey] {
        let mut h = bench(Theme::Dark, &items(4));
        let all = h.state().ids.clone();
        h.state_mut().commands.push(Command::SelectThese(all.clone()));
        compare(&mut h, 0..4);
        h.state_mut().studio.compare.set_mode(mode);
        h.state_mut().commands.push(Command::ActivatePane(2));
        settle(&mut h);
        let untouched = marks(&h);
        for (key, modifiers) in [
            (Key::Num4, Modifiers::NONE),
            (Key::P, Modifiers::NONE),
            (Key::Num8, Modifiers::NONE),
            (Key::X, Modifiers::NONE),
            (Key::Delete, Modifiers::NONE),
        ] {
            h.key_press_modifiers(modifiers, key);
            settle_until(&mut h, |bench| {
                let picture = bench.studio.collection.picture(&all[2]).unwrap();
                picture.marks != Marks::default() || picture.trashed_ms.is_some()
            });
            let after = marks(&h);
            let (marks_now, trashed) = &after[2];
            match key {
                Key::Num4 => assert_eq!(marks_now.stars, 4),
                Key::P => assert_eq!(marks_now.flag, Some(Flag::Pick)),
                Key::Num8 => assert_eq!(marks_now.label, Some(Label::Green)),
                Key::X => assert_eq!(marks_now.flag, Some(Flag::Reject)),
                _ => assert!(trashed),
            }
            let leaves = key == Key::Delete || (key == Key::X && mode == CompareMode::Survey);
            assert!(on_table(&h, if leaves { 3 } else { 4 }), "{mode:?} {key:?}");
            for other in [0, 1, 3] {
                assert_eq!(after[other], untouched[other], "{mode:?}: {key:?} touched pane {other}");
            }
            h.key_press_modifiers(Modifiers::COMMAND, Key::Z);
            settle_until(&mut h, |bench| {
                let picture = bench.studio.collection.picture(&all[2]).unwrap();
                picture.marks == Marks::default() && picture.trashed_ms.is_none()
            });
            until_left(&mut h, 4);
            assert_eq!(marks(&h), untouched, "{mode:?}: {key:?} is undone");
            assert_eq!(h.state().studio.compare.active(), Some(&all[2]), "{mode:?}: it is looked at again");
        }
    }
}

#[test]
fn what_cannot_be_done_now_says_why() {
    let mut h = bench(Theme::Dark, &items(4));
    let tells = |h: &Table, expected: &[(Action, Option<&str>)]| {
        for (action, why) in expected {
            assert_eq!(h.state().studio.why_not(*action).as_deref(), *why, "{action:?}");
        }
    };
    let few = Some("Select two to sixteen pictures first");
    tells(
        &h,
        &[
            (Action::ShowSurvey, few),
            (Action::ShowChampion, few),
            (Action::BringBack, Some("Only in compare")),
            (Action::Swap, Some("Only in compare")),
            (Action::ToggleInfo, Some("Only in the viewer")),
            (Action::Turn(TurnBy::Left), Some("Only in the viewer and in compare")),
            (Action::FullScreen, None),
        ],
    );
    compare(&mut h, 0..2);
    tells(
        &h,
        &[
            (Action::ShowSurvey, None),
            (Action::BringBack, Some("Nobody was sent back")),
            (Action::LessOfMode, Some("Only for wipe, overlay, blink and difference")),
            (Action::ResetOffsets, Some("No picture was moved")),
            (Action::OtherPicture, Some("Only in blink")),
            (Action::ToggleLink, None),
            (Action::Swap, None),
        ],
    );
    h.state_mut().studio.compare.set_mode(CompareMode::Blink);
    let together = Some("Pictures in one place always move together");
    let held = (Action::OtherPicture, Some("Hold its key"));
    tells(&h, &[held, (Action::MoreOfMode, None), (Action::ToggleLink, together)]);
    press(&mut h, Modifiers::SHIFT, Key::C);
    press(&mut h, Modifiers::NONE, Key::ArrowDown);
    let alone = Some("Nobody is left to challenge the champion");
    tells(&h, &[(Action::Next, alone), (Action::Above, alone), (Action::BringBack, None), (Action::Undo, None)]);
    tells(&h, &[(Action::NextAlignment, Some("Fewer than two pictures are compared"))]);
    let first = h.state().studio.first().unwrap();
    h.state_mut().commands.push(Command::Open(first));
    h.run_steps(2);
    tells(
        &h,
        &[
            (Action::Previous, Some("This is the first picture")),
            (Action::Next, None),
            (Action::ToggleInfo, None),
            (Action::ToggleSource, Some("This picture is no drawing")),
        ],
    );
}

#[test]
fn letters_rest_while_text_is_typed() {
    let mut studio = crate::support::StudioHarness::new();
    studio.generate(1);
    studio.generate(1);
    studio.key(Modifiers::NONE, Key::ArrowRight);
    studio.key(Modifiers::COMMAND, Key::A);
    studio.harness.get_by_role_and_label(Role::MultilineTextInput, "Prompt").focus();
    studio.harness.run_steps(2);
    for key in [Key::N, Key::F, Key::L] {
        studio.key(Modifiers::NONE, key);
        studio.key(Modifiers::SHIFT, key);
    }
    studio.key(Modifiers::SHIFT, Key::C);
    studio.key(Modifiers::SHIFT, Key::E);
    let app = studio.app().studio();
    assert_eq!((app.screen, app.full_screen, app.layout.second.open), (Screen::Grid, false, false));
    studio.key(Modifiers::NONE, Key::Escape);
    studio.key(Modifiers::NONE, Key::ArrowRight);
    studio.key(Modifiers::COMMAND, Key::A);
    studio.key(Modifiers::NONE, Key::N);
    assert_eq!(studio.app().studio().compare.mode(), CompareMode::Survey);
    assert_eq!(studio.app().studio().screen, Screen::Compare);
}
