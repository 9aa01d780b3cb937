//! The top bar: where requests go, which view, what was spent, the panels.

use super::Cx;
use crate::engine::Engine;
use crate::library::PictureId;
use crate::studio::Studio;
use egui::Ui;

#[derive(Default)]
pub struct State;

impl State {
    /// Offers a picture's pixels to other programs.
    pub fn copy_picture(&mut self, _id: &PictureId, _studio: &Studio, _engine: &Engine) {}

    /// Shows a picture's folder.
    pub fn open_folder(&mut self, _id: &PictureId, _studio: &Studio, _engine: &Engine) {}

    /// Says how it went.
    pub fn poll(&mut self, _cx: &mut Cx<'_>) {}
}

pub fn top_ui(_ui: &mut Ui, _cx: &mut Cx<'_>, _state: &mut State) {}
