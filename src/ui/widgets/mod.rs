//! The small parts every panel is made of, drawn as the design draws them.
//!
//! Each is a function that takes `ui` first and needs nothing but its values. The invariant: whatever can be operated
//! has an accessible name, a ring when it has the keyboard, and works by Tab, Enter and Space as by the pointer.

mod buttons;
mod choices;
mod fields;
mod labels;
mod notices;
mod search;
mod slider;

use std::sync::Arc;

use egui::text::{LayoutJob, TextWrapping};
use egui::{Align2, Color32, FontId, Galley, Pos2, Rect, Response, Stroke, StrokeKind, Ui, vec2};

pub use buttons::{IconButton, accent_button, button, icon_button, link, main_button, small_button, toggle_button};
pub use choices::{chip, radio, ratio_button, segmented};
pub use fields::{Change, checkbox, field_row, ratio_row, select};
pub use labels::{badge, key_hint, section_header, section_header_with};
pub use notices::{Answer, Tone, banner, empty_state, lasting_banner, toast};
pub use search::{search_field, search_field_with_id};
pub use slider::{plain_slider, value_slider};

use super::theme::{self, Tokens};

/// Lays out one line, cut with an ellipsis where it is wider than `width`.
pub(in crate::ui) fn line_of(ui: &Ui, text: &str, font: FontId, color: Color32, width: f32) -> Arc<Galley> {
    let mut job = LayoutJob::simple_singleline(text.to_owned(), font, color);
    job.wrap = TextWrapping { max_width: width.max(0.0), max_rows: 1, break_anywhere: true, ..Default::default() };
    ui.painter().layout_job(job)
}

/// Paints a line so that `align` of it lies at `at`.
pub(in crate::ui) fn place(ui: &Ui, galley: Arc<Galley>, at: Pos2, align: Align2) -> Rect {
    let rect = align.anchor_size(at, galley.size());
    ui.painter().galley(rect.min, galley, Color32::PLACEHOLDER);
    rect
}

/// Paints an icon with its middle at `centre`.
pub(in crate::ui) fn paint_icon(ui: &Ui, icon: char, centre: Pos2, size: f32, color: Color32) {
    ui.painter().text(centre, Align2::CENTER_CENTER, icon, super::icons::icon_font(size), color);
}

/// The ground of a raised thing, fading to its colour under the pointer.
pub(in crate::ui) fn raised_fill(ui: &Ui, response: &Response, t: &Tokens, rest: Color32) -> Color32 {
    let over = response.enabled() && (response.hovered() || response.is_pointer_button_down_on());
    rest.lerp_to_gamma(t.hover, ui.ctx().animate_bool_responsive(response.id, over))
}

/// The ring around whatever has the keyboard.
pub(in crate::ui) fn focus_ring(ui: &Ui, response: &Response, rect: Rect, radius: u8, color: Color32) {
    if response.has_focus() {
        ui.painter().rect_stroke(rect, radius, Stroke::new(1.5, color), StrokeKind::Inside);
    }
}

/// A tooltip with the name of a thing and the keys that do the same.
pub(in crate::ui) fn tooltip(response: Response, name: &str, keys: Option<&str>) -> Response {
    response.on_hover_ui(|ui| {
        ui.horizontal(|ui| {
            ui.spacing_mut().interact_size.y = theme::ICON;
            ui.label(theme::Type::Note.text(name));
            if let Some(keys) = keys {
                labels::key_hint(ui, keys);
            }
        });
    })
}

/// Room for a thing of `width` × `height` at least.
fn size_of(width: f32, height: f32) -> egui::Vec2 {
    vec2(width.ceil(), height)
}
