//! PNG: text chunks.
//!
//! Imports flate2 for compressed texts and the checksums. All other chunks are copied byte for byte, also wrong ones
//! and what follows the end.

use std::io::Read;
use std::ops::Range;

use flate2::Crc;
use flate2::read::ZlibDecoder;

use super::super::{Error, Format};
use super::{Embedded, MAX_TEXT, Texts, exif, xmp};

const SIGNATURE: usize = 8;
const XMP_KEYWORD: &str = "XML:com.adobe.xmp";
/// What is written: the packet, then the words under the keywords that the specification of PNG has for them.
const KEYWORDS: [&str; 4] = [XMP_KEYWORD, "Description", "Comment", "Software"];

pub(super) struct Chunk<'a> {
    pub(super) kind: [u8; 4],
    pub(super) data: &'a [u8],
    pub(super) range: Range<usize>,
}

/// Walks over the chunks up to the end, or to the first incomplete one.
pub(super) struct Chunks<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Chunk<'a>;

    fn next(&mut self) -> Option<Chunk<'a>> {
        let rest = self.bytes.get(self.at..)?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let (kind, rest) = rest.split_first_chunk::<4>()?;
        let (data, rest) = rest.split_at_checked(u32::from_be_bytes(*length) as usize)?;
        rest.first_chunk::<4>()?;
        let start = self.at;
        self.at = start + 12 + data.len();
        Some(Chunk { kind: *kind, data, range: start..self.at })
    }
}

pub(super) fn chunks(bytes: &[u8]) -> Chunks<'_> {
    Chunks { bytes, at: SIGNATURE }
}

/// Splits a text chunk into its keyword and the rest.
fn keyword<'a>(chunk: &Chunk<'a>) -> Option<(&'a str, &'a [u8])> {
    let is_text = matches!(&chunk.kind, b"tEXt" | b"zTXt" | b"iTXt");
    let (keyword, rest) = cut(chunk.data).filter(|_| is_text)?;
    Some((std::str::from_utf8(keyword).ok()?, rest))
}

/// Splits at the first NUL.
fn cut(data: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = data.iter().position(|byte| *byte == 0)?;
    Some((data.get(..at)?, data.get(at + 1..)?))
}

/// Reads the text after the keyword, of at most `limit` bytes; `None`: longer or damaged.
fn text(kind: [u8; 4], rest: &[u8], limit: usize) -> Option<String> {
    let (data, compressed) = match &kind {
        b"zTXt" => (rest.split_first().filter(|(method, _)| **method == 0)?.1, true),
        b"iTXt" => {
            let ([compressed, _method], rest) = rest.split_first_chunk::<2>()?;
            let (_language, rest) = cut(rest)?;
            let (_translated, rest) = cut(rest)?;
            (rest, *compressed == 1)
        }
        _ => (rest, false),
    };
    if !compressed && data.len() > limit {
        return None;
    }
    let mut bytes = Vec::new();
    if compressed {
        let mut inflated = ZlibDecoder::new(data).take(limit as u64 + 1);
        inflated.read_to_end(&mut bytes).ok()?;
    } else {
        bytes.extend_from_slice(data);
    }
    if bytes.len() > limit {
        return None;
    }
    // Latin-1 by the specification; many programs write UTF-8 all the same.
    Some(String::from_utf8(bytes).unwrap_or_else(|error| match &kind {
        b"iTXt" => String::from_utf8_lossy(error.as_bytes()).into_owned(),
        _ => error.as_bytes().iter().copied().map(char::from).collect(),
    }))
}

/// What the chunks say of the pixels, besides what decoders read themselves.
#[derive(Debug, Default)]
pub(in crate::picture) struct Seen<'a> {
    /// `None`: there is none, it is damaged, or inflates to more than the limit.
    pub(in crate::picture) profile: Option<Vec<u8>>,
    pub(in crate::picture) exif: Option<&'a [u8]>,
    pub(in crate::picture) has_end: bool,
}

/// Walks over the chunks; a profile is inflated up to `limit` bytes.
pub(in crate::picture) fn seen(bytes: &[u8], limit: usize) -> Seen<'_> {
    let mut seen = Seen::default();
    let mut before_pixels = true;
    for chunk in chunks(bytes) {
        match &chunk.kind {
            b"IDAT" => before_pixels = false,
            b"IEND" => {
                seen.has_end = true;
                break;
            }
            b"eXIf" => seen.exif = seen.exif.or(Some(chunk.data)),
            b"iCCP" if before_pixels && seen.profile.is_none() => seen.profile = profile(chunk.data, limit),
            _ => {}
        }
    }
    seen
}

