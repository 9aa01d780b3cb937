//! Markup with one element a line, indented.
//!
//! It is made for reading and never read by a program. Invariant: nothing is added or lost but space.

/// Levels that are indented; what lies deeper stands below them.
const DEEPEST: usize = 40;
/// Characters of a text that stays on the line of its element.
const SHORT: usize = 80;

/// What markup is made of.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Token<'a> {
    Open(&'a str),
    Close(&'a str),
    /// An element without content, a comment, a declaration.
    Alone(&'a str),
    Text(&'a str),
}

pub(super) fn pretty(text: &str) -> String {
    let tokens: Vec<Token<'_>> = tokens(text).collect();
    let mut out = String::with_capacity(text.len() + text.len() / 4);
    let mut depth = 0_usize;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        at += 1;
        match *token {
            Token::Close(tag) => {
                depth = depth.saturating_sub(1);
                line(&mut out, depth, tag);
            }
            Token::Open(tag) => {
                line(&mut out, depth, tag);
                // What holds nothing, or a few words, stays on its line.
                match (tokens.get(at), tokens.get(at + 1)) {
                    (Some(Token::Close(end)), _) => {
                        out.push_str(end);
                        at += 1;
                    }
                    (Some(Token::Text(words)), Some(Token::Close(end)))
                        if words.len() <= SHORT && !words.contains('\n') =>
                    {
                        out.push_str(words);
                        out.push_str(end);
                        at += 2;
                    }
                    _ => depth += 1,
                }
            }
            Token::Alone(tag) => line(&mut out, depth, tag),
            Token::Text(words) => line(&mut out, depth, words),
        }
    }
    out
}

fn line(out: &mut String, depth: usize, text: &str) {
    if !out.is_empty() {
        out.push('\n');
    }
    out.extend(std::iter::repeat_n("  ", depth.min(DEEPEST)));
    out.push_str(text);
}

fn tokens(text: &str) -> impl Iterator<Item = Token<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        rest = rest.trim_start();
        if rest.is_empty() {
            return None;
        }
        let length = length(rest);
        let (token, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        rest = after;
        let token = token.trim_end();
        Some(match token {
            token if token.starts_with("</") => Token::Close(token),
            token if token.starts_with("<!") || token.starts_with("<?") => Token::Alone(token),
            token if token.starts_with('<') && token.ends_with('>') && token.len() > 2 => {
                if token.ends_with("/>") {
                    Token::Alone(token)
                } else {
                    Token::Open(token)
                }
            }
            token => Token::Text(token),
        })
    })
}

/// Bytes of the first token.
fn length(text: &str) -> usize {
    for (begin, end) in [("<!--", "-->"), ("<![CDATA[", "]]>"), ("<?", "?>")] {
        if let Some(inside) = text.strip_prefix(begin) {
            return inside.find(end).map_or(text.len(), |at| begin.len() + at + end.len());
        }
    }
    if !text.starts_with('<') {
        return text.find('<').unwrap_or(text.len());
    }
    let (mut quote, mut brackets) = (None, 0_usize);
    for (at, byte) in text.bytes().enumerate().skip(1) {
        match (quote, byte) {
            (Some(open), byte) if open == byte => quote = None,
            (Some(_), _) => {}
            (None, b'"' | b'\'') => quote = Some(byte),
            (None, b'[') => brackets += 1,
            (None, b']') => brackets = brackets.saturating_sub(1),
            (None, b'>') if brackets == 0 => return at + 1,
            _ => {}
        }
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_element_gets_its_line_and_its_depth() {
        let text = "<?xml version=\"1.0\"?><svg><!-- one --><g id='a>b'><rect/><title>Two words</title></g><g></g>\
                    <style>a {\n}</style></svg>";
        let expected = "<?xml version=\"1.0\"?>\n<svg>\n  <!-- one -->\n  <g id='a>b'>\n    <rect/>\n    \
                        <title>Two words</title>\n  </g>\n  <g></g>\n  <style>\n    a {\n}\n  </style>\n</svg>";
        assert_eq!(pretty(text), expected);
        assert_eq!(pretty(expected), expected, "and stays so");
    }

    #[test]
    fn what_is_broken_or_deep_is_still_written() {
        assert_eq!(pretty("<g><rect"), "<g>\n  <rect");
        assert_eq!(pretty("</a></b>x"), "</a>\n</b>\nx");
        let deep = "<g>".repeat(500);
        assert!(pretty(&deep).lines().all(|line| line.len() <= 2 * DEEPEST + 3));
    }
}
