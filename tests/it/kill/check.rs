//! What must be true of a library after a kill: before anything has looked at it, and after the next start.

use super::ledger::{Known, Ledger, Place};
use super::server::{Book, marker_of};
use easel::library::{Job, JobState, Library, Picture, Recipe, content_hash, reference_path};
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// What was found, for the counts.
#[derive(Debug, Default)]
pub struct Found {
    /// Jobs by their state as the journal has it, before and after the recovery.
    pub before: BTreeMap<&'static str, u32>,
    pub after: BTreeMap<String, u32>,
    /// Pictures whose bytes were safe but whose rows were not.
    pub arrivals: usize,
    pub pictures: usize,
    pub leftovers: usize,
}

/// A job as the journal has it.
struct Row {
    id: String,
    state: String,
    asked: usize,
    marker: String,
}

/// What a kill left.
struct Left {
    received: BTreeSet<String>,
    jobs: BTreeMap<String, JobState>,
}

/// Looks at what a kill left, starts the library again as the next start does, and looks at what that made of it.
///
/// `all`: every picture is looked into, else only those that are new or may have changed, and some others.
pub fn check(dir: &Path, ledger: &mut Ledger, book: &Book, round: u32, all: bool) -> Found {
    let mut found = Found::default();
    nothing_half(dir, book, ledger, all);
    let mut library = Library::open(dir).expect("it opens");
    let left = left(dir, &library, book);
    found.arrivals = left.received.len();
    for state in left.jobs.values() {
        *found.before.entry(state.word()).or_default() += 1;
    }
    let recovered = library.recover().expect("it recovers");
    for id in &left.received {
        let picture = library.pictures().unwrap().into_iter().any(|picture| picture.id.0 == *id);
        assert!(picture, "{id} had been received and is missing");
    }
    assert_eq!(recovered.leftovers.len(), recovered.leftovers.iter().filter(|path| path.is_file()).count());
    let rows = rows(dir);
    jobs(&library, &rows, &left, ledger, book, round);
    found.pictures = pictures(&library, &rows, ledger, book, all);
    for row in rows {
        *found.after.entry(row.state).or_default() += 1;
    }
    found.leftovers = leftovers(dir, ledger, book);
    let setting = library.setting("kill").unwrap().and_then(|value| value.as_u64()).unwrap_or(0);
    assert!((ledger.setting.0..=ledger.setting.1).contains(&setting), "{setting} is not in {:?}", ledger.setting);
    ledger.setting = (setting, setting);
    for hash in &ledger.references {
        let path = reference_path(dir, hash).expect("the reference is there");
        assert_eq!(content_hash(&std::fs::read(path).unwrap()), *hash);
    }
    let again = library.recover().expect("it recovers again");
    assert_eq!((again.received.len(), again.unknown.len(), again.leftovers.len()), (0, 0, 0));
    found
}

/// Every file below a folder, which may not be there yet.
fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).into_iter().flatten() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Whatever lies where people look is whole, even before the next start.
fn nothing_half(dir: &Path, book: &Book, ledger: &Ledger, all: bool) {
    let sent = |hash: &str| book.values().any(|entry| entry.knows(hash));
    let old: BTreeSet<&str> = ledger.pictures.keys().map(|id| &id[id.len() - 4..]).collect();
    for path in ["pictures", "trash"].into_iter().flat_map(|folder| files(&dir.join(folder))) {
        let stem = path.file_stem().unwrap().to_string_lossy().to_uppercase();
        // Looking into all of them every time would take too long.
        let skip = !all && old.iter().any(|id| stem.ends_with(id)) && fastrand::u32(0..8) > 0;
        if skip {
            continue;
        }
        let bytes = std::fs::read(&path).unwrap();
        match path.extension().and_then(|extension| extension.to_str()) {
            Some("json") => assert!(serde_json::from_slice::<Recipe>(&bytes).is_ok(), "half a recipe: {path:?}"),
            Some("png") => assert!(sent(&content_hash(&bytes)), "half a picture: {path:?}"),
            _ => panic!("what is this: {path:?}"),
        }
    }
}

