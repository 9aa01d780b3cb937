//! WebP: the chunks of the container, and the pixels by image's decoder.
//!
//! Imports image. The decoder is shown a container without claims of EXIF, XMP and alpha that it does not keep, which
//! other decoders pass over; profile and EXIF are looked at where they lie, however much they claim to be.

use std::borrow::Cow;
use std::io::Cursor;

use image::codecs::webp::WebPDecoder;
use image::{DynamicImage, ImageDecoder};

use super::super::colour::{self, Profile};
use super::super::decode::{Flaw, Limits};
use super::super::{Error, Format, Size, metadata};
use super::{Header, Source, Stored, hatch, orientation};

const FORMAT: Format = Format::WebP;
/// Most bytes that are put in place of those that a cut file lacks.
const MOST_FILLED: usize = 64 << 20;

pub(super) fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Header<'a>, Error> {
    let parts = metadata::webp_parts(bytes);
    let is_cut = parts.is_cut;
    let honest = metadata::webp_without_claims(bytes);
    let decoder = decoder(honest.clone()).map_err(|error| told(&error, is_cut))?;
    let (width, height) = decoder.dimensions();
    let stored = Size { width, height };
    let has_alpha = decoder.color_type().has_alpha();
    // Beside its output: of a lossless picture without alpha a copy with it, of a lossy one its planes and the alpha,
    // of an animation the canvas and a frame.
    let inside = if decoder.has_animation() { 8 } else { 4 };
    let icc = parts.profile.filter(|icc| icc.len() <= colour::MAX_BYTES);
    Ok(Header {
        stored,
        has_alpha,
        orientation: orientation(parts.exif),
        // A few bytes of it may well fill any size.
        is_bare: false,
        memory: decoder.total_bytes().saturating_add(stored.area().saturating_mul(inside)),
        // By then the decoder has let go of what it held inside.
        copied: false,
        profile: icc.and_then(Profile::read),
        source: Box::new(WebP { bytes: honest, is_cut, missing: parts.missing }),
    })
    .and_then(|header| limits.check(stored, 0).map(|()| header))
}

fn decoder(bytes: Cow<'_, [u8]>) -> image::ImageResult<WebPDecoder<Cursor<Cow<'_, [u8]>>>> {
    WebPDecoder::new(Cursor::new(bytes))
}

struct WebP<'a> {
    bytes: Cow<'a, [u8]>,
    is_cut: bool,
    /// Bytes that the chunk lacks in which the file is cut.
    missing: usize,
}

impl Source for WebP<'_> {
    fn read(self: Box<Self>) -> Result<Stored, Error> {
        let read = |bytes: Cow<'_, [u8]>| DynamicImage::from_decoder(decoder(bytes)?);
        let error = match read(Cow::Borrowed(&*self.bytes)) {
            Ok(image) => return Ok(Stored { image, flaw: self.is_cut.then_some(Flaw::CutOff) }),
            Err(error) => error,
        };
        if !self.is_cut || self.missing == 0 || self.missing > MOST_FILLED {
            return Err(told(&error, self.is_cut));
        }
        // What comes out the same, whatever stands in place of the missing bytes, is of those that are there.
        let filled = |byte: u8| {
            let mut bytes = self.bytes.to_vec();
            bytes.resize(bytes.len() + self.missing, byte);
            read(Cow::Owned(bytes))
        };
        let (Ok(mut image), Ok(other)) = (filled(0), filled(0xa5)) else {
            return Err(Error::Truncated { format: FORMAT });
        };
        let (width, channels) = (image.width() as usize, usize::from(image.color().channel_count()));
        let row = (width * channels).max(1);
        let rows = image.as_bytes().chunks_exact(row).zip(other.as_bytes().chunks_exact(row));
        // The filter at the edges of blocks reaches back over a few rows.
        let good = rows.take_while(|(one, other)| one == other).count();
        let samples = match &mut image {
            DynamicImage::ImageRgb8(image) => &mut **image,
            DynamicImage::ImageRgba8(image) => &mut **image,
            _ => return Err(Error::Truncated { format: FORMAT }),
        };
        if good == 0 {
            return Err(Error::Truncated { format: FORMAT });
        }
        hatch(samples, width, channels, channels.saturating_sub(3), good);
        Ok(Stored { image, flaw: Some(Flaw::CutOff) })
    }
}

fn told(error: &image::ImageError, is_cut: bool) -> Error {
    if is_cut { Error::Truncated { format: FORMAT } } else { Error::from_decoder(FORMAT, error) }
}
