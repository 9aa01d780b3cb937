//! Where each picture lies: linked, unlinked, over each other, moved by hand.
//!
//! Pure. Pictures side by side and fitted are linked by the part that is seen ([`Linked`]); laid over each other, or
//! pixel on pixel, they share a frame and one view on it. Invariant: hands act on [`Compare::subject`] and need not know
//! which of the two it is.

use super::{Compare, CompareMode, Held};
use crate::picture::{Alignment, Placement, Size};
use crate::studio::view::{Pane, View, Zoom};
use egui::emath::{Vec2, vec2};

impl Compare {
    /// Notes the pixels of all pictures as they are seen, and one of the panes.
    pub fn learn(&mut self, sizes: Vec<Vec2>, pane: Pane) {
        self.sizes = sizes;
        self.pane = Some(pane);
    }

    /// Returns what the view of a pane with a picture of this size (pixels) is set on, in pixels: the picture, or the
    /// frame that all lie in.
    pub fn subject(&self, picture: Vec2) -> Vec2 {
        self.frame().map_or(picture, vec_of)
    }

    /// Returns the view on the subject; all panes are of one size.
    pub fn subject_view(&self, number: usize, picture: Vec2, pane: Pane) -> View {
        self.held(number).on(self.subject(picture), pane)
    }

    /// Changes the view of a pane, and of all while linked; `subject` is what it was set on.
    pub fn set_view(&mut self, number: usize, view: View, subject: Vec2) {
        let held = if self.linked() { Some(&mut self.shared) } else { self.own.get_mut(number) };
        if let Some(held) = held {
            *held = Held { view, picture: subject };
        }
    }

    /// Returns where a picture of this size (pixels) lies in its pane.
    pub fn view(&self, number: usize, picture: Vec2, pane: Pane) -> View {
        let view = self.subject_view(number, picture, pane);
        let offset = if self.linked() { self.offset(number) } else { Vec2::ZERO };
        let Some(frame) = self.frame() else {
            if offset == Vec2::ZERO {
                return view;
            }
            let zoom = Zoom::Scale(view.scale(picture, pane));
            return View { zoom, centre: view.middle(picture) - offset };
        };
        let (place, frame) = (self.how.alignment.place(size_of(picture), frame), vec_of(frame));
        if frame == picture && offset == Vec2::ZERO {
            return view;
        }
        let scale = view.scale(frame, pane) * place.scale as f32;
        View { zoom: Zoom::Scale(scale), centre: on_picture(view.middle(frame), place) - offset }
    }

    /// Moves one picture against the others by `delta` points.
    pub fn nudge(&mut self, number: usize, delta: Vec2, picture: Vec2, pane: Pane) {
        let scale = self.view(number, picture, pane).scale(picture, pane);
        if let Some(offset) = self.offsets.get_mut(number).filter(|_| scale > 0.0) {
            let moved = *offset + delta * (pane.pixels_per_point / scale);
            // No farther than its own size, so that it cannot be lost.
            *offset = moved.max(-picture).min(picture);
        }
    }

    /// Returns by how much a picture was moved against the others, in its own pixels.
    pub fn offset(&self, number: usize) -> Vec2 {
        self.offsets.get(number).copied().unwrap_or_default()
    }

    /// Says whether any picture was moved against the others.
    pub fn has_offsets(&self) -> bool {
        self.offsets.iter().any(|offset| *offset != Vec2::ZERO)
    }

    /// Puts all pictures back where they lay.
    pub fn reset_offsets(&mut self) {
        self.offsets.fill(Vec2::ZERO);
    }

    /// Returns the frame that pictures lie in, where they share one.
    fn frame(&self) -> Option<Size> {
        let alignment = self.how.alignment;
        let known = |number: &usize| self.sizes.get(*number).copied().map(size_of);
        let sizes: Vec<Size> = if self.how.mode == CompareMode::Blink {
            // All of them take turns.
            self.sizes.iter().copied().map(size_of).collect()
        } else if self.how.mode.is_stacked() {
            self.pair().iter().filter_map(known).collect()
        } else if self.how.linked && alignment != Alignment::Fit {
            self.sizes.iter().copied().map(size_of).collect()
        } else {
            return None;
        };
        (!sizes.is_empty()).then(|| alignment.frame(&sizes))
    }

    /// Returns the view on the frame that the pair lies in, and its size in pixels; `None` side by side.
    pub fn frame_view(&self, pane: Pane) -> Option<(View, Vec2)> {
        let frame = vec_of(self.frame().filter(|_| self.how.mode.is_stacked())?);
        Some((self.shared.on(frame, pane), frame))
    }

    /// Returns by how much each of the pair was moved, in frame pixels.
    pub fn frame_offsets(&self) -> Option<[Vec2; 2]> {
        let frame = self.frame().filter(|_| self.how.mode.is_stacked())?;
        let [first, second] = self.pair().map(|number| {
            let size = self.sizes.get(number).copied()?;
            Some(self.offset(number) * self.how.alignment.place(size_of(size), frame).scale as f32)
        });
        Some([first?, second?])
    }

