//! Makes sentences that people can read out of whatever a server puts into an error body.
//!
//! May import nothing of ours. Invariants: at most [`LIMIT`] characters, no tags, no control characters, no long
//! runs of base64 and nothing that looks like a key; linear time.

/// How many characters of a server's sentence are kept.
pub(super) const LIMIT: usize = 2_000;

/// A longer unbroken run of base64 characters is a picture or a secret, not a word.
const LONGEST_WORD: usize = 120;

/// Returns the text on one line, clipped, with pictures and keys hidden; tags are removed when it is a page.
pub(super) fn readable(text: &str) -> String {
    let text = text.trim_start_matches('\u{feff}').trim();
    let plain = if text.starts_with('<') { without_tags(text) } else { text.to_owned() };
    let mut out = String::new();
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

fn without_tags(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let mut out = String::new();
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
        out = out.replace(entity, character);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_lose_their_tags_scripts_and_styles() {
        let page = "<!DOCTYPE html>\n<html><head><title>502 Bad gateway</title><style>a > b {x: y}</style>\n\
                    <SCRIPT>if (1 < 2) alert('x')</SCRIPT></head><!-- <b>no</b> --><body><h1>Bad&nbsp;gateway</h1>\
                    <p class=\"x\">The web server &amp; more</p></body></html>";
        assert_eq!(readable(page), "502 Bad gateway Bad gateway The web server & more");
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
