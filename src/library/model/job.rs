//! A run, its jobs, and how a job goes on.
//!
//! ```text
//! Queued ⇄ Sent → Receiving → Received → Stored    → Queued: refused unbilled, will be tried again by itself
//!    └──────┴─────────┴──────────┴──→ Failed       Sent, Receiving → Unknown: found after a crash
//!    └──────┴─────────┴──────────┴──→ Cancelled    a retry by the artist is a new job of the same run
//! ```
//! Invariant: a job that has ended stays as it ended.

use super::context::RecipeContext;
use super::id::{JobId, RunId};
use crate::api::ModelId;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// Describes one press of Generate.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Run {
    pub id: RunId,
    /// Unix milliseconds, local clock.
    pub created_ms: i64,
    pub model: ModelId,
    pub model_name: String,
    pub prompt: String,
    /// The parameters sent, for people: `16:9 · 2K`; empty when all were left to the provider.
    pub settings: String,
    /// Pictures asked for, over all jobs.
    pub asked: u32,
    /// Width over height of the tiles, when the request or the first result tells.
    pub aspect: Option<f32>,
}

/// Describes one HTTP call of a run, as the journal keeps it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Job {
    pub id: JobId,
    pub run: RunId,
    /// Place within the run, from 0.
    pub position: u32,
    /// Pictures asked for by this call.
    pub asked: u32,
    /// Exactly what is sent, but with inline references as `blake3:<hash>` addresses. Never the key.
    pub request: Value,
    /// What the recipe of its pictures will say beside the request.
    pub context: RecipeContext,
    pub state: JobState,
}

/// Where a job stands. Terminal states keep what happened.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "state", rename_all = "snake_case")]
pub enum JobState {
    Queued,
    /// Written before the first byte goes out.
    Sent,
    /// The answer has begun to come.
    Receiving,
    /// All bytes of its pictures are on disk; decoding and indexing follow.
    Received,
    Stored,
    Failed {
        error: FailureRecord,
    },
    Cancelled,
    /// Found `Sent` or `Receiving` after a crash: the outcome, and whether it was billed, is not known.
    Unknown,
}

/// A failure as kept on disk: enough to draw its card again after a restart.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct FailureRecord {
    /// Stable word such as `rate_limited` or `refused`; what scripts see.
    pub kind: String,
    /// One sentence for people.
    pub message: String,
    /// Whether it was billed, where that is known.
    pub billed: Option<bool>,
    /// Moderation: the flagged fragment of the prompt.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flagged: Option<String>,
    /// Moderation: why it was flagged.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<String>,
    /// Pictures that arrived and are stored all the same.
    #[serde(default)]
    pub arrived: u32,
    /// US dollars that the answer said it cost; `None`: it did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cost: Option<f64>,
    /// Bytes of an answer that nobody could read and that is kept as it came; `None`: all was read.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub unread: Option<u64>,
    /// The name under which the service keeps its record; `None`: it gave none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub generation: Option<String>,
    /// What is known beside the sentence, a line each; harmless to show. Empty: nothing.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub details: String,
}

impl JobState {
    /// Returns the word of this state, as the journal and scripts write it.
    pub fn word(&self) -> &'static str {
        match self {
            Self::Queued => "queued",
            Self::Sent => "sent",
            Self::Receiving => "receiving",
            Self::Received => "received",
            Self::Stored => "stored",
            Self::Failed { .. } => "failed",
            Self::Cancelled => "cancelled",
            Self::Unknown => "unknown",
        }
    }

    /// Says whether nothing more will happen to the job.
    pub fn is_terminal(&self) -> bool {
        matches!(self, Self::Stored | Self::Failed { .. } | Self::Cancelled | Self::Unknown)
    }

    /// Says whether a job in this state may take on the next one; staying the same is always allowed.
    pub fn may_become(&self, next: &Self) -> bool {
        match (self, next) {
            (Self::Queued | Self::Sent | Self::Receiving | Self::Received, Self::Failed { .. } | Self::Cancelled)
            | (Self::Queued, Self::Sent)
            | (Self::Sent, Self::Receiving)
            | (Self::Sent | Self::Receiving, Self::Queued | Self::Received | Self::Unknown)
            | (Self::Received, Self::Stored) => true,
            _ => self.word() == next.word(),
        }
    }
}
