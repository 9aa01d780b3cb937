//! Compare: how it looks, and that panes move together, or alone, and say what differs.

use crate::bench::{Bench, Item, Kind, bench, bench_of, click, compare, drag, settle, wheel};
use crate::painter;
use easel::studio::CompareMode;
use easel::studio::view::{Pane, View, Zoom};
use egui::accesskit::Role;
use egui::{Key, Modifiers, Rect, Theme, Vec2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::{NodeT, Queryable};
use serde_json::json;

type Table = Harness<'static, Bench>;

/// Three models asked for nearly the same.
fn three() -> Vec<Item> {
    vec![
        Item {
            prompt: "Evening over the hills, film grain, window light",
            request: json!({"aspect_ratio": "3:2", "seed": 4271, "resolution": "2K"}),
            ..Item::photo("Seedream 4.5", 1)
        },
        Item {
            prompt: "Evening over the hills, clean digital, window light",
            request: json!({"aspect_ratio": "3:2", "quality": "high"}),
            cost: Some(0.13),
            seconds: 94.0,
            ..Item::photo("GPT Image 2", 2)
        },
        Item {
            prompt: "Evening over the hills, film grain, window light",
            request: json!({"aspect_ratio": "16:9", "seed": 4271}),
            size: [1600, 900],
            cost: None,
            seconds: 7.8,
            ..Item::photo("FLUX.2 Pro", 3)
        },
    ]
}

fn many(count: u64) -> Vec<Item> {
    (0..count).map(|seed| Item { size: [900, 600], ..Item::photo("Seedream 4.5", seed) }).collect()
}

fn pane(h: &Table, number: usize) -> Pane {
    let start = format!("Pane {} of", number + 1);
    let rect = h
        .get_by(|node| node.role() == Role::Image && node.label().is_some_and(|label| label.starts_with(&start)))
        .rect();
    Pane { rect, pixels_per_point: 1.0 }
}

fn size(h: &Table, number: usize) -> Vec2 {
    let id = &h.state().studio.compare.ids()[number];
    let size = h.state().studio.collection.picture(id).unwrap().size.unwrap();
    vec2(size.width as f32, size.height as f32)
}

fn view(h: &Table, number: usize) -> View {
    h.state().studio.compare.view(number, size(h, number), pane(h, number))
}

#[test]
fn three_pictures_look_as_drawn_in_the_dark() {
    let mut h = bench(Theme::Dark, &three());
    compare(&mut h, [0, 1, 2]);
    painter::snapshot(&mut h, "compare_3_dark");
}

#[test]
fn three_pictures_zoomed_with_all_rows_look_as_drawn_in_the_light() {
    let mut h = bench(Theme::Light, &three());
    compare(&mut h, [0, 1, 2]);
    h.get_by_label("All rows of the table").click();
    let at = pane(&h, 0).rect.center() + vec2(40.0, -60.0);
    click(&mut h, at);
    h.remove_cursor();
    settle(&mut h);
    let made = h.get_by_label("Made").rect();
    h.mask(Rect { max: egui::pos2(1288.0, made.max.y), min: egui::pos2(made.max.x, made.min.y) });
    painter::snapshot(&mut h, "compare_3_light");
}

#[test]
fn two_pictures_look_as_drawn() {
    let mut h = bench(Theme::Dark, &three());
    compare(&mut h, [0, 1]);
    painter::snapshot(&mut h, "compare_2_dark");
}

#[test]
fn four_pictures_look_as_drawn() {
    let mut h = bench(Theme::Dark, &[many(2), three()[1..].to_vec()].concat());
    compare(&mut h, [0, 1, 2, 3]);
    painter::snapshot(&mut h, "compare_4_dark");
}

#[test]
fn nine_pictures_look_as_drawn() {
    let mut h = bench(Theme::Light, &many(9));
    compare(&mut h, 0..9);
    h.key_press(Key::ArrowDown);
    settle(&mut h);
    assert_eq!(h.state().studio.compare.active_pane(), 3);
    painter::snapshot(&mut h, "compare_9_light");
}

#[test]
fn sixteen_pictures_look_as_drawn_and_ask_for_the_level_they_need_only() {
    let items: Vec<Item> = (0..16).map(|seed| Item::of(Kind::Photo(seed % 4), [2400, 1600])).collect();
    let mut h = bench(Theme::Dark, &items);
    compare(&mut h, 0..16);
    // 512 × 342 and their smaller copies, each; the full pictures are 20 MB each.
    assert!(h.state().textures.bytes() <= 16 * 512 * 342 * 4 * 4 / 3);
    painter::snapshot(&mut h, "compare_16_dark");
}

#[test]
fn wipe_looks_as_drawn() {
    let mut h = bench(Theme::Dark, &three());
    compare(&mut h, [0, 1]);
    h.key_press(Key::W);
    settle(&mut h);
    assert_eq!(h.state().studio.compare.mode(), CompareMode::Wipe);
    painter::snapshot(&mut h, "compare_wipe_dark");
}

#[test]
fn nothing_to_compare_says_what_to_do() {
    let mut h = bench(Theme::Light, &many(1));
    h.state_mut().studio.screen = easel::studio::Screen::Compare;
    settle(&mut h);
    painter::snapshot(&mut h, "compare_empty_light");
    h.get_by_label("Back to the grid").click();
    h.run_steps(2);
    assert_eq!(h.state().studio.screen, easel::studio::Screen::Grid);
}
