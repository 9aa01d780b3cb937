//! Which tiles of a picture are needed, and what stands in for one that is not there yet: pure geometry.
//!
//! Every part of a picture is drawn once, from one tile: the needed one, the four finer ones under it, or a coarser one
//! above it. Drawn twice, what is half transparent would be seen through itself.

use crate::decode::{Spot, TILE_SIDE};
use crate::picture::{Size, level_size};
use egui::{Rect, Vec2, pos2, vec2};

/// A part of a picture, in its pixels, and the tile to draw it from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Part {
    pub(super) from: Spot,
    pub(super) pixels: Rect,
}

/// Returns the coarsest level that still has a pixel for every pixel of the screen, `coarser` by so many; `scale`:
/// pixels of the screen per pixel of the picture.
pub(super) fn level_for(size: Size, scale: f32, coarser: u8) -> u8 {
    let level = if scale > 0.0 { (1.0 / scale).log2().floor().clamp(0.0, 31.0) as u8 } else { 31 };
    level.saturating_add(coarser).min(last_level(size))
}

/// Returns the level that is one tile.
pub(super) fn last_level(size: Size) -> u8 {
    (0..31).find(|level| level_size(size, *level).longer_side() <= TILE_SIDE).unwrap_or(31)
}

/// Returns the tiles of a level that touch a part of the picture (0 to 1), those at its edge first and its middle last.
pub(super) fn spots(size: Size, level: u8, seen: Rect) -> Vec<Spot> {
    let whole = vec2(size.width as f32, size.height as f32);
    let seen = Rect::from_min_max((seen.min.to_vec2() * whole).to_pos2(), (seen.max.to_vec2() * whole).to_pos2());
    let seen = seen.intersect(Rect::from_min_size(pos2(0.0, 0.0), whole));
    if !seen.is_positive() {
        return Vec::new();
    }
    let side = TILE_SIDE as f32 * pixel(level);
    let first = |from: f32| (from / side).floor().max(0.0) as u32;
    let last = |to: f32| (to / side).ceil().max(1.0) as u32;
    let rows = first(seen.min.y)..last(seen.max.y);
    let columns = first(seen.min.x)..last(seen.max.x);
    let mut spots: Vec<Spot> =
        rows.flat_map(|row| columns.clone().map(move |column| Spot { level, column, row })).collect();
    let far = |spot: &Spot| covers(size, *spot).center().distance_sq(seen.center());
    spots.sort_by(|a, b| far(b).total_cmp(&far(a)));
    spots
}

/// Returns what a tile covers, in pixels of the picture.
pub(super) fn covers(size: Size, spot: Spot) -> Rect {
    let side = TILE_SIDE as f32 * pixel(spot.level);
    let min = vec2(spot.column as f32, spot.row as f32) * side;
    let max = (min + Vec2::splat(side)).min(vec2(size.width as f32, size.height as f32));
    Rect::from_min_max(min.to_pos2(), max.to_pos2())
}

/// Returns how to draw what a tile covers from the tiles that are there; empty: from none.
pub(super) fn sources(size: Size, spot: Spot, is_there: impl Fn(Spot) -> bool) -> Vec<Part> {
    let pixels = covers(size, spot);
    if is_there(spot) {
        return vec![Part { from: spot, pixels }];
    }
    if let Some(level) = spot.level.checked_sub(1) {
        let quarters = [(0, 0), (1, 0), (0, 1), (1, 1)].map(|(x, y)| {
            let from = Spot { level, column: spot.column * 2 + x, row: spot.row * 2 + y };
            Part { from, pixels: covers(size, from) }
        });
        let inside: Vec<Part> = quarters.into_iter().filter(|part| part.pixels.is_positive()).collect();
        if inside.iter().all(|part| is_there(part.from)) {
            return inside;
        }
    }
    let above = (spot.level + 1..=last_level(size)).map(|level| {
        let up = u32::from(level - spot.level);
        Spot { level, column: spot.column >> up, row: spot.row >> up }
    });
    above.into_iter().find(|above| is_there(*above)).map(|from| Part { from, pixels }).into_iter().collect()
}

/// Returns where in a tile's texture (`texture` texels, with the row and column of its neighbours around it) a part of
/// the picture lies, 0 to 1.
pub(super) fn uv(part: Part, texture: Vec2) -> Rect {
    let Spot { level, column, row } = part.from;
    let origin = [column, row].map(|place| (place * TILE_SIDE) as f32 - if place > 0 { 1.0 } else { 0.0 });
    let at = |pixel_at: Vec2| ((pixel_at / pixel(level) - vec2(origin[0], origin[1])) / texture).to_pos2();
    Rect::from_min_max(at(part.pixels.min.to_vec2()), at(part.pixels.max.to_vec2()))
}

