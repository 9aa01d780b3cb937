//! Fields of a form: a label in its column, and beside it a list, a box to tick or whatever the caller puts there.

use egui::{
    Align, Align2, ComboBox, InnerResponse, Layout, Rect, Response, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo,
    pos2, vec2,
};

use super::{buttons::caret, focus_ring, line_of, paint_icon, place, raised_fill};
use crate::ui::icons;
use crate::ui::theme::{self, Type, tokens};

/// A label in the column of labels and its value beside it; several values wrap inside their own column.
pub fn field_row<R>(ui: &mut Ui, label: &str, value: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    row_of(ui, label, theme::FIELD, value)
}

/// [`field_row`] for values as high as ratio buttons, with less space between them.
pub fn ratio_row<R>(ui: &mut Ui, label: &str, value: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    row_of(ui, label, theme::RATIO_BUTTON, |ui| {
        ui.spacing_mut().item_spacing = vec2(theme::GAP, theme::GAP);
        value(ui)
    })
}

fn row_of<R>(ui: &mut Ui, label: &str, height: f32, value: impl FnOnce(&mut Ui) -> R) -> InnerResponse<R> {
    let t = tokens(ui);
    ui.horizontal_top(|ui| {
        let (column, _) = ui.allocate_exact_size(vec2(theme::LABEL_COLUMN, height), Sense::hover());
        let words = line_of(ui, label, Type::Body.font(), t.soft, column.width());
        place(ui, words, column.left_center(), Align2::LEFT_CENTER);
        let size = vec2(ui.available_width(), height);
        let layout = Layout::left_to_right(Align::Center).with_main_wrap(true);
        ui.allocate_ui_with_layout(size, layout, value).inner
    })
}

/// What was chosen in a list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Change {
    /// Leave it to the provider.
    ToDefault,
    To(String),
}

/// A list to choose one of `values` from, over the rest of the line. Where there is a `default_label`, nothing need be
/// chosen and the label stands there faintly. A `current` value that is not offered is shown all the same.
pub fn select<S: AsRef<str>>(
    ui: &mut Ui,
    id: impl egui::AsIdSalt,
    name: &str,
    current: Option<&str>,
    values: &[S],
    default_label: Option<&str>,
) -> Option<Change> {
    let t = tokens(ui);
    let shown = match current {
        Some(current) => Type::Body.text(current).color(t.text),
        None => Type::Body.text(default_label.unwrap_or("")).color(t.faint),
    };
    let mut change = None;
    let soft = t.soft;
    let list = ComboBox::from_id_salt(id)
        .width(ui.available_width())
        .truncate()
        .selected_text(shown)
        .icon(move |ui, rect, _, _| caret(ui, rect, soft))
        .show_ui(ui, |ui| {
            theme::menu_entries(ui);
            if let Some(label) = default_label
                && ui.selectable_label(current.is_none(), Type::Body.text(label).color(t.soft)).clicked()
            {
                change = Some(Change::ToDefault);
            }
            for value in values.iter().map(AsRef::as_ref) {
                if ui.selectable_label(current == Some(value), value).clicked() {
                    change = Some(Change::To(value.to_owned()));
                }
            }
            // egui closes the list on a click of the pointer only.
            if change.is_some() {
                ui.close();
            }
        });
    list.response.accessible_name(name);
    let now = current.map_or(Change::ToDefault, |value| Change::To(value.to_owned()));
    change.filter(|change| *change != now)
}

/// A box to tick; with an empty `text` only the box is drawn, and `name` is what is read out.
pub fn checkbox(ui: &mut Ui, checked: &mut bool, text: &str, name: &str) -> Response {
    let t = tokens(ui);
    let words = line_of(ui, text, Type::Body.font(), t.text, ui.available_width() - theme::ICON - theme::TILE_GAP);
    let width = if text.is_empty() { 0.0 } else { theme::TILE_GAP + words.size().x };
    let (rect, mut response) = ui.allocate_exact_size(vec2(theme::ICON + width, theme::FIELD), Sense::click());
    if response.clicked() {
        *checked = !*checked;
        response.mark_changed();
    }
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, ui.is_enabled(), *checked, name));
    let square =
        Rect::from_min_size(pos2(rect.left(), rect.center().y - theme::ICON / 2.0), vec2(theme::ICON, theme::ICON));
    if *checked {
        ui.painter().rect_filled(square, theme::RADIUS_SMALL, t.accent);
        paint_icon(ui, icons::CHECK, square.center(), 12.0, t.on_accent);
    } else {
        ui.painter().rect_filled(square, theme::RADIUS_SMALL, raised_fill(ui, &response, t, t.raised));
        ui.painter().rect_stroke(square, theme::RADIUS_SMALL, Stroke::new(1.0, t.faint), StrokeKind::Inside);
    }
    place(ui, words, pos2(square.right() + theme::TILE_GAP, rect.center().y), Align2::LEFT_CENTER);
    focus_ring(ui, &response, square.expand(3.0), theme::RADIUS, t.accent);
    response
}
