//! Jobs on disk, and what a new start makes of them.

use super::*;
use crate::api::GenerationRecord;

fn failed() -> JobState {
    let error = FailureRecord {
        kind: "refused".into(),
        message: "the prompt was refused".into(),
        billed: Some(false),
        flagged: Some("fox".into()),
        reasons: vec!["violence".into()],
        ..FailureRecord::default()
    };
    JobState::Failed { error }
}

/// A library with one job that has gone through some states.
fn at(folder: &Path, asked: u32, states: &[JobState]) -> (Library, Job) {
    let mut library = Library::open(folder).unwrap();
    let run = run();
    let job = job(&run, 0, asked);
    library.add_run(&run, std::slice::from_ref(&job)).unwrap();
    for state in states {
        library.set_job_state(&job.id, state).unwrap();
    }
    (library, job)
}

#[test]
fn steps_are_those_of_the_diagram() {
    use JobState::*;
    let all = [Queued, Sent, Receiving, Received, Stored, failed(), Cancelled, Unknown];
    for (from, allowed) in all.iter().zip([
        "queued sent failed cancelled",
        "queued sent receiving received failed cancelled unknown",
        "queued receiving received failed cancelled unknown",
        "received stored failed cancelled",
        "stored",
        "failed",
        "cancelled",
        "unknown",
    ]) {
        for to in &all {
            let is_allowed = allowed.split(' ').any(|word| word == to.word());
            assert_eq!(from.may_become(to), is_allowed, "{} to {}", from.word(), to.word());
        }
        assert_eq!(from.is_terminal(), !allowed.contains(' '));
    }
}

#[test]
fn jobs_come_back_as_they_were_written() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let run = run();
    let mut jobs = [job(&run, 0, 1), job(&run, 1, 1), job(&run, 2, 2)];
    library.add_run(&run, &jobs).unwrap();
    jobs[1].state = failed();
    for state in [&JobState::Sent, &failed()] {
        library.set_job_state(&jobs[1].id, state).unwrap();
    }
    drop(library);
    let library = Library::open(folder.path()).unwrap();
    let expected: Vec<_> = jobs.iter().map(|job| (run.clone(), job.clone())).collect();
    assert_eq!(library.open_jobs().unwrap(), expected);
    assert_eq!(library.runs().unwrap(), [run]);
}

#[test]
fn a_retry_is_a_new_job_of_the_same_run() {
    let folder = folder();
    let (mut library, first) = at(folder.path(), 1, &[JobState::Sent, failed()]);
    let run = library.run(&first.run).unwrap().unwrap();
    let second = job(&run, 0, 1);
    library.replace_job(&first.id, &failed(), &run, &second).unwrap();
    let open = library.open_jobs().unwrap();
    assert_eq!(open, [(run, second)]);
}

#[test]
fn a_retry_needs_no_journal_that_was_told_of_the_end() {
    let folder = folder();
    // Its failure could not be written; or not even the job itself.
    let (mut library, first) = at(folder.path(), 1, &[JobState::Sent]);
    let run = library.run(&first.run).unwrap().unwrap();
    let (second, third) = (job(&run, 0, 1), job(&run, 0, 1));
    assert!(matches!(library.replace_job(&first.id, &JobState::Sent, &run, &second), Err(Error::StillOpen { .. })));
    assert_eq!(library.open_jobs().unwrap().len(), 1, "nothing of it was written");
    library.replace_job(&first.id, &failed(), &run, &second).unwrap();
    library.replace_job(&JobId("none".into()), &failed(), &run, &third).unwrap();
    assert_eq!(library.open_jobs().unwrap(), [(run.clone(), second), (run, third)]);
}

#[test]
fn what_was_known_when_a_job_was_sent_is_kept_while_its_outcome_is_not_known() {
    let folder = folder();
    let (mut library, job) = at(folder.path(), 1, &[]);
    let before = KeyUsage { usd: 2.5, read_ms: 1_795_000_000_000, key: "k".into() };
    library.mark_sent(&job.id, Some(&before)).unwrap();
    assert_eq!(
        library.in_flight(&job.id).unwrap(),
        Some(InFlight { answered: false, before: Some(before.clone()), generation: None, record: None })
    );
    library.set_job_state(&job.id, &JobState::Queued).unwrap();
    assert_eq!(library.in_flight(&job.id).unwrap(), None);
    library.mark_sent(&job.id, Some(&before)).unwrap();
    library.set_job_state(&job.id, &JobState::Receiving).unwrap();
    drop(library);
    let mut library = Library::open(folder.path()).unwrap();
    assert_eq!(library.recover().unwrap().unknown, std::slice::from_ref(&job.id));
    assert_eq!(
        library.in_flight(&job.id).unwrap(),
        Some(InFlight { answered: true, before: Some(before), generation: None, record: None })
    );
    library.dismiss_jobs(&[(job.id.clone(), JobState::Unknown.clone())]).unwrap();
    assert_eq!(library.in_flight(&job.id).unwrap(), None);
}

