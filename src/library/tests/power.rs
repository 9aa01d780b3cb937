//! What the simulation found, each by itself: losses of power, names that the index had promised, drives with their own
//! ways.

use super::super::folder::storage::Drive;
use super::super::ingest::free_file;
use super::*;
use std::fs;

fn contents(dir: &Path) -> Vec<Vec<u8>> {
    let all = ["incoming", "pictures", "trash"].into_iter().flat_map(|folder| files(&dir.join(folder)));
    all.map(|path| fs::read(path).unwrap()).collect()
}

/// A library whose disk is watched, with a run and a job.
fn watched(folder: &Path, faults: &Faults) -> (Library, Job) {
    drop(Library::open(folder).unwrap());
    faults.watch(folder);
    let mut library = Library::open(folder).unwrap();
    let run = run();
    let job = job(&run, 0, 1);
    library.add_run(&run, std::slice::from_ref(&job)).unwrap();
    (library, job)
}

/// Seed 861: the folder of the month had been made, and its name not been made safe.
#[test]
fn a_folder_whose_making_was_interrupted_loses_no_later_picture_to_a_loss_of_power() {
    for (steps, kind) in
        (0..45).flat_map(|steps| [(steps, Fault::Stop), (steps, Fault::Once(std::io::ErrorKind::Other))])
    {
        let folder = folder();
        let faults = Faults::default();
        let _shared = faults.share();
        let (mut library, job) = watched(folder.path(), &faults);
        let recipe = recipe(&job, 0);
        faults.after(steps, kind);
        drop(library.stage(&recipe, &bytes(0), Some(Format::Png)));
        faults.end();
        drop(library);
        let mut library = Library::open(folder.path()).unwrap();
        library.recover().unwrap();
        store(&mut library, &recipe, &bytes(0));
        drop(library);
        faults.lose_power(&mut fastrand::Rng::with_seed(steps.into()));
        let mut library = Library::open(folder.path()).unwrap();
        library.recover().unwrap();
        assert!(contents(folder.path()).contains(&bytes(0)), "{kind:?} at step {steps}");
        assert_eq!(library.pictures().unwrap().len(), 1);
    }
}

/// Seeds 100 and 164: what waits in `incoming/` was removed and not fsynced, and was received once more.
#[test]
fn a_picture_that_was_deleted_for_good_does_not_come_back_by_a_loss_of_power() {
    for seed in 0..60 {
        let folder = folder();
        let faults = Faults::default();
        let _shared = faults.share();
        let (mut library, job) = watched(folder.path(), &faults);
        let stored = store(&mut library, &recipe(&job, 0), &bytes(0));
        library.trash(&[stored.id]).unwrap();
        assert_eq!(library.empty_trash().unwrap().count, 1);
        drop(library);
        faults.lose_power(&mut fastrand::Rng::with_seed(seed));
        let mut library = Library::open(folder.path()).unwrap();
        assert!(library.recover().unwrap().received.is_empty(), "seed {seed}");
        assert!(!contents(folder.path()).contains(&bytes(0)), "seed {seed}");
    }
}

/// Seeds 97 and 171: somebody had moved the first picture away, and its name was given to the second.
#[test]
fn a_name_that_the_index_gave_to_one_picture_is_given_to_no_other() {
    let folder = folder();
    let (mut library, pictures) = filled(folder.path(), 1);
    let path = library.picture_path(&pictures[0]);
    let away = folder.path().join("pictures/away.png");
    fs::rename(&path, &away).unwrap();
    fs::rename(sidecar_path(&path), sidecar_path(&away)).unwrap();
    assert_ne!(free_file(&library.db, library.dir(), &pictures[0].file), pictures[0].file);
    library.verify(Repair::Yes, |_| true).unwrap();
    check(&library);
    assert_eq!(free_file(&library.db, library.dir(), &pictures[0].file), pictures[0].file, "nobody has it any more");
}

/// A body that is safe is not written anew by the next attempt, which may fail.
#[test]
fn an_answer_that_nobody_could_read_outlives_a_second_attempt_that_fails() {
    for steps in 0..12 {
        let folder = folder();
        let faults = Faults::default();
        let _shared = faults.share();
        let (mut library, job) = watched(folder.path(), &faults);
        let answer = UnreadAnswer { content_type: String::new(), reason: String::new(), recipe: Recipe::of(&job) };
        library.keep_unread(&answer, b"busy").unwrap();
        faults.after(steps, Fault::Stop);
        drop(library.keep_unread(&answer, b"busy"));
        faults.end();
        drop(library);
        faults.lose_power(&mut fastrand::Rng::with_seed(steps.into()));
        assert!(contents(folder.path()).contains(&b"busy".to_vec()), "step {steps}");
    }
}

