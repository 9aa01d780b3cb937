//! The fonts that drawings' text is set in: one database for the whole process.
//!
//! Imports fontdb through resvg, and skrifa for what characters a font has. Loaded at the first use, since finding the
//! system's fonts reads many files; drawings share it and never change it. A family that is missing gives way to one
//! of its kind ([`families`]), with the weight and the style that were asked for; a character that is missing to the
//! likest face that has it ([`coverage`]).

mod coverage;
mod families;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use resvg::usvg::fontdb::{Database, FaceInfo, Family, ID, Query, Source, Stretch, Style, Weight};
use resvg::usvg::{FontFamily, FontResolver, FontStretch, FontStyle};

use families::Kind;

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

/// The face that has a character which those that were used lack.
type Found = HashMap<(char, Vec<ID>), Option<ID>>;

/// Missing characters of which is kept who has them.
const MOST_FOUND: usize = 20_000;

/// Chooses fonts as fontconfig does for librsvg. Of a missing character is kept which face has it: there is one database.
pub(super) fn resolver() -> FontResolver<'static> {
    FontResolver {
        select_font: Box::new(|font, database| {
            let family = family(font.families(), database)?;
            let style = match font.style() {
                FontStyle::Normal => Style::Normal,
                FontStyle::Italic => Style::Italic,
                FontStyle::Oblique => Style::Oblique,
            };
            let (weight, stretch) = (Weight(font.weight()), stretch(font.stretch()));
            database.query(&Query { families: &[Family::Name(&family)], weight, stretch, style })
        }),
        select_fallback: Box::new(|c, used, database| {
            static FOUND: Mutex<Option<Found>> = Mutex::new(None);
            let key = (c, used.to_vec());
            let mut found = FOUND.lock().unwrap_or_else(PoisonError::into_inner);
            let found = found.get_or_insert_with(Found::new);
            if let Some(known) = found.get(&key) {
                return *known;
            }
            let base = database.face(*used.first()?)?;
            let faces = database.faces().filter(|face| !used.contains(&face.id) && coverage::has(database, face, c));
            let id = faces.min_by_key(|face| unlike(face, base)).map(|face| face.id);
            if found.len() >= MOST_FOUND {
                found.clear();
            }
            found.insert(key, id);
            id
        }),
    }
}

/// How unlike another face one is, the least first: what is seen most goes first.
fn unlike(face: &FaceInfo, base: &FaceInfo) -> (bool, bool, u16, bool, bool) {
    let is_upright = |face: &FaceInfo| face.style == Style::Normal;
    (
        face.stretch != base.stretch,
        is_upright(face) != is_upright(base),
        face.weight.0.abs_diff(base.weight.0),
        kind_of(face) != kind_of(base),
        face.monospaced != base.monospaced,
    )
}

fn kind_of(face: &FaceInfo) -> Kind {
    let name = face.families.first().map(|(name, _)| name.as_str()).unwrap_or_default();
    if face.monospaced { Kind::Mono } else { Kind::of(name) }
}

/// Finds the first family of a list that there is, by its name, as one made to the same measure, or of a kind; else one
/// of the kind that the first one is known to be.
fn family(wanted: &[FontFamily], database: &Database) -> Option<String> {
    let named = |name: &str| {
        let found =
            database.faces().flat_map(|face| &face.families).find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(known, _)| known.clone())
    };
    for family in wanted {
        let found = match family {
            FontFamily::Named(name) => match Kind::generic(name) {
                Some(kind) => of_kind(kind, database),
                None => named(name).or_else(|| families::alike(name).find_map(named)),
            },
            FontFamily::Serif => of_kind(Kind::Serif, database),
            FontFamily::Monospace => of_kind(Kind::Mono, database),
            FontFamily::SansSerif | FontFamily::Cursive | FontFamily::Fantasy => of_kind(Kind::Sans, database),
        };
        if found.is_some() {
            return found;
        }
    }
    let first = wanted.iter().find_map(|family| match family {
        FontFamily::Named(name) => Some(Kind::of(name)),
        _ => None,
    });
    of_kind(first.unwrap_or(Kind::Sans), database)
}

