//! Drawings that were too heavy, and trying them longer.

use super::{State, Textures};
use crate::decode::Key;
use crate::library::{Picture, PictureId};

impl Textures {
    /// Whether a picture is a drawing that was too heavy to draw.
    pub fn is_too_heavy(&self, picture: &Picture) -> bool {
        self.slots.iter().any(|(key, slot)| {
            matches!(slot.state, State::Failed { is_too_heavy: true, .. }) && of(key) == Some(&picture.id)
        })
    }

    /// Draws it anew, with more time and memory than usual.
    pub fn try_longer(&mut self, picture: &Picture) {
        self.pool.allow_longer(picture.hash.clone());
        self.slots.retain(|key, slot| !matches!(slot.state, State::Failed { .. }) || of(key) != Some(&picture.id));
    }
}

fn of(key: &Key) -> Option<&PictureId> {
    match key {
        Key::Picture(id, _) | Key::Tile(id, _) | Key::Region(id, _) => Some(id),
        _ => None,
    }
}
