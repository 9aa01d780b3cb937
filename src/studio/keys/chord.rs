//! Keys held together: how they are written for people and on disk, and which of them can be bound.
//!
//! Pure. Invariant: two chords are equal exactly when an artist presses the same keys.

use egui::{Key, Modifiers};

/// One key, with those held beside it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chord {
    pub modifiers: Modifiers,
    pub key: Key,
}

/// Characters that bring their own Shift on most keyboards, and come without it on others.
const SHIFTED: [Key; 7] = [
    Key::Questionmark,
    Key::Plus,
    Key::Colon,
    Key::Exclamationmark,
    Key::Pipe,
    Key::OpenCurlyBracket,
    Key::CloseCurlyBracket,
];
const MAC: bool = cfg!(target_os = "macos");

impl Chord {
    /// Makes the chord of a key press, whatever the platform calls its modifiers.
    pub fn new(modifiers: Modifiers, key: Key) -> Self {
        let command = modifiers.command || modifiers.mac_cmd || (modifiers.ctrl && !MAC);
        let modifiers = Modifiers {
            alt: modifiers.alt,
            shift: modifiers.shift && !SHIFTED.contains(&key),
            ctrl: modifiers.ctrl && MAC && !modifiers.command,
            command,
            mac_cmd: false,
        };
        Self { modifiers, key }
    }

    /// Says whether a field in which text is typed wants these keys for itself.
    pub fn is_for_text(self) -> bool {
        use Key as K;
        let Modifiers { alt, shift, command, .. } = self.modifiers;
        let is_arrow = matches!(self.key, K::ArrowUp | K::ArrowDown | K::ArrowLeft | K::ArrowRight);
        let deletes = matches!(self.key, K::Backspace | K::Delete);
        match self.key {
            K::Escape => false,
            _ if self.is_function() => false,
            _ if command => match self.key {
                K::A | K::C | K::V | K::X => !shift,
                K::Z | K::Y | K::Home | K::End => true,
                _ => is_arrow || deletes,
            },
            // Whole words; on a Mac it also writes special characters.
            _ if alt => matches!(self.key, K::ArrowLeft | K::ArrowRight) || deletes || (MAC && !is_arrow),
            _ => true,
        }
    }

    fn is_function(self) -> bool {
        let name = self.key.name();
        name.strip_prefix('F').is_some_and(|number| number.parse::<u8>().is_ok())
    }

    /// Returns why these keys cannot be bound, as a sentence; `None`: they can.
    pub fn refusal(self) -> Option<&'static str> {
        let Modifiers { alt, command, .. } = self.modifiers;
        match self.key {
            Key::Escape => Some("Esc always goes one level back, so that there is a way out of everything"),
            Key::F4 if alt => Some("Alt+F4 closes windows; the system takes it"),
            Key::Tab if alt || command => Some("The system uses Tab with these keys to change windows"),
            _ => None,
        }
    }

    /// Returns the chord as it is kept on disk: `Command+Shift+X`.
    pub fn saved(self) -> String {
        let Modifiers { alt, shift, ctrl, command, .. } = self.modifiers;
        let held = [("Command+", command), ("Ctrl+", ctrl), ("Alt+", alt), ("Shift+", shift)];
        let held: String = held.into_iter().filter(|(_, held)| *held).map(|(name, _)| name).collect();
        format!("{held}{}", self.key.name())
    }

    /// Reads what [`Chord::saved`] wrote; `None`: it names no key.
    pub fn read(text: &str) -> Option<Self> {
        let mut modifiers = Modifiers::NONE;
        let mut rest = text;
        loop {
            let (name, after) = rest.split_once('+').unwrap_or((rest, ""));
            match name {
                _ if after.is_empty() => break,
                "Command" => modifiers.command = true,
                "Ctrl" => modifiers.ctrl = true,
                "Alt" => modifiers.alt = true,
                "Shift" => modifiers.shift = true,
                _ => return None,
            }
            rest = after;
        }
        Some(Self { modifiers, key: Key::from_name(rest)? })
    }
}

