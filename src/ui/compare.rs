//! Pictures side by side.

use super::Cx;
use egui::Ui;

#[derive(Default)]
pub struct State;

pub fn compare_ui(_ui: &mut Ui, _cx: &mut Cx<'_>, _state: &mut State) {}
