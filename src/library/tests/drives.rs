//! Drives that cannot do what others can: the library lives on them like anywhere else.

use super::super::folder::storage::Drive;
use super::*;

const DRIVES: [Drive; 4] = [
    Drive { no_new_names: true, no_links: false, trash_elsewhere: false },
    Drive { no_new_names: true, no_links: true, trash_elsewhere: false },
    Drive { no_new_names: false, no_links: true, trash_elsewhere: true },
    Drive { no_new_names: true, no_links: true, trash_elsewhere: true },
];

#[test]
fn a_library_lives_on_every_drive() {
    for drive in DRIVES {
        let folder = folder();
        let faults = Faults::default();
        let _shared = faults.share();
        faults.on(drive);
        let (mut library, pictures) = filled(folder.path(), 4);
        check(&library);
        let ids: Vec<_> = pictures.iter().map(|picture| picture.id.clone()).collect();
        library.trash(&ids[..3]).unwrap();
        check(&library);
        library.edit(&Edit::Mark { ids: ids.clone(), change: MarkChange::Stars(2) }).unwrap();
        while library.sync_sidecars(8).unwrap() {}
        library.restore(&ids[..1]).unwrap();
        check(&library);
        library.empty_trash().unwrap();
        check(&library);
        assert_eq!(library.pictures().unwrap().len(), 2, "{drive:?}");
        drop(library);
        let rebuilt = Library::rebuild(folder.path(), |_| true).unwrap().unwrap();
        assert!(rebuilt.journal_kept && rebuilt.old.unwrap().is_file(), "{drive:?}");
        check(&Library::open(folder.path()).unwrap());
    }
}

#[test]
fn a_name_that_is_taken_stays_so_on_every_drive() {
    for drive in DRIVES {
        let folder = folder();
        let faults = Faults::default();
        let _shared = faults.share();
        faults.on(drive);
        let storage = super::super::folder::storage::Storage::default();
        let (from, to) = (folder.path().join("a.png"), folder.path().join("b.png"));
        std::fs::write(&from, b"fox").unwrap();
        std::fs::write(&to, b"").unwrap();
        assert!(matches!(storage.rename_new(&from, &to), Err(Error::Exists { .. })), "{drive:?}");
        assert_eq!(
            (std::fs::read(&from).unwrap(), std::fs::read(&to).unwrap()),
            (b"fox".to_vec(), vec![]),
            "{drive:?}"
        );
        std::fs::remove_file(&to).unwrap();
        storage.rename_new(&from, &to).unwrap();
        assert!(!from.exists() && std::fs::read(&to).unwrap() == b"fox", "{drive:?}");
    }
}

#[test]
fn a_trash_that_is_full_leaves_the_picture_where_it_was() {
    for steps in 0.. {
        let folder = folder();
        let faults = Faults::default();
        let _shared = faults.share();
        faults.on(DRIVES[3]);
        let (mut library, pictures) = filled(folder.path(), 1);
        faults.after(steps, Fault::From(std::io::ErrorKind::StorageFull));
        let thrown = library.trash(&[pictures[0].id.clone()]);
        if !faults.end() {
            assert!(steps > 8 && thrown.is_ok(), "{steps}");
            break;
        }
        let whole = files(folder.path()).into_iter().filter(|path| std::fs::read(path).unwrap() == bytes(0)).count();
        assert!(whole > 0, "step {steps}");
        library.finish_moves().unwrap();
        let picture = library.picture(&pictures[0].id).unwrap().unwrap();
        assert_eq!(std::fs::read(library.picture_path(&picture)).unwrap(), bytes(0), "step {steps}");
    }
}
