//! Work that the window asks for once and waits for.

/// A promise did not keep its word: its task failed inside.
#[derive(Debug, Clone, thiserror::Error)]
#[error("the work was interrupted")]
pub struct Interrupted;
