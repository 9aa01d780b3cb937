//! What a panic of ours costs on a decoding thread: this picture, not the thread.

use super::super::image::ImageError;
use std::panic::{AssertUnwindSafe, catch_unwind};

/// Carries out a wish; one that panics fails.
pub(super) fn survived<T>(work: impl FnOnce() -> Result<T, ImageError>) -> Result<T, ImageError> {
    catch_unwind(AssertUnwindSafe(work)).unwrap_or(Err(ImageError::Interrupted))
}
