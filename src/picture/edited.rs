//! A copy of a picture, cropped and drawn upon: what goes in as a reference in the place of the original.
//!
//! Imports this layer only. An edit is data in pixels of the upright original, so it can be changed at any time and
//! applied to a copy of any size. Invariant: the original's pixels are only read.

use super::{Error, Limit, Pixels, Size};
use resvg::tiny_skia::{FillRule, LineCap, LineJoin, Paint, PathBuilder, Pixmap, Stroke, Transform};
use serde::{Deserialize, Serialize};

/// What is done to a copy: first the marks are drawn, then it is cropped.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(default)]
pub struct ReferenceEdit {
    /// `None`: the whole picture.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub crop: Option<Crop>,
    /// In the order in which they are drawn.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub marks: Vec<Mark>,
}

/// A part of a picture, in its pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Crop {
    pub x: u32,
    pub y: u32,
    pub width: u32,
    pub height: u32,
}

/// Something drawn upon a picture.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Mark {
    pub shape: Shape,
    /// Red, green, blue; opaque.
    pub color: [u8; 3],
    /// Of the line, in pixels of the picture.
    pub width: f32,
}

/// The form of a mark; points are in pixels of the picture, from its top left.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Shape {
    Stroke(Vec<[f32; 2]>),
    /// Two opposite corners.
    Box([f32; 2], [f32; 2]),
    /// From, to: the head is at the second.
    Arrow([f32; 2], [f32; 2]),
}

impl ReferenceEdit {
    /// Tells whether the copy is the original.
    pub fn is_empty(&self) -> bool {
        self.crop.is_none() && self.marks.is_empty()
    }

    /// Returns the part of a picture of this size that is left; the whole where the crop lies beside it.
    pub fn left_of(&self, size: Size) -> Crop {
        let whole = Crop { x: 0, y: 0, width: size.width, height: size.height };
        let Some(Crop { x, y, width, height }) = self.crop else { return whole };
        if x >= size.width || y >= size.height || width == 0 || height == 0 {
            return whole;
        }
        Crop { x, y, width: width.min(size.width - x), height: height.min(size.height - y) }
    }
}

impl Crop {
    pub fn size(self) -> Size {
        Size { width: self.width, height: self.height }
    }

    /// The same part of the same picture at another size; never empty.
    fn scaled(self, from: Size, to: Size) -> Crop {
        let along = |start: u32, length: u32, from: u32, to: u32| {
            let scale = f64::from(to) / f64::from(from.max(1));
            let first = ((f64::from(start) * scale).round() as u32).min(to.saturating_sub(1));
            let last = (f64::from(start.saturating_add(length)) * scale).round() as u32;
            (first, last.clamp(first + 1, to.max(first + 1)) - first)
        };
        let (x, width) = along(self.x, self.width, from.width, to.width);
        let (y, height) = along(self.y, self.height, from.height, to.height);
        Crop { x, y, width, height }
    }
}

impl Mark {
    /// Says whether its numbers are ones that a picture has; others come from a damaged draft and are passed over.
    fn can_be_drawn(&self) -> bool {
        let is_near = |[x, y]: &[f32; 2]| x.abs() <= FAR && y.abs() <= FAR;
        let all = match &self.shape {
            Shape::Stroke(points) => points.iter().all(is_near),
            Shape::Box(from, to) | Shape::Arrow(from, to) => is_near(from) && is_near(to),
        };
        all && self.width > 0.0 && self.width <= FAR
    }
}

/// No picture is larger than this on a side, pixels.
const FAR: f32 = 65_536.0;

