//! The list of models: search, order, filters, what there is to tell of the list, and its rows.

use super::{State, inspect};
use crate::engine::ServiceOrder;
use crate::plan::{self, ModelEntry, Sort};
use crate::studio::{Command, ListNote, list_notes};
use crate::ui::theme::{self, Type, tokens};
use crate::ui::widgets::{self, Change, IconButton};
use crate::ui::{Cx, icons};
use egui::{
    Align2, Frame, Key, Margin, Modifiers, Rect, Role, ScrollArea, Sense, Ui, UiBuilder, WidgetInfo, pos2, vec2,
};
use std::time::Duration;

/// Height of a row, with its line.
const ROW: f32 = 55.0;
const SORT_WIDTH: f32 = 96.0;
/// In less room than this an author's name says nothing.
const AUTHOR_LEAST: f32 = 40.0;

/// Draws the list; `opened`: the browser has just come onto the screen.
pub(super) fn list_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    state: &mut State,
    entries: &[ModelEntry<'_>],
    listed: &[usize],
    opened: bool,
) {
    ui.spacing_mut().item_spacing.y = 0.0;
    let margin = Margin { left: 12, right: 12, top: 13, bottom: 10 };
    Frame::new().inner_margin(margin).show(ui, |ui| {
        ui.spacing_mut().item_spacing.y = theme::TILE_GAP;
        search_ui(ui, cx, state, entries, listed, opened);
        chips_ui(ui, cx, entries);
        notes_ui(ui, cx);
        if listed.len() < entries.len() && !listed.is_empty() {
            let count = format!("{} of {} models", listed.len(), entries.len());
            ui.label(Type::Note.text(count).color(tokens(ui).soft));
        }
    });
    progress_ui(ui, cx);
    rows_ui(ui, cx, state, entries, listed);
}

fn search_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    state: &mut State,
    entries: &[ModelEntry<'_>],
    listed: &[usize],
    opened: bool,
) {
    // Taken before the field sees them: it would move its cursor.
    let nothing_else = !ui.ctx().any_popup_open() && cx.studio.dialog.is_none();
    let mut step = 0;
    if nothing_else && ui.memory(|memory| memory.has_focus(search_id())) {
        for (key, rows) in [(Key::ArrowDown, 1), (Key::ArrowUp, -1), (Key::PageDown, 8), (Key::PageUp, -8)] {
            step += ui.input_mut(|input| input.count_and_consume_key(Modifiers::NONE, key)) as isize * rows;
        }
        if ui.input_mut(|input| input.consume_key(Modifiers::NONE, Key::Enter)) {
            let place = cx.studio.browser.neighbour(entries, listed, 0).and_then(|row| listed.get(row));
            if let Some(entry) = place.and_then(|place| entries.get(*place)) {
                cx.push(Command::ChooseModel(entry.model.id.clone()));
            }
        }
    }
    let changed = ui
        .horizontal(|ui| {
            let hint = format!("Search {} models", entries.len());
            let field = ui
                .scope(|ui| {
                    ui.set_max_width(ui.available_width() - SORT_WIDTH - theme::TILE_GAP);
                    search_field(ui, &mut cx.studio.browser.query, &hint)
                })
                .inner;
            if opened || (nothing_else && ui.memory(|memory| memory.focused().is_none())) {
                field.request_focus();
            }
            sort_ui(ui, &mut cx.studio.browser.sort);
            field.changed()
        })
        .inner;
    if step != 0 {
        let place = cx.studio.browser.neighbour(entries, listed, step).and_then(|row| listed.get(row));
        if let Some(entry) = place.and_then(|place| entries.get(*place)) {
            inspect(cx.commands, &mut cx.studio.browser, &cx.studio.snapshot.clone(), &entry.model.id);
            state.reveal = Some(None);
        }
    } else if changed {
        follow_query(cx, entries);
        state.reveal = Some(None);
    }
}

