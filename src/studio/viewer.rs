//! What the viewer shows and how.
//!
//! Pure. Invariants: with the lock on, zoom and place are kept from picture to picture, so that one spot can be
//! flipped through; with it off every picture is shown whole. A turn belongs to its picture and to the view alone.

use super::turn::{Turn, TurnBy};
use super::view::View;
use super::{Screen, Studio};
use crate::library::PictureId;
use crate::picture::Format;
use egui::emath::Vec2;
use std::collections::HashMap;

/// What lies around a picture and under its transparent parts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Backdrop {
    /// The ground of the window around, squares under transparent parts.
    #[default]
    Checkerboard,
    Grey,
    Black,
    White,
}

impl Backdrop {
    pub const ALL: [Self; 4] = [Self::Checkerboard, Self::Grey, Self::Black, Self::White];

    /// Returns its name for menus.
    pub fn name(self) -> &'static str {
        match self {
            Self::Checkerboard => "Checkerboard",
            Self::Grey => "Neutral grey",
            Self::Black => "Black",
            Self::White => "White",
        }
    }

    /// Returns the next one, round and round.
    #[must_use]
    pub fn next(self) -> Self {
        match self {
            Self::Checkerboard => Self::Grey,
            Self::Grey => Self::Black,
            Self::Black => Self::White,
            Self::White => Self::Checkerboard,
        }
    }
}

/// How pictures are looked at, here and in compare; kept from session to session.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(default)]
pub struct Look {
    pub backdrop: Backdrop,
    /// Enlarged pixels flow into each other instead of being squares.
    pub smooth: bool,
    /// Lines between pixels where they are large.
    pub grid: bool,
    /// Zoom and place stay when the picture changes.
    pub locked: bool,
}

impl Default for Look {
    fn default() -> Self {
        Self { backdrop: Backdrop::default(), smooth: false, grid: true, locked: true }
    }
}

/// The viewer's own state; which picture it shows is the selection's active one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Viewer {
    pub view: View,
    shown: Option<PictureId>,
    /// As seen, in pixels, of the last picture whose size is known.
    size: Option<Vec2>,
    turns: HashMap<PictureId, Turn>,
    /// All of the text of the drawing is chosen, rows that are not seen included.
    pub source_chosen: bool,
    /// It is to be copied; whoever draws it does so.
    pub source_copied: bool,
}

impl Viewer {
    /// Notes which picture is shown now, and its size as seen in pixels; `None` when it has none. Keeps zoom and place
    /// when they are `locked`, and shows it whole otherwise.
    pub fn show(&mut self, id: &PictureId, size: Option<Vec2>, locked: bool) {
        if self.shown.as_ref() == Some(id) {
            return;
        }
        self.shown = Some(id.clone());
        self.source_chosen = false;
        let Some(size) = size else { return };
        self.view = match self.size {
            Some(before) if locked => self.view.carried(before, size),
            _ => View::default(),
        };
        self.size = Some(size);
    }

    /// Returns how a picture is turned.
    pub fn turn(&self, id: &PictureId) -> Turn {
        self.turns.get(id).copied().unwrap_or_default()
    }

    /// Turns a picture of this size (as its file has it); when it is the one that is shown, its middle stays.
    pub fn turn_by(&mut self, id: &PictureId, by: TurnBy, own: Vec2) {
        self.set_turn(id, self.turn(id).then(by), own);
    }

    /// The same with the turn that comes of it.
    pub fn set_turn(&mut self, id: &PictureId, after: Turn, own: Vec2) {
        let before = self.turn(id);
        if before == after {
            return;
        }
        if after.is_none() {
            self.turns.remove(id);
        } else {
            self.turns.insert(id.clone(), after);
        }
        if self.shown.as_ref() == Some(id) {
            self.view.centre = after.shown(before.own(self.view.centre, own), own);
            self.size = Some(after.size(own));
        }
    }
}

impl Studio {
    /// Says whether the text of a drawing stands in its place.
    pub fn shows_source(&self) -> bool {
        let is_drawing = |id| self.collection.picture(id).is_some_and(|picture| picture.format == Format::Svg);
        self.layout.source_open && self.screen == Screen::Viewer && self.selection.active().is_some_and(is_drawing)
    }
}

#[cfg(test)]
mod tests {
    use super::super::view::Zoom;
    use super::*;
    use egui::emath::vec2;

    fn id(text: &str) -> PictureId {
        PictureId(text.into())
    }

    const ZOOMED: View = View { zoom: Zoom::Scale(1.0), centre: vec2(10.0, 5.0) };

    #[test]
    fn a_lock_keeps_zoom_and_place_and_without_it_pictures_are_shown_whole() {
        let mut viewer = Viewer::default();
        viewer.show(&id("a"), Some(vec2(20.0, 20.0)), true);
        let halfway = View { centre: vec2(20.0, 2.5), ..ZOOMED };
        for (next, size, locked, expected) in [
            ("a", Some(vec2(20.0, 20.0)), false, ZOOMED),
            ("b", Some(vec2(20.0, 20.0)), true, ZOOMED),
            ("c", Some(vec2(40.0, 10.0)), true, halfway),
            // Damaged: nothing is known, nothing is lost.
            ("d", None, true, ZOOMED),
            ("e", Some(vec2(40.0, 10.0)), true, ZOOMED),
            ("f", Some(vec2(40.0, 10.0)), false, View::default()),
        ] {
            viewer.view = ZOOMED;
            viewer.show(&id(next), size, locked);
            assert_eq!(viewer.view, expected, "{next}");
        }
    }

    #[test]
    fn a_picture_keeps_its_turn_and_its_middle_stays_where_it_is() {
        let mut viewer = Viewer::default();
        let own = vec2(40.0, 20.0);
        viewer.show(&id("a"), Some(own), true);
        viewer.view = ZOOMED;
        viewer.turn_by(&id("a"), TurnBy::Right, own);
        assert_eq!(viewer.view.centre, vec2(15.0, 10.0));
        viewer.turn_by(&id("b"), TurnBy::Horizontally, own);
        assert_eq!(viewer.view.centre, vec2(15.0, 10.0), "another picture's turn moves nothing");
        viewer.turn_by(&id("a"), TurnBy::Left, own);
        assert_eq!((viewer.view, viewer.turn(&id("a"))), (ZOOMED, Turn::default()));
        assert!(!viewer.turn(&id("b")).is_none());
    }

    #[test]
    fn backdrops_go_round() {
        let mut seen = vec![Backdrop::default()];
        while let Some(last) = seen.last().copied().filter(|last| last.next() != Backdrop::default()) {
            seen.push(last.next());
        }
        assert_eq!(seen, Backdrop::ALL);
    }
}
