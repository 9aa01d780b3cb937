//! The pixels of a part of a picture as its file has them, for those who look closely.

use super::pool::{ImageError, read};
use crate::picture::{self, Drawing, Format, Limits, Pixels, Size, decode, tile};
use std::path::PathBuf;

/// Which part of which picture.
#[derive(Clone, Debug, PartialEq)]
pub struct PatchOf {
    pub file: PathBuf,
    /// Pixels per pixel of the picture: 1.0, and for drawings the scale at which they are seen.
    pub scale: f32,
    /// Left and top, in pixels at this scale.
    pub corner: [u32; 2],
    /// Width and height; cut where the picture ends.
    pub size: [u32; 2],
}

impl PatchOf {
    /// Reads the file and decodes it; of a drawing only the part is rasterised.
    pub(super) fn read(&self) -> Result<Pixels, ImageError> {
        let (bytes, limits) = (read(&self.file)?, Limits::default());
        let ([x, y], [width, height]) = (self.corner, self.size);
        if Format::sniff(&bytes) == Some(Format::Svg) {
            let part = [x, y, width, height].map(|side| side as f32 / self.scale);
            return Ok(Drawing::parse(&bytes, &limits)?.rasterise_region(self.scale, part)?);
        }
        let pixels = decode(&bytes, &limits)?;
        let Size { width: whole_width, height: whole_height } = pixels.size;
        let (width, height) = (width.min(whole_width.saturating_sub(x)), height.min(whole_height.saturating_sub(y)));
        // Outside of the picture there is nothing to read.
        tile(&pixels, x, y, width, height).ok_or_else(|| picture::Error::Unrecognised.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::{Encoding, encode};

    #[test]
    fn a_part_has_the_pixels_of_the_file_and_ends_where_the_picture_ends() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.png");
        // Half transparent: its colours must come back unmultiplied.
        let rgba = (0..6 * 4_u8).flat_map(|n| [n * 10, n, 255 - n, 7]).collect();
        let whole = Pixels { size: Size { width: 6, height: 4 }, rgba };
        std::fs::write(&file, encode(&whole, &Encoding::Png, [0; 3]).unwrap()).unwrap();
        let part = PatchOf { file, scale: 1.0, corner: [4, 2], size: [100, 1] };
        let read = part.read().unwrap();
        assert_eq!(read.size, Size { width: 2, height: 1 });
        assert_eq!(read.rgba, [160, 16, 239, 7, 170, 17, 238, 7]);
        assert!(PatchOf { corner: [6, 0], ..part.clone() }.read().is_err(), "there is nothing");
        assert!(PatchOf { file: "no such file".into(), ..part }.read().is_err());
    }

    #[test]
    fn a_part_of_a_drawing_is_rasterised_at_its_scale() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.svg");
        let svg = r##"<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><path fill="#f00" d="M5 0h5v10h-5z"/></svg>"##;
        std::fs::write(&file, svg).unwrap();
        let read = PatchOf { file, scale: 16.0, corner: [79, 0], size: [2, 1] }.read().unwrap();
        assert_eq!((read.size, read.rgba), (Size { width: 2, height: 1 }, vec![0, 0, 0, 0, 255, 0, 0, 255]));
    }
}