/// Seed 101: a picture that is nowhere stayed the first of the list.
#[test]
fn the_side_file_of_a_picture_that_is_nowhere_is_not_written_and_holds_up_no_other() {
    let folder = folder();
    let (mut library, pictures) = filled(folder.path(), 4);
    let ids: Vec<PictureId> = pictures.iter().map(|picture| picture.id.clone()).collect();
    let first = ids.iter().min().unwrap().clone();
    let thrown = library.trash(std::slice::from_ref(&first)).unwrap();
    let nowhere = library.picture_path(&thrown[0]);
    fs::remove_dir_all(nowhere.parent().unwrap()).unwrap();
    library.edit(&Edit::Mark { ids, change: MarkChange::Stars(3) }).unwrap();
    while library.sync_sidecars(1).unwrap() {}
    let stars = |picture: &Picture| -> u64 {
        let side = fs::read(sidecar_path(&library.picture_path(picture))).unwrap();
        serde_json::from_slice::<serde_json::Value>(&side).unwrap()["marks"]["stars"].as_u64().unwrap()
    };
    assert_eq!(library.pictures().unwrap().iter().map(stars).collect::<Vec<_>>(), [3, 3, 3]);
    assert!(!nowhere.parent().unwrap().exists(), "a recipe alone is of no use to anybody");
    let stale = library.db.query_row("SELECT picture FROM stale_sides", [], |row| row.get::<_, String>(0)).unwrap();
    assert_eq!(stale, first.0, "it is written when the picture is back");
}

/// Seed 241: what a move had left that was cut short on such a drive was taken for a picture.
#[test]
fn half_of_a_move_to_another_drive_is_not_taken_for_the_picture() {
    let drive = Drive { no_new_names: true, no_links: true, trash_elsewhere: true };
    for steps in 0.. {
        let mut hit = false;
        for is_rebuilt in [false, true] {
            let folder = folder();
            let faults = Faults::default();
            let _shared = faults.share();
            faults.on(drive);
            let (mut library, pictures) = filled(folder.path(), 1);
            let id = pictures[0].id.clone();
            faults.after(steps, Fault::Stop);
            drop(library.trash(std::slice::from_ref(&id)));
            hit = faults.end();
            drop(library);
            if is_rebuilt {
                let rebuilt = Library::rebuild(folder.path(), |_| true).unwrap().unwrap();
                assert_eq!(rebuilt.pictures, 1, "step {steps}");
            }
            let mut library = Library::open(folder.path()).unwrap();
            library.recover().unwrap();
            let picture = library.picture(&id).unwrap().unwrap();
            assert_eq!(fs::read(library.picture_path(&picture)).unwrap(), bytes(0), "step {steps}");
            assert_eq!(library.pictures().unwrap().len() + library.trashed().unwrap().len(), 1, "step {steps}");
            let is_half = |path: &PathBuf| path.extension().is_some_and(|ending| ending == "part");
            // A new index does not know what was on its way; a check names it.
            assert!(is_rebuilt || !files(folder.path()).iter().any(is_half), "step {steps}");
        }
        if !hit {
            assert!(steps > 8, "{steps}");
            break;
        }
    }
}

/// Seeds 8501, 1007897 and 1015070: a picture had been renamed, nobody had made sure of that, and the index learned of it.
#[test]
fn what_the_index_has_learned_of_the_folder_is_so_after_a_loss_of_power() {
    for is_thrown in [false, true] {
        for steps in 0.. {
            let mut is_hit = false;
            let ways = [(false, false), (false, true), (true, false), (true, true)];
            for (is_rebuilt, is_started) in ways {
                let folder = folder();
                let faults = Faults::default();
                let _shared = faults.share();
                is_hit |= interrupted_in(folder.path(), &faults, is_thrown, steps);
                if is_rebuilt {
                    Library::rebuild(folder.path(), |_| true).unwrap();
                } else {
                    Library::open(folder.path()).unwrap().verify(Repair::Yes, |_| true).unwrap();
                }
                if is_started {
                    Library::open(folder.path()).unwrap().recover().unwrap();
                }
                faults.lose_power_but_removals();
                let mut library = Library::open(folder.path()).unwrap();
                library.recover().unwrap();
                for picture in library.pictures().unwrap().into_iter().chain(library.trashed().unwrap()) {
                    let held = fs::read(library.picture_path(&picture)).ok();
                    let how =
                        format!("thrown: {is_thrown}, rebuilt: {is_rebuilt}, started: {is_started}, step {steps}");
                    assert_eq!(held, Some(bytes(0)), "{}, {how}", picture.file);
                }
            }
            if !is_hit {
                assert!(steps > 8, "{steps}");
                break;
            }
        }
    }
}

