//! SVG: a `metadata` element at the beginning of the root.
//!
//! Imports the XML scanner of this layer to write, which changes no other character, and its careful parser to read.

use std::ops::Range;

use resvg::usvg::roxmltree::Node;

use super::super::error::guarded;
use super::super::svg::{self, MAX_BYTES};
use super::super::xml::{self, Scanner, Token};
use super::super::{Error, Format};
use super::{Embedded, Texts, xmp};

pub(super) fn read(bytes: &[u8]) -> Texts {
    let mut texts = Texts::default();
    let Some(text) = std::str::from_utf8(bytes).ok().filter(|text| text.len() <= MAX_BYTES) else { return texts };
    let read = guarded(Format::Svg, || {
        let document = svg::document(xml::trim_start(text))?;
        let root = document.root_element();
        let is = |node: &Node<'_, '_>, name| node.is_element() && node.tag_name().name() == name;
        for node in root.descendants().filter(|node| is(node, "metadata")) {
            texts.xmp.read_below(node);
        }
        for (element, name) in [("desc", "Description"), ("title", "Title")] {
            let found = root.children().find(|node| is(node, element)).and_then(|node| node.text());
            texts.pairs.extend(found.map(|text| (name.to_owned(), text.trim().to_owned())));
        }
        Ok(())
    });
    if let Err(error) = read {
        log::debug!("a drawing was not searched for a recipe: {error}");
    }
    texts
}

pub(super) fn write(bytes: &[u8], embedded: &Embedded) -> Result<Vec<u8>, Error> {
    let text = std::str::from_utf8(bytes).map_err(|error| Error::damaged(Format::Svg, error))?;
    let document = xml::trim_start(text);
    // What is put into text that is not well-formed, nobody could read again.
    guarded(Format::Svg, || svg::document(document).map(drop))?;
    let root = root(document).ok_or(Error::Truncated { format: Format::Svg })?;
    let prefix = root.name.strip_suffix("svg").unwrap_or_default();
    let mut ours = format!("<{prefix}metadata>{}</{prefix}metadata>", xmp::body(&xmp::values(embedded)));
    if declares_another_encoding(document) {
        ours = ours.chars().map(|c| if c.is_ascii() { c.to_string() } else { format!("&#{};", c as u32) }).collect();
    }
    let part = |range: Range<usize>| document.get(range).unwrap_or_default();
    let mut out = text.get(..text.len() - document.len()).unwrap_or_default().to_owned();
    if root.empty {
        out.push_str(part(0..root.end - "/>".len()));
        out.push('>');
        out.push_str(&ours);
        out.push_str(&format!("</{}>", root.name));
    } else {
        out.push_str(part(0..root.end));
        out.push_str(&ours);
    }
    let mut at = root.end;
    for earlier in root.ours {
        out.push_str(part(at..earlier.start));
        at = earlier.end;
    }
    out.push_str(part(at..document.len()));
    Ok(out.into_bytes())
}

/// Where things stand in a drawing.
struct Root<'a> {
    name: &'a str,
    /// Whether it is closed by its own tag.
    empty: bool,
    /// After its start tag.
    end: usize,
    /// Elements that were written here earlier.
    ours: Vec<Range<usize>>,
}

fn root(document: &str) -> Option<Root<'_>> {
    let mut scanner = Scanner::new(document);
    let mut root: Option<Root<'_>> = None;
    let (mut depth, mut start, mut metadata) = (0_usize, 0, None);
    while let Some(token) = scanner.next() {
        let end = scanner.at();
        match (token, &mut root) {
            (Token::Start { name, empty }, None) if xml::local(name) == "svg" => {
                root = Some(Root { name, empty, end, ours: Vec::new() });
            }
            (Token::Start { .. }, None) => return None,
            (Token::Start { name, empty: false }, Some(_)) => {
                depth += 1;
                if depth == 1 && xml::local(name) == "metadata" {
                    metadata = Some((start, end));
                }
            }
            (Token::End, Some(root)) => {
                let Some(outside) = depth.checked_sub(1) else { break };
                depth = outside;
                if let Some((from, inside)) = metadata.take_if(|_| depth == 0)
                    && document.get(inside..end).is_some_and(is_ours)
                {
                    root.ours.push(from..end);
                }
            }
            _ => {}
        }
        start = end;
    }
    root
}

/// Whether this is what `write` puts into the element, as it was written.
fn is_ours(content: &str) -> bool {
    content.starts_with("<x:xmpmeta ") && content.contains(xmp::EASEL)
}

/// Whether the text claims to be in anything but UTF-8; as it was read as UTF-8, it is in ASCII then.
fn declares_another_encoding(document: &str) -> bool {
    let declaration = document.strip_prefix("<?xml").and_then(|rest| rest.split_once("?>")).map(|(inside, _)| inside);
    let encoding = declaration.and_then(|inside| inside.split_once("encoding")).map(|(_, value)| value);
    encoding.is_some_and(|value| !value.to_ascii_lowercase().contains("utf-8"))
}
