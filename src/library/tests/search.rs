//! Words of a search against a real full-text table: whatever is typed is a valid expression and finds what it says.

use crate::plan::query::{Query, search_text};
use proptest::prelude::*;
use rusqlite::Connection;

/// A table as a search uses it, with these prompts.
fn table(prompts: &[&str]) -> Connection {
    let db = Connection::open_in_memory().unwrap();
    let tokens = "unicode61 remove_diacritics 2";
    db.execute(&format!("CREATE VIRTUAL TABLE words USING fts5(prompt, tokenize = \"{tokens}\", prefix = '2 3')"), ())
        .unwrap();
    for prompt in prompts {
        db.execute("INSERT INTO words VALUES (?1)", [search_text(prompt)]).unwrap();
    }
    db
}

/// Returns the places of the prompts that the words of a search find, from 0.
fn found(db: &Connection, search: &str) -> Vec<i64> {
    let query = Query::parse(search);
    let rows = |sql: &str, expression: &str| -> Vec<i64> {
        let mut statement = db.prepare(sql).unwrap();
        let rows = statement.query_map([expression], |row| row.get(0)).unwrap();
        rows.collect::<Result<_, _>>().unwrap_or_else(|error| panic!("{search:?} as {expression:?}: {error}"))
    };
    match (query.fts(), query.fts_without()) {
        (Some(with), _) => rows("SELECT rowid - 1 FROM words WHERE words MATCH ?1 ORDER BY rowid", &with),
        (None, Some(without)) => rows(
            "SELECT rowid - 1 FROM words WHERE rowid NOT IN (SELECT rowid FROM words WHERE words MATCH ?1) ORDER BY rowid",
            &without,
        ),
        (None, None) => rows("SELECT rowid - 1 FROM words WHERE ?1 = '' ORDER BY rowid", ""),
    }
}

#[test]
fn words_find_prompts_in_every_script() {
    let db = table(&[
        "A red fox, at dawn",
        "Le café des Renards",
        "雪の中の赤い狐",
        "ภาพวาดสุนัขจิ้งจอก",
        "눈 속의 여우를 그린 그림",
        "🦊🌲 in STRASSE 5\"",
        "बर्फ में लोमड़ी",
        "foxglove NOT near AND (fox*)",
    ]);
    for (search, places) in [
        ("fox", &[0, 7][..]),
        ("\"fox\"", &[0, 7]),
        ("foxg", &[7]),
        ("red da", &[0]),
        ("fox -dawn", &[7]),
        ("-fox -cafe", &[2, 3, 4, 5, 6]),
        ("-fo", &[0, 1, 2, 3, 4, 5, 6, 7]),
        ("\"red fox\"", &[0]),
        ("\"fox red\"", &[]),
        ("CAFE renard", &[1]),
        ("狐", &[2]),
        ("赤い狐", &[2]),
        ("狐赤", &[]),
        ("สุนัข", &[3]),
        ("여우", &[4]),
        ("🦊", &[5]),
        ("🦊🌲", &[5]),
        ("🌲🦊", &[]),
        ("straße", &[5]),
        ("लोमड़ी", &[6]),
        ("NOT", &[7]),
        ("near", &[7]),
        ("", &[0, 1, 2, 3, 4, 5, 6, 7]),
    ] {
        assert_eq!(found(&db, search), places, "{search}");
    }
}

#[test]
fn a_whole_prompt_can_be_searched_for() {
    let prompt = "a long prompt about (many) things, \"quoted\" or not: ".repeat(600);
    let db = table(&[&prompt, "a fox"]);
    assert_eq!(found(&db, &prompt.replace(':', "")), [0]);
}

proptest! {
    #[test]
    fn whatever_is_typed_is_a_valid_expression(
        pieces in prop::collection::vec(
            prop_oneof![
                any::<String>(),
                "[\"*^()+:{},.\\-\0 ]{0,6}",
                "(NEAR|AND|OR|NOT|prompt|words|fox|\u{301}|\u{200d}|🦊|赤い|\u{1e900})",
            ],
            0..12,
        ),
        join in "[ \"\\-]?",
    ) {
        let db = table(&["a fox"]);
        found(&db, &pieces.join(&join));
    }

    #[test]
    fn a_prompt_is_found_by_each_of_its_words(prompt in "(\\PC{1,6} ?){1,5}") {
        let db = table(&[&prompt]);
        // Only letters that the index knows: its tables are older than those of the standard library.
        for word in search_text(&prompt).split(' ').filter(|word| word.chars().all(|c| u32::from(c) < 0x530)) {
            prop_assert_eq!(found(&db, &format!("\"{word}\"")), [0], "{:?}", word);
        }
    }
}
