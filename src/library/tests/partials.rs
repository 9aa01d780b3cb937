//! What comes on the way to a picture: kept as it came, found by its job, gone with its pictures and not before.

use super::*;
use crate::plan::Origin;

const PNG: &[u8] = b"\x89PNG\r\n\x1a\npartial";

fn piece(at: usize, text: &str) -> Piece {
    Piece { at, ms: 10 + at as u64, text: text.into() }
}

/// A library with a job that has been sent.
fn sent(folder: &Path, asked: u32) -> (Library, Job) {
    let mut library = Library::open(folder).unwrap();
    let run = run();
    let job = job(&run, 0, asked);
    library.add_run(&run, std::slice::from_ref(&job)).unwrap();
    library.mark_sent(&job.id, None).unwrap();
    (library, job)
}

fn finish(library: &mut Library, job: &Job) -> Picture {
    let picture = store(library, &recipe(job, 0), &bytes(1));
    library.set_job_state(&job.id, &JobState::Received).unwrap();
    library.set_job_state(&job.id, &JobState::Stored).unwrap();
    picture
}

fn names(dir: &Path) -> Vec<String> {
    let folder = dir.join("partials");
    let found = if folder.is_dir() { files(&folder) } else { Vec::new() };
    found.iter().map(|path| path.file_name().unwrap().to_string_lossy().into_owned()).collect()
}

#[test]
fn partials_are_kept_as_they_came_numbered_on_through_all_attempts_and_found_by_their_picture() {
    let folder = folder();
    let (mut library, job) = sent(folder.path(), 2);
    for (place, ms, content) in [(0, 900, PNG), (0, 1800, b"unknown"), (1, 2500, PNG), (0, 300, PNG)] {
        library.keep_partial(&job.id, place, ms, content).unwrap();
    }
    let found = partials(library.dir(), &job.id, 0).unwrap();
    let told: Vec<_> = found.painted.iter().map(|one| (one.number, one.ms, one.format)).collect();
    assert_eq!(told, [(1, 900, Some(Format::Png)), (2, 1800, None), (3, 300, Some(Format::Png))]);
    assert_eq!(std::fs::read(&found.painted[1].file).unwrap(), b"unknown");
    assert_eq!(names(folder.path()), ["1-001-900ms.png", "1-002-1800ms.bin", "1-003-300ms.png", "2-001-2500ms.png"]);
    assert_eq!((found.len(), found.ms(1), found.ms(3), found.is_written()), (3, Some(1800), None, false));
    assert_eq!(last_partials(library.dir(), &job.id, 0).unwrap().unwrap().place, 1);
    assert!(last_partials(library.dir(), &job.id, 2).unwrap().is_none(), "both pictures came");
    assert_eq!([0, 1, 2].map(|arrived| partial_count(library.dir(), &job.id, arrived)), [4, 1, 0]);
    let on_disk = partials_on_disk(library.dir()).unwrap();
    assert_eq!(on_disk, PartialsOnDisk { files: 4, bytes: 3 * PNG.len() as u64 + 7 });
    let picture = finish(&mut library, &job);
    assert_eq!(library.partials_of(&picture.id).unwrap(), Some((job.id, 0)));
    check(&library);
}

