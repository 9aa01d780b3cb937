//! Pixels become lossy WebP, and every file is looked at before it is handed out.
//!
//! Imports image for alpha and webp-rust for colour, as image writes no lossy WebP. webp-rust 0.3.2 is young, so its
//! files are decoded again with image's decoder and compared with the pixels. Invariant: what leaves here decodes, has
//! the right size and exactly the right alpha, and no macroblock in it is far off.

use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder};
use webp_rust::encoder::encode_lossy_rgba_to_vp8_with_config;
use webp_rust::{EncoderError, LossyEncodingConfig};

use super::error::guarded;
use super::{Error, Format, Limits, Pixels, Size, decode};

/// Side of a macroblock in pixels, by the VP8 format.
const BLOCK: u32 = 16;

/// Longest side that the frame header of VP8 can say, in pixels.
const MAX_SIDE: u32 = 16_383;

/// What to try: a method of the encoder and steps from the quantizer that the quality means.
///
/// Method 2 gives files about as small as the higher ones, in a third of their time or less; method 0 is the fastest
/// and gives the largest. Each further try costs another encoding.
const TRIES: [(u8, i16); 4] = [(2, 0), (0, 0), (2, -1), (2, 2)];

/// Encodes with a quality from 0 (small) to 100 (good); `None` when no try gave a right file: write it lossless then.
pub(super) fn lossy(pixels: &Pixels, quality: u8) -> Option<Vec<u8>> {
    let encoder = |method, quantizer| guarded(Format::WebP, || file(pixels, method, quantizer)).ok();
    lossy_by(encoder, pixels, quality)
}

fn lossy_by(encoder: impl Fn(u8, u8) -> Option<Vec<u8>>, pixels: &Pixels, quality: u8) -> Option<Vec<u8>> {
    TRIES.iter().find_map(|&(method, step)| {
        let quantizer = (i16::from(quantizer(quality)) + step).clamp(0, 127) as u8;
        let bytes = encoder(method, quantizer)?;
        let back = decode(&bytes, &Limits::default()).ok()?;
        is_like(&back, pixels, quantizer).then_some(bytes)
    })
}

/// Turns quality into VP8's quantizer, 0 (fine) to 127 (coarse), on the curve of libwebp, so that numbers mean what
/// people are used to.
fn quantizer(quality: u8) -> u8 {
    let quality = f32::from(quality.min(100)) / 100.0;
    let linear = if quality < 0.75 { quality * 2.0 / 3.0 } else { 2.0 * quality - 1.0 };
    (127.0 * (1.0 - linear.cbrt())).round() as u8
}

fn file(pixels: &Pixels, method: u8, quantizer: u8) -> Result<Vec<u8>, Error> {
    let frame = frame(pixels, method, quantizer).map_err(|error| Error::encode(Format::WebP, error))?;
    if pixels.is_opaque() {
        return Ok(riff(&[(b"VP8 ", &frame)]));
    }
    let alpha = alpha(pixels).map_err(|error| Error::encode(Format::WebP, error))?;
    Ok(riff(&[(b"VP8X", &extended_header(pixels.size)), (b"ALPH", &alpha), (b"VP8 ", &frame)]))
}

/// Encodes the colours as a VP8 key frame.
///
/// webp-rust leaves out the skip flags when fewer than 1 in 50 macroblocks are empty, though it has already left out
/// their coefficients, and all that follows turns to rubbish. So flat rows of macroblocks, which are empty, are added
/// below the picture, and the height in the frame header is put right: a decoder never comes to them.
fn frame(pixels: &Pixels, method: u8, quantizer: u8) -> Result<Vec<u8>, EncoderError> {
    let Size { width, height } = pixels.size;
    let (padded_height, padded) = padded(pixels);
    let config = LossyEncodingConfig {
        quality: 100.0 - f32::from(quantizer) * 100.0 / 127.0,
        method,
        // Its segments make flat parts coarser, which shows as bands; its own filter strength blurs fine pictures.
        segments: 1,
        sns_strength: 0,
        filter_strength: quantizer / 2,
        ..LossyEncodingConfig::default()
    };
    let mut frame = encode_lossy_rgba_to_vp8_with_config(width as usize, padded_height as usize, &padded, &config)?;
    if let (Some(field), Ok(height)) = (frame.get_mut(8..10), u16::try_from(height)) {
        field.copy_from_slice(&height.to_le_bytes());
    }
    Ok(frame)
}

/// Fills up the last row of macroblocks with the last line and adds flat ones, as far as the format has room.
fn padded(pixels: &Pixels) -> (u32, Vec<u8>) {
    let Size { width, height } = pixels.size;
    let blocks = height.div_ceil(BLOCK);
    let filled = blocks * BLOCK;
    let total = filled + (2 + blocks / 25) * BLOCK;
    if total > MAX_SIDE {
        return (height, pixels.rgba.clone());
    }
    let line = width as usize * 4;
    let mut rgba = Vec::with_capacity(line * total as usize);
    rgba.extend_from_slice(&pixels.rgba);
    let last = pixels.rgba.len().saturating_sub(line);
    for _ in height..filled {
        rgba.extend_from_within(last..last + line);
    }
    rgba.resize(line * total as usize, 128);
    (total, rgba)
}

