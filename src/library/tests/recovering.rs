//! Recovery itself, hindered at every step: what was received is brought in or named, and one failure holds up no other.

use super::*;
use std::io::ErrorKind;

fn hashes<'a>(pictures: impl IntoIterator<Item = &'a Picture>) -> BTreeSet<String> {
    pictures.into_iter().map(|picture| picture.hash.clone()).collect()
}

#[test]
fn a_recovery_that_fails_at_any_step_brings_in_or_names_every_received_picture() {
    let full = ErrorKind::StorageFull;
    for fault in [Fault::Once(full), Fault::From(full)] {
        for steps in 0.. {
            let folder = folder();
            let left = interrupted(folder.path());
            let mut library = Library::open(folder.path()).unwrap();
            library.faults().after(steps, fault);
            let found = library.recover().unwrap();
            let hit = library.faults().free() > steps;
            let mut named = hashes(&found.received);
            named.extend(found.unsaved.iter().map(|unsaved| content_hash(&unsaved.bytes)));
            assert_eq!(named, left, "{fault:?} at step {steps}");
            let failed = found.unsaved.len() + found.troubles.len();
            assert!(!hit || failed > 0 || found.received.len() == left.len(), "nothing is swallowed: step {steps}");
            assert!(!matches!(fault, Fault::Once(_)) || failed <= 1, "one failure holds up one: step {steps}");
            for PendingPicture { recipe, bytes, .. } in found.unsaved {
                library.ingest(NewPicture { recipe, bytes: &bytes, format: Some(Format::Png), size: SIZE }).unwrap();
            }
            drop(library);
            let mut library = Library::open(folder.path()).unwrap();
            let again = library.recover().unwrap();
            assert!(again.unsaved.is_empty() && again.troubles.is_empty(), "step {steps}: {again:?}");
            assert!(left.is_subset(&hashes(&library.pictures().unwrap())), "step {steps}");
            let open: Vec<_> = library.open_jobs().unwrap().into_iter().map(|(_, job)| job.state).collect();
            assert_eq!(open, [JobState::Unknown], "of the stream of two pictures one is missing: step {steps}");
            if !hit {
                println!("{fault:?}: {steps} steps");
                break;
            }
        }
    }
}

#[test]
fn what_is_left_of_a_job_is_told_before_the_journal_is() {
    let folder = folder();
    interrupted(folder.path());
    let mut library = Library::open(folder.path()).unwrap();
    library.faults().after(0, Fault::From(ErrorKind::StorageFull));
    let found = library.recover().unwrap();
    assert_eq!(found.unsaved.len(), 3, "a drive that takes nothing");
    library.faults().free();
    for PendingPicture { recipe, bytes, .. } in found.unsaved {
        library.ingest(NewPicture { recipe, bytes: &bytes, format: Some(Format::Png), size: SIZE }).unwrap();
    }
    let open: Vec<_> = library.open_jobs().unwrap().into_iter().map(|(_, job)| job).collect();
    let outcomes: Vec<_> = open.iter().map(|job| library.infer_state(job).unwrap()).collect();
    assert_eq!(outcomes, [JobState::Stored, JobState::Unknown, JobState::Stored]);
    for (job, outcome) in open.iter().zip(&outcomes) {
        library.record_outcome(job, outcome).unwrap();
    }
    assert_eq!(library.open_jobs().unwrap().len(), 1);
}

#[cfg(unix)]
#[test]
fn a_received_picture_that_cannot_be_read_now_is_not_put_aside() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = folder();
    let left = interrupted(folder.path());
    let waiting = files(&folder.path().join("incoming"));
    let bytes = waiting.iter().find(|path| path.extension().unwrap() == "bytes").unwrap();
    std::fs::set_permissions(bytes, std::fs::Permissions::from_mode(0o000)).unwrap();
    if std::fs::read(bytes).is_ok() {
        println!("skipped: this user may read everything");
        return;
    }
    let mut library = Library::open(folder.path()).unwrap();
    let found = library.recover().unwrap();
    assert_eq!((found.received.len(), found.troubles.len(), found.leftovers.len()), (2, 1, 0));
    std::fs::set_permissions(bytes, std::fs::Permissions::from_mode(0o600)).unwrap();
    assert_eq!(library.recover().unwrap().received.len(), 1);
    assert_eq!(hashes(&library.pictures().unwrap()), left);
}
