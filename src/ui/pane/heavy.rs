//! What stands in the place of a drawing that is too heavy to draw: the sentence, its source, another try.

use super::super::theme;
use super::super::widgets;
use super::{Scene, State, Textures, icons};
use egui::{Rect, Ui, UiBuilder, pos2};

/// From the middle of the pane to the second button, points.
const BELOW: f32 = 76.0;

pub(super) fn too_heavy_ui(ui: &mut Ui, textures: &mut Textures, scene: &Scene<'_>, state: &mut State, sentence: &str) {
    let rect = scene.clip.shrink(theme::PADDING.min(scene.clip.width() / 4.0));
    ui.scope_builder(UiBuilder::new().max_rect(rect), |ui| {
        ui.set_clip_rect(scene.clip.intersect(ui.clip_rect()));
        if widgets::empty_state(ui, icons::IMAGE_BROKEN, sentence, Some("Try longer")) {
            textures.try_longer(scene.picture);
        }
    });
    // Under the other button, whatever room there is.
    let top = (rect.center().y + BELOW).min(rect.bottom() - theme::FIELD);
    let line = Rect::from_min_max(pos2(rect.left(), top), rect.max);
    ui.scope_builder(UiBuilder::new().max_rect(line), |ui| {
        ui.vertical_centered(|ui| {
            let source = widgets::button(ui, None, "Read its source").on_hover_text("Read the text of the drawing");
            state.wants_source |= source.clicked();
        });
    });
}