impl Shape {
    /// Returns the two lines of an arrow's head for a line of this width, each from its outer end to the tip.
    pub fn head(from: [f32; 2], to: [f32; 2], width: f32) -> [[[f32; 2]; 2]; 2] {
        let (dx, dy) = (to[0] - from[0], to[1] - from[1]);
        let length = dx.hypot(dy).max(f32::EPSILON);
        let side = (width * 4.0).max(length * 0.12).min(length);
        let wing = |turn: f32| {
            let (sin, cos) = turn.sin_cos();
            let (ux, uy) = (-dx / length, -dy / length);
            [to[0] + side * (ux * cos - uy * sin), to[1] + side * (ux * sin + uy * cos)]
        };
        [[wing(HEAD), to], [wing(-HEAD), to]]
    }
}

/// Between an arrow's shaft and each side of its head, radians.
const HEAD: f32 = 0.5;

/// Makes the edited copy of `pixels`, which show a picture whose own size is `original`.
///
/// Errors: [`Error::TooLarge`] when there is no room for what is drawn.
pub fn apply_edit(pixels: &Pixels, original: Size, edit: &ReferenceEdit) -> Result<Pixels, Error> {
    let part = edit.left_of(original).scaled(original, pixels.size);
    let mut copy = cut(pixels, part);
    let scale = pixels.size.longer_side() as f32 / original.longer_side().max(1) as f32;
    draw_marks(&mut copy, &edit.marks, scale, [part.x as f32, part.y as f32])?;
    Ok(copy)
}

/// Draws upon pixels that are a part of the picture at a scale; `corner`: where that part begins, at the scale.
pub(super) fn draw_marks(copy: &mut Pixels, marks: &[Mark], scale: f32, corner: [f32; 2]) -> Result<(), Error> {
    if marks.is_empty() {
        return Ok(());
    }
    let size = copy.size;
    let room = || Error::TooLarge { size, limit: Limit::Memory(size.rgba_bytes()) };
    let mut drawn = Pixmap::new(size.width, size.height).ok_or_else(room)?;
    let place = Transform::from_scale(scale, scale).post_translate(-corner[0], -corner[1]);
    for mark in marks.iter().filter(|mark| mark.can_be_drawn()) {
        draw(&mut drawn, mark, place);
    }
    lay_over(copy, &drawn);
    Ok(())
}

fn cut(pixels: &Pixels, part: Crop) -> Pixels {
    let row = pixels.size.width as usize * 4;
    let (from, length) = (part.x as usize * 4, part.width as usize * 4);
    let rows = pixels.rgba.chunks_exact(row.max(4)).skip(part.y as usize).take(part.height as usize);
    let rgba = rows.filter_map(|row| row.get(from..from + length)).flatten().copied().collect();
    Pixels { size: part.size(), rgba }
}

fn draw(onto: &mut Pixmap, mark: &Mark, place: Transform) {
    let mut paint = Paint::default();
    let [red, green, blue] = mark.color;
    paint.set_color_rgba8(red, green, blue, u8::MAX);
    paint.anti_alias = true;
    let is_box = matches!(mark.shape, Shape::Box(..));
    let (line_cap, line_join) =
        if is_box { (LineCap::Butt, LineJoin::Miter) } else { (LineCap::Round, LineJoin::Round) };
    let stroke = Stroke { width: mark.width, line_cap, line_join, ..Stroke::default() };
    let mut path = PathBuilder::new();
    match &mark.shape {
        Shape::Stroke(points) => {
            if let [[x, y]] = points.as_slice() {
                path.push_circle(*x, *y, mark.width / 2.0);
                if let Some(dot) = path.finish() {
                    onto.fill_path(&dot, &paint, FillRule::Winding, place, None);
                }
                return;
            }
            for (place, [x, y]) in points.iter().enumerate() {
                if place == 0 { path.move_to(*x, *y) } else { path.line_to(*x, *y) }
            }
        }
        Shape::Box([x0, y0], [x1, y1]) => {
            path.move_to(*x0, *y0);
            path.line_to(*x1, *y0);
            path.line_to(*x1, *y1);
            path.line_to(*x0, *y1);
            path.close();
        }
        Shape::Arrow(from, to) => {
            for [[x0, y0], [x1, y1]] in [[*from, *to]].into_iter().chain(Shape::head(*from, *to, mark.width)) {
                path.move_to(x0, y0);
                path.line_to(x1, y1);
            }
        }
    }
    if let Some(path) = path.finish() {
        onto.stroke_path(&path, &paint, &stroke, place, None);
    }
}

