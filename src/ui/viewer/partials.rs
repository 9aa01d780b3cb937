//! How the picture came: a rail under it, along which the pointer scrubs through what was received before it was
//! complete; a click stays there, and what is seen can be kept as a picture of its own.

use super::super::theme::{self, Type, tokens};
use super::super::widgets::{focus_ring, line_of, place, small_button};
use super::super::Cx;
use crate::library::Picture;
use crate::picture::Format;
use crate::studio::{Action, Command, keys_of, partial_name};
use egui::{Align, Align2, Layout, Rect, Role, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2};

/// Height of the line.
pub(super) const HEIGHT: f32 = 30.0;
/// Width of the words before the rail, and of what follows it.
const WORDS: f32 = 128.0;
const BUTTON: f32 = 132.0;
/// More ticks than this are a grey band.
const TICKS: u32 = 40;

/// Draws the line and takes what is done with it; returns which partial is to be seen now, from 1; `None`: the picture.
pub(super) fn partials_ui(ui: &mut Ui, cx: &mut Cx<'_>, picture: &Picture) -> Option<u32> {
    let t = tokens(ui);
    let count = picture.partials.count;
    let rect = ui.max_rect().shrink2(vec2(theme::PADDING, 0.0));
    let rail = Rect::from_min_max(pos2(rect.left() + WORDS, rect.top()), pos2(rect.right() - BUTTON, rect.bottom()));
    let response = ui.interact(rail, ui.scope_id().with("partials"), Sense::click_and_drag());
    let under = response.interact_pointer_pos().or_else(|| response.hover_pos());
    let under = under.map(|at| at_of((at.x - rail.left()) / rail.width().max(1.0), count));
    if (response.clicked() || response.dragged())
        && let Some(at) = under
    {
        cx.studio.viewer.partial = at;
    }
    let pinned = cx.studio.viewer.partial;
    let shown = under.unwrap_or(pinned);
    let name = partial_name(picture, shown);
    response.widget_info(|| {
        let mut info = WidgetInfo::slider(true, f64::from(shown.unwrap_or(count + 1)), "How the picture came");
        info.current_text_value = Some(name.clone());
        info
    });
    let words = line_of(ui, &name, Type::Note.font(), t.soft, WORDS - theme::TILE_GAP);
    place(ui, words, rect.left_center(), Align2::LEFT_CENTER);
    rail_ui(ui, rail.shrink2(vec2(theme::TILE_GAP, 0.0)), count, shown);
    focus_ring(ui, &response, rail, theme::RADIUS, t.accent);
    let [back, forth] = [Action::PreviousPartial, Action::NextPartial].map(|action| keys_of(action).unwrap_or_default());
    response.on_hover_text(format!("What was received before the picture was complete ({back} and {forth})"));
    if let Some(number) = pinned {
        let at = Rect::from_min_max(pos2(rail.right(), rect.top()), rect.max);
        let layout = Layout::right_to_left(Align::Center);
        let child = UiBuilder::new().max_rect(at).layout(layout).id_salt("keep");
        let name = format!("Keep {} as a picture of its own", partial_name(picture, pinned).to_lowercase());
        if ui.scope_builder(child, |ui| small_button(ui, "Keep as a picture", &name)).inner.clicked() {
            cx.push(Command::KeepPartial(picture.id.clone(), number));
        }
    }
    shown
}

/// Which partial lies at a place on the rail, from 0 to 1; the picture itself is at its end.
fn at_of(place: f32, count: u32) -> Option<u32> {
    let number = (place.clamp(0.0, 1.0) * count as f32).round() as u32 + 1;
    (number <= count).then_some(number)
}

fn rail_ui(ui: &Ui, rail: Rect, count: u32, shown: Option<u32>) {
    let t = tokens(ui);
    let middle = rail.center().y;
    let band = Rect::from_min_max(pos2(rail.left(), middle - 2.0), pos2(rail.right(), middle + 2.0));
    ui.painter().rect_filled(band, 2, t.track);
    let x = |number: u32| rail.left() + rail.width() * (number - 1) as f32 / count.max(1) as f32;
    if count <= TICKS {
        for number in 1..=count + 1 {
            ui.painter().circle_filled(pos2(x(number), middle), 3.0, t.soft);
        }
    }
    ui.painter().circle_filled(pos2(x(shown.unwrap_or(count + 1)), middle), 6.0, t.accent);
}

/// Says whether a picture came in pieces of a drawing rather than in partial pictures.
pub(super) fn is_drawing(picture: &Picture) -> bool {
    picture.format == Format::Svg
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rail_begins_with_the_first_partial_and_ends_with_the_picture() {
        for (place, number) in [(-1.0, Some(1)), (0.0, Some(1)), (0.4, Some(2)), (0.6, Some(3)), (0.9, None), (2.0, None)] {
            assert_eq!(at_of(place, 3), number, "{place}");
        }
    }
}
