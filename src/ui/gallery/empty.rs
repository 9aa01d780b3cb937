//! What the grid says while there is nothing in it.

use super::super::theme::{Type, tokens};
use super::super::{Cx, icons, widgets};
use crate::studio::{Effect, Shelf};
use egui::{Align, Align2, Layout, Ui, vec2};

/// Three ways to begin; they fill the prompt and spend nothing.
const STARTERS: [&str; 3] = [
    "A red fox reading under a willow, gouache, late summer light",
    "Botanical plate of a blue iris, ink and watercolour on cream paper",
    "City street after rain at night, neon reflections, seen from above",
];

/// Says in one sentence what to do.
pub(super) fn empty_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let t = tokens(ui);
    if !cx.studio.snapshot.library_read {
        let at = ui.max_rect().center();
        ui.painter().text(at, Align2::CENTER_CENTER, "Reading the library", Type::Body.font(), t.soft);
        return;
    }
    if !cx.studio.search.query().is_empty() {
        if widgets::empty_state(ui, icons::MAGNIFYING_GLASS, "Nothing fits this search", Some("Clear the search")) {
            cx.studio.set_search("");
        }
        return;
    }
    match cx.studio.layout.shelf {
        Shelf::Trash => {
            widgets::empty_state(ui, icons::TRASH, "The trash is empty", None);
        }
        Shelf::All | Shelf::LastRun => start_ui(ui, cx),
    }
}

fn start_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let t = tokens(ui);
    let size = ui.available_size();
    ui.allocate_ui_with_layout(size, Layout::top_down(Align::Center), |ui| {
        ui.add_space((size.y / 2.0 - 130.0).max(12.0));
        ui.spacing_mut().item_spacing = vec2(8.0, 8.0);
        let (rect, _) = ui.allocate_exact_size(vec2(32.0, 32.0), egui::Sense::hover());
        widgets::paint_icon(ui, icons::IMAGE_SQUARE, rect.center(), 32.0, t.faint);
        ui.label(Type::Title.text("Press Generate to make the first picture").color(t.text));
        ui.label(Type::Body.text("Or begin with one of these prompts; nothing is sent yet").color(t.soft));
        ui.add_space(4.0);
        for prompt in STARTERS {
            if widgets::button(ui, Some(icons::PENCIL_SIMPLE), prompt).clicked() {
                cx.studio.draft.prompt = prompt.to_owned();
                cx.studio.layout.left_open = true;
                cx.studio.effects.push(Effect::FocusPrompt);
            }
        }
        ui.add_space(12.0);
        let hint = "Drop pictures anywhere on the window to use them as references";
        ui.label(Type::Note.text(hint).color(t.soft));
    });
}
