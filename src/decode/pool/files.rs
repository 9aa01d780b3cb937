//! Files and bytes as the pool's threads read them: small pictures and whole ones.

use super::super::any::{decode, decode_scaled};
use super::super::image::ImageError;
use super::turn::turn;
use crate::library::{LONGEST_FILE, read_file, thumbnail_path, write_thumbnail};
use crate::picture::{Encoding, Flaw, Limits, Pixels, encode, fit};
use std::path::Path;
use std::sync::Arc;

/// Longest side of the small pictures kept beside the originals.
pub(super) const THUMB_SIDE: u32 = 512;
/// Decodes a picture no larger than `max_side`; notes what is wrong with its file.
pub(crate) fn raster(bytes: &[u8], max_side: u32, found: &mut Option<Flaw>) -> Result<Pixels, ImageError> {
    let _turn = turn(bytes);
    let (pixels, flaw) = decode_scaled(bytes, max_side, &Limits::default())?;
    *found = flaw;
    Ok(pixels)
}

/// Returns the small picture that is kept beside an original; makes it when it is missing, and keeps it where told.
/// Notes what is wrong with the original where that had to be read.
pub(crate) fn thumb(
    library: &Path,
    hash: &str,
    file: &Path,
    keep: bool,
    found: &mut Option<Flaw>,
) -> Result<Pixels, ImageError> {
    if let Ok(bytes) = read_file(&thumbnail_path(library, hash), LONGEST_FILE)
        && let Ok(pixels) = decode(&bytes, &Limits::default())
    {
        return Ok(pixels);
    }
    let side = THUMB_SIDE;
    let pixels = fit(&raster(&read(file)?, side, found)?, side);
    if !keep {
        return Ok(pixels);
    }
    let opaque = pixels.rgba.chunks_exact(4).all(|pixel| pixel.get(3) == Some(&255));
    let encoding = if opaque { Encoding::Jpeg { quality: 88 } } else { Encoding::Png };
    let bytes = encode(&pixels, &encoding, [0; 3])?;
    if let Err(error) = write_thumbnail(library, hash, &bytes) {
        // It is made again next time; the picture itself is safe.
        log::warn!("a thumbnail could not be kept: {error}");
    }
    // As it will look from now on, so that nothing changes when it is read again.
    Ok(decode(&bytes, &Limits::default()).unwrap_or(pixels))
}

pub(crate) fn read(file: &Path) -> Result<Vec<u8>, ImageError> {
    read_file(file, LONGEST_FILE).map_err(|error| ImageError::File(Arc::new(error.into())))
}
