//! Answers that nobody could read.

use super::*;

fn answer(job: &Job) -> UnreadAnswer {
    UnreadAnswer { content_type: "text/html".into(), reason: "it is a web page".into(), recipe: Recipe::of(job) }
}

#[test]
fn an_answer_that_nobody_could_read_outlives_everything_but_the_emptied_trash() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let run = run();
    let jobs: Vec<_> = (0..2).map(|position| job(&run, position, 1)).collect();
    library.add_run(&run, &jobs).unwrap();
    for job in &jobs {
        library.keep_unread(&answer(job), b"<html>busy").unwrap();
        // As after a failure, or from a second attempt.
        library.keep_unread(&answer(job), b"<html>busy").unwrap();
        let state =
            JobState::Failed { error: FailureRecord { kind: "unreadable_answer".into(), ..FailureRecord::default() } };
        library.set_job_state(&job.id, &JobState::Sent).unwrap();
        library.set_job_state(&job.id, &state).unwrap();
    }
    drop(library);
    let mut library = Library::open(folder.path()).unwrap();
    let recovered = library.recover().unwrap();
    assert!(recovered.leftovers.is_empty() && recovered.troubles.is_empty(), "{recovered:?}");
    let (note, body) = library.unread(&jobs[0].id).unwrap();
    assert_eq!((note.recipe.prompt(), body.as_slice()), ("a red fox", &b"<html>busy"[..]));
    let checked = library.verify(Repair::Yes, |_| true).unwrap();
    assert_eq!((checked.findings, checked.unread), (vec![], 2));

    let outside = tempfile::tempdir().unwrap();
    for _ in 0..2 {
        write_unread_outside(library.dir(), &jobs[0].id, outside.path()).unwrap();
    }
    assert_eq!(files(outside.path()).len(), 4, "twice body and request");

    // One is on screen, the other was taken off.
    let state = library.open_jobs().unwrap().into_iter().find(|(_, job)| job.id == jobs[1].id).unwrap().1.state;
    library.dismiss_jobs(&[(jobs[1].id.clone(), state.clone())]).unwrap();
    assert_eq!(library.orphaned_unread().unwrap().files, 1);
    library.empty_trash().unwrap();
    assert!(library.unread(&jobs[0].id).is_ok() && library.unread(&jobs[1].id).is_err());
    assert_eq!(files(&folder.path().join("incoming")).len(), 2);
}

#[test]
fn a_body_whose_note_could_not_be_written_is_kept_and_counted() {
    for steps in 0..9 {
        let folder = folder();
        let mut library = Library::open(folder.path()).unwrap();
        let job = job(&run(), 0, 1);
        library.faults().after(steps, Fault::From(std::io::ErrorKind::StorageFull));
        let kept = library.keep_unread(&answer(&job), b"body");
        library.faults().free();
        assert!(library.recover().unwrap().leftovers.is_empty());
        let unread = library.verify(Repair::No, |_| true).unwrap().unread;
        assert!(kept.is_err() || unread == 1, "step {steps}");
        library.keep_unread(&answer(&job), b"body").unwrap();
        assert_eq!(library.unread(&job.id).unwrap().1, b"body");
    }
}
