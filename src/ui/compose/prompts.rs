//! What alternatives in the prompt come to, above the button that sends them: how many prompts, and which.

use super::State;
use crate::plan::Fitted;
use crate::studio::pictures_text;
use crate::ui::icons;
use crate::ui::theme::{self, Type, tokens};
use crate::ui::widgets::{focus_ring, line_of, paint_icon, place, raised_fill};
use egui::{Align2, Color32, Label, Role, ScrollArea, Sense, Ui, WidgetInfo, vec2};

/// Height of the open list at most.
const MOST: f32 = 168.0;
/// Prompts in the tooltip at most.
const HINTED: usize = 12;

/// Draws the line, and the list below it when it is open; nothing for a prompt that stands for itself.
pub fn prompts_ui(ui: &mut Ui, fitted: &Fitted, state: &mut State) {
    let count = fitted.prompts.len();
    if count < 2 {
        return;
    }
    let t = tokens(ui);
    let text = format!("{count} prompts, {}", pictures_text(fitted.asked() as usize));
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), theme::FIELD), Sense::click());
    let open = state.prompts_open;
    let name = format!("{} the {text}", if open { "Hide" } else { "Show" });
    response.widget_info(|| WidgetInfo::selected(Role::Button, ui.is_enabled(), open, &name));
    ui.painter().rect_filled(rect, theme::RADIUS, raised_fill(ui, &response, t, Color32::TRANSPARENT));
    let icon = if open { icons::CARET_DOWN } else { icons::CARET_RIGHT };
    paint_icon(ui, icon, rect.left_center() + vec2(theme::ICON / 2.0, 0.0), 12.0, t.soft);
    let words = line_of(ui, &text, Type::Note.font(), t.text, rect.width() - theme::ICON - theme::GAP);
    place(ui, words, rect.left_center() + vec2(theme::ICON + theme::GAP, 0.0), Align2::LEFT_CENTER);
    focus_ring(ui, &response, rect, theme::RADIUS, t.accent);
    if response.clicked() {
        state.prompts_open = !open;
    }
    if !open {
        response.on_hover_text(hint(&fitted.prompts));
        return;
    }
    ScrollArea::vertical().id_salt("prompts").max_height(MOST).auto_shrink([false, true]).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = theme::GAP;
        for (number, prompt) in fitted.prompts.iter().enumerate() {
            ui.horizontal_top(|ui| {
                ui.add_space(theme::ICON + theme::GAP);
                let words = Type::Note.text(format!("{}  {prompt}", number + 1)).color(t.soft);
                ui.add(Label::new(words).wrap().selectable(true));
            });
        }
    });
}

fn hint(prompts: &[String]) -> String {
    let mut lines: Vec<String> = prompts.iter().take(HINTED).cloned().collect();
    if prompts.len() > HINTED {
        lines.push(format!("and {} more", prompts.len() - HINTED));
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_list_is_cut_and_says_so() {
        let prompts: Vec<String> = (0..20).map(|n| n.to_string()).collect();
        let hint = hint(&prompts);
        assert_eq!(hint.lines().count(), HINTED + 1);
        assert!(hint.ends_with("\nand 8 more"));
    }
}
