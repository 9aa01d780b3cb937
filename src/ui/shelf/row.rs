//! A row of the right panel: a name and a number, perhaps a place to drop pictures, and the field that renames it.

use super::super::theme::{self, Type, tokens};
use super::super::widgets::{focus_ring, line_of, place, raised_fill};
use crate::library::PictureId;
use egui::{
    Align2, Color32, EventFilter, Key, Margin, Modifiers, Response, Role, Sense, Stroke, StrokeKind, TextEdit, Ui,
    WidgetInfo, vec2,
};

/// Height of a row, points.
const ROW: f32 = 26.0;

/// A name that is being typed in the place of a row.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Typing<T> {
    /// What gets the name.
    pub(super) subject: T,
    text: String,
    fresh: bool,
}

impl<T> Typing<T> {
    /// Begins with this text, all of it selected.
    pub(super) fn new(subject: T, text: impl Into<String>) -> Self {
        Self { subject, text: text.into(), fresh: true }
    }
}

/// What became of a name that is being typed.
pub(super) enum Typed {
    Going,
    /// Empty: as good as given up.
    Done(String),
    GivenUp,
}

/// The row, as a button.
pub(super) fn row(ui: &mut Ui, name: &str, count: Option<usize>, selected: bool) -> Response {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let said = count.map_or_else(|| name.to_owned(), |count| format!("{name}, {count}"));
    response.widget_info(|| WidgetInfo::selected(Role::Button, true, selected, said.as_str()));
    let rest = if selected { t.raised } else { Color32::TRANSPARENT };
    ui.painter().rect_filled(rect, theme::RADIUS, raised_fill(ui, &response, t, rest));
    let mut end = rect.right() - 8.0;
    if let Some(count) = count {
        let number = line_of(ui, &thousands(count), Type::Note.font(), t.soft, rect.width() / 2.0);
        end = place(ui, number, rect.right_center() - vec2(8.0, 0.0), Align2::RIGHT_CENTER).left() - 8.0;
    }
    let words = line_of(ui, name, Type::Body.font(), t.text, end - rect.left() - 8.0);
    place(ui, words, rect.left_center() + vec2(8.0, 0.0), Align2::LEFT_CENTER);
    focus_ring(ui, &response, rect, theme::RADIUS, t.accent);
    response
}

/// Takes pictures that are dropped on a row; frames it while they hover.
pub(super) fn dropped(ui: &Ui, response: &Response) -> Option<Vec<PictureId>> {
    if response.dnd_hover_payload::<Vec<PictureId>>().is_some() {
        let stroke = Stroke::new(1.5, tokens(ui).accent);
        ui.painter().rect_stroke(response.rect, theme::RADIUS, stroke, StrokeKind::Inside);
    }
    response.dnd_release_payload::<Vec<PictureId>>().map(|ids| ids.to_vec())
}

/// The field in the place of a row. Enter and going elsewhere take the name, Escape gives it up.
pub(super) fn typing_ui<T>(ui: &mut Ui, typing: &mut Typing<T>, name: &str) -> Typed {
    let field = TextEdit::singleline(&mut typing.text)
        .desired_width(f32::INFINITY)
        .min_size(vec2(0.0, ROW))
        .align(Align2::LEFT_CENTER)
        .margin(Margin::symmetric(8, 4))
        .event_filter(EventFilter { horizontal_arrows: true, vertical_arrows: true, escape: true, tab: false });
    let mut output = field.show(ui);
    let response = output.response.response.clone().accessible_name(name);
    if std::mem::take(&mut typing.fresh) {
        response.request_focus();
        let all = egui::text::CCursorRange::two(
            egui::text::CCursor::default(),
            egui::text::CCursor::new(typing.text.chars().count()),
        );
        output.state.cursor.set_char_range(Some(all));
        output.state.store(ui.ctx(), response.id);
        return Typed::Going;
    }
    if response.has_focus() && ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Escape)) {
        response.surrender_focus();
        return Typed::GivenUp;
    }
    if response.lost_focus() { Typed::Done(typing.text.trim().to_owned()) } else { Typed::Going }
}

/// `4,213`.
fn thousands(count: usize) -> String {
    let digits = count.to_string();
    let mut text = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn large_numbers_are_readable() {
        for (count, text) in [(0, "0"), (999, "999"), (4213, "4,213"), (1_000_000, "1,000,000")] {
            assert_eq!(thousands(count), text);
        }
    }
}
