//! Takes out of a picture file what is about its making and its maker: location, camera, names, prompts, comments.
//!
//! Imports the walkers of this folder, and `image` for what an orientation is. Works on the containers alone: not one
//! pixel changes. Kept is what a decoder needs to show the same: colour profiles and spaces, transparency, animation,
//! density, and of EXIF the orientation alone. What is not known to be needed goes, and so does what follows the end.

use image::metadata::Orientation;

use super::super::Format;
use super::{gif, jpeg, png, webp};

/// Chunks of PNG, beside the four critical ones, that change how the picture looks.
const SEEN_PNG: [&[u8; 4]; 15] = [
    b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"cICP", b"mDCV", b"cLLI", b"sBIT", b"bKGD", b"pHYs", b"acTL",
    b"fcTL", b"fdAT", b"PLTE",
];
/// Chunks of WebP that are the picture.
const SEEN_WEBP: [&[u8; 4]; 6] = [b"VP8 ", b"VP8L", b"ALPH", b"ANIM", b"ANMF", b"ICCP"];
/// How application extensions of GIF begin that say how often it repeats, or what its colours are.
const SEEN_GIF: [&[u8]; 3] = [b"\x21\xff\x0bNETSCAPE2.0", b"\x21\xff\x0bANIMEXTS1.0", b"\x21\xff\x0bICCRGBG1012"];

const HAS_EXIF: u8 = 1 << 3;
const HAS_XMP: u8 = 1 << 2;

/// Returns the file without what says anything but the picture; `None` when its container cannot be followed to the end.
pub(super) fn strip(bytes: &[u8], format: Format) -> Option<Vec<u8>> {
    match format {
        Format::Png => of_png(bytes),
        Format::Jpeg => of_jpeg(bytes),
        Format::WebP => of_webp(bytes),
        Format::Gif => of_gif(bytes),
        Format::Svg => None,
    }
}

/// Returns an EXIF block that says the orientation of this one and nothing else; `None`: upright, or not said.
fn orientation_alone(block: &[u8]) -> Option<Vec<u8>> {
    let block = block.strip_prefix(b"Exif\0\0").unwrap_or(block);
    let orientation = Orientation::from_exif_chunk(block)?;
    let is_upright = orientation == Orientation::NoTransforms;
    // One entry: tag 0x0112, one SHORT.
    let head = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0";
    (!is_upright).then(|| [head.as_slice(), &[orientation.to_exif()], &[0; 7]].concat())
}

fn of_png(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = bytes.get(..8)?.to_vec();
    for (place, chunk) in png::chunks(bytes).enumerate() {
        if (place == 0) != (chunk.kind == *b"IHDR") {
            return None;
        }
        match &chunk.kind {
            b"eXIf" => {
                if let Some(block) = orientation_alone(chunk.data) {
                    png::push_chunk(&mut out, b"eXIf", &block);
                }
            }
            b"IHDR" | b"IDAT" | b"IEND" => out.extend_from_slice(bytes.get(chunk.range)?),
            kind if SEEN_PNG.contains(&kind) => out.extend_from_slice(bytes.get(chunk.range)?),
            _ => {}
        }
        if chunk.kind == *b"IEND" {
            return Some(out);
        }
    }
    None
}

fn of_jpeg(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut out = vec![0xff, 0xd8];
    let mut rest = bytes.strip_prefix(&[0xff, 0xd8])?;
    let mut has_scan = false;
    loop {
        // Decoders pass over what stands between segments, and over fill bytes.
        let at = rest.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xff))?;
        let marker = *rest.get(at + 1)?;
        rest = rest.get(at + 2..)?;
        match marker {
            0xd9 => {
                out.extend_from_slice(&[0xff, 0xd9]);
                return has_scan.then_some(out);
            }
            0x01 | 0xd0..=0xd8 => continue,
            _ => {}
        }
        let length = usize::from(u16::from_be_bytes(*rest.first_chunk::<2>()?));
        let data = rest.get(2..length)?;
        rest = rest.get(length..)?;
        match marker {
            0xe1 => {
                if let Some(block) = data.strip_prefix(jpeg::EXIF).and_then(orientation_alone) {
                    jpeg::push(&mut out, &[jpeg::EXIF, &block]);
                }
            }
            // JFIF without the small picture in it.
            0xe0 => {
                if let Some(head) = data.get(..12).filter(|head| head.starts_with(b"JFIF\0")) {
                    push_segment(&mut out, marker, &[head, &[0, 0]]);
                }
            }
            0xe2 if data.starts_with(b"ICC_PROFILE\0") => push_segment(&mut out, marker, &[data]),
            0xee if data.starts_with(b"Adobe") => push_segment(&mut out, marker, &[data]),
            0xe0..=0xef | 0xfe => {}
            _ => push_segment(&mut out, marker, &[data]),
        }
        if marker == 0xda {
            has_scan = true;
            let length = scan(rest)?;
            out.extend_from_slice(rest.get(..length)?);
            rest = rest.get(length..)?;
        }
    }
}

