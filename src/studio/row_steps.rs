//! Where the arrow keys lead between the rows of the grid.
//!
//! Pure.

use super::Grid;

/// Returns how many pictures further (in the grid's order) the pictures above and below the given one lie; 0 where
/// there is none. `cells` gives a section's pictures as places among its tiles.
pub fn row_steps(grid: &Grid, section: usize, ordinal: usize, cells: impl Fn(usize) -> Vec<usize>) -> [isize; 2] {
    let middle = |section: usize, cell: usize| {
        let section = grid.sections.get(section)?;
        Some((section.tile(cell).0 + section.tile_width / 2.0, cell / section.columns.max(1)))
    };
    let own = cells(section);
    let Some((x, row)) = own.get(ordinal).and_then(|cell| middle(section, *cell)) else { return [0, 0] };
    // Of the first row that `take` accepts, the picture nearest to the same column.
    let nearest = |section: usize, cells: &[usize], backwards: bool, take: &dyn Fn(usize) -> bool| {
        let places = cells.iter().enumerate().filter_map(|(number, cell)| {
            let (x, row) = middle(section, *cell)?;
            take(row).then_some((number, x, row))
        });
        let places: Vec<_> = places.collect();
        let rows = places.iter().map(|(_, _, row)| *row);
        let wanted = if backwards { rows.max() } else { rows.min() }?;
        let in_row = places.iter().filter(|(_, _, row)| *row == wanted);
        in_row.min_by(|a, b| (a.1 - x).abs().total_cmp(&(b.1 - x).abs())).map(|(number, ..)| number.cast_signed())
    };
    let ordinal = ordinal.cast_signed();
    let above = nearest(section, &own, true, &|other| other < row).map(|number| number - ordinal).or_else(|| {
        let mut passed = ordinal;
        (0..section).rev().find_map(|other| {
            let cells = cells(other);
            let found = nearest(other, &cells, true, &|_| true);
            passed += cells.len().cast_signed();
            found.map(|number| number - passed)
        })
    });
    let below = nearest(section, &own, false, &|other| other > row).map(|number| number - ordinal).or_else(|| {
        let mut passed = own.len().cast_signed() - ordinal;
        (section + 1..grid.sections.len()).find_map(|other| {
            let cells = cells(other);
            let found = nearest(other, &cells, false, &|_| true).map(|number| number + passed);
            passed += cells.len().cast_signed();
            found
        })
    });
    [above.unwrap_or(0), below.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::super::{Tiles, place};
    use super::*;

    #[test]
    fn up_and_down_keep_the_column_across_runs() {
        // 7 tiles in rows of 4; then a run of 1; then one without pictures; then a run of 8.
        let counts = [7, 1, 2, 8];
        let grid = place(counts.map(|count| Tiles { count, aspect: 1.0 }), 824.0, 200.0);
        assert_eq!(grid.sections[0].columns, 4);
        // The second tile of the first run is still on its way.
        let cells = |section: usize| match section {
            0 => vec![0, 2, 3, 4, 5, 6],
            2 => vec![],
            section => (0..counts[section]).collect(),
        };
        let steps = |section, ordinal| row_steps(&grid, section, ordinal, cells);
        assert_eq!(steps(0, 0), [0, 3], "straight down");
        assert_eq!(steps(0, 2), [0, 3], "to the nearest of a short row");
        assert_eq!(steps(0, 4), [-4, 2], "up to the nearest, down into the run below");
        assert_eq!(steps(1, 0), [-3, 1], "over a run without pictures");
        assert_eq!(steps(3, 3), [-4, 4]);
        assert_eq!(steps(3, 7), [-4, 0], "nothing below");
    }
}
