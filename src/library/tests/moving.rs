//! A move to or from the trash that was interrupted, and what others did to the names meanwhile: whatever is asked of
//! the library next, no content that was there is gone.

use super::super::folder::sidecar::read_sidecar;
use super::super::folder::storage::Storage;
use super::*;
use std::fs;

/// How the folder was found, with the wish to move the first picture noted in the index.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Found {
    NotBegun,
    Renamed,
    RenamedWithSide,
    SideAlone,
    Linked,
    Copied,
    StrangerAtTarget,
    StrangerOfSameLength,
    StrangerAtTargetAndGone,
    StrangerAtOldName,
    HalfAtTarget,
    HalfAtTargetAndGone,
    BothMissing,
    FolderAtTarget,
    FolderAtTargetAndGone,
    FolderAtOldName,
    StrangeSideAtTarget,
    /// The index says that the target is the file of another picture, with the same content.
    TwinAtTarget,
    /// The same, as two names of one file.
    TwinLinked,
    /// A repair by an earlier version has moved the index, and the wish is still noted.
    IndexMoved,
}

const FOUND: [Found; 20] = [
    Found::NotBegun,
    Found::Renamed,
    Found::RenamedWithSide,
    Found::SideAlone,
    Found::Linked,
    Found::Copied,
    Found::StrangerAtTarget,
    Found::StrangerOfSameLength,
    Found::StrangerAtTargetAndGone,
    Found::StrangerAtOldName,
    Found::HalfAtTarget,
    Found::HalfAtTargetAndGone,
    Found::BothMissing,
    Found::FolderAtTarget,
    Found::FolderAtTargetAndGone,
    Found::FolderAtOldName,
    Found::StrangeSideAtTarget,
    Found::TwinAtTarget,
    Found::TwinLinked,
    Found::IndexMoved,
];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Step {
    Start,
    Check,
    Repair,
    Rebuild,
    Trash,
    Restore,
    Empty,
}

const LIVES: [&[Step]; 12] = [
    &[Step::Start],
    &[Step::Check],
    &[Step::Repair],
    &[Step::Repair, Step::Start, Step::Repair],
    &[Step::Rebuild],
    &[Step::Rebuild, Step::Repair],
    &[Step::Trash],
    &[Step::Trash, Step::Restore],
    &[Step::Restore, Step::Trash],
    &[Step::Repair, Step::Trash, Step::Restore],
    &[Step::Restore, Step::Empty],
    &[Step::Repair, Step::Restore, Step::Empty],
];

const STRANGE_ID: &str = "01A00000000000000000000000";
const STRANGE: &[u8] = b"a stranger's words, of another length";

/// The recipe of a picture that this library has never seen.
fn strange_side() -> Vec<u8> {
    let mut recipe = recipe(&job(&run(), 0, 1), 0);
    recipe.id = PictureId(STRANGE_ID.into());
    serde_json::to_vec(&recipe).unwrap()
}

/// A library of two pictures of which the newer one was to be moved.
struct Case {
    folder: tempfile::TempDir,
    id: PictureId,
    content: Vec<u8>,
}

