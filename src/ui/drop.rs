//! Files dragged over the window: a veil says what they can become, a drop asks which.
//!
//! The whole window is the one target: the system does not tell where files hover. The veil takes no clicks.

use super::{Cx, icons, theme, widgets};
use crate::plan::{self, ReferenceLimits};
use crate::studio::{Command, Studio};
use egui::{Align2, Area, Id, Order, Rect, Role, Sense, Stroke, StrokeKind, Ui, Vec2, WidgetInfo, vec2};

/// Draws the veil while files hover, and takes dropped ones.
pub fn drop_ui(ui: &Ui, cx: &mut Cx<'_>) {
    let (hovering, dropped) = ui.input(|input| (input.raw.hovered_files.len(), input.raw.dropped_files.clone()));
    if !dropped.is_empty() {
        cx.push(Command::Dropped(dropped.iter().map(|file| file.path().to_path_buf()).collect()));
    }
    if hovering > 0 {
        let title = match hovering {
            1 => "Add as reference, or import".to_owned(),
            count => format!("Add {count} files as references, or import them"),
        };
        veil_ui(ui, &title, &room_text(cx.studio, hovering));
    }
}

/// Says how many references the chosen model takes, and how many there are.
fn room_text(studio: &Studio, coming: usize) -> String {
    let used = studio.draft.references.len();
    let limits = studio.model().map(|model| {
        let endpoints = studio.endpoints_of(&model.id);
        let limits = plan::reference_limits(&studio.draft, model, endpoints.as_ref().map(|all| all.as_slice()));
        (limits, plan::display_name(model).0)
    });
    room_for(limits, used, coming)
}

fn room_for(model: Option<(ReferenceLimits, &str)>, used: usize, coming: usize) -> String {
    let Some((limits, name)) = model else { return format!("{used} references so far") };
    let max = limits.max as usize;
    match max {
        0 => format!("{name} takes no references: they are kept, and not sent"),
        _ if used + coming > max => format!("{used} of {max} references used: {name} takes no more than {max}"),
        _ => format!("{used} of {max} references used"),
    }
}

/// The ground of the words, points.
const CARD: Vec2 = vec2(480.0, 184.0);

fn veil_ui(ui: &Ui, title: &str, room: &str) {
    let t = theme::tokens(ui);
    let window = ui.content_rect();
    let area = Area::new(Id::unique("drop veil")).order(Order::Tooltip).fixed_pos(window.min).interactable(false);
    area.show(ui.ctx(), |ui| {
        let (rect, response) = ui.allocate_exact_size(window.size(), Sense::hover());
        response.widget_info(|| WidgetInfo::labeled(Role::Status, true, format!("{title}. {room}")));
        let painter = ui.painter();
        painter.rect_filled(rect, 0, t.background.gamma_multiply(0.88));
        let target = rect.shrink(2.0 * theme::PADDING);
        painter.rect_stroke(target, theme::RADIUS_LARGE, Stroke::new(2.0, t.accent), StrokeKind::Inside);
        let middle = target.center();
        // The words have a ground of their own: what is under the veil still shows a little.
        let card = Rect::from_center_size(middle, CARD.min(target.size()));
        painter.rect_filled(card, theme::RADIUS_LARGE, t.menu);
        widgets::paint_icon(ui, icons::IMAGES, middle - vec2(0.0, 48.0), 40.0, t.accent);
        let lines = [
            (0.0, title, theme::Type::Title, t.text),
            (28.0, room, theme::Type::Body, t.text),
            (50.0, "PNG, JPEG, WebP, GIF or SVG; large ones are scaled before sending", theme::Type::Note, t.soft),
        ];
        for (below, text, kind, color) in lines {
            let words = widgets::line_of(ui, text, kind.font(), color, card.width() - 32.0);
            widgets::place(ui, words, middle + vec2(0.0, below), Align2::CENTER_CENTER);
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_veil_tells_what_the_model_takes() {
        let limits = |max| Some((ReferenceLimits { min: 0, max }, "Seedream 4.5"));
        for (model, used, coming, text) in [
            (limits(14), 2, 1, "2 of 14 references used"),
            (limits(2), 1, 3, "1 of 2 references used: Seedream 4.5 takes no more than 2"),
            (limits(0), 0, 1, "Seedream 4.5 takes no references: they are kept, and not sent"),
            (None, 3, 1, "3 references so far"),
        ] {
            assert_eq!(room_for(model, used, coming), text);
        }
    }
}
