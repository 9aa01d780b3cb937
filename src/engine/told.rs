//! What a picture file from anywhere says about how it was made, read for the artist.

use crate::library::{FileError, JobId, LONGEST_FILE, Recipe, read_file, recipe_of_bytes, reference_path};
use crate::picture::{Format, metadata};
use crate::plan::{Draft, ReferenceSource, literal};
use std::path::Path;

/// Files larger than this are not read.
pub const MAX_FILE_BYTES: u64 = LONGEST_FILE;

/// What a file tells.
#[derive(Clone, Debug, Default)]
pub struct Told {
    /// By Easel.
    pub recipe: Option<Box<Recipe>>,
    /// By another program, or in plain words.
    pub foreign: Option<metadata::Foreign>,
    /// References of the recipe whose pictures this library does not hold, by their hashes, and those whose addresses are
    /// not of the web.
    pub missing: Vec<String>,
}

impl Told {
    /// Reads what the bytes of a picture tell.
    pub(super) fn of(bytes: &[u8]) -> Self {
        let found = metadata::read(bytes);
        let recipe = found.ours.and_then(|text| serde_json::from_str(&text).ok());
        Self { recipe, foreign: found.foreign, missing: Vec::new() }
    }

    /// The same, and of a file without a recipe inside what the one beside it tells: as in a library, and as it is
    /// written by saving elsewhere.
    pub fn of_file(file: &Path, bytes: &[u8]) -> Self {
        let told = Self::of(bytes);
        // What a stranger put beside it may be a pipe.
        let is_beside = || file.with_extension("json").metadata().is_ok_and(|side| side.is_file());
        let beside = || if is_beside() { recipe_of_bytes(file, bytes).map(Box::new) } else { None };
        let recipe = told.recipe.or_else(beside);
        Self { recipe, ..told }
    }

    /// Notes which of the references are not in a library.
    pub(super) fn seen_from(mut self, library: &Path) -> Self {
        let draft = self.recipe.as_ref().and_then(|recipe| recipe.context.draft.as_ref());
        let hashes =
            draft.into_iter().flat_map(|draft| &draft.references).filter_map(|reference| match &reference.source {
                ReferenceSource::Stored { hash, .. } => reference_path(library, hash).is_none().then_some(hash),
                ReferenceSource::Url(url) => (!is_web(url)).then_some(url),
            });
        self.missing = hashes.cloned().collect();
        self
    }

    /// Says whether nothing is told.
    pub fn is_empty(&self) -> bool {
        self.recipe.is_none() && self.foreign.is_none()
    }

    /// Returns the prompt; `None`: not told.
    pub fn prompt(&self) -> Option<&str> {
        let ours = self.recipe.as_ref().map(|recipe| recipe.prompt());
        ours.or_else(|| self.foreign.as_ref()?.prompt.as_deref()).filter(|prompt| !prompt.is_empty())
    }

    /// Returns the model as it is called where the picture was made; `None`: not told.
    pub fn model(&self) -> Option<&str> {
        let ours = self.recipe.as_ref().and_then(|recipe| recipe.request.get("model")).and_then(|model| model.as_str());
        ours.or_else(|| self.foreign.as_ref()?.model.as_deref())
    }

    /// Returns what the picture is not to show; `None`: not told.
    pub fn negative_prompt(&self) -> Option<&str> {
        let ours = self.recipe.as_ref().and_then(|recipe| recipe.request.get("negative_prompt")?.as_str());
        ours.or_else(|| self.foreign.as_ref()?.negative_prompt.as_deref())
    }

    /// Returns the name of the program that made the picture, with its version where it is told; `None`: not told.
    pub fn program(&self) -> Option<String> {
        let ours = self.recipe.as_ref().and_then(|recipe| {
            let version = &recipe.context.app_version;
            // A picture from elsewhere has the name of the program that made it there.
            let is_ours = recipe.job != JobId::imported();
            if is_ours {
                Some(format!("Easel {version}"))
            } else {
                Some(version.clone()).filter(|name| !name.is_empty())
            }
        });
        ours.or_else(|| self.foreign.as_ref()?.program.clone())
    }

    /// Returns the seed, digit for digit as it is told; `None`: not told, or any.
    pub fn seed(&self) -> Option<String> {
        let ours = self.recipe.as_ref().and_then(|recipe| recipe.request.get("seed")).filter(|seed| !seed.is_null());
        ours.map(serde_json::Value::to_string).or_else(|| self.foreign.as_ref()?.seed.clone())
    }

    /// Changes a draft to what is told; what is not told stays as it is, and references that are missing stay away.
    pub fn apply(&self, draft: &mut Draft) {
        if let Some(kept) = self.recipe.as_ref().and_then(|recipe| recipe.draft()) {
            *draft = kept;
            draft.references.retain(|reference| match &reference.source {
                ReferenceSource::Stored { hash, .. } => !self.missing.contains(hash),
                ReferenceSource::Url(url) => is_web(url),
            });
            // Never read by Easel: the service does that, once the artist sends it. So it is called what it is, whatever
            // the file says.
            for reference in &mut draft.references {
                if let ReferenceSource::Url(url) = &reference.source {
                    reference.name.clone_from(url);
                }
            }
            return;
        }
        draft.from = None;
        if let Some(prompt) = self.prompt() {
            draft.prompt = literal(prompt);
        }
        if let Some(seed) = self.seed().and_then(|seed| seed.parse::<u64>().ok()) {
            draft.set("seed", seed);
        }
    }
}

/// Says whether an address is one that a service could read for somebody else.
fn is_web(url: &str) -> bool {
    let has = |scheme: &str| url.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme));
    has("https://") || has("http://")
}

/// Reads a picture file; the error is a sentence.
pub(super) fn read_picture(file: &Path) -> Result<(Vec<u8>, Format), String> {
    let bytes = read_file(file, MAX_FILE_BYTES).map_err(|error| match error {
        FileError::Folder => "a folder: the pictures in it can be imported".to_owned(),
        error => error.to_string(),
    })?;
    let format = Format::sniff(&bytes).ok_or("it is not a PNG, JPEG, WebP, GIF or SVG picture")?;
    Ok((bytes, format))
}