fn profile(data: &[u8], limit: usize) -> Option<Vec<u8>> {
    let (_name, [_method, data @ ..]) = cut(data)? else { return None };
    let mut icc = Vec::new();
    ZlibDecoder::new(data).take(limit as u64 + 1).read_to_end(&mut icc).ok()?;
    if icc.len() > limit {
        log::warn!("a colour profile of more than {limit} bytes is passed over");
        return None;
    }
    Some(icc)
}

pub(super) fn read(bytes: &[u8]) -> Texts {
    let mut texts = Texts::default();
    let mut left = MAX_TEXT;
    if let Some(chunk) = chunks(bytes).find(|chunk| chunk.kind == *b"eXIf") {
        exif::read(chunk.data, &mut texts.pairs);
    }
    for chunk in chunks(bytes) {
        let Some((keyword, rest)) = keyword(&chunk).filter(|_| left > 0) else { continue };
        // Trying costs as well, as compressed text does not tell how long it is.
        let Some(text) = text(chunk.kind, rest, left) else {
            left /= 2;
            continue;
        };
        left = left.saturating_sub(text.len() + chunk.range.len());
        if keyword == XMP_KEYWORD {
            texts.xmp.read(&text);
        } else {
            texts.pairs.push((keyword.to_owned(), text));
        }
    }
    texts
}

pub(super) fn write(bytes: &[u8], embedded: &Embedded) -> Result<Vec<u8>, Error> {
    let earlier = chunks(bytes).find_map(|chunk| {
        let (keyword, rest) = keyword(&chunk)?;
        (keyword == XMP_KEYWORD).then(|| text(chunk.kind, rest, MAX_TEXT))?
    });
    let packet = xmp::packet(earlier.as_deref(), &xmp::values(embedded));
    let was_ours = earlier.as_deref().is_some_and(|earlier| earlier.contains(xmp::EASEL));
    let texts = [&packet, &embedded.prompt, &embedded.settings, &embedded.software];
    let written: Vec<_> = KEYWORDS.into_iter().zip(texts).filter(|(_, text)| !text.is_empty()).collect();
    let mut out = bytes.get(..SIGNATURE).unwrap_or_default().to_vec();
    let mut all = chunks(bytes);
    let mut ends = false;
    for (place, chunk) in all.by_ref().enumerate() {
        if place == 0 && chunk.kind != *b"IHDR" {
            return Err(Error::damaged(Format::Png, "it does not begin with its header"));
        }
        let is_replaced = |name: &str| match was_ours {
            true => KEYWORDS.contains(&name),
            false => written.iter().any(|(written, _)| *written == name),
        };
        if keyword(&chunk).is_none_or(|(name, _)| !is_replaced(name)) {
            out.extend_from_slice(bytes.get(chunk.range).unwrap_or_default());
        }
        if place == 0 {
            written.iter().for_each(|(name, text)| push_text(&mut out, name, text));
        }
        if chunk.kind == *b"IEND" {
            ends = true;
            break;
        }
    }
    if !ends {
        return Err(Error::Truncated { format: Format::Png });
    }
    out.extend_from_slice(bytes.get(all.at..).unwrap_or_default());
    Ok(out)
}

/// Appends an uncompressed `iTXt`; NUL, which would end the text, is left out.
fn push_text(out: &mut Vec<u8>, keyword: &str, text: &str) {
    let text = text.replace('\0', "");
    push_chunk(out, b"iTXt", &[keyword.as_bytes(), &[0; 5], text.as_bytes()].concat());
}

/// Appends a chunk with its checksum.
pub(super) fn push_chunk(out: &mut Vec<u8>, kind: &[u8; 4], data: &[u8]) {
    let mut crc = Crc::new();
    crc.update(kind);
    crc.update(data);
    out.extend_from_slice(&(data.len() as u32).to_be_bytes());
    out.extend_from_slice(kind);
    out.extend_from_slice(data);
    out.extend_from_slice(&crc.sum().to_be_bytes());
}
