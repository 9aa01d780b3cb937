//! The left panel: what is asked.

use super::{Cx, references};
use egui::Ui;

#[derive(Default)]
pub struct State {
    pub focus_prompt: bool,
}

pub fn compose_ui(_ui: &mut Ui, _cx: &mut Cx<'_>, _state: &mut State, _references: &mut references::State) {}