/// Measures the coded data of a scan, which ends before the next marker that is none of its own.
fn scan(bytes: &[u8]) -> Option<usize> {
    bytes.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0x00 | 0xd0..=0xd7 | 0xff))
}

fn push_segment(out: &mut Vec<u8>, marker: u8, parts: &[&[u8]]) {
    let length: usize = parts.iter().map(|part| part.len()).sum();
    out.extend_from_slice(&[0xff, marker]);
    out.extend_from_slice(&((length + 2) as u16).to_be_bytes());
    parts.iter().for_each(|part| out.extend_from_slice(part));
}

fn of_webp(bytes: &[u8]) -> Option<Vec<u8>> {
    let mut body = b"WEBP".to_vec();
    let (mut turned, mut has_picture) = (None, false);
    for chunk in webp::chunks(bytes) {
        match &chunk.id {
            b"EXIF" => turned = turned.or_else(|| orientation_alone(chunk.data)),
            b"VP8X" => {
                let mut header = chunk.data.to_vec();
                *header.first_mut()? &= !(HAS_EXIF | HAS_XMP);
                webp::push(&mut body, b"VP8X", &header);
            }
            id if SEEN_WEBP.contains(&id) => {
                has_picture |= matches!(id, b"VP8 " | b"VP8L" | b"ANMF");
                webp::push(&mut body, id, chunk.data);
            }
            _ => {}
        }
    }
    // Behind the list of chunks, where EXIF stands; its flag is in the extended header, which a file with EXIF has.
    if let Some(block) = turned.filter(|_| body.get(4..8) == Some(b"VP8X")) {
        *body.get_mut(12)? |= HAS_EXIF;
        webp::push(&mut body, b"EXIF", &block);
    }
    let length = u32::try_from(body.len()).ok().filter(|_| has_picture && webp::is_whole(bytes))?;
    Some([b"RIFF", length.to_le_bytes().as_slice(), &body].concat())
}

