//! Pixels become WebP, lossy or without loss.
//!
//! Imports webp, which is libwebp: image writes no lossy files, and larger ones without loss. What is written is ours;
//! what is read is not, and image's decoder does that in memory-safe code.

use webp::{Encoder, WebPConfig, WebPEncodingError};

use super::{Error, Format, Pixels};

/// Of 0 (fast) to 6: a third of the time of 4, for files that are 4 % larger.
const METHOD: i32 = 2;
/// How hard it is tried to save bytes without loss, of 0 to 100.
const EFFORT: f32 = 25.0;

/// Encodes with a quality from 0 (small) to 100 (good), or `None` without any loss; alpha is always exact.
pub(super) fn encode(pixels: &Pixels, quality: Option<u8>) -> Result<Vec<u8>, Error> {
    let failed = |reason: &str| Error::encode(Format::WebP, reason);
    let mut config = WebPConfig::new().map_err(|()| failed("libwebp is another version than it was built with"))?;
    config.method = METHOD;
    match quality {
        Some(quality) => config.quality = f32::from(quality.min(100)),
        None => {
            config.lossless = 1;
            config.quality = EFFORT;
            // Colours that cannot be seen stay too.
            config.exact = 1;
        }
    }
    let encoder = Encoder::from_rgba(&pixels.rgba, pixels.size.width, pixels.size.height);
    let mut file = encoder.encode_advanced(&config);
    if matches!(file, Err(WebPEncodingError::VP8_ENC_ERROR_PARTITION0_OVERFLOW)) {
        // Too many macroblocks with too much to say each: they say less.
        config.partition_limit = 100;
        file = encoder.encode_advanced(&config);
    }
    let file = file.map_err(|error| match error {
        WebPEncodingError::VP8_ENC_ERROR_OUT_OF_MEMORY => failed("there is not enough memory"),
        WebPEncodingError::VP8_ENC_ERROR_FILE_TOO_BIG => failed("the file would be larger than 4 GiB"),
        error => failed(&format!("{error:?}")),
    })?;
    Ok(file.to_vec())
}

#[cfg(test)]
mod tests;
