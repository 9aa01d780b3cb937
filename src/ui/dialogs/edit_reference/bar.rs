//! The tools above the picture: what the pointer does, in which proportions or colour, and the steps back.

use crate::plan::Draft;
use crate::studio::editor::{Editor, INKS, Proportion, Tool};
use crate::ui::theme::{self, Type, tokens};
use crate::ui::{icons, widgets};
use egui::{Align, Layout, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

/// Proportions that are offered by name.
const RATIOS: [(&str, f32); 9] = [
    ("1:1", 1.0),
    ("5:4", 1.25),
    ("4:5", 0.8),
    ("4:3", 4.0 / 3.0),
    ("3:4", 0.75),
    ("3:2", 1.5),
    ("2:3", 2.0 / 3.0),
    ("16:9", 16.0 / 9.0),
    ("9:16", 9.0 / 16.0),
];
const FREE: &str = "Free";
const AS_IT_IS: &str = "As the picture";

/// Returns the proportions that the draft asks for, with their name.
pub(super) fn wished(draft: &Draft) -> Option<(String, f32)> {
    let text = draft.wish("aspect_ratio").and_then(serde_json::Value::as_str)?;
    let (width, height) = text.split_once(':')?;
    let ratio = width.trim().parse::<f32>().ok()? / height.trim().parse::<f32>().ok()?;
    (ratio.is_finite() && ratio > 0.0).then(|| (format!("As asked for, {text}"), ratio))
}

pub(super) fn bar_ui(ui: &mut Ui, editor: &mut Editor, wished: Option<&(String, f32)>) {
    ui.horizontal(|ui| {
        let tools =
            [(Tool::Crop, "Crop", ""), (Tool::Pen, "Pen", ""), (Tool::Box, "Box", ""), (Tool::Arrow, "Arrow", "")];
        widgets::segmented(ui, &mut editor.tool, &tools);
        ui.add_space(theme::PADDING);
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| {
            steps_ui(ui, editor);
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                if editor.tool == Tool::Crop {
                    proportions_ui(ui, editor, wished);
                } else {
                    line_ui(ui, editor);
                }
            });
        });
    });
}

fn steps_ui(ui: &mut Ui, editor: &mut Editor) {
    let mut button = |icon, name: &str, keys, enabled: bool| {
        ui.add_enabled_ui(enabled, |ui| widgets::icon_button(ui, icon, name, keys)).inner.clicked()
    };
    let reset = button(icons::ARROW_COUNTER_CLOCKWISE, "Take everything away", None, !editor.edit().is_empty());
    let redo = button(icons::ARROW_U_UP_RIGHT, "Redo", Some("Ctrl+Shift+Z"), editor.can_redo());
    let undo = button(icons::ARROW_U_UP_LEFT, "Undo", Some("Ctrl+Z"), editor.can_undo());
    match () {
        () if reset => editor.reset(),
        () if redo => editor.redo(),
        () if undo => editor.undo(),
        () => {}
    }
}

fn proportions_ui(ui: &mut Ui, editor: &mut Editor, wished: Option<&(String, f32)>) {
    let own = editor.size.aspect();
    let wished = wished.map(|(name, ratio)| (name.as_str(), *ratio));
    let fixed = [(AS_IT_IS, own)].into_iter().chain(wished).chain(RATIOS);
    let choices: Vec<(&str, Proportion)> = [(FREE, Proportion::Free)]
        .into_iter()
        .chain(fixed.map(|(name, ratio)| (name, Proportion::Fixed(ratio))))
        .collect();
    let names: Vec<&str> = choices.iter().map(|(name, _)| *name).collect();
    let current = choices.iter().find(|(_, proportion)| *proportion == editor.proportion).map(|(name, _)| *name);
    ui.label(Type::Note.text("Proportions").color(tokens(ui).soft));
    ui.scope(|ui| {
        ui.set_max_width(190.0);
        if let Some(widgets::Change::To(name)) =
            widgets::select(ui, "proportions", "Proportions", current, &names, None)
            && let Some((_, proportion)) = choices.iter().find(|(known, _)| *known == name)
        {
            editor.set_proportion(*proportion);
        }
    });
}

fn line_ui(ui: &mut Ui, editor: &mut Editor) {
    for (ink, name) in INKS {
        ink_ui(ui, ink, name, &mut editor.ink);
    }
    ui.add_space(theme::TILE_GAP);
    ui.label(Type::Note.text("Width").color(tokens(ui).soft));
    let most = (editor.size.longer_side() as f32 / 10.0).max(8.0);
    let field = egui::DragValue::new(&mut editor.width).range(1.0..=most).speed(0.5).max_decimals(0).suffix(" px");
    ui.add(field).accessible_name("Width of the line").on_hover_text("Width of the line, in pixels of the picture");
}

fn ink_ui(ui: &mut Ui, ink: [u8; 3], name: &str, chosen: &mut [u8; 3]) {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(theme::FIELD, theme::FIELD), Sense::click());
    if response.clicked() {
        *chosen = ink;
    }
    let on = *chosen == ink;
    response.widget_info(|| WidgetInfo::selected(Role::RadioButton, ui.is_enabled(), on, name));
    let [red, green, blue] = ink;
    ui.painter().circle_filled(rect.center(), 8.0, theme::ink(red, green, blue));
    ui.painter().circle_stroke(rect.center(), 8.0, Stroke::new(1.0, t.faint));
    if on {
        ui.painter().circle_stroke(rect.center(), 11.0, Stroke::new(1.5, t.accent));
    }
    if response.has_focus() {
        ui.painter().rect_stroke(rect, theme::RADIUS, Stroke::new(1.5, t.accent), StrokeKind::Inside);
    }
    response.on_hover_text(name);
}