/// While a query leaves the inspected model out, the first one it finds is looked at.
fn follow_query(cx: &mut Cx<'_>, entries: &[ModelEntry<'_>]) {
    let listed = cx.studio.browser.listed(entries);
    let found: Vec<_> = listed.iter().filter_map(|place| entries.get(*place)).map(|entry| &entry.model.id).collect();
    let lost = cx.studio.browser.inspected.as_ref().is_none_or(|id| !found.contains(&id));
    if let (true, Some(first)) = (lost, found.first()) {
        inspect(cx.commands, &mut cx.studio.browser, &cx.studio.snapshot.clone(), first);
    }
}

fn search_id() -> egui::Id {
    egui::Id::unique("search models")
}

fn search_field(ui: &mut Ui, query: &mut String, hint: &str) -> egui::Response {
    widgets::search_field_with_id(ui, Some(search_id()), query, hint, "Search models")
}

fn sort_ui(ui: &mut Ui, sort: &mut Sort) {
    let labels = Sort::ALL.map(Sort::label);
    if let Some(Change::To(label)) = widgets::select(ui, "sort", "Sort models by", Some(sort.label()), &labels, None) {
        *sort = Sort::ALL.into_iter().find(|sort| sort.label() == label).unwrap_or(*sort);
    }
}

fn chips_ui(ui: &mut Ui, cx: &mut Cx<'_>, entries: &[ModelEntry<'_>]) {
    let chips = cx.studio.browser.chips(entries);
    if chips.is_empty() {
        return;
    }
    ui.scope(|ui| {
        ui.spacing_mut().item_spacing = vec2(theme::TILE_GAP, 6.0);
        ui.spacing_mut().interact_size.y = 22.0;
        ui.horizontal_wrapped(|ui| {
            for filter in chips {
                let on = cx.studio.browser.filters.contains(&filter);
                if widgets::chip(ui, filter.label(), on).clicked() {
                    cx.studio.browser.toggle_filter(filter);
                }
            }
        });
    });
}

fn notes_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let t = tokens(ui);
    for ListNote { text, detail, retry } in list_notes(&cx.studio.snapshot.models, &(cx.studio.clock)()) {
        ui.horizontal_top(|ui| {
            let (icon, color) = if retry { (icons::WIFI_SLASH, t.accent_text) } else { (icons::INFO, t.info) };
            let height = if retry { theme::FIELD } else { 18.0 };
            let (rect, _) = ui.allocate_exact_size(vec2(theme::ICON, height), Sense::hover());
            widgets::paint_icon(ui, icon, rect.center(), theme::ICON, color);
            let room = ui.available_width() - if retry { 92.0 } else { 0.0 };
            let words = ui.painter().layout(text.clone(), Type::Note.font(), t.soft, room);
            let (rect, shown) = ui.allocate_exact_size(vec2(room, words.size().y.max(height)), Sense::hover());
            shown.widget_info(|| WidgetInfo::labeled(Role::Status, true, &text));
            widgets::place(ui, words, rect.left_center(), Align2::LEFT_CENTER);
            if let Some(detail) = detail {
                shown.on_hover_text(Type::Note.text(detail));
            }
            if retry && widgets::button(ui, None, "Try again").clicked() {
                cx.push(Command::Service(ServiceOrder::RefreshModels));
            }
        });
    }
}

/// The line under the head; while the list is read a light moves along it.
fn progress_ui(ui: &mut Ui, cx: &Cx<'_>) {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), 2.0), Sense::hover());
    let line = Rect::from_min_max(pos2(rect.left(), rect.bottom() - 1.0), rect.max);
    ui.painter().rect_filled(line, 0, t.line);
    if !cx.studio.snapshot.models.loading {
        return;
    }
    response.widget_info(|| WidgetInfo::labeled(Role::ProgressIndicator, true, "Reading the models…"));
    let still = ui.style().animation_time == 0.0;
    let part = if still { 0.5 } else { (ui.input(|input| input.time) / 1.6).fract() as f32 };
    let width = rect.width() / 4.0;
    let left = rect.left() + (rect.width() + width) * part - width;
    let light = Rect::from_min_size(pos2(left, rect.top()), vec2(width, rect.height()));
    ui.painter().rect_filled(light.intersect(rect), 0, t.accent);
    if !still {
        ui.request_repaint_after(Duration::from_millis(100));
    }
}

