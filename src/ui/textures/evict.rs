//! Decides what leaves the graphics card and how fine a level may be: pure functions of figures.

use crate::picture::Level;

/// What one texture holds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Held {
    pub(super) bytes: u64,
    /// Frame in which it was last drawn.
    pub(super) last_used: u64,
}

/// Returns the places of what must go, least recently used first: nothing that was drawn in this frame or the last.
pub(super) fn evict(held: &[Held], budget: u64, frame: u64) -> Vec<usize> {
    let mut total: u64 = held.iter().map(|held| held.bytes).sum();
    let mut idle: Vec<usize> =
        (0..held.len()).filter(|place| held.get(*place).is_some_and(|held| held.last_used + 1 < frame)).collect();
    idle.sort_by_key(|place| held.get(*place).map(|held| held.last_used));
    let mut out = Vec::new();
    for place in idle {
        if total <= budget {
            break;
        }
        total -= held.get(place).map_or(0, |held| held.bytes);
        out.push(place);
    }
    out
}

/// Returns the coarsest level that is sharp on `side` physical pixels, `coarser` by so many.
pub(super) fn level_for(side: f32, coarser: u8) -> Level {
    let levels = [Level::Small, Level::Thumb, Level::Large, Level::Fit];
    let sharp = levels.iter().position(|level| side <= level.max_side() as f32).unwrap_or(levels.len() - 1);
    levels.get(sharp.saturating_sub(usize::from(coarser))).copied().unwrap_or(Level::Small)
}

/// Returns by how many levels to draw coarser from now on: one more when what is on screen alone is more than the
/// budget, one less when it takes less than a fifth (a finer level is four times as large).
pub(super) fn coarser(now: u8, on_screen: u64, budget: u64) -> u8 {
    if on_screen > budget {
        (now + 1).min(5)
    } else if on_screen < budget / 5 {
        now.saturating_sub(1)
    } else {
        now
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(figures: &[(u64, u64)]) -> Vec<Held> {
        figures.iter().map(|&(bytes, last_used)| Held { bytes, last_used }).collect()
    }

    #[test]
    fn the_least_recently_used_go_first_and_only_as_many_as_needed() {
        let textures = held(&[(10, 3), (10, 1), (10, 2), (10, 9)]);
        assert_eq!(evict(&textures, 40, 10), [0; 0]);
        assert_eq!(evict(&textures, 30, 10), [1]);
        assert_eq!(evict(&textures, 15, 10), [1, 2, 0]);
    }

    #[test]
    fn what_is_on_screen_stays_whatever_the_budget() {
        assert_eq!(evict(&held(&[(100, 10), (100, 9)]), 1, 10), [0; 0]);
    }

    #[test]
    fn pictures_get_coarser_under_pressure_and_come_back() {
        assert_eq!(coarser(0, 101, 100), 1);
        assert_eq!(coarser(1, 50, 100), 1);
        assert_eq!(coarser(1, 19, 100), 0);
        assert_eq!((coarser(0, 0, 100), coarser(5, 900, 100)), (0, 5));
        assert_eq!(level_for(300.0, 0), Level::Small);
        assert_eq!(level_for(400.0, 0), Level::Thumb);
        assert_eq!(level_for(700.0, 0), Level::Large);
        assert_eq!(level_for(3000.0, 0), Level::Fit);
        assert_eq!(level_for(3000.0, 1), Level::Large);
        assert_eq!(level_for(700.0, 4), Level::Small);
    }
}
