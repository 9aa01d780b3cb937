//! What each element of a drawing refers to, as usvg will see it: `href`, `url(#id)` in attributes and styles, and what
//! is inherited.
//!
//! Imports roxmltree through resvg. Paints and markers are inherited down to the shapes that use them, through `use` as
//! well; a mask, a clip or a filter is where it is written. Style sheets are read loosely: a rule counts for every
//! element that its last selector might mean, and never takes anything away. So nothing is missed, and only odd styles
//! name too much.

use std::collections::HashMap;
use std::rc::Rc;

use resvg::usvg::roxmltree::{Document, Node, NodeId};

use super::super::Error;

/// Most references that one element may have, inherited ones counted; only style sheets that mean harm have more.
const MAX_LINKS: usize = 256;

/// What a reference is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Property {
    Fill,
    Stroke,
    MarkerStart,
    MarkerMid,
    MarkerEnd,
    Mask,
    ClipPath,
    Filter,
    /// The `href` of a `use`: the target stands here and inherits from here.
    Use,
    /// Any other `href` that brings something in.
    Href,
    Other,
}

use Property::{ClipPath, Fill, Filter, Href, MarkerEnd, MarkerMid, MarkerStart, Mask, Other, Stroke, Use};

impl Property {
    fn named(name: &str) -> &'static [Property] {
        match name {
            "fill" => &[Fill],
            "stroke" => &[Stroke],
            "marker" => &[MarkerStart, MarkerMid, MarkerEnd],
            "marker-start" => &[MarkerStart],
            "marker-mid" => &[MarkerMid],
            "marker-end" => &[MarkerEnd],
            "mask" => &[Mask],
            "clip-path" => &[ClipPath],
            "filter" => &[Filter],
            _ => &[Other],
        }
    }

    /// Names it as CSS does; `None`: it is none of CSS.
    pub(super) fn name(self) -> Option<&'static str> {
        Some(match self {
            Fill => "fill",
            Stroke => "stroke",
            MarkerStart => "marker-start",
            MarkerMid => "marker-mid",
            MarkerEnd => "marker-end",
            Mask => "mask",
            ClipPath => "clip-path",
            Filter => "filter",
            Use | Href | Other => return None,
        })
    }

    /// Whether it is repeated at every vertex.
    pub(super) fn is_marker(self) -> bool {
        matches!(self, MarkerStart | MarkerMid | MarkerEnd)
    }

    pub(super) fn is_use(self) -> bool {
        self == Use
    }

    fn is_inherited(self) -> bool {
        matches!(self, Fill | Stroke) || self.is_marker()
    }
}

/// A reference to the elements of an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Link<'a> {
    pub(super) property: Property,
    pub(super) id: &'a str,
}

/// What an element gets from around it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(super) struct Context<'a> {
    links: Rc<Vec<Link<'a>>>,
    /// Inside of a clip path nothing is painted.
    is_clip: bool,
}

/// Reads a document's references.
pub(super) struct Links<'a, 'input> {
    /// All elements of an id: which of several is meant, usvg says differently for different references.
    ids: HashMap<&'a str, Vec<Node<'a, 'input>>>,
    /// Declarations of style rules, by the class (`.a`), id (`#a`) or name (`a`, `*`) in their last selector.
    rules: HashMap<&'a str, Vec<(Property, &'a str)>>,
    around: HashMap<NodeId, Context<'a>>,
}

impl<'a, 'input> Links<'a, 'input> {
    pub(super) fn read(document: &'a Document<'input>) -> Self {
        let mut links = Self { ids: HashMap::new(), rules: HashMap::new(), around: HashMap::new() };
        for node in document.descendants().filter(Node::is_element) {
            for id in node.attributes().filter(|attribute| attribute.name() == "id") {
                links.ids.entry(id.value()).or_default().push(node);
            }
            if node.tag_name().name() == "style" {
                links.read_rules(node.text().unwrap_or_default());
            }
        }
        links
    }

    pub(super) fn targets(&self, id: &str) -> Vec<Node<'a, 'input>> {
        self.ids.get(id).cloned().unwrap_or_default()
    }