fn make(found: Found, to_trash: bool) -> Case {
    let folder = folder();
    let (mut library, pictures) = filled(folder.path(), 2);
    if !to_trash {
        library.trash(&[pictures[0].id.clone()]).unwrap();
    }
    let picture = library.picture(&pictures[0].id).unwrap().unwrap();
    let (old, new) = if to_trash { ("pictures/", "trash/") } else { ("trash/", "pictures/") };
    let target = picture.file.replacen(old, new, 1);
    let (from, to) = (library.picture_path(&picture), folder.path().join(&target));
    fs::create_dir_all(to.parent().unwrap()).unwrap();
    let content = fs::read(&from).unwrap();
    let trashed_ms = to_trash.then_some(1_795_000_000_000_i64);
    library
        .db
        .execute("INSERT INTO moves VALUES (?1, ?2, ?3)", rusqlite::params![picture.id.0, target, trashed_ms])
        .unwrap();
    let half = &content[..content.len() / 2];
    match found {
        Found::NotBegun => {}
        Found::Renamed => fs::rename(&from, &to).unwrap(),
        Found::RenamedWithSide => {
            fs::rename(&from, &to).unwrap();
            fs::rename(sidecar_path(&from), sidecar_path(&to)).unwrap();
        }
        Found::SideAlone => fs::rename(sidecar_path(&from), sidecar_path(&to)).unwrap(),
        Found::Linked => fs::hard_link(&from, &to).unwrap(),
        Found::Copied => _ = fs::copy(&from, &to).unwrap(),
        Found::StrangerAtTarget => fs::write(&to, STRANGE).unwrap(),
        Found::StrangerOfSameLength => fs::write(&to, vec![7; content.len()]).unwrap(),
        Found::StrangerAtTargetAndGone => {
            fs::write(&to, STRANGE).unwrap();
            fs::rename(&from, folder.path().join("pictures/elsewhere.png")).unwrap();
        }
        Found::StrangerAtOldName => {
            fs::rename(&from, &to).unwrap();
            fs::write(&from, STRANGE).unwrap();
        }
        Found::HalfAtTarget => fs::write(&to, half).unwrap(),
        Found::HalfAtTargetAndGone => {
            fs::write(&to, half).unwrap();
            fs::rename(&from, folder.path().join("pictures/elsewhere.png")).unwrap();
        }
        Found::BothMissing => fs::rename(&from, folder.path().join("pictures/elsewhere.png")).unwrap(),
        Found::FolderAtTarget => fs::create_dir(&to).unwrap(),
        Found::FolderAtTargetAndGone => {
            fs::create_dir(&to).unwrap();
            fs::rename(&from, folder.path().join("pictures/elsewhere.png")).unwrap();
        }
        Found::FolderAtOldName => {
            fs::rename(&from, &to).unwrap();
            fs::create_dir(&from).unwrap();
            fs::write(from.join("within.png"), STRANGE).unwrap();
        }
        Found::StrangeSideAtTarget => {
            fs::rename(&from, &to).unwrap();
            fs::write(sidecar_path(&to), strange_side()).unwrap();
        }
        Found::TwinAtTarget | Found::TwinLinked => {
            let twin = store(&mut library, &recipe(&job(&run(), 0, 1), 0), &content);
            let path = library.picture_path(&twin);
            let linked = found == Found::TwinLinked;
            if linked {
                fs::hard_link(&from, &to).unwrap();
            } else {
                fs::rename(&path, &to).unwrap();
            }
            fs::rename(sidecar_path(&path), sidecar_path(&to)).unwrap();
            if linked {
                fs::remove_file(&path).unwrap();
            }
            library
                .db
                .execute(
                    "UPDATE pictures SET file = ?2, trashed_ms = ?3 WHERE id = ?1",
                    rusqlite::params![twin.id.0, target, trashed_ms],
                )
                .unwrap();
        }
        Found::IndexMoved => {
            fs::rename(&from, &to).unwrap();
            fs::rename(sidecar_path(&from), sidecar_path(&to)).unwrap();
            library
                .db
                .execute(
                    "UPDATE pictures SET file = ?2, trashed_ms = ?3 WHERE id = ?1",
                    rusqlite::params![picture.id.0, target, trashed_ms],
                )
                .unwrap();
        }
    }
    Case { folder, id: picture.id, content }
}

/// Every content below `pictures/`, `trash/` and `incoming/` that is no recipe of ours, with how often it is there.
fn contents(dir: &Path) -> BTreeSet<Vec<u8>> {
    let all = ["pictures", "trash", "incoming"].into_iter().flat_map(|folder| files(&dir.join(folder)));
    let read = all.map(|path| fs::read(path).unwrap());
    read.filter(|content| serde_json::from_slice::<Recipe>(content).is_err()).collect()
}

/// What must hold for every picture that the index knows: its bytes are where it says, or nowhere.
fn index_is_true(library: &Library, what: &str) {
    let known: Vec<Picture> = library.pictures().unwrap().into_iter().chain(library.trashed().unwrap()).collect();
    let dir = library.dir();
    let there: Vec<Vec<u8>> = ["pictures", "trash"]
        .into_iter()
        .flat_map(|folder| files(&dir.join(folder)))
        .map(|path| fs::read(path).unwrap())
        .collect();
    for picture in known {
        let path = library.picture_path(&picture);
        let at_place = fs::read(&path).is_ok_and(|bytes| content_hash(&bytes) == picture.hash);
        let anywhere = there.iter().any(|bytes| content_hash(bytes) == picture.hash);
        assert!(at_place || !anywhere, "{what}: {} is not at {}", picture.id.0, picture.file);
        assert_eq!(picture.trashed_ms.is_some(), picture.file.starts_with("trash/"), "{what}");
        assert!(library.recipe(&picture.id).is_ok(), "{what}: the recipe of {} is lost", picture.file);
    }
}

