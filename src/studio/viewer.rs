//! What the viewer shows and how.

use super::view::View;

/// What lies under a picture.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Backdrop {
    /// Squares under transparent parts.
    #[default]
    Checkerboard,
    Plain,
}

/// The viewer's own state; which picture it shows is the selection's active one.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Viewer {
    pub view: View,
    pub backdrop: Backdrop,
}
