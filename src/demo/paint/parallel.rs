//! Work on a buffer of pixels, on all available cores.
//!
//! Imports only std. Invariant: what is painted does not depend on the number of cores, only who paints it.

use std::sync::{Mutex, PoisonError};

/// Calls `paint` for every row, with its number.
pub fn rows(data: &mut [u8], stride: usize, paint: impl Fn(usize, &mut [u8]) + Sync) {
    const BAND: usize = 8;
    bands(data, stride * BAND, |index, band| {
        for (row, pixels) in band.chunks_mut(stride.max(1)).enumerate() {
            paint(index * BAND + row, pixels);
        }
    });
}

/// Calls `paint` for every piece of `length` bytes, with its number; the last may be shorter.
pub fn bands(data: &mut [u8], length: usize, paint: impl Fn(usize, &mut [u8]) + Sync) {
    let left = Mutex::new(data.chunks_mut(length.max(1)).enumerate());
    let work = || {
        loop {
            let next = left.lock().unwrap_or_else(PoisonError::into_inner).next();
            let Some((index, band)) = next else { break };
            paint(index, band);
        }
    };
    let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(16);
    std::thread::scope(|scope| {
        for _ in 1..threads {
            scope.spawn(work);
        }
        work();
    });
}
