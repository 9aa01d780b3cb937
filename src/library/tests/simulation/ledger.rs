//! What was received, what is owed by that, and what must be true of a library that has started.

use super::orders::Delivery;
use super::*;
use std::collections::{BTreeMap, HashMap};
use std::fs;

/// What the library owes.
#[derive(Default)]
pub(super) struct Ledger {
    pub(super) deliveries: Vec<Delivery>,
    /// Those whose bytes are safe, or were said to be.
    owed: BTreeSet<PictureId>,
    /// Thrown away for good, or about to be.
    gone: BTreeSet<PictureId>,
    /// How many stars a picture may have.
    stars: BTreeMap<PictureId, Vec<u8>>,
    pub(super) unread: Vec<(Job, Vec<u8>)>,
    unread_owed: BTreeSet<JobId>,
    /// Somebody else was at the folder.
    pub(super) strange: bool,
    pub(super) strangers: usize,
}

impl Ledger {
    /// Takes a delivery in, as far as the library lets it.
    pub(super) fn receive(&mut self, library: &mut Library, number: usize) -> Result<()> {
        let delivery = &mut self.deliveries[number];
        let (id, known) = (delivery.recipe.id.clone(), library.picture(&delivery.recipe.id)?.is_some());
        if self.gone.contains(&id) && !known {
            return Ok(());
        }
        let job = delivery.job.clone();
        // After a start nobody goes on with a job; its picture is stored again.
        let state = job.as_ref().and_then(|job| word_of(library, &job.id));
        let goes_on = job.is_some() && matches!(state.as_deref(), None | Some("queued" | "sent" | "received"));
        if delivery.stage == 0 || library.run(&delivery.run.id)?.is_none() {
            library.add_run(&delivery.run, job.as_slice())?;
            delivery.stage = 1;
        }
        if let Some(job) = job.as_ref().filter(|_| goes_on && delivery.stage == 1) {
            library.mark_sent(&job.id, None)?;
        }
        delivery.stage = delivery.stage.max(2);
        let kept = library.stage(&delivery.recipe, &delivery.content, Some(Format::Png))?;
        delivery.stage = delivery.stage.max(3);
        self.owed.insert(id.clone());
        self.gone.remove(&id);
        if let Some(job) = job.as_ref().filter(|_| goes_on && state.as_deref() != Some("received")) {
            library.set_job_state(&job.id, &JobState::Received)?;
        }
        if !known {
            library.commit(&kept, delivery.size)?;
        }
        if let Some(job) = job.as_ref().filter(|_| goes_on) {
            library.set_job_state(&job.id, &JobState::Stored)?;
            delivery.stage = 9;
        }
        Ok(())
    }

    /// Keeps an answer that nobody can read.
    pub(super) fn keep_unread(&mut self, library: &mut Library, number: usize) -> Result<()> {
        let (job, body) = &self.unread[number];
        let answer = UnreadAnswer { content_type: String::new(), reason: String::new(), recipe: Recipe::of(job) };
        library.keep_unread(&answer, body)?;
        self.unread_owed.insert(job.id.clone());
        Ok(())
    }

    pub(super) fn mark(&mut self, library: &mut Library, ids: &[PictureId], stars: u8) -> Result<()> {
        let known: Vec<_> = ids.iter().filter(|id| library.picture(id).unwrap().is_some()).cloned().collect();
        for id in &known {
            self.stars.entry(id.clone()).or_insert_with(|| vec![0]).push(stars);
        }
        library.edit(&Edit::Mark { ids: known.clone(), change: MarkChange::Stars(stars) })?;
        for id in known {
            self.stars.insert(id, vec![stars]);
        }
        Ok(())
    }

    /// The trash is about to be emptied.
    pub(super) fn may_go(&mut self, library: &Library) {
        self.gone.extend(library.trashed().unwrap().into_iter().map(|picture| picture.id));
        // No card offers them.
        self.unread_owed.clear();
    }

    /// Looks for what was received: what is safe now must stay so, and what was safe must be there.
    pub(super) fn look(&mut self, dir: &Path, faults: &Faults) {
        let mut found: HashMap<Vec<u8>, usize> = HashMap::new();
        let mut safe = BTreeSet::new();
        for path in ["incoming", "pictures", "trash"].into_iter().flat_map(|folder| files(&dir.join(folder))) {
            if path.extension().is_none_or(|ending| ending != "part" && ending != "json") {
                let content = fs::read(&path).unwrap();
                let name = path.file_stem().unwrap().to_string_lossy().into_owned();
                let owner =
                    |one: &&Delivery| one.content == content && (one.recipe.id.0 == name || is_beside(&path, one));
                let is_sure = faults.is_sure(&path);
                safe.extend(self.deliveries.iter().find(owner).filter(|_| is_sure).map(|one| one.recipe.id.clone()));
                *found.entry(content).or_default() += 1;
            }
        }
        for (job, body) in &self.unread {
            assert!(!self.unread_owed.contains(&job.id) || found.contains_key(body), "an answer is lost");
        }
        // Each picture wants a file of its own.
        let is_owed = |one: &&Delivery| self.owed.contains(&one.recipe.id) && !self.gone.contains(&one.recipe.id);
        for delivery in self.deliveries.iter().filter(is_owed) {
            let left = found.get_mut(&delivery.content).filter(|left| **left > 0);
            assert!(left.is_some(), "lost: {}", delivery.recipe.id.0);
            *left.unwrap() -= 1;
        }
        self.owed.extend(safe);
    }

