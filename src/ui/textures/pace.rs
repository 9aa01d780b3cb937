//! How much may go to the card in one frame: as much as this computer takes without missing one.
//!
//! Pure. The cost is learnt from frames with uploads against those without.

use std::time::Duration;

/// Time per frame for uploads, of the sixteen milliseconds that a frame has.
const GOAL: Duration = Duration::from_millis(6);
/// Bytes that always may go: a tile.
const LEAST: usize = 1 << 20;
/// Bytes that are never exceeded.
const MOST: usize = 16 << 20;

#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Pace {
    /// Bytes for the next frame.
    limit: usize,
    /// What a frame takes without uploads.
    idle: Duration,
}

impl Default for Pace {
    fn default() -> Self {
        Self { limit: 4 << 20, idle: Duration::ZERO }
    }
}

impl Pace {
    /// Returns how many bytes may go to the card in the next frame.
    pub(super) fn limit(self) -> usize {
        self.limit
    }

    #[cfg(test)]
    pub(super) fn with_limit(limit: usize) -> Self {
        Self { limit, ..Self::default() }
    }

    /// Takes note of how long the last frame took and how much it uploaded.
    pub(super) fn learn(&mut self, spent: Duration, uploaded: usize) {
        if uploaded == 0 {
            self.idle = if self.idle.is_zero() { spent } else { (self.idle * 7 + spent) / 8 };
            return;
        }
        let cost = spent.saturating_sub(self.idle).as_secs_f64();
        let fitting = if cost > 0.0 { (uploaded as f64 * GOAL.as_secs_f64() / cost) as usize } else { MOST };
        // Down at once, up by steps: one quick frame may have been luck.
        self.limit = fitting.min(self.limit * 2).clamp(LEAST, MOST);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Frames that upload as much as they may, at this many milliseconds for the frame and for each megabyte.
    fn after(frames: usize, idle: f64, each: f64) -> Pace {
        let mut pace = Pace::default();
        let time = |ms: f64| Duration::from_secs_f64(ms / 1000.0);
        for _ in 0..8 {
            pace.learn(time(idle), 0);
        }
        for _ in 0..frames {
            pace.learn(time(idle + each * pace.limit() as f64 / f64::from(1 << 20)), pace.limit());
        }
        pace
    }

    #[test]
    fn uploads_take_the_time_that_a_frame_has_for_them_on_slow_and_fast_computers() {
        for (idle, each) in [(2.0, 0.5), (2.0, 1.0), (9.0, 2.0), (40.0, 3.0)] {
            let megabytes = after(3, idle, each).limit() as f64 / f64::from(1 << 20);
            assert!((megabytes * each - 6.0).abs() < 0.1, "{megabytes} MB at {each} ms each");
        }
    }

    #[test]
    fn one_tile_always_goes_and_there_is_an_end_to_it() {
        assert_eq!(after(9, 2.0, 100.0).limit(), LEAST);
        assert_eq!(after(9, 2.0, 0.001).limit(), MOST);
    }

    #[test]
    fn frames_that_were_slow_anyway_are_not_blamed_on_uploads() {
        assert_eq!(after(9, 80.0, 0.1).limit(), MOST);
    }
}
