//! A picture on its way in: hindered at every step of a first try, a second one and a recovery, bytes that were safe once
//! stay until the index knows them.

use super::super::folder::paths::incoming;
use super::super::ingest::staging_note;
use super::*;
use std::fs;
use std::io::ErrorKind;

/// Says whether these bytes, whole and fsynced, are in any file of the library.
fn is_safe(dir: &Path, content: &[u8]) -> bool {
    ["incoming", "pictures", "trash"]
        .into_iter()
        .flat_map(|folder| files(&dir.join(folder)))
        .any(|path| path.extension().is_none_or(|ending| ending != "part") && fs::read(path).unwrap() == content)
}

/// The steps of one try, and what the disk does at one of them.
#[derive(Clone, Copy, Debug)]
struct Plan(u32, Fault);

struct Life {
    folder: tempfile::TempDir,
    recipe: Recipe,
    content: Vec<u8>,
    safe: bool,
}

impl Life {
    fn begin() -> Self {
        let folder = folder();
        let mut library = Library::open(folder.path()).unwrap();
        let run = run();
        let job = job(&run, 0, 1);
        library.add_run(&run, std::slice::from_ref(&job)).unwrap();
        library.set_job_state(&job.id, &JobState::Sent).unwrap();
        Self { folder, recipe: recipe(&job, 0), content: bytes(1), safe: false }
    }

    fn library(&self) -> Library {
        Library::open(self.folder.path()).unwrap()
    }

    /// Does something under a plan; says whether the plan came to pass.
    fn attempt<T>(&mut self, library: &mut Library, plan: Plan, act: impl FnOnce(&mut Library, &Self) -> T) -> bool {
        library.faults().after(plan.0, plan.1);
        act(library, self);
        let hit = library.faults().end();
        let safe = is_safe(self.folder.path(), &self.content);
        assert!(safe || !self.safe, "the bytes were safe and are gone");
        self.safe |= safe;
        hit
    }

    fn keep(&mut self, library: &mut Library, plan: Plan) -> bool {
        self.attempt(library, plan, |library, life| {
            let kept = library.stage(&life.recipe, &life.content, Some(Format::Png));
            kept.and_then(|kept| library.commit(&kept, SIZE))
        })
    }

    fn recover(&mut self, plan: Plan) -> bool {
        let mut library = self.library();
        self.attempt(&mut library, plan, |library, _| library.recover())
    }

    /// All is well again: what was safe is found, and the picture can be stored once.
    fn ends_well(mut self) {
        let mut library = self.library();
        library.recover().unwrap();
        assert_eq!(library.picture(&self.recipe.id).unwrap().is_some(), self.safe);
        self.keep(&mut library, Plan(u32::MAX, Fault::Stop));
        check(&library);
        let stored = library.pictures().unwrap();
        assert_eq!(stored.len(), 1, "{stored:?}");
        assert!(library.recover().unwrap().leftovers.is_empty());
        // A note without bytes is all that may be put aside.
        let aside = files(&self.folder.path().join("incoming"));
        assert!(aside.iter().all(|path| path.extension().is_some_and(|ending| ending == "json")), "{aside:?}");
    }
}

#[test]
fn bytes_that_were_safe_stay_whatever_step_of_the_next_try_fails() {
    let full = ErrorKind::StorageFull;
    let (once, on) = (Fault::Once(full), Fault::From(full));
    for (first, second) in [(once, once), (once, on), (on, Fault::Stop), (Fault::Stop, once)] {
        for step in 0.. {
            let mut hit = false;
            // Every third step of the second try, another third each time.
            for again in (step % 3..).step_by(3) {
                let mut life = Life::begin();
                let mut library = life.library();
                hit = life.keep(&mut library, Plan(step, first));
                if matches!(first, Fault::Stop) {
                    drop(library);
                    library = life.library();
                }
                let hit_again = life.keep(&mut library, Plan(again, second));
                drop(library);
                // One recovery of all kinds in between, at steps that differ from try to try.
                life.recover(Plan((step * 5 + again * 3) % 17, second));
                life.ends_well();
                if !hit_again {
                    break;
                }
            }
            if !hit {
                assert!(step > 15, "{step}");
                break;
            }
        }
    }
}

#[test]
fn a_second_try_writes_nothing_that_is_safe_already() {
    let mut life = Life::begin();
    let mut library = life.library();
    kept_in_incoming(&mut life, &mut library);
    let path = incoming(library.dir(), &life.recipe.id, "bytes");
    let before = fs::metadata(&path).unwrap().modified().unwrap();
    life.keep(&mut library, Plan(0, Fault::From(ErrorKind::StorageFull)));
    assert_eq!(fs::metadata(&path).unwrap().modified().unwrap(), before);
    drop(library);
    life.ends_well();
}

/// Lets the disk fill up as soon as the bytes are safe.
fn kept_in_incoming(life: &mut Life, library: &mut Library) {
    let mut step = 0;
    while !is_safe(life.folder.path(), &life.content) {
        life.keep(library, Plan(step, Fault::From(ErrorKind::StorageFull)));
        step += 1;
    }
}

#[test]
fn an_arrival_of_other_bytes_under_the_same_name_does_not_replace_the_first() {
    let mut life = Life::begin();
    let mut library = life.library();
    kept_in_incoming(&mut life, &mut library);
    library.stage(&life.recipe, &bytes(2), Some(Format::Png)).unwrap();
    assert!(is_safe(life.folder.path(), &life.content) && is_safe(life.folder.path(), &bytes(2)));
}

#[test]
fn a_file_that_takes_the_name_of_an_arrival_costs_neither() {
    for taken in ["picture", "side", "folder"] {
        let mut life = Life::begin();
        let mut library = life.library();
        kept_in_incoming(&mut life, &mut library);
        let file = staging_note(library.dir(), &life.recipe.id).unwrap().file;
        let path = life.folder.path().join(&file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        match taken {
            "picture" => fs::write(&path, b"a stranger").unwrap(),
            "side" => fs::write(sidecar_path(&path), b"a stranger").unwrap(),
            _ => fs::create_dir(&path).unwrap(),
        }
        drop(library);
        let mut library = life.library();
        assert_eq!(library.recover().unwrap().received.len(), 1, "{taken}");
        let stored = library.pictures().unwrap().remove(0);
        assert_ne!(stored.file, file, "{taken}");
        assert_eq!(fs::read(library.picture_path(&stored)).unwrap(), life.content);
        assert!(taken == "folder" || is_safe(life.folder.path(), b"a stranger"), "{taken}");
    }
}

#[test]
fn what_waits_of_an_indexed_picture_goes_only_where_the_picture_is_in_its_place() {
    for lost in [false, true] {
        let folder = folder();
        let (library, pictures) = filled(folder.path(), 1);
        let (picture, path) = (&pictures[0], library.picture_path(&pictures[0]));
        let note = ingest::StagingNote { file: picture.file.clone(), recipe: library.recipe(&picture.id).unwrap() };
        fs::write(incoming(library.dir(), &picture.id, "json"), serde_json::to_vec(&note).unwrap()).unwrap();
        let waiting = incoming(library.dir(), &picture.id, "bytes");
        if lost {
            fs::rename(&path, &waiting).unwrap();
        } else {
            fs::write(&waiting, bytes(0)).unwrap();
        }
        drop(library);
        let mut library = Library::open(folder.path()).unwrap();
        library.recover().unwrap();
        assert_eq!(fs::read(&path).unwrap(), bytes(0), "lost: {lost}");
        check(&library);
    }
}
