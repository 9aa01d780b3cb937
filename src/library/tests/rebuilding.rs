//! The index made anew, and what does not agree set right.

use super::super::folder::storage::Storage;
use super::*;
use std::fs;

fn marked(folder: &Path) -> (Library, Vec<Picture>) {
    let (mut library, pictures) = filled(folder, 4);
    let ids = vec![pictures[0].id.clone()];
    for change in [MarkChange::Stars(4), MarkChange::AddTag("sea".into()), MarkChange::AddToCollection("Cover".into())]
    {
        library.edit(&Edit::Mark { ids: ids.clone(), change }).unwrap();
    }
    library.trash(&[pictures[3].id.clone()]).unwrap();
    while library.sync_sidecars(8).unwrap() {}
    let pictures = library.pictures().unwrap();
    (library, pictures)
}

fn state(library: &Library) -> (Vec<Picture>, Vec<PictureId>, Vec<Run>, UserLists) {
    let plain = |picture: Picture| Picture { number: 0, ..picture };
    let trashed = library.trashed().unwrap().into_iter().map(|picture| picture.id).collect();
    let pictures = library.pictures().unwrap().into_iter().map(plain).collect();
    (pictures, trashed, library.runs().unwrap(), library.shelves().unwrap())
}

fn rebuild(folder: &Path) -> Rebuilt {
    Library::rebuild(folder, |_| true).unwrap().unwrap()
}

#[test]
fn a_new_index_from_the_folder_alone_knows_ratings_collections_trash_and_prompts() {
    let folder = folder();
    let (library, _) = marked(folder.path());
    let before = state(&library);
    drop(library);
    for name in ["easel.db", "easel.db-wal", "easel.db-shm"] {
        if folder.path().join(name).exists() {
            fs::remove_file(folder.path().join(name)).unwrap();
        }
    }
    let rebuilt = rebuild(folder.path());
    assert_eq!((rebuilt.pictures, rebuilt.trashed, rebuilt.runs, rebuilt.old), (4, 1, 1, None));
    let library = Library::open(folder.path()).unwrap();
    assert_eq!(state(&library), before);
    check(&library);
}

#[test]
fn the_old_index_is_put_aside_and_its_queue_taken_over() {
    let folder = folder();
    let (mut library, _) = marked(folder.path());
    let run = Run { prompt: "still waiting".into(), ..run() };
    library.add_run(&run, &[job(&run, 0, 1)]).unwrap();
    library.set_setting("draft", &json!({"prompt": "unsent"})).unwrap();
    let (before, open) = (state(&library), library.open_jobs().unwrap());
    drop(library);
    let rebuilt = rebuild(folder.path());
    assert!(rebuilt.journal_kept && rebuilt.old.unwrap().exists());
    let mut library = Library::open(folder.path()).unwrap();
    assert_eq!(state(&library), before);
    assert_eq!(library.open_jobs().unwrap(), open);
    assert_eq!(library.setting("draft").unwrap(), Some(json!({"prompt": "unsent"})));
    assert_eq!(library.recover().unwrap().queued.len(), 2);
}

#[test]
fn garbage_in_place_of_the_index_is_put_aside_too() {
    let folder = folder();
    let (library, _) = marked(folder.path());
    let before = state(&library);
    drop(library);
    fs::write(folder.path().join("easel.db"), b"this is no database").unwrap();
    assert!(Library::open(folder.path()).is_err());
    let rebuilt = rebuild(folder.path());
    assert!(!rebuilt.journal_kept);
    assert_eq!(fs::read(rebuilt.old.unwrap()).unwrap(), b"this is no database");
    assert_eq!(state(&Library::open(folder.path()).unwrap()), before);
}

