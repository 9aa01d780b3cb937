//! Draws an edit over the picture that it is of: what the copy will look like, without making it.
//!
//! May import `picture` types and the textures. The copy itself is made by the engine; this is as near as lines of the
//! window come to it.

use crate::picture::{Mark, ReferenceEdit, Shape, Size};
use crate::ui::textures::Drawable;
use egui::{Color32, Painter, Pos2, Rect, Stroke, StrokeKind, pos2, vec2};

/// Draws marks over a picture that lies at `place`; `points`: of the window per pixel of the picture.
pub fn paint_marks<'a>(painter: &Painter, marks: impl IntoIterator<Item = &'a Mark>, place: Pos2, points: f32) {
    let on_screen = |[x, y]: [f32; 2]| pos2(place.x + x * points, place.y + y * points);
    for mark in marks {
        let [red, green, blue] = mark.color;
        let color = crate::ui::theme::ink(red, green, blue);
        let stroke = Stroke::new((mark.width * points).max(0.5), color);
        match &mark.shape {
            Shape::Stroke(stops) => line(painter, stops.iter().map(|stop| on_screen(*stop)).collect(), stroke, color),
            Shape::Box(from, to) => {
                let rect = Rect::from_two_pos(on_screen(*from), on_screen(*to));
                painter.rect_stroke(rect, 0, stroke, StrokeKind::Middle);
            }
            Shape::Arrow(from, to) => {
                for [from, to] in [[*from, *to]].into_iter().chain(Shape::head(*from, *to, mark.width)) {
                    line(painter, vec![on_screen(from), on_screen(to)], stroke, color);
                }
            }
        }
    }
}

/// A line with round ends.
fn line(painter: &Painter, stops: Vec<Pos2>, stroke: Stroke, color: Color32) {
    for end in stops.first().into_iter().chain(stops.last()) {
        painter.circle_filled(*end, stroke.width / 2.0, color);
    }
    painter.add(egui::Shape::line(stops, stroke));
}

/// Draws the copy of a picture of this size so that it fills `rect`.
pub fn paint_cover(painter: &Painter, picture: &Drawable, edit: &ReferenceEdit, size: Size, rect: Rect) {
    let part = edit.left_of(size);
    let points = (rect.width() / part.width as f32).max(rect.height() / part.height as f32);
    let middle = vec2(part.x as f32 + part.width as f32 / 2.0, part.y as f32 + part.height as f32 / 2.0);
    let place =
        Rect::from_min_size(rect.center() - middle * points, vec2(size.width as f32, size.height as f32) * points);
    let painter = painter.with_clip_rect(rect.intersect(painter.clip_rect()));
    picture.paint(&painter, place, 0.0);
    paint_marks(&painter, &edit.marks, place.min, points);
}
