//! Drawings over each other: as crisp at every zoom as in a pane of their own.

use super::{Table, place, rect, show};
use crate::bench::{Item, Kind, bench, compare, settle};
use crate::painter;
use easel::studio::view::{View, Zoom};
use easel::studio::{CompareMode, Wipe};
use egui::{Key, Theme, vec2};
use egui_kittest::kittest::Queryable as _;

/// Black up to 480, white after it.
const FIRST: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 750" width="1000" height="750">
<rect width="1000" height="750" fill="#fff"/><path d="M0 0h480v750h-480z"/>
<circle cx="492" cy="370" r="5" fill="none" stroke="#06c" stroke-width="0.5"/></svg>"##;
/// Black up to 520.
const SECOND: &str = r##"<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 1000 750" width="1000" height="750">
<rect width="1000" height="750" fill="#fff"/><path d="M0 0h520v750h-520z"/>
<circle cx="530" cy="370" r="5" fill="none" stroke="#c30" stroke-width="0.5"/></svg>"##;
const SCALE: f32 = 16.0;

/// How many pixels around an edge of a drawing are neither black nor white.
fn soft(h: &mut Table, edge: f32) -> usize {
    let pane = place(h);
    let image = h.render().unwrap();
    let middle = rect(h, 0, pane).left() + edge * SCALE;
    let y = pane.rect.center().y as u32 + 90;
    let row: Vec<u8> = (0..40).map(|x| image.get_pixel((middle - 20.0) as u32 + x, y).0[0]).collect();
    assert!(row[0] < 8 && row[39] > 247, "the edge at {edge} is not there: {row:?}");
    row.iter().filter(|value| (8..248).contains(*value)).count()
}

#[test]
fn drawings_over_each_other_are_crisp_at_every_zoom() {
    let drawing = |text| Item::of(Kind::Svg(text), [1000, 750]);
    let mut h = bench(Theme::Dark, &[drawing(FIRST), Item { model: "Recraft V4", ..drawing(SECOND) }]);
    compare(&mut h, [0, 1]);
    for (mode, angle, edges) in [
        (CompareMode::Wipe, 0.0, &[480.0, 520.0][..]),
        (CompareMode::Wipe, 15.0, &[480.0, 520.0]),
        (CompareMode::Overlay, 0.0, &[520.0]),
        (CompareMode::Blink, 0.0, &[480.0]),
    ] {
        show(&mut h, mode);
        let table = &mut h.state_mut().studio.compare;
        table.how.opacity = 1.0;
        table.how.wipe = Wipe { at: 0.5, angle };
        table.set_view(0, View { zoom: Zoom::Scale(SCALE), centre: vec2(500.0, 375.0) }, vec2(1000.0, 750.0));
        settle(&mut h);
        for edge in edges {
            let soft = soft(&mut h, *edge);
            assert!(soft <= 1, "{mode:?} {angle}: {soft} pixels are between black and white at {edge}");
        }
        if angle > 0.0 {
            painter::snapshot(&mut h, "modes_drawings_dark");
        }
    }
    h.key_down(Key::Backslash);
    h.run_steps(10);
    settle(&mut h);
    assert!(soft(&mut h, 520.0) <= 1, "the other one too");
    h.key_up(Key::Backslash);
    show(&mut h, CompareMode::Difference);
    super::figures(&mut h);
    let note = "Drawings are compared at their own size";
    assert!(h.query_by_label_contains(note).is_some());
    painter::snapshot(&mut h, "modes_difference_drawings_dark");
}