fn of_gif(bytes: &[u8]) -> Option<Vec<u8>> {
    let start = gif::blocks(bytes).at;
    let mut out = bytes.get(..start)?.to_vec();
    for block in gif::blocks(bytes) {
        let is_seen = match block.all {
            [0x21, 0xff, ..] => SEEN_GIF.iter().any(|begin| block.all.starts_with(begin)),
            // A comment.
            [0x21, 0xfe, ..] => false,
            _ => true,
        };
        if is_seen {
            out.extend_from_slice(block.all);
        }
        if block.all == [gif::END] {
            return Some(out);
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::super::{Limits, decode, probe, samples};
    use super::super::{Embedded, embed};
    use super::*;
    use image::ColorType;

    const SECRET: &str = "48.2082N 16.3738E secret";

    fn says(bytes: &[u8]) -> bool {
        bytes.windows(SECRET.len()).any(|window| window == SECRET.as_bytes())
    }

    fn with_words(bytes: &[u8], format: Format) -> Vec<u8> {
        let words =
            Embedded { prompt: SECRET.into(), recipe: format!("{{\"a\":\"{SECRET}\"}}"), ..Embedded::default() };
        embed(bytes, format, &words).unwrap()
    }

    /// An EXIF block in this byte order with an orientation and a secret beside it.
    fn exif(orientation: u8) -> Vec<u8> {
        let head = b"II*\0\x08\0\0\0\x02\0\x12\x01\x03\0\x01\0\0\0".as_slice();
        let count = (SECRET.len() as u32).to_le_bytes();
        let software = [b"\x31\x01\x02\0".as_slice(), &count, &38_u32.to_le_bytes()].concat();
        [head, &[orientation, 0, 0, 0], &software, &[0; 4], SECRET.as_bytes()].concat()
    }

    #[test]
    fn words_go_and_not_one_pixel_changes() {
        for (format, bytes) in samples::all() {
            if format == Format::Svg {
                continue;
            }
            let told = with_words(&bytes, format);
            assert!(says(&told), "{format:?}");
            // What follows the end is nobody's business either.
            let told = [told, format!("trailing {SECRET}").into_bytes()].concat();
            let stripped = strip(&told, format).unwrap();
            assert!(!says(&stripped), "{format:?}");
            let pixels = |bytes: &[u8]| decode(bytes, &Limits::default()).unwrap().rgba;
            assert_eq!(pixels(&stripped), pixels(&bytes), "{format:?}");
            assert_eq!(strip(&stripped, format).as_ref(), Some(&stripped), "{format:?}: twice is once");
        }
    }

    #[test]
    fn a_picture_stays_as_it_is_turned_and_its_exif_says_nothing_else() {
        for orientation in 1..=8 {
            let jpeg = {
                let block = [jpeg::EXIF, &exif(orientation)].concat();
                let mut out = vec![0xff, 0xd8];
                push_segment(&mut out, 0xe1, &[&block]);
                push_segment(&mut out, 0xfe, &[SECRET.as_bytes()]);
                [out, samples::jpeg()[2..].to_vec()].concat()
            };
            let png = {
                let plain = samples::png(ColorType::Rgb8);
                // Behind the header, which is 25 bytes long.
                let mut out = plain[..33].to_vec();
                png::push_chunk(&mut out, b"eXIf", &exif(orientation));
                [out, plain[33..].to_vec()].concat()
            };
            for (format, bytes) in [(Format::Jpeg, jpeg), (Format::Png, png)] {
                assert!(says(&bytes));
                let stripped = strip(&bytes, format).unwrap();
                assert!(!says(&stripped), "{format:?} {orientation}");
                let (before, after) = (decode(&bytes, &Limits::default()), decode(&stripped, &Limits::default()));
                assert_eq!(after.unwrap().rgba, before.unwrap().rgba, "{format:?} {orientation}");
            }
        }
    }

    #[test]
    fn a_turned_webp_stays_turned() {
        let plain = with_words(&samples::webp(), Format::WebP);
        for orientation in [1, 6] {
            let mut body = plain[8..].to_vec();
            body[12] |= HAS_EXIF;
            webp::push(&mut body, b"EXIF", &exif(orientation));
            let bytes = [b"RIFF".as_slice(), &(body.len() as u32).to_le_bytes(), &body].concat();
            let stripped = strip(&bytes, Format::WebP).unwrap();
            assert!(says(&bytes) && !says(&stripped));
            let size = |bytes: &[u8]| probe(bytes, &Limits::default()).unwrap().size;
            assert_eq!(size(&stripped), size(&bytes), "{orientation}");
            assert_eq!(strip(&stripped, Format::WebP).as_ref(), Some(&stripped));
        }
    }

    #[test]
    fn colours_stay_what_they_are() {
        let profile = [b"ICC_PROFILE\0\x01\x01".as_slice(), &[7; 40]].concat();
        let mut out = vec![0xff, 0xd8];
        push_segment(&mut out, 0xe2, &[&profile]);
        push_segment(&mut out, 0xe2, &[b"MPF\0", SECRET.as_bytes()]);
        push_segment(&mut out, 0xee, &[b"Adobe\0\x64\0\0\0\0\x01"]);
        let stripped = strip(&[out, samples::jpeg()[2..].to_vec()].concat(), Format::Jpeg).unwrap();
        assert!(!says(&stripped));
        for kept in [profile.as_slice(), b"Adobe\0\x64"] {
            assert!(stripped.windows(kept.len()).any(|window| window == kept));
        }
        let plain = samples::png(ColorType::Rgba8);
        let mut out = plain[..33].to_vec();
        for kind in [b"gAMA", b"sRGB", b"pHYs", b"tIME", b"caBX"] {
            png::push_chunk(&mut out, kind, &[1; 9]);
        }
        let stripped = strip(&[out, plain[33..].to_vec()].concat(), Format::Png).unwrap();
        let has = |kind: &[u8]| stripped.windows(4).any(|window| window == kind);
        assert!(has(b"gAMA") && has(b"sRGB") && has(b"pHYs") && !has(b"tIME") && !has(b"caBX"));
    }

    #[test]
    fn a_container_that_cannot_be_followed_is_not_guessed_at() {
        for (format, bytes) in samples::all() {
            for length in (0..bytes.len()).step_by(37) {
                if let Some(stripped) = strip(&bytes[..length], format) {
                    assert!(stripped.len() <= length, "{format:?} {length}");
                }
            }
            assert_eq!(strip(&bytes[..bytes.len() / 2], format), None, "{format:?}");
        }
    }
}
