//! A list of shapes, painted with tiny-skia or written as SVG: both come from the same list, so they look alike.
//!
//! Imports `palette`, `parallel` and resvg's tiny-skia. Invariant: shapes stand in painting order, each gradient directly before
//! its shape, so that any prefix of the SVG that ends after a shape shows a picture in the making.

use super::palette::Rgb;
use super::parallel::bands;
use resvg::tiny_skia as skia;
use std::fmt::Write as _;

/// A point of a path in drawing units.
pub type Point = (f32, f32);

#[derive(Clone, Copy, Debug)]
pub enum Step {
    Move(Point),
    Line(Point),
    Curve(Point, Point),
    Cubic(Point, Point, Point),
    Close,
}

/// Colour with opacity.
pub type Tone = (Rgb, f32);

#[derive(Clone, Debug)]
pub enum Ink {
    Flat(Tone),
    /// From one point to another.
    Linear(Point, Point, Vec<(f32, Tone)>),
    /// From a middle outwards to a radius.
    Radial(Point, f32, Vec<(f32, Tone)>),
}

#[derive(Clone, Debug)]
pub struct Shape {
    pub path: Vec<Step>,
    pub ink: Ink,
    /// Stroke width; `None` fills.
    pub stroke: Option<f32>,
    /// Adds light (screen) rather than covering.
    pub glow: bool,
}

impl Shape {
    fn paint(&self, path: &skia::Path, sheet: &mut skia::PixmapMut<'_>, place: skia::Transform) {
        let Some(shader) = skia_shader(&self.ink) else { return };
        let blend_mode = if self.glow { skia::BlendMode::Screen } else { skia::BlendMode::SourceOver };
        let paint = skia::Paint { shader, blend_mode, anti_alias: true, ..skia::Paint::default() };
        let Some(width) = self.stroke else {
            return sheet.fill_path(path, &paint, skia::FillRule::Winding, place, None);
        };
        let stroke = skia::Stroke {
            width,
            line_cap: skia::LineCap::Round,
            line_join: skia::LineJoin::Round,
            ..skia::Stroke::default()
        };
        sheet.stroke_path(path, &paint, &stroke, place, None);
    }
}

/// Shapes on a sheet of the given size.
#[derive(Clone, Debug, Default)]
pub struct Drawing {
    pub width: f32,
    pub height: f32,
    pub shapes: Vec<Shape>,
}

impl Drawing {
    /// An empty sheet of about a million square units in that aspect ratio.
    pub fn new(aspect: f32) -> Drawing {
        Drawing { width: 1000.0 * aspect.sqrt(), height: 1000.0 / aspect.sqrt(), shapes: Vec::new() }
    }

    pub fn fill(&mut self, path: Vec<Step>, ink: Ink) {
        self.shapes.push(Shape { path, ink, stroke: None, glow: false });
    }

    pub fn stroke(&mut self, path: Vec<Step>, width: f32, ink: Ink) {
        self.shapes.push(Shape { path, ink, stroke: Some(width), glow: false });
    }

    pub fn glow(&mut self, path: Vec<Step>, ink: Ink) {
        self.shapes.push(Shape { path, ink, stroke: None, glow: true });
    }

    /// Paints every shape onto a pixmap, scaled to it; bands of rows are painted in parallel.
    pub fn paint(&self, pixmap: &mut skia::Pixmap) {
        let (width, height) = (pixmap.width(), pixmap.height());
        let (sx, sy) = (width as f32 / self.width.max(1.0), height as f32 / self.height.max(1.0));
        let shapes: Vec<(skia::Path, &Shape)> =
            self.shapes.iter().filter_map(|shape| Some((skia_path(&shape.path)?, shape))).collect();
        // A fixed number of bands, so that the result does not depend on the machine.
        let band = (height as usize).div_ceil(8).max(1);
        bands(pixmap.data_mut(), width as usize * 4 * band, |index, pixels| {
            let (top, rows) = ((index * band) as f32, pixels.len() / (width as usize * 4));
            let Some(mut sheet) = skia::PixmapMut::from_bytes(pixels, width, rows as u32) else { return };
            let place = skia::Transform::from_row(sx, 0.0, 0.0, sy, 0.0, -top);
            for (path, shape) in &shapes {
                let (bounds, reach) = (path.bounds(), shape.stroke.unwrap_or(0.0) + 2.0 / sy);
                if (bounds.bottom() + reach) * sy < top || (bounds.top() - reach) * sy > top + rows as f32 {
                    continue;
                }
                shape.paint(path, &mut sheet, place);
            }
        });
    }

