//! The prompt history: what it keeps, what outlives what, and how it is looked through.

use super::super::SearchIndex;
use super::super::index::schema;
use super::*;
use crate::plan::query::{Clock, Query};
use crate::plan::{Draft, DraftReference, ReferenceFacts, ReferenceSource};
use std::collections::BTreeSet;
use std::sync::Arc;

fn draft(prompt: &str) -> Draft {
    let facts = ReferenceFacts { media_type: "image/png".into(), size: SIZE.unwrap(), bytes: 3, hash: None };
    let source = ReferenceSource::Stored { hash: content_hash(b"fox"), original: facts.clone(), sent: facts };
    let mut draft = Draft {
        prompt: prompt.into(),
        model: Some(ModelId::new("demo/fox")),
        references: vec![DraftReference { source, name: "fox.png".into(), picture: None, edit: Default::default() }],
        ..Draft::default()
    };
    draft.set("aspect_ratio", "2:1");
    draft
}

fn rebuild(folder: &Path) -> Rebuilt {
    Library::rebuild(folder, |_| true).unwrap().unwrap()
}

/// Sends a prompt and returns its run; its one picture is stored.
fn send(library: &mut Library, prompt: &str, model: &str, created_ms: i64) -> Run {
    let run = Run { prompt: prompt.into(), model: ModelId::new(model), created_ms, asked: 1, ..run() };
    let mut job = job(&run, 0, 1);
    job.context.draft = Some(draft(prompt));
    library.add_run(&run, std::slice::from_ref(&job)).unwrap();
    store(library, &recipe(&job, 0), prompt.as_bytes());
    run
}

fn finder(folder: &Path) -> SearchIndex {
    let clock = Clock { today: jiff::civil::date(2026, 11, 22), zone: jiff::tz::TimeZone::UTC };
    SearchIndex::open(folder, clock).unwrap()
}

/// What is found, each as `prompt×times`.
fn found(finder: &mut SearchIndex, text: &str, favourites: Option<&BTreeSet<RunId>>) -> Vec<String> {
    let (prompts, _) = finder.find_prompts(&Query::parse(text), favourites).unwrap();
    prompts.iter().map(|prompt| format!("{}×{}", prompt.last.prompt.trim(), prompt.runs.len())).collect()
}

fn remove_index(folder: &Path) {
    for name in ["easel.db", "easel.db-wal", "easel.db-shm"] {
        if folder.join(name).exists() {
            std::fs::remove_file(folder.join(name)).unwrap();
        }
    }
}

#[test]
fn prompts_settings_and_favourites_outlive_pictures_jobs_and_the_index() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let fox = send(&mut library, "a red fox", "demo/fox", 1_000);
    let owl = send(&mut library, "an owl", "demo/owl", 2_000);
    library.edit(&Edit::FavouritePrompts { runs: vec![fox.id.clone()], on: true }).unwrap();
    while library.sync_sidecars(8).unwrap() {}
    let all: Vec<_> = library.pictures().unwrap().into_iter().map(|picture| picture.id).collect();
    library.trash(&all).unwrap();
    library.empty_trash().unwrap();
    assert_eq!(found(&mut finder(folder.path()), "", None), ["an owl×1", "a red fox×1"]);
    assert_eq!(library.draft_of(&owl.id).unwrap(), Some(draft("an owl")));
    drop(library);

    remove_index(folder.path());
    assert_eq!(rebuild(folder.path()).pictures, 0);
    let library = Library::open(folder.path()).unwrap();
    let favourites = library.shelves().unwrap().favourite_prompts;
    assert_eq!(favourites, BTreeSet::from([fox.id.clone()]));
    let mut finder = finder(folder.path());
    assert_eq!(found(&mut finder, "", None), ["an owl×1", "a red fox×1"]);
    assert_eq!(found(&mut finder, "", Some(&favourites)), ["a red fox×1"]);
    assert_eq!(library.draft_of(&fox.id).unwrap(), Some(draft("a red fox")), "with its references");
    assert_eq!(library.draft_of(&owl.id).unwrap(), Some(draft("an owl")));
}

