//! Rows for single values: lists, numbers, the seed, texts, JSON and switches.
//!
//! What is not a list starts with a box: empty means provider default, ticked reveals the value it last had.

use super::{DEFAULT, Entry, fault, list, row, words};
use crate::plan::{ChoiceValue, Control};
use crate::studio::{Studio, Typing, random_seed};
use crate::ui::icons;
use crate::ui::theme::{self, Type, tokens};
use crate::ui::widgets::{self, IconButton};
use egui::{FontSelection, Response, TextEdit, TextStyle, Ui};
use serde_json::Value;
use std::ops::RangeInclusive;

pub fn choice_ui(ui: &mut Ui, studio: &mut Studio, control: &Control, values: &[ChoiceValue]) {
    let current = studio.draft.wish(&control.field).map(|value| match value.as_str() {
        Some(text) => text.to_owned(),
        None => value.to_string(),
    });
    let mut entries = vec![Entry { text: DEFAULT.to_owned(), selected: current.is_none(), ..Entry::default() }];
    entries.extend(values.iter().map(|choice| Entry {
        text: choice.value.clone(),
        note: choice.note.clone().unwrap_or_default(),
        selected: current.as_ref() == Some(&choice.value),
        disabled: false,
    }));
    let t = tokens(ui);
    let shown = match &current {
        Some(value) if values.iter().any(|choice| choice.value == *value) => Type::Body.text(value).color(t.text),
        Some(value) => Type::Body.text(format!("{value} · not offered")).color(t.faint),
        None => Type::Body.text(DEFAULT).color(t.faint),
    };
    let help = words::help(control);
    let chosen = row(ui, &control.label, words::offered(control).as_deref(), &help, |ui| {
        list(ui, &control.field, &control.label, shown, &entries, &help)
    });
    match chosen {
        Some(0) => studio.draft.clear(&control.field),
        Some(place) => {
            if let Some(choice) = values.get(place - 1) {
                studio.draft.set(&control.field, choice.value.as_str());
            }
        }
        None => {}
    }
}

pub fn number_ui(ui: &mut Ui, studio: &mut Studio, control: &Control, range: RangeInclusive<f64>, integer: bool) {
    let help = words::help(control);
    let field = control.field.as_str();
    // Nobody asks for no picture: one is what the default means.
    let always = field == "n" && *range.start() <= 1.0;
    row(ui, &control.label, words::offered(control).as_deref(), &help, |ui| {
        let remembered = studio.draft.remembered(field).and_then(Value::as_f64);
        let mut value = remembered.unwrap_or(*range.start()).clamp(*range.start(), *range.end());
        if always {
            value = f64::from(studio.draft.count()).clamp(*range.start(), *range.end());
        } else if !switch(ui, studio, control, json_number(value, integer)) {
            return;
        }
        let before = value;
        let changed = widgets::value_slider(ui, &mut value, range, integer, &control.label).changed();
        if changed && value != before {
            studio.draft.set(field, json_number(value, integer));
        }
    });
}

/// A slider's steps leave traces like 0.30000000000000004.
fn json_number(value: f64, integer: bool) -> Value {
    if integer { Value::from(value.round() as i64) } else { Value::from((value * 1e6).round() / 1e6) }
}

pub fn seed_ui(ui: &mut Ui, studio: &mut Studio, control: &Control) {
    let help = words::help(control);
    row(ui, &control.label, words::offered(control).as_deref(), &help, |ui| {
        if !switch(ui, studio, control, Value::from(random_seed())) {
            return;
        }
        typed(ui, studio, control, &SEED, 96.0);
        ui.spacing_mut().item_spacing.x = 0.0;
        if widgets::icon_button(ui, icons::DICE_FIVE, "New random seed", None).clicked() {
            studio.draft.set(&control.field, random_seed());
            studio.typing.remove(&control.field);
        }
        let locked = studio.layout.seed_locked;
        let (icon, name) = if locked {
            (icons::LOCK_SIMPLE, "The seed is kept; click to draw a new one after each run")
        } else {
            (icons::LOCK_SIMPLE_OPEN, "A new seed is drawn after each run; click to keep this one")
        };
        if IconButton::new(icon, name).selected(locked).show(ui).clicked() {
            studio.layout.seed_locked = !locked;
        }
    });
    fault_of(ui, studio, control);
}

