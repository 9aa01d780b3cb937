//! Properties of zoom and pan that a hand on the wheel relies on.

use egui::emath::{pos2, vec2};
use proptest::prelude::*;

use super::*;

fn pane() -> impl Strategy<Value = Pane> {
    (
        0.0..500.0_f32,
        0.0..500.0_f32,
        100.0..2000.0_f32,
        100.0..2000.0_f32,
        prop::sample::select(vec![1.0, 1.25, 1.5, 2.0]),
    )
        .prop_map(|(x, y, w, h, pixels_per_point)| Pane {
            rect: Rect::from_min_size(pos2(x, y), vec2(w, h)),
            pixels_per_point,
        })
}

fn picture() -> impl Strategy<Value = Vec2> {
    (16.0..6000.0_f32, 16.0..6000.0_f32).prop_map(|(w, h)| vec2(w.round(), h.round()))
}

fn inside(rect: Rect, part: Vec2) -> Pos2 {
    rect.min + rect.size() * part
}

fn part() -> impl Strategy<Value = Vec2> {
    (0.0..=1.0_f32, 0.0..=1.0_f32).prop_map(|(x, y)| vec2(x, y))
}

fn close(a: Vec2, b: Vec2, by: f32) -> bool {
    (a - b).length() <= by
}

proptest! {
    #[test]
    fn point_under_the_pointer_stays_when_zooming_in(
        pane in pane(), picture in picture(), centre in part(), at in part(), scale in 0.05..8.0_f32, factor in 1.0..4.0_f32,
    ) {
        let scale = scale.max(fit_scale(picture, pane) * BELOW_FIT);
        let view = View { zoom: Zoom::Scale(scale), centre: picture * centre };
        let shown = view.picture_rect(picture, pane).intersect(pane.rect);
        let at = inside(shown, at);
        let kept = view.picture_point(at, picture, pane);
        let zoomed = view.zoom_at(at, factor, picture, pane);
        prop_assert!(close(zoomed.picture_point(at, picture, pane), kept, 0.02 + picture.length() * 1e-5), "{view:?} {zoomed:?}");
    }

    #[test]
    fn zooming_in_and_out_again_changes_nothing(
        pane in pane(), picture in picture(), centre in part(), at in part(), scale in 0.3..8.0_f32, factor in 1.0..4.0_f32,
    ) {
        let view = View { zoom: Zoom::Scale(scale), centre: picture * centre };
        let at = inside(view.picture_rect(picture, pane).intersect(pane.rect), at);
        let back = view.zoom_at(at, factor, picture, pane).zoom_at(at, 1.0 / factor, picture, pane);
        prop_assert!(close(back.centre, view.centre, 0.05 + picture.length() * 1e-5), "{view:?} {back:?}");
        prop_assert!((back.scale(picture, pane) / scale - 1.0).abs() < 1e-4);
    }

    #[test]
    fn panning_back_is_the_inverse_and_the_picture_follows_the_pointer(
        pane in pane(), picture in picture(), scale in 0.3..8.0_f32, delta in part(),
    ) {
        let view = View { zoom: Zoom::Scale(scale), centre: picture / 2.0 };
        // As far as the bounds allow.
        let delta = (delta - Vec2::splat(0.5)) * picture * (scale / pane.pixels_per_point) * 0.99;
        let moved = view.pan(delta, picture, pane);
        let by = moved.picture_rect(picture, pane).min - view.picture_rect(picture, pane).min;
        prop_assert!(close(by, delta, 0.05 + delta.length() * 1e-3), "{by:?} {delta:?}");
        prop_assert!(close(moved.pan(-delta, picture, pane).centre, view.centre, 0.05 + picture.length() * 1e-5));
    }

    #[test]
    fn one_picture_pixel_is_one_screen_pixel_at_a_hundred_percent(pane in pane(), picture in picture(), at in part()) {
        let view = View::default().zoom_to(inside(pane.rect, at), 1.0, picture, pane);
        let size = view.picture_rect(picture, pane).size() * pane.pixels_per_point;
        prop_assert!(close(size, picture, 0.01));
        prop_assert_eq!(view.percent(picture, pane), 100.0);
    }

    #[test]
    fn picture_is_never_lost(
        pane in pane(), picture in picture(), moves in prop::collection::vec((part(), -2000.0..2000.0_f32, 0.01..100.0_f32), 0..12),
    ) {
        let mut view = View::default();
        for (at, delta, factor) in moves {
            view = view.zoom_at(inside(pane.rect, at), factor, picture, pane).pan(vec2(delta, -delta), picture, pane);
            let rect = view.picture_rect(picture, pane);
            prop_assert!(rect.expand(0.1 + rect.size().length() * 1e-5).contains(pane.rect.center()), "{view:?}");
        }
    }

    #[test]
    fn fitted_picture_lies_whole_and_centred_in_its_pane(pane in pane(), picture in picture()) {
        let rect = View::default().picture_rect(picture, pane);
        prop_assert!(pane.rect.expand(0.1).contains_rect(rect));
        prop_assert!(close(rect.center().to_vec2(), pane.rect.center().to_vec2(), 0.1));
    }

    #[test]
    fn linked_panes_show_the_same_part_of_pictures_of_different_sizes(
        a in pane(), b in pane(), small in picture(), large in picture(), centre in part(), scale in 0.3..8.0_f32,
    ) {
        let view = View { zoom: Zoom::Scale(scale), centre: small * centre };
        let linked = Linked::of(view, small, a);
        let back = linked.view(Vec2::ZERO, small, a);
        prop_assert!(close(back.middle(small), view.centre, 0.05));
        prop_assert!((back.scale(small, a) / scale - 1.0).abs() < 1e-4);
        let other = linked.view(Vec2::ZERO, large, b);
        prop_assert!(close(other.middle(large) / large, centre, 1e-3));
        prop_assert!((other.scale(large, b) / fit_scale(large, b) / linked.magnification - 1.0).abs() < 1e-4);
    }
}

