//! GIF: the first frame, by the gif crate.
//!
//! Imports gif. The canvas is the announced screen, made larger where the first frame reaches beyond it, as browsers and
//! Pillow do; what the frame does not cover is transparent.

use std::io::{Cursor, ErrorKind};

use gif::{ColorOutput, DecodeOptions, Decoder, DecodingError};
use image::metadata::Orientation;
use image::{DynamicImage, RgbaImage};

use super::super::colour::Profile;
use super::super::decode::{Flaw, Limits};
use super::super::{Error, Format, Size, metadata};
use super::{Header, Source, Stored};

const FORMAT: Format = Format::Gif;

pub(super) fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Header<'a>, Error> {
    let mut options = DecodeOptions::new();
    options.set_color_output(ColorOutput::RGBA);
    options.check_frame_consistency(false);
    options.check_lzw_end_code(false);
    options.allow_unknown_blocks(true);
    let is_cut = !metadata::gif_has_end(bytes);
    let told = |error: DecodingError| told(&error, is_cut);
    let mut decoder = options.read_info(Cursor::new(bytes)).map_err(told)?;
    let screen = Size { width: decoder.width().into(), height: decoder.height().into() };
    limits.check(screen, 0)?;
    let frame = match decoder.next_frame_info().map_err(told)? {
        Some(frame) => Frame {
            left: frame.left.into(),
            top: frame.top.into(),
            size: Size { width: frame.width.into(), height: frame.height.into() },
        },
        None if is_cut => return Err(Error::Truncated { format: FORMAT }),
        None => return Err(Error::damaged(FORMAT, "it holds no picture")),
    };
    let canvas = Size {
        width: screen.width.max(frame.left + frame.size.width),
        height: screen.height.max(frame.top + frame.size.height),
    };
    if canvas.area() == 0 || frame.size.area() == 0 {
        return Err(Error::damaged(FORMAT, "it has no size"));
    }
    let profile = decoder.icc_profile().and_then(Profile::read);
    let apart = if frame.size == canvas { 0 } else { frame.size.rgba_bytes() };
    Ok(Header {
        stored: canvas,
        has_alpha: true,
        orientation: Orientation::NoTransforms,
        // A few bytes of it may well fill any size.
        is_bare: false,
        memory: canvas.rgba_bytes().saturating_add(apart),
        copied: false,
        profile,
        source: Box::new(Gif { decoder, canvas, frame, is_cut }),
    })
}

struct Frame {
    left: u32,
    top: u32,
    size: Size,
}

struct Gif<'a> {
    decoder: Decoder<Cursor<&'a [u8]>>,
    canvas: Size,
    frame: Frame,
    is_cut: bool,
}

impl Source for Gif<'_> {
    fn read(mut self: Box<Self>) -> Result<Stored, Error> {
        let Frame { left, top, size } = self.frame;
        let mut rgba = vec![0; usize::try_from(size.rgba_bytes()).unwrap_or(usize::MAX)];
        let flaw = match self.decoder.read_into_buffer(&mut rgba) {
            Ok(()) => None,
            Err(error) if rgba.iter().all(|byte| *byte == 0) => return Err(told(&error, self.is_cut)),
            // What did come is shown; the rest is transparent.
            Err(_) if self.is_cut => Some(Flaw::CutOff),
            Err(_) => Some(Flaw::Damaged),
        };
        // The first frame is whole; others are missing.
        let flaw = flaw.or(self.is_cut.then_some(Flaw::CutOff));
        let image = if size == self.canvas { rgba } else { laid(&rgba, size, self.canvas, (left, top)) };
        let image = RgbaImage::from_raw(self.canvas.width, self.canvas.height, image).map(DynamicImage::ImageRgba8);
        let image = image.ok_or_else(|| Error::damaged(FORMAT, "the size does not match the pixels"))?;
        Ok(Stored { image, flaw })
    }
}

/// Lays a frame on a transparent canvas that holds it.
fn laid(frame: &[u8], size: Size, canvas: Size, (left, top): (u32, u32)) -> Vec<u8> {
    let mut rgba = vec![0; usize::try_from(canvas.rgba_bytes()).unwrap_or(usize::MAX)];
    let (row, wide) = (size.width as usize * 4, canvas.width as usize * 4);
    for (y, from) in (top as usize..).zip(frame.chunks_exact(row.max(1))) {
        let at = y * wide + left as usize * 4;
        if let Some(to) = rgba.get_mut(at..at + row) {
            to.copy_from_slice(from);
        }
    }
    rgba
}

fn told(error: &DecodingError, is_cut: bool) -> Error {
    match error {
        DecodingError::Io(error) if error.kind() == ErrorKind::UnexpectedEof => Error::Truncated { format: FORMAT },
        _ if is_cut => Error::Truncated { format: FORMAT },
        error => Error::damaged(FORMAT, error),
    }
}
