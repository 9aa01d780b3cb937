//! Makes sentences that people can read out of whatever a server puts into an error body, and any text of others harmless
//! to show.
//!
//! May import nothing of ours. Invariants: a sentence has at most [`LIMIT`] characters, no tags, no control characters, no
//! long runs of base64 and nothing that looks like a key; what is shown moves no cursor, turns no line around and hides no
//! letter; linear time. What is sent and stored never passes here.

use std::borrow::Cow;

/// How many characters of a server's sentence are kept.
pub(super) const LIMIT: usize = 2_000;

/// A longer unbroken run of base64 characters is a picture or a secret, not a word.
const LONGEST_WORD: usize = 120;

/// Returns a text of somebody else as it can be shown anywhere, a terminal included: without what moves the cursor, turns
/// the direction of writing or cannot be seen. Tabs and line breaks stay.
pub fn harmless(text: &str) -> Cow<'_, str> {
    if !text.contains(is_harmful) {
        return Cow::Borrowed(text);
    }
    let shown = text.chars().filter(|c| !is_hidden(*c));
    Cow::Owned(shown.map(|c| if is_harmful(c) { char::REPLACEMENT_CHARACTER } else { c }).collect())
}

/// The same on one line, at most `limit` characters long.
pub fn harmless_line(text: &str, limit: usize) -> String {
    // What is cut off is not looked at, however much it is.
    let start =
        text.char_indices().nth(limit.saturating_mul(4)).map_or(text, |(end, _)| text.get(..end).unwrap_or(text));
    let line: Vec<&str> = start.split_whitespace().collect();
    let cut = if start.len() < text.len() { "…" } else { "" };
    clip(&format!("{}{cut}", harmless(&line.join(" "))), limit)
}

/// Writes JSON in the same meaning with everything harmful escaped, which stands in texts alone.
pub fn harmless_json(json: &str) -> Cow<'_, str> {
    if !json.contains(is_harmful) {
        return Cow::Borrowed(json);
    }
    let mut out = String::with_capacity(json.len());
    for c in json.chars() {
        if is_harmful(c) {
            c.encode_utf16(&mut [0; 2]).iter().for_each(|unit| out.push_str(&format!("\\u{unit:04x}")));
        } else {
            out.push(c);
        }
    }
    Cow::Owned(out)
}

/// Says whether a text of names and values is fit to be one.
pub(super) fn is_plain(text: &str) -> bool {
    !text.contains(|c: char| c.is_control() || is_harmful(c))
}

fn is_harmful(c: char) -> bool {
    (c.is_control() && !matches!(c, '\n' | '\r' | '\t')) || matches!(c, '\u{2028}' | '\u{2029}') || is_hidden(c)
}

/// Marks of direction and width that nobody sees. The joiner of emoji stays.
fn is_hidden(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{61c}' | '\u{180e}' | '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// Returns the text on one line, clipped, with pictures and keys hidden; tags are removed when it is a page.
pub(super) fn readable(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}').trim();
    let plain = if text.starts_with('<') { without_tags(text) } else { text.to_owned() };
    let mut out = String::new();
    let plain: String = plain.chars().filter(|c| !is_hidden(*c)).collect();
    for word in plain.split(|c: char| c.is_whitespace() || c.is_control()).filter(|word| !word.is_empty()) {
        if !out.is_empty() {
            out.push(' ');
        }
        push_without_secrets(&mut out, word);
        if out.len() > LIMIT * 4 {
            break;
        }
    }
    clip(&out, LIMIT)
}

/// Returns the first `limit` characters, with `…` as the last one when some were cut off.
pub(super) fn clip(text: &str, limit: usize) -> String {
    if text.chars().nth(limit).is_none() {
        return text.to_owned();
    }
    text.chars().take(limit.saturating_sub(1)).chain(['…']).collect()
}

fn push_without_secrets(out: &mut String, word: &str) {
    let in_run = |c: char| c.is_ascii_alphanumeric() || "+/=_-".contains(c);
    let mut rest = word;
    while !rest.is_empty() {
        let (run, after) = rest.split_at(rest.find(|c| !in_run(c)).unwrap_or(rest.len()));
        let key = run.find("sk-").filter(|at| run.len() - at >= 16 && !ends_in_letter(run.get(..*at)));
        match key {
            Some(at) => {
                out.push_str(run.get(..at).unwrap_or_default());
                out.push_str("sk-…");
            }
            None if run.len() > LONGEST_WORD => out.push('…'),
            None => out.push_str(run),
        }
        let (others, next) = after.split_at(after.find(in_run).unwrap_or(after.len()));
        out.push_str(others);
        rest = next;
    }
}

fn ends_in_letter(text: Option<&str>) -> bool {
    text.and_then(|text| text.chars().next_back()).is_some_and(|c| c.is_ascii_alphanumeric())
}

