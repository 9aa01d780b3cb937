//! Reads and writes base64 as it appears on the wire.
//!
//! May import nothing of ours. Invariants: nothing of the text ever reaches an error; standard and URL-safe
//! alphabets, white space, missing padding and a `data:` prefix are all read.

use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use base64::engine::{DecodePaddingMode, Engine};

const TOLERANT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Decodes a picture's text. Returns the bytes and the media type of a `data:` prefix; `None` when broken or empty.
pub(crate) fn decode(text: &str) -> Option<(Vec<u8>, Option<String>)> {
    let (hint, text) = split_data_url(text.trim());
    let bytes = TOLERANT.decode(text).or_else(|_| TOLERANT.decode(normalised(text))).ok()?;
    (!bytes.is_empty()).then_some((bytes, hint))
}

fn split_data_url(text: &str) -> (Option<String>, &str) {
    let Some((head, payload)) = text.strip_prefix("data:").and_then(|rest| rest.split_once(',')) else {
        return (None, text);
    };
    let media_type = head.split(';').next().unwrap_or_default().trim();
    ((!media_type.is_empty()).then(|| media_type.to_owned()), payload)
}

fn normalised(text: &str) -> Vec<u8> {
    let visible = text.bytes().filter(|byte| !byte.is_ascii_whitespace());
    visible
        .map(|byte| match byte {
            b'-' => b'+',
            b'_' => b'/',
            other => other,
        })
        .collect()
}

/// Appends the standard, padded base64 of the bytes, without a copy between.
pub(super) fn encode_onto(out: &mut String, bytes: &[u8]) {
    STANDARD.encode_string(bytes, out);
}

/// Returns how many characters [`encode_onto`] appends.
pub(super) fn encoded_len(bytes: &[u8]) -> usize {
    bytes.len().div_ceil(3) * 4
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_of_the_same_bytes_is_read() {
        let bytes = [0xfb, 0xff, 0xfe, 0x01];
        for text in ["+//+AQ==", "+//+AQ", "-__-AQ", "-__-AQ==", " +//+\r\nAQ==\n", "+//+ A\tQ", "data:,+//+AQ=="] {
            assert_eq!(decode(text), Some((bytes.to_vec(), None)), "{text}");
        }
        let hinted = decode("data:image/webp;base64,+//+AQ==");
        assert_eq!(hinted, Some((bytes.to_vec(), Some("image/webp".to_owned()))));
    }

    #[test]
    fn broken_and_empty_text_is_refused() {
        for text in ["", "   ", "!!!!", "A", "AAAA*AAA", "data:image/png;base64,", "<svg/>"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    #[test]
    fn encoding_is_as_long_as_announced() {
        for length in 0..7 {
            let mut out = String::new();
            encode_onto(&mut out, &vec![7; length]);
            assert_eq!(out.len(), encoded_len(&vec![7; length]));
        }
    }
}
