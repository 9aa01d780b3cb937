//! Choosing one of a few things that are all in view: views, filters, proportions.

use egui::{Align2, Color32, Rect, Response, Role, Sense, Shape, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2};

use super::{focus_ring, line_of, place, raised_fill, size_of, tooltip};
use crate::ui::theme::{self, Type, tokens};

/// A filter that is on or off.
pub fn chip(ui: &mut Ui, text: &str, selected: bool) -> Response {
    let t = tokens(ui);
    let color = if selected { t.on_accent } else { t.text };
    let words = line_of(ui, text, Type::Note.font(), color, ui.available_width() - 16.0);
    let (rect, response) = ui.allocate_exact_size(size_of(words.size().x + 16.0, 22.0), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), selected, text));
    let fill = if selected { t.accent } else { raised_fill(ui, &response, t, t.raised) };
    ui.painter().rect_filled(rect, theme::RADIUS, fill);
    place(ui, words, rect.center(), Align2::CENTER_CENTER);
    focus_ring(ui, &response, rect, theme::RADIUS, if selected { t.on_accent } else { t.accent });
    response
}

/// A switch between a few values, each with its label and the key that chooses it. Says `changed` when it did.
pub fn segmented<T: PartialEq + Clone>(ui: &mut Ui, value: &mut T, choices: &[(T, &str, &str)]) -> Response {
    let t = tokens(ui);
    let lines: Vec<_> = choices
        .iter()
        .map(|(choice, label, keys)| {
            let on = choice == value;
            let (kind, color) = if on { (Type::Strong, t.text) } else { (Type::Body, t.soft) };
            let label = line_of(ui, label, kind.font(), color, f32::INFINITY);
            // As wide as when it is chosen, so that nothing moves.
            let width = line_of(ui, label.text(), Type::Strong.font(), color, f32::INFINITY).size().x;
            let keys = line_of(ui, keys, Type::Badge.font(), if on { t.soft } else { t.faint }, f32::INFINITY);
            (label, keys, width)
        })
        .collect();
    let [margin, gap, inset] = [12.0, 7.0, 2.0];
    let widths = lines.iter().map(|(_, keys, width)| {
        let keys = if keys.text().is_empty() { 0.0 } else { gap + keys.size().x };
        (width + keys + 2.0 * margin).ceil()
    });
    let widths: Vec<f32> = widths.collect();
    let size = vec2(widths.iter().sum::<f32>() + 2.0 * inset, theme::FIELD + 2.0);
    let (outer, mut whole) = ui.allocate_exact_size(size, Sense::hover());
    ui.painter().rect_filled(outer, theme::RADIUS_LARGE, t.background);

    let mut left = outer.left() + inset;
    for (((choice, name, keys), (label, hint, full)), width) in choices.iter().zip(lines).zip(widths) {
        let rect = Rect::from_min_size(pos2(left, outer.top() + inset), vec2(width, outer.height() - 2.0 * inset));
        left += width;
        let response = ui.interact(rect, whole.id.with(name), Sense::click());
        let on = choice == value;
        response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), on, *name));
        let rest = if on { t.raised } else { Color32::TRANSPARENT };
        ui.painter().rect_filled(rect, theme::RADIUS, if on { rest } else { raised_fill(ui, &response, t, rest) });
        let start = pos2(rect.left() + margin, rect.center().y);
        place(ui, label, start, Align2::LEFT_CENTER);
        place(ui, hint, start + vec2(full + gap, 0.5), Align2::LEFT_CENTER);
        focus_ring(ui, &response, rect, theme::RADIUS, t.accent);
        if response.clicked() && !on {
            *value = choice.clone();
            whole.mark_changed();
        }
        tooltip(response, name, Some(*keys).filter(|keys| !keys.is_empty()));
    }
    whole
}

