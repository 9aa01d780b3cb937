//! Judges what a drawing would grow into before anything is built from it.
//!
//! Imports roxmltree through resvg. Text can be small and its meaning vast: entities that repeat, `use` of groups that
//! use groups, markers on every vertex, patterns in patterns, groups nested until the stack ends. This counts the
//! elements as they will be after all references are followed, and how deep they will nest, without following them
//! twice. Style sheets are read loosely: a rule counts for every element that its last selector might mean.

use std::collections::HashMap;

use resvg::usvg::roxmltree::{Document, Node, NodeId};

use super::super::Error;

/// Most XML nodes in the text.
pub(super) const MAX_NODES: u32 = 1_000_000;
/// Most elements after all references are followed.
const MAX_EXPANDED: u64 = 500_000;
/// Deepest nesting, references followed; usvg, resvg and dropping the tree all recurse.
const MAX_DEPTH: u32 = 192;
/// Most bytes that entities may expand to.
const MAX_ENTITY_BYTES: u64 = 32 << 20;

/// Most entities; drawing programs declare about ten, for name spaces.
const MAX_ENTITIES: usize = 256;

/// Refuses entities that refer to entities or that would expand to too much, judged on the raw text.
pub(super) fn check_entities(text: &str) -> Result<(), Error> {
    const TOO_MUCH: Error = Error::SvgTooComplex { reason: "its entities expand to too much text" };
    if text.matches("<!ENTITY").nth(MAX_ENTITIES).is_some() {
        return Err(TOO_MUCH);
    }
    let mut longest = 0;
    for (start, _) in text.match_indices("<!ENTITY") {
        let declaration = text.get(start..).unwrap_or_default();
        let declaration = declaration.get(..declaration_length(declaration)).unwrap_or_default();
        if references(declaration) > 0 {
            return Err(TOO_MUCH);
        }
        longest = longest.max(declaration.len() as u64);
    }
    if longest > 0 && longest.saturating_mul(references(text)) > MAX_ENTITY_BYTES {
        return Err(TOO_MUCH);
    }
    Ok(())
}

/// Measures up to the `>` outside of quotes, or to the end.
fn declaration_length(text: &str) -> usize {
    let mut quote = None;
    for (at, byte) in text.bytes().enumerate() {
        match quote {
            Some(open) if open == byte => quote = None,
            Some(_) => {}
            None if byte == b'>' => return at,
            None if byte == b'"' || byte == b'\'' => quote = Some(byte),
            None => {}
        }
    }
    text.len()
}

/// Counts references to entities that are not predefined.
fn references(text: &str) -> u64 {
    let is_plain = |rest: &str| {
        let rest = rest.get(1..).unwrap_or_default();
        ["#", "amp;", "lt;", "gt;", "quot;", "apos;"].iter().any(|known| rest.starts_with(known))
    };
    text.match_indices('&').filter(|(at, _)| !text.get(*at..).is_some_and(is_plain)).count() as u64
}

/// Refuses documents that nest too deep or grow too large once their references are followed.
pub(super) fn check_document(document: &Document<'_>) -> Result<(), Error> {
    let mut judge = Judge { ids: HashMap::new(), rules: HashMap::new(), known: HashMap::new() };
    for node in document.descendants().filter(Node::is_element) {
        if let Some(id) = node.attribute("id") {
            judge.ids.entry(id).or_insert(node);
        }
        if node.tag_name().name() == "style" {
            judge.read_rules(node.text().unwrap_or_default());
        }
    }
    let weight = judge.weigh(document.root_element(), 0)?;
    if weight.elements > MAX_EXPANDED {
        return Err(Error::SvgTooComplex { reason: "too many elements once its references are followed" });
    }
    Ok(())
}

#[derive(Clone, Copy, Default)]
struct Weight {
    elements: u64,
    depth: u32,
}

/// A reference out of an element's attributes or style.
#[derive(Clone)]
struct Reference<'a> {
    id: &'a str,
    /// Markers are repeated at every vertex.
    is_marker: bool,
}

struct Judge<'a, 'input> {
    ids: HashMap<&'a str, Node<'a, 'input>>,
    /// References of style rules, by the class (`.a`), id (`#a`) or name (`a`, `*`) in their last selector.
    rules: HashMap<&'a str, Vec<Reference<'a>>>,
    /// Weights of what is referred to; `None` while it is being weighed.
    known: HashMap<NodeId, Option<Weight>>,
}