proptest! {
    #[test]
    fn moving_linked_panes_of_different_sizes_keeps_them_together(
        pane in pane(), small in picture(), large in picture(),
        moves in prop::collection::vec((part(), -300.0..300.0_f32, 0.3..3.0_f32), 1..8),
    ) {
        // As compare does it: every move is made on one pane and read by the other.
        let mut view = View::default();
        for (at, delta, factor) in moves {
            view = view.zoom_at(inside(pane.rect, at), factor, small, pane).pan(vec2(delta, delta), small, pane);
            let other = Linked::of(view, small, pane).view(Vec2::ZERO, large, pane);
            prop_assert!(close(view.middle(small) / small, other.middle(large) / large, 1e-3));
            let beside_fit = |view: View, picture| view.scale(picture, pane) / fit_scale(picture, pane);
            prop_assert!((beside_fit(view, small) / beside_fit(other, large) - 1.0).abs() < 1e-3);
        }
    }

    #[test]
    fn click_shows_the_spot_at_a_hundred_percent_and_the_next_one_everything(
        pane in pane(), picture in picture(), at in part(),
    ) {
        let at = inside(View::default().picture_rect(picture, pane), at);
        let kept = View::default().picture_point(at, picture, pane);
        let close_up = View::default().toggled(at, picture, pane);
        prop_assert_eq!(close_up.zoom, Zoom::Scale(1.0));
        prop_assert!(close(close_up.picture_point(at, picture, pane), kept, 0.02 + picture.length() * 1e-5));
        prop_assert_eq!(close_up.toggled(at, picture, pane), View::default());
    }
}

const PANE: Pane = Pane { rect: Rect::from_min_max(Pos2::ZERO, pos2(500.0, 500.0)), pixels_per_point: 1.0 };

#[test]
fn steps_go_through_the_usual_percentages_and_stop_at_both_ends() {
    let picture = vec2(2000.0, 1000.0);
    let mut view = View::default();
    let mut seen = vec![view.percent(picture, PANE).round()];
    for _ in 0..20 {
        view = view.step_in(picture, PANE);
        seen.push(view.percent(picture, PANE).round());
    }
    assert_eq!(seen[..8], [25.0, 33.0, 50.0, 67.0, 100.0, 200.0, 300.0, 400.0]);
    assert_eq!(seen[20], 6400.0);
    for _ in 0..30 {
        view = view.step_out(picture, PANE);
    }
    assert_eq!(view.percent(picture, PANE), 6.25, "a quarter of fitted");
}

#[test]
fn small_picture_is_not_blown_up_to_fit_and_nonsense_never_divides_by_zero() {
    assert_eq!(fit_scale(vec2(100.0, 50.0), PANE), 1.0);
    for picture in [Vec2::ZERO, vec2(0.0, 10.0), Vec2::NAN] {
        assert_eq!(fit_scale(picture, PANE), 1.0);
    }
    let view = View::default().zoom_at(pos2(1.0, 1.0), f32::NAN, vec2(1000.0, 1000.0), PANE);
    assert_eq!(view.scale(vec2(1000.0, 1000.0), PANE), 0.5);
}

#[test]
fn offset_moves_one_linked_picture_against_the_others() {
    let picture = vec2(1000.0, 1000.0);
    let linked = Linked { magnification: 4.0, centre: Vec2::splat(0.5) };
    let rect = |offset| linked.view(offset, picture, PANE).picture_rect(picture, PANE);
    assert_eq!(rect(vec2(12.0, -4.0)).min - rect(Vec2::ZERO).min, vec2(24.0, -8.0));
}

#[test]
fn click_goes_up_to_a_hundred_percent_from_anything_smaller_and_back_from_anything_larger() {
    let picture = vec2(2000.0, 1000.0);
    for (scale, expected) in [(0.1, Zoom::Scale(1.0)), (0.9, Zoom::Scale(1.0)), (1.0, Zoom::Fit), (8.0, Zoom::Fit)] {
        let view = View { zoom: Zoom::Scale(scale), centre: picture / 2.0 };
        assert_eq!(view.toggled(pos2(250.0, 250.0), picture, PANE).zoom, expected, "{scale}");
    }
}

#[test]
fn percent_is_written_with_a_decimal_only_where_it_says_something() {
    for (scale, text) in [(0.382, "38\u{a0}%"), (0.0625, "6.2\u{a0}%"), (0.02, "2\u{a0}%"), (64.0, "6400\u{a0}%")] {
        let view = View { zoom: Zoom::Scale(scale), centre: Vec2::ZERO };
        assert_eq!(view.percent_text(vec2(2000.0, 1000.0), PANE), text);
    }
}
