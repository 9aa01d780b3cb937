//! WebP: the chunk `XMP ` of the extended form, which a simple file is made into.
//!
//! Imports nothing else. The chunks of the picture are copied byte for byte.

use std::borrow::Cow;

use super::super::{Error, Format, Size};
use super::{Embedded, MAX_TEXT, Texts, exif, xmp};

const HEADER: usize = 12;
const HAS_XMP: u8 = 1 << 2;
const HAS_EXIF: u8 = 1 << 3;
const HAS_ALPHA: u8 = 1 << 4;

pub(super) struct Chunk<'a> {
    pub(super) id: [u8; 4],
    pub(super) data: &'a [u8],
}

/// Walks over the chunks up to the end, or to the first incomplete one.
pub(super) struct Chunks<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Iterator for Chunks<'a> {
    type Item = Chunk<'a>;

    fn next(&mut self) -> Option<Chunk<'a>> {
        let (id, rest) = self.bytes.get(self.at..)?.split_first_chunk::<4>()?;
        let (length, rest) = rest.split_first_chunk::<4>()?;
        let data = rest.get(..u32::from_le_bytes(*length) as usize)?;
        // Some writers leave out the last padding.
        self.at = (self.at + 8 + data.len()).next_multiple_of(2).min(self.bytes.len());
        Some(Chunk { id: *id, data })
    }
}

/// Gives the file without what follows it; `None` when it is cut off.
fn inside(bytes: &[u8]) -> Option<&[u8]> {
    let length = bytes.get(4..8)?.first_chunk::<4>()?;
    bytes.get(..(u32::from_le_bytes(*length) as usize).checked_add(8)?)
}

pub(super) fn chunks(bytes: &[u8]) -> Chunks<'_> {
    Chunks { bytes: inside(bytes).unwrap_or(bytes), at: HEADER }
}

/// Says whether the file is as long as it says, and its chunks fill it.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    let mut all = chunks(bytes);
    while all.next().is_some() {}
    // Less than the head of a chunk is no chunk.
    inside(bytes).is_some_and(|file| all.at + 8 > file.len())
}

/// What the container says of the pixels, besides what decoders read themselves.
#[derive(Debug, Default)]
pub(in crate::picture) struct Parts<'a> {
    pub(in crate::picture) profile: Option<&'a [u8]>,
    pub(in crate::picture) exif: Option<&'a [u8]>,
    /// Whether the file is shorter than it says.
    pub(in crate::picture) is_cut: bool,
    /// Bytes that its last chunk lacks, if that is a picture.
    pub(in crate::picture) missing: usize,
}

/// Walks over the chunks; nothing is copied.
pub(in crate::picture) fn parts(bytes: &[u8]) -> Parts<'_> {
    let mut parts = Parts { is_cut: inside(bytes).is_none(), ..Parts::default() };
    let mut all = chunks(bytes);
    for chunk in all.by_ref() {
        match &chunk.id {
            b"ICCP" => parts.profile = parts.profile.or(Some(chunk.data)),
            b"EXIF" => parts.exif = parts.exif.or(Some(chunk.data)),
            _ => {}
        }
    }
    if let Some((id, rest)) = bytes.get(all.at..).and_then(<[u8]>::split_first_chunk::<4>)
        && let Some((length, data)) = rest.split_first_chunk::<4>()
        && matches!(id, b"VP8 " | b"VP8L" | b"ANMF")
    {
        parts.missing = (u32::from_le_bytes(*length) as usize).saturating_sub(data.len());
    }
    parts
}

/// Takes back the claims of the extended header that no chunk keeps: EXIF, XMP, and alpha of a lossy picture.
pub(in crate::picture) fn without_claims(bytes: &[u8]) -> Cow<'_, [u8]> {
    const FLAGS: usize = HEADER + 8;
    let mut all = chunks(bytes);
    if all.next().is_none_or(|first| first.id != *b"VP8X") {
        return Cow::Borrowed(bytes);
    }
    let mut ids: Vec<[u8; 4]> = all.by_ref().map(|chunk| chunk.id).collect();
    // The one that is cut, which its name announces.
    ids.extend(bytes.get(all.at..).and_then(<[u8]>::first_chunk::<4>));
    let has = |id: &[u8; 4]| ids.contains(id);
    let flags = bytes.get(FLAGS).copied().unwrap_or_default();
    let mut kept = flags;
    for (flag, is_kept) in
        [(HAS_EXIF, has(b"EXIF")), (HAS_XMP, has(b"XMP ")), (HAS_ALPHA, !has(b"VP8 ") || has(b"ALPH"))]
    {
        if !is_kept {
            kept &= !flag;
        }
    }
    if kept == flags {
        return Cow::Borrowed(bytes);
    }
    let mut honest = bytes.to_vec();
    if let Some(byte) = honest.get_mut(FLAGS) {
        *byte = kept;
    }
    Cow::Owned(honest)
}