#[test]
fn a_drawing_is_read_as_far_as_its_pieces_follow_one_another() {
    let folder = folder();
    let (mut library, job) = sent(folder.path(), 1);
    let file = |library: &Library| {
        let all = files(&library.dir().join("partials"));
        all.into_iter().find(|path| path.ends_with("1-drawing.jsonl")).unwrap()
    };
    let read = |library: &Library| {
        let found = partials(library.dir(), &job.id, 0).unwrap();
        (found.written.text.to_string(), found.written.pieces)
    };
    library.keep_pieces(&job.id, 0, &[piece(0, "<svg>"), piece(5, "<g\n/>")]).unwrap();
    library.keep_pieces(&job.id, 0, &[piece(10, "ü")]).unwrap();
    assert_eq!(read(&library), ("<svg><g\n/>ü".into(), vec![(5, 10), (10, 15), (12, 20)]));
    let found = partials(library.dir(), &job.id, 0).unwrap();
    assert_eq!((found.text(1), found.text(3), found.len()), (Some("<svg><g\n/>"), None, 3));
    // A kill in the middle of a line.
    let whole = std::fs::read(file(&library)).unwrap();
    std::fs::write(file(&library), &whole[..whole.len() - 3]).unwrap();
    assert_eq!(read(&library).0, "<svg><g\n/>");
    // What was lost is a gap, and behind it nothing is known.
    library.keep_pieces(&job.id, 0, &[piece(12, "</svg>")]).unwrap();
    assert_eq!(read(&library).0, "<svg><g\n/>");
    // The next attempt begins anew.
    library.keep_pieces(&job.id, 0, &[piece(0, "<svg/>")]).unwrap();
    assert_eq!(read(&library), ("<svg/>".into(), vec![(6, 10)]));
    assert_eq!(names(folder.path()).len(), 1, "nothing is written over");
    assert!(partials(library.dir(), &job.id, 1).unwrap().is_empty());
}

#[test]
fn a_name_that_is_not_ours_leads_nowhere() {
    let folder = folder();
    let (mut library, _) = sent(folder.path(), 1);
    for strange in ["", "imported", "../../../../../../../../up", "..", "job1"] {
        let job = JobId(strange.into());
        assert!(matches!(library.keep_partial(&job, 0, 1, PNG), Err(Error::Missing { .. })), "{strange}");
        assert!(partials(library.dir(), &job, 0).unwrap().is_empty());
        assert!(last_partials(library.dir(), &job, 0).unwrap().is_none());
    }
    assert!(names(folder.path()).is_empty());
}

#[test]
fn partials_go_with_the_last_picture_of_their_job_when_the_trash_is_emptied() {
    let folder = folder();
    let (mut library, job) = sent(folder.path(), 1);
    library.keep_partial(&job.id, 0, 900, PNG).unwrap();
    let picture = finish(&mut library, &job);
    library.empty_trash().unwrap();
    library.trash(std::slice::from_ref(&picture.id)).unwrap();
    assert_eq!(names(folder.path()).len(), 1, "the trash can be taken back");
    library.empty_trash().unwrap();
    assert!(names(folder.path()).is_empty());
    check(&library);
}

#[test]
fn partials_go_with_the_picture_they_came_before_and_with_no_other() {
    let folder = folder();
    let (mut library, job) = sent(folder.path(), 2);
    (0..2).for_each(|place| library.keep_partial(&job.id, place, 900, PNG).unwrap());
    let pictures = [0, 1].map(|place| store(&mut library, &recipe(&job, place), &bytes(place as u8 + 1)));
    let mut kept = recipe(&job, 0);
    kept.context.partial = Some(PartialOf { number: 1, finished: None });
    let kept = store(&mut library, &kept, PNG);
    let mut empty = |picture: &Picture| {
        library.trash(std::slice::from_ref(&picture.id)).unwrap();
        library.empty_trash().unwrap();
        names(folder.path())
    };
    assert_eq!(empty(&kept).len(), 2, "a partial that is a picture has no way of its own");
    assert_eq!(empty(&pictures[0]), ["2-001-900ms.png"]);
    assert!(empty(&pictures[1]).is_empty());
    assert!(
        std::fs::read_dir(folder.path().join("partials"))
            .unwrap()
            .flatten()
            .all(|month| { std::fs::read_dir(month.path()).unwrap().next().is_none() })
    );
}

