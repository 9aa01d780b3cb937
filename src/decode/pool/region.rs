//! The pixels of a part of a picture as its file has them, for those who look closely.
//!
//! A picture that is looked at so closely has been decoded for its tiles, and its pixels come from there: none is
//! decoded for the colour of a point.

use super::super::image::ImageError;
use super::super::request::PatchOf;
use super::drawings::Drawings;
use super::pyramids::Pyramids;
use crate::picture::{Limits, Pixels, View};

/// Reads the part; what it needs decoded is kept for the next one.
pub(super) fn read(part: &PatchOf, drawings: &mut Drawings, pyramids: &Pyramids) -> Result<Pixels, ImageError> {
    let ([x, y], [width, height]) = (part.corner, part.size);
    if part.is_drawing {
        let region = [x, y, width, height].map(|side| side as f32 / part.scale);
        let view = View::Region { scale: part.scale, region };
        return Ok(drawings.get(&part.file)?.draw(&Limits::default(), view)?);
    }
    let pyramid = pyramids.get(&part.file)?;
    let whole = pyramid.size();
    let (width, height) = (width.min(whole.width.saturating_sub(x)), height.min(whole.height.saturating_sub(y)));
    // Outside of the picture there is nothing to read.
    pyramid.tile(0, x, y, width, height).ok_or(ImageError::Changed)
}

#[cfg(test)]
mod tests {
    use super::super::super::request::{Key, Spot, Waker, Work};
    use super::super::{Pool, tests::pixels};
    use super::*;
    use crate::library::PictureId;
    use crate::picture::{Encoding, Size, encode};
    use std::sync::Arc;

    fn pool() -> Pool<Pixels> {
        Pool::start(1, |pixels| pixels, &(Arc::new(|| {}) as Waker)).unwrap()
    }

    fn read(pool: &Pool<Pixels>, part: PatchOf) -> Result<Pixels, ImageError> {
        pool.pixels(part).recv().unwrap()
    }

    #[test]
    fn a_part_has_the_pixels_of_the_file_and_ends_where_the_picture_ends() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.png");
        // Half transparent: its colours must come back unmultiplied.
        let rgba = (0..6 * 4_u8).flat_map(|n| [n * 10, n, 255 - n, 7]).collect();
        let whole = Pixels { size: Size { width: 6, height: 4 }, rgba };
        std::fs::write(&file, encode(&whole, &Encoding::Png, [0; 3]).unwrap()).unwrap();
        let pool = pool();
        let part = PatchOf { file, is_drawing: false, scale: 1.0, corner: [4, 2], size: [100, 1] };
        let corner = read(&pool, part.clone()).unwrap();
        assert_eq!(corner.size, Size { width: 2, height: 1 });
        assert_eq!(corner.rgba, [160, 16, 239, 7, 170, 17, 238, 7]);
        assert!(read(&pool, PatchOf { corner: [6, 0], ..part.clone() }).is_err(), "there is nothing");
        assert!(read(&pool, PatchOf { file: "no such file".into(), ..part }).is_err());
    }

    #[test]
    fn a_part_comes_from_the_picture_that_was_decoded_for_its_tiles() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("large.png");
        let whole = pixels(1300, 700);
        std::fs::write(&file, encode(&whole, &Encoding::Png, [0; 3]).unwrap()).unwrap();
        let pool = pool();
        let spot = Spot { level: 0, column: 0, row: 0 };
        pool.want(Key::Tile(PictureId("large".into()), spot), Work::Tile { file: file.clone(), spot });
        assert!(pool.done.recv().unwrap().result.is_ok());
        // Nothing is there to be decoded again.
        std::fs::remove_file(&file).unwrap();
        let part = PatchOf { file, is_drawing: false, scale: 1.0, corner: [1299, 699], size: [8, 8] };
        assert_eq!(read(&pool, part).unwrap().rgba, whole.rgba[whole.rgba.len() - 4..]);
    }

    #[test]
    fn a_part_of_a_drawing_is_rasterised_at_its_scale() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("a.svg");
        let svg = r##"<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10"><path fill="#f00" d="M5 0h5v10h-5z"/></svg>"##;
        std::fs::write(&file, svg).unwrap();
        let part = PatchOf { file, is_drawing: true, scale: 16.0, corner: [79, 0], size: [2, 1] };
        let drawn = read(&pool(), part).unwrap();
        assert_eq!((drawn.size, drawn.rgba), (Size { width: 2, height: 1 }, vec![0, 0, 0, 0, 255, 0, 0, 255]));
    }
}
