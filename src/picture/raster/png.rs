//! PNG: the chunks before the pixels, and the pixels by the png crate.
//!
//! Imports png. Texts are never read here; a profile and EXIF are looked at where they lie. A checksum that is wrong or
//! an end that is missing costs no pixel that is there: what was decoded up to the fault is shown.

use std::io::{Cursor, ErrorKind};

use image::DynamicImage;
use png::{BitDepth, ColorType, DecodeOptions, Decoder, DecodingError, Reader, Transformations};

use super::super::colour::{self, Profile};
use super::super::decode::{Flaw, Limits};
use super::super::{Error, Format, Size, metadata};
use super::{Header, LITTLE, Source, Stored, hatch, orientation};

const FORMAT: Format = Format::Png;

/// How many bytes one byte of deflate stands for at the most.
const MOST_PACKED: u64 = 1032;

type PngReader<'a> = Reader<Cursor<&'a [u8]>>;

fn reader<'a>(bytes: &'a [u8], limits: &Limits, checked: bool) -> Result<PngReader<'a>, DecodingError> {
    let mut options = DecodeOptions::default();
    options.set_ignore_text_chunk(true);
    options.set_ignore_iccp_chunk(true);
    options.set_ignore_crc(!checked);
    let mut decoder = Decoder::new_with_options(Cursor::new(bytes), options);
    decoder.set_limits(png::Limits { bytes: usize::try_from(limits.max_alloc_bytes).unwrap_or(usize::MAX) });
    decoder.set_transformations(Transformations::EXPAND);
    decoder.read_info()
}

/// Reads the size from the header, which stands first; judged before anything else is read.
fn size(bytes: &[u8]) -> Result<Size, Error> {
    if bytes.get(12..16).is_some_and(|kind| kind != b"IHDR") {
        return Err(Error::damaged(FORMAT, "it does not begin with its header"));
    }
    let header = bytes.get(16..24).ok_or(Error::Truncated { format: FORMAT })?;
    let side =
        |at: usize| header.get(at..).and_then(<[u8]>::first_chunk::<4>).map_or(0, |side| u32::from_be_bytes(*side));
    Ok(Size { width: side(0), height: side(4) })
}

pub(super) fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Header<'a>, Error> {
    limits.check(size(bytes)?, 0)?;
    let chunks = metadata::png_chunks(bytes, colour::MAX_BYTES);
    let (reader, flaw) = match reader(bytes, limits, true) {
        Ok(reader) => (reader, None),
        Err(_) => {
            let unchecked = reader_unchecked(bytes, limits, chunks.has_end)?;
            (unchecked, Some(Flaw::Damaged))
        }
    };
    let info = reader.info();
    let (color, depth) = reader.output_color_type();
    let stored = Size { width: info.width, height: info.height };
    if stored.area() == 0 {
        return Err(Error::damaged(FORMAT, "it has no size"));
    }
    // In this order, by the specification.
    let profile = match (info.coding_independent_code_points, &chunks.profile, info.srgb) {
        (Some(code), _, _) => {
            Profile::of_code(code.color_primaries, code.transfer_function, code.is_video_full_range_image)
        }
        (None, Some(icc), _) => Profile::read(icc),
        (None, None, Some(_)) => None,
        (None, None, None) => info.gama_chunk.and_then(|gamma| {
            let points = info.chrm_chunk.map(|chromaticities| {
                let point = |(x, y): (png::ScaledFloat, png::ScaledFloat)| [x.into_value(), y.into_value()];
                [chromaticities.white, chromaticities.red, chromaticities.green, chromaticities.blue].map(point)
            });
            Profile::of_gamma(gamma.into_value(), points)
        }),
    };
    let samples = color.samples() as u64 * if depth == BitDepth::Sixteen { 2 } else { 1 };
    Ok(Header {
        stored,
        has_alpha: matches!(color, ColorType::Rgba | ColorType::GrayscaleAlpha),
        orientation: orientation(chunks.exif),
        memory: stored.area().saturating_mul(samples),
        is_bare: (bytes.len() as u64).saturating_mul(MOST_PACKED) < info.raw_bytes() as u64 / LITTLE,
        copied: color != ColorType::Rgba || depth == BitDepth::Sixteen,
        profile,
        source: Box::new(Png {
            reader,
            bytes,
            limits: *limits,
            color,
            depth,
            size: stored,
            flaw,
            has_end: chunks.has_end,
        }),
    })
}

fn reader_unchecked<'a>(bytes: &'a [u8], limits: &Limits, has_end: bool) -> Result<PngReader<'a>, Error> {
    reader(bytes, limits, false).map_err(|error| told(&error, has_end))
}

struct Png<'a> {
    reader: PngReader<'a>,
    bytes: &'a [u8],
    limits: Limits,
    color: ColorType,
    depth: BitDepth,
    size: Size,
    flaw: Option<Flaw>,
    has_end: bool,
}

