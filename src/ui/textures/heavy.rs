//! Drawings that were too heavy, and trying them longer.

use super::{State, Textures};
use crate::decode::{ImageError, Key};
use crate::library::{Picture, PictureId};
use std::time::{Duration, Instant};

/// How long between two questions whether what was late can be drawn now; the pool knows when that is.
const PAUSE: Duration = Duration::from_secs(10);

/// What there is instead of a picture.
pub(super) fn failed(error: &ImageError) -> State {
    let busy = error.is_busy();
    let again = busy.unwrap_or_default().then(|| Instant::now() + PAUSE);
    State::Failed { why: error.to_string(), is_too_heavy: error.is_too_heavy(), is_late: busy.is_some(), again }
}

impl Textures {
    /// Whether a picture is a drawing that was not drawn in time because the computer was busy.
    pub fn is_late(&self, picture: &Picture) -> bool {
        self.slots.iter().any(|(key, slot)| {
            matches!(slot.state, State::Failed { is_late: true, .. }) && of(key) == Some(&picture.id)
        })
    }

    /// Returns how long until something is to be asked for again.
    pub(super) fn next_try(&self) -> Option<Duration> {
        let due = self.slots.values().filter_map(|slot| match slot.state {
            State::Failed { again, .. } => again,
            _ => None,
        });
        due.min().map(|at| at.saturating_duration_since(Instant::now()))
    }

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
