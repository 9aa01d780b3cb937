//! Takes out of a text what is nobody's business: keys, pictures in base64, prompts.
//!
//! Pure but for the list of keys. It rather hides too much than too little: what is left is for finding a fault, and
//! the names of code come through.

use crate::api;
use std::path::Path;

/// Longest quotation that is kept, in characters: names of code are short, prompts are not.
const QUOTE: usize = 32;
/// Longest message, in characters.
const MESSAGE: usize = 600;
/// What quotations begin and end with.
const MARKS: [(char, char); 6] = [('`', '`'), ('"', '"'), ('\'', '\''), ('“', '”'), ('‘', '’'), ('«', '»')];
/// From this length on, a run of letters and digits is a key, a hash or a piece of a picture.
const RUN: usize = 24;
/// The same for runs that may be paths.
const RUN_WITH_SLASHES: usize = 64;

/// Returns a panic's own words without what they quote.
pub(super) fn message(text: &str) -> String {
    let mut text = text.to_owned();
    // A text that was cut at a wrong place is quoted whole, with whatever quotation marks it holds.
    if let Some(at) = text.find(" of `").filter(|_| text.contains("byte index") || text.contains("out of bounds")) {
        text.truncate(at);
        text.push_str(" of …");
    }
    line(&text)
}

/// Returns one line of the log, or of anything else, without secrets.
pub(super) fn line(text: &str) -> String {
    let text = api::hide_keys(text);
    let text = without_runs(&without_names(&without_quotes(&text)));
    let text: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(MESSAGE).collect();
    without_home(&text, std::env::home_dir().as_deref())
}

/// Returns a backtrace without keys and without the name of the artist's folder.
pub(super) fn backtrace(text: &str) -> String {
    without_home(&api::hide_keys(text), std::env::home_dir().as_deref())
}

fn hidden(count: usize) -> String {
    format!("… ({count} characters)")
}

/// Shortens long quotations, whichever marks they are in.
fn without_quotes(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((at, open)) = opening(rest) {
        let close = MARKS.iter().find(|(mark, _)| *mark == open).map_or(open, |(_, close)| *close);
        let (before, quoted) = rest.split_at(at + open.len_utf8());
        kept.push_str(before);
        // A quotation that does not end is as long as the text.
        let (inside, after) = quoted.split_at(closing(quoted, close).unwrap_or(quoted.len()));
        match inside.chars().count() {
            count if count > QUOTE => kept.push_str(&hidden(count)),
            _ => kept.push_str(inside),
        }
        let (mark, after) = after.split_at(after.chars().next().map_or(0, char::len_utf8));
        kept.push_str(mark);
        rest = after;
    }
    kept.push_str(rest);
    kept
}

/// Where the next quotation begins, and with which mark; an apostrophe begins none.
fn opening(text: &str) -> Option<(usize, char)> {
    let mut before = ' ';
    text.char_indices().find(|(_, c)| {
        let is_apostrophe = *c == '\'' && before.is_alphanumeric();
        before = *c;
        !is_apostrophe && MARKS.iter().any(|(open, _)| open == c)
    })
}

/// Where a quotation ends; an escaped mark does not end it.
fn closing(quoted: &str, close: char) -> Option<usize> {
    let mut escaped = false;
    for (at, c) in quoted.char_indices() {
        if c == close && !escaped {
            return Some(at);
        }
        escaped = c == '\\' && !escaped;
    }
    None
}

/// Hides what looks like a key, a hash, or base64.
fn without_runs(text: &str) -> String {
    let is_part = |c: char| c.is_ascii_alphanumeric() || "+/=_-".contains(c);
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find(is_part) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c| !is_part(c)).unwrap_or(from.len());
        let (run, after) = from.split_at(end);
        kept.push_str(before);
        if is_secret(run) {
            kept.push_str(&hidden(run.len()));
        } else {
            kept.push_str(run);
        }
        rest = after;
    }
    kept.push_str(rest);
    kept
}

fn is_secret(run: &str) -> bool {
    let starts = |at: usize| !run[..at].ends_with(|c: char| c.is_ascii_alphanumeric());
    if run.match_indices("sk-").any(|(at, _)| starts(at) && run.len() - at >= 8) {
        return true;
    }
    let digits = run.bytes().filter(u8::is_ascii_digit).count();
    let letters = run.bytes().filter(u8::is_ascii_alphabetic).count();
    run.len() >= RUN_WITH_SLASHES || (run.len() >= RUN && !run.contains('/') && digits >= 3 && letters >= 3)
}

