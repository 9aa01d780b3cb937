//! Every sample cut, scrambled or inflated: an error or a picture, never a panic, never the memory it asks for.

use proptest::prelude::*;

use super::*;

/// A PNG of the given size whose pixels are missing.
pub(super) fn png_header(width: u32, height: u32) -> Vec<u8> {
    let mut header = b"IHDR".to_vec();
    header.extend(width.to_be_bytes());
    header.extend(height.to_be_bytes());
    header.extend([8, 6, 0, 0, 0]);
    let chunk = |kind_and_data: &[u8]| {
        let length = (kind_and_data.len() as u32 - 4).to_be_bytes();
        [&length, kind_and_data, &crc32(kind_and_data).to_be_bytes()].concat()
    };
    [b"\x89PNG\r\n\x1a\n".as_slice(), &chunk(&header), &chunk(b"IDATx\x9c\x03\0\0\0\0\x01"), &chunk(b"IEND")].concat()
}

fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |crc, byte| {
        (0..8).fold(crc ^ u32::from(*byte), |crc, _| (crc >> 1) ^ (0xedb8_8320 & (crc & 1).wrapping_neg()))
    })
}

fn jpeg_header(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = samples::jpeg();
    let frame = bytes.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
    bytes[frame + 5..frame + 7].copy_from_slice(&height.to_be_bytes());
    bytes[frame + 7..frame + 9].copy_from_slice(&width.to_be_bytes());
    bytes
}

fn gif_header(width: u16, height: u16) -> Vec<u8> {
    let mut bytes = samples::gif();
    bytes[6..8].copy_from_slice(&width.to_le_bytes());
    bytes[8..10].copy_from_slice(&height.to_le_bytes());
    bytes
}

fn webp_header(width: u32, height: u32) -> Vec<u8> {
    let inner = &samples::webp()[12..];
    let canvas = [&[0x10, 0, 0, 0], &(width - 1).to_le_bytes()[..3], &(height - 1).to_le_bytes()[..3]].concat();
    let body = [b"WEBPVP8X\x0a\0\0\0".as_slice(), &canvas, inner].concat();
    [b"RIFF", (body.len() as u32).to_le_bytes().as_slice(), &body].concat()
}

/// Does everything that anybody does with foreign bytes.
fn exercise(bytes: &[u8]) {
    let limits = Limits { max_side: 2048, max_pixels: 1 << 20, max_alloc_bytes: 16 << 20 };
    let size = probe(bytes, &limits).map(|info| info.size);
    if let Ok(pixels) = decode(bytes, &limits) {
        assert_eq!(Ok(pixels.size), size);
        assert_eq!(pixels.size.area() * 4, pixels.rgba.len() as u64);
        assert!(decode_scaled(bytes, 16, &limits).is_ok());
    }
}

#[test]
fn cut_samples_end_in_an_error_or_a_picture() {
    for (format, bytes) in samples::all() {
        for cut in (0..bytes.len()).step_by(37) {
            exercise(&bytes[..cut]);
        }
        let half = decode_flawed(&bytes[..bytes.len() / 2], &Limits::default());
        assert!(!matches!(half, Ok((_, None))), "half a {format:?} is no whole picture");
    }
}

#[test]
fn cut_off_png_says_so() {
    let bytes = samples::png(image::ColorType::Rgb8);
    let flaw = |cut: usize| decode_flawed(&bytes[..cut], &Limits::default()).map(|(_, flaw)| flaw);
    assert_eq!(flaw(bytes.len() / 2), Ok(Some(Flaw::CutOff)));
    assert_eq!(flaw(50), Err(Error::Truncated { format: Format::Png }), "no row is there");
}

#[test]
fn bombs_are_refused_by_their_headers() {
    let bombs = [
        (Format::Png, png_header(60_000, 60_000)),
        (Format::Jpeg, jpeg_header(60_000, 60_000)),
        (Format::Gif, gif_header(60_000, 60_000)),
        (Format::WebP, webp_header(60_000, 60_000)),
    ];
    for (format, bytes) in bombs {
        let size = Size { width: 60_000, height: 60_000 };
        let refused = Error::TooLarge { size, limit: Limit::Side(16_384) };
        assert_eq!(Format::sniff(&bytes), Some(format));
        assert_eq!(probe(&bytes, &Limits::default()), Err(refused.clone()), "{format:?}");
        assert_eq!(decode(&bytes, &Limits::default()), Err(refused.clone()), "{format:?}");
        assert_eq!(prepare(&bytes, &PrepareLimits::default()), Err(refused), "{format:?}");
    }
}

#[test]
fn large_header_with_no_pixels_behind_it_fails() {
    let result = decode(&png_header(4000, 4000), &Limits::default());
    assert!(result.is_err(), "{result:?}");
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn random_bytes_never_panic(kind in 0_usize..6, bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        let heads: [&[u8]; 6] =
            [b"", b"\x89PNG\r\n\x1a\n", b"\xff\xd8\xff", b"RIFF\x90\x01\0\0WEBPVP8", b"GIF89a", b"<svg "];
        exercise(&[heads[kind], &bytes].concat());
    }

    #[test]
    fn scrambled_samples_never_panic(
        kind in 0_usize..5,
        hits in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8),
    ) {
        let mut bytes = samples_once()[kind].clone();
        for (index, byte) in hits {
            let at = index.index(bytes.len());
            bytes[at] = byte;
        }
        exercise(&bytes);
    }
}

fn samples_once() -> &'static [Vec<u8>] {
    static SAMPLES: std::sync::LazyLock<Vec<Vec<u8>>> =
        std::sync::LazyLock::new(|| samples::all().into_iter().map(|(_, bytes)| bytes).collect());
    &SAMPLES
}
