//! Everything that made a picture: the content of its sidecar.
//!
//! Invariants: the key is never in it; what an earlier version wrote can be read, and what it did not know is absent.

use super::super::hash::{CONTENT_ADDRESS_PREFIX, content_hash};
use super::context::RecipeContext;
use super::id::{JobId, PictureId, RunId, now_ms};
use super::job::Job;
use crate::api::Usage;
use crate::picture::{Flaw, Format, Size};
use crate::plan::{Draft, Origin, literal};
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The connection's name of jobs that the demo carries out: its prices are painted like its pictures.
pub const DEMO_CONNECTION: &str = "Demo";

/// Everything that made a picture; the content of its sidecar. Never holds the key.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Recipe {
    /// Version of this format: 1.
    pub version: u32,
    pub id: PictureId,
    pub run: RunId,
    pub job: JobId,
    pub position: u32,
    /// Exactly what was sent, but with inline references as `blake3:<hash>` addresses.
    pub request: Value,
    pub context: RecipeContext,
    pub provider: Option<String>,
    pub generation_id: Option<String>,
    pub usage: Option<Usage>,
    /// US dollars for this picture.
    pub cost: Option<f64>,
    pub created_ms: i64,
    pub elapsed_ms: u64,
    /// Pictures asked for and arrived in this call.
    pub asked: u32,
    pub arrived: u32,
    pub media_type: String,
    pub hash: String,
    pub bytes: u64,
    pub size: Option<Size>,
    /// What is wrong with the file, where that is known.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "known_flaw")]
    pub flaw: Option<Flaw>,
}

impl Recipe {
    /// Makes the recipe of a picture of a job, of whose answer nothing is known.
    pub fn of(job: &Job) -> Self {
        Self {
            version: 1,
            id: PictureId::new(),
            run: job.run.clone(),
            job: job.id.clone(),
            position: 0,
            request: job.request.clone(),
            context: job.context.clone(),
            provider: None,
            generation_id: None,
            usage: None,
            cost: None,
            created_ms: now_ms(),
            elapsed_ms: 0,
            asked: job.asked,
            arrived: 0,
            media_type: "application/octet-stream".into(),
            hash: String::new(),
            bytes: 0,
            size: None,
            flaw: None,
        }
    }

    /// Says whether the demo made the picture, whose prices cost nothing.
    pub fn is_of_demo(&self) -> bool {
        self.context.connection.as_deref() == Some(DEMO_CONNECTION)
    }

    /// Fills in what the bytes tell: hash, length, and the media type where the format is known.
    pub fn describe(&mut self, bytes: &[u8], format: Option<Format>) {
        self.hash = content_hash(bytes);
        self.bytes = bytes.len() as u64;
        if let Some(format) = format {
            self.media_type = format.media_type().to_owned();
        }
    }

    /// Returns the hashes of the pictures that went in as references.
    pub fn parents(&self) -> impl Iterator<Item = &str> {
        self.context.references.iter().filter_map(|reference| reference.address.strip_prefix(CONTENT_ADDRESS_PREFIX))
    }

    /// Returns the settings that made the picture, to be used again and naming the picture as their origin; `None`: not
    /// told.
    pub fn draft(&self) -> Option<Draft> {
        let mut draft = self.context.draft.clone()?;
        if self.context.template.is_none() {
            // Sent as it was, whatever its braces.
            draft.prompt = literal(&draft.prompt);
        }
        draft.from = Some(Origin { picture: self.id.0.clone(), hash: self.hash.clone() });
        Some(draft)
    }

    /// Returns the prompt as it was written, with its alternatives.
    pub fn written_prompt(&self) -> &str {
        self.context.template.as_deref().unwrap_or_else(|| self.prompt())
    }

    /// Returns the prompt that was sent; empty when the request holds none.
    pub fn prompt(&self) -> &str {
        self.request.get("prompt").and_then(serde_json::Value::as_str).unwrap_or_default()
    }
}

/// Reads a flaw; one that a later version names is none that is known here.
fn known_flaw<'de, D: serde::Deserializer<'de>>(from: D) -> std::result::Result<Option<Flaw>, D::Error> {
    Ok(Value::deserialize(from)?.as_str().and_then(Flaw::of_word))
}
