//! Copies pictures from elsewhere into the library, in the background, one after the other.
//!
//! A picture whose content the library has already is passed over. Invariants: the files themselves are never touched;
//! an import that is stopped keeps what it has copied.

use super::disk::Disk;
use super::message::{Event, Imported, Notice};
use super::report::{Reports, TaskReport};
use super::snapshot::Importing;
use super::told::{Told, read_picture};
use crate::api::ModelId;
use crate::decode::probe;
use crate::library::{JobId, Library, NewPicture, Picture, PictureId, Recipe, RecipeContext, Run, RunId, content_hash};
use crate::picture::{Format, Limits, Size};
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Longest value of another program that goes into the recipe, bytes.
const MAX_FIELD: usize = 4_000;

/// What became of one file.
#[derive(Debug)]
pub enum FileImport {
    Stored {
        run: Arc<Run>,
        picture: Box<Picture>,
    },
    /// The library has a picture of this content already.
    Known,
    /// Why not: a sentence.
    Refused(String),
}

/// Imports files and folders; tells how far it is, each picture, and the end. Returns what became of each file.
pub(super) async fn import(disk: Disk, paths: Vec<PathBuf>, reports: Reports) -> Vec<(PathBuf, FileImport)> {
    let library = disk.dir().to_owned();
    let listed = tokio::task::spawn_blocking(move || files_of(paths, &library)).await;
    let files = listed.unwrap_or_default();
    let mut progress = Importing { done: 0, total: files.len() };
    let (mut sum, mut importer, mut all) = (Imported::default(), Importer::default(), Vec::new());
    reports.send(TaskReport::Importing(Some(progress)));
    for file in files {
        let taken = one(&disk, &file, &mut importer, &reports).await;
        match &taken {
            FileImport::Stored { picture, .. } => sum.pictures.push(picture.id.clone()),
            FileImport::Known => sum.known += 1,
            FileImport::Refused(reason) => {
                sum.refused += 1;
                log::info!("not imported: {}: {reason}", file.display());
            }
        }
        all.push((file, taken));
        progress.done += 1;
        reports.send(TaskReport::Importing(Some(progress)));
    }
    reports.send(TaskReport::Importing(None));
    reports.say(Notice::Imported(sum));
    all
}

/// Imports one file through the library's thread, which tells of the picture too: so it is seen although the import is
/// stopped meanwhile.
async fn one(disk: &Disk, file: &Path, importer: &mut Importer, reports: &Reports) -> FileImport {
    let path = file.to_owned();
    let read = match tokio::task::spawn_blocking(move || Elsewhere::read(&path)).await {
        Ok(Ok(read)) => read,
        Ok(Err(reason)) => return FileImport::Refused(reason),
        Err(_) => return FileImport::Refused("reading it was interrupted".to_owned()),
    };
    let run = importer.run_of(&read);
    let reports = reports.clone();
    let store = move |library: &mut Library| {
        let taken = read.store(library, run)?;
        if let FileImport::Stored { run, picture } = &taken {
            let stored = Event::Stored { picture: picture.clone(), run: run.clone() };
            reports.event(stored);
        }
        Ok(taken)
    };
    match disk.call(store).await {
        Ok(taken) => taken,
        Err(error) => FileImport::Refused(error.to_string()),
    }
}

/// Puts pictures that have much in common into one run, so that a folder does not fall apart into single pictures.
#[derive(Default)]
pub struct Importer(HashMap<(String, String), Arc<Run>>);

impl Importer {
    /// Imports one file, where the library is at hand.
    pub fn take(&mut self, library: &mut Library, file: &Path) -> FileImport {
        let stored = Elsewhere::read(file).and_then(|read| {
            let run = self.run_of(&read);
            read.store(library, run).map_err(|error| error.to_string())
        });
        stored.unwrap_or_else(FileImport::Refused)
    }

