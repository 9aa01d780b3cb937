//! The layout of contact sheets: how many sheets there are, and where pictures, words and the title stand on each.
//!
//! Pure sums, in pixels. Invariants: every picture stands on exactly one sheet, nothing overlaps, and no sheet is larger
//! than [`MAX_SIDE`] and [`MAX_AREA`].

use crate::picture::Size;
use serde::{Deserialize, Serialize};
use std::ops::{Range, RangeInclusive};

/// Longest side of a sheet, pixels.
pub const MAX_SIDE: u32 = 16_000;
/// Most pixels of a sheet.
pub const MAX_AREA: u64 = 64_000_000;

/// Says how contact sheets are to look.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct SheetStyle {
    /// See [`SheetStyle::COLUMNS`].
    pub columns: u32,
    /// Side of the square that each picture is fitted into, pixels; see [`SheetStyle::TILE`].
    pub tile: u32,
    pub ground: Ground,
    /// Over every sheet; empty: none.
    pub title: String,
    pub captions: Captions,
}

/// The colour of the paper.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Ground {
    #[default]
    White,
    Grey,
    Black,
}

/// What is said under each picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(default)]
pub struct Captions {
    pub name: bool,
    pub model: bool,
    pub prompt: bool,
    pub settings: bool,
    pub cost: bool,
    pub stars: bool,
}

impl Default for Captions {
    fn default() -> Self {
        Self { name: false, model: true, prompt: true, settings: false, cost: false, stars: true }
    }
}

impl Default for SheetStyle {
    fn default() -> Self {
        Self { columns: 4, tile: 480, ground: Ground::White, title: String::new(), captions: Captions::default() }
    }
}

/// A rectangle on a sheet, pixels from its upper left corner.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Area {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// The places of one picture and of the words under it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SheetCell {
    /// A square, in which the picture is fitted.
    pub picture: Area,
    /// Without height when nothing is said.
    pub words: Area,
}

/// The layout of one sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sheet {
    pub size: Size,
    /// `None`: no title.
    pub title: Option<Area>,
    /// Which of the pictures stand on it.
    pub pictures: Range<usize>,
    /// One per picture.
    pub cells: Vec<SheetCell>,
}

impl SheetStyle {
    pub const COLUMNS: RangeInclusive<u32> = 1..=12;
    pub const TILE: RangeInclusive<u32> = 96..=1024;

    /// Height of the letters under pictures, pixels.
    pub fn letter(&self) -> f32 {
        (self.tile as f32 / 26.0).clamp(9.0, 30.0)
    }

    /// Height of the title's letters, pixels.
    pub fn title_letter(&self) -> f32 {
        self.letter() * 1.8
    }

    /// Height of a line of words under a picture, pixels.
    pub fn line(&self) -> u32 {
        (self.letter() * 1.4).ceil() as u32
    }

    fn gap(&self) -> u32 {
        (self.tile / 20).max(8)
    }

