//! What the viewer shows and how.
//!
//! Pure. Invariant: a zoom the artist chose is kept from picture to picture of one pixel size, so that the same spot
//! can be flipped through; any other picture is shown whole.

use super::view::View;
use crate::library::PictureId;
use crate::picture::Size;

/// What lies under a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backdrop {
    /// Squares under transparent parts.
    #[default]
    Checkerboard,
    Plain,
}

impl Backdrop {
    /// Returns the other one.
    #[must_use]
    pub fn toggled(self) -> Self {
        match self {
            Self::Checkerboard => Self::Plain,
            Self::Plain => Self::Checkerboard,
        }
    }
}

/// The viewer's own state; which picture it shows is the selection's active one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Viewer {
    pub view: View,
    /// Under transparent parts, here and in compare.
    pub backdrop: Backdrop,
    shown: Option<(PictureId, Option<Size>)>,
}

impl Viewer {
    /// Notes which picture is shown now; fits it unless the one before was of the same size.
    pub fn show(&mut self, id: &PictureId, size: Option<Size>) {
        match &self.shown {
            Some((shown, _)) if shown == id => return,
            Some((_, before)) if size.is_some() && *before == size => {}
            _ => self.view = View::default(),
        }
        self.shown = Some((id.clone(), size));
    }
}

#[cfg(test)]
mod tests {
    use super::super::view::Zoom;
    use super::*;
    use egui::emath::Vec2;

    #[test]
    fn zoom_is_kept_among_pictures_of_one_size_and_others_are_fitted() {
        let size = |width| Some(Size { width, height: 10 });
        let id = |text: &str| PictureId(text.into());
        let zoomed = View { zoom: Zoom::Scale(1.0), centre: Vec2::splat(4.0) };
        let mut viewer = Viewer::default();
        viewer.show(&id("a"), size(20));
        for (next, size, expected) in [
            ("a", size(20), zoomed),
            ("b", size(20), zoomed),
            ("c", size(21), View::default()),
            ("d", None, View::default()),
            ("e", None, View::default()),
        ] {
            viewer.view = zoomed;
            viewer.show(&id(next), size);
            assert_eq!(viewer.view, expected, "{next}");
        }
    }
}
