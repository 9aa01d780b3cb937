//! Every prompt ever sent, latest first: searched while typing, walked with the arrow keys, used again alone or with
//! everything that went with it.

mod row;

use super::rows::{self, Rows};
use super::{Fresh, note_ui};
use crate::library::SentPrompt;
use crate::studio::Command;
use crate::ui::theme;
use crate::ui::widgets;
use crate::ui::{Cx, icons};
use egui::{Id, Key, Modifiers, Ui, UiBuilder, vec2};
use std::sync::Arc;

/// Height of a row, with its line.
const ROW: f32 = 69.0;
/// Rows that a page key goes.
const PAGE: isize = 6;
/// What stands above and below the list, with the title.
const AROUND: f32 = 230.0;
const CHIP: f32 = 112.0;

#[derive(Default)]
pub(super) struct Form {
    /// The row that Enter uses.
    at: usize,
    fresh: Fresh,
}

/// What a key or a click wants of a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    Prompt,
    Settings,
    Favourite,
}

pub(super) fn history_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form) {
    let id = Id::unique("search prompts");
    let (step, mut wish) = keys(ui, id);
    let changed = head_ui(ui, cx, form, id);
    let found = cx.studio.history.found().map(|found| (found.prompts.clone(), Some(found.all)));
    let (prompts, all) = found.unwrap_or_default();
    if changed {
        form.at = 0;
    }
    form.at = form.at.saturating_add_signed(step).min(prompts.len().saturating_sub(1));
    let height = (ui.content_rect().height() - AROUND).max(3.0 * ROW);
    match (prompts.is_empty(), all) {
        (false, _) => {
            let clicked = list_ui(ui, cx, form, &prompts, height, step != 0 || changed);
            if let Some((row, what)) = clicked {
                form.at = row;
                wish = Some(what);
            }
        }
        (true, all) => {
            ui.allocate_ui(vec2(ui.available_width(), height), |ui| nothing_ui(ui, cx, all));
        }
    }
    foot_ui(ui, prompts.len(), all);
    if wish == Some(Wish::Favourite) {
        // The keys go on from the row whose star was pressed.
        ui.memory_mut(|memory| memory.request_focus(id));
    }
    if let (Some(wish), Some(prompt)) = (wish, prompts.get(form.at)) {
        let run = prompt.last.id.clone();
        let command = match wish {
            Wish::Prompt => Command::UsePrompt(run),
            Wish::Settings => Command::UsePromptSettings(run),
            Wish::Favourite => cx.studio.toggle_favourite(prompt),
        };
        cx.push(command);
    }
}

/// What the keys ask for while the field has the keyboard; taken before the field sees them.
fn keys(ui: &Ui, field: Id) -> (isize, Option<Wish>) {
    if !ui.memory(|memory| memory.has_focus(field)) {
        return (0, None);
    }
    let pressed = |modifiers, key| ui.input_mut(|input| input.consume_key(modifiers, key));
    let step = rows::steps(ui, PAGE);
    let wish = if pressed(Modifiers::SHIFT, Key::Enter) {
        Some(Wish::Settings)
    } else if pressed(Modifiers::NONE, Key::Enter) {
        Some(Wish::Prompt)
    } else {
        pressed(Modifiers::COMMAND, Key::D).then_some(Wish::Favourite)
    };
    (step, wish)
}

/// The field and the filter; says whether another question is asked now.
fn head_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form, id: Id) -> bool {
    let history = &mut cx.studio.history;
    ui.horizontal(|ui| {
        let field = ui.scope(|ui| {
            ui.set_max_width(ui.available_width() - CHIP);
            let hint = "Search prompts, models, date:2026-11";
            widgets::search_field_with_id(ui, Some(id), &mut history.text, hint, "Search prompts")
        });
        form.fresh.focus(&field.inner);
        let filter = widgets::chip(ui, "Favourites", history.only_favourites);
        if filter.clicked() {
            history.only_favourites = !history.only_favourites;
            field.inner.request_focus();
        }
        field.inner.changed() || filter.clicked()
    })
    .inner
}

fn list_ui(
    ui: &mut Ui,
    cx: &mut Cx<'_>,
    form: &Form,
    prompts: &[Arc<SentPrompt>],
    height: f32,
    reveal: bool,
) -> Option<(usize, Wish)> {
    let mut wish = None;
    let reveal = reveal.then_some(form.at);
    let list = Rows { name: "prompts", height, row: ROW, count: prompts.len(), reveal };
    list.show(ui, |ui, row, rect| {
        let Some(prompt) = prompts.get(row) else { return };
        let place = UiBuilder::new().id_salt(prompt.runs.first()).max_rect(rect);
        let wished = ui.scope_builder(place, |ui| row::row_ui(ui, cx, rect, prompt, form.at == row)).inner;
        wish = wish.or(wished.map(|wish| (row, wish)));
    });
    wish
}

fn nothing_ui(ui: &mut Ui, cx: &mut Cx<'_>, all: Option<usize>) {
    let history = &mut cx.studio.history;
    match all {
        None => _ = widgets::empty_state(ui, icons::HOURGLASS, "Reading the prompts…", None),
        Some(0) => {
            let text = "Every prompt that you send is kept here, with its settings";
            widgets::empty_state(ui, icons::CLOCK_COUNTER_CLOCKWISE, text, None);
        }
        Some(_) if history.only_favourites && history.text.trim().is_empty() => {
            let text = "No favourites yet: the star beside a prompt makes it one";
            if widgets::empty_state(ui, icons::STAR, text, Some("Show all prompts")) {
                history.only_favourites = false;
            }
        }
        Some(_) => {
            if widgets::empty_state(ui, icons::FUNNEL, "No prompt fits these words", Some("Show all prompts")) {
                history.text.clear();
                history.only_favourites = false;
            }
        }
    }
}

fn foot_ui(ui: &mut Ui, shown: usize, all: Option<usize>) {
    ui.add_space(theme::GAP);
    ui.horizontal(|ui| {
        ui.spacing_mut().item_spacing.x = theme::TILE_GAP;
        for (keys, what) in
            [("Enter", "the prompt alone"), ("Shift+Enter", "with settings and references"), ("Ctrl+D", "favourite")]
        {
            widgets::key_hint(ui, keys);
            note_ui(ui, what);
        }
        if let Some(all) = all {
            ui.with_layout(egui::Layout::right_to_left(egui::Align::Center), |ui| {
                let one = if all == 1 { "prompt" } else { "prompts" };
                note_ui(ui, &if shown < all { format!("{shown} of {all} {one}") } else { format!("{all} {one}") });
            });
        }
    });
}