    /// Returns what an element gets from where it is written.
    pub(super) fn around(&mut self, node: Node<'a, 'input>) -> Result<Context<'a>, Error> {
        let Some(parent) = node.parent_element() else { return Ok(Context::default()) };
        if let Some(known) = self.around.get(&parent.id()) {
            return Ok(known.clone());
        }
        let mut context = Context::default();
        let mut ancestors: Vec<_> = parent.ancestors().filter(Node::is_element).collect();
        while let Some(ancestor) = ancestors.pop() {
            context = match self.around.get(&ancestor.id()) {
                Some(known) => known.clone(),
                None => self.of(ancestor, &context)?.0,
            };
            self.around.insert(ancestor.id(), context.clone());
        }
        Ok(context)
    }

    /// Returns what the children of an element get, and what it refers to itself.
    pub(super) fn of(
        &self,
        node: Node<'a, 'input>,
        outer: &Context<'a>,
    ) -> Result<(Context<'a>, Vec<Link<'a>>), Error> {
        let name = node.tag_name().name();
        let mut inner = outer.clone();
        let mut own = Vec::new();
        if name == "clipPath" {
            inner.is_clip = true;
        }
        let style = node.attribute("style").unwrap_or_default();
        // What is important in the element's own style is so before all else but what is important in a rule.
        let mut pinned = Vec::new();
        declarations(style, &mut |property, value, is_sure| {
            if is_sure && is_important(value) {
                pinned.push(property);
            }
        });
        for attribute in node.attributes() {
            let value = attribute.value();
            match attribute.name() {
                "style" => {}
                "href" if is_followed(name) => {
                    let property = if name == "use" { Use } else { Href };
                    own.extend(value.trim().strip_prefix('#').map(|id| Link { property, id }));
                }
                other => {
                    let is_sure = attribute.namespace().is_none() && other != "marker" && !value.trim().is_empty();
                    for property in Property::named(other).iter().filter(|property| !pinned.contains(property)) {
                        declare(&mut inner, &mut own, outer, (*property, value), is_sure);
                    }
                }
            }
        }
        declarations(style, &mut |property, value, is_sure| {
            declare(&mut inner, &mut own, outer, (property, value), is_sure);
        });
        if !self.rules.is_empty() {
            let classes = node.attribute("class").unwrap_or_default().split_ascii_whitespace();
            let keys = classes.map(|class| format!(".{class}"));
            let keys = keys.chain(node.attribute("id").map(|id| format!("#{id}")));
            let keys = keys.chain([name.to_owned(), "*".to_owned()]);
            for (property, value) in keys.filter_map(|key| self.rules.get(key.as_str())).flatten() {
                if !pinned.contains(property) || is_important(value) {
                    declare(&mut inner, &mut own, outer, (*property, value), false);
                }
            }
        }
        if is_shape(name) {
            let paints = inner.links.iter().filter(|link| link.property.is_inherited() && !inner.is_clip);
            own.extend(paints.copied());
        }
        if inner.links.len().max(own.len()) > MAX_LINKS {
            return Err(Error::too_complex("its styles refer to too much"));
        }
        Ok((inner, own))
    }

    fn read_rules(&mut self, sheet: &'a str) {
        let blocks = sheet.split('}').filter_map(|block| block.rsplit_once('{'));
        for (selectors, body) in blocks.filter(|(_, body)| body.contains("url") || body.contains("inherit")) {
            let mut found = Vec::new();
            declarations(body, &mut |property, value, _| found.push((property, value)));
            let selectors = selectors.rsplit(['{', '/']).next().unwrap_or(selectors);
            for selector in selectors.split(',') {
                self.rules.entry(selector_key(selector)).or_default().extend(found.iter().copied());
            }
        }
    }
}

/// Takes one declaration in: paints and markers go to the children, the rest is the element's own.
fn declare<'a>(
    inner: &mut Context<'a>,
    own: &mut Vec<Link<'a>>,
    outer: &Context<'a>,
    (property, value): (Property, &'a str),
    is_sure: bool,
) {
    let inherits = value.trim_start().starts_with("inherit");
    if !property.is_inherited() {
        own.extend(urls(value).map(|id| Link { property, id }));
        if inherits {
            own.extend(outer.links.iter().filter(|link| link.property == property));
        }
    }
    if property == Other || inherits {
        return;
    }
    let replaces = is_sure && inner.links.iter().any(|link| link.property == property);
    let links: Vec<_> =
        urls(value).map(|id| Link { property, id }).filter(|link| !inner.links.contains(link)).collect();
    if replaces || !links.is_empty() {
        let all = Rc::make_mut(&mut inner.links);
        if replaces {
            all.retain(|link| link.property != property || urls(value).any(|id| id == link.id));
        }
        // One more than may be is enough to be refused.
        all.extend(links.into_iter().take(MAX_LINKS + 1));
        all.truncate(MAX_LINKS + 1);
    }
}

fn is_important(value: &str) -> bool {
    value.contains('!')
}

/// Reads `name: value; …`; what cannot be read plainly counts as anything it may be.
fn declarations<'a>(body: &'a str, each: &mut dyn FnMut(Property, &'a str, bool)) {
    if body.contains("/*") || body.contains('\\') {
        for property in [Fill, Stroke, MarkerStart, MarkerMid, MarkerEnd, Other] {
            each(property, body, false);
        }
        return;
    }
    for (name, value) in body.split(';').filter_map(|declaration| declaration.split_once(':')) {
        for property in Property::named(name.trim()) {
            each(*property, value, true);
        }
    }
}

/// Whether the `href` of an element brings its target into the drawing. Gradients take numbers from theirs, in chains
/// that usvg itself cuts.
fn is_followed(name: &str) -> bool {
    !matches!(name, "a" | "textPath" | "tref" | "mpath" | "script" | "set" | "linearGradient" | "radialGradient")
        && !name.starts_with("animate")
}

/// Whether an element is painted itself, so that what it inherits is used.
fn is_shape(name: &str) -> bool {
    // For what a use inherits there may be a `context-fill`, so its paint is read whatever it uses.
    matches!(name, "path" | "rect" | "circle" | "ellipse" | "line" | "polyline" | "polygon" | "image" | "use")
        || matches!(name, "text" | "tspan" | "textPath" | "tref" | "altGlyph")
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
        inside.trim().strip_prefix('#')
    })
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
    fn urls_are_found_with_and_without_quotes() {
        let found: Vec<_> = urls("fill:url(#a) none;mask:url('#b');x:url(file.svg)").collect();
        assert_eq!(found, ["a", "b"]);
    }
}
