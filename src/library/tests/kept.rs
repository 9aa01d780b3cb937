//! Libraries as earlier programs left them, kept in `tests/data/libraries/`: each is opened, brought up to date, and whole.
//!
//! The folder of one is called by the version of its index; `expected.json` beside it says what was in it. A new one is
//! made by `cargo test --lib kept::make -- --ignored` before the tables change.

use super::super::index::schema;
use super::*;
use std::fs;

fn folders() -> Vec<PathBuf> {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/libraries");
    let mut found: Vec<_> = fs::read_dir(all).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.is_dir());
    found.sort();
    found
}

/// All that the library says of what it holds, as JSON.
fn told(library: &Library) -> serde_json::Value {
    let picture = |picture: Picture| {
        let whole = content_hash(&fs::read(library.picture_path(&picture)).unwrap());
        let recipe = library.recipe(&picture.id).unwrap();
        assert_eq!(whole, picture.hash, "{}", picture.file);
        let lineage = library.lineage(&picture.id).unwrap();
        json!({
            "id": picture.id, "number": picture.number, "file": picture.file, "hash": picture.hash, "run": picture.run,
            "job": picture.job, "size": recipe.size, "marks": picture.marks, "cost": picture.cost,
            "trashed_ms": picture.trashed_ms, "flaw": picture.flaw.map(Flaw::word), "prompt": picture.prompt,
            "recipe": recipe, "kin": format!("{:?}", lineage.kin.iter().map(|one| one.link).collect::<Vec<_>>()),
        })
    };
    let partials = |job: &JobId| {
        let found = super::super::partials(library.dir(), job, 0).unwrap();
        found.painted.iter().map(|one| content_hash(&fs::read(&one.file).unwrap())).collect::<Vec<_>>()
    };
    let open = library.open_jobs().unwrap();
    json!({
        "pictures": library.pictures().unwrap().into_iter().map(picture).collect::<Vec<_>>(),
        "trashed": library.trashed().unwrap().into_iter().map(picture).collect::<Vec<_>>(),
        "runs": library.runs().unwrap(),
        "drafts": library.runs().unwrap().iter().map(|run| library.draft_of(&run.id).unwrap()).collect::<Vec<_>>(),
        "partials": open.iter().map(|(_, job)| partials(&job.id)).collect::<Vec<_>>(),
        "open": open.iter().map(|(_, job)| job).collect::<Vec<_>>(),
        "unread": open.iter().filter_map(|(_, job)| library.unread(&job.id).ok()).map(|(note, body)| {
            json!({"reason": note.reason, "body": content_hash(&body)})
        }).collect::<Vec<_>>(),
        "lists": library.shelves().unwrap(),
        "setting": library.setting("draft").unwrap(),
        "reference": reference_path(library.dir(), &content_hash(b"paper")).map(|path| fs::read(path).unwrap()),
        "spent": format!("{:?}", library.spent_since(0).unwrap()),
    })
}

#[test]
fn a_library_of_an_earlier_program_is_opened_with_all_that_it_holds() {
    let folders = folders();
    assert!(!folders.is_empty());
    for kept in folders {
        let version: usize = kept.file_name().unwrap().to_str().unwrap().parse().unwrap();
        let folder = folder();
        let dir = folder.path().join("library");
        copy_all(&kept.join("library"), &dir);
        let expected: serde_json::Value =
            serde_json::from_slice(&fs::read(kept.join("expected.json")).unwrap()).unwrap();
        let mut library = Library::open(&dir).unwrap();
        let recovered = library.recover().unwrap();
        assert!(recovered.troubles.is_empty() && recovered.leftovers.is_empty(), "{recovered:?}");
        assert_eq!(told(&library), expected, "version {version}");
        assert_eq!(library.verify(Repair::No, |_| true).unwrap().findings, [], "version {version}");
        let copy = dir.join(format!("easel.v{version}.db"));
        assert_eq!(copy.exists(), version < schema::STEPS.len(), "what was there is kept where it had to change");
        drop(library);
        // And once more, from the folder alone.
        let rebuilt = Library::rebuild(&dir, |_| true).unwrap().unwrap();
        assert!(rebuilt.journal_kept && rebuilt.unknown_files.is_empty() && rebuilt.missing.is_empty(), "{rebuilt:?}");
        let mut anew = Library::open(&dir).unwrap();
        anew.recover().unwrap();
        let without_numbers = |mut told: serde_json::Value| {
            for list in ["pictures", "trashed"] {
                for picture in told[list].as_array_mut().unwrap() {
                    picture["number"].take();
                }
            }
            told
        };
        assert_eq!(without_numbers(told(&anew)), without_numbers(expected), "version {version}, made anew");
    }
}

