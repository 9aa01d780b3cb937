//! The line under a pane: model, cost, time, size, and its marks.

use super::super::marks::{self, picture_marks_ui};
use super::super::theme::{self, Type, tokens};
use super::super::widgets::{focus_ring, line_of, place};
use super::Shown;
use crate::plan::Usd;
use crate::studio::{Command, seconds_text};
use egui::{Align, Align2, Layout, Rect, Response, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2};

/// Of a line.
pub(super) const HEIGHT: f32 = 28.0;

/// Room for a number of two digits.
const NUMBER: f32 = 20.0;

/// What stands in the line after the model, in the order in which it is left out last to first.
fn facts(shown: &Shown) -> Vec<String> {
    let picture = &shown.picture;
    let cost = picture.cost.map_or_else(|| "cost not told".to_owned(), |cost| Usd(cost).to_string());
    let mut facts = vec![cost];
    facts.extend(picture.seconds().map(seconds_text));
    facts.extend(picture.size.map(|size| size.to_string()));
    facts
}

/// Draws the line; a click on it is a click on the pane without zooming. `number`, counted from 1: where panes are in
/// several rows. `pane` tells its marks from those of the others.
pub(super) fn line_ui(
    ui: &mut Ui,
    commands: &mut Vec<Command>,
    rect: Rect,
    shown: &Shown,
    number: Option<usize>,
    pane: usize,
    is_active: bool,
) -> Response {
    let t = tokens(ui);
    let facts = facts(shown);
    let response = ui.interact(rect, ui.scope_id().with(("facts", &shown.picture.id)), Sense::click());
    response.widget_info(|| {
        WidgetInfo::selected(Role::Button, true, is_active, format!("{}, {}", shown.model, facts.join(", ")))
    });
    ui.painter().rect_filled(rect, 0, t.panel);
    focus_ring(ui, &response, rect, theme::RADIUS_SMALL, t.accent);
    // The facts need about as much as the marks.
    let room = if rect.width() >= 2.2 * marks::WIDTH { marks::WIDTH } else { marks::NARROW };
    let right = if rect.width() >= 3.0 * marks::NARROW { rect.right() - room - theme::GAP } else { rect.right() };
    if right < rect.right() {
        let place = Rect::from_x_y_ranges(right..=rect.right() - theme::GAP, rect.y_range());
        let layout = Layout::left_to_right(Align::Center).with_main_align(Align::Max);
        let child = UiBuilder::new().max_rect(place).layout(layout).id_salt(("marks", &shown.picture.id));
        let about = format!("pane {}", pane + 1);
        ui.scope_builder(child, |ui| picture_marks_ui(ui, commands, &shown.picture, &about, room));
    }
    let (mut left, right, middle) = (rect.left() + theme::PADDING, right - theme::TILE_GAP, rect.center().y);
    if let Some(number) = number {
        let words = line_of(ui, &number.to_string(), Type::Note.font(), t.soft, right - left);
        place(ui, words, pos2(left, middle), Align2::LEFT_CENTER);
        left += NUMBER;
    }
    let words = line_of(ui, &shown.model, Type::Strong.font(), t.text, right - left);
    left = place(ui, words, pos2(left, middle), Align2::LEFT_CENTER).right() + theme::PADDING;
    for fact in facts {
        let words = line_of(ui, &fact, Type::Note.font(), t.soft, f32::INFINITY);
        if left + words.size().x > right {
            break;
        }
        left = place(ui, words, pos2(left, middle + 0.5), Align2::LEFT_CENTER).right() + theme::PADDING;
    }
    response
}