#[test]
fn pictures_that_were_renamed_are_found_by_their_content() {
    let folder = folder();
    let (mut library, pictures) = marked(folder.path());
    let (alone, together) = (&pictures[0], &pictures[1]);
    let new = folder.path().join("pictures/somewhere/else.webp");
    fs::create_dir_all(new.parent().unwrap()).unwrap();
    fs::rename(library.picture_path(alone), &new).unwrap();
    let moved = folder.path().join("pictures/kept together.webp");
    fs::rename(library.picture_path(together), &moved).unwrap();
    fs::rename(sidecar_path(&library.picture_path(together)), sidecar_path(&moved)).unwrap();
    let found = library.verify(Repair::No, |_| true).unwrap();
    let moves = |(finding, mended): &(Finding, bool)| matches!(finding, Finding::Moved { .. }).then_some(*mended);
    assert_eq!(found.findings.iter().map(moves).collect::<Vec<_>>(), [Some(false), Some(false)], "{found:?}");
    assert_eq!(library.verify(Repair::Yes, |_| true).unwrap().findings.len(), 2);
    assert_eq!(library.verify(Repair::No, |_| true).unwrap().findings, []);
    assert_eq!(library.picture(&alone.id).unwrap().unwrap().file, "pictures/somewhere/else.webp");
    check(&library);
    drop(library);
    let renamed = folder.path().join("pictures/third name.webp");
    fs::rename(&new, &renamed).unwrap();
    assert_eq!(rebuild(folder.path()).missing, [""; 0]);
    let library = Library::open(folder.path()).unwrap();
    assert_eq!(library.picture(&alone.id).unwrap().unwrap().file, "pictures/third name.webp");
}

#[test]
fn what_cannot_be_mended_is_named() {
    let folder = folder();
    let (mut library, pictures) = marked(folder.path());
    fs::write(library.picture_path(&pictures[0]), b"painted over").unwrap();
    fs::remove_file(library.picture_path(&pictures[1])).unwrap();
    fs::remove_file(sidecar_path(&library.picture_path(&pictures[2]))).unwrap();
    fs::write(folder.path().join("pictures/holiday.png"), b"a stranger").unwrap();
    fs::write(folder.path().join("incoming/x.bytes"), b"left").unwrap();
    fs::create_dir(folder.path().join("incoming/leftovers")).unwrap();
    fs::write(folder.path().join("incoming/leftovers/y.bytes"), b"left longer ago").unwrap();
    let words = |checked: VerifyReport| -> Vec<String> {
        let word = |(finding, mended): (Finding, bool)| {
            let text = finding.to_string();
            format!("{}{}", text.split(':').next().unwrap(), if mended { " mended" } else { "" })
        };
        checked.findings.into_iter().map(word).collect()
    };
    let found = words(library.verify(Repair::Yes, |_| true).unwrap());
    assert_eq!(found, ["recipe lost mended", "changed", "missing", "stranger", "left over", "left over"]);
    assert_eq!(library.verify(Repair::Yes, |_| true).unwrap().findings.len(), 5, "the recipe is back");
    let side = sidecar_path(&library.picture_path(&pictures[2]));
    fs::write(&side, b"{\"id\":").unwrap();
    assert_eq!(
        words(library.verify(Repair::Yes, |_| true).unwrap())[0],
        "recipe lost mended",
        "half a recipe is replaced"
    );
    fs::copy(sidecar_path(&library.picture_path(&pictures[0])), &side).unwrap();
    assert_eq!(
        words(library.verify(Repair::Yes, |_| true).unwrap())[0],
        "recipe lost",
        "that of another picture is not"
    );
    assert_eq!(fs::read(folder.path().join("pictures/holiday.png")).unwrap(), b"a stranger", "nothing is deleted");
}

#[test]
fn a_picture_that_the_index_forgot_is_taken_in_again() {
    let folder = folder();
    let (mut library, pictures) = marked(folder.path());
    library.db.execute("DELETE FROM pictures WHERE id = ?1", [&pictures[0].id.0]).unwrap();
    let found = library.verify(Repair::Yes, |_| true).unwrap();
    assert!(matches!(found.findings.as_slice(), [(Finding::NotIndexed { .. }, true)]), "{found:?}");
    assert_eq!(library.picture(&pictures[0].id).unwrap().unwrap().marks.stars, 4);
}

#[test]
fn a_large_library_for_measuring_agrees_with_itself() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    library.fill(120, |_| {}).unwrap();
    assert_eq!(library.pictures().unwrap().len(), 120);
    assert_eq!(library.verify(Repair::No, |_| true).unwrap().findings, []);
    let marked = library.pictures().unwrap().iter().filter(|picture| !picture.marks.is_empty()).count();
    assert!((10..110).contains(&marked), "{marked}");
    drop(library);
    assert_eq!(rebuild(folder.path()).pictures, 120);
}

