//! One life of a library, killed or hindered at every single step of storage.

use super::*;
use std::collections::BTreeMap;
use std::io::ErrorKind;

/// What the library has promised by returning `Ok`.
#[derive(Default)]
struct Promised {
    jobs: Vec<JobId>,
    /// Pictures whose bytes are safe.
    kept: BTreeMap<String, Vec<u8>>,
    /// Stored jobs: they must never be asked for again.
    stored: Vec<JobId>,
    /// Emptying the trash was asked for.
    may_be_gone: Option<PictureId>,
    setting: bool,
    reference: Option<String>,
}

/// Does something, `tries` times until it succeeds; after each failure whatever can be seen must be whole.
fn attempt<T>(library: &mut Library, tries: u32, act: impl Fn(&mut Library) -> Result<T>) -> Result<T> {
    let mut outcome = act(library);
    for _ in 1..tries {
        if outcome.is_ok() {
            break;
        }
        nothing_half(library.dir());
        outcome = act(library);
    }
    outcome
}

/// Whatever lies under `pictures/` and `trash/` is a whole picture or a whole recipe.
fn nothing_half(dir: &Path) {
    let whole: Vec<_> = (0..3).map(bytes).collect();
    for path in ["pictures", "trash"].into_iter().flat_map(|folder| files(&dir.join(folder))) {
        let found = std::fs::read(&path).unwrap();
        if path.extension().unwrap() == "json" {
            assert!(serde_json::from_slice::<Recipe>(&found).is_ok(), "{path:?}");
        } else {
            assert!(whole.contains(&found), "{path:?}");
        }
    }
}

/// Two calls with three pictures, one call left on the wire; a trip to the trash and back; emptying.
fn live(library: &mut Library, promised: &mut Promised, tries: u32) -> Result<()> {
    let run = run();
    let jobs = [job(&run, 0, 1), job(&run, 1, 2), job(&run, 2, 1)];
    attempt(library, tries, |library| library.add_run(&run, &jobs))?;
    promised.jobs = jobs.iter().map(|job| job.id.clone()).collect();
    let mut pictures = Vec::new();
    for (job, numbers) in [(&jobs[0], 0..1), (&jobs[1], 1..3)] {
        attempt(library, tries, |library| library.set_job_state(&job.id, &JobState::Sent))?;
        let mut kept = Vec::new();
        for number in numbers {
            let recipe = recipe(job, number.into());
            let one = attempt(library, tries, |library| library.stage(&recipe, &bytes(number), Some(Format::Png)))?;
            promised.kept.insert(recipe.id.0.clone(), bytes(number));
            kept.push(one);
        }
        attempt(library, tries, |library| library.set_job_state(&job.id, &JobState::Received))?;
        for one in &kept {
            pictures.push(attempt(library, tries, |library| library.commit(one, SIZE))?.id);
        }
        attempt(library, tries, |library| library.set_job_state(&job.id, &JobState::Stored))?;
        promised.stored.push(job.id.clone());
    }
    attempt(library, tries, |library| library.set_job_state(&jobs[2].id, &JobState::Sent))?;
    attempt(library, tries, |library| library.set_setting("draft", &json!("fox")))?;
    promised.setting = true;
    promised.reference = Some(attempt(library, tries, |library| library.store_reference(b"paper", Format::Png))?);
    attempt(library, tries, |library| library.trash(&pictures[..2]))?;
    attempt(library, tries, |library| library.restore(&pictures[..1]))?;
    promised.may_be_gone = Some(pictures[1].clone());
    attempt(library, tries, Library::empty_trash)?;
    Ok(())
}

fn keeps_its_promises(library: &Library, promised: &Promised) {
    check(library);
    let mut known: BTreeMap<_, _> =
        library.pictures().unwrap().into_iter().map(|one| (one.id.0.clone(), one)).collect();
    known.extend(library.trashed().unwrap().into_iter().map(|one| (one.id.0.clone(), one)));
    for (id, bytes) in &promised.kept {
        match known.get(id) {
            Some(picture) => assert_eq!(std::fs::read(library.picture_path(picture)).unwrap(), *bytes),
            None => assert_eq!(promised.may_be_gone.as_ref().map(|gone| &gone.0), Some(id), "{id} is lost"),
        }
    }
    let open = library.open_jobs().unwrap();
    for job in &promised.jobs {
        let found = open.iter().find(|(_, open)| open.id == *job);
        let stored = state_of(library, job) == "stored";
        assert!(found.is_some() != stored, "{job:?}");
        assert!(stored || !promised.stored.contains(job), "{job:?} is stored no more");
        assert!(!found.is_some_and(|(_, job)| matches!(job.state, JobState::Sent | JobState::Received)));
    }
    assert!(!promised.setting || library.setting("draft").unwrap() == Some(json!("fox")));
    if let Some(hash) = &promised.reference {
        assert_eq!(std::fs::read(reference_path(library.dir(), hash).unwrap()).unwrap(), b"paper");
    }
}

