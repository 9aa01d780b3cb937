//! What searches find, say and are written as; what they share is here.

mod complete;
mod facets;

use super::*;
use crate::picture::{Format, Size};
use crate::plan::marks::{Flag, Label};
use jiff::civil::date;
use jiff::tz::TimeZone;
use proptest::prelude::*;

/// A fox in the snow of 22 November 2026, 13:00 in universal time.
const FOX: Facts<'static> = Facts {
    model: "black-forest-labs/flux.2-pro",
    model_name: "Black Forest Labs: FLUX.2 Pro",
    provider: Some("Black Forest Labs"),
    seed: Some(7),
    stars: 4,
    flag: Some(Flag::Pick),
    label: Some(Label::Red),
    tags: &[],
    collections: &[],
    cost: Some(0.06),
    size: Some(Size { width: 1344, height: 768 }),
    format: Format::Png,
    has_references: true,
    created_ms: 1_795_352_400_000,
    elapsed_ms: Some(12_400),
    file_stem: "2026-11-22 1300 fox in snow 3f2a",
    imported: false,
    trashed: false,
};

/// A picture of which little is known.
const BARE: Facts<'static> = Facts { format: Format::Svg, file_stem: "scan", imported: true, ..Facts::NONE };

fn clock() -> Clock {
    Clock { today: date(2026, 11, 23), zone: TimeZone::UTC }
}

/// Says whether the terms of a search find a picture with these tags and collections.
fn finds(text: &str, facts: Facts<'_>) -> bool {
    let tags = ["Füchse".to_owned(), "sea view".to_owned()];
    let collections = ["Book cover".to_owned()];
    let marked = if facts.model.is_empty() { facts } else { Facts { tags: &tags, collections: &collections, ..facts } };
    Query::parse(text).matches_terms(&marked, &clock())
}

#[test]
fn terms_find_what_they_say() {
    for (text, found) in [
        ("", true),
        ("model:flux", true),
        ("MODEL:Flux.2", true),
        ("model:lux", false),
        ("model:\"black-forest-labs/flux.2-pro\"", true),
        ("model:\"Black Forest Labs: FLUX.2 Pro\"", true),
        ("model:\"flux\"", false),
        ("model:seedream,flux", true),
        ("provider:forest", true),
        ("seed:7", true),
        ("seed:7..9", true),
        ("seed:70", false),
        ("rating:>=3", true),
        ("rating:>4", false),
        ("rating:2..4", true),
        ("-rating:4", false),
        ("cost:>0.05", true),
        ("cost:>$0.06", false),
        ("cost:unknown", false),
        ("ratio:16:9", true),
        ("ratio:16：9", true),
        ("ratio:32:18", true),
        ("ratio:1.75:1", true),
        ("ratio:landscape", true),
        ("ratio:3:2,square", false),
        ("size:>=1k", true),
        ("size:2k", false),
        ("size:1344x768", true),
        ("size:1344×768", true),
        ("width:>1000 height:<1000", true),
        ("has:reference,tag", true),
        ("is:svg", false),
        ("is:png,svg is:picked is:rated", true),
        ("is:imported", false),
        ("is:trashed", false),
        ("date:2026-11", true),
        ("date:yesterday", true),
        ("date:today", false),
        ("date:week", true),
        ("date:<2026-11-22", false),
        ("label:red", true),
        ("label:none", false),
        ("label:blue,RED", true),
        ("tag:fuchs", true),
        ("tag:view", true),
        ("tag:\"view\"", false),
        ("tag:\"SEA view\"", true),
        ("tag:sea tag:füchse", true),
        ("tag:sea tag:cat", false),
        ("tag:\"sea vi", true),
        ("-tag:cat -tag:dog", true),
        ("collection:\"book cover\"", true),
        ("collection:book", true),
        ("file:snow", true),
        ("time:>10s", true),
        ("time:12", true),
        ("time:<0.2m", false),
        ("time:12400ms", true),
    ] {
        let query = Query::parse(text);
        assert_eq!(query.problems().next(), None, "{text}");
        assert_eq!(finds(text, FOX), found, "{text}");
    }
}

#[test]
fn what_is_not_known_is_found_by_nothing_but_its_absence() {
    for key in
        ["model:a", "provider:a", "seed:>=0", "cost:>=0", "cost:0", "time:>=0", "ratio:1:1", "width:>=0", "size:>=0"]
    {
        assert!(!finds(key, BARE), "{key}");
        assert!(finds(&format!("-{key}"), BARE), "{key}");
    }
    for text in
        ["cost:unknown", "-has:cost", "-has:seed", "label:none", "is:unflagged,picked", "is:imported", "rating:0"]
    {
        assert!(finds(text, BARE), "{text}");
    }
}

