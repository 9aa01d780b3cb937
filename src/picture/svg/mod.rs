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
mod parts;
mod repair;
pub mod source;
mod view;
mod words;

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{self, ImageHrefResolver, ImageKind, roxmltree};

use super::decode::probe_raster;
use super::error::guarded;
use super::{Error, Format, Limits, Pixels, Size, xml};

pub use fonts::{load_fonts, set_fallback_font};
pub use partial::close_partial;
pub use repair::{Repair, repairs_text};
pub(super) use repair::{drawing_in, text_of};
pub use view::View;
pub use words::{Block, Widths, words_drawing};

/// Longest text of a drawing, in bytes.
pub(super) const MAX_BYTES: usize = 32 << 20;

/// Holds a parsed drawing, ready to be rasterised at any scale; it can be shared between threads.
pub struct Drawing {
    tree: usvg::Tree,
    limits: Limits,
    effort: Effort,
    repairs: Vec<Repair>,
}

/// How much is guessed beforehand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Effort {
    /// What looks as if it would cost too much is refused.
    #[default]
    Usual,
    /// Twenty times as many elements, and whatever memory there is: somebody watches.
    Longer,
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
        Self::parse_with(bytes, limits, Effort::Usual)
    }

    /// The same with more or less effort.
    ///
    /// # Errors
    /// As [`parse`](Self::parse).
    pub fn parse_with(bytes: &[u8], limits: &Limits, effort: Effort) -> Result<Drawing, Error> {
        let mut repairs = Vec::new();
        let tree = with_document(bytes, effort, &mut repairs, |document| {
            usvg::Tree::from_xmltree(document, &options_for(document, *limits))
                .map_err(|error| Error::damaged(Format::Svg, error))
        })?;
        repairs.sort();
        Ok(Drawing { tree, limits: *limits, effort, repairs })
    }

    /// Tells what was changed so that it can be seen; nothing where it is drawn as it is written.
    pub fn repairs(&self) -> &[Repair] {
        &self.repairs
    }

    /// Gives width and height in picture units, which are pixels at scale 1.
    pub fn size(&self) -> (f32, f32) {
        (self.tree.size().width(), self.tree.size().height())
    }

    /// Gives the size in pixels at scale 1, rounded up.
    pub fn natural_size(&self) -> Size {
        let (width, height) = self.size();
        Size { width: view::pixels(width), height: view::pixels(height) }
    }

    /// Judges whether it can be drawn at scale 1.
    ///
    /// # Errors
    /// [`Error::TooLarge`].
    pub fn check_natural_size(&self) -> Result<(), Error> {
        let size = self.natural_size();
        self.limits.check(size, size.rgba_bytes())
    }

    /// Gives the width of each text at the top of the drawing, in picture units, by its id.
    pub fn text_widths(&self) -> Vec<(String, f32)> {
        let texts = self.tree.root().children().iter().filter_map(|node| match node {
            usvg::Node::Text(text) => Some((text.id().to_owned(), text.bounding_box().width())),
            _ => None,
        });
        texts.collect()
    }

    /// Rasterises what the view says.
    ///
    /// # Errors
    /// [`Error::TooLarge`], or [`Error::SvgTooComplex`] when its layers would need too much memory.
    pub fn draw(&self, view: View) -> Result<Pixels, Error> {
        Ok(self.draw_telling(view)?.0)
    }

    /// The same, and whether all of it could be drawn as it should look.
    ///
    /// # Errors
    /// As [`draw`](Self::draw).
    pub fn draw_telling(&self, view: View) -> Result<(Pixels, bool), Error> {
        view.check(&self.limits)?;
        let (size, transform) = view.placed(self.size(), self.natural_size());
        self.paint(size, transform)
    }

    /// Rasterises the whole drawing so that its longer side is `max_side` pixels; see [`View::Whole`].
    ///
    /// # Errors
    /// As [`draw`](Self::draw).
    pub fn rasterise(&self, max_side: u32) -> Result<Pixels, Error> {
        self.draw(View::Whole { max_side })
    }

    /// Rasterises a part; see [`View::Region`].
    ///
    /// # Errors
    /// As [`draw`](Self::draw).
    pub fn rasterise_region(&self, scale: f32, region: [f32; 4]) -> Result<Pixels, Error> {
        self.draw(View::Region { scale, region })
    }

    fn paint(&self, size: Size, transform: Transform) -> Result<(Pixels, bool), Error> {
        // The canvas and its copy with straight alpha.
        self.limits.check(size, size.rgba_bytes().saturating_mul(2))?;
        if self.effort == Effort::Usual
            && memory::layers_bytes(&self.tree, size, transform) > self.limits.max_alloc_bytes
        {
            return Err(Error::too_complex("its layers need too much memory at this size"));
        }
        guarded(Format::Svg, || {
            let mut canvas = Pixmap::new(size.width, size.height)
                .ok_or_else(|| Error::damaged(Format::Svg, "no canvas of this size"))?;
            let mut parts = parts::Parts::default();
            let whole = || resvg::render(&self.tree, transform, &mut canvas.as_mut());
            if std::panic::catch_unwind(std::panic::AssertUnwindSafe(whole)).is_err() {
                canvas.fill(resvg::tiny_skia::Color::TRANSPARENT);
                parts::draw(self.tree.root(), transform, &mut canvas, &mut parts);
                if parts.drawn == 0 {
                    return Err(Error::damaged(Format::Svg, "what draws it gave up on every part"));
                }
                log::info!("{} parts of a drawing could not be drawn as they should", parts.lacking);
            }
            let pixels = Pixels::new(size, canvas.take_demultiplied());
            let pixels = pixels.ok_or_else(|| Error::damaged(Format::Svg, "no canvas of this size"))?;
            Ok((pixels, parts.lacking == 0))
        })
    }
}

