//! What the grid shows, in its order: sections of cells, after shelf, search and stacks.
//!
//! Made anew only when something it depends on has changed. Invariants: a picture takes the place of the tile it was
//! waited for in; whatever moves or selects by order (arrows, ranges, all) asks this list.

use super::{RunEntry, Shelf, Studio, best_of};
use crate::engine::JobView;
use crate::library::{JobId, LibraryContents, Picture, PictureId, RunId};
use fixedbitset::FixedBitSet;
use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::Arc;

/// Where a picture stands in the collection: place of its run, then among its pictures.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct At {
    run: u32,
    index: u32,
}

/// One tile.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    Picture(At),
    /// The best picture of a run, for all `count` of it.
    Stack {
        best: At,
        count: u32,
    },
    /// In the trash, by its place there.
    Trashed(u32),
    /// A picture on the way; `first` of those its job still waits for.
    Awaited {
        job: JobId,
        first: bool,
    },
    /// A job that ended without all its pictures.
    Ended(JobId),
}

/// What stands above a section.
#[derive(Clone, Debug, PartialEq)]
pub enum Head {
    Run(RunId),
    /// Stacks of one day, by its first moment in Unix milliseconds.
    Day(i64),
    Trash,
}

/// Tiles under one head.
#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub head: Head,
    pub cells: Range<usize>,
    /// Width over height of its tiles.
    pub aspect: f32,
}

/// Everything the list depends on.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    revision: u64,
    shelf: Shelf,
    found: Option<u64>,
    stacked: bool,
    open: HashSet<RunId>,
    /// Tiles beside the pictures: job, whether it has ended, how many it waits for.
    jobs: Vec<(JobId, bool, usize)>,
}

/// The list.
#[derive(Debug, Default)]
pub struct Shown {
    parts: Vec<Part>,
    cells: Vec<Cell>,
    /// By the run's place in the collection: its first cell and how many.
    of_run: Vec<Range<u32>>,
    key: Option<Key>,
    revision: u64,
    pictures: usize,
}

impl Shown {
    pub fn parts(&self) -> &[Part] {
        &self.parts
    }

    /// Returns the cells of a part.
    pub fn cells(&self, part: &Part) -> &[Cell] {
        self.cells.get(part.cells.clone()).unwrap_or_default()
    }

    /// Returns a number that changes whenever the list does.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Returns how many pictures are shown; a stack counts with all of its own.
    pub fn pictures(&self) -> usize {
        self.pictures
    }

    /// Returns the number of the cell that shows a picture or the stack it is in.
    pub fn cell_of(&self, collection: &LibraryContents, id: &PictureId) -> Option<usize> {
        let range = match collection.place_of_picture(id) {
            Some(place) => {
                let range = self.of_run.get(place)?;
                range.start as usize..range.end as usize
            }
            None => 0..self.cells.len(),
        };
        let shows = |cell: &Cell| picture_of(cell, collection).is_some_and(|picture| picture.id == *id);
        let cells = self.cells.get(range.clone())?;
        let exact = cells.iter().position(shows);
        let stack = || cells.iter().position(|cell| matches!(cell, Cell::Stack { .. }));
        exact.or_else(stack).map(|place| range.start + place)
    }

    /// Returns the number of the part that a cell is in.
    pub fn part_of(&self, cell: usize) -> Option<usize> {
        let after = self.parts.partition_point(|part| part.cells.start <= cell);
        after.checked_sub(1).filter(|part| self.parts.get(*part).is_some_and(|part| part.cells.contains(&cell)))
    }

    /// Returns the picture `step` places further; `None` beyond the ends.
    pub fn neighbour(&self, collection: &LibraryContents, id: &PictureId, step: isize) -> Option<PictureId> {
        let at = self.cell_of(collection, id)?;
        let pictures = |cell: &Cell| picture_of(cell, collection).map(|picture| picture.id.clone());
        let count = step.unsigned_abs();
        match step {
            0 => self.cells.get(at).and_then(pictures),
            1.. => self.cells.get(at + 1..)?.iter().filter_map(pictures).nth(count - 1),
            _ => self.cells.get(..at)?.iter().rev().filter_map(pictures).nth(count - 1),
        }
    }

    /// Returns the next picture after one that `stays`, or else the last such before it.
    pub fn nearest(
        &self,
        collection: &LibraryContents,
        id: &PictureId,
        stays: impl Fn(&PictureId) -> bool,
    ) -> Option<PictureId> {
        let at = self.cell_of(collection, id)?;
        let stays = |cell: &Cell| picture_of(cell, collection).map(|picture| picture.id.clone()).filter(|id| stays(id));
        let after = self.cells.get(at + 1..).unwrap_or_default().iter().find_map(stays);
        after.or_else(|| self.cells.get(..at).unwrap_or_default().iter().rev().find_map(stays))
    }

    /// Returns the first picture.
    pub fn first(&self, collection: &LibraryContents) -> Option<PictureId> {
        self.cells.iter().find_map(|cell| picture_of(cell, collection)).map(|picture| picture.id.clone())
    }