#[test]
fn lines_of_earlier_versions_are_read_and_their_settings_come_from_the_recipes() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let kept = send(&mut library, "a red fox", "demo/fox", 1_000);
    drop(library);
    let old = Run { prompt: "from an earlier version".into(), ..run() };
    let lines: Vec<String> = [&kept, &old].iter().map(|run| serde_json::to_string(run).unwrap()).collect();
    let text = format!("{}\n{{\"id\":\"cut short\n{}", lines[0], lines[1]);
    std::fs::write(folder.path().join("prompts.jsonl"), text).unwrap();
    remove_index(folder.path());
    rebuild(folder.path());
    let library = Library::open(folder.path()).unwrap();
    assert_eq!(found(&mut finder(folder.path()), "", None), ["from an earlier version×1", "a red fox×1"]);
    assert_eq!(library.draft_of(&old.id).unwrap(), None, "not known");
    assert_eq!(library.draft_of(&kept.id).unwrap(), Some(draft("a red fox")), "its picture knows them");
}

#[test]
fn an_older_index_keeps_the_settings_that_its_jobs_know() {
    let folder = folder();
    let run = run();
    let mut job = job(&run, 0, 1);
    job.context.draft = Some(draft("a red fox"));
    {
        let db = schema::open(&folder.path().join("easel.db"), &schema::STEPS[..1]).unwrap();
        db.execute("INSERT INTO runs VALUES (?1, 1, 'm', 'M', 'a red fox', '', 1, NULL)", [&run.id.0]).unwrap();
        for (id, context) in [("one", serde_json::to_string(&job.context).unwrap()), ("two", "{".into())] {
            db.execute(
                "INSERT INTO jobs VALUES (?1, ?2, 0, 1, '{}', ?3, 'stored', NULL, 0)",
                [id, run.id.0.as_str(), context.as_str()],
            )
            .unwrap();
        }
    }
    let library = Library::open(folder.path()).unwrap();
    assert_eq!(library.draft_of(&run.id).unwrap(), Some(draft("a red fox")));
    drop(library);
    assert!(rebuild(folder.path()).journal_kept);
    let library = Library::open(folder.path()).unwrap();
    assert_eq!(library.draft_of(&run.id).unwrap(), Some(draft("a red fox")));
}

#[test]
fn an_index_of_the_first_version_is_taken_over_by_a_rebuild() {
    let folder = folder();
    let run = run();
    let mut job = job(&run, 0, 1);
    job.context.draft = Some(draft("a red fox"));
    {
        let db = schema::open(&folder.path().join("easel.db"), &schema::STEPS[..1]).unwrap();
        db.execute(
            "INSERT INTO jobs VALUES ('one', ?1, 0, 1, '{}', ?2, 'queued', NULL, 0)",
            [&run.id.0, &serde_json::to_string(&job.context).unwrap()],
        )
        .unwrap();
    }
    assert!(rebuild(folder.path()).journal_kept);
    let library = Library::open(folder.path()).unwrap();
    assert_eq!(library.draft_of(&run.id).unwrap(), Some(draft("a red fox")));
}

#[test]
fn a_prompt_that_could_not_be_journalled_is_kept_by_its_retry() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let run = run();
    let mut again = job(&run, 0, 1);
    again.context.draft = Some(draft("a red fox"));
    library.replace_job(&JobId::new(), &JobState::Cancelled, &run, &again).unwrap();
    drop(library);
    remove_index(folder.path());
    rebuild(folder.path());
    let library = Library::open(folder.path()).unwrap();
    assert_eq!(library.draft_of(&run.id).unwrap(), Some(draft("a red fox")));
}

