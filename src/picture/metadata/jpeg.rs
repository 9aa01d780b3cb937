//! JPEG: XMP in application segments, of which one holds at most 64 KiB.
//!
//! Imports md-5, which names the parts of a long packet. What does not fit into the first segment goes into Extended
//! XMP, the recipe before the words. Everything else is copied byte for byte.

use std::ops::Range;

use md5::{Digest, Md5};

use super::super::{Error, Format, marker};
use super::xmp::{self, Said, Value};
use super::{Embedded, MAX_TEXT, Texts, exif};

const XMP: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";
const EXTENDED: &[u8] = b"http://ns.adobe.com/xmp/extension/\0";
pub(super) const EXIF: &[u8] = b"Exif\0\0";
/// Longest first packet; the specification of XMP allows 65,502 bytes.
const MAX_PACKET: usize = 65_000;
/// Longest part of what comes after it.
const MAX_PART: usize = 65_000;

struct Segment<'a> {
    marker: u8,
    data: &'a [u8],
    range: Range<usize>,
}

/// Walks over the segments before the picture; the last one is its first scan, or nothing.
struct Segments<'a> {
    bytes: &'a [u8],
    at: usize,
}

const START_OF_SCAN: u8 = 0xda;
const END: u8 = 0xd9;

impl<'a> Iterator for Segments<'a> {
    type Item = Segment<'a>;

    fn next(&mut self) -> Option<Segment<'a>> {
        let start = self.at;
        let (marker, content) = marker::next(self.bytes, start)?;
        // Whatever follows is none, also when it is asked for again.
        self.at = self.bytes.len();
        if marker == END {
            return None;
        }
        let rest = self.bytes.get(content..)?;
        let (length, _) = rest.split_first_chunk::<2>()?;
        let length = usize::from(u16::from_be_bytes(*length));
        let data = rest.get(2..length)?;
        let range = start..content + length;
        if marker != START_OF_SCAN {
            self.at = range.end;
        }
        Some(Segment { marker, data, range })
    }
}

/// Puts the parts of the colour profile together; `None`: there is none.
pub(super) fn profile<'a>(bytes: &'a [u8]) -> Option<Vec<u8>> {
    let part = |segment: Segment<'a>| match segment.data.strip_prefix(b"ICC_PROFILE\0")? {
        [number, _count, part @ ..] if segment.marker == 0xe2 => Some((*number, part)),
        _ => None,
    };
    let mut parts: Vec<_> = segments(bytes).filter_map(part).collect();
    parts.sort_by_key(|(number, _)| *number);
    (!parts.is_empty()).then(|| parts.into_iter().flat_map(|(_, part)| part).copied().collect())
}

fn segments(bytes: &[u8]) -> Segments<'_> {
    Segments { bytes, at: 2 }
}

impl<'a> Segment<'a> {
    /// Gives the content of an APP1 segment with this name.
    fn app1(&self, name: &[u8]) -> Option<&'a [u8]> {
        self.data.strip_prefix(name).filter(|_| self.marker == 0xe1)
    }

    fn leads(&self) -> bool {
        self.marker == 0xe0 || self.app1(EXIF).is_some()
    }
}

/// Reads the packet and the one that continues it.
fn packets(bytes: &[u8]) -> (Option<&str>, Option<String>) {
    let main = segments(bytes).find_map(|segment| std::str::from_utf8(segment.app1(XMP)?).ok());
    let mut said = Said::default();
    said.read(main.unwrap_or_default());
    (main, said.extended.and_then(|guid| continued(bytes, &guid)))
}