    /// Lays out so many pictures with so many lines of words under each.
    pub fn sheets(&self, count: usize, lines: u32) -> Vec<Sheet> {
        let tile = self.tile.clamp(*Self::TILE.start(), *Self::TILE.end());
        let columns = self.columns.clamp(*Self::COLUMNS.start(), *Self::COLUMNS.end());
        let columns = columns.min(u32::try_from(count).unwrap_or(u32::MAX)).max(1);
        let (gap, margin) = (self.gap(), 2 * self.gap());
        let words = if lines == 0 { 0 } else { gap / 2 + lines * self.line() };
        let width = 2 * margin + columns * tile + (columns - 1) * gap;
        let title = if self.title.trim().is_empty() { 0 } else { (self.title_letter() * 1.4).ceil() as u32 + gap };
        let row = tile + words + gap;
        // What is no row: the margins and the title, less the gap that no row follows.
        let around = 2 * margin + title - gap;
        let most = u64::from(MAX_SIDE).min(MAX_AREA / u64::from(width)).saturating_sub(u64::from(around));
        let rows = (most / u64::from(row)).max(1) as usize;
        let per_sheet = rows * columns as usize;
        let sheet = |first: usize| {
            let here = per_sheet.min(count - first);
            let rows = here.div_ceil(columns as usize) as u32;
            let cell = |place: usize| {
                let (column, line) = (place as u32 % columns, place as u32 / columns);
                let (x, y) = (margin + column * (tile + gap), margin + title + line * row);
                let picture = Area { x, y, width: tile, height: tile };
                let below = if words == 0 { 0 } else { gap / 2 };
                SheetCell { picture, words: Area { x, y: y + tile + below, width: tile, height: words - below } }
            };
            Sheet {
                size: Size { width, height: around + rows * row },
                title: (title > 0).then(|| Area {
                    x: margin,
                    y: margin,
                    width: width - 2 * margin,
                    height: title - gap,
                }),
                pictures: first..first + here,
                cells: (0..here).map(cell).collect(),
            }
        };
        (0..count).step_by(per_sheet).map(sheet).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn style(columns: u32, tile: u32, title: &str) -> SheetStyle {
        SheetStyle { columns, tile, title: title.to_owned(), ..SheetStyle::default() }
    }

    #[test]
    fn sheets_are_as_large_as_their_rows_and_are_split_under_the_limit() {
        for (count, columns, tile, lines, title, sheets, size) in [
            (0, 4, 480, 3, "", 0, (0, 0)),
            (1, 4, 480, 0, "", 1, (576, 576)),
            (4, 4, 480, 0, "", 1, (2088, 576)),
            (5, 4, 480, 0, "", 1, (2088, 1080)),
            // A gap of 24, lines of 26, the title's line of 47 and its gap.
            (5, 4, 480, 3, "", 1, (2088, 1260)),
            (5, 4, 480, 3, "Foxes", 1, (2088, 1331)),
            (10_000, 12, 96, 0, "", 6, (1272, 15_936)),
            (3, 1, 1024, 0, "", 1, (1228, 3378)),
            (300, 99, 1024, 0, "", 7, (13_053, 4453)),
        ] {
            let made = style(columns, tile, title).sheets(count, lines);
            let first = made.first().map_or((0, 0), |sheet| (sheet.size.width, sheet.size.height));
            assert_eq!((made.len(), first), (sheets, size), "{count} pictures in {columns} columns of {tile}");
        }
    }

    fn apart(a: Area, b: Area) -> bool {
        a.x + a.width <= b.x || b.x + b.width <= a.x || a.y + a.height <= b.y || b.y + b.height <= a.y
    }

    proptest! {
        #[test]
        fn every_picture_stands_once_and_nothing_overlaps(
            count in 0_usize..400, columns in 0_u32..20, tile in 0_u32..1200, lines in 0_u32..8, title in "|Foxes",
        ) {
            let sheets = style(columns, tile, &title).sheets(count, lines);
            let mut next = 0;
            for sheet in &sheets {
                prop_assert_eq!(sheet.pictures.start, next);
                next = sheet.pictures.end;
                prop_assert_eq!(sheet.cells.len(), sheet.pictures.len());
                let fits = sheet.size.longer_side() <= MAX_SIDE && sheet.size.area() <= MAX_AREA;
                prop_assert!(fits, "{}", sheet.size);
                let words = |cell: &SheetCell| (lines > 0).then_some(cell.words);
                let mut areas: Vec<Area> = sheet.cells.iter().flat_map(|cell| [Some(cell.picture), words(cell)]).flatten().collect();
                areas.extend(sheet.title);
                for (place, area) in areas.iter().enumerate().take(40) {
                    prop_assert!(area.x + area.width <= sheet.size.width && area.y + area.height <= sheet.size.height);
                    prop_assert!(areas[place + 1..].iter().all(|other| apart(*area, *other)));
                }
            }
            prop_assert_eq!(next, count);
        }
    }
}
