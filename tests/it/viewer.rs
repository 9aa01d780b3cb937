//! The viewer: how it looks, and that wheel, drag, click and keys do what a hand expects.

use crate::bench::{Bench, Item, Kind, bench, bench_of, click, drag, settle, view, wheel};
use crate::painter;
use easel::picture::{Drawing, Limits};
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

/// Black on white, curves and slants, a thousand units wide.
const DRAWING: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 750" width="1000" height="750">
<rect width="1000" height="750" fill="#fff"/><circle cx="500" cy="375" r="40"/><path d="M420 300 L580 330 L560 460 Z"/>
<path d="M400 375 H600 M500 300 V450" stroke="#000" stroke-width="0.5"/></svg>"##;

#[test]
fn a_drawing_is_rasterised_anew_at_eight_hundred_percent() {
    let mut h = crisp_at(8.0);
    painter::snapshot(&mut h, "viewer_svg_800_dark");
}

#[test]
fn a_drawing_is_rasterised_anew_at_six_thousand_four_hundred_percent() {
    let mut h = crisp_at(64.0);
    let said = h
        .root()
        .children_recursive()
        .any(|node| node.accesskit_node().label().is_some_and(|label| label.contains("6400")));
    assert!(said, "the zoom is shown");
    // It is the most.
    h.key_press_modifiers(Modifiers::COMMAND, Key::Plus);
    settle(&mut h);
    assert_eq!(shown(&h).zoom, Zoom::Scale(64.0));
}

/// Shows the drawing at a scale, moved a little; every pixel is that of the drawing at this scale.
fn crisp_at(scale: f32) -> Harness<'static, Bench> {
    let mut h = bench_of(Theme::Dark, [640.0, 480.0], 1.0, &[Item::of(Kind::Svg(DRAWING), [1000, 750])]);
    view(&mut h, 0);
    let size = vec2(1000.0, 750.0);
    let pane = stage(&h);
    h.state_mut().studio.viewer.view = View { zoom: Zoom::Scale(scale), centre: vec2(462.0, 345.0) };
    settle(&mut h);
    // A little further, inside the margin and then outside of it.
    drag(&mut h, pane.rect.center(), vec2(-31.0, 17.0));
    settle(&mut h);
    let painted = h.render().unwrap();
    let corner = shown(&h).picture_rect(size, pane).min.to_vec2().round();
    let units = |pixel: f32, corner: f32| (pixel - corner) / scale;
    let seen = pane.rect.shrink(1.0);
    let region =
        [units(seen.left(), corner.x), units(seen.top(), corner.y), seen.width() / scale, seen.height() / scale];
    let drawing = Drawing::parse(DRAWING.as_bytes(), &Limits::default()).unwrap();
    let expected = drawing.rasterise_region(scale, region).unwrap();
    let mut off = 0;
    for y in 0..seen.height() as u32 {
        for x in 0..seen.width() as u32 {
            let place = ((y * expected.size.width + x) * 4) as usize;
            let pixel = painted.get_pixel(seen.left() as u32 + x, seen.top() as u32 + y);
            off += u32::from(pixel.0[0].abs_diff(expected.rgba[place]) > 24);
        }
    }
    let all = seen.width() * seen.height();
    assert!((off as f32) < all * 0.0005, "{off} of {all} pixels are not those of the drawing at this scale");
    h
}

#[test]
fn at_a_hundred_percent_a_picture_pixel_is_a_screen_pixel_also_on_fine_screens() {
    for scale in [1.0, 1.5] {
        let mut h = bench_of(Theme::Dark, [501.0, 401.0], scale, &[Item::of(Kind::Stripes, [900, 700])]);
        view(&mut h, 0);
        let at = stage(&h).rect.center() + vec2(13.3, 7.7);
        click(&mut h, at);
        settle(&mut h);
        let rect = stage(&h).rect.shrink(20.0);
        let painted = h.render().unwrap();
        let y = (rect.center().y * scale) as u32;
        for x in (rect.left() * scale) as u32..(rect.right() * scale) as u32 {
            let [here, next] = [x, x + 1].map(|x| painted.get_pixel(x, y).0[0]);
            assert_eq!(here.abs_diff(next), 255, "at {x} on a screen of {scale}");
        }
    }
}