#[test]
fn a_run_is_written_whole_or_not_at_all() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let run = run();
    let job = job(&run, 0, 1);
    assert!(matches!(library.add_run(&run, &[job.clone(), job]), Err(Error::Database(_))));
    assert_eq!((library.runs().unwrap(), library.open_jobs().unwrap()), (vec![], vec![]));
}

#[test]
fn an_illegal_step_is_refused_and_changes_nothing() {
    let folder = folder();
    let (mut library, job) = at(folder.path(), 1, &[JobState::Sent, failed()]);
    let step = library.set_job_state(&job.id, &JobState::Sent);
    assert!(matches!(step, Err(Error::IllegalStep { from: "failed", to: "sent", .. })));
    let JobState::Failed { mut error } = failed() else { unreachable!() };
    error.message = "said again".into();
    library.set_job_state(&job.id, &JobState::Failed { error }).unwrap();
    assert_eq!(library.open_jobs().unwrap()[0].1.state, failed());
    let nobody = library.set_job_state(&JobId("none".into()), &JobState::Sent);
    assert!(matches!(nobody, Err(Error::Missing { what: "job", .. })));
}

#[test]
fn only_ended_jobs_can_be_dismissed() {
    let folder = folder();
    let (mut library, job) = at(folder.path(), 1, &[JobState::Sent]);
    let dismissed = library.dismiss_jobs(&[(job.id.clone(), JobState::Sent.clone())]);
    assert!(matches!(dismissed, Err(Error::StillOpen { state: "sent", .. })));
    library.set_job_state(&job.id, &JobState::Cancelled).unwrap();
    assert_eq!(library.open_jobs().unwrap().len(), 1);
    library.dismiss_jobs(&[(job.id.clone(), JobState::Cancelled.clone())]).unwrap();
    assert_eq!(library.open_jobs().unwrap(), []);
    library.dismiss_jobs(&[(JobId("none".into()).clone(), JobState::Cancelled.clone())]).unwrap();
}

#[test]
fn after_a_crash_waiting_jobs_wait_and_sent_ones_are_unknown() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let run = run();
    let jobs = [job(&run, 0, 1), job(&run, 1, 1), job(&run, 2, 1)];
    library.add_run(&run, &jobs).unwrap();
    library.set_job_state(&jobs[1].id, &JobState::Sent).unwrap();
    library.set_job_state(&jobs[2].id, &JobState::Cancelled).unwrap();
    drop(library);
    let mut library = Library::open(folder.path()).unwrap();
    let found = library.recover().unwrap();
    assert_eq!((found.queued, found.unknown), (vec![jobs[0].id.clone()], vec![jobs[1].id.clone()]));
    let states: Vec<_> = library.open_jobs().unwrap().into_iter().map(|(_, job)| job.state).collect();
    assert_eq!(states, [JobState::Queued, JobState::Unknown, JobState::Cancelled]);
    assert_eq!(library.recover().unwrap().unknown, []);
}

