//! What came on the way to a picture: read again when somebody looks, made a picture of its own when somebody wants it.
//!
//! Invariant: a partial that becomes a picture goes the way of every other picture.

use super::DiskError;
use super::disk::Disk;
use super::jobs::Unsaved;
use super::jobs::{Jobs, LiveJob};
use super::message::{Event, Notice, WhichPartial};
use super::report::Reports;
use crate::library::{
    self, Job, Partial, PartialOf, Partials, Picture, PictureId, Recipe, RecipeContext, Run, content_hash,
    last_partials, partials,
};
use crate::picture::close_partial;
use crate::plan::Origin;
use std::path::Path;
use std::sync::Arc;
use tokio::sync::Mutex;

/// Tells what came on the way to a picture, in the background: after all of it has been written.
pub(super) fn load_partials(disk: Disk, reports: Reports, id: PictureId) {
    tokio::spawn(async move {
        if let Some(event) = load(&disk, id).await {
            reports.event(event);
        }
    });
}

/// Makes a partial a picture of its own, in the background. `turn`: one by one, so that each finds what the one before
/// has made.
pub(super) fn keep_partial(disk: Disk, reports: Reports, jobs: &Jobs, turn: Arc<Mutex<()>>, which: WhichPartial) {
    let ended = match &which {
        WhichPartial::Last(job) => jobs.list().get(job).map(Ended::of),
        WhichPartial::Of { .. } => None,
    };
    tokio::spawn(async move {
        let _turn = turn.lock().await;
        let events = match keep(&disk, which, ended).await {
            Ok(Made::New(picture, run)) => {
                let id = picture.id.clone();
                vec![Event::Stored { picture, run: Arc::new(run) }, Event::PartialKept(id)]
            }
            Ok(Made::Before(id)) => vec![Event::PartialWasKept(id)],
            Err(notice) => vec![Event::Notice(notice)],
        };
        for event in events {
            reports.event(event);
        }
    });
}

/// Reads what came on the way to a picture; `None`: the picture went away, and nobody looks at it any more.
async fn load(disk: &Disk, id: PictureId) -> Option<Event> {
    let wanted = id.clone();
    let way = match disk.call_later(move |library| library.partials_of(&wanted)).await {
        Ok(way) => way,
        Err(DiskError::Library(error)) if matches!(*error, library::Error::Missing { .. }) => return None,
        Err(error) => return Some(Event::Notice(Notice::LibraryFailed(error))),
    };
    let dir = disk.dir().to_owned();
    let read = tokio::task::spawn_blocking(move || {
        way.map_or(Ok(Partials::default()), |(job, place)| partials(&dir, &job, place))
    });
    let partials = match read.await {
        Ok(Ok(partials)) => partials,
        Ok(Err(error)) => {
            log::warn!("partials could not be read: {error}");
            Partials::default()
        }
        Err(error) => {
            log::warn!("partials could not be read: {error}");
            Partials::default()
        }
    };
    Some(Event::Partials { id, partials: Arc::new(partials) })
}

/// The picture that a partial is now.
#[derive(Debug)]
enum Made {
    New(Box<Picture>, Run),
    /// It was one already.
    Before(PictureId),
}

/// Finds a partial, gives it a recipe and stores it, unless it is a picture already.
async fn keep(disk: &Disk, which: WhichPartial, ended: Option<Ended>) -> Result<Made, Notice> {
    let failed = Notice::LibraryFailed;
    let (recipe, place) = match which {
        WhichPartial::Of { picture, step } => {
            let found = disk.call(move |library| Ok((library.recipe(&picture)?, library.partials_of(&picture)?)));
            let (recipe, way) = found.await.map_err(failed)?;
            let (_, place) = way.ok_or(Notice::PartialGone)?;
            let finished = Origin { picture: recipe.id.0.clone(), hash: recipe.hash.clone() };
            let context =
                RecipeContext { partial: Some(PartialOf { number: 0, finished: Some(finished) }), ..recipe.context };
            // It was paid with what it became.
            let recipe = Recipe { id: PictureId::new(), context, usage: None, cost: Some(0.0), size: None, ..recipe };
            (recipe, Place::Step { place, step })
        }
        WhichPartial::Last(_) => {
            let Ended { job, provider, arrived } = ended.ok_or(Notice::PartialGone)?;
            let recipe = Recipe::of(&job);
            let context = RecipeContext { partial: Some(PartialOf { number: 0, finished: None }), ..recipe.context };
            (Recipe { context, provider, ..recipe }, Place::Last { arrived })
        }
    };
    let (dir, run) = (disk.dir().to_owned(), recipe.run.clone());
    let read = tokio::task::spawn_blocking(move || read(&dir, recipe, &place)).await;
    let read = read.map_err(|_| Notice::PartialGone)?;
    let unsaved = read.map_err(|error| failed(DiskError::Library(Arc::new(error))))?.ok_or(Notice::PartialGone)?;
    let (job, bytes) = (unsaved.recipe.job.clone(), unsaved.bytes.clone());
    let found =
        disk.call(move |library| Ok((library.partial_with_content(&job, &content_hash(&bytes))?, library.run(&run)?)));
    match found.await.map_err(failed)? {
        (Some(before), _) => Ok(Made::Before(before)),
        (None, run) => {
            let run = run.ok_or(Notice::PartialGone)?;
            Ok(Made::New(Box::new(unsaved.store(disk).await.map_err(failed)?), run))
        }
    }
}

