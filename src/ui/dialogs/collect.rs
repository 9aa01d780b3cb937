//! Collections and tags of the chosen pictures: ticked in a list that one field searches, or made by typing a new name.

use super::{Fresh, LINE, buttons_ui, note_ui};
use crate::library::{Edit, PictureId};
use crate::studio::{Bin, Command, Common, Held, Kept, Line, lines, pictures_text};
use crate::ui::theme::{self, Type, tokens};
use crate::ui::widgets::{self, focus_ring, line_of, paint_icon, place, raised_fill};
use crate::ui::{Cx, icons};
use egui::{
    Align2, Color32, Id, Key, Modifiers, Rect, Role, ScrollArea, Sense, Stroke, StrokeKind, Ui, WidgetInfo, pos2, vec2,
};
use std::sync::Arc;

const ROW: f32 = 28.0;
/// Rows in view.
const ROWS: f32 = 10.0;

#[derive(Default)]
pub(super) struct Form {
    ids: Vec<PictureId>,
    text: String,
    /// The line that Enter chooses; `None`: the field is empty and no arrow key was pressed.
    at: Option<usize>,
    common: Kept<u64, Common>,
    fresh: Fresh,
}

impl Form {
    pub(super) fn new(ids: &[PictureId]) -> Self {
        Self { ids: ids.to_vec(), ..Self::default() }
    }

    fn common(&mut self, cx: &Cx<'_>) -> Arc<Common> {
        let Self { common, ids, .. } = self;
        let collection = &cx.studio.collection;
        common.get(collection.revision(), || Common::of(ids.iter().filter_map(|id| collection.picture(id))))
    }
}

pub(super) fn collect_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form) {
    let common = form.common(cx);
    let id = Id::unique("collections and tags");
    let arrows = keys(ui, id);
    let name = "Find or make a collection or a tag";
    let field = widgets::search_field_with_id(ui, Some(id), &mut form.text, name, name);
    form.fresh.focus(&field);
    if field.changed() {
        form.at = (!form.text.trim().is_empty()).then_some(0);
    }
    let tallies = cx.studio.tallies();
    let list = lines(&form.text, &tallies.collections(&cx.studio.shelves), &tallies.tags);
    if arrows != 0 && !list.is_empty() {
        let last = list.len().cast_signed() - 1;
        let next = form.at.map_or(if arrows > 0 { arrows - 1 } else { last }, |at| at.cast_signed() + arrows);
        form.at = usize::try_from(next.clamp(0, last)).ok();
    }
    form.at = form.at.filter(|at| *at < list.len());
    list_ui(ui, cx, form, &common, &list, arrows != 0);
    note_ui(ui, &format!("For {}", pictures_text(common.ids.len())));

    let entered = ui.input(|input| input.key_pressed(Key::Enter)) && (field.has_focus() || field.lost_focus());
    match form.at.and_then(|at| list.get(at)) {
        Some(line) if entered => {
            choose(cx, &common, line);
            form.text.clear();
            form.at = None;
            field.request_focus();
        }
        None if entered => cx.push(Command::CloseDialog),
        _ => {}
    }
    let done = buttons_ui(ui, |ui| widgets::accent_button(ui, "Done").clicked());
    if done {
        cx.push(Command::CloseDialog);
    }
}

/// How far the arrow keys go down the list while the field has the keyboard.
fn keys(ui: &Ui, field: Id) -> isize {
    if !ui.memory(|memory| memory.has_focus(field)) {
        return 0;
    }
    let pressed = |key| isize::from(ui.input_mut(|input| input.consume_key(Modifiers::NONE, key)));
    pressed(Key::ArrowDown) - pressed(Key::ArrowUp)
}

fn choose(cx: &mut Cx<'_>, common: &Common, line: &Line) {
    cx.push(Command::Edit(Edit::Mark { ids: common.ids.clone(), change: line.change(common) }));
}

fn list_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &Form, common: &Common, list: &[Line], moved: bool) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let height = ROWS * ROW;
    let mut area = ScrollArea::vertical().id_salt("lines").max_height(height).min_scrolled_height(height);
    if let (true, Some(at)) = (moved, form.at) {
        // In the middle, as far as the ends allow.
        area = area.vertical_scroll_offset((at as f32 * ROW - (height - ROW) / 2.0).max(0.0));
    }
    area.auto_shrink(false).show_rows(ui, ROW, list.len(), |ui, range| {
        for (place, line) in list.iter().enumerate().take(range.end).skip(range.start) {
            ui.push_id((line.bin, &line.name), |ui| {
                if line_ui(ui, line, line.held(common), form.at == Some(place)) {
                    choose(cx, common, line);
                }
            });
        }
    });
    ui.spacing_mut().item_spacing.y = 6.0;
}

fn line_ui(ui: &mut Ui, line: &Line, held: Held, at: bool) -> bool {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), ROW), Sense::click());
    let (kind, icon) = match line.bin {
        Bin::Collection => ("collection", icons::FOLDER),
        Bin::Tag => ("tag", icons::TAG),
    };
    let text = match line.count {
        Some(_) => line.name.clone(),
        None => format!("Make the {kind} “{}”", line.name),
    };
    let said = match (line.count, held) {
        (None, _) => text.clone(),
        (Some(_), Held::Some) => format!("{text}, {kind}, some of them"),
        (Some(_), _) => format!("{text}, {kind}"),
    };
    response.widget_info(|| WidgetInfo::selected(Role::CheckBox, true, held == Held::All, &said));
    let rest = if at { t.hover } else { Color32::TRANSPARENT };
    ui.painter().rect_filled(rect, theme::RADIUS, raised_fill(ui, &response, t, rest));
    let middle = rect.center().y;
    let square = Rect::from_center_size(pos2(rect.left() + 16.0, middle), vec2(theme::ICON, theme::ICON));
    match (line.count, held) {
        (None, _) => paint_icon(ui, icons::PLUS, square.center(), 14.0, t.soft),
        (_, Held::None) => {
            ui.painter().rect_stroke(square, theme::RADIUS_SMALL, Stroke::new(1.0, t.faint), StrokeKind::Inside);
        }
        (_, held) => {
            let icon = if held == Held::All { icons::CHECK } else { icons::MINUS };
            ui.painter().rect_filled(square, theme::RADIUS_SMALL, t.accent);
            paint_icon(ui, icon, square.center(), 12.0, t.on_accent);
        }
    }
    paint_icon(ui, icon, pos2(rect.left() + 42.0, middle), 14.0, t.soft);
    let mut end = rect.right() - 10.0;
    if let Some(count) = line.count {
        let count = line_of(ui, &count.to_string(), Type::Note.font(), t.soft, LINE * 3.0);
        end = place(ui, count, pos2(end, middle), Align2::RIGHT_CENTER).left() - 10.0;
    }
    let words = line_of(ui, &text, Type::Body.font(), t.text, end - rect.left() - 58.0);
    place(ui, words, pos2(rect.left() + 58.0, middle), Align2::LEFT_CENTER);
    focus_ring(ui, &response, rect, theme::RADIUS, t.accent);
    response.clicked()
}
