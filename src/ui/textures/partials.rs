//! What came on the way to a picture: small in the rail, large in the picture's place.

use super::{Key, Look, Textures};
use crate::decode::Work;
use crate::library::Partials;

/// Longest sides, pixels: one for the rail, the others for the picture's place.
const SIDES: [u32; 3] = [256, 1024, 2048];

impl Textures {
    /// Returns the best there is of a step of the way for a place of `side` physical pixels, and wishes for better if
    /// needed.
    pub fn partial(&mut self, partials: &Partials, step: usize, side: f32) -> Look<'_> {
        let largest = SIDES.iter().copied().find(|largest| side <= *largest as f32).unwrap_or(SIDES[2]);
        let key = key_of(partials, step, largest);
        if !self.slots.contains_key(&key) {
            let work = match (partials.painted.get(step), partials.text(step)) {
                (Some(partial), _) => Work::Scaled { file: partial.file.clone(), max_side: largest },
                (None, Some(text)) => Work::Markup { text: text.to_owned(), max_side: largest },
                (None, None) => return Look::Waiting,
            };
            self.wish(&key, work);
        }
        self.wish_touch(&key);
        if !self.is_ready(&key) {
            let mut others = SIDES.iter().rev().map(|side| key_of(partials, step, *side));
            if let Some(stand_in) = others.find(|key| self.is_ready(key)) {
                return self.look(&stand_in);
            }
        }
        self.look(&key)
    }
}

fn key_of(partials: &Partials, step: usize, side: u32) -> Key {
    let step = u32::try_from(step).unwrap_or(u32::MAX);
    Key::Partial(partials.job.clone(), [partials.place, step, side])
}