/// Picture files are named after the first words of their prompt: `2026-11-22 1305 misty lake 3f2a.png`.
fn without_names(text: &str) -> String {
    const DATE: &str = "0000-00-00 0000 ";
    let is_date = |from: &str| {
        let mut pairs = DATE.bytes().zip(from.bytes());
        from.len() >= DATE.len() && pairs.all(|(shape, b)| if shape == b'0' { b.is_ascii_digit() } else { shape == b })
    };
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.char_indices().map(|(at, _)| at).find(|at| is_date(&rest[*at..])) {
        let (before, from) = rest.split_at(at + DATE.len());
        kept.push_str(before);
        // To the dot of the ending; a name that is cut off hides the rest of the line.
        let end = from.find('.').unwrap_or(from.len());
        kept.push('…');
        rest = &from[end..];
    }
    kept.push_str(rest);
    kept
}

fn without_home(text: &str, home: Option<&Path>) -> String {
    match home.and_then(Path::to_str).filter(|home| home.len() > 1) {
        Some(home) => text.replace(home, "~"),
        None => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_and_pictures_are_hidden_whatever_stands_around_them() {
        let base64 = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAQAAAC1HAwCAAAAC0lEQVR42mNk+A8AAQUBAScY42YAAAAASUVORK5CYII=";
        for secret in
            ["sk-or-v1-0a1b2c3d", "sk-demo-key", "custom-0123456789-abcdefgh", base64, &base64.replace('+', "/")]
        {
            for text in [
                format!("called `Result::unwrap()` on an `Err` value: {secret}"),
                format!("Bearer {secret}"),
                format!("{{\"url\":\"data:image/png;base64,{secret}\"}}"),
                format!("key={secret};"),
                secret.to_owned(),
            ] {
                for redacted in [line(&text), message(&text)] {
                    assert!(!redacted.contains(secret.get(..12).unwrap_or(secret)), "{redacted}");
                }
            }
        }
    }

    #[test]
    fn prompts_are_hidden_where_they_are_quoted() {
        let prompt = "A portrait of \"Aunt `Rosa`\" as she was in the summer of 1969, süß";
        let cut = std::panic::catch_unwind(|| prompt[..prompt.len() - 1].len()).unwrap_err();
        let said = cut.downcast_ref::<String>().unwrap();
        assert!(said.contains("Aunt"), "this is what the language says: {said}");
        let odd = [
            said.clone(),
            format!("called `Result::unwrap()` on an `Err` value: Unreadable {{ reason: {prompt:?} }}"),
            format!("no such prompt: “{}”", prompt.replace('"', "")),
            format!("no end: `{}", prompt.replace('`', "")),
        ];
        for text in odd {
            let redacted = message(&text);
            assert!(!redacted.contains("Aunt") && !redacted.contains("1969"), "{redacted}");
        }
    }

    #[test]
    fn names_of_pictures_lose_their_words() {
        let text = "it could not be read: /p/2026-11/2026-11-22 1305 misty mountain lake 3f2a.png: gone";
        assert_eq!(line(text), "it could not be read: /p/2026-11/2026-11-22 1305 ….png: gone");
        assert_eq!(line("2026-11-22 1305 misty"), "2026-11-22 1305 …");
        assert_eq!(line("at 2026-11-22"), "at 2026-11-22");
    }

    #[test]
    fn names_of_code_come_through() {
        for text in [
            "called `Option::unwrap()` on a `None` value",
            "index out of bounds: the len is 3 but the index is 7",
            "range end index 9 out of range for slice of length 4",
            "the library's thread has stopped, and it won't begin again by itself",
            "easel-decode-0 at src/library/keep.rs:48:9",
            "assertion `left == right` failed\n  left: 1",
        ] {
            assert_eq!(message(text), text.replace('\n', " "));
        }
    }

    #[test]
    fn the_artists_folder_is_not_named() {
        let home = Path::new("/home/rosa");
        assert_eq!(without_home("at /home/rosa/x, /home/rosa", Some(home)), "at ~/x, ~");
        assert_eq!(without_home("/usr", Some(Path::new("/"))), "/usr");
    }

    #[test]
    fn a_message_has_an_end() {
        assert!(message(&"word ".repeat(10_000)).chars().count() <= MESSAGE);
    }
}
