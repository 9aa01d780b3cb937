//! Where every tile of the grid lies: a pure function of counts, shapes and width, so that only what is seen is drawn.

use std::ops::Range;

/// Gap between tiles, points.
pub const GAP: f32 = 8.0;
/// Height of a run's header line with its space, points.
pub const HEADER: f32 = 32.0;
/// Space under a run, points.
pub const AFTER: f32 = 16.0;

/// What the layout needs to know of a run.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tiles {
    pub count: usize,
    /// Width over height.
    pub aspect: f32,
}

/// Where a run lies.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Section {
    /// Top of its header from the top of the grid, points.
    pub top: f32,
    /// Header, tiles and the space below, points.
    pub height: f32,
    pub columns: usize,
    pub tile_width: f32,
    pub tile_height: f32,
    pub count: usize,
}

/// The whole layout.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Grid {
    pub sections: Vec<Section>,
    pub height: f32,
}

/// Lays runs out under each other. `tile` is the wished tile size in points: the area of a square tile is kept for
/// other shapes, so that a panorama is not a strip and a portrait not a tower; rows are filled to the full width.
pub fn place(runs: impl IntoIterator<Item = Tiles>, width: f32, tile: f32) -> Grid {
    let mut grid = Grid::default();
    let width = width.max(80.0);
    for Tiles { count, aspect } in runs {
        let aspect = if aspect.is_finite() && aspect > 0.0 { aspect.clamp(0.25, 4.0) } else { 1.0 };
        let wished = (tile * aspect.sqrt()).clamp(48.0, width);
        let columns = (((width + GAP) / (wished + GAP)).round() as usize).max(1);
        let tile_width = ((width - GAP * (columns as f32 - 1.0)) / columns as f32).floor();
        let tile_height = (tile_width / aspect).round().max(24.0);
        let rows = count.div_ceil(columns).max(1);
        let height = HEADER + rows as f32 * (tile_height + GAP) - GAP + AFTER;
        grid.sections.push(Section { top: grid.height, height, columns, tile_width, tile_height, count });
        grid.height += height;
    }
    grid
}

impl Grid {
    /// Returns the sections that touch the band from `top` to `bottom`.
    pub fn visible(&self, top: f32, bottom: f32) -> Range<usize> {
        let first = self.sections.partition_point(|section| section.top + section.height < top);
        let last = self.sections.partition_point(|section| section.top < bottom);
        first..last.max(first)
    }
}

impl Section {
    /// Returns left and top of a tile, from the grid's corner.
    pub fn tile(&self, index: usize) -> (f32, f32) {
        let (row, column) = (index / self.columns, index % self.columns);
        let x = column as f32 * (self.tile_width + GAP);
        (x, self.top + HEADER + row as f32 * (self.tile_height + GAP))
    }

    /// Returns the tiles that touch the band from `top` to `bottom`.
    pub fn visible(&self, top: f32, bottom: f32) -> Range<usize> {
        let row = |y: f32| ((y - self.top - HEADER) / (self.tile_height + GAP)).floor().max(0.0) as usize;
        let first = (row(top) * self.columns).min(self.count);
        let last = ((row(bottom) + 1) * self.columns).min(self.count);
        first..last.max(first)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn tiles_never_overlap_or_leave_the_width_and_every_visible_one_is_found(
            runs in prop::collection::vec((1_usize..12, 0.2_f32..5.0), 1..20), width in 200.0_f32..2000.0, tile in 96.0_f32..400.0, at in 0.0_f32..1.0,
        ) {
            let grid = place(runs.iter().map(|&(count, aspect)| Tiles { count, aspect }), width, tile);
            let (top, bottom) = (grid.height * at, grid.height * at + 600.0);
            let mut previous_bottom = 0.0;
            for (number, section) in grid.sections.iter().enumerate() {
                prop_assert!(section.top >= previous_bottom - 0.01);
                previous_bottom = section.top + section.height;
                for index in 0..section.count {
                    let (x, y) = section.tile(index);
                    prop_assert!(x + section.tile_width <= width + 0.01);
                    prop_assert!(y + section.tile_height <= section.top + section.height + 0.01);
                    let seen = y + section.tile_height > top && y < bottom;
                    let drawn = grid.visible(top, bottom).contains(&number) && section.visible(top, bottom).contains(&index);
                    prop_assert!(drawn || !seen, "a tile that should be seen is not drawn");
                }
            }
        }
    }

    #[test]
    fn only_what_is_seen_is_drawn_in_a_large_library() {
        let grid = place((0..25_000).map(|_| Tiles { count: 4, aspect: 1.5 }), 900.0, 200.0);
        let middle = grid.height / 2.0;
        assert!(grid.visible(middle, middle + 1000.0).len() < 10);
    }
}