/// One of several choices of which one is on; with an empty `text` only the circle is drawn, and `name` is read out.
pub fn radio(ui: &mut Ui, selected: bool, text: &str, name: &str) -> Response {
    let t = tokens(ui);
    let color = if ui.is_enabled() { t.text } else { t.faint };
    let words = line_of(ui, text, Type::Body.font(), color, ui.available_width() - theme::ICON - theme::TILE_GAP);
    let width = if text.is_empty() { 0.0 } else { theme::TILE_GAP + words.size().x };
    let (rect, response) = ui.allocate_exact_size(size_of(theme::ICON + width, theme::FIELD), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), selected, name));
    let middle = pos2(rect.left() + theme::ICON / 2.0, rect.center().y);
    let radius = theme::ICON / 2.0 - 1.0;
    ui.painter().circle_filled(middle, radius, raised_fill(ui, &response, t, t.raised));
    let ring = if selected { Stroke::new(1.5, t.accent) } else { Stroke::new(1.0, t.faint) };
    ui.painter().circle_stroke(middle, radius, ring);
    if selected {
        ui.painter().circle_filled(middle, 3.5, t.accent);
    }
    place(ui, words, pos2(middle.x + theme::ICON / 2.0 + theme::TILE_GAP, middle.y), Align2::LEFT_CENTER);
    let round = Rect::from_center_size(middle, vec2(theme::ICON, theme::ICON)).expand(2.0);
    focus_ring(ui, &response, round, 10, t.accent);
    response
}

/// A choice of proportions with a small drawing of them; no `ratio` (width by height) means that the service chooses.
pub fn ratio_button(ui: &mut Ui, ratio: Option<f32>, text: &str, selected: bool) -> Response {
    let t = tokens(ui);
    let color = if selected { t.accent_text } else { t.soft };
    let words = line_of(ui, text, Type::Badge.font(), color, ui.available_width() - 8.0);
    let (rect, response) =
        ui.allocate_exact_size(size_of((words.size().x + 10.0).max(38.0), theme::RATIO_BUTTON), Sense::click());
    response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), selected, text));
    ui.painter().rect_filled(rect, theme::RADIUS, raised_fill(ui, &response, t, t.raised));
    let middle = pos2(rect.center().x, rect.top() + 11.0);
    let stroke = Stroke::new(1.0, color);
    match ratio {
        Some(ratio) => {
            let drawing = Rect::from_center_size(middle, proportions(ratio));
            ui.painter().rect_stroke(drawing, 2, stroke, StrokeKind::Middle);
        }
        None => {
            let r = Rect::from_center_size(middle, vec2(10.0, 10.0));
            let path = [r.left_top(), r.right_top(), r.right_bottom(), r.left_bottom(), r.left_top()];
            ui.painter().extend(Shape::dashed_line(&path, stroke, 2.5, 2.5));
        }
    }
    place(ui, words, pos2(rect.center().x, rect.bottom() - 10.0), Align2::CENTER_CENTER);
    if selected {
        ui.painter().rect_stroke(rect, theme::RADIUS, Stroke::new(1.5, t.accent), StrokeKind::Inside);
    }
    focus_ring(ui, &response, rect.shrink(if selected { 3.0 } else { 0.0 }), theme::RADIUS, t.accent);
    response
}

/// The size of the drawing of a ratio: never wider than 20, higher than 12 or thinner than 3.
fn proportions(ratio: f32) -> egui::Vec2 {
    let ratio = if ratio.is_finite() && ratio > 0.0 { ratio } else { 1.0 };
    let height = 12.0_f32.min(18.0 / ratio);
    let even = |side: f32| (side / 2.0).round().max(1.5) * 2.0;
    vec2(even(height * ratio), even(height))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn drawing_of_a_ratio_fits_its_button_and_shows_which_side_is_longer() {
        for (ratio, wide, high) in [(1.0, 12.0, 12.0), (16.0 / 9.0, 18.0, 10.0), (9.0 / 16.0, 6.0, 12.0)] {
            assert_eq!(proportions(ratio), vec2(wide, high), "{ratio}");
        }
        for ratio in [0.0, -1.0, f32::NAN, f32::INFINITY, 1e-9, 1e9, 0.1, 10.0] {
            let size = proportions(ratio);
            assert!((3.0..=20.0).contains(&size.x) && (3.0..=12.0).contains(&size.y), "{ratio}: {size:?}");
        }
    }
}
