//! Says which picture the settings were taken over from; what is made with them will name it.

use crate::library::PictureId;
use crate::studio::{Command, one_line};
use crate::ui::textures::Look;
use crate::ui::theme::{self, Type, tokens};
use crate::ui::widgets::{focus_ring, icon_button, line_of, place, raised_fill};
use crate::ui::{Cx, icons};
use egui::{Align, Align2, Color32, Layout, Rect, Role, Sense, Ui, Vec2, WidgetInfo, vec2};

/// Draws the line under the prompt; nothing where the settings are of no picture.
pub fn origin_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    // Whoever begins with an empty prompt begins anew.
    if cx.studio.draft.prompt.is_empty() {
        cx.studio.draft.from = None;
    }
    let Some(origin) = cx.studio.draft.from.clone() else { return };
    let id = PictureId(origin.picture);
    let picture = cx.studio.collection.picture(&id).cloned();
    let title = picture
        .as_ref()
        .map_or_else(|| "a picture that is not here".to_owned(), |picture| one_line(cx.studio.prompt_of(picture)));
    let size = vec2(ui.available_width(), theme::FIELD);
    ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
        if icon_button(ui, icons::X, "Forget where the settings come from", None).clicked() {
            cx.studio.draft.from = None;
        }
        let t = tokens(ui);
        let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), theme::FIELD), Sense::click());
        let text = format!("Settings from: {title}");
        response.widget_info(|| WidgetInfo::labeled(Role::Button, picture.is_some(), &text));
        ui.painter().rect_filled(rect, theme::RADIUS, raised_fill(ui, &response, t, Color32::TRANSPARENT));
        let thumb = Rect::from_center_size(rect.left_center() + vec2(13.0, 0.0), Vec2::splat(20.0));
        ui.painter().rect_filled(thumb, theme::RADIUS_SMALL, t.raised);
        if let Some(picture) = &picture
            && let Look::Ready(drawable) = cx.textures.picture(picture, 20.0 * ui.pixels_per_point())
        {
            drawable.paint_cover(ui.painter(), thumb, f32::from(theme::RADIUS_SMALL));
        }
        let words = line_of(ui, &text, Type::Note.font(), t.soft, rect.right() - thumb.right() - 8.0);
        place(ui, words, thumb.right_center() + vec2(6.0, 0.0), Align2::LEFT_CENTER);
        focus_ring(ui, &response, rect, theme::RADIUS, t.accent);
        let response = response.on_hover_text("What is made with these settings will name this picture");
        if response.clicked() && picture.is_some() {
            cx.push(Command::GoTo(id));
        }
    });
}
