//! What the library keeps of a run, a job and a picture.

use super::super::hash::{CONTENT_ADDRESS_PREFIX, content_hash};
use super::id::{JobId, PictureId, RunId, now_ms};
use crate::api::{ModelId, Usage};
use crate::picture::{Flaw, Format, ReferenceEdit, Size};
use crate::plan::{Draft, Marks, Origin, literal};
use serde::{Deserialize, Serialize};
use serde_json::Value;
use std::path::Path;

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

/// What a job knows, before it is sent, of what its pictures' recipes will say.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct RecipeContext {
    pub model_name: String,
    /// The endpoint records the request was made for, as the service described them at that moment.
    pub endpoints: Vec<Value>,
    pub references: Vec<RecipeReference>,
    /// What their files say beside the picture is sent too.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub keep_metadata: bool,
    pub app_version: String,
    /// Base address of the service, without credentials.
    pub service: String,
    /// The name of the connection that it was made for, or the demo's; `None`: it had none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub connection: Option<String>,
    /// What the model takes, as the service described it; only while its endpoints were not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub model_parameters: Option<Value>,
    /// The prompt as it was written, where that is not what was sent: with its alternatives.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub template: Option<String>,
    /// The picture that the settings were taken over from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<crate::plan::Origin>,
    /// What this came on the way to, where it is no finished picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partial: Option<PartialOf>,
    /// The draft that made the request, for *use these settings again*.
    pub draft: Option<crate::plan::Draft>,
}

/// Says what a partial came on the way to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct PartialOf {
    /// From 1, in order of arrival; of a drawing, how many pieces of its text had come.
    pub number: u32,
    /// The finished picture; `None`: it never came.
    pub finished: Option<crate::plan::Origin>,
}

/// A reference as a recipe names it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct RecipeReference {
    pub name: String,
    /// http(s) address, or `blake3:<hash>` of the original bytes kept in the library.
    pub address: String,
    /// What was really sent, when it was not an address.
    pub sent: Option<crate::plan::ReferenceFacts>,
    /// The library's picture that it is; `None`: a file or an address.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub picture: Option<PictureId>,
    /// How what was sent differs from the original, by the artist's hand.
    #[serde(default, skip_serializing_if = "ReferenceEdit::is_empty")]
    pub edit: ReferenceEdit,
}

/// Describes a picture of the library, light enough to hold a hundred thousand in memory.
#[derive(Clone, Debug, PartialEq)]
pub struct Picture {
    pub id: PictureId,
    /// Small and dense, for sets of pictures in memory; 0 until it is in the index.
    pub number: u32,
    pub run: RunId,
    pub job: JobId,
    /// Place within its job, from 0.
    pub position: u32,
    /// Path relative to the library folder.
    pub file: String,
    /// blake3 of the bytes, lower-case hex.
    pub hash: String,
    /// As its first bytes tell; for bytes no decoder knows (file `.bin`, no size) what the service claimed, else PNG.
    pub format: Format,
    /// Pixels; for SVG the document's own size, rounded. `None` when the bytes could not be decoded.
    pub size: Option<Size>,
    pub bytes: u64,
    /// Unix milliseconds, local clock.
    pub created_ms: i64,
    /// US dollars for this picture; with several per call the call's cost divided. `None`: not known.
    pub cost: Option<f64>,
    /// From sending to the last byte.
    pub elapsed_ms: u64,
    pub provider: Option<String>,
    /// Unix milliseconds of its way to the trash; `None`: not in the trash.
    pub trashed_ms: Option<i64>,
    /// As sent; `None`: left to the provider.
    pub seed: Option<i64>,
    /// Whether pictures went in as references.
    pub has_references: bool,
    /// What was sent, where the prompt was written with alternatives; `None`: the prompt of the run.
    pub prompt: Option<String>,
    /// What is wrong with its file, where that is known.
    pub flaw: Option<Flaw>,
    /// What the artist says of it.
    pub marks: Marks,
}

/// Why a library is open for reading only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadOnly {
    /// Another Easel has it.
    InUse,
    /// Its folder cannot be written.
    Folder,
    /// It was asked for.
    Asked,
    /// For a while: it is being mended, or its index made anew.
    Tended,
}

/// The connection's name of jobs that the demo carries out: its prices are painted like its pictures.
pub const DEMO_CONNECTION: &str = "Demo";

impl Recipe {
    /// Says whether the demo made the picture, whose prices cost nothing.
    pub fn is_of_demo(&self) -> bool {
        self.context.connection.as_deref() == Some(DEMO_CONNECTION)
    }
}

impl Picture {
    /// What a recipe tells of its picture, which lies under this name; it is not in the index, and nobody has marked it.
    pub(in crate::library) fn of(recipe: &Recipe, file: String) -> Self {
        let found = Path::new(&file).extension().and_then(|extension| Format::from_extension(extension.to_str()?));
        Self {
            id: recipe.id.clone(),
            run: recipe.run.clone(),
            job: recipe.job.clone(),
            position: recipe.position,
            file,
            hash: recipe.hash.clone(),
            format: found.unwrap_or_else(|| Format::from_media_type(&recipe.media_type).unwrap_or(Format::Png)),
            size: None,
            bytes: recipe.bytes,
            created_ms: recipe.created_ms,
            cost: recipe.cost,
            elapsed_ms: recipe.elapsed_ms,
            provider: recipe.provider.clone(),
            trashed_ms: None,
            number: 0,
            seed: recipe.request.get("seed").and_then(serde_json::Value::as_i64),
            has_references: !recipe.context.references.is_empty(),
            prompt: recipe.context.template.as_ref().map(|_| recipe.prompt().to_owned()),
            flaw: recipe.flaw,
            marks: Marks::default(),
        }
    }

    /// Returns the prompt that was sent. `run`: the picture's own; empty when it is not known.
    pub fn prompt<'a>(&'a self, run: Option<&'a Run>) -> &'a str {
        self.prompt.as_deref().unwrap_or_else(|| run.map_or("", |run| run.prompt.as_str()))
    }

    /// Says whether the picture came from elsewhere.
    pub fn is_imported(&self) -> bool {
        self.job.is_imported()
    }
}

/// Everything that made a picture; the content of its side file. Never holds the key.
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
