//! Reads and writes base64 as it appears on the wire.
//!
//! May import nothing of ours. Invariants: nothing of the text ever reaches an error; what is decoded is what was
//! encoded, or says that it is not whole: wrong bytes are never called right.

use base64::alphabet;
use base64::engine::general_purpose::{GeneralPurpose, GeneralPurposeConfig, STANDARD};
use base64::engine::{DecodePaddingMode, Engine};

const TOLERANT: GeneralPurpose = GeneralPurpose::new(
    &alphabet::STANDARD,
    GeneralPurposeConfig::new()
        .with_decode_padding_mode(DecodePaddingMode::Indifferent)
        .with_decode_allow_trailing_bits(true),
);

/// Longest text that is taken for words, bytes.
const LONGEST_WORDS: usize = 200;

/// Holds what a text stood for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Decoded {
    pub(crate) bytes: Vec<u8>,
    /// As a `data:` prefix names it.
    pub(crate) media_type: Option<String>,
    /// False: only the beginning could be read, the rest is damaged or missing.
    pub(crate) whole: bool,
}

/// Decodes a picture's text; `None` when it stands for nothing, or for the beginning of no picture.
///
/// Reads what servers make of base64: line breaks, the URL-safe letters, missing padding, parts that were encoded one
/// by one, percent signs, quotes around it, spaces where `+` stood; and a drawing that was not encoded at all.
pub(crate) fn decode(text: &str) -> Option<Decoded> {
    if are_plain_words(text) {
        return None;
    }
    if let Ok(bytes) = TOLERANT.decode(text) {
        return (!bytes.is_empty()).then_some(Decoded { bytes, media_type: None, whole: true });
    }
    let text = without_quotes(text.trim_matches(['\u{feff}', '\n', '\r', '\t']));
    let (media_type, payload) = split_data_url(text);
    let plain = if payload.contains('%') { percent_decoded(payload) } else { payload.to_owned() };
    if let Some(whole) = is_drawing(&plain) {
        let media_type = media_type.or_else(|| Some("image/svg+xml".to_owned()));
        return Some(Decoded { bytes: plain.into_bytes(), media_type, whole });
    }
    let (bytes, whole) = decode_letters(&letters(&plain));
    (!bytes.is_empty() && (whole || begins_picture(&bytes))).then_some(Decoded { bytes, media_type, whole })
}

/// Says whether a text is a few words as people write them, such as `busy` or `Try again later.`, though their letters
/// could be base64: that of the smallest picture is longer than a word and has capitals or digits in it.
pub(super) fn are_plain_words(text: &str) -> bool {
    let is_word = |word: &str| {
        let word = word.trim_matches(|c: char| c.is_ascii_punctuation() && !"+/=".contains(c));
        let mut letters = word.chars();
        letters.next().is_some_and(|first| first.is_ascii_alphabetic()) && letters.all(|c| c.is_ascii_lowercase())
    };
    text.len() <= LONGEST_WORDS && !text.trim().is_empty() && text.split_whitespace().all(is_word)
}

/// Says whether bytes begin as those of a picture do, in any format that is worth keeping.
pub(super) fn begins_picture(bytes: &[u8]) -> bool {
    const STARTS: [&[u8]; 8] =
        [b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"GIF87a", b"GIF89a", b"BM", b"II*\0", b"MM\0*", b"\xff\x0a"];
    STARTS.iter().any(|start| bytes.starts_with(start))
        || (bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"))
        || bytes.get(4..8) == Some(b"ftyp")
        || bytes.get(4..8) == Some(b"JXL ")
}

/// Says whether bytes begin as a web page does.
pub(super) fn begins_page(bytes: &[u8]) -> bool {
    let start = bytes.trim_ascii_start();
    ["<!doctype html", "<html", "<head", "<body"]
        .iter()
        .any(|word| start.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word.as_bytes())))
}

/// Takes off what a program that prints a value puts around it: `"…"`, `'…'`, Python's `b'…'`.
fn without_quotes(text: &str) -> &str {
    let inner = text.strip_prefix('b').filter(|rest| rest.starts_with(['\'', '"'])).unwrap_or(text);
    let mut quotes = ['"', '\''].into_iter();
    quotes.find_map(|quote| inner.strip_prefix(quote)?.strip_suffix(quote)).unwrap_or(text)
}

