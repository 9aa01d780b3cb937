//! Where everything lies: kept from frame to frame and made anew only when something it depends on has changed.
//!
//! Invariant: while the artist has scrolled down, the run at the top of the view stays where it is, whatever comes
//! or goes above it.

use crate::library::{PictureId, RunId};
use crate::studio::{Grid, JobsByRun, RunEntry, Shelf, Studio, Tiles, jobs_by_run, place, tile_count};
use std::collections::HashMap;

/// The layout and what it was made for.
#[derive(Default)]
pub(super) struct Plan {
    /// The runs with tiles, newest first; none for the trash, whose one section has no run.
    pub(super) runs: Vec<RunId>,
    pub(super) grid: Grid,
    pub(super) width: f32,
    places: HashMap<RunId, usize>,
    key: Option<Key>,
}

/// Everything the layout depends on.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    revision: u64,
    shelf: Shelf,
    width: f32,
    tile: f32,
    /// Tiles beside the pictures: run and how many.
    waiting: Vec<(RunId, usize)>,
}

impl Plan {
    /// Brings the layout up to date. Returns the scroll position that keeps the run at the top of the view in its
    /// place, when that is another one than `offset`.
    pub(super) fn update(&mut self, studio: &Studio, width: f32, offset: f32) -> Option<f32> {
        let jobs = jobs_by_run(&studio.snapshot.jobs);
        let counted = |run: &&RunId| {
            let entry = studio.collection.run(run)?;
            Some(((*run).clone(), tile_count(entry, jobs.get(*run)?) - entry.pictures.len()))
        };
        let mut waiting: Vec<_> = jobs.keys().filter_map(counted).collect();
        waiting.sort();
        let key = Key {
            revision: studio.collection.revision(),
            shelf: studio.layout.shelf,
            width,
            tile: studio.layout.tile,
            waiting,
        };
        if self.key.as_ref() == Some(&key) {
            return None;
        }
        let before = std::mem::replace(self, Self::new(studio, &jobs, key));
        let old = before.key.as_ref()?.shelf;
        if self.key.as_ref().is_some_and(|key| key.shelf != old) {
            return Some(0.0);
        }
        let kept = before.kept(self, offset);
        (kept != offset).then_some(kept)
    }

    fn new(studio: &Studio, jobs: &JobsByRun<'_>, key: Key) -> Self {
        let mut plan = Self { width: key.width, ..Self::default() };
        let mut tiles = Vec::new();
        let none = Vec::new();
        let add = |entry: &RunEntry| {
            let count = tile_count(entry, jobs.get(&entry.run.id).unwrap_or(&none));
            if count > 0 {
                tiles.push(Tiles { count, aspect: aspect_of(entry) });
                plan.places.insert(entry.run.id.clone(), plan.runs.len());
                plan.runs.push(entry.run.id.clone());
            }
        };
        match key.shelf {
            Shelf::All => studio.collection.runs().for_each(add),
            Shelf::LastRun => studio.last_run().into_iter().for_each(add),
            Shelf::Trash => {
                let count = studio.collection.trashed().len();
                tiles.extend((count > 0).then_some(Tiles { count, aspect: 1.0 }));
            }
        }
        plan.grid = place(tiles, key.width, key.tile);
        plan.key = Some(key);
        plan
    }

    /// Returns where `offset` has moved to in a newer plan.
    fn kept(&self, newer: &Self, offset: f32) -> f32 {
        // At the very top one wants to see what is new.
        if offset <= 0.5 {
            return offset;
        }
        let first = self.grid.visible(offset, offset + 1.0).start;
        // The run at the top, or the next one below it that is still there.
        let here = self.grid.sections.iter().enumerate().skip(first).find_map(|(index, old)| {
            let place = match self.runs.get(index) {
                Some(run) => *newer.places.get(run)?,
                None => index,
            };
            newer.grid.sections.get(place).map(|new| (old, new))
        });
        let Some((old, new)) = here else { return offset };
        let depth = offset - old.top;
        if depth > 0.0 { new.top + depth / old.height * new.height } else { new.top + depth }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.grid.sections.is_empty()
    }

    /// Returns the section of a picture and its number among that section's pictures.
    pub(super) fn place_of(&self, studio: &Studio, id: &PictureId) -> Option<(usize, usize)> {
        let picture = studio.collection.picture(id)?;
        if studio.layout.shelf == Shelf::Trash {
            return studio.collection.trashed().iter().position(|other| other.id == *id).map(|place| (0, place));
        }
        let section = *self.places.get(&picture.run)?;
        let entry = studio.collection.run(&picture.run)?;
        let number = entry.pictures.iter().position(|other| other.id == *id)?;
        Some((section, number))
    }

    /// Returns top and bottom of a picture's tile, its run's header with it when it is in the first row.
    pub(super) fn band(&self, studio: &Studio, id: &PictureId) -> Option<(f32, f32)> {
        let (index, number) = self.place_of(studio, id)?;
        let section = self.grid.sections.get(index)?;
        let cell = match self.runs.get(index).and_then(|run| studio.collection.run(run)) {
            Some(entry) => {
                let jobs = jobs_by_run(&studio.snapshot.jobs);
                let own = jobs.get(&entry.run.id).map(Vec::as_slice).unwrap_or_default();
                let tiles = crate::studio::tiles_of(entry, own);
                tiles.iter().position(|tile| matches!(tile, crate::studio::Tile::Picture(p) if p.id == *id))?
            }
            None => number,
        };
        let (_, y) = section.tile(cell);
        let top = if cell < section.columns { section.top } else { y };
        Some((top, y + section.tile_height))
    }
}

/// Width over height of a run's tiles: as asked for, else as the first picture came.
fn aspect_of(entry: &RunEntry) -> f32 {
    let first = || entry.pictures.iter().find_map(|picture| picture.size).map(crate::picture::Size::aspect);
    entry.run.aspect.or_else(first).unwrap_or(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(runs: &[(&str, usize)]) -> Plan {
        let grid = place(runs.iter().map(|&(_, count)| Tiles { count, aspect: 1.0 }), 900.0, 200.0);
        let runs: Vec<RunId> = runs.iter().map(|(id, _)| RunId((*id).into())).collect();
        let places = runs.iter().cloned().enumerate().map(|(place, run)| (run, place)).collect();
        Plan { runs, grid, width: 900.0, places, key: None }
    }

    #[test]
    fn the_run_at_the_top_of_the_view_keeps_its_place() {
        let before = plan(&[("b", 4), ("a", 8)]);
        let into_a = before.grid.sections[1].top + 100.0;
        let after = plan(&[("c", 4), ("b", 4), ("a", 8)]);
        assert_eq!(before.kept(&after, into_a), after.grid.sections[2].top + 100.0, "a run came above");
        assert_eq!(before.kept(&after, 0.0), 0.0, "at the very top nothing is held");
        let gone = plan(&[("a", 8)]);
        assert_eq!(before.kept(&gone, into_a), 100.0, "the run above went");
        assert_eq!(before.kept(&plan(&[("b", 4)]), into_a), into_a, "the run itself went: egui clamps");
        let grown = plan(&[("b", 8), ("a", 8)]);
        assert_eq!(before.kept(&grown, into_a), grown.grid.sections[1].top + 100.0, "the run above grew");
    }
}
