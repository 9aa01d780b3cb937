//! Names of files outside the library: speaking ones, other ones where a name is taken, and paths as people type them.
//!
//! Pure; may import the library's names. Invariant: no two pictures of one save get the same name.

use crate::engine::{ReferenceInput, numbered};
use crate::library::safe_words;
use jiff::Zoned;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// Most bytes of the prompt in a name.
const WORDS: usize = 56;

/// Returns a good name for a picture: its day, the first words of its prompt, the extension.
pub fn good_name(created: &Zoned, prompt: &str, extension: &str) -> String {
    // What comes before the first comma or full stop is usually the subject.
    let subject = prompt.split([',', '.', ';', ':', '\n']).map(str::trim).find(|part| !part.is_empty());
    let words = safe_words(subject.unwrap_or_default(), WORDS);
    let words = if words.is_empty() { safe_words(prompt, WORDS) } else { words };
    let day = created.strftime("%Y-%m-%d");
    let space = if words.is_empty() { "" } else { " " };
    format!("{day}{space}{words}.{extension}")
}

/// Gives every name that comes again a number; names that differ only in case are the same.
pub fn distinct(names: Vec<String>) -> Vec<String> {
    let mut taken = HashSet::with_capacity(names.len());
    // How often a name came; counting goes on from there.
    let mut came: HashMap<String, u32> = HashMap::new();
    let free = |name: String| {
        let same = name.to_lowercase();
        let count = came.entry(same.clone()).or_insert(1);
        let mut free = name.clone();
        let mut key = same;
        while !taken.insert(key) {
            *count += 1;
            free = numbered(&name, *count);
            key = free.to_lowercase();
        }
        free
    };
    names.into_iter().map(free).collect()
}

/// Returns the path with the extension of a format: instead of another picture's, or added.
pub fn with_extension(path: &str, extension: &str) -> String {
    const PICTURES: [&str; 7] = ["png", "jpg", "jpeg", "webp", "gif", "svg", "bin"];
    match path.rsplit_once('.') {
        Some((_, old)) if old.eq_ignore_ascii_case(extension) => path.to_owned(),
        Some((_, old)) if extension == "jpg" && old.eq_ignore_ascii_case("jpeg") => path.to_owned(),
        Some((stem, old)) if PICTURES.iter().any(|known| known.eq_ignore_ascii_case(old)) => {
            format!("{stem}.{extension}")
        }
        _ => format!("{path}.{extension}"),
    }
}

/// Reads a path as people type or paste it: quoted, with `~`, or as a `file:` address. `None`: nothing was typed.
pub fn typed_path(text: &str, home: Option<&Path>) -> Option<PathBuf> {
    let text = text.trim();
    let bare = [('"', '"'), ('\'', '\'')].iter().find_map(|(a, b)| text.strip_prefix(*a)?.strip_suffix(*b));
    let text = bare.unwrap_or(text);
    if text.is_empty() {
        return None;
    }
    if let Some(rest) = text.strip_prefix("file://") {
        return Some(PathBuf::from(percent_decoded(rest.strip_prefix("localhost").unwrap_or(rest))));
    }
    match (text.strip_prefix("~/"), home) {
        (Some(rest), Some(home)) => Some(home.join(rest)),
        _ => Some(PathBuf::from(text)),
    }
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let code = (*first == b'%').then(|| after.get(..2)).flatten();
        let code = code.and_then(|digits| u8::from_str_radix(std::str::from_utf8(digits).ok()?, 16).ok());
        bytes.push(code.unwrap_or(*first));
        rest = if code.is_some() { after.get(2..).unwrap_or_default() } else { after };
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Reads paths and addresses, one per line.
pub fn typed_references(text: &str, home: Option<&Path>) -> Vec<ReferenceInput> {
    let input = |line: &str| {
        let line = line.trim();
        let is_address = ["http://", "https://"]
            .iter()
            .any(|scheme| line.get(..scheme.len()).is_some_and(|start| start.eq_ignore_ascii_case(scheme)));
        if is_address {
            Some(ReferenceInput::Url(line.to_owned()))
        } else {
            typed_path(line, home).map(ReferenceInput::File)
        }
    };
    text.lines().filter_map(input).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_hold_the_day_and_the_subject() {
        let day: Zoned = "2026-11-22T13:05:00[UTC]".parse().unwrap();
        for (prompt, extension, name) in [
            ("misty mountain lake, copper sky", "png", "2026-11-22 misty mountain lake.png"),
            ("A fox. It jumps", "jpg", "2026-11-22 A fox.jpg"),
            ("...", "png", "2026-11-22.png"),
            ("", "svg", "2026-11-22.svg"),
            (", , red/blue?", "webp", "2026-11-22 red blue.webp"),
            ("赤い狐", "png", "2026-11-22 赤い狐.png"),
        ] {
            assert_eq!(good_name(&day, prompt, extension), name, "{prompt:?}");
        }
    }

    #[test]
    fn no_two_pictures_get_the_same_name() {
        let names = ["a.png", "b.png", "A.png", "a.png", "a (2).png", "É", "é"].map(String::from).to_vec();
        assert_eq!(distinct(names), ["a.png", "b.png", "A (2).png", "a (3).png", "a (2) (2).png", "É", "é (2)"]);
        let many = distinct(vec!["fox.png".to_owned(); 20_000]);
        assert_eq!(many.last().map(String::as_str), Some("fox (20000).png"));
        assert_eq!(many.iter().collect::<HashSet<_>>().len(), 20_000);
    }

    #[test]
    fn the_extension_follows_the_format() {
        assert_eq!(with_extension("/p/a fox.png", "jpg"), "/p/a fox.jpg");
        assert_eq!(with_extension("/p/a fox.JPEG", "webp"), "/p/a fox.webp");
        assert_eq!(with_extension("/p/a fox.JPEG", "jpg"), "/p/a fox.JPEG");
        assert_eq!(with_extension("/p/v1.2", "png"), "/p/v1.2.png");
    }

    #[test]
    fn paths_are_taken_as_people_write_them() {
        let home = Path::new("/home/ada");
        for (typed, path) in [
            ("/a/b.png", Some("/a/b.png")),
            ("  \"/a/b c.png\" ", Some("/a/b c.png")),
            ("'/a/b.png'", Some("/a/b.png")),
            ("~/b.png", Some("/home/ada/b.png")),
            ("file:///a/b%20c%C5%82.png", Some("/a/b cł.png")),
            ("file://localhost/a%2", Some("/a%2")),
            ("", None),
            ("  ", None),
        ] {
            assert_eq!(typed_path(typed, Some(home)), path.map(PathBuf::from), "{typed}");
        }
        assert_eq!(typed_path("~/b", None), Some(PathBuf::from("~/b")));
    }

    #[test]
    fn each_line_is_a_reference() {
        let inputs = typed_references("https://a.b/c.png\n\n /x y.png \nHTTP://d", None);
        let texts: Vec<String> = inputs.iter().map(|input| format!("{input:?}")).collect();
        assert_eq!(texts, [r#"Url("https://a.b/c.png")"#, r#"File("/x y.png")"#, r#"Url("HTTP://d")"#]);
    }
}