fn state_of(library: &Library, job: &JobId) -> String {
    library.db.query_row("SELECT state FROM jobs WHERE id = ?1", [&job.0], |row| row.get(0)).unwrap()
}

/// Kills a life at one step, and the first recovery at another; returns whether the life had ended before.
fn killed_at(step: u32, recovery_step: Option<u32>) -> bool {
    let folder = folder();
    let mut promised = Promised::default();
    let mut library = Library::open(folder.path()).unwrap();
    library.faults().after(step, Fault::Stop);
    let lived = live(&mut library, &mut promised, 1);
    let killed = library.faults().end();
    // The cache of the last step is cleared in passing; its failure is no failure of the life.
    assert!(killed || lived.is_ok(), "{lived:?}");
    drop(library);
    nothing_half(folder.path());
    if let Some(recovery_step) = recovery_step {
        let mut library = Library::open(folder.path()).unwrap();
        library.faults().after(recovery_step, Fault::Stop);
        let recovered = library.recover();
        assert!(library.faults().end() || recovered.is_ok());
        drop(library);
        nothing_half(folder.path());
    }
    let mut library = Library::open(folder.path()).unwrap();
    library.recover().unwrap();
    keeps_its_promises(&library, &promised);
    let again = library.recover().unwrap();
    assert_eq!((again.received, again.unknown, again.leftovers), (vec![], vec![], vec![]));
    !killed
}

#[test]
fn killed_at_any_step_it_loses_nothing() {
    let steps = (0..).take_while(|step| !killed_at(*step, None)).count();
    assert!(steps > 80, "{steps}");
    println!("killed at {steps} steps");
}

#[test]
fn killed_again_while_recovering_it_loses_nothing() {
    let steps = (0..).take_while(|step| !killed_at(*step, Some(step * 5 % 13))).count();
    println!("killed twice at {steps} steps");
}

#[test]
fn hindered_at_any_step_it_loses_nothing_and_the_next_try_succeeds() {
    for kind in [ErrorKind::StorageFull, ErrorKind::PermissionDenied, ErrorKind::Other] {
        for step in 0.. {
            let folder = folder();
            let mut promised = Promised::default();
            let mut library = Library::open(folder.path()).unwrap();
            library.faults().after(step, Fault::Once(kind));
            live(&mut library, &mut promised, 2).unwrap();
            let hindered = library.faults().end();
            keeps_as_is(&library, &promised);
            library.recover().unwrap();
            keeps_its_promises(&library, &promised);
            assert_eq!(library.pictures().unwrap().len(), 2);
            if !hindered {
                println!("hindered by {kind:?} at {step} steps");
                break;
            }
        }
    }
}

/// Even without a recovery every picture is there.
fn keeps_as_is(library: &Library, promised: &Promised) {
    for picture in library.pictures().unwrap() {
        assert_eq!(std::fs::read(library.picture_path(&picture)).unwrap(), promised.kept[&picture.id.0]);
    }
}

#[test]
fn a_full_disk_is_called_so_and_the_bytes_can_be_stored_again() {
    for step in 0.. {
        let folder = folder();
        let (mut library, before) = filled(folder.path(), 1);
        let recipe = recipe(&job(&run(), 0, 1), 0);
        library.faults().after(step, Fault::Once(ErrorKind::StorageFull));
        let kept = library.stage(&recipe, &bytes(1), Some(Format::Png));
        if !library.faults().end() {
            assert!(step > 10, "{step}");
            break;
        }
        assert!(matches!(kept, Ok(_) | Err(Error::Full { .. })), "{kept:?}");
        assert_eq!(library.pictures().unwrap(), before);
        let visible = files(&folder.path().join("pictures"));
        assert_eq!(visible.len() % 2, 0, "a recipe without its picture: {visible:?}");
        store(&mut library, &recipe, &bytes(1));
        check(&library);
    }
}

#[test]
fn a_library_can_be_handed_to_its_thread() {
    fn is_send<T: Send>() {}
    is_send::<Library>();
}
