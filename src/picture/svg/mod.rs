//! Drawings: SVG text becomes pixels at any scale.
//!
//! Imports resvg and this layer. The text is hostile until proven otherwise: links to files and addresses are never
//! followed, embedded pictures are rasters under the same limits, scripts do not exist, and what a drawing would cost
//! is judged before it is converted ([`budget`]) and again before it is drawn ([`memory`]).

mod budget;
mod fonts;
mod links;
mod memory;
mod partial;
pub mod source;
mod words;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, ImageHrefResolver, ImageKind, roxmltree};

use super::decode::probe_raster;
use super::error::guarded;
use super::{Error, Format, Limits, Pixels, Size, xml};

pub use fonts::set_fallback_font;
pub use partial::close_partial;
pub use words::{Block, Widths, set_words};

/// Longest text of a drawing, in bytes.
pub(super) const MAX_BYTES: usize = 32 << 20;

/// Holds a parsed drawing, ready to be rasterised at any scale; it can be shared between threads.
pub struct Drawing {
    tree: usvg::Tree,
    limits: Limits,
}

impl std::fmt::Debug for Drawing {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Drawing({})", self.natural_size())
    }
}

impl Drawing {
    /// Parses a drawing; the limits hold for its embedded pictures and for all later rasterising.
    ///
    /// The first drawing with text loads the system's fonts, which may take some hundred milliseconds. Errors:
    /// [`Error::Damaged`] when it is not SVG, [`Error::SvgTooComplex`] when it would cost too much.
    pub fn parse(bytes: &[u8], limits: &Limits) -> Result<Drawing, Error> {
        if bytes.len() > MAX_BYTES {
            return Err(Error::SvgTooComplex { reason: "more than 32 MiB of text" });
        }
        let text = std::str::from_utf8(bytes).map_err(|error| Error::damaged(Format::Svg, error))?;
        guarded(Format::Svg, || {
            let document = document(xml::trim_start(text))?;
            budget::check_document(&document)?;
            let tree = usvg::Tree::from_xmltree(&document, &options_for(&document, *limits))
                .map_err(|error| Error::damaged(Format::Svg, error))?;
            Ok(Drawing { tree, limits: *limits })
        })
    }

    /// Gives width and height in picture units, which are pixels at scale 1.
    pub fn size(&self) -> (f32, f32) {
        (self.tree.size().width(), self.tree.size().height())
    }

    /// Gives the size in pixels at scale 1, rounded up.
    pub(super) fn natural_size(&self) -> Size {
        let (width, height) = self.size();
        Size { width: pixels(width), height: pixels(height) }
    }

    /// Rasterises the whole drawing so that its longer side is `max_side` pixels.
    ///
    /// Errors: [`Error::TooLarge`], or [`Error::SvgTooComplex`] when its layers would need too much memory.
    pub fn rasterise(&self, max_side: u32) -> Result<Pixels, Error> {
        let (width, height) = self.size();
        let scale = max_side as f32 / width.max(height);
        let side = |length: f32| ((length * scale).round() as u32).clamp(1, max_side.max(1));
        let size = Size { width: side(width), height: side(height) };
        // Each axis fills its rounded number of pixels exactly, so no edge is left half transparent.
        let (x, y) = (size.width as f32 / width, size.height as f32 / height);
        self.draw(size, Transform::from_scale(x, y))
    }

    /// Rasterises a part: `region` is left, top, width, height in picture units, `scale` pixels per unit.
    ///
    /// The result has the region's size times the scale, rounded up; what lies outside of the drawing is transparent.
    /// Errors as [`rasterise`](Self::rasterise), and [`Error::TooLarge`] for a region or scale that is no number.
    pub fn rasterise_region(&self, scale: f32, region: [f32; 4]) -> Result<Pixels, Error> {
        let [left, top, width, height] = region;
        let is_number = region.iter().all(|number| number.is_finite()) && scale.is_finite() && scale > 0.0;
        let side = |length: f32| if is_number { pixels(length * scale) } else { u32::MAX };
        let size = Size { width: side(width), height: side(height) };
        self.draw(size, Transform::from_scale(scale, scale).pre_translate(-left, -top))
    }

    fn draw(&self, size: Size, transform: Transform) -> Result<Pixels, Error> {
        // The canvas and its copy with straight alpha.
        self.limits.check(size, size.rgba_bytes().saturating_mul(2))?;
        if memory::layers_bytes(&self.tree, size, transform) > self.limits.max_alloc_bytes {
            return Err(Error::SvgTooComplex { reason: "its layers need too much memory at this size" });
        }
        guarded(Format::Svg, || {
            let mut canvas = Pixmap::new(size.width, size.height)
                .ok_or_else(|| Error::damaged(Format::Svg, "no canvas of this size"))?;
            resvg::render(&self.tree, transform, &mut canvas.as_mut());
            Pixels::new(size, canvas.take_demultiplied())
                .ok_or_else(|| Error::damaged(Format::Svg, "no canvas of this size"))
        })
    }
}

/// Parses the text of a drawing, whose entities may not grow out of hand; call it guarded.
pub(super) fn document(text: &str) -> Result<roxmltree::Document<'_>, Error> {
    budget::check_entities(text)?;
    if !xml::is_readable(text) {
        return Err(Error::SvgTooComplex { reason: "its elements have too many names" });
    }
    let options = roxmltree::ParsingOptions {
        allow_dtd: true,
        nodes_limit: budget::MAX_NODES,
        ..roxmltree::ParsingOptions::default()
    };
    roxmltree::Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::NodesLimitReached => Error::SvgTooComplex { reason: "too many elements" },
        error => Error::damaged(Format::Svg, error),
    })
}

/// Rounds a length up to whole pixels, at least one.
fn pixels(length: f32) -> u32 {
    (length.ceil() as u32).max(1)
}

fn options_for(document: &roxmltree::Document<'_>, limits: Limits) -> usvg::Options<'static> {
    let has_text = document.descendants().any(|node| node.tag_name().name() == "text");
    usvg::Options {
        fontdb: if has_text { fonts::database() } else { Arc::default() },
        font_family: "sans-serif".to_owned(),
        font_resolver: fonts::resolver(),
        image_href_resolver: sealed_resolver(limits),
        ..usvg::Options::default()
    }
}

/// Follows no link and no path, and lets through embedded rasters that keep the limits, all together.
fn sealed_resolver(limits: Limits) -> ImageHrefResolver<'static> {
    let embedded = AtomicU64::new(0);
    ImageHrefResolver {
        resolve_string: Box::new(|_, _| None),
        resolve_data: Box::new(move |_, data, _| {
            let format = Format::sniff(&data).filter(|format| *format != Format::Svg)?;
            let area = probe_raster(format, &data, &limits).ok()?.size.area();
            let sum = embedded.fetch_add(area, Ordering::Relaxed).saturating_add(area);
            if sum > limits.max_pixels {
                return None;
            }
            match format {
                Format::Png => Some(ImageKind::PNG(data)),
                Format::Jpeg => Some(ImageKind::JPEG(data)),
                Format::WebP => Some(ImageKind::WEBP(data)),
                Format::Gif => Some(ImageKind::GIF(data)),
                Format::Svg => None,
            }
        }),
    }
}

#[cfg(test)]
mod tests;
