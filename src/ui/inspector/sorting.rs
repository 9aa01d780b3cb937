//! What the artist says of the chosen pictures: stars, flag, label, tags, collections; all of it can be changed here.
//!
//! For one picture or many: what only some of them have is shown fainter, and is given to all by its plus.

use super::super::marks::{edit, flags_ui, labels_ui, stars_ui};
use super::super::theme::{self, Type, tokens};
use super::super::widgets::{self, focus_ring, line_of, paint_icon, place, raised_fill, tooltip};
use super::super::{Cx, icons, reading};
use super::LABELS;
use crate::library::MarkChange;
use crate::plan::clean_name;
use crate::studio::{Action, Command, Common, Dialog, Held, Name, Tallies, keys_of, suggestions};
use egui::{
    Align, Align2, CompletionPopup, Layout, Margin, Rect, RectAlign, Role, Sense, Suggestion, TextEdit, Ui, WidgetInfo,
    pos2, vec2,
};

/// Height of a chip.
const CHIP: f32 = 22.0;
/// Width of the cross and of the plus of a chip.
const CROSS: f32 = 18.0;
/// Tags suggested at once.
const SUGGESTED: usize = 8;

/// What is being typed.
#[derive(Default)]
pub(in crate::ui) struct State {
    tag: String,
}

/// Draws the rows.
pub(in crate::ui) fn sorting_ui(ui: &mut Ui, cx: &mut Cx<'_>, common: &Common, state: &mut State) {
    ui.spacing_mut().item_spacing.y = 2.0;
    let mut change = row(ui, "Rating", |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        stars_ui(ui, common, "").or(flags_ui(ui, common, ""))
    });
    change = change.or(row(ui, "Label", |ui| {
        ui.spacing_mut().item_spacing.x = 0.0;
        labels_ui(ui, common, "")
    }));
    let tallies = cx.studio.tallies();
    change = change.or(row(ui, "Tags", |ui| tags_ui(ui, common, &tallies, state)));
    change = change.or(row(ui, "Collections", |ui| {
        let removed = chips_ui(ui, common, &common.collections, Kind::Collection);
        let keys = keys_of(Action::AddToCollection);
        if widgets::icon_button(ui, icons::PLUS, "Add to a collection", keys.as_deref()).clicked() {
            cx.push(Command::OpenDialog(Dialog::Collect(common.ids.clone())));
        }
        removed
    }));
    if let Some(change) = change {
        cx.push(edit(common, change));
    }
}

/// A label and what stands beside it, in as many lines as it needs.
fn row<R>(ui: &mut Ui, label: &str, contents: impl FnOnce(&mut Ui) -> R) -> R {
    let t = tokens(ui);
    let row = ui.horizontal_top(|ui| {
        let (cell, _) = ui.allocate_exact_size(vec2(LABELS, theme::FIELD), Sense::hover());
        let words = line_of(ui, label, Type::Note.font(), t.soft, LABELS);
        place(ui, words, cell.left_center(), Align2::LEFT_CENTER);
        let layout = Layout::left_to_right(Align::Center).with_main_wrap(true);
        let room = vec2(ui.available_width(), theme::FIELD);
        ui.allocate_ui_with_layout(room, layout, |ui| {
            ui.spacing_mut().item_spacing = vec2(theme::GAP, theme::GAP);
            reading::writing(ui, contents)
        })
        .inner
    });
    row.inner
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Tag,
    Collection,
}

impl Kind {
    fn add(self, text: &str) -> MarkChange {
        match self {
            Self::Tag => MarkChange::AddTag(text.to_owned()),
            Self::Collection => MarkChange::AddToCollection(text.to_owned()),
        }
    }

    fn remove(self, text: &str) -> MarkChange {
        match self {
            Self::Tag => MarkChange::RemoveTag(text.to_owned()),
            Self::Collection => MarkChange::RemoveFromCollection(text.to_owned()),
        }
    }
}

/// The tags, and the field that adds one.
fn tags_ui(ui: &mut Ui, common: &Common, tallies: &Tallies, state: &mut State) -> Option<MarkChange> {
    let change = chips_ui(ui, common, &common.tags, Kind::Tag);
    let id = ui.scope_id().with("tag");
    let field = TextEdit::singleline(&mut state.tag)
        .hint_text("Add a tag")
        .desired_width(ui.available_width().min(140.0))
        .align(Align2::LEFT_CENTER)
        .margin(Margin::symmetric(8, 3));
    // A tag may be several words.
    let completion = CompletionPopup::new(id).word_boundary(|_| false).align(RectAlign::BOTTOM_START);
    let shown = completion.show(ui, field, |query| suggest(query.word, &tallies.tags));
    shown.text_edit.response.response.clone().accessible_name("Add a tag");
    let typed = shown.accepted.map(|suggestion| suggestion.insert);
    if typed.is_some() {
        state.tag.clear();
    }
    change.or(typed.map(MarkChange::AddTag))
}

