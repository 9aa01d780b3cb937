//! The viewer: how it looks, and that wheel, drag, click and keys do what a hand expects.

mod closely;

use crate::bench::{Bench, Item, Kind, bench, click, drag, settle, view, wheel};
use crate::painter;
use easel::studio::view::{Pane, View, Zoom};
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, PointerButton, Pos2, Theme, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

type Table = Harness<'static, Bench>;

fn run_of_four() -> Vec<Item> {
    (1..5).map(|seed| Item::photo("Seedream 4.5", seed)).collect()
}

fn stage(h: &Table) -> Pane {
    let rect = h.get_by(|node| node.role() == Role::Image).rect();
    Pane { rect, pixels_per_point: h.ctx.pixels_per_point() }
}

const SIZE: Vec2 = vec2(1200.0, 800.0);

#[test]
fn fitted_picture_looks_as_drawn_in_the_dark() {
    let mut h = bench(Theme::Dark, &run_of_four());
    view(&mut h, 1);
    painter::snapshot(&mut h, "viewer_fit_dark");
}

#[test]
fn fitted_picture_looks_as_drawn_in_the_light() {
    let mut h = bench(Theme::Light, &run_of_four());
    view(&mut h, 1);
    painter::snapshot(&mut h, "viewer_fit_light");
}

#[test]
fn a_click_shows_the_spot_at_a_hundred_percent() {
    let mut h = bench(Theme::Dark, &[Item { size: [1800, 1200], ..Item::photo("Seedream 4.5", 3) }]);
    view(&mut h, 0);
    let pane = stage(&h);
    let (size, at) = (vec2(1800.0, 1200.0), pane.rect.center() + vec2(-200.0, -80.0));
    let kept = h.state().studio.viewer.view.picture_point(at, size, pane);
    click(&mut h, at);
    settle(&mut h);
    let view = h.state().studio.viewer.view;
    assert_eq!(view.zoom, Zoom::Scale(1.0));
    assert!((view.picture_point(at, size, pane) - kept).length() < 0.01);
    h.remove_cursor();
    settle(&mut h);
    painter::snapshot(&mut h, "viewer_100_dark");
    click(&mut h, at);
    assert_eq!(h.state().studio.viewer.view.zoom, Zoom::Fit);
}

#[test]
fn transparent_picture_lies_on_squares_in_the_dark() {
    let mut h = bench(Theme::Dark, &[Item::of(Kind::Transparent(2), [800, 800])]);
    view(&mut h, 0);
    painter::snapshot(&mut h, "viewer_transparent_dark");
}

#[test]
fn transparent_picture_lies_on_squares_in_the_light_or_on_the_ground_that_is_chosen() {
    let mut h = bench(Theme::Light, &[Item::of(Kind::Transparent(2), [800, 800])]);
    view(&mut h, 0);
    painter::snapshot(&mut h, "viewer_transparent_light");
    let corner = stage(&h).rect.center_top() + vec2(-300.0, 20.0);
    for (name, grey) in [("Neutral grey", 0x77), ("Black", 0), ("White", 255)] {
        h.get_by_label("Background and pixels").click();
        h.run_steps(3);
        h.get_by_role_and_label(Role::RadioButton, name).click();
        h.run_steps(3);
        h.key_press(Key::Escape);
        settle(&mut h);
        let picture = h.render().unwrap();
        // Under the transparent part, and beside the picture.
        for at in [corner, corner + vec2(12.0, 0.0), stage(&h).rect.left_center() + vec2(4.0, 0.0)] {
            assert_eq!(picture.get_pixel(at.x as u32, at.y as u32).0, [grey, grey, grey, 255], "{name} at {at:?}");
        }
    }
    let backdrop = |h: &Table| h.state().studio.layout.look.backdrop.name();
    let mut seen = Vec::new();
    for _ in 0..4 {
        h.key_press_modifiers(Modifiers::SHIFT, Key::B);
        h.run_steps(2);
        seen.push(backdrop(&h));
    }
    assert_eq!(seen, ["Checkerboard", "Neutral grey", "Black", "White"]);
}

fn with_information(theme: Theme, name: &str) -> Table {
    let mut h = bench(theme, &run_of_four());
    view(&mut h, 2);
    h.key_press(Key::I);
    h.step();
    crate::bench::settle_until(&mut h, |bench| {
        let id = bench.ids[2].clone();
        bench.studio.recipe(&id).is_some()
    });
    // Written in the time zone of this computer.
    let made = h.get_by_label("Made").rect();
    h.mask(made.expand2(vec2(0.0, 2.0)).translate(vec2(88.0, 0.0)).union(made.translate(vec2(180.0, 0.0))));
    painter::snapshot(&mut h, name);
    h
}

#[test]
fn information_looks_as_drawn_in_the_dark() {
    with_information(Theme::Dark, "viewer_info_dark");
}

