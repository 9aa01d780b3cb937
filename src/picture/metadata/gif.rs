//! GIF: the application extension that XMP has there.
//!
//! Imports nothing else. The packet stands in it as it is, which makes no proper sub-blocks: a trailer of falling
//! numbers catches whoever steps over it as over sub-blocks. Everything else is copied byte for byte, but a file of the
//! first version becomes one of the second, which has extensions.

use std::ops::Range;

use super::super::{Error, Format};
use super::{Embedded, MAX_TEXT, Texts, xmp};

/// How an extension begins that holds XMP.
const XMP: &[u8] = b"\x21\xff\x0bXMP DataXMP";
/// Length of the trailer and the empty block after it.
const TRAILER: usize = 258;
pub(super) const END: u8 = 0x3b;

pub(super) struct Block<'a> {
    pub(super) all: &'a [u8],
    range: Range<usize>,
}

/// Walks over pictures, extensions and the end.
pub(super) struct Blocks<'a> {
    bytes: &'a [u8],
    pub(super) at: usize,
}

impl<'a> Iterator for Blocks<'a> {
    type Item = Block<'a>;

    fn next(&mut self) -> Option<Block<'a>> {
        let rest = self.bytes.get(self.at..)?;
        let length = match *rest.first()? {
            0x21 => 2 + sub_blocks(rest.get(2..)?)?,
            0x2c => {
                let before = 10 + colors(*rest.get(9)?) + 1;
                before + sub_blocks(rest.get(before..)?)?
            }
            END => 1,
            _ => return None,
        };
        let start = self.at;
        self.at += length;
        Some(Block { all: rest.get(..length)?, range: start..self.at })
    }
}

/// Measures sub-blocks with the empty one that ends them.
fn sub_blocks(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    loop {
        let length = usize::from(*bytes.get(at)?);
        at += 1 + length;
        if length == 0 {
            return Some(at);
        }
    }
}

/// Measures the table of colours that the flags announce.
fn colors(flags: u8) -> usize {
    if flags & 0x80 != 0 { 6 << (flags & 7) } else { 0 }
}

pub(super) fn blocks(bytes: &[u8]) -> Blocks<'_> {
    let flags = bytes.get(10).copied().unwrap_or_default();
    Blocks { bytes, at: 13 + colors(flags) }
}

/// Says whether the file goes on to its end; one that cannot be followed does as far as anybody can tell.
pub(in crate::picture) fn has_end(bytes: &[u8]) -> bool {
    let mut all = blocks(bytes);
    let ends = all.by_ref().any(|block| block.all == [END]);
    ends || bytes.get(all.at).is_some_and(|byte| !matches!(byte, 0x21 | 0x2c))
}

fn packet(bytes: &[u8]) -> Option<&str> {
    let data = blocks(bytes).find_map(|block| block.all.strip_prefix(XMP))?;
    let packet = data.get(..data.len().checked_sub(TRAILER)?)?;
    std::str::from_utf8(packet).ok().filter(|text| text.len() <= MAX_TEXT)
}

pub(super) fn read(bytes: &[u8]) -> Texts {
    let mut texts = Texts::default();
    texts.xmp.read(packet(bytes).unwrap_or_default());
    texts
}

pub(super) fn write(bytes: &[u8], embedded: &Embedded) -> Result<Vec<u8>, Error> {
    let packet = xmp::packet(packet(bytes), &xmp::values(embedded));
    let start = blocks(bytes).at;
    let mut out = b"GIF89a".to_vec();
    out.extend_from_slice(bytes.get(6..start).ok_or(Error::Truncated { format: Format::Gif })?);
    for block in blocks(bytes) {
        if block.all == [END] {
            out.extend_from_slice(XMP);
            out.extend_from_slice(packet.as_bytes());
            out.push(1);
            out.extend((0..=u8::MAX).rev());
            out.push(0);
            out.extend_from_slice(bytes.get(block.range.start..).unwrap_or_default());
            return Ok(out);
        }
        if !block.all.starts_with(XMP) {
            out.extend_from_slice(block.all);
        }
    }
    Err(Error::Truncated { format: Format::Gif })
}
