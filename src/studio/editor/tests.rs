//! Frames and steps, as properties and as lives.

use super::*;
use crate::studio::view::{Pane, View, Zoom};
use proptest::prelude::*;

const SIZE: Size = Size { width: 400, height: 300 };

fn bounds() -> Vec2 {
    vec2(400.0, 300.0)
}

fn frames() -> impl Strategy<Value = Rect> {
    (0..380_u32, 0..280_u32, 10..400_u32, 10..300_u32).prop_map(|(x, y, width, height)| {
        frame_of(ReferenceEdit { crop: Some(Crop { x, y, width, height }), marks: vec![] }.left_of(SIZE))
    })
}

fn handles() -> impl Strategy<Value = Handle> {
    (-1..=1_i8, -1..=1_i8).prop_map(|(x, y)| Handle { x, y })
}

fn moves() -> impl Strategy<Value = Vec2> {
    (-500.0..500.0_f32, -500.0..500.0_f32).prop_map(|(x, y)| vec2(x, y))
}

proptest! {
    #[test]
    fn wherever_it_is_dragged_a_crop_stays_on_the_picture(
        frame in frames(), handle in handles(), by in moves(), ratio in prop::option::of(0.3..3.0_f32),
    ) {
        let now = dragged(frame, handle, by, ratio, bounds());
        let whole = Rect::from_min_size(Pos2::ZERO, bounds()).expand(0.01);
        prop_assert!(whole.contains_rect(now), "{now:?}");
        prop_assert!(now.is_positive(), "{now:?}");
        let crop = crop_of(now, SIZE);
        prop_assert!(crop.x + crop.width <= 400 && crop.y + crop.height <= 300);
        if handle == Handle::ALL {
            prop_assert!((now.size() - frame.size()).length() < 0.01, "moving does not resize");
        }
    }

    #[test]
    fn what_is_not_held_stays_where_it_is(frame in frames(), handle in handles(), by in moves()) {
        let now = dragged(frame, handle, by, None, bounds());
        if handle != Handle::ALL {
            prop_assert!(handle.x == -1 || now.min.x == frame.min.x);
            prop_assert!(handle.x == 1 || now.max.x == frame.max.x);
            prop_assert!(handle.y == -1 || now.min.y == frame.min.y);
            prop_assert!(handle.y == 1 || now.max.y == frame.max.y);
        }
    }

    #[test]
    fn proportions_are_kept_about_the_other_corner(
        frame in frames(), x in prop::bool::ANY, y in prop::bool::ANY, by in moves(), ratio in 0.3..3.0_f32,
    ) {
        let frame = fitted_to(frame, ratio);
        let handle = Handle { x: if x { 1 } else { -1 }, y: if y { 1 } else { -1 } };
        let now = dragged(frame, handle, by, Some(ratio), bounds());
        prop_assert!((now.width() / now.height() - ratio).abs() < 0.01 * ratio, "{now:?}");
        let other = Handle { x: -handle.x, y: -handle.y };
        prop_assert!(other.on(now).distance(other.on(frame)) < 0.1);
    }

    #[test]
    fn a_crop_on_the_screen_is_the_same_crop_in_the_picture(
        frame in frames(), scale in 0.05..20.0_f32, x in 0.0..400.0_f32, y in 0.0..300.0_f32, density in 1.0..2.5_f32,
    ) {
        let pane = Pane { rect: Rect::from_min_size(pos2(31.0, 17.0), vec2(640.0, 480.0)), pixels_per_point: density };
        let view = View { zoom: Zoom::Scale(scale), centre: vec2(x, y) };
        let place = view.picture_rect(bounds(), pane);
        let points = place.width() / bounds().x;
        let shown = Rect::from_min_max(place.min + frame.min.to_vec2() * points, place.min + frame.max.to_vec2() * points);
        let back = |at: Pos2| view.picture_point(at, bounds(), pane).to_pos2();
        prop_assert_eq!(crop_of(Rect::from_min_max(back(shown.min), back(shown.max)), SIZE), crop_of(frame, SIZE));
    }
}

#[test]
fn a_press_takes_hold_of_edges_corners_or_all_of_it() {
    let frame = Rect::from_min_max(pos2(100.0, 100.0), pos2(200.0, 180.0));
    for (at, expected) in [
        ((101.0, 140.0), Some((-1, 0))),
        ((198.0, 177.0), Some((1, 1))),
        ((150.0, 96.0), Some((0, -1))),
        ((150.0, 140.0), Some((0, 0))),
        ((90.0, 140.0), None),
    ] {
        let handle = handle_at(frame, pos2(at.0, at.1), 5.0);
        assert_eq!(handle.map(|handle| (handle.x, handle.y)), expected, "{at:?}");
    }
}

#[test]
fn every_step_can_be_taken_back_and_done_again() {
    let mut editor = Editor::new(SIZE, ReferenceEdit::default());
    editor.set_crop(Crop { x: 10, y: 10, width: 100, height: 100 });
    editor.tool = Tool::Pen;
    editor.press(pos2(20.0, 20.0), 4.0);
    editor.drag(pos2(60.0, 20.0), 1.0);
    assert_eq!((editor.marks().count(), editor.edit().marks.len()), (1, 0), "it is seen before it is let go");
    editor.release();
    editor.tool = Tool::Box;
    editor.press(pos2(30.0, 30.0), 4.0);
    editor.release();
    assert_eq!(editor.edit().marks.len(), 1, "a click draws no box");
    editor.reset();
    assert!(editor.edit().is_empty() && !editor.is_changed());
    editor.undo();
    assert_eq!(editor.edit().marks.len(), 1);
    editor.undo();
    editor.undo();
    assert!(editor.edit().is_empty() && !editor.can_undo() && editor.can_redo());
    editor.redo();
    assert_eq!(editor.crop(), Crop { x: 10, y: 10, width: 100, height: 100 });
    editor.nudge(vec2(1.0, 0.0), false);
    assert!(!editor.can_redo(), "something new forgets what was taken back");
}

#[test]
fn keys_move_the_crop_or_its_edges_by_whole_pixels() {
    let mut editor = Editor::new(SIZE, ReferenceEdit::default());
    editor.set_crop(Crop { x: 10, y: 10, width: 100, height: 80 });
    editor.nudge(vec2(10.0, -1.0), false);
    assert_eq!(editor.crop(), Crop { x: 20, y: 9, width: 100, height: 80 });
    editor.nudge(vec2(-1.0, 0.0), true);
    editor.nudge(vec2(0.0, 10.0), true);
    assert_eq!(editor.crop(), Crop { x: 20, y: 9, width: 99, height: 90 });
    editor.nudge(vec2(-999.0, 0.0), false);
    assert_eq!(editor.crop().x, 0);
}

#[test]
fn the_whole_picture_is_no_crop() {
    let mut editor = Editor::new(SIZE, ReferenceEdit::default());
    editor.set_crop(Crop { x: 0, y: 0, width: 400, height: 300 });
    assert!(editor.edit().is_empty());
    editor.set_crop(Crop { x: 390, y: 0, width: 400, height: 10 });
    assert_eq!(editor.crop(), Crop { x: 390, y: 0, width: 10, height: 10 });
    editor.set_proportion(Proportion::Fixed(1.0));
    assert_eq!(editor.crop().size(), Size { width: 10, height: 10 });
}