#[test]
fn information_tells_everything_and_its_buttons_act_on_the_picture() {
    let mut h = with_information(Theme::Light, "viewer_info_light");
    let id = format!("{:?}", h.state().ids[2]);
    for (button, command) in [
        ("Use settings", format!("UseSettings({id})")),
        ("As reference", format!("UseAsReference([{id}])")),
        ("Copy picture", format!("CopyPicture({id})")),
        ("Copy prompt", format!("CopyPrompt({id})")),
        ("Open folder", format!("OpenFolder({id})")),
        ("Save as…", format!("OpenDialog(Export([{id}]))")),
        ("Close information", "Do(ToggleInfo)".to_owned()),
    ] {
        h.state_mut().asked.clear();
        h.get_by_label(button).click();
        h.run_steps(3);
        assert_eq!(h.state().asked, [command]);
        h.state_mut().studio.dialog = None;
    }
    assert!(h.query_by_label("Seed").is_none());
}

/// The third one: made with the first as its reference from the settings of the second; many were made from it.
fn family() -> Vec<Item> {
    let of = |prompt, seed, references: &[usize], from| Item {
        prompt,
        references: references.to_vec(),
        from,
        ..Item::photo("Seedream 4.5", seed)
    };
    let mut items = vec![
        of("Hills before the storm, tintype", 1, &[], None),
        of("Evening over the hills, film grain, window light", 2, &[0], None),
        of("The same hills under the first snow of the year, wide and very quiet", 3, &[0], Some(1)),
        of("Snow over the hills, etching", 4, &[2], None),
        of("Snow over the hills, woodcut in two colours", 5, &[3], None),
    ];
    items.extend((6..16).map(|seed| of("Snow again", seed, &[], Some(2))));
    items
}

fn with_lineage(theme: Theme, name: &str) -> Table {
    let mut h = crate::bench::bench_of(theme, [1000.0, 1100.0], 1.0, &family());
    view(&mut h, 2);
    h.key_press(Key::I);
    crate::bench::settle_until(&mut h, |bench| {
        let id = bench.ids[2].clone();
        bench.studio.recipe(&id).is_some() && bench.studio.lineage(&id).is_some()
    });
    let made = h.get_by_label("Made").rect();
    h.mask(made.expand2(vec2(0.0, 2.0)).translate(vec2(88.0, 0.0)).union(made.translate(vec2(180.0, 0.0))));
    painter::snapshot(&mut h, name);
    h
}

#[test]
fn a_lineage_looks_like_a_small_tree_in_the_dark() {
    with_lineage(Theme::Dark, "viewer_lineage_dark");
}

#[test]
fn a_lineage_looks_like_a_small_tree_and_the_many_can_be_selected() {
    let mut h = with_lineage(Theme::Light, "viewer_lineage_light");
    h.get_by_label("and 5 more").click();
    h.run_steps(3);
    assert_eq!((h.state().studio.selection.len(), h.state().studio.screen), (5, easel::studio::Screen::Grid));
}

fn shown(h: &Table) -> View {
    h.state().studio.viewer.view
}

fn percent(h: &Table, size: Vec2) -> f32 {
    shown(h).percent(size, stage(h)).round()
}

#[test]
fn the_wheel_zooms_at_the_pointer_and_dragging_moves_the_picture() {
    let mut h = bench(Theme::Dark, &run_of_four());
    view(&mut h, 0);
    let pane = stage(&h);
    let at = pane.rect.center() + vec2(150.0, -70.0);
    let kept = shown(&h).picture_point(at, SIZE, pane);
    wheel(&mut h, at, 400.0);
    assert!(percent(&h, SIZE) > 200.0);
    assert!((shown(&h).picture_point(at, SIZE, pane) - kept).length() < 0.5);

    for button in [PointerButton::Primary, PointerButton::Middle] {
        let before = shown(&h).picture_rect(SIZE, pane).min;
        let press = |h: &Table, pos: Pos2, pressed: bool| {
            h.event(Event::PointerButton { pos, button, pressed, modifiers: Modifiers::NONE });
        };
        h.hover_at(at);
        press(&h, at, true);
        h.step();
        for step in [vec2(10.0, 10.0), vec2(40.0, 25.0)] {
            h.hover_at(at + step);
            h.step();
        }
        press(&h, at + vec2(40.0, 25.0), false);
        h.step();
        let moved = shown(&h).picture_rect(SIZE, pane).min - before;
        assert!((moved - vec2(40.0, 25.0)).length() < 0.5, "{button:?} {moved:?}");
        assert!(matches!(shown(&h).zoom, Zoom::Scale(_)), "a drag is no click");
    }
}

