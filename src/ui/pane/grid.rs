//! Lines between the pixels of an enlarged picture.

use egui::{Color32, Painter, Rangef, Rect, Stroke, Vec2};

/// Draws them over a picture of `size` pixels that lies at `place`: one physical pixel wide, only what is seen.
pub(super) fn pixel_lines(painter: &Painter, place: Rect, size: Vec2, color: Color32) {
    let seen = place.intersect(painter.clip_rect());
    if !seen.is_positive() {
        return;
    }
    let pixel = 1.0 / painter.ctx().pixels_per_point();
    let stroke = Stroke::new(pixel, color);
    let places = |from: f32, length: f32, count: f32, seen: Rangef| {
        let step = length / count;
        let (first, last) = (((seen.min - from) / step).ceil().max(1.0), ((seen.max - from) / step).floor());
        let last = last.min(count - 1.0);
        // Half a pixel further, a line of one pixel covers exactly one.
        (first as u32..=last.max(0.0) as u32)
            .map(move |n| ((from + n as f32 * step) / pixel).floor() * pixel + pixel / 2.0)
    };
    for x in places(place.min.x, place.width(), size.x, seen.x_range()) {
        painter.vline(x, seen.y_range(), stroke);
    }
    for y in places(place.min.y, place.height(), size.y, seen.y_range()) {
        painter.hline(seen.x_range(), y, stroke);
    }
}