/// Takes one step; emptying says which contents it may delete.
fn step(case: &Case, step: Step) -> BTreeSet<Vec<u8>> {
    let dir = case.folder.path();
    if step == Step::Rebuild {
        Library::rebuild(dir, |_| true).unwrap();
        return BTreeSet::new();
    }
    let mut library = Library::open(dir).unwrap();
    let ids = [case.id.clone()];
    let known = library.picture(&case.id).unwrap().is_some();
    match step {
        Step::Start => _ = library.recover().unwrap(),
        Step::Check => _ = library.verify(Repair::No, |_| true).unwrap(),
        Step::Repair => _ = library.verify(Repair::Yes, |_| true).unwrap(),
        Step::Trash if known => _ = library.trash(&ids).unwrap(),
        Step::Restore if known => _ = library.restore(&ids).unwrap(),
        Step::Empty => {
            let trashed = library.trashed().unwrap();
            let mut gone: BTreeSet<Vec<u8>> = trashed
                .iter()
                .filter_map(|picture| {
                    let bytes = fs::read(library.picture_path(picture)).ok()?;
                    (content_hash(&bytes) == picture.hash).then_some(bytes)
                })
                .collect();
            let kept = library.pictures().unwrap();
            gone.retain(|content| !kept.iter().any(|picture| picture.hash == content_hash(content)));
            library.empty_trash().unwrap();
            return gone;
        }
        _ => {}
    }
    BTreeSet::new()
}

#[test]
fn whatever_was_found_and_is_asked_next_no_content_goes_but_by_emptying_the_trash() {
    for (to_trash, found) in FOUND.into_iter().flat_map(|found| [(true, found), (false, found)]) {
        for life in LIVES {
            let case = make(found, to_trash);
            let dir = case.folder.path();
            let what = format!("{found:?} on the way {} then {life:?}", if to_trash { "in" } else { "out" });
            let mut expected = contents(dir);
            let mut may_go = BTreeSet::new();
            for (number, one) in life.iter().chain(&[Step::Start, Step::Start, Step::Repair]).enumerate() {
                may_go.extend(step(&case, *one));
                expected.retain(|content| !may_go.contains(content));
                let there = contents(dir);
                let lost = expected.difference(&there).count();
                assert_eq!(lost, 0, "{what}: lost in step {number}, {one:?}");
            }
            if found == Found::StrangeSideAtTarget {
                let is_strange = |path| read_sidecar(path, &PictureId(STRANGE_ID.into())).is_some();
                let left = files(dir).iter().any(|path| is_strange(path));
                assert!(left, "{what}: a recipe of another picture is lost");
            }
            let library = Library::open(dir).unwrap();
            index_is_true(&library, &what);
            let moves: i64 = library.db.query_row("SELECT COUNT(*) FROM moves", [], |row| row.get(0)).unwrap();
            assert_eq!(moves, 0, "{what}");
        }
    }
}

#[test]
fn a_move_that_was_interrupted_is_gone_on_with_or_forgotten() {
    for (to_trash, found) in FOUND.into_iter().flat_map(|found| [(true, found), (false, found)]) {
        let case = make(found, to_trash);
        let dir = case.folder.path();
        let mut library = Library::open(dir).unwrap();
        library.recover().unwrap();
        let picture = library.picture(&case.id).unwrap().unwrap();
        let arrives = match found {
            Found::NotBegun
            | Found::SideAlone
            | Found::StrangerAtTarget
            | Found::StrangerOfSameLength
            | Found::HalfAtTarget
            | Found::FolderAtTarget
            | Found::FolderAtTargetAndGone
            | Found::TwinAtTarget
            | Found::TwinLinked => false,
            Found::Renamed
            | Found::RenamedWithSide
            | Found::Linked
            | Found::Copied
            | Found::StrangerAtTargetAndGone
            | Found::StrangerAtOldName
            | Found::HalfAtTargetAndGone
            | Found::BothMissing
            | Found::FolderAtOldName
            | Found::StrangeSideAtTarget
            | Found::IndexMoved => true,
        };
        assert_eq!(picture.trashed_ms.is_some(), to_trash == arrives, "{found:?}, in: {to_trash}");
        let copies = files(dir).iter().filter(|path| fs::read(path).unwrap() == case.content).count();
        let expected = if matches!(found, Found::TwinAtTarget | Found::TwinLinked) { 2 } else { 1 };
        assert_eq!(copies, expected, "{found:?}, in: {to_trash}: one content, one file");
    }
}

