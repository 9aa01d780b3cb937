//! Tests of the library as a whole, on a real folder. What they share is here.

mod damaged;
mod drives;
mod edits;
mod finding;
mod following;
mod history;
mod journal;
mod keeping;
mod kept;
mod lineage;
mod lives;
mod moving;
mod partials;
mod power;
mod reading;
mod rebuilding;
mod recovering;
mod scale;
mod search;
mod simulation;
mod store;
mod trash;
mod unread;
mod vanishing;

use super::folder::paths::sidecar_path;
use super::folder::storage::Fault;
use super::*;
use crate::api::ModelId;
use crate::picture::{Flaw, Format, Size};
use crate::plan::Marks;
use serde_json::json;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

const SIZE: Option<Size> = Some(Size { width: 64, height: 32 });

/// Makes an empty folder, in memory where the system offers that: fsync is not what these tests look at.
pub(crate) fn folder() -> tempfile::TempDir {
    let memory = Path::new("/dev/shm");
    if memory.is_dir() { tempfile::tempdir_in(memory).unwrap() } else { tempfile::tempdir().unwrap() }
}

fn run() -> Run {
    Run {
        id: RunId::new(),
        created_ms: 1_795_000_000_000,
        model: ModelId::new("demo/fox"),
        model_name: "Fox".into(),
        prompt: "a red fox".into(),
        settings: "2:1".into(),
        asked: 4,
        aspect: None,
    }
}

fn job(run: &Run, position: u32, asked: u32) -> Job {
    let context = RecipeContext {
        model_name: "Fox".into(),
        endpoints: vec![json!({"provider_name": "Demo"})],
        app_version: "0.1.0".into(),
        ..RecipeContext::default()
    };
    let request = json!({"model": "demo/fox", "prompt": run.prompt, "n": asked});
    Job { id: JobId::new(), run: run.id.clone(), position, asked, request, context, state: JobState::Queued }
}

fn recipe(job: &Job, position: u32) -> Recipe {
    Recipe {
        version: 1,
        id: PictureId::new(),
        run: job.run.clone(),
        job: job.id.clone(),
        position,
        request: job.request.clone(),
        context: job.context.clone(),
        provider: Some("Demo".into()),
        generation_id: None,
        usage: None,
        cost: Some(0.25),
        created_ms: 1_795_000_000_000,
        elapsed_ms: 1_500,
        asked: job.asked,
        arrived: job.asked,
        media_type: String::new(),
        hash: String::new(),
        bytes: 0,
        size: None,
        flaw: None,
    }
}

pub(crate) fn some_recipe() -> Recipe {
    recipe(&job(&run(), 0, 1), 0)
}

/// Contents that tell pictures apart; the library never decodes.
fn bytes(number: u8) -> Vec<u8> {
    [b"picture ".as_slice(), &[number; 100]].concat()
}

fn store(library: &mut Library, recipe: &Recipe, bytes: &[u8]) -> Picture {
    library.ingest(NewPicture { recipe: recipe.clone(), bytes, format: Some(Format::Png), size: SIZE }).unwrap()
}

/// A library with one run of `count` pictures, newest first.
fn filled(folder: &Path, count: u8) -> (Library, Vec<Picture>) {
    let mut library = Library::open(folder).unwrap();
    let run = run();
    let job = job(&run, 0, count.into());
    library.add_run(&run, std::slice::from_ref(&job)).unwrap();
    for number in 0..count {
        store(&mut library, &recipe(&job, number.into()), &bytes(number));
    }
    let pictures = library.pictures().unwrap();
    (library, pictures)
}

/// Every file below a folder.
pub(crate) fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found.sort();
    found
}

/// Leaves in a library what a kill leaves: a buffered job of one picture whose bytes are safe, a streamed one of two of
/// which one is kept, and a received one; none of it indexed. Returns the contents.
pub(crate) fn interrupted(folder: &Path) -> BTreeSet<String> {
    /// Until the bytes are safe in `incoming/`.
    const SAFE: u32 = 12;
    let mut library = Library::open(folder).unwrap();
    let run = Run { prompt: "left".into(), ..run() };
    let mut jobs = [job(&run, 0, 1), job(&run, 1, 2), job(&run, 2, 1)];
    jobs[1].request["stream"] = true.into();
    library.add_run(&run, &jobs).unwrap();
    let mut left = BTreeSet::new();
    for (number, job) in (40..).zip(&jobs) {
        library.mark_sent(&job.id, None).unwrap();
        let faults = library.faults();
        if job.position == 0 {
            faults.after(SAFE, Fault::Stop);
        }
        let content = bytes(number);
        let kept = library.stage(&recipe(job, 0), &content, Some(Format::Png));
        assert_eq!(kept.is_ok(), job.position > 0, "{kept:?}");
        faults.free();
        left.insert(content_hash(&content));
    }
    library.set_job_state(&jobs[2].id, &JobState::Received).unwrap();
    left
}

/// Copies a folder with everything in it.
pub(crate) fn copy_all(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).unwrap();
    for path in files(from) {
        let target = to.join(path.strip_prefix(from).unwrap());
        std::fs::create_dir_all(target.parent().unwrap()).unwrap();
        std::fs::copy(&path, &target).unwrap();
    }
}

/// What must hold whenever a library is at rest: index and folder tell the same, and nothing is half done.
fn check(library: &Library) {
    let mut expected = Vec::new();
    for picture in library.pictures().unwrap().into_iter().chain(library.trashed().unwrap()) {
        let path = library.picture_path(&picture);
        let place = if picture.trashed_ms.is_some() { "trash/" } else { "pictures/" };
        assert!(picture.file.starts_with(place), "{}", picture.file);
        assert_eq!(content_hash(&std::fs::read(&path).unwrap()), picture.hash, "{}", picture.file);
        let side: Recipe = serde_json::from_slice(&std::fs::read(sidecar_path(&path)).unwrap()).unwrap();
        assert_eq!((&side.id, &side.hash, side.size), (&picture.id, &picture.hash, picture.size));
        assert_eq!(library.recipe(&picture.id).unwrap(), side);
        assert_eq!(super::index::pictures::recipe_copy(&library.db, &picture.id).unwrap(), Some(side));
        expected.extend([sidecar_path(&path), path]);
    }
    expected.sort();
    let mut found = files(&library.dir().join("pictures"));
    found.extend(files(&library.dir().join("trash")));
    found.sort();
    assert_eq!(found, expected);
    let waiting = files(&library.dir().join("incoming"));
    assert!(waiting.iter().all(|path| path.parent().unwrap().ends_with("incoming/leftovers")), "{waiting:?}");
}