#[test]
fn each_prompt_is_listed_once_latest_first_and_found_as_pictures_are() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let first = send(&mut library, "a red fox", "demo/fox", 1_790_000_000_000);
    send(&mut library, "Bär im Schnee", "demo/bear", 1_791_000_000_000);
    send(&mut library, " a red fox\n", "demo/owl", 1_792_000_000_000);
    send(&mut library, "雪の狐", "demo/fox", 1_793_000_000_000);
    // What came from elsewhere was never sent.
    library.add_run(&Run { prompt: "a red import".into(), asked: 0, ..run() }, &[]).unwrap();
    let mut finder = finder(folder.path());
    for (text, expected) in [
        ("", &["雪の狐×1", "a red fox×2", "Bär im Schnee×1"][..]),
        ("red fo", &["a red fox×2"]),
        ("BAR schnee", &["Bär im Schnee×1"]),
        ("狐", &["雪の狐×1"]),
        ("-red", &["雪の狐×1", "Bär im Schnee×1"]),
        ("狐 -red", &["雪の狐×1"]),
        ("model:bear", &["Bär im Schnee×1"]),
        ("date:2026-10-14", &["a red fox×2"]),
        ("nothing", &[]),
    ] {
        assert_eq!(found(&mut finder, text, None), expected, "{text}");
    }
    let favourites = BTreeSet::from([first.id]);
    assert_eq!(found(&mut finder, "", Some(&favourites)), ["a red fox×2"], "through an older run of it");

    let late = send(&mut library, "Bär im Schnee", "demo/bear", 1_794_000_000_000);
    finder.add_run(&Arc::new(late));
    assert_eq!(found(&mut finder, "", None), ["Bär im Schnee×2", "雪の狐×1", "a red fox×2"]);
}

#[test]
fn a_favourite_can_be_taken_back_and_two_in_a_row_are_both_kept() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let [one, two] = [RunId("1".into()), RunId("2".into())];
    let of = |library: &Library| library.shelves().unwrap().favourite_prompts.into_iter().collect::<Vec<_>>();
    library.edit(&Edit::FavouritePrompts { runs: vec![one.clone()], on: true }).unwrap();
    let edited = library.edit(&Edit::FavouritePrompts { runs: vec![two.clone()], on: true }).unwrap();
    assert_eq!(of(&library), [one.clone(), two.clone()]);
    let undone = library.edit(&Edit::Revert(edited.before)).unwrap();
    assert_eq!(of(&library), std::slice::from_ref(&one));
    library.edit(&Edit::Revert(undone.before)).unwrap();
    library.edit(&Edit::FavouritePrompts { runs: vec![one], on: false }).unwrap();
    assert_eq!(of(&library), [two]);
}

#[test]
fn a_picture_of_a_prompt_with_alternatives_knows_which_was_sent() {
    let folder = folder();
    let mut library = Library::open(folder.path()).unwrap();
    let run = Run { prompt: "a {red|blue} fox".into(), ..run() };
    let mut job = job(&run, 0, 1);
    job.request["prompt"] = "a blue fox".into();
    job.context.template = Some(run.prompt.clone());
    library.add_run(&run, std::slice::from_ref(&job)).unwrap();
    let picture = store(&mut library, &recipe(&job, 0), &bytes(1));
    assert_eq!((picture.prompt(Some(&run)), picture.prompt(None)), ("a blue fox", "a blue fox"));
    let known = |library: &Library| library.picture(&picture.id).unwrap().unwrap().prompt;
    assert_eq!(known(&library).as_deref(), Some("a blue fox"));
    drop(library);
    rebuild(folder.path());
    assert_eq!(known(&Library::open(folder.path()).unwrap()).as_deref(), Some("a blue fox"));
    // An index from before it was kept reads it from the recipes.
    let db = rusqlite::Connection::open(folder.path().join("easel.db")).unwrap();
    let undo = "ALTER TABLE pictures DROP COLUMN prompt; ALTER TABLE sendings DROP COLUMN generation;
        ALTER TABLE pictures DROP COLUMN flaw; ALTER TABLE sendings DROP COLUMN record; DROP TABLE changes;
        DROP TRIGGER picture_added; DROP TRIGGER picture_changed; DROP TRIGGER picture_removed; DROP TRIGGER run_added";
    db.execute_batch(undo).unwrap();
    db.pragma_update(None, "user_version", 4).unwrap();
    drop(db);
    assert_eq!(known(&Library::open(folder.path()).unwrap()).as_deref(), Some("a blue fox"));
}
