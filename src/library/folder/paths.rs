//! Every path of a library folder: what is where, and how pictures are called.
//!
//! Names of pictures are speaking, safe on every file system, never two the same. Imports records only and does no I/O.
//! Invariants: a stem is at most 80 bytes, so that it fits even where encryption eats half of the usual 255; and no path
//! leaves the folder.

use super::super::model::id::PictureId;
use super::super::model::picture::Picture;
use crate::picture::Format;
use jiff::{Timestamp, Zoned, tz::TimeZone};
use std::path::{Component, Path, PathBuf};

/// The index and the journal.
pub(crate) const DATABASE: &str = "easel.db";
/// An index that is being made, to take the place of the other one.
pub(in crate::library) const NEW_DATABASE: &str = "easel.new.db";
/// Locked while somebody writes.
pub(in crate::library) const LOCK: &str = "easel.lock";
/// Who has locked it: some systems let nobody read a locked file.
pub(in crate::library) const OWNER: &str = "easel.owner";
pub(in crate::library) const PICTURES: &str = "pictures";
/// The same names as under [`PICTURES`].
pub(in crate::library) const TRASH: &str = "trash";
/// Files on their way in; empty when all is well.
pub(in crate::library) const INCOMING: &str = "incoming";
/// Where files go whose story cannot be told any more.
pub(in crate::library) const LEFTOVERS: &str = "incoming/leftovers";
/// Answers that nobody could read.
pub(in crate::library) const UNREAD: &str = "incoming/unread";
pub(in crate::library) const PARTIALS: &str = "partials";
pub(in crate::library) const REFERENCES: &str = "references";
pub(in crate::library) const THUMBNAILS: &str = "thumbnails";
/// What shells ask of the window.
pub(in crate::library) const INBOX: &str = "inbox";
/// Every prompt ever sent.
pub(in crate::library) const PROMPT_LOG: &str = "prompts.jsonl";
/// Collections, saved searches and favourite prompts, so that the index can be made anew without losing any.
pub(in crate::library) const SHELVES_FILE: &str = "shelves.json";
/// The folders that every library has.
pub(in crate::library) const FOLDERS: [&str; 5] = [PICTURES, REFERENCES, TRASH, THUMBNAILS, INCOMING];

/// Length of a whole stem, in bytes.
const STEM: usize = 80;

/// Returns a path out of the index as it stands where it stays inside the library's folder; one that leaves it, which
/// Easel never writes, names a file that is not there.
pub(in crate::library) fn inside(file: String) -> String {
    let stays = Path::new(&file).components().all(|part| matches!(part, Component::Normal(_)));
    if stays { file } else { "pictures/outside of the library".to_owned() }
}

/// Returns the first words of a text as part of a file name: at most `max_bytes` long, in any script, without anything
/// that a common file system refuses; empty when nothing is left.
pub fn safe_words(text: &str, max_bytes: usize) -> String {
    let mut name = String::new();
    let clean = text.chars().filter(|c| !is_invisible(*c)).map(|c| if is_refused(c) { ' ' } else { c });
    let mut pending_space = false;
    let mut word_start = 0;
    for c in clean {
        if c.is_whitespace() {
            pending_space = !name.is_empty();
            continue;
        }
        if name.is_empty() && c == '.' {
            continue;
        }
        if name.len() + usize::from(pending_space) + c.len_utf8() > max_bytes {
            // Whole words, unless there is only one.
            if !pending_space && word_start > 0 {
                name.truncate(word_start);
            }
            break;
        }
        if std::mem::take(&mut pending_space) {
            word_start = name.len();
            name.push(' ');
        }
        name.push(c);
    }
    // A joiner at the end has lost what it joined to; dots and spaces at the end are refused by Windows.
    name.truncate(name.trim_end_matches(['.', ' ', '\u{200d}']).len());
    if is_reserved(&name) { if name.len() < max_bytes { name + "_" } else { String::new() } } else { name }
}