/// Finds the family that stands for a kind: one that is known as good, else any of the kind, else the last resort.
fn of_kind(kind: Kind, database: &Database) -> Option<String> {
    let configured = database.family_name(match kind {
        Kind::Sans => &Family::SansSerif,
        Kind::Serif => &Family::Serif,
        Kind::Mono => &Family::Monospace,
    });
    let has = |name: &str| database.faces().any(|face| face.families.iter().any(|(known, _)| known == name));
    let known = std::iter::once(configured).chain(kind.preferred().iter().copied());
    if let Some(name) = known.into_iter().find(|name| has(name)) {
        return Some(name.to_owned());
    }
    // Those of the system; what is in memory is the last resort.
    let files = || database.faces().filter(|face| matches!(face.source, Source::File(_)));
    let of_kind = files().find(|face| kind_of(face) == kind && face.style == Style::Normal);
    let any = of_kind.or_else(|| database.faces().find(|face| !matches!(face.source, Source::File(_))));
    let any = any.or_else(|| database.faces().next());
    any.and_then(|face| face.families.first()).map(|(name, _)| name.clone())
}

fn stretch(stretch: FontStretch) -> Stretch {
    match stretch {
        FontStretch::UltraCondensed => Stretch::UltraCondensed,
        FontStretch::ExtraCondensed => Stretch::ExtraCondensed,
        FontStretch::Condensed => Stretch::Condensed,
        FontStretch::SemiCondensed => Stretch::SemiCondensed,
        FontStretch::Normal => Stretch::Normal,
        FontStretch::SemiExpanded => Stretch::SemiExpanded,
        FontStretch::Expanded => Stretch::Expanded,
        FontStretch::ExtraExpanded => Stretch::ExtraExpanded,
        FontStretch::UltraExpanded => Stretch::UltraExpanded,
    }
}

fn load(fallback: Option<&'static [u8]>, folders: &[PathBuf]) -> Database {
    let mut database = Database::new();
    if let Some(font) = fallback {
        database.load_font_source(Source::Binary(Arc::new(font)));
    }
    database.load_system_fonts();
    for folder in folders {
        database.load_fonts_dir(folder);
    }
    database
}

#[cfg(test)]
mod tests {
    use super::super::super::Limits;
    use super::super::Drawing;
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

    #[test]
    fn a_missing_character_is_looked_for_once_however_many_labels_have_it() {
        let labels = |count: usize| {
            // Of no other test, so that nobody has looked for them yet.
            let label = |row: usize| format!("<text y='{}'>鰻屋の暖簾</text>", row * 9);
            let inside: String = (0..count).map(label).collect();
            let text = format!("<svg xmlns='http://www.w3.org/2000/svg' width='99' height='400'>{inside}</svg>");
            let before = coverage::ASKED.get();
            Drawing::parse(text.as_bytes(), &Limits::default()).unwrap();
            coverage::ASKED.get() - before
        };
        let (first, others) = (labels(1), labels(40));
        let most = 5 * database().len() as u32 * 5;
        assert!(first > 0 && first <= most, "{first} times, in {} faces", database().len());
        assert_eq!(others, 0, "40 labels after {first} look-ups for the first");
    }

    /// A database of faces that are names only.
    fn faces(all: &[(&str, bool)]) -> Database {
        let mut database = Database::new();
        for (name, monospaced) in all {
            database.push_face_info(FaceInfo {
                id: ID::dummy(),
                source: Source::File(format!("/fonts/{name}.ttf").into()),
                index: 0,
                families: vec![((*name).to_owned(), resvg::usvg::fontdb::Language::English_UnitedStates)],
                post_script_name: (*name).to_owned(),
                style: Style::Normal,
                weight: Weight::NORMAL,
                stretch: Stretch::Normal,
                monospaced: *monospaced,
            });
        }
        database
    }

