//! The beginning of what a server answered, fit to be shown and copied beside the sentence that was made of it.
//!
//! May import nothing of ours but what makes text harmless. Invariants: no key, no base64 whatever its form, no control
//! characters, no longer than a readable sentence.

use super::readable::readable;
use serde_json::Value;

/// Longest text within JSON that is told in full, characters; a longer one without spaces is data.
const LONGEST_DATA: usize = 120;
/// Longest answer that is looked at as JSON, bytes.
const LONGEST_JSON: usize = 1 << 20;

/// Returns the beginning of an answer on one line; empty when there is none.
pub(super) fn excerpt(body: &[u8]) -> String {
    let start = body.get(..LONGEST_JSON).unwrap_or(body);
    match serde_json::from_slice::<Value>(start) {
        Ok(mut value) => {
            without_data(&mut value);
            readable(&value.to_string())
        }
        Err(_) => readable(&without_lines_of_data(&String::from_utf8_lossy(start))),
    }
}

/// The same of an answer that is read already.
pub(super) fn excerpt_of(value: &Value) -> String {
    excerpt(value.to_string().as_bytes())
}

fn without_data(value: &mut Value) {
    match value {
        Value::String(text) if is_data(text) => *text = "…".to_owned(),
        // A provider's answer within the service's.
        Value::String(text) if text.starts_with(['{', '[']) => {
            if let Ok(mut inner) = serde_json::from_str::<Value>(text) {
                without_data(&mut inner);
                *text = inner.to_string();
            }
        }
        Value::Array(items) => items.iter_mut().for_each(without_data),
        Value::Object(members) => members.values_mut().for_each(without_data),
        _ => {}
    }
}

/// Whether a text is bytes written as letters, in one line or several.
fn is_data(text: &str) -> bool {
    let payload = text.split_once(";base64,").map_or(text, |(_, payload)| payload);
    let is_letter = |c: char| c.is_ascii_alphanumeric() || "+/=_-".contains(c);
    let letters = payload.chars().filter(|c| !c.is_whitespace());
    let lines = payload.split_whitespace();
    letters.clone().count() > LONGEST_DATA && letters.clone().all(is_letter) && lines.map(str::len).max() > Some(40)
}

/// Leaves out lines that are nothing but letters of base64, as it is wrapped in mails and PEM.
fn without_lines_of_data(text: &str) -> String {
    let is_letter = |c: char| c.is_ascii_alphanumeric() || "+/=_-".contains(c);
    let is_data = |line: &&str| line.trim().len() >= 60 && line.trim().chars().all(is_letter);
    text.lines().map(|line| if is_data(&line) { "…" } else { line }).collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::super::readable::LIMIT;
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_shown_of_an_answer_is_text_and_neither_a_picture_nor_a_key() {
        let picture = "iVBORw0KGgoAAAANSUhEUgAA".repeat(40);
        let wrapped: Vec<&str> = picture.as_bytes().chunks(64).map(|line| std::str::from_utf8(line).unwrap()).collect();
        let key = "sk-or-v1-0123456789abcdef0123456789abcdef";
        let raw = json!({"error": "no", "image": &picture}).to_string();
        for body in [
            json!({"error": {"code": 429, "message": "slow down"}, "data": [{"b64_json": &picture}]}).to_string(),
            json!({"error": {"code": 429, "message": "slow down"}, "b": wrapped.join("\n")}).to_string(),
            json!({"error": {"code": 429, "message": "slow down"}, "b": wrapped.join("\r\n  ")}).to_string(),
            json!({"error": {"code": 429, "message": "slow down"}, "b": format!("data:image/png;base64,{picture}")})
                .to_string(),
            json!({"error": {"code": 429, "message": "slow down", "metadata": {"raw": raw, "key": key}}}).to_string(),
            format!("429 slow down\n{}\n{key}", wrapped.join("\n")),
            format!("429 slow down {picture}\u{202e}\u{1b}[2J"),
        ] {
            let shown = excerpt(body.as_bytes());
            assert!(shown.contains("slow down") && shown.contains("429"), "{shown}");
            assert!(!shown.contains("iVBORw0KGgo") && !shown.contains("0123456789abcdef"), "{shown}");
            assert!(!shown.chars().any(|c| c.is_control() || c == '\u{202e}'), "{shown:?}");
        }
        assert_eq!(excerpt(b""), "");
        assert_eq!(excerpt(b"<html><body>Bad <b>gateway</b>"), "Bad gateway");
        assert!(excerpt(&b"word ".repeat(1 << 20)).chars().count() <= LIMIT);
        let sentence =
            json!({"message": "a sentence of many words that says in all its length why it did not work ".repeat(3)});
        assert!(excerpt_of(&sentence).contains("in all its length"));
    }
}