/// Returns a chord as text for people: `Ctrl+Shift+X`.
pub fn text_of(chord: Chord) -> String {
    let Chord { modifiers, key } = Chord::new(chord.modifiers, chord.key);
    let mut text = String::new();
    if modifiers.command {
        text.push_str(if MAC { "Cmd+" } else { "Ctrl+" });
    }
    for (held, name) in [(modifiers.ctrl, "Ctrl+"), (modifiers.shift, "Shift+"), (modifiers.alt, "Alt+")] {
        if held {
            text.push_str(name);
        }
    }
    text + match key {
        Key::ArrowRight => "Right",
        Key::ArrowLeft => "Left",
        Key::ArrowUp => "Up",
        Key::ArrowDown => "Down",
        Key::Escape => "Esc",
        key => key.symbol_or_name(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CTRL: Modifiers = Modifiers::COMMAND;
    const PLAIN: Modifiers = Modifiers::NONE;

    #[test]
    fn the_same_keys_are_the_same_chord_however_they_are_told() {
        let pressed = Modifiers { ctrl: !MAC, command: true, mac_cmd: MAC, ..PLAIN };
        assert_eq!(Chord::new(pressed, Key::K), Chord::new(CTRL, Key::K));
        assert_eq!(Chord::new(Modifiers::SHIFT, Key::Questionmark), Chord::new(PLAIN, Key::Questionmark));
        assert_ne!(Chord::new(Modifiers::SHIFT, Key::A), Chord::new(PLAIN, Key::A));
    }

    #[test]
    fn every_key_is_read_as_it_was_saved() {
        for key in Key::ALL {
            for modifiers in [PLAIN, CTRL, Modifiers::ALT, CTRL | Modifiers::SHIFT, CTRL | Modifiers::ALT] {
                let chord = Chord::new(modifiers, *key);
                assert_eq!(Chord::read(&chord.saved()), Some(chord), "{}", chord.saved());
            }
        }
        for text in ["", "Command+", "Hyper+X", "NoSuchKey"] {
            assert_eq!(Chord::read(text), None, "{text}");
        }
    }

    #[test]
    fn what_types_or_moves_in_a_text_belongs_to_it() {
        for (modifiers, key, expected) in [
            (PLAIN, Key::G, true),
            (Modifiers::SHIFT, Key::G, true),
            (PLAIN, Key::ArrowUp, true),
            (PLAIN, Key::Delete, true),
            (PLAIN, Key::Enter, true),
            (PLAIN, Key::F6, false),
            (Modifiers::SHIFT, Key::F12, false),
            (PLAIN, Key::Escape, false),
            (CTRL, Key::Enter, false),
            (CTRL, Key::C, true),
            (CTRL | Modifiers::SHIFT, Key::C, false),
            (CTRL, Key::Z, true),
            (CTRL, Key::S, false),
            (CTRL, Key::ArrowLeft, true),
            (Modifiers::ALT, Key::ArrowUp, false),
            (Modifiers::ALT, Key::ArrowLeft, true),
            (Modifiers::ALT, Key::A, MAC),
        ] {
            let chord = Chord::new(modifiers, key);
            assert_eq!(chord.is_for_text(), expected, "{}", text_of(chord));
        }
    }

    #[test]
    fn a_way_out_and_what_the_system_takes_cannot_be_bound() {
        for (modifiers, key, bindable) in [
            (PLAIN, Key::Escape, false),
            (Modifiers::ALT, Key::F4, false),
            (Modifiers::ALT, Key::Tab, false),
            (PLAIN, Key::Tab, true),
            (PLAIN, Key::F4, true),
            (CTRL, Key::K, true),
        ] {
            let chord = Chord::new(modifiers, key);
            assert_eq!(chord.refusal().is_none(), bindable, "{}", text_of(chord));
        }
    }
}