/// Makes the index anew with this fault; says whether it came to pass.
fn rebuild_with(folder: &Path, steps: u32, fault: Fault) -> (bool, Result<Option<Rebuilt>>) {
    let storage = Storage::default();
    let faults = storage.faults.clone();
    faults.after(steps, fault);
    let held = crate::library::open::prepare(folder).unwrap();
    let rebuilt = crate::library::rebuild::rebuild_held(folder, held, storage, &mut |_| true);
    (faults.end(), rebuilt)
}

#[test]
fn whatever_stops_the_making_of_the_index_it_is_the_old_one_or_the_whole_new_one() {
    for fault in [Fault::Stop, Fault::Once(std::io::ErrorKind::StorageFull)] {
        for steps in 0.. {
            let folder = folder();
            let (mut library, _) = marked(folder.path());
            library.set_setting("draft", &json!({"prompt": "unsent"})).unwrap();
            let before = state(&library);
            drop(library);
            let (hit, rebuilt) = rebuild_with(folder.path(), steps, fault);
            if !hit {
                assert!(steps > 6, "only {steps} steps");
                println!("{fault:?} at {steps} steps");
                break;
            }
            let library = Library::open(folder.path()).unwrap();
            assert_eq!(state(&library), before, "{fault:?} at step {steps}: {rebuilt:?}");
            assert_eq!(library.setting("draft").unwrap(), Some(json!({"prompt": "unsent"})), "step {steps}");
            check(&library);
            drop(library);
            assert!(!folder.path().join("easel.new.db").exists(), "opening cleans up");
            let rebuilt = rebuild(folder.path());
            assert_eq!((rebuilt.pictures, rebuilt.journal_kept), (4, true), "{fault:?} at step {steps}");
            assert_eq!(state(&Library::open(folder.path()).unwrap()), before);
        }
    }
}

#[test]
fn a_rebuild_that_is_stopped_changes_nothing_and_tells_how_far_it_was() {
    let folder = folder();
    let (library, _) = marked(folder.path());
    let before = state(&library);
    drop(library);
    let names = || {
        files(folder.path())
            .into_iter()
            .filter(|path| !["easel.lock", "easel.owner"].iter().any(|name| path.ends_with(name)))
            .collect::<Vec<_>>()
    };
    let there = names();
    let mut seen = Vec::new();
    Library::rebuild(folder.path(), |progress| {
        seen.push(progress.done);
        assert_eq!(progress.total, 8, "four files, read and indexed");
        true
    })
    .unwrap();
    assert_eq!(seen, [1, 2, 3, 4, 5, 6, 7, 8]);
    for most in 1..=8 {
        let aside = names().len();
        assert_eq!(Library::rebuild(folder.path(), |progress| progress.done < most).unwrap(), None);
        assert_eq!(names().len(), aside);
        assert_eq!(state(&Library::open(folder.path()).unwrap()), before);
    }
    assert_eq!(names().len(), there.len() + 1, "the one old index that is kept");
}

#[test]
fn marks_of_a_moment_ago_lost_recipes_and_the_age_of_the_trash_come_from_the_old_index() {
    let folder = folder();
    let (mut library, pictures) = marked(folder.path());
    let stars = Edit::Mark { ids: vec![pictures[1].id.clone()], change: MarkChange::Stars(2) };
    library.edit(&stars).unwrap();
    library
        .edit(&Edit::Mark { ids: vec![pictures[1].id.clone()], change: MarkChange::AddToCollection("New".into()) })
        .unwrap();
    fs::remove_file(sidecar_path(&library.picture_path(&pictures[2]))).unwrap();
    let before = (state(&library), library.trashed().unwrap()[0].trashed_ms);
    let recipe = library.recipe(&pictures[2].id).unwrap();
    drop(library);
    assert_eq!(rebuild(folder.path()).unknown_files, [""; 0]);
    let mut library = Library::open(folder.path()).unwrap();
    assert_eq!((state(&library), library.trashed().unwrap()[0].trashed_ms), before);
    assert_eq!(library.recipe(&pictures[2].id).unwrap(), recipe);
    while library.sync_sidecars(8).unwrap() {}
    assert_eq!(library.verify(Repair::No, |_| true).unwrap().findings, [], "the sidecar is written again");
}

