//! A number on a rail, with the number itself beside it.

use std::ops::RangeInclusive;

use egui::{Color32, DragValue, Layout, Rect, Response, Slider, Stroke, Ui, Vec2, pos2, remap_clamp, vec2};

use crate::ui::theme::{self, tokens};

const NUMBER_WIDTH: f32 = 48.0;
const HANDLE: f32 = 7.0;

/// A slider and a field for the same number, over the rest of the line; `integer` allows whole numbers only.
pub fn value_slider(ui: &mut Ui, value: &mut f64, range: RangeInclusive<f64>, integer: bool, name: &str) -> Response {
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing.x = theme::PADDING;
        let width = (ui.available_width() - NUMBER_WIDTH - theme::PADDING).max(40.0);
        let rail = rail(ui, value, range.clone(), integer, width).accessible_name(name);
        let mut number = DragValue::new(value).range(range.clone()).min_size(vec2(NUMBER_WIDTH, theme::FIELD));
        number = if integer {
            number.max_decimals(0).speed(0.05)
        } else {
            number.max_decimals(2).speed((range.end() - range.start()).abs() / 200.0)
        };
        let field = ui
            .allocate_ui_with_layout(
                vec2(NUMBER_WIDTH, theme::FIELD),
                Layout::centered_and_justified(egui::Direction::LeftToRight),
                |ui| {
                    ui.spacing_mut().button_padding.x = theme::GAP;
                    ui.add(number)
                },
            )
            .inner
            .accessible_name(format!("{name}, number"));
        rail | field
    })
    .inner
}

/// A slider alone, `width` points wide, for what needs no number.
pub fn plain_slider(ui: &mut Ui, value: &mut f64, range: RangeInclusive<f64>, width: f32, name: &str) -> Response {
    rail(ui, value, range, false, width).accessible_name(name)
}

/// egui's slider does the work unseen: its rail, fill and handle share colours that ours do not.
fn rail(ui: &mut Ui, value: &mut f64, range: RangeInclusive<f64>, integer: bool, width: f32) -> Response {
    let t = tokens(ui);
    let response = ui
        .scope(|ui| {
            ui.set_opacity(0.0);
            ui.spacing_mut().slider_width = width;
            let mut slider = Slider::new(value, range.clone()).show_value(false);
            if integer {
                slider = slider.integer();
            }
            ui.add(slider)
        })
        .inner;

    let rect = response.rect;
    // The same inset as egui's, so that the handle is under the pointer.
    let inset = rect.height() / 2.5;
    let part = remap_clamp(*value, range, 0.0..=1.0) as f32;
    let x = egui::lerp(rect.left() + inset..=rect.right() - inset, part);
    let x = egui::lerp(x - inset + HANDLE..=x + inset - HANDLE, part);
    let middle = rect.center().y;
    let bar = |from: f32, to: f32, color: Color32| {
        let bar = Rect::from_min_max(pos2(from, middle - 2.0), pos2(to, middle + 2.0));
        ui.painter().rect_filled(bar, 2, color);
    };
    bar(rect.left(), rect.right(), t.track);
    bar(rect.left(), x, t.accent);
    let handle = pos2(x, middle);
    ui.painter().circle_filled(handle, HANDLE, t.text);
    if response.has_focus() {
        ui.painter().circle_stroke(handle, HANDLE + 2.5, Stroke::new(1.5, t.accent));
    } else if response.hovered() || response.dragged() {
        let halo = Vec2::splat(2.0 * HANDLE + 6.0);
        ui.painter().rect_stroke(
            Rect::from_center_size(handle, halo),
            255,
            Stroke::new(3.0, t.text.gamma_multiply(0.15)),
            egui::StrokeKind::Inside,
        );
    }
    response
}
