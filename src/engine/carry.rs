//! What a picture takes with it when it leaves the library: its recipe, inside of its own file.
//!
//! Reads the sidecar and nothing else. Invariants: no pixel is encoded again; a picture whose file cannot take the
//! recipe leaves without it and the result says why; nothing about this computer goes along, and never the key.

use super::request::from_record;
use crate::library::{PictureId, Recipe, recipe_beside};
use crate::picture::{Format, metadata};
use crate::plan::settings_text;
use std::path::Path;

/// Whether a file that left the library tells how it was made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Carried {
    /// The recipe is inside, and the prompt where other programs look for it.
    Recipe,
    /// Nothing was put in: it was not wanted, or nothing is known of the picture.
    Nothing,
    /// It was wanted and could not be put in; why not, as the rest of a sentence.
    Refused(String),
}

/// Puts the recipe of a picture, whose file in the library is `from`, into `bytes`; gives them back as they are where
/// that cannot be done.
pub(super) fn carry(bytes: Vec<u8>, from: &Path, id: &PictureId) -> (Vec<u8>, Carried) {
    let refused = |why: &str| Carried::Refused(why.to_owned());
    let Some(recipe) = recipe_beside(from, id) else {
        return (bytes, refused("it is missing or damaged in the library"));
    };
    let embedded = embedded(recipe);
    if embedded == metadata::Embedded::default() {
        return (bytes, Carried::Nothing);
    }
    let Some(format) = Format::sniff(&bytes) else {
        return (bytes, refused("the format of the picture is not known"));
    };
    match metadata::embed(&bytes, format, &embedded) {
        Ok(with) => (with, Carried::Recipe),
        Err(error) => (bytes, Carried::Refused(error.to_string())),
    }
}

/// Says what goes into the file; empty when the recipe knows nothing.
fn embedded(mut recipe: Recipe) -> metadata::Embedded {
    if recipe.request.as_object().is_none_or(serde_json::Map::is_empty) {
        return metadata::Embedded::default();
    }
    // Where a picture was imported from is nobody's business elsewhere.
    if recipe.job == crate::library::JobId::imported() {
        recipe.context.service.clear();
    }
    let has_model = recipe.request.get("model").is_some();
    let settings = from_record(&recipe.request).map(|(request, _)| settings_text(&request)).unwrap_or_default();
    metadata::Embedded {
        prompt: recipe.prompt().to_owned(),
        model: if has_model { recipe.context.model_name.clone() } else { String::new() },
        settings,
        software: format!("Easel {}", env!("CARGO_PKG_VERSION")),
        recipe: serde_json::to_string(&recipe).unwrap_or_default(),
    }
}

#[cfg(test)]
mod tests;