    fn held(&self, number: usize) -> Held {
        let held = if self.linked() { Some(&self.shared) } else { self.own.get(number) };
        held.copied().unwrap_or_default()
    }

    /// Gives every pane its own view: where it is.
    pub(super) fn part(&mut self) {
        let now = |number: usize| {
            let (size, pane) = (self.sizes.get(number).copied()?, self.pane?);
            Some(Held { view: self.view(number, size, pane), picture: size })
        };
        self.own = (0..self.ids.len()).map(|number| now(number).unwrap_or(self.shared)).collect();
    }

    /// Takes the active pane's own view for all.
    pub(super) fn share_active(&mut self) {
        let held = self.own.get(self.active).copied().unwrap_or_default();
        let offset = self.offset(self.active);
        // As it will be, so that the frame is that of linked panes.
        self.how.linked = true;
        let centre = held.view.centre + offset;
        self.shared = Held { view: View { centre, ..held.view }, ..held };
        if let (Some(frame), Zoom::Scale(scale)) = (self.frame(), held.view.zoom) {
            let place = self.how.alignment.place(size_of(held.picture), frame);
            let at = place.to_frame([centre.x, centre.y].map(f64::from)).map(|side| side as f32);
            let view = View { zoom: Zoom::Scale(scale / place.scale as f32), centre: vec2(at[0], at[1]) };
            self.shared = Held { view, picture: vec_of(frame) };
        }
    }
}

fn vec_of(size: Size) -> Vec2 {
    vec2(size.width as f32, size.height as f32)
}

fn size_of(picture: Vec2) -> Size {
    let side = |side: f32| (side.round() as u32).max(1);
    Size { width: side(picture.x), height: side(picture.y) }
}