fn split_data_url(text: &str) -> (Option<String>, &str) {
    let is_address = text.get(..5).is_some_and(|head| head.eq_ignore_ascii_case("data:"));
    let Some((head, payload)) = text.get(5..).filter(|_| is_address).and_then(|rest| rest.split_once(',')) else {
        return (None, text);
    };
    let media_type = head.split(';').next().unwrap_or_default().trim();
    ((!media_type.is_empty()).then(|| media_type.to_owned()), payload)
}

fn percent_decoded(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = after.get(..2).filter(|_| *first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        match digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            Some(byte) => {
                bytes.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                bytes.push(*first);
                rest = after;
            }
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|error| String::from_utf8_lossy(error.as_bytes()).into_owned())
}

/// Says of a drawing that is written as it is, perhaps with a fence around it, whether all of it is there.
fn is_drawing(text: &str) -> Option<bool> {
    let start = text.trim_start();
    let begins = (start.starts_with('<') && !begins_page(start.as_bytes())) || start.starts_with("```");
    (begins && start.contains('<') && start.contains("svg")).then(|| !text.ends_with('\u{fffd}'))
}

/// Returns the letters of base64 in its standard alphabet, without what stands between them.
fn letters(text: &str) -> Vec<u8> {
    let text = text.replace("\\n", "").replace("\\r", "").replace("\\/", "/");
    let lines: Vec<u8> = text.bytes().filter(|byte| !matches!(byte, b'\n' | b'\r' | b'\t')).collect();
    let letter = |byte: u8| match byte {
        b'-' => b'+',
        b'_' => b'/',
        other => other,
    };
    if spaces_were_plus(&lines) {
        return lines.into_iter().map(|byte| if byte == b' ' { b'+' } else { letter(byte) }).collect();
    }
    lines.into_iter().filter(|byte| !byte.is_ascii_whitespace()).map(letter).collect()
}

/// Decides what the spaces of a text were: `+`, as a form would have it, or nothing, as between lines.
fn spaces_were_plus(text: &[u8]) -> bool {
    let spaces = text.iter().filter(|byte| **byte == b' ').count();
    if spaces == 0 || text.iter().any(|byte| matches!(byte, b'+' | b'-' | b'_')) {
        return false;
    }
    match (text.len().is_multiple_of(4), (text.len() - spaces).is_multiple_of(4)) {
        (true, false) => true,
        (false, true) => false,
        _ => !is_in_lines(text),
    }
}

/// Says whether spaces stand where lines of even length would end.
fn is_in_lines(text: &[u8]) -> bool {
    let mut lines = text.trim_ascii().split(|byte| *byte == b' ').map(<[u8]>::len);
    let first = lines.next().unwrap_or_default();
    let mut rest = lines.rev();
    let last = rest.next().unwrap_or(first);
    first >= 32 && first.is_multiple_of(4) && last <= first && rest.all(|line| line == first)
}

