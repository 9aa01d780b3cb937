//! How large what is saved becomes: the longest side of pictures, and any size of drawings.
//!
//! Invariant: the pixels that are shown are those that will be written.

use super::{Form, SIDES};
use crate::picture::Format;
use crate::ui::theme::{Type, tokens};
use crate::ui::widgets;
use egui::{DragValue, Ui};

/// Draws the lines that the chosen pictures need.
pub(super) fn sizes_ui(ui: &mut Ui, form: &mut Form) {
    if form.items.iter().any(|item| item.format != Format::Svg) {
        fit_ui(ui, form);
    }
    if form.items.iter().any(|item| item.format == Format::Svg) {
        if let Some(natural) = form.natural {
            drawing_ui(ui, natural, &mut form.side);
        }
        side_ui(ui, form);
    }
}

fn fit_ui(ui: &mut Ui, form: &mut Form) {
    widgets::field_row(ui, "Longest side", |ui| {
        for (side, name) in [(None, "As it is"), (Some(1024), "1024"), (Some(2048), "2048"), (Some(4096), "4096")] {
            if widgets::chip(ui, name, form.fit == side).clicked() {
                form.fit = side;
            }
        }
        if let Some(side) = &mut form.fit {
            ui.add(DragValue::new(side).range(SIDES).speed(16.0).suffix(" px")).accessible_name("At most");
        }
    });
}

/// Width, height and scale of one drawing: each changes the others.
fn drawing_ui(ui: &mut Ui, natural: (f32, f32), side: &mut u32) {
    widgets::field_row(ui, "Size", |ui| {
        let (mut width, mut height) = pixels_of(natural, *side);
        let pixels = |ui: &mut Ui, value: &mut u32, name: &str| {
            let value = DragValue::new(value).range(1..=*SIDES.end()).speed(8.0).suffix(" px");
            ui.add(value).accessible_name(name).changed()
        };
        if pixels(ui, &mut width, "Width") {
            *side = side_at(natural, width as f32 / natural.0);
        }
        ui.label(Type::Body.text("×").color(tokens(ui).soft));
        if pixels(ui, &mut height, "Height") {
            *side = side_at(natural, height as f32 / natural.1);
        }
        let longer = natural.0.max(natural.1);
        let mut scale = *side as f32 / longer;
        let range = *SIDES.start() as f32 / longer..=*SIDES.end() as f32 / longer;
        let field = DragValue::new(&mut scale).range(range).speed(0.05).max_decimals(2).prefix("scale ");
        if ui.add(field).accessible_name("Scale").changed() {
            *side = side_at(natural, scale);
        }
    });
}

fn side_ui(ui: &mut Ui, form: &mut Form) {
    let one = form.items.len() == 1;
    widgets::field_row(ui, if one { "Longest side" } else { "Side of drawings" }, |ui| {
        if form.natural.is_none() {
            let side = DragValue::new(&mut form.side).range(SIDES).speed(16.0).suffix(" px");
            ui.add(side).accessible_name("Longest side");
        }
        for side in [1024, 2048, 4096, 8192, 16_384] {
            if widgets::chip(ui, &side.to_string(), form.side == side).clicked() {
                form.side = side;
            }
        }
    });
}

/// Returns width and height in pixels of a drawing whose longer side becomes `side` pixels.
fn pixels_of((width, height): (f32, f32), side: u32) -> (u32, u32) {
    let scale = side as f32 / width.max(height);
    let pixels = |length: f32| ((length * scale).round() as u32).clamp(1, side.max(1));
    (pixels(width), pixels(height))
}

/// Returns the longer side in pixels at so many pixels per unit.
fn side_at((width, height): (f32, f32), scale: f32) -> u32 {
    ((width.max(height) * scale).round() as u32).clamp(*SIDES.start(), *SIDES.end())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn width_height_and_scale_mean_the_same_picture() {
        for (natural, scale, side, pixels) in [
            ((800.0, 600.0), 1.0, 800, (800, 600)),
            ((800.0, 600.0), 2.5, 2000, (2000, 1500)),
            ((600.0, 800.0), 0.5, 400, (300, 400)),
            ((793.7, 1122.5), 2.0, 2245, (1587, 2245)),
            ((1000.0, 2.0), 1.0, 1000, (1000, 2)),
            ((24.0, 24.0), 0.1, 16, (16, 16)),
            ((24.0, 24.0), 9999.0, 16_384, (16_384, 16_384)),
        ] {
            assert_eq!(side_at(natural, scale), side, "{natural:?} at {scale}");
            assert_eq!(pixels_of(natural, side), pixels, "{natural:?} at {scale}");
        }
    }
}
