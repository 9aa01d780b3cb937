//! What marks a tile as a stack: how many pictures it stands for, and the way to open it.

use super::super::theme::{self, Type, tokens};
use super::super::widgets::{focus_ring, line_of, place, tooltip};
use super::Scene;
use crate::library::RunId;
use crate::studio::{Action, Command, keys_of};
use egui::{Align2, Rect, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

/// Width that the count takes at the upper left, points.
pub(super) const TAKEN: f32 = 30.0;

/// Draws the count at the upper left; pressing it opens the stack.
pub(super) fn badge_ui(ui: &mut Ui, scene: &mut Scene<'_>, tile: Rect, run: &RunId, count: u32) {
    let t = tokens(ui);
    // The edges of the pictures below.
    for (step, depth) in [(2.0_f32, 0.5_f32), (4.0, 0.25)] {
        let behind = tile.translate(vec2(0.0, step)).shrink2(vec2(step, 0.0));
        let stroke = Stroke::new(1.0, t.soft.gamma_multiply(depth));
        let under = Rect::from_min_max(egui::pos2(behind.left(), tile.bottom() - 2.0), behind.max);
        ui.painter().with_clip_rect(under.expand(2.0)).rect_stroke(behind, theme::RADIUS, stroke, StrokeKind::Inside);
    }
    let words = line_of(ui, &count.to_string(), Type::Badge.font(), t.on_picture, 60.0);
    let size = vec2((words.size().x + 14.0).max(22.0), 20.0);
    let rect = Rect::from_min_size(tile.left_top() + vec2(6.0, 6.0), size);
    let response = ui.interact(rect, ui.scope_id().with(("stack", &run.0)), Sense::click());
    let name = format!("Open the stack of {count}");
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name.as_str()));
    ui.painter().rect_filled(
        rect,
        theme::RADIUS,
        if response.hovered() { t.shade } else { t.shade.gamma_multiply(0.75) },
    );
    place(ui, words, rect.center(), Align2::CENTER_CENTER);
    focus_ring(ui, &response, rect, theme::RADIUS, t.accent);
    let keys = keys_of(Action::ToggleStack);
    if tooltip(response, &name, keys.as_deref()).clicked() {
        scene.commands.push(Command::ToggleStack(run.clone()));
    }
}
