//! What of a pasted or typed text is a reference: addresses, paths of picture files, pictures written as text.
//!
//! Pure: a path is judged by its look alone; whether there is a picture is for the engine to find out.

use crate::engine::{DataUrl, ReferenceInput};
use std::path::{Path, PathBuf};

/// Endings of files that can be references.
const ENDINGS: [&str; 6] = ["png", "jpg", "jpeg", "webp", "gif", "svg"];

/// Reads a text with one reference per line; `None` unless every line is one.
pub fn inputs_of(text: &str) -> Option<Vec<ReferenceInput>> {
    let lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let inputs: Option<Vec<_>> = lines.map(input_of).collect();
    inputs.filter(|inputs| !inputs.is_empty())
}

fn input_of(line: &str) -> Option<ReferenceInput> {
    if let Some(url) = DataUrl::new(line) {
        return Some(ReferenceInput::DataUrl(url));
    }
    let has_scheme = |scheme: &str| line.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme));
    if (has_scheme("http://") || has_scheme("https://")) && !line.contains(char::is_whitespace) {
        return Some(ReferenceInput::Url(line.to_owned()));
    }
    if has_scheme("file://") {
        return Some(ReferenceInput::File(file_of(line.get("file://".len()..)?)?));
    }
    let line = line.trim_matches(['"', '\'']);
    let path = Path::new(line);
    let ending = path.extension()?.to_str()?;
    let is_picture = ENDINGS.iter().any(|known| known.eq_ignore_ascii_case(ending));
    (path.is_absolute() && is_picture).then(|| ReferenceInput::File(path.to_owned()))
}

/// Reads what follows `file://`: a host of this computer or none, then a percent-encoded path.
fn file_of(rest: &str) -> Option<PathBuf> {
    let path = rest.strip_prefix("localhost").unwrap_or(rest);
    if !path.starts_with('/') {
        return None;
    }
    let mut bytes = Vec::with_capacity(path.len());
    let mut rest = path.bytes();
    while let Some(byte) = rest.next() {
        let decoded = match byte {
            b'%' => {
                let digit = |byte: Option<u8>| char::from(byte?).to_digit(16);
                let (high, low) = (digit(rest.next())?, digit(rest.next())?);
                u8::try_from(high * 16 + low).ok()?
            }
            other => other,
        };
        bytes.push(decoded);
    }
    let path = String::from_utf8(bytes).ok()?;
    // On Windows the path of an address begins with a slash before the drive.
    let drive = path.get(1..).filter(|rest| rest.as_bytes().get(1) == Some(&b':'));
    Some(PathBuf::from(drive.unwrap_or(&path)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> String {
        let words = inputs_of(text).unwrap_or_default().into_iter().map(|input| match input {
            ReferenceInput::File(path) => format!("file {}", path.display()),
            ReferenceInput::Url(url) => format!("url {url}"),
            ReferenceInput::DataUrl(url) => format!("{url:?}"),
            other => format!("{other:?}"),
        });
        words.collect::<Vec<_>>().join(", ")
    }

    #[test]
    fn addresses_paths_and_pictures_as_text_are_references_and_prose_is_not() {
        for (text, expected) in [
            ("https://example.org/a.png", "url https://example.org/a.png"),
            (" HTTPS://example.org/a?b=c \n", "url HTTPS://example.org/a?b=c"),
            ("file:///home/a/panda%20%C5%BC.png", "file /home/a/panda ż.png"),
            ("file://localhost/p/a.jpg", "file /p/a.jpg"),
            ("file:///C:/p/a.jpg", "file C:/p/a.jpg"),
            ("data:image/png;base64,iVBORw0KGgo=", "DataUrl(34 bytes)"),
            ("https://example.org/a\nhttps://example.org/b", "url https://example.org/a, url https://example.org/b"),
            ("", ""),
            ("\n\n", ""),
            ("a red panda", ""),
            ("https://example.org/a and more", ""),
            ("https://example.org/a\na red panda", ""),
            ("file://elsewhere/p/a.png", ""),
            ("file:///p/%zz.png", ""),
            ("data:text/plain;base64,aGk=", ""),
            ("data:image/png,abc", ""),
            ("pictures/a.png", ""),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[cfg(unix)]
    #[test]
    fn absolute_paths_of_pictures_are_references() {
        assert_eq!(read("/home/a/panda.PNG\n\"/home/b c.webp\""), "file /home/a/panda.PNG, file /home/b c.webp");
        assert_eq!(read("/imagine a cat"), "");
        assert_eq!(read("/etc/passwd"), "");
    }
}
