//! The trash, there and back.

use super::super::ingest::free_file;
use super::*;

fn ids(pictures: &[Picture]) -> Vec<PictureId> {
    pictures.iter().map(|picture| picture.id.clone()).collect()
}

#[test]
fn pictures_go_to_the_trash_and_come_back_as_they_were() {
    let folder = folder();
    let (mut library, pictures) = filled(folder.path(), 3);
    let thrown = library.trash(&ids(&pictures[..2])).unwrap();
    assert_eq!(ids(&thrown), ids(&pictures[..2]));
    assert!(thrown.iter().all(|picture| picture.trashed_ms.is_some()));
    check(&library);
    assert_eq!(library.pictures().unwrap(), pictures[2..]);
    assert_eq!(library.trashed().unwrap().len(), 2);
    assert_eq!(library.restore(&ids(&pictures[..2])).unwrap(), pictures[..2]);
    check(&library);
    assert_eq!(library.pictures().unwrap(), pictures);
}

#[test]
fn throwing_away_twice_changes_nothing() {
    let folder = folder();
    let (mut library, pictures) = filled(folder.path(), 1);
    let twice = [pictures[0].id.clone(), pictures[0].id.clone()];
    let thrown = library.trash(&twice).unwrap();
    assert_eq!(thrown, library.trash(&twice).unwrap());
    check(&library);
    library.restore(&twice).unwrap();
    assert_eq!(library.restore(&twice).unwrap()[0], pictures[0]);
    check(&library);
}

#[test]
fn a_name_taken_in_the_meantime_is_not_overwritten() {
    let folder = folder();
    let (mut library, pictures) = filled(folder.path(), 1);
    let old = library.picture_path(&pictures[0]);
    library.trash(&ids(&pictures)).unwrap();
    std::fs::write(&old, b"a stranger").unwrap();
    let back = library.restore(&ids(&pictures)).unwrap();
    assert_eq!(back[0].file, pictures[0].file.replace(".png", " 2.png"));
    assert_eq!(std::fs::read(&old).unwrap(), b"a stranger");
    std::fs::remove_file(&old).unwrap();
    check(&library);
}

#[test]
fn a_picture_whose_file_is_gone_can_be_thrown_away() {
    let folder = folder();
    let (mut library, pictures) = filled(folder.path(), 1);
    std::fs::remove_file(library.picture_path(&pictures[0])).unwrap();
    library.trash(&ids(&pictures)).unwrap();
    assert_eq!(library.pictures().unwrap(), []);
    assert_eq!(files(&folder.path().join("pictures")), Vec::<PathBuf>::new());
    assert_eq!(library.empty_trash().unwrap().count, 1);
    check(&library);
}

#[test]
fn emptying_deletes_files_but_not_what_was_spent() {
    let folder = folder();
    let (mut library, pictures) = filled(folder.path(), 3);
    for picture in &pictures {
        write_thumbnail(library.dir(), &picture.hash, b"small").unwrap();
    }
    let former = thumbnail_path(library.dir(), &pictures[0].hash).with_file_name(format!("{}.webp", pictures[0].hash));
    std::fs::write(former, b"made in the former way").unwrap();
    library.trash(&ids(&pictures[..2])).unwrap();
    let emptied = library.empty_trash().unwrap();
    assert_eq!(emptied, PurgeSummary { count: 2, bytes: pictures[0].bytes + pictures[1].bytes, kept: 0 });
    assert_eq!(library.empty_trash().unwrap(), PurgeSummary::default());
    check(&library);
    assert_eq!(library.pictures().unwrap(), pictures[2..]);
    let thumbnails = [thumbnail_path(library.dir(), &pictures[2].hash)];
    assert_eq!(files(&folder.path().join("thumbnails")), thumbnails);
    assert_eq!(library.spent_since(0).unwrap().cost, 0.75);
    assert_eq!(library.runs().unwrap().len(), 1);
    assert!(matches!(library.restore(&ids(&pictures[..1])), Err(Error::Missing { what: "picture", .. })));
}

#[test]
fn a_thumbnail_stays_while_another_picture_needs_it() {
    let folder = folder();
    let (mut library, pictures) = filled(folder.path(), 1);
    let twin = store(&mut library, &recipe(&job(&run(), 0, 1), 0), &bytes(0));
    write_thumbnail(library.dir(), &twin.hash, b"small").unwrap();
    library.trash(&ids(&pictures)).unwrap();
    library.empty_trash().unwrap();
    assert!(thumbnail_path(library.dir(), &twin.hash).exists());
    check(&library);
}

#[test]
fn a_name_that_a_move_is_to_have_is_given_to_no_other_picture() {
    let folder = folder();
    let (library, pictures) = filled(folder.path(), 1);
    let wanted = "pictures/2026-11/promised.png";
    assert_eq!(free_file(&library.db, library.dir(), wanted), wanted);
    library.db.execute("INSERT INTO moves VALUES (?1, ?2, NULL)", [&pictures[0].id.0, wanted]).unwrap();
    assert_ne!(free_file(&library.db, library.dir(), wanted), wanted);
}

#[test]
fn a_picture_that_is_gone_is_not_moved_to_the_file_of_another() {
    let folder = folder();
    let (mut library, pictures) = filled(folder.path(), 2);
    std::fs::remove_file(library.picture_path(&pictures[0])).unwrap();
    let insert = "INSERT INTO moves VALUES (?1, ?2, NULL)";
    library.db.execute(insert, [&pictures[0].id.0, &pictures[1].file]).unwrap();
    library.finish_moves().unwrap();
    assert_eq!(library.pictures().unwrap(), pictures);
}

#[test]
fn a_move_is_told_once_whoever_finished_it() {
    for steps in 0.. {
        let folder = folder();
        let (mut library, pictures) = filled(folder.path(), 3);
        let ids: Vec<PictureId> = pictures.iter().map(|picture| picture.id.clone()).collect();
        library.faults().after(steps, Fault::Once(std::io::ErrorKind::Other));
        let thrown = library.trash(&ids);
        let hit = library.faults().end();
        let mut told = library.drain_moved().unwrap();
        library.finish_moves().unwrap();
        told.extend(library.drain_moved().unwrap());
        let by_id = |mut list: Vec<Picture>| {
            list.sort_by(|one, other| one.id.cmp(&other.id));
            list
        };
        assert_eq!(by_id(told), by_id(library.trashed().unwrap()), "step {steps}: {thrown:?}");
        assert_eq!(library.drain_moved().unwrap(), [], "step {steps}");
        library.finish_moves().unwrap();
        library.recover().unwrap();
        assert_eq!(library.drain_moved().unwrap(), [], "step {steps}");
        if !hit {
            assert!(steps > 8, "{steps}");
            break;
        }
    }
}