/// Side of a level's pixel, in pixels of the picture.
fn pixel(level: u8) -> f32 {
    2.0_f32.powi(i32::from(level))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::HashSet;

    const WHOLE: Rect = Rect { min: pos2(0.0, 0.0), max: pos2(1.0, 1.0) };

    fn size() -> impl Strategy<Value = Size> {
        (1..16_384_u32, 1..16_384_u32).prop_map(|(width, height)| Size { width, height })
    }

    #[test]
    fn nothing_is_shrunk_to_less_than_half_at_once() {
        let size = Size { width: 16_384, height: 9000 };
        let level = |scale| level_for(size, scale, 0);
        assert_eq!([4.0, 1.0, 0.51, 0.5, 0.3, 0.25, 0.05].map(level), [0, 0, 0, 1, 1, 2, 4]);
        assert_eq!(level(0.0001), 5, "one tile is enough");
        assert_eq!(level_for(size, 1.0, 2), 2);
        assert_eq!(level_for(Size { width: 300, height: 40 }, 0.1, 1), 0);
    }

    #[test]
    fn only_what_is_seen_is_asked_for_and_its_middle_last() {
        let size = Size { width: 4096, height: 4096 };
        let seen = Rect::from_min_max(pos2(0.3, 0.3), pos2(0.6, 0.6));
        let spots = spots(size, 0, seen);
        assert_eq!(spots.len(), 9);
        assert_eq!(spots.last(), Some(&Spot { level: 0, column: 3, row: 3 }));
        assert!(super::spots(size, 0, Rect::from_min_max(pos2(1.5, 0.0), pos2(2.0, 1.0))).is_empty());
        assert_eq!(super::spots(size, 3, WHOLE), [Spot { level: 3, column: 0, row: 0 }]);
    }

    proptest! {
        #[test]
        fn the_parts_cover_the_picture_exactly_whatever_is_there(
            size in size(), level in 0..6_u8, there in prop::collection::hash_set(any::<u16>(), 0..2000),
        ) {
            let level = level.min(last_level(size));
            let last = Spot { level: last_level(size), column: 0, row: 0 };
            let number = |spot: Spot| (u32::from(spot.level) * 7919 + spot.column * 127 + spot.row * 31) as u16 % 4096;
            let is_there = |spot: Spot| spot == last || there.contains(&number(spot));
            let mut area = 0.0;
            for spot in spots(size, level, WHOLE) {
                let parts = sources(size, spot, is_there);
                prop_assert!(!parts.is_empty());
                for part in parts {
                    prop_assert!(is_there(part.from));
                    prop_assert!(covers(size, part.from).contains_rect(part.pixels));
                    prop_assert!(covers(size, spot).contains_rect(part.pixels));
                    area += f64::from(part.pixels.area());
                }
            }
            prop_assert!((area / size.area() as f64 - 1.0).abs() < 1e-3, "{area} of {size}");
        }

        #[test]
        fn neighbours_meet_at_the_same_pixels_of_the_picture(size in size(), level in 0..6_u8) {
            let level = level.min(last_level(size));
            let whole = level_size(size, level);
            for spot in spots(size, level, WHOLE) {
                let own = |place: u32, side: u32| {
                    let from = place * TILE_SIDE;
                    let to = (from + TILE_SIDE).min(side);
                    (to - from) + u32::from(from > 0) + u32::from(to < side)
                };
                let texture = vec2(own(spot.column, whole.width) as f32, own(spot.row, whole.height) as f32);
                let part = Part { from: spot, pixels: covers(size, spot) };
                let uv = uv(part, texture);
                let (left, top) = (f32::from(u8::from(spot.column > 0)), f32::from(u8::from(spot.row > 0)));
                prop_assert!((uv.min.x * texture.x - left).abs() < 1e-3 && (uv.min.y * texture.y - top).abs() < 1e-3);
                prop_assert!(uv.max.x <= 1.0 + 1e-5 && uv.max.y <= 1.0 + 1e-5);
                prop_assert!(uv.is_positive());
            }
        }

        #[test]
        fn all_that_is_seen_is_asked_for_once(size in size(), x in 0.0..1.0_f32, y in 0.0..1.0_f32, w in 0.01..0.5_f32) {
            let seen = Rect::from_min_size(pos2(x, y), vec2(w, w));
            let spots = spots(size, 0, seen);
            let distinct: HashSet<Spot> = spots.iter().copied().collect();
            prop_assert_eq!(distinct.len(), spots.len());
            let whole = vec2(size.width as f32, size.height as f32);
            let pixels = Rect::from_min_max((seen.min.to_vec2() * whole).to_pos2(), (seen.max.to_vec2() * whole).to_pos2());
            let pixels = pixels.intersect(Rect::from_min_size(pos2(0.0, 0.0), whole));
            let area: f64 = spots.iter().map(|spot| f64::from(covers(size, *spot).intersect(pixels).area())).sum();
            prop_assert!((area - f64::from(pixels.area())).abs() <= f64::from(pixels.area()) * 1e-3 + 1.0);
        }
    }
}
