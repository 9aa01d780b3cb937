//! All keys on one sheet, by what they are for, with a search; a click on keys gives an action other ones.

mod record;

use super::{Fresh, note_ui};
use crate::studio::{Command, Group, KeyChoices, KeyRow, Keymap, Preset, text_of};
use crate::ui::theme::{self, Type, tokens};
use crate::ui::widgets::{self, IconButton};
use crate::ui::{Cx, icons};
use egui::{Align, Align2, Layout, Role, Sense, Stroke, StrokeKind, Ui, WidgetInfo, vec2};

#[derive(Default)]
pub(super) struct Form {
    query: String,
    fresh: Fresh,
    /// The action whose keys are being pressed.
    recording: Option<record::Recording>,
}

/// Room for the sets of keys and the way back to them.
const PRESETS: f32 = 440.0;
/// The groups of the sheet, by columns.
const COLUMNS: [&[Group]; 3] = [
    &[Group::Making, Group::Moving, Group::Views],
    &[Group::Looking, Group::Window],
    &[Group::Sorting, Group::Pictures],
];
const PRESS: &str = "Press the keys";

/// What a click on a row asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Wish {
    /// Other keys in the place of those with this number, or one more.
    Record(Option<usize>),
    Reset,
}

/// Returns the rows of a group that the query leaves.
fn rows<'a>(map: &'a Keymap, group: Group, query: &str) -> Vec<&'a KeyRow> {
    let query = query.trim().to_lowercase();
    let fits = |text: &str| text.to_lowercase().contains(&query);
    let in_group = map.rows().iter().filter(|row| row.action.group() == group);
    in_group.filter(|row| fits(row.text) || row.keys().any(|keys| fits(&keys))).collect()
}

pub(super) fn keys_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form) {
    let map = cx.studio.keymap.clone();
    // In the same place, so that nothing moves under the pointer.
    if form.recording.is_some() {
        record::record_ui(ui, cx, &map, form);
    } else {
        head_ui(ui, cx, form);
    }
    ui.add_space(theme::GAP);
    let gap = 28.0;
    let width = ((ui.available_width() - 2.0 * gap) / 3.0).floor();
    let mut wish = None;
    let mut any = false;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        for groups in COLUMNS {
            ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
                ui.set_width(width);
                ui.spacing_mut().item_spacing.y = 0.0;
                for group in groups {
                    let rows = rows(&map, *group, &form.query);
                    if rows.is_empty() {
                        continue;
                    }
                    any = true;
                    widgets::section_header(ui, group.title());
                    for row in rows {
                        let recorded = form.recording.as_ref().filter(|recording| recording.action == row.action);
                        let at = recorded.map(|recording| recording.at);
                        if let Some(wished) = row_ui(ui, row, at) {
                            wish = Some((row.action, wished));
                        }
                    }
                    ui.add_space(theme::PADDING);
                }
            });
        }
    });
    if !any {
        note_ui(ui, "No key fits these words");
    }
    match wish {
        Some((action, Wish::Record(at))) => {
            ui.memory_mut(egui::Memory::stop_text_input);
            cx.studio.recording_keys = true;
            form.recording = Some(record::Recording::new(action, at));
        }
        Some((action, Wish::Reset)) => change(cx, |choices| choices.reset(action)),
        None => {}
    }
}

/// Changes what the artist chose.
fn change(cx: &mut Cx<'_>, change: impl FnOnce(&mut KeyChoices)) {
    let mut choices = cx.studio.layout.keys.clone();
    change(&mut choices);
    cx.push(Command::SetKeys(choices));
}

/// Search, set of keys, and the way back to it.
fn head_ui(ui: &mut Ui, cx: &mut Cx<'_>, form: &mut Form) {
    let mut preset = cx.studio.layout.keys.preset;
    ui.horizontal(|ui| {
        let changed = cx.studio.layout.keys.is_changed();
        let field = ui.scope(|ui| {
            ui.set_max_width(ui.available_width() - PRESETS);
            widgets::search_field(ui, &mut form.query, "Search keys", "Search keys")
        });
        form.fresh.focus(&field.inner);
        ui.label(Type::Note.text("Keys as in").color(tokens(ui).soft));
        let choices = Preset::ALL.map(|preset| (preset, preset.label(), ""));
        if widgets::segmented(ui, &mut preset, &choices).changed() {
            change(cx, |choices| choices.preset = preset);
        }
        ui.add_enabled_ui(changed, |ui| {
            let all = widgets::button(ui, None, "Reset all");
            if all.on_hover_text("Every action gets the keys of the set back").clicked() {
                change(cx, KeyChoices::reset_all);
            }
        });
    });
}

