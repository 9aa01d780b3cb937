//! The keymap of the window, for the many places that only name keys.
//!
//! One window belongs to one thread, and so does what its keys mean, as its theme does. Invariant: whatever is drawn in
//! a frame names the keys that were in force when the frame began.

use super::{Action, Keymap};
use egui::Key;
use std::cell::RefCell;
use std::sync::Arc;

thread_local! {
    static IN_FORCE: RefCell<Option<Arc<Keymap>>> = const { RefCell::new(None) };
}

/// Puts a keymap in force for everything that this thread draws from now on.
pub fn put_in_force(map: &Arc<Keymap>) {
    IN_FORCE.with_borrow_mut(|held| {
        if held.as_ref().is_none_or(|held| !Arc::ptr_eq(held, map)) {
            *held = Some(map.clone());
        }
    });
}

/// Returns the first keys of an action as text: `Ctrl+Enter`; `None`: it has none.
pub fn keys_of(action: Action) -> Option<String> {
    IN_FORCE.with_borrow(|held| match held {
        Some(map) => map.keys_of(action),
        None => Keymap::default().keys_of(action),
    })
}

/// Says whether a key of an action is held.
pub fn is_held(action: Action, is_down: impl Fn(Key) -> bool) -> bool {
    let held = |map: &Keymap| map.row(action).is_some_and(|row| row.chords.iter().any(|chord| is_down(chord.key)));
    IN_FORCE.with_borrow(|known| match known {
        Some(map) => held(map),
        None => held(&Keymap::default()),
    })
}
