//! What a prompt stands for, by table; and that whatever is no alternative is sent to the byte.

use super::*;
use proptest::prelude::*;

fn prompts(text: &str) -> Vec<String> {
    Template::parse(text).prompts(MOST_PROMPTS)
}

#[test]
fn alternatives_become_an_exact_list() {
    for (text, expected) in [
        ("{red|blue|green} fox", &["red fox", "blue fox", "green fox"][..]),
        ("{a|b} and {1|2}", &["a and 1", "a and 2", "b and 1", "b and 2"]),
        ("a {{red|blue} fox|cat}", &["a red fox", "a blue fox", "a cat"]),
        ("fox{|, at night}", &["fox", "fox, at night"]),
        ("{a|a}", &["a", "a"]),
        ("{ü|日本}語", &["ü語", "日本語"]),
        ("{a||b}", &["a", "", "b"]),
        ("{a|{not one}}", &["a", "{not one}"]),
        (r#"{"scene": "{red|blue} fox"}"#, &[r#"{"scene": "red fox"}"#, r#"{"scene": "blue fox"}"#]),
        (r#"{{"k": "x|y"}|b}"#, &[r#"{"k": "x|y"}"#, "b"]),
        (r"{a\|b|c}", &["a|b", "c"]),
        (r"{a|\}|b}", &["a", "}", "b"]),
        (r"\{red|blue} fox", &["{red|blue} fox"]),
        (r"\{red|blue\} fox", &["{red|blue} fox"]),
        (r"\{a|{b|c}\}", &["{a|b}", "{a|c}"]),
        (r"C:\\{a|b}", &[r"C:\a", r"C:\b"]),
        (r"{a|b\\}", &["a", r"b\"]),
        ("} {a|b} {", &["} a {", "} b {"]),
        ("{ {a|b}", &["{ a", "{ b"]),
    ] {
        assert_eq!(prompts(text), expected, "{text}");
        assert_eq!(Template::parse(text).count(), expected.len() as u64, "{text}");
        assert_eq!(Template::parse(text).has_alternatives(), expected.len() > 1, "{text}");
    }
}

#[test]
fn what_is_no_alternative_is_sent_as_written() {
    for text in [
        "",
        "a | b",
        "{fox}",
        r#"{"scene": {"what": "fox | dog", "n": [1, 2]}, "path": "C:\\{x}"}"#,
        r"\{fox\} \\ \| \x",
        "a} | {b",
        "{a|b",
        "a|b}",
        r"{a\|b}",
    ] {
        assert_eq!(prompts(text), [text], "{text}");
        assert_eq!(Template::parse(text).count(), 1);
    }
}

#[test]
fn json_with_alternatives_in_its_words_can_be_sent_as_it_is() {
    for text in [r#"{"a|b": "{x|y}"}"#, r#"{"a|b": {"c|d": "{x|y}"}}"#, r#"{"a": "{x|y}"}"#] {
        assert_eq!(prompts(&literal(text)), [text]);
    }
}

#[test]
fn a_monstrous_template_is_counted_without_being_written_out() {
    let text = "{a|b}".repeat(200);
    let template = Template::parse(&text);
    assert_eq!(template.count(), u64::MAX);
    assert_eq!(template.prompts(3).len(), 3);
    assert_eq!(template.prompts(2), ["a".repeat(200), format!("{}b", "a".repeat(199))]);
    let deep = format!("{}x|y{}", "{a|".repeat(5_000), "}".repeat(5_000));
    assert!(Template::parse(&deep).count() > 1);
    assert_eq!(Template::parse(&"{".repeat(100_000)).prompts(1), ["{".repeat(100_000)]);
}

proptest! {
    #[test]
    fn a_prompt_without_a_bar_is_sent_to_the_byte(text in r"[^|]*") {
        prop_assert_eq!(prompts(&text), [text]);
    }

    #[test]
    fn a_prompt_without_alternatives_is_sent_to_the_byte_unless_a_backslash_kept_it_from_having_some(
        text in r#"[a-c{}|\\" :]{0,24}"#
    ) {
        let template = Template::parse(&text);
        if !template.has_alternatives() && !text.contains(r"\{") {
            prop_assert_eq!(template.prompts(8), [text]);
        }
    }

    #[test]
    fn json_is_sent_to_the_byte(values in prop::collection::hash_map("[a-z]{1,4}", r#"[a-z |"\\]{0,8}"#, 1..5)) {
        let text = serde_json::to_string_pretty(&serde_json::json!({"scene": values})).unwrap();
        prop_assert_eq!(prompts(&text), [text]);
    }

    #[test]
    fn there_are_as_many_prompts_as_counted(text in r"[ab{}|\\]{0,24}") {
        let template = Template::parse(&text);
        prop_assert_eq!(template.prompts(10_000).len() as u64, template.count().min(10_000));
        let all = template.prompts(10_000);
        prop_assert_eq!(&template.prompts(3)[..], &all[..all.len().min(3)]);
    }

    #[test]
    fn a_text_can_be_sent_as_it_is_whatever_its_braces(text in r#"[ab:{}| "]{0,24}"#) {
        prop_assert_eq!(prompts(&literal(&text)), [text]);
    }
}