/// Decodes as far as that goes; says whether that was to the end.
fn decode_letters(text: &[u8]) -> (Vec<u8>, bool) {
    let valid = text.iter().position(|byte| !byte.is_ascii_alphanumeric() && !b"+/=".contains(byte));
    let text_of = text.get(..valid.unwrap_or(text.len())).unwrap_or_default();
    let (mut bytes, mut whole) = (Vec::with_capacity(text_of.len() / 4 * 3), valid.is_none());
    // Padding in the middle: what was encoded part by part.
    for part in text_of.split(|byte| *byte == b'=').filter(|part| !part.is_empty()) {
        // One letter alone holds no byte.
        let even = part.len() - usize::from(part.len() % 4 == 1);
        whole &= even == part.len();
        match TOLERANT.decode(part.get(..even).unwrap_or_default()) {
            Ok(decoded) => bytes.extend(decoded),
            Err(_) => return (bytes, false),
        }
    }
    (bytes, whole)
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

    fn whole(bytes: &[u8]) -> Option<Decoded> {
        Some(Decoded { bytes: bytes.to_vec(), media_type: None, whole: true })
    }

    #[test]
    fn every_spelling_of_the_same_bytes_is_read() {
        let bytes = [0xfb, 0xff, 0xfe, 0x01];
        for text in [
            "+//+AQ==",
            "+//+AQ",
            "-__-AQ",
            "-__-AQ==",
            " +//+\r\nAQ==\n",
            "+//+ A\tQ",
            "data:,+//+AQ==",
            "\"+//+AQ==\"",
            "b'+//+AQ=='",
            "+\\/\\/+\\nAQ==",
            "%2B%2F%2F%2BAQ%3D%3D",
            " // AQ==",
            "\u{feff}+//+AQ==",
            "+w==//4=AQ==",
        ] {
            assert_eq!(decode(text), whole(&bytes), "{text}");
        }
        for text in ["data:image/webp;base64,+//+AQ==", "DATA:image/webp;charset=x;base64,+//+AQ=="] {
            let hinted = Some(Decoded { media_type: Some("image/webp".to_owned()), ..whole(&bytes).unwrap() });
            assert_eq!(decode(text), hinted);
        }
    }

    #[test]
    fn what_means_nothing_is_refused() {
        for text in [
            "",
            "   ",
            "!!!!",
            "A",
            "AAAA*AAA",
            "data:image/png;base64,",
            "<p>busy</p>",
            "null",
            "\u{fffd}",
            "<html><svg/></html>",
        ] {
            assert_eq!(decode(text), None, "{text}");
        }
    }

    #[test]
    fn a_drawing_that_was_not_encoded_is_read_as_it_is() {
        let drawing = "<svg xmlns=\"http://www.w3.org/2000/svg\"/>";
        let fenced = format!("```svg\n{drawing}\n```");
        for (text, bytes) in [
            (drawing.to_owned(), drawing),
            (fenced.clone(), fenced.as_str()),
            (format!("data:image/svg+xml;utf8,{drawing}"), drawing),
            (format!("data:image/svg+xml,{}", drawing.replace('<', "%3C").replace('"', "%22")), drawing),
        ] {
            let found = decode(&text).unwrap();
            assert_eq!((found.bytes.as_slice(), found.whole), (bytes.as_bytes(), true), "{text}");
            assert_eq!(found.media_type.as_deref(), Some("image/svg+xml"));
        }
        assert!(!decode("<svg><path d=\"M0\u{fffd}").unwrap().whole);
    }

    #[test]
    fn what_is_cut_off_keeps_its_beginning_and_says_so() {
        let picture: Vec<u8> = b"\x89PNG\r\n\x1a\n".iter().copied().chain((0..=255).cycle().take(600)).collect();
        let text = STANDARD.encode(&picture);
        for (cut, least) in [
            (text[..701].to_owned(), 525),
            (format!("{}\u{fffd}", &text[..700]), 525),
            (format!("{}\u{fffd}", &text[..702]), 526),
            (format!("{}***{}", &text[..400], &text[400..]), 300),
        ] {
            let found = decode(&cut).unwrap();
            assert!(!found.whole);
            assert_eq!(found.bytes, picture[..least], "{}", found.bytes.len());
        }
    }

    #[test]
    fn a_beginning_too_short_to_say_what_it_is_of_is_no_picture() {
        let text = STANDARD.encode(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR");
        assert_eq!(decode(&format!("{}\u{fffd}", &text[..8])), None);
        assert_eq!(decode(&format!("{}\u{fffd}", &text[..12])).unwrap().bytes.len(), 9);
        assert_eq!(decode(&format!("{}\u{fffd}", &STANDARD.encode(b"GIF89a")[..6])), None);
    }

    proptest::proptest! {
        #[test]
        fn spaces_for_plus_and_lines_are_told_apart(seed: u64, length in 60_usize..2000, line in proptest::sample::select(vec![60_usize, 64, 72, 76])) {
            let mut random = fastrand::Rng::with_seed(seed);
            let bytes: Vec<u8> = (0..length).map(|_| random.u8(..)).collect();
            let text = STANDARD.encode(&bytes);
            let spaced = text.replace('+', " ");
            // Only where it could be told at all.
            if text.contains('+') {
                proptest::prop_assert_eq!(decode(&spaced).map(|found| found.bytes), Some(bytes.clone()));
            }
            for between in ["\n", "\r\n", " ", "\n "] {
                let lines: Vec<&str> = text.as_bytes().chunks(line).map(|line| std::str::from_utf8(line).unwrap()).collect();
                proptest::prop_assert_eq!(decode(&lines.join(between)).map(|found| found.bytes), Some(bytes.clone()), "{:?}", between);
            }
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
