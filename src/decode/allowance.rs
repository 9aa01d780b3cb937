//! What drawing one picture may cost.
//!
//! Time is counted twice: what the child computes, which is the same on a busy computer and alone says that a drawing
//! is heavy, and what has passed, for a child that computes nothing. Memory is that of the whole child, and goes with
//! the pixels that were asked for.

use crate::picture::Effort;
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How much a drawing may cost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Allowance {
    /// A drawing that is still arriving: 3 s and 1 GiB; the next one is already on its way.
    Glance,
    /// 10 s and 1.5 GiB, more for many pixels.
    #[default]
    Usual,
    /// What *Try longer* gives: 3 minutes and 8 GiB.
    Longer,
}

/// Whether a child is ended by what it has computed, so that the clock says nothing of its drawing.
pub(super) const COUNTS_TIME: bool = cfg!(target_os = "linux");

const GIB: u64 = 1 << 30;
/// Pixels that the usual way of drawing fills in a second, at the least.
const PIXELS_A_SECOND: u64 = 8_000_000;

impl Allowance {
    /// Returns how much is guessed before anything is tried.
    pub(super) fn effort(self) -> Effort {
        if self == Self::Longer { Effort::Longer } else { Effort::Usual }
    }

    /// Returns the seconds of computing, for a result of so many pixels.
    pub(super) fn cpu_secs(self, pixels: u64) -> u64 {
        let base = match self {
            // Tests try much that never ends.
            Self::Glance if cfg!(test) => 1,
            Self::Glance => 3,
            Self::Usual => 10,
            Self::Longer => 180,
        };
        base + pixels / PIXELS_A_SECOND
    }

    /// Returns how long the parent waits.
    pub(super) fn patience(self, pixels: u64) -> Duration {
        // Where the child ends itself when it has computed that long, others may have the processor most of the time.
        let (times, more) = if COUNTS_TIME { (8, 10) } else { (2, 5) };
        Duration::from_secs(self.cpu_secs(pixels) * times + more)
    }

    /// Returns the memory that the child may have, bytes, for a result of so many pixels.
    pub(super) fn memory_bytes(self, pixels: u64) -> u64 {
        let base = match self {
            Self::Glance => GIB,
            Self::Usual => GIB * 3 / 2,
            Self::Longer => 8 * GIB,
        };
        // The canvas, a copy of it with straight alpha, and a layer.
        base + pixels.saturating_mul(12)
    }
}

/// The most that any allowance gives; a child never gets more.
pub(super) const MOST_MEMORY: u64 = 12 * GIB;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn larger_results_may_cost_more_and_patience_outlasts_computing() {
        for allowance in [Allowance::Glance, Allowance::Usual, Allowance::Longer] {
            assert!(allowance.memory_bytes(16_384 * 16_384) <= MOST_MEMORY);
            assert!(allowance.memory_bytes(1 << 24) > allowance.memory_bytes(1 << 16));
            assert!(allowance.cpu_secs(1 << 28) > allowance.cpu_secs(1 << 16));
            assert!(allowance.patience(9) > Duration::from_secs(allowance.cpu_secs(9)));
        }
    }
}