#[test]
fn enlarged_pixels_are_sharp_from_two_hundred_percent_on_and_smooth_below_or_by_choice() {
    let mut h = bench_of(Theme::Dark, [501.0, 401.0], 1.0, &[Item::of(Kind::Stripes, [900, 700])]);
    view(&mut h, 0);
    let mut mixed = |scale: f32, smooth: bool| {
        let bench = h.state_mut();
        bench.studio.layout.look.smooth = smooth;
        bench.studio.viewer.view = View { zoom: Zoom::Scale(scale), centre: vec2(450.0, 350.0) };
        settle(&mut h);
        let rect = stage(&h).rect.shrink(20.0);
        let painted = h.render().unwrap();
        let y = rect.center().y as u32;
        (rect.left() as u32..rect.right() as u32).filter(|x| !matches!(painted.get_pixel(*x, y).0[0], 0 | 255)).count()
    };
    for (scale, smooth, is_mixed) in [
        (1.5, false, true),
        (2.0, false, false),
        (3.0, false, false),
        (3.0, true, true),
        (1.9, false, true),
        (4.0, false, false),
    ] {
        assert_eq!(mixed(scale, smooth) > 50, is_mixed, "{scale} {smooth}");
    }
}

/// The colours in the middle of the four edges of the shown picture: top, right, bottom, left.
fn edges(h: &mut Table, size: Vec2) -> [[u8; 4]; 4] {
    let rect = shown(h).picture_rect(size, stage(h)).shrink(6.0);
    let painted = h.render().unwrap();
    [rect.center_top(), rect.right_center(), rect.center_bottom(), rect.left_center()]
        .map(|at| painted.get_pixel(at.x as u32, at.y as u32).0)
}

#[test]
fn the_view_is_turned_and_mirrored_by_keys_and_menu_and_the_picture_stays_as_it_is() {
    let mut h =
        bench(Theme::Dark, &[Item { size: [1200, 800], ..Item::photo("Seedream 4.5", 1) }, run_of_four()[1].clone()]);
    view(&mut h, 0);
    let [top, right, bottom, left] = edges(&mut h, SIZE);
    let close =
        |a: [[u8; 4]; 4], b: [[u8; 4]; 4]| a.iter().flatten().zip(b.iter().flatten()).all(|(a, b)| a.abs_diff(*b) < 12);
    let upright = vec2(800.0, 1200.0);
    for (modifiers, key, size, expected) in [
        (Modifiers::COMMAND, Key::CloseBracket, upright, [left, top, right, bottom]),
        (Modifiers::COMMAND, Key::CloseBracket, SIZE, [bottom, left, top, right]),
        (Modifiers::SHIFT, Key::V, SIZE, [top, left, bottom, right]),
        (Modifiers::SHIFT, Key::H, SIZE, [top, right, bottom, left]),
        (Modifiers::COMMAND, Key::OpenBracket, upright, [right, bottom, left, top]),
    ] {
        h.key_press_modifiers(modifiers, key);
        settle(&mut h);
        let seen = edges(&mut h, size);
        assert!(close(seen, expected), "{key:?}: {seen:?} instead of {expected:?}");
    }
    painter::snapshot(&mut h, "viewer_turned_dark");
    let first = h.state().ids[0].clone();
    h.key_press(Key::ArrowRight);
    settle(&mut h);
    assert!(h.state().studio.viewer.turn(&h.state().ids[1].clone()).is_none(), "a turn belongs to its picture");
    h.key_press(Key::ArrowLeft);
    settle(&mut h);
    assert!(!h.state().studio.viewer.turn(&first).is_none(), "and stays with it");
    h.get_by_label("Turn and mirror the view").click();
    h.run_steps(3);
    h.get_by_label("Turn right").click();
    settle(&mut h);
    assert!(close(edges(&mut h, SIZE), [top, right, bottom, left]));
}