#[test]
fn the_trash_is_emptied_of_pictures_and_of_nothing_else() {
    let folder = folder();
    let (mut library, pictures) = filled(folder.path(), 4);
    let ids: Vec<_> = pictures.iter().map(|picture| picture.id.clone()).collect();
    let thrown = library.trash(&ids[..3]).unwrap();
    let path = |number: usize| library.picture_path(&thrown[number]);
    let here = library.picture_path(&pictures[3]);
    // Somebody has exchanged the names of two pictures, and laid a folder and other words in place of the others.
    fs::rename(path(0), folder.path().join("aside")).unwrap();
    fs::rename(&here, path(0)).unwrap();
    fs::rename(folder.path().join("aside"), &here).unwrap();
    fs::write(path(1), STRANGE).unwrap();
    fs::remove_file(path(2)).unwrap();
    fs::create_dir(path(2)).unwrap();
    let (kept, side) = (path(0), sidecar_path(&path(1)));
    fs::write(&side, STRANGE).unwrap();
    let emptied = library.empty_trash().unwrap();
    assert_eq!((emptied.count, emptied.kept), (3, 3));
    assert_eq!(library.trashed().unwrap(), []);
    assert_eq!(fs::read(&kept).unwrap(), bytes(0), "the picture that was not in the trash");
    assert_eq!(fs::read(&side).unwrap(), STRANGE);
    assert!(contents(folder.path()).contains(STRANGE));
    library.verify(Repair::Yes, |_| true).unwrap();
    let found = library.picture(&pictures[3].id).unwrap().unwrap();
    assert_eq!(fs::read(library.picture_path(&found)).unwrap(), bytes(0), "it is found again by its content");
}

#[test]
fn one_move_that_the_disk_refuses_holds_up_no_other() {
    let mut hits = 0;
    for steps in 0.. {
        let folder = folder();
        let (mut library, pictures) = filled(folder.path(), 3);
        let ids: Vec<_> = pictures.iter().map(|picture| picture.id.clone()).collect();
        library.faults().after(steps, Fault::Once(std::io::ErrorKind::PermissionDenied));
        let moved = library.trash(&ids);
        if !library.faults().end() {
            moved.unwrap();
            break;
        }
        let mended = Library::open_read_only(folder.path(), ReadOnly::Asked).unwrap();
        let at_place = |library: &Library| {
            let known = library.pictures().unwrap().into_iter().chain(library.trashed().unwrap());
            known.filter(|picture| library.picture_path(picture).is_file()).count()
        };
        let hit_one =
            matches!(&moved, Err(Error::CannotWrite { path, .. }) if path.is_absolute() && path.extension().is_some());
        assert!(at_place(&mended) >= if hit_one { 2 } else { 0 }, "step {steps}: {moved:?}");
        hits += u32::from(hit_one);
        drop(mended);
        library.finish_moves().unwrap();
        check(&library);
    }
    assert!(hits >= 6, "three pictures and three sidecars: {hits}");
}

#[test]
fn names_that_differ_only_in_case_get_targets_that_differ_in_more() {
    let folder = folder();
    let (mut library, pictures) = filled(folder.path(), 2);
    for (picture, name) in pictures.iter().zip(["pictures/2026-11/Fox.png", "pictures/2026-11/fox.png"]) {
        let (from, to) = (library.picture_path(picture), folder.path().join(name));
        fs::create_dir_all(to.parent().unwrap()).unwrap();
        fs::rename(&from, &to).unwrap();
        fs::rename(sidecar_path(&from), sidecar_path(&to)).unwrap();
        library.db.execute("UPDATE pictures SET file = ?2 WHERE id = ?1", (&picture.id.0, name)).unwrap();
    }
    let ids: Vec<_> = pictures.iter().map(|picture| picture.id.clone()).collect();
    let thrown = library.trash(&ids).unwrap();
    let lower: BTreeSet<String> = thrown.iter().map(|picture| picture.file.to_lowercase()).collect();
    assert_eq!(lower.len(), 2, "{lower:?}");
    check(&library);
}

#[test]
fn a_trash_folder_that_is_the_picture_folder_under_another_name_loses_nothing() {
    #[cfg(unix)]
    {
        let folder = folder();
        let (library, pictures) = filled(folder.path(), 1);
        fs::remove_dir(folder.path().join("trash")).unwrap();
        std::os::unix::fs::symlink("pictures", folder.path().join("trash")).unwrap();
        let target = pictures[0].file.replacen("pictures/", "trash/", 1);
        library.db.execute("INSERT INTO moves VALUES (?1, ?2, 1)", (&pictures[0].id.0, &target)).unwrap();
        drop(library);
        let mut library = Library::open(folder.path()).unwrap();
        library.recover().unwrap();
        assert_eq!(fs::read(library.picture_path(&pictures[0])).unwrap(), bytes(0));
    }
}

#[test]
fn moves_are_forgotten_when_the_index_is_made_anew() {
    let case = make(Found::Linked, true);
    let held = crate::library::open::prepare(case.folder.path()).unwrap();
    crate::library::rebuild::rebuild_held(case.folder.path(), held, Storage::default(), &mut |_| true).unwrap();
    let library = Library::open(case.folder.path()).unwrap();
    index_is_true(&library, "made anew");
}
