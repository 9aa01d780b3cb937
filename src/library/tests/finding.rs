//! Searching a real library.

use super::super::SearchIndex;
use super::*;
use crate::plan::Label;
use crate::plan::query::{Clock, Key, Query};

fn clock() -> Clock {
    Clock { today: jiff::civil::date(2026, 11, 22), zone: jiff::tz::TimeZone::UTC }
}

/// A library of three runs: two foxes, one bear by another model.
fn library(folder: &Path) -> (Library, Vec<Picture>) {
    let mut library = Library::open(folder).unwrap();
    for (prompt, model, count) in
        [("a red fox", "demo/fox", 2), ("Bär im Schnee", "demo/bear", 1), ("雪の狐", "demo/fox", 1)]
    {
        let run = Run { prompt: prompt.into(), model: ModelId::new(model), ..run() };
        let job = job(&run, 0, count);
        library.add_run(&run, std::slice::from_ref(&job)).unwrap();
        for number in 0..count {
            store(&mut library, &recipe(&job, number), &bytes(number as u8));
        }
    }
    let mut pictures = library.pictures().unwrap();
    pictures.reverse();
    (library, pictures)
}

fn found(finder: &SearchIndex, text: &str) -> Vec<usize> {
    let (numbers, _) = finder.find(&Query::parse(text)).unwrap();
    numbers.ones().collect()
}

#[test]
fn words_are_looked_for_in_prompts_models_providers_tags_and_collections() {
    let folder = folder();
    let (mut library, pictures) = library(folder.path());
    let ids = vec![pictures[2].id.clone()];
    library.edit(&Edit::Mark { ids: ids.clone(), change: MarkChange::AddTag("Winter light".into()) }).unwrap();
    library.edit(&Edit::Mark { ids, change: MarkChange::AddToCollection("Book cover".into()) }).unwrap();
    let finder = SearchIndex::open(folder.path(), clock()).unwrap();
    for (text, numbers) in [
        ("", &[1, 2, 3, 4][..]),
        ("fox", &[1, 2, 3, 4]),
        ("red fo", &[1, 2]),
        ("bar", &[3]),
        ("BÄR schnee", &[3]),
        ("狐", &[4]),
        ("bear", &[3]),
        ("light", &[3]),
        ("cov", &[3]),
        ("red light", &[]),
        ("-red", &[3, 4]),
        ("fox -winter model:fox", &[1, 2, 4]),
        ("collection:\"book cover\"", &[3]),
        ("nothing", &[]),
        ("unknown:key", &[1, 2, 3, 4]),
    ] {
        assert_eq!(found(&finder, text), numbers, "{text}");
    }
}

#[test]
fn what_is_told_is_found_by_the_next_search() {
    let folder = folder();
    let (mut library, pictures) = library(folder.path());
    let mut finder = SearchIndex::open(folder.path(), clock()).unwrap();
    let ids = vec![pictures[0].id.clone()];
    let change = MarkChange::Label(Some(Label::Red));
    let edited = library.edit(&Edit::Mark { ids: ids.clone(), change }).unwrap();
    edited.pictures.iter().for_each(|picture| finder.put(picture));
    assert_eq!(found(&finder, "label:red"), [1]);
    assert_eq!(finder.vocabulary().values(Key::Label), [("none".into(), 3), ("red".into(), 1)]);
    library.trash(&ids).unwrap().iter().for_each(|picture| finder.put(picture));
    assert_eq!(finder.find(&Query::parse("label:red")).unwrap().1, 0, "the trash is not counted");
    assert_eq!(finder.vocabulary().values(Key::Label), [("none".into(), 3)]);
    library.empty_trash().unwrap();
    finder.empty_trash();
    assert_eq!(found(&finder, ""), [2, 3, 4]);

    let run = Run { prompt: "a late owl".into(), ..run() };
    let job = job(&run, 0, 1);
    library.add_run(&run, std::slice::from_ref(&job)).unwrap();
    finder.add_run(&std::sync::Arc::new(run));
    let owl = store(&mut library, &recipe(&job, 0), &bytes(9));
    finder.put(&owl);
    assert_eq!(found(&finder, "owl"), [owl.number as usize]);
}