#[test]
fn a_turned_drawing_is_as_crisp_as_an_upright_one() {
    let mut h = bench_of(Theme::Dark, [640.0, 480.0], 1.0, &[Item::of(Kind::Svg(DRAWING), [1000, 750])]);
    view(&mut h, 0);
    h.state_mut().studio.viewer.view = View { zoom: Zoom::Scale(8.0), centre: vec2(462.0, 345.0) };
    let look = |h: &mut Table, size: Vec2| {
        settle(h);
        let origin = shown(h).picture_rect(size, stage(h)).min;
        (origin, h.render().unwrap())
    };
    let (from, upright) = look(&mut h, vec2(1000.0, 750.0));
    h.key_press_modifiers(Modifiers::COMMAND, Key::CloseBracket);
    let (to, turned) = look(&mut h, vec2(750.0, 1000.0));
    let mut off = 0;
    for y in -100..100 {
        for x in -100..100 {
            // In pixels of the drawing at this scale; the turned one runs from right to left as the upright one runs down.
            let own = (462.0 * 8.0 + x as f32, 345.0 * 8.0 + y as f32);
            let pixel =
                |picture: &image::RgbaImage, x: f32, y: f32| picture.get_pixel(x.floor() as u32, y.floor() as u32).0[0];
            let a = pixel(&upright, from.x + own.0 + 0.5, from.y + own.1 + 0.5);
            let b = pixel(&turned, to.x + 750.0 * 8.0 - own.1 - 0.5, to.y + own.0 + 0.5);
            off += u32::from(a.abs_diff(b) > 24);
        }
    }
    assert!(off < 20, "{off} of 40000 pixels differ");
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

/// What is told of the pixel under the pointer.
fn pixel(h: &Table) -> Option<String> {
    let told = h.query_by(|node| node.value().is_some_and(|value| value.starts_with("Pixel ")))?;
    told.accesskit_node().value()
}

fn pixel_when_read(h: &mut Table) -> String {
    for _ in 0..400 {
        settle(h);
        if let Some(told) = pixel(h).filter(|told| told.contains('#')) {
            return told;
        }
    }
    panic!("the pixel was never told: {:?}", pixel(h));
}

#[test]
fn from_eight_hundred_percent_on_pixels_have_lines_and_the_one_under_the_pointer_is_told() {
    let mut h = bench_of(Theme::Dark, [640.0, 480.0], 1.0, &[Item::of(Kind::Stripes, [900, 700])]);
    view(&mut h, 0);
    let at = stage(&h).rect.center() + vec2(3.0, 3.0);
    let look = |h: &mut Table, scale: f32| {
        h.state_mut().studio.viewer.view = View { zoom: Zoom::Scale(scale), centre: vec2(451.0, 350.0) };
        h.hover_at(at);
        h.run_steps(2);
    };
    look(&mut h, 7.9);
    assert_eq!(pixel(&h), None);
    look(&mut h, 16.0);
    assert!(pixel(&h).is_none_or(|told| told.starts_with("Pixel 451, 350   ")));
    assert_eq!(pixel_when_read(&mut h), "Pixel 451, 350   #FF0000   RGB 255 0 0   alpha 255");
    h.hover_at(at + vec2(-16.0, 16.0));
    h.run_steps(2);
    assert_eq!(pixel(&h).unwrap(), "Pixel 450, 351   #000000   RGB 0 0 0   alpha 255");
    painter::snapshot(&mut h, "viewer_pixels_dark");
    let reddest = |h: &mut Table| {
        let painted = h.render().unwrap();
        let y = at.y as u32 + 2;
        (at.x as u32 - 100..at.x as u32 + 100).filter(|x| painted.get_pixel(*x, y).0[1] > 20).count()
    };
    assert!(matches!(reddest(&mut h), 12 | 13), "a line of grey every sixteen pixels");
    h.state_mut().studio.layout.look.grid = false;
    h.run_steps(2);
    assert_eq!(reddest(&mut h), 0);

    h.key_press_modifiers(Modifiers::COMMAND, Key::CloseBracket);
    settle(&mut h);
    let turned = pixel_when_read(&mut h);
    let red = turned.contains("#FF0000");
    let x: u32 = turned["Pixel ".len()..].split(',').next().unwrap().parse().unwrap();
    assert_eq!(red, x % 2 == 1, "of the picture as its file has it: {turned}");
    h.hover_at(at);
    h.state_mut().studio.viewer.view = View::default();
    h.run_steps(2);
    assert_eq!(pixel(&h), None);
}