#[test]
fn what_became_of_a_job_is_told_by_its_pictures() {
    use JobState::{Received, Receiving, Sent, Stored, Unknown};
    let sent: &[JobState] = &[Sent];
    let receiving: &[JobState] = &[Sent, Receiving];
    let received: &[JobState] = &[Sent, Received];
    // Asked, arrived, kept on disk, streamed; `None`: fewer than asked, a failure that says how many.
    for (asked, arrived, kept, streamed, states, expected) in [
        (2, 2, 2, false, sent, Some(Stored)),
        (2, 2, 2, false, receiving, Some(Stored)),
        (2, 2, 2, false, received, Some(Stored)),
        (2, 2, 1, false, sent, Some(Unknown)),
        (2, 2, 1, false, receiving, Some(Unknown)),
        (2, 1, 1, false, receiving, None),
        (2, 1, 1, false, received, None),
        (2, 2, 0, false, sent, Some(Unknown)),
        (2, 1, 1, true, receiving, Some(Unknown)),
        (2, 1, 2, true, receiving, Some(Stored)),
        (2, 1, 1, true, received, None),
    ] {
        let folder = folder();
        let mut library = Library::open(folder.path()).unwrap();
        let run = run();
        let mut job = job(&run, 0, asked);
        job.request["stream"] = streamed.into();
        library.add_run(&run, std::slice::from_ref(&job)).unwrap();
        for state in states {
            library.set_job_state(&job.id, state).unwrap();
        }
        for number in 0..kept {
            let recipe = Recipe { arrived, ..recipe(&job, number) };
            library.stage(&recipe, &bytes(number as u8), Some(Format::Png)).unwrap();
        }
        drop(library);
        let mut library = Library::open(folder.path()).unwrap();
        let found = library.recover().unwrap();
        check(&library);
        assert_eq!(found.received, library.pictures().unwrap().into_iter().rev().collect::<Vec<_>>());
        assert_eq!((found.received.len(), found.leftovers.len()), (kept as usize, 0));
        let open = library.open_jobs().unwrap();
        match (expected, open.first().map(|(_, job)| &job.state)) {
            (Some(Stored), None) => {}
            (Some(expected), Some(state)) => assert_eq!(*state, expected),
            (None, Some(JobState::Failed { error })) => {
                assert_eq!((error.kind.as_str(), error.arrived), ("fewer_than_asked", kept));
            }
            other => panic!("{other:?}"),
        }
    }
}

#[test]
fn what_the_service_says_later_of_a_bill_is_there_after_a_restart() {
    let folder = folder();
    let (mut library, job) = at(folder.path(), 1, &[]);
    library.mark_sent(&job.id, None).unwrap();
    library.set_job_state(&job.id, &JobState::Unknown).unwrap();
    let record = GenerationRecord { cost: Some(0.04), is_cancelled: Some(false), finish_reason: Some("stop".into()) };
    library.note_record(&job.id, &record).unwrap();
    drop(library);
    let mut library = Library::open(folder.path()).unwrap();
    library.recover().unwrap();
    assert_eq!(library.in_flight(&job.id).unwrap().unwrap().record, Some(record));
    let failure = FailureRecord { kind: "connection_broken".into(), ..FailureRecord::default() };
    // Not yet: it has not failed.
    library.note_failure(&job.id, &failure).unwrap();
    assert_eq!(library.open_jobs().unwrap()[0].1.state, JobState::Unknown);
    let (mut library, job) = at(&folder.path().join("another"), 1, &[JobState::Sent]);
    library.set_job_state(&job.id, &JobState::Failed { error: failure.clone() }).unwrap();
    let told = FailureRecord { billed: Some(true), cost: Some(0.04), generation: Some("gen-1".into()), ..failure };
    library.note_failure(&job.id, &told).unwrap();
    assert_eq!(library.open_jobs().unwrap()[0].1.state, JobState::Failed { error: told });
}

#[test]
fn a_job_whose_picture_is_cut_off_is_not_called_stored_by_the_next_start() {
    use JobState::{Received, Receiving, Sent};
    // Asked, cut off, whole, how far it was; the word of a failure, or unknown.
    for (asked, cut, whole, states, word) in [
        (1, 1, 0, &[Sent, Receiving][..], None),
        (1, 1, 0, &[Sent, Received], Some("cut_off")),
        (2, 1, 1, &[Sent], None),
        (2, 1, 1, &[Sent, Received], Some("cut_off")),
    ] {
        for streamed in [false, true] {
            let folder = folder();
            let mut library = Library::open(folder.path()).unwrap();
            let run = run();
            let mut job = job(&run, 0, asked);
            job.request["stream"] = streamed.into();
            library.add_run(&run, std::slice::from_ref(&job)).unwrap();
            for state in states {
                library.set_job_state(&job.id, state).unwrap();
            }
            for number in 0..cut + whole {
                let flaw = (number < cut).then_some(Flaw::CutOff);
                let recipe = Recipe { arrived: cut + whole, flaw, ..recipe(&job, number) };
                library.stage(&recipe, &bytes(number as u8), Some(Format::Png)).unwrap();
            }
            drop(library);
            let mut library = Library::open(folder.path()).unwrap();
            let found = library.recover().unwrap();
            check(&library);
            assert_eq!(
                found.received.iter().filter(|picture| picture.flaw == Some(Flaw::CutOff)).count(),
                cut as usize
            );
            let (_, open) = library.open_jobs().unwrap().into_iter().next().expect("it is not done");
            match (word, open.state) {
                (None, JobState::Unknown) => {}
                (Some(word), JobState::Failed { error }) => {
                    assert_eq!((error.kind.as_str(), error.arrived), (word, cut + whole));
                }
                other => panic!("{other:?}"),
            }
        }
    }
}

