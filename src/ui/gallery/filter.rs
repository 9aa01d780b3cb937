//! The bar over the grid: the search field with its completions, what was found, chips by facet, and the stacks.

use super::super::theme::{self, Type, tokens};
use super::super::widgets::{self, IconButton, line_of, place};
use super::super::{Cx, icons, reading};
use crate::library::{Edit, SavedSearch};
use crate::plan::query::{Completion, Key, complete};
use crate::studio::{Action, Command, keys_of, pictures_text};
use egui::text::{CCursor, CCursorRange};
use egui::text_edit::TextEditState;
use egui::{
    Align, Align2, Id, Key as Pressed, Layout, Modifiers, Popup, PopupCloseBehavior, Rect, Role, ScrollArea, Sense, Ui,
    UiBuilder, WidgetInfo, vec2,
};

/// Height of the bar, points.
pub(super) const BAR: f32 = 40.0;
/// Chips of a facet that are shown at first.
const CHIPS: usize = 12;

/// What the bar remembers.
#[derive(Default)]
pub(super) struct State {
    /// The completion that Enter takes.
    chosen: Option<usize>,
    /// Closed by Escape until something else is typed.
    quiet: bool,
}

/// Draws the bar into `rect`.
pub(super) fn filter_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State, rect: Rect, focus: bool) {
    let inside = rect.shrink2(vec2(theme::PADDING, 0.0));
    let row = UiBuilder::new().max_rect(inside).layout(Layout::right_to_left(Align::Center)).id_salt("filter");
    ui.scope_builder(row, |ui| {
        ui.spacing_mut().item_spacing.x = theme::GAP;
        let stacked = cx.studio.layout.stacked;
        let stacks = IconButton::new(icons::STACK, "Stack all runs").selected(stacked);
        if stacks.keys(keys_of(Action::ToggleStacks).as_deref()).show(ui).clicked() {
            cx.push(Command::Do(Action::ToggleStacks));
        }
        let filters =
            IconButton::new(icons::SLIDERS_HORIZONTAL, "Filters").selected(!cx.studio.search.text().is_empty());
        let filters = filters.show(ui);
        Popup::menu(&filters).close_behavior(PopupCloseBehavior::CloseOnClickOutside).show(|ui| facets_ui(ui, cx));
        if !cx.studio.search.query().is_empty() {
            save_ui(ui, cx);
        }
        count_ui(ui, cx);
        field_ui(ui, cx, state, focus);
    });
}

/// `12 of 5,000`, or what is wrong with the search.
fn count_ui(ui: &mut Ui, cx: &Cx<'_>) {
    let t = tokens(ui);
    let search = &cx.studio.search;
    let problem = search.query().problems().next().map(ToString::to_string);
    let (text, color) = match (problem, search.found()) {
        (Some(problem), _) => (problem, t.accent_text),
        (None, Some(found)) => (format!("{} of {}", found.count, pictures_text(cx.studio.collection.count())), t.soft),
        (None, None) => return,
    };
    let width = (ui.available_width() - 260.0).max(60.0);
    let words = line_of(ui, &text, Type::Note.font(), color, width);
    let (rect, response) = ui.allocate_exact_size(vec2(words.size().x + 8.0, BAR), Sense::hover());
    response.widget_info(|| WidgetInfo::labeled(Role::Status, true, text.as_str()));
    place(ui, words, rect.center(), Align2::CENTER_CENTER);
    response.on_hover_text(&text);
}

fn save_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let text = cx.studio.search.text().trim().to_owned();
    let kept = cx.studio.shelves.searches.iter().any(|search| search.query == text);
    let name = if kept { "This search is kept" } else { "Keep this search" };
    let button = |ui: &mut Ui| IconButton::new(icons::BOOKMARK_SIMPLE, name).selected(kept).show(ui);
    if reading::writing(ui, button).clicked() && !kept {
        let mut shelves = cx.studio.shelves.clone();
        shelves.searches.push(SavedSearch { name: text.clone(), query: text });
        cx.push(Command::Edit(Edit::SetUserLists(shelves)));
    }
}

