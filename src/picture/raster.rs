//! Raster files: what a header says, and the pixels; one room per format.
//!
//! Imports the codecs (png, zune-jpeg, jpeg-decoder, gif, image for WebP) and the colours of this layer. Invariants:
//! what a decoder will hold in memory is reckoned from the header and judged before it is allocated; embedded texts,
//! EXIF and profiles are looked at where they lie and never copied beyond their limits; one reading of the header serves
//! `probe` and `decode`, so they say the same of one file.

mod gif;
mod jpeg;
mod png;
#[cfg(test)]
mod tests;
mod webp;

use image::DynamicImage;
use image::metadata::Orientation;

use super::colour::{self, Profile};
use super::decode::{Flaw, Info, Limits};
use super::{Error, Format, Pixels, Size};

/// Of a file that has less than this part of the bytes that its size needs at the least there is next to nothing to see:
/// it is called cut off, and no memory is asked for.
const LITTLE: u64 = 16;

/// Says what a header tells, and holds what reads the pixels.
struct Header<'a> {
    /// As it lies in the file, not turned.
    stored: Size,
    has_alpha: bool,
    orientation: Orientation,
    /// Bytes that the decoder holds at once, its output included.
    memory: u64,
    /// Whether its bytes are too few for next to anything of its size to be seen.
    is_bare: bool,
    /// Whether its output has to be copied to become 8-bit RGBA.
    copied: bool,
    /// What the numbers mean; `None`: sRGB.
    profile: Option<Profile>,
    source: Box<dyn Source + 'a>,
}

/// Reads the pixels that a header announced.
trait Source {
    fn read(self: Box<Self>) -> Result<Stored, Error>;

    /// Reads amounts of printing inks by their profile: RGBA; `None` where there are none.
    fn read_inks(&self, _profile: &Profile) -> Option<Vec<u8>> {
        None
    }
}

/// Pixels as they lie in the file.
struct Stored {
    image: DynamicImage,
    flaw: Option<Flaw>,
}

fn open<'a>(format: Format, bytes: &'a [u8], limits: &Limits) -> Result<(Header<'a>, Info), Error> {
    let header = match format {
        Format::Png => png::open(bytes, limits)?,
        Format::Jpeg => jpeg::open(bytes, limits)?,
        Format::WebP => webp::open(bytes, limits)?,
        Format::Gif => gif::open(bytes, limits)?,
        Format::Svg => return Err(Error::Unrecognised),
    };
    let Size { width, height } = header.stored;
    let is_turned = matches!(
        header.orientation,
        Orientation::Rotate90 | Orientation::Rotate270 | Orientation::Rotate90FlipH | Orientation::Rotate270FlipH
    );
    let size = if is_turned { Size { width: height, height: width } } else { header.stored };
    let copies = u64::from(header.copied) + u64::from(is_turned);
    limits.check(size, header.memory.saturating_add(size.rgba_bytes().saturating_mul(copies)))?;
    if header.is_bare {
        return Err(Error::Truncated { format });
    }
    let info = Info { format, size, has_alpha: header.has_alpha };
    Ok((header, info))
}

/// Reads the header.
pub(super) fn probe(format: Format, bytes: &[u8], limits: &Limits) -> Result<Info, Error> {
    open(format, bytes, limits).map(|(_, info)| info)
}

/// Decodes: upright, sRGB, 8 bits per channel, straight alpha; with what is wrong with the file.
pub(super) fn decode(format: Format, bytes: &[u8], limits: &Limits) -> Result<(Pixels, Option<Flaw>), Error> {
    let (header, info) = open(format, bytes, limits)?;
    let Header { stored, orientation, profile, source, .. } = header;
    let inks = profile.as_ref().filter(|profile| profile.is_cmyk()).and_then(|profile| source.read_inks(profile));
    let inks = inks.and_then(|rgba| image::RgbaImage::from_raw(stored.width, stored.height, rgba));
    let (mut image, flaw) = match inks {
        Some(image) => (DynamicImage::ImageRgba8(image), None),
        None => {
            let Stored { image, flaw } = source.read()?;
            (image, flaw)
        }
    };
    image.apply_orientation(orientation);
    let rgba = match profile.filter(|profile| !profile.is_cmyk()) {
        Some(profile) => match colour::to_srgb(image, &profile) {
            Some(rgba) => rgba,
            // A profile that does not go with the pixels: these are worth more than their exact colours.
            None => {
                let (header, _) = open(format, bytes, limits)?;
                let mut image = header.source.read()?.image;
                image.apply_orientation(orientation);
                image.into_rgba8().into_raw()
            }
        },
        None => image.into_rgba8().into_raw(),
    };
    let pixels =
        Pixels::new(info.size, rgba).ok_or_else(|| Error::damaged(format, "the size does not match the pixels"))?;
    Ok((pixels, flaw))
}

/// Reads the orientation out of an EXIF block, with its name before it or without; upright where it says nothing.
fn orientation(exif: Option<&[u8]>) -> Orientation {
    let block = exif.map(|block| block.strip_prefix(b"Exif\0\0").unwrap_or(block));
    block.and_then(Orientation::from_exif_chunk).unwrap_or(Orientation::NoTransforms)
}

/// Lays stripes over rows that the file does not hold, so that nobody takes them for the picture. A pixel is so many
/// bytes, the last `alpha` of them its opacity.
fn hatch(samples: &mut [u8], width: usize, pixel: usize, alpha: usize, from_row: usize) {
    let row_length = width.saturating_mul(pixel).max(1);
    for (y, row) in samples.chunks_exact_mut(row_length).enumerate().skip(from_row) {
        for (x, bytes) in row.chunks_exact_mut(pixel.max(1)).enumerate() {
            bytes.fill(if (x + y) / 8 % 2 == 0 { 112 } else { 144 });
            bytes.iter_mut().rev().take(alpha).for_each(|byte| *byte = u8::MAX);
        }
    }
}
