//! Dialogs over the window.

use super::Cx;
use crate::engine::{Engine, Export};
use egui::Ui;

#[derive(Default)]
pub struct State;

impl State {
    /// Saves pictures elsewhere in the background.
    pub fn export(&mut self, _exports: Vec<Export>, _engine: &Engine) {}
}

pub fn dialogs_ui(_ui: &mut Ui, _cx: &mut Cx<'_>, _state: &mut super::State) {}
