//! JPEG: the markers up to the first scan, and the pixels by zune-jpeg.
//!
//! Imports zune-jpeg, and jpeg-decoder for what that gets wrong or refuses: sequential files that keep their channels in
//! separate scans, some of them halved, and extended sequential ones.

use std::borrow::Cow;
use std::ops::Range;

use image::{DynamicImage, GrayImage, RgbImage, RgbaImage};
use zune_jpeg::JpegDecoder;
use zune_jpeg::errors::DecodeErrors;
use zune_jpeg::zune_core::bytestream::ZCursor;
use zune_jpeg::zune_core::colorspace::ColorSpace;
use zune_jpeg::zune_core::options::DecoderOptions;

use super::super::colour::{self, Profile};
use super::super::decode::{Flaw, Limits};
use super::super::{Error, Format, Size, marker};
use super::{Header, LITTLE, Source, Stored, hatch, orientation};

const FORMAT: Format = Format::Jpeg;

/// What the markers before the first scan say.
struct Look<'a> {
    size: Size,
    /// Of each channel, how many blocks it has across and down in a unit.
    sampling: Vec<(u32, u32)>,
    is_progressive: bool,
    /// Whether some channels come in later scans.
    is_apart: bool,
    exif: Option<&'a [u8]>,
    /// Parts of a profile with their numbers.
    profile: Vec<(u8, &'a [u8])>,
    /// Where parts of long XMP stand, and whatever lies between markers.
    useless: Vec<Range<usize>>,
    /// Where the pixels begin.
    start: usize,
}

/// Bytes between markers that decoders may well look at one by one.
const FEW_BETWEEN: usize = 64;

/// One marker, what belongs to it, and from where to where it stands; begins to look at `at`.
fn segment(bytes: &[u8], at: usize) -> Result<(u8, &[u8], Range<usize>), Error> {
    const CUT: Error = Error::Truncated { format: FORMAT };
    let (marker, content) = marker::next(bytes, at).ok_or(CUT)?;
    let start = content.saturating_sub(2);
    if marker == 0xd9 {
        return Ok((marker, &[], start..content));
    }
    let (length, rest) = bytes.get(content..).and_then(<[u8]>::split_first_chunk::<2>).ok_or(CUT)?;
    let length = usize::from(u16::from_be_bytes(*length)).saturating_sub(2);
    Ok((marker, rest.get(..length).ok_or(CUT)?, start..content + 2 + length))
}

fn look(bytes: &[u8]) -> Result<Look<'_>, Error> {
    let mut at = 2;
    let mut look = Look {
        size: Size::default(),
        sampling: Vec::new(),
        is_progressive: false,
        is_apart: false,
        exif: None,
        profile: Vec::new(),
        useless: Vec::new(),
        start: 0,
    };
    let unsupported = |reason: &str| Err(Error::Unsupported { format: FORMAT, reason: reason.to_owned() });
    loop {
        let (marker, data, range) = segment(bytes, at)?;
        if range.start.saturating_sub(at) > FEW_BETWEEN {
            look.useless.push(at..range.start);
        }
        at = range.end;
        match marker {
            0xc9..=0xcf => return unsupported("arithmetic coding"),
            0xc5..=0xc7 => return unsupported("a hierarchical JPEG"),
            0xc3 => return unsupported("a lossless JPEG"),
            0xc0..=0xc2 => {
                let Some((&[depth, h1, h0, w1, w0, count], channels)) = data.split_first_chunk::<6>() else {
                    return Err(Error::damaged(FORMAT, "its frame header is too short"));
                };
                if depth != 8 {
                    return unsupported("more than 8 bits per channel");
                }
                look.size =
                    Size { width: u16::from_be_bytes([w1, w0]).into(), height: u16::from_be_bytes([h1, h0]).into() };
                look.is_progressive = marker == 0xc2;
                let channels = channels.as_chunks::<3>().0.iter().take(count.into());
                look.sampling =
                    channels.map(|[_, factors, _]| (u32::from(factors >> 4), u32::from(factors & 15))).collect();
            }
            0xe1 if data.starts_with(b"http://ns.adobe.com/xmp/extension/\0") => look.useless.push(range),
            0xe1 if data.starts_with(b"Exif\0\0") => look.exif = look.exif.or(Some(data)),
            0xe2 => {
                if let Some([number, _count, part @ ..]) = data.strip_prefix(b"ICC_PROFILE\0") {
                    look.profile.push((*number, part));
                }
            }
            0xda => {
                look.start = at;
                look.is_apart = usize::from(data.first().copied().unwrap_or_default()) < look.sampling.len();
                return if look.sampling.is_empty() {
                    Err(Error::damaged(FORMAT, "it has no frame header"))
                } else if look.size.area() == 0 {
                    Err(Error::damaged(FORMAT, "it has no size"))
                } else {
                    Ok(look)
                };
            }
            0xd9 => return Err(Error::damaged(FORMAT, "it ends before its pixels")),
            _ => {}
        }
    }
}

