//! Where everything lies: kept from frame to frame and made anew only when something it depends on has changed.
//!
//! Invariant: while the artist has scrolled down, the run at the top of the view stays where it is, whatever comes
//! or goes above it.

use crate::library::PictureId;
use crate::studio::{Grid, Head, Shelf, Shown, Studio, Tiles, place};
use std::collections::HashMap;

/// The layout and what it was made for. Its sections are the parts of what is shown.
#[derive(Default)]
pub(super) struct Plan {
    pub(super) grid: Grid,
    pub(super) width: f32,
    /// What makes a section the same one in a newer plan.
    names: Vec<Name>,
    key: Option<Key>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
enum Name {
    Run(String),
    Day(i64),
    Trash,
}

/// Everything the layout depends on.
#[derive(Clone, Debug, PartialEq)]
struct Key {
    revision: u64,
    shelf: Shelf,
    width: f32,
    tile: f32,
}

impl Plan {
    /// Brings the layout up to date. Returns the scroll position that keeps the run at the top of the view in its
    /// place, when that is another one than `offset`.
    pub(super) fn update(&mut self, studio: &Studio, width: f32, offset: f32) -> Option<f32> {
        let layout = &studio.layout;
        let key = Key { revision: studio.shown.revision(), shelf: layout.shelf, width, tile: layout.tile };
        if self.key.as_ref() == Some(&key) {
            return None;
        }
        let before = std::mem::replace(self, Self::new(&studio.shown, key));
        let old = before.key.as_ref()?.shelf;
        if self.key.as_ref().is_some_and(|key| key.shelf != old) {
            return Some(0.0);
        }
        let kept = before.kept(self, offset);
        (kept != offset).then_some(kept)
    }

    fn new(shown: &Shown, key: Key) -> Self {
        let tiles = shown.parts().iter().map(|part| Tiles { count: part.cells.len(), aspect: part.aspect });
        let grid = place(tiles, key.width, key.tile);
        let name = |head: &Head| match head {
            Head::Run(run) => Name::Run(run.0.clone()),
            Head::Day(moment) => Name::Day(*moment),
            Head::Trash => Name::Trash,
        };
        let names = shown.parts().iter().map(|part| name(&part.head)).collect();
        Self { grid, width: key.width, names, key: Some(key) }
    }

    /// Returns where `offset` has moved to in a newer plan.
    fn kept(&self, newer: &Self, offset: f32) -> f32 {
        // At the very top one wants to see what is new.
        if offset <= 0.5 {
            return offset;
        }
        let first = self.grid.visible(offset, offset + 1.0).start;
        let places: HashMap<&Name, usize> = (0..).zip(&newer.names).map(|(place, name)| (name, place)).collect();
        // The run at the top, or the next one below it that is still there.
        let below = self.grid.sections.iter().zip(&self.names).skip(first);
        let here = below.filter_map(|(old, name)| newer.grid.sections.get(*places.get(name)?).map(|new| (old, new)));
        let here = here.into_iter().next();
        let Some((old, new)) = here else { return offset };
        let depth = offset - old.top;
        if depth > 0.0 { new.top + depth / old.height * new.height } else { new.top + depth }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.grid.sections.is_empty()
    }

    /// Returns top and bottom of a picture's tile, its run's header with it when it is in the first row.
    pub(super) fn band(&self, studio: &Studio, id: &PictureId) -> Option<(f32, f32)> {
        let cell = studio.shown.cell_of(&studio.collection, id)?;
        let part = studio.shown.part_of(cell)?;
        let (section, first) = (self.grid.sections.get(part)?, studio.shown.parts().get(part)?.cells.start);
        let (_, y) = section.tile(cell - first);
        let top = if cell - first < section.columns { section.top } else { y };
        Some((top, y + section.tile_height))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(runs: &[(&str, usize)]) -> Plan {
        let grid = place(runs.iter().map(|&(_, count)| Tiles { count, aspect: 1.0 }), 900.0, 200.0);
        let names = runs.iter().map(|(id, _)| Name::Run((*id).into())).collect();
        Plan { grid, width: 900.0, names, key: None }
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
