//! Counts, and chips that edit the text.

use super::*;

fn library() -> Vec<(Facts<'static>, Vec<String>)> {
    let tags = |tags: &[&str]| tags.iter().map(ToString::to_string).collect();
    vec![
        (FOX, tags(&["fox", "5\" disk"])),
        (
            Facts { label: None, seed: None, stars: 5, size: Some(Size { width: 800, height: 800 }), ..FOX },
            tags(&["FOX"]),
        ),
        (Facts { flag: Some(Flag::Reject), trashed: true, created_ms: 1_780_000_000_000, ..FOX }, tags(&["foxglove"])),
        (BARE, tags(&[])),
    ]
}

fn with<'a>((facts, tags): &'a (Facts<'static>, Vec<String>)) -> Facts<'a> {
    Facts { tags, ..*facts }
}

fn counted<'a>(pictures: impl Iterator<Item = Facts<'a>>) -> Counting {
    let mut counting = Counting::default();
    pictures.for_each(|facts| counting.add(&facts, &clock()));
    counting
}

#[test]
fn what_is_taken_back_was_never_counted() {
    let library = library();
    let mut counting = counted(library.iter().map(with));
    let all = counting.vocabulary();
    for picture in &library {
        counting.remove(&with(picture), &clock());
        counting.add(&with(picture), &clock());
    }
    assert_eq!(counting.vocabulary(), all);
    library.iter().for_each(|picture| counting.remove(&with(picture), &clock()));
    assert_eq!(counting.vocabulary(), Vocabulary::default());
}

#[test]
fn a_count_is_what_its_chip_finds() {
    let library = library();
    let vocabulary = counted(library.iter().map(with)).vocabulary();
    assert!(vocabulary.facets.len() >= 9, "{vocabulary:?}");
    for facet in &vocabulary.facets {
        for (value, count) in &facet.values {
            let query = Query::parse(&toggle("", facet.key, value));
            let found = library.iter().filter(|picture| query.matches_terms(&with(picture), &clock())).count();
            assert_eq!(found, *count as usize, "{query}");
        }
    }
}

#[test]
fn values_come_most_frequent_first_and_months_newest_first() {
    let library = library();
    let vocabulary = counted(library.iter().map(with)).vocabulary();
    let values =
        |key| vocabulary.values(key).iter().map(|(value, count)| format!("{value} {count}")).collect::<Vec<_>>();
    assert_eq!(values(Key::Tag), ["fox 2", "5\" disk 1", "foxglove 1"]);
    assert_eq!(values(Key::Date), ["2026-11 2", "2026-05 1", "1970-01 1"]);
    assert_eq!(values(Key::Rating), ["5 1", "4 2", "0 1"]);
    assert_eq!(values(Key::Ratio), ["16:9 2", "1:1 1"]);
    assert_eq!(values(Key::Seed), [""; 0]);
}

#[test]
fn a_chip_edits_the_text() {
    for (text, key, value, after) in [
        ("", Key::Tag, "sea view", "tag:\"sea view\""),
        ("fox tag:sky", Key::Tag, "sea", "fox tag:sky tag:\"sea\""),
        ("fox  tag:SEA snow", Key::Tag, "sea", "fox snow"),
        ("label:red", Key::Label, "blue", "label:red,blue"),
        ("label:red,blue", Key::Label, "red", "label:blue"),
        ("label:", Key::Label, "red", "label:red"),
        ("is:png is:picked", Key::Is, "svg", "is:png,svg is:picked"),
        ("is:png", Key::Is, "picked", "is:png is:picked"),
        ("rating:>=3 fox", Key::Rating, ">=4", "rating:>=4 fox"),
        ("rating:>=3 fox", Key::Rating, ">=3", "fox"),
        ("-label:red", Key::Label, "red", "-label:red label:red"),
        ("\"sea vi", Key::Has, "tag", "\"sea vi\" has:tag"),
        ("ratio:16:9", Key::Ratio, "1:1", "ratio:16:9,1:1"),
        ("model:flux", Key::Model, "A: b", "model:flux,\"A: b\""),
        ("date:2026-10", Key::Date, "2026-11", "date:2026-11"),
    ] {
        assert_eq!(toggle(text, key, value), after, "{text}");
    }
}

proptest! {
    #[test]
    fn a_chip_pressed_twice_leaves_the_rest_as_it_was(text in typed(), tag in "[a-z\" ,:é狐]{0,6}z") {
        let before = Query::parse(&text);
        let once = toggle(&text, Key::Tag, &tag);
        prop_assert_ne!(Query::parse(&once).asks(Key::Tag, &tag), before.asks(Key::Tag, &tag), "{}", once);
        let twice = Query::parse(&toggle(&once, Key::Tag, &tag));
        prop_assert_eq!(twice.asks(Key::Tag, &tag), before.asks(Key::Tag, &tag));
        if !before.asks(Key::Tag, &tag) && !text.contains('"') {
            prop_assert_eq!(twice, before);
        }
    }
}
