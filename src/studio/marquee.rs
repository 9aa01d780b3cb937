//! Which tiles a rectangle drawn over the grid touches.
//!
//! Pure geometry, in the grid's own points. Costs as much as there are rows in the rectangle, not as the library is
//! large.

use super::grid::{GAP, Grid, HEADER, Section};
use egui::emath::Rect;
use std::ops::Range;

/// Tiles of one section, in order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Touched {
    pub section: usize,
    pub tiles: Range<usize>,
}

impl Grid {
    /// Returns the tiles that an area touches, in order. A mere line or point touches what it lies on.
    pub fn touched(&self, area: Rect) -> Vec<Touched> {
        let mut all = Vec::new();
        for place in self.visible(area.top(), area.bottom() + f32::EPSILON) {
            let Some(section) = self.sections.get(place) else { continue };
            section.touched(area, |tiles| all.push(Touched { section: place, tiles }));
        }
        all
    }
}

impl Section {
    fn touched(&self, area: Rect, mut found: impl FnMut(Range<usize>)) {
        let top = self.top + HEADER;
        let columns = steps(area.left(), area.right(), self.tile_width);
        let rows = steps(area.top() - top, area.bottom() - top, self.tile_height);
        let columns = columns.start..columns.end.min(self.columns);
        if columns.is_empty() {
            return;
        }
        let last = rows.end.min(self.count.div_ceil(self.columns.max(1)));
        if columns.len() == self.columns {
            // Whole rows follow each other.
            let tiles = rows.start * self.columns..(last * self.columns).min(self.count);
            if !tiles.is_empty() {
                found(tiles);
            }
            return;
        }
        for row in rows.start..last {
            let first = row * self.columns;
            let tiles = first + columns.start..(first + columns.end).min(self.count);
            if !tiles.is_empty() {
                found(tiles);
            }
        }
    }
}

/// Which of equal steps of this length, with gaps between, lie between two points.
fn steps(from: f32, to: f32, length: f32) -> Range<usize> {
    let step = length + GAP;
    // A point within the gap after a step is beyond that step.
    let first = ((from - length) / step).ceil().max(0.0) as usize;
    let last = if to < 0.0 { 0 } else { (to / step).floor() as usize + 1 };
    first..last.max(first)
}

#[cfg(test)]
mod tests {
    use super::super::grid::{Tiles, place};
    use super::*;
    use egui::emath::{Pos2, pos2, vec2};
    use proptest::prelude::*;

    fn tile(section: &Section, index: usize) -> Rect {
        let (x, y) = section.tile(index);
        Rect::from_min_size(pos2(x, y), vec2(section.tile_width, section.tile_height))
    }

    proptest! {
        #[test]
        fn exactly_the_tiles_under_the_rectangle_are_touched(
            runs in prop::collection::vec((0_usize..14, 0.3_f32..3.0), 1..12), width in 200.0_f32..1600.0,
            size in 96.0_f32..400.0, from in (-100.0_f32..1700.0, -100.0_f32..4000.0),
            to in (-100.0_f32..1700.0, -100.0_f32..4000.0),
        ) {
            let grid = place(runs.iter().map(|&(count, aspect)| Tiles { count, aspect }), width, size);
            let area = Rect::from_two_pos(Pos2::from(from), Pos2::from(to));
            let expected: Vec<(usize, usize)> = grid.sections.iter().enumerate().flat_map(|(place, section)| {
                let touched = (0..section.count).filter(|index| tile(section, *index).intersects(area));
                touched.map(move |index| (place, index)).collect::<Vec<_>>()
            }).collect();
            let found: Vec<(usize, usize)> = grid.touched(area).into_iter()
                .flat_map(|touched| touched.tiles.map(move |index| (touched.section, index))).collect();
            prop_assert_eq!(found, expected);
        }
    }

    #[test]
    fn whole_rows_are_one_range_however_many_they_are() {
        let grid = place([Tiles { count: 100_000, aspect: 1.0 }], 900.0, 200.0);
        let all = Rect::from_min_max(pos2(-5.0, -5.0), pos2(1000.0, grid.height));
        assert_eq!(grid.touched(all), [Touched { section: 0, tiles: 0..100_000 }]);
    }
}
