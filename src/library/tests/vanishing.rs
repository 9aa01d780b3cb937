//! A folder that goes away while the library is open, as a drive that is unplugged, and comes back.

use super::*;

#[test]
fn nothing_is_written_while_the_folder_is_away_and_everything_is_as_it_was_when_it_is_back() {
    let folder = folder();
    let (dir, away) = (folder.path().join("library"), folder.path().join("away"));
    let (mut library, pictures) = filled(&dir, 3);
    library.trash(&[pictures[2].id.clone()]).unwrap();
    let before = files(&dir);
    std::fs::rename(&dir, &away).unwrap();
    let ids = [pictures[0].id.clone()];
    let run = run();
    let job = job(&run, 0, 1);
    let mark = Edit::Mark { ids: ids.to_vec(), change: MarkChange::Stars(5) };
    let refused: Vec<(&str, Result<()>)> = vec![
        ("add_run", library.add_run(&run, std::slice::from_ref(&job))),
        ("keep", library.stage(&recipe(&job, 0), b"fox", None).map(|_| ())),
        ("trash", library.trash(&ids).map(|_| ())),
        ("restore", library.restore(&[pictures[2].id.clone()]).map(|_| ())),
        ("empty_trash", library.empty_trash().map(|_| ())),
        ("edit", library.edit(&mark).map(|_| ())),
        ("store_reference", library.store_reference(b"fox", Format::Png).map(|_| ())),
        ("set_setting", library.set_setting("draft", &json!(1))),
        ("write_thumbnail", write_thumbnail(&dir, &pictures[0].hash, b"small")),
    ];
    for (what, written) in refused {
        assert!(matches!(written, Err(Error::CannotWrite { .. })), "{what}: {written:?}");
    }
    assert!(!dir.exists(), "nothing is made in its place");
    std::fs::rename(&away, &dir).unwrap();
    assert_eq!(files(&dir), before);
    assert_eq!((library.pictures().unwrap().len(), library.trashed().unwrap().len()), (2, 1));
    library.add_run(&run, std::slice::from_ref(&job)).unwrap();
    let kept = library.stage(&recipe(&job, 0), b"fox", None).unwrap();
    library.commit(&kept, None).unwrap();
    library.trash(&ids).unwrap();
    check(&library);
}
