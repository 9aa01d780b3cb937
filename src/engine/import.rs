//! Copies pictures from elsewhere into the library, in the background, one after the other.
//!
//! A picture whose content the library has already is passed over. Invariants: the files themselves are never touched;
//! an import that is stopped keeps what it has copied.

use super::actor::Internal;
use super::disk::Disk;
use super::told::{Told, read_picture};
use super::{Event, Notice};
use crate::api::ModelId;
use crate::decode::probe;
use crate::library::{JobId, NewPicture, Picture, PictureId, Recipe, RecipeContext, Run, RunId, content_hash};
use crate::picture::{Format, Limits, Size};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::mpsc::UnboundedSender;

/// How far an import is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Importing {
    /// Files looked at so far.
    pub done: usize,
    pub total: usize,
}

/// What an import did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Imported {
    /// Those that are in the library now, in the order in which they came.
    pub pictures: Vec<PictureId>,
    /// Already in the library.
    pub known: usize,
    /// No pictures, or not to be read or stored.
    pub refused: usize,
}

/// Longest value of another program that goes into the recipe, bytes.
const MAX_FIELD: usize = 4_000;

/// Runs by what their pictures have in common, so that a folder does not fall apart into single pictures.
type Runs = HashMap<(String, String), Arc<Run>>;

/// Imports files and folders; tells how far it is, each picture, and the end.
pub(super) async fn import(disk: Disk, paths: Vec<PathBuf>, internal: UnboundedSender<Internal>) {
    let listed = tokio::task::spawn_blocking(move || files_of(paths)).await;
    let files = listed.unwrap_or_default();
    let tell = |message| {
        if internal.send(message).is_err() {
            log::debug!("the actor has stopped");
        }
    };
    let mut progress = Importing { done: 0, total: files.len() };
    let (mut sum, mut runs) = (Imported::default(), Runs::new());
    tell(Internal::Importing(Some(progress)));
    for file in files {
        match one(&disk, &file, &mut runs).await {
            Ok(Some((run, picture))) => {
                sum.pictures.push(picture.id.clone());
                tell(Internal::Happened(Box::new(Event::Stored { picture: Box::new(picture), run })));
            }
            Ok(None) => sum.known += 1,
            Err(reason) => {
                sum.refused += 1;
                log::info!("not imported: {}: {reason}", file.display());
            }
        }
        progress.done += 1;
        tell(Internal::Importing(Some(progress)));
    }
    tell(Internal::Importing(None));
    tell(Internal::Say(Notice::Imported(sum)));
}

/// Imports one file; `None`: the library has it already. The error is a sentence.
async fn one(disk: &Disk, file: &Path, runs: &mut Runs) -> Result<Option<(Arc<Run>, Picture)>, String> {
    let path = file.to_owned();
    let read = tokio::task::spawn_blocking(move || {
        let (bytes, format) = read_picture(&path)?;
        let size = probe(&bytes, &Limits::default()).ok().map(|info| info.size);
        let told = Told::of_file(&path, &bytes);
        Ok::<_, String>((bytes, format, size, told))
    });
    let (bytes, format, size, told) = read.await.map_err(|_| "reading it was interrupted".to_owned())??;
    let hash = content_hash(&bytes);
    if disk.call(move |library| library.has_content(&hash)).await.map_err(|error| error.to_string())? {
        return Ok(None);
    }
    let folder = file.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
    let prompt = told.prompt().map_or_else(|| format!("Imported from {folder}"), str::to_owned);
    let model = told.model().unwrap_or_default().to_owned();
    let run = runs.entry((prompt, model)).or_insert_with_key(|(prompt, model)| Arc::new(run_of(prompt, model, size)));
    let recipe = recipe_of(run, told, file);
    let (journalled, stored) = (run.clone(), run.clone());
    let picture = disk.call(move |library| {
        library.add_run(&journalled, &[])?;
        store(library, recipe, &bytes, format, size)
    });
    Ok(Some((stored, picture.await.map_err(|error| error.to_string())?)))
}

fn store(
    library: &mut crate::library::Library,
    recipe: Recipe,
    bytes: &[u8],
    format: Format,
    size: Option<Size>,
) -> Result<Picture, crate::library::Error> {
    library.store(NewPicture { recipe, bytes, format: Some(format), size })
}

fn run_of(prompt: &str, model: &str, size: Option<Size>) -> Run {
    Run {
        id: RunId::new(),
        created_ms: jiff::Timestamp::now().as_millisecond(),
        model: ModelId::new(model),
        model_name: if model.is_empty() { "Imported".to_owned() } else { model.to_owned() },
        prompt: prompt.to_owned(),
        settings: String::new(),
        asked: 0,
        aspect: size.filter(|size| size.height > 0).map(Size::aspect),
    }
}

/// The recipe of a picture from elsewhere: ours as it stands where the file carries it, else what is told.
fn recipe_of(run: &Run, told: Told, file: &Path) -> Recipe {
    let now = jiff::Timestamp::now().as_millisecond();
    let prompt = told.prompt().unwrap_or_default().to_owned();
    if let Some(ours) = told.recipe {
        return Recipe { id: PictureId::new(), run: run.id.clone(), job: JobId::imported(), created_ms: now, ..*ours };
    }
    let mut request = serde_json::Map::new();
    let mut keep = |key: &str, value: serde_json::Value| _ = request.insert(key.to_owned(), value);
    if !run.model.as_str().is_empty() {
        keep("model", run.model.as_str().into());
    }
    if !prompt.is_empty() {
        keep("prompt", prompt.into());
    }
    if let Some(foreign) = &told.foreign {
        if let Some(seed) = &foreign.seed {
            keep("seed", seed.parse::<u64>().map_or_else(|_| seed.as_str().into(), Into::into));
        }
        if let Some(negative) = &foreign.negative_prompt {
            keep("negative_prompt", negative.as_str().into());
        }
        // Whole graphs stay in the file, where they can be read again.
        for (name, value) in foreign.fields.iter().filter(|(_, value)| value.to_string().len() <= MAX_FIELD) {
            keep(name, value.clone());
        }
    }
    let program = told.foreign.and_then(|foreign| foreign.program).unwrap_or_default();
    let model_name = run.model_name.clone();
    Recipe {
        version: 1,
        id: PictureId::new(),
        run: run.id.clone(),
        job: JobId::imported(),
        position: 0,
        request: request.into(),
        context: RecipeContext { model_name, app_version: program, service: source(file), ..RecipeContext::default() },
        provider: None,
        generation_id: None,
        usage: None,
        cost: None,
        created_ms: now,
        elapsed_ms: 0,
        asked: 0,
        arrived: 0,
        media_type: String::new(),
        hash: String::new(),
        bytes: 0,
        size: None,
    }
}

fn source(file: &Path) -> String {
    format!("imported from {}", file.display())
}

/// All files behind some paths, folders with everything in them, in order of name. Links are not followed.
fn files_of(paths: Vec<PathBuf>) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let Ok(entries) = std::fs::read_dir(&path) else { continue };
            let mut inside: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
            inside.retain(|path| !path.is_symlink());
            inside.sort();
            files.extend(files_of(inside));
        } else if path.is_file() {
            files.push(path);
        }
    }
    files
}