/// Which pictures have been received: their bytes are whole on disk, with the word what they are.
fn left(dir: &Path, library: &Library, book: &Book) -> Left {
    let mut received = BTreeSet::new();
    for path in files(&dir.join("incoming")).iter().filter(|path| path.extension().is_some_and(|one| one == "json")) {
        let Ok(arrival) = serde_json::from_slice::<Value>(&std::fs::read(path).unwrap()) else { continue };
        let (Some(file), Some(hash)) = (arrival["file"].as_str(), arrival["recipe"]["hash"].as_str()) else { continue };
        let holds = |path: &Path| std::fs::read(path).is_ok_and(|bytes| content_hash(&bytes) == hash);
        if holds(&path.with_extension("bytes")) || holds(&dir.join(file)) {
            assert!(book.values().any(|entry| entry.knows(hash)));
            received.insert(arrival["recipe"]["id"].as_str().unwrap().to_owned());
        }
    }
    // One may be indexed and on its way to the trash already; the kill came before its arrival was cleared away.
    received.retain(|id| library.trashed().unwrap().iter().all(|picture| picture.id.0 != *id));
    let jobs = library.open_jobs().unwrap().into_iter().map(|(_, Job { id, state, .. })| (id.0, state)).collect();
    Left { received, jobs }
}

fn rows(dir: &Path) -> Vec<Row> {
    let db = rusqlite::Connection::open(dir.join("easel.db")).unwrap();
    let mut query = db.prepare("SELECT id, state, asked, request FROM jobs").unwrap();
    let row = |row: &rusqlite::Row<'_>| {
        let request: Value = serde_json::from_str(&row.get::<_, String>(3)?).unwrap();
        let marker = marker_of(request["prompt"].as_str().unwrap());
        Ok(Row { id: row.get(0)?, state: row.get(1)?, asked: row.get::<_, u32>(2)? as usize, marker })
    };
    query.query_map([], row).unwrap().map(Result::unwrap).collect()
}

fn jobs(library: &Library, rows: &[Row], left: &Left, ledger: &mut Ledger, book: &Book, round: u32) {
    let mut of_marker: BTreeMap<&str, Vec<&Row>> = BTreeMap::new();
    for row in rows {
        of_marker.entry(&row.marker).or_default().push(row);
        let is_sensible = ["queued", "stored", "failed", "cancelled", "unknown"].contains(&row.state.as_str());
        assert!(is_sensible, "after a start job {} is {}", row.id, row.state);
        match left.jobs.get(&row.id) {
            None => {}
            Some(JobState::Sent | JobState::Receiving) => {
                assert!(["stored", "failed", "unknown"].contains(&row.state.as_str()), "{}", row.state);
            }
            Some(JobState::Received) => assert!(["stored", "failed"].contains(&row.state.as_str()), "{}", row.state),
            Some(state) => assert_eq!(state.word(), row.state, "what was over or waiting stays so"),
        }
    }
    let known: BTreeSet<String> = rows.iter().map(|row| row.id.clone()).collect();
    let lost: Vec<_> = ledger.jobs.difference(&known).collect();
    assert!(lost.is_empty(), "jobs were lost: {lost:?}");
    ledger.jobs = known;
    for marker in &ledger.added {
        assert!(of_marker.contains_key(marker.as_str()), "{marker} was told to be in the journal");
    }
    for (marker, entry) in book {
        let jobs = of_marker.get(marker.as_str()).map(Vec::as_slice).unwrap_or_default();
        let sent = jobs.iter().filter(|job| job.state != "queued").count();
        assert!(entry.accepted.len() <= sent, "{marker} was sent {:?}, but the journal has {sent}", entry.accepted);
        let asked = 1 + ledger.again.get(marker).copied().unwrap_or(0) as usize;
        assert!(entry.accepted.len() <= asked, "{marker} was sent {:?}, asked for {asked} times", entry.accepted);
        let by_itself = entry.accepted.contains(&round) && !ledger.allowed.contains(marker);
        assert!(!by_itself, "{marker} was sent by itself in round {round}");
    }
    for (_, job) in library.open_jobs().unwrap() {
        assert!(job.request["prompt"].is_string(), "the request is kept");
    }
}

