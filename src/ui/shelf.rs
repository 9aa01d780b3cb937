//! The right panel: what is owned, and the selected picture.

use super::Cx;
use egui::Ui;

pub fn shelf_ui(_ui: &mut Ui, _cx: &mut Cx<'_>) {}