fn is_refused(c: char) -> bool {
    c.is_control() || matches!(c, '<' | '>' | ':' | '"' | '/' | '\\' | '|' | '?' | '*' | '\u{2028}' | '\u{2029}')
}

/// Marks of direction and width that nobody sees; some make a name look like another one.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Names that Windows keeps for devices, with any extension.
fn is_reserved(name: &str) -> bool {
    let base = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let port = base.strip_prefix("COM").or_else(|| base.strip_prefix("LPT")).unwrap_or_default();
    let mut digits = port.chars();
    let is_port = digits.next().is_some_and(|c| c.is_ascii_digit() || "¹²³".contains(c)) && digits.next().is_none();
    is_port || ["CON", "PRN", "AUX", "NUL", "CONIN$", "CONOUT$"].contains(&base.as_str())
}

/// Returns a moment in the time zone of this computer.
pub(crate) fn local(ms: i64) -> Zoned {
    Timestamp::from_millisecond(ms).unwrap_or(Timestamp::UNIX_EPOCH).to_zoned(TimeZone::system())
}

/// Returns the wanted place of a picture, relative to the library: `pictures/2026-11/2026-11-22 1305 words 3f2a.png`.
pub(crate) fn picture_file(at: &Zoned, prompt: &str, id: &PictureId, extension: &str) -> String {
    let moment = at.strftime("%Y-%m-%d %H%M").to_string();
    let short: String = id.0.chars().rev().take(4).collect();
    let short: String = short.chars().rev().collect::<String>().to_lowercase();
    let words = safe_words(prompt, STEM.saturating_sub(moment.len() + short.len() + 2));
    let space = if words.is_empty() { "" } else { " " };
    format!("pictures/{}/{moment} {words}{space}{short}.{extension}", at.strftime("%Y-%m"))
}

/// Returns `wanted`, or the first of `wanted 2`, `wanted 3`, … that is not taken.
pub(crate) fn first_free(wanted: &str, is_taken: impl Fn(&str) -> bool) -> String {
    let (stem, extension) = wanted.rsplit_once('.').unwrap_or((wanted, "bin"));
    let mut name = wanted.to_owned();
    let mut number = 2_u64;
    while is_taken(&name) {
        name = format!("{stem} {number}.{extension}");
        number += 1;
    }
    name
}

/// Names a part of a database: `-wal`, `-shm`, `-journal`, or with nothing its main file.
pub(in crate::library) fn database_part(database: &Path, suffix: &str) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push(suffix);
    name.into()
}

/// Returns the place of the recipe that belongs to a picture.
pub(crate) fn sidecar_path(picture: &Path) -> PathBuf {
    picture.with_extension("json")
}

/// Returns the usual file extension; `bin` for what no decoder knows.
pub(crate) fn extension(format: Option<Format>) -> &'static str {
    format.map_or("bin", Format::extension)
}

/// Returns the absolute path of a picture's file.
pub(in crate::library) fn picture_path(dir: &Path, picture: &Picture) -> PathBuf {
    dir.join(&picture.file)
}

/// Names a file on its way in.
pub(in crate::library) fn incoming(dir: &Path, id: &PictureId, extension: &str) -> PathBuf {
    dir.join(INCOMING).join(format!("{}.{extension}", id.0))
}

/// Says whether a path out of the index, or out of a note, stays under `pictures/`.
pub(in crate::library) fn is_among_pictures(file: &str) -> bool {
    let mut parts = Path::new(file).components();
    parts.next() == Some(Component::Normal(PICTURES.as_ref())) && parts.all(|part| matches!(part, Component::Normal(_)))
}

