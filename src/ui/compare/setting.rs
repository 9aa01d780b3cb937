//! The line under the bar: what the mode can be set to, and how pictures of different sizes are laid over each other.

use super::super::theme::{self, Type, tokens};
use super::super::widgets::{self, icon_button, plain_slider, toggle_button};
use super::super::{Cx, icons};
use super::bar::{controls_line, list_ui};
use super::{Shown, State};
use crate::picture::Alignment;
use crate::studio::{Action, Command, CompareMode, How, keys_of};
use egui::{Align, Layout, Ui};

/// Height of the line.
pub(super) const HEIGHT: f32 = 36.0;
/// Width of a slider, and of the list of alignments.
const SLIDER: f32 = 150.0;
const LIST: f32 = 148.0;
/// Room for the word before the list.
const LABEL: f32 = 84.0;
/// Below these widths words are left out.
const WORDS: f32 = 760.0;

const ALIGNMENTS: [(Alignment, &str); 3] =
    [(Alignment::Fit, "Fitted"), (Alignment::Centre, "Pixels, centred"), (Alignment::Corner, "Pixels, top left")];

/// Says whether there is anything to set: always for what shares one place; side by side only the alignment, where it
/// makes a difference.
pub(super) fn is_shown(cx: &Cx<'_>, shown: &[Shown]) -> bool {
    let sizes = || shown.iter().map(|shown| shown.picture.size);
    cx.studio.compare.mode().is_stacked() || sizes().zip(sizes().skip(1)).any(|(one, next)| one != next)
}

pub(super) fn setting_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State) {
    controls_line(ui, |ui, width| {
        let has_words = width >= WORDS;
        ui.spacing_mut().item_spacing.x = theme::TILE_GAP;
        state.other_is_pressed = false;
        match cx.studio.compare.mode() {
            CompareMode::SideBySide | CompareMode::Champion | CompareMode::Survey => {}
            CompareMode::Wipe => wipe_ui(ui, cx, has_words),
            CompareMode::Overlay => opacity_ui(ui, cx, has_words),
            CompareMode::Blink => blink_ui(ui, cx, state, has_words),
            CompareMode::Difference => {
                let right = LIST + if has_words { LABEL } else { theme::TILE_GAP };
                state.difference.setting(ui, cx, has_words, right);
            }
        }
        ui.with_layout(Layout::right_to_left(Align::Center), |ui| alignment_ui(ui, cx, has_words));
    });
}

fn label(ui: &mut Ui, text: &str) {
    ui.label(Type::Body.text(text).color(tokens(ui).soft));
}

/// From the right.
fn alignment_ui(ui: &mut Ui, cx: &mut Cx<'_>, has_words: bool) {
    let how = &mut cx.studio.compare.how;
    let name_of = |alignment| ALIGNMENTS.iter().find(|(known, _)| *known == alignment).map_or("", |(_, name)| *name);
    let names = ALIGNMENTS.map(|(_, name)| name);
    let now = name_of(how.alignment);
    if let Some(name) = list_ui(ui, LIST, "alignment", "Alignment", now, &names)
        && let Some((alignment, _)) = ALIGNMENTS.iter().find(|(_, known)| *known == name)
    {
        how.alignment = *alignment;
    }
    if has_words {
        label(ui, "Alignment");
    }
}

fn wipe_ui(ui: &mut Ui, cx: &mut Cx<'_>, has_words: bool) {
    let keys = [Action::LessOfMode, Action::MoreOfMode].map(keys_of);
    let wipe = &mut cx.studio.compare.how.wipe;
    if icon_button(ui, icons::ARROW_COUNTER_CLOCKWISE, "Turn the edge left", keys[0].as_deref()).clicked() {
        wipe.turn_by(-15.0);
    }
    ui.label(Type::Body.text(format!("{:.0}°", wipe.angle)));
    if icon_button(ui, icons::ARROW_CLOCKWISE, "Turn the edge right", keys[1].as_deref()).clicked() {
        wipe.turn_by(15.0);
    }
    if wipe.angle != 0.0 && widgets::small_button(ui, "Upright", "Upright").clicked() {
        wipe.angle = 0.0;
    }
    if has_words {
        label(ui, "With Alt held the edge follows the pointer");
    }
}

fn opacity_ui(ui: &mut Ui, cx: &mut Cx<'_>, has_words: bool) {
    if has_words {
        label(ui, "Upper picture");
    }
    let how = &mut cx.studio.compare.how;
    let mut percent = f64::from(how.opacity * 100.0);
    let slider = plain_slider(ui, &mut percent, 0.0..=100.0, SLIDER, "Opacity of the upper picture");
    if slider.changed() {
        how.opacity = (percent / 100.0) as f32;
    }
    ui.label(Type::Body.text(format!("{percent:.0}\u{a0}%")));
}

fn blink_ui(ui: &mut Ui, cx: &mut Cx<'_>, state: &mut State, has_words: bool) {
    let keys = [Action::ToggleBlink, Action::OtherPicture].map(keys_of);
    let runs = cx.studio.compare.blink.runs;
    let (icon, text) = if runs { (icons::PAUSE, "Pause") } else { (icons::PLAY, "Play") };
    let name = "Change by itself";
    if toggle_button(ui, icon, if has_words { text } else { "" }, name, runs, keys[0].as_deref()).clicked() {
        cx.studio.compare.blink.toggle();
    }
    let names = How::INTERVALS.map(|seconds| format!("{seconds} s"));
    let choices: Vec<(f32, &str, &str)> =
        How::INTERVALS.into_iter().zip(&names).map(|(seconds, name)| (seconds, name.as_str(), "")).collect();
    let mut interval = cx.studio.compare.how.interval;
    if widgets::segmented(ui, &mut interval, &choices).changed() {
        cx.studio.compare.how.interval = interval;
    }
    let hint = keys[1].as_deref().map_or_else(String::new, |key| format!(" ({key} held)"));
    let other = widgets::small_button(ui, "The other", &format!("Show the other picture while pressed{hint}"));
    state.other_is_pressed = other.is_pointer_button_down_on();
}

/// The button that puts moved pictures back; for the bar.
pub(super) fn reset_ui(ui: &mut Ui, cx: &mut Cx<'_>) {
    let keys = keys_of(Action::ResetOffsets);
    let name = "Put moved pictures back";
    if cx.studio.compare.has_offsets() && icon_button(ui, icons::ARROWS_IN, name, keys.as_deref()).clicked() {
        cx.push(Command::Do(Action::ResetOffsets));
    }
}