/// Lays premultiplied pixels over straight ones; where nothing lies over them these stay exactly as they are.
fn lay_over(copy: &mut Pixels, drawn: &Pixmap) {
    let (under, over) = (copy.rgba.as_chunks_mut::<4>().0, drawn.pixels());
    for (under, over) in under.iter_mut().zip(over) {
        if over.alpha() == 0 {
            continue;
        }
        let over_alpha = f32::from(over.alpha()) / 255.0;
        let under_alpha = f32::from(under[3]) / 255.0 * (1.0 - over_alpha);
        let alpha = over_alpha + under_alpha;
        let mix = |over: u8, under: u8| ((f32::from(over) + f32::from(under) * under_alpha) / alpha).round() as u8;
        *under = [
            mix(over.red(), under[0]),
            mix(over.green(), under[1]),
            mix(over.blue(), under[2]),
            (alpha * 255.0).round() as u8,
        ];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIZE: Size = Size { width: 40, height: 30 };

    /// Every pixel tells where it is.
    fn grid() -> Pixels {
        let rgba = (0..30_u8).flat_map(|y| (0..40_u8).flat_map(move |x| [x * 6, y * 8, 100, 255])).collect();
        Pixels::new(SIZE, rgba).unwrap()
    }

    fn at(pixels: &Pixels, x: u32, y: u32) -> [u8; 4] {
        let place = (y * pixels.size.width + x) as usize;
        pixels.rgba.as_chunks::<4>().0[place]
    }

    fn red(shape: Shape, width: f32) -> Mark {
        Mark { shape, color: [255, 0, 0], width }
    }

    const RED: [u8; 4] = [255, 0, 0, 255];

    #[test]
    fn an_empty_edit_gives_the_same_pixels() {
        assert_eq!(apply_edit(&grid(), SIZE, &ReferenceEdit::default()).unwrap(), grid());
    }

    #[test]
    fn a_crop_cuts_out_exactly_these_pixels() {
        let edit = ReferenceEdit { crop: Some(Crop { x: 3, y: 5, width: 10, height: 7 }), marks: vec![] };
        let cut = apply_edit(&grid(), SIZE, &edit).unwrap();
        assert_eq!(cut.size, Size { width: 10, height: 7 });
        for (x, y) in [(0, 0), (9, 6), (4, 2)] {
            assert_eq!(at(&cut, x, y), at(&grid(), x + 3, y + 5));
        }
    }

    #[test]
    fn marks_are_drawn_where_they_were_made_and_move_with_the_crop() {
        let shapes = [
            (Shape::Stroke(vec![[5.0, 10.0], [30.0, 10.0]]), [(6, 10), (29, 9)], (20, 20)),
            (Shape::Stroke(vec![[20.0, 15.0]]), [(20, 15), (19, 14)], (26, 15)),
            (Shape::Box([10.0, 8.0], [30.0, 22.0]), [(10, 8), (29, 15)], (20, 15)),
            (Shape::Arrow([5.0, 15.0], [35.0, 15.0]), [(20, 15), (33, 15)], (10, 5)),
        ];
        for (shape, inside, outside) in shapes {
            let mut edit = ReferenceEdit { crop: None, marks: vec![red(shape.clone(), 4.0)] };
            let drawn = apply_edit(&grid(), SIZE, &edit).unwrap();
            for (x, y) in inside {
                assert_eq!(at(&drawn, x, y), RED, "{shape:?} at {x}, {y}");
            }
            assert_eq!(at(&drawn, outside.0, outside.1), at(&grid(), outside.0, outside.1), "{shape:?}");
            edit.crop = Some(Crop { x: 4, y: 3, width: 36, height: 27 });
            let cut = apply_edit(&grid(), SIZE, &edit).unwrap();
            for (x, y) in inside {
                assert_eq!(at(&cut, x - 4, y - 3), RED, "{shape:?} cropped");
            }
        }
    }

    #[test]
    fn a_smaller_copy_shows_the_same_edit() {
        let half = super::super::fit(&grid(), 20);
        let edit = ReferenceEdit {
            crop: Some(Crop { x: 10, y: 10, width: 20, height: 20 }),
            marks: vec![red(Shape::Box([12.0, 12.0], [28.0, 28.0]), 4.0)],
        };
        let small = apply_edit(&half, SIZE, &edit).unwrap();
        assert_eq!(small.size, Size { width: 10, height: 10 });
        assert_eq!(at(&small, 1, 1), RED);
        assert_ne!(at(&small, 5, 5), RED);
    }

    #[test]
    fn transparency_stays_where_nothing_is_drawn_and_ends_where_something_is() {
        let clear = Pixels::new(SIZE, [9, 9, 9, 0].repeat(1200)).unwrap();
        let edit = ReferenceEdit { crop: None, marks: vec![red(Shape::Stroke(vec![[0.0, 15.0], [40.0, 15.0]]), 6.0)] };
        let drawn = apply_edit(&clear, SIZE, &edit).unwrap();
        assert_eq!((at(&drawn, 20, 15), at(&drawn, 20, 2)), (RED, [9, 9, 9, 0]));
    }

    #[test]
    fn a_crop_beside_the_picture_or_over_its_edge_does_no_harm() {
        let left = |x, y, width, height| {
            ReferenceEdit { crop: Some(Crop { x, y, width, height }), marks: vec![] }.left_of(SIZE)
        };
        let whole = Crop { x: 0, y: 0, width: 40, height: 30 };
        assert_eq!(left(40, 0, 5, 5), whole);
        assert_eq!(left(0, 0, 0, 5), whole);
        assert_eq!(left(30, 20, 99, u32::MAX), Crop { x: 30, y: 20, width: 10, height: 10 });
        let edit = ReferenceEdit { crop: Some(Crop { x: 39, y: 29, width: 1, height: 1 }), marks: vec![] };
        let tiny = super::super::fit(&grid(), 4);
        assert_eq!(apply_edit(&tiny, SIZE, &edit).unwrap().size, Size { width: 1, height: 1 });
    }

    #[test]
    fn hostile_marks_end_in_pixels() {
        for number in [f32::NAN, f32::INFINITY, -1e30, 1e30] {
            for shape in [
                Shape::Stroke(vec![[number, 1.0], [2.0, number]]),
                Shape::Stroke(vec![]),
                Shape::Box([number, number], [1.0, 1.0]),
                Shape::Arrow([1.0, 1.0], [1.0, 1.0]),
            ] {
                for width in [0.0, number, 3.0] {
                    let edit = ReferenceEdit { crop: None, marks: vec![red(shape.clone(), width)] };
                    assert_eq!(apply_edit(&grid(), SIZE, &edit).unwrap().size, SIZE);
                }
            }
        }
    }

    #[test]
    fn an_edit_survives_being_written_down() {
        let edit = ReferenceEdit {
            crop: Some(Crop { x: 1, y: 2, width: 3, height: 4 }),
            marks: vec![
                red(Shape::Stroke(vec![[1.5, 2.0]]), 3.0),
                red(Shape::Box([0.0, 1.0], [2.0, 3.0]), 1.0),
                red(Shape::Arrow([0.0, 1.0], [2.0, 3.0]), 1.0),
            ],
        };
        let text = serde_json::to_string(&edit).unwrap();
        assert_eq!(serde_json::from_str::<ReferenceEdit>(&text).unwrap(), edit);
        assert_eq!(serde_json::to_string(&ReferenceEdit::default()).unwrap(), "{}");
        assert!(serde_json::from_str::<ReferenceEdit>("{}").unwrap().is_empty());
    }
}
