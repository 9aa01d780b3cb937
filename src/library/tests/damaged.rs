//! One bad file, or one bad page of the index, and everything else goes on.

use super::*;
use std::fs;

/// Makes a file that nobody can read, also not the administrator: a link that leads to itself.
#[cfg(unix)]
fn make_unreadable(path: &Path) {
    drop(fs::remove_file(path));
    std::os::unix::fs::symlink(path.file_name().unwrap(), path).unwrap();
}

fn lines(checked: &VerifyReport) -> Vec<String> {
    checked.findings.iter().map(|(finding, _)| finding.to_string()).collect()
}

#[cfg(unix)]
#[test]
fn a_file_without_a_name_in_letters_and_a_folder_in_a_pictures_place_are_findings() {
    use std::os::unix::ffi::OsStrExt;
    let folder = folder();
    let (mut library, pictures) = filled(folder.path(), 4);
    let month = library.picture_path(&pictures[0]).parent().unwrap().to_owned();
    // As long as a picture that is missing, so that its content is wanted.
    fs::write(month.join(std::ffi::OsStr::from_bytes(b"f\xff.png")), bytes(9)).unwrap();
    let place = library.picture_path(&pictures[1]);
    fs::remove_file(&place).unwrap();
    fs::create_dir(&place).unwrap();
    fs::write(place.join("within.png"), b"a stranger").unwrap();
    fs::remove_file(sidecar_path(&library.picture_path(&pictures[2]))).unwrap();
    let before = files(folder.path()).len();
    let checked = library.verify(Repair::Yes, |_| true).unwrap();
    let found = lines(&checked);
    assert!(
        found.iter().any(|line| line.starts_with("cannot be read: ") && line.contains("its name is no text")),
        "{found:?}"
    );
    assert!(found.contains(&format!("missing: {}", pictures[1].file)), "{found:?}");
    assert!(found.iter().any(|line| line.starts_with("stranger: ") && line.ends_with("within.png")), "{found:?}");
    assert!(
        checked.findings.iter().any(|(finding, mended)| matches!(finding, Finding::MissingSidecar { .. }) && *mended)
    );
    assert_eq!(files(folder.path()).len(), before + 1, "the recipe that was lost");
    drop(library);
    let rebuilt = Library::rebuild(folder.path(), |_| true).unwrap().unwrap();
    assert_eq!((rebuilt.pictures, rebuilt.unreadable.len()), (3, 1), "{rebuilt:?}");
    assert_eq!(Library::open(folder.path()).unwrap().pictures().unwrap().len(), 3);
}

#[cfg(unix)]
#[test]
fn a_picture_that_cannot_be_read_hides_no_other() {
    let folder = folder();
    let (mut library, pictures) = filled(folder.path(), 3);
    make_unreadable(&library.picture_path(&pictures[1]));
    let checked = library.verify(Repair::Yes, |_| true).unwrap();
    assert_eq!(checked.pictures, 2, "the others were read");
    assert_eq!(lines(&checked), [format!("missing: {}", pictures[1].file)], "it leads nowhere");
    drop(library);
    assert_eq!(Library::rebuild(folder.path(), |_| true).unwrap().unwrap().pictures, 2);
}

#[cfg(unix)]
#[test]
fn a_file_whose_bytes_cannot_be_read_is_named_and_nothing_else_waits() {
    use std::os::unix::fs::PermissionsExt;
    let folder = folder();
    let (mut library, pictures) = filled(folder.path(), 3);
    let path = library.picture_path(&pictures[1]);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o0)).unwrap();
    if fs::read(&path).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    let checked = library.verify(Repair::Yes, |_| true).unwrap();
    assert_eq!((checked.pictures, lines(&checked).len()), (3, 1), "{checked:?}");
    assert!(lines(&checked)[0].starts_with("cannot be read: "), "{checked:?}");
}

