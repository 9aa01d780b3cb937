//! What a file says, and what is wrong with it, format by format; and that every way of reading says the same.

use super::super::samples::{self, psnr};
use super::super::{
    Flaw, Limit, PrepareLimits, Pyramid, decode, decode_flawed, decode_scaled, metadata, prepare, probe,
};
use super::*;

macro_rules! data {
    ($name:literal) => {
        include_bytes!(concat!("../../../tests/data/pictures/jpeg/", $name)).as_slice()
    };
}

fn limits() -> Limits {
    Limits::default()
}

fn chunk(id: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let length = (data.len() as u32).to_le_bytes();
    let mut chunk = [id.as_slice(), &length, data].concat();
    chunk.resize(chunk.len().next_multiple_of(2), 0);
    chunk
}

/// A WebP in the extended form, with these flags and what follows the picture.
fn webp_with(flags: u8, after: &[u8]) -> Vec<u8> {
    let Size { width, height } = samples::SIZE;
    let header = [&[flags, 0, 0, 0], &(width - 1).to_le_bytes()[..3], &(height - 1).to_le_bytes()[..3]].concat();
    let body = [b"WEBP", chunk(b"VP8X", &header).as_slice(), &samples::webp()[12..], after].concat();
    [b"RIFF", (body.len() as u32).to_le_bytes().as_slice(), &body].concat()
}

