//! Estimates the memory that drawing needs beside the canvas.
//!
//! Imports resvg. Groups with opacity, filters, masks and clips are drawn on layers of their own, up to 25 times the
//! canvas each, and layers nest; a few hundred bytes of text can ask for terabytes. The estimate is on the high side.

use resvg::tiny_skia::Transform;
use resvg::usvg::{Fill, Group, ImageKind, Node, Paint, Stroke, Tree};

use super::super::Size;

struct Canvas {
    size: Size,
    transform: Transform,
}

/// Adds up the layers alive at the worst moment, in bytes.
pub(super) fn layers_bytes(tree: &Tree, size: Size, transform: Transform) -> u64 {
    group_bytes(tree.root(), &Canvas { size, transform })
}

fn group_bytes(group: &Group, canvas: &Canvas) -> u64 {
    let inner = group.children().iter().map(|node| node_bytes(node, canvas)).max().unwrap_or(0);
    if !group.should_isolate() {
        return inner;
    }
    let layer = layer_bytes(group, canvas);
    // A filter keeps the result of every primitive, and some work on copies in floating point.
    let filters = group.filters().iter().map(|filter| filter.primitives().len() as u64 + 4).max().unwrap_or(0);
    let mut masks: u64 = 0;
    let mut mask = group.mask();
    while let Some(current) = mask {
        masks = masks.saturating_add(layer.saturating_mul(2)).saturating_add(group_bytes(current.root(), canvas));
        mask = current.mask();
    }
    let mut clips: u64 = 0;
    let mut clip = group.clip_path();
    while let Some(current) = clip {
        clips = clips.saturating_add(layer.saturating_mul(2)).saturating_add(group_bytes(current.root(), canvas));
        clip = current.clip_path();
    }
    layer.saturating_add(inner.max(layer.saturating_mul(filters)).max(masks).max(clips))
}

fn node_bytes(node: &Node, canvas: &Canvas) -> u64 {
    match node {
        Node::Group(group) => group_bytes(group, canvas),
        Node::Text(text) => group_bytes(text.flattened(), canvas),
        // Sizes of embedded pictures were judged when the drawing was parsed.
        Node::Image(image) => match image.kind() {
            ImageKind::SVG(tree) => group_bytes(tree.root(), canvas),
            _ => 0,
        },
        Node::Path(path) => {
            let fill = path.fill().map(Fill::paint);
            let stroke = path.stroke().map(Stroke::paint);
            let paints = [fill, stroke].into_iter().flatten();
            let transform = canvas.transform.pre_concat(path.abs_transform());
            paints.map(|paint| pattern_bytes(paint, transform, canvas)).max().unwrap_or(0)
        }
    }
}

/// A pattern is drawn as one tile at full scale, however large the tile is.
fn pattern_bytes(paint: &Paint, transform: Transform, canvas: &Canvas) -> u64 {
    let Paint::Pattern(pattern) = paint else { return 0 };
    let (x, y) = transform.pre_concat(pattern.transform()).get_scale();
    let tile = bytes(pattern.rect().width() * x, pattern.rect().height() * y);
    tile.saturating_add(group_bytes(pattern.root(), canvas))
}

fn layer_bytes(group: &Group, canvas: &Canvas) -> u64 {
    let Some(bounds) = group.abs_layer_bounding_box().transform(canvas.transform) else { return 0 };
    let (width, height) = (canvas.size.width as f32 * 5.0, canvas.size.height as f32 * 5.0);
    bytes((bounds.width() + 4.0).min(width), (bounds.height() + 4.0).min(height))
}

fn bytes(width: f32, height: f32) -> u64 {
    (width.ceil() as u64).saturating_mul(height.ceil() as u64).saturating_mul(4)
}
