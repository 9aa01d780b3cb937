//! Words that only say something: badges, key hints, headers of sections.

use egui::{Align, Align2, Layout, Response, Role, Sense, Stroke, StrokeKind, Ui, UiBuilder, WidgetInfo, pos2, vec2};

use super::{line_of, place, size_of};
use crate::ui::theme::{self, Type, tokens};

/// A small fact about a thing, on a ground of its own.
pub fn badge(ui: &mut Ui, text: &str) -> Response {
    let t = tokens(ui);
    let words = line_of(ui, text, Type::Badge.font(), t.soft, ui.available_width() - 10.0);
    let (rect, response) = ui.allocate_exact_size(size_of(words.size().x + 10.0, 18.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), text));
    ui.painter().rect_filled(rect, theme::RADIUS_SMALL, t.raised);
    place(ui, words, rect.center(), Align2::CENTER_CENTER);
    response
}

/// The keys that do the same as the thing beside it.
pub fn key_hint(ui: &mut Ui, keys: &str) -> Response {
    let t = tokens(ui);
    let words = line_of(ui, keys, Type::Badge.font(), t.soft, f32::INFINITY);
    let (rect, response) = ui.allocate_exact_size(size_of(words.size().x + 10.0, 18.0), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, ui.is_enabled(), keys));
    ui.painter().rect_stroke(rect, theme::RADIUS_SMALL, Stroke::new(1.0, t.line), StrokeKind::Inside);
    place(ui, words, rect.center(), Align2::CENTER_CENTER);
    response
}

/// The header of a section of a panel.
pub fn section_header(ui: &mut Ui, text: &str) {
    section_header_with(ui, text, "", |_| {});
}

/// The header of a section with a note after it and quiet buttons at the right, the first one outermost.
pub fn section_header_with<R>(ui: &mut Ui, text: &str, note: &str, right: impl FnOnce(&mut Ui) -> R) -> R {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), theme::FIELD), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, format!("{text} {note}").trim_end()));
    let words = line_of(ui, text, Type::Section.font(), t.soft, rect.width());
    let end = place(ui, words, rect.left_center(), Align2::LEFT_CENTER).right();
    let words = line_of(ui, note, Type::Badge.font(), t.soft, rect.right() - end);
    place(ui, words, pos2(end + theme::TILE_GAP, rect.center().y), Align2::LEFT_CENTER);
    // Not a part of the layout: the margin of the last button may stand out without widening the panel.
    let side = rect.expand2(vec2(GLYPH_MARGIN, 0.0));
    let mut side = ui.new_child(UiBuilder::new().max_rect(side).layout(Layout::right_to_left(Align::Center)));
    side.spacing_mut().item_spacing.x = 0.0;
    right(&mut side)
}

/// A quiet button is wider than its icon by this at each side; headers let icons end where fields end.
const GLYPH_MARGIN: f32 = (theme::FIELD - theme::ICON) / 2.0;