/// Puts the parts of a long packet together; `None` when they are not all there.
fn continued(bytes: &[u8], guid: &str) -> Option<String> {
    let part = |segment: Segment<'_>| {
        let (found, rest) = segment.app1(EXTENDED)?.split_first_chunk::<32>()?;
        let (whole, rest) = rest.split_first_chunk::<4>()?;
        let (offset, data) = rest.split_first_chunk::<4>()?;
        let is_of_it = found == guid.as_bytes();
        is_of_it.then(|| {
            (u32::from_be_bytes(*whole) as usize, u32::from_be_bytes(*offset) as usize, segment.range, data.len())
        })
    };
    let mut parts: Vec<_> = segments(bytes).filter_map(part).collect();
    parts.sort_by_key(|(_, offset, ..)| *offset);
    let (whole, ..) = *parts.first()?;
    let mut text = Vec::new();
    for (_, offset, range, length) in parts {
        if offset == text.len() && whole <= MAX_TEXT {
            text.extend_from_slice(bytes.get(range.end.checked_sub(length)?..range.end)?);
        }
    }
    String::from_utf8(text).ok().filter(|text| text.len() == whole)
}

pub(super) fn read(bytes: &[u8]) -> Texts {
    let mut texts = Texts::default();
    if let Some(block) = segments(bytes).find_map(|segment| segment.app1(EXIF)) {
        exif::read(block, &mut texts.pairs);
    }
    let (main, continued) = packets(bytes);
    for packet in main.into_iter().chain(continued.as_deref()) {
        texts.xmp.read(packet);
    }
    texts
}

pub(super) fn write(bytes: &[u8], embedded: &Embedded) -> Result<Vec<u8>, Error> {
    let (earlier, continued) = packets(bytes);
    let (main, continued) = fitted(earlier, continued.as_deref(), &xmp::values(embedded));
    let mut ours = Vec::new();
    push(&mut ours, &[XMP, main.as_bytes()]);
    let guid = guid(&continued);
    for (place, part) in continued.as_bytes().chunks(MAX_PART).enumerate() {
        let (whole, offset) = ((continued.len() as u32).to_be_bytes(), ((place * MAX_PART) as u32).to_be_bytes());
        push(&mut ours, &[EXTENDED, guid.as_bytes(), &whole, &offset, part]);
    }
    let place = segments(bytes).take_while(Segment::leads).last().map_or(2, |segment| segment.range.end);
    let (mut out, mut at, mut has_picture) = (Vec::with_capacity(bytes.len() + ours.len()), 0, false);
    for segment in segments(bytes) {
        has_picture |= segment.marker == START_OF_SCAN;
        if segment.range.start >= place && at < place {
            out.extend_from_slice(bytes.get(at..place).unwrap_or_default());
            out.append(&mut ours);
            at = place;
        }
        if segment.app1(XMP).is_some() || segment.app1(EXTENDED).is_some() {
            out.extend_from_slice(bytes.get(at..segment.range.start).unwrap_or_default());
            at = segment.range.end;
        }
    }
    if !has_picture {
        return Err(Error::Truncated { format: Format::Jpeg });
    }
    out.extend_from_slice(bytes.get(at..).unwrap_or_default());
    Ok(out)
}

/// Shares the values out between the packet and its continuation, which is empty when all fit into the packet.
fn fitted(earlier: Option<&str>, continued: Option<&str>, values: &[Value]) -> (String, String) {
    let more_of_others = continued.and_then(xmp::others);
    // As a last resort without what others said in a packet that leaves no room for the name of the continuation.
    for earlier in [earlier, None] {
        for count in (0..=values.len()).rev() {
            let (short, long) = values.split_at_checked(count).unwrap_or((values, &[]));
            let continued = match (&more_of_others, long) {
                (None, []) => String::new(),
                (others, long) => xmp::packet(others.as_deref(), long),
            };
            let name = (!continued.is_empty()).then(|| (&xmp::EXTENDED, guid(&continued)));
            let main = xmp::packet(earlier, &[short, name.as_slice()].concat());
            if main.len() <= MAX_PACKET {
                return (main, continued);
            }
        }
    }
    (String::new(), String::new())
}

/// Names a continuation by its digest, as the specification says.
fn guid(continued: &str) -> String {
    Md5::digest(continued).iter().map(|byte| format!("{byte:02X}")).collect()
}

/// Appends an APP1 segment.
pub(super) fn push(out: &mut Vec<u8>, parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    out.extend_from_slice(&[0xff, 0xe1]);
    out.extend_from_slice(&((length + 2) as u16).to_be_bytes());
    parts.iter().for_each(|part| out.extend_from_slice(part));
}