/// Encodes alpha without loss: a lossless picture in grey, less the headers of the file and of the picture.
fn alpha(pixels: &Pixels) -> image::ImageResult<Vec<u8>> {
    const LOSSLESS: u8 = 1;
    const HEADERS: usize = 12 + 8 + 5;
    let grey: Vec<u8> = pixels.rgba.iter().skip(3).step_by(4).copied().collect();
    let mut file = Vec::new();
    let encoder = WebPEncoder::new_lossless(&mut file);
    encoder.write_image(&grey, pixels.size.width, pixels.size.height, ExtendedColorType::L8)?;
    Ok(std::iter::once(LOSSLESS).chain(file.into_iter().skip(HEADERS)).collect())
}

/// Announces a still picture with alpha.
fn extended_header(size: Size) -> [u8; 10] {
    const HAS_ALPHA: u8 = 1 << 4;
    let [w0, w1, w2, _] = size.width.saturating_sub(1).to_le_bytes();
    let [h0, h1, h2, _] = size.height.saturating_sub(1).to_le_bytes();
    [HAS_ALPHA, 0, 0, 0, w0, w1, w2, h0, h1, h2]
}

fn riff(chunks: &[(&[u8; 4], &[u8])]) -> Vec<u8> {
    let mut body = b"WEBP".to_vec();
    for (name, payload) in chunks {
        body.extend_from_slice(*name);
        body.extend_from_slice(&(payload.len() as u32).to_le_bytes());
        body.extend_from_slice(payload);
        body.resize(body.len().next_multiple_of(2), 0);
    }
    [b"RIFF", (body.len() as u32).to_le_bytes().as_slice(), &body].concat()
}

/// Mean square difference of luma, over the picture and over one macroblock, and shift of a colour in a macroblock.
#[derive(Clone, Copy, Debug, Default)]
struct Distance {
    mean: f32,
    worst: f32,
    shift: f32,
}

/// Tells whether a decoded picture is what this quantizer makes of the source: alpha the same, colours near.
///
/// The bounds are two to three times what grain, the hardest of textures, comes to; rubbish exceeds them many times.
fn is_like(back: &Pixels, source: &Pixels, quantizer: u8) -> bool {
    let alpha = |pixels: &Pixels| pixels.rgba.iter().skip(3).step_by(4).copied().collect::<Vec<_>>();
    if back.size != source.size || alpha(back) != alpha(source) {
        return false;
    }
    let step = step(quantizer);
    let Distance { mean, worst, shift } = distance(back, source);
    mean <= step * step / 24.0 + 6.0 && worst <= step * step / 8.0 + 40.0 && shift <= step / 4.0 + 12.0
}

/// Approximates VP8's table of steps between the values that a coefficient can take.
fn step(quantizer: u8) -> f32 {
    let quantizer = f32::from(quantizer);
    quantizer + 4.0 + (quantizer - 57.0).max(0.0).powi(2) / 30.0
}

/// Compares two pictures of one size, at every fourth pixel of every fourth line, as far as it is opaque.
fn distance(back: &Pixels, source: &Pixels) -> Distance {
    let Size { width, height } = source.size;
    let (mut distance, mut sum, mut opaque) = (Distance::default(), 0.0, 0.0);
    for top in (0..height).step_by(BLOCK as usize) {
        for left in (0..width).step_by(BLOCK as usize) {
            let (mut square, mut shift, mut weight) = (0.0, [0.0; 3], 0.0);
            for y in (top..height.min(top + BLOCK)).step_by(4) {
                for x in (left..width.min(left + BLOCK)).step_by(4) {
                    let (expected, [r, g, b, _]) = (halved_colour(source, x, y), pixel(back, x, y));
                    let opacity = pixel(source, x, y)[3] / 255.0;
                    let difference = std::array::from_fn(|channel| [r, g, b][channel] - expected[channel]);
                    square += opacity * luma(difference).powi(2);
                    shift = std::array::from_fn(|channel| shift[channel] + opacity * difference[channel]);
                    weight += opacity;
                }
            }
            sum += square;
            opaque += weight;
            if weight >= 1.0 {
                distance.worst = distance.worst.max(square / weight);
            }
            // Of a sliver, colour says nothing: it is shared with what lies beyond.
            if weight >= 8.0 {
                distance.shift = shift.iter().fold(distance.shift, |most, shift| most.max((shift / weight).abs()));
            }
        }
    }
    distance.mean = if opaque >= 1.0 { sum / opaque } else { 0.0 };
    distance
}

/// What a pixel becomes by sharing its colour, though not its luma, with its neighbours, as in every lossy WebP.
fn halved_colour(pixels: &Pixels, x: u32, y: u32) -> [f32; 3] {
    let cell = [(x, y), (x + 1, y), (x, y + 1), (x + 1, y + 1)].map(|(x, y)| pixel(pixels, x, y));
    let mean = std::array::from_fn(|channel| cell.iter().map(|pixel| pixel[channel]).sum::<f32>() / 4.0);
    let [r, g, b, _] = cell[0];
    mean.map(|channel| (luma([r, g, b]) + channel - luma(mean)).clamp(0.0, 255.0))
}

/// Reads a pixel; beyond an edge it is the one at the edge.
fn pixel(pixels: &Pixels, x: u32, y: u32) -> [f32; 4] {
    let Size { width, height } = pixels.size;
    let index = y.min(height.saturating_sub(1)) as usize * width as usize + x.min(width.saturating_sub(1)) as usize;
    pixels.rgba.as_chunks().0.get(index).map_or([0.0; 4], |pixel: &[u8; 4]| pixel.map(f32::from))
}

fn luma([r, g, b]: [f32; 3]) -> f32 {
    0.299 * r + 0.587 * g + 0.114 * b
}

#[cfg(test)]
mod tests;