#[test]
fn partials_of_a_picture_whose_file_was_away_while_the_index_was_made_anew_stay_with_it() {
    let folder = folder();
    let (mut library, job) = sent(folder.path(), 1);
    library.keep_partial(&job.id, 0, 900, PNG).unwrap();
    let picture = finish(&mut library, &job);
    let run = run();
    let other = super::job(&run, 0, 1);
    library.add_run(&run, std::slice::from_ref(&other)).unwrap();
    let other = store(&mut library, &recipe(&other, 0), &bytes(2));
    let (file, away) = (library.picture_path(&picture), folder.path().join("away"));
    drop(library);
    let both = [(file.clone(), away.clone()), (sidecar_path(&file), sidecar_path(&away))];
    both.iter().for_each(|(file, away)| std::fs::rename(file, away).unwrap());
    assert!(Library::rebuild(folder.path(), |_| true).unwrap().unwrap().journal_kept);
    let mut library = Library::open(folder.path()).unwrap();
    assert_eq!(library.picture(&picture.id).unwrap(), None);
    library.trash(std::slice::from_ref(&other.id)).unwrap();
    assert_eq!(library.empty_trash().unwrap().count, 1);
    assert_eq!(names(folder.path()).len(), 1, "the file may come back");
    drop(library);
    both.iter().for_each(|(file, away)| std::fs::rename(away, file).unwrap());
    Library::rebuild(folder.path(), |_| true).unwrap();
    let library = Library::open(folder.path()).unwrap();
    assert_eq!(library.partials_of(&picture.id).unwrap(), Some((job.id.clone(), 0)));
    assert_eq!(partials(library.dir(), &job.id, 0).unwrap().len(), 1);
}

#[test]
fn an_emptying_that_is_killed_is_finished_with_its_partials() {
    for step in 0.. {
        let folder = folder();
        let (mut library, job) = sent(folder.path(), 1);
        library.keep_partial(&job.id, 0, 900, PNG).unwrap();
        let picture = finish(&mut library, &job);
        library.trash(std::slice::from_ref(&picture.id)).unwrap();
        library.faults().after(step, Fault::Stop);
        let emptied = library.empty_trash();
        let killed = library.faults().end();
        drop(library);
        let mut library = Library::open(folder.path()).unwrap();
        library.recover().unwrap();
        let left = library.trashed().unwrap().len();
        assert_eq!(names(folder.path()).len(), left, "step {step}: {emptied:?}");
        if !killed {
            assert_eq!(left, 0);
            break;
        }
    }
}

#[test]
fn partials_of_a_job_that_brought_nothing_stay_until_it_is_dismissed_and_the_trash_emptied() {
    let failure = FailureRecord { kind: "server_error".into(), message: "no".into(), ..FailureRecord::default() };
    for state in [JobState::Failed { error: failure }, JobState::Cancelled, JobState::Unknown] {
        let folder = folder();
        let (mut library, job) = sent(folder.path(), 1);
        library.keep_partial(&job.id, 0, 900, PNG).unwrap();
        library.empty_trash().unwrap();
        assert_eq!(names(folder.path()).len(), 1, "it is under way");
        library.set_job_state(&job.id, &state).unwrap();
        library.empty_trash().unwrap();
        assert_eq!(names(folder.path()).len(), 1, "{} and on screen", state.word());
        assert_eq!(library.orphaned_partials().unwrap(), PartialsOnDisk::default());
        library.dismiss_jobs(&[(job.id.clone(), state.clone())]).unwrap();
        assert_eq!(names(folder.path()).len(), 1, "{} and dismissed", state.word());
        assert_eq!(library.orphaned_partials().unwrap(), PartialsOnDisk { files: 1, bytes: PNG.len() as u64 });
        library.empty_trash().unwrap();
        assert!(names(folder.path()).is_empty(), "{}", state.word());
    }
}

#[test]
fn in_doubt_partials_stay_whatever_becomes_of_the_index() {
    let folder = folder();
    let (mut library, job) = sent(folder.path(), 1);
    library.keep_partial(&job.id, 0, 900, PNG).unwrap();
    library.keep_partial(&JobId::new(), 0, 900, PNG).unwrap();
    finish(&mut library, &job);
    drop(library);
    std::fs::write(folder.path().join("incoming/half.part"), b"half").unwrap();
    std::fs::remove_file(folder.path().join("easel.db")).unwrap();
    Library::rebuild(folder.path(), |_| true).unwrap();
    let mut library = Library::open(folder.path()).unwrap();
    library.recover().unwrap();
    library.empty_trash().unwrap();
    assert_eq!(names(folder.path()).len(), 2, "one has its picture, of the other nothing is known");
    assert!(library.verify(Repair::No, |_| true).unwrap().findings.is_empty());
}

