//! Pictures side by side or over each other: which, how, and the view they share.
//!
//! Pure. A view is held together with the size of what it was set on: a picture, or the frame that pictures of different
//! sizes are laid into ([`crate::picture::Alignment`]). Hands and keys act on that ([`Compare::subject`]); where a picture lies follows
//! from it ([`Compare::view`]). Invariant: there are as many views and offsets as pictures.

mod cull;
mod lay;
mod mode;
mod pair;
mod table;

use super::view::{Linked, Pane, View};
use crate::library::PictureId;
use egui::emath::Vec2;

use cull::Cull;
pub use cull::{Decision, Why};
pub use mode::{Blink, CompareMode, How, Wipe};
pub use pair::{Laid, Layer};
pub use table::{excerpt, shown_rows};

/// Pictures that are this much as large as others are about as large.
const MUCH_THE_SAME: f32 = 0.9;

/// The comparison on the table.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Compare {
    ids: Vec<PictureId>,
    active: usize,
    /// The mode is changed by [`Compare::set_mode`], the link by [`Compare::set_linked`].
    pub how: How,
    pub blink: Blink,
    /// Of all panes while linked.
    shared: Held,
    /// Per pane, while not linked.
    own: Vec<Held>,
    /// By how much each picture was moved against the others, in its own pixels.
    offsets: Vec<Vec2>,
    /// Pixels of each picture as it is seen, as far as told.
    sizes: Vec<Vec2>,
    /// One of the panes, all of which are of one size.
    pane: Option<Pane>,
    cull: Cull,
    laid: Laid,
}

/// A picture and what is held of its pane.
#[derive(Clone, Debug, PartialEq)]
struct Seat {
    id: PictureId,
    own: Held,
    offset: Vec2,
}

impl Seat {
    fn new(id: PictureId) -> Self {
        Self { id, own: Held::default(), offset: Vec2::ZERO }
    }
}

/// A view and the size of what it was set on, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Held {
    view: View,
    picture: Vec2,
}

impl Held {
    /// The same part for a picture of another size.
    fn on(self, picture: Vec2, pane: Pane) -> View {
        if self.picture == picture {
            self.view
        } else {
            Linked::of(self.view, self.picture, pane).view(Vec2::ZERO, picture, pane)
        }
    }
}

impl Compare {
    /// Panes at the most.
    pub const MAX: usize = 16;

    /// Puts up to sixteen pictures on the table, fitted; doubles are left out.
    pub fn set(&mut self, ids: impl IntoIterator<Item = PictureId>) {
        self.ids.clear();
        let mut waiting = Vec::new();
        for id in ids {
            if self.ids.contains(&id) {
                continue;
            }
            if self.ids.len() < Self::MAX { self.ids.push(id) } else { waiting.push(id) }
        }
        self.cull = Cull::new(waiting);
        self.laid = Laid::default();
        self.active = 0;
        self.blink = Blink::default();
        self.shared = Held::default();
        self.own = vec![Held::default(); self.ids.len()];
        self.offsets = vec![Vec2::ZERO; self.ids.len()];
        self.sizes.clear();
        self.set_mode(self.how.mode);
    }

    /// Adds one more; says whether there was room.
    pub fn add(&mut self, id: PictureId) -> bool {
        if self.ids.contains(&id) {
            return true;
        }
        if self.ids.len() >= Self::MAX {
            return false;
        }
        self.ids.push(id);
        self.own.push(Held::default());
        self.offsets.push(Vec2::ZERO);
        self.set_mode(self.how.mode);
        true
    }

    /// Takes pictures off the table.
    pub fn remove(&mut self, gone: &[PictureId]) {
        self.cull.forget(gone);
        let [active, upper] = [self.active, self.cull.challenger].map(|place| self.ids.get(place).cloned());
        let stays: Vec<bool> = self.ids.iter().map(|id| !gone.contains(id)).collect();
        keep(&mut self.ids, &stays);
        keep(&mut self.own, &stays);
        keep(&mut self.offsets, &stays);
        self.sizes.clear();
        let place = |id: Option<PictureId>| id.and_then(|id| self.ids.iter().position(|known| *known == id));
        let (active, upper) = (place(active), place(upper));
        self.active = active.unwrap_or(self.active.min(self.ids.len().saturating_sub(1)));
        self.cull.challenger = upper.filter(|upper| *upper > 0).unwrap_or(1);
        self.set_mode(self.how.mode);
    }

