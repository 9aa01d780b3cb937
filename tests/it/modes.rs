//! The ways to compare: wipe at any angle, overlay, blink, difference; alignment and pictures moved alone.

mod drawings;

use crate::bench::{Bench, Item, Kind, bench, bench_of, click, compare, drag, settle, wheel};
use crate::painter;
use easel::picture::Alignment;
use easel::studio::CompareMode;
use easel::studio::view::{Pane, Zoom};
use egui::accesskit::Role;
use egui::{Event, Key, Modifiers, Pos2, Theme, Vec2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;

type Table = Harness<'static, Bench>;

/// A picture, a retouched version of it, and a smaller one of another shape.
fn versions() -> Vec<Item> {
    vec![
        Item::photo("Seedream 4.5", 3),
        Item { kind: Kind::Retouched(3), cost: Some(0.13), ..Item::photo("GPT Image 2", 3) },
        Item { size: [640, 480], ..Item::photo("FLUX.2 Pro", 5) },
    ]
}

fn mode(h: &Table) -> CompareMode {
    h.state().studio.compare.mode()
}

fn show(h: &mut Table, mode: CompareMode) {
    while self::mode(h) != mode {
        h.key_press(Key::W);
        h.run_steps(2);
    }
    settle(h);
}

/// The place that both pictures share.
fn place(h: &Table) -> Pane {
    let (first, second) = (model(h, 0), model(h, 1));
    let names = [
        format!("{first} and {second}, cut at the wipe edge"),
        format!("{second} over {first}"),
        format!("{first} and {second}, one after the other"),
        format!("What differs between {first} and {second}"),
    ];
    let node =
        h.get_by(|node| node.role() == Role::Image && names.iter().any(|name| node.label().as_ref() == Some(name)));
    Pane { rect: node.rect(), pixels_per_point: 1.0 }
}

fn model(h: &Table, of_pair: usize) -> String {
    let studio = &h.state().studio;
    let id = &studio.compare.ids()[studio.compare.pair()[of_pair]];
    studio.collection.run_of(id).unwrap().model_name.clone()
}

fn size(h: &Table, number: usize) -> Vec2 {
    let studio = &h.state().studio;
    let size = studio.collection.picture(&studio.compare.ids()[number]).unwrap().size.unwrap();
    vec2(size.width as f32, size.height as f32)
}

/// Where a picture lies on screen.
fn rect(h: &Table, number: usize, pane: Pane) -> egui::Rect {
    let size = size(h, number);
    h.state().studio.compare.view(number, size, pane).picture_rect(size, pane)
}

fn figures(h: &mut Table) -> String {
    for _ in 0..600 {
        let told = h.query_all_by_label_contains("SSIM").next().and_then(|node| node.value());
        if let Some(told) = told {
            settle(h);
            return told;
        }
        settle(h);
    }
    panic!("nothing was compared");
}

#[test]
fn one_key_goes_round_all_ways_to_compare_and_back() {
    let mut h = bench(Theme::Dark, &versions());
    compare(&mut h, [0, 1]);
    let mut seen = Vec::new();
    for _ in CompareMode::ALL {
        seen.push(mode(&h));
        h.key_press(Key::W);
        h.run_steps(2);
    }
    assert_eq!((seen, mode(&h)), (CompareMode::ALL.to_vec(), CompareMode::SideBySide));
    h.key_press_modifiers(Modifiers::SHIFT, Key::W);
    h.run_steps(2);
    assert_eq!(mode(&h), CompareMode::Difference);
    for mode in CompareMode::ALL {
        h.get_by_role_and_label(Role::Button, mode.name()).click();
        h.run_steps(2);
        assert_eq!(self::mode(&h), mode);
    }
}

#[test]
fn every_mode_zooms_by_wheel_click_drag_and_keys_and_shows_percent() {
    let mut h = bench(Theme::Dark, &versions());
    compare(&mut h, [0, 1]);
    for mode in [CompareMode::Wipe, CompareMode::Overlay, CompareMode::Blink, CompareMode::Difference] {
        show(&mut h, mode);
        let pane = place(&h);
        let at = pane.rect.center() + vec2(-150.0, 40.0);
        let view = |h: &Table| h.state().studio.compare.view(0, size(h, 0), pane);
        let under = |h: &Table| view(h).picture_point(at, size(h, 0), pane);
        let kept = under(&h);
        wheel(&mut h, at, 200.0);
        assert!((under(&h) - kept).length() < 0.5, "{mode:?}: what is under the pointer stays");
        let before = view(&h);
        drag(&mut h, at, vec2(30.0, 20.0));
        assert!((view(&h).centre - before.centre).length() > 10.0, "{mode:?}: it is dragged");
        h.key_press(Key::Plus);
        h.run_steps(2);
        assert!(view(&h).scale(size(&h, 0), pane) > before.scale(size(&h, 0), pane), "{mode:?}: keys zoom");
        let percent = format!("2 pictures · {}", view(&h).percent_text(size(&h, 0), pane));
        assert!(h.query_by_label(&percent).is_some(), "{mode:?}: {percent}");
        h.key_press(Key::Z);
        h.run_steps(2);
        assert_eq!(view(&h).zoom, Zoom::Fit, "{mode:?}");
        click(&mut h, at);
        h.run_steps(2);
        assert_eq!(view(&h).zoom, Zoom::Scale(1.0), "{mode:?}: a click shows the spot");
        click(&mut h, at);
        h.run_steps(2);
        assert_eq!(view(&h).zoom, Zoom::Fit, "{mode:?}: the next one all of it");
    }
}

#[test]
fn the_edge_is_turned_by_keys_hand_and_reader_and_follows_the_pointer_with_alt() {
    let mut h = bench(Theme::Dark, &versions());
    compare(&mut h, [0, 1]);
    show(&mut h, CompareMode::Wipe);
    let wipe = |h: &Table| h.state().studio.compare.how.wipe;
    h.key_press(Key::CloseBracket);
    h.run_steps(2);
    assert_eq!(wipe(&h).angle, 15.0);
    h.get_by_role_and_label(Role::Slider, "Wipe angle").focus();
    h.run_steps(2);
    for (modifiers, key, expected) in [
        (Modifiers::NONE, Key::ArrowRight, 16.0),
        (Modifiers::SHIFT, Key::ArrowLeft, 1.0),
        (Modifiers::NONE, Key::ArrowLeft, 0.0),
        (Modifiers::NONE, Key::ArrowLeft, 359.0),
    ] {
        h.key_press_modifiers(modifiers, key);
        h.run_steps(2);
        assert!((wipe(&h).angle - expected).abs() < 1e-3, "{key:?}: {:?}", wipe(&h));
    }
    h.get_by_role_and_label(Role::Slider, "Wipe angle").set_value_accesskit(90.0);
    h.run_steps(2);
    assert_eq!(wipe(&h).angle, 90.0);
    h.get_by_label("Upright").click();
    h.run_steps(2);
    assert_eq!(wipe(&h).angle, 0.0);
    // The knob, pulled from below the middle to the left of it, lays the edge level.
    let pane = place(&h).rect;
    let knob = h.get_by_role_and_label(Role::Slider, "Wipe angle").rect().center();
    drag(&mut h, knob, pane.center() + vec2(-84.0, 0.0) - knob);
    assert!((wipe(&h).angle - 90.0).abs() < 2.0, "{:?}", wipe(&h));
    assert!(wipe(&h).side(pane.center(), pane).abs() < 1.0, "it turns around its middle");
    // Without a press.
    let at = pane.center() + vec2(100.0, -120.0);
    h.hover_at(at);
    h.run_steps(2);
    assert!(wipe(&h).side(at, pane).abs() > 100.0, "the pointer alone moves nothing");
    h.event_modifiers(Event::PointerMoved(at), Modifiers::ALT);
    h.run_steps(1);
    assert!(wipe(&h).side(at, pane).abs() < 1.0, "{:?}", wipe(&h));
}

fn slanted_wipe(theme: Theme, name: &str) {
    let mut h = bench(theme, &versions());
    compare(&mut h, [0, 2]);
    show(&mut h, CompareMode::Wipe);
    h.key_press(Key::CloseBracket);
    h.key_press(Key::CloseBracket);
    settle(&mut h);
    painter::snapshot(&mut h, name);
}

#[test]
fn a_slanted_wipe_looks_as_drawn_in_the_dark() {
    slanted_wipe(Theme::Dark, "modes_wipe_dark");
}

#[test]
fn a_slanted_wipe_looks_as_drawn_in_the_light() {
    slanted_wipe(Theme::Light, "modes_wipe_light");
}

#[test]
fn the_upper_picture_is_more_or_less_opaque() {
    let mut h = bench(Theme::Light, &versions());
    compare(&mut h, [0, 2]);
    show(&mut h, CompareMode::Overlay);
    painter::snapshot(&mut h, "modes_overlay_light");
    h.key_press(Key::OpenBracket);
    h.run_steps(2);
    assert_eq!(h.state().studio.compare.how.opacity, 0.4);
    h.get_by_role_and_label(Role::Slider, "Opacity of the upper picture").set_value_accesskit(85.0);
    h.run_steps(2);
    assert_eq!(h.state().studio.compare.how.opacity, 0.85);
    assert!(h.query_by_label("85\u{a0}%").is_some());
}

#[test]
fn a_held_key_shows_the_other_picture_and_the_clock_changes_them() {
    let mut h = bench(Theme::Dark, &versions());
    compare(&mut h, [0, 1]);
    show(&mut h, CompareMode::Blink);
    let pixel = |h: &mut Table| {
        let image = h.render().unwrap();
        // In the middle of what was retouched.
        let spot = rect(h, 0, place(h)).min + rect(h, 0, place(h)).size() * vec2(0.3, 0.3);
        image.get_pixel(spot.x as u32, spot.y as u32).0
    };
    let second = |h: &Table| h.state().studio.compare.blink.shown() == 1;
    h.run_steps(10);
    let first = pixel(&mut h);
    painter::snapshot(&mut h, "modes_blink_dark");
    for key in [Key::Backslash, Key::Y] {
        h.key_down(key);
        h.run_steps(10);
        assert!(second(&h), "{key:?}");
        if key == Key::Y {
            assert_ne!(pixel(&mut h), first, "it is the other picture");
        }
        h.key_up(key);
        h.run_steps(10);
        assert!(!second(&h), "{key:?} let go");
    }
    h.get_by_label("0.5 s").click();
    h.run_steps(2);
    assert_eq!(h.state().studio.compare.how.interval, 0.5);
    h.key_press(Key::T);
    h.run_steps(2);
    assert!(h.state().studio.compare.blink.runs);
    let (mut changes, mut before) = (0, second(&h));
    // Four seconds of the harness's clock.
    for _ in 0..80 {
        h.step();
        changes += u32::from(second(&h) != before);
        before = second(&h);
    }
    assert!((7..=9).contains(&changes), "{changes} changes in 4 s");
    h.get_by_label("Change by itself").click();
    h.run_steps(2);
    assert!(!h.state().studio.compare.blink.runs);
}

#[test]
fn what_differs_is_measured_and_shown() {
    let mut h = bench(Theme::Dark, &versions());
    compare(&mut h, [0, 1]);
    show(&mut h, CompareMode::Difference);
    let told = figures(&mut h);
    // A disc with a radius of 12 % of the height: 3 % of the pixels.
    assert!(told.starts_with("3.0\u{a0}% of the pixels changed · mean ΔE "), "{told}");
    painter::snapshot(&mut h, "modes_difference_dark");
    h.get_by_role_and_label(Role::Slider, "Threshold of the difference").set_value_accesskit(20.0);
    h.run_steps(2);
    assert_eq!(h.state().studio.compare.how.threshold, 20.0);
    h.key_press(Key::OpenBracket);
    h.run_steps(2);
    assert_eq!(h.state().studio.compare.how.threshold, 19.0);
    assert!(h.query_by_label_contains("SSIM").is_some(), "nothing is measured anew for a threshold");
}

#[test]
fn what_differs_looks_as_drawn_in_the_light() {
    let mut h = bench(Theme::Light, &versions());
    compare(&mut h, [0, 1]);
    show(&mut h, CompareMode::Difference);
    figures(&mut h);
    wheel(&mut h, pos2(380.0, 260.0), 220.0);
    h.remove_cursor();
    settle(&mut h);
    painter::snapshot(&mut h, "modes_difference_light");
}

#[test]
fn equal_pictures_do_not_differ_and_others_are_compared_where_they_lie_on_each_other() {
    let same = Item { cost: None, ..Item::photo("FLUX.2 Pro", 3) };
    let mut h = bench(Theme::Dark, &[versions(), vec![same]].concat());
    compare(&mut h, [0, 3]);
    show(&mut h, CompareMode::Difference);
    assert_eq!(figures(&mut h), "No pixel changed · mean ΔE 0.0 · SSIM 1.000");
    compare(&mut h, [0, 2]);
    h.key_press(Key::A);
    h.run_steps(2);
    assert!(figures(&mut h).contains("of the pixels changed"));
    painter::snapshot(&mut h, "modes_difference_unrelated_dark");
}

#[test]
fn alignment_lays_pictures_into_one_box_or_pixel_on_pixel_in_every_mode() {
    let mut h = bench(Theme::Dark, &versions());
    compare(&mut h, [0, 2]);
    for mode in [CompareMode::Wipe, CompareMode::Overlay, CompareMode::Blink, CompareMode::Difference] {
        show(&mut h, mode);
        let pane = place(&h);
        let [first, second] = [0, 1].map(|number| rect(&h, number, pane));
        assert!((first.height() - second.height()).abs() < 0.5, "{mode:?}: fitted into the same box");
        h.key_press(Key::A);
        h.run_steps(2);
        assert_eq!(h.state().studio.compare.how.alignment, Alignment::Centre);
        let [first, second] = [0, 1].map(|number| rect(&h, number, pane));
        assert!((first.center() - second.center()).length() < 0.5, "{mode:?}");
        assert!((first.width() / 1200.0 - second.width() / 640.0).abs() < 1e-3, "{mode:?}: one scale");
        h.key_press(Key::A);
        h.run_steps(2);
        let [first, second] = [0, 1].map(|number| rect(&h, number, pane));
        assert!((first.min - second.min).length() < 0.5, "{mode:?}");
        h.key_press(Key::A);
        h.run_steps(2);
    }
    show(&mut h, CompareMode::SideBySide);
    h.get_by_role_and_label(Role::ComboBox, "Alignment").click();
    h.run_steps(3);
    h.get_by_label("Pixels, centred").click();
    h.run_steps(3);
    assert_eq!(h.state().studio.compare.how.alignment, Alignment::Centre);
    let scale = |h: &Table, number: usize| {
        let label = format!("Pane {} of 2", number + 1);
        let node =
            h.get_by(|node| node.role() == Role::Image && node.label().is_some_and(|name| name.starts_with(&label)));
        let pane = Pane { rect: node.rect(), pixels_per_point: 1.0 };
        h.state().studio.compare.view(number, size(h, number), pane).scale(size(h, number), pane)
    };
    assert_eq!(scale(&h, 0), scale(&h, 1), "panes too");
    settle(&mut h);
    painter::snapshot(&mut h, "modes_panes_by_pixels_dark");
}

fn drag_alone(h: &mut Table, from: Pos2, by: Vec2) {
    let shift = Modifiers::SHIFT;
    h.hover_at(from);
    h.step();
    let button =
        |pos, pressed| Event::PointerButton { pos, button: egui::PointerButton::Primary, pressed, modifiers: shift };
    h.event_modifiers(button(from, true), shift);
    h.step();
    for part in [0.5, 1.0] {
        h.event_modifiers(Event::PointerMoved(from + by * part), shift);
        h.step();
    }
    h.event_modifiers(button(from + by, false), shift);
    h.step();
}

#[test]
fn a_picture_is_moved_alone_keeps_its_place_beside_the_others_and_is_put_back() {
    let mut h = bench(Theme::Dark, &versions());
    compare(&mut h, [0, 1]);
    let panes = |h: &Table| {
        [0, 1].map(|number| {
            let label = format!("Pane {} of 2", number + 1);
            let node = h
                .get_by(|node| node.role() == Role::Image && node.label().is_some_and(|name| name.starts_with(&label)));
            Pane { rect: node.rect(), pixels_per_point: 1.0 }
        })
    };
    let [first, second] = panes(&h);
    let before = [rect(&h, 0, first), rect(&h, 1, second)];
    drag_alone(&mut h, second.rect.center(), vec2(40.0, -24.0));
    assert_eq!(rect(&h, 0, first), before[0]);
    assert!((rect(&h, 1, second).min - before[1].min - vec2(40.0, -24.0)).length() < 1.0);
    let apart = |h: &Table| {
        let middle = |number: usize, pane: Pane| {
            h.state().studio.compare.view(number, size(h, number), pane).middle(size(h, number))
        };
        middle(1, second) - middle(0, first)
    };
    let offset = apart(&h);
    wheel(&mut h, first.rect.center(), 150.0);
    drag(&mut h, first.rect.center(), vec2(-30.0, 10.0));
    assert!((apart(&h) - offset).length() < 0.1, "linked panes keep it");
    show(&mut h, CompareMode::Overlay);
    let pane = place(&h);
    assert!((rect(&h, 1, pane).min - rect(&h, 0, pane).min).length() > 10.0, "and the other ways to compare");
    let upper = rect(&h, 1, pane);
    drag_alone(&mut h, pane.rect.center(), vec2(10.0, 10.0));
    assert!((rect(&h, 1, pane).min - upper.min - vec2(10.0, 10.0)).length() < 1.0, "there the upper picture moves");
    h.key_press(Key::R);
    h.run_steps(2);
    assert!((rect(&h, 1, pane).min - rect(&h, 0, pane).min).length() < 0.5);
    drag_alone(&mut h, pane.rect.center(), vec2(10.0, 10.0));
    h.get_by_label("Put moved pictures back").click();
    h.run_steps(2);
    assert!(!h.state().studio.compare.has_offsets());
}

#[test]
fn of_many_pictures_keys_and_arrows_choose_which_two_lie_over_each_other() {
    let fourth = Item { size: [640, 480], ..Item::photo("Imagen 4", 9) };
    for way in [CompareMode::Wipe, CompareMode::Overlay, CompareMode::Difference] {
        let mut h = bench(Theme::Light, &[versions(), vec![fourth.clone()]].concat());
        compare(&mut h, [0, 1, 2, 3]);
        show(&mut h, way);
        let pair = |h: &Table| (model(h, 0), model(h, 1));
        assert_eq!(pair(&h), ("Seedream 4.5".into(), "GPT Image 2".into()));
        h.key_press(Key::ArrowRight);
        h.key_press(Key::ArrowRight);
        settle(&mut h);
        assert_eq!(pair(&h), ("Seedream 4.5".into(), "FLUX.2 Pro".into()));
        assert_eq!(h.state().studio.compare.active_pane(), 2, "marks act on it");
        place(&h);
        h.key_press(Key::ArrowDown);
        settle(&mut h);
        assert_eq!(pair(&h), ("GPT Image 2".into(), "FLUX.2 Pro".into()), "{way:?}: another lies below");
        assert_eq!(h.state().studio.compare.active_pane(), 1);
        for (button, lower, upper) in [
            ("Upper picture: the next one", "GPT Image 2", "Imagen 4"),
            ("Upper picture: the next one", "GPT Image 2", "Seedream 4.5"),
            ("Lower picture: the one before", "Imagen 4", "Seedream 4.5"),
        ] {
            h.get_by_role_and_label(Role::Button, button).click();
            settle(&mut h);
            assert_eq!(pair(&h), (lower.into(), upper.into()), "{way:?}: {button}");
        }
        h.key_press(Key::S);
        settle(&mut h);
        assert_eq!(pair(&h), ("Seedream 4.5".into(), "Imagen 4".into()));
        place(&h);
        if way == CompareMode::Wipe {
            painter::snapshot(&mut h, "modes_four_light");
        }
        show(&mut h, CompareMode::SideBySide);
        assert_eq!(h.state().studio.compare.ids(), h.state().ids, "the panes stay where they are");
    }
}

#[test]
fn many_pictures_take_turns_in_blink_and_the_active_one_is_seen() {
    let mut h = bench(Theme::Dark, &versions());
    compare(&mut h, [0, 1, 2]);
    show(&mut h, CompareMode::Blink);
    assert!(h.query_by_role_and_label(Role::Image, "3 pictures, one after the other").is_some());
    let seen = |h: &Table| {
        let compare = &h.state().studio.compare;
        compare.turns()[compare.blink.shown()]
    };
    for expected in [1, 2] {
        h.key_press(Key::ArrowRight);
        h.run_steps(10);
        assert_eq!((seen(&h), h.state().studio.compare.active_pane()), (expected, expected));
    }
    assert!(h.state().studio.compare.ids().len() == 3 && model(&h, 1) == "FLUX.2 Pro");
    settle(&mut h);
    painter::snapshot(&mut h, "modes_blink_three_dark");
    h.key_press(Key::T);
    let mut turns = vec![seen(&h)];
    // Three seconds of the harness's clock.
    for _ in 0..65 {
        h.step();
        if turns.last() != Some(&seen(&h)) {
            turns.push(seen(&h));
        }
    }
    assert_eq!(turns, [2, 1, 0, 2]);
}

#[test]
fn a_narrow_window_keeps_every_mode_and_setting() {
    let mut h = bench_of(Theme::Dark, [480.0, 600.0], 1.0, &versions());
    compare(&mut h, [0, 1]);
    for (mode, control) in [
        (CompareMode::Wipe, "Turn the edge left"),
        (CompareMode::Overlay, "Opacity of the upper picture"),
        (CompareMode::Blink, "Change by itself"),
        (CompareMode::Difference, "Threshold of the difference"),
    ] {
        h.get_by_label("Way to compare").click();
        h.run_steps(3);
        h.get_by_role_and_label(Role::Button, mode.name()).click();
        h.run_steps(3);
        assert_eq!(self::mode(&h), mode);
        for name in [control, "Alignment", "Close", "Way to compare"] {
            let rect = h.get_by_label(name).rect();
            assert!(rect.left() >= 8.0 && rect.right() <= 488.0, "{name} at {rect:?}");
        }
    }
    figures(&mut h);
    assert!(h.get_by_label("Alignment").rect().right() <= 488.0, "figures leave it its room");
    assert!(pos2(0.0, 0.0).x < place(&h).rect.width());
}
