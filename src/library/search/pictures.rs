//! Searching: what is known of every picture in compact rows, and the full-text tables for words.
//!
//! Lives on a thread of its own with a connection that only reads, so that neither the window nor the storing of
//! pictures waits for it. Invariant: a picture that the library told of is found by the next search.

use super::super::index::{pictures, read_only};
use super::super::{Picture, Result, Run, RunId};
use super::prompts::{Prompts, SentPrompt};
use crate::plan::Marks;
use crate::plan::query::{Clock, Counting, Facts, Query, Vocabulary, Word, begins_word, fold};
use fixedbitset::FixedBitSet;
use rusqlite::Connection;
use std::collections::{BTreeSet, HashMap};
use std::path::Path;
use std::sync::Arc;

/// What can be searched.
#[derive(Debug)]
pub struct SearchIndex {
    db: Connection,
    _copy: Option<tempfile::TempDir>,
    clock: Clock,
    /// By the number of the picture.
    rows: Vec<Option<Row>>,
    runs: Vec<RunRow>,
    places: HashMap<RunId, u32>,
    providers: Vec<String>,
    counting: Counting,
    /// `None`: nobody has asked for them yet.
    prompts: Option<Prompts>,
}

#[derive(Debug)]
struct RunRow {
    model: String,
    model_name: String,
    pictures: Vec<u32>,
}

/// What is known of a picture, with what is the same for many kept once.
#[derive(Debug)]
struct Row {
    run: u32,
    provider: Option<u32>,
    format: crate::picture::Format,
    has_references: bool,
    imported: bool,
    trashed: bool,
    size: Option<crate::picture::Size>,
    seed: Option<i64>,
    cost: Option<f64>,
    created_ms: i64,
    elapsed_ms: u64,
    file_stem: Box<str>,
    marks: Option<Box<Marks>>,
}

impl SearchIndex {
    /// Reads what the library in a folder holds.
    ///
    /// Errors: [`super::super::Error::Database`].
    pub fn open(dir: &Path, clock: Clock) -> Result<Self> {
        let (db, copy) = read_only::connect(dir)?;
        let mut finder = Self {
            db,
            _copy: copy,
            clock,
            rows: Vec::new(),
            runs: Vec::new(),
            places: HashMap::new(),
            providers: Vec::new(),
            counting: Counting::default(),
            prompts: None,
        };
        for run in super::super::index::jobs::runs(&finder.db)? {
            finder.add_run(&Arc::new(run));
        }
        // One by one: a hundred thousand of them at once would leave a hole in the memory that is never given back.
        let (again, _copy) = read_only::connect(dir)?;
        pictures::each(&again, "", |picture| finder.put(&picture))?;
        Ok(finder)
    }

    /// Takes note of a run; one that is known stays as it is.
    pub fn add_run(&mut self, run: &Arc<Run>) {
        if let Some(prompts) = &mut self.prompts {
            prompts.add(run);
        }
        if !self.places.contains_key(&run.id) {
            self.places.insert(run.id.clone(), u32::try_from(self.runs.len()).unwrap_or(u32::MAX));
            let (model, model_name) = (run.model.as_str().to_owned(), run.model_name.clone());
            self.runs.push(RunRow { model, model_name, pictures: Vec::new() });
        }
    }

    /// Takes note of a picture of a known run, or of what changed about it.
    pub fn put(&mut self, picture: &Picture) {
        let Some(run) = self.places.get(&picture.run).copied() else { return };
        let place = picture.number as usize;
        if self.rows.len() <= place {
            self.rows.resize_with(place + 1, || None);
        }
        self.remove_counts(place);
        if let Some(known) = self.runs.get_mut(run as usize)
            && !known.pictures.contains(&picture.number)
        {
            known.pictures.push(picture.number);
        }
        let row = Row {
            run,
            provider: picture.provider.as_ref().map(|provider| self.provider(provider)),
            format: picture.format,
            has_references: picture.has_references,
            imported: picture.is_imported(),
            trashed: picture.trashed_ms.is_some(),
            size: picture.size,
            seed: picture.seed,
            cost: picture.cost,
            created_ms: picture.created_ms,
            elapsed_ms: picture.elapsed_ms,
            file_stem: Path::new(&picture.file).file_stem().unwrap_or_default().to_string_lossy().into(),
            marks: (!picture.marks.is_empty()).then(|| Box::new(picture.marks.clone())),
        };
        if !row.trashed {
            self.counting.add(&facts(&self.runs, &self.providers, &row), &self.clock);
        }
        if let Some(held) = self.rows.get_mut(place) {
            *held = Some(row);
        }
    }

    /// Forgets everything in the trash.
    pub fn empty_trash(&mut self) {
        for row in &mut self.rows {
            if row.as_ref().is_some_and(|row| row.trashed) {
                *row = None;
            }
        }
    }

    /// Forgets the picture of a number.
    pub fn forget(&mut self, number: u32) {
        self.remove_counts(number as usize);
    }

    fn remove_counts(&mut self, place: usize) {
        let Some(row) = self.rows.get_mut(place).and_then(Option::take) else { return };
        if !row.trashed {
            self.counting.remove(&facts(&self.runs, &self.providers, &row), &self.clock);
        }
    }

