//! A drawing part by part, for one that broke what draws it when it was drawn at once.
//!
//! Imports resvg. A panic then costs the part that it comes from, and what a part would cover is seen. What is drawn
//! on a layer of its own is a part; of one whose filter cannot be computed, the shapes are drawn without it.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Group, Node};

/// How many parts there were.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Parts {
    pub(super) drawn: u32,
    /// Those that could not be drawn, or not as they should look.
    pub(super) lacking: u32,
}

/// Draws the parts of a group in turn; the transform is that around the group's children.
pub(super) fn draw(group: &Group, transform: Transform, canvas: &mut Pixmap, parts: &mut Parts) {
    for node in group.children() {
        match node {
            Node::Group(inner) if !inner.should_isolate() => {
                draw(inner, transform.pre_concat(inner.transform()), canvas, parts);
            }
            node if one(node, transform, canvas) => parts.drawn += 1,
            Node::Group(inner) if is_filter_alone(inner) => {
                parts.lacking += 1;
                draw(inner, transform.pre_concat(inner.transform()), canvas, parts);
            }
            _ => parts.lacking += 1,
        }
    }
}

fn is_filter_alone(group: &Group) -> bool {
    !group.filters().is_empty() && group.mask().is_none() && group.clip_path().is_none() && group.opacity().get() >= 1.0
}

/// Draws a part; false: it broke off.
fn one(node: &Node, transform: Transform, canvas: &mut Pixmap) -> bool {
    let Some(bounds) = node.abs_layer_bounding_box() else { return true };
    // It is drawn as if its upper left corner were at the origin.
    let placed = transform.pre_translate(bounds.x(), bounds.y());
    let render = || resvg::render_node(node, placed, &mut canvas.as_mut());
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(render)).is_ok()
}
