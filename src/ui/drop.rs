//! Files dragged over the window: a veil says what will happen, a drop makes references of them.

use super::{Cx, icons, theme};
use crate::engine::ReferenceInput;
use crate::studio::Command;
use egui::{Align2, Id, LayerId, Order, Stroke, StrokeKind, Ui, vec2};

/// Draws the veil while files hover, and takes dropped ones.
pub fn drop_ui(ui: &Ui, cx: &mut Cx<'_>) {
    let (hovering, dropped) = ui.input(|input| (input.raw.hovered_files.len(), input.raw.dropped_files.clone()));
    if !dropped.is_empty() {
        let files = dropped.iter().map(|file| ReferenceInput::File(file.path().to_path_buf())).collect();
        cx.push(Command::AddReferences(files));
    }
    if hovering == 0 {
        return;
    }
    let t = theme::tokens(ui);
    let painter = ui.ctx().layer_painter(LayerId::new(Order::Foreground, Id::unique("drop veil")));
    let window = ui.content_rect();
    painter.rect_filled(window, 0, t.background.gamma_multiply(0.85));
    let target = window.shrink(2.0 * theme::PADDING);
    painter.rect_stroke(target, theme::RADIUS_LARGE, Stroke::new(2.0, t.accent), StrokeKind::Inside);
    let text = match hovering {
        1 => "Add as reference".to_owned(),
        count => format!("Add {count} files as references"),
    };
    painter.text(
        target.center() - vec2(0.0, 28.0),
        Align2::CENTER_CENTER,
        icons::IMAGES,
        icons::icon_font(40.0),
        t.accent,
    );
    painter.text(target.center() + vec2(0.0, 16.0), Align2::CENTER_CENTER, text, theme::Type::Title.font(), t.text);
    let note = "PNG, JPEG, WebP, GIF or SVG";
    painter.text(target.center() + vec2(0.0, 44.0), Align2::CENTER_CENTER, note, theme::Type::Note.font(), t.soft);
}