fn exif(orientation: u8) -> Vec<u8> {
    [b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0".as_slice(), &[orientation], &[0; 7]].concat()
}

fn png_chunk(kind: &[u8; 4], data: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(kind);
    crc.update(data);
    [(data.len() as u32).to_be_bytes().as_slice(), kind, data, &crc.sum().to_be_bytes()].concat()
}

/// Puts chunks after the header of a PNG.
fn png_with(png: &[u8], chunks: &[u8]) -> Vec<u8> {
    [&png[..33], chunks, &png[33..]].concat()
}

fn gif_with(screen: (u16, u16), left: u16, top: u16) -> Vec<u8> {
    let mut gif = samples::gif();
    gif[6..8].copy_from_slice(&screen.0.to_le_bytes());
    gif[8..10].copy_from_slice(&screen.1.to_le_bytes());
    let at = gif.windows(9).position(|window| window[0] == 0x2c && window[1..5] == [0; 4] && window[5] == 97).unwrap();
    gif[at + 1..at + 3].copy_from_slice(&left.to_le_bytes());
    gif[at + 3..at + 5].copy_from_slice(&top.to_le_bytes());
    gif
}

fn place_of(bytes: &[u8], wanted: &[u8]) -> usize {
    bytes.windows(wanted.len()).position(|window| window == wanted).unwrap()
}

#[test]
fn the_orientation_of_a_webp_counts_with_its_name_and_without() {
    let plain = decode(&samples::webp(), &limits()).unwrap();
    let turned = decode(&samples::jpeg_with_orientation(6), &limits()).unwrap();
    for block in [exif(6), [b"Exif\0\0".as_slice(), &exif(6)].concat()] {
        let webp = webp_with(8, &chunk(b"EXIF", &block));
        let pixels = decode(&webp, &limits()).unwrap();
        assert_eq!(pixels.size, turned.size);
        assert_eq!(probe(&webp, &limits()).unwrap().size, turned.size);
        assert!(psnr(&pixels, &turned) > 25.0);
        assert_ne!(pixels.rgba, plain.rgba);
    }
}

#[test]
fn claims_that_no_chunk_keeps_cost_nothing() {
    let plain = decode(&samples::webp(), &limits()).unwrap();
    let huge = [b"EXIF".as_slice(), &0xffff_fff0_u32.to_le_bytes(), &exif(6)].concat();
    for webp in [webp_with(8, &huge), webp_with(8 | 4, b""), webp_with(8, &chunk(b"EXIF", &[]))] {
        assert_eq!(decode(&webp, &limits()).unwrap(), plain);
    }
}

#[test]
fn halved_channels_in_separate_scans_look_as_they_do_in_one() {
    let table = [
        (data!("420.jpg"), data!("420-apart.jpg")),
        (data!("422.jpg"), data!("422-apart.jpg")),
        (data!("440.jpg"), data!("440-apart.jpg")),
        (data!("444.jpg"), data!("444-apart.jpg")),
        (data!("420.jpg"), data!("420-progressive.jpg")),
    ];
    for (place, (together, apart)) in table.into_iter().enumerate() {
        let (one, other) = (decode(together, &limits()).unwrap(), decode(apart, &limits()).unwrap());
        let psnr = psnr(&one, &other);
        assert!(psnr > 32.0, "{place}: {psnr:.1} dB");
        assert_eq!(probe(apart, &limits()).unwrap().size, one.size);
    }
}

#[test]
fn a_frame_beyond_the_screen_of_a_gif_makes_it_larger() {
    let frame = decode(&samples::gif(), &limits()).unwrap();
    let Size { width, height } = samples::SIZE;
    for (screen, left, top, expected) in [
        ((0, 0), 0, 0, (width, height)),
        ((10, 500), 0, 0, (width, 500)),
        ((300, 10), 5, 7, (300, height + 7)),
        ((97, 64), 3, 2, (width + 3, height + 2)),
    ] {
        let gif = gif_with(screen, left, top);
        let size = Size { width: expected.0, height: expected.1 };
        assert_eq!(probe(&gif, &limits()).unwrap().size, size, "{screen:?}");
        let pixels = decode(&gif, &limits()).unwrap();
        assert_eq!(pixels.size, size, "{screen:?}");
        let row = (u32::from(top) * size.width + u32::from(left)) as usize * 4;
        assert_eq!(pixels.rgba[row..][..width as usize * 4], frame.rgba[..width as usize * 4], "{screen:?}");
    }
    let mut nothing = gif_with((0, 0), 0, 0);
    let at = place_of(&nothing, &[0x2c, 0, 0, 0, 0]);
    nothing[at + 5..at + 9].fill(0);
    for said in [probe(&nothing, &limits()).map(|_| ()), decode(&nothing, &limits()).map(|_| ())] {
        assert!(matches!(said, Err(Error::Damaged { format: Format::Gif, .. })), "{said:?}");
    }
}

#[test]
fn memory_is_reckoned_before_it_is_asked_for() {
    // Of 16,384 × 16,384 pixels, the frame header alone; progressive files keep every coefficient.
    let progressive = |sampling: u8| {
        let frame = [8, 0x40, 0, 0x40, 0, 3, 1, sampling, 0, 2, 0x11, 0, 3, 0x11, 0];
        let scan = [3, 1, 0, 2, 0, 3, 0, 0, 0, 0];
        [b"\xff\xd8\xff\xc2\0\x11".as_slice(), &frame, b"\xff\xda\0\x0c", &scan, &[0; 64]].concat()
    };
    let size = Size { width: 16_384, height: 16_384 };
    let refused = Err(Error::TooLarge { size, limit: Limit::Memory(2 << 30) });
    assert_eq!(probe(&progressive(0x11), &limits()).map(|_| ()), refused);
    assert_eq!(decode(&progressive(0x11), &limits()).map(|_| ()), refused);
    let halved = probe(&progressive(0x22), &limits());
    assert!(!matches!(halved, Err(Error::TooLarge { .. })), "{halved:?}");
    let webp = samples::webp();
    let area = samples::SIZE.area();
    let few = Limits { max_alloc_bytes: area * 8 - 1, ..limits() };
    assert!(matches!(probe(&webp, &few), Err(Error::TooLarge { limit: Limit::Memory(_), .. })));
    assert!(decode(&webp, &Limits { max_alloc_bytes: area * 8, ..limits() }).is_ok());
}

#[test]
fn a_segment_that_is_too_short_costs_no_pixel() {
    let jpeg = samples::jpeg();
    let plain = decode(&jpeg, &limits()).unwrap();
    let odd = [&jpeg[..2], b"\xff\xee\0\x06Adob", &jpeg[2..]].concat();
    assert!(psnr(&decode(&odd, &limits()).unwrap(), &plain) > 35.0);
}

#[test]
fn parts_of_long_xmp_cost_no_time_and_no_pixel() {
    // Each of a hundred thousand was sorted and compared with all before it: hours.
    let name = b"http://ns.adobe.com/xmp/extension/\0";
    let guid = [b'0'; 32];
    let part = |offset: u32| {
        let numbers = [u32::MAX.to_be_bytes(), offset.to_be_bytes()].concat();
        let data = [name.as_slice(), &guid, &numbers, b"x"].concat();
        [[0xff, 0xe1].as_slice(), &(data.len() as u16 + 2).to_be_bytes(), &data].concat()
    };
    let parts: Vec<u8> = (0..100_000).rev().flat_map(part).collect();
    let jpeg = samples::jpeg_with_orientation(6);
    let plain = decode(&jpeg, &limits()).unwrap();
    for at in [2, place_of(&jpeg, b"\xff\xda")] {
        let long = [&jpeg[..at], &parts, &jpeg[at..]].concat();
        assert!(decode(&long, &limits()).unwrap() == plain);
        let (cut, flaw) = decode_flawed(&long[..long.len() - 8], &limits()).unwrap();
        assert_eq!((cut.size, flaw), (plain.size, Some(Flaw::CutOff)));
    }
}

#[test]
fn a_grey_file_that_is_cut_shows_its_rows_and_stays_grey() {
    let grey = image::DynamicImage::ImageRgb8(image::RgbImage::from_pixel(64, 64, image::Rgb([200; 3]))).into_luma8();
    let mut jpeg = std::io::Cursor::new(Vec::new());
    grey.write_to(&mut jpeg, image::ImageFormat::Jpeg).unwrap();
    let jpeg = jpeg.into_inner();
    let whole = decode(&jpeg, &limits()).unwrap();
    assert_eq!(whole.rgba[..4], [200, 200, 200, 255]);
    let (cut, flaw) = decode_flawed(&jpeg[..jpeg.len() - 8], &limits()).unwrap();
    assert_eq!((flaw, &cut.rgba[..4]), (Some(Flaw::CutOff), &whole.rgba[..4]));
}

/// A JPEG of one grey, each block of which takes two bits, or a byte and a mark where they restart one by one; so many
/// blocks of it are there.
fn flat_jpeg(side: u16, blocks: usize, restarts: bool) -> Vec<u8> {
    let sides = [side.to_be_bytes(), side.to_be_bytes()].concat();
    let frame = [b"\xff\xc0\0\x0b\x08".as_slice(), &sides, b"\x01\x01\x11\0"].concat();
    let table = |class: u8| [b"\xff\xc4\0\x14".as_slice(), &[class, 1], &[0; 15], &[0]].concat();
    let quantization = [b"\xff\xdb\0\x43\0".as_slice(), &[1; 64]].concat();
    let interval: &[u8] = if restarts { b"\xff\xdd\0\x04\0\x01" } else { b"" };
    let scan = if restarts {
        let marks = (0..blocks).map(|block| [0x3f, 0xff, 0xd0 + (block % 8) as u8]);
        marks.flatten().take((blocks * 3).saturating_sub(2)).collect()
    } else {
        let mut scan = vec![0; blocks / 4];
        scan.extend((!blocks.is_multiple_of(4)).then(|| 0xff_u8 >> (blocks % 4 * 2)));
        scan
    };
    let parts: [&[u8]; 9] = [
        b"\xff\xd8",
        &quantization,
        &frame,
        &table(0),
        &table(0x10),
        interval,
        b"\xff\xda\0\x08\x01\x01\0\0\x3f\0",
        &scan,
        b"\xff\xd9",
    ];
    parts.concat()
}

#[test]
fn a_file_that_says_it_ends_before_its_pixels_do_is_called_damaged() {
    for restarts in [false, true] {
        for side in [8, 60, 64, 256] {
            let blocks = usize::from(side).div_ceil(8).pow(2);
            let (pixels, flaw) = decode_flawed(&flat_jpeg(side, blocks, restarts), &limits()).unwrap();
            assert_eq!((flaw, &pixels.rgba[pixels.rgba.len() - 4..]), (None, &[128, 128, 128, 255][..]), "{side}");
        }
        let (pixels, flaw) = decode_flawed(&flat_jpeg(256, 512, restarts), &limits()).unwrap();
        assert_eq!((flaw, pixels.size.height), (Some(Flaw::Damaged), 256), "half of it, {restarts}");
        assert_eq!(pixels.rgba[..4], [128, 128, 128, 255]);
        assert_ne!(
            pixels.rgba[pixels.rgba.len() - 4..],
            [128, 128, 128, 255],
            "nobody takes the stripes for the picture"
        );
    }
    for whole in [data!("420.jpg"), data!("422.jpg"), data!("440.jpg"), data!("444.jpg"), &samples::jpeg()] {
        assert_eq!(decode_flawed(whole, &limits()).unwrap().1, None);
        let start = place_of(whole, b"\xff\xda");
        let half = [&whole[..(start + whole.len()) / 2], b"\xff\xd9"].concat();
        assert_eq!(decode_flawed(&half, &limits()).unwrap().1, Some(Flaw::Damaged));
    }
}

#[test]
fn a_size_that_so_few_bytes_cannot_fill_is_refused_before_there_is_memory_for_it() {
    let refused = |bytes: &[u8], format| {
        for said in [probe(bytes, &limits()).map(|_| ()), decode(bytes, &limits()).map(|_| ())] {
            assert_eq!(said, Err(Error::Truncated { format }));
        }
    };
    refused(&flat_jpeg(16_384, 4096, false), Format::Jpeg);
    // With all of the bytes that it needs it is one.
    assert!(probe(&flat_jpeg(16_384, 2048 * 2048, false), &limits()).is_ok());
    let mut jpeg = data!("420.jpg").to_vec();
    let frame = place_of(&jpeg, b"\xff\xc0");
    jpeg[frame + 5..frame + 9].copy_from_slice(&[0x40, 0, 0x40, 0]);
    refused(&jpeg, Format::Jpeg);
    refused(&super::super::hostile_tests::png_header(16_384, 16_384), Format::Png);
    let grey = image::DynamicImage::new_luma8(4096, 4096);
    let mut png = std::io::Cursor::new(Vec::new());
    grey.write_to(&mut png, image::ImageFormat::Png).unwrap();
    assert!(probe(png.get_ref(), &limits()).is_ok(), "{} bytes of nothing but black", png.get_ref().len());
}

#[test]
fn what_stands_between_markers_costs_next_to_nothing() {
    let jpeg = samples::jpeg_with_orientation(6);
    let plain = decode(&jpeg, &limits()).unwrap();
    let read = metadata::read(&jpeg);
    let at = place_of(&jpeg, b"\xff\xdb");
    for between in [vec![0xff; 20_000_000], vec![7; 20_000_000], b"\xff\0".repeat(1_000_000)] {
        let long = [&jpeg[..at], &between, &jpeg[at..]].concat();
        let used = cpu_time::ThreadTime::now();
        assert!(decode(&long, &limits()).unwrap() == plain);
        assert_eq!(format!("{:?}", metadata::read(&long)), format!("{read:?}"));
        // A look at each byte by itself takes seconds.
        assert!(used.elapsed().as_secs_f32() < 1.5, "{:?} for {:x?}", used.elapsed(), &between[..2]);
    }
    let endless = [&jpeg[..2], &vec![0xff; 40_000_000], &jpeg[2..]].concat();
    assert_eq!(probe(&endless, &limits()), Err(Error::Truncated { format: Format::Jpeg }));
}

#[test]
fn kinds_that_nobody_reads_are_called_so() {
    for bytes in [data!("arithmetic.jpg"), b"\xff\xd8\xff\xc3\0\x0b\x08\0\x01\0\x01\x01\x01\x11\0\xff\xda\0\0"] {
        for said in [probe(bytes, &limits()).map(|_| ()), decode(bytes, &limits()).map(|_| ())] {
            assert!(matches!(said, Err(Error::Unsupported { format: Format::Jpeg, .. })), "{said:?}");
        }
    }
}

#[test]
fn a_cut_file_is_called_cut_off_and_what_it_holds_is_shown() {
    for (format, bytes) in samples::all().into_iter().filter(|(format, _)| *format != Format::Svg) {
        let whole = decode(&bytes, &limits()).unwrap();
        let row = whole.size.width as usize * 4;
        let mut shown = 0;
        for cut in (12..bytes.len()).step_by(37) {
            match decode_flawed(&bytes[..cut], &limits()) {
                Ok((pixels, flaw)) => {
                    assert_eq!(flaw, Some(Flaw::CutOff), "{format:?} cut at {cut}");
                    assert_eq!(pixels.size, whole.size);
                    // Rows at the top are those of the whole picture, the more the longer the file is.
                    let good = pixels.rgba.chunks(row).zip(whole.rgba.chunks(row)).take_while(|(a, b)| a == b).count();
                    shown = shown.max(good);
                }
                Err(error) => assert_eq!(error, Error::Truncated { format }, "cut at {cut}"),
            }
        }
        // Lossless WebP is not stored row by row.
        assert!(shown > 20 || format == Format::WebP, "{format:?}: {shown} rows at most");
        assert_eq!(decode_flawed(&bytes, &limits()).unwrap().1, None, "{format:?}");
    }
}

#[test]
fn what_a_cut_file_lacks_is_striped() {
    let png = samples::png(image::ColorType::Rgb8);
    let (pixels, flaw) = decode_flawed(&png[..png.len() / 2], &limits()).unwrap();
    assert_eq!(flaw, Some(Flaw::CutOff));
    let last = pixels.rgba.chunks(4).last().unwrap();
    assert!(matches!(last, [112, 112, 112, 255] | [144, 144, 144, 255]), "{last:?}");
}

#[test]
fn rubbish_in_the_pixels_is_called_damage() {
    for (format, bytes) in samples::all().into_iter().filter(|(format, _)| *format != Format::Svg) {
        let mut said = Vec::new();
        for at in (bytes.len() / 3..bytes.len() - 16).step_by(11) {
            let mut bytes = bytes.clone();
            bytes[at] ^= 0xff;
            match decode_flawed(&bytes, &limits()) {
                Ok((_, flaw)) => said.push(format!("{flaw:?}")),
                Err(Error::Damaged { .. }) => said.push("damaged".to_owned()),
                // A byte that says how much follows.
                Err(Error::Truncated { .. }) if format != Format::Png => {}
                Err(error) => panic!("{format:?} at {at}: {error}"),
            }
        }
        assert!(!said.iter().any(|word| word.contains("CutOff")) || format == Format::Gif, "{format:?}: {said:?}");
    }
}

#[test]
fn checksums_and_ends_of_a_png_cost_no_pixel() {
    let png = samples::png(image::ColorType::Rgba8);
    let whole = decode(&png, &limits()).unwrap();
    let no_end = &png[..png.len() - 12];
    assert_eq!(decode_flawed(no_end, &limits()).unwrap(), (whole.clone(), Some(Flaw::CutOff)));
    let mut text = png_with(&png, &png_chunk(b"tEXt", b"Comment\0fox"));
    let at = place_of(&text, b"fox") + 3;
    text[at] ^= 1;
    assert_eq!(decode_flawed(&text, &limits()).unwrap(), (whole.clone(), None));
    let mut pixels = png.clone();
    let end = png.len() - 12;
    pixels[end - 1] ^= 1;
    assert_eq!(decode_flawed(&pixels, &limits()).unwrap(), (whole.clone(), Some(Flaw::Damaged)));
    let after = [png.as_slice(), b"and more"].concat();
    assert_eq!(decode_flawed(&after, &limits()).unwrap(), (whole, None));
}

#[test]
fn gamma_and_code_points_of_a_png_are_honoured_in_order() {
    let grey = Pixels::new(Size { width: 1, height: 1 }, vec![128, 128, 128, 255]).unwrap();
    let red = Pixels::new(Size { width: 1, height: 1 }, vec![255, 0, 0, 255]).unwrap();
    let gamma = |gamma: u32| png_chunk(b"gAMA", &gamma.to_be_bytes());
    let shown = |pixels: &Pixels, chunks: &[u8]| {
        let rgba = decode(&png_with(&samples::png_of(pixels), chunks), &limits()).unwrap().rgba;
        [rgba[0], rgba[1], rgba[2]]
    };
    let near = |one: [u8; 3], other: [u8; 3]| one.iter().zip(other).all(|(one, other)| one.abs_diff(other) <= 1);
    assert!(near(shown(&grey, &gamma(100_000)), [188; 3]), "linear: {:?}", shown(&grey, &gamma(100_000)));
    let linear = png_chunk(b"cICP", &[1, 8, 0, 1]);
    assert!(near(shown(&grey, &linear), [188; 3]), "{:?}", shown(&grey, &linear));
    assert!(near(shown(&red, &png_chunk(b"cICP", &[12, 13, 0, 1])), [255, 0, 0]));
    assert_eq!(shown(&grey, &gamma(45_455)), [128; 3]);
    assert_eq!(shown(&grey, &[png_chunk(b"sRGB", &[0]), gamma(100_000)].concat()), [128; 3], "sRGB wins");
    assert_eq!(shown(&grey, &[png_chunk(b"cICP", &[1, 13, 0, 1]), gamma(100_000)].concat()), [128; 3], "cICP wins");
    assert_eq!(shown(&grey, &gamma(0)), [128; 3], "nonsense is passed over");
}

/// Samples of every format, whole and with everything wrong that the other tests know.
fn all_kinds() -> Vec<(String, Vec<u8>)> {
    let mut all = Vec::new();
    for (format, bytes) in samples::all() {
        all.push((format!("{format:?}"), bytes.clone()));
        for cut in [bytes.len() / 4, bytes.len() / 2, bytes.len() * 3 / 4, bytes.len() - 3] {
            all.push((format!("{format:?} cut at {cut}"), bytes[..cut].to_vec()));
        }
        for at in [20, bytes.len() / 2, bytes.len() - 20] {
            let mut bytes = bytes.clone();
            bytes[at] ^= 0x55;
            all.push((format!("{format:?} flipped at {at}"), bytes));
        }
    }
    for orientation in 1..=8 {
        all.push((format!("turned {orientation}"), samples::jpeg_with_orientation(orientation)));
        all.push((format!("WebP turned {orientation}"), webp_with(8, &chunk(b"EXIF", &exif(orientation)))));
    }
    for screen in [(0, 0), (10, 10), (200, 10), (200, 200)] {
        all.push((format!("GIF of {screen:?}"), gif_with(screen, 3, 5)));
    }
    for (name, bytes) in [
        ("apart", data!("420-apart.jpg")),
        ("progressive", data!("420-progressive.jpg")),
        ("arithmetic", data!("arithmetic.jpg")),
        ("nothing", b"".as_slice()),
        ("text", b"hello"),
    ] {
        all.push((name.to_owned(), bytes.to_vec()));
    }
    for color in [image::ColorType::L8, image::ColorType::La8, image::ColorType::L16, image::ColorType::Rgba16] {
        all.push((format!("{color:?}"), samples::png(color)));
    }
    all
}

#[test]
fn every_way_says_the_same_of_one_file() {
    for (name, bytes) in all_kinds() {
        let decoded = decode(&bytes, &limits()).map(|pixels| pixels.size);
        let probed = probe(&bytes, &limits()).map(|info| info.size);
        let is_drawing = Format::sniff(&bytes) == Some(Format::Svg);
        match (&probed, &decoded) {
            (Ok(one), Ok(other)) => assert_eq!(one, other, "{name}"),
            // What stands in the pixels a header does not tell.
            (Ok(_), Err(Error::Truncated { .. } | Error::Damaged { .. })) => {}
            (probed, decoded) => assert_eq!(probed, decoded, "{name}"),
        }
        let scaled = decode_scaled(&bytes, 20, &limits()).map(|pixels| pixels.size);
        assert_eq!(scaled, decoded.clone().map(|size| size.fitted(20)), "{name}: scaled");
        let pyramid = Pyramid::decode(&bytes, &limits()).map(|pyramid| pyramid.size());
        assert_eq!(pyramid, decoded, "{name}: pyramid");
        for max_side in [20, 4096] {
            let sent = prepare(&bytes, &PrepareLimits { max_side, ..PrepareLimits::default() });
            let expected = decoded.clone().map(|size| if is_drawing { size } else { size.fitted(max_side) });
            match (&sent, &expected) {
                (Ok(sent), Ok(size)) if !is_drawing => assert_eq!(sent.size, *size, "{name}: sent"),
                (Ok(sent), Ok(size)) => assert_eq!(sent.original.size, *size, "{name}: sent"),
                (sent, expected) => assert_eq!(sent.as_ref().err(), expected.as_ref().err(), "{name}: sent"),
            }
            if let Ok(sent) = sent {
                let back = decode_flawed(&sent.bytes, &limits()).map(|(pixels, flaw)| (pixels.size, flaw));
                assert_eq!(back, Ok((sent.size, None)), "{name}: what is sent is whole");
            }
        }
    }
}
