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

/// Most comparisons that the reader may need for the names in a text; fewer than ten per byte in files of any program.
const MAX_COMPARISONS: u64 = 50_000_000;

/// Tells whether a text can be read in time that goes with its length.
///
/// The reader compares every attribute of an element with every other one, and what an element declares with all that
/// is in scope: a few kilobytes of namespaces by the thousand take half a minute. Counts both on the raw text, on the
/// high side. Entities that hold markup would hide elements from this, and no program writes them.
pub(super) fn is_readable(text: &str) -> bool {
    let mut names = Names::default();
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find('<')) {
        at += start;
        let Some(rest) = text.get(at..) else { return true };
        if rest.starts_with("<!ENTITY") {
            let end = unquoted(rest, b'>').unwrap_or(rest.len());
            if rest.get(1..end).is_some_and(|value| value.contains('<') || value.contains("&#")) {
                return false;
            }
            at += end;
        } else if rest.starts_with("<!DOCTYPE") {
            let (inside, end) = (unquoted(rest, b'['), unquoted(rest, b'>'));
            at += inside.unwrap_or(usize::MAX).min(end.unwrap_or(rest.len()));
        } else if rest.starts_with("<!") && !rest.starts_with("<!--") && !rest.starts_with("<![CDATA[") {
            at += unquoted(rest, b'>').unwrap_or(rest.len());
        } else if let Some((token, length)) = token(rest) {
            if matches!(token, Token::Start { .. }) && !names.take(rest.get(..length).unwrap_or_default()) {
                return false;
            }
            at += length;
        } else {
            // The reader goes no further than the first thing that is not complete.
            return names.take(rest);
        }
    }
    true
}

/// What has been named so far.
#[derive(Default)]
struct Names<'a> {
    prefixes: std::collections::HashSet<&'a str>,
    comparisons: u64,
}

impl<'a> Names<'a> {
    /// Takes one tag in; false: it is too much.
    fn take(&mut self, tag: &'a str) -> bool {
        let (mut attributes, mut declared, mut prefixed): (u64, u64, u64) = (0, 0, 1);
        let mut rest = tag;
        while let Some(equals) = unquoted(rest, b'=') {
            let name = rest.get(..equals).unwrap_or_default().trim_end();
            let name =
                name.rsplit(|c: char| c.is_ascii_whitespace() || c == '"' || c == '\'').next().unwrap_or_default();
            attributes += 1;
            prefixed += u64::from(name.contains(':'));
            if name == "xmlns" || name.starts_with("xmlns:") {
                declared += 1;
                self.prefixes.insert(name);
            }
            rest = rest.get(equals + 1..).unwrap_or_default();
        }
        let scope = self.prefixes.len() as u64;
        let inherited = if declared > 0 { scope * (scope + declared) } else { 0 };
        self.comparisons += attributes * attributes + prefixed * scope + inherited;
        self.comparisons <= MAX_COMPARISONS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_by_the_thousand_are_not_read() {
        let many = |name: &str, count: usize| (0..count).map(|n| format!(" {name}{n}='x'")).collect::<String>();
        let unreadable = [
            format!("<a{}/>", many("b", 8_000)),
            // Never ends.
            format!("<a{}", many("b", 8_000)),
            format!("<a{}>{}</a>", many("xmlns:b", 500), "<c xmlns:d='e'/>".repeat(1000)),
            (0..1000).map(|n| format!("<a xmlns:b{n}='x'>")).collect(),
            format!("<!-- ' --><a{}/>", many("b", 8_000)),
            format!("<!DOCTYPE a [<!ENTITY e '<a{}/>'>]><a>&e;</a>", many("xmlns:b", 10)),
            "<!DOCTYPE a [<!ENTITY e '&#60;a/>'>]><a>&e;</a>".to_owned(),
            format!("<!DOCTYPE a SYSTEM '<b \"' [<!ATTLIST a b CDATA '<x \"'>]><a{}/>", many("b", 8_000)),
        ];
        for text in unreadable {
            assert!(!is_readable(&text), "{}", &text[..text.len().min(60)]);
        }
        let readable = [
            String::new(),
            "hello < there".to_owned(),
            format!("<a{}/>", many("b", 500)),
            // As programs write that put their names on every element.
            "<a xmlns='x' xmlns:y='z'><b c='d'/></a>".repeat(50_000),
            format!("<a{}>{}</a>", many("xmlns:b", 40), "<b1:c b2:d='e' f='g = h'/>".repeat(50_000)),
            format!("<a><![CDATA[<b{}>]]></a>", many("c", 20_000)),
            format!("<!DOCTYPE a [<!ENTITY e 'http://x/'>]><a b='{}'/>", "=".repeat(100_000)),
        ];
        for text in readable {
            assert!(is_readable(&text), "{}", &text[..text.len().min(60)]);
        }
    }

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
