//! Pressing the keys that an action is to get: what may be bound, who holds it now, and whose it is to be.

use super::{Form, change};
use crate::studio::{Action, Chord, Keymap, text_of};
use crate::ui::theme::{self, Type, tokens};
use crate::ui::{Cx, icons, widgets};
use egui::{Event, FocusDirection, Frame, Key, Margin, Ui};

/// An action that waits for its keys.
pub(super) struct Recording {
    pub(super) action: Action,
    /// Which of its chords is replaced; `None`: it gets one more.
    pub(super) at: Option<usize>,
    /// Pressed, and held by these others.
    taken: Option<(Chord, Vec<&'static str>)>,
    refused: Option<String>,
}

impl Recording {
    pub(super) fn new(action: Action, at: Option<usize>) -> Self {
        Self { action, at, taken: None, refused: None }
    }
}

/// What the keyboard says while keys are waited for.
enum Heard {
    Chord(Chord),
    /// A character of a key that has no name.
    Nameless,
    Leave,
}

/// Says what is waited for, and takes the keys.
pub(super) fn record_ui(ui: &mut Ui, cx: &mut Cx<'_>, map: &Keymap, form: &mut Form) {
    let Some(recording) = &mut form.recording else { return };
    let Some(row) = map.row(recording.action) else { return };
    let mut wanted: Option<Vec<Chord>> = None;
    let with = |chord: Chord, at: Option<usize>| {
        let mut chords = row.chords.clone();
        match at.and_then(|at| chords.get_mut(at)) {
            Some(place) => *place = chord,
            None => chords.push(chord),
        }
        chords
    };
    let mut leave = false;
    match heard(ui, recording.taken.is_some()) {
        Some(Heard::Leave) => leave = true,
        Some(Heard::Nameless) => recording.refused = Some("This key has no name that could be kept".to_owned()),
        Some(Heard::Chord(chord)) => {
            let holders: Vec<&'static str> = map.holders(chord, recording.action).iter().map(|row| row.text).collect();
            match chord.refusal() {
                Some(why) => recording.refused = Some(why.to_owned()),
                None if row.chords.contains(&chord) => leave = true,
                None if holders.is_empty() => wanted = Some(with(chord, recording.at)),
                None => (recording.taken, recording.refused) = (Some((chord, holders)), None),
            }
        }
        None => {}
    }
    let t = tokens(ui);
    Frame::new().fill(t.raised).corner_radius(theme::RADIUS).inner_margin(Margin::symmetric(10, 0)).show(ui, |ui| {
        ui.set_width(ui.available_width());
        ui.horizontal(|ui| match &recording.taken {
            Some((chord, holders)) => {
                let text = format!("{} is {} now", text_of(*chord), holders.join(" and "));
                ui.label(icons::icon(icons::WARNING).color(t.accent_text));
                ui.label(Type::Body.text(text));
                if widgets::button(ui, None, &format!("Use it for {}", row.text)).clicked() {
                    wanted = Some(with(*chord, recording.at));
                }
                leave |= widgets::button(ui, None, "Leave it").clicked();
            }
            None => {
                ui.label(icons::icon(icons::KEYBOARD).color(t.accent_text));
                ui.label(Type::Body.text(format!("Press the keys for “{}”", row.text)));
                ui.label(Type::Note.text("Esc leaves them as they are").color(t.soft));
                if let Some(at) = recording.at
                    && widgets::button(ui, Some(icons::X), "Take these keys away").clicked()
                {
                    let mut chords = row.chords.clone();
                    if at < chords.len() {
                        chords.remove(at);
                    }
                    wanted = Some(chords);
                }
                if let Some(why) = &recording.refused {
                    ui.label(Type::Body.text(why.as_str()).color(t.bad));
                }
            }
        });
    });
    if let Some(chords) = wanted {
        let action = recording.action;
        change(cx, |choices| choices.set(action, &chords));
        leave = true;
    }
    if leave {
        form.recording = None;
        cx.studio.recording_keys = false;
    }
}

/// Takes the keys that were pressed away from everything else. `asking`: only the way out is listened for.
fn heard(ui: &Ui, asking: bool) -> Option<Heard> {
    let mut heard = None;
    ui.input_mut(|input| {
        input.events.retain(|event| match event {
            Event::Key { key: Key::Escape, pressed: true, modifiers, .. } if modifiers.is_none() => {
                heard = Some(Heard::Leave);
                false
            }
            _ if asking => true,
            Event::Key { key, pressed: true, repeat: false, modifiers, .. } => {
                heard = Some(Heard::Chord(Chord::new(*modifiers, *key)));
                false
            }
            Event::Text(_) => {
                if heard.is_none() {
                    heard = Some(Heard::Nameless);
                }
                false
            }
            Event::Key { .. } | Event::Copy | Event::Cut | Event::Paste(_) => false,
            _ => true,
        });
    });
    if heard.is_some() {
        // Tab and arrows were not meant for the focus.
        ui.memory_mut(|memory| memory.move_focus(FocusDirection::None));
    }
    heard
}