    fn run_of(&mut self, read: &Elsewhere) -> Arc<Run> {
        let folder = read.file.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy().into_owned();
        let prompt = read.told.prompt().map_or_else(|| format!("Imported from {folder}"), str::to_owned);
        let model = read.told.model().unwrap_or_default().to_owned();
        let run = self.0.entry((prompt, model));
        run.or_insert_with_key(|(prompt, model)| Arc::new(run_of(prompt, model, read.size))).clone()
    }
}

/// A picture from elsewhere, read and not stored yet.
struct Elsewhere {
    file: PathBuf,
    bytes: Vec<u8>,
    format: Format,
    size: Option<Size>,
    told: Told,
}

impl Elsewhere {
    /// Reads a file; the error is a sentence.
    fn read(file: &Path) -> Result<Self, String> {
        // Named as a file is a folder only when nothing in it could be listed.
        if file.is_dir()
            && let Err(error) = std::fs::read_dir(file)
        {
            return Err(format!("the folder cannot be read: {error}"));
        }
        let (bytes, format) = read_picture(file)?;
        let size = probe(&bytes, &Limits::default()).ok().map(|info| info.size);
        let told = Told::of_file(file, &bytes);
        Ok(Self { file: file.to_owned(), bytes, format, size, told })
    }

    fn store(self, library: &mut Library, run: Arc<Run>) -> Result<FileImport, crate::library::Error> {
        let Self { file, bytes, format, size, told } = self;
        if library.has_content(&content_hash(&bytes))? {
            return Ok(FileImport::Known);
        }
        library.add_run(&run, &[])?;
        let recipe = recipe_of(&run, told, &file);
        let picture = library.ingest(NewPicture { recipe, bytes: &bytes, format: Some(format), size })?;
        Ok(FileImport::Stored { run, picture: Box::new(picture) })
    }
}

fn run_of(prompt: &str, model: &str, size: Option<Size>) -> Run {
    Run {
        id: RunId::new(),
        created_ms: jiff::Timestamp::now().as_millisecond(),
        model: ModelId::new(model),
        model_name: if model.is_empty() { "Imported".to_owned() } else { model.to_owned() },
        prompt: prompt.to_owned(),
        settings: String::new(),
        asked: 0,
        aspect: size.filter(|size| size.height > 0).map(Size::aspect),
    }
}

/// The recipe of a picture from elsewhere: ours as it stands where the file carries it, else what is told.
fn recipe_of(run: &Run, told: Told, file: &Path) -> Recipe {
    let now = jiff::Timestamp::now().as_millisecond();
    let prompt = told.prompt().unwrap_or_default().to_owned();
    if let Some(ours) = told.recipe {
        return Recipe { id: PictureId::new(), run: run.id.clone(), job: JobId::imported(), created_ms: now, ..*ours };
    }
    let mut request = serde_json::Map::new();
    let mut keep = |key: &str, value: serde_json::Value| _ = request.insert(key.to_owned(), value);
    if !run.model.as_str().is_empty() {
        keep("model", run.model.as_str().into());
    }
    if !prompt.is_empty() {
        keep("prompt", prompt.into());
    }
    if let Some(foreign) = &told.foreign {
        if let Some(seed) = &foreign.seed {
            keep("seed", seed.parse::<u64>().map_or_else(|_| seed.as_str().into(), Into::into));
        }
        if let Some(negative) = &foreign.negative_prompt {
            keep("negative_prompt", negative.as_str().into());
        }
        // Whole graphs stay in the file, where they can be read again.
        for (name, value) in foreign.fields.iter().filter(|(_, value)| value.to_string().len() <= MAX_FIELD) {
            keep(name, value.clone());
        }
    }
    let program = told.foreign.and_then(|foreign| foreign.program).unwrap_or_default();
    let model_name = run.model_name.clone();
    Recipe {
        version: 1,
        id: PictureId::new(),
        run: run.id.clone(),
        job: JobId::imported(),
        position: 0,
        request: request.into(),
        context: RecipeContext { model_name, app_version: program, service: source(file), ..RecipeContext::default() },
        provider: None,
        generation_id: None,
        usage: None,
        cost: None,
        created_ms: now,
        elapsed_ms: 0,
        asked: 0,
        arrived: 0,
        media_type: String::new(),
        hash: String::new(),
        bytes: 0,
        size: None,
        flaw: None,
    }
}