fn rows_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State, entries: &[ModelEntry<'_>], listed: &[usize]) {
    if listed.is_empty() {
        return nothing_ui(ui, cx, entries.is_empty());
    }
    let reveal = state.reveal.take();
    ScrollArea::vertical().auto_shrink(false).show_viewport(ui, |ui, view| {
        ui.set_height(ROW * listed.len() as f32);
        let (origin, size) = (ui.max_rect().min, vec2(ui.max_rect().width(), ROW));
        let row_rect = |row: usize| Rect::from_min_size(origin + vec2(0.0, ROW * row as f32), size);
        if let (Some(align), Some(row)) = (reveal, cx.studio.browser.neighbour(entries, listed, 0)) {
            ui.scroll_to_rect(row_rect(row), align);
        }
        let first = (view.top() / ROW).floor().max(0.0) as usize;
        let last = (view.bottom() / ROW).ceil().max(0.0) as usize;
        for (row, place) in listed.iter().enumerate().take(last).skip(first) {
            if let Some(entry) = entries.get(*place) {
                let rect = row_rect(row);
                let row = UiBuilder::new().id_salt(entry.model.id.as_str()).max_rect(rect);
                ui.scope_builder(row, |ui| row_ui(ui, cx, rect, entry));
            }
        }
    });
}

fn nothing_ui(ui: &mut Ui, cx: &mut Cx<'_>, no_models: bool) {
    let models = &cx.studio.snapshot.models;
    if !no_models {
        if widgets::empty_state(ui, icons::FUNNEL, "No model fits these words and filters", Some("Clear filters")) {
            cx.studio.browser.show_all();
        }
    } else if models.loading {
        widgets::empty_state(ui, icons::HOURGLASS, "Reading the models…", None);
    } else if models.error.is_none() {
        widgets::empty_state(ui, icons::STACK, "The service lists no models that make pictures", None);
    }
}

fn row_ui(ui: &mut Ui, cx: &mut Cx<'_>, rect: Rect, entry: &ModelEntry<'_>) {
    let t = tokens(ui);
    let model = entry.model;
    let (name, author) = plan::display_name(model);
    let price = plan::price_line(entry.endpoints);
    let gone = entry.endpoints.is_some_and(<[_]>::is_empty);
    let inspected = cx.studio.browser.inspected.as_ref() == Some(&model.id);
    let in_use = cx.studio.draft.model.as_ref() == Some(&model.id);

    let response = ui.interact(rect, ui.scope_id().with("row"), Sense::click());
    response.widget_info(|| {
        let used = if in_use { ", in use" } else { "" };
        let said = format!("{name}, {author}, {} {}{used}", price.text, price.detail);
        WidgetInfo::selected(Role::ListBoxOption, true, inspected, said.trim_end())
    });
    if response.clicked() {
        inspect(cx.commands, &mut cx.studio.browser, &cx.studio.snapshot.clone(), &model.id);
    }
    if response.double_clicked() {
        cx.push(Command::ChooseModel(model.id.clone()));
    }
    let rest = if inspected { t.raised } else { t.panel };
    ui.painter().rect_filled(rect, 0, if inspected { rest } else { widgets::raised_fill(ui, &response, t, rest) });
    ui.painter().hline(rect.x_range(), rect.bottom() - 0.5, egui::Stroke::new(1.0, t.line));
    widgets::focus_ring(ui, &response, rect.shrink(1.0), theme::RADIUS_SMALL, t.accent);

    let strong = if gone { t.faint } else { t.text };
    let soft = if gone { t.faint } else { t.soft };
    let [upper, lower] = [rect.top() + 18.0, rect.top() + 37.0];
    let right = rect.right() - theme::PADDING;
    let text = widgets::line_of(ui, &price.text, Type::Body.font(), strong, 160.0);
    let detail = widgets::line_of(ui, &price.detail, Type::Note.font(), soft, 180.0);
    let upper_end = widgets::place(ui, text, pos2(right, upper), Align2::RIGHT_CENTER).left() - theme::PADDING;
    let lower_end = widgets::place(ui, detail, pos2(right, lower), Align2::RIGHT_CENTER).left() - theme::PADDING;

    let left = rect.left() + 42.0;
    let words = widgets::line_of(ui, name, Type::Strong.font(), strong, upper_end - left);
    let mut end = widgets::place(ui, words, pos2(left, upper), Align2::LEFT_CENTER).right() + 6.0;
    if in_use {
        widgets::paint_icon(ui, icons::CHECK, pos2(end + 6.0, upper), 14.0, t.accent_text);
        end += 18.0;
    }
    if upper_end - end >= AUTHOR_LEAST {
        let words = widgets::line_of(ui, author, Type::Body.font(), soft, upper_end - end);
        widgets::place(ui, words, pos2(end, upper), Align2::LEFT_CENTER);
    }
    let line = Rect::from_min_max(pos2(left, lower - 9.0), pos2(lower_end, lower + 9.0));
    badges_ui(ui, line, entry, if inspected { t.hover } else { t.raised }, soft);
    star_ui(ui, cx, rect, entry);
}

