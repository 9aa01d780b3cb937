//! All keys on one sheet, by what they are for, with a search.

use super::{Fresh, note_ui};
use crate::studio::{Action, BINDINGS, text_of};
use crate::ui::theme::{self, Type, tokens};
use crate::ui::widgets;
use egui::{Align, Layout, Ui, vec2};

#[derive(Default)]
pub(super) struct Form {
    query: String,
    fresh: Fresh,
}

/// What keys are for, in the order of the sheet: by columns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Group {
    Making,
    Views,
    Moving,
    Looking,
    Sorting,
    Pictures,
    Window,
}

const COLUMNS: [&[Group]; 3] = [
    &[Group::Making, Group::Moving, Group::Pictures],
    &[Group::Views, Group::Looking, Group::Window],
    &[Group::Sorting],
];

impl Group {
    fn title(self) -> &'static str {
        match self {
            Self::Making => "Making pictures",
            Self::Views => "Views",
            Self::Moving => "Moving and choosing",
            Self::Looking => "Looking and comparing",
            Self::Sorting => "Rating, sorting and finding",
            Self::Pictures => "What to do with pictures",
            Self::Window => "Window",
        }
    }

    fn of(action: Action) -> Self {
        use Action as A;
        match action {
            A::Generate
            | A::CancelAll
            | A::FocusPrompt
            | A::History
            | A::OlderPrompt
            | A::NewerPrompt
            | A::PickReferences
            | A::Paste => Self::Making,
            A::UseSettings | A::UseAsReference | A::ClearFailed => Self::Making,
            A::ShowGrid | A::ShowViewer | A::ShowCompare | A::ShowModels | A::Back => Self::Views,
            A::ShowSurvey | A::ShowChampion => Self::Views,
            A::Next | A::Previous | A::Below | A::Above | A::Open | A::SelectAll => Self::Moving,
            A::ZoomIn | A::ZoomOut | A::ToggleZoom | A::ToggleInfo => Self::Looking,
            A::Fit | A::FullSize | A::ToggleLock | A::NextBackdrop | A::Turn(_) => Self::Looking,
            A::NextMode | A::PreviousMode | A::LessOfMode | A::MoreOfMode | A::NextAlignment => Self::Looking,
            A::ResetOffsets | A::ToggleBlink | A::OtherPicture | A::ToggleLink | A::Swap | A::BringBack => {
                Self::Looking
            }
            A::Stars(_) | A::Pick | A::Reject | A::Unflag | A::Label(_) | A::AddToCollection => Self::Sorting,
            A::ToggleStack | A::ToggleStacks | A::Search => Self::Sorting,
            A::Trash | A::Undo | A::Redo | A::CopyPicture | A::CopyFiles | A::CopyPrompt => Self::Pictures,
            A::SaveAs | A::ContactSheet | A::OpenFolder => Self::Pictures,
            _ => Self::Window,
        }
    }
}

/// Returns the rows of a group that the query leaves: what the keys do, and the keys. An action's keys share a row.
fn rows(group: Group, query: &str) -> Vec<(&'static str, Vec<String>)> {
    let mut rows: Vec<(&'static str, Vec<String>)> = Vec::new();
    for binding in BINDINGS.iter().filter(|binding| Group::of(binding.action) == group) {
        match rows.iter_mut().find(|(text, _)| *text == binding.text) {
            Some((_, keys)) => keys.push(text_of(binding.chord)),
            None => rows.push((binding.text, vec![text_of(binding.chord)])),
        }
    }
    let query = query.trim().to_lowercase();
    let fits = |text: &str| text.to_lowercase().contains(&query);
    rows.retain(|(text, keys)| fits(text) || keys.iter().any(|keys| fits(keys)));
    rows
}

pub(super) fn keys_ui(ui: &mut Ui, form: &mut Form) {
    let field = widgets::search_field(ui, &mut form.query, "Search keys", "Search keys");
    form.fresh.focus(&field);
    ui.add_space(theme::GAP);
    let gap = 28.0;
    let width = ((ui.available_width() - 2.0 * gap) / 3.0).floor();
    let mut any = false;
    ui.horizontal_top(|ui| {
        ui.spacing_mut().item_spacing.x = gap;
        for groups in COLUMNS {
            ui.allocate_ui_with_layout(vec2(width, 0.0), Layout::top_down(Align::Min), |ui| {
                ui.set_width(width);
                ui.spacing_mut().item_spacing.y = 0.0;
                for group in groups {
                    let rows = rows(*group, &form.query);
                    if rows.is_empty() {
                        continue;
                    }
                    any = true;
                    widgets::section_header(ui, group.title());
                    for (text, keys) in rows {
                        row_ui(ui, text, &keys);
                    }
                    ui.add_space(theme::PADDING);
                }
            });
        }
    });
    if !any {
        note_ui(ui, "No key fits these words");
    }
}

fn row_ui(ui: &mut Ui, text: &str, keys: &[String]) {
    ui.allocate_ui_with_layout(vec2(ui.available_width(), theme::FIELD), Layout::right_to_left(Align::Center), |ui| {
        ui.spacing_mut().item_spacing.x = theme::GAP;
        for keys in keys.iter().rev() {
            widgets::key_hint(ui, keys);
        }
        ui.with_layout(Layout::left_to_right(Align::Center), |ui| {
            ui.add(egui::Label::new(Type::Note.text(text).color(tokens(ui).text)).truncate());
        });
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_key_is_on_the_sheet_once() {
        let shown: usize =
            COLUMNS.iter().copied().flatten().flat_map(|group| rows(*group, "")).map(|(_, keys)| keys.len()).sum();
        assert_eq!(shown, BINDINGS.len());
    }

    #[test]
    fn the_search_looks_at_words_and_at_keys() {
        let found = |query: &str| -> Vec<_> {
            COLUMNS.iter().copied().flatten().flat_map(|group| rows(*group, query)).map(|(text, _)| text).collect()
        };
        assert_eq!(found("WIPE"), ["Next way to compare: wipe, overlay, blink, difference"]);
        assert_eq!(found("f5"), ["Left panel"]);
        assert!(found("no such key").is_empty());
    }
}