    /// Returns the pictures in the order of their panes.
    pub fn ids(&self) -> &[PictureId] {
        &self.ids
    }

    /// Returns the picture in the active pane.
    pub fn active(&self) -> Option<&PictureId> {
        self.ids.get(self.active)
    }

    /// Returns the number of the active pane.
    pub fn active_pane(&self) -> usize {
        self.active
    }

    /// Makes a pane the active one.
    pub fn activate(&mut self, pane: usize) {
        if pane < self.ids.len() {
            self.active = pane;
            if pane > 0 {
                self.cull.challenger = pane;
            }
            self.lay_active();
        }
    }

    /// Moves the active frame `step` panes on: one, or a whole row. It stays where there is no pane; from a full row
    /// above a shorter last one it goes to the last pane.
    pub fn step(&mut self, step: isize) {
        if self.how.mode == CompareMode::Champion {
            return self.challenge(step);
        }
        let last = self.ids.len().saturating_sub(1);
        let Some(to) = self.active.checked_add_signed(step) else { return };
        let row = step.unsigned_abs().max(1);
        let is_lower_row = self.active / row < last / row;
        if to <= last || (row > 1 && is_lower_row) {
            self.activate(to.min(last));
        }
    }

    /// Exchanges the two pictures laid over each other, side by side the first two; the active picture stays the active
    /// one.
    pub fn swap(&mut self) {
        if self.how.mode.is_stacked() {
            return self.swap_layers();
        }
        if self.ids.len() > 1 {
            self.ids.swap(0, 1);
            self.own.swap(0, 1);
            self.offsets.swap(0, 1);
            self.sizes.clear();
            self.active = match self.active {
                0 => 1,
                1 => 0,
                active => active,
            };
        }
    }

    /// Takes a picture off the table, with what is held of it.
    fn lift(&mut self, place: usize) -> Option<Seat> {
        let is_there = [self.ids.len(), self.own.len(), self.offsets.len()].iter().all(|length| place < *length);
        self.sizes.clear();
        is_there.then(|| Seat {
            id: self.ids.remove(place),
            own: self.own.remove(place),
            offset: self.offsets.remove(place),
        })
    }

    /// Lays one down before the one at this place.
    fn lay(&mut self, place: usize, seat: Seat) {
        self.ids.insert(place, seat.id);
        self.own.insert(place, seat.own);
        self.offsets.insert(place, seat.offset);
        self.sizes.clear();
    }

    /// Returns how the pictures are shown.
    pub fn mode(&self) -> CompareMode {
        self.how.mode
    }

    /// Shows the pictures another way. What shares one place has one view: that of the active pane, where panes had
    /// their own.
    pub fn set_mode(&mut self, mode: CompareMode) {
        if mode.is_stacked() && !self.how.mode.is_stacked() && !self.how.linked {
            self.share_active();
            self.how.linked = false;
        }
        if self.how.mode != mode {
            self.blink = Blink::default();
        }
        self.how.mode = mode;
        if mode == CompareMode::Champion {
            self.laid = Laid::default();
            if self.active == 0 {
                // Keys are about the challenger.
                self.active = self.challenger().unwrap_or(0);
            }
        }
    }

    /// Says whether zoom and pan of one pane move all.
    pub fn linked(&self) -> bool {
        self.how.linked || self.how.mode.is_stacked()
    }

    /// Links or unlinks panes side by side. Unlinking leaves every pane where it is, linking takes the active pane's
    /// view for all.
    pub fn set_linked(&mut self, linked: bool) {
        if self.how.mode.is_stacked() || linked == self.how.linked {
            return;
        }
        if linked {
            self.share_active();
        } else {
            self.part();
        }
        self.how.linked = linked;
    }

