//! Judges what a drawing would grow into before anything is built from it.
//!
//! Imports roxmltree through resvg. Text can be small and its meaning vast: entities that repeat, `use` of groups that
//! use groups, markers on every vertex, patterns in patterns, groups nested until the stack ends. This counts the
//! elements as they will be after all references are followed, and how deep they will nest, without following them
//! twice. What leads back to itself is found as a [`Cut`]. What an element refers to is said by [`links`].

use std::collections::HashMap;

use resvg::usvg::roxmltree::{Document, Node, NodeId};

use super::super::Error;
use super::links::{Context, Link, Links, Property};

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
    let too_much = || Error::too_complex("its entities expand to too much text");
    if text.matches("<!ENTITY").nth(MAX_ENTITIES).is_some() {
        return Err(too_much());
    }
    let mut longest = 0;
    for (start, _) in text.match_indices("<!ENTITY") {
        let declaration = text.get(start..).unwrap_or_default();
        let declaration = declaration.get(..declaration_length(declaration)).unwrap_or_default();
        if references(declaration) > 0 {
            return Err(too_much());
        }
        longest = longest.max(declaration.len() as u64);
    }
    if longest > 0 && longest.saturating_mul(references(text)) > MAX_ENTITY_BYTES {
        return Err(too_much());
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

/// A reference that leads back to what it is a part of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Cut<'a, 'input> {
    /// What refers to it, or uses what it inherits.
    pub(super) node: Node<'a, 'input>,
    pub(super) property: Property,
}

/// Most circles that are cut.
const MAX_CUTS: usize = 1000;

/// Refuses documents that nest too deep, or grow too large once their references are followed; returns where circles
/// are to be cut. `times`: how much larger than usual it may become.
pub(super) fn check_document<'a, 'input>(
    document: &'a Document<'input>,
    times: u64,
) -> Result<Vec<Cut<'a, 'input>>, Error> {
    check_depth(document)?;
    let most = MAX_EXPANDED * times;
    let mut judge = Judge { links: Links::read(document), known: HashMap::new(), steps: 0, most, cuts: Vec::new() };
    let weight = judge.weigh(document.root_element(), &Context::default(), 0)?;
    if weight.elements > most {
        return Err(too_many());
    }
    Ok(judge.cuts)
}

/// What is said of a circle that cannot be cut.
pub(super) fn circle() -> Error {
    Error::too_complex("its parts refer to each other in a circle")
}

fn too_many() -> Error {
    Error::too_complex("too many elements once its references are followed")
}

fn too_deep() -> Error {
    Error::too_complex("its elements nest too deep")
}

/// Refuses text that nests too deep as it stands.
fn check_depth(document: &Document<'_>) -> Result<(), Error> {
    let mut ends = Vec::new();
    for node in document.descendants().filter(Node::is_element) {
        let at = node.range();
        while ends.last().is_some_and(|end| *end <= at.start) {
            ends.pop();
        }
        ends.push(at.end);
        // Elements out of entities have no place of their own; `weigh` counts them.
        if ends.len() > MAX_DEPTH as usize {
            return Err(too_deep());
        }
    }
    Ok(())
}

#[derive(Clone, Copy, Default)]
struct Weight {
    elements: u64,
    depth: u32,
}

struct Judge<'a, 'input> {
    links: Links<'a, 'input>,
    /// Weights of what is referred to, by what it inherits; `None` while it is being weighed.
    known: HashMap<(NodeId, Context<'a>), Option<Weight>>,
    /// Elements looked at, for a drawing of many contexts.
    steps: u64,
    /// Most elements.
    most: u64,
    cuts: Vec<Cut<'a, 'input>>,
}

impl<'a, 'input> Judge<'a, 'input> {
    fn weigh(&mut self, node: Node<'a, 'input>, outer: &Context<'a>, depth: u32) -> Result<Weight, Error> {
        let mut weight = Weight { elements: 1, depth: 1 };
        self.steps += 1;
        if depth >= MAX_DEPTH {
            return Err(too_deep());
        }
        if self.steps > 2 * self.most {
            return Err(too_many());
        }
        let (inner, links) = self.links.of(node, outer)?;
        for child in node.children().filter(Node::is_element) {
            weight.add(self.weigh(child, &inner, depth + 1)?, 1);
        }
        for Link { id, property } in links {
            let times = if property.is_marker() { vertices(node) } else { 1 };
            for target in self.links.targets(id) {
                let context = if property.is_use() { inner.clone() } else { self.links.around(target)? };
                match self.follow(target, context, depth + 1)? {
                    Some(inner) => weight.add(inner, times),
                    None if property == Property::Other || self.cuts.len() >= MAX_CUTS => return Err(circle()),
                    None => self.cuts.push(Cut { node, property }),
                }
            }
        }
        if depth + weight.depth > MAX_DEPTH { Err(too_deep()) } else { Ok(weight) }
    }

    /// Weighs what is referred to; `None`: it is what is being weighed.
    fn follow(&mut self, target: Node<'a, 'input>, context: Context<'a>, depth: u32) -> Result<Option<Weight>, Error> {
        let key = (target.id(), context.clone());
        match self.known.get(&key) {
            Some(Some(known)) => Ok(Some(*known)),
            Some(None) => Ok(None),
            None => {
                self.known.insert(key.clone(), None);
                let weight = self.weigh(target, &context, depth)?;
                self.known.insert(key, Some(weight));
                Ok(Some(weight))
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

/// Counts the vertices of a shape on the high side: no vertex is shorter than its number or letter.
fn vertices(node: Node<'_, '_>) -> u64 {
    let shape = node.attribute("d").or_else(|| node.attribute("points")).unwrap_or_default();
    shape.bytes().filter(|byte| !byte.is_ascii_digit() && *byte != b'.').count() as u64 + 2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_undeclared_references_count() {
        assert_eq!(references("&amp; &#38; &a; &b;&lt;"), 2);
    }
}
