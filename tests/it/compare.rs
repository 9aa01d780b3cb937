//! Compare: how it looks, and that panes move together, or alone, and say what differs.

use crate::bench::{Bench, Item, Kind, bench, click, compare, drag, settle, wheel};
use crate::painter;
use easel::studio::CompareMode;
use easel::studio::view::{Pane, View, Zoom};
use egui::accesskit::Role;
use egui::{Key, Modifiers, Pos2, Theme, Vec2, pos2, vec2};
use egui_kittest::Harness;
use egui_kittest::kittest::Queryable as _;
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
    assert_eq!(h.state().studio.compare.active_pane(), 3, "the pane below");
    painter::snapshot(&mut h, "compare_9_light");
}

#[test]
fn sixteen_pictures_look_as_drawn_and_ask_for_the_level_they_need_only() {
    // Of different content: the second of two alike is read back from its kept, compressed small picture.
    let items: Vec<Item> = (0..16).map(|seed| Item::of(Kind::Photo(seed), [1000, 667])).collect();
    let mut h = bench(Theme::Dark, &items);
    compare(&mut h, 0..16);
    // 512 × 342 and their smaller copies, each; the full pictures are 3 MB each.
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

/// The part of a picture in the middle of its pane, 0 to 1, and how large it is beside fitted.
fn part(h: &Table, number: usize) -> (Vec2, f32) {
    let (view, size, pane) = (view(h, number), size(h, number), pane(h, number));
    (view.middle(size) / size, view.scale(size, pane) / View::default().scale(size, pane))
}

fn under(h: &Table, number: usize, at: Pos2) -> Vec2 {
    view(h, number).picture_point(at, size(h, number), pane(h, number))
}

#[test]
fn linked_panes_of_different_sizes_move_together() {
    let mut h = bench(Theme::Dark, &three());
    compare(&mut h, [0, 1, 2]);
    // Over a pane that is not the active one.
    let at = pane(&h, 2).rect.center() + vec2(60.0, 30.0);
    let kept = under(&h, 2, at);
    wheel(&mut h, at, 300.0);
    assert!((under(&h, 2, at) - kept).length() < 0.5, "the point under the pointer stays");
    let zoomed = part(&h, 2);
    assert!(zoomed.1 > 2.0, "{zoomed:?}");
    drag(&mut h, at, vec2(-50.0, 20.0));
    let moved = part(&h, 2);
    assert!((moved.0 - zoomed.0).length() > 0.01);
    for number in [0, 1] {
        let other = part(&h, number);
        assert!((other.0 - moved.0).length() < 1e-3 && (other.1 / moved.1 - 1.0).abs() < 1e-3, "{other:?} {moved:?}");
    }
}

#[test]
fn unlinked_panes_move_alone_and_linking_takes_the_active_view_for_all() {
    let mut h = bench(Theme::Dark, &three());
    compare(&mut h, [0, 1, 2]);
    let at = pane(&h, 0).rect.center();
    wheel(&mut h, at, 200.0);
    h.key_press(Key::L);
    h.run_steps(2);
    let before = [part(&h, 0), part(&h, 1), part(&h, 2)];
    assert!((before[1].1 / before[0].1 - 1.0).abs() < 1e-3, "unlinking leaves every pane where it is");
    let at = pane(&h, 1).rect.center();
    wheel(&mut h, at, 200.0);
    assert_eq!((part(&h, 0), part(&h, 2)), (before[0], before[2]));
    assert!(part(&h, 1).1 > before[1].1 * 1.5);
    // Keys zoom the active pane, which is still the first.
    h.key_press(Key::Plus);
    h.run_steps(2);
    assert!(part(&h, 0).1 > before[0].1);
    assert_eq!(part(&h, 2), before[2]);
    h.get_by_label("Linked: zoom and pan of one pane move all").click();
    h.run_steps(2);
    assert!((part(&h, 1).1 / part(&h, 0).1 - 1.0).abs() < 1e-3);
}

#[test]
fn a_click_makes_a_pane_active_and_the_next_one_shows_the_spot() {
    let mut h = bench(Theme::Dark, &three());
    compare(&mut h, [0, 1, 2]);
    let at = pane(&h, 1).rect.center() + vec2(30.0, 10.0);
    click(&mut h, at);
    h.run_steps(2);
    assert_eq!((h.state().studio.compare.active_pane(), view(&h, 1).zoom), (1, Zoom::Fit));
    let kept = under(&h, 1, at);
    click(&mut h, at);
    h.run_steps(2);
    assert_eq!(view(&h, 1).zoom, Zoom::Scale(1.0));
    assert!((under(&h, 1, at) - kept).length() < 0.01);
    click(&mut h, at);
    h.run_steps(2);
    assert_eq!(view(&h, 1).zoom, Zoom::Fit);
    h.key_press(Key::ArrowRight);
    h.run_steps(2);
    assert_eq!(h.state().studio.compare.active_pane(), 2);
    h.get_by_label("GPT Image 2, $0.13, 1:34, 1200 × 800").click();
    h.run_steps(2);
    assert_eq!((h.state().studio.compare.active_pane(), view(&h, 1).zoom), (1, Zoom::Fit));
}

#[test]
fn panes_are_removed_and_swapped() {
    let mut h = bench(Theme::Dark, &three());
    compare(&mut h, [0, 1, 2]);
    h.key_press(Key::S);
    h.run_steps(2);
    let ids = h.state().ids.clone();
    assert_eq!(h.state().studio.compare.ids(), [ids[1].clone(), ids[0].clone(), ids[2].clone()]);
    assert_eq!(h.state().studio.compare.active(), Some(&ids[0]), "the active picture stays the active one");
    h.get_by_label("Remove pane 1").click();
    h.run_steps(2);
    assert_eq!(h.state().studio.compare.ids(), &ids[..1].iter().chain(&ids[2..]).cloned().collect::<Vec<_>>()[..]);
    h.get_by_label("Close").click();
    h.run_steps(2);
    assert_eq!(h.state().studio.screen, easel::studio::Screen::Grid);
}

#[test]
fn wipe_edge_is_a_slider_for_pointer_keyboard_and_reader() {
    let mut h = bench(Theme::Dark, &three());
    compare(&mut h, [0, 1]);
    h.get_by_label("Wipe").click();
    settle(&mut h);
    let wipe = |h: &Table| h.state().studio.compare.how.wipe.at;
    h.get_by_role_and_label(Role::Slider, "Wipe edge").focus();
    h.run_steps(2);
    for (modifiers, key, expected) in [
        (Modifiers::NONE, Key::ArrowRight, 0.51),
        (Modifiers::SHIFT, Key::ArrowRight, 0.61),
        (Modifiers::NONE, Key::ArrowLeft, 0.60),
        (Modifiers::NONE, Key::Home, 0.0),
        (Modifiers::NONE, Key::ArrowLeft, 0.0),
        (Modifiers::NONE, Key::End, 1.0),
    ] {
        h.key_press_modifiers(modifiers, key);
        h.run_steps(2);
        assert!((wipe(&h) - expected).abs() < 1e-4, "{key:?}: {}", wipe(&h));
        assert!(h.get_by_role_and_label(Role::Slider, "Wipe edge").is_focused());
    }
    assert_eq!(h.state().studio.compare.active_pane(), 0, "the keys moved nothing else");
    h.get_by_role_and_label(Role::Slider, "Wipe edge").set_value_accesskit(25.0);
    h.run_steps(2);
    assert!((wipe(&h) - 0.25).abs() < 1e-4);
    h.get_by_role_and_label(Role::Slider, "Wipe edge").increment_accesskit();
    h.run_steps(2);
    assert!((wipe(&h) - 0.26).abs() < 1e-4);
    let edge = h.get_by_role_and_label(Role::Slider, "Wipe edge").rect().center();
    drag(&mut h, edge, vec2(100.0, 0.0));
    assert!((wipe(&h) - 0.26 - 100.0 / 1268.0).abs() < 2e-3, "{}", wipe(&h));
    assert_eq!(h.state().studio.compare.view(0, vec2(1200.0, 800.0), both(&h)).zoom, Zoom::Fit, "only the edge moved");
}

fn both(h: &Table) -> Pane {
    Pane { rect: h.get_by_label("Seedream 4.5 and GPT Image 2, cut at the wipe edge").rect(), pixels_per_point: 1.0 }
}

#[test]
fn wipe_shows_the_same_part_of_both_pictures() {
    let mut h = bench(Theme::Dark, &three());
    compare(&mut h, [0, 2]);
    h.state_mut().studio.compare.set_linked(false);
    h.key_press(Key::W);
    settle(&mut h);
    let pane = Pane {
        rect: h.get_by_label("Seedream 4.5 and FLUX.2 Pro, cut at the wipe edge").rect(),
        pixels_per_point: 1.0,
    };
    let at = pane.rect.center() + vec2(200.0, 50.0);
    wheel(&mut h, at, 200.0);
    let part = |h: &Table, number: usize, size: Vec2| {
        h.state().studio.compare.view(number, size, pane).picture_point(pane.rect.center(), size, pane) / size
    };
    let (a, b) = (part(&h, 0, vec2(1200.0, 800.0)), part(&h, 1, vec2(1600.0, 900.0)));
    // Fitted into the box of the larger one, the other leaves margins at the sides.
    let (a, b) = (a - Vec2::splat(0.5), b - Vec2::splat(0.5));
    let narrower = 1200.0 / 800.0 * 900.0 / 1600.0;
    assert!((a * vec2(narrower, 1.0) - b).length() < 1e-3 && b.length() > 0.05, "{a:?} {b:?}");
    // A click on the other side of the edge makes that picture the active one.
    click(&mut h, at);
    h.run_steps(2);
    assert_eq!(h.state().studio.compare.active_pane(), 1);
}

#[test]
fn table_shows_only_what_differs_and_marks_the_words() {
    let mut h = bench(Theme::Dark, &three());
    compare(&mut h, [0, 1]);
    for label in ["Model", "Prompt", "Cost", "Time", "Quality", "Seed", "Resolution"] {
        assert!(h.query_by_label(label).is_some(), "{label} is missing");
    }
    for label in ["Aspect ratio", "Size", "Format", "Provider", "Made", "File"] {
        assert!(h.query_by_label(label).is_none(), "{label} does not differ");
    }
    for text in [
        "Evening over the hills, [film grain], window light",
        "Evening over the hills, [clean digital], window light",
        "4271",
        "high",
    ] {
        assert!(h.query_by_label(text).is_some(), "{text} is missing");
    }
    h.get_by_label("All rows of the table").click();
    settle(&mut h);
    for label in ["Aspect ratio", "Size", "Format", "Provider", "File"] {
        assert!(h.query_by_label(label).is_some(), "{label} is missing");
    }
}

#[test]
fn long_prompts_are_compared_off_the_screen_and_shortened() {
    let long = |word: &str| -> &'static str {
        let words: Vec<String> = (0..300).map(|n| format!("word{n}")).collect();
        format!("{} {word} {}", words.join(" "), words.join(" ")).leak()
    };
    let items = ["red", "blue"].map(|word| Item { prompt: long(word), ..many(1)[0].clone() });
    let mut h = bench(Theme::Dark, &items);
    compare(&mut h, [0, 1]);
    crate::bench::settle_until(&mut h, |_| true);
    for _ in 0..200 {
        if h.query_by_label("… word297 word298 word299 [red] word0 word1 word2 word3 …").is_some() {
            break;
        }
        settle(&mut h);
    }
    assert!(h.query_by_label("… word297 word298 word299 [blue] word0 word1 word2 word3 …").is_some());
}