#[test]
fn what_is_wrong_with_a_file_is_kept_in_its_recipe_and_an_unknown_word_is_no_obstacle() {
    let folder = folder();
    let (mut library, job) = at(folder.path(), 1, &[JobState::Sent]);
    let new = NewPicture { recipe: recipe(&job, 0), bytes: &bytes(0), format: Some(Format::Png), size: SIZE };
    let id = library.ingest(new).unwrap().id;
    assert_eq!(library.recipe(&id).unwrap().flaw, None);
    library.set_flaw(&id, Flaw::Damaged).unwrap();
    let picture = library.set_flaw(&id, Flaw::CutOff).unwrap();
    assert_eq!(picture.flaw, Some(Flaw::Damaged), "what was noted first stays");
    assert_eq!(library.pictures().unwrap(), [picture]);
    assert_eq!(library.recipe(&id).unwrap().flaw, Some(Flaw::Damaged));
    check(&library);
    let mut text = serde_json::to_value(library.recipe(&id).unwrap()).unwrap();
    for (word, read) in [("cut_off", Some(Flaw::CutOff)), ("of a later version", None)] {
        text["flaw"] = word.into();
        assert_eq!(serde_json::from_value::<Recipe>(text.clone()).unwrap().flaw, read);
    }
    text["flaw"] = serde_json::json!({ "at": 7 });
    assert_eq!(serde_json::from_value::<Recipe>(text).unwrap().flaw, None);
}

#[test]
fn a_recovered_picture_gets_its_size_when_it_is_decoded() {
    let folder = folder();
    let (mut library, job) = at(folder.path(), 1, &[JobState::Sent]);
    library.stage(&recipe(&job, 0), &bytes(0), Some(Format::Jpeg)).unwrap();
    let found = library.recover().unwrap();
    assert_eq!((found.received[0].size, found.received[0].format), (None, Format::Jpeg));
    let picture = library.set_size(&found.received[0].id, SIZE.unwrap()).unwrap();
    assert_eq!(library.pictures().unwrap(), [picture]);
    check(&library);
}

#[test]
fn leftovers_are_put_aside_and_told_once() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let incoming = folder.path().join("incoming");
    let torn = recipe(&job(&run(), 0, 1), 0).id.0;
    for (name, text) in [
        ("stranger.txt".to_owned(), "hello"),
        (format!("{torn}.json"), "{\"file\": \"pic"),
        (format!("{torn}.bytes"), "half"),
        ("old.json.part".to_owned(), "worthless"),
        ("empty.bytes".to_owned(), ""),
    ] {
        std::fs::write(incoming.join(name), text).unwrap();
    }
    let found = library.recover().unwrap();
    assert_eq!(found.leftovers.len(), 3);
    assert!(found.leftovers.iter().all(|path| path.is_file()));
    assert_eq!(format!("{:?}", library.recover().unwrap()), format!("{:?}", Recovered::default()));
    check(&library);
}

#[test]
fn an_arrival_never_overwrites_and_never_leaves_the_library() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let incoming = folder.path().join("incoming");
    for (file, name) in [("pictures/2026-11/fox.png", "fox"), ("pictures/../../fox.png", "out"), ("/fox.png", "root")] {
        let mut recipe = Recipe { id: PictureId(name.into()), ..recipe(&job(&run(), 0, 1), 0) };
        recipe.describe(name.as_bytes(), Some(Format::Png));
        let arrival = json!({"file": file, "recipe": recipe});
        std::fs::write(incoming.join(format!("{name}.json")), arrival.to_string()).unwrap();
        std::fs::write(incoming.join(format!("{name}.bytes")), name).unwrap();
    }
    let stranger = folder.path().join("pictures/2026-11/fox.png");
    std::fs::create_dir_all(stranger.parent().unwrap()).unwrap();
    std::fs::write(&stranger, b"a stranger").unwrap();
    let found = library.recover().unwrap();
    assert_eq!(found.received.len(), 1);
    assert_eq!(found.received[0].file, "pictures/2026-11/fox 2.png");
    assert_eq!(found.leftovers.len(), 4);
    assert_eq!(std::fs::read(&stranger).unwrap(), b"a stranger");
    std::fs::remove_file(&stranger).unwrap();
    check(&library);
}
