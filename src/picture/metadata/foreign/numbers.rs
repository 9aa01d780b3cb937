//! Numbers as they are written: a seed has up to twenty digits, and each of them counts.

use serde_json::{Number, Value};
use std::borrow::Cow;

/// Rewrites JSON so that no digit is lost when it is read: a number that would be written otherwise afterwards becomes a
/// string, and what Python writes for no number becomes `null`.
pub(super) fn exact(json: &str) -> Cow<'_, str> {
    let mut out = String::new();
    let (mut taken, mut at) = (0, 0);
    let bytes = json.as_bytes();
    while let Some(byte) = bytes.get(at) {
        let rest = json.get(at..).unwrap_or_default();
        let length = match byte {
            b'"' => string(rest),
            b'N' | b'I' | b'-' | b'0'..=b'9' => match odd(rest) {
                Some((length, written)) => {
                    out.push_str(json.get(taken..at).unwrap_or_default());
                    out.push_str(&written);
                    taken = at + length;
                    length
                }
                None => number(rest).max(1),
            },
            _ => 1,
        };
        at += length;
    }
    if taken == 0 {
        return Cow::Borrowed(json);
    }
    out.push_str(json.get(taken..).unwrap_or_default());
    Cow::Owned(out)
}

/// The length of the string that a text begins with, quotes and all.
fn string(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().skip(1).position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 2)
}

/// The length of the number that a text begins with.
fn number(text: &str) -> usize {
    text.bytes().take_while(|byte| byte.is_ascii_digit() || b"+-.eE".contains(byte)).count()
}

/// What is no number of JSON's, or would change; with its length and what is written instead.
fn odd(text: &str) -> Option<(usize, String)> {
    if let Some(word) = ["NaN", "-Infinity", "Infinity"].into_iter().find(|word| text.starts_with(word)) {
        return Some((word.len(), "null".to_owned()));
    }
    let token = text.get(..number(text)).filter(|token| !token.is_empty())?;
    let read = serde_json::from_str::<Number>(token).ok()?;
    (read.to_string() != token).then(|| (token.len(), format!("\"{token}\"")))
}

/// Reads a seed, digit by digit as it is written; `None` for what is no whole number, or is the -1 that means any.
pub(in crate::picture::metadata) fn digits(value: &Value) -> Option<String> {
    let text = match value {
        Value::Number(number) => number.to_string(),
        Value::String(text) => text.trim().to_owned(),
        _ => return None,
    };
    // `42.0` is how some programs write 42.
    let whole = text.strip_suffix(".0").unwrap_or(&text);
    let is_whole = !whole.is_empty() && whole.len() <= 40 && whole.bytes().all(|byte| byte.is_ascii_digit());
    is_whole.then(|| whole.to_owned())
}

/// Reads a side in pixels.
pub(in crate::picture::metadata) fn side(value: &Value) -> Option<u32> {
    digits(value)?.parse().ok().filter(|side| *side > 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn no_digit_is_lost() {
        let text = r#"{"a": 18446744073709551615, "b": 184467440737095516150, "c": 8834915829939807e3, "d": 1.10, "e": 7.0,
            "f": "12.10 \" 5e3", "g": [NaN, -Infinity, -1], "h": 0.1}"#;
        let read: Value = serde_json::from_str(&exact(text)).unwrap();
        assert_eq!(
            read,
            json!({"a": 18446744073709551615_u64, "b": "184467440737095516150", "c": "8834915829939807e3", "d": "1.10",
                "e": 7.0, "f": "12.10 \" 5e3", "g": [null, null, -1], "h": 0.1})
        );
        for untouched in [r#"{"a": 1, "b": "NaN 1e5"}"#, "{\"é\": \"\\\\\"}", "{", "\"", "", "{1"] {
            assert_eq!(exact(untouched), untouched);
        }
    }

    #[test]
    fn a_seed_keeps_its_digits_and_any_is_none() {
        for (value, seed) in [
            (json!(18446744073709551615_u64), Some("18446744073709551615")),
            (json!("184467440737095516150"), Some("184467440737095516150")),
            (json!(" 42 "), Some("42")),
            (json!(42.0), Some("42")),
            (json!("0042"), Some("0042")),
            (json!(-1), None),
            (json!("-1"), None),
            (json!(4.5), None),
            (json!(""), None),
            (json!(["3", 0]), None),
            (json!(null), None),
        ] {
            assert_eq!(digits(&value).as_deref(), seed, "{value}");
        }
    }
}
