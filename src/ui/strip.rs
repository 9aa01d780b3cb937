//! The bottom strip: what runs and waits.

use super::Cx;
use egui::Ui;

pub fn strip_ui(_ui: &mut Ui, _cx: &mut Cx<'_>) {}