/// Returns the words of a page. What its title ends with and its text begins with is said once.
fn without_tags(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let (mut title, mut out) = (String::new(), String::new());
    let mut at = 0;
    while let Some(open) = page.get(at..).and_then(|rest| rest.find('<')).map(|found| at + found) {
        out.push_str(page.get(at..open).unwrap_or_default());
        out.push(' ');
        let tail = lower.get(open..).unwrap_or_default();
        let hidden = ["script", "style"].into_iter().find(|name| tail.get(1..).is_some_and(|t| t.starts_with(name)));
        let end = match hidden {
            Some(name) => tail.find(&format!("</{name}")).filter(|end| *end > 0),
            None if tail.starts_with("<!--") => tail.find("-->").map(|end| end + 3),
            None => tail.find('>').map(|end| end + 1),
        };
        at = end.map_or(page.len(), |end| open + end);
        if tail.starts_with("</title") {
            title = std::mem::take(&mut out);
        }
    }
    out.push_str(page.get(at..).unwrap_or_default());
    for (entity, character) in [
        ("&nbsp;", " "),
        ("&lt;", "<"),
        ("&gt;", ">"),
        ("&quot;", "\""),
        ("&#39;", "'"),
        ("&bull;", "•"),
        ("&amp;", "&"),
    ] {
        (title, out) = (title.replace(entity, character), out.replace(entity, character));
    }
    let said: Vec<&str> = title.split_whitespace().collect();
    let words: Vec<&str> = out.split_whitespace().collect();
    let is_said = |count: &usize| {
        let ends = said.iter().skip(said.len() - count);
        ends.zip(&words).all(|(one, other)| one.to_lowercase() == other.to_lowercase())
    };
    let twice = (1..=said.len().min(words.len())).rev().find(is_said).unwrap_or(0);
    said.into_iter().chain(words.into_iter().skip(twice)).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_others_are_shown_without_what_could_do_harm() {
        for (text, shown) in [
            ("plain text\n\twith lines", "plain text\n\twith lines"),
            ("\u{1b}[2J\u{1b}]0;title\u{7}gone", "\u{fffd}[2J\u{fffd}]0;title\u{fffd}gone"),
            ("c1 \u{9b}31m del \u{7f} nul \0", "c1 \u{fffd}31m del \u{fffd} nul \u{fffd}"),
            ("invoice\u{202e}gnp.exe", "invoicegnp.exe"),
            ("a\u{2066}b\u{2069}c\u{200f}d\u{61c}e", "abcde"),
            ("zero\u{200b}width\u{feff}\u{e0041}", "zerowidth"),
            ("two\u{2028}lines", "two\u{fffd}lines"),
            ("👩\u{200d}🚀 שועל äöü 狐", "👩\u{200d}🚀 שועל äöü 狐"),
        ] {
            assert_eq!(harmless(text), shown, "{text:?}");
            let json = serde_json::to_string(text).unwrap();
            let escaped = harmless_json(&json);
            assert!(!escaped.contains(is_harmful), "{escaped:?}");
            assert_eq!(serde_json::from_str::<String>(&escaped).unwrap(), text, "it means the same");
        }
        assert_eq!(harmless_line("  one\n\u{1b}[31mtwo\u{202e}  ", 20), "one \u{fffd}[31mtwo");
        let long = harmless_line(&"wörd ".repeat(1_000_000), 50);
        assert!(long.chars().count() == 50 && long.ends_with('…'), "{long}");
        assert!(readable("busy\u{202e}\u{1b}[2J now").chars().all(|c| !is_harmful(c)));
    }

    #[test]
    fn pages_lose_their_tags_scripts_and_styles() {
        let page = "<!DOCTYPE html>\n<html><head><title>502 Bad gateway</title><style>a > b {x: y}</style>\n\
                    <SCRIPT>if (1 < 2) alert('x')</SCRIPT></head><!-- <b>no</b> --><body><h1>Bad&nbsp;gateway</h1>\
                    <p class=\"x\">The web server &amp; more</p></body></html>";
        assert_eq!(readable(page), "502 Bad gateway The web server & more");
        assert_eq!(readable("<title>Busy</title><h1>BUSY</h1> now"), "Busy now");
        assert_eq!(readable("<title>Sign in</title><p>Wi-Fi of the hotel"), "Sign in Wi-Fi of the hotel");
        assert_eq!(readable("<p>cut <b off"), "cut");
        assert_eq!(readable("a < b stays"), "a < b stays");
    }

    #[test]
    fn long_texts_are_clipped_by_characters() {
        let clipped = readable(&"wörd ".repeat(1000));
        assert_eq!(clipped.chars().count(), LIMIT);
        assert!(clipped.ends_with('…'));
        assert_eq!(clip("äöü", 3), "äöü");
        assert_eq!(clip("äöüß", 3), "äö…");
    }

    #[test]
    fn pictures_and_keys_are_hidden() {
        let picture = format!("bad url data:image/png;base64,{} given", "iVBORw0KGgo/+A".repeat(40));
        assert_eq!(readable(&picture), "bad url data:image/png;base64,… given");
        assert_eq!(readable("key sk-or-v1-0123456789abcdef, sorry"), "key sk-…, sorry");
        assert_eq!(readable("key=sk-or-v1-0123456789abcdef"), "key=sk-…");
        assert_eq!(readable("the ask-or-tell-everyone-else model"), "the ask-or-tell-everyone-else model");
        assert_eq!(readable("line\r\n\tbreaks\u{0}gone"), "line breaks gone");
    }
}