    /// Compares a library that has started with what it owes.
    pub(super) fn compare(&mut self, library: &mut Library) {
        let dir = library.dir().to_owned();
        self.look(&dir, &library.faults());
        let known: Vec<Picture> = library.pictures().unwrap().into_iter().chain(library.trashed().unwrap()).collect();
        let checked = library.verify(Repair::No, |_| true).unwrap();
        let named: Vec<String> = checked.findings.iter().map(|(finding, _)| finding.to_string()).collect();
        let is_named = |file: &str| named.iter().any(|line| line.contains(file));
        let mut places = BTreeSet::new();
        for picture in &known {
            assert!(places.insert(picture.file.clone()), "two pictures have one file: {}", picture.file);
            assert_eq!(picture.trashed_ms.is_some(), picture.file.starts_with("trash/"), "{}", picture.file);
            assert!(
                library.recipe(&picture.id).is_ok_and(|recipe| recipe.hash == picture.hash),
                "recipe of {}",
                picture.file
            );
            let whole = fs::read(library.picture_path(picture)).is_ok_and(|bytes| content_hash(&bytes) == picture.hash);
            assert!(whole || is_named(&picture.file), "not where the index says, and nobody says so: {}", picture.file);
            assert!(whole || self.strange || self.gone.contains(&picture.id), "not in its place: {}", picture.file);
            let stars = self.stars.entry(picture.id.clone()).or_insert_with(|| vec![0]);
            assert!(
                stars.contains(&picture.marks.stars),
                "{} has {} stars of {stars:?}",
                picture.file,
                picture.marks.stars
            );
            *stars = vec![picture.marks.stars];
            if whole {
                self.gone.remove(&picture.id);
                self.owed.insert(picture.id.clone());
            }
        }
        // Files that hold something received and are not in the index under that name.
        for path in ["incoming", "pictures", "trash"].into_iter().flat_map(|folder| files(&dir.join(folder))) {
            let file = path.strip_prefix(&dir).unwrap().to_string_lossy().into_owned();
            let content = fs::read(&path).unwrap();
            if !places.contains(&file) && self.deliveries.iter().any(|one| one.content == content) {
                // Left by a move that was cut short, and forgotten with the index that knew of it.
                let is_copy = known.iter().any(|picture| picture.hash == content_hash(&content));
                assert!(is_named(&file), "a file that nobody names: {file}");
                assert!(
                    is_copy || self.strange || file.starts_with("incoming/leftovers/") || self.may_come_back(&content),
                    "{file}"
                );
            }
        }
        for delivery in self.deliveries.iter().filter(|one| self.owed.contains(&one.recipe.id)) {
            let id = &delivery.recipe.id;
            let in_index = known.iter().any(|picture| picture.id == *id);
            assert!(in_index || self.strange || self.gone.contains(id), "not in the index: {}", id.0);
        }
        self.compare_jobs(library);
        let spent = library.spent_since(0).unwrap().pictures as usize;
        let paid = known.iter().filter(|picture| picture.job != JobId::imported()).count();
        let asked = self.deliveries.iter().filter(|one| one.job.is_some()).count();
        assert!(spent >= paid && spent <= asked, "{spent} were paid for, of {paid} to {asked}");
    }

    /// A removal that was not fsynced.
    fn may_come_back(&self, content: &[u8]) -> bool {
        self.deliveries.iter().any(|one| one.content == content && self.gone.contains(&one.recipe.id))
    }

    fn compare_jobs(&self, library: &Library) {
        for delivery in &self.deliveries {
            let Some(job) = &delivery.job else { continue };
            let word = word_of(library, &job.id);
            let expected: &[&str] = match delivery.stage {
                0 | 1 => &["queued", "unknown", "stored", "failed"],
                9 => &["stored"],
                _ => &["unknown", "stored", "failed"],
            };
            assert!(
                word.as_deref().map_or(delivery.stage == 0, |word| expected.contains(&word)),
                "a job at {} is {word:?}",
                delivery.stage
            );
        }
    }
}

fn word_of(library: &Library, job: &JobId) -> Option<String> {
    library.db.query_row("SELECT state FROM jobs WHERE id = ?1", [&job.0], |row| row.get(0)).ok()
}

/// Says whether the recipe beside a file is that of a delivery.
fn is_beside(path: &Path, delivery: &Delivery) -> bool {
    super::super::super::folder::sidecar::read_sidecar(&sidecar_path(path), &delivery.recipe.id).is_some()
}

/// Everything that a start could change: files with their contents, and the tables.
pub(super) fn state(library: &Library) -> Vec<String> {
    let mut state = Vec::new();
    for path in files(library.dir()) {
        let name = path.strip_prefix(library.dir()).unwrap().to_string_lossy().into_owned();
        if !name.starts_with("easel") {
            state.push(format!("{name}: {}", content_hash(&fs::read(&path).unwrap())));
        }
    }
    for table in ["pictures", "jobs", "runs", "moves", "stale_sides", "recipes", "charges", "origins"] {
        let mut query = library.db.prepare(&format!("SELECT * FROM {table}")).unwrap();
        let columns = query.column_count();
        let rows = query.query_map([], |row| {
            (0..columns).map(|at| row.get::<_, rusqlite::types::Value>(at)).collect::<rusqlite::Result<Vec<_>>>()
        });
        state.extend(rows.unwrap().map(|row| format!("{table}: {:?}", row.unwrap())));
    }
    state
}