fn source(file: &Path) -> String {
    format!("imported from {}", file.display())
}

/// All files behind some paths, folders with everything in them, in order of name. Links are not followed, and what
/// systems, drives and browsers leave in folders is passed over; a file that is named itself is taken whatever its name.
///
/// The folder of the `library` is passed over: it is not copied into itself, recipes, thumbnails and trash included. What
/// is no ordinary file, and a folder that cannot be read, stands among the files, so that it is refused with its reason.
pub fn files_of(paths: Vec<PathBuf>, library: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            if same_file::is_same_file(&path, library).unwrap_or(false) {
                continue;
            }
            let Ok(entries) = std::fs::read_dir(&path) else {
                files.push(path);
                continue;
            };
            let mut inside: Vec<_> = entries.flatten().map(|entry| entry.path()).collect();
            let is_ours = |path: &PathBuf| !path.is_symlink() && !path.file_name().is_some_and(is_rubbish);
            inside.retain(is_ours);
            inside.sort();
            files.extend(files_of(inside, library));
        } else {
            // Also what is no ordinary file, so that it is told.
            files.push(path);
        }
    }
    files
}

/// Names of folders and files that hold nobody's pictures: thumbnails, trash, indexes of folders.
const RUBBISH: [&str; 11] = [
    "@eadir",
    "#recycle",
    "#snapshot",
    "$recycle.bin",
    "recycler",
    "system volume information",
    "lost+found",
    "__macosx",
    "thumbs.db",
    "ehthumbs.db",
    "desktop.ini",
];
/// Endings of files that are not done yet.
const UNFINISHED: [&str; 5] = [".part", ".partial", ".crdownload", ".download", ".tmp"];