    /// Returns all pictures between two, both included; a stack stands for its best.
    pub fn between(&self, collection: &LibraryContents, a: &PictureId, b: &PictureId) -> Vec<PictureId> {
        let (Some(from), Some(to)) = (self.cell_of(collection, a), self.cell_of(collection, b)) else {
            return vec![b.clone()];
        };
        self.ids(collection, from.min(to)..from.max(to) + 1)
    }

    /// Returns all pictures in order; a stack stands for its best.
    pub fn all(&self, collection: &LibraryContents) -> Vec<PictureId> {
        self.ids(collection, 0..self.cells.len())
    }

    /// Returns the pictures of some cells in order.
    pub fn ids(&self, collection: &LibraryContents, cells: Range<usize>) -> Vec<PictureId> {
        let cells = self.cells.get(cells).unwrap_or_default();
        cells.iter().filter_map(|cell| picture_of(cell, collection)).map(|picture| picture.id.clone()).collect()
    }
}

/// Returns the picture that a cell shows; `None` for what is no picture (yet).
pub fn picture_of<'a>(cell: &Cell, collection: &'a LibraryContents) -> Option<&'a Picture> {
    match cell {
        Cell::Picture(at) | Cell::Stack { best: at, .. } => {
            collection.entry(at.run as usize)?.pictures.get(at.index as usize)
        }
        Cell::Trashed(place) => collection.trashed().get(*place as usize),
        Cell::Awaited { .. } | Cell::Ended(_) => None,
    }
}

impl Studio {
    /// Brings the list of what is shown up to date.
    pub fn refresh_shown(&mut self) {
        let jobs = jobs_by_run(&self.snapshot.jobs);
        let mut waiting = Vec::new();
        for (run, jobs) in &jobs {
            let Some(entry) = self.collection.run(run) else { continue };
            waiting.extend(jobs.iter().map(|job| (job.id.clone(), job.phase.is_ended(), missing(entry, job))));
        }
        waiting.sort();
        let found = self.search.found();
        let key = Key {
            revision: self.collection.revision(),
            shelf: self.layout.shelf,
            found: found.map(|found| found.number),
            stacked: self.layout.stacked,
            open: self.open_stacks.clone(),
            jobs: waiting,
        };
        if self.shown.key.as_ref() == Some(&key) {
            return;
        }
        let numbers = found.and_then(|found| found.numbers.clone());
        let mut shown = Shown { revision: self.shown.revision + 1, ..Shown::default() };
        Making { studio: self, jobs: &jobs, found: numbers, shown: &mut shown, zone: jiff::tz::TimeZone::system() }
            .make();
        shown.key = Some(key);
        self.shown = shown;
    }
}

/// The list while it is made.
struct Making<'a> {
    studio: &'a Studio,
    jobs: &'a JobsByRun<'a>,
    found: Option<Arc<FixedBitSet>>,
    shown: &'a mut Shown,
    zone: jiff::tz::TimeZone,
}