/// A row with its keys as buttons. `recorded`: which of them are being pressed anew, `Some(None)`: one more.
fn row_ui(ui: &mut Ui, row: &KeyRow, recorded: Option<Option<usize>>) -> Option<Wish> {
    let mut wish = None;
    let size = vec2(ui.available_width(), theme::FIELD);
    ui.push_id(format!("{:?}", row.action), |ui| {
        ui.allocate_ui_with_layout(size, Layout::right_to_left(Align::Center), |ui| {
            ui.spacing_mut().item_spacing.x = theme::GAP;
            if row.is_fixed() {
                for keys in row.keys() {
                    widgets::key_hint(ui, &keys).on_hover_text("Esc always goes one level back");
                }
            } else {
                let pointed = ui.rect_contains_pointer(ui.max_rect());
                if row.is_changed {
                    let name = format!("Reset the keys of {}", row.text);
                    if IconButton::new(icons::ARROW_COUNTER_CLOCKWISE, &name).show(ui).clicked() {
                        wish = Some(Wish::Reset);
                    }
                }
                for (number, chord) in row.chords.iter().enumerate().rev() {
                    let now = recorded == Some(Some(number));
                    let keys = text_of(*chord);
                    let name = format!("Change the keys of {}: {keys}", row.text);
                    if chord_ui(ui, if now { PRESS } else { &keys }, &name, now, true) {
                        wish = Some(Wish::Record(Some(number)));
                    }
                }
                // Its place is kept, so that nothing moves when it comes into sight.
                let now = recorded == Some(None);
                let text = if now {
                    PRESS
                } else if row.chords.is_empty() {
                    "none"
                } else {
                    "+"
                };
                let seen = now || row.chords.is_empty() || pointed;
                if chord_ui(ui, text, &format!("Add keys for {}", row.text), now, seen) {
                    wish = Some(Wish::Record(None));
                }
            }
            ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
                let color = if row.is_changed { tokens(ui).accent_text } else { tokens(ui).text };
                ui.add(egui::Label::new(Type::Note.text(row.text).color(color)).truncate());
            });
        });
    });
    wish
}

/// Keys in their frame, to be clicked; out of sight unless `seen` or when it has the keyboard.
fn chord_ui(ui: &mut Ui, text: &str, name: &str, now: bool, seen: bool) -> bool {
    let t = tokens(ui);
    let color = if now { t.accent_text } else { t.soft };
    let words = widgets::line_of(ui, text, Type::Badge.font(), color, f32::INFINITY);
    let (rect, response) = ui.allocate_exact_size(vec2(words.size().x.ceil() + 10.0, 18.0), Sense::click());
    response.widget_info(|| WidgetInfo::labeled(Role::Button, true, name));
    if seen || response.has_focus() {
        ui.painter().rect_filled(rect, theme::RADIUS_SMALL, widgets::raised_fill(ui, &response, t, t.menu));
        let edge = if now { t.accent } else { t.line };
        ui.painter().rect_stroke(rect, theme::RADIUS_SMALL, Stroke::new(1.0, edge), StrokeKind::Inside);
        widgets::place(ui, words, rect.center(), Align2::CENTER_CENTER);
    }
    widgets::focus_ring(ui, &response, rect, theme::RADIUS_SMALL, t.accent);
    response.on_hover_text(name).clicked()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(query: &str) -> Vec<&'static str> {
        let map = Keymap::default();
        COLUMNS.iter().copied().flatten().flat_map(|group| rows(&map, *group, query)).map(|row| row.text).collect()
    }

    #[test]
    fn every_action_is_on_the_sheet_once() {
        let mut actions = found("");
        actions.sort_unstable();
        let mut all: Vec<_> = Keymap::default().rows().iter().map(|row| row.text).collect();
        all.sort_unstable();
        assert_eq!(actions, all);
    }

    #[test]
    fn the_search_looks_at_words_and_at_keys() {
        assert_eq!(found("WIPE"), ["Next way to compare: wipe, overlay, blink, difference"]);
        assert_eq!(found("f5"), ["Left panel"]);
        assert!(found("no such key").is_empty());
    }
}