fn field_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State, focus: bool) {
    let id = Id::unique("library search");
    let has_focus = ui.memory(|memory| memory.has_focus(id));
    let offered = if has_focus && !state.quiet { completions(ui, cx, id) } else { Vec::new() };
    let mut taken = None;
    if has_focus {
        taken = keys(ui, state, &offered);
    }
    let mut text = cx.studio.search.text().to_owned();
    let width = ui.available_width().min(420.0);
    let place = Rect::from_min_size(ui.max_rect().left_top(), vec2(width, BAR));
    let row = UiBuilder::new().max_rect(place).layout(Layout::left_to_right(Align::Center));
    let response = ui
        .scope_builder(row, |ui| {
            widgets::search_field_with_id(
                ui,
                Some(id),
                &mut text,
                "Search prompts, model:… rating:>=3",
                "Search the library",
            )
        })
        .inner;
    if focus {
        response.request_focus();
    }
    if response.changed() {
        (state.chosen, state.quiet) = (None, false);
        cx.studio.set_search(text);
    }
    if !offered.is_empty() {
        Popup::from_response(&response).id(id.with("completions")).open(true).show(|ui| {
            ui.set_width(width.max(360.0));
            theme::menu_entries(ui);
            for (place, completion) in offered.iter().enumerate() {
                if completion_ui(ui, completion, state.chosen == Some(place)) {
                    taken = Some(place);
                }
            }
        });
    }
    if let Some(completion) = taken.and_then(|place| offered.get(place)) {
        take(ui, cx, id, completion);
        state.chosen = None;
        response.request_focus();
    }
}

/// Where the cursor stands, in bytes.
fn cursor(ui: &Ui, id: Id, text: &str) -> usize {
    let range = TextEditState::load(ui.ctx(), id).and_then(|state| state.cursor.char_range());
    let place = range.map_or(usize::MAX, |range| range.primary.index.0);
    text.char_indices().nth(place).map_or(text.len(), |(at, _)| at)
}

fn completions(ui: &Ui, cx: &Cx<'_>, id: Id) -> Vec<Completion> {
    let text = cx.studio.search.text();
    let mut found = complete(text, cursor(ui, id, text), &cx.studio.search.vocabulary());
    found.truncate(8);
    found
}

/// Takes the arrow keys, Enter, Tab and Escape from the field while completions are offered.
fn keys(ui: &mut Ui, state: &mut State, offered: &[Completion]) -> Option<usize> {
    if offered.is_empty() {
        return None;
    }
    let pressed = |key| ui.input_mut(|input| input.consume_key(Modifiers::NONE, key));
    if pressed(Pressed::ArrowDown) {
        state.chosen = Some(state.chosen.map_or(0, |place| (place + 1) % offered.len()));
    }
    if pressed(Pressed::ArrowUp) {
        let last = offered.len() - 1;
        state.chosen = Some(state.chosen.map_or(last, |place| place.checked_sub(1).unwrap_or(last)));
    }
    if pressed(Pressed::Escape) {
        state.quiet = true;
    }
    // Without a choice Tab goes on to the next control and Enter to the search as it stands.
    let wanted = state.chosen.is_some() && (pressed(Pressed::Enter) || pressed(Pressed::Tab));
    state.chosen.filter(|_| wanted)
}