impl Making<'_> {
    fn make(mut self) {
        let studio = self.studio;
        match studio.layout.shelf {
            Shelf::Trash => {
                let trashed = studio.collection.trashed().iter().enumerate();
                let found = self.found.clone();
                let fits =
                    |picture: &Picture| found.as_ref().is_none_or(|found| found.contains(picture.number as usize));
                let cells = trashed.filter(|(_, picture)| fits(picture)).map(|(place, _)| Cell::Trashed(place as u32));
                self.shown.cells.extend(cells);
                self.shown.pictures = self.shown.cells.len();
                if !self.shown.cells.is_empty() {
                    self.shown.parts.push(Part { head: Head::Trash, cells: 0..self.shown.cells.len(), aspect: 1.0 });
                }
            }
            Shelf::LastRun => {
                if let Some(place) = studio.last_run().and_then(|entry| studio.collection.place(&entry.run.id)) {
                    self.shown.of_run.resize(place, 0..0);
                    self.run(place);
                }
            }
            Shelf::All => {
                self.shown.of_run.resize(studio.collection.run_count(), 0..0);
                let mut day = None;
                for place in (0..studio.collection.run_count()).rev() {
                    self.part(place, &mut day);
                }
            }
        }
    }

    /// Adds a run as a part of its own, or to the day's stacks.
    fn part(&mut self, place: usize, day: &mut Option<Range<i64>>) {
        let Some(entry) = self.studio.collection.entry(place) else { return };
        let joins_day = self.studio.layout.stacked && entry.pictures.len() <= 1;
        if !(self.studio.is_stacked(entry) || joins_day) {
            *day = None;
            return self.run(place);
        }
        let from = self.shown.cells.len();
        self.cells(place, entry);
        let to = self.shown.cells.len();
        if from == to {
            return;
        }
        let made = entry.run.created_ms;
        let same_day = day.as_ref().is_some_and(|day| day.contains(&made));
        match self.shown.parts.last_mut() {
            Some(part) if same_day => part.cells.end = to,
            _ if self.studio.layout.stacked => {
                let range = day_of(made, &self.zone);
                self.shown.parts.push(Part { head: Head::Day(range.start), cells: from..to, aspect: 1.0 });
                *day = Some(range);
            }
            _ => {
                let head = Head::Run(entry.run.id.clone());
                self.shown.parts.push(Part { head, cells: from..to, aspect: aspect_of(entry) });
            }
        }
    }

    fn run(&mut self, place: usize) {
        let Some(entry) = self.studio.collection.entry(place) else { return };
        let from = self.shown.cells.len();
        self.cells(place, entry);
        let to = self.shown.cells.len();
        if from < to {
            let head = Head::Run(entry.run.id.clone());
            self.shown.parts.push(Part { head, cells: from..to, aspect: aspect_of(entry) });
        }
    }

    /// Adds the tiles of a run: by job (their ids sort by time), within a job by place.
    fn cells(&mut self, place: usize, entry: &RunEntry) {
        let from = self.shown.cells.len();
        let found = self.found.clone();
        let fits = |picture: &Picture| found.as_ref().is_none_or(|found| found.contains(picture.number as usize));
        let at = |index: usize| At { run: place as u32, index: index as u32 };
        let fitting = entry.pictures.iter().filter(|picture| fits(picture)).count();
        self.shown.pictures += fitting;
        let stacked = self.studio.is_stacked(entry) && fitting > 1;
        let mut pictures =
            entry.pictures.iter().enumerate().filter(|(_, picture)| fits(picture) && !stacked).peekable();
        if stacked {
            let places: Vec<usize> = (0..).zip(&entry.pictures).filter(|(_, p)| fits(p)).map(|(n, _)| n).collect();
            let best = best_of(places.iter().filter_map(|place| entry.pictures.get(*place)));
            let best = best.and_then(|best| places.get(best)).copied().unwrap_or(0);
            self.shown.cells.push(Cell::Stack { best: at(best), count: fitting as u32 });
        }
        for job in self.jobs.get(&entry.run.id).map(Vec::as_slice).unwrap_or_default() {
            while let Some((index, _)) = pictures.next_if(|(_, picture)| picture.job <= job.id) {
                self.shown.cells.push(Cell::Picture(at(index)));
            }
            if !job.phase.is_ended() {
                let awaited = |number| Cell::Awaited { job: job.id.clone(), first: number == 0 };
                self.shown.cells.extend((0..missing(entry, job)).map(awaited));
            } else if found.is_none() {
                // What failed once is not what one searches for.
                self.shown.cells.push(Cell::Ended(job.id.clone()));
            }
        }
        self.shown.cells.extend(pictures.map(|(index, _)| Cell::Picture(at(index))));
        if let Some(range) = self.shown.of_run.get_mut(place) {
            *range = from as u32..self.shown.cells.len() as u32;
        } else {
            self.shown.of_run.push(from as u32..self.shown.cells.len() as u32);
        }
    }
}

fn day_of(ms: i64, zone: &jiff::tz::TimeZone) -> Range<i64> {
    let Ok(moment) = jiff::Timestamp::from_millisecond(ms) else { return ms..ms + 1 };
    let moment = moment.to_zoned(zone.clone());
    let begin = moment.start_of_day().map_or(ms, |day| day.timestamp().as_millisecond());
    let end = moment.end_of_day().map_or(ms, |day| day.timestamp().as_millisecond());
    begin..end.max(ms) + 1
}

/// Width over height of a run's tiles: as asked for, else as the first picture came.
fn aspect_of(entry: &RunEntry) -> f32 {
    let first = || entry.pictures.iter().find_map(|picture| picture.size).map(crate::picture::Size::aspect);
    entry.run.aspect.or_else(first).unwrap_or(1.0)
}

/// The jobs on screen, by run.
pub type JobsByRun<'a> = HashMap<&'a RunId, Vec<&'a JobView>>;

/// Sorts the jobs on screen by run.
pub fn jobs_by_run(jobs: &[Arc<JobView>]) -> JobsByRun<'_> {
    let mut runs: JobsByRun<'_> = HashMap::new();
    for job in jobs {
        runs.entry(&job.run.id).or_default().push(job);
    }
    for list in runs.values_mut() {
        list.sort_by(|a, b| a.id.cmp(&b.id));
    }
    runs
}

/// Returns how many tiles a job adds to those of its pictures.
fn missing(entry: &RunEntry, job: &JobView) -> usize {
    if job.phase.is_ended() {
        return 1;
    }
    // A partial that was kept as a picture has the place of the one it came before.
    let stored = entry.pictures.iter().filter(|picture| picture.job == job.id).map(|picture| picture.position);
    (job.asked.max(1) as usize).saturating_sub(stored.collect::<HashSet<_>>().len())
}

#[cfg(test)]
pub(super) mod tests;