/// What was typed first, unless it is known: nobody is to get another tag than the one that was written.
fn suggest(typed: &str, known: &[Name]) -> Vec<Suggestion> {
    let Some(typed) = clean_name(typed) else { return Vec::new() };
    let mut names = suggestions(known, &typed, SUGGESTED);
    let same = names.iter().position(|name| name.text.to_lowercase() == typed.to_lowercase());
    let first = match same {
        Some(place) => Suggestion::new(names.remove(place).text.clone()),
        None => Suggestion::new(typed).description("new"),
    };
    let others = names.into_iter().map(|name| Suggestion::new(&name.text).description(name.count.to_string()));
    std::iter::once(first).chain(others).collect()
}

fn chips_ui(ui: &mut Ui, common: &Common, names: &[Name], kind: Kind) -> Option<MarkChange> {
    let mut change = None;
    for name in names {
        change = change.or(chip_ui(ui, common, name, kind));
    }
    change
}

/// A name with a cross that takes it away, and a plus where only some of the pictures have it.
fn chip_ui(ui: &mut Ui, common: &Common, name: &Name, kind: Kind) -> Option<MarkChange> {
    let t = tokens(ui);
    let held = common.held(name.count);
    let plus = if held == Held::Some { CROSS } else { 0.0 };
    let color = if held == Held::All { t.text } else { t.soft };
    let room = (ui.max_rect().width() - 8.0 - plus - CROSS).max(24.0);
    let words = line_of(ui, &name.text, Type::Note.font(), color, room);
    let size = vec2((8.0 + words.size().x + plus + CROSS).ceil(), CHIP);
    let (rect, response) = ui.allocate_exact_size(size, Sense::hover());
    let of = format!("{} of {} pictures", name.count, common.ids.len());
    let said = if held == Held::All { name.text.clone() } else { format!("{}, {of}", name.text) };
    response.widget_info(|| WidgetInfo::labeled(Role::Label, true, &said));
    ui.painter().rect_filled(rect, theme::RADIUS, t.raised);
    place(ui, words, pos2(rect.left() + 8.0, rect.center().y), Align2::LEFT_CENTER);
    let mut right = rect.right();
    let mut part = |ui: &mut Ui, icon: char, what: &str| {
        let place = Rect::from_min_max(pos2(right - CROSS, rect.top()), pos2(right, rect.bottom()));
        right -= CROSS;
        let id = ui.scope_id().with((kind == Kind::Tag, &name.text, what));
        let response = ui.interact(place, id, Sense::click());
        let text = format!("{what} {}", name.text);
        response.widget_info(|| WidgetInfo::labeled(Role::Button, ui.is_enabled(), &text));
        ui.painter().rect_filled(place, theme::RADIUS, raised_fill(ui, &response, t, t.raised));
        let lit = response.hovered() || response.has_focus();
        paint_icon(ui, icon, place.center(), 11.0, if lit { t.text } else { t.soft });
        focus_ring(ui, &response, place, theme::RADIUS_SMALL, t.accent);
        tooltip(response, &text, None).clicked()
    };
    let (remove, give) = match kind {
        Kind::Tag => ("Remove tag", "Give all the tag"),
        Kind::Collection => ("Remove from", "Add all to"),
    };
    if part(ui, icons::X, remove) {
        return Some(kind.remove(&name.text));
    }
    if held == Held::Some && part(ui, icons::PLUS, give) {
        return Some(kind.add(&name.text));
    }
    if held == Held::Some {
        response.on_hover_text(of);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_typed_is_offered_first_and_known_tags_after_it() {
        let known: Vec<Name> = ["Foxes", "fox den", "sea"].map(|text| Name { text: text.into(), count: 1 }).into();
        let found = |typed: &str| -> Vec<String> { suggest(typed, &known).into_iter().map(|s| s.insert).collect() };
        assert_eq!(found(" fox "), ["fox", "Foxes", "fox den"]);
        assert_eq!(found("FOXES"), ["Foxes"], "in its known spelling");
        assert_eq!(found("new"), ["new"]);
        assert!(found("  ").is_empty());
    }
}
