//! The prompt history as it is looked through: each prompt once, however often it was sent, latest first.
//!
//! Read at the first question and then kept up to date. Invariant: what was sent is listed whether or not its pictures
//! still exist; what came from elsewhere was never sent and is not.

use super::super::index::jobs;
use super::super::{Result, Run, RunId};
use crate::plan::query::{Clock, Facts, Query};
use rusqlite::Connection;
use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// A prompt and every run that sent it.
#[derive(Clone, Debug, PartialEq)]
pub struct SentPrompt {
    /// Oldest first, at least one; their ids sort by time.
    pub runs: Vec<RunId>,
    /// The latest of them.
    pub last: Arc<Run>,
}

impl SentPrompt {
    /// Returns the runs of it that are among the favourites.
    pub fn favourites<'a>(&'a self, all: &'a BTreeSet<RunId>) -> impl Iterator<Item = &'a RunId> {
        // Whichever of the two is shorter is gone through.
        let few = all.len() < self.runs.len();
        let mine = all.iter().filter(move |run| few && self.runs.binary_search(run).is_ok());
        let theirs = self.runs.iter().filter(move |run| !few && all.contains(*run));
        mine.chain(theirs)
    }
}

/// All of them.
#[derive(Debug, Default)]
pub(in crate::library) struct Prompts {
    groups: Vec<Arc<SentPrompt>>,
    by_prompt: HashMap<String, usize>,
    by_run: HashMap<RunId, usize>,
    /// Places of groups, latest first; made anew when something was sent.
    order: Option<Vec<usize>>,
}

impl Prompts {
    pub(in crate::library) fn read(db: &Connection) -> Result<Self> {
        let mut all = Self::default();
        let mut runs = jobs::runs(db)?;
        runs.reverse();
        runs.into_iter().for_each(|run| all.add(&Arc::new(run)));
        Ok(all)
    }

    /// Takes note of a run; one that is known stays as it is.
    pub(in crate::library) fn add(&mut self, run: &Arc<Run>) {
        let prompt = run.prompt.trim();
        if run.asked == 0 || prompt.is_empty() || self.by_run.contains_key(&run.id) {
            return;
        }
        let place = match self.by_prompt.get(prompt) {
            Some(place) => *place,
            None => {
                self.by_prompt.insert(prompt.to_owned(), self.groups.len());
                self.groups.push(Arc::new(SentPrompt { runs: Vec::new(), last: run.clone() }));
                self.groups.len() - 1
            }
        };
        self.by_run.insert(run.id.clone(), place);
        if let Some(group) = self.groups.get_mut(place) {
            let group = Arc::make_mut(group);
            let at = group.runs.partition_point(|known| *known < run.id);
            group.runs.insert(at, run.id.clone());
            if (run.created_ms, &run.id) >= (group.last.created_ms, &group.last.id) {
                group.last = run.clone();
            }
        }
        self.order = None;
    }

    /// Returns how many there are.
    pub(in crate::library) fn count(&self) -> usize {
        self.groups.len()
    }

    /// Returns the prompts that a search finds, latest first; only those of the `favourites`, when given.
    pub(in crate::library) fn find(
        &mut self,
        db: &Connection,
        query: &Query,
        favourites: Option<&BTreeSet<RunId>>,
        clock: &Clock,
    ) -> Result<Vec<Arc<SentPrompt>>> {
        let having = self.matching(db, query.fts().as_deref())?;
        let without = match query.fts_without() {
            Some(unwanted) => self.matching(db, Some(&unwanted))?.unwrap_or_default(),
            None => HashSet::new(),
        };
        let groups = &self.groups;
        let order = self.order.get_or_insert_with(|| {
            let mut order: Vec<usize> = (0..groups.len()).collect();
            let when = |place: &usize| groups.get(*place).map(|group| (group.last.created_ms, group.last.id.clone()));
            order.sort_by_cached_key(|place| std::cmp::Reverse(when(place)));
            order
        });
        let mut found = Vec::new();
        for place in order {
            let Some(group) = groups.get(*place) else { continue };
            let words = having.as_ref().is_none_or(|having| having.contains(place)) && !without.contains(place);
            let liked = favourites.is_none_or(|all| group.favourites(all).next().is_some());
            if words && liked && query.matches_terms(&facts(&group.last), clock) {
                found.push(group.clone());
            }
        }
        Ok(found)
    }

    /// Returns the places of the prompts that have these words; `None`: nothing is asked for.
    fn matching(&self, db: &Connection, expression: Option<&str>) -> Result<Option<HashSet<usize>>> {
        let Some(expression) = expression else { return Ok(None) };
        let mut query = db.prepare_cached("SELECT run FROM run_words WHERE run_words MATCH ?1")?;
        let mut rows = query.query([expression])?;
        let mut having = HashSet::new();
        while let Some(row) = rows.next()? {
            having.extend(self.by_run.get(row.get_ref(0)?.as_str().unwrap_or_default()));
        }
        Ok(Some(having))
    }
}

/// What a run tells without its pictures: model and time.
fn facts(run: &Run) -> Facts<'_> {
    Facts { model: run.model.as_str(), model_name: &run.model_name, created_ms: run.created_ms, ..Facts::NONE }
}
