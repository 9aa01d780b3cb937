//! A drawing without the references that lead back to what they are a part of: what browsers leave out as well.
//!
//! Imports roxmltree through resvg. An `href` is emptied; a paint, marker, mask, clip or filter is overridden in the style
//! of the very element that would use it, wherever it comes from.

use std::collections::BTreeMap;
use std::ops::Range;

use super::super::budget::Cut;

enum Edit {
    Href,
    /// Declarations for an element without a style.
    NewStyle(Vec<String>),
    /// The same after those of its own; whether a semicolon is missing between.
    Style(bool, Vec<String>),
}

/// Writes the text that the cuts were found in without these references.
pub(in crate::picture::svg) fn cut(text: &str, cuts: &[Cut<'_, '_>]) -> String {
    let mut edits: BTreeMap<usize, (Range<usize>, Edit)> = BTreeMap::new();
    for Cut { node, property } in cuts {
        let Some(name) = property.name() else {
            for href in node.attributes().filter(|attribute| attribute.name() == "href") {
                edits.insert(href.range_value().start, (href.range_value(), Edit::Href));
            }
            continue;
        };
        let without = format!("{name}:none !important");
        let style = node.attribute_node("style");
        let end = match style {
            Some(style) => style.range_value().end,
            None => {
                let start = node.range().start;
                let tag = text.get(start..).unwrap_or_default();
                start + tag.find(|c: char| c.is_whitespace() || matches!(c, '/' | '>')).unwrap_or(tag.len())
            }
        };
        let edit = match style.map(|style| style.value().trim_end()) {
            None => Edit::NewStyle(Vec::new()),
            Some(value) => Edit::Style(!value.is_empty() && !value.ends_with(';'), Vec::new()),
        };
        let (_, edit) = edits.entry(end).or_insert((end..end, edit));
        if let Edit::NewStyle(all) | Edit::Style(_, all) = edit
            && !all.contains(&without)
        {
            all.push(without);
        }
    }
    let mut out = String::with_capacity(text.len() + edits.len() * 64);
    let mut at = 0;
    for (range, edit) in edits.into_values() {
        out.push_str(text.get(at..range.start).unwrap_or_default());
        out.push_str(&match edit {
            Edit::Href => "#".to_owned(),
            Edit::NewStyle(all) => format!(" style=\"{}\"", all.join(";")),
            Edit::Style(goes_on, all) => format!("{}{}", if goes_on { ";" } else { "" }, all.join(";")),
        });
        at = range.end;
    }
    out.push_str(text.get(at..).unwrap_or_default());
    out
}