#[test]
fn a_copy_made_by_hand_is_a_stranger_beside_the_picture() {
    let folder = folder();
    let (library, pictures) = marked(folder.path());
    let (from, to) = (library.picture_path(&pictures[0]), folder.path().join("pictures/zz copy.png"));
    fs::copy(&from, &to).unwrap();
    fs::copy(sidecar_path(&from), sidecar_path(&to)).unwrap();
    drop(library);
    let rebuilt = rebuild(folder.path());
    assert_eq!((rebuilt.pictures, rebuilt.unknown_files), (4, vec!["pictures/zz copy.png".to_owned()]));
}

#[test]
fn an_index_with_other_columns_can_be_made_anew() {
    let folder = folder();
    let (library, _) = marked(folder.path());
    let before = state(&library);
    library
        .db
        .execute_batch("ALTER TABLE pictures DROP COLUMN marks; ALTER TABLE sendings ADD COLUMN more TEXT")
        .unwrap();
    drop(library);
    assert!(matches!(Library::open(folder.path()), Err(Error::OtherIndex { .. })));
    assert!(rebuild(folder.path()).journal_kept);
    assert_eq!(state(&Library::open(folder.path()).unwrap()), before);
}

/// Asks for an end after so many words about the progress.
fn stop_after(words: usize) -> impl FnMut(Progress) -> bool {
    let mut heard = 0;
    move |_| {
        heard += 1;
        heard <= words
    }
}

#[test]
fn a_rebuild_of_an_open_library_that_is_cancelled_at_any_step_gives_everything_back() {
    let folder = folder();
    let (mut library, pictures) = marked(folder.path());
    let run = Run { prompt: "still waiting".into(), ..run() };
    library.add_run(&run, &[job(&run, 0, 1)]).unwrap();
    library.set_setting("draft", &json!({"prompt": "unsent"})).unwrap();
    // One that has to be looked for by its content, and a file that nobody knows.
    let path = library.picture_path(&pictures[0]);
    let away = path.with_file_name("renamed by hand.png");
    fs::rename(&path, &away).unwrap();
    library.verify(Repair::Yes, |_| true).unwrap();
    fs::remove_file(sidecar_path(&away)).unwrap();
    fs::write(folder.path().join("pictures/holiday.png"), b"a stranger").unwrap();
    let everything = |library: &Library| {
        let plain = |picture: Picture| (picture.id, picture.file, picture.marks, picture.trashed_ms.is_some());
        let all = library.pictures().unwrap().into_iter().chain(library.trashed().unwrap());
        let all = all.map(plain).collect::<Vec<_>>();
        (
            all,
            library.open_jobs().unwrap(),
            library.setting("draft").unwrap(),
            library.shelves().unwrap(),
            library.runs().unwrap(),
        )
    };
    let before = everything(&library);
    for words in 0.. {
        let rebuild = library.detach_index().unwrap();
        assert!(matches!(library.set_setting("draft", &json!(1)), Err(Error::ReadOnly { .. })));
        let rebuilt = rebuild.run(stop_after(words)).unwrap();
        drop(rebuild);
        library.reattach_index().unwrap();
        assert_eq!(everything(&library), before, "after {words} words");
        assert!(!files(folder.path()).iter().any(|path| path.to_string_lossy().contains("easel.new.db")));
        drop(library);
        library = Library::open(folder.path()).unwrap();
        let recovered = library.recover().unwrap();
        assert!(recovered.troubles.is_empty() && recovered.leftovers.is_empty(), "{recovered:?}");
        assert_eq!(everything(&library), before, "after {words} words, opened again");
        if let Some(rebuilt) = rebuilt {
            assert!(words > 9, "{words}");
            assert_eq!((rebuilt.pictures, rebuilt.unknown_files.len(), rebuilt.journal_kept), (4, 1, true));
            break;
        }
        library.set_setting("draft", &json!({"prompt": "unsent"})).unwrap();
    }
}
