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

/// Returns the coarsest level that is sharp on `side` physical pixels.
pub(super) fn level_for(side: f32) -> Level {
    let enough = |level: &Level| level.max_side().is_none_or(|most| side <= most as f32);
    [Level::Thumb, Level::Fit].into_iter().find(enough).unwrap_or(Level::Full)
}

/// Returns the finest level to hand out from now on: one lower when what is on screen alone is more than the budget,
/// one higher when it takes less than a twentieth (a finer level is up to sixteen times as large).
pub(super) fn finest(now: Level, on_screen: u64, budget: u64) -> Level {
    match now {
        Level::Full if on_screen > budget => Level::Fit,
        Level::Fit if on_screen > budget => Level::Thumb,
        Level::Thumb if on_screen < budget / 20 => Level::Fit,
        Level::Fit if on_screen < budget / 20 => Level::Full,
        level => level,
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
    fn levels_go_down_under_pressure_and_come_back() {
        assert_eq!(finest(Level::Full, 101, 100), Level::Fit);
        assert_eq!(finest(Level::Fit, 101, 100), Level::Thumb);
        assert_eq!(finest(Level::Fit, 50, 100), Level::Fit);
        assert_eq!(finest(Level::Fit, 4, 100), Level::Full);
        assert_eq!(level_for(300.0), Level::Thumb);
        assert_eq!(level_for(1500.0), Level::Fit);
        assert_eq!(level_for(3000.0), Level::Full);
    }
}
