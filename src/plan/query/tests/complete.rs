//! What is offered where the cursor stands.

use super::*;

fn vocabulary() -> Vocabulary {
    let values = |values: &[(&str, u32)]| values.iter().map(|(value, count)| (value.to_string(), *count)).collect();
    Vocabulary {
        facets: vec![
            Facet { key: Key::Model, values: values(&[("ByteDance: Seedream", 40), ("Black Forest: FLUX.2", 9)]) },
            Facet { key: Key::Tag, values: values(&[("red fox", 3), ("fox", 2), ("snow", 1)]) },
            Facet { key: Key::Label, values: values(&[("none", 40), ("red", 9)]) },
        ],
    }
}

/// The text after each completion, with the count behind it. `|` marks the cursor.
fn offered(text: &str) -> Vec<String> {
    let cursor = text.find('|').unwrap();
    let text = text.replace('|', "");
    let after = |completion: Completion| {
        let mut text = text.clone();
        text.replace_range(completion.replace, &completion.with);
        completion.count.map_or(text.clone(), |count| format!("{text} {count}"))
    };
    complete(&text, cursor, &vocabulary()).into_iter().map(after).collect()
}

#[test]
fn keys_come_before_values_and_beginnings_before_middles() {
    assert_eq!(offered("|")[..2], ["model:", "tag:"]);
    assert_eq!(offered("fox |").len(), 12);
    assert_eq!(offered("ti|"), ["time:", "collection:", "rating:", "ratio:"]);
    assert_eq!(offered("fo|"), ["tag:\"fox\" 2", "model:\"Black Forest: FLUX.2\" 9", "tag:\"red fox\" 3"]);
    assert_eq!(offered("a -ta|"), ["a -tag:"]);
    assert_eq!(offered("\"sno|"), ["tag:\"snow\" 1"]);
    assert_eq!(offered("a ra|ti b")[0], "a rating: b");
}

#[test]
fn values_are_those_of_the_library_and_those_always_understood() {
    assert_eq!(offered("tag:|"), ["tag:\"red fox\" 3", "tag:\"fox\" 2", "tag:\"snow\" 1"]);
    assert_eq!(offered("tag:FO|"), ["tag:\"fox\" 2", "tag:\"red fox\" 3"]);
    assert_eq!(offered("tag:\"red f|"), ["tag:\"red fox\" 3"]);
    assert_eq!(
        offered("x label:blue,r|,green y"),
        ["x label:blue,red,green y 9", "x label:blue,green,green y", "x label:blue,purple,green y"]
    );
    assert_eq!(offered("is:pi|"), ["is:picked"]);
    assert_eq!(offered("rating:>|"), ["rating:>=3", "rating:>=4"]);
    assert_eq!(offered("la|bel:red"), [""; 0]);
    assert_eq!(offered("style:a|"), [""; 0]);
    assert_eq!(offered("is:picked|"), [""; 0]);
}

proptest! {
    #[test]
    fn a_completion_replaces_whole_characters_under_the_cursor(text in typed(), cursor in 0_usize..40) {
        for Completion { replace, .. } in complete(&text, cursor, &vocabulary()) {
            prop_assert!(text.get(replace.clone()).is_some(), "{replace:?}");
            // The cursor may have been in the middle of a character.
            let at = cursor.min(text.len());
            prop_assert!(replace.start <= at && at < replace.end + 4, "{replace:?}");
        }
    }

    #[test]
    fn a_completed_term_is_understood(text in typed(), cursor in 0_usize..40) {
        for Completion { replace, with, count, .. } in complete(&text, cursor, &vocabulary()) {
            let mut after = text.clone();
            after.replace_range(replace, &with);
            let problems = |text: &str| Query::parse(text).problems().count();
            if count.is_some() {
                prop_assert!(problems(&after) <= problems(&text), "{text:?} {after:?}");
            }
        }
    }
}