/// Says whether a name in a folder stands for what is passed over: what is hidden, too.
fn is_rubbish(name: &std::ffi::OsStr) -> bool {
    let name = name.to_string_lossy().to_lowercase();
    name.starts_with('.') || RUBBISH.contains(&name.as_str()) || UNFINISHED.iter().any(|end| name.ends_with(end))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_systems_leave_in_folders_is_passed_over() {
        let folder = tempfile::tempdir().unwrap();
        let kept = ["fox.png", "sub/wolf.png", "sub/a.part.png", "recycled/elk.png"];
        let left = [
            "@eaDir/fox.png/SYNOFILE_THUMB_XL.jpg",
            "#recycle/old.png",
            "$RECYCLE.BIN/old.png",
            ".thumbnails/fox.png",
            ".Trash-1000/files/fox.png",
            "__MACOSX/fox.png",
            "._fox.png",
            ".DS_Store",
            "sub/Thumbs.db",
            "sub/wolf.png.part",
            "sub/wolf.png.crdownload",
            "System Volume Information/x.png",
        ];
        for name in kept.iter().chain(&left) {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, b"x").unwrap();
        }
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder.path(), folder.path().join("sub/loop")).unwrap();
        // With a library among them, which is passed over as a whole.
        let library = folder.path().join("library");
        std::fs::create_dir_all(library.join("pictures")).unwrap();
        std::fs::write(library.join("pictures/own.png"), b"x").unwrap();
        let found: std::collections::BTreeSet<_> =
            files_of(vec![folder.path().to_owned()], &library).into_iter().collect();
        assert_eq!(found, kept.iter().map(|name| folder.path().join(name)).collect());
        let named = folder.path().join(".thumbnails/fox.png");
        assert_eq!(
            files_of(vec![named.clone()], &library),
            std::slice::from_ref(&named),
            "what is named itself is meant"
        );
    }

    #[test]
    #[cfg(target_os = "linux")]
    fn a_pipe_is_refused_with_its_reason_whether_it_is_named_or_found() {
        let folder = tempfile::tempdir().unwrap();
        let from = folder.path().join("from");
        std::fs::create_dir(&from).unwrap();
        let pipe = |name: &str| {
            let path = from.join(name);
            let mode = rustix::fs::Mode::RWXU;
            rustix::fs::mknodat(rustix::fs::CWD, &path, rustix::fs::FileType::Fifo, mode, 0).unwrap();
            path
        };
        let pipe_itself = pipe("fox.png");
        let dir = folder.path().join("library");
        let mut library = Library::open(&dir).unwrap();
        for named in [pipe_itself.clone(), from.clone()] {
            assert_eq!(files_of(vec![named], &dir), std::slice::from_ref(&pipe_itself));
        }
        let mut refused = |file: &Path| match Importer::default().take(&mut library, file) {
            FileImport::Refused(reason) => reason,
            other => panic!("{other:?}"),
        };
        assert!(refused(&pipe_itself).contains("no ordinary file"));
        assert!(refused(&from.join("none.png")).contains("cannot be read"));
        // Neither is one waited for that lies beside a picture.
        let picture = from.join("owl.png");
        let pixels = crate::picture::Pixels::new(Size { width: 2, height: 2 }, vec![7; 16]).unwrap();
        std::fs::write(&picture, crate::picture::encode(&pixels, &crate::picture::Encoding::Png, [0; 3]).unwrap())
            .unwrap();
        pipe("owl.json");
        assert!(matches!(Importer::default().take(&mut library, &picture), FileImport::Stored { .. }));
    }

    /// Imports a file while the library's thread is held up, stops at once or when the picture is on its way to the library,
    /// and lets go; returns what was told and what is in the library.
    fn stopped(at_once: bool) -> (Vec<PictureId>, Vec<PictureId>) {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("fox.png");
        let pixels = crate::picture::Pixels::new(Size { width: 2, height: 2 }, vec![7; 16]).unwrap();
        let bytes = crate::picture::encode(&pixels, &crate::picture::Encoding::Png, [0; 3]).unwrap();
        std::fs::write(&file, bytes).unwrap();
        let disk = Disk::start(Library::open(&folder.path().join("library")).unwrap()).unwrap();
        let (go, wait) = std::sync::mpsc::channel::<()>();
        disk.post(move |_| {
            wait.recv().unwrap_err();
            Ok(())
        });
        let (reports, mut told) = Reports::channel();
        let runtime = super::super::runtime().unwrap();
        runtime.block_on(async {
            let mut importer = Importer::default();
            let mut task = Box::pin(one(&disk, &file, &mut importer, &reports));
            std::future::poll_fn(|cx| {
                let is_over = task.as_mut().poll(cx).is_ready();
                // What stores the picture has a sender of its own.
                let is_sent = told.sender_strong_count() > 1;
                if is_over || is_sent || at_once { std::task::Poll::Ready(()) } else { std::task::Poll::Pending }
            })
            .await;
        });
        drop(go);
        let stored = runtime.block_on(disk.call(|library| library.pictures())).unwrap();
        let mut pictures = Vec::new();
        while let Ok(report) = told.try_recv() {
            if let TaskReport::Happened(event) = report
                && let Event::Stored { picture, .. } = *event
            {
                pictures.push(picture.id);
            }
        }
        (pictures, stored.into_iter().map(|picture| picture.id).collect())
    }

    #[test]
    fn an_import_that_is_stopped_tells_of_the_picture_that_was_being_stored() {
        let (told, stored) = stopped(true);
        assert_eq!(told, stored);
        let (told, stored) = stopped(false);
        assert_eq!((told.len(), told), (1, stored));
    }
}
