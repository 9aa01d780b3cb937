//! Cuts pictures into tiles with aprons, so that neighbours meet without a seam.

use super::super::image::{Image, ImageError, Tile};
use super::super::request::Spot;
use super::pyramids::Pyramids;
use crate::picture::{Pixels, Size, level_size, tile};
use std::path::Path;

/// Side of the tiles that pictures are cut into, without their apron, pixels.
pub const TILE_SIDE: u32 = 512;
/// What is no larger stays in one piece, pixels on a side.
const PIECE: u32 = 1024;

/// Cuts one tile out of a picture.
pub(super) fn cut<T>(
    pyramids: &Pyramids,
    file: &Path,
    spot: Spot,
    finish: fn(Pixels) -> T,
) -> Result<Image<T>, ImageError> {
    let pyramid = pyramids.get(file)?;
    let size = level_size(pyramid.size(), spot.level);
    let (x, y) = (spot.column.saturating_mul(TILE_SIDE), spot.row.saturating_mul(TILE_SIDE));
    let cut = |[x, y, width, height]: [u32; 4]| pyramid.tile(spot.level, x, y, width, height);
    match tile_at(size, x, y, cut, finish) {
        Some(tile) => Ok(Image { size, flaw: pyramid.flaw(), tiles: vec![tile] }),
        // The size that was told is not the size that came.
        None => Err(ImageError::Changed),
    }
}

/// Makes of what is large several tiles, and of each what the window draws with.
pub(super) fn finished<T>(pixels: Pixels, finish: fn(Pixels) -> T) -> Image<T> {
    let size = pixels.size;
    if size.longer_side() <= PIECE {
        let whole = Tile { x: 0, y: 0, size, apron: [0; 4], pixels: finish(pixels) };
        return Image { size, flaw: None, tiles: vec![whole] };
    }
    let mut tiles = Vec::new();
    for y in (0..size.height).step_by(TILE_SIDE as usize) {
        for x in (0..size.width).step_by(TILE_SIDE as usize) {
            let cut = |[x, y, width, height]: [u32; 4]| tile(&pixels, x, y, width, height);
            tiles.extend(tile_at(size, x, y, cut, finish));
        }
    }
    Image { size, flaw: None, tiles }
}

/// Makes the tile whose own left and top edge are given; `cut` takes left, top, width and height with the apron.
fn tile_at<T>(
    whole: Size,
    x: u32,
    y: u32,
    cut: impl FnOnce([u32; 4]) -> Option<Pixels>,
    finish: fn(Pixels) -> T,
) -> Option<Tile<T>> {
    let width = whole.width.checked_sub(x).filter(|left| *left > 0)?.min(TILE_SIDE);
    let height = whole.height.checked_sub(y).filter(|left| *left > 0)?.min(TILE_SIDE);
    let right = u32::from(x + width < whole.width);
    let bottom = u32::from(y + height < whole.height);
    let [left, top] = [u32::from(x > 0), u32::from(y > 0)];
    let pixels = cut([x - left, y - top, width + left + right, height + top + bottom])?;
    Some(Tile { x, y, size: Size { width, height }, apron: [left, top, right, bottom], pixels: finish(pixels) })
}

#[cfg(test)]
mod tests {
    use super::super::super::request::{Key, Waker, Work};
    use super::super::tests::pixels;
    use super::super::{Pool, files::THUMB_SIDE};
    use super::*;
    use crate::picture::{Encoding, Flaw, encode};
    use std::sync::Arc;

    #[test]
    fn tiles_cover_a_large_picture_exactly_and_carry_their_aprons() {
        let image = finished(pixels(2500, 1100), |pixels| pixels);
        assert_eq!(image.size, Size { width: 2500, height: 1100 });
        let covered: u64 =
            image.tiles.iter().map(|tile| u64::from(tile.size.width) * u64::from(tile.size.height)).sum();
        assert_eq!(covered, 2500 * 1100);
        for tile in &image.tiles {
            let [left, top, right, bottom] = tile.apron;
            assert_eq!(tile.pixels.size.width, tile.size.width + left + right);
            assert_eq!(tile.pixels.size.height, tile.size.height + top + bottom);
        }
        assert_eq!(image.tiles.len(), 5 * 3);
        assert_eq!(finished(pixels(1024, 700), |pixels| pixels).tiles.len(), 1);
    }

    #[test]
    fn what_is_wrong_with_a_file_comes_with_its_pixels() {
        let folder = tempfile::tempdir().unwrap();
        let whole = encode(&pixels(700, 350), &Encoding::Png, [0; 3]).unwrap();
        let mut damaged = whole.clone();
        let place = whole.len() - 14;
        damaged[place] ^= 0x55;
        let pool = Pool::start(1, |pixels| pixels, &(Arc::new(|| {}) as Waker)).unwrap();
        for (name, bytes, expected) in [
            ("whole", whole.as_slice(), None),
            ("cut", &whole[..whole.len() * 2 / 3], Some(Flaw::CutOff)),
            ("damaged", &damaged, Some(Flaw::Damaged)),
        ] {
            let file = folder.path().join(name);
            std::fs::write(&file, bytes).unwrap();
            let (library, hash) = (folder.path().to_owned(), crate::library::content_hash(bytes));
            let spot = Spot { level: 0, column: 0, row: 0 };
            for work in [
                Work::Thumb { library, hash, file: file.clone(), max_side: THUMB_SIDE },
                Work::Scaled { file: file.clone(), max_side: 600 },
                Work::Tile { file: file.clone(), spot },
            ] {
                pool.want(Key::Reference(format!("{name} {work:?}")), work);
                assert_eq!(pool.done.recv().unwrap().result.unwrap().flaw, expected, "{name}");
            }
        }
    }
}
