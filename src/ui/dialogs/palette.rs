//! The command palette: a few letters find anything that can be done; Enter does it.

use super::rows::{self, Rows};
use super::{Fresh, LINE};
use crate::studio::{Command, PaletteEntry, ranked};
use crate::ui::theme::{self, Type, tokens};
use crate::ui::widgets::{self, focus_ring, line_of, place, raised_fill};
use crate::ui::{Cx, icons};
use egui::{Align2, Color32, Id, Key, Modifiers, Rect, Role, Sense, Ui, WidgetInfo, pos2, vec2};

const ROW: f32 = 30.0;
/// Rows in view.
const ROWS: f32 = 14.0;
/// Rows that a page key goes.
const PAGE: isize = 10;

#[derive(Default)]
pub(super) struct Form {
    text: String,
    at: usize,
    /// As they were when the palette was opened; nothing behind it changes while it is open.
    entries: Vec<PaletteEntry>,
    found: Vec<usize>,
    fresh: Fresh,
}

impl Form {
    pub(super) fn new(cx: &Cx<'_>) -> Self {
        let entries = cx.studio.palette();
        let found = ranked(&entries, "", &cx.studio.layout.palette_recent);
        Self { entries, found, ..Self::default() }
    }
}

pub(super) fn palette_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form) {
    let id = Id::unique("search commands");
    let (step, entered) = keys(ui, id);
    let hint = "Type what you want to do";
    let field = widgets::search_field_with_id(ui, Some(id), &mut form.text, hint, "Search commands");
    form.fresh.focus(&field);
    if field.changed() {
        form.found = ranked(&form.entries, &form.text, &cx.studio.layout.palette_recent);
        form.at = 0;
    }
    form.at = form.at.saturating_add_signed(step).min(form.found.len().saturating_sub(1));
    ui.add_space(theme::GAP);
    let clicked = list_ui(ui, form, step != 0 || field.changed());
    let chosen = clicked.or(entered.then_some(form.at));
    let entry = chosen.and_then(|row| form.found.get(row)).and_then(|place| form.entries.get(*place));
    if let Some(entry) = entry.filter(|entry| entry.why_not.is_none()) {
        cx.push(Command::RunEntry(Box::new(entry.clone())));
    }
}

/// How far the arrow keys go and whether Enter was pressed, taken before the field sees them.
fn keys(ui: &Ui, field: Id) -> (isize, bool) {
    if !ui.memory(|memory| memory.has_focus(field)) {
        return (0, false);
    }
    (rows::steps(ui, PAGE), ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter)))
}

fn list_ui(ui: &mut Ui, form: &Form, reveal: bool) -> Option<usize> {
    let height = ROWS * ROW;
    if form.found.is_empty() {
        ui.allocate_ui(vec2(ui.available_width(), height), |ui| {
            widgets::empty_state(ui, icons::COMMAND, "Nothing is called that", None);
        });
        return None;
    }
    let mut clicked = None;
    ui.spacing_mut().item_spacing.y = 0.0;
    let reveal = reveal.then_some(form.at);
    let list = Rows { name: "commands", height, row: ROW, count: form.found.len(), reveal };
    list.show(ui, |ui, row, rect| {
        let Some(found) = form.found.get(row) else { return };
        let Some(entry) = form.entries.get(*found) else { return };
        if row_ui(ui, rect, *found, entry, form.at == row) {
            clicked = Some(row);
        }
    });
    clicked
}

fn row_ui(ui: &mut Ui, rect: Rect, number: usize, entry: &PaletteEntry, at: bool) -> bool {
    let t = tokens(ui);
    let can = entry.why_not.is_none();
    let response = ui.interact(rect, ui.scope_id().with(number), Sense::click());
    response.widget_info(|| {
        let said = match &entry.why_not {
            Some(why) => format!("{}: {why}", entry.text),
            None => entry.text.clone(),
        };
        WidgetInfo::selected(Role::Button, can, at, said)
    });
    let rest = if at { t.hover } else { Color32::TRANSPARENT };
    ui.painter().rect_filled(rect, theme::RADIUS, raised_fill(ui, &response, t, rest));
    let middle = rect.center().y;
    let mut end = rect.right() - theme::TILE_GAP;
    for keys in entry.keys.iter().rev() {
        end = key_ui(ui, keys, pos2(end, middle)) - theme::GAP;
    }
    let note = entry.why_not.as_deref().unwrap_or(entry.kind);
    let note = line_of(ui, note, Type::Note.font(), t.soft, LINE * 9.0);
    end = place(ui, note, pos2(end - theme::GAP, middle), Align2::RIGHT_CENTER).left() - theme::PADDING;
    let left = rect.left() + 10.0;
    let words = line_of(ui, &entry.text, Type::Body.font(), if can { t.text } else { t.faint }, end - left);
    place(ui, words, pos2(left, middle), Align2::LEFT_CENTER);
    focus_ring(ui, &response, rect, theme::RADIUS, t.accent);
    response.clicked()
}

/// Keys in their frame, ending at `right`; returns where it begins.
fn key_ui(ui: &Ui, keys: &str, right: egui::Pos2) -> f32 {
    let t = tokens(ui);
    let words = line_of(ui, keys, Type::Badge.font(), t.soft, f32::INFINITY);
    let size = vec2(words.size().x.ceil() + 10.0, 18.0);
    let rect = Align2::RIGHT_CENTER.anchor_size(right, size);
    ui.painter().rect_stroke(rect, theme::RADIUS_SMALL, egui::Stroke::new(1.0, t.line), egui::StrokeKind::Inside);
    place(ui, words, rect.center(), Align2::CENTER_CENTER);
    rect.left()
}
