//! The crop as a rectangle in pixels of the picture, and what dragging and nudging make of it. Pure.

use crate::picture::{Crop, Size};
use egui::emath::{Pos2, Rect, Vec2, pos2, vec2};

/// No side of a crop is made smaller than this by dragging, pixels.
pub const SMALLEST: f32 = 8.0;

/// What of the frame is held: for each axis the lower edge (-1), the upper (1) or none; neither: all of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Handle {
    pub x: i8,
    pub y: i8,
}

impl Handle {
    pub const ALL: Self = Self { x: 0, y: 0 };

    /// Returns where it is on a frame; the middle for all of it.
    pub fn on(self, frame: Rect) -> Pos2 {
        frame.center() + vec2(f32::from(self.x), f32::from(self.y)) * frame.size() / 2.0
    }
}

/// Returns what a press at this point takes hold of; `None`: it is outside.
pub fn handle_at(frame: Rect, at: Pos2, reach: f32) -> Option<Handle> {
    let side = |at: f32, min: f32, max: f32| -> i8 {
        // Of a narrow frame the nearer edge.
        let (low, high) = ((at - min).abs(), (at - max).abs());
        if low.min(high) > reach {
            0
        } else if low < high {
            -1
        } else {
            1
        }
    };
    let near = frame.expand(reach).contains(at);
    let handle = Handle { x: side(at.x, frame.min.x, frame.max.x), y: side(at.y, frame.min.y, frame.max.y) };
    near.then_some(handle)
}

/// Returns the frame after `handle` was dragged by so much; within `bounds`, and in these proportions where there are
/// any, about the opposite edge or corner.
pub fn dragged(frame: Rect, handle: Handle, by: Vec2, ratio: Option<f32>, bounds: Vec2) -> Rect {
    if handle == Handle::ALL {
        let least = -frame.min.to_vec2();
        let most = bounds - frame.max.to_vec2();
        return frame.translate(vec2(by.x.min(most.x).max(least.x), by.y.min(most.y).max(least.y)));
    }
    let axis = |side: i8, min: f32, max: f32, by: f32, bound: f32| match side {
        -1 => ((min + by).clamp(0.0, (max - SMALLEST.min(bound)).max(0.0)), max),
        1 => (min, (max + by).clamp((min + SMALLEST.min(bound)).min(bound), bound)),
        _ => (min, max),
    };
    let (left, right) = axis(handle.x, frame.min.x, frame.max.x, by.x, bounds.x);
    let (top, bottom) = axis(handle.y, frame.min.y, frame.max.y, by.y, bounds.y);
    let free = Rect::from_min_max(pos2(left, top), pos2(right, bottom));
    match ratio {
        Some(ratio) if ratio.is_finite() && ratio > 0.0 => kept(frame, free, handle, ratio, bounds),
        _ => free,
    }
}

/// Gives `free` the proportions, about what is not held of `frame`.
fn kept(frame: Rect, free: Rect, handle: Handle, ratio: f32, bounds: Vec2) -> Rect {
    let wanted = match (handle.x, handle.y) {
        (0, _) => free.height() * ratio,
        (_, 0) => free.width(),
        _ => free.width().max(free.height() * ratio),
    };
    // Where the frame stays: its other edge, or its middle.
    let anchor = pos2(
        frame.center().x - f32::from(handle.x) * frame.width() / 2.0,
        frame.center().y - f32::from(handle.y) * frame.height() / 2.0,
    );
    let room = |side: i8, at: f32, bound: f32| match side {
        -1 => at,
        1 => bound - at,
        _ => 2.0 * at.min(bound - at),
    };
    let most = room(handle.x, anchor.x, bounds.x).min(room(handle.y, anchor.y, bounds.y) * ratio);
    let width = wanted.max(SMALLEST.max(SMALLEST * ratio)).min(most);
    let size = vec2(width, width / ratio);
    let min = |side: i8, at: f32, size: f32| at - size * (1.0 - f32::from(side)) / 2.0;
    Rect::from_min_size(pos2(min(handle.x, anchor.x, size.x), min(handle.y, anchor.y, size.y)), size)
}

/// Returns the largest part of a frame in these proportions, about its middle.
pub fn fitted_to(frame: Rect, ratio: f32) -> Rect {
    let width = frame.width().min(frame.height() * ratio);
    Rect::from_center_size(frame.center(), vec2(width, width / ratio))
}

/// Moves a frame by so much, or its right and lower edges alone.
pub fn nudged(frame: Rect, by: Vec2, edges: bool, ratio: Option<f32>, bounds: Vec2) -> Rect {
    if !edges {
        return dragged(frame, Handle::ALL, by, None, bounds);
    }
    let handle = Handle { x: i8::from(by.x != 0.0), y: i8::from(by.y != 0.0) };
    dragged(frame, handle, by, ratio, bounds)
}

/// Returns a crop as a frame.
pub fn frame_of(crop: Crop) -> Rect {
    let number = |number: u32| number as f32;
    Rect::from_min_size(pos2(number(crop.x), number(crop.y)), vec2(number(crop.width), number(crop.height)))
}

/// Returns the whole pixels of a frame; at least one, all on the picture.
pub fn crop_of(frame: Rect, size: Size) -> Crop {
    let along = |min: f32, max: f32, length: u32| {
        let first = (min.round().max(0.0) as u32).min(length.saturating_sub(1));
        let last = (max.round().max(0.0) as u32).clamp(first + 1, length.max(first + 1));
        (first, last - first)
    };
    let (x, width) = along(frame.min.x, frame.max.x, size.width);
    let (y, height) = along(frame.min.y, frame.max.y, size.height);
    Crop { x, y, width, height }
}