pub fn flag_ui(ui: &mut Ui, studio: &mut Studio, control: &Control) {
    let help = words::help(control);
    row(ui, &control.label, words::offered(control).as_deref(), &help, |ui| {
        if switch(ui, studio, control, Value::Bool(true)) {
            ui.label("true");
        }
    });
}

/// A kind of typed value.
pub struct Kind {
    read: fn(&str) -> Result<Value, String>,
    hint: &'static str,
    monospace: bool,
    /// What a field holds that never had a value; empty: nothing.
    first: &'static str,
}

const SEED: Kind = Kind { read: words::read_seed, hint: "whole number", monospace: false, first: "" };
pub const SIZE: Kind = Kind { read: words::read_size, hint: "2K or 2048x2048", monospace: false, first: "2K" };
pub const TEXT: Kind = Kind { read: words::read_text, hint: "text", monospace: false, first: "" };
pub const JSON: Kind = Kind { read: words::read_json, hint: "JSON", monospace: true, first: "" };

pub fn text_ui(ui: &mut Ui, studio: &mut Studio, control: &Control, kind: &Kind) {
    let help = words::help(control);
    row(ui, &control.label, words::offered(control).as_deref(), &help, |ui| {
        let first = if kind.first.is_empty() { Value::Null } else { Value::from(kind.first) };
        if switch(ui, studio, control, first) {
            let width = ui.available_size_before_wrap().x;
            typed(ui, studio, control, kind, width);
        }
    });
    fault_of(ui, studio, control);
}

/// The box before a value. Says whether the value is to be shown.
fn switch(ui: &mut Ui, studio: &mut Studio, control: &Control, first: Value) -> bool {
    let field = &control.field;
    let mut on = studio.draft.wishes.get(field).is_some_and(|wish| wish.on);
    let name = format!("Set {}", control.label.to_lowercase());
    let tooltip = if on { "Clear the box for the provider default" } else { "Tick the box to set a value" };
    let name = if control.help.is_some() { name } else { format!("Set {}", control.label) };
    if widgets::checkbox(ui, &mut on, "", &name).on_hover_text(tooltip).changed() {
        studio.typing.remove(field);
        if on {
            studio.draft.turn_on(field, first);
        } else {
            studio.draft.clear(field);
        }
    }
    if !on {
        let faint = tokens(ui).faint;
        ui.label(Type::Body.text(DEFAULT).color(faint));
    }
    on
}

/// The text of a wish, in a field that takes anything and says what it cannot read.
fn typed(ui: &mut Ui, studio: &mut Studio, control: &Control, kind: &Kind, width: f32) -> Response {
    let field = control.field.as_str();
    let value_text = match studio.draft.remembered(field) {
        Some(Value::String(text)) if !kind.monospace => text.clone(),
        Some(value) => value.to_string(),
        None => String::new(),
    };
    if value_text.is_empty() && !studio.typing.contains_key(field) {
        studio.typed(field, String::new(), (kind.read)(""));
    }
    let mut text = studio.typing.get(field).map_or(value_text, |typing| typing.text.clone());
    let font = if kind.monospace { TextStyle::Monospace } else { TextStyle::Body };
    let edit = TextEdit::singleline(&mut text)
        .id_salt("value")
        .hint_text(kind.hint)
        .font(FontSelection::Style(font))
        .min_size(egui::vec2(0.0, theme::FIELD))
        .align(egui::Align2::LEFT_CENTER)
        .desired_width(width);
    let response = ui.add(edit).accessible_name(&control.label);
    if response.changed() {
        let read = (kind.read)(&text);
        studio.typed(field, text, read);
    } else if response.lost_focus() && studio.typing.get(field).is_some_and(|typing| typing.problem.is_none()) {
        studio.typing.remove(field);
    }
    response
}

fn fault_of(ui: &mut Ui, studio: &Studio, control: &Control) {
    let is_on = studio.draft.wishes.get(&control.field).is_some_and(|wish| wish.on);
    if let Some(Typing { problem: Some(problem), .. }) = studio.typing.get(&control.field).filter(|_| is_on) {
        fault(ui, &format!("{} {problem}", control.label));
    }
}
