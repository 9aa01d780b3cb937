//! A picture of the library, as the index knows it.
//!
//! Invariant: it is light: what made the picture is in its recipe.

use super::id::{JobId, PictureId, RunId};
use super::job::Run;
use super::recipe::Recipe;
use crate::picture::{Flaw, Format, Size};
use crate::plan::Marks;
use std::path::Path;

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
    /// From sending to the last byte; 0: not known, as of what came from elsewhere.
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

    /// Returns the seconds that it took; `None`: not known.
    pub fn seconds(&self) -> Option<f64> {
        (self.elapsed_ms > 0).then_some(self.elapsed_ms as f64 / 1000.0)
    }

    /// Says whether the picture came from elsewhere.
    pub fn is_imported(&self) -> bool {
        self.job.is_imported()
    }
}
