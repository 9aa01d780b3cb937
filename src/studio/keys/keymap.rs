//! Which keys stand for what now: the table, over it a preset, over that what the artist changed.
//!
//! Pure. Invariant: no two actions that work on the same screen share a chord. A change of the artist takes its keys
//! away from every row that was not changed, and a preset from every row it does not name.

use super::presets::Preset;
use super::{Action, BINDINGS, Binding, Chord, text_of};
use crate::studio::Screen;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What the artist chose of the keys.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct KeyChoices {
    pub preset: Preset,
    /// Only what differs from the preset: the name of an action, and its chords as they are saved. Names that no
    /// action has (any more) are kept and mean nothing.
    pub(super) changes: BTreeMap<String, Vec<String>>,
}

/// An action with its keys.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    pub action: Action,
    /// For menus, the key sheet and the palette.
    pub text: &'static str,
    /// The first is the one that is shown beside buttons; none: only the palette does it.
    pub chords: Vec<Chord>,
    /// Whether it also works while text is typed, by keys that no text wants.
    pub while_typing: bool,
    /// Where alone it works; empty: everywhere.
    pub screens: Vec<Screen>,
    /// Whether the artist gave it other keys than the preset.
    pub is_changed: bool,
}

impl Row {
    /// Says whether it works on a screen.
    pub fn works_on(&self, screen: Screen) -> bool {
        self.screens.is_empty() || self.screens.contains(&screen)
    }

    fn meets(&self, other: &Self) -> bool {
        self.screens.is_empty() || other.screens.is_empty() || self.screens.iter().any(|one| other.works_on(*one))
    }

    /// Returns all its keys as text.
    pub fn keys(&self) -> impl Iterator<Item = String> {
        self.chords.iter().map(|chord| text_of(*chord))
    }

    /// Says whether its keys cannot be changed.
    pub fn is_fixed(&self) -> bool {
        self.action == Action::Back
    }
}

/// The table in force.
#[derive(Clone, Debug, PartialEq)]
pub struct Keymap {
    rows: Vec<Row>,
}

impl Default for Keymap {
    fn default() -> Self {
        Self::of(&KeyChoices::default())
    }
}

impl Keymap {
    /// Works out what is in force.
    pub fn of(choices: &KeyChoices) -> Self {
        let mut map = Self { rows: table() };
        let preset = choices.preset.rows();
        map.lay(|action| preset.iter().find(|(named, _)| *named == action).map(|(_, chords)| chords.to_vec()));
        map.lay(|action| {
            let chords = choices.changes.get(&name(action))?;
            Some(chords.iter().filter_map(|text| Chord::read(text)).collect())
        });
        for row in &mut map.rows {
            row.is_changed = !row.is_fixed() && choices.changes.contains_key(&name(row.action));
        }
        map
    }

    /// Gives rows other chords, and takes these away from the rows that are not given any.
    fn lay(&mut self, chords_of: impl Fn(Action) -> Option<Vec<Chord>>) {
        let given: Vec<bool> = self
            .rows
            .iter_mut()
            .map(|row| match chords_of(row.action).filter(|_| !row.is_fixed()) {
                Some(chords) => {
                    row.chords = chords;
                    true
                }
                None => false,
            })
            .collect();
        let layer: Vec<Row> =
            self.rows.iter().zip(&given).filter(|(_, given)| **given).map(|(row, _)| row.clone()).collect();
        for (row, given) in self.rows.iter_mut().zip(given) {
            if !given {
                let mine = row.clone();
                row.chords
                    .retain(|chord| !layer.iter().any(|other| other.meets(&mine) && other.chords.contains(chord)));
            }
        }
    }

    /// Returns every action, in the order of the table.
    pub fn rows(&self) -> &[Row] {
        &self.rows
    }

    /// Returns the row of an action.
    pub fn row(&self, action: Action) -> Option<&Row> {
        self.rows.iter().find(|row| row.action == action)
    }

    /// Returns what these keys stand for on a screen; keys that a text wants rest while one is typed.
    pub fn action_of(&self, chord: Chord, typing: bool, screen: Screen) -> Option<Action> {
        let chord = Chord::new(chord.modifiers, chord.key);
        let found = self.rows.iter().find(|row| row.works_on(screen) && row.chords.contains(&chord))?;
        (!typing || (found.while_typing && !chord.is_for_text())).then_some(found.action)
    }

    /// Returns the first keys of an action as text: `Ctrl+Enter`; `None`: it has none.
    pub fn keys_of(&self, action: Action) -> Option<String> {
        self.row(action)?.keys().next()
    }

    /// Returns the other actions that hold a chord where an action works.
    pub fn holders(&self, chord: Chord, action: Action) -> Vec<&Row> {
        let Some(mine) = self.row(action) else { return Vec::new() };
        let holds = |row: &&Row| row.action != action && row.meets(mine) && row.chords.contains(&chord);
        self.rows.iter().filter(holds).collect()
    }
}

impl KeyChoices {
    /// Gives an action these chords and takes them away from all others, whatever held them.
    pub fn set(&mut self, action: Action, chords: &[Chord]) {
        let map = Keymap::of(self);
        for chord in chords {
            for row in map.holders(*chord, action) {
                if row.is_changed {
                    let rest: Vec<Chord> = row.chords.iter().filter(|held| *held != chord).copied().collect();
                    self.write(row.action, &rest);
                }
            }
        }
        self.write(action, chords);
        // What is as the preset has it is no change.
        let mut without = self.clone();
        without.changes.remove(&name(action));
        if Keymap::of(&without).row(action).is_some_and(|row| row.chords == chords) {
            *self = without;
        }
    }

    /// Gives an action the keys of the preset back, and takes them away from whatever was given them.
    pub fn reset(&mut self, action: Action) {
        let plain = Keymap::of(&Self { preset: self.preset, ..Self::default() });
        let chords = plain.row(action).map(|row| row.chords.clone()).unwrap_or_default();
        self.set(action, &chords);
        self.changes.remove(&name(action));
    }

    /// Forgets everything that was changed.
    pub fn reset_all(&mut self) {
        self.changes.clear();
    }

    /// Says whether anything was changed.
    pub fn is_changed(&self) -> bool {
        !self.changes.is_empty()
    }

    fn write(&mut self, action: Action, chords: &[Chord]) {
        self.changes.insert(name(action), chords.iter().map(|chord| chord.saved()).collect());
    }
}

/// How an action is called on disk. An action that gets another name forgets its keys.
fn name(action: Action) -> String {
    format!("{action:?}")
}

/// The table with the keys of an action in one row.
fn table() -> Vec<Row> {
    let mut rows: Vec<Row> = Vec::new();
    for &Binding { action, text, chord, while_typing, only } in BINDINGS {
        let chord = Chord::new(chord.modifiers, chord.key);
        match rows.iter_mut().find(|row| row.action == action) {
            Some(row) => {
                row.chords.push(chord);
                row.while_typing |= while_typing;
                match only {
                    Some(screen) if !row.screens.is_empty() => row.screens.push(screen),
                    _ => row.screens.clear(),
                }
            }
            None => rows.push(Row {
                action,
                text,
                chords: vec![chord],
                while_typing,
                screens: only.into_iter().collect(),
                is_changed: false,
            }),
        }
    }
    rows
}