fn packet(bytes: &[u8]) -> Option<&str> {
    let chunk = chunks(bytes).find(|chunk| chunk.id == *b"XMP ")?;
    std::str::from_utf8(chunk.data).ok().filter(|text| text.len() <= MAX_TEXT)
}

pub(super) fn read(bytes: &[u8]) -> Texts {
    let mut texts = Texts::default();
    if let Some(chunk) = chunks(bytes).find(|chunk| chunk.id == *b"EXIF") {
        exif::read(chunk.data, &mut texts.pairs);
    }
    texts.xmp.read(packet(bytes).unwrap_or_default());
    texts
}

pub(super) fn write(bytes: &[u8], embedded: &Embedded) -> Result<Vec<u8>, Error> {
    let file = inside(bytes).ok_or(Error::Truncated { format: Format::WebP })?;
    let first = chunks(bytes).next().ok_or(Error::Truncated { format: Format::WebP })?;
    let header =
        extended_header(&first).ok_or_else(|| Error::damaged(Format::WebP, "its first chunk is no picture"))?;
    let packet = xmp::packet(packet(bytes), &xmp::values(embedded));
    let mut body = b"WEBP".to_vec();
    push(&mut body, b"VP8X", &header);
    let mut all = chunks(bytes);
    for chunk in all.by_ref().filter(|chunk| !matches!(&chunk.id, b"VP8X" | b"XMP ")) {
        push(&mut body, &chunk.id, chunk.data);
    }
    // Less than the head of a chunk is no chunk.
    if all.at + 8 <= file.len() {
        return Err(Error::Truncated { format: Format::WebP });
    }
    push(&mut body, b"XMP ", packet.as_bytes());
    let length = u32::try_from(body.len()).map_err(|error| Error::encode(Format::WebP, error))?;
    Ok([b"RIFF", length.to_le_bytes().as_slice(), &body, bytes.get(file.len()..).unwrap_or_default()].concat())
}

pub(super) fn push(body: &mut Vec<u8>, id: &[u8; 4], data: &[u8]) {
    body.extend_from_slice(id);
    body.extend_from_slice(&(data.len() as u32).to_le_bytes());
    body.extend_from_slice(data);
    body.resize(body.len().next_multiple_of(2), 0);
}

/// Makes the header of the extended form from the first chunk: itself, or the picture.
fn extended_header(first: &Chunk<'_>) -> Option<Vec<u8>> {
    let (flags, size) = match &first.id {
        b"VP8X" => {
            let mut header = first.data.to_vec();
            *header.first_mut().filter(|_| first.data.len() >= 10)? |= HAS_XMP;
            return Some(header);
        }
        b"VP8 " => {
            let [_, _, _, 0x9d, 0x01, 0x2a, w0, w1, h0, h1] = *first.data.first_chunk::<10>()? else { return None };
            let side = |low, high| u32::from(u16::from_le_bytes([low, high]) & 0x3fff);
            (HAS_XMP, Size { width: side(w0, w1), height: side(h0, h1) })
        }
        b"VP8L" => {
            let [0x2f, a, b, c, d] = *first.data.first_chunk::<5>()? else { return None };
            let bits = u32::from_le_bytes([a, b, c, d]);
            let alpha = if bits & (1 << 28) != 0 { HAS_ALPHA } else { 0 };
            (HAS_XMP | alpha, Size { width: (bits & 0x3fff) + 1, height: ((bits >> 14) & 0x3fff) + 1 })
        }
        _ => return None,
    };
    let [w0, w1, w2, _] = size.width.checked_sub(1)?.to_le_bytes();
    let [h0, h1, h2, _] = size.height.checked_sub(1)?.to_le_bytes();
    Some(vec![flags, 0, 0, 0, w0, w1, w2, h0, h1, h2])
}
