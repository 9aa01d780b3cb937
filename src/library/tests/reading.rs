//! A library that is only looked at: nothing in its folder changes, and its writer goes on beside it.

use super::*;
use std::collections::BTreeMap;

/// Every file but what SQLite's readers and writers share.
fn contents(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let shared = |path: &PathBuf| path.to_string_lossy().ends_with("-wal") || path.to_string_lossy().ends_with("-shm");
    let read = |path: PathBuf| (path.clone(), std::fs::read(&path).unwrap());
    files(folder).into_iter().filter(|path| !shared(path)).map(read).collect()
}

fn read(folder: &Path) -> Library {
    Library::open_read_only(folder, ReadOnly::InUse).unwrap()
}

#[test]
fn every_write_to_a_library_that_is_read_only_is_refused_and_changes_nothing() {
    let folder = folder();
    let (mut writer, pictures) = filled(folder.path(), 3);
    writer.trash(&[pictures[2].id.clone()]).unwrap();
    let before = contents(folder.path());
    let mut reader = read(folder.path());
    assert_eq!(reader.read_only(), Some(ReadOnly::InUse));
    assert_eq!(reader.pictures().unwrap(), writer.pictures().unwrap());
    let ids = [pictures[0].id.clone()];
    let run = run();
    let job = job(&run, 0, 1);
    let mark = Edit::Mark { ids: ids.to_vec(), change: MarkChange::Stars(5) };
    let kept = recipe(&job, 0);
    let writes: Vec<(&str, Result<()>)> = vec![
        ("add_run", reader.add_run(&run, std::slice::from_ref(&job))),
        ("replace_job", reader.replace_job(&job.id, &JobState::Cancelled, &run, &job)),
        ("mark_sent", reader.mark_sent(&pictures[0].job, None)),
        ("set_job_state", reader.set_job_state(&pictures[0].job, &JobState::Sent)),
        ("dismiss_jobs", reader.dismiss_jobs(&[(pictures[0].job.clone(), JobState::Cancelled.clone())])),
        ("keep", reader.stage(&kept, b"fox", None).map(|_| ())),
        ("set_size", reader.set_size(&ids[0], SIZE.unwrap()).map(|_| ())),
        ("trash", reader.trash(&ids).map(|_| ())),
        ("restore", reader.restore(&[pictures[2].id.clone()]).map(|_| ())),
        ("empty_trash", reader.empty_trash().map(|_| ())),
        ("edit", reader.edit(&mark).map(|_| ())),
        ("store_reference", reader.store_reference(b"fox", Format::Png).map(|_| ())),
        ("set_setting", reader.set_setting("draft", &json!(1))),
        ("set_cache", reader.set_cache("models", &json!(1), 1)),
        ("check", reader.verify(Repair::Yes, |_| true).map(|_| ()).and(Err(Error::ReadOnly { path: PathBuf::new() }))),
    ];
    for (what, written) in writes {
        assert!(matches!(written, Err(Error::ReadOnly { .. })), "{what}: {written:?}");
    }
    drop(reader);
    assert_eq!(contents(folder.path()), before);
}

#[test]
fn two_libraries_on_one_folder_have_one_writer_and_the_reader_sees_what_it_does() {
    let folder = folder();
    let (mut writer, pictures) = filled(folder.path(), 2);
    let mut reader = read(folder.path());
    assert!(matches!(reader.become_writer(), Err(Error::Locked { .. })), "the other has it");
    assert_eq!(reader.read_only(), Some(ReadOnly::InUse), "and it goes on reading");
    let version = reader.version().unwrap();
    assert_eq!(reader.version().unwrap(), version);
    writer.trash(&[pictures[0].id.clone()]).unwrap();
    assert_ne!(reader.version().unwrap(), version);
    assert_eq!(reader.trashed().unwrap().len(), 1);
    drop(writer);
    reader.become_writer().unwrap();
    assert_eq!(reader.read_only(), None);
    reader.restore(&[pictures[0].id.clone()]).unwrap();
    assert!(matches!(Library::open(folder.path()), Err(Error::Locked { .. })));
    check(&reader);
}

#[test]
fn the_writer_may_close_and_open_while_somebody_reads() {
    let folder = folder();
    let (writer, pictures) = filled(folder.path(), 1);
    let reader = read(folder.path());
    drop(writer);
    let mut writer = Library::open(folder.path()).unwrap();
    writer.trash(&[pictures[0].id.clone()]).unwrap();
    assert_eq!(reader.trashed().unwrap().len(), 1);
    drop(reader);
    check(&writer);
}

#[test]
fn a_folder_without_a_library_is_not_made_one_by_looking() {
    let folder = folder();
    let nothing = Library::open_read_only(folder.path(), ReadOnly::Asked);
    assert!(matches!(nothing, Err(Error::NoLibrary { .. })));
    std::fs::write(folder.path().join("easel.db"), "").unwrap();
    assert!(matches!(Library::open_read_only(folder.path(), ReadOnly::Asked), Err(Error::NoLibrary { .. })));
    std::fs::write(folder.path().join("easel.db"), "no database at all").unwrap();
    assert!(matches!(Library::open_read_only(folder.path(), ReadOnly::Asked), Err(Error::Database(_))));
}

/// Makes a folder and all in it read only; false: this user may write all the same.
#[cfg(unix)]
fn close(folder: &Path, closed: bool) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    let mut all = vec![folder.to_owned()];
    while let Some(path) = all.pop() {
        if path.is_dir() {
            all.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
        }
        let mode = match (path.is_dir(), closed) {
            (true, true) => 0o555,
            (true, false) => 0o755,
            (false, true) => 0o444,
            (false, false) => 0o644,
        };
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode)).unwrap();
    }
    !closed || std::fs::write(folder.join("probe"), "").is_err()
}

#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_written_is_read_with_and_without_what_a_crash_left() {
    for crashed in [false, true] {
        let folder = folder();
        let (mut writer, pictures) = filled(folder.path(), 2);
        writer.trash(&[pictures[0].id.clone()]).unwrap();
        let dir = folder.path().join("of a crash");
        if crashed {
            // As after a kill: the log is there, what was shared through memory is not.
            std::fs::create_dir(&dir).unwrap();
            for name in ["easel.db", "easel.db-wal"] {
                std::fs::copy(folder.path().join(name), dir.join(name)).unwrap();
            }
            assert!(std::fs::metadata(dir.join("easel.db-wal")).unwrap().len() > 0);
        }
        drop(writer);
        let dir = if crashed { dir } else { folder.path().to_owned() };
        if !close(&dir, true) {
            close(&dir, false);
            println!("skipped: this user may write to read-only folders");
            return;
        }
        let before = files(&dir);
        let reader = Library::open_read_only(&dir, ReadOnly::Folder).unwrap();
        assert_eq!((reader.pictures().unwrap().len(), reader.trashed().unwrap().len()), (1, 1), "crashed: {crashed}");
        let clock = crate::plan::query::Clock { today: jiff::civil::date(2026, 11, 25), zone: jiff::tz::TimeZone::UTC };
        let finder = SearchIndex::open(&dir, clock).unwrap();
        assert_eq!(finder.find(&crate::plan::query::Query::parse("fox")).unwrap().1, 1);
        drop((reader, finder));
        assert_eq!(files(&dir), before);
        close(&dir, false);
    }
}