    /// The SVG document in pieces: the opening tag, one piece per shape, the closing tag.
    pub fn svg(&self, width: u32, height: u32) -> Vec<String> {
        let mut pieces = vec![format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {} {}\">\n",
            number(self.width),
            number(self.height)
        )];
        for (index, shape) in self.shapes.iter().enumerate() {
            let mut piece = String::new();
            let (paint, opacity) = svg_ink(&mut piece, &shape.ink, index);
            piece.push_str("<path d=\"");
            svg_path(&mut piece, &shape.path);
            let part = if shape.stroke.is_some() { "stroke" } else { "fill" };
            put(&mut piece, format_args!("\" {part}=\"{paint}\""));
            if opacity < 0.999 {
                put(&mut piece, format_args!(" {part}-opacity=\"{opacity:.2}\""));
            }
            if let Some(width) = shape.stroke {
                let width = number(width);
                put(
                    &mut piece,
                    format_args!(
                        " fill=\"none\" stroke-width=\"{width}\" stroke-linecap=\"round\" stroke-linejoin=\"round\""
                    ),
                );
            }
            if shape.glow {
                piece.push_str(" style=\"mix-blend-mode:screen\"");
            }
            piece.push_str("/>\n");
            pieces.push(piece);
        }
        pieces.push("</svg>\n".to_owned());
        pieces
    }
}

/// Writing to a `String` cannot fail.
fn put(out: &mut String, text: std::fmt::Arguments<'_>) {
    out.write_fmt(text).unwrap_or_default();
}

fn number(value: f32) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

fn css((r, g, b): (u8, u8, u8)) -> String {
    format!("#{r:02x}{g:02x}{b:02x}")
}

fn bytes(colour: Rgb) -> (u8, u8, u8) {
    let byte = |c: f32| (c.clamp(0.0, 1.0) * 255.0 + 0.5) as u8;
    (byte(colour[0]), byte(colour[1]), byte(colour[2]))
}

fn svg_ink(out: &mut String, ink: &Ink, index: usize) -> (String, f32) {
    let (kind, place, stops) = match ink {
        Ink::Flat((colour, alpha)) => return (css(bytes(*colour)), *alpha),
        Ink::Linear(a, b, stops) => {
            let place = [("x1", a.0), ("y1", a.1), ("x2", b.0), ("y2", b.1)].to_vec();
            ("linearGradient", place, stops)
        }
        Ink::Radial(c, r, stops) => ("radialGradient", [("cx", c.0), ("cy", c.1), ("r", *r)].to_vec(), stops),
    };
    put(out, format_args!("<{kind} id=\"g{index}\" gradientUnits=\"userSpaceOnUse\""));
    for (name, value) in place {
        put(out, format_args!(" {name}=\"{}\"", number(value)));
    }
    out.push('>');
    for (offset, (colour, alpha)) in stops {
        put(out, format_args!("<stop offset=\"{offset:.2}\" stop-color=\"{}\"", css(bytes(*colour))));
        if *alpha < 0.999 {
            put(out, format_args!(" stop-opacity=\"{alpha:.2}\""));
        }
        out.push_str("/>");
    }
    put(out, format_args!("</{kind}>"));
    (format!("url(#g{index})"), 1.0)
}

fn svg_path(out: &mut String, path: &[Step]) {
    let point = |out: &mut String, command: &str, points: &[Point]| {
        out.push_str(command);
        for (i, (x, y)) in points.iter().enumerate() {
            put(out, format_args!("{}{} {}", if i == 0 { "" } else { " " }, number(*x), number(*y)));
        }
    };
    for step in path {
        match step {
            Step::Move(a) => point(out, "M", &[*a]),
            Step::Line(a) => point(out, "L", &[*a]),
            Step::Curve(a, b) => point(out, "Q", &[*a, *b]),
            Step::Cubic(a, b, c) => point(out, "C", &[*a, *b, *c]),
            Step::Close => out.push('Z'),
        }
    }
}

