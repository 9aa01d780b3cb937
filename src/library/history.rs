//! Every prompt ever sent, in a file of its own beside the index: `prompts.jsonl`, one run a line.
//!
//! Invariant: a line is appended before the index knows the run; a line cut short by a crash is skipped when read.

use super::{Library, Result, Run};
use std::path::Path;

const FILE: &str = "prompts.jsonl";

impl Library {
    /// Adds a run to the file.
    pub(super) fn append_history(&self, run: &Run) -> Result<()> {
        // The line break comes first, so that a line cut short does not spoil the next one.
        self.storage.append(&self.dir.join(FILE), format!("\n{}", serde_json::to_string(run)?).as_bytes())
    }
}

/// Returns what the file holds, oldest first; nothing when it cannot be read.
pub(super) fn read(dir: &Path) -> Vec<Run> {
    let text = std::fs::read(dir.join(FILE)).unwrap_or_default();
    text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
}