/// Repairs and judges a drawing as far as that goes without converting it; returns what would be repaired.
///
/// # Errors
/// As [`Drawing::parse`].
pub fn first_look(bytes: &[u8]) -> Result<Vec<Repair>, Error> {
    let mut repairs = Vec::new();
    with_document(bytes, Effort::Usual, &mut repairs, |_| Ok(()))?;
    repairs.sort();
    Ok(repairs)
}

/// Hands over the document of a drawing, repaired and judged.
fn with_document<T>(
    bytes: &[u8],
    effort: Effort,
    repairs: &mut Vec<Repair>,
    work: impl FnOnce(&roxmltree::Document<'_>) -> Result<T, Error>,
) -> Result<T, Error> {
    if bytes.len() > MAX_BYTES {
        return Err(Error::too_complex("more than 32 MiB of text"));
    }
    let text = repair::text_of(bytes, repairs);
    let text = text.ok_or_else(|| Error::damaged(Format::Svg, "its text is neither UTF-8 nor UTF-16"))?;
    guarded(Format::Svg, || {
        let text = repair::restyled(xml::trim_start(&text), repairs);
        let mended;
        let document = match document(&text) {
            Err(Error::Damaged { .. }) => {
                mended = repair::mended(&text, repairs);
                document(&mended)?
            }
            document => document?,
        };
        let times = if effort == Effort::Longer { 20 } else { 1 };
        let cuts = budget::check_document(&document, times)?;
        if cuts.is_empty() {
            return work(&document);
        }
        repair::note(repairs, Repair::Circles);
        let uncircled = repair::cut(document.input_text(), &cuts);
        let document = self::document(&uncircled)?;
        if !budget::check_document(&document, times)?.is_empty() {
            return Err(budget::circle());
        }
        work(&document)
    })
}

/// Parses the text of a drawing, whose entities may not grow out of hand; call it guarded.
pub(super) fn document(text: &str) -> Result<roxmltree::Document<'_>, Error> {
    budget::check_entities(text)?;
    if !xml::is_readable(text) {
        return Err(Error::too_complex("its elements have too many names"));
    }
    let options = roxmltree::ParsingOptions {
        allow_dtd: true,
        nodes_limit: budget::MAX_NODES,
        ..roxmltree::ParsingOptions::default()
    };
    roxmltree::Document::parse_with_options(text, options).map_err(|error| match error {
        roxmltree::Error::NodesLimitReached => Error::too_complex("too many elements"),
        error => Error::damaged(Format::Svg, error),
    })
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
