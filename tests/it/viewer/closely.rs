//! Looking closely: crisp drawings, sharp pixels, turned views, and the colour of a pixel.

use super::{SIZE, Table, run_of_four, shown, stage};
use crate::bench::{Bench, Item, Kind, bench, bench_of, click, drag, settle, view};
use crate::painter;
use easel::picture::{Drawing, Limits};
use easel::studio::view::{View, Zoom};
use egui::{Key, Modifiers, Theme, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT as _, Queryable as _};

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