impl Source for Png<'_> {
    fn read(mut self: Box<Self>) -> Result<Stored, Error> {
        let length = self.reader.output_buffer_size().unwrap_or(usize::MAX);
        let mut samples = vec![0; length];
        let mut rows = Rows::default();
        let mut outcome = rows.read(&mut self.reader, &mut samples, self.has_end);
        if outcome.is_err() && self.has_end && self.flaw.is_none() {
            // Once more without the checksums, which may be all that is wrong.
            self.flaw = Some(Flaw::Damaged);
            self.reader = reader_unchecked(self.bytes, &self.limits, self.has_end)?;
            rows = Rows::default();
            outcome = rows.read(&mut self.reader, &mut samples, self.has_end);
        }
        let cut = (!self.has_end).then_some(Flaw::CutOff);
        let flaw = match outcome {
            Ok(()) => cut.or(self.flaw),
            Err(error) if rows.done == 0 => return Err(told(&error, self.has_end)),
            Err(_) => {
                if !self.reader.info().interlaced {
                    let bytes = if self.depth == BitDepth::Sixteen { 2 } else { 1 };
                    let alpha =
                        if matches!(self.color, ColorType::Rgba | ColorType::GrayscaleAlpha) { bytes } else { 0 };
                    let pixel = self.color.samples() * bytes;
                    hatch(&mut samples, self.size.width as usize, pixel, alpha, rows.done);
                }
                cut.or(Some(Flaw::Damaged))
            }
        };
        Ok(Stored { image: self.image(samples)?, flaw })
    }
}

impl Png<'_> {
    fn image(&self, samples: Vec<u8>) -> Result<DynamicImage, Error> {
        let Size { width, height } = self.size;
        let deep = || samples.as_chunks::<2>().0.iter().map(|sample| u16::from_be_bytes(*sample)).collect();
        let image = match (self.color, self.depth) {
            (ColorType::Grayscale, BitDepth::Sixteen) => {
                image::ImageBuffer::from_raw(width, height, deep()).map(DynamicImage::ImageLuma16)
            }
            (ColorType::GrayscaleAlpha, BitDepth::Sixteen) => {
                image::ImageBuffer::from_raw(width, height, deep()).map(DynamicImage::ImageLumaA16)
            }
            (ColorType::Rgb, BitDepth::Sixteen) => {
                image::ImageBuffer::from_raw(width, height, deep()).map(DynamicImage::ImageRgb16)
            }
            (ColorType::Rgba, BitDepth::Sixteen) => {
                image::ImageBuffer::from_raw(width, height, deep()).map(DynamicImage::ImageRgba16)
            }
            (ColorType::Grayscale, _) => {
                image::ImageBuffer::from_raw(width, height, samples).map(DynamicImage::ImageLuma8)
            }
            (ColorType::GrayscaleAlpha, _) => {
                image::ImageBuffer::from_raw(width, height, samples).map(DynamicImage::ImageLumaA8)
            }
            (ColorType::Rgba, _) => image::ImageBuffer::from_raw(width, height, samples).map(DynamicImage::ImageRgba8),
            _ => image::ImageBuffer::from_raw(width, height, samples).map(DynamicImage::ImageRgb8),
        };
        image.ok_or_else(|| Error::damaged(FORMAT, "the size does not match the pixels"))
    }
}

/// Counts the rows that came.
#[derive(Default)]
struct Rows {
    done: usize,
}

impl Rows {
    fn read(&mut self, reader: &mut PngReader<'_>, samples: &mut [u8], has_end: bool) -> Result<(), DecodingError> {
        let width = reader.info().width;
        let line = reader.output_line_size(width).unwrap_or(usize::MAX).max(1);
        if !reader.info().interlaced {
            for row in samples.chunks_exact_mut(line) {
                reader.read_row(row)?;
                self.done += 1;
            }
            // Nothing more but the checksum of the pixels.
            return reader.read_row(&mut vec![0; line]).map(|_| ());
        }
        let (color, depth) = reader.output_color_type();
        let bits = (color.samples() * depth as usize) as u8;
        while let Some(row) = reader.next_interlaced_row()? {
            let png::InterlaceInfo::Adam7(pass) = row.interlace() else { break };
            if has_end {
                png::expand_interlaced_row(samples, line, row.data(), pass, bits);
            } else {
                // Of a file that is cut off, the coarse picture fills what never came.
                png::splat_interlaced_row(samples, line, row.data(), pass, bits);
            }
            self.done += 1;
        }
        Ok(())
    }
}

fn told(error: &DecodingError, has_end: bool) -> Error {
    match error {
        DecodingError::IoError(error) if error.kind() == ErrorKind::UnexpectedEof => {
            Error::Truncated { format: FORMAT }
        }
        DecodingError::LimitsExceeded => Error::damaged(FORMAT, "its chunks are larger than the limits"),
        _ if !has_end => Error::Truncated { format: FORMAT },
        error => Error::damaged(FORMAT, error),
    }
}
