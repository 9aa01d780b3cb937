//! What the simulation found, each by itself: losses of power, and names that the index had promised.

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
        drop(library.keep(&recipe, &bytes(0), Some(Format::Png)));
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
    fs::rename(side_file(&path), side_file(&away)).unwrap();
    assert_ne!(library.free_file(&pictures[0].file), pictures[0].file);
    library.check(true, |_| true).unwrap();
    check(&library);
    assert_eq!(library.free_file(&pictures[0].file), pictures[0].file, "nobody has it any more");
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
