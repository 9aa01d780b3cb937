//! Choosing pictures by drawing a rectangle over them.

use super::{LATTE, SMALL, Window, button, pictures};
use crate::desk::{desk, settle};
use crate::painter;
use easel::library::PictureId;
use egui::{Key, Modifiers, Theme, vec2};
use egui_kittest::kittest::Queryable as _;

/// Draws a rectangle from one point to another in a few steps; the button stays down.
fn draw(h: &mut Window, from: egui::Pos2, to: egui::Pos2, modifiers: Modifiers) {
    h.event(egui::Event::ModifiersChanged(modifiers));
    h.event(egui::Event::PointerMoved(from));
    let button = egui::PointerButton::Primary;
    h.event(egui::Event::PointerButton { pos: from, button, pressed: true, modifiers });
    h.step();
    for step in [0.1, 0.5, 1.0] {
        h.event(egui::Event::PointerMoved(from + (to - from) * step));
        h.step();
    }
    h.step();
}

fn let_go(h: &mut Window, at: egui::Pos2) {
    button(h, at, false);
    h.event(egui::Event::ModifiersChanged(Modifiers::NONE));
    h.run_steps(2);
}

fn selected(h: &Window) -> Vec<PictureId> {
    let studio = &h.state().studio;
    studio.selection.in_order(&studio.collection)
}

#[test]
fn a_rectangle_drawn_over_the_ground_selects_what_it_touches() {
    let mut h = desk(SMALL, Theme::Dark);
    let (latte, lunar) = (pictures(&h, "Latte"), pictures(&h, "Lunar"));
    let of = |h: &Window, name: &str| h.get_by_label(name).rect();
    let second = of(&h, &format!("{LATTE}, 2"));
    let third = of(&h, &format!("{LATTE}, 3"));
    // From below the run, between two tiles, upwards into both.
    let from = egui::pos2(second.center().x, second.bottom() + 6.0);
    let to = egui::pos2(third.left() + 10.0, third.center().y);
    draw(&mut h, from, to, Modifiers::NONE);
    assert_eq!(selected(&h), latte[1..3], "while it is drawn");
    settle(&mut h);
    painter::snapshot(&mut h, "marquee_dark");
    let_go(&mut h, to);
    assert_eq!(selected(&h), latte[1..3]);

    let plate = of(&h, "Picture: Lunar surface survey plate, silver gelatin print, 4");
    let ground = plate.right_center() + vec2(40.0, 0.0);
    draw(&mut h, ground, plate.center(), Modifiers::COMMAND | Modifiers::CTRL);
    let_go(&mut h, plate.center());
    assert_eq!(selected(&h), [&latte[1..3], &lunar[3..]].concat(), "with Ctrl it adds");

    let fourth = of(&h, &format!("{LATTE}, 4")).center();
    draw(&mut h, ground, fourth, Modifiers::NONE);
    assert_eq!(selected(&h), latte[3..]);
    h.key_press(Key::Escape);
    h.run_steps(2);
    assert_eq!(selected(&h), [&latte[1..3], &lunar[3..]].concat(), "Escape takes it back");
    let_go(&mut h, ground);
    assert_eq!(selected(&h).len(), 3);

    // A drag that begins on a picture carries it.
    draw(&mut h, plate.center(), ground, Modifiers::NONE);
    let carried = egui::DragAndDrop::payload::<Vec<PictureId>>(&h.ctx);
    assert!(carried.is_some());
    let_go(&mut h, ground);
}

#[test]
fn the_grid_scrolls_under_a_rectangle_at_its_edge() {
    let mut h = desk(SMALL, Theme::Dark);
    let plate = h.get_by_label("Picture: Lunar surface survey plate, silver gelatin print, 4").rect();
    let from = plate.right_center() + vec2(40.0, 0.0);
    let edge = egui::pos2(400.0, 746.0);
    draw(&mut h, from, edge, Modifiers::NONE);
    let boats = pictures(&h, "Paper boats");
    for _ in 0..400 {
        if h.state().studio.selection.contains(&boats[0]) {
            break;
        }
        h.step();
    }
    assert!(h.state().studio.selection.contains(&boats[0]), "the last run is reached: {}", selected(&h).len());
    let lunar = pictures(&h, "Lunar");
    assert!(lunar.iter().all(|id| h.state().studio.selection.contains(id)), "what scrolled away stays selected");
    let_go(&mut h, edge);
}
