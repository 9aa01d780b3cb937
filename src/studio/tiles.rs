//! Which tiles a run shows, in which order, and where the arrow keys lead between them.
//!
//! Pure. Invariant: a picture takes the place of the tile it was waited for in, so that nothing jumps when it comes.

use super::{Grid, RunEntry};
use crate::engine::JobView;
use crate::library::{Picture, RunId};
use std::collections::HashMap;

/// One tile of a run.
#[derive(Clone, Copy, Debug)]
pub enum Tile<'a> {
    Picture(&'a Picture),
    /// A picture on the way; `first` of those its job still waits for.
    Awaited {
        job: &'a JobView,
        first: bool,
    },
    /// A job that ended without all its pictures.
    Ended(&'a JobView),
}

/// The jobs on screen, by run.
pub type JobsByRun<'a> = HashMap<&'a RunId, Vec<&'a JobView>>;

/// Sorts the jobs on screen by run.
pub fn jobs_by_run(jobs: &[JobView]) -> JobsByRun<'_> {
    let mut runs: JobsByRun<'_> = HashMap::new();
    for job in jobs {
        runs.entry(&job.run.id).or_default().push(job);
    }
    for list in runs.values_mut() {
        list.sort_by(|a, b| a.id.cmp(&b.id));
    }
    runs
}

/// Returns the tiles that a job adds to those of its pictures.
fn missing(entry: &RunEntry, job: &JobView) -> usize {
    if job.phase.is_ended() {
        return 1;
    }
    let stored = entry.pictures.iter().filter(|picture| picture.job == job.id).count();
    (job.asked.max(1) as usize).saturating_sub(stored)
}

/// Counts the tiles of a run.
pub fn tile_count(entry: &RunEntry, jobs: &[&JobView]) -> usize {
    entry.pictures.len() + jobs.iter().map(|job| missing(entry, job)).sum::<usize>()
}

/// Returns the tiles of a run in order: by job (their ids sort by time), within a job by place. `jobs` in order of id.
pub fn tiles_of<'a>(entry: &'a RunEntry, jobs: &[&'a JobView]) -> Vec<Tile<'a>> {
    let mut tiles = Vec::with_capacity(entry.pictures.len() + jobs.len());
    let mut pictures = entry.pictures.iter().peekable();
    for &job in jobs {
        while let Some(picture) = pictures.next_if(|picture| picture.job <= job.id) {
            tiles.push(Tile::Picture(picture));
        }
        if job.phase.is_ended() {
            tiles.push(Tile::Ended(job));
        } else {
            tiles.extend((0..missing(entry, job)).map(|number| Tile::Awaited { job, first: number == 0 }));
        }
    }
    tiles.extend(pictures.map(Tile::Picture));
    tiles
}

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
    use crate::engine::Phase;
    use crate::library::JobId;
    use crate::library::testing::{picture, run};

    fn job(id: &str, asked: u32, phase: Phase) -> JobView {
        JobView {
            id: JobId(id.into()),
            run: run(1).into(),
            position: 0,
            asked,
            arrived: 0,
            phase,
            started: None,
            provider: None,
            usual: None,
            previews: 0,
        }
    }

    fn words(entry: &RunEntry, jobs: &[JobView]) -> Vec<String> {
        let jobs: Vec<&JobView> = jobs.iter().collect();
        let tiles = tiles_of(entry, &jobs);
        assert_eq!(tiles.len(), tile_count(entry, &jobs));
        let word = |tile: &Tile<'_>| match tile {
            Tile::Picture(picture) => picture.id.0.clone(),
            Tile::Awaited { job, first } => format!("{}{}", job.id.0, if *first { "!" } else { "" }),
            Tile::Ended(job) => format!("({})", job.id.0),
        };
        tiles.iter().map(word).collect()
    }

    #[test]
    fn a_picture_takes_the_place_it_was_waited_for_in() {
        let of_job = |n, job: &str| Picture { job: JobId(job.into()), ..picture(1, n) };
        let mut entry = RunEntry { run: run(1).into(), pictures: vec![] };
        let jobs = [job("a", 1, Phase::Sending), job("b", 2, Phase::Sending), job("c", 1, Phase::Cancelled)];
        assert_eq!(words(&entry, &jobs), ["a!", "b!", "b", "(c)"]);
        // The second job's first picture comes before the first job's.
        entry.pictures = vec![of_job(1, "b")];
        assert_eq!(words(&entry, &jobs), ["a!", "p1.1", "b!", "(c)"]);
        entry.pictures = vec![of_job(2, "a"), of_job(1, "b"), of_job(3, "b"), of_job(4, "d")];
        assert_eq!(words(&entry, &jobs[1..]), ["p1.2", "p1.1", "p1.3", "(c)", "p1.4"]);
        assert_eq!(words(&entry, &[]), ["p1.2", "p1.1", "p1.3", "p1.4"]);
    }

    #[test]
    fn jobs_are_sorted_by_run_and_by_time() {
        let jobs = [job("b", 1, Phase::Held), job("a", 1, Phase::Held)];
        let sorted = jobs_by_run(&jobs);
        let ids: Vec<_> = sorted[&run(1).id].iter().map(|job| job.id.0.as_str()).collect();
        assert_eq!(ids, ["a", "b"]);
    }

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