/// As many badges as there is room for; the others are counted and named in a tooltip.
fn badges_ui(ui: &mut Ui, line: Rect, entry: &ModelEntry<'_>, ground: egui::Color32, color: egui::Color32) {
    let badges = plan::badges(entry);
    let more = |count: usize| format!("+{count}");
    let mut left = line.left();
    for (place, badge) in badges.iter().enumerate() {
        let rest = badges.len() - place;
        let words = widgets::line_of(ui, &badge.text, Type::Badge.font(), color, f32::INFINITY);
        let width = (words.size().x + 10.0).ceil();
        let room = line.right() - left - if rest > 1 { 28.0 } else { 0.0 };
        let (words, width, hint) = if width <= room {
            (words, width, badge.hint.clone())
        } else {
            let words = widgets::line_of(ui, &more(rest), Type::Badge.font(), color, f32::INFINITY);
            let width = (words.size().x + 10.0).ceil();
            let names: Vec<_> = badges.iter().skip(place).map(|badge| badge.text.as_str()).collect();
            (words, width, Some(names.join("\n")))
        };
        let cut = words.text() != badge.text;
        let rect = Rect::from_min_size(pos2(left, line.top()), vec2(width, line.height()));
        ui.painter().rect_filled(rect, theme::RADIUS_SMALL, ground);
        widgets::place(ui, words, rect.center(), Align2::CENTER_CENTER);
        if let Some(hint) = hint {
            let response = ui.interact(rect, ui.scope_id().with(("badge", place)), Sense::hover());
            response.on_hover_text(Type::Note.text(hint));
        }
        if cut {
            break;
        }
        left = rect.right() + theme::GAP;
    }
}

fn star_ui(ui: &mut Ui, cx: &mut Cx<'_>, rect: Rect, entry: &ModelEntry<'_>) {
    let t = tokens(ui);
    let id = &entry.model.id;
    let favourite = cx.studio.browser.favourites.contains(id);
    let (name, _) = plan::display_name(entry.model);
    let label = if favourite { format!("Remove {name} from favourites") } else { format!("Add {name} to favourites") };
    let place = Rect::from_center_size(pos2(rect.left() + 20.0, rect.top() + 18.0), vec2(theme::FIELD, theme::FIELD));
    ui.scope_builder(UiBuilder::new().max_rect(place), |ui| {
        let button = IconButton::new(icons::STAR, &label).filled(favourite);
        let button = if favourite { button.color(t.star) } else { button };
        if button.show(ui).clicked() {
            cx.push(Command::ToggleFavourite(id.clone()));
        }
    });
}