fn completion_ui(ui: &mut Ui, completion: &Completion, chosen: bool) -> bool {
    let t = tokens(ui);
    let (rect, response) = ui.allocate_exact_size(vec2(ui.available_width(), theme::FIELD), Sense::click());
    let said = format!("{} {}", completion.with, completion.about);
    response.widget_info(|| WidgetInfo::selected(Role::ListBoxOption, true, chosen, said.as_str()));
    if chosen || response.hovered() {
        ui.painter().rect_filled(rect, theme::RADIUS, t.hover);
    }
    let inside = rect.shrink2(vec2(8.0, 0.0));
    let with = line_of(ui, &completion.with, Type::Body.font(), t.text, inside.width());
    let left = place(ui, with, inside.left_center(), Align2::LEFT_CENTER).right() + 12.0;
    let about = match completion.count {
        Some(count) => count.to_string(),
        None => completion.about.clone(),
    };
    let about = line_of(ui, &about, Type::Note.font(), t.soft, (inside.right() - left).max(0.0));
    place(ui, about, inside.right_center(), Align2::RIGHT_CENTER);
    response.clicked()
}

/// Puts a completion where it belongs and the cursor behind it.
fn take(ui: &Ui, cx: &mut Cx<'_>, id: Id, completion: &Completion) {
    let mut text = cx.studio.search.text().to_owned();
    let Completion { replace, with, .. } = completion;
    if text.get(replace.clone()).is_none() {
        return;
    }
    // After a value one goes on; after a key its value follows.
    let space =
        if with.ends_with(':') || text.get(replace.end..).is_some_and(|rest| rest.starts_with(' ')) { "" } else { " " };
    text.replace_range(replace.clone(), &format!("{with}{space}"));
    let after = replace.start + with.len() + space.len();
    let place = text.get(..after).map_or(0, |before| before.chars().count());
    cx.studio.set_search(text);
    if let Some(mut state) = TextEditState::load(ui.ctx(), id) {
        state.cursor.set_char_range(Some(CCursorRange::one(CCursor::new(place))));
        state.store(ui.ctx(), id);
    }
}

/// What the library holds, as chips that edit the search.
fn facets_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let vocabulary = cx.studio.search.vocabulary();
    ui.set_width(420.0);
    if vocabulary.facets.is_empty() {
        ui.label(Type::Note.text("The library is empty"));
    }
    let height = ui.ctx().content_rect().height() * 0.7;
    ScrollArea::vertical().max_height(height).show(ui, |ui| {
        for facet in &vocabulary.facets {
            widgets::section_header(ui, heading(facet.key));
            ui.horizontal_wrapped(|ui| {
                ui.spacing_mut().item_spacing = vec2(6.0, 6.0);
                for (value, count) in facet.values.iter().take(CHIPS) {
                    let on = cx.studio.search.query().asks(facet.key, value);
                    let text = format!("{} {count}", chip_text(facet.key, value));
                    if widgets::chip(ui, &text, on).clicked() {
                        cx.studio.search.toggle(facet.key, value);
                    }
                }
                if let Some(more) = facet.values.len().checked_sub(CHIPS).filter(|more| *more > 0) {
                    let text = format!("and {more} more: type {}:", facet.key);
                    ui.label(Type::Note.text(text).color(tokens(ui).soft));
                }
            });
        }
    });
}

fn chip_text(key: Key, value: &str) -> String {
    match (key, value) {
        (Key::Rating, "0") => "no stars".to_owned(),
        (Key::Rating, stars) => "★".repeat(stars.parse::<usize>().unwrap_or(0).min(5)),
        (Key::Label, "none") => "no label".to_owned(),
        (Key::Cost, "unknown") => "price unknown".to_owned(),
        _ => value.to_owned(),
    }
}

fn heading(key: Key) -> &'static str {
    match key {
        Key::Model => "Model",
        Key::Tag => "Tags",
        Key::Collection => "Collections",
        Key::Rating => "Stars",
        Key::Label => "Label",
        Key::Is => "Kind",
        Key::Has => "Has",
        Key::Date => "Month",
        Key::Ratio => "Proportions",
        Key::Size => "Size",
        Key::Width => "Width",
        Key::Height => "Height",
        Key::Cost => "Cost",
        Key::Time => "Time",
        Key::Seed => "Seed",
        Key::Provider => "Provider",
        Key::File => "File",
    }
}
