//! Every prompt ever sent, in a file of its own beside the index: `prompts.jsonl`, one run a line, with its settings.
//!
//! Invariants: a line is appended before the index knows the run, and is never changed; a line cut short by a crash is
//! skipped when read. What was sent with it is kept by the run, so neither jobs nor pictures are needed to send it again.

use super::super::error::Result;
use super::super::model::job::Run;
use super::file::read_ordinary;
use super::paths::PROMPT_LOG;
use super::storage::Storage;
use crate::plan::Draft;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;

/// One line. Early lines have no draft.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::library) struct Line {
    #[serde(flatten)]
    pub(in crate::library) run: Run,
    /// As it was written, so that a draft of another version does not spoil the line.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(in crate::library) draft: Option<Value>,
}

/// Adds a run, with the draft that made it, to the file.
pub(in crate::library) fn append(storage: &Storage, dir: &Path, run: &Run, draft: Option<&Draft>) -> Result<()> {
    let line = Line { run: run.clone(), draft: draft.map(serde_json::to_value).transpose()? };
    // The line break comes first, so that a line cut short does not spoil the next one.
    storage.append(&dir.join(PROMPT_LOG), format!("\n{}", serde_json::to_string(&line)?).as_bytes())
}

/// Returns what the file holds, oldest first; nothing when it cannot be read.
pub(in crate::library) fn read(dir: &Path) -> Vec<Line> {
    let text = read_ordinary(dir.join(PROMPT_LOG)).unwrap_or_default();
    text.split(|byte| *byte == b'\n').filter_map(|line| serde_json::from_slice(line).ok()).collect()
}