/// Takes a picture in, or throws one away, and is killed at a step; says whether there was such a step.
fn interrupted_in(folder: &Path, faults: &Faults, is_thrown: bool, steps: u32) -> bool {
    let (mut library, job) = watched(folder, faults);
    let recipe = recipe(&job, 0);
    if is_thrown {
        store(&mut library, &recipe, &bytes(0));
    }
    faults.after(steps, Fault::Stop);
    if is_thrown {
        drop(library.trash(std::slice::from_ref(&recipe.id)));
    } else {
        drop(library.ingest(NewPicture { recipe, bytes: &bytes(0), format: Some(Format::Png), size: SIZE }));
    }
    faults.end()
}

/// Leaves the note of an arrival whose bytes never got to safety, and takes it away as the library does; returns it with
/// its path, for a removal that was not fsynced may be undone.
fn note_alone(folder: &Path, recipe: &Recipe) -> (PathBuf, Vec<u8>) {
    for steps in 0..30 {
        let mut library = Library::open(folder).unwrap();
        let note = super::super::folder::paths::incoming(folder, &recipe.id, "json");
        library.faults().after(steps, Fault::Stop);
        let staged = library.stage(recipe, &bytes(0), Some(Format::Png));
        library.faults().end();
        assert!(staged.is_err(), "there was no such step");
        if let Ok(text) = fs::read(&note) {
            fs::remove_file(&note).unwrap();
            drop(library);
            Library::open(folder).unwrap().recover().unwrap();
            return (note, text);
        }
    }
    panic!("no note was written");
}

/// Two recipes whose pictures want one name, the first of them the first that a start finds.
fn namesakes(job: &Job) -> [Recipe; 2] {
    ["01KBP0000000000000000000A1", "01KBP0000000000000000100A1"]
        .map(|id| Recipe { id: PictureId(id.into()), ..recipe(job, 0) })
}

/// Seed 100488: the name that an arrival was to have had been given to a picture of the same content, which it took away.
#[test]
fn an_arrival_does_not_take_the_file_of_another_picture_that_holds_the_same() {
    let folder = folder();
    let (mut library, job) = watched(folder.path(), &Faults::default());
    let [first, second] = namesakes(&job);
    let stored = store(&mut library, &first, &bytes(0));
    library.trash(std::slice::from_ref(&stored.id)).unwrap();
    drop(library);
    let (note, text) = note_alone(folder.path(), &second);
    let mut library = Library::open(folder.path()).unwrap();
    let back = library.restore(std::slice::from_ref(&stored.id)).unwrap();
    assert_eq!(back[0].file, stored.file);
    fs::write(note, text).unwrap();
    assert!(library.recover().unwrap().received.is_empty(), "nothing of it was received");
    assert_eq!(fs::read(library.picture_path(&stored)).unwrap(), bytes(0));
    assert_eq!(library.pictures().unwrap().len(), 1);
    check(&library);
}

#[test]
fn of_two_arrivals_of_one_name_and_content_the_one_whose_recipe_lies_there_has_it() {
    let folder = folder();
    let (library, job) = watched(folder.path(), &Faults::default());
    drop(library);
    let [first, second] = namesakes(&job);
    let (note, text) = note_alone(folder.path(), &first);
    let mut library = Library::open(folder.path()).unwrap();
    let staged = library.stage(&second, &bytes(0), Some(Format::Png)).unwrap();
    fs::write(note, text).unwrap();
    let received = library.recover().unwrap().received;
    assert_eq!(received.iter().map(|picture| &picture.id).collect::<Vec<_>>(), [&second.id]);
    assert_eq!(received[0].file, staged.picture().file);
    check(&library);
}