#[test]
fn what_cannot_be_counted_is_not_taken_for_nothing() {
    let folder = folder();
    assert_eq!(partials_on_disk(folder.path()).unwrap(), PartialsOnDisk::default(), "there is no such folder yet");
    std::fs::write(folder.path().join("partials"), b"no folder").unwrap();
    assert!(matches!(partials_on_disk(folder.path()), Err(Error::CannotRead { .. })));
    assert_eq!(partial_count(folder.path(), &JobId::new(), 0), 0, "the log says why");
}

#[test]
fn a_refused_partial_leaves_nothing_behind_and_costs_nothing_else() {
    let folder = folder();
    let (mut library, job) = sent(folder.path(), 1);
    library.keep_partial(&job.id, 0, 900, PNG).unwrap();
    library.faults().after(u32::MAX, Fault::Stop);
    library.keep_partial(&job.id, 0, 901, PNG).unwrap();
    let steps = library.faults().free();
    for step in 0..steps {
        let before = names(folder.path()).len();
        library.faults().after(step, Fault::Once(std::io::ErrorKind::StorageFull));
        let kept = library.keep_partial(&job.id, 0, 902, PNG);
        library.faults().end();
        // The name may be there already when only its safety could not be had.
        let there = names(folder.path()).len() - before;
        assert!(kept.is_ok() == (there == 1) || step + 1 == steps, "step {step}: {kept:?}, {there}");
        assert!(files(&folder.path().join("incoming")).is_empty(), "step {step}");
    }
    finish(&mut library, &job);
    check(&library);
}

#[test]
fn a_kept_partial_is_a_picture_that_is_neither_paid_twice_nor_taken_for_a_result() {
    let folder = folder();
    let (mut library, job) = sent(folder.path(), 2);
    let picture = store(&mut library, &recipe(&job, 0), &bytes(1));
    let finished = Origin { picture: picture.id.0.clone(), hash: picture.hash.clone() };
    let mut kept = recipe(&job, 0);
    (kept.cost, kept.elapsed_ms) = (Some(0.0), 7);
    kept.context.partial = Some(PartialOf { number: 2, finished: Some(finished) });
    let kept = store(&mut library, &kept, PNG);
    let spent = library.spent_since(0).unwrap();
    assert_eq!((spent.pictures, spent.unknown, spent.cost), (1, 0, 0.25));
    assert_eq!(library.pictures_of(&job.id).unwrap(), std::slice::from_ref(&picture.id));
    assert_eq!(library.typical_ms(&ModelId::new("demo/fox"), None).unwrap(), Some(1_500));
    assert_eq!(library.partials_of(&kept.id).unwrap(), None, "it has no way of its own");
    let links = |library: &Library, id: &PictureId| {
        let kin = library.lineage(id).unwrap().kin;
        kin.into_iter().map(|kin| (kin.generation, kin.link)).collect::<Vec<_>>()
    };
    assert_eq!(links(&library, &kept.id), [(-1, Relation::Partial), (0, Relation::Itself)]);
    assert_eq!(links(&library, &picture.id), [(0, Relation::Itself), (1, Relation::Partial)]);
    check(&library);
    // One of two had come: a partial does not make it two.
    drop(library);
    let mut library = Library::open(folder.path()).unwrap();
    assert_eq!(library.recover().unwrap().unknown, std::slice::from_ref(&job.id));
    drop(library);
    Library::rebuild(folder.path(), |_| true).unwrap();
    let library = Library::open(folder.path()).unwrap();
    let open = library.open_jobs().unwrap().into_iter().map(|(_, job)| (job.id, job.state));
    assert_eq!(open.collect::<Vec<_>>(), [(job.id, JobState::Unknown)], "nor there either");
    assert_eq!(library.spent_since(0).unwrap().pictures, 1, "nor in an index made anew");
    assert_eq!(links(&library, &picture.id), [(0, Relation::Itself), (1, Relation::Partial)]);
}