#[test]
fn keys_and_buttons_zoom_and_the_percentage_is_said() {
    let mut h = bench(Theme::Dark, &run_of_four());
    view(&mut h, 0);
    for (modifiers, key, expected) in [
        (Modifiers::NONE, Key::Plus, 100.0),
        (Modifiers::NONE, Key::Equals, 200.0),
        (Modifiers::COMMAND, Key::Plus, 300.0),
        (Modifiers::NONE, Key::Minus, 200.0),
        (Modifiers::COMMAND, Key::Minus, 100.0),
        (Modifiers::NONE, Key::Minus, 67.0),
        (Modifiers::COMMAND, Key::Num0, 86.0),
        (Modifiers::COMMAND, Key::Num1, 100.0),
        (Modifiers::NONE, Key::Z, 86.0),
        (Modifiers::NONE, Key::Z, 100.0),
    ] {
        h.key_press_modifiers(modifiers, key);
        h.run_steps(2);
        assert_eq!(percent(&h, SIZE), expected, "{key:?}");
        assert!(h.query_by_label(&format!("Zoom {expected}\u{a0}%")).is_some());
    }
    let tile = h.state().studio.layout.tile;
    for (button, expected) in [("Fit", 86.0), ("Zoom in", 100.0), ("Zoom in", 200.0), ("Zoom out", 100.0)] {
        h.get_by_label(button).click();
        h.run_steps(3);
        assert_eq!(percent(&h, SIZE), expected, "{button}");
    }
    assert_eq!(h.state().studio.layout.tile, tile, "the grid's tiles stay as they are");
    // The percentage opens the list.
    for (choice, expected) in [("6400\u{a0}%", 6400.0), ("33\u{a0}%", 33.0), ("Fit", 86.0)] {
        h.get_by_label(&format!("Zoom {}\u{a0}%", percent(&h, SIZE))).click();
        h.run_steps(3);
        h.query_all_by_label(choice).last().unwrap().click();
        h.run_steps(3);
        assert_eq!(percent(&h, SIZE), expected, "{choice}");
    }
}

#[test]
fn walking_keeps_zoom_and_place_while_they_are_locked_and_the_film_strip_follows() {
    let mut items = run_of_four();
    items[3].size = [800, 800];
    let mut h = bench(Theme::Dark, &items);
    view(&mut h, 0);
    let at = stage(&h).rect.center();
    click(&mut h, at);
    let close_up = shown(&h);
    let active = |h: &Table| h.state().studio.selection.active().cloned();
    // The same part of a picture of another size.
    let elsewhere = View { centre: close_up.centre / SIZE * vec2(800.0, 800.0), ..close_up };
    for (step, place, expected) in
        [("key", 1, close_up), ("button", 2, close_up), ("film", 3, elsewhere), ("unlocked", 2, View::default())]
    {
        match step {
            "key" => h.key_press(Key::ArrowRight),
            "button" => h.get_by_label("Next picture").click(),
            "unlocked" => {
                h.key_press(Key::L);
                h.run_steps(2);
                let lock = h.get_by_label("Keep zoom and place when the picture changes");
                assert_eq!(lock.accesskit_node().toggled(), Some(egui::accesskit::Toggled::False));
                h.key_press(Key::ArrowLeft);
            }
            _ => h.get_by_label("Picture 4 of 4").click(),
        }
        settle(&mut h);
        assert_eq!(active(&h), Some(h.state().ids[place].clone()), "{step}");
        assert_eq!(shown(&h), expected, "{step}");
        let framed = h.get_by_label(&format!("Picture {} of 4", place + 1)).accesskit_node().toggled();
        assert_eq!(framed, Some(egui::accesskit::Toggled::True), "{step}");
    }
    h.key_press(Key::Escape);
    h.run_steps(2);
    assert_eq!(h.state().studio.screen, easel::studio::Screen::Grid);
}

#[test]
fn a_damaged_picture_says_so_in_a_sentence() {
    let mut h = bench(Theme::Dark, &[Item::of(Kind::Damaged, [10, 10])]);
    view(&mut h, 0);
    let says = |h: &Table, start: &str| {
        h.query_all_by(|node| [node.label(), node.value()].into_iter().flatten().any(|text| text.starts_with(start)))
            .count()
    };
    assert_eq!(says(&h, "The PNG picture is damaged"), 1);
    assert!(h.query_by_label("Zoom in").is_none());
    painter::snapshot(&mut h, "viewer_damaged_dark");
}

#[test]
fn while_space_is_held_the_pointer_only_moves_the_picture() {
    let mut h = bench(Theme::Dark, &run_of_four());
    view(&mut h, 0);
    let at = stage(&h).rect.center();
    click(&mut h, at);
    let before = shown(&h);
    h.key_down(Key::Space);
    h.step();
    click(&mut h, at);
    assert_eq!(shown(&h), before, "no click");
    drag(&mut h, at, vec2(-60.0, 20.0));
    h.key_up(Key::Space);
    h.step();
    assert!((shown(&h).centre - before.centre - vec2(60.0, -20.0)).length() < 0.5, "{before:?} {:?}", shown(&h));
}
