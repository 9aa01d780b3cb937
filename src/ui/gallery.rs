//! The grid of runs and tiles.

use super::Cx;
use crate::library::PictureId;
use egui::Ui;

#[derive(Default)]
pub struct State {
    reveal: Option<PictureId>,
}

impl State {
    /// Brings a picture into view at the next frame.
    pub fn reveal(&mut self, id: PictureId) {
        self.reveal = Some(id);
    }
}

pub fn gallery_ui(_ui: &mut Ui, _cx: &mut Cx<'_>, _state: &mut State) {}