    fn chosen(list: &str, database: &Database) -> String {
        let wanted: Vec<FontFamily> = list
            .split(", ")
            .map(|name| match name {
                "serif" => FontFamily::Serif,
                "sans-serif" => FontFamily::SansSerif,
                "monospace" => FontFamily::Monospace,
                "cursive" => FontFamily::Cursive,
                name => FontFamily::Named(name.to_owned()),
            })
            .collect();
        family(&wanted, database).unwrap()
    }

    #[test]
    fn a_missing_family_gives_way_to_one_of_its_kind() {
        let dejavu =
            faces(&[("Odd", false), ("DejaVu Serif", false), ("DejaVu Sans", false), ("DejaVu Sans Mono", true)]);
        for (list, name) in [
            ("sans-serif", "DejaVu Sans"),
            ("serif", "DejaVu Serif"),
            ("monospace", "DejaVu Sans Mono"),
            ("cursive", "DejaVu Sans"),
            ("Arial", "DejaVu Sans"),
            ("Times New Roman", "DejaVu Serif"),
            ("Times", "DejaVu Serif"),
            ("Georgia", "DejaVu Serif"),
            ("Courier New", "DejaVu Sans Mono"),
            ("Consolas", "DejaVu Sans Mono"),
            ("system-ui", "DejaVu Sans"),
            ("ui-monospace", "DejaVu Sans Mono"),
            ("dejavu sans mono", "DejaVu Sans Mono"),
            ("Odd", "Odd"),
            ("No Such Font", "DejaVu Sans"),
            ("No Such Font, serif", "DejaVu Serif"),
            ("Arial, monospace", "DejaVu Sans Mono"),
            ("No Such Serif", "DejaVu Serif"),
        ] {
            assert_eq!(chosen(list, &dejavu), name, "{list}");
        }
        let liberation = faces(&[("DejaVu Sans", false), ("Liberation Serif", false), ("Liberation Sans", false)]);
        assert_eq!(chosen("Arial, DejaVu Sans", &liberation), "Liberation Sans");
        assert_eq!(chosen("Times New Roman", &liberation), "Liberation Serif");
        let odd = faces(&[("Whatever", false), ("Some Serif", false)]);
        for (list, name) in [("sans-serif", "Whatever"), ("serif", "Some Serif"), ("Arial", "Whatever")] {
            assert_eq!(chosen(list, &odd), name, "{list}");
        }
    }

    fn drawn(attributes: &str) -> Vec<u8> {
        let text = format!(
            "<svg xmlns='http://www.w3.org/2000/svg' width='120' height='30'><text y='24' font-size='24' {attributes}>Rag 1</text></svg>"
        );
        Drawing::parse(text.as_bytes(), &Limits::default()).unwrap().rasterise(120).unwrap().rgba
    }

    #[test]
    fn weight_style_and_kind_are_seen_where_the_system_has_them() {
        let database = database();
        let has = |family: &str, weight: Weight, is_upright: bool| {
            database.faces().any(|face| {
                face.families.iter().any(|(name, _)| name == family)
                    && face.weight == weight
                    && (face.style == Style::Normal) == is_upright
            })
        };
        let kinds = ["sans-serif", "serif", "monospace"].map(|kind| (kind, chosen(kind, &database)));
        for (kind, family) in &kinds {
            let regular = drawn(&format!("font-family='{kind}'"));
            assert!(regular == drawn(&format!("font-family='{family}'")), "{kind}");
            for (attribute, is_there) in [
                ("font-weight='bold'", has(family, Weight::BOLD, true)),
                ("font-style='italic'", has(family, Weight::NORMAL, false)),
            ] {
                let other = drawn(&format!("font-family='{kind}' {attribute}"));
                assert!(!is_there || regular != other, "{kind} {attribute}");
            }
        }
        for (named, kind) in [("Arial", 0), ("Times New Roman", 1), ("Courier New", 2)] {
            let stands_in = chosen(named, &database);
            let is_of_kind = stands_in == kinds[kind].1;
            let same = drawn(&format!("font-family='{named}'")) == drawn(&format!("font-family='{}'", kinds[kind].0));
            assert!(!is_of_kind || same, "{named}");
        }
    }
}
