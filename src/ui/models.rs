//! The model browser.

use super::Cx;
use egui::Ui;

pub fn models_ui(_ui: &mut Ui, _cx: &mut Cx<'_>) {}