fn skia_path(path: &[Step]) -> Option<skia::Path> {
    let mut builder = skia::PathBuilder::new();
    for step in path {
        match *step {
            Step::Move(a) => builder.move_to(a.0, a.1),
            Step::Line(a) => builder.line_to(a.0, a.1),
            Step::Curve(a, b) => builder.quad_to(a.0, a.1, b.0, b.1),
            Step::Cubic(a, b, c) => builder.cubic_to(a.0, a.1, b.0, b.1, c.0, c.1),
            Step::Close => builder.close(),
        }
    }
    builder.finish()
}

fn skia_colour((colour, alpha): Tone) -> skia::Color {
    let (r, g, b) = bytes(colour);
    skia::Color::from_rgba8(r, g, b, (alpha.clamp(0.0, 1.0) * 255.0 + 0.5) as u8)
}

fn skia_shader(ink: &Ink) -> Option<skia::Shader<'static>> {
    let stops =
        |list: &[(f32, Tone)]| list.iter().map(|(at, tone)| skia::GradientStop::new(*at, skia_colour(*tone))).collect();
    let point = |p: &Point| skia::Point::from_xy(p.0, p.1);
    match ink {
        Ink::Flat(tone) => Some(skia::Shader::SolidColor(skia_colour(*tone))),
        Ink::Linear(a, b, list) => skia::LinearGradient::new(
            point(a),
            point(b),
            stops(list),
            skia::SpreadMode::Pad,
            skia::Transform::identity(),
        ),
        Ink::Radial(c, r, list) => skia::RadialGradient::new(
            point(c),
            0.0,
            point(c),
            *r,
            stops(list),
            skia::SpreadMode::Pad,
            skia::Transform::identity(),
        ),
    }
}

/// A circle as four cubic curves.
pub fn circle((x, y): Point, r: f32) -> Vec<Step> {
    ellipse((x, y), r, r)
}

/// An upright ellipse as four cubic curves.
pub fn ellipse((x, y): Point, rx: f32, ry: f32) -> Vec<Step> {
    let (kx, ky) = (rx * 0.552_285, ry * 0.552_285);
    vec![
        Step::Move((x + rx, y)),
        Step::Cubic((x + rx, y + ky), (x + kx, y + ry), (x, y + ry)),
        Step::Cubic((x - kx, y + ry), (x - rx, y + ky), (x - rx, y)),
        Step::Cubic((x - rx, y - ky), (x - kx, y - ry), (x, y - ry)),
        Step::Cubic((x + kx, y - ry), (x + rx, y - ky), (x + rx, y)),
        Step::Close,
    ]
}

/// A closed shape through corners.
pub fn polygon(corners: &[Point]) -> Vec<Step> {
    let mut path = open(corners);
    path.push(Step::Close);
    path
}

/// A line through points.
pub fn open(points: &[Point]) -> Vec<Step> {
    points.iter().enumerate().map(|(i, p)| if i == 0 { Step::Move(*p) } else { Step::Line(*p) }).collect()
}

/// A smooth line that passes the middles between the points.
pub fn flowing(points: &[Point]) -> Vec<Step> {
    let mut path: Vec<Step> = points.first().map(|p| Step::Move(*p)).into_iter().collect();
    for pair in points.windows(2).skip(1) {
        if let [a, b] = pair {
            path.push(Step::Curve(*a, ((a.0 + b.0) / 2.0, (a.1 + b.1) / 2.0)));
        }
    }
    if let Some(last) = points.last() {
        path.push(Step::Line(*last));
    }
    path
}

pub fn rectangle(x: f32, y: f32, w: f32, h: f32) -> Vec<Step> {
    polygon(&[(x, y), (x + w, y), (x + w, y + h), (x, y + h)])
}

/// The point at `distance` from `from` in direction `angle` (radians, clockwise from the right).
pub fn polar(from: Point, angle: f32, distance: f32) -> Point {
    (from.0 + angle.cos() * distance, from.1 + angle.sin() * distance)
}