    fn provider(&mut self, name: &str) -> u32 {
        let place = self.providers.iter().position(|known| known == name).unwrap_or_else(|| {
            self.providers.push(name.to_owned());
            self.providers.len() - 1
        });
        u32::try_from(place).unwrap_or(u32::MAX)
    }

    /// Returns the values that the pictures outside the trash have, with counts.
    pub fn vocabulary(&self) -> Vocabulary {
        self.counting.vocabulary()
    }

    /// Tells the day, for what is asked relative to it.
    pub fn set_clock(&mut self, clock: Clock) {
        self.clock = clock;
    }

    /// Returns the prompts that were ever sent and that a search finds, latest first, and how many there are in all;
    /// only those of the `favourites`, when given.
    pub fn find_prompts(
        &mut self,
        query: &Query,
        favourites: Option<&BTreeSet<RunId>>,
    ) -> Result<(Vec<Arc<SentPrompt>>, usize)> {
        let prompts = match &mut self.prompts {
            Some(prompts) => prompts,
            None => self.prompts.insert(Prompts::read(&self.db)?),
        };
        Ok((prompts.find(&self.db, query, favourites, &self.clock)?, prompts.count()))
    }

    /// Returns the numbers of the pictures that a search finds, in the trash and out of it, and how many are out of it.
    pub fn find(&self, query: &Query) -> Result<(FixedBitSet, usize)> {
        let mut found = FixedBitSet::with_capacity(self.rows.len());
        for (number, row) in self.rows.iter().enumerate() {
            found.set(number, row.is_some());
        }
        for word in &query.words {
            let Some(having) = self.matching(word)? else { continue };
            if word.negated { found.difference_with(&having) } else { found.intersect_with(&having) }
        }
        let mut count = 0;
        for number in found.ones().collect::<Vec<_>>() {
            let Some(Some(row)) = self.rows.get(number) else { continue };
            let fits = query.matches_terms(&facts(&self.runs, &self.providers, row), &self.clock);
            found.set(number, fits);
            count += usize::from(fits && !row.trashed);
        }
        Ok((found, count))
    }

    /// Returns the pictures that a word is about: in the prompt, the model, the provider, a tag, a collection or the
    /// name of a file that has its own name. `None`: the word is empty.
    fn matching(&self, word: &Word) -> Result<Option<FixedBitSet>> {
        let alone = Query { words: vec![Word { negated: false, ..word.clone() }], terms: Vec::new() };
        let Some(expression) = alone.fts() else { return Ok(None) };
        let mut having = FixedBitSet::with_capacity(self.rows.len());
        let mut runs = self.db.prepare_cached("SELECT run FROM run_words WHERE run_words MATCH ?1")?;
        let mut rows = runs.query([&expression])?;
        while let Some(row) = rows.next()? {
            let run: &str = row.get_ref(0)?.as_str().unwrap_or_default();
            let place = self.places.get(run);
            let run = place.and_then(|place| self.runs.get(*place as usize));
            run.into_iter().flat_map(|run| &run.pictures).for_each(|number| having.insert(*number as usize));
        }
        let mut files = self.db.prepare_cached("SELECT rowid FROM file_words WHERE file_words MATCH ?1")?;
        let mut rows = files.query([&expression])?;
        while let Some(row) = rows.next()? {
            let number: i64 = row.get(0)?;
            if let Some(number) = usize::try_from(number).ok().filter(|number| *number < having.len()) {
                having.insert(number);
            }
        }
        let wanted = fold(&word.text.text);
        let fits = |name: &str| begins_word(&fold(name), &wanted);
        let providers: Vec<bool> = self.providers.iter().map(|name| fits(name)).collect();
        // There are few names, on many pictures.
        let mut judged: HashMap<&str, bool> = HashMap::new();
        for (number, row) in self.rows.iter().enumerate() {
            let Some(row) = row else { continue };
            let provider = row.provider.and_then(|place| providers.get(place as usize)) == Some(&true);
            let mut names = row.marks.iter().flat_map(|marks| marks.tags.iter().chain(&marks.collections));
            if provider || names.any(|name| *judged.entry(name).or_insert_with(|| fits(name))) {
                having.insert(number);
            }
        }
        Ok(Some(having))
    }
}

fn facts<'a>(runs: &'a [RunRow], providers: &'a [String], row: &'a Row) -> Facts<'a> {
    let run = runs.get(row.run as usize);
    let marks = row.marks.as_deref();
    Facts {
        model: run.map_or("", |run| run.model.as_str()),
        model_name: run.map_or("", |run| run.model_name.as_str()),
        provider: row.provider.and_then(|place| providers.get(place as usize)).map(String::as_str),
        seed: row.seed,
        stars: marks.map_or(0, |marks| marks.stars),
        flag: marks.and_then(|marks| marks.flag),
        label: marks.and_then(|marks| marks.label),
        tags: marks.map_or(&[], |marks| marks.tags.as_slice()),
        collections: marks.map_or(&[], |marks| marks.collections.as_slice()),
        cost: row.cost,
        size: row.size,
        format: row.format,
        has_references: row.has_references,
        created_ms: row.created_ms,
        elapsed_ms: (!row.imported).then_some(row.elapsed_ms),
        file_stem: &row.file_stem,
        imported: row.imported,
        trashed: row.trashed,
    }
}