fn on_picture(frame: Vec2, place: Placement) -> Vec2 {
    let at = place.to_picture([frame.x, frame.y].map(f64::from)).map(|side| side as f32);
    vec2(at[0], at[1])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::PictureId;
    use egui::emath::{Pos2, Rect, pos2};
    use proptest::prelude::*;

    const ALIGNMENTS: [Alignment; 3] = [Alignment::Fit, Alignment::Centre, Alignment::Corner];
    const PANE: Pane = Pane { rect: Rect::from_min_max(pos2(20.0, 10.0), pos2(720.0, 510.0)), pixels_per_point: 1.25 };

    fn compare(sizes: &[Vec2], mode: CompareMode, alignment: Alignment) -> Compare {
        let mut compare = Compare::default();
        compare.set((0..sizes.len()).map(|number| PictureId(number.to_string())));
        compare.how.alignment = alignment;
        compare.set_mode(mode);
        compare.learn(sizes.to_vec(), PANE);
        compare
    }

    /// Where a point of a picture, as a part of its sides, is on screen.
    fn seen(compare: &Compare, number: usize, part: Vec2) -> Pos2 {
        let size = compare.sizes[number];
        let rect = compare.view(number, size, PANE).picture_rect(size, PANE);
        rect.min + rect.size() * part
    }

    fn zoomed(compare: &mut Compare, number: usize, at: Pos2, factor: f32) {
        let size = compare.sizes[number];
        let (subject, view) = (compare.subject(size), compare.subject_view(number, size, PANE));
        compare.set_view(number, view.zoom_at(at, factor, subject, PANE), subject);
    }

    #[test]
    fn fitted_pictures_over_each_other_fill_the_same_box() {
        let sizes = [vec2(400.0, 300.0), vec2(1600.0, 1200.0)];
        let compare = compare(&sizes, CompareMode::Overlay, Alignment::Fit);
        for corner in [Vec2::ZERO, vec2(1.0, 1.0)] {
            assert!((seen(&compare, 0, corner) - seen(&compare, 1, corner)).length() < 1e-3);
        }
        assert_eq!(compare.view(1, sizes[1], PANE), View::default(), "the larger one is the frame");
    }

    #[test]
    fn pixel_on_pixel_both_have_one_scale_and_share_middle_or_corner() {
        let sizes = [vec2(400.0, 300.0), vec2(1600.0, 900.0)];
        for mode in [CompareMode::Wipe, CompareMode::SideBySide] {
            for (alignment, part) in [(Alignment::Centre, vec2(0.5, 0.5)), (Alignment::Corner, Vec2::ZERO)] {
                let mut compare = compare(&sizes, mode, alignment);
                zoomed(&mut compare, 0, pos2(200.0, 180.0), 3.0);
                let scales = [0, 1].map(|number| compare.view(number, sizes[number], PANE).scale(sizes[number], PANE));
                assert_eq!(scales[0], scales[1]);
                assert!((seen(&compare, 0, part) - seen(&compare, 1, part)).length() < 1e-2, "{mode:?} {alignment:?}");
            }
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn zooming_at_the_pointer_keeps_what_is_under_it_in_every_mode(
            sides in prop::collection::vec((50.0..3000.0_f32, 50.0..3000.0_f32), 2..5),
            mode in 0_usize..5, alignment in 0_usize..3, which in 0_usize..2,
            x in 0.35..0.65_f32, y in 0.35..0.65_f32, factor in 1.05..4.0_f32, nudge in -40.0..40.0_f32,
        ) {
            let sizes: Vec<Vec2> = sides.iter().map(|(x, y)| vec2(x.round(), y.round())).collect();
            let mut compare = compare(&sizes, CompareMode::ALL[mode], ALIGNMENTS[alignment]);
            zoomed(&mut compare, 0, PANE.rect.center(), 1.5);
            compare.nudge(1, vec2(nudge, -nudge / 2.0), sizes[1], PANE);
            let at = PANE.rect.min + PANE.rect.size() * vec2(x, y);
            let under = |compare: &Compare, number: usize| {
                compare.view(number, sizes[number], PANE).picture_point(at, sizes[number], PANE)
            };
            let before = under(&compare, which);
            let (subject, old) = (compare.subject(sizes[which]), compare.subject_view(which, sizes[which], PANE));
            let new = old.zoom_at(at, factor, subject, PANE);
            // At the picture's edge the middle of the pane is kept on it instead.
            let is_free = new.centre.min_elem() > 0.0 && (subject - new.centre).min_elem() > 0.0;
            prop_assume!(is_free);
            compare.set_view(which, new, subject);
            let off = (under(&compare, which) - before).length();
            prop_assert!(off <= 0.01 * sizes[which].max_elem().max(1.0) / 10.0, "{} pixels", off);
        }

        #[test]
        fn a_picture_moved_alone_keeps_its_distance_while_all_are_zoomed_and_panned(
            mode in 0_usize..5, alignment in 0_usize..3, dx in -60.0..60.0_f32, dy in -60.0..60.0_f32,
            factor in 0.5..3.0_f32, pan in -50.0..50.0_f32,
        ) {
            let sizes = [vec2(800.0, 600.0), vec2(1200.0, 900.0), vec2(500.0, 700.0)];
            let mut compare = compare(&sizes, CompareMode::ALL[mode], ALIGNMENTS[alignment]);
            zoomed(&mut compare, 0, PANE.rect.center(), 2.0);
            let before = [seen(&compare, 0, vec2(0.5, 0.5)), seen(&compare, 1, vec2(0.5, 0.5))];
            compare.nudge(1, vec2(dx, dy), sizes[1], PANE);
            prop_assert!((seen(&compare, 1, vec2(0.5, 0.5)) - before[1] - vec2(dx, dy)).length() < 0.05, "it follows the hand");
            prop_assert_eq!(seen(&compare, 0, vec2(0.5, 0.5)), before[0], "and it alone");
            let offset = compare.offset(1);
            zoomed(&mut compare, 0, PANE.rect.center() + vec2(30.0, -20.0), factor);
            let subject = compare.subject(sizes[0]);
            let view = compare.subject_view(0, sizes[0], PANE).pan(vec2(pan, pan), subject, PANE);
            compare.set_view(0, view, subject);
            prop_assert_eq!(compare.offset(1), offset);
            let moved = compare.view(1, sizes[1], PANE);
            compare.reset_offsets();
            prop_assert!(!compare.has_offsets());
            let home = compare.view(1, sizes[1], PANE);
            prop_assert!((home.middle(sizes[1]) - moved.middle(sizes[1]) - offset).length() < 0.05);
        }

        #[test]
        fn parting_leaves_every_pane_where_it_is_and_linking_keeps_the_active_one(
            alignment in 0_usize..3, factor in 1.1..4.0_f32, x in 0.3..0.7_f32, active in 0_usize..3,
        ) {
            let sizes = [vec2(800.0, 600.0), vec2(1200.0, 500.0), vec2(500.0, 700.0)];
            let mut compare = compare(&sizes, CompareMode::SideBySide, ALIGNMENTS[alignment]);
            zoomed(&mut compare, 0, PANE.rect.min + PANE.rect.size() * vec2(x, 0.5), factor);
            compare.nudge(1, vec2(7.0, 9.0), sizes[1], PANE);
            let all = |compare: &Compare| [0, 1, 2].map(|number| seen(compare, number, vec2(0.3, 0.3)));
            let before = all(&compare);
            compare.activate(active);
            compare.set_linked(false);
            for (before, after) in before.iter().zip(all(&compare)) {
                prop_assert!((after - *before).length() < 0.1, "{:?} {:?}", before, after);
            }
            compare.set_linked(true);
            let after = all(&compare);
            prop_assert!((after[active] - before[active]).length() < 0.3, "{:?} {:?}", before, after);
        }
    }
}