/// What is known of a job that brought no picture, or not all.
struct Ended {
    job: Arc<Job>,
    provider: Option<String>,
    arrived: u32,
}

impl Ended {
    fn of(live: &LiveJob) -> Self {
        Self { job: live.job.clone(), provider: live.provider.clone(), arrived: live.arrived }
    }
}

/// Where a partial is looked for among those of its job.
enum Place {
    /// A step of the way to the picture at this place.
    Step { place: u32, step: usize },
    /// The last one after those of the pictures that came.
    Last { arrived: u32 },
}

/// Reads a partial that is to have this recipe; `None`: it is not there, or nothing of it can be shown.
fn read(dir: &Path, recipe: Recipe, place: &Place) -> library::Result<Option<Unsaved>> {
    let (partials, step) = match *place {
        Place::Step { place, step } => (partials(dir, &recipe.job, place)?, step),
        Place::Last { arrived } => {
            let Some(partials) = last_partials(dir, &recipe.job, arrived)? else { return Ok(None) };
            let last = partials.len().saturating_sub(1);
            (partials, last)
        }
    };
    let (bytes, number) = match partials.painted.get(step) {
        Some(Partial { file, number, .. }) => {
            (crate::library::read_ordinary(file).map_err(|error| library::Error::read(file, error))?, *number)
        }
        None => match partials.text(step).and_then(close_partial) {
            Some(text) => (text.into_bytes(), u32::try_from(step + 1).unwrap_or(u32::MAX)),
            None => return Ok(None),
        },
    };
    let elapsed_ms = partials.ms(step).unwrap_or_default();
    let created_ms = jiff::Timestamp::now().as_millisecond();
    let mut recipe = Recipe { position: partials.place, elapsed_ms, created_ms, ..recipe };
    if let Some(partial) = &mut recipe.context.partial {
        partial.number = number;
    }
    Ok(Some(Unsaved { recipe, bytes: bytes.into() }))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::library::{JobId, Library};

    #[test]
    fn a_partial_is_made_a_picture_once_until_that_is_thrown_away() {
        let folder = tempfile::tempdir().unwrap();
        let mut library = Library::open(folder.path()).unwrap();
        let run = Run {
            id: library::RunId::new(),
            created_ms: 0,
            model: crate::api::ModelId::new("a/b"),
            model_name: String::new(),
            prompt: String::new(),
            settings: String::new(),
            asked: 1,
            aspect: None,
        };
        let job = Job {
            id: JobId::new(),
            run: run.id.clone(),
            position: 0,
            asked: 1,
            request: serde_json::json!({ "model": "a/b", "prompt": "" }),
            context: RecipeContext::default(),
            state: library::JobState::Queued,
        };
        library.add_run(&run, std::slice::from_ref(&job)).unwrap();
        for bytes in [[1, 2, 3], [4, 5, 6]] {
            library.keep_partial(&job.id, 0, 900, &bytes).unwrap();
        }
        let new = library::NewPicture { recipe: Recipe::of(&job), bytes: &[4, 5, 6], format: None, size: None };
        let picture = library.ingest(new).unwrap().id;
        let disk = Disk::start(library).unwrap();
        let runtime = super::super::runtime().unwrap();
        let made =
            |step| runtime.block_on(keep(&disk, WhichPartial::Of { picture: picture.clone(), step }, None)).unwrap();
        let Made::New(first, _) = made(0) else { panic!("there was none") };
        assert!(matches!(made(0), Made::Before(id) if id == first.id));
        let Made::New(last, _) = made(1) else { panic!("the finished picture of the same content is no partial") };
        assert_ne!(last.id, first.id);
        runtime.block_on(disk.call(move |library| library.trash(&[first.id]))).unwrap();
        assert!(matches!(made(0), Made::New(..)), "what is in the trash is not what was asked for");
    }
}
