//! What an endpoint charges, line by line, as the service states it, and how fresh that is.

use super::details::{fact_ui, said};
use crate::api::Endpoint;
use crate::studio::{price_facts, prices_note};
use crate::ui::Cx;
use crate::ui::theme::{Type, tokens};
use egui::{Frame, Margin, Stroke, Ui};
use std::time::Duration;

/// Draws the rows of prices; `read_ms`: when the service stated them, Unix milliseconds.
pub(super) fn prices_ui(ui: &mut Ui, cx: &Cx<'_>, endpoint: &Endpoint, read_ms: Option<i64>) {
    let t = tokens(ui);
    let top = ui.cursor().top() + 0.5;
    ui.painter().hline(ui.max_rect().x_range(), top, Stroke::new(1.0, t.line));
    Frame::new().inner_margin(Margin { left: 12, right: 12, top: 9, bottom: 7 }).show(ui, |ui| {
        ui.horizontal_wrapped(|ui| {
            ui.spacing_mut().interact_size.y = 16.0;
            ui.label(Type::Strong.text("Prices"));
            said(ui, &prices_note(read_ms, &(cx.studio.clock)()), Type::Body, t.soft);
        });
    });
    for fact in &price_facts(endpoint) {
        fact_ui(ui, fact);
    }
    if read_ms.is_some() {
        // The age is told in minutes.
        ui.request_repaint_after(Duration::from_secs(60));
    }
}
