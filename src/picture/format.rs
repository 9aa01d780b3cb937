//! Recognises picture formats by their first bytes.
//!
//! Imports only the XML scanner of this layer. Content decides: names and media types that others declare are hints
//! at best. Compressed drawings (svgz) are not recognised on purpose: they are a decompression bomb waiting to happen.

use serde::{Deserialize, Serialize};

use super::{svg, xml};

/// Names a picture format Easel can show. `Gif` is accepted as a reference only (first frame shown).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Format {
    Png,
    Jpeg,
    WebP,
    Gif,
    Svg,
}

/// How far a drawing's root element may be from the start, in bytes; licence comments can be long.
const SVG_PROLOG: usize = 256 * 1024;
/// How much a model may say before the drawing, in bytes.
const WORDS: usize = 8 * 1024;

impl Format {
    /// Every one of them.
    pub const ALL: [Format; 5] = [Format::Png, Format::Jpeg, Format::WebP, Format::Gif, Format::Svg];

    /// Recognises the format by content; `None` when the bytes are too few or belong to no known format.
    pub fn sniff(bytes: &[u8]) -> Option<Format> {
        match bytes {
            [0x89, b'P', b'N', b'G', b'\r', b'\n', 0x1a, b'\n', ..] => Some(Format::Png),
            [0xff, 0xd8, 0xff, ..] => Some(Format::Jpeg),
            [b'R', b'I', b'F', b'F', _, _, _, _, b'W', b'E', b'B', b'P', ..] => Some(Format::WebP),
            [b'G', b'I', b'F', b'8', b'7' | b'9', b'a', ..] => Some(Format::Gif),
            _ => is_svg(bytes).then_some(Format::Svg),
        }
    }

    /// Reads a media type such as `image/png` or `image/jpeg; q=1`; `None` for anything else.
    pub fn from_media_type(media_type: &str) -> Option<Format> {
        let essence = media_type.split(';').next().unwrap_or_default().trim();
        match essence.to_ascii_lowercase().as_str() {
            "image/png" => Some(Format::Png),
            "image/jpeg" | "image/jpg" => Some(Format::Jpeg),
            "image/webp" => Some(Format::WebP),
            "image/gif" => Some(Format::Gif),
            "image/svg+xml" | "image/svg" => Some(Format::Svg),
            _ => None,
        }
    }

    /// Gives the registered media type.
    pub fn media_type(self) -> &'static str {
        match self {
            Format::Png => "image/png",
            Format::Jpeg => "image/jpeg",
            Format::WebP => "image/webp",
            Format::Gif => "image/gif",
            Format::Svg => "image/svg+xml",
        }
    }

    /// Gives the usual file name extension, without a dot.
    pub fn extension(self) -> &'static str {
        match self {
            Format::Png => "png",
            Format::Jpeg => "jpg",
            Format::WebP => "webp",
            Format::Gif => "gif",
            Format::Svg => "svg",
        }
    }

    /// Returns the format that has this [`extension`](Format::extension); `None` for any other.
    pub fn from_extension(extension: &str) -> Option<Format> {
        Self::ALL.into_iter().find(|format| format.extension() == extension)
    }

    /// Gives the name to show, such as `PNG`.
    pub fn name(self) -> &'static str {
        match self {
            Format::Png => "PNG",
            Format::Jpeg => "JPEG",
            Format::WebP => "WebP",
            Format::Gif => "GIF",
            Format::Svg => "SVG",
        }
    }
}

fn is_svg(bytes: &[u8]) -> bool {
    if matches!(bytes, [0xff, 0xfe, ..] | [0xfe, 0xff, ..]) {
        let head = bytes.get(..SVG_PROLOG).unwrap_or(bytes);
        return svg::text_of(head, &mut Vec::new()).is_some_and(|text| is_root(&text));
    }
    let head = bytes.get(..SVG_PROLOG).unwrap_or(bytes);
    let valid = match std::str::from_utf8(head) {
        Ok(text) => text,
        Err(error) => {
            head.get(..error.valid_up_to()).and_then(|valid| std::str::from_utf8(valid).ok()).unwrap_or_default()
        }
    };
    is_root(valid) || is_among_words(bytes)
}

fn is_root(text: &str) -> bool {
    xml::root_name(xml::trim_start(text)).is_some_and(|name| xml::local(name) == "svg")
}

/// Whether a model has said something before or after the drawing, as in a fence of Markdown.
fn is_among_words(bytes: &[u8]) -> bool {
    let head = bytes.get(..WORDS).unwrap_or(bytes);
    let begins = head.iter().position(|byte| *byte == b'<').is_some_and(|at| at > 0) && !head.contains(&0);
    begins && std::str::from_utf8(bytes).is_ok_and(|text| svg::drawing_in(text).is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Format; 5] = [Format::Png, Format::Jpeg, Format::WebP, Format::Gif, Format::Svg];

    #[test]
    fn content_decides_the_format() {
        let table: [(&[u8], Option<Format>); 24] = [
            (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", Some(Format::Png)),
            (b"\xff\xd8\xff\xe0\0\x10JFIF", Some(Format::Jpeg)),
            (b"RIFF\x10\0\0\0WEBPVP8L", Some(Format::WebP)),
            (b"RIFF\x10\0\0\0WAVEfmt ", None),
            (b"GIF89a\x01\0", Some(Format::Gif)),
            (b"GIF88a\x01\0", None),
            (b"<svg/>", Some(Format::Svg)),
            (b"\xef\xbb\xbf<svg xmlns='http://www.w3.org/2000/svg'>", Some(Format::Svg)),
            (b" \r\n\t<svg width='1'>", Some(Format::Svg)),
            (b"<?xml version=\"1.0\"?>\n<!-- <html> --><svg>", Some(Format::Svg)),
            (b"\xef\xbb\xbf <?xml version='1.0'?><svg:svg xmlns:svg='x'>", Some(Format::Svg)),
            (b"<!DOCTYPE svg PUBLIC \"a>b\" \"c\" [<!ENTITY e '<x]>'>]><svg ", Some(Format::Svg)),
            (b"<svg>caf\xc3", Some(Format::Svg)),
            (b"<svgx/>", None),
            (b"<html><svg/></html>", None),
            (b"<!-- <svg/> -->", None),
            (b"text <svg/>", None),
            (b"```svg\n<svg></svg>\n```", Some(Format::Svg)),
            (b"Use the <b>svg</b> element: <svg></svg>", None),
            (b"\x1f\x8b\x08\0\0\0", None),
            (b"\xff\xfe<\0s\0v\0g\0", Some(Format::Svg)),
            (b"BM\0\0", None),
            (b"", None),
            (b"<", None),
        ];
        for (bytes, expected) in table {
            assert_eq!(Format::sniff(bytes), expected, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn long_licence_comment_does_not_hide_a_drawing() {
        let text = format!("<!--{}--><svg/>", "licence ".repeat(10_000));
        assert_eq!(Format::sniff(text.as_bytes()), Some(Format::Svg));
    }

    #[test]
    fn media_types_round_trip() {
        for format in ALL {
            assert_eq!(Format::from_media_type(format.media_type()), Some(format));
        }
        assert_eq!(Format::from_media_type(" Image/JPG ; charset=x"), Some(Format::Jpeg));
        assert_eq!(Format::from_media_type("application/json"), None);
    }
}