impl Look<'_> {
    /// Counts the samples of all channels, filled up to whole units.
    fn samples(&self) -> u64 {
        let most = |side: fn(&(u32, u32)) -> u32| self.sampling.iter().map(side).max().unwrap_or(1).max(1);
        let (across, down) = (most(|factors| factors.0), most(|factors| factors.1));
        let units = u64::from(self.size.width.div_ceil(8 * across)) * u64::from(self.size.height.div_ceil(8 * down));
        let blocks: u64 = self.sampling.iter().map(|(h, v)| u64::from(*h) * u64::from(*v)).sum();
        units.saturating_mul(blocks).saturating_mul(64)
    }

    /// Counts the bytes that its pixels take at the least, however little is to be seen: of each block the one number of
    /// its mean has a bit, and where all of a block comes at once, the end of it as well.
    fn least_bytes(&self) -> u64 {
        let most = |side: fn(&(u32, u32)) -> u32| self.sampling.iter().map(side).max().unwrap_or(1).max(1);
        let (across, down) = (most(|factors| factors.0), most(|factors| factors.1));
        let side = |length: u32, factor: u32, most: u32| {
            (u64::from(length) * u64::from(factor)).div_ceil(u64::from(most)).div_ceil(8)
        };
        let blocks = |(h, v): &(u32, u32)| side(self.size.width, *h, across) * side(self.size.height, *v, down);
        let bits = if self.is_progressive { 1 } else { 2 };
        self.sampling.iter().map(blocks).sum::<u64>().saturating_mul(bits) / 8
    }

    fn is_halved(&self) -> bool {
        self.sampling.iter().any(|factors| Some(factors) != self.sampling.first())
    }

    /// The file without the parts of long XMP, which zune-jpeg sorts and compares all over again with each one, and
    /// without what lies between markers, which it passes byte by byte; and where its pixels begin then.
    fn short<'a>(&self, bytes: &'a [u8]) -> (Cow<'a, [u8]>, usize) {
        if self.useless.is_empty() {
            return (Cow::Borrowed(bytes), self.start);
        }
        let (mut short, mut at) = (Vec::with_capacity(bytes.len()), 0);
        for part in &self.useless {
            short.extend_from_slice(bytes.get(at..part.start).unwrap_or_default());
            at = part.end;
        }
        let start = short.len() + self.start.saturating_sub(at);
        short.extend_from_slice(bytes.get(at..).unwrap_or_default());
        (Cow::Owned(short), start)
    }

    /// Joins the parts of the profile; `None`: too large, or there is none.
    fn profile(&mut self) -> Option<Profile> {
        self.profile.sort_by_key(|(number, _)| *number);
        let length: usize = self.profile.iter().map(|(_, part)| part.len()).sum();
        if length == 0 || length > colour::MAX_BYTES {
            return None;
        }
        let icc: Vec<u8> = self.profile.iter().flat_map(|(_, part)| *part).copied().collect();
        Profile::read(&icc)
    }
}