#[test]
fn what_is_being_typed_narrows_nothing_and_says_why() {
    let unfinished = |key| Problem::Unfinished { key };
    let odd = |key, value: &str| Problem::NotUnderstood { key, value: value.into() };
    for (text, problem) in [
        ("rating:", unfinished(Key::Rating)),
        ("-tag:\"", unfinished(Key::Tag)),
        ("label:,", unfinished(Key::Label)),
        ("rating:>", odd(Key::Rating, ">")),
        ("rating:9", odd(Key::Rating, "9")),
        ("is:pi", odd(Key::Is, "pi")),
        ("label:red,gre", odd(Key::Label, "gre")),
        ("date:2026-1", odd(Key::Date, "2026-1")),
        ("ratio:16:", odd(Key::Ratio, "16:")),
        ("style:anime", Problem::UnknownKey { key: "style".into() }),
    ] {
        let query = Query::parse(text);
        assert_eq!(query.problems().collect::<Vec<_>>(), [&problem], "{text}");
        assert!(finds(text, FOX) && finds(text, BARE) && query.is_empty(), "{text}");
    }
    assert!(finds("label:red,", FOX) && !finds("label:red,", BARE));
}

#[test]
fn words_become_phrases_of_the_full_text_index() {
    for (text, fts, without) in [
        ("", None, None),
        ("red fox", Some("\"red\"* AND \"fox\"*"), None),
        ("\"red fox\" model:flux snow", Some("\"red fox\" AND \"snow\"*"), None),
        ("\"red fo", Some("\"red fo\"*"), None),
        ("fox -dog -\"big cat\"", Some("(\"fox\"*) NOT (\"dog\" OR \"big cat\")"), None),
        ("-dog -cat", None, Some("\"dog\" OR \"cat\"")),
        ("赤い狐", Some("\"赤 い 狐\"*"), None),
        ("🦊", Some("\"\u{e000}1f98a\"*"), None),
        ("\"* NEAR( x\0\" 5\" ^ - --", Some("\"near x\" AND \"5\"*"), None),
        ("https://a.b/c", Some("\"https a b c\"*"), None),
        ("… !? \"\"", None, None),
    ] {
        let query = Query::parse(text);
        assert_eq!(query.fts().as_deref(), fts, "{text}");
        assert_eq!(query.fts_without().as_deref(), without, "{text}");
    }
    let long = Query::parse(&"word ".repeat(10_000)).fts().unwrap();
    assert_eq!(long.matches("AND").count(), MOST_WORDS - 1);
}

#[test]
fn a_query_is_written_as_it_is_read() {
    for (text, written) in [
        ("  fox   tag:a  snow ", "fox snow tag:a"),
        ("Rating:>=3 ratio：16:9", "rating:>=3 ratio:16:9"),
        ("\"a\"\"b\"c -\"d e\"", "\"a\"\"b\" c -\"d e\""),
        ("tag:\"a,b\",c, x", "x tag:\"a,b\",c,"),
        ("a - -b --c", "a - -b --c"),
        ("tag:x \"open end ", "tag:x \"open end "),
        ("\"\" fox -\"", "fox"),
        ("-style:anime http://x", "http://x -style:anime"),
    ] {
        assert_eq!(Query::parse(text).to_string(), written, "{text}");
    }
}

/// Text with everything that means something in a search.
pub(super) fn typed() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        Just(" ".to_owned()),
        Just("\"".to_owned()),
        Just("-".to_owned()),
        Just(",".to_owned()),
        Just(":".to_owned()),
        Just("：".to_owned()),
        Just("//".to_owned()),
        Just("\u{3000}".to_owned()),
        Just("\0".to_owned()),
        Just("tag:".to_owned()),
        Just("is:".to_owned()),
        Just("rating:>=3".to_owned()),
        Just("label:red".to_owned()),
        "\\PC{0,4}",
        "[a-z]{1,3}",
    ];
    prop::collection::vec(piece, 0..16).prop_map(|pieces| pieces.concat())
}

proptest! {
    #[test]
    fn every_text_is_a_query_that_is_read_again_as_it_was_written(text in typed()) {
        let query = Query::parse(&text);
        let written = query.to_string();
        prop_assert_eq!(Query::parse(&written), query, "{}", written);
    }

    #[test]
    fn a_negated_term_finds_all_the_rest(text in typed()) {
        for term in Query::parse(&text).terms.iter().filter(|term| term.problem().is_none()) {
            let turned = Term { negated: !term.negated, ..term.clone() };
            for facts in [FOX, BARE] {
                prop_assert_ne!(term.matches(&facts, &clock()), turned.matches(&facts, &clock()));
            }
        }
    }
}
