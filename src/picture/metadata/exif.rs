//! EXIF: the few fields in which programs keep words.
//!
//! Imports kamadak-exif. A block is at most 4 MiB.

use ::exif::{In, Reader, Tag, Value};

use super::super::Format;
use super::super::error::guarded;

/// Longest block that is looked at, in bytes.
const MAX_BLOCK: usize = 4 << 20;

const FIELDS: [(Tag, &str); 5] = [
    (Tag::UserComment, "UserComment"),
    (Tag::ImageDescription, "ImageDescription"),
    (Tag::Software, "Software"),
    (Tag::Make, "Make"),
    (Tag::Model, "Model"),
];

/// Adds the words of a block by the names of their fields.
pub(super) fn read(block: &[u8], pairs: &mut Vec<(String, String)>) {
    let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
    if block.len() > MAX_BLOCK {
        return;
    }
    // The format only names the error, which nobody sees.
    let read = guarded(Format::Jpeg, || {
        let parsed = Reader::new().continue_on_error(true).read_raw(block.to_vec());
        let parsed = parsed.or_else(|error| error.distill_partial_result(|_| {}));
        let Ok(parsed) = parsed else { return Ok(Vec::new()) };
        let field = |(tag, name): &(Tag, &str)| {
            let text = match &parsed.get_field(*tag, In::PRIMARY)?.value {
                Value::Ascii(parts) => plain(parts.first()?),
                Value::Undefined(bytes, _) | Value::Byte(bytes) => comment(bytes, parsed.little_endian()),
                _ => return None,
            };
            let text = text.trim_matches(['\0', ' ', '\r', '\n']);
            (!text.is_empty()).then(|| ((*name).to_owned(), text.to_owned()))
        };
        Ok(FIELDS.iter().filter_map(field).collect())
    });
    pairs.extend(read.unwrap_or_default());
}

/// Reads text of which nobody says the encoding: UTF-8, or else Latin-1.
fn plain(bytes: &[u8]) -> String {
    match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().copied().map(char::from).collect(),
    }
}

/// Reads a comment that begins with the name of its encoding.
fn comment(bytes: &[u8], little_endian: bool) -> String {
    match bytes.split_first_chunk::<8>() {
        Some((b"UNICODE\0", text)) => utf16(text, little_endian),
        Some((b"ASCII\0\0\0" | b"JIS\0\0\0\0\0" | &[0, 0, 0, 0, 0, 0, 0, 0], text)) => plain(text),
        _ => plain(bytes),
    }
}

/// Reads UTF-16 in the order of bytes that makes more sense: many writers take the other one than the block's.
fn utf16(bytes: &[u8], little_endian: bool) -> String {
    let units = |read: fn([u8; 2]) -> u16| bytes.as_chunks::<2>().0.iter().map(|unit| read(*unit)).collect::<Vec<_>>();
    let (big, little) = (units(u16::from_be_bytes), units(u16::from_le_bytes));
    let ascii = |units: &[u16]| units.iter().filter(|unit| (0x09..0x80).contains(*unit)).count();
    let (in_big, in_little) = (ascii(&big), ascii(&little));
    let is_little = match (big.first(), in_big.cmp(&in_little)) {
        (Some(0xfeff), _) => false,
        (Some(0xfffe), _) => true,
        (_, std::cmp::Ordering::Greater) => false,
        (_, std::cmp::Ordering::Less) => true,
        (_, std::cmp::Ordering::Equal) => little_endian,
    };
    let text = String::from_utf16_lossy(if is_little { &little } else { &big });
    text.trim_start_matches('\u{feff}').to_owned()
}
