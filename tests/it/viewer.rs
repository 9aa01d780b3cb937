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
fn looks_fitted() {
    for (theme, name) in [(Theme::Dark, "viewer_fit_dark"), (Theme::Light, "viewer_fit_light")] {
        let mut h = bench(theme, &run_of_four());
        view(&mut h, 1);
        painter::snapshot(&mut h, name);
    }
}

#[test]
fn looks_at_a_hundred_percent() {
    let mut h = bench(Theme::Dark, &[Item { size: [2400, 1600], ..Item::photo("Seedream 4.5", 3) }]);
    view(&mut h, 0);
    let at = stage(&h).rect.center() + vec2(-200.0, -80.0);
    click(&mut h, at);
    settle(&mut h);
    h.remove_cursor();
    settle(&mut h);
    painter::snapshot(&mut h, "viewer_100_dark");
}

#[test]
fn looks_transparent() {
    for (theme, name) in [(Theme::Dark, "viewer_transparent_dark"), (Theme::Light, "viewer_transparent_light")] {
        let mut h = bench(theme, &[Item::of(Kind::Transparent(2), [800, 800])]);
        view(&mut h, 0);
        painter::snapshot(&mut h, name);
    }
}

#[test]
fn looks_with_information() {
    for (theme, name) in [(Theme::Dark, "viewer_info_dark"), (Theme::Light, "viewer_info_light")] {
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
    }
}
