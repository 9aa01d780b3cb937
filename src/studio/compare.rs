//! Pictures side by side: which, how, and the view they share.

use super::view::View;
use crate::library::PictureId;

/// How pictures are compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum CompareMode {
    #[default]
    SideBySide,
    /// Two pictures, one over the other, with a movable edge.
    Wipe,
}

/// The comparison on the table.
#[derive(Clone, Debug, PartialEq)]
pub struct Compare {
    ids: Vec<PictureId>,
    active: usize,
    pub mode: CompareMode,
    /// Whether zoom and pan of one pane move all.
    pub linked: bool,
    /// Shared while linked; of the active pane otherwise.
    view: View,
    /// Per pane, while not linked.
    views: Vec<View>,
    /// Place of the wipe's edge, 0 (left) to 1 (right).
    pub wipe: f32,
    /// Show all rows of the table, not only those that differ.
    pub all_rows: bool,
}

impl Default for Compare {
    fn default() -> Self {
        Self {
            ids: Vec::new(),
            active: 0,
            mode: CompareMode::SideBySide,
            linked: true,
            view: View::default(),
            views: Vec::new(),
            wipe: 0.5,
            all_rows: false,
        }
    }
}

impl Compare {
    /// Panes at the most.
    pub const MAX: usize = 16;

    /// Puts up to sixteen pictures on the table, fitted; doubles are left out.
    pub fn set(&mut self, ids: impl IntoIterator<Item = PictureId>) {
        self.ids.clear();
        for id in ids {
            if self.ids.len() < Self::MAX && !self.ids.contains(&id) {
                self.ids.push(id);
            }
        }
        self.active = 0;
        self.view = View::default();
        self.views = vec![View::default(); self.ids.len()];
        if self.ids.len() != 2 {
            self.mode = CompareMode::SideBySide;
        }
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
        self.views.push(self.view);
        if self.ids.len() != 2 {
            self.mode = CompareMode::SideBySide;
        }
        true
    }

    /// Takes pictures off the table.
    pub fn remove(&mut self, gone: &[PictureId]) {
        let active = self.active().cloned();
        let mut views = std::mem::take(&mut self.views).into_iter();
        let mut kept = Vec::new();
        self.ids.retain(|id| {
            let view = views.next().unwrap_or_default();
            let stays = !gone.contains(id);
            if stays {
                kept.push(view);
            }
            stays
        });
        self.views = kept;
        let place = active.and_then(|active| self.ids.iter().position(|id| *id == active));
        self.active = place.unwrap_or(self.active.min(self.ids.len().saturating_sub(1)));
        if self.ids.len() != 2 {
            self.mode = CompareMode::SideBySide;
        }
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
        }
    }

    /// Moves the active frame `step` panes on, stopping at the ends.
    pub fn step(&mut self, step: isize) {
        self.activate(self.active.saturating_add_signed(step).min(self.ids.len().saturating_sub(1)));
    }

    /// Swaps the first two panes.
    pub fn swap(&mut self) {
        if self.ids.len() >= 2 {
            self.ids.swap(0, 1);
            self.views.swap(0, 1);
        }
    }

    /// Returns the view of a pane.
    pub fn view(&self, pane: usize) -> View {
        if self.linked { self.view } else { self.views.get(pane).copied().unwrap_or_default() }
    }

    /// Changes the view of a pane, and of all while linked.
    pub fn set_view(&mut self, pane: usize, view: View) {
        if self.linked {
            self.view = view;
        } else if let Some(own) = self.views.get_mut(pane) {
            *own = view;
        }
    }

    /// Links or unlinks. Unlinking leaves every pane where it is; linking takes the active pane's view for all.
    pub fn set_linked(&mut self, linked: bool) {
        if linked && !self.linked {
            self.view = self.view(self.active);
        } else if !linked && self.linked {
            self.views.fill(self.view);
        }
        self.linked = linked;
    }

    /// Returns columns and rows that show `count` panes largest in an area of this shape (width over height), for
    /// pictures of this shape.
    pub fn arrangement(count: usize, area: f32, picture: f32) -> (usize, usize) {
        let best = (1..=count.max(1)).map(|columns| {
            let rows = count.max(1).div_ceil(columns);
            let (width, height) = (area / columns as f32, 1.0 / rows as f32);
            // Height of the picture in its pane; the area's height is 1.
            let scale = height.min(width / picture.max(0.01));
            (columns, rows, scale)
        });
        let best = best.reduce(|best, next| if next.2 > best.2 * 1.001 { next } else { best });
        best.map_or((1, 1), |(columns, rows, _)| (columns, rows))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn the_wipe_is_for_two() {
        let mut compare = Compare::default();
        compare.set(ids(2));
        compare.mode = CompareMode::Wipe;
        compare.add(PictureId("x".into()));
        assert_eq!(compare.mode, CompareMode::SideBySide);
    }

    #[test]
    fn panes_are_arranged_so_that_pictures_are_largest() {
        assert_eq!(Compare::arrangement(2, 1.6, 1.0), (2, 1));
        assert_eq!(Compare::arrangement(2, 0.6, 1.0), (1, 2));
        assert_eq!(Compare::arrangement(4, 1.6, 1.0), (2, 2));
        assert_eq!(Compare::arrangement(3, 1.6, 0.5), (3, 1));
        assert_eq!(Compare::arrangement(16, 1.0, 1.0), (4, 4));
        assert_eq!(Compare::arrangement(0, 1.0, 1.0), (1, 1));
    }
}
