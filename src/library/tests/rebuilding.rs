//! The index made anew, and what does not agree set right.

use super::*;
use std::fs;

fn marked(folder: &Path) -> (Library, Vec<Picture>) {
    let (mut library, pictures) = filled(folder, 4);
    let ids = vec![pictures[0].id.clone()];
    for change in [MarkChange::Stars(4), MarkChange::AddTag("sea".into()), MarkChange::AddTo("Cover".into())] {
        library.edit(&Edit::Mark { ids: ids.clone(), change }).unwrap();
    }
    library.trash(&[pictures[3].id.clone()]).unwrap();
    while library.freshen_sides(8).unwrap() {}
    let pictures = library.pictures().unwrap();
    (library, pictures)
}

fn state(library: &Library) -> (Vec<Picture>, Vec<PictureId>, Vec<Run>, Shelves) {
    let plain = |picture: Picture| Picture { number: 0, ..picture };
    let trashed = library.trashed().unwrap().into_iter().map(|picture| picture.id).collect();
    let pictures = library.pictures().unwrap().into_iter().map(plain).collect();
    (pictures, trashed, library.runs().unwrap(), library.shelves().unwrap())
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
    let rebuilt = Library::rebuild(folder.path()).unwrap();
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
    let rebuilt = Library::rebuild(folder.path()).unwrap();
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
    let rebuilt = Library::rebuild(folder.path()).unwrap();
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
    fs::rename(side_file(&library.picture_path(together)), side_file(&moved)).unwrap();
    let found = library.check(false, |_| true).unwrap();
    let moves = |(finding, mended): &(Finding, bool)| matches!(finding, Finding::Moved { .. }).then_some(*mended);
    assert_eq!(found.findings.iter().map(moves).collect::<Vec<_>>(), [Some(false), Some(false)], "{found:?}");
    assert_eq!(library.check(true, |_| true).unwrap().findings.len(), 2);
    assert_eq!(library.check(false, |_| true).unwrap().findings, []);
    assert_eq!(library.picture(&alone.id).unwrap().unwrap().file, "pictures/somewhere/else.webp");
    check(&library);
    drop(library);
    let renamed = folder.path().join("pictures/third name.webp");
    fs::rename(&new, &renamed).unwrap();
    assert_eq!(Library::rebuild(folder.path()).unwrap().missing, [""; 0]);
    let library = Library::open(folder.path()).unwrap();
    assert_eq!(library.picture(&alone.id).unwrap().unwrap().file, "pictures/third name.webp");
}

#[test]
fn what_cannot_be_mended_is_named() {
    let folder = folder();
    let (mut library, pictures) = marked(folder.path());
    fs::write(library.picture_path(&pictures[0]), b"painted over").unwrap();
    fs::remove_file(library.picture_path(&pictures[1])).unwrap();
    fs::remove_file(side_file(&library.picture_path(&pictures[2]))).unwrap();
    fs::write(folder.path().join("pictures/holiday.png"), b"a stranger").unwrap();
    fs::write(folder.path().join("incoming/x.bytes"), b"left").unwrap();
    let words = |checked: Checked| -> Vec<String> {
        let word = |(finding, mended): (Finding, bool)| {
            let text = finding.to_string();
            format!("{}{}", text.split(':').next().unwrap(), if mended { " mended" } else { "" })
        };
        checked.findings.into_iter().map(word).collect()
    };
    let found = words(library.check(true, |_| true).unwrap());
    assert_eq!(found, ["recipe lost mended", "changed", "missing", "stranger", "left over"]);
    assert_eq!(library.check(true, |_| true).unwrap().findings.len(), 4, "the recipe is back");
    assert_eq!(fs::read(folder.path().join("pictures/holiday.png")).unwrap(), b"a stranger", "nothing is deleted");
}

#[test]
fn a_picture_that_the_index_forgot_is_taken_in_again() {
    let folder = folder();
    let (mut library, pictures) = marked(folder.path());
    library.db.execute("DELETE FROM pictures WHERE id = ?1", [&pictures[0].id.0]).unwrap();
    let found = library.check(true, |_| true).unwrap();
    assert!(matches!(found.findings.as_slice(), [(Finding::Unindexed { .. }, true)]), "{found:?}");
    assert_eq!(library.picture(&pictures[0].id).unwrap().unwrap().marks.stars, 4);
}

#[test]
fn a_large_library_for_measuring_agrees_with_itself() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    library.fill(120, |_| {}).unwrap();
    assert_eq!(library.pictures().unwrap().len(), 120);
    assert_eq!(library.check(false, |_| true).unwrap().findings, []);
    let marked = library.pictures().unwrap().iter().filter(|picture| !picture.marks.is_empty()).count();
    assert!((10..110).contains(&marked), "{marked}");
    drop(library);
    assert_eq!(Library::rebuild(folder.path()).unwrap().pictures, 120);
}