/// Makes one with this program's tables.
#[test]
#[ignore = "writes into the repository"]
fn make() {
    let all = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/libraries");
    let kept = all.join(schema::STEPS.len().to_string());
    assert!(!kept.exists(), "what was released stays as it is");
    let folder = folder();
    let dir = folder.path().join("library");
    let mut library = Library::open(&dir).unwrap();
    let reference = library.store_reference(b"paper", Format::Png).unwrap();
    let run = Run { prompt: "a {red|blue} fox, two of them".into(), ..run() };
    let mut jobs = [job(&run, 0, 2), job(&run, 1, 1), job(&run, 2, 1), job(&run, 3, 1), job(&run, 4, 1)];
    jobs[0].context.references.push(RecipeReference {
        name: "paper.png".into(),
        address: format!("blake3:{reference}"),
        sent: None,
        picture: None,
        edit: crate::picture::ReferenceEdit::default(),
    });
    jobs[0].context.template = Some(run.prompt.clone());
    jobs[0].context.draft = Some(crate::plan::Draft { prompt: run.prompt.clone(), ..crate::plan::Draft::default() });
    library.add_run(&run, &jobs).unwrap();
    let png = |shade: u8| {
        let pixels = crate::picture::Pixels::new(Size { width: 4, height: 2 }, [shade, 90, 60, 255].repeat(8)).unwrap();
        crate::picture::encode(&pixels, &crate::picture::Encoding::Png, [0; 3]).unwrap()
    };
    let size = Some(Size { width: 4, height: 2 });
    let store = |library: &mut Library, recipe: Recipe, shade: u8| {
        library.ingest(NewPicture { recipe, bytes: &png(shade), format: Some(Format::Png), size }).unwrap()
    };
    library.mark_sent(&jobs[0].id, None).unwrap();
    let stored: Vec<Picture> = (0..2).map(|n| store(&mut library, recipe(&jobs[0], n), 10 * n as u8)).collect();
    library.set_job_state(&jobs[0].id, &JobState::Received).unwrap();
    library.set_job_state(&jobs[0].id, &JobState::Stored).unwrap();
    // One made with the settings of the first, one from elsewhere, one cut off.
    let second = Run { prompt: "an old harbour in fog".into(), id: RunId::new(), ..run.clone() };
    let mut later = job(&second, 0, 1);
    later.context.from = Some(crate::plan::Origin { picture: stored[0].id.0.clone(), hash: stored[0].hash.clone() });
    library.add_run(&second, std::slice::from_ref(&later)).unwrap();
    let from_it = store(&mut library, recipe(&later, 0), 100);
    let elsewhere = Run { prompt: "Imported from holiday".into(), id: RunId::new(), asked: 0, ..run.clone() };
    library.add_run(&elsewhere, &[]).unwrap();
    let mut imported = recipe(&Job { id: JobId::imported(), ..job(&elsewhere, 0, 0) }, 0);
    imported.context.service = "imported from /holiday".into();
    imported.cost = None;
    let imported = store(&mut library, imported, 120);
    library.set_flaw(&imported.id, Flaw::CutOff).unwrap();
    for change in [
        MarkChange::Stars(4),
        MarkChange::Flag(Some(crate::plan::Flag::Pick)),
        MarkChange::AddTag("sea".into()),
        MarkChange::AddToCollection("Cover".into()),
    ] {
        library.edit(&Edit::Mark { ids: vec![stored[0].id.clone(), from_it.id.clone()], change }).unwrap();
    }
    library.edit(&Edit::FavouritePrompts { runs: vec![run.id.clone()], on: true }).unwrap();
    while library.sync_sidecars(8).unwrap() {}
    library.trash(std::slice::from_ref(&stored[1].id)).unwrap();
    // A job of every kind that is left: waiting, failed with an answer that nobody could read, cancelled, unknown.
    library.mark_sent(&jobs[1].id, None).unwrap();
    library.keep_partial(&jobs[1].id, 0, 800, &png(200)).unwrap();
    let answer = UnreadAnswer {
        content_type: "text/html".into(),
        reason: "it is no JSON".into(),
        recipe: Recipe { id: PictureId::new(), ..recipe(&jobs[1], 0) },
    };
    library.keep_unread(&answer, b"<html>busy</html>").unwrap();
    let error =
        FailureRecord { kind: "unreadable".into(), message: "it is no JSON".into(), ..FailureRecord::default() };
    library.set_job_state(&jobs[1].id, &JobState::Failed { error }).unwrap();
    library.set_job_state(&jobs[2].id, &JobState::Cancelled).unwrap();
    library.mark_sent(&jobs[3].id, None).unwrap();
    library.set_job_state(&jobs[3].id, &JobState::Unknown).unwrap();
    library.set_setting("draft", &json!({"prompt": "unsent"})).unwrap();
    let told = told(&library);
    drop(library);
    for path in files(&dir) {
        // The lock and what SQLite shares are not of the library.
        if ["easel.lock", "easel.owner", "easel.db-wal", "easel.db-shm"].iter().any(|name| path.ends_with(name)) {
            fs::remove_file(path).unwrap();
        }
    }
    copy_all(&dir, &kept.join("library"));
    fs::write(kept.join("expected.json"), serde_json::to_vec_pretty(&told).unwrap()).unwrap();
    let bytes: u64 = files(&kept).iter().map(|path| fs::metadata(path).unwrap().len()).sum();
    println!("{}: {bytes} bytes", kept.display());
}
