//! What stands in the place of a drawing that is too heavy to draw: the sentence, its source, another try.

use super::super::theme;
use super::super::widgets;
use super::{Scene, State, Textures, icons};
use egui::{Ui, UiBuilder};

pub(super) fn too_heavy_ui(ui: &mut Ui, textures: &mut Textures, scene: &Scene<'_>, state: &mut State, sentence: &str) {
    let rect = scene.clip.shrink(theme::PADDING.min(scene.clip.width() / 4.0));
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
        ui.set_clip_rect(scene.clip.intersect(ui.clip_rect()));
        if widgets::empty_state(ui, icons::IMAGE_BROKEN, sentence, Some("Try longer")) {
            textures.try_longer(scene.picture);
        }
    });
    let line = egui::Rect::from_min_max(egui::pos2(rect.left(), rect.bottom() - theme::FIELD * 2.0), rect.max);
    ui.scope_builder(UiBuilder::new().max_rect(line), |ui| {
        ui.vertical_centered(|ui| {
            let source = ui.button("Read its source").on_hover_text("Read the text of the drawing");
            state.wants_source |= source.clicked();
        });
    });
}