/// Compares every picture with what was told and sent; returns how many there are.
fn pictures(library: &Library, rows: &[Row], ledger: &mut Ledger, book: &Book, all: bool) -> usize {
    let (here, trashed) = (library.pictures().unwrap(), library.trashed().unwrap());
    let stale = stale(library.dir());
    let markers: BTreeMap<&str, &str> = rows.iter().map(|row| (row.id.as_str(), row.marker.as_str())).collect();
    let mut seen = BTreeSet::new();
    let mut expected = Vec::new();
    let places = here.iter().map(|one| (one, Place::Pictures)).chain(trashed.iter().map(|one| (one, Place::Trash)));
    for (picture, place) in places {
        let marker = markers.get(picture.job.0.as_str()).expect("its job is in the journal");
        assert!(book[*marker].knows(&picture.hash), "{} is not what {marker} was answered", picture.id.0);
        ledger.of_job.entry(picture.job.0.clone()).or_default().insert(picture.id.0.clone());
        let is_new = !ledger.pictures.contains_key(&picture.id.0);
        let mut known = ledger.pictures.remove(&picture.id.0).unwrap_or_else(|| Known::new(&picture.hash, place));
        let places = ledger.places(&picture.id.0, &known);
        assert!(places.contains(&place), "{} is in {place:?} instead of {places:?}", picture.id.0);
        assert_eq!(known.hash, picture.hash);
        let stars = picture.marks.stars;
        assert!(known.stars == stars || known.stars_asked.contains(&stars), "{stars} stars: {known:?}");
        let changed = places.len() > 1 || !known.stars_asked.is_empty();
        (known.place, known.stars) = (place, stars);
        known.stars_asked.clear();
        ledger.pictures.insert(picture.id.0.clone(), known);
        if all || is_new || changed || fastrand::u32(0..8) == 0 {
            whole(library, picture, stale.contains(&picture.id.0));
        }
        seen.insert(picture.id.0.clone());
        let path = library.picture_path(picture);
        expected.extend([path.with_extension("json"), path]);
    }
    for id in ledger.pictures.keys().filter(|id| !seen.contains(*id)).cloned().collect::<Vec<_>>() {
        let places = ledger.places(&id, &ledger.pictures[&id]);
        assert!(places.contains(&Place::Gone), "{id} is missing; it should be in {places:?}");
        ledger.pictures.get_mut(&id).unwrap().place = Place::Gone;
    }
    expected.sort();
    let folders = ["pictures", "trash"].map(|folder| files(&library.dir().join(folder)));
    let mut on_disk = folders.concat();
    on_disk.sort();
    assert_eq!(on_disk, expected, "index and folder tell the same");
    for row in rows.iter().filter(|row| row.state == "stored") {
        let pictures = ledger.of_job.get(&row.id).map_or(0, BTreeSet::len);
        assert_eq!(pictures, row.asked, "job {} says that all its pictures are stored", row.id);
    }
    seen.len()
}

/// The file, its sidecar and the index say the same of a picture.
fn whole(library: &Library, picture: &Picture, stale: bool) {
    let path = library.picture_path(picture);
    assert_eq!(content_hash(&std::fs::read(&path).unwrap()), picture.hash, "{}", picture.file);
    let side: Value = serde_json::from_slice(&std::fs::read(path.with_extension("json")).unwrap()).unwrap();
    assert_eq!(side["id"], picture.id.0.as_str(), "{}", picture.file);
    assert_eq!(side["hash"], picture.hash.as_str(), "{}", picture.file);
    let stars = side["marks"]["stars"].as_u64().unwrap_or(0);
    assert!(stale || stars == u64::from(picture.marks.stars), "{} stars: {side}", picture.marks.stars);
    assert!(library.recipe(&picture.id).is_ok());
}

/// Pictures whose sidecars are noted to be behind.
fn stale(dir: &Path) -> BTreeSet<String> {
    let db = rusqlite::Connection::open(dir.join("easel.db")).unwrap();
    let mut query = db.prepare("SELECT picture FROM stale_sides").unwrap();
    query.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
}

/// Nothing waits any more, and what was put aside is no picture that the library should have.
fn leftovers(dir: &Path, ledger: &Ledger, book: &Book) -> usize {
    let mut waiting = files(&dir.join("incoming"));
    // What nobody could read stays where it is.
    waiting.retain(|path| !path.parent().unwrap().ends_with("incoming/unread"));
    for path in &waiting {
        assert!(path.parent().unwrap().ends_with("incoming/leftovers"), "still waiting: {path:?}");
        let hash = content_hash(&std::fs::read(path).unwrap());
        let sent = book.values().any(|entry| entry.hashes.contains(&hash));
        let known = ledger.pictures.values().any(|known| known.hash == hash);
        assert!(!sent || known, "a whole picture was put aside: {path:?}");
    }
    waiting.len()
}