    /// Returns columns and rows that show `count` pictures of this shape (width over height) largest in an area, where
    /// `line` is the height that each pane needs beside its picture. Of about the same, the one that
    /// is more square and has fewer empty panes.
    pub fn arrangement(count: usize, area: Vec2, line: f32, shape: f32) -> (usize, usize) {
        let count = count.max(1);
        let shape = if shape.is_finite() && shape > 0.0 { shape } else { 1.0 };
        let rows = |columns: usize| count.div_ceil(columns);
        let empty = |columns: usize| columns * rows(columns) - count;
        let score = |columns: usize| {
            let height = (area.y / rows(columns) as f32 - line).max(1.0).min(area.x / columns as f32 / shape);
            height * (1.0 - 0.04 * empty(columns) as f32)
        };
        let better = |best: usize, next: usize| if score(next) > score(best) * 1.001 { next } else { best };
        let largest = (1..=count).reduce(better).unwrap_or(1);
        let uneven = |columns: usize| columns.abs_diff(rows(columns)) + 2 * empty(columns);
        let evener = |best: usize, next: usize| if uneven(next) < uneven(best) { next } else { best };
        let about = |columns: &usize| score(*columns) >= score(largest) * MUCH_THE_SAME;
        let columns = (1..=count).filter(about).fold(largest, evener);
        (columns, rows(columns))
    }
}

/// Keeps the marked items.
fn keep<T>(items: &mut Vec<T>, stays: &[bool]) {
    let mut stays = stays.iter();
    items.retain(|_| stays.next().copied().unwrap_or(false));
}

#[cfg(test)]
mod tests {
    use super::super::view::Zoom;
    use super::*;
    use egui::emath::{Pos2, Rect, pos2, vec2};

    fn ids(n: usize) -> Vec<PictureId> {
        (0..n).map(|n| PictureId(n.to_string())).collect()
    }

    #[test]
    fn sixteen_fit_and_a_seventeenth_is_refused() {
        let mut compare = Compare::default();
        compare.set(ids(20));
        assert_eq!(compare.ids().len(), 16);
        assert!(!compare.add(PictureId("x".into())));
        assert!(compare.add(PictureId("3".into())), "one that is there already is fine");
    }

    #[test]
    fn removing_keeps_the_active_picture_or_its_place() {
        let mut compare = Compare::default();
        compare.set(ids(4));
        compare.activate(2);
        compare.remove(&ids(1));
        assert_eq!(compare.active(), Some(&PictureId("2".into())));
        compare.remove(&[PictureId("2".into())]);
        assert_eq!(compare.active(), Some(&PictureId("3".into())));
        compare.remove(&ids(4));
        assert_eq!(compare.active(), None);
    }

    #[test]
    fn what_shares_one_place_has_one_view_and_panes_get_theirs_back() {
        let mut compare = Compare::default();
        compare.set(ids(3));
        compare.set_linked(false);
        let view = View { zoom: Zoom::Scale(2.0), centre: SMALL / 3.0 };
        compare.set_view(1, view, SMALL);
        compare.activate(1);
        compare.set_mode(CompareMode::Wipe);
        assert!(compare.linked());
        assert_eq!(compare.view(0, SMALL, PANE), view, "the active pane's");
        compare.set_linked(true);
        compare.set_mode(CompareMode::SideBySide);
        assert!(!compare.linked(), "the link is for panes");
        assert_eq!((compare.view(0, SMALL, PANE), compare.view(1, SMALL, PANE)), (View::default(), view));
    }

    #[test]
    fn the_first_is_compared_with_whichever_other_was_active_last() {
        let mut compare = Compare::default();
        compare.set(ids(4));
        compare.set_mode(CompareMode::Overlay);
        assert_eq!(compare.pair(), [0, 1]);
        compare.activate(2);
        compare.activate(0);
        assert_eq!((compare.pair(), compare.active_pane()), ([0, 2], 0));
        compare.swap();
        assert_eq!((compare.pair(), compare.active_pane()), ([2, 0], 0), "the active picture stays the active one");
        assert_eq!(compare.ids(), ids(4), "and so do the places of all");
        compare.remove(&[PictureId("1".into())]);
        assert_eq!(compare.pair(), [1, 0], "the pair stays together");
        compare.remove(&[PictureId("0".into())]);
        assert_eq!(compare.pair(), [0, 1], "another takes its place");
    }