pub(super) fn open<'a>(bytes: &'a [u8], limits: &Limits) -> Result<Header<'a>, Error> {
    let mut look = look(bytes)?;
    limits.check(look.size, 0)?;
    let is_odd = look.is_apart && look.is_halved() && !look.is_progressive;
    let (bytes, start) = look.short(bytes);
    let (there, least) = (bytes.len().saturating_sub(start) as u64, look.least_bytes());
    let mut source = Jpeg {
        bytes,
        start,
        size: look.size,
        space: ColorSpace::RGB,
        is_grey: look.sampling.len() == 1,
        is_odd,
        // Then the bytes lie in the order of the rows.
        is_plain: !look.is_progressive && !look.is_apart,
        lacks: there < least,
        max_alloc_bytes: limits.max_alloc_bytes,
    };
    if !is_odd {
        let space = {
            let mut decoder = source.decoder();
            decoder.decode_headers().map(|()| written(decoder.input_colorspace()))
        };
        match space {
            Ok(space) => source.space = space,
            // The other decoder passes over more of what stands before the pixels.
            Err(_) => source.is_odd = true,
        }
    }
    // Progressive files keep all coefficients until the end, 2 bytes each.
    let kept = if look.is_progressive || look.is_apart { look.samples().saturating_mul(2) } else { 0 };
    let profile = look.profile();
    Ok(Header {
        stored: look.size,
        has_alpha: false,
        orientation: orientation(look.exif),
        memory: look.size.area().saturating_mul(source.space.num_components() as u64).saturating_add(kept),
        is_bare: there < least / LITTLE,
        copied: source.space != ColorSpace::RGBA || source.is_grey,
        profile,
        source: Box::new(source),
    })
}

/// The colours to ask for, of those that the decoder makes from what is stored without another copy.
fn written(stored: Option<ColorSpace>) -> ColorSpace {
    match stored {
        Some(ColorSpace::Luma | ColorSpace::YCbCr) => ColorSpace::RGBA,
        _ => ColorSpace::RGB,
    }
}

struct Jpeg<'a> {
    bytes: Cow<'a, [u8]>,
    start: usize,
    size: Size,
    space: ColorSpace,
    /// Comes as RGBA all the same, whose opacity tells what is missing.
    is_grey: bool,
    /// In separate scans of different sizes.
    is_odd: bool,
    /// All of a block comes at once, and one block after the other.
    is_plain: bool,
    /// It has too few bytes for its size, whatever they say.
    lacks: bool,
    max_alloc_bytes: u64,
}

/// More bytes than the decoder looks ahead.
const AHEAD: [u8; 12] = [0; 12];

impl Source for Jpeg<'_> {
    fn read(self: Box<Self>) -> Result<Stored, Error> {
        if self.is_odd {
            return self.read_odd();
        }
        match self.read_usual() {
            Err(Error::Unsupported { .. }) => self.read_odd(),
            read => read,
        }
    }

    fn read_inks(&self, profile: &Profile) -> Option<Vec<u8>> {
        colour::decode_cmyk(&self.bytes, profile)
    }
}