#[test]
fn a_side_file_that_cannot_be_written_holds_up_no_other() {
    let folder = folder();
    let (mut library, pictures) = filled(folder.path(), 5);
    let ids: Vec<_> = pictures.iter().map(|picture| picture.id.clone()).collect();
    library.edit(&Edit::Mark { ids, change: MarkChange::Stars(3) }).unwrap();
    // A folder has the name, and cannot be replaced by a file.
    let side = sidecar_path(&library.picture_path(&pictures[4]));
    fs::remove_file(&side).unwrap();
    fs::create_dir(&side).unwrap();
    let mut failures = 0;
    for _ in 0..10 {
        failures += u32::from(library.sync_sidecars(2).is_err());
        if !library.has_sidecars_to_try() {
            break;
        }
    }
    assert_eq!(failures, 1);
    let stale: Vec<String> = library
        .db
        .prepare("SELECT picture FROM stale_sides")
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    assert_eq!(stale, [pictures[4].id.0.clone()]);
    fs::remove_dir(&side).unwrap();
    while library.sync_sidecars(2).unwrap() {}
    assert!(fs::read_to_string(&side).unwrap().contains("\"stars\": 3"));
}

/// A library with many open jobs and some pictures, closed, everything in the one file of its index.
fn with_many_jobs(folder: &Path, count: u32) -> usize {
    let (mut library, pictures) = filled(folder, 6);
    let run = Run { prompt: "queued".into(), ..run() };
    let jobs: Vec<Job> = (0..count).map(|position| job(&run, position, 1)).collect();
    library.add_run(&run, &jobs).unwrap();
    library.set_setting("draft", &json!({"prompt": "unsent"})).unwrap();
    library.trash(&[pictures[0].id.clone()]).unwrap();
    library.edit(&Edit::Mark { ids: vec![pictures[1].id.clone()], change: MarkChange::Stars(4) }).unwrap();
    pictures.len()
}

#[test]
fn whichever_page_of_the_old_index_is_bad_all_else_is_taken_over() {
    const PAGE: usize = 4096;
    const JOBS: u32 = 120;
    let folder = folder();
    let pictures = with_many_jobs(folder.path(), JOBS);
    let whole = fs::read(folder.path().join("easel.db")).unwrap();
    let (mut tried, mut kept_all, mut lost_some) = (0, 0, 0);
    for page in 1..whole.len() / PAGE {
        let copy = super::folder();
        copy_all(folder.path(), copy.path());
        let mut damaged = whole.clone();
        damaged[page * PAGE..(page + 1) * PAGE].fill(0xa5);
        fs::write(copy.path().join("easel.db"), &damaged).unwrap();
        if let Ok(mut library) = Library::open(copy.path()) {
            library.verify(Repair::No, |_| true).unwrap();
        }
        let rebuilt = Library::rebuild(copy.path(), |_| true).unwrap().unwrap();
        assert_eq!((rebuilt.pictures, rebuilt.trashed), (pictures, 1), "page {page}: {rebuilt:?}");
        let mut library = Library::open(copy.path()).unwrap();
        assert_eq!(library.verify(Repair::No, |_| true).unwrap().findings, [], "page {page}");
        let open = library.open_jobs().unwrap().len();
        tried += 1;
        kept_all += usize::from(open == JOBS as usize + 1);
        lost_some += usize::from((1..=JOBS as usize).contains(&open));
    }
    println!("{tried} pages; all jobs with {kept_all}, some with {lost_some}");
    assert!(
        kept_all * 3 > tried * 2 && lost_some > 3 && kept_all + lost_some + 4 > tried,
        "{tried} {kept_all} {lost_some}"
    );
}

#[test]
fn an_open_job_whose_run_is_lost_is_listed_all_the_same() {
    let folder = folder();
    let (mut library, _) = filled(folder.path(), 1);
    let lost = Run { prompt: "a blue fox".into(), ..run() };
    let waiting = Job { request: json!({"model": "demo/fox", "prompt": "a blue fox"}), ..job(&lost, 0, 2) };
    library.add_run(&lost, std::slice::from_ref(&waiting)).unwrap();
    library.db.execute("DELETE FROM runs WHERE id = ?1", [&lost.id.0]).unwrap();
    let open = library.open_jobs().unwrap();
    let (run, found) = open.iter().find(|(_, open)| open.id == waiting.id).unwrap();
    assert_eq!((found, run.prompt.as_str(), run.model.as_str(), run.asked), (&waiting, "a blue fox", "demo/fox", 2));
    assert_eq!(run.id, lost.id);
}