    const PANE: Pane = Pane { rect: Rect::from_min_max(Pos2::ZERO, pos2(500.0, 500.0)), pixels_per_point: 1.0 };
    const SMALL: Vec2 = Vec2::new(1000.0, 1000.0);
    const LARGE: Vec2 = Vec2::new(4000.0, 2000.0);

    #[test]
    fn linked_panes_of_different_sizes_show_the_same_part_and_unlinked_ones_stay() {
        let mut compare = Compare::default();
        compare.set(ids(3));
        let view = View { zoom: Zoom::Scale(1.0), centre: SMALL * vec2(0.25, 0.75) };
        compare.set_view(0, view, SMALL);
        assert_eq!(compare.view(1, SMALL, PANE), view, "to the bit where the sizes are the same");
        let other = compare.view(2, LARGE, PANE);
        assert_eq!(other.centre, LARGE * vec2(0.25, 0.75));
        // Twice as large as fitted, both.
        assert_eq!(other.zoom, Zoom::Scale(0.25));

        compare.set_linked(false);
        compare.set_view(1, View::default(), SMALL);
        assert_eq!((compare.view(0, SMALL, PANE), compare.view(2, LARGE, PANE)), (view, other));
        compare.activate(2);
        compare.set_view(2, View { zoom: Zoom::Scale(0.5), centre: LARGE / 2.0 }, LARGE);
        compare.set_linked(true);
        assert_eq!(compare.view(0, SMALL, PANE).zoom, Zoom::Scale(2.0), "the active pane's view is taken for all");
    }

    #[test]
    fn a_pane_keeps_its_own_view_when_another_is_removed_or_swapped() {
        let mut compare = Compare::default();
        compare.set(ids(3));
        compare.set_linked(false);
        let view = View { zoom: Zoom::Scale(3.0), centre: SMALL / 4.0 };
        compare.set_view(1, view, SMALL);
        compare.activate(1);
        compare.swap();
        assert_eq!((compare.view(0, SMALL, PANE), compare.active_pane()), (view, 0));
        compare.remove(&[PictureId("0".into())]);
        assert_eq!((compare.ids().len(), compare.view(0, SMALL, PANE)), (2, view));
    }

    #[test]
    fn the_active_frame_walks_by_panes_and_by_rows() {
        let mut compare = Compare::default();
        compare.set(ids(5));
        // 0 1 2
        // 3 4
        for (from, step, to) in
            [(0, 1, 1), (0, -1, 0), (4, 1, 4), (0, 3, 3), (2, 3, 4), (4, 3, 4), (1, -3, 1), (4, -3, 1), (2, 1, 3)]
        {
            compare.activate(from);
            compare.step(step);
            assert_eq!(compare.active_pane(), to, "{from} {step:+}");
        }
    }

    #[test]
    fn panes_are_arranged_so_that_pictures_are_largest() {
        for (count, area, shape, expected) in [
            (2, vec2(1280.0, 560.0), 1.5, (2, 1)),
            (2, vec2(600.0, 1000.0), 1.0, (1, 2)),
            (3, vec2(1280.0, 530.0), 1.5, (3, 1)),
            (3, vec2(900.0, 600.0), 0.5, (3, 1)),
            (4, vec2(1280.0, 700.0), 1.0, (2, 2)),
            // One row would show them a little larger.
            (4, vec2(1280.0, 480.0), 1.5, (2, 2)),
            (4, vec2(1280.0, 400.0), 1.5, (4, 1)),
            (4, vec2(480.0, 1150.0), 1.0, (2, 2)),
            (6, vec2(1280.0, 430.0), 1.5, (3, 2)),
            (8, vec2(1280.0, 700.0), 1.5, (4, 2)),
            (9, vec2(1280.0, 900.0), 1.5, (3, 3)),
            (16, vec2(1000.0, 1000.0), 1.0, (4, 4)),
            (5, vec2(1280.0, 600.0), 1.0, (3, 2)),
            (0, vec2(1280.0, 600.0), 1.0, (1, 1)),
            (2, vec2(0.0, 0.0), f32::NAN, (1, 2)),
        ] {
            assert_eq!(Compare::arrangement(count, area, 28.0, shape), expected, "{count} in {area:?}");
        }
    }
}
