//! The pictures of the same run, small, under the viewer's picture.

use super::super::textures::Look;
use super::super::theme::{self, Type, tokens};
use super::super::{Cx, icons};
use crate::library::{Picture, PictureId};
use crate::studio::Command;
use egui::{Align2, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2};

/// Side of a small picture.
const SIDE: f32 = 56.0;
/// Of the whole strip.
pub(super) const HEIGHT: f32 = SIDE + 2.0 * theme::TILE_GAP;

#[derive(Default)]
pub(super) struct State {
    /// The one that was brought into view last.
    revealed: Option<PictureId>,
}

pub(super) fn film_ui(ui: &mut Ui, cx: &mut Cx<'_>, active: &Picture, state: &mut State) {
    let pictures = pictures_of_run(cx, active);
    let width = pictures.len() as f32 * (SIDE + theme::GAP) - theme::GAP;
    let room = ui.max_rect().width();
    let area = ScrollArea::horizontal().id_salt("film strip").auto_shrink(false);
    area.show_viewport(ui, |ui, seen| {
        let wide = room.max(width + 2.0 * theme::TILE_GAP);
        let (all, _) = ui.allocate_exact_size(vec2(wide, HEIGHT), Sense::hover());
        let left = all.left() + ((wide - width) / 2.0).round();
        for (place, picture) in pictures.iter().enumerate() {
            let corner = egui::pos2(left + place as f32 * (SIDE + theme::GAP), all.top() + theme::TILE_GAP);
            let rect = Rect::from_min_size(corner, Vec2::splat(SIDE));
            let is_active = picture.id == active.id;
            if is_active && state.revealed.as_ref() != Some(&picture.id) {
                ui.scroll_to_rect(rect.expand2(vec2(SIDE, 0.0)), None);
                state.revealed = Some(picture.id.clone());
            }
            let from_left = rect.translate(-all.left_top().to_vec2());
            if from_left.right() < seen.left() || from_left.left() > seen.right() {
                continue;
            }
            let name = format!("Picture {} of {}", place + 1, pictures.len());
            if thumb(ui, cx, picture, rect, is_active, &name) {
                cx.push(Command::Select(picture.id.clone()));
            }
        }
    });
}

/// The run's pictures; one from the trash stands alone.
fn pictures_of_run(cx: &Cx<'_>, active: &Picture) -> Vec<Picture> {
    match cx.studio.collection.run(&active.run) {
        Some(entry) if entry.pictures.iter().any(|picture| picture.id == active.id) => entry.pictures.clone(),
        _ => vec![active.clone()],
    }
}

fn thumb(ui: &mut Ui, cx: &mut Cx<'_>, picture: &Picture, rect: Rect, is_active: bool, name: &str) -> bool {
    let t = tokens(ui);
    let response = ui.interact(rect, ui.scope_id().with(&picture.id), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, is_active, name));
    ui.painter().rect_filled(rect, theme::RADIUS_SMALL, t.panel);
    match cx.textures.picture(picture, SIDE * ui.ctx().pixels_per_point()) {
        Look::Ready(drawable) => drawable.paint_cover(ui.painter(), rect, f32::from(theme::RADIUS_SMALL)),
        Look::Waiting => {}
        Look::Broken(_) => {
            let font = icons::icon_font(theme::ICON);
            ui.painter().text(rect.center(), Align2::CENTER_CENTER, icons::IMAGE_BROKEN, font, t.soft);
        }
    }
    let strength = ui.ctx().animate_bool_responsive(response.id, is_active || response.hovered());
    if !is_active {
        // The others step back.
        let veil = t.background.gamma_multiply(0.45 * (1.0 - strength));
        ui.painter().rect_filled(rect, theme::RADIUS_SMALL, veil);
    }
    if is_active || response.has_focus() {
        let stroke = Stroke::new(2.0, t.accent);
        ui.painter().rect_stroke(rect, theme::RADIUS_SMALL, stroke, StrokeKind::Outside);
    }
    response.on_hover_text(Type::Note.text(name)).clicked()
}