/// Says whether a path out of the index is one in the trash.
pub(in crate::library) fn is_in_trash(file: &str) -> bool {
    Path::new(file).starts_with(TRASH)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_safe_on_every_file_system() {
        let long = "ü".repeat(10_000);
        let family = "👩‍👩‍👧‍👦 at the beach".to_owned();
        for (prompt, expected) in [
            ("a red fox", "a red fox"),
            ("  a\n\tred \r\n fox  ", "a red fox"),
            ("a/b\\c:d*e?f\"g<h>i|j", "a b c d e f g h i j"),
            ("???***///", ""),
            ("!!!", "!!!"),
            ("...hidden", "hidden"),
            ("ends with dots...", "ends with dots"),
            ("CON", "CON_"),
            ("con.png", "con.png_"),
            ("Lpt7", "Lpt7_"),
            ("COM", "COM"),
            ("com¹.txt", "com¹.txt_"),
            ("COM10", "COM10"),
            ("a\u{61c}b\u{e0041}c", "abc"),
            ("CONCERT", "CONCERT"),
            ("שועל אדום קופץ", "שועל אדום קופץ"),
            ("\u{202e}gnp.exe", "gnp.exe"),
            ("赤い狐が雪の中を走る", "赤い狐が雪の中を走る"),
            ("null\0byte", "null byte"),
            ("", ""),
            (long.as_str(), "ü".repeat(29).as_str()),
            (family.as_str(), family.as_str()),
        ] {
            assert_eq!(safe_words(prompt, 59), expected, "{prompt:.40?}");
        }
    }

    #[test]
    fn words_are_cut_between_words() {
        assert_eq!(safe_words("one two three", 9), "one two");
        assert_eq!(safe_words("one two three", 7), "one two");
        assert_eq!(safe_words("one two three", 6), "one");
        assert_eq!(safe_words("extraordinary", 5), "extra");
        assert_eq!(safe_words("👩‍👩", 7), "👩");
    }

    proptest! {
        #[test]
        fn any_prompt_gives_a_usable_name(prompt in "\\PC*|.*", max in 0_usize..90) {
            let words = safe_words(&prompt, max);
            prop_assert!(words.len() <= max);
            prop_assert!(!words.chars().any(|c| is_refused(c) || is_invisible(c)));
            prop_assert!(!words.starts_with([' ', '.']) && !words.ends_with([' ', '.']));
            prop_assert!(!is_reserved(&words));
        }
    }

    #[test]
    fn a_name_holds_date_time_words_and_a_short_id() {
        let at = "2026-11-22T13:05:59[UTC]".parse::<Zoned>().unwrap();
        let id = PictureId("01KAPQ0000000000000000WX3F2A".into());
        let name = |prompt: &str| picture_file(&at, prompt, &id, "png");
        assert_eq!(name("a red fox"), "pictures/2026-11/2026-11-22 1305 a red fox 3f2a.png");
        assert_eq!(name("???"), "pictures/2026-11/2026-11-22 1305 3f2a.png");
        let longest = name(&"word ".repeat(2_000));
        let stem = Path::new(&longest).file_stem().unwrap();
        assert!(stem.len() <= STEM && stem.len() > STEM - 6, "{stem:?}");
    }

    #[test]
    fn a_taken_name_gets_a_number() {
        let taken = ["p/a.b.png", "p/a.b 2.png"];
        assert_eq!(first_free("p/a.b.png", |name| taken.contains(&name)), "p/a.b 3.png");
        assert_eq!(first_free("p/c.png", |name| taken.contains(&name)), "p/c.png");
        assert_eq!(sidecar_path(Path::new("p/a.b 3.png")), Path::new("p/a.b 3.json"));
    }

    #[test]
    fn extensions_and_formats_belong_together() {
        for format in Format::ALL {
            assert_eq!(Format::from_extension(extension(Some(format))), Some(format));
        }
        assert_eq!(Format::from_extension(extension(None)), None);
    }

    #[test]
    fn only_what_stays_under_pictures_is_among_them() {
        for (file, expected) in [
            ("pictures/2026-11/fox.png", true),
            ("pictures/fox.png", true),
            ("pictures/../fox.png", false),
            ("picturesque/fox.png", false),
            ("trash/fox.png", false),
            ("/pictures/fox.png", false),
            ("", false),
        ] {
            assert_eq!(is_among_pictures(file), expected, "{file}");
        }
    }
}
