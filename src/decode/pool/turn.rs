//! Very large pictures are decoded one at a time, so that the memory for one is needed once.

use super::super::any::probe;
use crate::picture::{Format, Limits, Size};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// Pixels from which on pictures are decoded one at a time.
const HUGE: u64 = 64 << 20;

/// Waits until no other very large picture is being decoded, if this is one.
pub(super) fn turn(bytes: &[u8]) -> Option<MutexGuard<'static, ()>> {
    static TURN: Mutex<()> = Mutex::new(());
    // Drawings have no pixels to be decoded, and judging them takes as long as drawing them.
    if Format::sniff(bytes) == Some(Format::Svg) {
        return None;
    }
    let huge = probe(bytes, &Limits::default()).is_ok_and(|info| Size::area(info.size) > HUGE);
    huge.then(|| TURN.lock().unwrap_or_else(PoisonError::into_inner))
}
