//! Splits XML text into complete tokens, without building a tree; and writes text into XML.
//!
//! Imports nothing. Used to recognise drawings and to close those that are still arriving. It never fails: it stops
//! at the first token that is not complete or not XML, and says where that is. Linear in the text, no recursion.

/// Names a complete piece of markup.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Token<'a> {
    /// `<name …>`, or `<name …/>` when empty.
    Start {
        name: &'a str,
        empty: bool,
    },
    End,
    /// Characters up to the next `<` or the end of the text, so the last one may be unfinished.
    Text,
    /// Comment, CDATA section, processing instruction or document type.
    Other,
}

/// Walks over the tokens of a text; stops before the first incomplete one.
pub(super) struct Scanner<'a> {
    text: &'a str,
    at: usize,
}

impl<'a> Scanner<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Scanner { text, at: 0 }
    }

    /// Gives the byte offset after the last complete token.
    pub(super) fn at(&self) -> usize {
        self.at
    }
}

impl<'a> Iterator for Scanner<'a> {
    type Item = Token<'a>;

    fn next(&mut self) -> Option<Token<'a>> {
        let rest = self.text.get(self.at..).filter(|rest| !rest.is_empty())?;
        let (token, length) = token(rest)?;
        self.at += length;
        Some(token)
    }
}

fn token(rest: &str) -> Option<(Token<'_>, usize)> {
    if !rest.starts_with('<') {
        return Some((Token::Text, rest.find('<').unwrap_or(rest.len())));
    }
    let closed = |open: usize, close: &str| Some((Token::Other, open + rest.get(open..)?.find(close)? + close.len()));
    if rest.starts_with("<!--") {
        closed(4, "-->")
    } else if rest.starts_with("<![CDATA[") {
        closed(9, "]]>")
    } else if rest.starts_with("<?") {
        closed(2, "?>")
    } else if rest.starts_with("<!DOCTYPE") {
        Some((Token::Other, doctype_length(rest)?))
    } else if rest.starts_with("</") {
        Some((Token::End, rest.find('>')? + 1))
    } else {
        let length = unquoted(rest, b'>')? + 1;
        let name = tag_name(rest)?;
        Some((Token::Start { name, empty: rest.get(..length)?.ends_with("/>") }, length))
    }
}

/// Finds a byte outside of quotes.
fn unquoted(text: &str, wanted: u8) -> Option<usize> {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match quote {
            Some(open) if open == byte => quote = None,
            Some(_) => {}
            None if byte == wanted => return Some(at),
            None if byte == b'"' || byte == b'\'' => quote = Some(byte),
            None => {}
        }
    }
    None
}

/// Measures a document type with its internal subset, where quotes, comments and instructions hide brackets.
fn doctype_length(text: &str) -> Option<usize> {
    let mut at = "<!DOCTYPE".len();
    let mut inside = false;
    loop {
        let rest = text.get(at..)?;
        let skip = |close: &str| rest.find(close).map(|end| end + close.len());
        at += match rest.bytes().next()? {
            quote @ (b'"' | b'\'') => rest.get(1..)?.bytes().position(|byte| byte == quote)? + 2,
            _ if rest.starts_with("<!--") => skip("-->")?,
            _ if rest.starts_with("<?") => skip("?>")?,
            b'[' => {
                inside = true;
                1
            }
            b']' => {
                inside = false;
                1
            }
            b'>' if !inside => return Some(at + 1),
            _ => rest.chars().next()?.len_utf8(),
        };
    }
}

/// Reads the name after `<`; `None` when there is none.
fn tag_name(tag: &str) -> Option<&str> {
    let name = tag.strip_prefix('<')?;
    let name = name.split(|c: char| c.is_ascii_whitespace() || matches!(c, '>' | '/' | '<')).next()?;
    name.starts_with(|c: char| c.is_alphabetic() || c == '_' || c == ':').then_some(name)
}

/// Reads the name of the root element, which itself may be incomplete; `None` when anything else comes first.
pub(super) fn root_name(text: &str) -> Option<&str> {
    let mut scanner = Scanner::new(text);
    loop {
        let start = scanner.at();
        match scanner.next() {
            Some(Token::Other) => {}
            Some(Token::Text) if text.get(start..scanner.at())?.trim().is_empty() => {}
            Some(Token::Start { name, .. }) => return Some(name),
            Some(_) => return None,
            None => return tag_name(text.get(start..)?),
        }
    }
}

/// Drops the prefix of a qualified name.
pub(super) fn local(name: &str) -> &str {
    name.rsplit(':').next().unwrap_or(name)
}

/// Drops a byte order mark and white space, which may not precede an XML declaration.
pub(super) fn trim_start(text: &str) -> &str {
    text.trim_start_matches('\u{feff}').trim_start()
}

/// Writes text so that XML gives it back; characters that XML cannot hold at all become U+FFFD.
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len() + text.len() / 16);
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            // Would be read as a line feed.
            '\r' => out.push_str("&#xD;"),
            '\t' | '\n' => out.push(c),
            '\0'..' ' | '\u{fffe}' | '\u{ffff}' => out.push('\u{fffd}'),
            _ => out.push(c),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_splits_into_complete_tokens() {
        let text = "<?xml?><!DOCTYPE a [<!ENTITY b ']>'><!-- ' -->]><a x='>'>t<b/><!-- <c> --><![CDATA[</a>]]></a><d";
        let mut scanner = Scanner::new(text);
        let tokens: Vec<_> = scanner.by_ref().collect();
        let start = |name, empty| Token::Start { name, empty };
        let expected = [
            Token::Other,
            Token::Other,
            start("a", false),
            Token::Text,
            start("b", true),
            Token::Other,
            Token::Other,
            Token::End,
        ];
        assert_eq!(tokens, expected);
        assert_eq!(&text[scanner.at()..], "<d");
    }

    #[test]
    fn every_cut_inside_a_token_stops_before_it() {
        for token in ["<a b='c>' d=\"e\">", "</a>", "<!-- > -->", "<![CDATA[ ]] > ]]>", "<?p > ?>", "<!DOCTYPE a [>]>"]
        {
            assert!(Scanner::new(token).next().is_some(), "{token}");
            for cut in 1..token.len() {
                let mut scanner = Scanner::new(&token[..cut]);
                assert_eq!((scanner.next(), scanner.at()), (None, 0), "{}", &token[..cut]);
            }
        }
    }
}