impl<'a, 'input> Judge<'a, 'input> {
    fn weigh(&mut self, node: Node<'a, 'input>, depth: u32) -> Result<Weight, Error> {
        let mut weight = Weight { elements: 1, depth: 1 };
        let too_deep = Error::SvgTooComplex { reason: "its elements nest too deep" };
        if depth >= MAX_DEPTH {
            return Err(too_deep);
        }
        for child in node.children().filter(Node::is_element) {
            let inner = self.weigh(child, depth + 1)?;
            weight.add(inner, 1);
        }
        for reference in self.references_of(node) {
            let Some(target) = self.ids.get(reference.id).copied() else { continue };
            let inner = match self.known.get(&target.id()) {
                Some(Some(known)) => *known,
                // A circle: usvg cuts it.
                Some(None) => continue,
                None => {
                    self.known.insert(target.id(), None);
                    let inner = self.weigh(target, depth + 1)?;
                    self.known.insert(target.id(), Some(inner));
                    inner
                }
            };
            weight.add(inner, if reference.is_marker { vertices(node) } else { 1 });
        }
        if depth + weight.depth > MAX_DEPTH { Err(too_deep) } else { Ok(weight) }
    }

    fn references_of(&self, node: Node<'a, 'input>) -> Vec<Reference<'a>> {
        let mut found = Vec::new();
        for attribute in node.attributes() {
            let (name, value) = (attribute.name(), attribute.value());
            let id = value.trim().strip_prefix('#').filter(|_| name == "href" && node.tag_name().name() != "a");
            found.extend(id.map(|id| Reference { id, is_marker: false }));
            let is_marker = name.starts_with("marker") || (name == "style" && value.contains("marker"));
            found.extend(urls(value).map(|id| Reference { id, is_marker }));
        }
        if !self.rules.is_empty() {
            let classes = node.attribute("class").unwrap_or_default().split_ascii_whitespace();
            let id = node.attribute("id").into_iter();
            let keys = classes.map(|class| format!(".{class}")).chain(id.map(|id| format!("#{id}")));
            let keys = keys.chain([node.tag_name().name().to_owned(), "*".to_owned()]);
            found.extend(keys.filter_map(|key| self.rules.get(key.as_str())).flatten().cloned());
        }
        found
    }

    fn read_rules(&mut self, sheet: &'a str) {
        let blocks = sheet.split('}').filter_map(|block| block.rsplit_once('{'));
        for (selectors, body) in blocks.filter(|(_, body)| body.contains("url")) {
            let references: Vec<_> =
                urls(body).map(|id| Reference { id, is_marker: body.contains("marker") }).collect();
            let selectors = selectors.rsplit(['{', '/']).next().unwrap_or(selectors);
            for selector in selectors.split(',') {
                let key = selector_key(selector);
                self.rules.entry(key).or_default().extend(references.iter().cloned());
            }
        }
    }
}

impl Weight {
    fn add(&mut self, inner: Weight, times: u64) {
        self.elements = self.elements.saturating_add(inner.elements.saturating_mul(times));
        self.depth = self.depth.max(inner.depth.saturating_add(1));
    }
}

/// Picks one thing that every element meant by the selector has: a class, an id, or its name.
fn selector_key(selector: &str) -> &str {
    let last = selector.trim().rsplit([' ', '\t', '\n', '\r', '>', '+', '~']).next().unwrap_or_default();
    let end_of = |start: usize| {
        let rest = last.get(start + 1..).unwrap_or_default();
        start + 1 + rest.find(['.', '#', '[', ':']).unwrap_or(rest.len())
    };
    let name = last.find(['.', '#', '[', ':']).unwrap_or(last.len());
    let marked = last.find(['.', '#']).filter(|_| !last.contains('['));
    let key = match marked {
        Some(start) => last.get(start..end_of(start)),
        None => last.get(..name),
    };
    key.filter(|key| !key.is_empty()).unwrap_or("*")
}

/// Lists the ids in `url(#id)`.
fn urls(value: &str) -> impl Iterator<Item = &str> {
    value.split("url(").skip(1).filter_map(|rest| {
        let inside = rest.split(')').next()?.trim().trim_matches(['"', '\'']);
        inside.strip_prefix('#')
    })
}

/// Counts the vertices of a shape on the high side: no vertex is shorter than its number or letter.
fn vertices(node: Node<'_, '_>) -> u64 {
    let shape = node.attribute("d").or_else(|| node.attribute("points")).unwrap_or_default();
    let inside: u64 = node.children().filter(Node::is_element).map(vertices).sum();
    let separators = shape.bytes().filter(|byte| !byte.is_ascii_digit() && *byte != b'.').count() as u64;
    inside + separators + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn selectors_are_keyed_by_what_their_elements_must_have() {
        let table = [
            (".a", ".a"),
            ("path", "path"),
            ("g > path.b:hover", ".b"),
            ("#x .y.z", ".y"),
            ("*", "*"),
            (":first-child", "*"),
            ("[a='b.c']", "*"),
            ("rect#r", "#r"),
        ];
        for (selector, key) in table {
            assert_eq!(selector_key(selector), key, "{selector}");
        }
    }

    #[test]
    fn only_undeclared_references_count() {
        assert_eq!(references("&amp; &#38; &a; &b;&lt;"), 2);
    }

    #[test]
    fn urls_are_found_with_and_without_quotes() {
        let found: Vec<_> = urls("fill:url(#a) none;mask:url('#b');x:url(file.svg)").collect();
        assert_eq!(found, ["a", "b"]);
    }
}
