//! Closes a drawing that is still arriving, so that what is there can be shown.
//!
//! Imports the XML scanner of this layer. The invariant: if the whole text is well-formed, every cut of it after the
//! root's start tag gives well-formed text, and later cuts never show less.

use super::xml::{self, Scanner, Token};

/// Turns the markup received so far into a whole drawing: drops the unfinished end and closes what is open.
///
/// Gives `None` until the root's start tag is complete. Text after the root is dropped.
pub fn close_partial(markup: &str) -> Option<String> {
    let markup = xml::trim_start(markup);
    let mut scanner = Scanner::new(markup);
    let mut open: Vec<&str> = Vec::new();
    let mut seen_root = false;
    let mut end = 0;
    while let Some(token) = scanner.next() {
        let start = std::mem::replace(&mut end, scanner.at());
        match token {
            Token::Start { name, empty } => {
                seen_root = true;
                if !empty {
                    open.push(name);
                }
            }
            Token::End => {
                open.pop();
            }
            Token::Text if end == markup.len() => end = start + whole_characters(markup.get(start..)?),
            Token::Text | Token::Other => {}
        }
        if seen_root && open.is_empty() {
            break;
        }
    }
    let mut closed = seen_root.then(|| markup.get(..end).map(str::to_owned)).flatten()?;
    for name in open.iter().rev() {
        closed.push_str("</");
        closed.push_str(name);
        closed.push('>');
    }
    Some(closed)
}

/// Measures text without an entity that its end cuts.
fn whole_characters(text: &str) -> usize {
    match text.rfind('&') {
        Some(start) if !text.get(start..).is_some_and(|rest| rest.contains(';')) => start,
        _ => text.len(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cuts_are_closed_in_order() {
        let table = [
            ("", None),
            ("<sv", None),
            ("<?xml version='1.0'?><!-- a", None),
            ("<svg width='1", None),
            ("<svg>", Some("<svg></svg>")),
            ("\u{feff}\n<svg><g a='>'><path d='M0 0L1", Some("<svg><g a='>'></g></svg>")),
            ("<svg><g><path d='M0 0'/>", Some("<svg><g><path d='M0 0'/></g></svg>")),
            ("<svg><g><path d='M0 0'/></", Some("<svg><g><path d='M0 0'/></g></svg>")),
            ("<svg><text>R&amp;D &am", Some("<svg><text>R&amp;D </text></svg>")),
            ("<svg><text>R&amp;D", Some("<svg><text>R&amp;D</text></svg>")),
            ("<svg><style><![CDATA[ a{} ]]", Some("<svg><style></style></svg>")),
            ("<svg><!-- <g> --><!-- <g", Some("<svg><!-- <g> --></svg>")),
            ("<s:svg><s:g>", Some("<s:svg><s:g></s:g></s:svg>")),
            ("<svg></svg>\n```", Some("<svg></svg>")),
            ("<svg/>", Some("<svg/>")),
        ];
        for (markup, expected) in table {
            assert_eq!(close_partial(markup).as_deref(), expected, "{markup}");
        }
    }
}
