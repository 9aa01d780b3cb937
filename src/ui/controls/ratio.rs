//! The aspect ratio: small drawn proportions; a second click on the chosen one leaves it to the provider again.

use super::words;
use crate::plan::{ChoiceValue, Control, ratio_of};
use crate::studio::Studio;
use crate::ui::theme::{self, Type, tokens};
use crate::ui::{icons, widgets};
use egui::{Button, Id, Rect, Ui, UiBuilder, vec2};

/// Longer lists show the common ones first.
const MANY: usize = 10;
/// What is asked for most, in the order of the drawing.
const COMMON: [&str; 8] = ["auto", "1:1", "16:9", "4:3", "3:2", "9:16", "3:4", "2:3"];

pub fn ratio_ui(ui: &mut Ui, studio: &mut Studio, control: &Control, values: &[ChoiceValue]) {
    let current = studio.draft.wish(&control.field).and_then(|value| value.as_str()).map(str::to_owned);
    let open = Id::unique("all ratios");
    let mut all = ui.data(|data| data.get_temp::<bool>(open)).unwrap_or(false);
    let shown = shown(values, current.as_deref(), all);
    let help = words::help(control);
    let row = widgets::ratio_row(ui, &control.label, |ui| {
        for choice in shown {
            let on = current.as_deref() == Some(&choice.value);
            let button = widgets::ratio_button(ui, ratio_of(&choice.value), &choice.value, on);
            if button.clicked() {
                if on {
                    studio.draft.clear(&control.field);
                } else {
                    studio.draft.set(&control.field, choice.value.as_str());
                }
            }
            button.on_hover_text(words::ratio_help(choice, on));
        }
    });
    let rect = row.response.rect;
    let label = Rect::from_min_size(rect.min, vec2(theme::LABEL_COLUMN, theme::RATIO_BUTTON));
    ui.interact(label, ui.scope_id().with("label"), egui::Sense::hover()).on_hover_text(help);
    if values.len() > MANY {
        let below = Rect::from_min_size(label.left_bottom() + vec2(0.0, theme::GAP), vec2(88.0, theme::RATIO_BUTTON));
        let (text, caret) = match all {
            true => ("Fewer".to_owned(), icons::CARET_UP),
            false => (format!("All {}", values.len()), icons::CARET_DOWN),
        };
        let words = Type::Note.text(format!("{text} {caret}")).color(tokens(ui).soft);
        let button = Button::new(words).frame_when_inactive(false);
        let clicked = ui.scope_builder(UiBuilder::new().max_rect(below), |ui| {
            ui.spacing_mut().button_padding.x = 0.0;
            ui.add(button).accessible_name(format!("{text} aspect ratios")).clicked()
        });
        if clicked.inner {
            all = !all;
            ui.data_mut(|data| data.insert_temp(open, all));
        }
    }
}

/// Returns the values to draw: all in the service's order, or the common ones and the chosen one.
fn shown<'a>(values: &'a [ChoiceValue], current: Option<&str>, all: bool) -> Vec<&'a ChoiceValue> {
    if all || values.len() <= MANY {
        return values.iter().collect();
    }
    let common = COMMON.iter().filter_map(|name| values.iter().find(|choice| choice.value == *name));
    let rare = values.iter().filter(|choice| !COMMON.contains(&choice.value.as_str()));
    let chosen = rare.filter(|choice| current == Some(&choice.value));
    let mut shown: Vec<_> = common.chain(chosen).collect();
    if shown.is_empty() {
        shown = values.iter().take(COMMON.len()).collect();
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(values: &[&str], current: Option<&str>, all: bool) -> Vec<String> {
        let choice = |value: &&str| ChoiceValue { value: (*value).to_owned(), offered_by_all: true, note: None };
        let values: Vec<_> = values.iter().map(choice).collect();
        shown(&values, current, all).into_iter().map(|choice| choice.value.clone()).collect()
    }

    #[test]
    fn long_lists_show_the_common_ratios_and_the_chosen_one() {
        let long = ["1:1", "1:2", "2:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "auto"];
        let common = ["auto", "1:1", "16:9", "4:3", "3:2", "9:16", "3:4", "2:3"];
        assert_eq!(names(&long, None, false), common);
        assert_eq!(names(&long, Some("16:9"), false), common);
        assert_eq!(names(&long, Some("4:5"), false), [&common[..], &["4:5"]].concat());
        assert_eq!(names(&long, Some("7:5"), false), common, "not offered");
        assert_eq!(names(&long, None, true), long);
        assert_eq!(names(&long[..5], None, false), &long[..5]);
        let odd: Vec<String> = (1..20).map(|side| format!("{side}:99")).collect();
        let odd: Vec<&str> = odd.iter().map(String::as_str).collect();
        assert_eq!(names(&odd, None, false), &odd[..8], "never an empty row");
    }
}