#[test]
fn a_damaged_index_is_a_finding() {
    let folder = folder();
    with_many_jobs(folder.path(), 60);
    let path = folder.path().join("easel.db");
    let mut damaged = fs::read(&path).unwrap();
    let last = damaged.len() - 4096;
    damaged[last..].fill(0xa5);
    fs::write(&path, &damaged).unwrap();
    let mut library = Library::open(folder.path()).unwrap();
    let found = lines(&library.verify(Repair::Yes, |_| true).unwrap());
    assert!(found[0].starts_with("the index is damaged, make it anew from the folder: "), "{found:?}");
}

#[test]
fn where_a_library_is_expected_none_is_made() {
    let folder = folder();
    let nothing = folder.path().join("nothing");
    assert!(matches!(Library::expect_there(&nothing), Err(Error::NoLibrary { .. })));
    let dir = folder.path().join("library");
    drop(filled(&dir, 1));
    assert!(Library::expect_there(&dir).is_ok());
    fs::remove_file(dir.join("easel.db")).unwrap();
    let lost = Library::expect_there(&dir).unwrap_err();
    assert!(matches!(lost, Error::IndexLost { .. }) && lost.is_broken_index());
    assert!(!nothing.exists() && !dir.join("easel.db").exists());
}

#[cfg(unix)]
#[test]
fn a_library_lives_in_a_folder_whose_name_is_no_text() {
    use std::os::unix::ffi::OsStrExt;
    let folder = folder();
    let dir = folder.path().join(std::ffi::OsStr::from_bytes(b"pict\xffures \xe9 100% #?"));
    let (mut library, pictures) = filled(&dir, 3);
    library.trash(&[pictures[0].id.clone()]).unwrap();
    library.edit(&Edit::Mark { ids: vec![pictures[1].id.clone()], change: MarkChange::Stars(2) }).unwrap();
    let reader = Library::open_read_only(&dir, ReadOnly::Asked).unwrap();
    assert_eq!(reader.pictures().unwrap().len(), 2);
    drop(reader);
    let rebuilder = library.detach_index().unwrap();
    assert!(rebuilder.run(|_| true).unwrap().unwrap().journal_kept);
    drop(rebuilder);
    library.reattach_index().unwrap();
    assert_eq!(library.pictures().unwrap().len(), 2);
    drop(library);
    assert!(Library::rebuild(&dir, |_| true).unwrap().unwrap().journal_kept);
    let mut library = Library::open(&dir).unwrap();
    library.recover().unwrap();
    while library.sync_sidecars(8).unwrap() {}
    check(&library);
    assert_eq!(files(folder.path()).iter().filter(|path| !path.starts_with(&dir)).count(), 0, "nothing lies beside it");
}

#[cfg(target_os = "linux")]
#[test]
fn a_pipe_in_the_place_of_a_file_is_not_waited_for() {
    let folder = folder();
    let (mut library, pictures) = filled(folder.path(), 3);
    let places = [
        library.picture_path(&pictures[0]),
        sidecar_path(&library.picture_path(&pictures[1])),
        folder.path().join("incoming/01KBP0000000000000000000A1.json"),
        folder.path().join("prompts.jsonl"),
        folder.path().join("shelves.json"),
        folder.path().join("heavy-drawings.json"),
    ];
    for place in places {
        drop(fs::remove_file(&place));
        rustix::fs::mknodat(rustix::fs::CWD, &place, rustix::fs::FileType::Fifo, rustix::fs::Mode::RWXU, 0).unwrap();
    }
    assert!(library.recover().unwrap().received.is_empty());
    let checked = library.verify(Repair::No, |_| true).unwrap();
    assert!(lines(&checked).contains(&format!("missing: {}", pictures[0].file)), "{:?}", lines(&checked));
    assert!(read_heavy_drawings(folder.path()).is_empty());
    drop(library);
    assert_eq!(Library::rebuild(folder.path(), |_| true).unwrap().unwrap().pictures, 2);
}
