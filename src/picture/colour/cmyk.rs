//! JPEGs of print: four inks and the profile of a press.
//!
//! Imports zune-jpeg, since image mixes the inks to RGB without asking the profile.

use moxcms::{CmsError, Layout};
use zune_jpeg::JpegDecoder;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::Profile;

/// Decodes a JPEG of inks by its profile: sRGB with 8 bits per channel, opaque, as it lies in the file. `None` when
/// the file holds no inks, or they or the profile are damaged.
pub(in crate::picture) fn decode(bytes: &[u8], profile: &Profile) -> Option<Vec<u8>> {
    let options = DecoderOptions::default().set_strict_mode(false);
    let options = options.set_max_width(usize::MAX).set_max_height(usize::MAX);
    let mut decoder = JpegDecoder::new_with_options(ZCursor::new(bytes), options);
    decoder.decode_headers().ok()?;
    let space = decoder.input_colorspace()?;
    if !matches!(space, ColorSpace::CMYK | ColorSpace::YCCK) {
        return None;
    }
    let (width, _) = decoder.dimensions()?;
    // The same in and out: the decoder hands over what is stored.
    decoder.set_options(options.jpeg_set_out_colorspace(space));
    let mut inks = decoder.decode().ok()?;
    for pixel in inks.as_chunks_mut::<4>().0 {
        *pixel = if space == ColorSpace::YCCK { from_ycck(*pixel) } else { pixel.map(|stored| 255 - stored) };
    }
    to_srgb(inks, width, profile).ok()
}

/// Turns what is stored into amounts of ink; files hold them upside down, as Adobe began it.
fn from_ycck([y, cb, cr, k]: [u8; 4]) -> [u8; 4] {
    let (y, cb, cr) = (f32::from(y), f32::from(cb) - 128.0, f32::from(cr) - 128.0);
    let ink = |value: f32| (value + 0.5).clamp(0.0, 255.0) as u8;
    [ink(y + 1.402 * cr), ink(y - 0.344_136 * cb - 0.714_136 * cr), ink(y + 1.772 * cb), 255 - k]
}

fn to_srgb(mut inks: Vec<u8>, width: usize, profile: &Profile) -> Result<Vec<u8>, CmsError> {
    let transform = profile.to_rgba(Layout::Rgba)?;
    let mut from = vec![0; width * 4];
    for row in inks.chunks_exact_mut(width * 4) {
        from.copy_from_slice(row);
        transform.transform(&from, row)?;
        // The fourth ink is no transparency.
        row.iter_mut().skip(3).step_by(4).for_each(|alpha| *alpha = u8::MAX);
    }
    Ok(inks)
}
