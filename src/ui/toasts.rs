//! Short messages over the window.

use super::{Cx, widgets};
use crate::studio::{Command, Tone};
use egui::{Align2, Area, Id, Order, Ui, vec2};

/// Draws the messages above the bottom strip, newest lowest.
pub fn toasts_ui(ui: &Ui, cx: &mut Cx<'_>) {
    let mut commands = Vec::new();
    let lift = if cx.studio.layout.strip_open { super::theme::BOTTOM_STRIP } else { 0.0 };
    let area = Area::new(Id::unique("toasts")).order(Order::Foreground);
    area.anchor(Align2::CENTER_BOTTOM, vec2(0.0, -lift - super::theme::PADDING)).show(ui.ctx(), |ui| {
        ui.spacing_mut().item_spacing.y = super::theme::TILE_GAP;
        for toast in cx.studio.notices.iter() {
            let tone = match toast.tone {
                Tone::Good => widgets::Tone::Good,
                Tone::Info => widgets::Tone::Info,
                Tone::Bad => widgets::Tone::Bad,
            };
            let action = toast.action.as_ref().map(|(text, _)| text.as_str());
            let answer = ui.push_id(toast.id, |ui| widgets::toast(ui, tone, &toast.text, action)).inner;
            if answer.is_some() {
                commands.push(Command::DismissNotice(toast.id));
            }
            if let (Some(widgets::Answer::Action(_)), Some((_, command))) = (answer, &toast.action) {
                commands.push(command.clone());
            }
        }
    });
    cx.commands.append(&mut commands);
}
