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
fn transparent_picture_lies_on_squares_in_the_light_and_on_plain_ground_when_asked() {
    let mut h = bench(Theme::Light, &[Item::of(Kind::Transparent(2), [800, 800])]);
    view(&mut h, 0);
    painter::snapshot(&mut h, "viewer_transparent_light");
    h.get_by_label("Squares under transparent parts").click();
    settle(&mut h);
    let corner = stage(&h).rect.center_top() + vec2(-300.0, 20.0);
    let picture = h.render().unwrap();
    let at = |x: f32| picture.get_pixel((corner.x + x) as u32, corner.y as u32).0;
    assert_eq!(at(0.0), easel::ui::theme::LIGHT.background.to_array());
    assert_eq!(at(0.0), at(12.0));
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
        (Modifiers::NONE, Key::Equals, 150.0),
        (Modifiers::COMMAND, Key::Plus, 200.0),
        (Modifiers::NONE, Key::Minus, 150.0),
        (Modifiers::COMMAND, Key::Minus, 100.0),
        (Modifiers::NONE, Key::Z, 86.0),
        (Modifiers::NONE, Key::Z, 100.0),
    ] {
        h.key_press_modifiers(modifiers, key);
        h.run_steps(2);
        assert_eq!(percent(&h, SIZE), expected, "{key:?}");
        assert!(h.query_all_by_label(&format!("{expected}\u{a0}%")).next().is_some());
    }
    let tile = h.state().studio.layout.tile;
    for (button, expected) in [("Fit", 86.0), ("Zoom in", 100.0), ("Zoom in", 150.0), ("Zoom out", 100.0)] {
        h.get_by_label(button).click();
        h.run_steps(3);
        assert_eq!(percent(&h, SIZE), expected, "{button}");
    }
    assert_eq!(h.state().studio.layout.tile, tile, "the grid's tiles stay as they are");
}

#[test]
fn walking_keeps_the_zoom_among_pictures_of_one_size_and_the_film_strip_follows() {
    let mut items = run_of_four();
    items[3].size = [800, 800];
    let mut h = bench(Theme::Dark, &items);
    view(&mut h, 0);
    let at = stage(&h).rect.center();
    click(&mut h, at);
    let close_up = shown(&h);
    let active = |h: &Table| h.state().studio.selection.active().cloned();
    for (step, place, expected) in [("key", 1, close_up), ("button", 2, close_up), ("film", 3, View::default())] {
        match step {
            "key" => h.key_press(Key::ArrowRight),
            "button" => h.get_by_label("Next picture").click(),
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
    let mut h = bench_of(Theme::Dark, [640.0, 480.0], 1.0, &[Item::of(Kind::Svg(DRAWING), [1000, 750])]);
    view(&mut h, 0);
    let (size, scale) = (vec2(1000.0, 750.0), 8.0);
    let pane = stage(&h);
    h.state_mut().studio.viewer.view = View { zoom: Zoom::Scale(scale), centre: vec2(462.0, 345.0) };
    settle(&mut h);
    // A little further, inside the margin and then outside of it.
    drag(&mut h, pane.rect.center(), vec2(-31.0, 17.0));
    settle(&mut h);
    painter::snapshot(&mut h, "viewer_svg_800_dark");
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