impl Jpeg<'_> {
    fn decoder(&self) -> JpegDecoder<ZCursor<&[u8]>> {
        self.decoder_of(&self.bytes)
    }

    fn decoder_of<'b>(&self, bytes: &'b [u8]) -> JpegDecoder<ZCursor<&'b [u8]>> {
        let options = DecoderOptions::default().set_strict_mode(false).jpeg_set_out_colorspace(self.space);
        let options = options.set_max_width(usize::MAX).set_max_height(usize::MAX);
        JpegDecoder::new_with_options(ZCursor::new(bytes), options)
    }

    fn read_usual(&self) -> Result<Stored, Error> {
        let endless = self.without_end();
        let mut decoder = self.decoder_of(endless.as_deref().unwrap_or(&self.bytes));
        let mut samples = decoder.decode().map_err(|error| self.told(&error))?;
        let mut flaw = (!self.has_end()).then_some(Flaw::CutOff).or(self.lacks.then_some(Flaw::Damaged));
        if self.space == ColorSpace::RGBA {
            // What was never written has another opacity.
            let row = self.size.width as usize * 4;
            let is_missing = |row: &[u8]| row.chunks_exact(4).all(|pixel| pixel.last() != Some(&u8::MAX));
            let missing = samples.rchunks_exact(row.max(1)).take_while(|row| is_missing(row)).count();
            let from = (self.size.height as usize).saturating_sub(missing);
            if missing > 0 {
                if from == 0 {
                    return Err(Error::Truncated { format: FORMAT });
                }
                hatch(&mut samples, self.size.width as usize, 4, 1, from);
                flaw = Some(if self.has_end() { Flaw::Damaged } else { Flaw::CutOff });
            }
            samples.iter_mut().skip(3).step_by(4).for_each(|alpha| *alpha = u8::MAX);
        }
        self.stored(self.space, samples, flaw)
    }

    /// The file up to the mark of its end, where that stands: behind it the decoder would make up whatever is missing. So
    /// it is taken for what it is, a file that ends there.
    fn without_end(&self) -> Option<Vec<u8>> {
        let pixels = self.bytes.get(self.start..).filter(|_| self.is_plain && self.space == ColorSpace::RGBA)?;
        let end = self.start + pixels.windows(2).position(|pair| pair == [0xff, 0xd9])?;
        Some([self.bytes.get(..end)?, &AHEAD].concat())
    }

    fn read_odd(&self) -> Result<Stored, Error> {
        let mut decoder = jpeg_decoder::Decoder::new(&*self.bytes);
        decoder.set_max_decoding_buffer_size(usize::try_from(self.max_alloc_bytes).unwrap_or(usize::MAX));
        let samples = decoder.decode().map_err(|error| match error {
            jpeg_decoder::Error::Io(_) => Error::Truncated { format: FORMAT },
            jpeg_decoder::Error::Unsupported(feature) => {
                Error::Unsupported { format: FORMAT, reason: format!("{feature:?}") }
            }
            _ if !self.has_end() => Error::Truncated { format: FORMAT },
            error => Error::damaged(FORMAT, error),
        })?;
        let space = match decoder.info().map(|info| info.pixel_format) {
            Some(jpeg_decoder::PixelFormat::L8) => ColorSpace::Luma,
            Some(jpeg_decoder::PixelFormat::RGB24) => ColorSpace::RGB,
            _ => return Err(Error::Unsupported { format: FORMAT, reason: "its colours in separate scans".to_owned() }),
        };
        let flaw = (!self.has_end()).then_some(Flaw::CutOff).or(self.lacks.then_some(Flaw::Damaged));
        self.stored(space, samples, flaw)
    }

    fn stored(&self, space: ColorSpace, samples: Vec<u8>, flaw: Option<Flaw>) -> Result<Stored, Error> {
        let Size { width, height } = self.size;
        let image = match space {
            ColorSpace::Luma => GrayImage::from_raw(width, height, samples).map(DynamicImage::ImageLuma8),
            ColorSpace::RGB => RgbImage::from_raw(width, height, samples).map(DynamicImage::ImageRgb8),
            _ => RgbaImage::from_raw(width, height, samples).map(DynamicImage::ImageRgba8),
        };
        let image = image.ok_or_else(|| Error::damaged(FORMAT, "the size does not match the pixels"))?;
        // A profile of grey goes with grey alone.
        let image = if self.is_grey { DynamicImage::ImageLuma8(image.into_luma8()) } else { image };
        Ok(Stored { image, flaw })
    }

    /// Says whether the mark of the end is there; inside of the pixels it cannot stand.
    fn has_end(&self) -> bool {
        self.bytes.get(self.start..).is_some_and(|pixels| pixels.windows(2).rev().any(|pair| pair == [0xff, 0xd9]))
    }

    fn told(&self, error: &DecodeErrors) -> Error {
        match error {
            DecodeErrors::ExhaustedData | DecodeErrors::IoErrors(_) => Error::Truncated { format: FORMAT },
            DecodeErrors::Unsupported(scheme) => Error::Unsupported { format: FORMAT, reason: format!("{scheme:?}") },
            _ if !self.has_end() => Error::Truncated { format: FORMAT },
            error => Error::damaged(FORMAT, error),
        }
    }
}
