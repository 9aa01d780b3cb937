//! Tiles for failures.
