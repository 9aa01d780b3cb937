//! The fonts that drawings' text is set in: one database for the whole process.
//!
//! Imports fontdb through resvg. Loaded at the first use, since finding the system's fonts reads many files; drawings
//! share it and never change it.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use resvg::usvg::FontResolver;
use resvg::usvg::fontdb::{Database, Family, ID, Query, Source};

struct Fonts {
    fallback: Option<&'static [u8]>,
    folders: Vec<PathBuf>,
    loaded: Option<Arc<Database>>,
}

static FONTS: Mutex<Fonts> = Mutex::new(Fonts { fallback: None, folders: Vec::new(), loaded: None });

/// Sets the font for text whose families the system does not have, as the bytes of a TrueType or OpenType file.
///
/// Holds for drawings parsed from now on. Without it, or when the bytes are no font, some font of the system serves.
pub fn set_fallback_font(font: &'static [u8]) {
    let mut fonts = FONTS.lock().unwrap_or_else(PoisonError::into_inner);
    (fonts.fallback, fonts.loaded) = (Some(font), None);
}

/// Loads the system's fonts and those in these folders now; returns the folders in which files of fonts lie, for only
/// these are read from then on.
pub fn load_fonts(folders: &[PathBuf]) -> Vec<PathBuf> {
    {
        let mut fonts = FONTS.lock().unwrap_or_else(PoisonError::into_inner);
        (fonts.folders, fonts.loaded) = (folders.to_owned(), None);
    }
    let database = database();
    let mut found: Vec<PathBuf> = database.faces().filter_map(|face| folder_of(&face.source)).collect();
    found.sort();
    found.dedup();
    found
}

fn folder_of(source: &Source) -> Option<PathBuf> {
    match source {
        Source::File(file) => file.parent().map(Path::to_owned),
        _ => None,
    }
}

pub(super) fn database() -> Arc<Database> {
    let mut fonts = FONTS.lock().unwrap_or_else(PoisonError::into_inner);
    let (fallback, folders) = (fonts.fallback, fonts.folders.clone());
    Arc::clone(fonts.loaded.get_or_insert_with(|| Arc::new(load(fallback, &folders))))
}

/// Chooses fonts as usvg does, but for characters that a font lacks a face of the same weight and style where there is
/// one; usvg takes the first of any.
pub(super) fn resolver() -> FontResolver<'static> {
    let any = FontResolver::default_fallback_selector();
    let select_fallback = Box::new(move |c, used: &[ID], database: &mut Arc<Database>| {
        let base = database.face(*used.first()?)?;
        let (weight, style) = (base.weight, base.style);
        let unlike = database.faces().filter(|face| face.weight != weight || face.style != style).map(|face| face.id);
        let all: Vec<ID> = used.iter().copied().chain(unlike).collect();
        any(c, &all, database).or_else(|| any(c, used, database))
    });
    FontResolver { select_fallback, ..FontResolver::default() }
}

fn load(fallback: Option<&'static [u8]>, folders: &[PathBuf]) -> Database {
    let mut database = Database::new();
    let ids = fallback.map(|font| database.load_font_source(Source::Binary(Arc::new(font))));
    let fallback_id = ids.and_then(|ids| ids.first().copied());
    database.load_system_fonts();
    for folder in folders {
        database.load_fonts_dir(folder);
    }
    let family = match fallback_id {
        Some(id) => database.face(id),
        None => database.faces().next(),
    };
    let Some(family) = family.and_then(|face| face.families.first()).map(|(name, _)| name.clone()) else {
        return database;
    };
    let is_missing =
        |database: &Database, family| database.query(&Query { families: &[family], ..Query::default() }).is_none();
    if is_missing(&database, Family::SansSerif) {
        database.set_sans_serif_family(family.as_str());
    }
    if is_missing(&database, Family::Serif) {
        database.set_serif_family(family.as_str());
    }
    if is_missing(&database, Family::Monospace) {
        database.set_monospace_family(family.as_str());
    }
    database
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_that_are_no_font_do_no_harm() {
        let without = load(None, &[]);
        assert_eq!(load(Some(b"no font"), &[]).len(), without.len());
    }

    #[test]
    fn database_is_loaded_once() {
        assert!(Arc::ptr_eq(&database(), &database()));
    }
}