#[test]
fn textures_keep_to_their_budget_while_many_large_panes_are_zoomed() {
    let items: Vec<Item> = (0..6).map(|seed| Item::of(Kind::Photo(seed % 2), [2200, 1500])).collect();
    let mut h = bench(Theme::Dark, &items);
    h.state_mut().budget = 40 << 20;
    compare(&mut h, 0..6);
    let at = pane(&h, 0).rect.center();
    click(&mut h, at);
    // The full pictures take six times 18 MB: a coarser level is shown until there is room.
    for _ in 0..200 {
        h.step();
    }
    settle(&mut h);
    assert_eq!(view(&h, 0).zoom, Zoom::Scale(1.0));
    assert!(h.state().textures.bytes() <= 40 << 20, "{} MB", h.state().textures.bytes() >> 20);
}

#[test]
fn a_narrow_window_keeps_every_switch() {
    let mut h = crate::bench::bench_of(Theme::Dark, [480.0, 600.0], 1.0, &three());
    compare(&mut h, [0, 1]);
    for name in ["Close", "All rows of the table", "Linked: zoom and pan of one pane move all", "Way to compare"] {
        let rect = h.get_by_label(name).rect();
        assert!(rect.left() >= 8.0 && rect.right() <= 488.0, "{name} at {rect:?}");
    }
    assert!(pos2(0.0, 0.0).x < pane(&h, 1).rect.width());
    painter::snapshot(&mut h, "compare_narrow_dark");
}
