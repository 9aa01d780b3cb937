//! Ratings, labels, tags and collections.

use super::*;
use crate::plan::{Flag, Label};

fn ids(pictures: &[Picture]) -> Vec<PictureId> {
    pictures.iter().map(|picture| picture.id.clone()).collect()
}

fn side_marks(library: &Library, picture: &Picture) -> Marks {
    let text = std::fs::read(sidecar_path(&library.picture_path(picture))).unwrap();
    serde_json::from_slice::<super::super::folder::sidecar::Sidecar>(&text).unwrap().marks
}

#[test]
fn marks_survive_and_reach_the_side_files_a_few_at_a_time() {
    let folder = folder();
    let (mut library, pictures) = filled(folder.path(), 3);
    let change = MarkChange::Stars(9);
    let edited = library.edit(&Edit::Mark { ids: ids(&pictures), change }).unwrap();
    assert_eq!(edited.pictures.len(), 3);
    assert!(edited.pictures.iter().all(|picture| picture.marks.stars == 5), "five is the most");
    assert!(library.sync_sidecars(2).unwrap(), "one is left");
    assert!(!library.sync_sidecars(2).unwrap());
    assert!(!library.sync_sidecars(2).unwrap(), "nothing is left");
    drop(library);
    let library = Library::open(folder.path()).unwrap();
    for picture in library.pictures().unwrap() {
        assert_eq!(picture.marks.stars, 5);
        assert_eq!(side_marks(&library, &picture), picture.marks);
    }
    check(&library);
}

#[test]
fn every_edit_can_be_taken_back_and_done_again() {
    let folder = folder();
    let (mut library, pictures) = filled(folder.path(), 3);
    let all = ids(&pictures);
    let state = |library: &Library| {
        let marks: Vec<_> = library.pictures().unwrap().into_iter().map(|picture| picture.marks).collect();
        (marks, library.shelves().unwrap())
    };
    let mark = |ids: &[PictureId], change| Edit::Mark { ids: ids.to_vec(), change };
    let edits = [
        mark(&all, MarkChange::Flag(Some(Flag::Pick))),
        mark(&all[..1], MarkChange::Label(Some(Label::Red))),
        mark(&all[1..], MarkChange::AddTag("dunes".into())),
        mark(&all[..2], MarkChange::AddToCollection("Book cover".into())),
        Edit::RenameCollection { from: "book cover".into(), to: "Covers".into() },
        mark(&all[..1], MarkChange::AddToCollection("Second".into())),
        Edit::RenameCollection { from: "Second".into(), to: "Covers".into() },
        Edit::RemoveCollection("covers".into()),
        Edit::SetUserLists(UserLists { collections: vec!["Empty".into()], ..UserLists::default() }),
    ];
    for edit in edits {
        let before = state(&library);
        let done = library.edit(&edit).unwrap();
        let after = state(&library);
        assert_ne!(before, after, "{edit:?}");
        let undone = library.edit(&Edit::Revert(done.before)).unwrap();
        assert_eq!(state(&library), before, "{edit:?}");
        library.edit(&Edit::Revert(undone.before)).unwrap();
        assert_eq!(state(&library), after, "{edit:?}");
    }
}

#[test]
fn an_edit_that_changes_nothing_says_so_and_unknown_pictures_are_left_out() {
    let folder = folder();
    let (mut library, pictures) = filled(folder.path(), 1);
    let mut all = ids(&pictures);
    all.push(PictureId("gone".into()));
    assert_eq!(
        library.edit(&Edit::Mark { ids: all.clone(), change: MarkChange::Stars(0) }).unwrap(),
        EditResult::default()
    );
    assert_eq!(library.edit(&Edit::Mark { ids: all, change: MarkChange::Stars(1) }).unwrap().pictures.len(), 1);
}

#[test]
fn marks_go_with_a_picture_into_the_trash_and_back() {
    let folder = folder();
    let (mut library, pictures) = filled(folder.path(), 1);
    let all = ids(&pictures);
    library.edit(&Edit::Mark { ids: all.clone(), change: MarkChange::Stars(4) }).unwrap();
    let trashed = library.trash(&all).unwrap();
    assert_eq!(trashed[0].marks.stars, 4);
    library.edit(&Edit::Mark { ids: all.clone(), change: MarkChange::Stars(2) }).unwrap();
    while library.sync_sidecars(8).unwrap() {}
    assert_eq!(library.restore(&all).unwrap()[0].marks.stars, 2);
    assert_eq!(side_marks(&library, &library.pictures().unwrap()[0]).stars, 2);
    check(&library);
}

#[test]
fn numbers_are_small_and_stay() {
    let folder = folder();
    let (mut library, pictures) = filled(folder.path(), 3);
    let mut numbers: Vec<_> = pictures.iter().map(|picture| picture.number).collect();
    numbers.sort();
    assert_eq!(numbers, [1, 2, 3]);
    let again = library.set_size(&pictures[0].id, Size { width: 7, height: 7 }).unwrap();
    assert_eq!(again.number, pictures[0].number);
}
