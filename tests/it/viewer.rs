//! The viewer: how it looks, and that wheel, drag, click and keys do what a hand expects.

use crate::bench::{Bench, Item, Kind, bench, bench_of, click, drag, settle, view, wheel};
use crate::painter;
use easel::studio::view::{Pane, Zoom};
use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2, Theme, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};

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
