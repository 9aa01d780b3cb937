//! Files and bytes as the pool's threads read them: small pictures, whole ones, drawings.

use super::{ImageError, THUMB_SIDE, Work, pyramids};
use crate::decode::{Drawing, decode, decode_scaled};
use crate::library::{thumbnail_path, write_thumbnail};
use crate::picture::{Encoding, Flaw, Format, Limits, Pixels, encode, fit};
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Keeps the last drawing of a thread: zooming asks for the same one again and again.
#[derive(Default)]
pub(super) struct Drawings(Option<(PathBuf, Drawing)>);

impl Drawings {
    pub(super) fn get(&mut self, file: &Path) -> Result<&Drawing, ImageError> {
        let drawing = match self.0.take() {
            Some((known, drawing)) if known == file => drawing,
            _ => Drawing::of(&read(file)?),
        };
        Ok(&self.0.insert((file.to_owned(), drawing)).1)
    }
}

/// Whether this is, as far as can be told without reading anything, the work of drawing.
pub(super) fn is_drawing(work: &Work) -> bool {
    match work {
        Work::Thumb { file, .. } | Work::Scaled { file, .. } | Work::Tile { file, .. } => {
            file.extension().is_some_and(|extension| extension.eq_ignore_ascii_case("svg"))
        }
        Work::Region { .. } | Work::Markup { .. } => true,
        Work::Bytes { bytes, .. } => Format::sniff(bytes) == Some(Format::Svg),
        Work::Patch { part, .. } => part.is_drawing,
        Work::Reference { .. } | Work::ReferenceWhole { .. } | Work::Heat { .. } => false,
    }
}

/// Decodes a picture no larger than `max_side`; notes what is wrong with its file.
pub(in crate::engine) fn raster(bytes: &[u8], max_side: u32, found: &mut Option<Flaw>) -> Result<Pixels, ImageError> {
    let _turn = pyramids::turn(bytes);
    let (pixels, flaw) = decode_scaled(bytes, max_side, &Limits::default())?;
    *found = flaw;
    Ok(pixels)
}

/// Returns the small picture that is kept beside an original; makes it when it is missing, and keeps it where told.
/// Notes what is wrong with the original where that had to be read.
pub(in crate::engine) fn thumb(
    library: &Path,
    hash: &str,
    file: &Path,
    keep: bool,
    found: &mut Option<Flaw>,
) -> Result<Pixels, ImageError> {
    if let Ok(bytes) = std::fs::read(thumbnail_path(library, hash))
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

pub(in crate::engine) fn read(file: &Path) -> Result<Vec<u8>, ImageError> {
    std::fs::read(file).map_err(|error| ImageError::File(Arc::new(error)))
}
