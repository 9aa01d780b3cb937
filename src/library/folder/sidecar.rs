//! Sidecars: beside each picture, under the same name with `.json`, what made it and what the artist says of it.
//!
//! Invariant: one is replaced in one step, and one that cannot be read or belongs to another picture is none of a
//! picture's own.

use super::super::error::Result;
use super::super::model::id::PictureId;
use super::super::model::picture::Picture;
use super::super::model::recipe::Recipe;
use super::file::read_ordinary as read;
use super::paths::{incoming, sidecar_path};
use super::storage::Storage;
use crate::plan::Marks;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// The content of a sidecar.
#[derive(Debug, Serialize, Deserialize)]
pub(in crate::library) struct Sidecar {
    #[serde(flatten)]
    pub(in crate::library) recipe: Recipe,
    #[serde(default, skip_serializing_if = "Marks::is_empty")]
    pub(in crate::library) marks: Marks,
}

/// Writes the sidecar of a picture anew: what made it, and what the artist says of it.
pub(in crate::library) fn write_sidecar(
    storage: &Storage,
    dir: &Path,
    picture: &Picture,
    recipe: &Recipe,
) -> Result<()> {
    let part = incoming(dir, &picture.id, "side.part");
    let side = sidecar_path(&dir.join(&picture.file));
    let content = Sidecar { recipe: recipe.clone(), marks: picture.marks.clone() };
    storage.replace(&side, &part, &serde_json::to_vec_pretty(&content)?)
}

/// Reads a sidecar; `None` when it cannot be read or belongs to another picture.
pub(in crate::library) fn read_sidecar(path: &Path, id: &PictureId) -> Option<Recipe> {
    let recipe = serde_json::from_slice::<Recipe>(&read(path).ok()?).ok()?;
    (recipe.id == *id).then_some(recipe)
}

/// Reads all of a sidecar, whosever it is; `None` when it cannot be read.
pub(in crate::library) fn read_any_sidecar(side: &Path) -> Option<Box<Sidecar>> {
    serde_json::from_slice(&read(side).ok()?).ok()
}

/// Says whether a sidecar can be read and is this picture's own.
pub(in crate::library) fn is_sidecar_of(side: &Path, id: &PictureId) -> bool {
    read_any_sidecar(side).is_some_and(|side| side.recipe.id == *id)
}
